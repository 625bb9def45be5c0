"""The settings of the lesson on softmax; knows no torch and no screen."""

from __future__ import annotations

from engine.softmax_scenes import SCENES
from lessons.lesson import Lesson, Preset
from lessons.softmax.challenges import CHALLENGES
from lessons.softmax.questions import QUESTIONS

LESSON = Lesson(
    slug="softmax",
    title="Softmax",
    summary="logits to probabilities, and their loss",
    minutes=20,
    lab="softmax",
    source="engine.softmax",
    presets=tuple(Preset(name=scene.name, title=scene.title) for scene in SCENES.values()),
    challenges=CHALLENGES,
    questions=QUESTIONS,
)
