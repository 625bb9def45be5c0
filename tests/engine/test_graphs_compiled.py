"""What `torch.compile` sees: graphs, breaks and guards; and what its failures are called."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import torch

from engine.programs import examples
from engine.programs.calling import arguments
from engine.programs.catalog import PROGRAMS, Program, find
from engine.programs.compiled import watch
from engine.programs.sights import Compiled, Timing, Way
from engine.programs.timing import ROUNDS, quick, timings, why_not


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    yield
    torch.compiler.reset()


def seen(name: str) -> Compiled:
    return watch(find(name))


def graphs_of(name: str, *calls: tuple[object, ...]) -> list[int]:
    """How many graphs a plain counting backend is given, after each call."""
    count, totals = 0, []

    def backend(module: torch.fx.GraphModule, _: object) -> object:
        nonlocal count
        count += 1
        return module.forward

    torch.compiler.reset()
    compiled = torch.compile(getattr(examples, name), backend=backend)
    for call in calls:
        compiled(*call)
        totals.append(count)
    return totals


def test_a_branch_breaks_the_graph_and_each_side_is_compiled_when_it_is_met() -> None:
    up, down = (torch.tensor(given.x) for given in find("branch").inputs)
    assert graphs_of("branch", (up,), (down,)) == [2, 3]
    compiled = seen("branch")
    assert [len(call.graphs) for call in compiled.calls] == [2, 1]
    codes = [graph.code for call in compiled.calls for graph in call.graphs]
    assert "> 0" in codes[0]
    assert "* 2" in codes[1]
    assert "- 1" in codes[2]
    assert compiled.breaks


def test_the_break_is_explained_in_the_compilers_own_words() -> None:
    x = torch.ones(4)
    with pytest.raises(torch._dynamo.exc.Unsupported) as refusal:
        torch.compile(examples.branch, backend="eager", fullgraph=True)(x)
    problem = seen("branch").problem
    assert problem is not None
    assert problem.message.splitlines()[0] == str(refusal.value).splitlines()[0]
    assert "graph break" in problem.explanation


def test_where_is_one_graph_for_both() -> None:
    compiled = seen("where")
    assert [len(call.graphs) for call in compiled.calls] == [1, 0]
    assert compiled.problem is None
    assert not compiled.breaks
    assert compiled.calls[1].because == ""


def test_a_count_is_guarded_and_another_one_compiled_again() -> None:
    first, second = seen("loop").calls
    assert "times == 2" in first.guards
    assert second.because == "times == 2"
    assert [call.graphs[0].code.count("torch.sin") for call in (first, second)] == [2, 3]


def test_a_setting_is_guarded_so_the_answer_is_right() -> None:
    first, second = seen("centre").calls
    assert "self.training == True" in first.guards
    assert second.because == "self.training == True"
    assert second.answer.right
    assert len(second.graphs) == 1


def test_a_new_length_is_compiled_again_with_the_length_left_open() -> None:
    first, second = seen("smooth").calls
    assert "expected 4, actual 6" in second.because
    assert {node.shape for node in first.graphs[0].nodes[:-1]} == {(4,)}
    (length,) = second.graphs[0].nodes[1].shape or ()
    assert isinstance(length, str)
    assert any("float32" in guard for guard in first.guards)


def test_a_while_loop_breaks_in_every_round_and_is_right_all_the_same() -> None:
    compiled = seen("halve")
    assert compiled.breaks
    assert compiled.graphs == 2


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_the_compiled_program_is_right_on_every_input(program: Program) -> None:
    calls = watch(program).calls
    assert [call.answer.given for call in calls] == [given.name for given in program.inputs]
    assert all(call.answer.right and call.answer.problem is None for call in calls)


def test_a_program_that_fails_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(x: torch.Tensor) -> torch.Tensor:
        raise RuntimeError(f"no such thing as {x.sum()}")

    monkeypatch.setattr(examples, "smooth", broken)
    first, *_ = seen("smooth").calls
    assert not first.answer.right
    assert first.answer.problem is not None
    assert "no such thing" in first.answer.problem.message


def test_timings_are_those_of_the_calls() -> None:
    calls, pause = 0, 0.002

    def slow(x: torch.Tensor) -> torch.Tensor:
        nonlocal calls
        calls += 1
        time.sleep(pause)
        return x

    given = find("smooth").inputs[0]
    (found,) = timings({Way.EAGER: slow}, given, 4, "cpu")
    assert found.low >= 1e6 * pause
    assert found.low <= found.microseconds <= found.high
    assert calls >= ROUNDS


def test_what_cannot_be_traced_is_timed_eagerly_only() -> None:
    refused, *found = quick(find("halve"), "cpu")
    assert not isinstance(refused, Timing)
    assert all(isinstance(timing, Timing) and timing.way is Way.EAGER for timing in found)
    assert len(found) == 2


def test_a_larger_input_is_the_same_one_repeated() -> None:
    (x,) = arguments(find("branch").inputs[1], size=10)
    assert x.tolist() == [-0.5, -1, -1.5, -2, -0.5, -1, -1.5, -2, -0.5, -1]


@pytest.mark.parametrize(
    ("message", "advice"),
    [
        ("No working C++ compiler found in torch._inductor.config.cpp.cxx: (None, 'g++')", "g++"),
        ("\nfatal error: Python.h: No such file or directory", "python3-dev"),
        ("RuntimeError: Failed to find C compiler. Please specify via CC", "g++"),
        ("Cannot find a working triton installation.", "triton"),
        ("segmentation fault", "could not"),
        ("", "could not"),
    ],
)
def test_each_failure_of_a_compiler_has_its_advice(message: str, advice: str) -> None:
    problem = why_not(RuntimeError(message))
    assert advice in problem.explanation
    assert "\n" not in problem.message
    assert problem.message in message
