"""The real data sets: what each is, whose, how large and where; reads no data, imports no torch."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from engine.config import nearest


@dataclass(frozen=True, slots=True)
class File:
    """One of the files of a data set, as its makers packed it."""

    name: str
    """Without the `.gz` that it has as long as it is packed."""
    size: int
    """In bytes, packed."""
    md5: str
    """Of the packed file: what torchvision, too, checks."""
    shape: tuple[int, ...]
    unpacked_md5: str = ""
    """Of the file unpacked; empty where it is not known."""

    @property
    def packed(self) -> str:
        """The name with its `.gz`."""
        return f"{self.name}.gz"

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that it is known by, packed and not: some write `train-images.idx3-ubyte`."""
        dotted = self.name.replace("-idx", ".idx")
        return self.packed, self.name, f"{dotted}.gz", dotted


@dataclass(frozen=True, slots=True)
class DataSet:
    """A real data set."""

    name: str
    """As the command line says it."""
    title: str
    about: str
    source: str
    """Who made it."""
    licence: str
    kind: Literal["images", "table"]
    classes: tuple[str, ...]
    files: tuple[File, ...] = ()
    """What can be fetched; empty where the data travels inside scikit-learn."""
    layouts: tuple[str, ...] = ()
    """Where in the folder of the data sets the files may lie; the first is where they are put."""
    balanced: bool = False
    """Whether its makers say that each file of labels has as many of every class; named where no
    checksum says more."""
    embedded: str = ""
    """The file of scikit-learn's that holds it."""

    @property
    def size(self) -> int:
        """Bytes to download; 0 where the data travels inside scikit-learn."""
        return sum(file.size for file in self.files)


TRAIN, TEST = (60_000, 28, 28), (10_000, 28, 28)
DIGITS = tuple("0123456789")


def _files(*sizes_and_sums: tuple[int, str, str]) -> tuple[File, ...]:
    """The four files that MNIST came in, and all that took its place: images, labels, twice.

    Of each the size and the checksum as it comes, and the checksum unpacked.
    """
    names = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    shapes = (TRAIN, TRAIN[:1], TEST, TEST[:1])
    return tuple(
        File(f"{name}-ubyte", size, md5, shape, unpacked_md5)
        for name, (size, md5, unpacked_md5), shape in zip(
            names, sizes_and_sums, shapes, strict=True
        )
    )


DATA_SETS = (
    DataSet(
        name="mnist",
        title="MNIST",
        about="70,000 handwritten digits, 28×28",
        source="Yann LeCun, Corinna Cortes and Christopher Burges",
        licence="CC BY-SA 3.0",
        kind="images",
        classes=DIGITS,
        # The last of each: computed from the makers' own files, those of the checksum before it.
        files=_files(
            (9_912_422, "f68b3c2dcbeaaa9fbdd348bbdeb94873", "6bbc9ace898e44ae57da46a324031adb"),
            (28_881, "d53e105ee54ea40749a09fcbcd1e9432", "a25bea736e30d166cdddb491f175f624"),
            (1_648_877, "9fb629c4189551a2d022fa330f9573f3", "2646ac647ad5339dbf082846283269ea"),
            (4_542, "ec29112dd5afa0611ce80d1b7f02629c", "27ae3e4e09519cfbb04c329615203637"),
        ),
        layouts=("MNIST/raw", "mnist"),
    ),
    DataSet(
        name="fashion-mnist",
        title="Fashion-MNIST",
        about="70,000 pieces of clothing, 28×28",
        source="Han Xiao, Kashif Rasul and Roland Vollgraf, Zalando Research",
        licence="MIT",
        kind="images",
        classes=(
            *("T-shirt", "trousers", "pullover", "dress", "coat"),
            *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
        ),
        # The last of each: not computed here, but published by three who unpacked the files and
        # agree; one of them shows md5sum's lines before and after gunzip, and before are ours.
        files=_files(
            (26_421_880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d", "f4a8712d7a061bf5bd6d2ca38dc4d50a"),
            (29_515, "25c81989df183df01b3e8a0aad5dffbe", "9018921c3c673c538a1fc5bad174d6f9"),
            (4_422_102, "bef4ecab320f06d8554ea6380940ec79", "8181f5470baa50b63fa0f6fddb340f0a"),
            (5_148, "bb300cfdad3c16e7a12a480ee83cd310", "15d484375f8d13e6eb1aabb0c3f46965"),
        ),
        layouts=("FashionMNIST/raw", "fashion-mnist"),
    ),
    DataSet(
        name="kmnist",
        title="KMNIST",
        about="70,000 characters of old Japanese handwriting, 28×28",
        source="CODH, from NIJL's Kuzushiji Dataset, doi:10.20676/00000341",
        licence="CC BY-SA 4.0",
        kind="images",
        classes=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        # Their checksums unpacked are not known here: see `idx` for what is asked instead.
        files=_files(
            (18_165_135, "bdb82020997e1d708af4cf47b453dcf7", ""),
            (29_497, "e144d726b3acfaa3e44228e80efcd344", ""),
            (3_041_136, "5c965bf0a639b31b8f53240b1b52f4d7", ""),
            (5_120, "7320c461ea6c1c855c0b718fb2a4b134", ""),
        ),
        layouts=("KMNIST/raw", "kmnist"),
        balanced=True,  # so its makers say in their README: 6,000 and 1,000 of each class
    ),
    DataSet(
        name="digits",
        title="scikit-learn's digits",
        about="1,797 handwritten digits, 8×8",
        source="Ethem Alpaydın and Cenk Kaynak, from UCI's repository",
        licence="CC BY 4.0",
        kind="images",
        classes=DIGITS,
        embedded="datasets/data/digits.csv.gz",
    ),
    DataSet(
        name="breast-cancer",
        title="Breast Cancer Wisconsin",
        about="569 tumours, 30 measures of each",
        source="W. Wolberg, N. Street, O. Mangasarian, from UCI's repository",
        licence="CC BY 4.0",
        kind="table",
        classes=("malignant", "benign"),
        embedded="datasets/data/breast_cancer.csv",
    ),
)


def find(name: str) -> DataSet:
    """The data set of that name.

    Raises:
        ValueError: there is none; the message offers the nearest.
    """
    for data_set in DATA_SETS:
        if data_set.name == name:
            return data_set
    names = [data_set.name for data_set in DATA_SETS]
    raise ValueError(f"no data set {name!r}; {nearest(name, names)}")


def embedded(data_set: DataSet) -> Path | None:
    """Its file inside scikit-learn; None where there is none. Nothing is imported: that takes a
    second, which reading the file does not."""
    spec = find_spec("sklearn")
    folders = spec.submodule_search_locations if spec else None
    path = Path(folders[0]) / data_set.embedded if folders else None
    return path if path and path.is_file() else None


def own_places(data_set: DataSet, folder: Path) -> list[Path]:
    """Where files of this data set may lie: in the folder, or the folder itself, named as a
    layout says. What lies there is meant to be of this data set."""
    places = [folder / layout for layout in data_set.layouts]
    here = folder.absolute()
    for above in (here.parent, here.parent.parent):
        inside = (above / layout for layout in data_set.layouts)
        places += [place for place in inside if place.is_relative_to(here)]
    return places


def shared_places(data_set: DataSet, folder: Path) -> list[Path]:
    """Where files of any data set may lie, since all have the same names: the folder itself, and
    `raw` in it. Only their checksums say whose they are."""
    own = {place.absolute() for place in own_places(data_set, folder)}
    return [place for place in (folder, folder / "raw") if place.absolute() not in own]


def candidates(place: Path, file: File) -> Iterator[Path]:
    """What in that place may be the file: under each of its names, packed first, since its
    checksum is then always known; or in a folder of such a name, as Kaggle's archives have it."""
    for name in file.names:
        if os.path.isfile(place / name):  # noqa: PTH113  # Path.is_file raises where it may not look
            yield place / name
    for name in file.names:
        for inner in file.names:
            if os.path.isfile(place / name / inner):  # noqa: PTH113
                yield place / name / inner
