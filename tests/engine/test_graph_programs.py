"""The programs on what backward can do: PyTorch's own errors, and numbers worked out by hand."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest
import torch

from engine.graph.programs import PROGRAMS, RanStatement, TensorRecord, program
from engine.graph.take_apart import ProgramSession


def run(name: str) -> tuple[RanStatement, ...]:
    session = ProgramSession(program(name))
    while session.step():
        pass
    return session.position.ran


def tensor(ran: RanStatement, name: str) -> TensorRecord:
    return next(each for each in ran.tensors if each.name == name)


def values(ran: tuple[RanStatement, ...], name: str, *places: int) -> list[object]:
    return [tensor(ran[place], name).value.plain for place in places]


def twice() -> None:
    f = torch.tensor(1.0, requires_grad=True) ** 2
    f.backward()
    f.backward()


def without_graph() -> None:
    torch.tensor(1.0).backward()


def vector() -> None:
    (torch.ones(2, requires_grad=True) * 2).backward()


def leaf() -> None:
    x = torch.tensor(1.0, requires_grad=True)
    x += 1


def overwritten() -> None:
    a = torch.tensor(1.0, requires_grad=True) * 3
    f = a**2
    a += 1
    f.backward()


N = None
PROGRAM_RUNS: dict[str, tuple[list[object], dict[int, Callable[[], None]]]] = {
    # The gradient of x after each statement, and what raises the error of a statement.
    "twice": ([N, N, 6, 6, 6, N, 6, 12], {3: twice}),
    "accumulate": ([N, 3, 6, 0, 3, N, 3, 3, N], {}),
    # x⁴ at 2: 16, its slope 4x³ = 32, the slope of that 12x² = 48.
    "second": ([N, N, N, 48, 48, 48, 48], {6: without_graph}),
    "weighted": ([N, N, N, [2, 40], N, N, N, [32, 34]], {2: vector}),
    "no-grad": ([N, N, N, N, N, 9, 9], {2: without_graph}),
    "in-place": ([N, N, N, N, N, N, N, 42], {1: leaf, 5: overwritten}),
    "frozen": ([N, N, N, 3, 3, 3, 6, 6, 6], {8: without_graph}),
}


def test_gradients_and_errors(capfd: pytest.CaptureFixture[str]) -> None:
    assert list(PROGRAM_RUNS) == list(PROGRAMS)
    for name, (gradients, raised) in PROGRAM_RUNS.items():
        check_program(name, gradients, raised)
    assert capfd.readouterr() == ("", "")


def check_program(
    name: str, gradients: list[object], raised: dict[int, Callable[[], None]]
) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ran = run(name)
    assert not caught
    found = [tensor(each, "x").gradient for each in ran]
    assert [each and each.plain for each in found] == gradients
    assert {place for place, each in enumerate(ran) if each.error} == set(raised)
    for place, cause in raised.items():
        with pytest.raises(RuntimeError) as error:
            cause()
        assert ran[place].error == f"RuntimeError: {error.value}"
    assert 5 <= len(ran) <= 9
    for each in ran:  # an error is explained where there is one, and only there
        assert bool(each.error) == bool(each.statement.refusal)
        assert each.statement.why


def test_what_else_the_programs_show() -> None:
    assert run("accumulate")[3].output == "tensor(0.)"
    second = run("second")
    assert values(second, "f", 1) == [16]
    assert values(second, "slope", 2, 5) == [32, 32]
    assert [tensor(second[place], "slope").grad_fn for place in (2, 5)] == ["MulBackward0", None]
    last = run("no-grad")[-1]
    assert (tensor(last, "f").value.plain, tensor(last, "x").value.plain) == (27, -1.5)
    assert tensor(last, "x").is_leaf
    assert (tensor(last, "a").grad_fn, tensor(last, "a").requires_grad) == (None, False)
    in_place = run("in-place")
    assert values(in_place, "x", 1) == [2]  # the refused change has not happened
    assert values(in_place, "a", 3, 4) == [6, 7]
    assert values(in_place, "f", 4, 6) == [36, 49]


def test_an_input_without_a_gradient_and_the_order_of_the_tensors() -> None:
    frozen = run("frozen")
    assert [tensor(each, "w").gradient for each in frozen[1:6]] == [None] * 5
    assert tensor(frozen[6], "w").gradient == tensor(frozen[0], "x").value  # ∂f/∂w = x = 2
    assert [tensor(frozen[place], "w").requires_grad for place in (3, 4)] == [False, True]
    tensors = frozen[-1].tensors
    assert [each.name for each in tensors] == ["x", "w", "f", "g"]
    assert [each.grad_fn for each in tensors] == [None, None, "MulBackward0", None]
    assert [each.is_leaf for each in tensors] == [True, True, False, True]


def test_a_session_goes_one_statement_at_a_time_and_stays_at_the_end() -> None:
    session, other = ProgramSession(program("twice")), ProgramSession(program("twice"))
    start = session.position
    with torch.no_grad():  # it works where gradients are switched off, too
        first = session.step()
    assert first is not None
    assert first.statement is start.program.statements[0]
    assert session.position.ran == (first,)
    assert (start.begun, start.done, session.position.begun) == (False, False, True)
    while session.step():
        pass
    assert session.step() is None
    assert session.position.done
    assert len(session.position.ran) == len(start.program.statements)
    untouched = other.step()  # two sessions do not share anything
    assert untouched is not None
    assert tensor(untouched, "x").gradient is None


def test_an_unknown_program_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="no program 'twise'; did you mean twice"):
        program("twise")
