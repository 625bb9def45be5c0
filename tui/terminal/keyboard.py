"""Reads what the terminal sends, keys and mouse, in a thread; survives any bytes."""

from __future__ import annotations

import os
import select
import threading
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator
from contextlib import suppress

from textual.events import Resize
from textual.message import Message
from textual.messages import InBandWindowResize

from tui.terminal.textual_private import XTermParser

PASTE_START, PASTE_END = "\x1b[200~", "\x1b[201~"
TICK = 0.1
"""Seconds after which a lone escape is a key and not the start of a sequence."""
PASTE_PATIENCE = 2.0
"""Seconds of silence after which a paste that was never ended is taken to have ended."""


class Decoder:
    """Makes Textual's messages of bytes: whatever they are, it goes on with those that follow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._decode = getincrementaldecoder("utf-8")(errors="replace").decode
        self._parser = XTermParser()
        self._tail = ""
        """The last characters, to notice where a paste begins and ends."""
        self._pasting = False
        self._clock = clock
        self._heard = clock()

    def feed(self, data: bytes) -> Iterator[Message]:
        """Yield what the bytes mean; what is incomplete waits for the rest.

        A byte that is not UTF-8, as of a terminal in Latin-1, becomes U+FFFD.
        """
        self._heard = self._clock()
        for character in self._decode(data):
            self._note_paste(character)
            # One at a time: what the parser cannot take must not cost the keys behind it.
            yield from self._parsed(character)

    def tick(self) -> Iterator[Message]:
        """Yield what is complete because nothing followed it: the escape key."""
        if self._pasting and self._clock() - self._heard > PASTE_PATIENCE:
            yield from self.feed(PASTE_END.encode())
        try:
            yield from self._parser.tick()
        except Exception:
            self._parser = XTermParser()

    def _parsed(self, character: str) -> Iterator[Message]:
        """Yield what the parser makes of the next character.

        It raises on sequences that are well formed and mean nothing, as a key with the number
        0x110000, and begins anew then.
        """
        try:
            messages = list(self._parser.feed(character))
        except Exception:
            self._parser = XTermParser()
            return
        # The size is what the kernel says, which tells of every change: a report of the terminal
        # may be garbage, and is never asked for.
        yield from (m for m in messages if not isinstance(m, Resize | InBandWindowResize))

    def _note_paste(self, character: str) -> None:
        self._tail = (self._tail + character)[-len(PASTE_START) :]
        if self._tail == PASTE_START:
            self._pasting = True
        elif self._tail == PASTE_END:
            self._pasting = False


class Keyboard:
    """Reads a terminal in a thread until it is closed or the terminal is gone."""

    def __init__(
        self,
        descriptor: int,
        send: Callable[[Message], object],
        hung_up: Callable[[], object],
    ) -> None:
        """Both are called in the thread: `send` with each message, `hung_up` at most once."""
        self._descriptor = descriptor
        self._send, self._hung_up = send, hung_up
        self._wake, self._woken_by = os.pipe()
        self._thread = threading.Thread(target=self._work, name="keyboard", daemon=False)

    def start(self) -> None:
        """Start to read."""
        self._thread.start()

    def close(self) -> None:
        """Stop to read, and wait for the thread, which ends at once."""
        os.close(self._woken_by)
        self._thread.join()
        os.close(self._wake)

    def _work(self) -> None:
        with suppress(RuntimeError):  # the app's loop has been closed under it
            self._read()

    def _read(self) -> None:
        decoder = Decoder()
        while True:
            ready, _, _ = select.select([self._descriptor, self._wake], [], [], TICK)
            if self._wake in ready:
                return
            if ready:
                try:
                    data = os.read(self._descriptor, 4096)
                except BlockingIOError:  # another program left the terminal non-blocking
                    continue
                except OSError:
                    data = b""
                if not data:
                    self._hung_up()
                    return
                for message in decoder.feed(data):
                    self._send(message)
            for message in decoder.tick():
                self._send(message)
