"""The heading and the status bar of a lesson."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from textual.reactive import var

from engine.frame import Frame, Memory, State
from tui.widgets.painted import Lines, spread

GIBIBYTE = 1024**3
PARTS = ("concept", "lab", "code", "write")
NO_RUN = "0 steps/s · no run yet"
NO_DEVICE = "no PyTorch: see dltui doctor"
LEAST_NAME = 3
"""Minimum width in cells of a shortened preset name; a shorter one is left out."""


class StatusBar(Lines):
    """Shows the device, its memory, the training speed and the state."""

    DEFAULT_CSS = """
    StatusBar {
        height: 1; padding: 0 1; background: $panel; color: $foreground; text-wrap: nowrap;
    }
    """

    device: var[str] = var("probing for devices…")
    state: var[str] = var(NO_RUN)
    """The activity of a lab without training."""
    busy: var[str] = var("")
    """The activity of such a lab that continues while it is hidden."""
    frame: var[Frame | None] = var(None)
    """The newest frame of the run."""
    news: var[str] = var("")
    """A message that replaces the device while it is not empty."""
    page: var[str] = var("")
    """The description of the visible page, if it is not the lab."""

    def _watch_any(self) -> None:
        self._write()

    watch_device = watch_state = watch_frame = watch_news = watch_page = _watch_any

    def _write(self) -> None:
        frame = self.frame
        memory = _memory(frame.memory if frame else None, self.device)
        device = f"{self.device} · {memory}" if memory else self.device
        left = (self.news, "bold reverse") if self.news else (device, "")
        right = self._beside_the_page() if self.page else self._of_the_lab()
        if self.page and self.news:  # together they are too long for a narrow terminal
            right = ""
        self.write([spread((left,), ((right, "bold"),), self.content_size.width)])

    def _of_the_lab(self) -> str:
        frame = self.frame
        if frame is None:
            return self.state
        planned = frame.settings.get("epochs")
        early = frame.state is State.FINISHED and isinstance(planned, int) and frame.epoch < planned
        return f"{_rate(frame.rate)} · {frame.state}{' early' * early}"

    def _beside_the_page(self) -> str:
        """Return the activity of the hidden lab and the description of the page."""
        frame = self.frame
        if frame is not None and frame.state is State.PLAYING:
            return f"▶ training, {_rate(frame.rate)} · {self.page}"
        return f"▶ {self.busy} · {self.page}" if self.busy else self.page


def _memory(memory: Memory | None, device: str) -> str:
    if memory is None:
        return ""
    kind = "RAM " if device.startswith("cpu") else ""
    return f"{kind}{memory.used / GIBIBYTE:.1f}/{memory.total / GIBIBYTE:.0f} GiB"


def _rate(rate: float | None) -> str:
    if rate is None:
        return "0 steps/s"
    return f"{rate:,.0f} steps/s" if rate >= 10 else f"{rate:.1f} steps/s"


class Heading(Lines):
    """Shows the pages and title of a lesson, and the preset and progress of its lab."""

    DEFAULT_CSS = "Heading { height: 1; padding: 0 1; background: $panel; text-wrap: nowrap; }"

    part: var[str] = var(PARTS[0])
    preset: var[str] = var("")
    progress: var[str] = var("")

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._widest = 0
        """Width of the widest progress text of this preset in cells, kept free for shorter ones."""

    def _watch_any(self) -> None:
        self._write()

    watch_part = watch_progress = _watch_any

    def watch_preset(self) -> None:
        self._widest = 0
        self._write()

    def _write(self) -> None:
        """Write the line; in narrow terminals the preset is cut first and the title last."""
        left, gap = [], " "
        for number, part in enumerate(PARTS, start=1):
            tab, here = f"{number} {part.capitalize()}", part == self.part
            left.append((f" {tab} ", "reverse bold") if here else (f"{gap}{tab}", ""))
            gap = "" if here else " "
        left += [(f"{gap} ", ""), (self._title, "bold")]
        self._widest = max(self._widest, cell_len(self.progress))
        width = self.content_size.width
        room = width - sum(cell_len(text) for text, _ in left) - 2
        if self.part == "write":  # the program there is another run
            self.write([spread(tuple(left), ((" ", ""),), width)])
            return
        room -= self._widest + 3 if self.progress else 0
        preset = self.preset
        if cell_len(preset) > room:
            preset = f"{set_cell_size(preset, room - 1).rstrip()}…" if room > LEAST_NAME else ""
        right = " · ".join(text for text in (preset, self.progress) if text)
        self.write([spread(tuple(left), ((f" {right}", ""),), width)])
