"""The session with NumPy: what is shared follows, what is copied does not."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.expression import Refused
from engine.tensors.numpy_session import (
    NAMES,
    NOTES,
    SCRIPT,
    Assignment,
    NumpySession,
    assignment,
)


def test_the_script_is_what_a_person_would_run() -> None:
    """The same statements, one after the other in plain Python."""
    session, names = NumpySession(made=0), {"np": np, "torch": torch}
    changed, shared = [], []
    for number, statement in enumerate(SCRIPT):
        assert session.ahead == SCRIPT[number:]
        assert session.step()
        exec(statement, names)
        snapshot = session.snapshot
        assert session.ran[-1] == (snapshot.statement, snapshot.note) == (statement, NOTES[number])
        assert set(snapshot.variables) == {name for name in NAMES if name in names}
        for name, variable in snapshot.variables.items():
            np.testing.assert_array_equal(variable.numbers, names[name])
        changed.append(snapshot.changed)
        shared.append(snapshot.shared)
    assert not session.step()
    assert [statement for statement, _ in session.ran] == SCRIPT
    # After the three that make them; from a = a + 1 on, the name a means another array.
    both = ("a", "shared")
    assert changed == [(), (), (), both, both, ("copied",), both, both, ("a",), ("a",)]
    assert shared == [(), *[both] * 7, *[("shared",)] * 2]
    assert len(NOTES) == len(SCRIPT)
    assert all(note.endswith(".") and len(note) < 100 for note in NOTES)


def test_the_kinds_of_the_variables_and_the_tensors_among_them() -> None:
    session = NumpySession()
    assert [(each.type, each.dtype) for each in session.snapshot.variables.values()] == [
        ("numpy.ndarray", "float64"),
        ("torch.Tensor", "float64"),
        ("torch.Tensor", "float64"),
    ]
    assert set(session.tensors) == {"shared", "copied"}
    assert set(NumpySession(made=2).tensors) == {"shared"}


@pytest.mark.parametrize(
    ("name", "follows"), [("a", ("shared",)), ("shared", ("a",)), ("copied", ())]
)
def test_a_person_changes_one_and_sees_the_others(name: str, follows: tuple[str, ...]) -> None:
    session = NumpySession()
    before = session.snapshot
    session.change(Assignment(name, 1, 2, 42))
    snapshot = session.snapshot
    assert snapshot.statement == session.ran[-1][0] == f"{name}[1, 2] = 42.0"
    assert set(snapshot.changed) == {name, *follows}
    for other in NAMES:
        followed = other in (name, *follows)
        numbers = snapshot.variables[other].numbers.tolist()
        assert numbers == [[0, 1, 2], [3, 4, 42 if followed else 5]]
        assert snapshot.variables[other].changed[1, 2] == followed
        assert snapshot.variables[other].changed.sum() == followed
        assert before.variables[other].numbers[1, 2] == 5  # a copy
    assert all(other in snapshot.note for other in follows)
    session.step()
    session.back()  # the statement of the script; the own one stays
    assert session.snapshot.variables[name].numbers[1, 2] == 42
    session.back()
    assert session.snapshot.variables[name].numbers[1, 2] == 5
    session.back()  # the variables stay
    assert len(session.ran) == 3


def test_after_the_new_array_shared_follows_no_more() -> None:
    session = NumpySession(made=len(SCRIPT))
    for name in ("a", "shared"):
        session.change(Assignment(name, 0, 0, -3))
        assert session.snapshot.changed == (name,)


def test_what_cannot_be_changed() -> None:
    session = NumpySession()
    before = session.snapshot
    for name, row, column, value, message in (
        ("b", 0, 0, 1.0, "no variable 'b' yet; there are: a, shared, copied"),
        ("np", 0, 0, 1.0, "no variable"),
        ("a", 2, 0, 1.0, r"no cell \[2, 0\]; rows 0 to 1, columns 0 to 2"),
        ("a", 0, -1, 1.0, "no cell"),
        ("a", 0, 0, float("nan"), "no finite number"),
        ("a", 0, 0, float("inf"), "no finite number"),
    ):
        with pytest.raises(ValueError, match=message):
            session.change(Assignment(name, row, column, value))
        assert session.snapshot is before
    with pytest.raises(ValueError, match=r"there are: a$"):  # not made yet
        NumpySession(made=1).change(Assignment("shared", 0, 0, 1.0))


def test_an_assignment_is_read_by_its_form() -> None:
    assert assignment("a[0, 1] = 5", NAMES) == Assignment("a", 0, 1, 5.0)
    assert assignment("  shared [ 1,2 ]=-.5e1 ", NAMES) == Assignment("shared", 1, 2, -5.0)
    assert assignment("copied[0, 0] = +1.", NAMES) == Assignment("copied", 0, 0, 1.0)
    for text in ("shared", "a[0, 0] == 1", "a[0] = 1", "a[-1, 0] = 1", "", "x = 3"):
        assert assignment(text, NAMES) is None


def test_only_a_plain_number_is_given_and_only_to_a_variable() -> None:
    for text, place, instead in (
        ("b[0, 0] = 1", "b", ""),
        ("a[0, 0] = __import__('os')", "__import__('os')", ""),
        ("a[0, 0] = nan", "nan", ""),
        ("a[0, 0] = 1_0", "1_0", "a[0, 0] = 10"),
        ("a[0, 0] = ", "", ""),
        ("a[0, 0] = a", "a", ""),
        ("shared[0, 1] = 1/2", "1/2", "shared[0, 1] = 0.5"),
        ("shared[0, 1] = 0,5", "0,5", "shared[0, 1] = 0.5"),
        ("shared[0, 1] = 50%", "50%", "shared[0, 1] = 0.5"),
    ):
        with pytest.raises(Refused) as caught:
            assignment(text, NAMES)
        assert text[caught.value.start : caught.value.end] == place
        assert caught.value.instead == instead
