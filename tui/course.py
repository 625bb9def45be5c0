"""Checks whether lessons can be opened; `python -m tui.course` checks all lessons thoroughly."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from lessons.catalog import Entry, entries
from lessons.check import broken_rules, faults, load, trainer_file
from lessons.exercises import BUG_HUNT, broken_files
from lessons.lesson import TrainingLesson
from tui.charts import CHARTS
from tui.labs import LABS, lab_class


@cache
def problem(entry: Entry) -> str:
    """Return why the lesson cannot be opened; empty if it can."""
    lesson, reason = load(entry)
    if lesson is None:
        return reason if reason == "not written yet" else f"broken: {reason}"
    fault = next(faults(entry, lesson, LABS, CHARTS), "")
    return f"broken: {fault}" if fault else ""


def all_faults(entry: Entry) -> list[str]:
    """Return all faults of the lesson; imports its trainer and torch."""
    lesson, reason = load(entry)
    if lesson is None:
        return [f"lesson.py: {reason}"] if reason == "not written yet" else [reason]
    found = list(faults(entry, lesson, LABS, CHARTS)) or [*broken_rules(entry, lesson)]
    training = isinstance(lesson, TrainingLesson)
    if not found and training != issubclass(lab_class(lesson.lab), lab_class("training")):
        found = [f"lesson.py: lab = {lesson.lab!r} is not a lab for a {type(lesson).__name__}"]
    return found or (list(first_step(lesson)) if isinstance(lesson, TrainingLesson) else [])


def first_step(lesson: TrainingLesson) -> Iterator[str]:
    """Yield what fails in the first training step, its charts and its challenges."""
    import torch

    from engine.frame import State
    from engine.run import Recorder
    from engine.trainer import Step
    from tui.charts.style import ChartStyle

    file, doing = trainer_file(lesson), "__init__"
    try:
        kind = lesson.load_trainer()
        trainer = kind(kind.Config(), torch.device("cpu"))
        recorder = Recorder(trainer.config, "cpu")
        doing = "steps"
        recorder.add(next(turn for turn in trainer.turns() if isinstance(turn, Step)))
        doing = "picture, equations and parameters"
        recorder.show(trainer, State.PAUSED)
        file, blank = "lesson.py", replace(recorder.frame, picture=None)
        for chart in lesson.charts:
            doing = f"charts: {chart!r}"
            drawn, nothing = (
                CHARTS[chart].draw(frame, 60, 16, ChartStyle.dark())
                for frame in (recorder.frame, blank)
            )
            if drawn.text() == nothing.text():
                kind_of_picture = type(recorder.frame.picture).__name__
                yield f"lesson.py: {doing} draws nothing of a {kind_of_picture}"
        for challenge in lesson.challenges:
            doing = f"challenge {challenge.slug!r}: check"
            if challenge.check is not None and challenge.check(recorder.frame):
                yield f"lesson.py: {doing}: it is met by the first step"
    except Exception as error:  # a lesson that is being written may raise anything
        yield f"{file}: {doing}: {type(error).__name__}: {error}"


def main() -> int:
    """Print the faults of all lessons; return 1 if there are any."""
    lines = []
    for entry in entries():
        folder = f"lessons/{entry.slug.replace('-', '_')}"
        lines += [
            fault if "/" in fault.partition(":")[0] else f"{folder}/{fault}"
            for fault in all_faults(entry)
        ]
    for slug in (*(entry.slug for entry in entries()), BUG_HUNT):
        lines += broken_files(slug)
    print("\n".join(dict.fromkeys(lines)) or f"{len(entries())} lessons keep every rule")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
