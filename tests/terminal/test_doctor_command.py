"""`dltui doctor`: what it finds, what it calls wrong, and the mend it names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest

from engine import device
from engine.datasets import catalog
from engine.device import Devices, cpu
from tests.mirror import Tiny
from tests.terminal.command import dltui
from tui import cli
from tui.commands import checkup

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def quiet_machine(folders: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders of the test's own, and no driver to ask."""
    for name, folder in folders.items():
        monkeypatch.setenv(name, folder)
    monkeypatch.setattr(device, "probe", lambda: Devices((cpu(),)))


def facts(capsys: Captured, code: int = 0) -> Any:
    assert cli.main(["doctor", "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_finds_what_is_there(capsys: Captured, tmp_path: Path) -> None:
    found = facts(capsys)
    assert set(found) == {*checkup.CHECKS, "problems"}
    assert found["versions"]["torch"]
    assert found["versions"]["scikit-learn"]
    assert found["devices"][0]["name"] == "cpu"
    assert found["devices"][0]["memory_total"] > found["devices"][0]["memory_used"] > 0
    assert found["folders"]["progress"] == {
        "path": str(tmp_path / "state"),
        "exists": False,
        "writable": True,
    }
    assert list(tmp_path.iterdir()) == []


def test_the_page_says_the_same(capsys: Captured, tmp_path: Path) -> None:
    assert cli.main(["doctor"]) == 0
    page = capsys.readouterr().out
    assert page.isascii()
    for words in (*checkup.PACKAGES, "cpu", str(tmp_path / "data"), "can be written"):
        assert words in page


def test_a_missing_package_is_fatal(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "textual":
            raise PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr(checkup, "version", version)
    found = facts(capsys, code=1)
    (problem,) = [problem for problem in found["problems"] if problem["fatal"]]
    assert problem["what"] == "textual is not installed"
    assert problem["mend"] == "pip install textual"


def test_a_broken_pytorch_is_fatal(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    def probe() -> Devices:
        raise OSError("libcudart.so: cannot open\nand more")

    monkeypatch.setattr(device, "probe", probe)
    assert cli.main(["doctor"]) == 1
    assert "PyTorch cannot be imported: OSError: libcudart.so: cannot open and more" in (
        capsys.readouterr().out
    )


def test_a_sick_driver_is_told_but_not_fatal(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "probe", lambda: Devices((cpu(),), ("CUDA gave no answer",)))
    problems = facts(capsys)["problems"]
    assert "CUDA gave no answer" in [problem["what"] for problem in problems]


def test_folders_that_cannot_be_written(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLTUI_STATE_DIR", "/dev/null/state")
    found = facts(capsys)
    assert found["folders"]["progress"]["writable"] is False
    (problem,) = [problem for problem in found["problems"] if "progress" in problem["what"]]
    assert problem["what"] == "progress cannot be kept: /dev/null is not a folder"
    assert problem["mend"] == "export DLTUI_STATE_DIR=/a/folder/of/yours"


@pytest.mark.parametrize("place", ["MNIST/raw", "mnist"])
@pytest.mark.parametrize("packed", [True, False])
def test_mnist_is_there_with_all_four_files(
    place: str,
    packed: bool,
    capsys: Captured,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tiny = Tiny()
    monkeypatch.setattr(catalog, "DATA_SETS", (tiny.data_set(), *catalog.DATA_SETS[1:]))
    found = facts(capsys)
    assert found["data_sets"]["MNIST"] is None
    assert found["data_sets"]["digits"].endswith("digits.csv.gz")
    assert found["problems"] == []
    folder = tiny.put(tmp_path / "data" / place, packed)
    assert facts(capsys)["data_sets"]["MNIST"] == str(folder)
    next(folder.glob("t10k-labels*")).write_bytes(b"")
    found = facts(capsys)
    assert found["data_sets"]["MNIST"] is None
    (problem,) = found["problems"]
    assert "t10k-labels-idx1-ubyte" in problem["what"]
    assert "found 0" in problem["what"]
    assert problem["mend"] == "dltui data fetch mnist"


@pytest.mark.parametrize(
    ("language", "mend"),
    [
        ({"LC_ALL": "C"}, "export LC_ALL=C.UTF-8"),
        ({"LANG": "C", "LC_ALL": "", "LC_CTYPE": ""}, "export LANG=C.UTF-8"),
        ({"PYTHONIOENCODING": "ascii"}, "unset PYTHONIOENCODING"),
        ({"LC_ALL": "C.UTF-8"}, None),
    ],
)
def test_a_locale_of_plain_ascii(language: dict[str, str], mend: str | None) -> None:
    script = "from tui.commands.checkup import language; found = language(); "
    script += "print(found.facts['utf8'], *(problem.mend for problem in found.problems), sep='|')"
    output = subprocess.check_output(
        [sys.executable, "-c", script], env={**os.environ, **language}, text=True
    )
    assert output.rstrip() == ("True" if mend is None else f"False|{mend}")


def test_no_traceback_in_the_c_locale(folders: dict[str, str]) -> None:
    code, output, errors = dltui("doctor", env={**folders, "LC_ALL": "C"})
    assert (code, errors) == (0, "")
    assert "mend: export LC_ALL=C.UTF-8" in output
