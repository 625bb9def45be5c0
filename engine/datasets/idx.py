"""Files of images and of labels as MNIST's makers wrote them (idx); knows no data set's use.

The format: two zero bytes, a byte for the type (8: unsigned bytes), a byte for the number of
dimensions, their sizes as big-endian 32-bit numbers, and then the values.

A file is whole when its checksum is the makers': packed it always has one. Unpacked it has one
where the catalog knows it. Where it does not, as of KMNIST, a file passes that has the right size,
the right header, no label beyond the classes and as many of each as the makers say, and that is
not a known file of another data set; strange images of the right shape are not found out there.
A packed file beside an unpacked one settles everything: it is used, and the other not looked at.
"""

from __future__ import annotations

import hashlib
import math
import struct
import zlib
from pathlib import Path

from engine.datasets import catalog
from engine.datasets.catalog import DataSet, File, at
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


def check(path: Path, file: File, data_set: DataSet) -> None:
    """Raise `Broken` where the file is not what it should be: exactly where `read` does."""
    _checked(path, file, data_set)


def read(path: Path, file: File, data_set: DataSet) -> bytearray:
    """The values of one file, packed or not: as many as the shape that it should have says.

    Raises:
        Broken: it cannot be read, or is not what it should be.
    """
    content = _checked(path, file, data_set)
    if _is_packed(path):
        content = zlib.decompress(content, GZIP)
    return bytearray(memoryview(content)[_header_size(file) :])


def _checked(path: Path, file: File, data_set: DataSet) -> bytes:
    """The bytes of the file as it lies there, read once and with nothing wrong about them."""
    content = _content(path, file)
    if _is_packed(path):
        _check_sum(path, content, file.md5, data_set)
    else:  # the checksum last: what the others find says more to whoever has to mend it
        _check_header(path, content, file)
        if len(file.shape) == 1:
            _check_labels(path, content[_header_size(file) :], data_set)
        _check_sum(path, content, file.unpacked_md5, data_set)
    return content


def _content(path: Path, file: File) -> bytes:
    """The bytes of a file of the right size."""
    expected = file.size if _is_packed(path) else _header_size(file) + math.prod(file.shape)
    try:
        size = path.stat().st_size
        # A file of another size is not read: it may be of any size.
        content = path.read_bytes() if size == expected else b""
    except OSError as error:
        raise Broken(path, "a file that can be read", error.strerror or str(error)) from None
    if size != expected:
        raise Broken(path, f"{expected:,} bytes", f"{size:,}")
    return content


def _check_sum(path: Path, content: bytes, expected: str, data_set: DataSet) -> None:
    """Raise `Broken` where the checksum is another, or, where none is known, somebody else's."""
    md5 = hashlib.md5(content).hexdigest()
    whose = _whose(md5)
    if expected and md5 != expected:
        raise Broken(path, f"the checksum {expected}", whose or md5)
    if whose and not expected:
        raise Broken(path, f"{path.name} of {data_set.title}", whose)


def _whose(md5: str) -> str:
    """Which known file has that checksum, in words; nothing where none has."""
    known = {
        known_md5: f"{name} of {data_set.title}"
        for data_set in catalog.DATA_SETS
        for file in data_set.files
        for known_md5, name in ((file.md5, file.packed), (file.unpacked_md5, file.name))
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


def _is_packed(path: Path) -> bool:
    return path.suffix == ".gz"


def _header_size(file: File) -> int:
    return 4 + 4 * len(file.shape)


def _number(magic: int) -> str:
    return f"0x{magic:08x}"


def _times(shape: tuple[int, ...] | list[int]) -> str:
    return " × ".join(f"{size:,}" for size in shape)
