"""The real data sets: what each is, whose, how large, and the folder that they are in.

Imports no torch: `dltui data list` and the course screen need this module. So the checksums, which
torchvision knows as well, are repeated here; a test compares them with torchvision's.
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
"""The environment variable that names another folder for the data sets."""
MISSING = "does not exist"
_named: list[Path] = []
"""The folder that the command line named, if it named one."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of a data set in MNIST's format."""

    name: str
    """Without `.gz`."""
    size: int
    """Bytes of the packed file."""
    md5: str
    """Of the packed file."""
    shape: tuple[int, ...]
    unpacked_md5: str = ""
    """Empty where it is not known."""

    @property
    def packed(self) -> str:
        """The name with `.gz`."""
        return f"{self.name}.gz"

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it is found under, packed or not: some write `train-images.idx3-ubyte`."""
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
    """Who made it."""
    licence: str
    kind: Literal["images", "table"]
    classes: tuple[str, ...]
    files: tuple[DataFile, ...] = ()
    """The files to download; empty where the data is part of scikit-learn."""
    layouts: tuple[str, ...] = ()
    """Where the files may be in the data folder; a download goes into the first."""
    balanced: bool = False
    """Whether each file of labels has equally many of every class, as its makers state."""
    embedded: str = ""
    """The file of scikit-learn that holds it."""

    @property
    def size(self) -> int:
        """Bytes to download; 0 where the data is part of scikit-learn."""
        return sum(file.size for file in self.files)


def _mnist_files(*sizes_and_md5s: tuple[int, str, str]) -> tuple[DataFile, ...]:
    """The four files of MNIST and its relatives: size, MD5 packed and unpacked of each."""
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
        # The unpacked checksums were computed from the makers' own files.
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
        # The unpacked checksums are published by three people who unpacked the files, and agree;
        # one of them also shows the packed ones, which are the same as here.
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
        # The unpacked checksums are not known; `verify` says what is checked instead.
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
    """The file inside scikit-learn, found without importing it (a second); None without one."""
    spec = find_spec("sklearn")
    folders = spec.submodule_search_locations if spec else None
    path = Path(folders[0]) / data_set.embedded if folders else None
    return path if path and path.is_file() else None


class Unusable(Exception):
    """A data set that cannot be used; the message says why, and what to do."""


class NotHere(Unusable):
    """The data set is not in the data folder, or scikit-learn is not installed."""

    def __init__(self, data_set: DataSet) -> None:
        where, fix = Path("this installation of scikit-learn"), install("scikit-learn")
        if data_set.files:
            where, fix = data_dir(), fetch_command(data_set.name)
        super().__init__(f"{data_set.title} is not in {where}; get it with: {fix}")


class Broken(Unusable):
    """A file that is not what its name says; it is not used."""

    def __init__(self, path: Path, expected: str, found: str) -> None:
        self.path, self.expected, self.found = path, expected, found
        super().__init__(f"{path}: expected {expected}, found {found}; it is not used")


class Foreign(Broken):
    """An undamaged file, but of another data set or of unknown origin."""


def data_dir() -> Path:
    """The folder of the data sets; it need not exist."""
    name = os.environ.get(DATA_DIR, "")
    if name:
        return Path(os.path.expanduser(name))  # noqa: PTH111  # never raises
    return platformdirs.user_data_path("dltui", appauthor=False)


def set_data_dir(folder: Path) -> None:
    """Use that folder from now on, since the command line named it.

    The variable is set so that child processes look in the same place.
    """
    _named[:] = [folder]
    os.environ[DATA_DIR] = str(folder)


def make_data_dir_absolute() -> None:
    """Let the same folder be meant from every directory."""
    if not data_dir().is_absolute():
        folder = data_dir().absolute()
        _named[:] = [folder] * len(_named)
        os.environ[DATA_DIR] = str(folder)


def data_dir_option() -> str:
    """The option that names the folder to another command; empty where it is not needed."""
    return f" --data-dir {shlex.quote(str(data_dir()))}" if _named == [data_dir()] else ""


def fetch_command(name: str) -> str:
    """The shell command that fetches the data set into this folder."""
    return f"dltui data fetch {name}{data_dir_option()}"


def why_unreadable(folder: Path) -> str:
    """Why the folder can hold no data set, to follow its name; empty where it can."""
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
    """What is wrong with the folder that the environment names; empty where nothing.

    Args:
        count_missing: whether a folder that does not exist is a problem; a fetch makes it.
    """
    named = os.environ.get(DATA_DIR) and not data_dir_option()
    why = why_unreadable(data_dir()) if named else ""
    if not why or (why == MISSING and not count_missing):
        return ""
    return f"{DATA_DIR} names {data_dir()}, which {why}"


def install(*words: str) -> str:
    """The shell command that installs packages for the Python that runs dltui."""
    if find_spec("pip") is None:  # an environment made by uv
        return shlex.join(["uv", "pip", "install", "--python", sys.executable, *words])
    return shlex.join([sys.executable, "-m", "pip", "install", *words])


def megabytes(size: float) -> str:
    """Bytes in words: 11.6 MB, 530 kB."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
