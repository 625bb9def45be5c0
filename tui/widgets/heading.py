"""The first line of a lesson: its title, its three parts, and where its lab stands."""

from __future__ import annotations

from textual.reactive import var

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
