"""The text that a person reads on the app's screen."""

from __future__ import annotations

from textual.app import App


def screen_text(app: App[object]) -> str:
    """The lines on screen, without the spaces at their ends."""
    rows = app.screen._compositor.render_strips()  # a screenshot shows the same, ten times slower
    return "\n".join(row.text.rstrip() for row in rows)
