"""The line that always says which device works, its memory, its speed and the state."""

from __future__ import annotations

from textual.reactive import var

from engine.frame import Frame, Memory, State
from tui.widgets.lines import Lines, spread

GIBIBYTE = 1024**3
NO_RUN = "0 steps/s · no run yet"
NO_DEVICE = "no PyTorch: see dltui doctor"


class StatusBar(Lines):
    """Shows what it is given; asks nobody."""

    DEFAULT_CSS = """
    StatusBar {
        height: 1; padding: 0 1; background: $panel; color: $foreground; text-wrap: nowrap;
    }
    """

    device: var[str] = var("probing for devices…")
    state: var[str] = var(NO_RUN)
    """What goes on, where it is no training."""
    busy: var[str] = var("")
    """What goes on even while the lab is out of sight, where it is no training."""
    frame: var[Frame | None] = var(None)
    news: var[str] = var("")
    """What has just happened; shown in place of the device while it is not empty."""

    def watch_news(self) -> None:
        """Write the news, or the device again."""
        self._write()

    page: var[str] = var("")
    """What there is to say of the page in sight, where it is not the lab."""

    def watch_device(self) -> None:
        """Write the new device."""
        self._write()

    def watch_state(self) -> None:
        """Write what goes on."""
        self._write()

    def watch_frame(self) -> None:
        """Write memory, speed and state from a look at the run."""
        self._write()

    def watch_page(self) -> None:
        """Write what there is to say of the page."""
        self._write()

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
        return f"{_rate(frame.rate)} · {frame.state}" if frame else self.state

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
