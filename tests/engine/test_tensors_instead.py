"""Lines of PyTorch, NumPy and Python that the lab does not take, and the line that it does."""

from __future__ import annotations

import pytest
import torch

from engine.expression import Refused
from engine.tensors.evaluate import evaluate
from engine.tensors.vocabulary import FORMS
from engine.tensors.looks import PyTorchRefused
from engine.tensors.vocabulary import METHODS, ONLY_METHODS, OPERATORS
from tui.labs.tensors_state import TensorsState as Stage


def names() -> dict[str, torch.Tensor]:
    x = torch.arange(12.0).reshape(3, 4)
    return {"x": x, "y": torch.tensor([5.0, 6.0, 7.0, 8.0])}


def refusal(line: str) -> Refused:
    with pytest.raises(Refused) as caught:
        evaluate(line, names())
    assert not isinstance(caught.value, PyTorchRefused)
    return caught.value


INSTEAD = [
    ("y.numpy()", "y"),
    ("x.tolist()", "x"),
    ("x.detach()", "x"),
    ("x.data", "x"),
    ('x.to("cuda")', "x"),
    ('x.to(device="cpu")', "x"),
    ("x.cuda()", "x"),
    ("x.to('float64')", "x.to(torch.float64)"),
    ("x.to(np.float64)", "x.to(torch.float64)"),
    ("torch.randn(2, 3)", "torch.ones(2, 3)"),
    ("torch.rand(3)", "torch.ones(3)"),
    ("len(x)", "x.shape[0]"),
    ("print(x.sum())", "x.sum()"),
    ("type(x)", "x.dtype"),
    ("sum(x)", "x.sum()"),
    ("abs(x - y)", "(x - y).abs()"),
    ("max(x)", "x.max()"),
    ("round(x)", "x.round()"),
    ("float(x)", "x.float()"),
    ("range(3)", "torch.arange(3)"),
    ("exp(x)", "x.exp()"),
    ("np.sum(x, axis=0)", "x.sum(dim=0)"),
    ("np.mean(np.abs(x))", "x.abs().mean()"),
    ("np.array([1, 2])", "torch.tensor([1, 2])"),
    ("np.concatenate([x, x])", "torch.cat([x, x])"),
    ("np.linalg.norm(x)", "(x ** 2).sum().sqrt()"),
    ("np.pi * x", "3.141592653589793 * x"),
    ("F.relu(x)", "x.relu()"),
    ("torch.nn.functional.softmax(x, dim=1)", "x.exp() / x.exp().sum(dim=1, keepdim=True)"),
    ("torch.nn.ReLU()(x)", "x.relu()"),
    ("torch.mm(x, x.T) * 2", "(x @ x.T) * 2"),
    ("y.dot(y)", "y @ y"),
    ("torch.eq(x, y)", "x == y"),
    ("torch.mul(2, x)", "2 * x"),
    ("torch.view(x, -1)", "x.view(-1)"),
    ("torch.full((2, 2), 7)", "torch.ones((2, 2)) * 7"),
    ("torch.zeros_like(x)", "x * 0"),
    ("torch.eye(3)", "torch.arange(3)[:, None] == torch.arange(3)"),
    ("x.sum(axis=0, keepdims=True)", "x.sum(dim=0, keepdim=True)"),
    ("x.add_(1)", "x + 1"),
    ("x.relu_()", "x.relu()"),
    ("x.astype(int)", "x.int()"),
    ("x.copy()", "x.clone()"),
    ("x.T()", "x.T"),
    ("x.shape()", "x.shape"),
    ("x.sum", "x.sum()"),
    ("x.max(dim=0)", "x.max(dim=0).values"),
    ("1 < x < 5", "(1 < x) & (x < 5)"),
    ("(x > 1) and (x < 5)", "(x > 1) & (x < 5)"),
    ("not (x > 1)", "~(x > 1)"),
    ("x if x > 1 else 0", "torch.where(x > 1, x, 0)"),
    ("x.reshape(*x.shape)", "x.reshape(x.shape)"),
    ("z = x.sum()", "x.sum()"),
    ("x += 1", "x + 1"),
    ("x @= x.T", "x @ x.T"),
    ("x[0] = 5", "x[0]"),
    ("(z := x)", "(x)"),
    (">>> x.sum()", "x.sum()"),
    ("'x.sum()'", "x.sum()"),
    ("x × y − 1", "x * y - 1"),
    ("ｘ＋１", "x+1"),
    ("x²", "x**2"),
    ("2x", "2*x"),
    ("x(2)", "x * 2"),
    ("x[0", "x[0]"),
    ("x.sum(", "x.sum()"),
    ("x.sum())", "x.sum()"),
]


@pytest.mark.parametrize(("typed", "line"), INSTEAD)
def test_a_line_is_refused_with_one_that_works(typed: str, line: str) -> None:
    refused = refusal(typed)
    assert refused.instead == line
    assert str(refused).endswith(f": write {line}")
    result = evaluate(line, names())
    assert result.is_tensor or result.value


@pytest.mark.parametrize(
    ("typed", "real"),
    [
        ("abs(x - y)", "abs(x - y)"),
        ("torch.mm(x, x.T) * 2", "torch.mm(x, x.T) * 2"),
        ("torch.softmax(x / 9, dim=1)", "torch.softmax(x / 9, dim=1)"),
        ("torch.norm(x)", "torch.norm(x)"),
        ("torch.eye(3)", "torch.eye(3)"),
        ("torch.full((2, 2), 7)", "torch.full((2, 2), 7)"),
        ("torch.maximum(x, y)", "torch.maximum(x, y)"),
        ("x.neg()", "x.neg()"),
        ("1 / x.reciprocal()", "1 / x.reciprocal()"),
        ("x.clip(2, 6)", "x.clip(2, 6)"),
        ("x.swapaxes(0, 1)", "x.swapaxes(0, 1)"),
    ],
)
def test_the_line_gives_what_the_typed_one_gives_in_pytorch(typed: str, real: str) -> None:
    look = evaluate(refusal(typed).instead, names()).look
    assert look is not None
    expected = eval(real, {"torch": torch, **names()})
    assert torch.allclose(torch.tensor(look.numbers).double(), expected.double(), atol=1e-5)


WORDS = [
    ("import torch", "nothing has to be imported"),
    ("torch", "torch is a module, no tensor; there are x, y"),
    ("np", "np is a module"),
    ("x.grad", "the lesson autograd"),
    ("x.backward()", "the lesson autograd"),
    ("torch.load('a')", "no file is read"),
    ("eval('x')", "nothing that is typed is executed"),
    ("torch.randint(0, 9, (2,))", "no random numbers"),
    ("foo(x)", "functions of a tensor are its methods, as in x.sum()"),
    ("x.foo()", "no method x.foo here; did you mean"),
    ("torch.stak([x, x])", "did you mean stack"),
    ("torch.sum()", "torch.sum has a tensor first"),
    ("x, y", "without a comma"),
    ("f'{x}'", "no texts"),
    ("[i for i in x]", "no loops"),
]


@pytest.mark.parametrize(("typed", "words"), WORDS)
def test_what_has_no_other_form_is_refused_for_its_reason(typed: str, words: str) -> None:
    refused = refusal(typed)
    assert words in str(refused)
    assert refused.instead == ""


def test_every_form_is_a_line_that_works() -> None:
    """Each with arguments for which it is meant; what is not suggested there would be no help."""
    special = {
        "array": "[1, 2]", "Tensor": "[1, 2]", "FloatTensor": "[1, 2]", "LongTensor": "[1, 2]",
        "as_tensor": "[1, 2]", "concatenate": "[x, x]", "concat": "[x, x]", "vstack": "[x, x]",
        "hstack": "[x, x]", "swapaxes": "x, 0, 1", "swapdims": "x, 0, 1", "moveaxis": "x, 0, 1",
        "expand_dims": "x, 0", "clip": "x, 0, 1", "clamp": "x, 0, 1", "range": "4", "rand": "2, 3",
        "randn": "2, 3", "empty": "2, 3", "random_sample": "2, 3", "full": "(2, 3), 7", "eye": "3",
        "softmax": "x, dim=0", "astype": "x, float", "mm": "x, x.T", "bmm": "x, x.T",
        "reshape_as": "x, x", "view_as": "x, x", "logical_and": "x > 1, x < 5",
        "logical_or": "x > 1, x < 5", "logical_not": "x > 1",
    }  # fmt: skip
    for name, form in FORMS.items():
        arguments = special.get(name, "x, y" if "{y}" in form else "x")
        refused = refusal(f"np.{name}({arguments})")
        assert refused.instead, name
        evaluate(refused.instead, names())


def test_torch_has_the_functions_that_are_taken_from_it() -> None:
    for name in METHODS:
        assert name in ONLY_METHODS or hasattr(torch, name)
        assert hasattr(torch.Tensor, name)
    for name in OPERATORS:
        assert hasattr(torch, name)
        assert hasattr(torch.Tensor, name)


def test_a_refusal_clears_the_error_about_an_earlier_line() -> None:
    stage = Stage("grid")
    stage.type("x.reshape(5, -1)")
    assert stage.look.refused is not None
    with pytest.raises(Refused):
        stage.type("x +")
    assert stage.look.refused is None
    assert stage.look.text == ""
    stage.type("x.sum()")
    before = stage.look
    with pytest.raises(Refused):
        stage.type("x +")
    assert stage.look is before  # a result stays


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("shared[0, 1] = 1/2", "shared[0, 1] = 0.5"),
        ("shared[0, 1] = 0,5", "shared[0, 1] = 0.5"),
        ("shared[0, 1] = 50%", "shared[0, 1] = 0.5"),
    ],
)
def test_a_new_number_for_a_cell_is_corrected_too(typed: str, line: str) -> None:
    stage = Stage("numpy")
    with pytest.raises(Refused) as caught:
        stage.type(typed)
    assert caught.value.instead == line
    stage.type(line)
    assert stage.look.sources["shared"].numbers[0, 1] == 0.5
