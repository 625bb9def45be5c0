"""What to bring about with two lines; looks at frames only, knows no training and no screen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.frame import Frame, State
from lessons.lesson import Challenge

if TYPE_CHECKING:  # numpy takes 0.1 s to import, and the browser of lessons needs none of it
    from engine.pictures.walks import Walk

NEAR = 1e-3
"""Two positions no farther apart than this are one on the map."""
FAR = 0.5
"""A path must lead so far from its start: two lines that rest walk together, too."""
RATES = {"learning_rate", "mean_learning_rate"}


def same_path(frame: Frame) -> bool:
    """From the first step to the last, w and b of the mean are w and b of the sum."""
    walks = _walks(frame)
    if frame.state is not State.FINISHED or frame.changed or not walks:
        return False
    sums, means = walks[0].path, walks[1].path
    walked = abs(sums - sums[0]).max()
    return bool(walked > FAR and abs(sums - means).max() < NEAR)


def sum_diverges(frame: Frame) -> bool:
    """The sum blew up at the rate at which the lesson begins, and the mean did not."""
    untouched = all(frame.settings.get(rate) == 0.01 for rate in RATES) and not frame.changed
    blown = frame.loss is not None and not math.isfinite(frame.loss)
    return frame.state is State.DIVERGED and untouched and blown


def quick_mean(frame: Frame) -> bool:
    """The mean arrives within 300 steps, on the lesson's own points, from the lesson's start."""
    walks = _walks(frame)
    if not walks or walks[1].losses is None or not _own_points(frame):
        return False
    step = walks[1].losses.first_below(1e-6)
    return step is not None and step <= 300


def _walks(frame: Frame) -> tuple[Walk, ...]:
    """The training by the sum and that by the mean; none before the first picture."""
    walks: tuple[Walk, ...] = getattr(frame.picture, "walks", ())
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
        slug="same-path",
        text="both lines walk as one",
        hint="Leave the sum's rate; how many points does the mean divide its gradient by?",
        check=same_path,
    ),
    Challenge(
        slug="sum-diverges",
        text="the sum diverges, rates at 0.01",
        hint="Rates stay; what else makes a sum larger, and leaves a mean as it is?",
        check=sum_diverges,
    ),
    Challenge(
        slug="quick-mean",
        text="mean below 0.000001 in 300 steps",
        hint="Three points, no noise, seed 0; press v or l to see the mean, and turn its rate.",
        check=quick_mean,
    ),
    Challenge(
        slug="fifty",
        text="say what 50 points would need",
        hint="Set the points to 50, and look at both gradients after one step.",
        question="fifty",
    ),
)
