"""What a walk over a graph consists of, forward and backward; knows no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from engine.graph.settings import GraphSettings
from engine.graph.values import Value

Kind: TypeAlias = Literal["input", "constant", "operation", "result"]
Phase: TypeAlias = Literal["forward", "backward"]

CLOSE = 1e-6
"""How far finite differences may be from a gradient, per unit of it where it is above 1."""


@dataclass(frozen=True, slots=True)
class Node:
    """One node of the graph, with all that is known of it at the end of the walk."""

    name: str
    """x, a, f; a constant is named by its number, so two nodes may be called 2."""
    kind: Kind
    operation: str
    """As it is typed, `*` or `sigmoid`; nothing for a leaf."""
    formula: str
    """The operation in the names of its inputs: `a · y`; nothing for a leaf."""
    inputs: tuple[int, ...]
    """Where the nodes that it is made of stand in `Walk.nodes`, each before this one."""
    value: Value
    requires_grad: bool
    is_leaf: bool
    """As PyTorch has it: what is computed without any gradient is a leaf, too."""
    grad_fn: str | None
    """PyTorch's name for what will carry the gradient on: `MulBackward0`. For a leaf that
    requires one it is the node that keeps it, `AccumulateGrad`."""
    gradient: Value | None
    """What backward leaves here; None where no gradient arrives."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One input of one operation: values go from `source` to `target`, gradients back."""

    source: int
    target: int
    slot: int
    """Which input of the target it is: `x*x` has two edges between the same nodes."""
    local: Value | None
    """∂target/∂source, number by number; None where no gradient goes."""


@dataclass(frozen=True, slots=True)
class Move:
    """One step of the walk."""

    phase: Phase
    node: int
    """The node now at work: computed, or the one at which a gradient arrives."""
    edge: int | None
    """The edge over which the gradient comes, by its place in `Walk.edges`."""
    line: str
    """The move in one line of mathematics."""
    gradients: tuple[Value | None, ...]
    """The gradient so far of every node, after this move; None where there is none yet."""
    note: str = ""
    """Why a number is infinite, or is none."""
    error: str = ""
    """PyTorch's own words, where backward could not start."""
    explanation: str = ""
    """The same in ours, and the mend."""


@dataclass(frozen=True, slots=True)
class Position:
    """What there is to see after some moves."""

    move: Move | None
    """The last move made; None before the first."""
    known: tuple[bool, ...]
    """Whether the value of each node is computed."""
    gradients: tuple[Value | None, ...]
    """The gradient so far of each node; None where there is none yet."""
    locals: tuple[Value | None, ...]
    """The local derivative on each edge, once the gradient has come over it."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The gradient of one input beside its finite difference."""

    name: str
    gradient: Value | None
    estimate: Value | None
    """(f(x + h) − f(x − h)) / 2h; None where the two cannot be compared."""
    difference: float | None
    """The largest one among its numbers."""
    reason: str = ""
    """Why they cannot be compared."""

    @property
    def close(self) -> bool:
        """Whether they agree, or cannot be compared."""
        if self.gradient is None or self.difference is None:
            return True
        return self.difference <= CLOSE * max(1.0, *map(abs, self.gradient.numbers))


@dataclass(frozen=True, slots=True)
class Check:
    """The gradients beside finite differences, which know nothing of backward."""

    inputs: tuple[Compared, ...]
    """One for every input that requires a gradient."""

    @property
    def difference(self) -> float | None:
        """The largest difference; None where nothing can be compared."""
        known = [each.difference for each in self.inputs if each.difference is not None]
        return max(known, default=None)

    @property
    def close(self) -> bool:
        """Whether every input agrees, or cannot be compared."""
        return all(each.close for each in self.inputs)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why some inputs cannot be compared."""
        return tuple(f"{each.name}: {each.reason}" for each in self.inputs if each.reason)


@dataclass(frozen=True, slots=True)
class Walk:
    """A computation taken apart: its graph, and the moves forward and backward."""

    settings: GraphSettings
    nodes: tuple[Node, ...]
    """Each after those that it is made of: the inputs first, the result last."""
    edges: tuple[Edge, ...]
    moves: tuple[Move, ...]
    root: str
    """Whose gradients these are: the result's name, or L = Σ gradient · f."""
    check: Check | None
    """None where backward could not start."""

    @property
    def result(self) -> Node:
        """What the expression comes to."""
        return self.nodes[-1]

    @property
    def error(self) -> str:
        """PyTorch's words where backward could not start; else nothing."""
        return self.moves[-1].error

    @property
    def forward_moves(self) -> int:
        """How many of the moves go forward: backward starts after them."""
        return sum(move.phase == "forward" for move in self.moves)

    def at(self, position: int) -> Position:
        """What there is to see after `position` moves: 0 is the start, where the leaves are
        known; raises `IndexError` outside of the walk."""
        if not 0 <= position <= len(self.moves):
            raise IndexError(f"position {position} is not on a walk of {len(self.moves)} moves")
        made = self.moves[:position]
        computed = {move.node for move in made if move.phase == "forward"}
        crossed = {move.edge for move in made}
        return Position(
            move=made[-1] if made else None,
            known=tuple(not node.operation or i in computed for i, node in enumerate(self.nodes)),
            gradients=made[-1].gradients if made else (None,) * len(self.nodes),
            locals=tuple(
                edge.local if index in crossed else None for index, edge in enumerate(self.edges)
            ),
        )
