"""`dltui run mnist`: with the real images if available, and with the digits otherwise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.datasets import registry
from tests.engine.digits import SHARED, needs_mnist
from tests.mirror import Tiny
from tests.terminal.command import Main, dltui

RUN = ("run", "mnist", "--device", "cpu")
ONE_EPOCH = (*RUN, "--set", "epochs=1")
DIGITS = (*RUN, "--preset", "digits")


@needs_mnist
@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_ten_epochs_of_mnist(folders: dict[str, str]) -> None:
    words = (*RUN, "--set", "epochs=10", "--json", "--data-dir", str(SHARED))
    code, output, errors = dltui(*words, env=folders)
    assert (code, errors) == (0, "")
    *steps, end = map(json.loads, output.splitlines())
    assert end["metrics"]["test_accuracy"] >= 0.97
    assert end["metrics"]["test_accuracy"] == pytest.approx(0.974, abs=0.006)  # as on the page
    assert [step["epoch"] for step in steps] == list(range(1, 11))
    assert end["steps"] == 7820
    assert not {"parameters", "note"} & set(end)
    assert [round(pair["y"]) for pair in end["predictions"]] == [7, 2, 1, 0, 4]
    networks = Path(folders["DLTUI_STATE_DIR"]) / "networks"
    assert (networks / "mnist-dense-512x4-relu-validation10000.pt").is_file()


def run(main: Main, *words: str) -> tuple[dict[str, Any], str]:
    """Train one epoch; return the last event and the stderr output."""
    output, errors = main(*ONE_EPOCH, "--json", *words)
    return json.loads(output.splitlines()[-1]), errors


def test_without_mnist_it_trains_with_the_digits_and_says_so(main: Main, tmp_path: Path) -> None:
    end, errors = run(main)
    # 1,127 of 1,352 training images in batches of 64.
    assert (end["preset"], end["steps"]) == ("digits", 18)
    missing = f"DLTUI_DATA_DIR names {tmp_path / 'data'}, which does not exist"
    note = f"MNIST is not here ({missing}): the preset digits is trained."
    assert end["note"] == f"{note} To get it: dltui data fetch mnist"
    assert errors == f"dltui: {end['note']}\n"

    end, errors = run(main, "--set", "data=digits")  # named explicitly: no other preset is needed
    assert (end["preset"], errors) == ("mnist", "")
    assert "note" not in end

    (tmp_path / "my data").mkdir()
    words = ("--preset", "mnist", "--data-dir", str(tmp_path / "my data"))
    end, errors = run(main, *words)
    assert end["preset"] == "mnist"
    command = f"dltui data fetch mnist --data-dir '{tmp_path / 'my data'}'"
    note = f"MNIST is not here: scikit-learn's 1,797 digits stand in. To get it: {command}"
    assert (end["note"], errors) == (note, f"dltui: {note}\n")
    output, errors = main(*ONE_EPOCH, *words)
    assert errors == f"dltui: {note}\n"
    assert "MNIST is not here" not in output
    assert "  test accuracy  " in output
    assert "  validation accuracy  " in output


def test_with_mnist_it_starts_with_the_first_preset(
    main: Main, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tiny = Tiny()
    monkeypatch.setattr(registry, "DATA_SETS", (tiny.data_set(), *registry.DATA_SETS[1:]))
    labels = tiny.put(tmp_path) / "t10k-labels-idx1-ubyte.gz"
    end, errors = run(main, "--data-dir", str(tmp_path))
    assert (end["preset"], end["steps"], errors) == ("mnist", 8, "")
    labels.write_bytes(b"")  # a damaged file counts as missing
    end, errors = run(main, "--data-dir", str(tmp_path))
    assert end["preset"] == "digits"
    assert errors.startswith(f"dltui: MNIST is damaged ({labels.name}: expected")


def test_what_is_refused_or_cannot_be_saved(main: Main, folders: dict[str, str]) -> None:
    missing = "--data-dir '/no/such' does not exist: name another folder"
    words = "it must be one of dense, convolutional"
    table = [(["--data-dir", "/no/such"], missing), (["--set", "network=transformer"], words)]
    main.check_refused(table, *RUN)
    end = main.events(*DIGITS, "--set=epochs=3", "--set=start=saved", code=1)[-1]
    assert end["status"] == "failed"
    assert "set start to anew" in end["message"]
    assert "NoneKept" not in end["message"]  # no class names in messages
    Path(folders["DLTUI_STATE_DIR"]).write_text("in the way")
    output, errors = main(*RUN, "--set", "epochs=2", "--set", "data=digits", "--json")
    end = json.loads(output.splitlines()[-1])
    assert end["note"] == "The trained network cannot be saved: Not a directory"
    assert errors.count("cannot be saved") == 1


def test_training_goes_on_from_the_saved_network(main: Main) -> None:
    output = main.output(*DIGITS, "--json", "--set=epochs=3")  # and no note on stderr
    first = json.loads(output.splitlines()[-1])
    second = main.events(*DIGITS, "--set=epochs=10", "--set=start=saved")[-1]
    assert second["metrics"]["test_accuracy"] > first["metrics"]["test_accuracy"]
