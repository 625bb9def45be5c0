"""The plain script of a run prints the losses of that run, digit by digit, without dltui."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch

from engine.config import Change, Config, Setting
from engine.history import Diverged, History
from engine.run import train
from lessons.catalog import entries, find
from lessons.lesson import TrainingLesson
from lessons.script import FILE, script
from tests.engine.digits import folders
from tui.cli import main

__all__ = ["folders"]  # a fixture: the runs of the tests keep no networks

LESSONS = [
    entry.slug
    for entry in entries()
    if (Path(__file__).parents[2] / "lessons" / entry.slug.replace("-", "_") / FILE).exists()
]
MOST_EPOCHS = 200
"""Longer runs are cut: the script counts the epochs of the cut run too."""
FEW_EPOCHS = {"dataloader": 8, "mnist": 2}
"""The same for lessons with many steps in an epoch."""
STEP = re.compile(r"\d+ (nan|inf|[\d.e+-]+)")
"""A printed step; a script may also print lines with words."""
CHANGED: dict[str, dict[str, Setting]] = {
    "batches": {"seed": 3, "batch_size": 7, "shuffle": "never", "initial_w": 1.5, "high": 5.0},
    "dataloader": {
        "seed": 3,
        "optimizer": "sgd",
        "learning_rate": 0.3,
        "batch_size": 20,
        "activation": "relu",
        "hidden_1": 9,
        "validation": 0.4,
        "standardise": "no",
        "epochs": 5,
    },
    "decision-boundary": {
        "seed": 3,
        "learning_rate": 0.1,
        "momentum": 0.98,
        "stop_above": 0.97,  # reached in step 41
        "points": 151,
        "data": "moons",
        "hidden_layers": 2,
        "activation": "relu",
    },
    "five-steps": {
        "seed": 3,
        "compare": "seeds",
        "optimizer": "momentum",
        "momentum": 0.5,
        "units": 5,
        "activation": "sigmoid",
    },
    "gradient-by-hand": {"seed": 3, "noise": 0.5, "points": 4, "intercept": -1.0, "initial_w": 3.0},
    "linear-regression": {"seed": 3, "initial_w": None, "momentum": 0.5, "reduction": "sum"},
    "logistic-regression": {"seed": 3, "loss": "BCEWithLogitsLoss", "momentum": 0.5, "points": 31},
    "loss-reduction": {
        "seed": 3,
        "noise": 1.0,
        "points": 20,
        "intercept": 4.0,
        "initial_b": 1.0,
        "learning_rate": 0.001,
    },
    "mnist": {
        "seed": 3,
        "network": "convolutional",
        "activation": "tanh",
        "batch_size": 100,
        "momentum": 0.0,
        "validation": 0,
        "epochs": 1,
    },
    "parameters": {"seed": 3, "momentum": 0.5, "reduction": "sum", "initial_w": 2.0, "points": 20},
}
"""Another seed and other settings for the first preset of each lesson."""
BRANCHES: dict[str, list[dict[str, Setting]]] = {
    "decision-boundary": [
        {"seed": 9, "momentum": 0.98},  # stops in step 181
        {"data": "spiral", "points": 151},
    ],
    "five-steps": [
        {"optimizer": "momentum"},
        {"optimizer": "rmsprop", "model": "wave", "initial_w": 0.5, "noise": 0.0},
        {"compare": "seeds", "model": "wave", "initial_b": 0.5},
        {"compare": "optimizers", "learning_rate": 30.0, "activation": "relu"},
    ],
    "linear-regression": [{"data": "line", "learning_rate": 0.001}],
    "logistic-regression": [{"data": "overlap", "points": 31, "loss": "BCEWithLogitsLoss"}],
}
"""Settings for parts of a template that no preset has."""
LIVE: dict[str, Setting] = {"mean_learning_rate": 0.02, "momentum": 0.6}
"""Live settings other than the learning rate, and a value that no preset has."""
ALONE = """
import os, runpy, sys, traceback
import torch
torch.optim.SGD([torch.zeros(1)])  # the first optimizer loads more, which takes a second
sys.modules.update(dict.fromkeys(("engine", "lessons", "tui")))  # they cannot be imported
for file in sys.argv[1:]:
    child = os.fork()  # PyTorch is imported once
    if child == 0:
        try:
            sys.stdout = open(file + ".out", "w")
            runpy.run_path(file, run_name="__main__")
            sys.stdout.close()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit(file)
"""


@dataclass(frozen=True)
class Case:
    """A run, to be trained here and by its script."""

    lesson: TrainingLesson
    config: Config
    changes: tuple[Change, ...] = ()
    every: int = 7
    most_lines: int = 70
    """A table with gaps, or with worker processes, takes a few more lines."""

    @classmethod
    def of(cls, slug: str, preset: str | None = None, **settings: Setting) -> Case:
        lesson = find(slug).load()
        assert isinstance(lesson, TrainingLesson)
        kind = lesson.load_trainer().Config
        config = kind.of({**lesson.preset(preset).settings, **settings})
        most = FEW_EPOCHS.get(slug, MOST_EPOCHS)
        if getattr(config, "epochs", 0) > most:
            config = config.but("epochs", most)
        return cls(lesson, config)

    def losses(self) -> tuple[list[str], bool]:
        """Train, and return what the script should print, and whether the training diverged."""
        torch.set_num_threads(1)
        trainer = self.lesson.load_trainer()(self.config, torch.device("cpu"))
        losses: list[float] = []
        diverged = False
        try:
            for step in train(trainer, History(), lambda: False, self.changes):
                losses.append(step.loss.item())  # noqa: PERF401  # some are kept if it diverges
        except Diverged:
            diverged = True
        lines = [f"{step} {loss}" for step, loss in enumerate(losses, 1) if step % self.every == 0]
        return lines, diverged


def check(cases: Sequence[Case], folder: Path) -> None:
    """Run the scripts of these cases without dltui, and compare what they print."""
    files = []
    for number, case in enumerate(cases):
        text = script(case.lesson, case.config, case.changes, case.every)
        assert 15 <= len(text.splitlines()) <= case.most_lines + 3 * len(case.changes), text
        assert max(map(len, text.splitlines())) <= 100, text
        ast.parse(text)
        files.append(folder / f"{number}.py")
        files[-1].write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-c", ALONE, *map(str, files)],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    ruff = Path(sys.executable).with_name("ruff")
    if ruff.exists():  # a script is written as a formatter would write it
        form = subprocess.run(
            [ruff, "format", "--isolated", "--line-length=100", "--diff", *files],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert form.returncode == 0, form.stdout
    for case, file in zip(cases, files, strict=True):
        lines = Path(f"{file}.out").read_text(encoding="utf-8").splitlines()
        losses = [line for line in lines if STEP.fullmatch(line)]
        expected, diverged = case.losses()
        if diverged:  # the script goes on
            losses = losses[: len(expected)]
        assert losses == expected, file.read_text(encoding="utf-8")
        assert losses


def some_settings(slug: str) -> list[Case]:
    """Return the first preset of a lesson, with other settings, and with live changes."""
    first = Case.of(slug)
    cases = [first, Case.of(slug, None, **CHANGED[slug])]
    live = first.lesson.load_trainer().live
    if "learning_rate" in live:
        rates = (Change("learning_rate", 0.001, 5), Change("learning_rate", 0.002, 9))
        changes = (*rates, *(Change(name, LIVE[name], 8) for name in LIVE if name in live))
        for settings in ({}, *BRANCHES.get(slug, ())):
            case = Case.of(slug, None, **settings)
            cases.append(replace(case, changes=changes))
    return cases


def other_presets(slug: str) -> list[Case]:
    presets = [Case.of(slug, preset.name) for preset in find(slug).load().presets[1:]]
    return [*presets, *(Case.of(slug, None, **settings) for settings in BRANCHES.get(slug, ()))]


@pytest.mark.parametrize(
    "cases", [some_settings, pytest.param(other_presets, marks=pytest.mark.slow)]
)
def test_scripts_print_the_losses_of_their_runs(
    cases: Callable[[str], list[Case]], tmp_path: Path
) -> None:
    check([case for slug in LESSONS for case in cases(slug)], tmp_path)


def test_a_script_prints_what_the_command_prints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = Case.of("linear-regression")
    file = tmp_path / "script.py"
    file.write_text(script(case.lesson, case.config, every=30), encoding="utf-8")
    done = subprocess.run([sys.executable, file], capture_output=True, text=True, check=True)
    words = ["run", "linear-regression", "--set", f"epochs={MOST_EPOCHS}", "--device", "cpu"]
    assert main([*words, "--json", "--every", "30"]) == 0
    *steps, _ = map(json.loads, capsys.readouterr().out.splitlines())
    printed = "".join(f"{step['step']} {step['loss']}\n" for step in steps)
    assert done.stdout == printed != ""
