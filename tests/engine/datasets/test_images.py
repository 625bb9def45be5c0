"""Image data sets on disk: where they are found, and errors for damaged files."""

from __future__ import annotations

import gzip
import hashlib
import os
import shlex
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.datasets import registry, tables, verify
from engine.datasets.images import images_or_digits, load_images
from engine.datasets.registry import DATA_SETS, Broken, DataSet, NotHere, find
from engine.datasets.tables import breast_cancer
from engine.datasets.verify import DataSetStatus, status
from tests.engine.datasets.conftest import LABELS, SHARED, TRAIN, everything, needs_mnist
from tests.mirror import Tiny, idx


@pytest.fixture
def known(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> DataSet:
    """Return the small MNIST with checksums of its unpacked files, like the real one."""
    data_set = tiny.data_set(unpacked=True)
    monkeypatch.setattr(registry, "DATA_SETS", (data_set, *DATA_SETS[1:]))
    return data_set


def test_the_registry_says_what_torchvision_says() -> None:
    import torchvision.datasets

    for data_set in DATA_SETS:
        assert data_set.source
        assert data_set.licence
        assert len(data_set.classes) in (2, 10)
        assert bool(data_set.size) == bool(data_set.files) != bool(data_set.embedded)
        if data_set.files:
            theirs = getattr(torchvision.datasets, data_set.layouts[0].partition("/")[0])
            assert [(f.packed, f.md5) for f in data_set.files] == theirs.resources
            assert data_set.layouts[0].endswith("/raw")
    assert find("mnist").size == 9_912_422 + 28_881 + 1_648_877 + 4_542


@pytest.mark.parametrize(("layout", "packed"), [("MNIST/raw", True), ("mnist", False)])
def test_reads_what_is_there_and_writes_nothing(
    layout: str, packed: bool, tiny: Tiny, tmp_path: Path
) -> None:
    place = tiny.put(tmp_path / layout, packed)
    for folder in (place, tmp_path):
        folder.chmod(0o555)
    before = sorted(tmp_path.rglob("*"))
    try:
        images = load_images("mnist")
    finally:
        for folder in (tmp_path, place):
            folder.chmod(0o755)
    assert (images.name, images.note, images.classes) == ("mnist", "", tuple("0123456789"))
    read = (images.train_x, images.train_y, images.test_x, images.test_y)
    for tensor, values in zip(read, tiny.values.values(), strict=True):
        assert np.array_equal(tensor.numpy(), values)
    assert images.train_x.dtype == images.test_x.dtype == torch.uint8
    assert images.train_y.dtype == images.test_y.dtype == torch.int64
    assert sorted(tmp_path.rglob("*")) == before
    assert status(find("mnist"), tmp_path).place == place


def test_torchvision_finds_what_is_in_its_layout(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from torchvision.datasets import MNIST

    tiny.put(tmp_path / find("mnist").layouts[0])
    monkeypatch.setattr(MNIST, "resources", [(f.packed, f.md5) for f in tiny.data_set().files])
    monkeypatch.setattr(MNIST, "mirrors", ["http://127.0.0.1:9/"])  # nothing listens there
    theirs = MNIST(str(tmp_path), download=True)
    assert np.array_equal(theirs.data.numpy(), tiny.values[TRAIN])


def test_the_folder_may_be_the_one_with_the_files(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for inside, place in (("MNIST/raw",) * 2, ("MNIST", "MNIST/raw"), ("mnist",) * 2):
        folder = tmp_path / f"below {place[:2]}"
        tiny.put(folder / place)
        registry.set_data_dir(folder / inside)
        assert len(load_images("mnist").train_x) == 600
        monkeypatch.chdir(folder / inside)
        registry.set_data_dir(Path())
        assert len(load_images("mnist").test_x) == 100


def test_a_folder_of_any_name_is_read_by_the_checksums_of_its_files(
    tiny: Tiny, tmp_path: Path
) -> None:
    for inside in ("", "raw"):
        folder = tmp_path / f"my {inside} pictures"
        tiny.put(folder / inside)
        registry.set_data_dir(folder)
        assert len(load_images("mnist").train_x) == 600
        assert status(find("mnist"), folder).place == folder / inside
        for name in ("fashion-mnist", "kmnist"):  # their files have the same names
            assert status(find(name), folder) == DataSetStatus()
    registry.set_data_dir(tmp_path)
    with pytest.raises(NotHere) as caught:
        load_images("mnist")
    command = f"dltui data fetch mnist --data-dir {shlex.quote(str(tmp_path))}"
    assert str(caught.value) == f"MNIST is not in {tmp_path}; get it with: {command}"


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("{dotted}", False),
        ("{dotted}.gz", True),
        ("{name}/{name}", False),  # as unpacked from Kaggle's archive
        ("{name}/{dotted}", False),
        ("{name}.gz/{name}", False),
        ("{name}.gz", False),  # unpacked, but with the name of a packed file
        ("{name}", True),  # packed, but with the name of an unpacked file
    ],
)
def test_files_under_their_other_names_are_read(
    name: str, packed: bool, tiny: Tiny, known: DataSet, tmp_path: Path
) -> None:
    for place in ("", "mnist", "MNIST/raw", "raw"):
        folder = tmp_path / f"folder of {place.replace('/', ' ')}"
        registry.set_data_dir(folder)
        for (plain_name, plain), gz in zip(tiny.plain.items(), tiny.packed.values(), strict=True):
            dotted = plain_name.replace("-idx", ".idx")
            path = folder / place / name.format(name=plain_name, dotted=dotted)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(gz if packed else plain)
        before = everything(folder)
        images = load_images("mnist")
        assert np.array_equal(images.train_x.numpy(), tiny.values[TRAIN])
        assert np.array_equal(images.test_y.numpy(), tiny.values[LABELS])
        assert status(known, folder) == DataSetStatus(folder / place)
        assert everything(folder) == before


def test_another_whole_file_or_place_is_used_instead(
    tiny: Tiny, known: DataSet, tmp_path: Path
) -> None:
    place = tiny.put(tmp_path / "mnist")
    again = gzip.compress(tiny.plain[TRAIN], compresslevel=1, mtime=12345)
    assert again != tiny.packed[f"{TRAIN}.gz"]
    (place / f"{TRAIN}.gz").write_bytes(again)  # packed again by other software
    assert np.array_equal(load_images("mnist").train_x.numpy(), tiny.values[TRAIN])
    tiny.put(place, packed=False)
    for size in (0, 100, 400_000):  # a damaged packed file beside a complete unpacked one
        (place / f"{TRAIN}.gz").write_bytes(tiny.packed[f"{TRAIN}.gz"][:size])
        assert status(known, tmp_path) == DataSetStatus(place)
        assert len(load_images("mnist").train_x) == 600
    tiny.put(place)
    Tiny(seed=1).put(place, packed=False)  # other unpacked files beside complete packed ones
    assert np.array_equal(load_images("mnist").train_x.numpy(), tiny.values[TRAIN])
    (place / f"{LABELS}.gz").unlink()
    (place / LABELS).unlink()
    assert refused()[::2] == (f"{LABELS}.gz", "no such file")
    (place / f"{LABELS}.gz").mkdir()
    assert refused()[2] == "no such file"
    other = tiny.put(tmp_path / "MNIST/raw")
    assert status(known, tmp_path).place == other


def test_the_files_of_two_data_sets_in_one_folder_are_told_apart(
    known: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Tiny(seed=1)
    sets = known, other.data_set("fashion-mnist")
    monkeypatch.setattr(registry, "DATA_SETS", sets)
    other.put(tmp_path)
    assert status(sets[0], tmp_path) == DataSetStatus()
    assert status(sets[1], tmp_path) == DataSetStatus(tmp_path)
    os.truncate(tmp_path / f"{TRAIN}.gz", 10)
    assert status(sets[0], tmp_path) == DataSetStatus()  # the other three files decide
    fault = status(sets[1], tmp_path).fault
    assert fault is not None
    assert fault.path == tmp_path / f"{TRAIN}.gz"


def test_damaged_files_of_unknown_origin_are_called_mnists(tiny: Tiny, tmp_path: Path) -> None:
    for name in tiny.packed:
        (tmp_path / name).write_bytes(b"<!DOCTYPE html>")
    fault = status(find("mnist"), tmp_path).fault
    assert fault is not None
    assert fault.found == "15, a web page"
    assert status(find("kmnist"), tmp_path) == DataSetStatus()


# Files with wrong content.


def refused(name: str = "mnist") -> tuple[str, str, str]:
    """Return the refused file, the expected and the found content.

    `status` must refuse the same files as the loader, for the same reason.
    """
    with pytest.raises(Broken) as caught:
        load_images(name)
    error = caught.value
    found = status(find(name), registry.data_dir())
    assert (found.place, str(found.fault)) == (None, str(error))
    assert all(part in str(error) for part in (str(error.path), error.expected, error.found))
    return error.path.name, error.expected, error.found


def test_a_damaged_packed_file_is_named(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tiny.put(tmp_path / "mnist") / f"{TRAIN}.gz"
    content = file.read_bytes()
    for size in (0, 1, 17, 400_000):
        file.write_bytes(content[:size])
        assert refused() == (file.name, f"{len(content):,} bytes", f"{size:,}")
    changed = bytearray(content)
    changed[1000] ^= 1
    file.write_bytes(changed)
    found = hashlib.md5(changed).hexdigest()
    assert refused() == (file.name, f"the checksum {hashlib.md5(content).hexdigest()}", found)

    def denied(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(verify, "read_plain", denied)  # root can read everything
    assert refused()[1:] == ("a file that can be read", "Permission denied")


def test_an_unpacked_file_is_checked(tiny: Tiny, tmp_path: Path) -> None:
    place = tiny.put(tmp_path / "mnist", packed=False)
    for content, expected, found in (
        (idx(np.zeros(100, np.uint8))[:-1], "108 bytes", "107"),
        (idx(np.zeros(100, np.uint8)) + b"\n", "108 bytes", "109"),
        (b"PK\x03\x04", "108 bytes", "4, a zip archive"),
        (b"version https://git-lfs.github.com", "108 bytes", "34, a Git LFS pointer"),
        (b"<html>" + b"x" * 102, "0x00000801 as its first four bytes", "0x3c68746d"),
        (idx(np.zeros(100, np.uint8), magic=0xD01), "0x00000801", "0x00000d01"),
        (b"\x00\x00\x08\x01\x00\x00\x00\x63" + bytes(100), "100", "99"),
        (idx(np.full(100, 17, np.uint8)), "labels from 0 to 9", "17"),
    ):
        (place / LABELS).write_bytes(content)
        name, words, what = refused()
        assert (name, what) == (LABELS, found)
        assert expected in words
    (place / TRAIN).write_bytes(idx(np.zeros((600, 14, 56), np.uint8)))  # the same number of bytes
    assert refused() == (TRAIN, "600 × 28 × 28", "600 × 14 × 56")


def test_a_foreign_unpacked_file_is_recognised_by_its_checksum(
    tiny: Tiny, known: DataSet, tmp_path: Path
) -> None:
    other = Tiny(seed=1).plain  # the right shape and labels up to 9
    for file in known.files:
        place = tiny.put(tmp_path / "mnist", packed=False)
        assert status(known, tmp_path).place == place
        (place / file.name).write_bytes(other[file.name])
        found = hashlib.md5(other[file.name]).hexdigest()
        assert refused() == (file.name, f"the checksum {file.unpacked_md5}", found)
    labels = tiny.plain[LABELS][:-1] + b"\x63"  # a wrong label is more informative than a checksum
    (tiny.put(tmp_path / "mnist", packed=False) / LABELS).write_bytes(labels)
    assert refused() == (LABELS, "labels from 0 to 9", "99")


def test_a_file_of_another_data_set_is_called_by_its_name(
    tiny: Tiny, known: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Tiny(seed=1)
    monkeypatch.setattr(registry, "DATA_SETS", (tiny.data_set(), other.data_set("fashion-mnist")))
    for place in ("mnist", "fashion-mnist"):
        other.put(tmp_path / place)
    assert load_images("fashion-mnist").classes[9] == "ankle boot"
    assert refused()[2] == f"{TRAIN}.gz of Fashion-MNIST"
    for unpacked in (False, True):  # without and with known checksums
        kmnist = replace(other.data_set("kmnist", unpacked), balanced=False)
        monkeypatch.setattr(registry, "DATA_SETS", (known, kmnist))
        place = other.put(tmp_path / "kmnist", packed=False)
        assert status(kmnist, tmp_path).place == place
        (place / TRAIN).write_bytes(tiny.plain[TRAIN])
        expected = f"the checksum {kmnist.files[0].unpacked_md5}"
        expected = expected if unpacked else f"{TRAIN} of KMNIST"
        assert refused("kmnist") == (TRAIN, expected, f"{TRAIN} of MNIST")


def test_labels_that_are_known_to_be_balanced_are_counted(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "DATA_SETS", (tiny.data_set("kmnist"),))
    labels = tiny.put(tmp_path / "kmnist", packed=False) / "train-labels-idx1-ubyte"
    even = (np.arange(600) % 10).astype(np.uint8)
    (labels.parent / LABELS).write_bytes(idx(even[:100]))
    labels.write_bytes(idx(even))
    assert len(load_images("kmnist").train_y) == 600
    even[20] = 3
    labels.write_bytes(idx(even))
    assert refused("kmnist") == (labels.name, "60 labels of each class", "59 of 0 (o)")


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_is_read_once_and_hashed_once(
    packed: bool, tiny: Tiny, known: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tiny.put(tmp_path / "mnist", packed)
    done: Counter[str] = Counter()
    read, md5 = verify.read_plain, hashlib.md5

    def reads(path: Path, largest: int) -> bytes:
        done["read"] += 1
        return read(path, largest)

    def hashes(content: bytes) -> hashlib._Hash:
        done["hashed"] += 1
        return md5(content)

    monkeypatch.setattr(verify, "read_plain", reads)
    monkeypatch.setattr(hashlib, "md5", hashes)
    assert status(known, tmp_path).place == place
    assert done == {"read": 4, "hashed": 4}
    load_images("mnist")
    assert done == {"read": 8, "hashed": 8}


@needs_mnist
def test_the_real_mnist(monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("data", "data/mnist"):
        monkeypatch.setenv(registry.DATA_DIR, str(SHARED / folder))
        images = load_images("mnist")
        assert (len(images.train_x), len(images.test_x)) == (60_000, 10_000)
        # Published statistics, and the usual mean and deviation for normalization.
        assert images.train_y[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
        counts = np.bincount(images.train_x.numpy().ravel(), minlength=256)
        grey = np.arange(256) / 255
        mean = np.average(grey, weights=counts)
        assert mean == pytest.approx(0.1307, abs=5e-5)
        deviation = np.average((grey - mean) ** 2, weights=counts) ** 0.5
        assert deviation == pytest.approx(0.3081, abs=5e-5)


@needs_mnist
def test_the_real_mnist_unpacked_and_noise_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(registry.DATA_DIR, str(tmp_path))
    for file in find("mnist").files:
        content = gzip.decompress((SHARED / "data/mnist" / file.packed).read_bytes())
        assert hashlib.md5(content).hexdigest() == file.unpacked_md5
        (tmp_path / file.name).mkdir()  # as in Kaggle's archive
        (tmp_path / file.name / file.name).write_bytes(content)
    found = [status(data_set, tmp_path) for data_set in DATA_SETS[:3]]
    assert found == [DataSetStatus(tmp_path), DataSetStatus(), DataSetStatus()]
    noise = np.random.default_rng(0).integers(0, 256, (60_000, 28, 28), np.uint8)
    (tmp_path / TRAIN / TRAIN).write_bytes(idx(noise))
    assert refused()[:2] == (TRAIN, "the checksum 6bbc9ace898e44ae57da46a324031adb")


# The data set in scikit-learn.


def test_the_digits_are_scikit_learns_in_another_size() -> None:
    from sklearn.datasets import load_digits

    theirs, ours = load_digits(), load_images("digits")
    assert len(ours.train_y) + len(ours.test_y) == 1797
    assert len(ours.test_y) == 445
    for label in range(10):  # stratified as in the whole data set
        of_all = (theirs.target == label).mean()
        assert abs((ours.test_y == label).double().mean() - of_all) < 0.005
    # The eighth zero of the file is the second test image: 8×8, sampled at the pixel centres.
    index = np.flatnonzero(theirs.target == 0)[7]
    image = theirs.images[index] * 255 / 16
    centres = (np.arange(28) + 0.5) * 8 / 28 - 0.5
    rows = np.array([np.interp(centres, np.arange(8), row) for row in image])
    scaled = np.array([np.interp(centres, np.arange(8), column) for column in rows.T]).T
    found = ours.test_x[(ours.test_y == 0).nonzero().flatten()[1]].double().numpy()
    assert np.abs(found - scaled).max() <= 0.51
    learned = {image.numpy().tobytes() for image in ours.train_x}
    asked = {image.numpy().tobytes() for image in ours.test_x}
    assert len(asked) == 445
    assert not learned & asked
    assert torch.equal(ours.train_x, load_images("digits").train_x)  # deterministic
    assert (int(ours.train_x.min()), int(ours.train_x.max())) == (0, 255)


def test_without_mnist_the_digits_replace_it_and_say_so(tiny: Tiny, tmp_path: Path) -> None:
    digits = images_or_digits("mnist")
    assert digits.name == "digits"
    assert "MNIST is not here" in digits.note
    assert "dltui data fetch mnist" in digits.note
    os.truncate(tiny.put(tmp_path / "mnist") / f"{TRAIN}.gz", 12)
    digits = images_or_digits("mnist")
    assert digits.name == "digits"
    assert f"MNIST is damaged ({TRAIN}.gz: expected" in digits.note
    assert "found 12)" in digits.note
    tiny.put(tmp_path / "mnist")
    assert images_or_digits("mnist").note == ""
    assert list(tmp_path.iterdir()) == [tmp_path / "mnist"]


def test_what_is_no_data_set_of_images() -> None:
    with pytest.raises(ValueError, match="did you mean mnist"):
        load_images("mmist")
    with pytest.raises(ValueError, match="breast-cancer is a table"):
        images_or_digits("breast-cancer")


def test_without_scikit_learn_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "find_spec", lambda _: None)
    for load in (lambda: images_or_digits("mnist"), breast_cancer):
        with pytest.raises(NotHere, match=r"pip install .*scikit-learn"):
            load()


def test_the_breast_cancer_data_are_what_scikit_learn_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sklearn.datasets import load_breast_cancer

    table, bunch = breast_cancer(), load_breast_cancer()
    np.testing.assert_array_equal(table.x, bunch.data)
    np.testing.assert_array_equal(table.y, bunch.target)
    assert table.classes == tuple(bunch.target_names)
    words = [set(name.split()) for name in bunch.feature_names]
    assert [set(name.replace(" of", "").split()) for name in table.names] == words
    path = tmp_path / "breast_cancer.csv"
    monkeypatch.setattr(tables, "embedded", lambda *_: path)
    for content in ("", "569,30\n1,2,3\n", "head\nx,y\n", "h\n" + "1," * 30 + "0"):
        path.write_text(content)
        with pytest.raises(Broken, match=r"expected .* found"):
            breast_cancer()
