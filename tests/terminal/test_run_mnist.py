"""`dltui run mnist`: with the real images where they are, and with the digits where not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.datasets import registry
from tests.engine.digits import SHARED, needs_mnist
from tests.mirror import Tiny
from tests.terminal.command import dltui
from tui import cli

Captured = pytest.CaptureFixture[str]
RUN = ("run", "mnist", "--device", "cpu")


@pytest.fixture(autouse=True)
def _folders(folders: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, folder in folders.items():
        monkeypatch.setenv(name, folder)


def digits(*settings: str) -> list[str]:
    words = (*RUN, "--preset", "digits", *(f"--set={setting}" for setting in settings))
    return list(words)


@needs_mnist
@pytest.mark.slow
def test_ten_epochs_of_mnist(folders: dict[str, str]) -> None:
    words = (*RUN, "--set", "epochs=10", "--json", "--data-dir", str(SHARED))
    code, output, errors = dltui(*words, env=folders)
    assert (code, errors) == (0, "")
    *steps, end = map(json.loads, output.splitlines())
    assert end["metrics"]["test_accuracy"] >= 0.97
    assert end["metrics"]["test_accuracy"] == pytest.approx(0.974, abs=0.006)  # says the page
    assert [step["epoch"] for step in steps] == list(range(1, 11))
    assert end["steps"] == 7820
    assert "parameters" not in end
    assert "note" not in end
    assert [round(pair["y"]) for pair in end["predictions"]] == [7, 2, 1, 0, 4]
    assert (
        Path(folders["DLTUI_STATE_DIR"]) / "networks" / "mnist-dense-512x4-relu-validation10000.pt"
    ).is_file()


def run(capsys: Captured, *words: str) -> tuple[dict[str, Any], str]:
    """The last event of one epoch, and what was said."""
    assert cli.main([*RUN, "--set", "epochs=1", "--json", *words]) == 0
    output, errors = capsys.readouterr()
    return json.loads(output.splitlines()[-1]), errors


def test_without_mnist_it_starts_with_the_preset_of_the_digits(
    capsys: Captured, tmp_path: Path
) -> None:
    end, errors = run(capsys)
    assert end["preset"] == "digits"
    # 1,127 of 1,352 training images in batches of 64.
    assert end["steps"] == 18
    missing = f"DLTUI_DATA_DIR names {tmp_path / 'data'}, which does not exist"
    said = f"MNIST is not here ({missing}): the preset digits is trained."
    assert end["note"] == f"{said} To get it: dltui data fetch mnist"
    assert errors == f"dltui: {end['note']}\n"


def test_a_preset_that_is_named_is_trained_with_the_digits_and_its_note(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLTUI_DATA_DIR", "")  # and what it was is set again in the end
    (tmp_path / "my data").mkdir()
    end, errors = run(capsys, "--preset", "mnist", "--data-dir", str(tmp_path / "my data"))
    assert end["preset"] == "mnist"
    command = f"dltui data fetch mnist --data-dir '{tmp_path / 'my data'}'"
    said = f"MNIST is not here: scikit-learn's 1,797 digits stand in. To get it: {command}"
    assert end["note"] == said
    assert errors == f"dltui: {said}\n"


def test_data_that_is_named_needs_no_other_preset(capsys: Captured) -> None:
    end, errors = run(capsys, "--set", "data=digits")
    assert (end["preset"], errors) == ("mnist", "")
    assert "note" not in end


def test_with_mnist_it_starts_with_the_first_preset(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tiny = Tiny()
    monkeypatch.setattr(registry, "DATA_SETS", (tiny.data_set(), *registry.DATA_SETS[1:]))
    monkeypatch.setenv("DLTUI_DATA_DIR", "")
    labels = tiny.put(tmp_path) / "t10k-labels-idx1-ubyte.gz"
    end, errors = run(capsys, "--data-dir", str(tmp_path))
    assert (end["preset"], end["steps"], errors) == ("mnist", 8, "")
    labels.write_bytes(b"")  # a damaged one is as good as none
    end, errors = run(capsys, "--data-dir", str(tmp_path))
    assert end["preset"] == "digits"
    assert errors.startswith(f"dltui: MNIST is damaged ({labels.name}: expected")


def test_a_folder_that_does_not_exist_is_refused(capsys: Captured) -> None:
    assert cli.main([*RUN, "--data-dir", "/no/such"]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith("dltui: --data-dir '/no/such' does not exist: name another folder")
    assert errors.count("\n") == 1


def test_plain_lines_keep_the_note_apart(capsys: Captured) -> None:
    assert cli.main([*RUN, "--set", "epochs=1"]) == 0
    output, errors = capsys.readouterr()
    assert "MNIST is not here" in errors
    assert "MNIST is not here" not in output
    assert "test_accuracy" in output


def test_a_network_that_cannot_be_saved_is_told_of_once(
    capsys: Captured, folders: dict[str, str]
) -> None:
    Path(folders["DLTUI_STATE_DIR"]).write_text("in the way")
    assert cli.main([*RUN, "--set", "epochs=2", "--set", "data=digits", "--json"]) == 0
    output, errors = capsys.readouterr()
    *_, end = map(json.loads, output.splitlines())
    assert end["note"] == "The trained network cannot be saved: Not a directory"
    assert errors.count("cannot be saved") == 1


def test_the_digits_preset_needs_no_note_and_reads_95_percent(capsys: Captured) -> None:
    assert cli.main([*digits(), "--json"]) == 0
    output, errors = capsys.readouterr()
    *_, end = map(json.loads, output.splitlines())
    assert errors == ""
    assert end["metrics"]["test_accuracy"] >= 0.95


def test_training_goes_on_from_the_saved_network(capsys: Captured) -> None:
    assert cli.main([*digits("epochs=3", "start=saved"), "--json"]) == 1
    end = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert end["status"] == "failed"
    assert "set start to anew" in end["message"]
    assert "NoneKept" not in end["message"]  # the name of a class, which tells a learner nothing
    assert cli.main([*digits("epochs=3"), "--json"]) == 0
    first = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert cli.main([*digits("epochs=10", "start=saved"), "--json"]) == 0
    second = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert second["metrics"]["test_accuracy"] > first["metrics"]["test_accuracy"]


def test_a_setting_that_is_wrong_is_refused(capsys: Captured) -> None:
    assert cli.main([*RUN, "--set", "network=transformer"]) == 2
    assert "it must be one of dense, convolutional" in capsys.readouterr().err
