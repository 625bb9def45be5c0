"""Downloads of data sets in the app, from a local server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from engine.datasets import download, registry
from engine.datasets.verify import status
from tests.mirror import Mirror, Tiny, serving_alone
from tests.tui.conftest import app, until
from tui.labs.fetch import FetchScreen
from tui.screens.home import Contents

TRAIN = "train-images-idx3-ubyte.gz"


@pytest.fixture(autouse=True)
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """Serve a small MNIST from the only known mirror."""
    tiny = Tiny()
    monkeypatch.setattr("tui.app.QUIET_SECONDS", 3600)  # no lab here needs torch
    monkeypatch.setattr(registry, "DATA_SETS", (tiny.data_set(), *registry.DATA_SETS[1:]))
    with serving_alone(tiny, monkeypatch) as mirror:
        yield mirror


def words(pilot: Pilot[None]) -> str:
    screen = pilot.app.screen
    if not isinstance(screen, FetchScreen) or not screen.query("#words"):
        return ""
    box = screen.query_one("#fetch")
    texts = [str(static.render()) for static in screen.query(Static)]
    return "\n".join([str(box.border_title), *texts, str(box.border_subtitle)])


def open_screen(pilot: Pilot[None]) -> list[bool | None]:
    """Open the screen; its result is appended to the list."""
    results: list[bool | None] = []
    pilot.app.push_screen(FetchScreen("mnist"), results.append)
    return results


def fetching() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "fetching"]


async def test_fetches_after_an_error_and_says_where_it_is(
    mirror: Mirror, own_folders: Path
) -> None:
    files, mirror.files = mirror.files, {}
    place = own_folders / "data" / "MNIST" / "raw"
    async with app().run_test(size=(80, 22)) as pilot:
        results = open_screen(pilot)
        await until(pilot, lambda: "it answers 404 Not Found" in words(pilot))
        assert words(pilot).endswith("enter tries again · esc closes")
        assert not (own_folders / "data").exists()
        mirror.files, mirror.pause_after = files, 300_000
        await pilot.press("enter")
        await until(pilot, lambda: "kB/s" in words(pilot))
        assert not any(thread.daemon for thread in fetching())
        text = words(pilot)
        assert text.startswith("Fetch MNIST")
        for part in ("70,000 handwritten digits", "CC BY-SA 3.0", TRAIN):
            assert part in text
        await until(pilot, lambda: "300 of" in words(pilot))
        assert "━" in words(pilot)
        assert "─" in words(pilot)
        assert words(pilot).endswith("esc cancels")
        mirror.pause_after = None
        mirror.go_on.set()
        await until(pilot, lambda: "Here now" in words(pilot))
        assert "─" not in words(pilot)
        assert str(place) in words(pilot).replace("\n", "")
        await pilot.press("enter")
        await until(pilot, lambda: results)
        asked = len(mirror.asked)
        open_screen(pilot)  # an installed data set is reported at once
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: "Here now" in words(pilot))
        assert len(mirror.asked) == asked
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, FetchScreen))
        assert results == [True]
    assert status(registry.find("mnist"), own_folders / "data").place == place
    assert fetching() == []


async def test_escape_cancels_a_fetch_and_leaves_nothing(mirror: Mirror, own_folders: Path) -> None:
    mirror.pause_after = 100_000
    async with app().run_test() as pilot:
        results = open_screen(pilot)
        await until(pilot, lambda: "100 of" in words(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: results)
        assert fetching() == []
        assert not (own_folders / "data").exists()
        mirror.status = 503
        results += open_screen(pilot)
        await until(pilot, lambda: "503 Service Unavailable" in words(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, FetchScreen))
        mirror.status = None
        mirror.paused.clear()
        open_screen(pilot)
        await until(pilot, lambda: "100 of" in words(pilot))
        await pilot.press("q")  # leaving the app cancels a download too
    assert results == [False]
    assert fetching() == []
    assert not (own_folders / "data").exists()


async def test_keys_pressed_while_it_stops_are_for_the_screen_behind_it(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(download, "mirrors_of", lambda _: go_on.wait() and [mirror.address])
    async with app().run_test() as pilot:
        await until(pilot, lambda: pilot.app.screen.query(Contents))
        course = pilot.app.screen.query_one(Contents)
        course.focus()
        await until(pilot, lambda: course.has_focus)
        before, results = course.highlighted, open_screen(pilot)
        await until(pilot, lambda: "looking for a server" in words(pilot))
        await pilot.press("escape", "down", "down")
        assert "stopping" in words(pilot)
        assert course.highlighted == before
        go_on.set()
        await until(pilot, lambda: results and course.highlighted == before + 2)
        go_on.clear()
        results = open_screen(pilot)
        await until(pilot, lambda: "looking for a server" in words(pilot))
        await pilot.press("escape")
        assert results == []
        await pilot.press("escape")  # the second escape does not wait
        await until(pilot, lambda: results)
        assert results == [False]
        go_on.set()
        await until(pilot, lambda: not fetching())
    assert mirror.asked == []


async def test_a_broken_installation_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def mirrors_of(_: object) -> list[str]:
        raise ImportError("no module named [red]torchvision[/red]")

    monkeypatch.setattr(download, "mirrors_of", mirrors_of)
    async with app().run_test() as pilot:
        open_screen(pilot)
        message = "ImportError: no module named [red]torchvision[/red]"
        await until(pilot, lambda: message in words(pilot))


async def test_a_cancelled_fetch_under_another_screen_waits_for_its_turn(mirror: Mirror) -> None:
    mirror.pause_after = 100_000
    async with app().run_test() as pilot:
        results = open_screen(pilot)
        await until(pilot, lambda: "100 of" in words(pilot))
        screen = pilot.app.screen
        assert isinstance(screen, FetchScreen)
        await pilot.press("question_mark")
        await until(pilot, lambda: pilot.app.screen is not screen)
        screen.action_leave()  # as if the key had been pressed just before
        await until(pilot, lambda: not fetching())
        screen._look()
        assert results == []
        await pilot.press("escape")
        await until(pilot, lambda: results)
        assert results == [False]
