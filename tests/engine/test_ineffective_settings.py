"""A setting is reported as ineffective exactly if changing it leaves the training unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any

import pytest
import torch

from engine.config import Config, Range, Setting, When, without_effect
from lessons.catalog import entries
from lessons.lesson import TrainingLesson

LESSONS = [
    lesson
    for entry in entries()
    if entry.written and isinstance(lesson := entry.load(), TrainingLesson)
]
SHORT: dict[str, dict[str, Setting]] = {
    "batches": {"epochs": 2, "points": 12, "batch_size": 5},
    "dataloader": {"epochs": 1},
    "mnist": {"epochs": 1, "width": 12},
}
"""Short settings; the other lessons train for three epochs."""
MOST_STEPS = 35
"""An upper bound of the steps of these runs."""
OTHERS: dict[str, list[dict[str, Setting]]] = {
    "gradient-by-hand": [{"noise": 0.5}],
    "parameters": [{"initial_w": 1.0, "initial_b": 2.0, "noise": noise} for noise in (0.0, 1.0)],
    "linear-regression": [
        {"data": data, "noise": noise, "initial_w": 1.0, "initial_b": b}
        for data, noise, b in (
            *(("six-points", 0.0, None), ("six-points", 1.0, 2.0)),
            *(("line", 0.0, 2.0), ("line", 1.0, None)),
        )
    ],
    "loss-reduction": [{"initial_w": 1.0, "initial_b": 2.0}],
    "batches": [
        {"initial_w": 1.0, "initial_b": 2.0, "noise": 0.0, "shuffle": shuffle}
        for shuffle in ("never", "each-epoch")
    ],
    "decision-boundary": [{"hidden_layers": 2}],
    "five-steps": [
        {"optimizer": "momentum"},
        {"optimizer": "momentum", "compare": "seeds"},
        {"model": "wave", "initial_w": 1.0, "initial_b": 2.0, "noise": 0.0},
        {"model": "wave", "initial_w": 1.0},
    ],
    "mnist": [{"data": "digits", "batch_size": 400}],
}
"""Additional settings, so that every condition is both true and false."""
DEPENDS = {
    "stop_above",  # whether the accuracy is reached is known only afterwards
    "csv",  # depends on the learner's file
    "start",  # depends on a saved network
    "loss",  # the same loss computed in two ways, which differ for large z
    "workers",  # changes only the speed; test_workers.py compares their losses
}
SPEED = {"pipeline"}
"""Settings that change only the duration of a step."""


def variants(lesson: TrainingLesson) -> list[Config]:
    presets = [dict(preset.settings) for preset in lesson.presets]
    if lesson.slug == "mnist":  # always available; MNIST trains in the same way
        base: dict[str, Setting] = {"data": "digits", "batch_size": 400, "pipeline": "indexed"}
        presets = [{**base, **other} for other in ({}, {"network": "convolutional"}, {"depth": 0})]
    if lesson.slug == "dataloader":
        presets = [settings for settings in presets if "workers" not in settings]
    kind, found = lesson.load_trainer().Config, {}
    for one in (*presets, *OTHERS.get(lesson.slug, [])):
        config = kind.of({**one, **SHORT.get(lesson.slug, {"epochs": 3})})
        words = [getattr(config, name) for name, field in kind.allowed().items() if field.words]
        found[*config.idle(), *words] = config  # one of those that differ in numbers only
    return list(found.values())


def others(config: Config, name: str) -> Iterator[Config]:
    """Yield the configuration with other values of one setting."""
    field, value = config.allowed()[name], getattr(config, name)
    values: list[Setting] = [*field.words]
    if field.kind == "text":
        values = ["another"]
    elif not field.words:
        base = value if value is not None else 1.0
        steps = (1, -1) if field.kind == "whole number" else (0.5, -0.5, 0.01)
        if name == "validation" and steps == (1, -1):
            steps = (5_000,)  # of 60,000 images; the last bits of smaller fractions are lost
        values = [base + step for step in steps]
    for other in (*values, *([None] if field.optional else [])):
        if other == value:
            continue
        try:
            yield config.but(name, other)
        except ValueError:
            continue


def outcome(lesson: TrainingLesson, config: Config) -> tuple[Any, ...]:
    """Return the losses of the first steps, and the parameters after them."""
    trainer = lesson.load_trainer()(config, torch.device("cpu"))
    losses = [step.loss.item() for step in islice(trainer.steps(), MOST_STEPS)]
    return losses, repr(trainer.parameters())


@pytest.mark.parametrize(
    "lesson",
    [
        pytest.param(one, id=one.slug, marks=pytest.mark.slow if one.slug == "mnist" else ())
        for one in LESSONS
    ],
)
def test_a_setting_is_without_effect_where_it_is_said_to_be(lesson: TrainingLesson) -> None:
    for config in variants(lesson):
        before, idle = outcome(lesson, config), config.idle()
        for name, field in config.allowed().items():
            if name in DEPENDS or (lesson.slug == "mnist" and name == "data"):
                continue
            tried = list(others(config, name))
            assert tried, name
            differs = any(outcome(lesson, other) != before for other in tried)
            where = f"{name} with {asdict(config)}"
            if name in idle or field.lab_only or name in SPEED:
                assert not differs, f"has an effect: {where}"
            else:
                assert differs, f"has no effect, and nothing says so: {where}"


def test_what_is_needed_for_an_effect_gives_it_and_hidden_controls_have_none() -> None:
    for lesson in LESSONS:
        for config in variants(lesson):
            for name, unmet in config.idle().items():
                needed = {one.setting: one.needed for one in unmet if one.setting != "csv"}
                if needed:
                    assert name not in type(config).of({**asdict(config), **needed}).idle()
        for control in lesson.controls:
            if control.only_with is not None:
                other, value = control.only_with
                kind = lesson.load_trainer().Config
                for word in kind.allowed()[other].words:
                    if word != value:
                        assert control.name in kind.of({other: word}).idle()


def test_conditions_join() -> None:
    condition = When(a=1, b=("x", "y")) | When(c=Range(0, 5, above=True)) | When(d=str)
    nothing: dict[str, Setting] = {"a": 2, "b": "z", "c": 0, "d": None}
    assert len(condition.unmet(nothing)) == 1
    for change in ({"a": 1, "b": "y"}, {"c": 0.5}, {"d": "file"}):
        assert condition.unmet({**nothing, **change}) == ()
    (one,) = condition.unmet({**nothing, "a": 1})
    assert (one.setting, one.value, one.needed) == ("b", "z", "x")


def test_the_reason_names_both_values() -> None:
    unmet = When(data="line").unmet({"data": "six-points"})
    words, needed = without_effect("points", unmet)
    assert words == "points has no effect while data = six-points"
    assert needed == "data = line"
