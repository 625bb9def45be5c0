"""The palette that suits the theme and the terminal; knows no chart and no widget."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.charts.look import Depth, Look

if TYPE_CHECKING:
    from textual.app import App


def look_of(app: App[object]) -> Look:
    """How charts look in this app now."""
    return replace(Look.dark() if app.current_theme.dark else Look.light(), depth=_depth(app))


def _depth(app: App[object]) -> Depth:
    if app.console.color_system == "standard":
        return "letters"
    return "greys" if app.no_color else "colours"
