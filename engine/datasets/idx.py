"""Files of images and of labels as MNIST's makers wrote them (idx); knows no data set's use.

The format: two zero bytes, a byte for the type (8: unsigned bytes), a byte for the number of
dimensions, their sizes as big-endian 32-bit numbers, and then the values.
"""

from __future__ import annotations

import hashlib
import math
import struct
import zlib
from pathlib import Path

from engine.datasets import catalog
from engine.datasets.catalog import File, at
from engine.datasets.unusable import Broken

UNSIGNED_BYTE = 8
GZIP = 31
"""What zlib calls a gzip header and its checksum."""


def path_of(place: Path, file: File) -> Path:
    """Where in that place the file lies, packed or not; raises `Broken` where it does not."""
    path = at(place, file)
    if path is None:
        raise Broken(place / file.packed, f"{file.size:,} bytes", "no such file")
    return path


def check(path: Path, file: File) -> None:
    """Raise `Broken` where the file is not what it should be; its values are not looked at."""
    content = _content(path, file)
    if not _is_packed(path):  # what is packed has a checksum, which says all
        _check_header(path, content, file)


def read(path: Path, file: File) -> bytearray:
    """The values of one file, packed or not: as many as the shape that it should have says.

    Raises:
        Broken: it cannot be read, or is not what it should be.
    """
    content = _content(path, file)
    if _is_packed(path):
        content = zlib.decompress(content, GZIP)
    _check_header(path, content, file)
    return bytearray(memoryview(content)[_header_size(file) :])


def _content(path: Path, file: File) -> bytes:
    """The bytes of a file of the right size and, packed, of the right checksum."""
    expected = file.size if _is_packed(path) else _header_size(file) + math.prod(file.shape)
    try:
        size = path.stat().st_size
        # A file of another size is not read: it may be of any size.
        content = path.read_bytes() if size == expected else b""
    except OSError as error:
        raise Broken(path, "a file that can be read", error.strerror or str(error)) from None
    if size != expected:
        raise Broken(path, f"{expected:,} bytes", f"{size:,}")
    if _is_packed(path):
        _check_sum(path, hashlib.md5(content).hexdigest(), file)
    return content


def _check_sum(path: Path, md5: str, file: File) -> None:
    """Raise `Broken` where a packed file has not the checksum that it should have."""
    if md5 != file.md5:
        raise Broken(path, f"the checksum {file.md5}", _whose(md5) or md5)


def _whose(md5: str) -> str:
    """Which known file has that checksum, in words; nothing where none has."""
    known = {
        file.md5: f"{file.packed} of {data_set.title}"
        for data_set in catalog.DATA_SETS
        for file in data_set.files
    }
    return known.get(md5, "")


def _check_header(path: Path, content: bytes, file: File) -> None:
    magic, *shape = struct.unpack_from(f">{1 + len(file.shape)}I", content)
    if magic != UNSIGNED_BYTE << 8 | len(file.shape):
        expected = f"{_number(UNSIGNED_BYTE << 8 | len(file.shape))} as its first four bytes"
        raise Broken(path, expected, _number(magic))
    if tuple(shape) != file.shape:
        raise Broken(path, _times(file.shape), _times(shape))


def _is_packed(path: Path) -> bool:
    return path.suffix == ".gz"


def _header_size(file: File) -> int:
    return 4 + 4 * len(file.shape)


def _number(magic: int) -> str:
    return f"0x{magic:08x}"


def _times(shape: tuple[int, ...] | list[int]) -> str:
    return " × ".join(f"{size:,}" for size in shape)
