"""The settings of the autograd lesson; knows no torch and no screen."""

from __future__ import annotations

from lessons.autograd.challenges import CHALLENGES
from lessons.autograd.presets import EXPRESSIONS, TRIALS
from lessons.autograd.questions import QUESTIONS
from lessons.lesson import Lesson

LESSON = Lesson(
    slug="autograd",
    title="Autograd",
    summary="the chain rule, one node at a time",
    minutes=25,
    lab="autograd",
    source="engine.graph.take_apart",
    presets=EXPRESSIONS + TRIALS,
    challenges=CHALLENGES,
    questions=QUESTIONS,
)
