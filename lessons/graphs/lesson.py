"""The settings of the lesson on computational graphs; knows no torch and no screen."""

from __future__ import annotations

from engine.programs.catalog import PROGRAMS
from lessons.graphs.challenges import CHALLENGES
from lessons.graphs.questions import QUESTIONS
from lessons.lesson import Lesson, Preset

LESSON = Lesson(
    slug="graphs",
    title="Computational graphs",
    summary="a program as operations and edges",
    minutes=20,
    lab="graphs",
    source="engine.programs.examples",
    presets=tuple(
        Preset(name=program.name, title=program.title, settings={"program": program.name})
        for program in PROGRAMS
    ),
    challenges=CHALLENGES,
    questions=QUESTIONS,
)
