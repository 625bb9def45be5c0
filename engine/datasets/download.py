"""Downloads a data set from its publishers' servers, verifies it and moves it into place.

The servers come from torchvision. The transfer resumes after a lost connection, can be cancelled
while no data arrives, and explains errors in words.
"""

from __future__ import annotations

import errno
import fcntl
import io
import os
import selectors
import shutil
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse, responses
from importlib import import_module
from pathlib import Path
from typing import TypeAlias
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from engine.datasets import verify
from engine.datasets.registry import Broken, DataFile, DataSet, find, install, megabytes
from engine.plain_file import set_aside

STAGE = ".fetching"
"""The folder, inside the data folder, of incomplete files."""
TRIES = 3
"""The number of requests to a server if the connection is lost in the middle of a file."""
SILENCE = 10.0
"""Seconds without data after which a server counts as unreachable."""
POLL = 0.1
"""Seconds between two checks of the stop flag while no data arrives."""
SPEED_SECONDS = 5.0
BLOCK = 64 * 1024
BUFFERED = io.DEFAULT_BUFFER_SIZE + 16 * 1024
"""The most bytes that are buffered and invisible at the socket: Python's buffer, a TLS record."""


class FetchFailed(Exception):
    """The data set could not be downloaded; the message says why. Existing files are unchanged."""


class FetchCancelled(Exception):
    """The download ended because `stop` returned True."""


class NoAnswer(Exception):
    """The file cannot be downloaded from that server; the message says why."""


class ConnectionLost(NoAnswer):
    """The connection was lost in the middle of a file: the next request resumes there."""


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """The amount of a data set that has been downloaded."""

    file: str
    """The name of the file being downloaded."""
    got: int
    """The bytes of the data set that are complete."""
    size: int
    """The bytes of the whole data set."""

    @property
    def so_far(self) -> str:
        """The progress as text: "3.0 of 11.6 MB"."""
        got = f"{self.got / 1e6:.1f}" if self.size >= 1e6 else f"{self.got / 1e3:.0f}"
        return f"{got} of {megabytes(self.size)}"


class DownloadSpeed:
    """The download speed over the last `SPEED_SECONDS`, in bytes per second."""

    def __init__(self) -> None:
        self._past: deque[tuple[float, int]] = deque()

    def after(self, progress: FetchProgress) -> float:
        """Return the speed after this progress; 0 before it is known."""
        now = time.monotonic()
        if self._past and progress.got < self._past[-1][1]:  # a server restarted the file
            self._past.clear()
        self._past.append((now, progress.got))
        while now - self._past[0][0] > SPEED_SECONDS and len(self._past) > 2:
            self._past.popleft()
        (began, before), (_, got) = self._past[0], self._past[-1]
        return (got - before) / (now - began) if now > began else 0.0


Tell: TypeAlias = Callable[[FetchProgress], object]
Stop: TypeAlias = Callable[[], bool]


def fetch(name: str, folder: Path, tell: Tell, stop: Stop) -> Path:
    """Download the missing files of the data set into the folder; return where they are.

    The files go into a temporary folder and are moved into place when all have arrived with the
    right checksums. If a connection is lost, the data so far is kept for the next time; after every
    other error it is deleted.

    `tell` is called for every block and, ten times a second, while none arrives; `stop` as often.

    Raises:
        FetchCancelled: `stop` returned True.
        FetchFailed: it could not be downloaded.
        ValueError: there is no data set of that name.
    """
    data_set = find(name)
    found = verify.status(data_set, folder)
    if found.place is not None:
        return found.place
    if data_set.embedded:
        command = install("scikit-learn")
        raise FetchFailed(f"{data_set.title} comes inside scikit-learn; install it with: {command}")
    place = folder / data_set.layouts[0]
    try:
        with staging(folder, name) as staged:
            _Fetch(data_set, place, staged, tell, stop).run()
            with folder_made(place):
                for file in sorted(staged.glob("*.gz")):
                    if os.path.isdir(place / file.name):  # noqa: PTH112  # as in Kaggle's archives
                        set_aside(place / file.name)
                    file.replace(place / file.name)
    except BrokenPipeError:
        raise  # raised by `tell`: the reader of the output has closed it, which is no disk error
    except OSError as error:
        raise FetchFailed(_disk_error(error, data_set, folder)) from None
    return place


def mirrors_of(data_set: DataSet) -> list[str]:
    """Return the servers in torchvision: addresses that end in a slash. Imports torch."""
    torchvision = import_module("torchvision.datasets")
    name = data_set.layouts[0].partition("/")[0]
    return list(getattr(torchvision, name).mirrors)


@dataclass(slots=True)
class _Fetch:
    """Downloads the files that are not complete in `place` into `staged`."""

    data_set: DataSet
    place: Path
    staged: Path
    tell: Tell
    stop: Stop
    _before: int = 0
    """The bytes of the files that are complete."""
    _progress: FetchProgress | None = None

    def run(self) -> None:
        """Download all files; raises `FetchCancelled`, `FetchFailed` or a disk's `OSError`."""
        mirrors = mirrors_of(self.data_set)
        for file in self.data_set.files:
            if not (self._is_whole(self.place, file) or self._is_whole(self.staged, file)):
                self._download_file(file, mirrors)
            self._report(file, file.size)
            self._before += file.size

    def _is_whole(self, place: Path, file: DataFile) -> bool:
        with suppress(Broken):
            return bool(verify.whole_file(place, file, self.data_set))
        return False

    def _report(self, file: DataFile, got: int) -> None:
        self._progress = FetchProgress(file.packed, self._before + got, self.data_set.size)
        self.tell(self._progress)

    def _is_cancelled(self) -> bool:
        """Report the progress again and return the stop flag; called at every block and while
        waiting."""
        if self._progress is not None:
            self.tell(self._progress)
        return self.stop()

    def _download_file(self, file: DataFile, mirrors: list[str]) -> None:
        """Download one file from the first server that has it."""
        reasons: dict[str | None, str] = {}
        for mirror in mirrors:
            host = urlsplit(mirror).hostname
            for _ in range(TRIES):
                try:
                    return self._try(f"{mirror}{file.packed}", file)
                except ConnectionLost as error:
                    reasons[host] = str(error)
                except NoAnswer as error:
                    reasons[host] = str(error)
                    break
                except Broken as error:
                    what = f"expected {error.expected}, found {error.found}"
                    reasons[host] = f"it sends another file: {what}"
                    break
        why = "; ".join(f"{host}: {reason}" for host, reason in reasons.items())
        raise FetchFailed(f"{self.data_set.title} could not be downloaded. {why}")

    def _try(self, url: str, file: DataFile) -> None:
        """Download one file from one address; one with a wrong checksum is deleted."""
        if self._is_cancelled():
            raise FetchCancelled
        path, part = (self.staged / f"{file.packed}{ending}" for ending in ("", ".part"))
        for obstacle in (path, part):
            _remove_irregular(obstacle)
        resumed = part.exists()
        download(url, part, file.size, lambda got: self._report(file, got), self._is_cancelled)
        part.replace(path)
        try:
            verify.whole_file(self.staged, file, self.data_set)
        except Broken:
            path.unlink()
            if not resumed:
                raise
            self._try(url, file)  # the existing part may have been the wrong one


@contextmanager
def folder_made(folder: Path) -> Iterator[None]:
    """Create the folder and its parents; new ones are removed again if they stay empty."""
    new = [each for each in (folder, *folder.parents) if not os.path.lexists(each)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    finally:
        _remove_empty(*new)


def _remove_empty(*folders: Path) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


@contextmanager
def staging(folder: Path, name: str) -> Iterator[Path]:
    """Lock a folder of that name for incomplete files; it is removed with its contents at the end.

    After `FetchFailed` the contents are kept for the next time.

    Raises:
        BlockingIOError: another program uses it.
        OSError: it cannot be created.
    """
    place = folder / STAGE / name
    for obstacle in (place.parent, place):
        if os.path.lexists(obstacle) and not obstacle.is_dir():
            obstacle.unlink()  # for example a file, with which mkdir would always fail
    with folder_made(place):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            _lock(descriptor)
            keep = False
            try:
                yield place
            except FetchFailed:
                keep = True
                raise
            finally:  # after Ctrl-C too
                if not keep:
                    shutil.rmtree(place, ignore_errors=True)
                _remove_empty(place, place.parent)
        finally:
            os.close(descriptor)  # releases the lock


def _lock(descriptor: int) -> None:
    """Lock the folder: two programs that write into one file would damage it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if isinstance(error, BlockingIOError):
            raise  # otherwise it is a network file system without locks


def _remove_irregular(path: Path) -> None:
    """Remove anything but a regular file: writing would block, or follow a link elsewhere."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif os.path.lexists(path) and (path.is_symlink() or not path.is_file()):
        path.unlink()


def _disk_error(error: OSError, data_set: DataSet, folder: Path) -> str:
    match error.errno:
        case errno.EAGAIN:
            return f"{data_set.title} is being fetched by another dltui"
        case errno.ENOSPC | errno.EDQUOT:
            return f"the disk is full: {data_set.title} needs {data_set.size:,} bytes in {folder}"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return f"{folder} cannot be written: name another folder with --data-dir"
        case _:
            return f"{error.filename or folder}: {error.strerror or error}"


def download(url: str, part: Path, size: int, tell: Callable[[int], object], stop: Stop) -> None:
    """Download the missing bytes of a file of `size` bytes; `tell` gets the bytes so far.

    A server that cannot resume sends the file from its start. `stop` is called ten times a second,
    but not while the connection is made, nor for the last `BUFFERED` bytes: in these cases a silent
    server can take `SILENCE` seconds before the flag is checked.

    Raises:
        FetchCancelled: `stop` returned True.
        NoAnswer: the file is not available there, or the connection was lost; the data is kept.
        OSError: the disk.
    """
    got = part.stat().st_size if part.exists() else 0
    with _request(url, got if got < size else 0, stop) as response:
        if response.status != HTTPStatus.PARTIAL_CONTENT:
            got = 0
        if response.length is not None and response.length != size - got:
            # For example the login page of a network.
            found = f"{response.length:,} bytes of {response.headers.get_content_type()}"
            expected = f"expected {size - got:,} bytes, found {found}"
            raise NoAnswer(f"it sends something else: {expected}")
        block = _next_block(response, size - got, stop)  # before the file is opened
        with part.open("ab" if got else "wb") as file:
            while block:
                file.write(block)
                got += len(block)
                tell(got)
                block = _next_block(response, size - got, stop)
    if got < size:
        raise ConnectionLost(f"the connection was lost after {got:,} of {size:,} bytes")


def _request(url: str, start: int, stop: Stop) -> HTTPResponse:
    headers = {"User-Agent": "dltui"} | ({"Range": f"bytes={start}-"} if start else {})
    try:
        response: HTTPResponse = urlopen(Request(url, headers=headers), timeout=SILENCE)
    except (OSError, HTTPException, ValueError) as error:
        if stop():
            raise FetchCancelled from None
        if start and isinstance(error, HTTPError):  # it may refuse ranges
            return _request(url, 0, stop)
        raise NoAnswer(_reason(error)) from None
    return response


def _next_block(response: HTTPResponse, left: int, stop: Stop) -> bytes:
    """Return the next bytes as soon as there are any; empty at the end of the connection."""
    if not left:
        return b""
    try:
        _wait(response, left, stop)
        return response.read1(min(left, BLOCK))
    except (OSError, HTTPException) as error:
        if stop():
            raise FetchCancelled from None
        raise ConnectionLost(_reason(error)) from None


def _wait(response: HTTPResponse, left: int, stop: Stop) -> None:
    """Wait until there is something to read, and check the stop flag meanwhile.

    Buffered bytes are not visible at the socket, so the last bytes of a file are not waited for.
    """
    if stop():
        raise FetchCancelled
    if left <= BUFFERED:
        return
    with selectors.DefaultSelector() as selector:  # select(2) fails beyond 1,024 open files
        selector.register(response, selectors.EVENT_READ)
        for _ in range(round(SILENCE / POLL)):
            if selector.select(POLL):
                return
            if stop():
                raise FetchCancelled
    raise TimeoutError


def _reason(error: Exception) -> str:
    """Return why there is no answer; only printable characters of a server's own text."""
    match error:
        case HTTPError():
            return f"it answers {error.code} {responses.get(error.code, '')}".rstrip()
        case URLError(reason=Exception() as reason):
            return _reason(reason)
        case socket.gaierror():
            return "its address cannot be found (no network connection?)"
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
