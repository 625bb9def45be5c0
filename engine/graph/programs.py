"""What `backward` can do, as short programs of real PyTorch; knows no torch, and runs nothing."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import nearest
from engine.graph.values import Value


@dataclass(frozen=True, slots=True)
class Statement:
    """One line of a program."""

    code: str
    why: str
    """What it shows, in a sentence."""
    refusal: str = ""
    """What the error means that it raises, and the mend; nothing where it raises none."""


@dataclass(frozen=True, slots=True)
class Program:
    """Statements to run one after the other."""

    name: str
    title: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One named tensor, as it was after a statement."""

    name: str
    value: Value
    gradient: Value | None
    """None where there is none yet."""
    requires_grad: bool
    grad_fn: str | None
    is_leaf: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A statement that was run, and what came of it."""

    statement: Statement
    output: str
    """What it evaluates to, where that is anything: `tensor(0.)`."""
    error: str
    """PyTorch's own words, where it raised: `RuntimeError: …`."""
    rows: tuple[Row, ...]
    """Every tensor that has a name, in the order in which they got it."""


_X2 = Statement("x = torch.tensor(2.0, requires_grad=True)", "a leaf that wants a gradient")
_X3 = Statement("x = torch.tensor(3.0, requires_grad=True)", _X2.why)
_NO_GRAPH = (
    "No tensor that went into it requires a gradient, so PyTorch kept no graph, and there is "
    "nothing to go back over."
)

_TWICE = (
    _X3,
    Statement("f = x ** 2", "the graph keeps x, for the slope 2x"),
    Statement("f.backward()", "∂f/∂x = 2x = 6, and the graph is freed"),
    Statement(
        "f.backward()",
        "once more through the same graph",
        "The first backward() threw away what the graph had kept, to save memory. Compute f "
        "again, or keep the graph with retain_graph=True.",
    ),
    Statement("f = x ** 2", "computed again: a new graph"),
    Statement("x.grad = None", "no gradient, as at the start"),
    Statement("f.backward(retain_graph=True)", "6 again, and the graph is kept"),
    Statement("f.backward()", "this time it works, and the gradients add up: 6 + 6 = 12"),
)

_ACCUMULATE = (
    _X2,
    Statement("(x * 3).backward()", "∂(3x)/∂x = 3"),
    Statement("(x * 3).backward()", "backward() adds to x.grad: 3 + 3 = 6"),
    Statement("x.grad.zero_()", "set to 0, so that the next sum starts afresh"),
    Statement("(x * 3).backward()", "0 + 3 = 3"),
    Statement("x.grad = None", "thrown away: none yet is not the same as 0"),
    Statement("(x * 3).backward()", "the first gradient again: 3"),
    Statement("optimizer = torch.optim.SGD([x], lr=0.1)", "an optimizer looks after x"),
    Statement("optimizer.zero_grad()", "what a training loop calls: x.grad is None again"),
)

_SECOND = (
    _X2,
    Statement("f = x ** 4", "2⁴ = 16"),
    Statement(
        "(slope,) = torch.autograd.grad(f, x, create_graph=True)",
        "4x³ = 32, with a graph of its own, since it has a grad_fn",
    ),
    Statement("slope.backward()", "the slope of the slope: 12x² = 48, in x.grad"),
    Statement("f = x ** 4", "once more"),
    Statement("(slope,) = torch.autograd.grad(f, x)", "32 again, but without a graph"),
    Statement(
        "slope.backward()",
        "so there is no second derivative",
        "The slope was computed without create_graph=True: it is a number like any other, "
        "and remembers nothing of x.",
    ),
)

_WEIGHTED = (
    Statement("x = torch.tensor([1.0, 2.0], requires_grad=True)", "two numbers in one leaf"),
    Statement("f = x ** 2", "two numbers again, 1 and 4"),
    Statement(
        "f.backward()",
        "from which of the two?",
        "backward() starts from one number, and f has two. Say how much each of them counts, "
        "with gradient=, or make one number of them: f.sum().",
    ),
    Statement(
        "f.backward(gradient=torch.tensor([1.0, 10.0]))",
        "each with its weight: 1 · 2x₁ = 2 and 10 · 2x₂ = 40",
    ),
    Statement("x.grad = None", "no gradient, as at the start"),
    Statement("first = (x ** 2).sum()", "one loss: its gradient is 2x = [2, 4]"),
    Statement("second = (x * 3).sum()", "another: its gradient is [3, 3]"),
    Statement(
        "torch.autograd.backward([first, second], "
        "grad_tensors=[torch.tensor(1.0), torch.tensor(10.0)])",
        "both at once: [2, 4] + 10 · [3, 3] = [32, 34]",
    ),
)

_NO_GRAD = (
    _X3,
    Statement("with torch.no_grad(): f = x ** 2", "9 is computed, and no graph is kept"),
    Statement(
        "f.backward()",
        "nothing to go back over",
        "What is computed under torch.no_grad() has no grad_fn. It is meant for predictions "
        "and for updates; compute f outside of it to have a gradient.",
    ),
    Statement("a = (x ** 2).detach()", "the same 9, cut off from the graph behind it"),
    Statement("f = a * x", "27: x goes in twice, but only one way is open"),
    Statement("f.backward()", "9, since a counts as a constant; x ** 3 would give 3x² = 27"),
    Statement(
        "with torch.no_grad(): x -= 0.5 * x.grad",
        "how an optimizer moves x: 3 − 0.5 · 9 = −1.5, and x is still a leaf",
    ),
)

_IN_PLACE = (
    _X2,
    Statement(
        "x += 1",
        "writing over a leaf",
        "The graph starts at x. Were it written over, its gradient would belong to a value "
        "that is gone. Write y = x + 1, or change x under torch.no_grad().",
    ),
    Statement("a = x * 3", "6, no leaf"),
    Statement("f = a ** 2", "36; the graph keeps a, for the slope 2a"),
    Statement("a += 1", "allowed at once: a is 7 now"),
    Statement(
        "f.backward()",
        "but the slope of f needs the old a",
        "Every tensor counts how often it was written over. a has another count than when f "
        "kept it, so the slope would come out wrong, and PyTorch refuses. Write b = a + 1.",
    ),
    Statement("f = a ** 2", "computed from the new a: 49"),
    Statement("f.backward()", "f = (3x + 1)², so ∂f/∂x = 6 · (3x + 1) = 42"),
)

_FROZEN = (
    _X2,
    Statement("w = torch.tensor(3.0)", "requires no gradient: frozen, or simply data"),
    Statement("f = w * x", "6; one of the two is enough for a graph"),
    Statement("f.backward()", "∂f/∂x = w = 3, and w has none"),
    Statement("w.requires_grad_()", "from now on w wants a gradient, too"),
    Statement("f = w * x", "a new graph, over both"),
    Statement("f.backward()", "∂f/∂w = x = 2, and x has 3 + 3 = 6"),
    Statement("g = torch.tensor(5.0) * 2", "10, from numbers that nobody wants a gradient of"),
    Statement(
        "g.backward()", "nothing to go back over", f"{_NO_GRAPH} Give one requires_grad=True."
    ),
)

PROGRAMS = {
    program.name: program
    for program in (
        Program("twice", "backward() twice through one graph", _TWICE),
        Program("accumulate", "gradients add up", _ACCUMULATE),
        Program("second", "the slope of the slope", _SECOND),
        Program("weighted", "several losses at once", _WEIGHTED),
        Program("no-grad", "what is not remembered", _NO_GRAD),
        Program("in-place", "writing over a value", _IN_PLACE),
        Program("frozen", "an input without a gradient", _FROZEN),
    )
}


def program(name: str) -> Program:
    """The program of that name; raises `ValueError` where there is none."""
    if name not in PROGRAMS:
        raise ValueError(f"no program {name!r}; {nearest(name, PROGRAMS)}")
    return PROGRAMS[name]
