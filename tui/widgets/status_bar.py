"""The line that always says which device works, its memory, its speed and the state."""

from __future__ import annotations

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from engine.frame import Frame, Memory

GIBIBYTE = 1024**3


class StatusBar(Widget):
    """Shows what it is given; asks nobody."""

    DEFAULT_CSS = """
    StatusBar {
        height: 1; padding: 0 1; background: $panel; color: $foreground; text-wrap: nowrap;
    }
    """

    device: reactive[str] = reactive("probing for devices…")
    memory: reactive[Memory | None] = reactive(None)
    rate: reactive[float | None] = reactive(None)
    state: reactive[str] = reactive("no run yet")

    def show(self, frame: Frame | None) -> None:
        """Take memory, rate and state from a look at the run."""
        if frame is not None:
            self.memory, self.rate, self.state = frame.memory, frame.rate, frame.state.value

    def render(self) -> Text:
        right = f"{_rate(self.rate)} · {self.state}"
        left = " · ".join(part for part in (self.device, _memory(self.memory, self.device)) if part)
        room = self.size.width - len(right) - 1
        line = Text(left, no_wrap=True)
        line.truncate(max(room, 1), overflow="ellipsis", pad=True)
        return line.append(" ").append(right, "bold")


def _memory(memory: Memory | None, device: str) -> str:
    if memory is None:
        return ""
    kind = "RAM " if device.startswith("cpu") else ""
    return f"{kind}{memory.used / GIBIBYTE:.1f}/{memory.total / GIBIBYTE:.0f} GiB"


def _rate(rate: float | None) -> str:
    if rate is None:
        return "0 steps/s"
    return f"{rate:,.0f} steps/s" if rate >= 10 else f"{rate:.1f} steps/s"
