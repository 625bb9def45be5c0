"""Short PyTorch programs that show features of `backward`, and the state of a run."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent

from engine.config import nearest
from engine.graph.operations import Value


@dataclass(frozen=True, slots=True)
class ProgramStatement:
    """A line of a program."""

    code: str
    why: str
    refusal: str = ""
    """An explanation of the error that it raises, with advice; empty if it raises none."""


@dataclass(frozen=True, slots=True)
class AutogradProgram:
    """Statements that run one after the other."""

    name: str
    title: str
    statements: tuple[ProgramStatement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorRecord:
    """The properties of a tensor at some moment, as PyTorch reports them."""

    name: str
    value: Value
    requires_grad: bool
    is_leaf: bool  # as in PyTorch: the result of a computation without gradients is a leaf, too
    grad_fn: str | None  # PyTorch's name of the backward node: `MulBackward0`
    gradient: Value | None  # None if there is none yet


@dataclass(frozen=True, slots=True)
class RanStatement:
    """A statement that has run, and its result."""

    statement: ProgramStatement
    output: str  # the value of an expression, as Python prints it: `tensor(0.)`
    error: str  # the error that PyTorch raised: `RuntimeError: …`
    tensors: tuple[TensorRecord, ...]
    """All named tensors, in the order of their creation."""


@dataclass(frozen=True, slots=True)
class ProgramPosition:
    """A program, and the statements that have run so far."""

    program: AutogradProgram
    ran: tuple[RanStatement, ...]

    @property
    def begun(self) -> bool:
        return bool(self.ran)

    @property
    def done(self) -> bool:
        return len(self.ran) == len(self.program.statements)


def program(name: str) -> AutogradProgram:
    """Return the program of that name; raises `ValueError` if there is none."""
    if name not in PROGRAMS:
        raise ValueError(f"no program {name!r}; {nearest(name, PROGRAMS)}")
    return PROGRAMS[name]


_SCRIPTS = {
    ("twice", "backward() twice through one graph"): """
    x = torch.tensor(3.0, requires_grad=True)  # a leaf that wants a gradient
    f = x ** 2  # the graph keeps x, for the slope 2x
    f.backward()  # ∂f/∂x = 2x = 6, and the graph is freed
    f.backward()  # once more through the same graph
    ! The first backward() threw away what the graph had kept, to save memory.
    ! Compute f again, or keep the graph with retain_graph=True.
    f = x ** 2  # computed again: a new graph
    x.grad = None  # no gradient, as at the start
    f.backward(retain_graph=True)  # 6 again, and the graph is kept
    f.backward()  # this time it works, and the gradients add up: 6 + 6 = 12
    """,
    ("accumulate", "gradients add up"): """
    x = torch.tensor(2.0, requires_grad=True)  # a leaf that wants a gradient
    (x * 3).backward()  # ∂(3x)/∂x = 3
    (x * 3).backward()  # backward() adds to x.grad: 3 + 3 = 6
    x.grad.zero_()  # set to 0, so that the next sum starts afresh
    (x * 3).backward()  # 0 + 3 = 3
    x.grad = None  # thrown away: none yet is not the same as 0
    (x * 3).backward()  # the first gradient again: 3
    optimizer = torch.optim.SGD([x], lr=0.1)  # an optimizer looks after x
    optimizer.zero_grad()  # what a training loop calls: x.grad is None again
    """,
    ("second", "the slope of the slope"): """
    x = torch.tensor(2.0, requires_grad=True)  # a leaf that wants a gradient
    f = x ** 4  # 2⁴ = 16
    (slope,) = torch.autograd.grad(f, x, create_graph=True)
    # 4x³ = 32, with a graph of its own, since it has a grad_fn
    slope.backward()  # the slope of the slope: 12x² = 48, in x.grad
    f = x ** 4  # once more
    (slope,) = torch.autograd.grad(f, x)  # 32 again, but without a graph
    slope.backward()  # so there is no second derivative
    ! The slope was computed without create_graph=True: it is a number like any other,
    ! and remembers nothing of x.
    """,
    ("weighted", "several losses at once"): """
    x = torch.tensor([1.0, 2.0], requires_grad=True)  # two numbers in one leaf
    f = x ** 2  # two numbers again, 1 and 4
    f.backward()  # from which of the two?
    ! backward() starts from one number, and f has two. Say how much each of them counts,
    ! with gradient=, or make one number of them: f.sum().
    f.backward(gradient=torch.tensor([1.0, 10.0]))
    # each with its weight: 1 · 2x₁ = 2 and 10 · 2x₂ = 40
    x.grad = None  # no gradient, as at the start
    first = (x ** 2).sum()  # one loss: its gradient is 2x = [2, 4]
    second = (x * 3).sum()  # another: its gradient is [3, 3]
    torch.autograd.backward([first, second], grad_tensors=[torch.tensor(1.0), torch.tensor(10.0)])
    # both at once: [2, 4] + 10 · [3, 3] = [32, 34]
    """,
    ("no-grad", "what is not remembered"): """
    x = torch.tensor(3.0, requires_grad=True)  # a leaf that wants a gradient
    with torch.no_grad(): f = x ** 2  # 9 is computed, and no graph is kept
    f.backward()  # nothing to go back over
    ! What is computed under torch.no_grad() has no grad_fn. It is meant for predictions
    ! and for updates; compute f outside of it to have a gradient.
    a = (x ** 2).detach()  # the same 9, cut off from the graph behind it
    f = a * x  # 27: x goes in twice, but only one way is open
    f.backward()  # 9, since a counts as a constant; x ** 3 would give 3x² = 27
    with torch.no_grad(): x -= 0.5 * x.grad
    # how an optimizer moves x: 3 − 0.5 · 9 = −1.5, and x is still a leaf
    """,
    ("in-place", "writing over a value"): """
    x = torch.tensor(2.0, requires_grad=True)  # a leaf that wants a gradient
    x += 1  # writing over a leaf
    ! The graph starts at x. Were it written over, its gradient would belong to a value
    ! that is gone. Write y = x + 1, or change x under torch.no_grad().
    a = x * 3  # 6, no leaf
    f = a ** 2  # 36; the graph keeps a, for the slope 2a
    a += 1  # allowed at once: a is 7 now
    f.backward()  # but the slope of f needs the old a
    ! Every tensor counts how often it was written over. a has another count than when f
    ! kept it, so the slope would come out wrong, and PyTorch refuses. Write b = a + 1.
    f = a ** 2  # computed from the new a: 49
    f.backward()  # f = (3x + 1)², so ∂f/∂x = 6 · (3x + 1) = 42
    """,
    ("frozen", "an input without a gradient"): """
    x = torch.tensor(2.0, requires_grad=True)  # a leaf that wants a gradient
    w = torch.tensor(3.0)  # requires no gradient: frozen, or simply data
    f = w * x  # 6; one of the two is enough for a graph
    f.backward()  # ∂f/∂x = w = 3, and w has none
    w.requires_grad_()  # from now on w wants a gradient, too
    f = w * x  # a new graph, over both
    f.backward()  # ∂f/∂w = x = 2, and x has 3 + 3 = 6
    g = torch.tensor(5.0) * 2  # 10, from numbers that nobody wants a gradient of
    g.backward()  # nothing to go back over
    ! No tensor that went into it requires a gradient, so PyTorch kept no graph, and there is
    ! nothing to go back over. Give one requires_grad=True.
    """,
}
"""Each program by name and title. `#` starts the explanation of a line; `!` starts that of the
error raised by the line above."""


def _statements(script: str) -> tuple[ProgramStatement, ...]:
    found: list[list[str]] = []
    for line in dedent(script).strip().split("\n"):
        if line.startswith("! "):
            found[-1][2] = f"{found[-1][2]} {line[2:]}".strip()
        elif line.startswith("# "):
            found[-1][1] = line[2:]
        else:
            code, _, why = line.partition("  # ")
            found.append([code, why, ""])
    return tuple(ProgramStatement(*parts) for parts in found)


PROGRAMS = {
    name: AutogradProgram(name, title, _statements(script))
    for (name, title), script in _SCRIPTS.items()
}
