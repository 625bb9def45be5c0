"""Helpers to open a lab of scenes by keyboard, and to read its description."""

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
    """Show the lab of the current lesson, with this scene or the first one."""
    await until(pilot, lambda: pilot.app.screen.query(kind))
    await pilot.press("2")
    lab = pilot.app.screen.query_one(kind)
    await until(pilot, lambda: lab.ready)
    await to_scene(pilot, lab, scenes, scene or next(iter(scenes)))
    return lab


async def to_scene(pilot: Pilot[None], lab: L, scenes: Iterable[str], scene: str) -> None:
    """Switch to this scene with the key for the next one."""
    names = list(scenes)
    here = names.index(lab.status.preset)
    await pilot.press(*"p" * ((names.index(scene) - here) % len(names)))
    await until(pilot, lambda: lab.status.preset == scene)


def explanation(lab: CurvesLab[Any] | TensorsLab) -> str:
    """Return the text below the drawing."""
    return str(lab.query_one(".waiting", Static).render())
