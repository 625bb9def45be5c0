"""The session with NumPy: what is shared follows, what is copied does not."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.expression import Refused
from engine.tensors.assignment import Assignment, assignment
from engine.tensors.numpy_session import NAMES, NOTES, SCRIPT, Session


def numbers(session: Session, name: str) -> list[list[float]]:
    found: list[list[float]] = session.snapshot.variables[name].numbers.tolist()
    return found


def test_the_script_is_what_a_person_would_run() -> None:
    """The same statements, one after the other in plain Python."""
    session, names = Session(made=0), {"np": np, "torch": torch}
    for statement in SCRIPT:
        assert session.next == statement
        snapshot = session.step()
        exec(statement, names)
        assert snapshot.statement == statement
        assert set(snapshot.variables) == {name for name in NAMES if name in names}
        for name, variable in snapshot.variables.items():
            np.testing.assert_array_equal(variable.numbers, names[name])
    assert session.next is None
    assert session.statements == tuple(SCRIPT)
    assert session.step() is session.snapshot


def test_each_statement_has_its_sentence() -> None:
    assert len(NOTES) == len(SCRIPT)
    assert all(note.endswith(".") and len(note) < 100 for note in NOTES)


def test_who_changes_with_whom() -> None:
    session = Session()
    changed = []
    while session.next:
        changed.append(session.step().changed)
    assert changed == [
        ("a", "shared"),
        ("a", "shared"),
        ("copied",),
        ("a", "shared"),
        ("a", "shared"),
        ("a",),  # the name means another array now
        ("a",),
    ]


def test_who_lies_in_the_memory_of_shared() -> None:
    session = Session(made=0)
    seen = []
    while session.next:
        seen.append(session.step().shared)
    assert seen == [(), *[("a", "shared")] * 7, *[("shared",)] * 2]


def test_the_kinds_are_told() -> None:
    looks = Session().snapshot.variables
    assert [(look.type, look.dtype) for look in looks.values()] == [
        ("numpy.ndarray", "float64"),
        ("torch.Tensor", "float64"),
        ("torch.Tensor", "float64"),
    ]


@pytest.mark.parametrize(
    ("name", "follows"), [("a", ("shared",)), ("shared", ("a",)), ("copied", ())]
)
def test_a_person_changes_one_and_sees_the_others(name: str, follows: tuple[str, ...]) -> None:
    session = Session()
    snapshot = session.change(name, 1, 2, 42)
    assert snapshot.statement == session.statements[-1] == f"{name}[1, 2] = 42.0"
    assert set(snapshot.changed) == {name, *follows}
    for other in NAMES:
        followed = other in (name, *follows)
        assert numbers(session, other) == [[0, 1, 2], [3, 4, 42 if followed else 5]]
        assert snapshot.variables[other].changed[1, 2] == followed
        assert snapshot.variables[other].changed.sum() == followed
    assert all(other in snapshot.note for other in follows)


def test_after_the_new_array_shared_follows_no_more() -> None:
    session = Session(made=len(SCRIPT))
    assert session.change("a", 0, 0, -3).changed == ("a",)
    assert session.change("shared", 0, 0, -3).changed == ("shared",)


@pytest.mark.parametrize(
    ("name", "row", "column", "value", "says"),
    [
        ("b", 0, 0, 1.0, "no variable 'b' yet; there are: a, shared, copied"),
        ("np", 0, 0, 1.0, "no variable"),
        ("a", 2, 0, 1.0, r"no cell \[2, 0\]; rows 0 to 1, columns 0 to 2"),
        ("a", 0, -1, 1.0, "no cell"),
        ("a", 0, 0, float("nan"), "no finite number"),
        ("a", 0, 0, float("inf"), "no finite number"),
    ],
)
def test_what_cannot_be_changed(name: str, row: int, column: int, value: float, says: str) -> None:
    session = Session()
    before = session.snapshot
    with pytest.raises(ValueError, match=says):
        session.change(name, row, column, value)
    assert session.snapshot is before


def test_a_variable_that_is_not_made_yet_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match=r"there are: a$"):
        Session(made=1).change("shared", 0, 0, 1.0)


def test_a_snapshot_is_a_copy() -> None:
    session = Session()
    kept = session.snapshot
    session.change("a", 0, 0, 9)
    assert kept.variables["shared"].numbers[0, 0] == 0


def test_lines_can_be_worked_out_on_its_tensors() -> None:
    assert set(Session().tensors) == {"shared", "copied"}
    assert set(Session(made=2).tensors) == {"shared"}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a[0, 1] = 5", Assignment("a", 0, 1, 5.0)),
        ("  shared [ 1,2 ]=-.5e1 ", Assignment("shared", 1, 2, -5.0)),
        ("copied[0, 0] = +1.", Assignment("copied", 0, 0, 1.0)),
    ],
)
def test_a_cell_is_given_a_number(text: str, read: Assignment) -> None:
    assert assignment(text, NAMES) == read


@pytest.mark.parametrize(
    "text", ["shared", "a[0, 0] == 1", "a[0] = 1", "a[-1, 0] = 1", "", "x = 3"]
)
def test_a_line_of_another_form_is_no_assignment(text: str) -> None:
    assert assignment(text, NAMES) is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("b[0, 0] = 1", "b"),
        ("a[0, 0] = __import__('os')", "__import__('os')"),
        ("a[0, 0] = nan", "nan"),
        ("a[0, 0] = 1_0", "1_0"),
        ("a[0, 0] = ", ""),
        ("a[0, 0] = a", "a"),
    ],
)
def test_only_a_plain_number_is_given_and_only_to_a_variable(text: str, place: str) -> None:
    with pytest.raises(Refused) as caught:
        assignment(text, NAMES)
    assert text[caught.value.start : caught.value.end] == place
