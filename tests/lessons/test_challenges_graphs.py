"""The challenges on graphs: met by what really happens, and by nothing less."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.programs import PROGRAMS, ExampleProgram, ProgramInput, find, ways
from engine.programs.results import CallTiming, CompiledProgram, ProgramComparison, Way
from engine.programs.ways import watch
from lessons.graphs.lesson import again, broken, slower, wrong


def look(program: ExampleProgram, given: ProgramInput) -> ProgramComparison:
    return ProgramComparison(
        program,
        given,
        ways.listing(program),
        ways.run(program, given),
        ways.trace(program),
    )


def compiled(name: str) -> ProgramComparison:
    program = find(name)
    return replace(look(program, program.inputs[0]), results=(watch(program),))


def test_a_traced_graph_lies_on_one_input_of_one_program_only() -> None:
    lies = {
        (program.name, given.name)
        for program in PROGRAMS
        for given in program.inputs
        if wrong(look(program, given))
    }
    assert lies == {("centre", "evaluation")}  # loop refuses 3 rounds: an error is no lie


@pytest.mark.parametrize("name", [program.name for program in PROGRAMS])
def test_breaks_and_compiling_again_are_where_the_page_says(name: str) -> None:
    seen = compiled(name)
    assert broken(seen) == (name in {"branch", "halve"})
    # The count of loop and the flag of centre. smooth is compiled again for its length as well,
    # but that is the first program: to measure it is no finding.
    assert again(seen) == (name in {"loop", "centre"})


def test_a_new_length_is_compiled_again_and_is_not_what_is_asked_for() -> None:
    seen = compiled("smooth")
    assert seen.compiled is not None
    assert "size mismatch" in seen.compiled.calls[1].because
    assert not again(seen)


def test_nothing_is_met_before_it_was_measured() -> None:
    for program in PROGRAMS:
        fresh = look(program, program.inputs[0])
        assert not any(check(fresh) for check in (broken, again, slower, wrong))


@pytest.mark.parametrize(
    ("ours", "eagers", "met"),
    [((4, 14.0), (4, 6.0), True), ((4, 6.0), (4, 14.0), False), ((4, 14.0), (1_000_000, 6), False)],
)
def test_slower_compares_one_size_with_itself(
    ours: tuple[int, float], eagers: tuple[int, float], met: bool
) -> None:
    # By the fastest round: a median may have had a neighbour on the machine.
    timings = (
        CallTiming(Way.COMPILED, ours[0], 99.0, ours[1], 99.0),
        CallTiming(Way.EAGER, eagers[0], 99.0, eagers[1], 99.0),
    )
    program = find("branch")
    seen = replace(look(program, program.inputs[0]), results=(CompiledProgram((), None), *timings))
    assert slower(seen) is met


def test_a_later_timing_takes_the_place_of_an_earlier_one() -> None:
    program = find("branch")
    timings = (
        CallTiming(Way.EAGER, 4, 9.0, 9.0, 9.0),
        CallTiming(Way.COMPILED, 4, 8.0, 8.0, 8.0),
        CallTiming(Way.EAGER, 4, 7.0, 7.0, 7.0),
    )
    seen = replace(look(program, program.inputs[0]), results=timings)
    assert slower(seen)
