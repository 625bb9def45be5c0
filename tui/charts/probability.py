"""Charts of the scenes with one logit: curves, the current point, and two gradients."""

from __future__ import annotations

import numpy as np

from engine.equations import number
from engine.pictures import Array
from engine.probability_scenes import SQUARED, probability
from engine.probability_scenes import ProbabilityLook as Seen
from tui.charts.axis import Scale, round_up
from tui.charts.canvas import Canvas, too_small, words
from tui.charts.curves import Panel, PanelCurve, PanelPoint, stacked
from tui.charts.style import ChartStyle
from tui.charts.tables import SignedBar, signed_bars

ENTROPY = "BCEWithLogitsLoss"
MOST_ODDS, MOST_LOSS = 20.0, 8.0
BARS = 6
"""Rows of the two gradients as bars, their title included."""


def draw(seen: Seen, width: int, height: int, style: ChartStyle) -> Canvas:
    """Draw the scene in `height` rows of `width` cells."""
    if too_small(width, height):
        return words("too small", width, height, style)
    scene = seen.scene.name
    if scene == "gradients" and height >= 2 * BARS:
        return _with_bars(seen, width, height, style)
    return stacked(_SCENES[scene](seen, style), width, height, style)


def _sigmoid(seen: Seen, style: ChartStyle) -> list[Panel]:
    z, p = seen.curves.z, seen.curves.p
    here = PanelPoint(seen.z, seen.p, style.points, f"P = {probability(seen.p)}", guided=True)
    slope = seen.p * (1 - seen.p)
    steep = PanelPoint(seen.z, slope, style.points, number(slope), guided=True)
    ends = Scale("z", -seen.scene.reach, seen.scene.reach)
    return [
        Panel(
            ends, Scale("P", -0.04, 1.08), [PanelCurve("P = σ(z)", z, p, style.line)], [here], [0.5]
        ),
        Panel(
            ends,
            Scale("slope", -0.01, 0.27),
            [PanelCurve("P·(1 − P)", z, p * (1 - p), style.minimum)],
            [steep],
        ),
    ]


def _odds(seen: Seen, style: ChartStyle) -> list[Panel]:
    p = np.linspace(0.0005, 0.9995, 601)
    x = Scale("P", 0.0, 1.0)
    ratio = PanelPoint(seen.p, seen.odds, style.points, number(seen.odds, 2), guided=True)
    logarithm = PanelPoint(seen.p, seen.z, style.points, f"z = {number(seen.z, 2)}", guided=True)
    return [
        Panel(
            x,
            Scale("odds", -0.8, MOST_ODDS),
            [PanelCurve("P/(1 − P)", p, p / (1 - p), style.line)],
            [ratio],
        ),
        Panel(
            x,
            Scale("z", -6.0, 6.0),
            [PanelCurve("ln(odds)", p, np.log(p / (1 - p)), style.minimum)],
            [logarithm],
            [0.0],
        ),
    ]


def _cross_entropy(seen: Seen, style: ChartStyle) -> list[Panel]:
    p = np.linspace(0.0002, 0.9998, 601)
    colours = (style.line, style.start) if seen.label else (style.start, style.line)
    loss = seen.losses[ENTROPY].loss
    says = f"L = {number(loss, 2)}"
    lines = [
        PanelCurve("label 1: −ln P", p, -np.log(p), colours[0], dotted=not seen.label),
        PanelCurve("label 0: −ln(1 − P)", p, -np.log(1 - p), colours[1], dotted=bool(seen.label)),
    ]
    over_z = PanelCurve(
        "the same over z", seen.curves.z, seen.curves.losses[ENTROPY].loss, style.line
    )
    y = Scale("L", -0.3, MOST_LOSS + 0.4)
    reach = seen.scene.reach
    return [
        Panel(
            Scale("P", 0.0, 1.0),
            y,
            lines,
            [PanelPoint(seen.p, loss, style.points, says, guided=True)],
        ),
        Panel(
            Scale("z", -reach, reach),
            y,
            [over_z],
            [PanelPoint(seen.z, loss, style.points, "", guided=True)],
        ),
    ]


def _gradients(seen: Seen, style: ChartStyle) -> list[Panel]:
    z, losses = seen.curves.z, seen.curves.losses
    lines = [
        PanelCurve("cross-entropy: P − y", z, losses[ENTROPY].gradient, style.line, mark="●"),
        PanelCurve("squared error", z, losses[SQUARED].gradient, style.points, mark="◆"),
    ]
    points = [
        PanelPoint(seen.z, seen.losses[ENTROPY].gradient, style.line, glyph="●"),
        PanelPoint(seen.z, seen.losses[SQUARED].gradient, style.points, glyph="◆"),
    ]
    ends = Scale("z", -seen.scene.reach, seen.scene.reach)
    return [Panel(ends, Scale("∂L/∂z", -1.1, 1.25), lines, points, [0.0])]


def _with_bars(seen: Seen, width: int, height: int, style: ChartStyle) -> Canvas:
    canvas = Canvas(width, height)
    curves = stacked(_gradients(seen, style), width, height - BARS, style)
    canvas.part(np.s_[: height - BARS], np.s_[:]).lay(curves)
    canvas.write(height - BARS, 1, "the two, side by side, from −1 to 1"[: width - 1], style.dim)
    entropy, squared = (seen.losses[name].gradient for name in (ENTROPY, SQUARED))
    rows = [
        SignedBar("entropy", entropy, number(entropy), style.line),
        SignedBar("squared", squared, number(squared), style.points),
    ]
    drawn = signed_bars(rows, -1.0, 1.0, width, BARS - 2, style)
    canvas.part(np.s_[height - BARS + 2 :], np.s_[:]).lay(drawn)
    return canvas


def _race(seen: Seen, style: ChartStyle) -> list[Panel]:
    race = seen.race
    assert race is not None
    x = Scale("step", 0.0, round_up(max(50, race.steps)))
    names = ((ENTROPY, "cross-entropy", style.line, "●"), (SQUARED, SQUARED, style.points, "◆"))
    reached, losses, now, costs = [], [], [], []
    steps = np.arange(race.steps + 1, dtype=np.float64)
    for key, name, colour, glyph in names:
        walk = race.walks[key]
        p = seen.reached(walk)
        reached.append(PanelCurve("", *_joined(steps, p), colour))
        losses.append(PanelCurve(name, *_joined(steps, walk.loss), colour, mark=glyph))
        now.append(PanelPoint(steps[-1], float(p[-1]), colour, glyph=glyph))
        costs.append(PanelPoint(steps[-1], float(walk.loss[-1]), colour, glyph=glyph))
    most = max(float(walk.loss[0]) for walk in race.walks.values())
    return [
        Panel(x, Scale(f"P({seen.label})", -0.05, 1.1), reached, now, [0.5]),
        Panel(x, Scale("L", -0.05 * max(most, 1), 1.1 * max(most, 1)), losses, costs),
    ]


def _joined(x: Array, y: Array) -> tuple[Array, Array]:
    """Return the points of a line; a single point is doubled, since a line needs two."""
    return (np.repeat(x, 2), np.repeat(y, 2)) if len(x) == 1 else (x, y)


def _saturation(seen: Seen, style: ChartStyle) -> list[Panel]:
    z, losses = seen.curves.z, seen.curves.losses
    ends = Scale("z", -seen.scene.reach, seen.scene.reach)
    names = (("BCEWithLogitsLoss", style.line, "●"), ("BCELoss of σ(z)", style.points, "◆"))
    over, under, now, slopes = [], [], [], []
    for key, (name, colour, glyph) in zip((ENTROPY, "BCELoss"), names, strict=True):
        over.append(PanelCurve(name, z, losses[key].loss, colour, mark=glyph))
        under.append(PanelCurve("", z, losses[key].gradient, colour))
        here = seen.losses[key]
        now.append(PanelPoint(seen.z, here.loss, colour, glyph=glyph))
        slopes.append(PanelPoint(seen.z, here.gradient, colour, glyph=glyph))
    return [
        Panel(ends, Scale("L", -5.0, 128.0), over, now),
        Panel(ends, Scale("∂L/∂z", -1.0, 1.0), under, slopes, [0.0]),
    ]


_SCENES = {
    "sigmoid": _sigmoid,
    "odds": _odds,
    "cross-entropy": _cross_entropy,
    "gradients": _gradients,
    "race": _race,
    "saturation": _saturation,
}
