"""Fixtures for the app without a terminal, with its own folders."""

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
"""Seconds to wait for an expected state; only a failing test waits that long."""


@pytest.fixture(scope="session", autouse=True)
def pytorch() -> None:
    """Import PyTorch completely, before an app that closes aborts its import.

    Python cannot repeat an aborted import in the same process, so later labs would never open.
    """
    warm_up()


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use settings and progress folders of the test, also for what a key writes, and no SSH."""
    monkeypatch.chdir(tmp_path)
    for name in ("CONFIG", "STATE", "DATA"):
        monkeypatch.setenv(f"DLTUI_{name}_DIR", str(tmp_path / name.lower()))
    for name in ("SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    return tmp_path


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Wait for the condition; ever less often, because asking takes time from what is awaited."""
    end = time.monotonic() + PATIENCE
    interval = 0.005
    while not condition():
        assert time.monotonic() < end, f"never came: {condition}"
        await asyncio.sleep(interval)
        await pilot.pause()
        interval = min(1.3 * interval, 0.04)


async def open_lab(pilot: Pilot[None]) -> TrainingLab:
    """Show the lab of the current lesson, and wait until it is ready."""
    await until(pilot, lambda: pilot.app.screen.query(TrainingLab))
    await pilot.press("2")
    lab = pilot.app.screen.query_one(TrainingLab)
    await until(pilot, lambda: lab.ready and not lab._kept)
    return lab


def app(lesson: str | None = None) -> DltuiApp:
    return DltuiApp(lesson=lesson, device="cpu")
