"""Sends changed cells directly to the terminal, without Textual's compositor.

The compositor asks every visible widget for its lines, overlays them, and sends each changed
line from the left edge of its widget, which took most of the time of a frame. If nothing covers
a widget, its changed cells can be sent directly, all cells of a frame in one write.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence

from textual.errors import NoWidget
from textual.geometry import Region
from textual.widget import Widget

from tui.terminal.driver import Driver, TerminalApp
from tui.terminal.resizing import MinimumSize
from tui.terminal.textual_private import CAN_PAINT, forget_lines, waits_for_layout

SYNC_START, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
"""Synchronized output: the terminal shows the changes between these all at once."""
SAVE, RESTORE = "\x1b7", "\x1b8"
"""Save and restore the cursor, where the terminal shows the text of an input method."""

_pending: dict[Widget, set[Region]] = {}


def repaint(widget: Widget, regions: Iterable[Region]) -> None:
    """Send these changed regions of a widget's content to the terminal soon."""
    driver = _driver_of(widget)
    if driver is None or not CAN_PAINT:
        widget.refresh(*regions)
        return
    if not _pending:
        asyncio.get_running_loop().call_soon(_send, driver)
    _pending.setdefault(widget, set()).update(regions)


def keeps_up(widget: Widget) -> bool:
    """Return whether the terminal accepts output now."""
    driver = _driver_of(widget)
    return driver is None or driver.has_room()


def bytes_sent(widget: Widget) -> int:
    """Return how many bytes were sent to the terminal, 0 if that is unknown."""
    driver = _driver_of(widget)
    return driver.sent if driver is not None else 0


def _driver_of(widget: Widget) -> Driver | None:
    """Return our driver of the terminal; None if there is none or it is another driver."""
    terminal = widget.app.terminal if isinstance(widget.app, TerminalApp) else None
    return terminal if isinstance(terminal, Driver) else None


def _send(driver: Driver) -> None:
    """Send the pending regions, at the current position of their widgets."""
    cells: list[str] = []
    waiting = {widget: regions for widget, regions in _pending.items() if widget.is_attached}
    _pending.clear()
    above = _above(next(iter(waiting)).app.screen) if waiting else []
    for widget, regions in waiting.items():
        if _is_clear(widget, above):
            cells += _cells(widget, regions)
            forget_lines(widget)  # the compositor's cached lines are outdated
        else:
            widget.refresh(*regions)
    if cells:
        driver.write("".join((SYNC_START, SAVE, *cells, RESTORE, SYNC_END)))


def _is_clear(widget: Widget, above: Sequence[tuple[Widget, Region]]) -> bool:
    """Return whether the whole widget is visible and will be until Textual's next paint.

    `above` are the children of the screen and their regions.
    """
    screen = widget.screen
    if isinstance(widget.app, MinimumSize) and widget.app.too_small:
        return False
    if screen is not widget.app.screen or waits_for_layout(widget):
        return False
    try:
        geometry = screen.find_widget(widget)
    except NoWidget:  # hidden meanwhile
        return False
    if geometry.visible_region != geometry.region:
        return False
    around = widget.ancestors_with_self  # other children, as notifications, are on top
    return not any(
        region.overlaps(geometry.region) for child, region in above if child not in around
    )


def _above(parent: Widget) -> list[tuple[Widget, Region]]:
    """Return the visible children with their regions; notifications have a hidden parent."""
    found: list[tuple[Widget, Region]] = []
    for child in parent.children:
        found += [(child, child.region)] if child.visible else _above(child)
    return found


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
