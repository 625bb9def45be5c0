"""What suits the theme and the terminal, and who is told of another; knows no chart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.widget import Widget

from tui.charts.look import Depth, Look

if TYPE_CHECKING:
    from textual.app import App


class Dressed(Widget):
    """A widget that chooses its own colours, and chooses anew when the theme changes.

    As the last of the bases: the first one says which styles and keys a widget inherits.
    """

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self.dress())

    def on_unmount(self) -> None:
        # The signal would hold it, and all that it shows, until the theme changes once more.
        self.app.theme_changed_signal.unsubscribe(self)

    def dress(self) -> None:
        """Draw everything in the colours of the theme that holds now."""
        raise NotImplementedError


def look_of(app: App[object]) -> Look:
    """How charts look in this app now."""
    return replace(palette_of(app), depth=_depth(app))


def palette_of(app: App[object]) -> Look:
    """The colours of the theme, for a terminal that has them all."""
    return Look.dark() if app.current_theme.dark else Look.light()


def _depth(app: App[object]) -> Depth:
    if app.console.color_system == "standard":
        return "letters"
    return "greys" if app.no_color else "colours"
