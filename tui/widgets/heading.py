"""The first line of a lesson: its title, its three parts, and where the run stands."""

from __future__ import annotations

from textual.reactive import var

from engine.frame import Frame, State
from tui.widgets.lines import Lines, spread

PARTS = ("concept", "lab", "code")


class Heading(Lines):
    """Shows what it is given; asks nobody."""

    DEFAULT_CSS = "Heading { height: 1; padding: 0 1; background: $panel; text-wrap: nowrap; }"

    part: var[str] = var(PARTS[0])
    preset: var[str] = var("")
    progress: var[str] = var("")

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def show(self, frame: Frame, pace: float | None) -> None:
        """Take the epoch and the pace from a look at the run."""
        playing = "▶ " if frame.state is State.PLAYING else ""
        self.progress = f"{_epoch(frame)} · {playing}{_pace(pace)}"

    def on_resize(self) -> None:
        """Fit the line to the width."""
        self._write()

    def watch_part(self) -> None:
        """Mark the part that is on screen."""
        self._write()

    def watch_preset(self) -> None:
        """Write which settings the run began with."""
        self._write()

    def watch_progress(self) -> None:
        """Write where the run stands."""
        self._write()

    def _write(self) -> None:
        tabs = tuple(
            (f" {number} {part.capitalize()} ", "reverse bold" if part == self.part else "")
            for number, part in enumerate(PARTS, start=1)
        )
        right = " · ".join(text for text in (self.preset, self.progress) if text)
        left = (*tabs, (f"  {self._title}", "bold"))
        self.write([spread(left, ((f"  {right}", ""),), self.content_size.width)])


def _epoch(frame: Frame) -> str:
    return f"epoch {_count(frame.epoch)}/{_count(frame.settings.get('epochs'))}"


def _count(number: object) -> str:
    """A whole number in at most five places: 20000, 250k, 1.25M."""
    if not isinstance(number, int) or number < 100_000:
        return str(number)
    return f"{number / 1e6:.3g}M" if number >= 1_000_000 else f"{number // 1000}k"


def _pace(pace: float | None) -> str:
    return "full speed" if pace is None else f"{pace:g}/s"
