"""What there is to see of a graph that is taken apart, or of a program; knows no torch."""

from __future__ import annotations

from dataclasses import dataclass

from engine.graph.programs import Line, Program
from engine.graph.walk import Position, Walk


@dataclass(frozen=True, slots=True)
class WalkLook:
    """One look at a walk."""

    walk: Walk
    position: int
    """How many of its moves were made."""

    @property
    def here(self) -> Position:
        """What there is to see at this place."""
        return self.walk.at(self.position)

    @property
    def begun(self) -> bool:
        """Whether a move was made."""
        return self.position > 0

    @property
    def done(self) -> bool:
        """Whether it was gone to its end."""
        return self.position == len(self.walk.moves)


@dataclass(frozen=True, slots=True)
class ProgramLook:
    """One look at a program on its way."""

    program: Program
    lines: tuple[Line, ...]
    """What has been run so far."""

    @property
    def begun(self) -> bool:
        """Whether a line was run."""
        return bool(self.lines)

    @property
    def done(self) -> bool:
        """Whether it was run to its end."""
        return len(self.lines) == len(self.program.statements)
