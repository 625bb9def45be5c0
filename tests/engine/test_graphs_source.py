"""The lines of a program, and how often Python runs them."""

from __future__ import annotations

import inspect
import sys

import pytest

from engine.programs import eager, examples, source, traced
from engine.programs.catalog import PROGRAMS, find


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_the_lines_are_those_of_the_file_without_words_to_the_reader(program) -> None:
    file = inspect.getsource(examples).splitlines()
    lines = source.listing(program)
    assert all(file[line.number - 1] == line.text for line in lines)
    text = "\n".join(line.text for line in lines)
    assert '"""' not in text
    names: dict[str, object] = {"torch": examples.torch, "nn": examples.nn}
    exec(text, names)  # what is left is a program still
    assert program.code in names


def ran(name: str, given: str) -> dict[str, int]:
    program = find(name)
    visits = eager.run(program, program.input(given)).visits
    return {line.text.strip(): visits.get(line.number, 0) for line in source.listing(program)}


def test_an_if_is_followed_and_a_loop_is_counted() -> None:
    assert ran("branch", "sum above 0")["return x * 2"] == 1
    assert ran("branch", "sum above 0")["return x - 1"] == 0
    assert ran("branch", "sum below 0")["return x * 2"] == 0
    assert ran("loop", "2 rounds")["x = x + torch.sin(x)"] == 2
    assert ran("loop", "3 rounds")["x = x + torch.sin(x)"] == 3
    # The largest of 2, 4, 6, 8 is at most 1 after three halvings.
    assert ran("halve", "large")["x = x / 2"] == 3
    assert ran("halve", "small")["x = x / 2"] == 0


def test_tracing_ends_where_the_data_are_asked() -> None:
    program = find("branch")
    found = traced.trace(program)
    texts = {line.number: line.text.strip() for line in source.listing(program)}
    assert texts[found.ended_at] == "if x.sum() > 0:"
    assert [texts[number] for number in found.visits] == ["if x.sum() > 0:"]
    assert traced.trace(find("where")).ended_at is None


def test_whoever_traced_python_before_goes_on() -> None:
    seen = []

    def before(frame, *_):
        seen.append(frame.f_code.co_name)

    sys.settrace(before)
    try:
        eager.run(find("where"), find("where").inputs[0])
        assert sys.gettrace() is before
    finally:
        sys.settrace(None)
