"""The app without a terminal, away from the learner's own folders."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from engine.run import warm_up
from tui.app import DltuiApp
from tui.labs.training import TrainingLab

PATIENCE = 180.0
"""Seconds to wait for what must come: long, since it only matters when it does not."""


@pytest.fixture(scope="session", autouse=True)
def pytorch() -> None:
    """Import PyTorch as a whole, before an app that is closed gives its import up half-way.

    Python cannot finish such an import in the same process: the labs of later tests would wait
    for ever. The installed command ends with its app.
    """
    warm_up()


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings and progress of the test's own; no SSH, whoever runs the tests."""
    for name in ("CONFIG", "STATE", "DATA"):
        monkeypatch.setenv(f"DLTUI_{name}_DIR", str(tmp_path / name.lower()))
    for name in ("SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    return tmp_path


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Let the app work until the condition holds."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"never came: {condition}"
        await asyncio.sleep(0.01)
        await pilot.pause()


async def open_lab(pilot: Pilot[None]) -> TrainingLab:
    """Go to the lab of the lesson on screen, and wait until it can train."""
    await until(pilot, lambda: pilot.app.screen.query(TrainingLab))
    await pilot.press("2")
    lab = pilot.app.screen.query_one(TrainingLab)
    await until(pilot, lambda: lab.ready and not lab._kept)
    return lab


def app(lesson: str | None = None) -> DltuiApp:
    return DltuiApp(lesson=lesson, device="cpu")
