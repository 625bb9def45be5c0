"""`dltui run mnist`: with the real images where they are, and with the digits where not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.engine.digits import SHARED, needs_mnist
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
def test_ten_epochs_of_mnist(folders: dict[str, str]) -> None:
    words = (*RUN, "--set", "epochs=10", "--json", "--data-dir", str(SHARED))
    code, output, errors = dltui(*words, env=folders)
    assert (code, errors) == (0, "")
    *steps, end = map(json.loads, output.splitlines())
    assert end["metrics"]["test_accuracy"] >= 0.97
    assert end["metrics"]["test_accuracy"] == pytest.approx(0.977, abs=0.006)  # says the page
    assert [step["epoch"] for step in steps] == list(range(1, 11))
    assert end["steps"] == 9380
    assert "parameters" not in end
    assert "note" not in end
    assert [round(pair["y"]) for pair in end["predictions"]] == [7, 2, 1, 0, 4]
    assert (Path(folders["DLTUI_STATE_DIR"]) / "networks" / "mnist-dense-512x4-relu.pt").is_file()


def test_without_mnist_it_says_what_stands_in(capsys: Captured) -> None:
    assert cli.main([*RUN, "--set", "epochs=1", "--json"]) == 0
    output, errors = capsys.readouterr()
    *_, end = map(json.loads, output.splitlines())
    assert "MNIST is not here" in end["note"]
    assert errors.count("\n") == 1
    assert end["note"] in errors


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
