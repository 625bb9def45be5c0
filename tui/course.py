"""What the course list shows, and whether it can be opened.

`python -m tui.course` checks all lessons thoroughly.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from lessons.catalog import COURSE, Chapter, Entry, entries, find
from lessons.check import broken_rules, faults, load, trainer_file
from lessons.exercises import BUG_HUNT, broken_files
from lessons.lesson import Lesson, TrainingLesson, file_text
from tui.charts import CHARTS
from tui.labs import LABS, lab_class

BUGS = Entry(BUG_HUNT, "Bug hunt", "programs that run and do not learn: name the bug, repair it")
"""It has a page and exercises, but is no lesson."""
UNOPENABLE = """# {title}

*{about}*

**This lesson is {problem}.** The ones that can be opened: {others}.
"""


def chapters() -> tuple[Chapter, ...]:
    """Return everything that the learner can open, in order."""
    return (*COURSE, Chapter(len(COURSE) + 1, "Exercises", (BUGS,)))


def entry_of(slug: str) -> Entry:
    """Return the lesson or the bug hunt; raises `LookupError` if there is none with this slug."""
    return BUGS if slug == BUG_HUNT else find(slug)


def lesson_of(entry: Entry) -> Lesson | None:
    """Return the lesson of an entry that can be opened; the bug hunt has none."""
    return None if entry is BUGS else entry.load()


def page(entry: Entry) -> str:
    """Return the concept page, or a text that says why the lesson cannot be opened."""
    if entry is BUGS:
        return file_text(BUG_HUNT, "concept.md")
    reason = problem(entry)
    if not reason:
        return entry.load().concept
    others = ", ".join(other.title for other in entries() if not problem(other))
    return UNOPENABLE.format(title=entry.title, about=entry.about, problem=reason, others=others)


@cache
def problem(entry: Entry) -> str:
    """Return why the lesson cannot be opened; empty if it can."""
    if entry is BUGS:
        return ""
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
