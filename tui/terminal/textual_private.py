"""Everything of Textual that is used here and is not its public API, checked when it is imported.

Where another version of Textual has lost one of these names, the app uses the public API instead:
Textual's own driver in place of ours, and its compositor for every changed cell.
"""

from __future__ import annotations

from textual.app import App
from textual.css.query import NoMatches
from textual.widget import Widget
from textual.worker import WorkerFailed

try:
    from textual._xterm_parser import XTermParser as XTermParser

    CAN_PARSE = True
    """Whether the keyboard can be read by a driver of our own."""
except ImportError:
    CAN_PARSE, XTermParser = False, None  # type: ignore[assignment,misc]

PAINTING = ("_layout_required", "_styles_cache")
"""Attributes of every widget, needed to paint cells without the compositor."""
CAN_PAINT = all(hasattr(Widget(), name) for name in PAINTING)
"""Whether changed cells can be sent straight to the terminal."""


def waits_for_layout(widget: Widget) -> bool:
    """Whether the widget or its screen is going to be laid out before it is painted next."""
    return widget.screen._layout_required or widget._layout_required


def forget_lines(widget: Widget) -> None:
    """Have the compositor ask for every line of the widget again."""
    widget._styles_cache.clear()


class LateErrors(App[None]):
    """An app that ignores errors which only show that it is about to end."""

    leaving = False
    """Whether the app was asked to end."""

    def _handle_exception(self, error: Exception) -> None:
        """Ignore that a screen has no widgets where it is mounted while the app leaves.

        Textual then still sends the screen Mount, but does not add what it has composed; nor
        does a worker of the screen, such as the palette's, find it.
        """
        cause = error.error if isinstance(error, WorkerFailed) else error
        if not (self.leaving and isinstance(cause, NoMatches)):
            super()._handle_exception(error)
