"""Frames and drawn text for the tests of the charts; no torch, no app."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from engine.frame import Frame, State
from engine.pictures import LinePicture, LossHistory
from tui.charts import CHARTS
from tui.charts.style import ChartStyle

DARK = ChartStyle.dark()


def draw(kind: str, frame: Frame, width: int, height: int, **look: bool) -> list[str]:
    """A chart as text, checked to fill its room to the cell."""
    lines = CHARTS[kind].draw(frame, width, height, replace(DARK, **look)).text()
    assert [len(line) for line in lines] == [width] * height
    return lines


def history(losses: Sequence[float], stride: int = 1) -> LossHistory:
    """The history of these losses, `stride` of them a bucket."""
    values = np.array(losses, dtype=np.float64)
    pad = -len(values) % stride
    buckets = np.append(values, values[-1:].repeat(pad)).reshape(-1, stride)
    first = np.arange(len(buckets), dtype=np.float64) * stride + 1
    return LossHistory(first, buckets.min(axis=1), buckets.max(axis=1), stride)


def losses(values: Sequence[float], **changes: Any) -> Frame:
    """A frame whose history is these losses."""
    frame = Frame(State.PLAYING, {}, history(values), step=len(values))
    return replace(frame, loss=float(values[-1]) if len(values) else None, **changes)


def picture(**changes: Any) -> LinePicture:
    """Points (0, 0), (1, 1), …, (4, 4) and the line y = 0.5·x + 1, from y = 0."""
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
    """A frame with that picture."""
    return replace(losses([1.0]), picture=picture(**changes))


def cells(lines: Sequence[str], marks: str) -> list[tuple[int, int]]:
    """The (row, column) of every one of these characters."""
    return [
        (row, column)
        for row, line in enumerate(lines)
        for column, character in enumerate(line)
        if character in marks
    ]


def braille(lines: Sequence[str]) -> list[tuple[int, int]]:
    """The (row, column) of every cell with braille dots in it."""
    return cells(lines, "".join(chr(code) for code in range(0x2801, 0x2900)))


def canvas(lines: Sequence[str]) -> tuple[int, int, int]:
    """Where the canvas begins, and its columns and rows, as its axes show."""
    left = next(line.index("└") for line in lines if "└" in line) + 1
    rows = next(row for row, line in enumerate(lines) if "└" in line)
    return left, len(lines[0]) - left, rows
