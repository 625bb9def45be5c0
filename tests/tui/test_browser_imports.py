"""The home screen does not import torch; that happens in the background."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import asyncio, sys
from tui.app import DltuiApp
from tui.screens.home import Contents
from tui.widgets.page import Page

async def browse():
    app = DltuiApp()
    async with app.run_test(size=(80, 22)) as pilot:
        while app.screen.query_one(Page).source == "":
            await pilot.pause()
        before = app.screen.query_one(Page).source
        await pilot.press("j")
        while app.screen.query_one(Page).source == before:
            await pilot.pause()
        print(sorted({"torch", "numpy", "plotext"} & sys.modules.keys()))

import tui.app
tui.app.QUIET_SECONDS = 1e6  # the quiet moment does not come: what the course itself imports
asyncio.run(browse())
"""


def test_the_course_is_read_without_torch() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=120
    )
    assert answer.stdout.strip() == "[]"
