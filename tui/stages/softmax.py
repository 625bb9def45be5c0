"""The scene, its logits, what was added to them and divided by, and the label; knows no screen."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.equations import plain
from engine.softmax.look import Given
from engine.softmax.scenes import COLDEST, HOTTEST, MOST_SHIFT, NAMES, Scene, find
from tui.stages.softmax_typing import typed

if TYPE_CHECKING:
    from engine.softmax.look import Look, Numbers

RUNGS = 20
"""Small strides that make the temperature ten times as high; four of them are a large one."""
LAST = 1000
"""How many steps may be made against the gradient."""


class Stage:
    """A vector of logits, and what may be done with it in the scene.

    What is typed and refused changes nothing.
    """

    look: Look
    """All that there is to see now."""
    by_hand: bool
    """Whether the learner brought it about; the steps against the gradient are theirs too."""
    _begun: Numbers
    """The logits before the first of the steps that were made."""

    def __init__(self, scene: str) -> None:
        self.use(scene)

    def use(self, name: str) -> None:
        """Set the scene of that name, from its start."""
        self.scene: Scene = find(name)
        self.reset()

    def reset(self) -> None:
        """Everything as the scene began."""
        self.by_hand = False
        self._put(Given(self.scene.start))

    @property
    def given(self) -> Given:
        """What was set."""
        return self.look.given

    @property
    def text(self) -> str:
        """What the keys move, as it could be typed."""
        given = self.given
        if self.scene.moves == "temperature":
            return f"T = {plain(round(given.temperature, 4))}"
        if self.scene.moves == "shift":
            return f"c = {plain(given.shift)}"
        return f"{NAMES[given.chosen]} = {plain(round(given.z[given.chosen], 4))}"

    def move(self, strides: int, *, large: bool = False) -> bool:
        """Go so many strides up or down, to the next round number; whether there was room."""
        self.by_hand = True
        return self._move(strides, large)

    def _move(self, strides: int, large: bool = False) -> bool:
        before = self.given
        if self.scene.moves == "temperature":
            self._heat(strides * (4 if large else 1))
        else:
            stride = self.scene.large if large else self.scene.small
            at = before.shift if self.scene.moves == "shift" else before.z[before.chosen]
            places = at / stride
            whole = math.floor(places + 1e-6) if strides > 0 else math.ceil(places - 1e-6)
            self._set(round((whole + strides) * stride, 10))
        return self.given != before

    def end(self, direction: int) -> None:
        """As far down as it goes, or as far up."""
        self.by_hand = True
        self._end(direction)

    def _end(self, direction: int) -> None:
        if self.scene.moves == "temperature":
            self._put(replace(self.given, temperature=COLDEST if direction < 0 else HOTTEST))
        else:
            self._set(direction * self._reach)

    def choose(self, direction: int) -> None:
        """Take the class below or above."""
        given = self.given
        self._put(replace(given, chosen=(given.chosen + direction) % len(given.z)))

    def relabel(self) -> None:
        """Let the next class be the label."""
        given = self.given
        self.by_hand = True
        self._put(replace(given, label=(given.label + 1) % len(given.z)))

    def step(self) -> bool:
        """Where there is a label, a step against the gradient; else a stride up."""
        self.by_hand = self.scene.labelled
        if not self.scene.labelled:
            return self._move(1)
        if self.ended:
            return False
        begun = self._begun
        self._put(replace(self.given, z=self._next()), self.look.steps + 1)
        self._begun = begun
        return True

    @property
    def ended(self) -> bool:
        """Whether there is no step to make."""
        given = self.given
        if self.scene.labelled:
            return self.look.steps >= LAST or self._next() == given.z
        if self.scene.moves == "temperature":
            return given.temperature >= HOTTEST
        at = given.shift if self.scene.moves == "shift" else given.z[given.chosen]
        return at >= self._reach

    def rewind(self) -> None:
        """From where playing can begin again: before the first step, or the lowest place."""
        if self.scene.labelled:
            self._put(replace(self.given, z=self._begun))
        else:
            self.by_hand = False
            self._end(-1)

    def type(self, text: str) -> None:
        """Take `dog = 2`, `z = [2, 1, 0]`, `T = 0.5`, `c = 10`, `y = dog`; or a number.

        Raises:
            Refused: it is none of them, or out of range; everything stays as it was.
        """
        default = self.text.partition(" ")[0]
        self._put(typed(self.scene, self.given, text, default))
        self.by_hand = True

    # Where it all stands.

    @property
    def _reach(self) -> float:
        return MOST_SHIFT if self.scene.moves == "shift" else self.scene.reach

    def _set(self, value: float) -> None:
        """Put what the keys move to this value, or as near as it may go."""
        value, given = min(max(value, -self._reach), self._reach), self.given
        if self.scene.moves == "shift":
            self._put(replace(given, shift=value))
        else:
            z = list(given.z)
            z[given.chosen] = value
            self._put(replace(given, z=tuple(z)))

    def _next(self) -> Numbers:
        """The logits after one step against the gradient; none goes farther than the keys lead."""
        from engine.softmax.observe import stepped

        reach = self.scene.reach
        return tuple(min(max(z, -reach), reach) for z in stepped(self.given.z, self.given.label))

    def _heat(self, rungs: int) -> None:
        """Go up or down the ladder of temperatures, from wherever it stands."""
        place = round(math.log10(self.given.temperature) * RUNGS) + rungs
        t = min(max(10 ** (place / RUNGS), COLDEST), HOTTEST)
        self._put(replace(self.given, temperature=float(f"{t:.3g}")))

    def _put(self, given: Given, steps: int = 0) -> None:
        from engine.softmax.observe import observe  # torch: not before the first lab

        self.look = observe(self.scene, given, steps)
        self._begun = given.z
