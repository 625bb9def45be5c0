"""`dltui doctor`: facts, problems, and the suggested fixes."""

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
from tests.terminal.command import Main, dltui
from tui.commands import doctor

Facts = Callable[..., Any]


@pytest.fixture
def facts(main: Main, monkeypatch: pytest.MonkeyPatch) -> Facts:
    """Return the doctor's JSON output on a machine without a driver."""
    monkeypatch.setattr(device, "probe", lambda: Devices((cpu(),)))
    return lambda code=0: json.loads(main.output("doctor", "--json", code=code))


def test_finds_what_is_there(facts: Facts, main: Main, tmp_path: Path) -> None:
    found = facts()
    assert set(found) == {*doctor.CHECKS, "no_cuda", "problems"}
    assert found["versions"]["torch"]
    assert found["versions"]["scikit-learn"]
    assert found["devices"][0]["name"] == "cpu"
    assert found["devices"][0]["memory_total"] > found["devices"][0]["memory_used"] > 0
    progress = {"path": str(tmp_path / "state"), "exists": False, "writable": True}
    assert found["folders"]["progress"] == progress
    page = main.output("doctor")
    assert page.isascii()
    for words in (*doctor.PACKAGES, "cpu", str(tmp_path / "data"), "can be written"):
        assert words in page
    assert list(tmp_path.iterdir()) == []


def test_what_is_wrong_with_packages_and_devices(
    facts: Facts, main: Main, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "probe", lambda: Devices((cpu(),), ("CUDA gave no answer",)))
    problems = facts()["problems"]
    assert "CUDA gave no answer" in [problem["what"] for problem in problems]

    why = "there is no NVIDIA GPU, and no driver for one"
    monkeypatch.setattr(device, "probe", lambda: Devices((cpu(),), no_cuda=why))
    assert facts()["no_cuda"] == why
    page = main.output("doctor")
    assert re.search(rf"  cuda +none: {why}\n", page)
    assert "nothing is wrong" in page

    def version(name: str) -> str:
        if name == "textual":
            raise PackageNotFoundError(name)
        return "1.0"

    with monkeypatch.context() as missing:
        missing.setattr(doctor, "version", version)
        found = facts(code=1)
    (problem,) = [problem for problem in found["problems"] if problem["fatal"]]
    assert problem["what"] == "textual is not installed"
    words = shlex.split(problem["mend"])  # a plain pip may belong to another Python
    if find_spec("pip"):
        assert words == [sys.executable, "-m", "pip", "install", "textual"]
    else:
        assert words == ["uv", "pip", "install", "--python", sys.executable, "textual"]

    def probe() -> Devices:
        raise OSError("libcudart.so: cannot open\nand more")

    monkeypatch.setattr(device, "probe", probe)
    broken = "PyTorch cannot be imported: OSError: libcudart.so: cannot open and more"
    assert broken in main.output("doctor", code=1)


def test_folders_that_cannot_be_used(
    facts: Facts, main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLTUI_STATE_DIR", "/dev/null/state")
    found = facts()
    assert found["folders"]["progress"]["writable"] is False
    (problem,) = [problem for problem in found["problems"] if "progress" in problem["what"]]
    assert problem["what"] == "progress cannot be kept: /dev/null is not a folder"
    command = f"{problem['mend']} && printenv DLTUI_STATE_DIR"
    named = subprocess.check_output(["sh", "-c", command], text=True).rstrip("\n")
    monkeypatch.setenv("DLTUI_STATE_DIR", named)
    assert facts()["problems"] == []

    assert "does not exist" in main.refused("doctor", "--data-dir", str(tmp_path / "none"))
    monkeypatch.setenv("DLTUI_DATA_DIR", __file__)
    problems = facts()["problems"]
    (fix,) = [each["mend"] for each in problems if f"names {__file__}, which" in each["what"]]
    assert fix == "unset DLTUI_DATA_DIR"


def test_what_is_in_the_place_of_its_own_files(facts: Facts, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    progress = tmp_path / "state" / "progress.jsonl"
    for name, make in STRANGE.items():
        make(progress)
        (problem,) = facts()["problems"]
        assert f"found {name}" in problem["what"]
        subprocess.run(["sh", "-c", problem["mend"]], check=True)
        assert facts()["problems"] == []
        aside = progress.with_name("progress.jsonl.bak")
        assert os.path.lexists(aside)
        aside.rename(tmp_path / f"was {name}")


def test_mnist_is_there_with_all_four_files(
    facts: Facts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = Tiny()
    monkeypatch.setattr(registry, "DATA_SETS", (tiny.data_set(), *registry.DATA_SETS[1:]))
    found = facts()
    assert found["data_sets"]["MNIST"] is None
    assert found["data_sets"]["digits"].endswith("digits.csv.gz")
    assert found["problems"] == []
    for place, packed in (("MNIST/raw", True), ("mnist", False)):
        monkeypatch.setenv("DLTUI_DATA_DIR", str(tmp_path / place.lower()))
        folder = tiny.put(tmp_path / place.lower() / place, packed)
        assert facts()["data_sets"]["MNIST"] == str(folder)
        next(folder.glob("t10k-labels*")).write_bytes(b"")
        found = facts()
        assert found["data_sets"]["MNIST"] is None
        (problem,) = found["problems"]
        assert "t10k-labels-idx1-ubyte" in problem["what"]
        assert "found 0" in problem["what"]
        assert problem["mend"] == "dltui data fetch mnist"


def test_a_locale_of_plain_ascii(folders: dict[str, str], tmp_path: Path) -> None:
    script = "from tui.terminal.capabilities import locale_fix, speaks_utf8; "
    script += "print(speaks_utf8(), locale_fix(), sep='|')"
    fixed = "export LC_ALL=C.UTF-8"
    if sys.platform == "darwin":
        fixed = "export LC_ALL=en_US.UTF-8"
    for language, fix in (
        ({"LANG": "C", "LC_ALL": "", "LC_CTYPE": ""}, fixed),
        ({"LANG": "C.UTF-8", "LC_ALL": "", "LC_CTYPE": "C"}, fixed),
        ({"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}, f"unset PYTHONIOENCODING; {fixed}"),
        ({"LC_ALL": "C.UTF-8"}, None),
    ):
        # First without and then with the fix, exactly as printed.
        for mode in ((), ("-X", "utf8")):  # the default of Python 3.15
            python = shlex.join([sys.executable, *mode, "-c", script])
            command = f"{python}; {fix}; {python}" if fix else python
            output = subprocess.check_output(
                ["sh", "-c", command], env={**os.environ, **language}, text=True
            )
            assert output == (f"False|{fix}\nTrue|\n" if fix else "True|\n")
    for name in ("torch", "numpy", "random", "engine"):  # a user's files are not imported
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported')")
    code, output, errors = dltui("doctor", env={**folders, "LC_ALL": "C"}, cwd=tmp_path)
    assert (code, errors) == (0, "")
    assert f"to fix it: {fixed}" in output
