"""What the lines above and below a lab say of it; knows no lab."""

from __future__ import annotations

from dataclasses import dataclass

from engine.frame import Frame, State


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a lab stands."""

    preset: str = ""
    """The preset that it began with."""
    progress: str = ""
    """How far it has come, in a few words."""
    device: str = ""
    """The device that does the work; empty until it is known."""
    state: str = ""
    """In a word, what goes on; a training says so in its frame."""
    busy: str = ""
    """What goes on even while the lab is out of sight; a training says so in its frame."""
    frame: Frame | None = None
    """The newest look at a training: its memory, its speed and its state."""
    finished: bool = False
    """Whether it was gone through to its end."""


def progress(frame: Frame, pace: float | None) -> str:
    """Where a training stands: its epoch and its pace."""
    playing = "▶ " if frame.state is State.PLAYING else ""
    return f"{_epoch(frame)} · {playing}{_pace(pace)}"


def _epoch(frame: Frame) -> str:
    return f"epoch {_count(frame.epoch)}/{_count(frame.settings.get('epochs'))}"


def _count(number: object) -> str:
    """A whole number in at most five places: 20000, 250k, 1.25M."""
    if not isinstance(number, int) or number < 100_000:
        return str(number)
    return f"{number / 1e6:.3g}M" if number >= 1_000_000 else f"{number // 1000}k"


def _pace(pace: float | None) -> str:
    return "full speed" if pace is None else f"{pace:g}/s"
