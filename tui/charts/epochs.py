"""Charts of scores and losses by epoch, and of the size of each layer's gradient."""

from __future__ import annotations

import math
from typing import Protocol, cast, runtime_checkable

import numpy as np

from engine.equations import number
from engine.frame import Frame
from engine.pictures import Array, DigitsPicture, TablePicture
from tui.charts.axis import DECIMALS, Scale, round_up
from tui.charts.canvas import Canvas, Drawing, NotYet, chart, shows
from tui.charts.loss import NO_LOGARITHM
from tui.charts.plot import Plot
from tui.charts.style import ChartStyle
from tui.charts.tables import NOT_EVALUATED, rows_axis, short

MARK, BEST = "●", "◆"
TRAIN, VALIDATION, BEAT = "●", "▲", "╌"
APART = 8
"""The approximate number of cells between two markers of validation."""
LONGEST = 12
"""The most cells for the name of the class that the baseline always predicts."""


@chart
def draw_accuracy(frame: Frame, width: int, height: int, style: ChartStyle) -> Drawing:
    """Draw the accuracy on the held-out images over the epochs, a mark for each evaluation.

    Epoch 0 is the network before training. With a logarithmic loss axis, the error rate is drawn
    instead, also logarithmic: from 98% to 99% the errors halve, which a linear axis hardly shows.
    """
    picture = frame.picture
    if not isinstance(picture, DigitsPicture):
        return frame.message or "nothing to see yet"
    if not len(picture.accuracies):
        return NOT_EVALUATED
    accuracies = np.nan_to_num(picture.accuracies, posinf=0, neginf=0).clip(0, 1)
    values = 1 - accuracies if style.logarithmic else picture.accuracies
    epochs = np.arange(len(values), dtype=np.float64)
    planned = cast("int", frame.settings.get("epochs", 1))
    last = round_up(max(planned if len(values) <= planned else len(values), 5))
    plot = Plot(
        width, height, Scale("epochs", 0, last), _accuracies(values, style.logarithmic), style
    )
    best = int(accuracies.argmax())
    images, word = (
        picture.held_out or int(picture.confusion.sum()),
        "wrong" if style.logarithmic else "right",
    )
    epoch = len(values) - 1  # `picture.age` may be that of a sample in the middle of an epoch
    age = f"after epoch {epoch}" if epoch else "before epoch 1"
    lines = [
        (f"{MARK}⠒", f"{values[-1]:.2%} of {images:,} {word}", style.line),
        (f"{BEST} ", f"best {values[best]:.2%}, epoch {best}", style.minimum),
        ("  ", f"{picture.held_part}, {age}", style.dim),
    ]
    if picture.test_accuracy is not None and picture.held_part != "test":
        share = 1 - picture.test_accuracy if style.logarithmic else picture.test_accuracy
        lines.append(("  ", f"test {share:.2%} {word}, at the end", style.dim))
    plot.line(epochs, values, style.line)
    plot.points(epochs, values, style.line, MARK)
    plot.points(epochs[best], values[best], style.minimum, BEST)
    places = [(-1, 0), (-1, -1)] if style.logarithmic else [(-1, -1), (-1, 0)]
    places += [(1, -1), (1, 0), *((column, row) for column in (-1, 1) for row in (1, 2, 3))]
    across = plot.x.values(2 * plot.columns)
    across = across[across <= epochs[-1]]
    curve = plot.mask(across, np.interp(across, epochs, values))
    marks = plot.mask(epochs, values)
    lines = lines[: max(plot.rows - 2, 1)]
    plot.caption(lines, places, marks | curve, marks)
    return plot.canvas


def _accuracies(values: Array, logarithmic: bool) -> Scale:
    """Return the range of accuracies or error rates; the value before training may lie outside."""
    if logarithmic:
        # From at most 9% to 100%: an error rate of 0 has no logarithm.
        return Scale("", min(max(float(values.min()), 1e-4), 0.09), 1.0, logarithmic=True)
    learned = values[1:] if len(values) > 1 else values
    low = float(np.floor(learned.min() * 20 + 1e-9) / 20)
    return Scale("", max(min(low, 0.95), 0.0), 1.0)


@shows(TablePicture)
def draw_validation(picture: TablePicture, width: int, height: int, style: ChartStyle) -> Drawing:
    """Draw the score of both parts after each epoch, and that of a constant prediction.

    With `residuals` the losses instead, and the epoch of the lowest validation loss.
    """
    measures = picture.measures
    if style.residuals:
        train, validation = measures.train_loss, measures.validation_loss
        beat, name = picture.loss_to_beat, "loss"
    else:
        train, validation = measures.train_score, measures.validation_score
        beat, name = picture.score_to_beat, picture.score
    both = np.concatenate([train, validation, [beat]])
    if not np.isfinite(both).any():
        return f"no {name} that is a number"
    y = _scores(both, style)
    if y is None:
        return NO_LOGARITHM
    last = round_up(max(float(measures.epochs[-1]), 10))
    plot = Plot(width, height, Scale("epochs", 0, last), y, style)
    ends = [plot.x.low, plot.x.high]
    plot.line(ends, [beat, beat], style.dim, BEAT)
    # The curve of train lies over that of validation; validation's markers lie over both.
    epochs = measures.epochs
    plot.line(epochs, validation, style.sample)
    plot.line(epochs, train, style.line)
    plot.points(epochs[-1], train[-1], style.line, TRAIN)
    columns = (plot.column(epochs[-1]) - plot.column(epochs)) // APART
    marks = np.append(np.flatnonzero(np.diff(columns)), len(epochs) - 1)
    plot.points(epochs[marks], validation[marks], style.sample, VALIDATION)
    guess = picture.guess
    if picture.classes:
        place = picture.classes.index(guess)
        guess = f"all {short(picture.classes, LONGEST)[place]}"
    lines = [
        (f"{TRAIN}⠒", f"train {number(float(train[-1]), 3)}", style.line),
        (f"{VALIDATION}⠒", f"validation {number(float(validation[-1]), 3)}", style.sample),
        (f"{BEAT} ", f"{guess} {number(beat, 3)}", style.dim),
    ]
    marked = plot.mask(measures.epochs[-1], [train[-1], validation[-1]])
    if style.residuals and np.isfinite(validation).any():
        least = int(np.where(np.isfinite(validation), validation, np.inf).argmin())
        epoch, loss = float(measures.epochs[least]), float(validation[least])
        plot.points(epoch, loss, style.minimum, BEST)
        marked |= plot.mask(epoch, loss)
        lines.append((f"{BEST} ", f"least {number(loss)}, epoch {epoch:.0f}", style.minimum))
    # At the right, above or below the curves.
    high = float(plot.y.place(validation[-1])) >= 0.5
    if plot.rows < len(lines) + 2:
        lines = lines[1:2]
    places = [(-2, -1), (-2, 0)] if high else [(-2, 0), (-2, -1)]
    places += [(1, -1), (1, 0), *((column, row) for column in (-2, 1) for row in (1, 2, 3))]
    plot.caption(lines, places, marked)
    curves = plot.mask(np.tile(measures.epochs, 2), np.append(train, validation))
    corners = [(column, row) for row in ((-1, 0) if high else (0, -1)) for column in (1, -2)]
    plot.caption([("", name, style.dim)], corners, marked | curves, marked)
    return plot.canvas


def _scores(values: Array, style: ChartStyle) -> Scale | None:
    """Return a range up to 1 and a little below the baseline for scores; from 0 for losses."""
    values = values[np.isfinite(values)]
    if not style.residuals:
        beat = float(values[-1])
        low = min(float(values.min()), beat - 0.4 * (1 - beat))
        return Scale("", max(low, -1.0), 1.0)
    if not style.logarithmic:
        return Scale("", 0, round_up(float(values.max()) or 1.0))
    positive = values[values > 0]
    if not len(positive):
        return None
    return Scale("", float(positive.min()), float(positive.max()), logarithmic=True)


# The size of the gradient of each layer.

LEAST_POWER, MOST_POWER = -6, 1
"""The powers of ten that are always shown, so that bars of different runs can be compared."""
FARTHEST = 18
"""Powers of ten beyond ± this are drawn as this one."""
WHAT = "rms over the weights of a layer"
"""The meaning of a bar's length, written under the bars if there is room."""


@runtime_checkable
class HasGradients(Protocol):
    """A picture with the size of each layer's gradient."""

    @property
    def gradients(self) -> tuple[tuple[str, float], ...]:
        """The name of each layer, inputs first, and the root mean square of its gradient."""


@chart
def draw_gradients(frame: Frame, width: int, height: int, style: ChartStyle) -> Drawing:
    """Draw a bar for each layer over powers of ten, the layer next to the inputs first."""
    picture = frame.picture
    if not isinstance(picture, HasGradients):
        return frame.message or "nothing to see yet"
    if not picture.gradients:
        return NotYet("no gradient yet")
    layers = picture.gradients[: height - 2]
    names = short([name for name, _ in layers], max(width // 3, 6))
    widest = max(map(len, names))
    numbers = [_three_digits(value) for _, value in layers]
    powers = [_power(value) for _, value in picture.gradients if value > 0 and math.isfinite(value)]
    low = max(math.floor(min([*powers, LEAST_POWER])), -FARTHEST)
    high = min(math.ceil(max([*powers, MOST_POWER])), FARTHEST)
    gap = 2 if 2 * len(layers) + 3 <= height else 1
    # The numbers change with every frame; the axes leave room for them and do not change.
    room = max(map(len, numbers))
    labels = [f"{name.rjust(widest)}{' ' * (room + 1)}" for name in names]
    rows = gap * len(layers) - (gap - 1)
    axis = rows_axis(labels, gap, rows)
    plot = Plot(width, rows + 2, Scale("", 10.0**low, 10.0**high, logarithmic=True), axis, style)
    for index, (_, value) in enumerate(layers):
        if value > 0:  # 0 has no bar
            power = _power(value) if math.isfinite(value) else high
            plot.bar(10.0**plot.x.low, 10.0 ** min(power, high), -index * gap, style.line)
    canvas = Canvas(width, height)
    canvas.part(slice(0, rows + 2), slice(None)).lay(plot.canvas)
    for index, text in enumerate(numbers):
        canvas.write(index * gap, widest + 1, text.rjust(room), style.dim)
    notes = [text for text in (_compared(picture.gradients), WHAT) if text and len(text) <= width]
    for row, text in zip(range(height - 1, rows + 1, -1), notes, strict=False):
        canvas.write(row, 0, text, style.dim if text is WHAT else style.text)
    return canvas


def _power(value: float) -> float:
    return max(-FARTHEST, min(FARTHEST, round(math.log10(value), DECIMALS)))


def _compared(gradients: tuple[tuple[str, float], ...]) -> str:
    """Return a sentence that compares the first layer with the last."""
    first, last = gradients[0][1], gradients[-1][1]
    if len(gradients) < 2 or not (math.isfinite(first) and math.isfinite(last) and last > 0):
        return ""
    if first == 0:
        return "nothing arrives at the first layer"
    times = last / first
    if times >= 2:
        return f"the last layer's is {_three_digits(times)} × the first's"
    return f"the first layer's is {_three_digits(first / last)} × the last's"


def _three_digits(value: float) -> str:
    """Return the number with three significant digits."""
    return f"{value:.3g}" if 1e-3 <= value < 1e3 or value == 0 else number(value, 3)
