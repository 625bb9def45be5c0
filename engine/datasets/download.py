"""One file over HTTP, going on from what is there; knows no data set and no checksum."""

from __future__ import annotations

import io
import selectors
import socket
import ssl
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse, responses
from pathlib import Path
from typing import TypeAlias
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

Stop: TypeAlias = Callable[[], bool]

SILENCE = 10.0
"""Seconds without a byte after which a server counts as gone."""
GLANCE = 0.1
"""Seconds between two looks at the flag while nothing comes."""
BLOCK = 64 * 1024
BUFFERED = io.DEFAULT_BUFFER_SIZE + 16 * 1024
"""As much may have come already: into Python's buffer, or as a record of TLS."""


class Cancelled(Exception):
    """Somebody wanted the end."""


class NoAnswer(Exception):
    """The file does not come from there; the message says why, in words."""


class LineBroke(NoAnswer):
    """No more of it comes now: asking again goes on from there."""


def download(url: str, part: Path, size: int, tell: Callable[[int], object], stop: Stop) -> None:
    """Bring what `part` lacks of a file of `size` bytes; `tell` hears how many are there.

    A server that cannot go on in the middle sends the file from its start. `stop` is asked ten
    times a second, but not while the server is asked, nor for the last `BUFFERED` bytes: there
    a silent one can take `SILENCE` before the flag is looked at.

    Raises:
        Cancelled: the flag was up.
        NoAnswer: it does not come from there, or not on; what came stays.
        OSError: the disk.
    """
    got = part.stat().st_size if part.exists() else 0
    with _ask(url, got if got < size else 0, stop) as response:
        if response.status != HTTPStatus.PARTIAL_CONTENT:
            got = 0
        _check_length(response, size - got)
        block = _next(response, size - got, stop)  # where nothing comes, no file is touched
        with part.open("ab" if got else "wb") as file:
            while block:
                file.write(block)
                got += len(block)
                tell(got)
                block = _next(response, size - got, stop)
    if got < size:
        raise LineBroke(f"the line broke after {got:,} of {size:,} bytes")


def _ask(url: str, start: int, stop: Stop) -> HTTPResponse:
    headers = {"User-Agent": "dltui"} | ({"Range": f"bytes={start}-"} if start else {})
    try:
        response: HTTPResponse = urlopen(Request(url, headers=headers), timeout=SILENCE)
    except (OSError, HTTPException, ValueError) as error:
        if stop():
            raise Cancelled from None
        if start and isinstance(error, HTTPError):  # it may have something against the middle
            return _ask(url, 0, stop)
        raise NoAnswer(_words(error)) from None
    return response


def _check_length(response: HTTPResponse, expected: int) -> None:
    """Refuse a page of words, such as a network sends that wants a login, before it is kept."""
    if response.length is not None and response.length != expected:
        found = f"{response.length:,} bytes of {response.headers.get_content_type()}"
        raise NoAnswer(f"it sends something else: expected {expected:,} bytes, found {found}")


def _next(response: HTTPResponse, left: int, stop: Stop) -> bytes:
    """What comes next, as soon as something does; nothing at the end, and where the line ends."""
    if not left:
        return b""
    try:
        _wait(response, left, stop)
        return response.read1(min(left, BLOCK))
    except (OSError, HTTPException) as error:
        if stop():
            raise Cancelled from None
        raise LineBroke(_words(error)) from None


def _wait(response: HTTPResponse, left: int, stop: Stop) -> None:
    """Wait until there is something to read, with an eye on the flag.

    What lies in a buffer does not show at the socket: the last of a file is not waited for.
    """
    if stop():
        raise Cancelled
    if left <= BUFFERED:
        return
    with selectors.DefaultSelector() as selector:
        selector.register(response, selectors.EVENT_READ)
        for _ in range(round(SILENCE / GLANCE)):
            if selector.select(GLANCE):
                return
            if stop():
                raise Cancelled
    raise TimeoutError


def _words(error: Exception) -> str:
    """Why there is no answer; what a server wrote is not repeated, or only what can be shown."""
    match error:
        case HTTPError():
            return f"it answers {error.code} {responses.get(error.code, '')}".rstrip()
        case URLError(reason=Exception() as reason):
            return _words(reason)
        case socket.gaierror():
            return "its name is not known here: is there a network?"
        case TimeoutError():
            return f"nothing came for {SILENCE:g} s"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted: {error.verify_message}"
        case OSError(strerror=str() as reason):
            return reason.lower()
        case HTTPException():
            return f"its answer is not HTTP ({type(error).__name__})"
        case _:
            return "".join(letter if letter.isprintable() else "?" for letter in str(error))
