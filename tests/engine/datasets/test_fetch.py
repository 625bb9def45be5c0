"""Fetching from a server on this machine: what comes, and what is not asked for again."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from engine.datasets import download, registry, verify
from engine.datasets.download import STAGE, FetchFailed, FetchProgress, mirrors_of
from engine.datasets.images import load_images
from engine.datasets.registry import find
from engine.datasets.verify import status
from tests.engine.datasets.conftest import everything, get, whole
from tests.mirror import Mirror, Tiny, serving

TRAIN = "train-images-idx3-ubyte.gz"

pytestmark = pytest.mark.usefixtures("mirror")


def test_fetches_all_four_and_leaves_nothing_else(tiny: Tiny, tmp_path: Path) -> None:
    heard: list[FetchProgress] = []
    place = get(tmp_path / "new" / "data", heard)
    assert place == tmp_path / "new" / "data" / "MNIST" / "raw"
    assert everything(tmp_path / "new" / "data") == whole(tiny)
    assert sorted((tmp_path / "new" / "data").iterdir()) == [place.parent]
    size = sum(map(len, tiny.packed.values()))
    assert {each.size for each in heard} == {size} == {find("mnist").size}
    assert [each.got for each in heard] == sorted(each.got for each in heard)
    assert heard[-1].got == size
    assert list(dict.fromkeys(each.file for each in heard)) == list(tiny.packed)
    assert len(heard) > 4  # more than one a file: the larger ones come in blocks


def test_what_is_here_is_not_fetched_again(mirror: Mirror, tiny: Tiny, tmp_path: Path) -> None:
    place = tiny.put(tmp_path / "mnist")
    tmp_path.chmod(0o555)
    assert get(tmp_path) == place
    tmp_path.chmod(0o755)
    assert mirror.asked == []
    assert everything(tmp_path) == whole(tiny, "mnist")


def test_only_what_is_broken_is_fetched(mirror: Mirror, tiny: Tiny, tmp_path: Path) -> None:
    place = tiny.put(tmp_path / "MNIST/raw")
    os.truncate(place / TRAIN, 1000)
    get(tmp_path)
    assert [name for name, _ in mirror.asked] == [TRAIN]
    assert everything(tmp_path) == whole(tiny)


def test_a_broken_folder_of_somebody_elses_is_not_touched(tiny: Tiny, tmp_path: Path) -> None:
    os.truncate(tiny.put(tmp_path / "mnist") / TRAIN, 1000)
    before = everything(tmp_path)
    place = get(tmp_path)
    assert place == tmp_path / "MNIST/raw"
    assert everything(tmp_path) == {**before, **whole(tiny)}
    assert status(registry.find("mnist"), tmp_path).place == place


@pytest.mark.parametrize("inside", ["mnist", "MNIST/raw"])
def test_what_the_loader_refuses_is_brought(inside: str, tiny: Tiny, tmp_path: Path) -> None:
    labels = tiny.put(tmp_path / inside, packed=False) / "train-labels-idx1-ubyte"
    labels.write_bytes(labels.read_bytes()[:-1] + b"\x63")
    before = everything(tmp_path)
    place = get(tmp_path)
    brought = whole(tiny)
    if inside == "MNIST/raw":  # where the other three are whole already, unpacked as they are
        brought = {name: content for name, content in brought.items() if "train-labels" in name}
    assert everything(tmp_path) == {**before, **brought}
    assert status(find("mnist"), tmp_path).place == place
    assert load_images("mnist").train_y.max() == 9


def test_a_line_that_breaks_goes_on_where_it_broke(
    mirror: Mirror, tiny: Tiny, tmp_path: Path
) -> None:
    mirror.breaks = [200_000, 100_000]
    get(tmp_path)
    assert mirror.only(TRAIN) == [None, "bytes=200000-", "bytes=300000-"]
    assert everything(tmp_path) == whole(tiny)


def test_a_server_that_cannot_go_on_begins_again(
    mirror: Mirror, tiny: Tiny, tmp_path: Path
) -> None:
    mirror.breaks, mirror.ranges = [200_000], False
    heard: list[FetchProgress] = []
    get(tmp_path, heard)
    assert mirror.only(TRAIN) == [None, "bytes=200000-"]
    assert everything(tmp_path) == whole(tiny)
    got = [each.got for each in heard if each.file == TRAIN]
    assert got[-1] == len(tiny.packed[TRAIN])
    assert got != sorted(got)


def test_a_broken_line_leaves_what_came_for_the_next_time(
    mirror: Mirror, tiny: Tiny, tmp_path: Path
) -> None:
    tiny_labels = "train-labels-idx1-ubyte.gz"
    (tmp_path / "mine.txt").write_text("mine")
    mirror.breaks = [10**9, 100, 50, 50]  # the first file is whole
    with pytest.raises(FetchFailed, match=r"127\.0\.0\.1: the connection was lost after 200 of"):
        get(tmp_path)
    assert not (tmp_path / "MNIST").exists()
    mirror.asked.clear()
    get(tmp_path)
    assert mirror.only(TRAIN) == []
    assert mirror.only(tiny_labels) == ["bytes=200-"]
    assert everything(tmp_path) == {"mine.txt": b"mine", **whole(tiny)}


@pytest.mark.parametrize("size", [1000, 10**6])
def test_what_was_left_and_is_wrong_is_begun_again(size: int, tiny: Tiny, tmp_path: Path) -> None:
    part = tmp_path / STAGE / "mnist" / f"{TRAIN}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * size)
    get(tmp_path)
    assert everything(tmp_path) == whole(tiny)


def test_the_next_server_is_asked_and_goes_on(
    mirror: Mirror, tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as second:
        second.files = dict(tiny.packed)
        addresses = [mirror.address, second.address]
        monkeypatch.setattr(download, "mirrors_of", lambda _: addresses)
        mirror.breaks = [100_000, 0, 0]
        get(tmp_path)
        assert second.only(TRAIN) == ["bytes=100000-"]
        assert everything(tmp_path) == whole(tiny)


def test_what_comes_inside_scikit_learn_is_here(tmp_path: Path) -> None:
    place = download.fetch("digits", tmp_path, lambda _: None, lambda: False)
    assert place.name == "digits.csv.gz"
    assert list(tmp_path.iterdir()) == []


def test_the_servers_are_torchvisions() -> None:
    from torchvision.datasets import KMNIST, MNIST, FashionMNIST

    for name, theirs in (("mnist", MNIST), ("fashion-mnist", FashionMNIST), ("kmnist", KMNIST)):
        assert mirrors_of(find(name)) == theirs.mirrors
        assert all(mirror.endswith("/") for mirror in theirs.mirrors)


def test_many_open_files_do_not_matter(tiny: Tiny, tmp_path: Path) -> None:
    """Waiting with select would not work beyond 1,024 of them."""
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 1200:
        pytest.skip("this machine lets nobody open so many files")
    many = [os.open(os.devnull, os.O_RDONLY) for _ in range(1050)]
    try:
        get(tmp_path)
    finally:
        for descriptor in many:
            os.close(descriptor)
    assert everything(tmp_path) == whole(tiny)
    data_set = tiny.data_set()
    path = tmp_path / "MNIST/raw" / TRAIN
    assert verify.check(path, data_set.files[0], data_set) == path


def test_what_was_left_of_a_file_that_is_here_by_now_goes(
    mirror: Mirror, tiny: Tiny, tmp_path: Path
) -> None:
    left = tmp_path / STAGE / "mnist" / f"{TRAIN}.part"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    place = tmp_path / "MNIST" / "raw"
    place.mkdir(parents=True)
    (place / TRAIN).write_bytes(tiny.packed[TRAIN])
    get(tmp_path)
    assert mirror.only(TRAIN) == []
    assert everything(tmp_path) == whole(tiny)
    assert not (tmp_path / STAGE).exists()
