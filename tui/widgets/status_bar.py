"""The lines above and below a lesson: its parts and progress, the device and its speed."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from textual.reactive import var

from engine.frame import Frame, Memory, State
from tui.widgets.painted import Lines, spread

GIBIBYTE = 1024**3
PARTS = ("concept", "lab", "code")
NO_RUN = "0 steps/s · no run yet"
NO_DEVICE = "no PyTorch: see dltui doctor"
LEAST_NAME = 3
"""Cells: a name that would be cut to fewer is left out."""


class StatusBar(Lines):
    """The bottom line: the device, its memory, the speed and the state."""

    DEFAULT_CSS = """
    StatusBar {
        height: 1; padding: 0 1; background: $panel; color: $foreground; text-wrap: nowrap;
    }
    """

    device: var[str] = var("probing for devices…")
    state: var[str] = var(NO_RUN)
    """What goes on, in a lab without a training."""
    busy: var[str] = var("")
    """What goes on in such a lab even while it is out of sight."""
    frame: var[Frame | None] = var(None)
    """The newest frame of a training."""
    news: var[str] = var("")
    """What has just happened; while it is not empty it replaces the device."""
    page: var[str] = var("")
    """What to say of the page in sight, where it is not the lab."""

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
        """What goes on in the lab out of sight, and what there is to say of the page."""
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
    """The top line of a lesson: its parts and title, the preset and the progress."""

    DEFAULT_CSS = "Heading { height: 1; padding: 0 1; background: $panel; text-wrap: nowrap; }"

    part: var[str] = var(PARTS[0])
    preset: var[str] = var("")
    progress: var[str] = var("")

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._widest = 0
        """Cells of the widest progress of this preset: the room for the others stays the same."""

    def _watch_any(self) -> None:
        self._write()

    watch_part = watch_progress = _watch_any

    def watch_preset(self) -> None:
        self._widest = 0
        self._write()

    def _write(self) -> None:
        """Where there is little room, the name of the preset is cut, and the title last of all."""
        left, gap = [], " "
        for number, part in enumerate(PARTS, start=1):
            tab, here = f"{number} {part.capitalize()}", part == self.part
            left.append((f" {tab} ", "reverse bold") if here else (f"{gap}{tab}", ""))
            gap = "" if here else " "
        left += [(f"{gap} ", ""), (self._title, "bold")]
        self._widest = max(self._widest, cell_len(self.progress))
        width = self.content_size.width
        room = width - sum(cell_len(text) for text, _ in left) - 2
        room -= self._widest + 3 if self.progress else 0
        preset = self.preset
        if cell_len(preset) > room:
            preset = f"{set_cell_size(preset, room - 1).rstrip()}…" if room > LEAST_NAME else ""
        right = " · ".join(text for text in (preset, self.progress) if text)
        self.write([spread(tuple(left), ((f" {right}", ""),), width)])
