"""A Textual driver for terminals that always restores the terminal when the app ends or stops."""

from __future__ import annotations

import asyncio
import codecs
import os
import select
import shutil
import signal
import sys
import termios
import tty
from contextlib import suppress
from typing import Any

from rich.cells import cell_len
from rich.console import RenderableType
from textual import constants
from textual.app import App
from textual.driver import Driver as TextualDriver
from textual.events import Resize
from textual.geometry import Size

from tui.terminal.keyboard import Keyboard
from tui.terminal.terse import terse
from tui.terminal.textual_private import CAN_PARSE, LateErrors
from tui.terminal.writer import Writer, make_room

MOUSE = ("1000", "1003", "1015", "1006")
"""Mouse reports: clicks, every motion, and columns beyond 223 (urxvt and SGR encodings)."""
KITTY_PUSH, KITTY_POP = "\x1b[>25u", "\x1b[<u"
"""Kitty's keyboard protocol: unambiguous keys, all as escape codes, with their text (1+8+16)."""
SYNC_QUERY = "\x1b[?2026$p"
POINTER_SHAPE = "\x1b]22;"


def _switch(letter: str, *modes: str) -> str:
    return "".join(f"\x1b[?{mode}{letter}" for mode in modes)


ENTER = _switch("h", "1049") + _switch("l", "25", "7") + _switch("h", "1004", "2004", *MOUSE)
"""Alternate screen, no cursor, no line wrap; focus, pastes and mouse are reported."""
LEAVE = (
    _switch("l", "2026", *MOUSE, "2004", "1004") + _switch("h", "7"),
    _switch("l", "1049") + _switch("h", "25"),
)
"""The reverse of `ENTER`, before and after popping kitty's protocol on the alternate screen."""


def question_marks(error: UnicodeError) -> tuple[str, int]:
    """Replace characters that an encoding lacks by one `?` per cell (a codec error handler)."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "?" * cell_len(error.object[error.start : error.end]), error.end


codecs.register_error("cells", question_marks)


class Driver(TextualDriver):
    """A driver for Linux and macOS that tolerates slow and broken connections.

    Unlike Textual's own driver it restores every mode however the app ends, only records signals in
    signal handlers, and survives invalid input and a terminal that accepts no output.
    """

    sent = 0
    """Bytes written so far."""

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        assert sys.__stdin__ is not None
        assert sys.__stderr__ is not None
        self._input = sys.__stdin__.fileno()
        self._output = sys.__stderr__.fileno()
        self._encoding = sys.__stderr__.encoding
        super().__init__(app, debug=debug, mouse=mouse, size=size or self._terminal_size())
        self.app, self.loop = app, asyncio.get_running_loop()
        self._writer: Writer | None = None
        """Writes to the terminal; None while the app does not use it."""
        self._keyboard: Keyboard | None = None
        self._attributes: list[Any] | None = None
        """The original terminal attributes (termios)."""
        self._pointer_changed = False
        self._pushed = False
        """Whether kitty's protocol has to be popped."""
        self._resumes = False
        """Whether the app takes the terminal again on SIGCONT."""
        self._continued = False
        """Whether a SIGCONT has arrived that the event loop has not handled yet."""
        self._overtaken = False
        """Whether a SIGTSTP handled now arrived before the last SIGCONT."""
        self.loop.add_signal_handler(signal.SIGTSTP, self._suspend)
        self.loop.add_signal_handler(signal.SIGCONT, self._resume)
        # The loop gets signals through its wakeup descriptor, so its own handler can be replaced.
        signal.signal(signal.SIGCONT, self._note_continued)
        signal.siginterrupt(signal.SIGCONT, False)  # as the loop does

    @property
    def can_suspend(self) -> bool:
        return True

    def write(self, data: str) -> None:
        """Write to the terminal, or do nothing while the app does not use it."""
        if self._writer is None:
            return
        if data.startswith(POINTER_SHAPE):
            self._pointer_changed = True
        encoded = terse(data).encode(self._encoding, "cells")
        self.sent += len(encoded)
        self._writer.write(encoded)

    def has_room(self) -> bool:
        """Return whether the terminal accepts output now, without waiting for a slow connection."""
        return bool(select.select([], [self._output], [], 0)[1])

    def start_application_mode(self) -> None:
        """Set up the terminal; a background process stops until it is in the foreground."""
        if self._writer is not None:
            return
        if not self._in_foreground():
            self._resumes = True
            self._stop()
            return
        self._writer = Writer(self._output, self._caught_up)
        self._writer.start()
        self.loop.add_signal_handler(signal.SIGWINCH, self._send_size)
        self._send_size()
        with suppress(termios.error):
            self._attributes = termios.tcgetattr(self._input)
        self._make_raw()
        self.write(ENTER)
        if not constants.DISABLE_KITTY_KEY:
            self._pushed = True
            self.write(KITTY_PUSH)
        if os.environ.get("TERM_PROGRAM") != "Apple_Terminal":  # that prints a "p"
            self.write(SYNC_QUERY)
        self._keyboard = Keyboard(self._input, self.process_message, self._hung_up)
        self._keyboard.start()

    def disable_input(self) -> None:
        """Stop reading the keyboard and the size."""
        if self._keyboard is not None:
            self._keyboard.close()
            self._keyboard = None
            self.loop.remove_signal_handler(signal.SIGWINCH)

    def stop_application_mode(self) -> None:
        """Reset every mode and leave the alternate screen; a second call does nothing."""
        if self._writer is None:
            return
        writer, self._writer = self._writer, None
        self.disable_input()
        writer.finish(self._leave())

    def close(self) -> None:
        """Reset the modes if they are still set, and restore the terminal attributes.

        When the app ends, this runs later than `stop_application_mode`, so that mouse reports in
        between are neither echoed nor passed to the shell.
        """
        self.stop_application_mode()
        if self._attributes is not None:
            with suppress(termios.error):  # the terminal is gone
                termios.tcflush(self._input, termios.TCIFLUSH)
                termios.tcsetattr(self._input, termios.TCSANOW, self._attributes)
            self._attributes = None

    def abandon(self) -> None:
        """Restore the terminal without waiting, because the process is about to exit."""
        if self._writer is not None:
            make_room(self._output)
            if self.has_room():
                with suppress(OSError):
                    os.write(self._output, self._leave())
            self._writer = None
        self.close()

    def _leave(self) -> bytes:
        """Return the bytes that reset every mode that was set."""
        before, after = LEAVE
        pop = KITTY_POP if self._pushed else ""
        pointer = f"{POINTER_SHAPE}default\x07" if self._pointer_changed else ""
        self._pushed = self._pointer_changed = False
        return f"{before}{pop}{pointer}{after}".encode()

    def _make_raw(self) -> None:
        """Set raw mode: unbuffered, unchanged keys without echo, also for ctrl+c and ctrl+s."""
        with suppress(termios.error):
            wanted = termios.tcgetattr(self._input)
            wanted[tty.IFLAG] &= ~(
                termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR
            )
            wanted[tty.LFLAG] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
            wanted[tty.CC][termios.VMIN] = 1
            termios.tcsetattr(self._input, termios.TCSANOW, wanted)

    def _terminal_size(self) -> tuple[int, int]:
        """Return columns and rows of the terminal; COLUMNS and LINES never override them."""
        with suppress(OSError):
            size = os.get_terminal_size(self._output)
            if size.columns > 0 and size.lines > 0:
                return size.columns, size.lines
        columns, lines = shutil.get_terminal_size()  # a serial line reports no size
        return columns, lines

    def _send_size(self) -> None:
        size = Size(*self._terminal_size())
        self.send_message(Resize(size, size))

    def _caught_up(self) -> None:
        """Redraw the screen after output was dropped; called in the writer's thread."""
        with suppress(RuntimeError):  # the loop is closed
            self.loop.call_soon_threadsafe(self._draw_anew)

    def _draw_anew(self) -> None:
        if self._writer is not None:
            self.app.refresh(layout=True)

    def _hung_up(self) -> None:
        """Exit as if on SIGHUP because the terminal is closed; called in the keyboard's thread.

        The kernel sends SIGHUP only for a controlling terminal; in a container there may be none.
        """
        self.loop.call_soon_threadsafe(lambda: self.app.exit(return_code=128 + signal.SIGHUP))

    # The event loop handles SIGTSTP and SIGCONT in the order of arrival. Plain signal handlers
    # would run in the order of their numbers, and could deadlock by interrupting a write.

    def _suspend(self) -> None:
        """Restore the terminal, then stop the process."""
        if self._overtaken:
            return
        if self._writer is not None:
            self._resumes = True
            self.suspend_application_mode()
        self._stop()

    def _stop(self) -> None:
        """Stop the process, unless SIGCONT arrived meanwhile: nothing would continue it again."""
        # After a call Python may run other threads. One between the check and the stop would leave
        # milliseconds in which SIGCONT goes unnoticed.
        process, stop = os.getpid(), signal.SIGSTOP
        if not self._continued:
            os.kill(process, stop)

    def _note_continued(self, *_: object) -> None:
        self._continued = True

    def _resume(self) -> None:
        """Set up the terminal again after a stop."""
        self._continued = False
        if self._resumes and self._in_foreground():
            self._resumes = False
            self.resume_application_mode()
            self.send_message(self.SignalResume())
        elif self._resumes:
            self._stop()
        elif self._writer is not None:  # after SIGSTOP: the shell has used the terminal
            # Or SIGTSTP is handled only later: the kernel runs the handler of a later signal before
            # a pending earlier one. Stopping then would be for good.
            self._overtaken = True
            self.loop.call_soon(self._stop_when_asked)
            self._make_raw()
            self.write(ENTER)
            self._send_size()
        self._draw_anew()

    def _stop_when_asked(self) -> None:
        """Obey SIGTSTP again: signals older than the last SIGCONT have been handled."""
        self._overtaken = False

    def _in_foreground(self) -> bool:
        """Return whether this process is in the foreground; True without job control."""
        try:
            return os.tcgetpgrp(self._input) == os.getpgrp()
        except OSError:
            return True


class TerminalApp(LateErrors):
    """An app that can be ended at any time and restores the terminal."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.terminal: TextualDriver | None = None
        """The driver; None before the app uses the terminal, and in tests without one."""
        self._kind_of_driver = self.driver_class
        self.driver_class = self._make_driver  # type: ignore[assignment]  # only ever called

    def get_driver_class(self) -> type[TextualDriver]:
        """Return our driver, unless TEXTUAL_DRIVER is set or Textual lacks the names it needs."""
        return super().get_driver_class() if constants.DRIVER or not CAN_PARSE else Driver

    def _make_driver(self, *arguments: Any, **options: Any) -> TextualDriver:
        self._events = asyncio.get_running_loop()
        self.terminal = self._kind_of_driver(*arguments, **options)
        return self.terminal

    def exit(
        self, result: None = None, return_code: int = 0, message: RenderableType | None = None
    ) -> None:
        """Exit the app; after several calls the first one determines the exit code."""
        if not self.leaving:
            self.leaving = True
            super().exit(result, return_code, message)

    def end(self, code: int) -> None:
        """Exit soon with this code; may be called in a signal handler.

        Raises:
            RuntimeError: the app's event loop is closed.
        """
        if self.terminal is not None:
            self._events.call_soon_threadsafe(lambda: self.exit(return_code=code))

    def restore_terminal(self) -> None:
        """Restore the terminal if an error prevented Textual from doing so."""
        if isinstance(self.terminal, Driver):
            self.terminal.close()

    def abandon_terminal(self) -> None:
        """Restore the terminal without waiting, because the process is about to exit."""
        if isinstance(self.terminal, Driver):
            self.terminal.abandon()
