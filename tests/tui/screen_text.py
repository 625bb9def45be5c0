"""The text on the app's screen."""

from __future__ import annotations

from textual.app import App


def screen_text(app: App[object]) -> str:
    """Return the lines on screen without trailing spaces."""
    rows = app.screen._compositor.render_strips()  # ten times faster than a screenshot
    return "\n".join(row.text.rstrip() for row in rows)
