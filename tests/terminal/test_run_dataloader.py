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

from tests.terminal.command import dltui, start
from tui import cli

Captured = pytest.CaptureFixture[str]
PIMA = Path(__file__).parents[3] / "shared/data/pima/pima-indians-diabetes.csv"
needs_pima = pytest.mark.skipif(not PIMA.is_file(), reason="the Pima table is not here")


def run(capsys: Captured, *words: str, code: int = 0) -> dict[str, Any]:
    """Run with --json on the CPU: the end event."""
    assert cli.main(["run", "dataloader", *words, "--device", "cpu", "--json"]) == code
    output, _ = capsys.readouterr()
    end = json.loads(output.splitlines()[-1], parse_constant=pytest.fail)
    assert end.pop("event") == "end"
    return dict(end)


def refused(capsys: Captured, *words: str) -> str:
    """The one line on stderr."""
    assert cli.main(["run", *words]) == 2
    output, errors = capsys.readouterr()
    assert output == ""
    (line,) = errors.splitlines()
    assert line.isprintable()
    return line


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "t.csv"
    rows = [f"{i % 7};{i % 5 + i % 2};{('no', 'yes')[i % 2]};{i / 4}" for i in range(60)]
    path.write_text("\n".join(["a;b;kind;price", *rows, "1;;no;3", "2;?;yes;4"]))
    return path


def test_the_embedded_table(capsys: Captured) -> None:
    end = run(capsys)
    metrics = end["metrics"]
    assert end["status"] == "finished"
    assert end["steps"] == 1400
    assert metrics["accuracy_to_beat"] == pytest.approx(89 / 142)  # a quarter of 357 benign
    assert metrics["validation_accuracy"] > 0.9
    chances = [each["y"] for each in end["predictions"]]
    assert chances == sorted(chances, reverse=True)  # large cells are malignant


@needs_pima
def test_pima_as_first_written_does_not_learn(capsys: Captured) -> None:
    """An accuracy of the commoner class, 500 of 768, and the loss of who knows that share."""
    share = 268 / 768
    entropy = -share * np.log(share) - (1 - share) * np.log(1 - share)
    assert entropy == pytest.approx(0.647, abs=5e-4)
    for preset in ("seed", "standardised"):
        metrics = run(capsys, "--preset", preset, "--csv", str(PIMA))["metrics"]
        assert metrics["train_loss"] == pytest.approx(entropy, abs=0.005)
        assert metrics["validation_loss"] == pytest.approx(entropy, abs=0.005)
        assert metrics["validation_accuracy"] == pytest.approx(125 / 192)


@needs_pima
@pytest.mark.parametrize("preset", ["mended", "adam"])
def test_pima_mended(preset: str, capsys: Captured) -> None:
    end = run(capsys, "--preset", preset, "--csv", str(PIMA))
    assert end["metrics"]["validation_accuracy"] >= 0.75
    assert end["metrics"]["train_loss"] < 0.5


def test_the_label_by_name_and_what_becomes_of_gaps(table: Path, capsys: Captured) -> None:
    words = ("--csv", str(table), "--label", "kind", "--set", "epochs=2")
    dropped = run(capsys, *words)
    assert dropped["steps"] == 4  # of 60 rows 45 to train on, 32 a batch, twice
    assert dropped["note"] == "2 rows with a missing value left out: b 2"
    filled = run(capsys, *words, "--missing", "fill", "--separator", "semicolon")
    assert filled["note"] == "the median of the column stands for missing values: b 2"
    same = run(capsys, "--set", f"csv={table}", "--set", "label=kind", "--set", "epochs=2")
    assert same["loss"] == dropped["loss"]


def test_a_number_to_predict(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "n.csv"
    path.write_text("\n".join(f"{i % 7},{i % 5},{3 * (i % 7) - i % 5}" for i in range(80)))
    end = run(capsys, "--csv", str(path), "--header", "no")
    assert end["metrics"]["r2_to_beat"] == pytest.approx(0, abs=0.2)
    assert end["metrics"]["validation_r2"] > 0.5
    few = run(capsys, "--csv", str(path), "--target", "classes", "--set", "epochs=1")
    assert "accuracy_to_beat" in few["metrics"]


def test_what_is_refused_in_one_line(table: Path, tmp_path: Path, capsys: Captured) -> None:
    own = ("dataloader", "--csv", str(table))
    assert "line 2, column 3 (kind): 'no' is not a number" in refused(capsys, *own)
    assert "no column is called 'kin'" in refused(capsys, *own, "--label", "kin")
    assert "drop, fill" in refused(capsys, *own, "--missing", "keep")
    assert "comma, semicolon, tab" in refused(capsys, *own, "--separator", ":")
    assert "auto, yes, no" in refused(capsys, *own, "--header", "2")
    assert "did you mean t.csv?" in refused(capsys, "dataloader", "--csv", f"{table}x")
    assert "is a folder" in refused(capsys, "dataloader", "--csv", str(tmp_path))
    assert "name it with --csv FILE" in refused(capsys, "dataloader", "--label", "kind")
    assert "leave it out, or name a file" in refused(capsys, "dataloader", "--csv", "none")
    assert "--csv needs a value" in refused(capsys, "dataloader", "--csv", "")
    assert "takes no --csv: dataloader does" in refused(capsys, "batches", "--csv", str(table))
    evil = tmp_path / "\x1b[31m\n.csv"
    evil.write_text("a,\x1b[2Jb\n1,2\n\x07,3\n")
    line = refused(capsys, "dataloader", "--csv", str(evil))
    assert r"\x1b[31m\n.csv, line 3, column 1 (a): '\x07'" in line


def test_options_may_stand_before_the_command(table: Path, capsys: Captured) -> None:
    words = ["--csv", str(table), "--label", "kind", "run", "dataloader", "--set", "epochs=1"]
    assert cli.main([*words, "--json"]) == 0
    assert '"status":"finished"' in capsys.readouterr().out


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


def test_the_task_is_stated_before_the_training(table: Path, capsys: Captured) -> None:
    words = ["run", "dataloader", "--csv", str(table), "--label", "kind", "--ignore", "price"]
    words += ["--set", "epochs=1", "--device", "cpu"]
    assert cli.main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    task = "predicts kind: 2 classes (no, yes); 2 features; 60 rows, 15 held out; ignored: price"
    assert lines[1] == task
    assert lines[2].startswith("step")
    assert cli.main([*words, "--json"]) == 0
    first, *_, end = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["event"] == "step"
    assert end["task"] == task


def test_one_step_is_in_the_singular(capsys: Captured) -> None:
    words = ["run", "linear-regression", "--set", "epochs=1", "--device", "cpu"]
    assert cli.main(words) == 0
    assert "finished after 1 step in" in capsys.readouterr().out


def test_columns_are_ignored_by_either_option(table: Path, capsys: Captured) -> None:
    own = ("dataloader", "--csv", str(table), "--label", "price")
    assert "--set ignore=kind" in refused(capsys, *own)
    end = run(capsys, *own[1:], "--set", "ignore=kind", "--set", "epochs=1")
    assert end["task"].endswith("ignored: kind")
    assert "did you mean kind? there are: a, b, kind, price" in refused(
        capsys, *own, "--ignore", "kid"
    )
    assert "name it with --csv FILE" in refused(capsys, "dataloader", "--ignore", "kind")


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        (
            ("dataloader",),
            "P(second class) with every feature x standard deviations above its mean",
        ),
        (("decision-boundary",), "P at the point (x, x)"),
        (("mnist", "--preset", "digits"), "the predicted class of test image x, counted from 0"),
        (("linear-regression",), None),
    ],
)
def test_the_text_explains_the_argument_of_the_predictions(
    capsys: Captured, words: tuple[str, ...], meaning: str | None
) -> None:
    assert cli.main(["run", *words, "--set", "epochs=1", "--device", "cpu"]) == 0
    *_, before, last = capsys.readouterr().out.splitlines()
    if meaning is None:
        assert last.startswith("  y(3.5)")
    else:
        assert before.startswith("  y(")
        assert last == f"  y(x): {meaning}"
        assert len(last) <= 80


def test_the_text_names_the_kind_of_prediction(capsys: Captured, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = [f"{i % 7},{i % 5},{'abc'[i % 3]},{i / 4}" for i in range(60)]
    path.write_text("\n".join(["one,two,kind,size", *rows, ""]))
    for label, ignored, what in (
        ("kind", "size", "the likeliest class, from 0,"),
        ("size", "kind", "the predicted number"),
    ):
        words = ["--csv", str(path), "--label", label, "--ignore", ignored, "--set", "epochs=1"]
        assert cli.main(["run", "dataloader", *words, "--device", "cpu"]) == 0
        assert capsys.readouterr().out.splitlines()[-1].startswith(f"  y(x): {what} with every")
