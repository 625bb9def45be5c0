"""Files of images and of labels as MNIST's makers wrote them (idx); knows no data set's use.

The format: two zero bytes, a byte for the type (8: unsigned bytes), a byte for the number of
dimensions, their sizes as big-endian 32-bit numbers, and then the values.

A file is whole when its checksum is the makers': packed it always has one. Unpacked it has one
where the catalog knows it, and then it may also be packed again by somebody else. Where it does
not, as of KMNIST, an unpacked file passes that has the right size, the right header, no label
beyond the classes and as many of each as the makers say, and that is not a known file of another
data set; strange images of the right shape are not found out there. In a place that several data
sets share only a checksum counts.

Whether a file is packed is seen from its content: many have lost their `.gz`, or kept it.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import math
import struct
import zlib
from pathlib import Path

from engine.datasets import catalog
from engine.datasets.catalog import DataSet, File
from engine.datasets.unusable import Broken, Foreign
from engine.plain_file import Unsuitable, read_plain

UNSIGNED_BYTE = 8
PACKED = b"\x1f\x8b"
"""How gzip begins."""
OVERHEAD = 2**20
"""Bytes by which packing may make a file larger."""
KINDS = {
    b"<": "a web page",
    b"version https://git-lfs": "a Git LFS pointer",
    b"PK\x03\x04": "a zip archive",
}
"""What often lies there instead, by how it begins."""


def check(path: Path, file: File, data_set: DataSet, shared: bool = False) -> Path:
    """The path, or `Broken` where the file is not what it should be: exactly where `read` does."""
    _checked(path, file, data_set, shared)
    return path


def read(path: Path, file: File, data_set: DataSet, shared: bool = False) -> bytearray:
    """The values of one file, packed or not: as many as the shape that it should have says.

    Args:
        shared: whether the file lies where other data sets may lie as well.

    Raises:
        Broken: it cannot be read, or is not what it should be.
    """
    content = _checked(path, file, data_set, shared)
    if content.startswith(PACKED):
        content = gzip.decompress(content)
    return bytearray(memoryview(content)[_header_size(file) :])


def _checked(path: Path, file: File, data_set: DataSet, shared: bool) -> bytes:
    """The bytes of the file as it lies there, read once and with nothing wrong about them."""
    content = _content(path, file)
    if content.startswith(PACKED):
        _check_packed(path, content, file)
        return content
    expected = _expected_size(path, file)
    if len(content) == file.size == expected:
        _check_sum(path, content, file.md5, data_set, shared)
    if len(content) != _plain_size(file):
        kind = next((f", {kind}" for start, kind in KINDS.items() if content.startswith(start)), "")
        raise Broken(path, f"{expected:,} bytes", f"{len(content):,}{kind}")
    # The checksum last: what the others find says more to whoever has to fix it.
    _check_header(path, content, file)
    if len(file.shape) == 1:
        _check_labels(path, content[_header_size(file) :], data_set)
    _check_sum(path, content, file.unpacked_md5, data_set, shared)
    return content


def _content(path: Path, file: File) -> bytes:
    """The bytes of a file, packed or not; not of one that is far too large."""
    try:
        return read_plain(path, max(file.size, _plain_size(file)) + OVERHEAD)
    except Unsuitable as error:
        raise Broken(path, f"{_expected_size(path, file):,} bytes", error.found) from None
    except OSError as error:
        raise Broken(path, "a file that can be read", error.strerror or str(error)) from None


def _check_packed(path: Path, content: bytes, file: File) -> None:
    """Raise `Broken` unless it is the makers' packed file, or theirs packed by somebody else."""
    md5 = hashlib.md5(content).hexdigest()
    if md5 == file.md5:
        return
    whose = _whose(md5)
    if not whose:
        plain_md5 = hashlib.md5(_unpacked(content, _plain_size(file))).hexdigest()
        if plain_md5 == file.unpacked_md5:
            return
        whose = _whose(plain_md5)
    if whose:
        raise Foreign(path, f"the checksum {file.md5}", whose)
    if len(content) != file.size:
        raise Broken(path, f"{file.size:,} bytes", f"{len(content):,}")
    raise Broken(path, f"the checksum {file.md5}", md5)


def _unpacked(content: bytes, size: int) -> bytes:
    """What is packed, if it has so many bytes at most; nothing where it is damaged or larger."""
    try:
        with gzip.open(io.BytesIO(content)) as file:
            plain = file.read(size + 1)
    except (OSError, EOFError, zlib.error):
        return b""
    return plain if len(plain) <= size else b""


def _check_sum(path: Path, content: bytes, expected: str, data_set: DataSet, shared: bool) -> None:
    """Raise `Broken` where the checksum is another, or, where none is known, somebody else's."""
    md5 = hashlib.md5(content).hexdigest()
    whose = _whose(md5)
    if expected and md5 != expected:
        raise Foreign(path, f"the checksum {expected}", whose or md5)
    if not expected and (whose or shared):
        raise Foreign(path, f"{path.name} of {data_set.title}", whose or "a file of unknown origin")


def _whose(md5: str) -> str:
    """Which known file has that checksum, in words; nothing where none has."""
    known = {
        known_md5: f"{name} of {data_set.title}"
        for data_set in catalog.DATA_SETS
        for file in data_set.files
        for known_md5, name in ((file.md5, file.packed), (file.unpacked_md5, file.name))
        if known_md5
    }
    return known.get(md5, "")


def _check_header(path: Path, content: bytes, file: File) -> None:
    magic, *shape = struct.unpack_from(f">{1 + len(file.shape)}I", content)
    if magic != UNSIGNED_BYTE << 8 | len(file.shape):
        expected = f"{_number(UNSIGNED_BYTE << 8 | len(file.shape))} as its first four bytes"
        raise Broken(path, expected, _number(magic))
    if tuple(shape) != file.shape:
        raise Broken(path, _times(file.shape), _times(shape))


def _check_labels(path: Path, labels: bytes, data_set: DataSet) -> None:
    last, largest = len(data_set.classes) - 1, max(labels)
    if largest > last:
        raise Broken(path, f"labels from 0 to {last}", str(largest))
    if data_set.balanced:
        _check_balance(path, labels, data_set.classes)


def _check_balance(path: Path, labels: bytes, classes: tuple[str, ...]) -> None:
    each = len(labels) // len(classes)
    for label, name in enumerate(classes):
        count = labels.count(label)
        if count != each:
            raise Broken(path, f"{each:,} labels of each class", f"{count:,} of {label} ({name})")


def _expected_size(path: Path, file: File) -> int:
    """In bytes, as its name says it: packed or not."""
    return file.size if path.suffix == ".gz" else _plain_size(file)


def _plain_size(file: File) -> int:
    return _header_size(file) + math.prod(file.shape)


def _header_size(file: File) -> int:
    return 4 + 4 * len(file.shape)


def _number(magic: int) -> str:
    return f"0x{magic:08x}"


def _times(shape: tuple[int, ...] | list[int]) -> str:
    return " × ".join(f"{size:,}" for size in shape)
