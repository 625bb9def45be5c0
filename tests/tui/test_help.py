"""The help screen lists every key in groups, in agreement with README's table."""

from __future__ import annotations

import re
from pathlib import Path

from textual.binding import Binding
from textual.keys import format_key

from tests.tui.conftest import app, open_lab, until
from tests.tui.screen_text import screen_text
from tui.app import DltuiApp
from tui.labs.autograd import AutogradLab, Inputs
from tui.labs.dataloader import DataLoaderLab
from tui.labs.graphs import GraphsLab
from tui.labs.mnist import MnistLab
from tui.labs.probabilities import ProbabilitiesLab
from tui.labs.softmax import SoftmaxLab
from tui.labs.tensors import TensorsLab
from tui.labs.training import TrainingLab
from tui.screens.code import CodeView
from tui.screens.concept import ConceptView
from tui.screens.help import HelpScreen
from tui.screens.home import Contents, HomeScreen
from tui.screens.lesson import LessonScreen
from tui.screens.write import WriteView
from tui.widgets.challenges import Challenges
from tui.widgets.controls import ControlList, Controls
from tui.widgets.program import Program
from tui.widgets.tensor_view import TensorView

README = Path(__file__).parents[2] / "README.md"
PLACES = {
    "everywhere": (DltuiApp, LessonScreen),
    "the course": (HomeScreen, Contents),
    "a lesson": (LessonScreen, ConceptView, Challenges),
    "write": (WriteView, Program),
    "the lab": (TrainingLab, ControlList, Controls),
    "the code": (CodeView,),
    "autograd": (AutogradLab, Inputs),
    "tensors": (TensorsLab, TensorView),
    "graphs": (GraphsLab,),
    "probabilities, softmax": (ProbabilitiesLab, SoftmaxLab),
    "dataloader": (DataLoaderLab,),
    "mnist": (MnistLab,),
}
OWN = [TrainingLab, AutogradLab, TensorsLab, GraphsLab, ProbabilitiesLab, SoftmaxLab]
OWN += [DataLoaderLab, MnistLab]
NAMES = {"escape": "escape", "enter": "enter"}


def keys_of(kind: type) -> dict[str, str]:
    """Return the keys that a class binds itself, as written on screen, with their actions."""
    return {
        NAMES.get(key, format_key(key) if "+" not in key else key): binding.action
        for binding in kind.BINDINGS
        if isinstance(binding, Binding)
        for key in binding.key.split(",")
    }


def table() -> dict[str, set[str]]:
    """Return the keys of README's table by place."""
    found: dict[str, set[str]] = {}
    text = README.read_text(encoding="utf-8").partition("## The keys")[2].partition("\n## ")[0]
    place = ""
    for first, keys in re.findall(r"^\| ([^|]*)\| ([^|]*)\|", text, re.MULTILINE):
        place = first.strip() or place
        found.setdefault(place, set()).update(re.findall(r"`([^` ]+)`", keys))
    return {place: keys for place, keys in found.items() if keys}


def test_the_table_of_readme_names_keys_that_are_there() -> None:
    documented = table()
    assert documented.keys() == PLACES.keys()
    for place, keys in documented.items():
        bound = {key for kind in PLACES[place] for key in keys_of(kind)}
        assert keys <= bound | {"arrows"}, place


def test_the_table_of_readme_names_every_letter_of_a_lab() -> None:
    documented = set().union(*table().values())
    for kind in OWN:
        letters = {key for key in keys_of(kind) if len(key) == 1}
        assert letters <= documented, kind


def test_no_lab_takes_a_key_that_means_something_everywhere() -> None:
    """`t` is the theme in every lab, and `c` the code."""
    everywhere = {**keys_of(DltuiApp), **keys_of(LessonScreen)}
    for kind in OWN:
        taken = (keys_of(kind).keys() & everywhere.keys()) - {"escape"}
        assert not taken, kind


def test_a_key_means_the_same_in_every_lab_that_has_it_for_that() -> None:
    """Common keys have one meaning: `p` a preset, `r` from the start, `y` copy."""
    for kind in OWN:
        keys = keys_of(kind)
        assert keys.get("p") in ("preset", "scene(1)")
        assert keys.get("r") == "reset"
        assert keys.get("y", "copy") == "copy"
        assert keys.get("d", "device") == "device"
        assert keys.get("v", "view") == "view"


async def test_the_help_lists_every_key_in_groups_and_says_that_it_scrolls() -> None:
    async with app("linear-regression").run_test(size=(80, 22)) as pilot:
        await open_lab(pilot)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        await until(pilot, lambda: "pgdn scroll · esc closes" in screen_text(pilot.app))
        box = pilot.app.screen.query_one("#help")
        seen = screen_text(pilot.app)
        await pilot.press("pagedown")
        await until(pilot, lambda: box.scroll_y > 0)
        while box.scroll_y < box.max_scroll_y:
            before = box.scroll_y
            seen += screen_text(pilot.app)
            await pilot.press("pagedown")
            await until(pilot, lambda: box.scroll_y > before)  # noqa: B023
        seen += screen_text(pilot.app)
        for title in ("Controls", "The lab", "This screen", "Everywhere", "Mouse"):
            assert title in seen
        for row in ("⏎  type", "←  lower", "↓ j  next row", "home  first", "pgdn  page down"):
            assert re.search(row.replace("  ", " +"), seen), row
        for row in ("tab  focus next", "ctrl+p  find", "q ctrl+q  quit", "click  choose"):
            assert re.search(re.escape(row).replace(r"\ \ ", " +"), seen), row
        await pilot.press("k")
        await pilot.resize_terminal(120, 90)
        await until(pilot, lambda: "scroll · esc" not in screen_text(pilot.app))
        assert "esc closes" in screen_text(pilot.app)
