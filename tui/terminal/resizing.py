"""Base classes of the app and its screens that handle resizing and terminals that are too small."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from textual.await_complete import AwaitComplete
from textual.events import Event, InputEvent, Key, Paste, Resize
from textual.geometry import Size
from textual.message_pump import MessagePump

from tui.terminal import MINIMUM_SIZE
from tui.terminal.driver import TerminalApp

MINIMUM = Size(*MINIMUM_SIZE)
QUIT_KEYS = ("q", "ctrl+q")
CLEAR = "\x1b[0m\x1b[2J"


class MinimumSize(TerminalApp):
    """An app that shows only a message while the terminal is smaller than `MINIMUM`.

    Meanwhile the app keeps its last size: the screens are not laid out, nothing is painted, and
    only the keys that quit work. The screens reappear unchanged when there is enough room.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._terminal_size: Size | None = None
        self._paused_painting = ExitStack()

    @property
    def too_small(self) -> bool:
        """Whether the terminal is too small, so that the message is shown."""
        return self._terminal_size is not None and is_too_small(self._terminal_size)

    async def on_event(self, event: Event) -> None:
        if isinstance(event, Resize):
            await self._resize(event)
        elif not self.too_small or not _is_input(event):
            await super().on_event(event)
        elif isinstance(event, Key) and event.key in QUIT_KEYS:
            await self.run_action("app.quit")

    async def _resize(self, event: Resize) -> None:
        was_too_small, is_first = self.too_small, self._terminal_size is None
        self._terminal_size = event.size
        if not self.too_small:
            await super().on_event(event)
            if was_too_small:
                self._resume_painting()
            return
        if is_first:
            await super().on_event(Resize(MINIMUM, MINIMUM))
        if not was_too_small:
            self.capture_mouse(None)  # the release of a mouse button will be ignored
            self._paused_painting.enter_context(self.batch_update())
        if self.terminal is not None:
            self.terminal.write(CLEAR + _placed(message(event.size), event.size))
            self.terminal.flush()

    def _resume_painting(self) -> None:
        self._paused_painting.close()
        if self.screen_stack:
            self.screen.refresh(layout=True)


class SafeScreen(MessagePump):
    """A screen that ignores outdated sizes, and can only be closed while it is on top.

    A Textual screen that changes its size sends itself a `Resize` event with that size. With two
    different sizes in its queue it alternates between them forever. And Textual's `dismiss` closes
    whatever screen is on top: a second click beside the palette, before the first one has closed
    it, would also close the screen below.
    """

    async def on_event(self, event: Event) -> None:
        if not isinstance(event, Resize) or event.size == self.app.size:
            await super().on_event(event)

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Close the screen with this result if it is on top."""
        on_top: MessagePump = self.app.screen
        if on_top is not self:
            return AwaitComplete()
        closed: AwaitComplete = super().dismiss(result)  # type: ignore[misc]
        return closed


def is_too_small(size: Size) -> bool:
    """Return whether a terminal of this size is too small for the app."""
    return size.width < MINIMUM.width or size.height < MINIMUM.height


def message(size: Size) -> list[str]:
    """Return the lines of the message that fit, with the needed size first."""
    needed = f"{MINIMUM.width}×{MINIMUM.height}"
    lines = [
        f"dltui needs {needed}",
        f"this terminal has {size.width}×{size.height}",
        "make it larger, or q to quit",
    ]
    if size.width < len(lines[0]):
        lines[0] = f"needs {needed}" if size.width >= len(f"needs {needed}") else needed
    if any(len(line) > size.width for line in lines[1:]):
        lines[1:] = ["q: quit"]
    return [line[: size.width] for line in lines[: size.height]]


def _placed(lines: list[str], size: Size) -> str:
    """Return the output that shows the lines in the centre of the terminal."""
    top = (size.height - len(lines)) // 2
    return "".join(
        f"\x1b[{top + row + 1};{(size.width - len(line)) // 2 + 1}H{line}"
        for row, line in enumerate(lines)
    )


def _is_input(event: Event) -> bool:
    """Return whether this is a new event of the keyboard, the mouse or a paste."""
    return isinstance(event, InputEvent | Paste) and not event.is_forwarded
