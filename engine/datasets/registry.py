"""The real data sets: contents, source and licence, files and data folder.

Does not import torch, because `dltui data list` and the course screen use this module. So the
checksums of torchvision are repeated here; a test compares them.
"""

from __future__ import annotations

import os
import shlex
import stat
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import platformdirs

from engine.config import nearest

DATA_DIR = "DLTUI_DATA_DIR"
"""The environment variable with another folder for the data sets."""
MISSING = "does not exist"
_named: list[Path] = []
"""The folder given on the command line, if any."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of a data set in MNIST's format."""

    name: str
    """The name without `.gz`."""
    size: int
    """The size of the compressed file in bytes."""
    md5: str
    """The checksum of the compressed file."""
    shape: tuple[int, ...]
    unpacked_md5: str = ""
    """The checksum of the decompressed file; empty if unknown."""

    @property
    def packed(self) -> str:
        return f"{self.name}.gz"

    @property
    def names(self) -> tuple[str, ...]:
        """All names of the file, compressed or not; some programs write
        `train-images.idx3-ubyte`."""
        dotted = self.name.replace("-idx", ".idx")
        return self.packed, self.name, f"{dotted}.gz", dotted


@dataclass(frozen=True, slots=True)
class DataSet:
    """A real data set."""

    name: str
    """The name on the command line."""
    title: str
    about: str
    source: str
    """The authors."""
    licence: str
    kind: Literal["images", "table"]
    classes: tuple[str, ...]
    files: tuple[DataFile, ...] = ()
    """The files to download; empty if the data is part of scikit-learn."""
    layouts: tuple[str, ...] = ()
    """The possible folders of the files in the data folder; a download uses the first."""
    balanced: bool = False
    """Whether each file of labels has equally many of every class, according to its publishers."""
    embedded: str = ""
    """The file of scikit-learn that contains it."""

    @property
    def size(self) -> int:
        """The bytes to download; 0 if the data is part of scikit-learn."""
        return sum(file.size for file in self.files)


def _mnist_files(*sizes_and_md5s: tuple[int, str, str]) -> tuple[DataFile, ...]:
    """Return the four files of MNIST or a relative; of each the size and both MD5 checksums."""
    names = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    train, test = (60_000, 28, 28), (10_000, 28, 28)
    shapes = (train, train[:1], test, test[:1])
    return tuple(
        DataFile(f"{name}-ubyte", size, md5, shape, unpacked_md5)
        for name, (size, md5, unpacked_md5), shape in zip(
            names, sizes_and_md5s, shapes, strict=True
        )
    )


DIGITS = tuple("0123456789")
DATA_SETS = (
    DataSet(
        name="mnist",
        title="MNIST",
        about="70,000 handwritten digits, 28×28",
        source="Yann LeCun, Corinna Cortes and Christopher Burges",
        licence="CC BY-SA 3.0",
        kind="images",
        classes=DIGITS,
        # The decompressed checksums were computed from the publishers' files.
        files=_mnist_files(
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
        # The decompressed checksums are published by three people who agree; one of them also lists
        # the compressed checksums, which equal those here.
        files=_mnist_files(
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
        # The decompressed checksums are unknown; `verify` describes what is checked instead.
        files=_mnist_files(
            (18_165_135, "bdb82020997e1d708af4cf47b453dcf7", ""),
            (29_497, "e144d726b3acfaa3e44228e80efcd344", ""),
            (3_041_136, "5c965bf0a639b31b8f53240b1b52f4d7", ""),
            (5_120, "7320c461ea6c1c855c0b718fb2a4b134", ""),
        ),
        layouts=("KMNIST/raw", "kmnist"),
        balanced=True,  # its README: 6,000 and 1,000 of each class
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
    """Return the data set of that name.

    Raises:
        ValueError: there is none; the message suggests the nearest.
    """
    for data_set in DATA_SETS:
        if data_set.name == name:
            return data_set
    names = [data_set.name for data_set in DATA_SETS]
    raise ValueError(f"no data set {name!r}; {nearest(name, names)}")


def embedded(data_set: DataSet) -> Path | None:
    """Return the file in scikit-learn, without importing it (a second); None if there is none."""
    spec = find_spec("sklearn")
    folders = spec.submodule_search_locations if spec else None
    path = Path(folders[0]) / data_set.embedded if folders else None
    return path if path and path.is_file() else None


class Unusable(Exception):
    """The data set cannot be used; the message says why, and what to do."""


class NotHere(Unusable):
    """The data set is not in the data folder, or scikit-learn is not installed."""

    def __init__(self, data_set: DataSet) -> None:
        where, fix = Path("this installation of scikit-learn"), install("scikit-learn")
        if data_set.files:
            where, fix = data_dir(), fetch_command(data_set.name)
        super().__init__(f"{data_set.title} is not in {where}; get it with: {fix}")


class Broken(Unusable):
    """The content of a file does not match its name; the file is not used."""

    def __init__(self, path: Path, expected: str, found: str) -> None:
        self.path, self.expected, self.found = path, expected, found
        super().__init__(f"{path}: expected {expected}, found {found}; it is not used")


class Foreign(Broken):
    """An undamaged file, but of another data set or of unknown origin."""


def data_dir() -> Path:
    """Return the folder of the data sets; it may not exist."""
    name = os.environ.get(DATA_DIR, "")
    if name:
        return Path(os.path.expanduser(name))  # noqa: PTH111  # never raises
    return platformdirs.user_data_path("dltui", appauthor=False)


def set_data_dir(folder: Path) -> None:
    """Use that folder from now on: the command line named it.

    The variable is set so that child processes use the same folder.
    """
    _named[:] = [folder]
    os.environ[DATA_DIR] = str(folder)


def make_data_dir_absolute() -> None:
    """Make the path absolute, so that it is valid in every directory."""
    if not data_dir().is_absolute():
        folder = data_dir().absolute()
        _named[:] = [folder] * len(_named)
        os.environ[DATA_DIR] = str(folder)


def data_dir_option() -> str:
    """Return the option with the folder for another command; empty if it is not needed."""
    return f" --data-dir {shlex.quote(str(data_dir()))}" if _named == [data_dir()] else ""


def fetch_command(name: str) -> str:
    """Return the shell command that downloads the data set into this folder."""
    return f"dltui data fetch {name}{data_dir_option()}"


def why_unreadable(folder: Path) -> str:
    """Return why the folder can hold no data set, as a predicate; empty if it can."""
    try:
        mode = folder.stat().st_mode
    except FileNotFoundError:
        return "is a link to nothing" if folder.is_symlink() else MISSING
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    if not stat.S_ISDIR(mode):
        return "is not a folder"
    return "" if os.access(folder, os.R_OK | os.X_OK) else "cannot be read: Permission denied"


def data_dir_problem(count_missing: bool = True) -> str:
    """Return what is wrong with the folder in the environment variable; empty if nothing.

    Args:
        count_missing: whether a missing folder is a problem; a download creates it.
    """
    named = os.environ.get(DATA_DIR) and not data_dir_option()
    why = why_unreadable(data_dir()) if named else ""
    if not why or (why == MISSING and not count_missing):
        return ""
    return f"{DATA_DIR} names {data_dir()}, which {why}"


def install(*words: str) -> str:
    """Return the shell command that installs packages for the Python that runs dltui."""
    if find_spec("pip") is None:  # an environment made by uv
        return shlex.join(["uv", "pip", "install", "--python", sys.executable, *words])
    return shlex.join([sys.executable, "-m", "pip", "install", *words])


def megabytes(size: float) -> str:
    """Return a number of bytes as text: 11.6 MB, 530 kB."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
