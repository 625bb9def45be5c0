"""The settings of the tensors lesson; knows no torch and no screen."""

from __future__ import annotations

from engine.tensors.scenes import SCENES
from lessons.lesson import Lesson, Preset
from lessons.tensors.challenges import CHALLENGES
from lessons.tensors.questions import QUESTIONS

LESSON = Lesson(
    slug="tensors",
    title="Tensors",
    summary="numbers in a grid: shape, memory and broadcasting",
    minutes=25,
    lab="tensors",
    source="engine.tensors.traced",
    presets=(
        *(Preset(name=scene.name, title=scene.title) for scene in SCENES),
        Preset(name="modules", title="the map of PyTorch's modules"),
    ),
    challenges=CHALLENGES,
    questions=QUESTIONS,
)
