"""`dltui run dataloader`: a table of one's own, what is refused, and that no process is left."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.terminal.command import Main, dltui, start

PIMA = Path(__file__).parents[3] / "shared/data/pima/pima-indians-diabetes.csv"
needs_pima = pytest.mark.skipif(not PIMA.is_file(), reason="the Pima table is not here")


def run(main: Main, *words: str) -> dict[str, Any]:
    """Run with --json on the CPU: the end event."""
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
    metrics = end["metrics"]
    assert end["status"] == "finished"
    assert end["steps"] == 1400
    assert metrics["accuracy_to_beat"] == pytest.approx(89 / 142)  # a quarter of 357 benign
    assert metrics["validation_accuracy"] > 0.9
    chances = [each["y"] for each in end["predictions"]]
    assert chances == sorted(chances, reverse=True)  # large cells are malignant


@needs_pima
def test_pima_as_first_written_does_not_learn(main: Main) -> None:
    """An accuracy of the commoner class, 500 of 768, and the loss of who knows that share."""
    share = 268 / 768
    entropy = -share * np.log(share) - (1 - share) * np.log(1 - share)
    assert entropy == pytest.approx(0.647, abs=5e-4)
    for preset in ("seed", "standardised"):
        metrics = run(main, "--preset", preset, "--csv", str(PIMA))["metrics"]
        assert metrics["train_loss"] == pytest.approx(entropy, abs=0.005)
        assert metrics["validation_loss"] == pytest.approx(entropy, abs=0.005)
        assert metrics["validation_accuracy"] == pytest.approx(125 / 192)


@needs_pima
def test_pima_mended(main: Main) -> None:
    for preset in ("mended", "adam"):
        end = run(main, "--preset", preset, "--csv", str(PIMA))
        assert end["metrics"]["validation_accuracy"] >= 0.75
        assert end["metrics"]["train_loss"] < 0.5


def test_the_label_by_name_and_what_becomes_of_gaps(table: Path, main: Main) -> None:
    words = ("--csv", str(table), "--label", "kind", "--set", "epochs=2")
    dropped = run(main, *words)
    assert dropped["steps"] == 4  # of 60 rows 45 to train on, 32 a batch, twice
    assert dropped["note"] == "2 rows with a missing value left out: b 2"
    filled = run(main, *words, "--missing", "fill", "--separator", "semicolon")
    assert filled["note"] == "the median of the column stands for missing values: b 2"
    same = run(main, "--set", f"csv={table}", "--set", "label=kind", "--set", "epochs=2")
    assert same["loss"] == dropped["loss"]


def test_a_number_to_predict(tmp_path: Path, main: Main) -> None:
    path = tmp_path / "n.csv"
    path.write_text("\n".join(f"{i % 7},{i % 5},{3 * (i % 7) - i % 5}" for i in range(80)))
    end = run(main, "--csv", str(path), "--header", "no")
    assert end["metrics"]["r2_to_beat"] == pytest.approx(0, abs=0.2)
    assert end["metrics"]["validation_r2"] > 0.5
    few = run(main, "--csv", str(path), "--target", "classes", "--set", "epochs=1")
    assert "accuracy_to_beat" in few["metrics"]


def test_what_is_refused_in_one_line(table: Path, tmp_path: Path, main: Main) -> None:
    own = ("dataloader", "--csv", str(table))
    assert "line 2, column 3 (kind): 'no' is not a number" in main.refused("run", *own)
    assert "no column is called 'kin'" in main.refused("run", *own, "--label", "kin")
    assert "drop, fill" in main.refused("run", *own, "--missing", "keep")
    assert "comma, semicolon, tab" in main.refused("run", *own, "--separator", ":")
    assert "auto, yes, no" in main.refused("run", *own, "--header", "2")
    assert "did you mean t.csv?" in main.refused("run", "dataloader", "--csv", f"{table}x")
    assert "is a folder" in main.refused("run", "dataloader", "--csv", str(tmp_path))
    assert "name it with --csv FILE" in main.refused("run", "dataloader", "--label", "kind")
    none = ("run", "dataloader", "--csv", "none")
    assert "name it with --csv FILE" in main.refused(*none, "--label", "kind")
    assert "tumour" in main.events(*none, "--set", "epochs=1")[-1]["task"]
    assert "--csv needs a value" in main.refused("run", "dataloader", "--csv", "")
    assert "takes no --csv: dataloader does" in main.refused("run", "batches", "--csv", str(table))
    evil = tmp_path / "\x1b[31m\n.csv"
    evil.write_text("a,\x1b[2Jb\n1,2\n\x07,3\n")
    line = main.refused("run", "dataloader", "--csv", str(evil))
    assert r"\x1b[31m\n.csv, line 3, column 1 (a): '\x07'" in line


def test_options_may_stand_before_the_command(table: Path, main: Main) -> None:
    words = ["--csv", str(table), "--label", "kind", "run", "dataloader", "--set", "epochs=1"]
    assert main.events(*words)[-1]["status"] == "finished"


def workers_of(pid: int) -> list[int]:
    """The processes that descend from this one."""
    listing = subprocess.run(
        ["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    parents = dict(tuple(map(int, line.split())) for line in listing.stdout.splitlines())
    family, size = {pid}, 0
    while len(family) > size:
        size = len(family)
        family |= {child for child, parent in parents.items() if parent in family}
    return sorted(family - {pid})


def test_ctrl_c_while_workers_start_leaves_none(folders: dict[str, str]) -> None:
    words = ("run", "dataloader", "--preset", "workers", "--device", "cpu", "--json")
    process = start(*words, "--set", "epochs=100000", env=folders)
    end = time.monotonic() + 60
    while len(family := workers_of(process.pid)) < 2:
        assert time.monotonic() < end, process.poll()
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert json.loads(output.splitlines()[-1])["status"] == "stopped"
    assert "Traceback" not in errors
    left = subprocess.run(
        ["ps", "-o", "stat=", "-p", ",".join(map(str, family))], capture_output=True
    )
    assert not [state for state in left.stdout.split() if not state.startswith(b"Z")]


def test_workers_change_no_figure(folders: dict[str, str]) -> None:
    ends = []
    for workers in ("0", "1"):
        words = ("--set", f"workers={workers}", "--set", "epochs=2", "--device", "cpu", "--json")
        code, output, errors = dltui("run", "dataloader", *words, env=folders)
        assert (code, errors) == (0, "")
        ends.append(json.loads(output.splitlines()[-1]))
    assert ends[0]["loss"] == ends[1]["loss"]
    assert ends[0]["metrics"] == ends[1]["metrics"]


def test_the_task_is_stated_before_the_training(table: Path, main: Main) -> None:
    words = ["run", "dataloader", "--csv", str(table), "--label", "kind", "--ignore", "price"]
    words += ["--set", "epochs=1", "--device", "cpu"]
    lines = main(*words)[0].splitlines()
    task = "predicts kind: 2 classes (no, yes); 2 features; 60 rows, 15 held out; ignored: price"
    assert lines[1] == task
    assert lines[2].startswith("step")
    first, *_, end = main.events(*words)
    assert first["event"] == "step"
    assert end["task"] == task


def test_columns_are_ignored_by_either_option(table: Path, main: Main) -> None:
    own = ("dataloader", "--csv", str(table), "--label", "price")
    assert "--set ignore=kind" in main.refused("run", *own)
    end = run(main, *own[1:], "--set", "ignore=kind", "--set", "epochs=1")
    assert end["task"].endswith("ignored: kind")
    assert "did you mean kind? there are: a, b, kind, price" in main.refused(
        "run", *own, "--ignore", "kid"
    )
    assert "name it with --csv FILE" in main.refused("run", "dataloader", "--ignore", "kind")


def test_the_text_explains_the_argument_of_the_predictions(main: Main, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = [f"{i % 7},{i % 5},{'abc'[i % 3]},{i / 4}" for i in range(60)]
    path.write_text("\n".join(["one,two,kind,size", *rows, ""]))
    own = ("dataloader", "--csv", str(path), "--label")
    above = "with every feature x standard deviations above its mean"
    for words, meaning in (
        (("dataloader",), f"P(second class) {above}"),
        (("decision-boundary",), "P at the point (x, x)"),
        (("mnist", "--preset", "digits"), "the predicted class of test image x, counted from 0"),
        ((*own, "kind", "--ignore", "size"), f"the likeliest class, from 0, {above}"),
        ((*own, "size", "--ignore", "kind"), f"the predicted number {above}"),
        (("linear-regression",), None),
    ):
        output, _ = main("run", *words, "--set", "epochs=1", "--device", "cpu")
        *_, before, last = output.splitlines()
        if meaning is None:
            assert last.startswith("  y(3.5)")
        else:
            assert before.startswith("  y(")
            assert last == f"  y(x): {meaning}"
            assert "--csv" in words or len(last) <= 80
