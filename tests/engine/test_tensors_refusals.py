"""Invalid lines: errors at the right position with advice, without executing anything."""

from __future__ import annotations

import builtins
import math
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from engine.expression import OPERATORS, Refused
from engine.tensors.content import tensors
from engine.tensors.evaluate import evaluate
from engine.tensors.looks import PyTorchRefused
from engine.tensors.vocabulary import FORMS, METHODS, ONLY_METHODS
from tests.engine.audit import FORBIDDEN, seen
from tests.table import cells


def names(dtype: torch.dtype = torch.int64) -> dict[str, torch.Tensor]:
    """Return a matrix and three integers; as floats, four numbers as long as its rows."""
    if dtype is torch.int64:
        return {"x": torch.arange(12).reshape(3, 4), "y": torch.tensor([10, 20, 30])}
    return {"x": torch.arange(12.0).reshape(3, 4), "y": torch.tensor([5.0, 6.0, 7.0, 8.0])}


def refusal_of(line: str, dtype: torch.dtype = torch.int64) -> Refused:
    """Return the error of the line, which must not change the tensors."""
    own = names(dtype)
    with pytest.raises(Refused) as caught:
        evaluate(line, own)
    assert all(torch.equal(own[name], tensor) for name, tensor in names(dtype).items())
    assert caught.value.pointer()
    return caught.value


def pointed(refusal: Refused) -> str:
    return refusal.text[refusal.start : refusal.end]


PLAIN = """
__import__('os'); __import__('os').system('echo gone'); x.__class__;
x.__class__.__mro__[1].__subclasses__(); x.data; x.grad; x.numpy(); x.storage(); x.apply_(print);
x.map_(y, print); x.fill_(0); x.zero_(); x.to('cuda'); x.to(0); x.to(y); x.view(torch.float32);
x.sum(0, out=y); torch.cat([x, x], out=x); torch.load('file'); torch.hub; torch._C;
torch.ops.aten; torch; lambda: 0; (lambda: 0)(); [n for n in x]; (n for n in x); x if y else x;
(n := x); x and y; not x; x is y; 0 in x; 1 < x < 5; f'{x}'; 'x' * 1000000000; b'x'; print(x);
eval('x'); open('/etc/passwd'); x.sum; cat; nothing; x.shape.numel(); x.shape[9]; x[0](1);
x.sum()(); x.reshape(*x.shape); x.sum(**x); x['a']; x[1.5:]; x[[x, x]]; [x]; (1, 2) * x[2, 3];
[0] * 10**9; x + None; x @ 2; x.max(dim=0); x.max(dim=0).shape; x.sum(True); 1j * x; (-8) ** 0.5;
1 / 0; 1 % 0; 2.0 ** 99999; 1 << 99; 9**9**9; 9**9**9**9; x * 9**999; 10**19;
x.repeat(1000, 1000); x.repeat(10**18, 10**18); x.expand(10**9, 3, 4); x.expand(-5, 3, 4);
x.expand((10**9, -1, -1)); torch.arange(10**9); torch.arange(0, 1, 1e-300); torch.arange(1e999);
torch.arange(-1e999, 1e999); torch.zeros(10**12); torch.ones(1000, 1000);
torch.ones(20000)[:, None] + torch.ones(20000); torch.ones(20000, 1) @ torch.ones(1, 20000);
torch.ones(20000)[torch.zeros(20000, 2).long()]; torch.ones(20000).expand(2, 20000);
torch.cat([torch.ones(20000), torch.ones(20000)]);
torch.where(torch.ones(20000, 1) > 0, torch.ones(20000), 0); x.T.unsqueeze(0).T; x +; x = 3;
import os
"""
HOSTILE = [
    *(line.strip() for line in PLAIN.split(";")),
    "0x" + "f" * 100,
    "",
    "   ",
    "x; y",
    "x\ny",
    "x\x1b[2J",
    "x\x00",
    "[" * 10_000 + "]" * 10_000,
    "-" * 190 + "x",
    "x" * 100_000,
    "x" + " + x" * 49,
    "x[" * 45 + "0" + "]" * 45,
]


def test_hostile_lines_are_refused_and_nothing_is_executed() -> None:
    evaluate("x + x", names())  # PyTorch imports modules at the first call

    def refuse(line: str) -> None:
        assert not isinstance(refusal_of(line), PyTorchRefused), line

    for line in HOSTILE:
        assert FORBIDDEN.isdisjoint(seen(lambda line=line: refuse(line))), line


PLACES = cells("""
    x + z → z → no tensor is called z   x.reshap(2, -1) → reshap → did you mean reshape
    x.foo + y → foo → no attribute x.foo   y + x.add_(1) → add_ → in place
    x.sum(axes=1) → axes=1 → axes= is not taken   x.to(torch.flot32) → flot32 → did you mean float32
    torch.stak([x, x]) → stak → did you mean stack   x[0] + [1, 2] → [1, 2] → torch.tensor
    y + x.repeat(99999, 1) → x.repeat(99999, 1) → 1,199,988 cells; at most 30,000
    x + 9**9**9 → 9**9**9 → 64 bits   x and y → x and y → & and |
    1 < x < 5 → 1 < x < 5 → (x > 1) & (x < 5)   not x → not x → ~   x.sum + 1 → sum → called with ()
    y + x[None].T → T → 3 dimensions   x + x.max(dim=0) → x.max(dim=0) → take .values or .indices
    x.sum(ｄｉｍ=0, axis=0) → axis=0 → dim is given twice   x.ﬁll(2) + 1 → ﬁll → no method x.fill
    x . foo → foo → no attribute x.foo   x[True:] → True → from one whole number to another
""")


def test_a_refusal_points_at_the_place_and_says_what_is_allowed() -> None:
    for line, place, message in PLACES:
        refusal = refusal_of(line)
        assert pointed(refusal) == place
        assert message in str(refusal)
    refusal = refusal_of("x  + ŷ.mean()")  # after letters of several bytes
    assert pointed(refusal) == "ŷ"
    assert refusal.pointer().splitlines()[1] == "     ^"


TORCH = cells("""
    x.reshape(5, -1) → cannot be shared out evenly   x.reshape(5) → there are 12, and these make 5
    x.reshape(-1, -1) → Only one size may be −1
    x.reshape(10**12) → there are 12, and these make 1,000,000,000,000
    x.T.view(12) → but only where they must   x[3] → Dimension 0: 0 to 2, dimension 1: 0 to 3
    x[:, [4]] → dimension 1: 0 to 3   x[0, 0, 0] → each takes one index at most
    x.sum()[0] → single number   x[::-1] → x.flip(0)   x[1.5] → whole number
    x[y > 10, y > 10] → 3 × 4   x[[0, 1], [0, 1, 2]] → equal lengths   x[x.float()] → a mask
    x.permute(0, 0) → x.permute(1, 0)   x.permute(0) → each is named once
    x.transpose(0, 2) → There are 2 dimensions   x.sum(dim=2) → from 0 to 1
    y.sum(dim=1) → is 1 dimension   x.expand(3, 8) → size 1   x.repeat(2) → at least as many
    x.unflatten(0, (2, 2)) → multiply   x.item() → this has 12   x.mean() → x.float().mean()
    x[0:0].max() → There is nothing in it   y.mT → last two dimensions
    x @ y → Perhaps one of them wants .mT   x @ x[0, 0] → write *   x @ x.T.float() → one dtype
    x // 0 → x.float() // 0   x ** -1 → x.float()   -(x > 1) → ~   -(x < 3) → -x.long()
    x.float() & y[0] → compare first
    (y > 9) @ (y > 9) → but with floats: write (y > 9).float() @ (y > 9).float()
    torch.cat([x, y]) → 3 × 4, 3   torch.stack([x, y]) → one and the same shape
    torch.where(x > 1, y, x) → fit each other   torch.where(x, x, 0) → The first argument is a mask
    x.unsqueeze(3) → dim goes from 0 to 2 for the new one
    torch.stack([x, x], dim=9) → dim goes from 0 to 2 for the new one
    torch.cat([x, x], dim=5) → dim goes from 0 to 1, or   x.std() → x.float().std()
    x % 0 → x.float() % 0   torch.tensor([300], dtype=torch.uint8) → does not fit this dtype
    torch.arange(0, 1, 0) → With a step of 0 there is no end
    torch.arange(0, 1, -1) → the end is never reached   torch.tensor([[1, 2], [3]]) → ragged
    torch.zeros(-1) → used as in   x.float() ^ 2 → a power is written **
    x.flatten(1, 2, 3) → used as in
""")


def test_an_error_of_pytorch_is_shown_and_explained() -> None:
    for line, message in TORCH:
        refusal = refusal_of(line)
        assert isinstance(refusal, PyTorchRefused), line
        assert message in str(refusal)
        with pytest.raises(Exception) as real:  # noqa: PT011  # compared below
            eval(line, {"torch": torch, **names()})
        kind, _, text = refusal.error.partition(": ")
        assert kind == type(real.value).__name__
        assert str(real.value).strip().startswith(text)
        assert len(text) > 5
    assert pointed(refusal_of("y + x.reshape(5, -1) + 1")) == "x.reshape(5, -1)"


def test_nothing_is_written_on_the_screen(capfd: pytest.CaptureFixture[str]) -> None:
    for line in (*HOSTILE, *(line for line, _ in TORCH), "x[None].mT", "x.std()"):
        try:
            evaluate(line, names())
        except Refused:
            continue
    assert capfd.readouterr() == ("", "")


INSTEAD = """
y.numpy() => y; x.tolist() => x; x.detach() => x; x.data => x; x.to("cuda") => x;
x.to(device="cpu") => x; x.cuda() => x; x.to('float64') => x.to(torch.float64);
x.to(np.float64) => x.to(torch.float64); len(x) => x.shape[0]; print(x.sum()) => x.sum();
sum(x) => x.sum(0); abs(x - y) => (x - y).abs(); max(y) => y.max(); any(y > 6) => (y > 6).any();
round(x) => x.round(); float(y[0]) => y[0].double().item();
int(2.5) => torch.tensor(2.5).long().item();
bool(y[0] > 6) => (y[0] > 6).bool().item(); max(x.shape) => torch.tensor(x.shape).max();
math.sqrt(4) => torch.tensor(4).sqrt(); math.sqrt(y[0]) => y[0].sqrt();
√4 => torch.tensor(4).sqrt();
torch.exp(1) => torch.tensor(1).exp(); x·y => x*y; xᵀ => x.T; ∑(x) => torch.sum(x);
x.sum()() => x.sum();
x[0]() => x[0]; x() => x; x.shape(0) => x.shape[0]; shape(x) => x.shape;
x.max(y) => torch.where(x > y, x, y);
np.float64(x) => x.to(torch.float64); torch.float32(x) => x.to(torch.float32);
x.to(float) => x.to(torch.float64);
x.reshape(4 3) => x.reshape(4, 3); x**2.sum() => (x**2).sum(); mean x => x.mean();
range(3) => torch.arange(3); exp(x) => x.exp();
np.sum(x, axis=0) => x.sum(dim=0); np.mean(np.abs(x)) => x.abs().mean();
np.array([1, 2]) => torch.tensor([1, 2]); np.concatenate([x, x]) => torch.cat([x, x]);
np.linalg.norm(x) => (x ** 2).sum().sqrt(); np.pi * x => 3.141592653589793 * x;
F.relu(x) => x.relu();
torch.nn.ReLU()(x) => x.relu(); torch.mm(x, x.T) * 2 => (x @ x.T) * 2; y.dot(y) => y @ y;
torch.dot(y, y.long()) => y.float() @ y.long().float(); x.short() => x.to(torch.int16);
x.int8() => x.to(torch.int8);
torch.eq(x, y) => x == y; torch.mul(2, x) => 2 * x; torch.view(x, -1) => x.view(-1);
torch.full((2, 2), 7) => torch.tensor(7).expand((2, 2));
torch.zeros_like(x) => torch.zeros(x.shape, dtype=x.dtype);
torch.eye(3) => (torch.arange(3)[:, None] == torch.arange(3)).float();
x.type(torch.half) => x.to(torch.half);
x.sum(axis=0, keepdims=True) => x.sum(dim=0, keepdim=True); x.add_(1) => x + 1;
x.relu_() => x.relu(); x.astype(int) => x.to(torch.int64); x.copy() => x.clone(); x.T() => x.T;
x.shape() => x.shape; x.sum => x.sum(); x.max(dim=0) => x.max(dim=0).values;
1 < x < 5 => (1 < x) & (x < 5); (x > 1) and (x < 5) => (x > 1) & (x < 5); not (x > 1) => ~(x > 1);
x if x > 1 else 0 => torch.where(x > 1, x, 0); x.reshape(*x.shape) => x.reshape(x.shape);
z = x.sum() => x.sum(); x += 1 => x + 1; x @= x.T => x @ x.T; x[0] = 5 => x[0]; (z := x) => (x);
>>> x.sum() => x.sum(); 'x.sum()' => x.sum(); x × y − 1 => x * y - 1; ｘ＋１ => x+1; x² => x**2;
max(y[0], y[1]) => torch.where(y[0] > y[1], y[0], y[1]).item(); ln(x + 1) => (x + 1).log();
ReLU(x) => x.relu();
F.mse_loss(x, y) => ((x - y) ** 2).mean(); torch.cat(x, x) => torch.cat([x, x]); 2(x) => 2 * x;
torch.stack(x, x, dim=1) => torch.stack([x, x], dim=1); x + torch.inf => x + 1e999; 007 => 7;
e**x => 2.718281828459045**x; x[:, np.newaxis] => x[:, None]; x.all(0, true) => x.all(0, True);
x =< y => x <= y; x + = 1 => x + 1; x++ => x + 1; print x => x; x + 1,5 => x + 1.5;
In [1]: x => x;
2x => 2*x; x(2) => x * 2; x[0 => x[0]; x.sum( => x.sum(); x.sum()) => x.sum()
"""
"""The typed line, and the suggested one."""


def test_a_line_is_refused_with_one_that_works() -> None:
    for typed, line in (pair.strip().split(" => ") for pair in INSTEAD.split(";")):
        refusal = refusal_of(typed, torch.float32)
        assert not isinstance(refusal, PyTorchRefused)
        assert refusal.instead == line
        assert str(refusal).endswith(f": write {line}")
        result = evaluate(line, names(torch.float32))
        assert result.look or result.value


EXACT = """
torch.log_softmax(x.float() * 99, 1); torch.logsumexp(x.float() * 99, dim=0);
abs(x - x); torch.softmax(x.float(), 0); torch.softmax(x.float(), dim=-1); torch.norm(x);
torch.nn.Softmax(dim=0)(x.float()); torch.nn.ReLU()(x); torch.nn.Flatten()(x); torch.eye(3);
torch.full((2, 2), 7); torch.full((2, 2), 7.5); torch.full_like(x, 2); torch.maximum(x, x * 2);
torch.minimum(x, x * 2); x.neg(); x.reciprocal(); x.clip(2, 6); x.clip(min=3); x.swapaxes(0, 1);
x.moveaxis(0, 1); x.moveaxis(0, 2); torch.hstack([x, x]); torch.vstack([x, x]);
torch.hstack([x + 1, x]); torch.Tensor(3); torch.Tensor([1, 2]); torch.FloatTensor([1]);
torch.FloatTensor(2); torch.LongTensor([1]); torch.as_tensor([1, 2]);
torch.as_tensor([1, 2], dtype=torch.float64); torch.add(x, x, alpha=2); x.sub(x, alpha=2);
x.add(x + 1, alpha=-1); torch.div(x, 2, rounding_mode='floor'); x.div(2, rounding_mode='trunc');
x.div(3, rounding_mode='floor'); x.count_nonzero(); x.count_nonzero(dim=0); torch.count_nonzero(x);
x.norm(1); x.norm(dim=0); x.norm(); torch.range(0, 3); torch.range(1, 2.5); x.type(torch.float);
torch.ones_like(x, dtype=torch.float); torch.ones_like(x); torch.zeros_like(x / 0);
torch.zeros_like(x, dtype=torch.bool); torch.logical_and(x, x - 1); torch.logical_or(x > 1, x < 5);
torch.logical_not(x); torch.logical_not(x > 1); torch.amax(x, 0); x.amin(dim=0); x.amax();
torch.float_power(x, 2); torch.inner(x, x); torch.mm(x, x.mT); torch.floor_divide(x, 2);
torch.remainder(x, 3); x.nelement(); x.ravel(); torch.absolute(x); torch.gt(x, 2);
x.reshape_as(x); x.expand_dims(0); torch.concat([x, x]); torch.concat([x, x], dim=-1);
torch.rand(2); torch.empty(2); torch.randn_like(x); x.add_(1); x.mul_(x + 1); torch.dot(x, x)
"""


def typed_lines() -> Iterator[str]:
    """The lines above, and every function that a learner knows, on a tensor and on numbers."""
    yield from (line.strip() for line in EXACT.replace("\n", " ").split(";"))
    for prefix, module in (("", builtins), ("math.", math), ("F.", functional), ("np.", np)):
        for name in dir(module):
            if name.islower() and "_" not in name:
                for arguments in ("x", "x[0]", "x, 0", "x[0], 2", "[1, 2]"):
                    yield f"{prefix}{name}({arguments})"
    for name in dir(torch.Tensor):
        if "_" not in name:
            yield from (f"x.{name}()", f"x.{name}(x)", f"torch.{name}(x, 0)")
    yield from ("max(x.shape)", "math.prod(x.shape)", "math.sqrt(4)", "int(x.sum())", "abs(2)")


def numbers_of(value: Any) -> torch.Tensor:
    """The numbers of a result, whether PyTorch's, NumPy's or Python's; of a pair its values."""
    match value:
        case [torch.Tensor(), *_] if isinstance(value, list):
            value = torch.stack(value)  # the rows of a matrix
        case [torch.Tensor() as values, _]:
            value = values
    return torch.as_tensor(value).double()


@pytest.mark.filterwarnings("ignore")  # of NumPy, about what is typed
def test_a_suggestion_computes_what_the_typed_line_computes_or_is_not_given() -> None:
    """Both are run by PyTorch on tensors of 0, 1 and 2 dimensions; what it refuses is not compared.

    Where Python's own function refuses a tensor, the message has no line that does something else.
    """
    modules = {"torch": torch, "math": math, "np": np, "F": functional}
    compared = set()
    for scene, typed in product(("scalar", "features", "grid"), typed_lines()):
        try:
            evaluate(typed, tensors(scene))
            continue
        except Refused as refused:
            suggested = refused.instead
        if not suggested or re.search(
            r"^(print|str|repr|ascii|format)\b|\btype\b|_\(|DType", typed
        ):
            continue
        try:
            expected = eval(typed, {**modules, **tensors(scene)})
        except (RuntimeError, IndexError, TypeError, AttributeError, ValueError, OverflowError):
            assert not re.match(r"(int|float|bool|max|min|all|any|sum)\(x", typed), (scene, typed)
            continue
        found = eval(suggested, {"torch": torch, **tensors(scene)})
        torch.testing.assert_close(
            *(numbers_of(found), numbers_of(expected)),
            rtol=1e-4,
            atol=1e-6,
            equal_nan=True,
            msg=f"{scene}: {typed} => {suggested}",
        )
        compared.add(typed)
    assert len(compared) > 150
    assert not {"torch.Tensor(3)", "torch.rand(2)", "x.norm(1)", "torch.range(0, 3)"} & compared


WORDS = cells("""
    import torch → nothing has to be imported   torch → torch is a module, no tensor; there are x, y
    np → np is a module   x.grad → the lesson autograd   x.backward() → the lesson autograd
    torch.load('a') → no file is read   eval('x') → nothing that is typed is executed
    torch.randint(0, 9, (2,)) → no random numbers
    foo(x) → functions of a tensor are its methods, as in x.sum()
    x.foo() → no method x.foo here; did you mean   torch.stak([x, x]) → did you mean stack
    x.sort() → this lab does not have x.sort; there are shape
    torch.einsum('i->', x) → this lab does not have torch.einsum
    torch.sigmoid → called with a tensor: torch.sigmoid(x)   torch.nn → torch.nn is a module
    nn.functional.x → nn.functional is not used here; functions of a tensor are its methods
    del x → del is a statement   x && y → && is not a sign of Python
    torch.sum() → torch.sum has a tensor first   x, y → without a comma   f'{x}' → no texts
    [i for i in x] → no loops   type(x) → a dtype, as in x.dtype
    int(x) → x.double() and x.bool() convert every cell
    max(x) → the largest cell is x.max()
    min(x, y) → every two torch.where(x < y, x, y)
    sorted(x) → as in x.sum()   math.hypot(3, 4) → this lab on tensors
    F.cross_entropy(x, x) → functions of a tensor are its methods   torch.cat(x) → in one list
    x.sum()(0) → that have a name   x.max(0)[:1] → take .values or .indices first
    not x → to turn a mask around   y[0] and y[1] → between masks write
""")


def test_what_has_no_other_form_is_refused_for_its_reason() -> None:
    for typed, reason in WORDS:
        refusal = refusal_of(typed, torch.float32)
        assert reason in str(refusal)
        assert refusal.instead == ""


def test_every_form_is_a_line_that_works() -> None:
    """Use each with suitable arguments; a suggestion must not fail."""
    special = {
        "array": "[1, 2]", "as_tensor": "[1, 2]", "concatenate": "[x, x]", "concat": "[x, x]",
        "swapaxes": "x, 0, 1", "swapdims": "x, 0, 1", "expand_dims": "x, 0", "clip": "x, 0, 1",
        "full": "(2, 3), 7", "full_like": "x, 7", "eye": "3", "softmax": "x, dim=0",
        "type": "x, float",
        "log_softmax": "x, 0", "logsumexp": "x, 0",
        "astype": "x, float", "mm": "x, x.T", "bmm": "x, x.T", "reshape_as": "x, x",
        "view_as": "x, x",
    }  # fmt: skip
    for name, form in FORMS.items():
        arguments = special.get(name, "x, y" if "{y}" in form else "x")
        refused = refusal_of(f"torch.{name}({arguments})", torch.float32)
        assert refused.instead, name
        evaluate(refused.instead, names(torch.float32))


def test_torch_has_the_functions_that_are_taken_from_it() -> None:
    for name in METHODS:
        assert name in ONLY_METHODS or hasattr(torch, name)
        assert hasattr(torch.Tensor, name)
    for name in OPERATORS:
        assert hasattr(torch, name)
        assert hasattr(torch.Tensor, name)
