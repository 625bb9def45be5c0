"""The lesson Sum or mean: presets, controls and challenges."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.frame import Frame, State
from lessons.controls import INITIAL_B, INITIAL_W, INTERCEPT, NOISE, POINTS, SEEDS, SLOPE
from lessons.lesson import Challenge, Control, Preset, TrainingLesson

if TYPE_CHECKING:
    from engine.pictures import LineWalk

PRESETS = (
    Preset("double", "y = 2x from three points", predict_at=(4.0,)),
    Preset("ten-points", "the same line from ten points", {"points": 10}, predict_at=(4.0,)),
    Preset(
        "noisy",
        "a hundred noisy points",
        {"points": 100, "noise": 1.0, "learning_rate": 0.0005},
        predict_at=(4.0,),
    ),
    Preset("edge", "the sum just below its limit", {"learning_rate": 0.06}, predict_at=(4.0,)),
    Preset(
        "mean-ahead",
        "a mean that is ahead of the sum",
        {"mean_learning_rate": 0.05},
        predict_at=(4.0,),
    ),
)

CONTROLS = (
    Control(
        "learning_rate",
        (1e-4, 2e-4, 5e-4, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.06, 0.1),
        "How far each step of the sum goes against its gradient.",
        label="sum's rate",
    ),
    Control(
        "mean_learning_rate",
        (0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.18, 0.2),
        "How far each step of the mean goes against its gradient.",
        label="mean's rate",
    ),
    replace(POINTS, help="How many points there are between x = 1 and x = 3."),
    Control(
        "epochs",
        (10, 50, 100, 200, 500, 1000, 2000, 5000),
        "How many passes over the data; each is one step of both.",
    ),
    NOISE,
    SLOPE,
    INTERCEPT,
    replace(INITIAL_W, help="Where both slopes start; random leaves it to nn.Linear."),
    replace(INITIAL_B, help="Where both intercepts start; random leaves it to nn.Linear."),
    Control("seed", SEEDS, "Which start nn.Linear draws for both, and which noise the points get."),
)

NEAR = 1e-3
"""The greatest distance at which two positions look the same on the map."""
FAR = 0.5
"""The least length of a path, so that two lines that do not move do not count."""
RATES = {"learning_rate", "mean_learning_rate"}


def same_path(frame: Frame) -> bool:
    """Whether w and b of the mean equal those of the sum in every step."""
    walks = _walks(frame)
    if frame.state is not State.FINISHED or frame.changed or not walks:
        return False
    sums, means = walks[0].path, walks[1].path
    walked = abs(sums - sums[0]).max()
    return bool(walked > FAR and abs(sums - means).max() < NEAR)


def sum_diverges(frame: Frame) -> bool:
    """Whether the sum diverged at the lesson's initial rate, and the mean did not."""
    untouched = all(frame.settings.get(rate) == 0.01 for rate in RATES) and not frame.changed
    blown = frame.loss is not None and not math.isfinite(frame.loss)
    return frame.state is State.DIVERGED and untouched and blown


def quick_mean(frame: Frame) -> bool:
    """Whether the mean converges within 300 steps with the lesson's own points and start."""
    walks = _walks(frame)
    if not walks or walks[1].losses is None or not _own_points(frame):
        return False
    step = walks[1].losses.first_below(1e-6)
    return step is not None and step <= 300


def _walks(frame: Frame) -> tuple[LineWalk, ...]:
    """Return the runs of the sum and of the mean; empty before the first picture."""
    walks: tuple[LineWalk, ...] = getattr(frame.picture, "walks", ())
    return walks


def _own_points(frame: Frame) -> bool:
    settings = frame.settings
    return (
        settings.get("seed") == 0
        and settings.get("initial_w") is None
        and settings.get("initial_b") is None
        and (settings.get("points"), settings.get("noise")) == (3, 0.0)
        and (settings.get("slope"), settings.get("intercept")) == (2.0, 0.0)
    )


CHALLENGES = (
    Challenge(
        "same-path",
        "give sum and mean the same path",
        "Leave the sum's rate; how many points does the mean divide its gradient by?",
        check=same_path,
        solution={"mean_learning_rate": 0.03},
    ),
    Challenge(
        "sum-diverges",
        "make the sum diverge, rates 0.01",
        "Rates stay; what else makes a sum larger, and leaves a mean as it is?",
        check=sum_diverges,
        solution={"points": 20},
    ),
    Challenge(
        "quick-mean",
        "get mean < 0.000001 in 300 steps",
        "Three points, no noise, seed 0; press v or l to see the mean, and turn its rate.",
        check=quick_mean,
        solution={"mean_learning_rate": 0.1},
    ),
    Challenge(
        "fifty",
        "say which rate 50 points need",
        "Set the points to 50, and look at both gradients after one step.",
        question="fifty",
    ),
)

LESSON = TrainingLesson(
    slug="loss-reduction",
    title="Sum or mean",
    minutes=15,
    source="engine.trainers.loss_reduction",
    trainer="LossReduction",
    pace=30,
    charts=("lines", "paths"),
    presets=PRESETS,
    controls=CONTROLS,
    challenges=CHALLENGES,
)
