"""How good a model is on what it has seen, and on what it has not; knows no widget."""

from __future__ import annotations

import numpy as np

from engine.equations import number
from engine.pictures import Array, TablePicture
from tui.charts.axis import Axis, linear, logarithmic, round_up
from tui.charts.canvas import Canvas
from tui.charts.names import short
from tui.charts.plot import Plot, words
from tui.charts.shows import shows
from tui.charts.style import RGB, ChartStyle

TRAIN, VALIDATION, BEAT, LEAST = "●", "▲", "╌", "◆"
LONGEST = 12
"""Cells for the name of the one answer that is to be beaten."""


@shows(TablePicture)
def draw(picture: TablePicture, width: int, height: int, look: ChartStyle) -> Canvas:
    """The score of both parts after each epoch, and the score of one answer for all.

    With `residuals` the losses instead.
    """
    measures = picture.measures
    if look.residuals:
        train, validation = measures.train_loss, measures.validation_loss
        beat, name = picture.loss_to_beat, "loss"
    else:
        train, validation = measures.train_score, measures.validation_score
        beat, name = picture.score_to_beat, picture.score
    both = np.concatenate([train, validation, [beat]])
    if not np.isfinite(both).any():
        return words(f"no {name} that is a number", width, height, look)
    y = _axis(both, height // 3, look)
    if y is None:
        return words("no loss above 0: a logarithm shows none", width, height, look)
    last = float(measures.epochs[-1])
    x = linear(0, round_up(max(last, 10)), width // 10).named("epochs", 8 / width)
    plot = Plot(width, height, x, y, look)
    columns = np.linspace(0, 1, plot.columns)
    plot.marks(columns, np.full(len(columns), y.place(beat)), look.dim, BEAT)
    for values, mark, colour in (
        (train, TRAIN, look.line),
        (validation, VALIDATION, look.sample),
    ):
        places = x.place(measures.epochs), y.place(values)
        plot.curve(*places, colour)
        plot.mark(places[0][-1], places[1][-1], colour, mark)
    said = _said(picture, train, validation, beat, look)
    if look.residuals and np.isfinite(validation).any():
        said.append(_least(plot, measures.epochs, validation, (x, y), look))
    _captions(plot, name, said, float(y.place(validation[-1])), look)
    return plot.canvas


def _axis(values: Array, ticks: int, look: ChartStyle) -> Axis | None:
    """Scores up to 1, and not much below what is to be beaten; losses from 0."""
    values = values[np.isfinite(values)]
    if not look.residuals:
        beat = float(values[-1])
        low = min(float(values.min()), beat - 0.4 * (1 - beat))
        return linear(max(low, -1.0), 1.0, ticks)
    if not look.logarithmic:
        return linear(0, round_up(float(values.max()) or 1.0), ticks)
    positive = values[values > 0]
    if not len(positive):
        return None
    return logarithmic(float(positive.min()), float(positive.max()), ticks)


Said = tuple[str, str, RGB]


def _least(
    plot: Plot, epochs: Array, losses: Array, axes: tuple[Axis, Axis], look: ChartStyle
) -> Said:
    """Mark where the loss on what is held out is least, and say so."""
    least = int(np.where(np.isfinite(losses), losses, np.inf).argmin())
    epoch, loss = float(epochs[least]), float(losses[least])
    plot.mark(axes[0].place(epoch), axes[1].place(loss), look.minimum, LEAST)
    return LEAST, f"least {number(loss)}, epoch {epoch:.0f}", look.minimum


def _said(
    picture: TablePicture, train: Array, validation: Array, beat: float, look: ChartStyle
) -> list[Said]:
    guess = picture.guess
    if picture.classes:
        place = picture.classes.index(guess)
        guess = f"all {short(picture.classes, LONGEST)[place]}"
    return [
        (TRAIN, f"train {number(float(train[-1]), 3)}", look.line),
        (VALIDATION, f"validation {number(float(validation[-1]), 3)}", look.sample),
        (BEAT, f"{guess} {number(beat, 3)}", look.dim),
    ]


def _captions(plot: Plot, name: str, said: list[Said], height: float, look: ChartStyle) -> None:
    """At the right, above or below: where the curves are not."""
    width = max(len(text) for _, text, _ in said) + 3
    column = plot.columns - width
    top = 0 if height < 0.5 else plot.rows - len(said)
    if plot.rows < len(said) + 2:
        said, top = said[1:2], 0 if height < 0.5 else plot.rows - 1
    for row, (mark, text, colour) in enumerate(said):
        plot.note(column, top + row, f"{mark} {text} ".ljust(width), look.text)
        plot.note(column, top + row, mark, colour)
    plot.note(1, 0 if height < 0.5 else plot.rows - 1, name, look.dim)
