"""`dltui run dataloader`: own tables, refused arguments, and no remaining processes."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.processes import all_end, descendants
from tests.terminal.command import Main, start

PIMA = Path(__file__).parents[3] / "shared/data/pima/pima-indians-diabetes.csv"


def run(main: Main, *words: str) -> dict[str, Any]:
    """Run with --json on the CPU and return the end event."""
    end = main.events("run", "dataloader", *words, "--device", "cpu")[-1]
    assert end.pop("event") == "end"
    return dict(end)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "t.csv"
    rows = [f"{i % 7};{i % 5 + i % 2};{('no', 'yes')[i % 2]};{i / 4}" for i in range(60)]
    path.write_text("\n".join(["a;b;kind;price", *rows, "1;;no;3", "2;?;yes;4"]))
    return path


def test_the_embedded_table(main: Main) -> None:
    end = run(main)
    assert (end["status"], end["steps"]) == ("finished", 1400)
    assert end["metrics"]["accuracy_to_beat"] == pytest.approx(89 / 142)  # ¼ of 357 are benign
    assert end["metrics"]["validation_accuracy"] > 0.9
    chances = [each["y"] for each in end["predictions"]]
    assert chances == sorted(chances, reverse=True)  # large cells are malignant


@pytest.mark.skipif(not PIMA.is_file(), reason="the Pima table is not here")
@pytest.mark.parametrize(
    "presets",
    [("seed", "mended"), pytest.param(("standardised", "adam"), marks=pytest.mark.slow)],
)
def test_pima_as_first_written_does_not_learn_and_mended_does(
    main: Main, presets: tuple[str, ...]
) -> None:
    """The majority class has 500 of 768 samples: its accuracy, and the loss of predicting it."""
    share = 268 / 768
    entropy = -share * np.log(share) - (1 - share) * np.log(1 - share)
    assert entropy == pytest.approx(0.647, abs=5e-4)
    for preset in presets:
        metrics = run(main, "--preset", preset, "--csv", str(PIMA))["metrics"]
        if preset in ("mended", "adam"):
            assert metrics["validation_accuracy"] >= 0.75
            assert metrics["train_loss"] < 0.5
        else:
            assert metrics["train_loss"] == pytest.approx(entropy, abs=0.005)
            assert metrics["validation_loss"] == pytest.approx(entropy, abs=0.005)
            assert metrics["validation_accuracy"] == pytest.approx(125 / 192)


def test_the_label_by_name_and_what_becomes_of_gaps(table: Path, main: Main) -> None:
    words = ("--csv", str(table), "--label", "kind", "--set", "epochs=2")
    dropped = run(main, *words)
    assert dropped["steps"] == 4  # 45 of 60 rows for training, 32 per batch, two epochs
    assert dropped["note"] == "2 rows with a missing value left out: b 2"
    filled = run(main, *words, "--missing", "fill", "--separator", "semicolon")
    assert filled["note"] == "the median of the column stands for missing values: b 2"
    same = run(main, "--set", f"csv={table}", "--set", "label=kind", "--set", "epochs=2")
    assert same["loss"] == dropped["loss"]
    before = main.events(*words, "run", "dataloader")  # options may precede the command
    assert before[-1]["loss"] == dropped["loss"]


def test_a_number_to_predict(tmp_path: Path, main: Main) -> None:
    path = tmp_path / "n.csv"
    path.write_text("\n".join(f"{i % 7},{i % 5},{3 * (i % 7) - i % 5}" for i in range(80)))
    end = run(main, "--csv", str(path), "--header", "no")
    assert end["metrics"]["r2_to_beat"] == pytest.approx(0, abs=0.2)
    assert end["metrics"]["validation_r2"] > 0.5
    few = run(main, "--csv", str(path), "--target", "classes", "--set", "epochs=1")
    assert "accuracy_to_beat" in few["metrics"]


def test_what_is_refused_in_one_line(table: Path, tmp_path: Path, main: Main) -> None:
    own = ["dataloader", "--csv", str(table)]
    price = [*own, "--label", "price"]
    evil = tmp_path / "\x1b[31m\n.csv"
    evil.write_text("a,\x1b[2Jb\n1,2\n\x07,3\n")
    main.check_refused(
        [
            (own, "line 2, column 3 (kind): 'no' is not a number"),
            ([*own, "--label", "kin"], "no column is called 'kin'"),
            ([*own, "--missing", "keep"], "drop, fill"),
            ([*own, "--separator", ":"], "comma, semicolon, tab"),
            ([*own, "--header", "2"], "auto, yes, no"),
            (["dataloader", "--csv", f"{table}x"], "did you mean t.csv?"),
            (["dataloader", "--csv", str(tmp_path)], "is a folder"),
            (["dataloader", "--label", "kind"], "name it with --csv FILE"),
            (["dataloader", "--ignore", "kind"], "name it with --csv FILE"),
            (["dataloader", "--csv", "none", "--label", "kind"], "name it with --csv FILE"),
            (["dataloader", "--csv", ""], "--csv needs a value"),
            (["batches", "--csv", str(table)], "takes no --csv: dataloader does"),
            (["dataloader", "--csv", str(evil)], r"\n.csv, line 3, column 1 (a): '\x07'"),
            (price, "--ignore kind"),
            ([*price, "--ignore", "kid"], "did you mean kind? there are: a, b, kind, price"),
        ],
        "run",
    )
    end = run(main, *price[1:], "--set", "ignore=kind", "--set", "epochs=1")
    assert end["task"].endswith("ignored: kind")
    assert "tumour" in run(main, "--csv", "none", "--set", "epochs=1")["task"]


@pytest.mark.slow  # quick variant: test_while_workers_start_there_is_a_rest…
def test_ctrl_c_while_workers_start_leaves_none(folders: dict[str, str]) -> None:
    words = ("run", "dataloader", "--preset", "workers", "--device", "cpu", "--json")
    process = start(*words, "--set", "epochs=100000", env=folders)
    end = time.monotonic() + 60
    while len(family := descendants(process.pid)) < 2:
        assert time.monotonic() < end, process.poll()
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert json.loads(output.splitlines()[-1])["status"] == "stopped"
    assert "Traceback" not in errors
    assert all_end(family)


def test_the_text_states_the_task_and_explains_the_argument_of_the_predictions(
    main: Main, table: Path, tmp_path: Path
) -> None:
    words = ["run", "dataloader", "--csv", str(table), "--label", "kind", "--ignore", "price"]
    words += ["--set", "epochs=1", "--device", "cpu"]
    lines = main(*words)[0].splitlines()
    task = "predicts kind: 2 classes (no, yes); 2 features; 60 rows, 15 held out; ignored: price"
    assert lines[1] == task
    assert lines[2].startswith("step")
    first, *_, end = main.events(*words)
    assert (first["event"], end["task"]) == ("step", task)

    path = tmp_path / "three.csv"
    rows = [f"{i % 7},{i % 5},{'abc'[i % 3]},{i / 4}" for i in range(60)]
    path.write_text("\n".join(["one,two,kind,size", *rows, ""]))
    own = ("dataloader", "--csv", str(path), "--label")
    above = "at x standard deviations above each feature's mean"
    for words, meaning in (
        (("dataloader",), f"P(second class) {above}"),
        (("decision-boundary",), "P at the point (x, x)"),
        (("mnist", "--preset", "digits"), "the predicted class of test image x, counted from 0"),
        ((*own, "kind", "--ignore", "size"), f"the likeliest class, where 0 is a, {above}"),
        ((*own, "size", "--ignore", "kind"), f"the predicted number {above}"),
        (("linear-regression",), None),
    ):
        output, _ = main("run", *words, "--set", "epochs=1", "--device", "cpu")
        *_, before, last = output.splitlines()
        if meaning is None:
            assert last.startswith("  prediction for x = 3.5")
        else:
            assert before.startswith("  prediction for x = ")
            assert last == f"  prediction: {meaning}"
            assert "--csv" in words or len(last) <= 80
