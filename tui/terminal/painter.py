"""Sends changed cells straight to the terminal.

Textual's compositor asks every widget in sight for its lines, lays them over one another, and
sends each changed line from the left edge of its widget. That is right for whatever may overlap,
and took most of what a frame cost. Where nothing lies over a widget there is nothing to compose:
its changed cells are sent as they are, all of a frame's in one piece.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator

from textual.errors import NoWidget
from textual.geometry import Region
from textual.widget import Widget

from tui.terminal.driver import Driver, TerminalApp
from tui.terminal.resizing import MinimumSize
from tui.terminal.textual_private import CAN_PAINT, forget_lines, waits_for_layout

SYNC_START, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
"""Between these a terminal shows nothing of what has changed."""
SAVE, RESTORE = "\x1b7", "\x1b8"
"""The cursor: where the terminal shows what an input method composes."""

_pending: dict[Widget, set[Region]] = {}


def repaint(widget: Widget, regions: Iterable[Region]) -> None:
    """Send these cells of a widget's content, which it has changed, to the terminal soon."""
    driver = _driver_of(widget)
    if driver is None or not CAN_PAINT:
        widget.refresh(*regions)
        return
    if not _pending:
        asyncio.get_running_loop().call_soon(_send, driver)
    _pending.setdefault(widget, set()).update(regions)


def keeps_up(widget: Widget) -> bool:
    """Whether the terminal has taken what it was sent, and would show more without delay."""
    driver = _driver_of(widget)
    return driver is None or driver.has_room()


def bytes_sent(widget: Widget) -> int:
    """How many bytes the terminal was sent so far, where that is known."""
    driver = _driver_of(widget)
    return driver.sent if driver is not None else 0


def _driver_of(widget: Widget) -> Driver | None:
    """The driver of the terminal; None where it is not ours, or there is none."""
    terminal = widget.app.terminal if isinstance(widget.app, TerminalApp) else None
    return terminal if isinstance(terminal, Driver) else None


def _send(driver: Driver) -> None:
    """Send what waits, each widget's where it stands now."""
    cells: list[str] = []
    waiting = dict(_pending)
    _pending.clear()
    for widget, regions in waiting.items():
        if not widget.is_attached:
            continue
        if _is_clear(widget):
            cells += _cells(widget, regions)
            forget_lines(widget)  # what the compositor remembers of it is old now
        else:
            widget.refresh(*regions)
    if cells:
        driver.write("".join((SYNC_START, SAVE, *cells, RESTORE, SYNC_END)))


def _is_clear(widget: Widget) -> bool:
    """Whether all of the widget is in sight, and will still be when Textual paints next."""
    screen = widget.screen
    if isinstance(widget.app, MinimumSize) and widget.app.too_small:
        return False
    if screen is not widget.app.screen or waits_for_layout(widget):
        return False
    try:
        geometry = screen.find_widget(widget)
    except NoWidget:  # hidden since it was changed
        return False
    if geometry.visible_region != geometry.region:
        return False
    around = widget.ancestors_with_self  # a notice or a tooltip lies over all that is not
    return not any(
        _overlaps(child, geometry.region) for child in screen.children if child not in around
    )


def _overlaps(widget: Widget, region: Region) -> bool:
    """Whether the widget is in sight in the region; the notices are, in a hidden container."""
    if widget.visible:
        return widget.region.overlaps(region)
    return any(_overlaps(child, region) for child in widget.children)


def _cells(widget: Widget, regions: Iterable[Region]) -> Iterator[str]:
    content, console = widget.content_region, widget.app.console
    filters, background = widget.get_line_filters(), widget.background_colors[1]
    for region in sorted(regions, key=lambda region: (region.y, region.x)):
        left, top, width, height = region.intersection(content.reset_offset)
        for row in range(top, top + height):
            strip = widget.render_line(row).crop(left, left + width)
            for line_filter in filters:
                strip = strip.apply_filter(line_filter, background)
            yield f"\x1b[{content.y + row + 1};{content.x + left + 1}H{strip.render(console)}"
