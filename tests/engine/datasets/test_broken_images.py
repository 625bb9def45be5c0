"""Files that are not what their names say: each is named, and none is used."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from engine.datasets import catalog
from engine.datasets.catalog import where
from engine.datasets.images import Broken, load_images
from tests.mirror import Tiny, idx

SHARED = Path(__file__).parents[4] / "shared" / "data"
TRAIN = "train-images-idx3-ubyte"
LABELS = "t10k-labels-idx1-ubyte"


def refused() -> tuple[str, str, str]:
    """The file that was refused, what was expected of it, and what was found."""
    with pytest.raises(Broken) as caught:
        load_images("mnist")
    error = caught.value
    assert str(error.path) in str(error)
    assert error.expected in str(error)
    assert error.found in str(error)
    return error.path.name, error.expected, error.found


@pytest.mark.parametrize("size", [0, 1, 17, 400_000])
def test_a_truncated_file_is_named(size: int, tiny: Tiny, tmp_path: Path) -> None:
    file = tiny.put(tmp_path / "mnist") / f"{TRAIN}.gz"
    whole = file.stat().st_size
    os.truncate(file, size)
    assert refused() == (f"{TRAIN}.gz", f"{whole:,} bytes", f"{size:,}")


def test_a_corrupted_file_is_named_by_its_checksum(tiny: Tiny, tmp_path: Path) -> None:
    file = tiny.put(tmp_path / "mnist") / f"{TRAIN}.gz"
    content = bytearray(file.read_bytes())
    content[1000] ^= 1
    file.write_bytes(content)
    name, expected, found = refused()
    assert name == f"{TRAIN}.gz"
    assert tiny.data_set().files[0].md5 in expected
    assert found not in expected


def test_a_file_of_another_data_set_is_called_by_its_name(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Tiny(seed=1)
    fashion = other.data_set("fashion-mnist")
    monkeypatch.setattr(catalog, "DATA_SETS", (tiny.data_set(), fashion))
    tiny.put(tmp_path / "mnist")
    for place in (tmp_path / "mnist", tmp_path / "fashion-mnist"):
        other.put(place)
    assert load_images("fashion-mnist").classes[9] == "ankle boot"
    assert refused()[2] == f"{TRAIN}.gz of Fashion-MNIST"


@pytest.mark.parametrize(
    ("content", "expected", "found"),
    [
        (idx(np.zeros(100, np.uint8))[:-1], "108 bytes", "107"),
        (idx(np.zeros(100, np.uint8)) + b"\n", "108 bytes", "109"),
        (b"<html>" + b"x" * 102, "0x00000801 as its first four bytes", "0x3c68746d"),
        (idx(np.zeros(100, np.uint8), magic=0xD01), "0x00000801", "0x00000d01"),
        (b"\x00\x00\x08\x01\x00\x00\x00\x63" + bytes(100), "100", "99"),
        (idx(np.full(100, 17, np.uint8)), "labels from 0 to 9", "17"),
    ],
)
def test_a_plain_file_is_looked_through(
    content: bytes, expected: str, found: str, tiny: Tiny, tmp_path: Path
) -> None:
    (tiny.put(tmp_path / "mnist", packed=False) / LABELS).write_bytes(content)
    name, *words = refused()
    assert name == LABELS
    assert expected in words[0]
    assert found == words[1]


def test_images_of_another_size_are_refused(tiny: Tiny, tmp_path: Path) -> None:
    place = tiny.put(tmp_path / "mnist", packed=False)
    (place / TRAIN).write_bytes(idx(np.zeros((600, 14, 56), np.uint8)))  # as many bytes
    assert refused() == (TRAIN, "600 × 28 × 28", "600 × 14 × 56")


def test_a_file_that_cannot_be_read(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.put(tmp_path / "mnist")

    def read_bytes(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", read_bytes)  # root may read everything
    assert refused()[1:] == ("a file that can be read", "Permission denied")


def test_a_missing_file_is_named_and_another_place_may_have_all(tiny: Tiny, tmp_path: Path) -> None:
    (tiny.put(tmp_path / "MNIST/raw") / f"{LABELS}.gz").unlink()
    assert refused()[::2] == (f"{LABELS}.gz", "no such file")
    assert where("mnist", tmp_path) is None
    tiny.put(tmp_path / "mnist")
    assert len(load_images("mnist").train_x) == 600
    assert where("mnist", tmp_path) == tmp_path / "mnist"


def test_a_folder_with_a_files_name_is_no_file(tiny: Tiny, tmp_path: Path) -> None:
    file = tiny.put(tmp_path / "mnist") / f"{LABELS}.gz"
    file.unlink()
    file.mkdir()
    assert refused()[2] == "no such file"
