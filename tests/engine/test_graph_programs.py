"""The programs on what backward can do: PyTorch's own errors, and numbers worked out by hand."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest
import torch

from engine.graph.programs import PROGRAMS, Line, Program, Row, program
from engine.graph.session import Session


def run(name: str) -> tuple[Line, ...]:
    session = Session(program(name))
    while session.step():
        pass
    return session.lines


def row(line: Line, name: str) -> Row:
    return next(row for row in line.rows if row.name == name)


def gradients(name: str, of: str = "x") -> list[object]:
    """The gradient of a tensor after each statement."""
    found = [row(line, of).gradient for line in run(name)]
    return [gradient and gradient.plain for gradient in found]


def errors(name: str) -> dict[int, str]:
    return {number: line.error for number, line in enumerate(run(name)) if line.error}


def test_twice() -> None:
    assert gradients("twice") == [None, None, 6.0, 6.0, 6.0, None, 6.0, 12.0]


def test_accumulate() -> None:
    assert gradients("accumulate") == [None, 3.0, 6.0, 0.0, 3.0, None, 3.0, 3.0, None]
    assert run("accumulate")[3].output == "tensor(0.)"


def test_second() -> None:
    # x⁴ at 2: 16, its slope 4x³ = 32, the slope of that 12x² = 48.
    assert gradients("second") == [None, None, None, 48.0, 48.0, 48.0, 48.0]
    lines = run("second")
    assert row(lines[1], "f").value.plain == 16
    assert [row(lines[number], "slope").value.plain for number in (2, 5)] == [32, 32]
    assert [row(lines[number], "slope").grad_fn for number in (2, 5)] == ["MulBackward0", None]


def test_weighted() -> None:
    assert gradients("weighted")[2:] == [None, [2.0, 40.0], None, None, None, [32.0, 34.0]]


def test_no_grad() -> None:
    assert gradients("no-grad") == [None] * 5 + [9.0, 9.0]
    last = run("no-grad")[-1]
    assert row(last, "f").value.plain == 27
    assert row(last, "x").value.plain == -1.5
    assert row(last, "x").is_leaf
    assert (row(last, "a").grad_fn, row(last, "a").requires_grad) == (None, False)


def test_in_place() -> None:
    assert gradients("in-place") == [None] * 7 + [42.0]
    lines = run("in-place")
    assert row(lines[1], "x").value.plain == 2  # the refused change has not happened
    assert [row(lines[number], "a").value.plain for number in (3, 4)] == [6, 7]
    assert [row(lines[number], "f").value.plain for number in (4, 6)] == [36, 49]


def test_frozen() -> None:
    assert (
        gradients("frozen")
        == [None, None, None, 3.0, 3.0, 3.0, 6.0, 6.0, 6.0][: len(run("frozen"))]
    )
    lines = run("frozen")
    assert [row(line, "w").gradient for line in lines[1:6]] == [None] * 5
    assert row(lines[6], "w").gradient == row(lines[0], "x").value  # ∂f/∂w = x = 2
    assert [row(lines[number], "w").requires_grad for number in (3, 4)] == [False, True]


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


@pytest.mark.parametrize(
    ("name", "raised"),
    [
        ("twice", {3: twice}),
        ("accumulate", {}),
        ("second", {6: without_graph}),
        ("weighted", {2: vector}),
        ("no-grad", {2: without_graph}),
        ("in-place", {1: leaf, 5: overwritten}),
        ("frozen", {8: without_graph}),
    ],
)
def test_errors_are_those_of_pytorch(name: str, raised: dict[int, Callable[[], None]]) -> None:
    found = errors(name)
    assert set(found) == set(raised)
    for number, cause in raised.items():
        with pytest.raises(RuntimeError) as caught:
            cause()
        assert found[number] == f"RuntimeError: {caught.value}"


@pytest.mark.parametrize("each", PROGRAMS.values(), ids=PROGRAMS)
def test_an_error_is_explained_where_there_is_one_and_only_there(each: Program) -> None:
    assert 5 <= len(each.statements) <= 9
    for line in run(each.name):
        assert bool(line.error) == bool(line.statement.refusal)
        assert line.statement.why


def test_every_tensor_with_a_name_is_listed_in_order() -> None:
    last = run("frozen")[-1]
    assert [row.name for row in last.rows] == ["x", "w", "f", "g"]
    assert [row.grad_fn for row in last.rows] == [None, None, "MulBackward0", None]
    assert [row.is_leaf for row in last.rows] == [True, True, False, True]


def test_a_session_goes_one_statement_at_a_time_and_stays_at_the_end() -> None:
    session = Session(program("twice"))
    assert session.lines == ()
    first = session.step()
    assert first is not None
    assert first.statement is session.program.statements[0]
    assert session.lines == (first,)
    while session.step():
        pass
    assert session.step() is None
    assert len(session.lines) == len(session.program.statements)


def test_two_sessions_know_nothing_of_each_other() -> None:
    one, other = Session(program("twice")), Session(program("twice"))
    for _ in range(3):
        one.step()
    line = other.step()
    assert line is not None
    assert row(line, "x").gradient is None


def test_a_snapshot_stays_as_it_was() -> None:
    lines = run("accumulate")
    assert row(lines[1], "x").gradient != row(lines[2], "x").gradient


def test_nobody_is_warned_and_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for name in PROGRAMS:
            run(name)
    assert not caught
    assert capfd.readouterr() == ("", "")


def test_it_works_where_gradients_are_switched_off() -> None:
    with torch.no_grad():
        assert gradients("twice")[2] == 6


def test_an_unknown_program_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="no program 'twise'; did you mean twice"):
        program("twise")
