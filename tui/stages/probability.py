"""The scene, the point on its curves, the label, and the race of two losses; knows no screen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.equations import plain
from engine.expression import check_letters, suggesting
from engine.probabilities.scenes import Scene, find
from tui.stages.typed_numbers import assigned, misnamed, misplaced, number_in

if TYPE_CHECKING:
    from engine.probabilities.look import Look
    from engine.probabilities.observe import Racing

LAST = 2000
"""The step at which a race ends."""
RATE = 1.0
OTHER_NAMES = {"probability": "P", "prob": "P", "logit": "z", "label": "y", "lr": "rate"}
OTHER_NAMES |= {"learning_rate": "rate", "odd": "odds"}
MOST = 1000.0
"""The largest learning rate that is taken."""


class Stage:
    """One logit, and what may be done with it in the scene.

    What is typed and refused changes nothing.
    """

    look: Look
    """All that there is to see now."""
    by_hand: bool
    """Whether the learner brought it about; a race is theirs once they set its start or rate."""

    def __init__(self, scene: str) -> None:
        self.use(scene)

    def use(self, name: str) -> None:
        """Set the scene of that name, from its start."""
        self.scene: Scene = find(name)
        self.reset()

    def reset(self) -> None:
        """Everything as the scene began."""
        self._rate = RATE
        self.by_hand = False
        self._put(self.scene.start, 1)

    @property
    def racing(self) -> bool:
        """Whether the scene is a race, which goes by steps."""
        return self.scene.name == "race"

    @property
    def text(self) -> str:
        """Where the point stands, as it could be typed."""
        at = self._at
        digits = 3 if self.scene.moves == "P" else 2
        return f"{self.scene.moves} = {plain(round(at, digits + 2))}"

    def move(self, strides: int, *, large: bool = False) -> bool:
        """Go so many strides up or down, to the next round number; whether there was room."""
        self.by_hand = True
        return self._move(strides, large)

    def _move(self, strides: int, large: bool = False) -> bool:
        stride = self.scene.large if large else self.scene.small
        places = self._at / stride
        whole = math.floor(places + 1e-6) if strides > 0 else math.ceil(places - 1e-6)
        return self._go((whole + strides) * stride)

    def end(self, direction: int) -> None:
        """Go to an end: −1 for the left one, 1 for the right one."""
        self.by_hand = True
        self._go(self._ends[direction > 0])

    def flip(self) -> None:
        """Take the other label."""
        self.by_hand = True
        self._put(self.look.z, 1 - self.look.label)

    def step(self) -> bool:
        """One step of the race, or one stride to the right; whether there was one to make."""
        if self._race is None:
            self.by_hand = False
            return self._move(1)
        if self.ended:
            return False
        self._race.step()
        self._observe(self.look.z, self.look.label)
        return True

    @property
    def ended(self) -> bool:
        """Whether there is no step to make."""
        if self.look.race is not None:
            return self.look.race.steps >= LAST
        return self._at >= self._ends[1] - 1e-9

    def rewind(self) -> None:
        """Before the first step of the race; or to the left end."""
        if self.racing:
            self._put(self.look.z, self.look.label)
        else:
            self.by_hand = False
            self._go(self._ends[0])

    def type(self, text: str) -> None:
        """Take `z = 2`, `P = 0.9`, `odds = 9`, or `y = 0`; in the race `rate = 2`; or a number.

        Raises:
            Refused: it is none of them, or out of range; everything stays as it was. A line that
                the message suggests is taken.
        """
        with suggesting(self._typed):
            self._rate, z, label = self._typed(text)
        self._put(z, label)
        self.by_hand = True

    def _typed(self, text: str) -> tuple[float, float, int]:
        """The learning rate, the logit and the label after this line; changes nothing."""
        check_letters(text)
        name, name_at, value, value_at = assigned(text)
        name = name or self.scene.moves
        takers = {"z": self._take_z, "P": self._take_p, "odds": self._take_odds}
        if self.scene.labelled:
            takers["y"] = self._take_label
        if self.racing:
            takers["rate"] = self._take_rate
        if name not in takers:
            raise misnamed(text, name, name_at, tuple(takers), OTHER_NAMES)
        try:
            return takers[name](number_in(value, f"{self.text} or odds = 9"))
        except ValueError as error:
            raise misplaced(text, value_at, error) from None

    # What may be typed: each gives the learning rate, the logit and the label.

    def _take_z(self, z: float) -> tuple[float, float, int]:
        reach = self.scene.reach
        if not -reach <= z <= reach:
            wider = "" if reach > 8 else "; the scene saturation goes further"
            raise ValueError(f"z goes from {plain(-reach)} to {plain(reach)} here{wider}")
        return self._rate, z, self.look.label

    def _take_p(self, p: float) -> tuple[float, float, int]:
        low, high = (_sigmoid(end * min(self.scene.reach, 16)) for end in (-1, 1))
        if not low <= p <= high:
            raise ValueError(f"P goes from {low:.2g} to {high:.8g} here: at 0 and 1 z is infinite")
        return self._rate, math.log(p / (1 - p)), self.look.label

    def _take_odds(self, odds: float) -> tuple[float, float, int]:
        reach = min(self.scene.reach, 16)
        if not math.exp(-reach) <= odds <= math.exp(reach):
            raise ValueError(f"odds go from {math.exp(-reach):.2g} to {math.exp(reach):,.0f} here")
        return self._rate, math.log(odds), self.look.label

    def _take_label(self, label: float) -> tuple[float, float, int]:
        if label not in (0, 1):
            raise ValueError("a label is 0 or 1")
        return self._rate, self.look.z, int(label)

    def _take_rate(self, rate: float) -> tuple[float, float, int]:
        if not 0 < rate <= MOST:
            raise ValueError(f"the learning rate is above 0 and at most {MOST:,.0f}")
        return rate, self.look.z, self.look.label

    # Where the point stands.

    @property
    def _at(self) -> float:
        """Where it stands in what the arrow keys move."""
        return self.look.z if self.scene.moves == "z" else _sigmoid(self.look.z)

    @property
    def _ends(self) -> tuple[float, float]:
        if self.scene.moves == "P":
            return self.scene.small, 1 - self.scene.small
        return -self.scene.reach, self.scene.reach

    def _go(self, to: float) -> bool:
        low, high = self._ends
        before = self.look.z
        to = round(min(max(to, low), high), 10)
        self._put(to if self.scene.moves == "z" else math.log(to / (1 - to)), self.look.label)
        return abs(self.look.z - before) > 1e-9

    def _put(self, z: float, label: int) -> None:
        """Stand here; a race begins anew."""
        from engine.probabilities.observe import Racing  # torch: not before the first lab

        self._race: Racing | None = Racing(z, label, self._rate) if self.racing else None
        self._observe(z, label)

    def _observe(self, z: float, label: int) -> None:
        from engine.probabilities.observe import observe

        race = self._race.look() if self._race is not None else None
        self.look = observe(self.scene, z, label, race)


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))
