"""`dltui doctor`: what it finds, what it calls wrong, and the mend it names."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from engine import device
from engine.datasets import registry
from engine.device import Devices, cpu
from tests.mirror import Tiny
from tests.strange_files import STRANGE
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
    assert set(found) == {*checkup.CHECKS, "no_cuda", "problems"}
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
    python, *words = shlex.split(problem["mend"])  # a bare pip may belong to another Python
    if find_spec("pip"):
        assert [python, *words] == [sys.executable, "-m", "pip", "install", "textual"]
    else:
        assert [python, *words] == ["uv", "pip", "install", "--python", sys.executable, "textual"]


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
    command = f"{problem['mend']} && printenv DLTUI_STATE_DIR"
    named = subprocess.check_output(["sh", "-c", command], text=True).rstrip("\n")
    monkeypatch.setenv("DLTUI_STATE_DIR", named)
    assert facts(capsys)["problems"] == []


def test_why_there_is_no_cuda_device(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    why = "there is no NVIDIA GPU, and no driver for one"
    monkeypatch.setattr(device, "probe", lambda: Devices((cpu(),), no_cuda=why))
    assert facts(capsys)["no_cuda"] == why
    assert cli.main(["doctor"]) == 0
    page = capsys.readouterr().out
    assert re.search(rf"  cuda +none: {why}\n", page)
    assert "nothing is wrong" in page


@pytest.mark.parametrize(("name", "make"), STRANGE.items())
def test_what_lies_in_the_place_of_its_own_files(
    name: str, make: Callable[[Path], None], capsys: Captured, tmp_path: Path
) -> None:
    (tmp_path / "state").mkdir()
    make(tmp_path / "state" / "progress.jsonl")
    (problem,) = facts(capsys)["problems"]
    assert f"found {name}" in problem["what"]
    subprocess.run(["sh", "-c", problem["mend"]], check=True)
    assert facts(capsys)["problems"] == []
    assert os.path.lexists(tmp_path / "state" / "progress.jsonl.bak")


def test_a_folder_of_data_sets_that_is_none(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.main(["doctor", "--data-dir", str(tmp_path / "none")]) == 2
    assert "does not exist" in capsys.readouterr().err
    monkeypatch.setenv("DLTUI_DATA_DIR", __file__)
    problems = facts(capsys)["problems"]
    (mend,) = [each["mend"] for each in problems if f"names {__file__}, which" in each["what"]]
    assert mend == "unset DLTUI_DATA_DIR"


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
    monkeypatch.setattr(registry, "DATA_SETS", (tiny.data_set(), *registry.DATA_SETS[1:]))
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
        ({"LANG": "C", "LC_ALL": "", "LC_CTYPE": ""}, "export LC_ALL=C.UTF-8"),
        ({"LANG": "C.UTF-8", "LC_ALL": "", "LC_CTYPE": "C"}, "export LC_ALL=C.UTF-8"),
        (
            {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
            "unset PYTHONIOENCODING; export LC_ALL=C.UTF-8",
        ),
        ({"LC_ALL": "C.UTF-8"}, None),
    ],
)
def test_a_locale_of_plain_ascii(language: dict[str, str], mend: str | None) -> None:
    if sys.platform == "darwin" and mend:
        mend = mend.replace("C.UTF-8", "en_US.UTF-8")
    script = "from tui.commands.checkup import language; found = language(); "
    script += "print(found.facts['utf8'], *(problem.mend for problem in found.problems), sep='|')"
    output = subprocess.check_output(
        [sys.executable, "-c", script], env={**os.environ, **language}, text=True
    )
    assert output.rstrip() == ("True" if mend is None else f"False|{mend}")
    if mend is not None:  # and it helps, typed as it is printed
        command = f"{mend}; {shlex.join([sys.executable, '-c', script])}"
        again = ["sh", "-c", command]
        assert subprocess.check_output(again, env={**os.environ, **language}, text=True) == "True\n"


def test_no_traceback_in_the_c_locale(folders: dict[str, str]) -> None:
    code, output, errors = dltui("doctor", env={**folders, "LC_ALL": "C"})
    assert (code, errors) == (0, "")
    assert "to fix it: export LC_ALL=C.UTF-8" in output
