"""The plain script of a run prints the losses of that run, digit by digit, without dltui."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from engine.config import Change, Config
from engine.history import History
from engine.run import train
from lessons.catalog import entries, find
from lessons.lesson import Preset, TrainingLesson
from lessons.script import FILE, script

LESSONS = [
    entry.slug
    for entry in entries()
    if (Path(__file__).parents[2] / "lessons" / entry.slug.replace("-", "_") / FILE).exists()
]
ALONE = """
import runpy, sys
sys.modules.update(dict.fromkeys(("engine", "lessons", "tui")))  # they cannot be imported
runpy.run_path(sys.argv[1], run_name="__main__")
"""


def lesson(slug: str) -> TrainingLesson:
    found = find(slug).load()
    assert isinstance(found, TrainingLesson)
    return found


def printed(text: str, folder: Path) -> list[str]:
    """Run a script in a fresh interpreter, and return the lines that it prints."""
    file = folder / "script.py"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-c", ALONE, str(file)],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def trained(
    slug: str, config: Config, every: int, changes: tuple[Change, ...] = ()
) -> list[str]:
    """Return what the script should print: the losses of the trainer at every Nth step."""
    torch.set_num_threads(1)
    trainer = lesson(slug).load_trainer()(config, torch.device("cpu"))
    lines = []
    for step in train(trainer, History(), lambda: False):
        if step.step % every == 0:
            lines.append(f"{step.step} {step.loss.item()}")
        for change in changes:
            if change.step == step.step + 1:
                trainer.adjust(change.name, change.value)
    return lines


def presets() -> list[tuple[str, Preset]]:
    return [(slug, preset) for slug in LESSONS for preset in lesson(slug).presets]


@pytest.mark.parametrize(("slug", "preset"), presets(), ids=lambda one: getattr(one, "name", one))
def test_the_script_prints_the_losses_of_the_run(
    slug: str, preset: Preset, tmp_path: Path
) -> None:
    kind = lesson(slug).load_trainer().Config
    config = kind.of(dict(preset.settings))
    every = 7
    text = script(lesson(slug), config, every=every)
    lines = printed(text, tmp_path)
    assert lines == trained(slug, config, every)
    assert lines
    assert 15 <= len(text.splitlines()) <= 70
