"""Files that are not what their names say: each is named, and none is used."""

from __future__ import annotations

import gzip
import hashlib
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import engine.datasets.verify
from engine.datasets import registry
from engine.datasets.images import Broken, load_images
from engine.datasets.registry import DataSet, find
from engine.datasets.verify import status
from tests.mirror import Tiny, idx

SHARED = Path(__file__).parents[4] / "shared" / "data"
TRAIN = "train-images-idx3-ubyte"
LABELS = "t10k-labels-idx1-ubyte"
KMNIST = find("kmnist")


def refused(name: str = "mnist") -> tuple[str, str, str]:
    """The file that was refused, what was expected of it, and what was found.

    What the loader refuses is not called whole by those who only ask, and for the same reason.
    """
    with pytest.raises(Broken) as caught:
        load_images(name)
    error = caught.value
    found = status(find(name), registry.data_dir())
    assert (found.place, str(found.fault)) == (None, str(error))
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
    monkeypatch.setattr(registry, "DATA_SETS", (tiny.data_set(), fashion))
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


def sums_known(data_set: DataSet, tiny: Tiny) -> DataSet:
    """The data set as the catalog has it where the checksums of the unpacked files are known."""
    files = (
        replace(file, unpacked_md5=hashlib.md5(tiny.plain[file.name]).hexdigest())
        for file in data_set.files
    )
    return replace(data_set, files=tuple(files))


@pytest.fixture
def known(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> DataSet:
    """The tiny MNIST, with the checksums of its unpacked files; nothing else is in the registry."""
    data_set = sums_known(tiny.data_set(), tiny)
    monkeypatch.setattr(registry, "DATA_SETS", (data_set,))
    return data_set


@pytest.mark.parametrize("number", range(4))
def test_a_foreign_plain_file_is_found_out_by_its_checksum(
    number: int, tiny: Tiny, known: DataSet, tmp_path: Path
) -> None:
    place = tiny.put(tmp_path / "mnist", packed=False)
    assert status(known, tmp_path).place == place
    assert len(load_images("mnist").train_x) == 600
    file = known.files[number]
    foreign = Tiny(seed=1).plain[file.name]  # in the right shape, and no label beyond 9
    (place / file.name).write_bytes(foreign)
    found = hashlib.md5(foreign).hexdigest()
    assert refused() == (file.name, f"the checksum {file.unpacked_md5}", found)


def test_a_label_beyond_the_classes_says_more_than_a_checksum(
    tiny: Tiny, known: DataSet, tmp_path: Path
) -> None:
    file = tiny.put(tmp_path / "mnist", packed=False) / known.files[3].name
    content = bytearray(file.read_bytes())
    content[-1] = 99
    file.write_bytes(content)
    assert refused() == (LABELS, "labels from 0 to 9", "99")


def test_a_plain_file_of_another_data_set_is_called_by_its_name(
    tiny: Tiny, known: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Tiny(seed=1)
    kmnist = replace(KMNIST, files=other.data_set().files, balanced=False)
    monkeypatch.setattr(registry, "DATA_SETS", (known, kmnist))
    place = other.put(tmp_path / "kmnist", packed=False)
    assert status(kmnist, tmp_path).place == place
    (place / TRAIN).write_bytes(tiny.plain[TRAIN])
    assert refused("kmnist") == (TRAIN, f"{TRAIN} of KMNIST", f"{TRAIN} of MNIST")
    sure = sums_known(kmnist, other)
    monkeypatch.setattr(registry, "DATA_SETS", (known, sure))
    expected = f"the checksum {sure.files[0].unpacked_md5}"
    assert refused("kmnist") == (TRAIN, expected, f"{TRAIN} of MNIST")


def test_labels_that_are_known_to_be_balanced_are_counted(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kmnist = replace(KMNIST, files=tiny.data_set().files)
    monkeypatch.setattr(registry, "DATA_SETS", (kmnist,))
    labels = tiny.put(tmp_path / "kmnist", packed=False) / "train-labels-idx1-ubyte"
    even = (np.arange(600) % 10).astype(np.uint8)
    (labels.parent / LABELS).write_bytes(idx(even[:100]))
    labels.write_bytes(idx(even))
    assert len(load_images("kmnist").train_y) == 600
    even[20] = 3
    labels.write_bytes(idx(even))
    assert refused("kmnist") == (labels.name, "60 labels of each class", "59 of 0 (o)")


def test_a_foreign_plain_file_beside_the_packed_one_is_not_used(tiny: Tiny, tmp_path: Path) -> None:
    place = tiny.put(tmp_path / "MNIST/raw")
    Tiny(seed=1).put(place, packed=False)
    assert status(find("mnist"), tmp_path).place == place
    assert np.array_equal(load_images("mnist").train_x.numpy(), tiny.values[TRAIN])


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_is_read_once_and_hashed_once(
    packed: bool, tiny: Tiny, known: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tiny.put(tmp_path / "mnist", packed)
    done: Counter[str] = Counter()
    read, md5 = engine.datasets.verify.read_plain, hashlib.md5

    def reads(path: Path, largest: int) -> bytes:
        done["read"] += 1
        return read(path, largest)

    def hashes(content: bytes) -> hashlib._Hash:
        done["hashed"] += 1
        return md5(content)

    monkeypatch.setattr(engine.datasets.verify, "read_plain", reads)
    monkeypatch.setattr(hashlib, "md5", hashes)
    assert status(known, tmp_path).place == place
    assert done == {"read": 4, "hashed": 4}
    load_images("mnist")
    assert done == {"read": 8, "hashed": 8}


@pytest.mark.skipif(not (SHARED / "mnist").is_dir(), reason="the real MNIST is not on this machine")
def test_the_real_mnist_unpacked_and_random_bytes_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(registry.DATA_DIR, str(tmp_path))
    (tmp_path / "mnist").mkdir()
    for file in find("mnist").files:
        content = gzip.decompress((SHARED / "mnist" / file.packed).read_bytes())
        assert hashlib.md5(content).hexdigest() == file.unpacked_md5
        (tmp_path / "mnist" / file.name).write_bytes(content)
    assert load_images("mnist").train_y[:3].tolist() == [5, 0, 4]
    noise = np.random.default_rng(0).integers(0, 256, (60_000, 28, 28), np.uint8)
    (tmp_path / "mnist" / TRAIN).write_bytes(idx(noise))
    assert refused()[:2] == (TRAIN, "the checksum 6bbc9ace898e44ae57da46a324031adb")


def test_a_file_that_cannot_be_read(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.put(tmp_path / "mnist")

    def read(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(engine.datasets.verify, "read_plain", read)  # root may read everything
    assert refused()[1:] == ("a file that can be read", "Permission denied")


def test_a_missing_file_is_named_and_another_place_may_have_all(tiny: Tiny, tmp_path: Path) -> None:
    (tiny.put(tmp_path / "MNIST/raw") / f"{LABELS}.gz").unlink()
    assert refused()[::2] == (f"{LABELS}.gz", "no such file")
    tiny.put(tmp_path / "mnist")
    assert len(load_images("mnist").train_x) == 600
    assert status(find("mnist"), tmp_path).place == tmp_path / "mnist"


def test_a_folder_with_a_files_name_is_no_file(tiny: Tiny, tmp_path: Path) -> None:
    file = tiny.put(tmp_path / "mnist") / f"{LABELS}.gz"
    file.unlink()
    file.mkdir()
    assert refused()[2] == "no such file"
