"""Frames and drawn text for the tests of charts, without torch and app."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from engine.frame import Frame, State
from engine.pictures import LinePicture, LossHistory
from tui.charts import CHARTS
from tui.charts.style import ChartStyle

DARK = ChartStyle.dark()
SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def draw(kind: str, frame: Frame, width: int, height: int, **style: bool) -> list[str]:
    """Draw a chart as text, and check that it fills its size exactly."""
    lines = CHARTS[kind].draw(frame, width, height, replace(DARK, **style)).text()
    assert [len(line) for line in lines] == [width] * height
    return lines


def history(losses: Sequence[float], stride: int = 1) -> LossHistory:
    """Return the history of these losses, with `stride` losses per bucket."""
    values = np.array(losses, dtype=np.float64)
    pad = -len(values) % stride
    buckets = np.append(values, values[-1:].repeat(pad)).reshape(-1, stride)
    first = np.arange(len(buckets), dtype=np.float64) * stride + 1
    return LossHistory(first, buckets.min(axis=1), buckets.max(axis=1), stride)


def losses(values: Sequence[float], **changes: Any) -> Frame:
    """Return a frame with the history of these losses."""
    frame = Frame(State.PLAYING, {}, history(values), step=len(values))
    return replace(frame, loss=float(values[-1]) if len(values) else None, **changes)


def picture(**changes: Any) -> LinePicture:
    """Return points (0, 0), (1, 1), …, (4, 4) and the line y = 0.5·x + 1."""
    x = np.arange(5.0)
    fields: dict[str, Any] = {
        "x": x,
        "y": x.copy(),
        "w": 0.5,
        "b": 1.0,
        "start": (0.0, 0.0),
        "path": np.array([[0.0, 0.0], [0.5, 1.0]]),
    }
    return LinePicture(**{**fields, **changes})


def pictured(**changes: Any) -> Frame:
    return replace(losses([1.0]), picture=picture(**changes))


def cells(lines: Sequence[str], marks: str) -> list[tuple[int, int]]:
    """Return (row, column) of all these characters."""
    return [
        (row, column)
        for row, line in enumerate(lines)
        for column, character in enumerate(line)
        if character in marks
    ]


def braille(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Return (row, column) of every cell with braille dots."""
    return cells(lines, "".join(chr(code) for code in range(0x2801, 0x2900)))


def canvas(lines: Sequence[str]) -> tuple[int, int, int]:
    """Return the first column of the canvas, its columns and its rows, according to the axes."""
    left = next(line.index("└") for line in lines if "└" in line) + 1
    rows = next(row for row, line in enumerate(lines) if "└" in line)
    return left, len(lines[0]) - left, rows


def ticks(lines: Sequence[str]) -> tuple[list[tuple[float, int]], list[tuple[float, int]]]:
    """Return the values of the ticks with their columns, and with their rows."""
    left, _, rows = canvas(lines)
    marks = [column for column, letter in enumerate(lines[rows]) if letter == "┬"]
    labels = lines[rows + 1].split()
    values = [value for text in labels if (value := _value(text)) is not None]
    across = list(zip(values, marks, strict=False))
    down = [
        (value, row)
        for row in range(rows)
        if (value := _value(lines[row][: left - 1].strip())) is not None
    ]
    return across, down


def cell(lines: Sequence[str], x: float, y: float) -> tuple[float, float]:
    """Return the unrounded (row, column) of a point, interpolated between two ticks."""
    across, down = ticks(lines)
    return _between(down, y), _between(across, x)


def near(lines: Sequence[str], x: float, y: float, marks: str) -> bool:
    """Return whether one of these marks is in the cell of a point or beside it.

    The columns of ticks are rounded, so the column of a point may be off by one.
    """
    row, column = cell(lines, x, y)
    return any(
        abs(at[0] - row) <= 0.51 and abs(at[1] - column) <= 1.51 for at in cells(lines, marks)
    )


def _between(places: list[tuple[float, int]], value: float) -> float:
    (low, first), (high, last) = places[0], places[-1]
    return first + (value - low) / (high - low) * (last - first)


def _value(text: str) -> float | None:
    text = text.replace("−", "-").replace(",", "")
    mantissa, times, power = text.partition("×")
    if match := re.fullmatch(r"(-?)10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", power if times else text):
        sign = -1.0 if match.group(1) else 1.0
        return (float(mantissa) if times else sign) * 10.0 ** int(
            match.group(2).translate(SUPERSCRIPTS)
        )
    try:
        return float(text)
    except ValueError:
        return None
