"""The remarks on the text of a program, tried on errors that Python and PyTorch raise for it."""

from __future__ import annotations

import traceback
from textwrap import dedent

import pytest

from engine.exercises.judge import Verdict, remarked
from engine.exercises.record import Failure, Record
from engine.exercises.remarks import Remark, about_error, not_by_hand, not_called
from lessons.exercises import all_exercises
from tests.exercises.small import small

MODULE = """\
import torch
from torch import nn


class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def forward(self, x):
        return self.linear(x)


model = Line()
torch.optim.SGD(model.parameters(), lr=0.1)
model(torch.ones(2, 1))
"""

ROWS = """\
import torch
from torch.utils.data import DataLoader, Dataset


class Rows(Dataset):
    def __init__(self, x):
        self.x = x

    def __len__(self):
        return len(self.x)

    def __getitem__(self, index):
        return self.x[index]


rows = Rows(torch.ones(4))
len(rows)
next(iter(DataLoader(rows)))
"""

CHANGES = (
    # Without self
    (MODULE, "forward(self, x)", "forward(x)", 10,
     "Line 10 defines forward without self: write `def forward(self, x):`"),
    (MODULE, "__init__(self)", "__init__()", 6,
     "Line 6 defines __init__ without self: write `def __init__(self):`"),
    (ROWS, "__init__(self, x)", "__init__(x)", 6,
     "Line 6 defines __init__ without self: write `def __init__(self, x):`"),
    (ROWS, "__getitem__(self, index)", "__getitem__(index)", 12,
     "Line 12 defines __getitem__ without self: write `def __getitem__(self, index):`"),
    (ROWS, "__len__(self)", "__len__()", 9, "Line 9 defines __len__ without self"),
    (MODULE, "forward(self, x)", "forward(self)", 10, "Line 10 defines it: `def forward(self)`."),
    (MODULE, "__init__(self)", "__init__(sef)", 6,
     "Line 6 defines __init__ without self: write `def __init__(self):`"),
    # Without super().__init__()
    (MODULE, "        super().__init__()\n", "", 6,
     "Line 6 defines __init__ without super().__init__()"),
    # Misspelt and misplaced methods
    (MODULE, "forward", "foward", 10, "Line 10 defines foward: its name must be forward."),
    (MODULE, "def forward", "def predict", 5, "Line 5: the class Line has no method forward."),
    (MODULE, "    def forward(self, x):\n    ", "        def forward(self, x):\n        ", 10,
     "Line 10 defines forward inside another method"),
    (MODULE, "    def forward(self, x):\n    ", "def forward(self, x):\n", 10,
     "Line 10 defines forward outside of the class Line"),
    (MODULE, "def __init__", "def _init_", 6, "Line 6 defines _init_: its name must be __init__."),
    (ROWS, "__getitem__", "_getitem_", 12, "Line 12 defines _getitem_: its name must be __get"),
    (ROWS, "__len__", "__length__", 9, "Line 9 defines __length__: its name must be __len__."),
    (ROWS, "__init__", "__int__", 6, "Line 6 defines __int__: its name must be __init__."),
    # Layers that are not kept
    (MODULE, "self.linear = nn", "linear = nn", 8,
     "Line 8 makes linear a variable of __init__: write self.linear = …"),
    (MODULE, "self.linear(x)", "linear(x)", 8, "Line 8 assigns self.linear: use this name, with"),
    (MODULE, "self.linear(x)", "self.liner(x)", 8, "Line 8 assigns self.linear: use this name"),
    # Names
    (MODULE, "model = Line", "modle = Line", 15, "Line 14 has modle: is that the name?"),
    (MODULE, "torch.optim", "torh.optim", 15, "Line 1 has torch: is that the name?"),
    ("def f():\n    a = b + 1\n    b = 2\nf()\n", "", "", 2, "Line 3 assigns b, which is too"),
    ("def f():\n    return lost\nlose = 2\nf()\n", "", "", 2, "Line 3 has lose: is that the"),
    ("print(a)\na = 2\n", "", "", 1, "Line 2 assigns a, which is too late."),
    ("def f(w, x):\n    return w\nf(1)\n", "", "", 1, "Line 1 defines it: `def f(w, x)`."),
)  # fmt: skip
"""A program, what is replaced in it, and the line and the beginning of the remark."""


def failure(program: str) -> Failure:
    """Return the error of a program."""
    try:
        exec(compile(program, "program.py", "exec"), {})
    except Exception as error:
        lines = [f.lineno for f in traceback.extract_tb(error.__traceback__)
                 if f.filename == "program.py"]  # fmt: skip
        return Failure("error", type(error).__name__, str(error), lines[-1])
    raise AssertionError("no error")


@pytest.mark.parametrize(("program", "old", "new", "line", "text"), CHANGES)
def test_the_definition_behind_an_error_is_named(
    program: str, old: str, new: str, line: int, text: str
) -> None:
    assert old in program
    wrong = program.replace(old, new) if old else program
    remark = about_error(wrong, failure(wrong))
    assert remark is not None
    assert (remark.line, remark.text[: len(text)]) == (line, text)


def test_an_error_that_no_definition_explains_gets_no_remark() -> None:
    for program in (
        "1 / 0",
        "[].nothing",
        "import torch\ntorch.ones(2) @ torch.ones(3)",
        "unknown_of_any_kind",
        "len(3)",
        MODULE.replace("torch.ones(2, 1)", "torch.ones(2, 3)"),
        MODULE.replace("self.linear(x)", "self.weights(x)"),
        MODULE.replace("self.linear(x)", "self.linear(other)")
        + "if __name__ == '__main__':\n    other = 1\n",
        ROWS.replace("self.x[index]", "self.x[at]").replace("Rows(torch", "Rows(index or torch"),
        MODULE.replace("return self.linear(x)", "return self.linear(x).foo"),
        ROWS.replace("self.x[index]", "self.x[index + 9]"),
    ):
        assert about_error(program, failure(program)) is None, program
    assert about_error("x = (", Failure("error", "SyntaxError", "name 'x'", 1)) is None
    assert about_error(MODULE, Failure("timeout", "", "no end", 1)) is None


def test_the_programs_without_a_change_run() -> None:
    for program in (MODULE, ROWS):
        with pytest.raises(AssertionError, match="no error"):
            failure(program)


def test_a_line_that_calls_nothing_is_named() -> None:
    program = """
        optimizer.zero_grad()
        loss.backward()
        optimizer.step
    """
    assert not_called(dedent(program)) == Remark(
        4, "Line 4 names `optimizer.step` but does not call it: write `optimizer.step()`."
    )
    for fine in ("loss.backward()", "'''text'''\nx = model.train", "x", "x.mean", "...", "x = ("):
        assert not_called(fine) is None


def test_remarks_follow_the_verdict_and_give_it_a_line() -> None:
    program = "w.sum().backward\n"
    moved = Record(losses=(1.0,))
    wrong = remarked(small(), Verdict("wrong", "It is wrong."), program, moved)
    assert wrong.line == 1
    assert wrong.message.startswith("It is wrong. Line 1 names `w.sum().backward` but")
    solved = remarked(small(), Verdict("solved", "Solved."), program, moved)
    assert (solved.status, solved.line) == ("solved", None)
    assert "does not call it" in solved.message
    assert remarked(small(), Verdict("wrong", "No.", line=7), program, moved).line == 7
    head = MODULE.replace("forward(self, x)", "forward(x)")
    error = remarked(small(), Verdict("error", "E.", line=16), head, Record(failure=failure(head)))
    assert (error.line, error.message[:24]) == (10, "E. Line 10 defines forwa")


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("p = torch.softmax(z, dim=1)", 1),
        ("import math\np = z.softmax(1)", 2),
        ("from torch.nn.functional import softmax as s", 1),
        ("def softmax(z):\n    return z\nsoftmax(1)", None),  # the learner's own
        ("p = z.exp()  # like torch.softmax", None),
        ("p = (", None),
    ],
)
def test_what_is_to_be_written_by_hand_is_noticed(code: str, line: int | None) -> None:
    remark = not_by_hand(code, ("softmax", "Softmax"))
    assert (remark and remark.line) == line
    exercise = small(without=("softmax",))
    solved = remarked(exercise, Verdict("solved", "Solved."), code, Record())
    text = f"Solved. Line {line} uses softmax, which is to be written by hand here: try it without."
    assert (solved.message, solved.line) == (text if line else "Solved.", None)


def test_no_correct_program_uses_what_is_to_be_written_by_hand() -> None:
    limited = [exercise for exercise in all_exercises() if exercise.without]
    assert len(limited) >= 4
    for exercise in limited:
        for program in (exercise.solution, *exercise.correct):
            assert not_by_hand(program, exercise.without) is None, exercise.slug
