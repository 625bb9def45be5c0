"""Finds the files of a data set and checks that they are complete and unchanged.

MNIST's format (idx): two zero bytes, a byte for the type (8: unsigned bytes), a byte for the number
of dimensions, their sizes as big-endian 32-bit numbers, then the values.

A file is whole if its checksum is that of the publishers. The checksum of the compressed file is
always known; that of the decompressed file is known except for KMNIST, in which case the file may
also have been compressed again. A decompressed file of KMNIST passes with the right size, the right
header, no label beyond the classes and as many of each as the publishers state, unless it is a
known file of another data set; other images of the right shape are not recognised. In a folder that
several data sets share only a checksum counts.

The content decides whether a file is compressed: many have lost their `.gz`, or kept it.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import math
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.datasets import registry
from engine.datasets.registry import Broken, DataFile, DataSet, Foreign
from engine.plain_file import Unsuitable, read_plain

UNSIGNED_BYTE = 8
GZIP = b"\x1f\x8b"
OVERHEAD = 2**20
"""The most bytes that compression may add to a file."""
OTHER_KINDS = {
    b"<": "a web page",
    b"version https://git-lfs": "a Git LFS pointer",
    b"PK\x03\x04": "a zip archive",
}
"""Other files that are often found instead, by their first bytes."""
DEFAULT_OWNER = "mnist"
"""The data set for which damaged files in a shared folder are reported."""


@dataclass(frozen=True, slots=True)
class DataSetStatus:
    """The state of a data set in a folder."""

    place: Path | None = None
    """The folder where it is whole; None if it is not."""
    fault: Broken | None = None
    """The problem of the files that are there instead; None if there are none."""


def status(data_set: DataSet, folder: Path) -> DataSetStatus:
    """Find the data set and check its files as the loader does, which takes a moment."""
    if data_set.embedded:
        return DataSetStatus(registry.embedded(data_set))
    place, found = find_whole(data_set, folder)
    return DataSetStatus(place, found if isinstance(found, Broken) else None)


def why_not_used(name: str) -> str:
    """Return why the data set of that name cannot be used; empty if it can."""
    data_set = registry.find(name)
    found = status(data_set, registry.data_dir())
    return "" if found.place else problem_text(data_set, found.fault)


def problem_text(data_set: DataSet, fault: Broken | None) -> str:
    """Return that the data set is missing, or what is wrong with its file."""
    if fault is not None:
        what = f"{fault.path.name}: expected {fault.expected}, found {fault.found}"
        return f"{data_set.title} is damaged ({what})"
    trouble = registry.data_dir_problem()
    return f"{data_set.title} is not here{f' ({trouble})' if trouble else ''}"


def find_whole(data_set: DataSet, folder: Path) -> tuple[Path | None, list[bytes] | Broken | None]:
    """Return the first folder where every file is whole, and the bytes of each, compressed or not.

    If there is none the first value is None, and the second the problem of the existing files, or
    None without files of this data set.
    """
    fault: Broken | None = None
    own = own_places(data_set, folder)
    absolute = {place.absolute() for place in own}
    shared = [place for place in (folder, folder / "raw") if place.absolute() not in absolute]
    for place in (*own, *shared):
        is_shared = place in shared
        contents: list[bytes] = []
        faults: list[Broken] = []
        for file in data_set.files:
            try:
                contents.append(whole_file(place, file, data_set, is_shared))
            except Broken as error:
                faults.append(error)
                if not is_shared:
                    break
        if not faults:
            return place, contents
        is_ours = any(True for file in data_set.files for _ in _candidates(place, file))
        if is_shared:
            is_ours = bool(contents) or (is_ours and _is_default_owner(data_set, place, faults))
        if is_ours:
            fault = fault or faults[0]
    return None, fault


def whole_file(place: Path, file: DataFile, data_set: DataSet, shared: bool = False) -> bytes:
    """Return the bytes of the file, from the first of its names under which it is whole.

    Args:
        shared: whether other data sets may be in the same folder.

    Raises:
        Broken: it is not there, or the problem of the first file with such a name.
    """
    first = None
    for path in _candidates(place, file):
        try:
            return _checked(path, file, data_set, shared)
        except Broken as fault:
            first = first or fault
    raise first or Broken(place / file.packed, f"{file.size:,} bytes", "no such file")


def values(content: bytes, file: DataFile) -> bytearray:
    """Return the values in a whole file, compressed or not: as many as its shape has."""
    plain = gzip.decompress(content) if content.startswith(GZIP) else content
    return bytearray(memoryview(plain)[_header_size(file) :])


def own_places(data_set: DataSet, folder: Path) -> list[Path]:
    """Return the folders for files of this data set alone: in the folder, or the folder itself if
    its name is that of a layout."""
    places = [folder / layout for layout in data_set.layouts]
    here = folder.absolute()
    for above in (here.parent, here.parent.parent):
        inside = (above / layout for layout in data_set.layouts)
        places += [place for place in inside if place.is_relative_to(here)]
    return places


def _candidates(place: Path, file: DataFile) -> Iterator[Path]:
    """Return the paths in that place that may be the file: under each of its names, compressed
    first (that checksum is always known), or in folders of such names, as in Kaggle archives."""
    paths = [place / name for name in file.names]
    paths += [place / name / inner for name in file.names for inner in file.names]
    return (path for path in paths if os.path.isfile(path))  # noqa: PTH113  # never raises


def _is_default_owner(data_set: DataSet, place: Path, faults: list[Broken]) -> bool:
    """Whether files without a known checksum are reported as damaged files of this data set."""
    others = (other for other in registry.DATA_SETS if other.layouts and other is not data_set)
    return (
        data_set.name == DEFAULT_OWNER
        and not any(isinstance(fault, Foreign) for fault in faults)
        and not any(place.absolute() in own_places(other, place) for other in others)
    )


def _checked(path: Path, file: DataFile, data_set: DataSet, shared: bool) -> bytes:
    """Return the bytes of a file that is whole; it is read and hashed once."""
    packed_size, plain_size = file.size, _header_size(file) + math.prod(file.shape)
    expected = packed_size if path.suffix == ".gz" else plain_size
    try:
        content = read_plain(path, max(packed_size, plain_size) + OVERHEAD)
    except Unsuitable as error:
        raise Broken(path, f"{expected:,} bytes", error.found) from None
    except OSError as error:
        raise Broken(path, "a file that can be read", error.strerror or str(error)) from None
    if content.startswith(GZIP):
        _check_packed(path, content, file, plain_size)
        return content
    if len(content) == packed_size == expected:
        _check_md5(path, content, file.md5, data_set, shared)
    if len(content) != plain_size:
        kinds = (f", {kind}" for start, kind in OTHER_KINDS.items() if content.startswith(start))
        raise Broken(path, f"{expected:,} bytes", f"{len(content):,}{next(kinds, '')}")
    # The checksum is last: the results of the other checks help more to repair the file.
    magic, *shape = struct.unpack_from(f">{1 + len(file.shape)}I", content)
    right = UNSIGNED_BYTE << 8 | len(file.shape)
    if magic != right:
        raise Broken(path, f"0x{right:08x} as its first four bytes", f"0x{magic:08x}")
    if tuple(shape) != file.shape:
        wanted, found = (" × ".join(f"{size:,}" for size in each) for each in (file.shape, shape))
        raise Broken(path, wanted, found)
    if len(shape) == 1:
        _check_labels(path, content[_header_size(file) :], data_set)
    _check_md5(path, content, file.unpacked_md5, data_set, shared)
    return content


def _check_packed(path: Path, content: bytes, file: DataFile, plain_size: int) -> None:
    """Raise `Broken` unless it is the publishers' file, or their data compressed again."""
    md5 = hashlib.md5(content).hexdigest()
    if md5 == file.md5:
        return
    owner = _owner(md5)
    if not owner:
        plain = b""
        with suppress(OSError, EOFError, zlib.error), gzip.open(io.BytesIO(content)) as packed:
            plain = packed.read(plain_size + 1)
        plain_md5 = hashlib.md5(plain).hexdigest()
        if plain_md5 == file.unpacked_md5:
            return
        owner = _owner(plain_md5)
    if owner:
        raise Foreign(path, f"the checksum {file.md5}", owner)
    if len(content) != file.size:
        raise Broken(path, f"{file.size:,} bytes", f"{len(content):,}")
    raise Broken(path, f"the checksum {file.md5}", md5)


def _check_md5(path: Path, content: bytes, expected: str, data_set: DataSet, shared: bool) -> None:
    """Raise `Foreign` for a wrong checksum, or, if none is known, for one of another file."""
    md5 = hashlib.md5(content).hexdigest()
    owner = _owner(md5)
    if expected and md5 != expected:
        raise Foreign(path, f"the checksum {expected}", owner or md5)
    if not expected and (owner or shared):
        raise Foreign(path, f"{path.name} of {data_set.title}", owner or "a file of unknown origin")


def _owner(md5: str) -> str:
    """Return the known file with the checksum: "train-labels-idx1-ubyte of MNIST"; or ''."""
    for data_set in registry.DATA_SETS:
        for file in data_set.files:
            if md5 in (file.md5, file.unpacked_md5):
                return f"{file.packed if md5 == file.md5 else file.name} of {data_set.title}"
    return ""


def _check_labels(path: Path, labels: bytes, data_set: DataSet) -> None:
    last = len(data_set.classes) - 1
    if max(labels) > last:
        raise Broken(path, f"labels from 0 to {last}", str(max(labels)))
    each = len(labels) // len(data_set.classes)
    for label, name in enumerate(data_set.classes if data_set.balanced else ()):
        count = labels.count(label)
        if count != each:
            raise Broken(path, f"{each:,} labels of each class", f"{count:,} of {label} ({name})")


def _header_size(file: DataFile) -> int:
    return 4 + 4 * len(file.shape)
