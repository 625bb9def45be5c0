"""Opening a lab of scenes by keyboard, and reading what it tells; knows none of the scenes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from textual.pilot import Pilot
from textual.widgets import Static

from tests.tui.conftest import until
from tui.labs.curves import CurvesLab
from tui.labs.tensors import TensorsLab

L = TypeVar("L", bound=CurvesLab[Any] | TensorsLab)


async def open_lab(
    pilot: Pilot[None], kind: type[L], scenes: Iterable[str], scene: str | None = None
) -> L:
    """Go to the lab of the lesson on screen, and in it to this one of its scenes, or the first."""
    names = list(scenes)
    scene = scene or names[0]
    await until(pilot, lambda: pilot.app.screen.query(kind))
    await pilot.press("2")
    lab = pilot.app.screen.query_one(kind)
    await until(pilot, lambda: lab.ready)
    await pilot.press(*"p" * names.index(scene))
    await until(pilot, lambda: lab.status.preset == scene)
    return lab


def told(lab: CurvesLab[Any] | TensorsLab) -> str:
    """The words below the drawing."""
    return str(lab.query_one(".waiting", Static).render())
