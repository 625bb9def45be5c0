"""Going on by itself at a pace, until it is held; knows not what goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf

from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widget import Widget

PACE = Binding.Group("pace", compact=True)


class Playing:
    """Has something done so many times a second, or not; begins held."""

    def __init__(
        self,
        widget: Widget,
        tick: Callable[[int], object],
        rates: Sequence[float],
        rate: float,
        fps: float = inf,
    ) -> None:
        """Play at one of these `rates`, at first at `rate`, as long as the widget lives.

        `tick` is called at most `fps` times a second; it is given how often to do it by then.
        """
        self._widget, self._tick = widget, tick
        self._rates, self._fps = rates, fps
        self.rate = rate
        """How many times a second."""
        self._due = 0.0
        """What is still to be done: the pace is no whole number a frame."""
        self._timer: Timer | None = None

    @property
    def on(self) -> bool:
        """Whether it goes on by itself."""
        return self._timer is not None

    @property
    def pace(self) -> str:
        """How fast it goes on, and the keys for that."""
        return f"▶ {self.rate:g} a second · [ ] pace"

    def start(self) -> None:
        """Go on from here, at first after the time that one takes."""
        self.hold()
        self._due = 0.0
        self._timer = self._widget.set_interval(1 / min(self._fps, self.rate), self._advance)

    def hold(self) -> bool:
        """Go on no further; whether it did."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.stop()
        return timer is not None

    def faster(self, direction: int) -> None:
        """Take the next rate up or down, if there is one; what goes on does so at that."""
        place = self._rates.index(self.rate) + direction
        self.rate = self._rates[max(0, min(len(self._rates) - 1, place))]
        if self.on:
            self.start()

    def _advance(self) -> None:
        self._due += self.rate / min(self._fps, self.rate)
        times, self._due = divmod(self._due, 1)
        self._tick(int(times))


def tempo_keys(lab: str, what: str = "steps") -> list[BindingType]:
    """The keys of the pace, with ids of this lab's own: it has an `action_tempo`."""
    return [
        Binding(
            "left_square_bracket",
            "tempo(-1)",
            "slower",
            id=f"{lab}.slower",
            group=PACE,
            tooltip=f"Fewer {what} a second",
        ),
        Binding(
            "right_square_bracket",
            "tempo(1)",
            "faster",
            id=f"{lab}.faster",
            group=PACE,
            tooltip=f"More {what} a second",
        ),
    ]
