"""What is not taken: refused at once, at the right place, with nothing executed or changed."""

from __future__ import annotations

import sys
import time
from typing import Any

import pytest
import torch

from engine.expression import Refused
from engine.tensors.content import warm_up
from engine.tensors.evaluate import evaluate
from engine.tensors.looks import PyTorchRefused

AT_ONCE = 0.25
"""Seconds; each takes about one thousandth, but the machine may be busy with other things."""


def names() -> dict[str, torch.Tensor]:
    return {"x": torch.arange(12).reshape(3, 4), "y": torch.tensor([10, 20, 30])}


def refused(line: str) -> Refused:
    """The refusal, which must come at once and leave the tensors as they were."""
    own = names()
    began = time.perf_counter()
    with pytest.raises(Refused) as caught:
        evaluate(line, own)
    assert time.perf_counter() - began < AT_ONCE
    assert all(torch.equal(own[name], tensor) for name, tensor in names().items())
    assert caught.value.pointer
    return caught.value


def pointed(refusal: Refused) -> str:
    return refusal.text[refusal.start : refusal.end]


@pytest.fixture(autouse=True, scope="module")
def _warm() -> None:
    warm_up()


HOSTILE = [
    "__import__('os')",
    "__import__('os').system('echo gone')",
    "x.__class__",
    "x.__class__.__mro__[1].__subclasses__()",
    "x.data",
    "x.grad",
    "x.numpy()",
    "x.storage()",
    "x.apply_(print)",
    "x.map_(y, print)",
    "x.fill_(0)",
    "x.zero_()",
    "x.to('cuda')",
    "x.to(0)",
    "x.to(y)",
    "x.view(torch.float32)",
    "x.sum(0, out=y)",
    "torch.cat([x, x], out=x)",
    "torch.load('file')",
    "torch.hub",
    "torch._C",
    "torch.ops.aten",
    "torch",
    "lambda: 0",
    "(lambda: 0)()",
    "[n for n in x]",
    "(n for n in x)",
    "x if y else x",
    "(n := x)",
    "x and y",
    "not x",
    "x is y",
    "0 in x",
    "1 < x < 5",
    "f'{x}'",
    "'x' * 1000000000",
    "b'x'",
    "print(x)",
    "eval('x')",
    "open('/etc/passwd')",
    "x.sum",
    "cat",
    "nothing",
    "x.shape.numel()",
    "x.shape[9]",
    "x[0](1)",
    "x.sum()()",
    "x.reshape(*x.shape)",
    "x.sum(**x)",
    "x['a']",
    "x[1.5:]",
    "x[[x, x]]",
    "[x]",
    "(1, 2) * x[2, 3]",
    "[0] * 10**9",
    "x + None",
    "x @ 2",
    "x.max(dim=0)",
    "x.max(dim=0).shape",
    "x.sum(True)",
    "1j * x",
    "(-8) ** 0.5",
    "1 / 0",
    "1 % 0",
    "2.0 ** 99999",
    "1 << 99",
    "9**9**9",
    "9**9**9**9",
    "x * 9**999",
    "10**19",
    "0x" + "f" * 100,
    "x.repeat(1000, 1000)",
    "x.repeat(10**18, 10**18)",
    "x.expand(10**9, 3, 4)",
    "x.expand(-5, 3, 4)",
    "x.expand((10**9, -1, -1))",
    "torch.arange(10**9)",
    "torch.arange(0, 1, 1e-300)",
    "torch.arange(1e999)",
    "torch.arange(-1e999, 1e999)",
    "torch.zeros(10**12)",
    "torch.ones(1000, 1000)",
    "torch.ones(20000)[:, None] + torch.ones(20000)",
    "torch.ones(20000, 1) @ torch.ones(1, 20000)",
    "torch.ones(20000)[torch.zeros(20000, 2).long()]",
    "torch.ones(20000).expand(2, 20000)",
    "torch.cat([torch.ones(20000), torch.ones(20000)])",
    "torch.where(torch.ones(20000, 1) > 0, torch.ones(20000), 0)",
    "x.T.unsqueeze(0).T",
    "",
    "   ",
    "x +",
    "x; y",
    "x = 3",
    "import os",
    "x\ny",
    "x\x1b[2J",
    "x\x00",
    "[" * 10_000 + "]" * 10_000,
    "-" * 190 + "x",
    "x" * 100_000,
    "x" + " + x" * 49,
    "x[" * 45 + "0" + "]" * 45,
]


@pytest.mark.parametrize("line", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_lines_are_refused_at_once(line: str) -> None:
    assert not isinstance(refused(line), PyTorchRefused)


def test_nothing_is_executed() -> None:
    """Python tells of every compilation to run, every import, file and process: there is none."""
    heard: list[tuple[str, tuple[Any, ...]]] = []
    listening = True

    def listen(event: str, arguments: tuple[Any, ...]) -> None:
        named = bool(arguments) and arguments[0] == "<unknown>"  # the parser, for a syntax error
        if (
            listening
            and not named
            and event in ("exec", "import", "open", "os.system", "subprocess.Popen")
        ):
            heard.append((event, arguments))

    sys.addaudithook(listen)
    try:
        for line in HOSTILE:
            with pytest.raises(Refused):
                evaluate(line, names())
    finally:
        listening = False
    assert heard == []


PLACES = [
    ("x + z", "z", "no tensor is called z"),
    ("x.reshap(2, -1)", "reshap", "did you mean reshape"),
    ("x.foo + y", "foo", "no attribute x.foo"),
    ("y + x.add_(1)", "add_", "in place"),
    ("x.sum(axes=1)", "1", "axes= is not taken"),
    ("x.to(torch.flot32)", "flot32", "did you mean float32"),
    ("torch.stak([x, x])", "stak", "did you mean stack"),
    ("x[0] + [1, 2]", "[1, 2]", "torch.tensor"),
    ("y + x.repeat(99999, 1)", "x.repeat(99999, 1)", "1,199,988 cells; at most 30,000"),
    ("x + 9**9**9", "9**9**9", "64 bits"),
    ("x and y", "x and y", "& and |"),
    ("1 < x < 5", "1 < x < 5", "(x > 1) & (x < 5)"),
    ("not x", "not x", "~"),
    ("x.sum + 1", "sum", "called with ()"),
    ("y + x[None].T", "T", "3 dimensions"),
    ("x + x.max(dim=0)", "x.max(dim=0)", "tensors and numbers"),
    ("x[True:]", "True", "from one whole number to another"),
]


@pytest.mark.parametrize(("line", "place", "says"), PLACES)
def test_a_refusal_points_at_the_place_and_says_what_is_allowed(
    line: str, place: str, says: str
) -> None:
    refusal = refused(line)
    assert pointed(refusal) == place
    assert says in str(refusal)


def test_a_refusal_points_behind_letters_of_several_bytes() -> None:
    refusal = refused("x  + ŷ.mean()")
    assert pointed(refusal) == "ŷ"
    assert refusal.pointer.splitlines()[1] == "     ^"


TORCH = [
    ("x.reshape(5, -1)", "cannot be shared out evenly"),
    ("x.reshape(5)", "there are 12, and these make 5"),
    ("x.reshape(-1, -1)", "Only one size may be −1"),
    ("x.reshape(10**12)", "there are 12, and these make 1,000,000,000,000"),
    ("x.T.view(12)", "x.reshape(…) copies"),
    ("x[3]", "Dimension 0: 0 to 2, dimension 1: 0 to 3"),
    ("x[:, [4]]", "dimension 1: 0 to 3"),
    ("x[0, 0, 0]", "each takes one index at most"),
    ("x.sum()[0]", "single number"),
    ("x[::-1]", "x.flip(0)"),
    ("x[1.5]", "whole number"),
    ("x[y > 10, y > 10]", "3 × 4"),
    ("x[[0, 1], [0, 1, 2]]", "equal lengths"),
    ("x[x.float()]", "a mask"),
    ("x.permute(0, 0)", "x.permute(1, 0)"),
    ("x.permute(0)", "each is named once"),
    ("x.transpose(0, 2)", "There are 2 dimensions"),
    ("x.sum(dim=2)", "from 0 to 1"),
    ("y.sum(dim=1)", "is 1 dimension"),
    ("x.expand(3, 8)", "size 1"),
    ("x.repeat(2)", "at least as many"),
    ("x.unflatten(0, (2, 2))", "multiply"),
    ("x.item()", "this has 12"),
    ("x.mean()", "x.float().mean()"),
    ("x[0:0].max()", "There is nothing in it"),
    ("y.mT", "last two dimensions"),
    ("x @ y", "Perhaps one of them wants .mT"),
    ("x @ x[0, 0]", "write *"),
    ("x @ x.T.float()", "one dtype"),
    ("x // 0", "x.float() // 0"),
    ("x ** -1", "x.float()"),
    ("-(x > 1)", "~"),
    ("x.float() & y[0]", "compare first"),
    ("torch.cat([x, y])", "3 × 4, 3"),
    ("torch.stack([x, y])", "one and the same shape"),
    ("torch.where(x > 1, y, x)", "fit each other"),
    ("torch.tensor([[1, 2], [3]])", "ragged"),
    ("torch.zeros(-1)", "used as in"),
    ("x.flatten(1, 2, 3)", "used as in"),
]


@pytest.mark.parametrize(("line", "says"), TORCH)
def test_an_error_of_pytorch_is_shown_and_explained(line: str, says: str) -> None:
    refusal = refused(line)
    assert isinstance(refusal, PyTorchRefused)
    assert says in str(refusal)
    with pytest.raises(Exception) as real:  # noqa: PT011  # it is compared
        eval(line, {"torch": torch, **names()})
    kind, _, text = refusal.error.partition(": ")
    assert kind == type(real.value).__name__
    assert str(real.value).strip().startswith(text)
    assert len(text) > 5


def test_an_error_within_a_longer_line_is_pointed_at() -> None:
    refusal = refused("y + x.reshape(5, -1) + 1")
    assert pointed(refusal) == "x.reshape(5, -1)"


def test_nothing_is_written_on_the_screen(capfd: pytest.CaptureFixture[str]) -> None:
    for line in (*HOSTILE, *(line for line, _ in TORCH), "x[None].mT", "x.std()"):
        try:
            evaluate(line, names())
        except Refused:
            continue
    assert capfd.readouterr() == ("", "")
