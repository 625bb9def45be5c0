"""The plain script of a training on images reads the files that the training reads."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from engine.config import Change, Setting
from engine.datasets import registry
from lessons.script import NotExported, script
from tests.engine.digits import SHARED, folders, needs_mnist
from tests.lessons.test_scripts import Case, check
from tests.mirror import REAL, Tiny

__all__ = ["folders"]


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Replace MNIST and its relatives in the registry; the data folder is empty."""
    tiny = Tiny()
    names = ("mnist", "fashion-mnist", "kmnist")
    sets = (*(tiny.data_set(name, unpacked=True) for name in names), REAL["digits"])
    monkeypatch.setattr(registry, "DATA_SETS", sets)
    return tiny


def test_scripts_read_the_files_of_torchvision(tiny: Tiny, tmp_path: Path) -> None:
    for folder in ("MNIST", "FashionMNIST", "KMNIST"):
        tiny.put(tmp_path / "data" / folder / "raw", packed=False)
    live = (Change("momentum", 0.9, 3), Change("digit", 5, 4), Change("learning_rate", 0.1, 6))
    adjusted = Case.of("mnist", None, network="convolutional", activation="sigmoid", epochs=1)
    loader: dict[str, Setting] = {"pipeline": "dataloader", "batch_size": 100, "width": 16}
    cases = [
        Case.of("mnist"),
        Case.of("mnist", None, data="fashion-mnist", validation=0, depth=0),
        Case.of("mnist", None, data="kmnist", depth=8, momentum=0.0, **loader),
        Case.of("mnist", None, validation=0, depth=1, **loader),
        Case(adjusted.lesson, adjusted.config, live, every=2),
    ]
    check([replace(case, every=2) for case in cases], tmp_path)


def test_scripts_use_the_digits_where_the_data_set_is_missing(tmp_path: Path) -> None:
    settings: dict[str, Setting] = {"depth": 1, "width": 10, "epochs": 1}
    # Of 1,352 training images, a validation part of 10 in 60,000 has no image.
    few = Case.of("mnist", None, validation=10, **settings)
    assert "test images are right" in script(few.lesson, few.config)
    loader = Case.of("mnist", None, data="digits", pipeline="dataloader", **settings)
    check([few, loader, Case.of("mnist", None, data="kmnist", depth=5, epochs=1)], tmp_path)


def test_files_that_torchvision_would_download_again(tiny: Tiny, tmp_path: Path) -> None:
    case = Case.of("mnist")

    def refused(words: str) -> None:
        with pytest.raises(NotExported, match=words):
            script(case.lesson, case.config)

    place = tiny.put(tmp_path / "data" / "mnist")
    with pytest.raises(NotExported, match="torchvision looks in") as why:
        script(case.lesson, case.config)
    subprocess.run(str(why.value).rpartition(": ")[2], shell=True, check=True)  # the advice helps
    assert "datasets.MNIST" in script(case.lesson, case.config)
    (tmp_path / "data" / "MNIST" / "raw").unlink()
    place = shutil.move(place, tmp_path / "data" / "MNIST" / "raw")
    assert "datasets.MNIST" in script(case.lesson, case.config)
    packed = Path(place) / "t10k-labels-idx1-ubyte.gz"
    packed.rename(packed.with_name("t10k-labels.idx1-ubyte.gz"))
    refused("torchvision needs t10k-labels-idx1-ubyte.gz as it was published")
    tiny.put(Path(place))
    tiny.put(Path(place), packed=False)
    assert "datasets.MNIST" in script(case.lesson, case.config)
    (Path(place) / "t10k-labels-idx1-ubyte").write_bytes(b"other")
    refused("t10k-labels-idx1-ubyte, which is damaged")


def test_a_saved_start_is_refused() -> None:
    case = Case.of("mnist", None, start="saved")
    with pytest.raises(NotExported, match="set start to anew"):
        script(case.lesson, case.config)


@pytest.mark.slow
@needs_mnist
def test_a_script_reads_the_real_images(tmp_path: Path) -> None:
    place = tmp_path / "data" / "MNIST" / "raw"
    shutil.copytree(SHARED / "mnist", place)
    cases = [
        Case.of("mnist", None, epochs=1),
        Case.of("mnist", "convolutional", epochs=1, batch_size=500),
        Case.of("mnist", "one-by-one", epochs=1, batch_size=500, width=32),
    ]
    check(cases, tmp_path)
    assert (place / "train-images-idx3-ubyte").is_file()  # torchvision unpacked it
