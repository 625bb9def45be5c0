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
from engine.datasets.registry import DATA_SETS, DataFile, DataSet

REAL = {data_set.name: data_set for data_set in DATA_SETS}


def idx(values: np.ndarray, magic: int | None = None) -> bytes:
    """The values as a file of MNIST's, whose makers wrote 0x00000803 or 0x00000801 first."""
    if magic is None:
        magic = 2051 if values.ndim == 3 else 2049
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

    def data_set(self, name: str = "mnist", unpacked: bool = False) -> DataSet:
        """What the registry would say of it; `unpacked`: those checksums as well."""
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
        """Its four files in that folder."""
        place.mkdir(parents=True, exist_ok=True)
        for name, content in (self.packed if packed else self.plain).items():
            (place / name).write_bytes(content)
        return place


class Mirror:
    """A server: what it has, how it behaves, and what it was asked."""

    def __init__(self) -> None:
        self.address = ""
        self.files: dict[str, bytes] = {}
        self.ranges = True
        """Whether it can begin in the middle."""
        self.breaks: list[int] = []
        """After how many bytes of a body it hangs up, one number for each request."""
        self.pause_after: int | None = None
        """After how many bytes of a body it waits until `go_on` is set."""
        self.go_on, self.paused = threading.Event(), threading.Event()
        self.raw: bytes | None = None
        """What it answers instead of HTTP."""
        self.status: int | None = None
        self.asked: list[tuple[str, str | None]] = []
        """The file and the range of each request."""

    def only(self, *names: str) -> list[str | None]:
        """The ranges that were asked of these files."""
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
        with suppress(ConnectionError):  # who asked is gone
            request.wfile.write(body)


@contextmanager
def serving() -> Iterator[Mirror]:
    """A mirror as long as it is needed; also as a proxy, for any host."""
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
    """A mirror that has it, and the only one that is known in this process."""
    with serving() as mirror:
        mirror.files = dict(tiny.packed)
        monkeypatch.setattr(download, "mirrors_of", lambda _: [mirror.address])
        yield mirror
