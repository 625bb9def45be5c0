"""The explanations of errors, tried on errors that the installed Python and PyTorch raise."""

from __future__ import annotations

import re
import warnings
from textwrap import dedent
from typing import Any

import pytest

from engine.exercises.errors import MEANINGS, WARNINGS, meaning, warned
from engine.exercises.exercise import Exercise
from engine.exercises.judge import unknown
from engine.exercises.record import Failure, Record

IMPORTS = """
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
w = torch.ones(2, requires_grad=True)
x, y = torch.zeros(4, 1), torch.zeros(4)
line = nn.Linear(1, 1)
"""

ERRORS: tuple[tuple[str, str], ...] = (
    ("nn.Linear(3, 1)(torch.zeros(5, 2))", "inner sizes"),
    ("torch.zeros(3, 2) @ torch.zeros(3, 2)", "inner sizes"),
    ("torch.zeros(3, 2) @ torch.zeros(3)", "inner sizes"),
    ("torch.zeros(3) @ torch.zeros(2)", "inner sizes"),
    ("torch.zeros(3) + torch.zeros(4)", "do not broadcast"),
    ("torch.zeros(3).add_(torch.zeros(2, 3))", "in place cannot make its tensor larger"),
    ("nn.BCEWithLogitsLoss()(x, y)", "target and the prediction have different shapes"),
    ("nn.BCELoss()(x, y)", "target and the prediction have different shapes"),
    ("nn.BCELoss()(torch.tensor([2.0]), torch.zeros(1))", "takes probabilities"),
    ("torch.zeros(6).view(4, 2)", "another number of elements"),
    ("torch.zeros(6).reshape(4, -1)", "another number of elements"),
    ("torch.stack([torch.zeros(2), torch.zeros(3)])", "different shapes cannot be stacked"),
    ("torch.cat([torch.zeros(2, 2), torch.zeros(3, 3)])", "joins along one dimension"),
    ("torch.zeros(3).sum(dim=1)", "fewer dimensions than dim"),
    ("torch.zeros(3)[0, 0]", "fewer dimensions than there are indices"),
    ("len(torch.tensor(1))", "single number, without a dimension"),
    ("for each in torch.tensor(1): pass", "single number, without a dimension"),
    ("a, b = torch.tensor(1)", "single number, without a dimension"),
    ("torch.tensor(1)[0]", "single number, without a dimension"),
    ("torch.tensor(1.0) @ torch.zeros(2)", "multiply numbers with *"),
    ("torch.zeros(2).item()", "reduce it first"),
    ("float(torch.zeros(2))", "reduce it first"),
    ("torch.tensor([torch.zeros(2), torch.zeros(2)])", "torch.stack"),
    ("if torch.zeros(2) > 1: pass", "neither true nor false"),
    ("nn.MSELoss(x, y)", "in a second call"),
    ("line(nn.ReLU(x))", "make it first and then call it"),
    ("nn.ReLU(x) + 1", "make it first and then call it"),
    ("torch.softmax(x)", "along which dimension"),
    ("x - x.max(dim=1, keepdim=True)", "take .values"),
    ("x ^ 2", "a power is **"),
    ("2.0 ^ 2", "a power is **"),
    ("w.grad = 0", "w.grad = None"),
    (r"compile('x\0', 'file', 'exec')", "bytes that are no text"),
    ("f = lambda: f()\nf()", "calls itself without end"),
    # Classes and indices
    ("nn.CrossEntropyLoss()(torch.zeros(2, 3), torch.tensor([[0], [1]]))", "one class index"),
    ("nn.CrossEntropyLoss()(torch.zeros(2, 3), torch.tensor([0, 1, 2]))", "as many predictions"),
    ("nn.CrossEntropyLoss()(torch.zeros(2, 3), torch.tensor([0, 3]))", "not one of the classes"),
    ("[1][2]", "index is too large"),
    ("torch.zeros(3)[3]", "index is too large"),
    ("torch.zeros(3)[torch.tensor([5])]", "index is too large"),
    ("float(w.sum().item)", "call it, with brackets"),
    ("0 + w.sum().item", "call it, with brackets"),
    ("0.5 < w.sum().item", "call it, with brackets"),
    ("w.sum().item * 2", "call it, with brackets"),
    # Autograd
    ("(w // 2).sum().backward()", "no gradient: / divides"),
    ("nn.CrossEntropyLoss()(torch.tensor([1, 2]), torch.zeros(2, 3))", "logits first"),
    ("torch.zeros(2).sum().backward()", "nothing to differentiate"),
    ("(line(x).squeeze(1).argmax() * 1.0).backward()", "nothing to differentiate"),
    ("with torch.no_grad():\n    loss = w.sum()\nloss.backward()", "nothing to differentiate"),
    ("loss = (w**2).sum()\nloss.backward()\nloss.backward()", "frees the graph"),
    ("a = w.exp()\na += 1\na.sum().backward()", "has overwritten"),
    ("w -= 1", "while autograd records"),
    ("w[0] = 1", "while autograd records"),
    ("(w * 2).backward()", "starts from a single number"),
    ("torch.tensor([1, 2], requires_grad=True)", "have no gradient"),
    ("torch.tensor([1, 2]).requires_grad_()", "have no gradient"),
    ("nn.Parameter(torch.tensor(1))", "have no gradient"),
    ("w.numpy()", "call detach()"),
    ("w.grad.zero_()", "is None before backward()"),
    ("w - 0.1 * w.grad", "is None before backward()"),
    ("w - w.grad", "is None before backward()"),
    ("None.shape", "have a return"),
    ("for each in None: pass", "have a return"),
    ("f'{None:.4f}'", "have a return"),
    ("a, b = None", "have a return"),
    ("line(None)", "have a return"),
    # Dtypes and devices
    ("nn.CrossEntropyLoss()(torch.zeros(2, 3), torch.zeros(2))", "with long()"),
    ("line(torch.zeros(1, 1, dtype=torch.long))", "different dtypes"),
    ("line(torch.zeros(1, 1, dtype=torch.double))", "different dtypes"),
    ("torch.zeros(1, 1) @ torch.zeros(1, 1, dtype=torch.double)", "different dtypes"),
    ("torch.zeros(1) @ torch.zeros(1, dtype=torch.long)", "different dtypes"),
    ("nn.BCEWithLogitsLoss()(torch.zeros(2), torch.tensor([0, 1]))", "numbers with decimals"),
    ("torch.tensor([1, 2]).mean()", "numbers with decimals"),
    ("torch.tensor([1, 2]).add_(0.5)", "numbers with decimals"),
    ("torch.softmax(torch.tensor([1, 2]), dim=0)", "numbers with decimals"),
    ("torch.zeros(2) + torch.zeros(2, device='meta')", "different devices"),
    ("line(torch.zeros(2, 1, device='meta'))", "different devices"),
    # Modules and optimizers
    (
        """
        class Model(nn.Module):
            def __init__(self):
                self.layer = nn.Linear(1, 1)
        Model()
        """,
        "super().__init__()",
    ),
    (
        """
        class Model(nn.Module):
            def __init__(self):
                self.w = nn.Parameter(torch.zeros(1))
        Model()
        """,
        "super().__init__()",
    ),
    (
        """
        class Model(nn.Module):
            def __init__(self):
                self.size = 1
            def forward(self, x):
                return x
        Model()(x)
        """,
        "super().__init__()",
    ),
    (
        """
        class Model(nn.Module):
            def forwards(self, x):
                return x
        Model()(x)
        """,
        "a method of exactly this name",
    ),
    ("line.weight = line.weight - 0.1", "replaced by a plain tensor"),
    ("torch.optim.SGD([], lr=0.1)", "no parameters"),
    (
        """
        class Model(nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = [nn.Linear(1, 1)]
        torch.optim.SGD(Model().parameters(), lr=0.1)
        """,
        "no parameters",
    ),
    ("torch.optim.SGD(w, lr=0.1)", "collection of parameters"),
    ("torch.optim.SGD(line, lr=0.1)", "collection of parameters"),
    ("torch.optim.SGD(line.parameters, lr=0.1)", "collection of parameters"),
    ("torch.optim.SGD([w * 2], lr=0.1)", "the result of an operation"),
    ("nn.MSELoss().backward()", "not a loss"),
    ("(w.sum().item()).backward()", "plain number"),
    ("(1.0).item()", "plain number"),
    ("torch.exp(1.0)", "takes a tensor"),
    ("line([1.0])", "takes a tensor"),
    # Datasets and loaders
    (
        """
        class Rows(Dataset):
            def __getitem__(self, index):
                return index
        DataLoader(Rows(), shuffle=True)
        """,
        "__len__",
    ),
    (
        """
        class Rows(Dataset):
            def __getitem__(self, index):
                return index
        list(DataLoader(Rows()))
        """,
        "__len__",
    ),
    (
        """
        class Rows(Dataset):
            def __len__(self):
                return 3
        list(DataLoader(Rows()))
        """,
        "two underscores",
    ),
    (
        """
        class Rows(Dataset):
            def __len__(self):
                return 3
            def __getitem__(self, index):
                index
        list(DataLoader(Rows()))
        """,
        "return tensors or numbers",
    ),
    (
        """
        class Rows(Dataset):
            def __len__(self):
                return 3
            def __getitem__(self, index):
                return torch.zeros(index + 1)
        list(DataLoader(Rows(), batch_size=2))
        """,
        "the same shape for every index",
    ),
    (
        """
        class Rows(Dataset):
            def __len__(self):
                return 3
            def __getitem__(self, index):
                return [1][index]
        list(DataLoader(Rows(), num_workers=1, multiprocessing_context="fork"))
        """,
        "num_workers=0",
    ),
    ("DataLoader([], shuffle=True)", "is empty"),
    ("DataLoader([1, 2], batch_size=0)", "not a positive whole number"),
    ("DataLoader([1, 2])[0]", "only be looped over"),
    ("next(DataLoader([1, 2]))", "only be looped over"),
    # Python
    ("a, b = 1, 2, 3", "another number of names"),
    ("for a, b in DataLoader([1, 2]): pass", "another number of names"),
    ("a, b = 1", "single value"),
    ("def f():\n    count += 1\nf()", "its own variable"),
    ("optimiser.step()", "Nothing of this name"),
    ("import tensorflower", "does not find"),
    ("from torch import tensr", "does not find"),
    ("def f():\nreturn 1", "spaces at the start"),
    ("a = 1\n  b = 2", "spaces at the start"),
    ("def f():\n    a = 1\n  b = 2", "spaces at the start"),
    ("if True:\n\ta = 1\n        b = 2", "spaces at the start"),
    ("def f():\n    pass\nyield 1", "part of the function or loop"),
    ("if True:\n    break", "part of the function or loop"),
    ("a = (1, 2\nb = 3", "missing bracket"),
    ("for a in y\n    pass", "missing bracket"),
    ("if a = 1: pass", "missing bracket"),
    ("line()", "different arguments"),
    ("line(x, x)", "different arguments"),
    ("nn.Linear(1, 1, units=3)", "different arguments"),
    (
        """
        class Model(nn.Module):
            def forward(x):
                return x
        Model()(x)
        """,
        "first argument of a method is self",
    ),
    ("x(1)", "no function"),
    ("for each in 3: pass", "several elements"),
    ("torch.zeros[0]", "call it, with brackets"),
    ("torch.tensr", "nothing of this name"),
    ("line.foo", "nothing of this name"),
    ("class A:\n    def __init__(self): return 1\nA()", "missing above it"),
    ("import types\ntypes.ModuleType('exercise').w", "uses this name of the program"),
    ("[1].shape", "nothing of this name"),
)
"""Code that raises an error, and some words of its explanation."""


def raised(code: str) -> str:
    """Return the error that a piece of code raises, as `Type: message`."""
    names: dict[str, Any] = {}
    exec(IMPORTS, names)
    try:
        with warnings.catch_warnings(action="ignore"):
            exec(compile(dedent(code), "code", "exec"), names)
    except Exception as error:
        message = error.msg if isinstance(error, SyntaxError) else str(error)
        return f"{type(error).__name__}: {message}"
    raise AssertionError(f"no error: {code}")


def warnings_of(code: str) -> str:
    """Return the warnings of a piece of code as Python prints them."""
    names: dict[str, Any] = {}
    exec(IMPORTS, names)
    with warnings.catch_warnings(record=True, action="always") as caught:
        exec(code, names)
    return "".join(
        warnings.formatwarning(each.message, each.category, each.filename, each.lineno)
        for each in caught
    )


@pytest.mark.parametrize(("code", "words"), ERRORS)
def test_an_error_is_explained(code: str, words: str) -> None:
    message = raised(code)
    assert words in meaning(message), message


def test_every_explanation_is_needed() -> None:
    explained = {meaning(raised(code)) for code, _ in ERRORS}
    # A machine with a GPU raises other errors for these than one without.
    unused = {text for _, text in MEANINGS} - explained
    assert all("no usable GPU" in text for text in unused), unused


def test_a_missing_gpu_is_explained() -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is one")
    assert "no usable GPU" in meaning(raised("torch.zeros(2, device='cuda')"))


@pytest.mark.parametrize("call", ["nn.MSELoss()", "nn.functional.mse_loss"])
def test_silent_broadcasting_is_explained(call: str) -> None:
    assert "compared with every target" in warned(warnings_of(f"{call}(line(x), y)"))
    assert warned(warnings_of(f"{call}(line(x), y.reshape(-1, 1))")) == ""


def test_the_gradient_of_a_result_is_explained() -> None:
    assert "a new tensor" in warned(warnings_of("w.sum().backward()\nw = w - w.grad\nw.grad"))


def test_explanations_are_short() -> None:
    for pattern, text in (*MEANINGS, *WARNINGS):
        assert len(text) <= 230, pattern
        assert len(re.findall(r"[.?](\s|$)", text)) <= 3, pattern


def test_a_warning_is_added_to_the_verdict() -> None:
    exercise = Exercise(
        lesson="batches", name="one", title="", kind="hole", task="", given="", gap=(1, 2),
        solution="", correct=(), mutants=(), hints=("", "", ""),
    )  # fmt: skip
    output = warnings_of("nn.MSELoss()(line(x), y)")
    wrong = Record(losses=(1.0, 0.5), output=output)
    verdict = unknown(exercise, wrong, Record(losses=(2.0, 1.0)))
    assert verdict.message.startswith("Update 1: your loss is 1.0000, expected 2.0000.")
    assert verdict.message.endswith("Give both the same shape.")


def test_the_message_of_an_error_is_its_first_line() -> None:
    exercise = Exercise(
        lesson="batches", name="one", title="", kind="hole", task="", given="", gap=(1, 2),
        solution="", correct=(), mutants=(), hints=("", "", ""),
    )  # fmt: skip
    failure = Failure("error", "NameError", "name 'y' is not defined\nmore", 3)
    verdict = unknown(exercise, Record(failure=failure), Record())
    assert verdict.message.startswith("NameError: name 'y' is not defined. Nothing of this name")
