"""One program on one input, seen three ways: what a screen shows; knows no torch and no screen."""

from __future__ import annotations

from dataclasses import dataclass

from engine.programs.catalog import Input, Program
from engine.programs.sights import (
    SIZES,
    Answer,
    Call,
    Compiled,
    Compiling,
    Eager,
    Failure,
    Line,
    Result,
    Timing,
    Traced,
    Way,
)


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of a program by now."""

    program: Program
    given: Input
    """The input that is looked at."""
    lines: tuple[Line, ...]
    """Its code."""
    eager: Eager
    traced: Traced
    results: tuple[Result, ...] = ()
    """What a measurement of this program has brought so far."""
    device: str = "cpu"
    """Where the calls are timed."""
    measuring: bool = False
    """Whether this program is being measured now."""

    @property
    def compiled(self) -> Compiled | None:
        """What `torch.compile` saw; None as long as nobody measured."""
        return next((each for each in self.results if isinstance(each, Compiled)), None)

    @property
    def call(self) -> Call | None:
        """The compiled program's call with this input."""
        place = self.program.inputs.index(self.given)
        return self.compiled.calls[place] if self.compiled else None

    @property
    def measured(self) -> bool:
        """Whether a measurement has come to its end."""
        return bool(self.failure(Way.COMPILED) or self.timing(Way.COMPILED, SIZES[-1]))

    @property
    def compiling(self) -> tuple[Compiling, ...]:
        """What it cost to compile, for each size."""
        return tuple(each for each in self.results if isinstance(each, Compiling))

    def answer(self, way: Way) -> Answer | None:
        """What this way gives for this input; None where it gives nothing, or not yet."""
        if way is Way.EAGER:
            return self.eager.answer
        if way is Way.COMPILED:
            return self.call.answer if self.call else None
        return next((each for each in self.traced.answers if each.given == self.given.name), None)

    def timing(self, way: Way, size: int) -> Timing | None:
        """How long a call takes that way, as it was measured last."""
        timings = [each for each in self.results if isinstance(each, Timing)]
        return next((t for t in reversed(timings) if (t.way, t.size) == (way, size)), None)

    def failure(self, way: Way) -> Failure | None:
        """Why this way cannot be measured."""
        failures = (each for each in self.results if isinstance(each, Failure))
        return next((each for each in failures if each.way is way), None)
