"""A tiny MNIST, and a server on this machine that has it and behaves as a test wants."""

from __future__ import annotations

import gzip
import hashlib
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest

from engine.datasets import download
from engine.datasets.registry import DataFile, DataSet, find

IMAGES, LABELS = 2051, 2049
"""The magic numbers as MNIST's makers wrote them down: 0x00000803 and 0x00000801."""


def idx(values: np.ndarray, magic: int | None = None) -> bytes:
    """The values as a file of theirs."""
    if magic is None:
        magic = IMAGES if values.ndim == 3 else LABELS
    return struct.pack(f">{1 + values.ndim}I", magic, *values.shape) + values.tobytes()


class Tiny:
    """MNIST of 600 training and 100 test images of noise, which gzip cannot make smaller."""

    def __init__(self, seed: int = 0) -> None:
        draw = np.random.default_rng(seed)
        self.values = {
            name: draw.integers(0, 256 if "images" in name else 10, shape, np.uint8)
            for name, shape in (
                ("train-images-idx3-ubyte", (600, 28, 28)),
                ("train-labels-idx1-ubyte", (600,)),
                ("t10k-images-idx3-ubyte", (100, 28, 28)),
                ("t10k-labels-idx1-ubyte", (100,)),
            )
        }
        self.plain = {name: idx(values) for name, values in self.values.items()}
        self.packed = {f"{n}.gz": gzip.compress(p, mtime=0) for n, p in self.plain.items()}

    def data_set(self, name: str = "mnist") -> DataSet:
        """What the catalog would say of it."""
        files = (
            DataFile(n, len(p), hashlib.md5(p).hexdigest(), self.values[n].shape)
            for n, p in zip(self.plain, self.packed.values(), strict=True)
        )
        return replace(find(name), files=tuple(files))

    def put(self, place: Path, packed: bool = True) -> Path:
        """Its four files in that folder."""
        place.mkdir(parents=True, exist_ok=True)
        for name, content in (self.packed if packed else self.plain).items():
            (place / name).write_bytes(content)
        return place


class Mirror:
    """A server: what it has, how it behaves, and what it was asked."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.ranges = True
        """Whether it can begin in the middle."""
        self.breaks: list[int] = []
        """After how many bytes of a body it hangs up, one number a request."""
        self.pause_after: int | None = None
        """After how many bytes of a body it waits until `go_on` is set."""
        self.go_on = threading.Event()
        self.paused = threading.Event()
        """Set once it waits."""
        self.raw: bytes | None = None
        """What it answers instead of HTTP."""
        self.status: int | None = None
        self.asked: list[tuple[str, str | None]] = []
        """The file and the range of each request."""
        self.address = ""

    def only(self, *names: str) -> list[str | None]:
        """The ranges that were asked of these files."""
        return [start for name, start in self.asked if name in names]


@contextmanager
def serving() -> Iterator[Mirror]:
    """A mirror as long as it is needed; also as a proxy, for any host."""
    mirror = Mirror()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, mirror)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        mirror.address = f"http://127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield mirror
        finally:
            mirror.go_on.set()
            server.shutdown()
            thread.join()


@contextmanager
def serving_alone(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """A mirror that has it, and the only one that is known in this process."""
    with serving() as mirror:
        mirror.files = dict(tiny.packed)
        monkeypatch.setattr(download, "mirrors_of", lambda _: [mirror.address])
        yield mirror


def _answer(request: BaseHTTPRequestHandler, mirror: Mirror) -> None:
    name = urlsplit(request.path).path.rpartition("/")[2]
    start = request.headers["Range"]
    mirror.asked.append((name, start))
    if mirror.raw is not None:
        request.wfile.write(mirror.raw)
        return
    body = mirror.files.get(name)
    if body is None or mirror.status:
        request.send_error(mirror.status or 404)
        return
    begin = int(start.removeprefix("bytes=").removesuffix("-")) if start and mirror.ranges else 0
    request.send_response(206 if begin else 200)
    if begin:
        request.send_header("Content-Range", f"bytes {begin}-{len(body) - 1}/{len(body)}")
    request.send_header("Content-Length", str(len(body) - begin))
    request.end_headers()
    _send(request, body[begin:], mirror)


def _send(request: BaseHTTPRequestHandler, body: bytes, mirror: Mirror) -> None:
    if mirror.breaks:
        body = body[: mirror.breaks.pop(0)]
    if mirror.pause_after is not None and len(body) > mirror.pause_after:
        request.wfile.write(body[: mirror.pause_after])
        request.wfile.flush()
        body = body[mirror.pause_after :]
        mirror.paused.set()
        mirror.go_on.wait()
    with suppress(ConnectionError):  # who asked is gone
        request.wfile.write(body)
