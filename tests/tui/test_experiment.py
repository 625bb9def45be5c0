"""A lab's experiment without a screen: settings, speed, device, and the command of a run."""

from __future__ import annotations

import json
import shlex
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.config import Change
from engine.datasets import registry
from engine.device import Device
from engine.frame import State
from lessons.catalog import find
from tests.tui.conftest import PATIENCE
from tui.cli import main
from tui.experiment import PACES, Experiment

CPU = Device("cpu", "the processor")


def wait(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "never came"
        time.sleep(0.002)


@pytest.fixture
def bench() -> Iterator[Callable[..., Experiment]]:
    """Return a function that creates experiments, closed after the test."""
    made: list[Experiment] = []

    def make(slug: str = "linear-regression") -> Experiment:
        made.append(Experiment(find(slug).load(), CPU))
        return made[-1]

    yield make
    for experiment in made:
        experiment.close()


def make_steps(experiment: Experiment, count: int) -> None:
    """Do this number of steps, and wait for their frame."""
    for _ in range(count):
        experiment.step()
    wait(lambda: experiment.frame.step == count)


def play_to_the_end(experiment: Experiment) -> None:
    experiment.change_pace(len(PACES))
    experiment.play_or_pause()
    wait(lambda: experiment.ended)


def test_it_begins_with_the_first_preset_at_the_pace_of_the_lesson(bench) -> None:
    experiment = bench()
    lesson = experiment.lesson
    assert experiment.preset is lesson.presets[0]
    assert experiment.config == experiment.trainer.Config.of(dict(lesson.presets[0].settings))
    assert experiment.pace == lesson.pace
    assert experiment.frame is None
    assert not experiment.ended


@pytest.mark.parametrize("slug", ["linear-regression", "dataloader"])
def test_the_presets_go_round_in_a_circle_and_forget_what_was_turned(bench, slug: str) -> None:
    experiment = bench(slug)
    presets = experiment.lesson.presets
    for preset in (*presets[1:], presets[0]):
        experiment.set("seed", 7)
        experiment.use_preset()
        assert experiment.preset is preset
        assert experiment.config == experiment.trainer.Config.of(dict(preset.settings))
        assert experiment.frame.settings["seed"] == experiment.config.seed
    experiment.use_preset(-1)
    assert experiment.preset is presets[-1]


def test_a_live_setting_changes_the_run_itself_and_any_other_begins_another(bench) -> None:
    experiment = bench()
    experiment.reset()
    run = experiment.run
    experiment.step()  # a step that is still under way is not lost to a live setting
    assert experiment.set("learning_rate", 0.05) is False
    assert experiment.run is run
    wait(lambda: experiment.frame.step == 1)
    wait(lambda: experiment.frame.settings["learning_rate"] == 0.05)
    experiment.reset()
    run = experiment.run
    assert experiment.set("learning_rate", 0.01) is False
    make_steps(experiment, 2)
    assert experiment.set("learning_rate", 0.02) is False
    wait(lambda: experiment.frame.settings["learning_rate"] == 0.02)
    assert experiment.run is run
    assert experiment.frame.step == 2
    assert experiment.frame.changes == (Change("learning_rate", 0.02, 3),)
    assert experiment.set("seed", 3) is True
    assert run.state is State.STOPPED
    assert experiment.run is not run
    assert experiment.frame.step == 0
    assert experiment.frame.settings["seed"] == 3


def test_before_the_first_step_and_after_the_end_a_live_setting_is_how_a_run_begins(bench) -> None:
    experiment = bench()
    experiment.reset()
    run = experiment.run
    assert experiment.set("learning_rate", 0.02) is False
    make_steps(experiment, 2)
    assert experiment.run is run
    assert experiment.frame.settings["learning_rate"] == 0.02
    assert experiment.frame.changes == ()
    assert experiment.frame.initial["learning_rate"] == 0.02
    loss = experiment.frame.loss
    experiment.reset()
    make_steps(experiment, 2)
    assert experiment.frame.loss == loss
    experiment.set("epochs", 3)
    play_to_the_end(experiment)
    assert experiment.set("learning_rate", 0.05) is True
    assert not experiment.ended
    assert experiment.frame.step == 0


def test_a_value_that_is_not_allowed_leaves_everything_as_it_was(bench) -> None:
    experiment = bench()
    make_steps(experiment, 1)
    config, run = experiment.config, experiment.run
    for name, value in (
        ("learning_rate", 0.0),
        ("learning_rate", float("nan")),
        ("momentum", 1.5),
        ("epochs", 0),
        ("epochs", 2.5),
        ("reduction", "median"),
        ("low", 12.0),  # not below `high`
        ("learning_rat", 0.1),
    ):
        with pytest.raises(ValueError, match=name):
            experiment.set(name, value)
        assert experiment.config is config
        assert experiment.run is run
    experiment.step()
    wait(lambda: experiment.frame.step == 2)


def test_the_paces_go_to_their_neighbours_and_end_at_one_and_at_full_speed(bench) -> None:
    experiment = bench()
    experiment.reset()
    seen = []
    for direction in (1, -1):
        for _ in range(len(PACES) + 1):
            experiment.change_pace(direction)
            assert experiment.run.pace == experiment.pace
        seen.append(experiment.pace)
    assert seen == [None, 1]
    numbers = [pace for pace in PACES if pace is not None]
    for pace in (30, 3, 700, 5000):  # some are between two others
        below = max(number for number in numbers if number < pace)
        above = min((number for number in numbers if number > pace), default=None)
        for direction, neighbour in ((1, above), (-1, below)):
            experiment.pace = pace
            experiment.change_pace(direction)
            assert experiment.pace == neighbour


def test_playing_and_holding_take_turns(bench) -> None:
    experiment = bench()
    experiment.play_or_pause()
    wait(lambda: experiment.frame.state is State.PLAYING)
    experiment.play_or_pause()
    wait(lambda: experiment.frame.state is State.PAUSED)
    experiment.play_or_pause()
    wait(lambda: experiment.frame.state is State.PLAYING)


def test_a_run_that_has_ended_stays_until_it_is_reset(bench) -> None:
    experiment = bench()
    experiment.set("epochs", 20)
    play_to_the_end(experiment)
    run, losses = experiment.run, experiment.frame.history.low.tolist()
    assert len(losses) == 20
    experiment.play_or_pause()
    experiment.step()
    assert experiment.run is run
    assert (experiment.frame.state, experiment.frame.step) == (State.FINISHED, 20)
    experiment.reset()
    assert experiment.run is not run
    play_to_the_end(experiment)
    assert experiment.frame.history.low.tolist() == losses


def test_another_device_begins_the_run_again_there(bench) -> None:
    experiment = bench()
    make_steps(experiment, 3)
    losses, run = experiment.frame.history.low.tolist(), experiment.run
    experiment.set("learning_rate", 0.02)
    config = experiment.config
    other = Device("cpu:0", "the same processor by another name")
    experiment.use_device(other)
    assert run.state is State.STOPPED
    assert experiment.device is other
    assert experiment.config == config
    assert experiment.command().endswith("--device cpu:0")
    experiment.set("learning_rate", 0.01)
    make_steps(experiment, 3)
    assert experiment.frame.history.low.tolist() == losses


def test_closing_ends_the_thread_and_closing_again_does_nothing(bench) -> None:
    experiment = bench()
    experiment.close()
    experiment.play_or_pause()
    training = [t for t in threading.enumerate() if t.name == "training"]
    assert len(training) == 1
    experiment.close()
    experiment.close()
    assert not training[0].is_alive()
    assert experiment.run.state is State.STOPPED
    assert experiment.ended


@pytest.mark.parametrize(
    ("slug", "preset", "changes"),
    [
        ("gradient-by-hand", "noisy", {"seed": 3, "initial_w": -2.5, "epochs": 7}),
        ("parameters", None, {"epochs": 90, "momentum": 0.9, "initial_b": -1e-06}),
        ("linear-regression", "noisy-line", {"epochs": 90, "seed": 10, "momentum": 0.5}),
        ("linear-regression", "double", {"low": -0.1 - 0.2, "learning_rate": 1 / 30, "epochs": 50}),
        ("linear-regression", "six-points", {"learning_rate": 1e6}),
    ],
)
def test_the_command_gives_the_very_same_run(bench, capsys, slug, preset, changes) -> None:
    experiment = bench(slug)
    experiment.use_preset(experiment.lesson.presets.index(experiment.lesson.preset(preset)))
    for name, value in changes.items():
        experiment.set(name, value)
    play_to_the_end(experiment)
    frame = experiment.frame

    words = shlex.split(experiment.command())
    assert words[0] == "dltui"
    assert words.count("--seed") == 1
    assert not [word for word in words if word.startswith("seed=")]
    code = main([*words[1:], "--json"])
    end = json.loads(capsys.readouterr().out.splitlines()[-1])

    diverged = changes.get("learning_rate") == 1e6
    assert end["status"] == frame.state == ("diverged" if diverged else "finished")
    assert code == int(diverged)
    assert (end["preset"], end["seed"]) == (experiment.preset.name, experiment.config.seed)
    assert end["steps"] == frame.step
    if not diverged:
        assert end["loss"] == frame.loss
        assert end["parameters"] == frame.parameters


@pytest.mark.parametrize(
    ("slug", "initial", "changes"),
    [
        # The turns after which a setting changes: a turn is a step, or a part of it.
        (
            "gradient-by-hand",
            {"epochs": 9},
            {4: ("learning_rate", 0.02), 9: ("learning_rate", 0.1)},
        ),
        ("batches", {"epochs": 9}, {3: ("learning_rate", 1 / 30), 4: ("learning_rate", 0.02)}),
        (
            "loss-reduction",
            {"epochs": 9},
            {3: ("mean_learning_rate", 0.2), 4: ("learning_rate", 0.02)},
        ),
        (
            "logistic-regression",
            {"epochs": 9},
            {3: ("momentum", 0.9), 4: ("at", 2.0), 5: ("momentum", 0.0)},
        ),
        (
            "five-steps",
            {"epochs": 9, "optimizer": "momentum"},
            {
                3: ("learning_rate", 0.1),  # in the middle of step 1
                4: ("learning_rate", 0.05),  # after the update of step 1
                12: ("momentum", 0.5),  # in the middle of step 3
            },
        ),
        ("dataloader", {"epochs": 2}, {3: ("learning_rate", 0.001), 13: ("learning_rate", 0.02)}),
    ],
)
def test_the_command_and_the_script_contain_the_changes_on_the_way(
    bench, capsys, slug, initial, changes
) -> None:
    experiment = bench(slug)
    for name, value in initial.items():
        experiment.set(name, value)
    experiment.reset()
    made = 0
    for turns, (name, value) in changes.items():
        for _ in range(turns - made):
            experiment.step()
        made = turns
        wait(lambda: experiment.run_rests)
        assert experiment.set(name, value) is False
        wait(lambda: not experiment.adjusting)
    play_to_the_end(experiment)
    frame, plan = experiment.frame, experiment.plan()

    assert main([*shlex.split(experiment.command())[1:], "--json"]) == 0
    end = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (end["steps"], end["loss"]) == (frame.step, frame.loss)
    assert end.get("parameters", frame.parameters) == frame.parameters
    exec(replace(plan, every=1).script(), {"__name__": "__main__"})
    printed = capsys.readouterr().out
    assert f"{frame.step} {frame.loss}" in printed.splitlines()


def test_the_command_names_the_folder_where_the_command_line_did_and_it_matters(
    bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(registry.DATA_DIR, str(tmp_path))
    assert "--data-dir" not in bench("mnist").command()  # found without the option
    folder = tmp_path / "my data"
    registry.set_data_dir(folder)
    words = shlex.split(bench("mnist").command())
    assert words[-2:] == ["--data-dir", str(folder)]
    experiment = bench()
    assert "--data-dir" not in experiment.command()
    experiment.set("initial_w", 2.0)
    assert "--set initial_w=2.0" in experiment.command()
    experiment.set("initial_w", None)  # left to chance again
    assert "initial_w" not in experiment.command()
