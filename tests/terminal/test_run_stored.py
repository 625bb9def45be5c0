"""`dltui run --save` and `--tensorboard`: what is stored, and what is refused before it trains."""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from engine.trainers.linear_regression import LinearRegression
from lessons.catalog import entries
from lessons.lesson import TrainingLesson
from tests.terminal.command import Main, start
from tests.terminal.test_run_command import plain_linear_regression
from tui.commands import event_log, model_file
from tui.commands.event_log import is_written

CPU = ("--device", "cpu")
LINE = ("run", "linear-regression", *CPU)
LESSONS = [entry.slug for entry in entries() if isinstance(entry.load(), TrainingLesson)]
X = torch.tensor([1, 2, 0.5, 2.5, 2.6, 3.1]).reshape(-1, 1)
Y = torch.tensor([3.7, 4.6, 1.65, 5.68, 5.98, 6.95]).reshape(-1, 1)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tmp_path / "model.pt"


def saved(main: Main, model: Path, *words: str) -> tuple[Any, dict[str, Any]]:
    """Train a lesson; return what the file holds, and the last event."""
    end = main.events("run", *words, *CPU, "--save", str(model))[-1]
    return torch.load(model, weights_only=True), end


def test_the_state_dict_of_a_model(main: Main, model: Path) -> None:
    state, _ = saved(main, model, "linear-regression", "--set", "epochs=20")
    by_hand, _ = plain_linear_regression(X, Y, "mean", epochs=20)
    assert list(state) == ["weight", "bias"]
    assert all(torch.equal(state[name], tensor) for name, tensor in by_hand.state_dict().items())
    state, end = saved(main, model, "gradient-by-hand")  # in place of the older one
    assert state == {"w": torch.tensor([end["parameters"]["w"]])}
    state, end = saved(main, model, "parameters", "--set", "epochs=2")
    assert {name: tensor.item() for name, tensor in state.items()} == end["parameters"]
    words = ("--preset", "digits", "--set", "epochs=1", "--set", "depth=0")
    state, _ = saved(main, model, "mnist", *words)
    assert {name: tuple(tensor.shape) for name, tensor in state.items()} == {
        "1.weight": (10, 784),
        "1.bias": (10,),
    }


def test_several_models_are_stored_by_name(main: Main, model: Path) -> None:
    for words, names in (
        (("batches",), ["single", "mini", "full"]),
        (("loss-reduction",), ["sum", "mean"]),
        (("five-steps", "--set", "compare=seeds"), ["seed_0", "seed_1", "seed_2", "seed_3"]),
    ):
        states, end = saved(main, model, *words, "--set", "epochs=2")
        assert list(states) == names
        for name in names:
            weights = [f"{sign}_{name}" for sign in ("w", "W1")]
            (first,) = [end["parameters"][key] for key in weights if key in end["parameters"]]
            assert next(iter(states[name].values())).flatten().tolist() == pytest.approx(
                first if isinstance(first, list) else [first], rel=1e-12
            )


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_training_can_be_saved(main: Main, model: Path, lesson: str) -> None:
    state, end = saved(main, model, lesson, "--set", "epochs=1")
    assert end["status"] == "finished"
    states = state.values() if isinstance(next(iter(state.values())), dict) else [state]
    tensors = [tensor for each in states for tensor in each.values()]
    assert all(isinstance(tensor, torch.Tensor) for tensor in tensors)
    assert not any(tensor.requires_grad for tensor in tensors)
    assert sum(tensor.numel() for tensor in tensors) > 0


def test_ctrl_c_stores_the_model_as_it_is(folders: dict[str, str], model: Path) -> None:
    words = (*LINE, "--set", "epochs=10000000", "--every", "100", "--json", "--save", str(model))
    process = start(*words, env=folders)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate()
    assert (process.returncode, errors) == (130, "")
    end = json.loads(rest.splitlines()[-1])
    assert end["status"] == "stopped"
    state = torch.load(model, weights_only=True)
    assert state["weight"].item() == end["parameters"]["w"]


def test_a_training_that_diverges_keeps_the_older_model(main: Main, model: Path) -> None:
    saved(main, model, "linear-regression", "--set", "epochs=1")
    before = model.read_bytes()
    words = (*LINE, "--set", "learning_rate=1e6", "--save", str(model))
    output, errors = main(*words, code=1)
    assert output.splitlines()[-1].startswith("  prediction for x = 3.5")
    assert errors == f"dltui: --save {str(model)!r} is not written: the training diverged\n"
    assert model.read_bytes() == before


def test_a_full_disk_loses_no_result(
    main: Main, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(main, model, "linear-regression", "--set", "epochs=1")
    before = model.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(model_file, "write_whole", full)
    output, errors = main(*LINE, "--save", str(model), code=1)
    assert output.splitlines()[-1].startswith("  prediction for x = 3.5")
    reason = "cannot be written: No space left on device; make room, and run the command again"
    assert errors == f"dltui: --save {str(model)!r} {reason}\n"
    assert model.read_bytes() == before
    assert list(model.parent.glob(".model*")) == []


def test_what_is_refused_before_it_trains(
    main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_training(*_: object) -> None:
        pytest.fail("it trains")

    monkeypatch.setattr(LinearRegression, "__init__", no_training)
    other = tmp_path / "notes.txt"
    other.write_text("my notes")
    os.mkfifo(tmp_path / "fifo")
    table = [
        ("", "--save needs the name of a file"),
        (str(tmp_path), "is a directory: name a file in it"),
        (str(tmp_path / "no" / "model.pt"), f"there is no directory {str(tmp_path / 'no')!r}"),
        (str(other / "model.pt"), f"there is no directory {str(other)!r}"),
        (str(tmp_path / "fifo"), "is no regular file: name another one"),
        (str(other), "is no file of a model, and is kept"),
        (str(tmp_path / ("long" * 70)), "File name too long: name another file"),
    ]
    main.check_refused([(["--save", name], why) for name, why in table], *LINE)
    assert other.read_text() == "my notes"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fifo", "notes.txt"]
    words = ("run", "autograd", "--save", str(tmp_path / "model.pt"))
    assert "trains nothing and takes no --save" in main.refused(*words)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_without_permission_it_does_not_train(main: Main, tmp_path: Path, model: Path) -> None:
    model.touch(mode=0o444)
    assert "it is write-protected" in main.refused(*LINE, "--save", str(model))
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    words = (*LINE, "--save", str(closed / "model.pt"))
    assert "cannot be written: Permission denied" in main.refused(*words)
    words = (*LINE, "--tensorboard", str(closed / "runs"))
    assert "cannot be written" in main.refused(*words)


class Writer:
    """Stands in for `SummaryWriter`: keeps what it is given."""

    scalars: dict[str, dict[int, float]]
    histograms: dict[str, dict[int, torch.Tensor]]
    room = 10**9

    def __init__(self, log_dir: str) -> None:
        self.folder, self.closed, self.written = log_dir, False, 0
        self.scalars, self.histograms = {}, {}
        Writer.last = self

    last: Writer

    def add_scalar(self, name: str, value: float, step: int) -> None:
        self.written += 1
        if self.written > self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        assert step not in self.scalars.setdefault(name, {}), "written twice"
        self.scalars[name][step] = value

    def add_histogram(self, name: str, values: torch.Tensor, step: int) -> None:
        assert step not in self.histograms.setdefault(name, {}), "written twice"
        self.histograms[name][step] = values.clone()

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> type[Writer]:
    """Put a package `tensorboard` on the path, and the writer where PyTorch has its own."""
    package = tmp_path / "packages" / "tensorboard"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(package.parent))
    module = ModuleType("torch.utils.tensorboard")
    module.SummaryWriter = Writer  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", module)
    return Writer


def test_the_scalars_of_a_run(main: Main, writer: type[Writer], tmp_path: Path) -> None:
    words = (*LINE, "--set", "epochs=1234", "--set", "learning_rate=0.02@300")
    *steps, end = main.events(*words, "--every", "1", "--tensorboard", str(tmp_path / "runs"))
    log = writer.last
    assert (log.folder, log.closed) == (str(tmp_path / "runs"), True)
    written = [*range(1, 1001), *range(1010, 1231, 10), 1234]
    losses = {step["step"]: step["loss"] for step in steps}
    assert log.scalars["loss"] == {step: losses[step] for step in written}
    rates = log.scalars["learning_rate"]
    assert [rates[step] for step in (1, 299, 300, 1234)] == [0.01, 0.01, 0.02, 0.02]
    assert log.scalars["metrics/r2"][1234] == end["metrics"]["r2"]
    plain = main.events(*words, "--every", "1")
    assert [step["loss"] for step in plain[:-1]] == list(losses.values())
    assert list(plain[-1]) == list(end)


def test_the_histograms_of_a_run(main: Main, writer: type[Writer], tmp_path: Path) -> None:
    main.events(*LINE, "--set", "epochs=1000", "--tensorboard", str(tmp_path))
    histograms = writer.last.histograms
    assert list(histograms) == [
        *("weights/weight", "gradients/weight", "weights/bias", "gradients/bias")
    ]
    for steps in histograms.values():
        assert list(steps) == [1, *range(20, 1001, 20)]
    by_hand, _ = plain_linear_regression(X, Y, "mean", epochs=20)
    assert torch.equal(histograms["weights/weight"][20], by_hand.weight)
    assert torch.equal(histograms["gradients/bias"][20], by_hand.bias.grad)


def test_validation_and_several_models(main: Main, writer: type[Writer], tmp_path: Path) -> None:
    folder = ("--tensorboard", str(tmp_path))
    end = main.events("run", "dataloader", *CPU, "--set", "epochs=2", *folder)[-1]
    scalars = writer.last.scalars
    for name in ("validation_loss", "validation_accuracy", "train_loss"):
        assert scalars[f"metrics/{name}"][28] == end["metrics"][name]
        assert len(scalars[f"metrics/{name}"]) == 28
    words = ("run", "mnist", "--preset", "digits", *CPU, "--set", "epochs=2", *folder)
    end = main.events(*words)[-1]
    scalars = writer.last.scalars
    assert scalars["metrics/test_accuracy"] == {36: end["metrics"]["test_accuracy"]}
    assert set(scalars["metrics/best_validation_accuracy"]) == set(range(19, 37))
    assert scalars["metrics/best_validation_accuracy"][36] == max(
        scalars["metrics/validation_accuracy"].values()
    )
    main.events("run", "batches", *CPU, "--set", "epochs=1", *folder)
    assert {name.split("/")[1] for name in writer.last.histograms} == {"single", "mini", "full"}


def test_a_full_disk_ends_the_events_and_not_the_run(
    main: Main, writer: type[Writer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "room", 10)
    words = (*LINE, "--set", "epochs=9", "--tensorboard", str(tmp_path), "--json")
    output, errors = main(*words, code=1)
    end = json.loads(output.splitlines()[-1])
    assert (end["status"], end["steps"]) == ("finished", 9)
    reason = "is incomplete: No space left on device"
    assert errors == f"dltui: --tensorboard {str(tmp_path)!r} {reason}\n"


def test_numbers_without_limits_have_no_histogram(
    main: Main, writer: type[Writer], tmp_path: Path
) -> None:
    words = (*LINE, "--set", "learning_rate=1e6", "--tensorboard", str(tmp_path))
    main.events(*words, code=1)
    assert writer.last.closed
    assert all(
        bool(values.isfinite().all())
        for steps in writer.last.histograms.values()
        for values in steps.values()
    )


@pytest.mark.usefixtures("writer")
def test_tensorboard_is_refused_before_it_trains(
    main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    table = [
        (["--tensorboard", " "], "needs the name of a folder"),
        (["--tensorboard", str(tmp_path / "file")], "file is not a folder: name another folder"),
    ]
    main.check_refused(table, *LINE)
    install = "install it with: pip install 'dltui[tensorboard]'"
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    words = (*LINE, "--tensorboard", str(tmp_path / "runs"))
    assert install in main.refused(*words)
    monkeypatch.setattr(event_log, "find_spec", lambda _: None)
    assert f"--tensorboard needs the package tensorboard; {install}" in main.refused(*words)
    assert not (tmp_path / "runs").exists()


def test_which_steps_are_written() -> None:
    written = [step for step in range(1, 100_001) if is_written(step)]
    assert written == [*range(1, 1001), *range(1010, 10_001, 10), *range(10_100, 100_001, 100)]


def test_the_real_writer(main: Main, tmp_path: Path) -> None:
    pytest.importorskip("tensorboard", reason="the package tensorboard is not installed")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    words = (*LINE, "--set", "epochs=30", "--tensorboard", str(tmp_path / "runs"))
    *steps, _ = main.events(*words, "--every", "1")
    events = EventAccumulator(str(tmp_path / "runs")).Reload()
    losses = {event.step: event.value for event in events.Scalars("loss")}
    assert losses == pytest.approx({step["step"]: step["loss"] for step in steps}, rel=1e-6)
    assert set(events.Tags()["histograms"]) >= {"weights/weight", "gradients/bias"}
