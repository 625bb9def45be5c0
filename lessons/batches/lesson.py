"""The lesson Batches: presets, controls and challenges."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from engine.frame import Frame, State
from lessons.controls import INITIAL_B, INITIAL_W, INTERCEPT, NOISE, POINTS, SEEDS, SLOPE
from lessons.lesson import Challenge, Control, Preset, TrainingLesson

if TYPE_CHECKING:
    from engine.pictures import LineWalk, WalksPicture

PRESETS = (
    Preset("noisy-line", "a hundred points, batches of ten", predict_at=(4.0,)),
    Preset(
        "smaller-steps",
        "less noise, and a full batch too slow",
        {"learning_rate": 0.02},
        predict_at=(4.0,),
    ),
    Preset("sorted", "never shuffled: from left to right", {"shuffle": "never"}, predict_at=(4.0,)),
    Preset("no-noise", "points exactly on the line", {"noise": 0.0}, predict_at=(4.0,)),
    Preset(
        "close-by",
        "a start so near that one sees the dance",
        {"initial_w": 2.0, "initial_b": 10.0},
        predict_at=(4.0,),
    ),
    Preset(
        "ravine",
        "x from −2 to 12: a narrow bowl",
        {"high": 12.0, "learning_rate": 0.001, "epochs": 100},
        predict_at=(4.0,),
    ),
)

CONTROLS = (
    Control(
        "learning_rate",
        (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0),
        "How far each step of all three goes against its gradient.",
    ),
    Control(
        "batch_size",
        (1, 2, 3, 5, 10, 20, 32, 50, 100),
        "How many points a step of the mini-batch training looks at.",
    ),
    Control(
        "epochs",
        (5, 10, 20, 60, 100, 200, 500),
        "How many passes over the data; full makes one step in each.",
    ),
    Control(
        "shuffle",
        ("each-epoch", "never"),
        "Whether the points come in a new order in every epoch, or from left to right.",
    ),
    NOISE,
    POINTS,
    Control("low", (-10.0, -5.0, -2.0, 0.0), "Where the points begin.", label="smallest x"),
    Control(
        "high",
        (2.0, 5.0, 12.0),
        "Where the points end; far from zero makes a long, narrow bowl.",
        label="largest x",
    ),
    SLOPE,
    INTERCEPT,
    replace(INITIAL_W, help="Where all slopes start; random leaves it to nn.Linear."),
    replace(INITIAL_B, help="Where all intercepts start; random leaves it to nn.Linear."),
    Control("seed", SEEDS, "Which noise, which start and which orders are drawn."),
)

CLOSE = 0.01
"""The most that the loss of the best line may exceed the least possible loss."""
REST = 0.05
"""The most that a steady loss may exceed the least possible loss."""
OWN = {"points": 100, "noise": 1.0, "slope": 3.0, "intercept": 10.0, "low": -2.0, "high": 2.0}


def at_rest(frame: Frame) -> bool:
    """Whether the single-sample loss is steady in the last quarter of a complete run."""
    if not _own_run(frame) or frame.state is not State.FINISHED:
        return False
    losses = _walk(frame, "single").losses
    last = losses.high[-(len(losses) // 4) :] if losses else ()
    return len(last) > 0 and bool(max(last) < _least(frame) + REST)


def quick_full(frame: Frame) -> bool:
    """Whether the full batch finds the best line within 20 updates."""
    if not _own_run(frame):
        return False
    losses = _walk(frame, "full").losses
    step = losses.first_below(_least(frame) + CLOSE) if losses else None
    return step is not None and step <= 20


def apart(frame: Frame) -> bool:
    """Whether the single samples diverge at the rate at which the full batch converges."""
    if not _own_run(frame) or frame.state is not State.FINISHED:
        return False
    losses = _walk(frame, "full").losses
    arrived = losses is not None and bool(losses.high[-1] < _least(frame) + CLOSE)
    return arrived and not math.isfinite(_walk(frame, "single").w)


def same_path(frame: Frame) -> bool:
    """Whether mini-batch and full batch are the same: one update per epoch, and one path."""
    if not _own_run(frame):
        return False
    mini, full = _walk(frame, "mini"), _walk(frame, "full")
    if mini.updates != full.updates or mini.updates < 10:
        return False
    return bool(abs(mini.path - full.path).max() < 1e-3)


def _own_run(frame: Frame) -> bool:
    """Whether data and start are those of the lesson, so that no run starts at the minimum."""
    settings = frame.settings
    own = all(settings.get(name) == value for name, value in OWN.items())
    drawn = settings.get("initial_w") is None and settings.get("initial_b") is None
    return frame.picture is not None and frame.step > 0 and own and drawn


def _walk(frame: Frame, name: str) -> LineWalk:
    return cast("WalksPicture", frame.picture).walk(name)


def _least(frame: Frame) -> float:
    return cast("WalksPicture", frame.picture).least_loss()


CHALLENGES = (
    Challenge(
        "same",
        "give mini and full the same path",
        "How many points would a batch need for that?",
        check=same_path,
        solution={"batch_size": 100},
    ),
    Challenge(
        "full",
        "make full arrive in 20 epochs",
        "It has no noise: it stands steps three times as long. Arrived is 0.01 above least.",
        check=quick_full,
        solution={"learning_rate": 0.2},
    ),
    Challenge(
        "rest",
        "keep single near the least loss",
        "Within 0.05 of it, in the last quarter of the run: which steps jump less?",
        check=at_rest,
        solution={"learning_rate": 0.005},
    ),
    Challenge(
        "apart",
        "let single diverge, full arrive",
        "Press enter on the rate and type; the page says where the limit of each is.",
        check=apart,
        solution={"learning_rate": 0.5},
    ),
)

LESSON = TrainingLesson(
    slug="batches",
    title="Batches",
    minutes=20,
    source="engine.trainers.batches",
    trainer="Batches",
    pace=10,
    charts=("paths", "samples", "seconds"),
    presets=PRESETS,
    controls=CONTROLS,
    challenges=CHALLENGES,
)
