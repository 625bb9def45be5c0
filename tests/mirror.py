"""A tiny MNIST, and a local server for it with adjustable behaviour."""

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
from engine.datasets.registry import DATA_SETS, DataFile, DataSet

REAL = {data_set.name: data_set for data_set in DATA_SETS}


def idx(values: np.ndarray, magic: int | None = None) -> bytes:
    """Encode the values in MNIST's file format (magic number 0x00000803 or 0x00000801)."""
    if magic is None:
        magic = 2051 if values.ndim == 3 else 2049
    return struct.pack(f">{1 + values.ndim}I", magic, *values.shape) + values.tobytes()


class Tiny:
    """MNIST with 600 training and 100 test images of noise, which gzip cannot compress."""

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

    def data_set(self, name: str = "mnist", unpacked: bool = False) -> DataSet:
        """Return its registry entry; `unpacked` adds the checksums of unpacked files."""
        files = tuple(
            DataFile(
                name=n,
                size=len(p),
                md5=hashlib.md5(p).hexdigest(),
                shape=self.values[n].shape,
                unpacked_md5=hashlib.md5(self.plain[n]).hexdigest() if unpacked else "",
            )
            for n, p in zip(self.plain, self.packed.values(), strict=True)
        )
        return replace(REAL[name], files=files)

    def put(self, place: Path, packed: bool = True) -> Path:
        place.mkdir(parents=True, exist_ok=True)
        for name, content in (self.packed if packed else self.plain).items():
            (place / name).write_bytes(content)
        return place


class Mirror:
    """A server with its files, its behaviour and its log of requests."""

    def __init__(self) -> None:
        self.address = ""
        self.files: dict[str, bytes] = {}
        self.ranges = True
        """Whether it supports range requests."""
        self.breaks: list[int] = []
        """The number of body bytes after which it disconnects, per request."""
        self.pause_after: int | None = None
        """The number of body bytes after which it waits for `go_on`."""
        self.go_on, self.paused = threading.Event(), threading.Event()
        self.raw: bytes | None = None
        """Bytes to send instead of an HTTP response."""
        self.status: int | None = None
        self.asked: list[tuple[str, str | None]] = []
        """The file and the range of each request."""

    def only(self, *names: str) -> list[str | None]:
        """Return the requested ranges of these files."""
        return [start for name, start in self.asked if name in names]

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        name = urlsplit(request.path).path.rpartition("/")[2]
        start = request.headers["Range"]
        self.asked.append((name, start))
        if self.raw is not None:
            request.wfile.write(self.raw)
            return
        body = self.files.get(name)
        if body is None or self.status:
            request.send_error(self.status or 404)
            return
        begin = int(start.removeprefix("bytes=").removesuffix("-")) if start and self.ranges else 0
        request.send_response(206 if begin else 200)
        if begin:
            request.send_header("Content-Range", f"bytes {begin}-{len(body) - 1}/{len(body)}")
        request.send_header("Content-Length", str(len(body) - begin))
        request.end_headers()
        body = body[begin:]
        if self.breaks:
            body = body[: self.breaks.pop(0)]
        if self.pause_after is not None and len(body) > self.pause_after:
            request.wfile.write(body[: self.pause_after])
            request.wfile.flush()
            body = body[self.pause_after :]
            self.paused.set()
            self.go_on.wait()
        with suppress(ConnectionError):  # the client disconnected
            request.wfile.write(body)


@contextmanager
def serving() -> Iterator[Mirror]:
    """Run a mirror, which also works as a proxy for any host."""
    mirror = Mirror()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            mirror.answer(self)

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
    """Run a mirror for the tiny MNIST, as the only known one in this process."""
    with serving() as mirror:
        mirror.files = dict(tiny.packed)
        monkeypatch.setattr(download, "mirrors_of", lambda _: [mirror.address])
        yield mirror
