"""Reads keys, pastes and mouse reports from the terminal in a thread; accepts any bytes."""

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
"""Seconds after which a single escape is a key, not the start of a sequence."""
PASTE_PATIENCE = 2.0
"""Seconds without input after which an unterminated paste ends."""


class Decoder:
    """Decodes bytes into Textual's messages, and recovers from invalid input."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._decode = getincrementaldecoder("utf-8")(errors="replace").decode
        self._parser = XTermParser()
        self._tail = ""
        """The last characters, to detect the start and end of a paste."""
        self._pasting = False
        self._clock = clock
        self._heard = clock()

    def feed(self, data: bytes) -> Iterator[Message]:
        """Yield the messages of these bytes; an incomplete sequence waits for the rest.

        Bytes that are not UTF-8, for example Latin-1, become U+FFFD.
        """
        self._heard = self._clock()
        for character in self._decode(data):
            self._note_paste(character)
            # One at a time, so that an error of the parser does not lose the following keys.
            yield from self._parsed(character)

    def tick(self) -> Iterator[Message]:
        """Yield messages that are complete because no input followed, such as the escape key."""
        if self._pasting and self._clock() - self._heard > PASTE_PATIENCE:
            yield from self.feed(PASTE_END.encode())
        try:
            yield from self._parser.tick()
        except Exception:
            self._parser = XTermParser()

    def _parsed(self, character: str) -> Iterator[Message]:
        """Yield the parser's messages for the next character.

        The parser raises on some well-formed sequences, for example a key with the number 0x110000,
        and is then replaced.
        """
        try:
            messages = list(self._parser.feed(character))
        except Exception:
            self._parser = XTermParser()
            return
        # The size comes from the kernel with every change; a size reported by the terminal was not
        # requested and may be garbage.
        yield from (m for m in messages if not isinstance(m, Resize | InBandWindowResize))

    def _note_paste(self, character: str) -> None:
        self._tail = (self._tail + character)[-len(PASTE_START) :]
        if self._tail == PASTE_START:
            self._pasting = True
        elif self._tail == PASTE_END:
            self._pasting = False


class Keyboard:
    """Reads a terminal in a thread until `close` is called or the terminal is gone."""

    def __init__(
        self,
        descriptor: int,
        send: Callable[[Message], object],
        hung_up: Callable[[], object],
    ) -> None:
        """The thread calls `send` with each message, and `hung_up` once if the terminal is gone."""
        self._descriptor = descriptor
        self._send, self._hung_up = send, hung_up
        self._wake, self._woken_by = os.pipe()
        self._thread = threading.Thread(target=self._work, name="keyboard", daemon=False)

    def start(self) -> None:
        """Start reading."""
        self._thread.start()

    def close(self) -> None:
        """Stop reading, and wait for the thread, which ends at once."""
        os.close(self._woken_by)
        self._thread.join()
        os.close(self._wake)

    def _work(self) -> None:
        with suppress(RuntimeError):  # the app's event loop is closed
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
                except BlockingIOError:  # another program made the terminal non-blocking
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
