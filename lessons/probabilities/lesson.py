"""The settings of the lesson on probabilities; knows no torch and no screen."""

from __future__ import annotations

from engine.probability_scenes import SCENES
from lessons.lesson import Lesson, Preset
from lessons.probabilities.challenges import CHALLENGES
from lessons.probabilities.questions import QUESTIONS

LESSON = Lesson(
    slug="probabilities",
    title="Probabilities",
    summary="sigmoid, odds and cross-entropy",
    minutes=20,
    lab="probabilities",
    source="engine.probabilities",
    presets=tuple(Preset(name=scene.name, title=scene.title) for scene in SCENES.values()),
    challenges=CHALLENGES,
    questions=QUESTIONS,
)
