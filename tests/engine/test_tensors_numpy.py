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

BOTH = ("a", "shared")


def changed(session: NumpySession) -> tuple[str, ...]:
    return tuple(name for name, each in session.variables.items() if each.changed.any())


def test_the_script_is_what_a_person_would_run() -> None:
    """The same statements, one after the other in plain Python."""
    session, names = NumpySession(), {"np": np, "torch": torch}
    changes, shared = [], []
    for number, statement in enumerate(SCRIPT):
        exec(statement, names)
        if number < 2:
            continue  # the session begins with three
        assert session.ran == list(zip(SCRIPT[: number + 1], NOTES, strict=False))
        assert session.ahead == SCRIPT[number + 1 :]
        for name, variable in session.variables.items():
            np.testing.assert_array_equal(variable.numbers, names[name])
        changes.append(changed(session))
        shared.append(session.shared)
        assert session.step() == bool(SCRIPT[number + 1 :])
    # From a = a + 1 on, the name a means another array.
    assert changes == [(), BOTH, BOTH, ("copied",), BOTH, BOTH, ("a",), ("a",)]
    assert shared == [*[BOTH] * 6, *[("shared",)] * 2]
    assert len(NOTES) == len(SCRIPT)
    assert all(note.endswith(".") and len(note) < 100 for note in NOTES)
    for name in BOTH:
        session.change(Assignment(name, 0, 0, -3))
        assert changed(session) == (name,)


def test_the_kinds_of_the_variables_and_the_tensors_among_them() -> None:
    session = NumpySession()
    assert [each.library for each in session.variables.values()] == ["numpy", "torch", "torch"]
    assert {name: tensor.dtype for name, tensor in session.tensors.items()} == dict.fromkeys(
        ("shared", "copied"), torch.float64
    )


def test_a_person_changes_one_and_sees_the_others() -> None:
    for name, follows in (("a", ("shared",)), ("shared", ("a",)), ("copied", ())):
        session = NumpySession()
        assert session.untouched
        before = session.variables
        session.change(Assignment(name, 1, 2, 42))
        assert not session.untouched
        statement, note = session.ran[-1]
        assert statement == f"{name}[1, 2] = 42.0"
        assert all(other in note for other in follows)
        for other, variable in session.variables.items():
            followed = other in (name, *follows)
            assert variable.numbers.tolist() == [[0, 1, 2], [3, 4, 42 if followed else 5]]
            assert variable.changed[1, 2] == variable.changed.sum() == followed
            assert before[other].numbers[1, 2] == 5  # a copy
        session.step()
        session = session.without_last()  # the statement of the script; the own one stays
        assert session.variables[name].numbers[1, 2] == 42
        session = session.without_last()
        assert session.variables[name].numbers[1, 2] == 5
        assert len(session.without_last().ran) == 3  # the variables stay


def test_what_cannot_be_changed() -> None:
    session = NumpySession()
    before = session.variables
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
        assert session.variables is before


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
