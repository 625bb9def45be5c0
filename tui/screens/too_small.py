"""What stands on a terminal that is too small to work on; knows only sizes."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

NEEDED = Size(80, 24)


class TooSmallScreen(ModalScreen[None]):
    """Says which size is needed, until the terminal has it."""

    DEFAULT_CSS = """
    TooSmallScreen { align: center middle; background: $background; }
    TooSmallScreen Static { width: 100%; text-align: center; }
    """

    BINDINGS = [Binding("q", "app.quit", "quit")]

    def compose(self) -> ComposeResult:
        yield Static(markup=False)

    def on_resize(self) -> None:
        here, needed = self.app.size, NEEDED
        self.query_one(Static).update(
            f"dltui needs {needed.width}×{needed.height}\n"
            f"this terminal has {here.width}×{here.height}\n"
            "make it larger, or q to quit"
        )


def too_small(size: Size) -> bool:
    """Whether a terminal of this size cannot show a lab."""
    return size.width < NEEDED.width or size.height < NEEDED.height
