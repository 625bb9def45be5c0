"""All private names of Textual that the app uses, checked at import.

If a version of Textual lacks one of these names, the app uses the public API instead: Textual's
own driver in place of ours, and its compositor for every changed cell.
"""

from __future__ import annotations

from textual.app import App, ScreenError
from textual.css.query import NoMatches
from textual.dom import DOMError
from textual.widget import MountError, Widget
from textual.worker import WorkerFailed

try:
    from textual._xterm_parser import XTermParser as XTermParser

    CAN_PARSE = True
    """Whether our own driver can parse the keyboard input."""
except ImportError:
    CAN_PARSE, XTermParser = False, None  # type: ignore[assignment,misc]

PAINTING = ("_layout_required", "_styles_cache")
"""Attributes of widgets that are needed to paint cells without the compositor."""
CAN_PAINT = all(hasattr(Widget(), name) for name in PAINTING)
"""Whether changed cells can be sent directly to the terminal."""


def waits_for_layout(widget: Widget) -> bool:
    """Return whether the widget or its screen will be laid out before the next paint."""
    return widget.screen._layout_required or widget._layout_required


def forget_lines(widget: Widget) -> None:
    """Clear the cached lines of the widget, so that the compositor renders them again."""
    widget._styles_cache.clear()


DETACHED = (NoMatches, MountError, DOMError, ScreenError)
"""The errors that Textual raises when code uses widgets or screens that are not in the app."""


class LateErrors(App[None]):
    """An app that ignores errors caused by its own exit."""

    leaving = False
    """Whether the app is exiting."""

    async def _close_all(self) -> None:
        """Close the screens; the app may end without being asked to, as at the end of a test."""
        self.leaving = True
        await super()._close_all()

    def _handle_exception(self, error: Exception) -> None:
        """Ignore errors about detached widgets while the app exits.

        Textual closes the screens one by one. Until then their timers and workers still run, and a
        screen that is just opened gets its Mount event without its widgets.
        """
        cause = error.error if isinstance(error, WorkerFailed) else error
        if not (self.leaving and isinstance(cause, DETACHED)):
            super()._handle_exception(error)
