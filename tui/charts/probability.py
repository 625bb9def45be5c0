"""The scenes of one logit, drawn: curves, the point on them, and two gradients; no widget."""

from __future__ import annotations

import numpy as np

from engine.equations import number
from engine.pictures import Array
from engine.probability_scenes import SQUARED, probability
from engine.probability_scenes import ProbabilityLook as Seen
from tui.charts.axis import round_up
from tui.charts.canvas import Canvas
from tui.charts.panel import Line, Panel, Point, stacked
from tui.charts.plot import too_small, words
from tui.charts.signed_bars import Bar, signed_bars
from tui.charts.style import ChartStyle

ENTROPY = "BCEWithLogitsLoss"
MOST_ODDS, MOST_LOSS = 20.0, 8.0
BARS = 6
"""Rows that the two gradients as bars need, their title included."""


def draw(seen: Seen, width: int, height: int, look: ChartStyle) -> Canvas:
    """The scene, in `height` rows of `width` cells."""
    if too_small(width, height):
        return words("too small", width, height, look)
    scene = seen.scene.name
    if scene == "gradients" and height >= 2 * BARS:
        return _with_bars(seen, width, height, look)
    return stacked(_SCENES[scene](seen, look), width, height, look)


def _sigmoid(seen: Seen, look: ChartStyle) -> list[Panel]:
    z, p = seen.curves.z, seen.curves.p
    here = Point(seen.z, seen.p, look.points, f"P = {probability(seen.p)}", guided=True)
    slope = seen.p * (1 - seen.p)
    steep = Point(seen.z, slope, look.points, number(slope), guided=True)
    ends = ("z", -seen.scene.reach, seen.scene.reach)
    return [
        Panel(ends, ("P", -0.04, 1.08), [Line("P = σ(z)", z, p, look.line)], [here], [0.5]),
        Panel(
            ends,
            ("slope", -0.01, 0.27),
            [Line("P·(1 − P)", z, p * (1 - p), look.minimum)],
            [steep],
        ),
    ]


def _odds(seen: Seen, look: ChartStyle) -> list[Panel]:
    p = np.linspace(0.0005, 0.9995, 601)
    x = ("P", 0.0, 1.0)
    ratio = Point(seen.p, seen.odds, look.points, number(seen.odds, 2), guided=True)
    logarithm = Point(seen.p, seen.z, look.points, f"z = {number(seen.z, 2)}", guided=True)
    return [
        Panel(
            x, ("odds", -0.8, MOST_ODDS), [Line("P/(1 − P)", p, p / (1 - p), look.line)], [ratio]
        ),
        Panel(
            x,
            ("z", -6.0, 6.0),
            [Line("ln(odds)", p, np.log(p / (1 - p)), look.minimum)],
            [logarithm],
            [0.0],
        ),
    ]


def _cross_entropy(seen: Seen, look: ChartStyle) -> list[Panel]:
    p = np.linspace(0.0002, 0.9998, 601)
    colours = (look.line, look.start) if seen.label else (look.start, look.line)
    loss = seen.losses[ENTROPY].loss
    says = f"L = {number(loss, 2)}"
    lines = [
        Line("label 1: −ln P", p, -np.log(p), colours[0], dotted=not seen.label),
        Line("label 0: −ln(1 − P)", p, -np.log(1 - p), colours[1], dotted=bool(seen.label)),
    ]
    over_z = Line("the same over z", seen.curves.z, seen.curves.losses[ENTROPY].loss, look.line)
    y = ("L", -0.3, MOST_LOSS + 0.4)
    reach = seen.scene.reach
    return [
        Panel(("P", 0.0, 1.0), y, lines, [Point(seen.p, loss, look.points, says, guided=True)]),
        Panel(
            ("z", -reach, reach), y, [over_z], [Point(seen.z, loss, look.points, "", guided=True)]
        ),
    ]


def _gradients(seen: Seen, look: ChartStyle) -> list[Panel]:
    z, losses = seen.curves.z, seen.curves.losses
    lines = [
        Line("cross-entropy: P − y", z, losses[ENTROPY].gradient, look.line, mark="●"),
        Line("squared error", z, losses[SQUARED].gradient, look.points, mark="◆"),
    ]
    points = [
        Point(seen.z, seen.losses[ENTROPY].gradient, look.line, glyph="●"),
        Point(seen.z, seen.losses[SQUARED].gradient, look.points, glyph="◆"),
    ]
    ends = ("z", -seen.scene.reach, seen.scene.reach)
    return [Panel(ends, ("∂L/∂z", -1.1, 1.25), lines, points, [0.0])]


def _with_bars(seen: Seen, width: int, height: int, look: ChartStyle) -> Canvas:
    canvas = Canvas(width, height)
    curves = stacked(_gradients(seen, look), width, height - BARS, look)
    canvas.part(np.s_[: height - BARS], np.s_[:]).lay(curves)
    canvas.write(height - BARS, 1, "the two, side by side, from −1 to 1"[: width - 1], look.dim)
    entropy, squared = (seen.losses[name].gradient for name in (ENTROPY, SQUARED))
    rows = [
        Bar("entropy", entropy, number(entropy), look.line),
        Bar("squared", squared, number(squared), look.points),
    ]
    drawn = signed_bars(rows, -1.0, 1.0, width, BARS - 2, look)
    canvas.part(np.s_[height - BARS + 2 :], np.s_[:]).lay(drawn)
    return canvas


def _race(seen: Seen, look: ChartStyle) -> list[Panel]:
    race = seen.race
    assert race is not None
    x = ("step", 0.0, round_up(max(50, race.steps)))
    names = ((ENTROPY, "cross-entropy", look.line, "●"), (SQUARED, SQUARED, look.points, "◆"))
    reached, losses, now, costs = [], [], [], []
    steps = np.arange(race.steps + 1, dtype=np.float64)
    for key, name, colour, glyph in names:
        walk = race.walks[key]
        p = seen.reached(walk)
        reached.append(Line("", *_joined(steps, p), colour))
        losses.append(Line(name, *_joined(steps, walk.loss), colour, mark=glyph))
        now.append(Point(steps[-1], float(p[-1]), colour, glyph=glyph))
        costs.append(Point(steps[-1], float(walk.loss[-1]), colour, glyph=glyph))
    most = max(float(walk.loss[0]) for walk in race.walks.values())
    return [
        Panel(x, (f"P({seen.label})", -0.05, 1.1), reached, now, [0.5]),
        Panel(x, ("L", -0.05 * max(most, 1), 1.1 * max(most, 1)), losses, costs),
    ]


def _joined(x: Array, y: Array) -> tuple[Array, Array]:
    """A line of one point would be none: it is doubled."""
    return (np.repeat(x, 2), np.repeat(y, 2)) if len(x) == 1 else (x, y)


def _saturation(seen: Seen, look: ChartStyle) -> list[Panel]:
    z, losses = seen.curves.z, seen.curves.losses
    ends = ("z", -seen.scene.reach, seen.scene.reach)
    names = (("BCEWithLogitsLoss", look.line, "●"), ("BCELoss of σ(z)", look.points, "◆"))
    over, under, now, slopes = [], [], [], []
    for key, (name, colour, glyph) in zip((ENTROPY, "BCELoss"), names, strict=True):
        over.append(Line(name, z, losses[key].loss, colour, mark=glyph))
        under.append(Line("", z, losses[key].gradient, colour))
        here = seen.losses[key]
        now.append(Point(seen.z, here.loss, colour, glyph=glyph))
        slopes.append(Point(seen.z, here.gradient, colour, glyph=glyph))
    return [
        Panel(ends, ("L", -5.0, 128.0), over, now),
        Panel(ends, ("∂L/∂z", -1.15, 1.3), under, slopes, [0.0]),
    ]


_SCENES = {
    "sigmoid": _sigmoid,
    "odds": _odds,
    "cross-entropy": _cross_entropy,
    "gradients": _gradients,
    "race": _race,
    "saturation": _saturation,
}
