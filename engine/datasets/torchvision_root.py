"""Finds the folder from which torchvision reads a data set that is in the data folder.

torchvision reads unpacked files in FOLDER/MNIST/raw. From the compressed files of the publishers
in that folder it makes them itself; in any other case it would download the data set again.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shlex
from pathlib import Path

from engine.datasets import registry, verify
from engine.datasets.registry import DataSet


def torchvision_root(name: str) -> Path | None:
    """Return the folder; None if the data set cannot be used, so that the digits stand in.

    Raises:
        ValueError: torchvision would download it; the message says how to prevent that.
    """
    data_set = registry.find(name)
    place, parts = verify.find_whole(data_set, registry.data_dir())
    if data_set.embedded or place is None or not isinstance(parts, list):
        return None
    place = place.absolute()
    wanted = Path(data_set.layouts[0])
    if not place.match(str(wanted)):
        there = registry.data_dir().absolute() / wanted
        command = f"mkdir -p {_word(there.parent)} && ln -s {_word(place)} {_word(there)}"
        if os.path.lexists(there):
            command = f"cp {_word(place)}/* {_word(there)}"
        raise ValueError(
            f"{data_set.title} is in {place}, and torchvision looks in {there}: {command}"
        )
    if not _unpacked(data_set, place, parts):
        _check_packed(data_set, place)
    return place.parent.parent


def _unpacked(data_set: DataSet, place: Path, parts: list[bytes]) -> bool:
    """Whether all files are there without compression.

    Raises:
        ValueError: one of them is damaged.
    """
    files = [(place / file.name, part) for file, part in zip(data_set.files, parts, strict=True)]
    if not all(path.is_file() for path, _ in files):
        return False
    for path, part in files:
        plain = gzip.decompress(part) if part.startswith(verify.GZIP) else part
        if path.read_bytes() != plain:
            raise ValueError(f"torchvision reads {path}, which is damaged: delete this file")
    return True


def _check_packed(data_set: DataSet, place: Path) -> None:
    """Raise `ValueError` unless torchvision can unpack the files."""
    for file in data_set.files:
        path = place / file.packed
        if not path.is_file() or hashlib.md5(path.read_bytes()).hexdigest() != file.md5:
            plain = _word(place / file.name)
            fix = f"unpack or rename the file that is there: gzip -dc FILE > {plain}"
            raise ValueError(f"torchvision needs {path.name} as it was published; {fix}")
    if not os.access(place, os.W_OK):
        fix = f"unpack them, or allow writing: gzip -dk {_word(place)}/*.gz"
        raise ValueError(f"torchvision cannot unpack the files in {place}; {fix}")


def _word(path: Path) -> str:
    return shlex.quote(str(path))
