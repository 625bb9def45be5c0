"""The command palette, which finds lessons, presets, charts and keys by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.events import Click
from textual.markup import escape
from textual.screen import Screen
from textual.widgets import Input

from lessons.catalog import COURSE
from tui.bindings import MODAL_KEYS, key_actions
from tui.course import chapters, problem
from tui.screens.lesson import LessonScreen
from tui.terminal.resizing import SafeScreen
from tui.widgets.rows import RowList


@dataclass(frozen=True, slots=True)
class Command:
    """An entry of the palette."""

    name: str
    about: str
    """A sentence that says what it does."""
    run: Callable[[], object]
    other_name: str = ""
    """A second name that the search also matches."""
    weight: float = 1.0
    """Factor for its score: below 1 for presets of other lessons."""


class Palette(SafeScreen, CommandPalette):
    """Textual's command palette with the entries of this app."""

    BINDINGS = MODAL_KEYS

    def __init__(self, below: Screen[object]) -> None:
        """Search the actions that are available on the screen below."""
        what = "a lesson, a preset or a key"
        if isinstance(below, LessonScreen):
            what = "a lesson, a preset, a picture or a key"
        elif below.is_modal:
            what = "a key"
        super().__init__(placeholder=f"Find {what}")

    @on(Input.Submitted)
    def _select_what_was_not_found(self, event: Input.Submitted) -> None:
        """Select the text if nothing matches it, so that the next word replaces it."""
        options = self.query_one(CommandList).options
        if options and all(option.disabled for option in options):
            event.input.action_select_all()
            event.stop()
            event.prevent_default()

    @on(Input.Changed)
    def _ignore_while_closing(self, event: Input.Changed) -> None:
        if not self.is_active:  # Textual would fill its list, which may be removed
            event.stop()
            event.prevent_default()

    def on_click(self, event: Click) -> None:
        """Ignore a click outside a screen that has become smaller, for which Textual raises."""
        if not self.region.contains_point(event.screen_offset):
            event.prevent_default()

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Close the palette; while it opens, wait until Textual's search has its list."""

        def close() -> None:  # returns nothing: awaiting the result would deadlock
            self.dismiss(result)

        if self.query(CommandList):
            return super().dismiss(result)
        self.call_after_refresh(close)
        return AwaitComplete()

    def compose(self) -> ComposeResult:
        for widget in super().compose():
            yield FoundCommands() if isinstance(widget, CommandList) else widget


class FoundCommands(CommandList, RowList):
    """The list of search results."""


class Commands(Provider):
    """Provides every action that is available on the screen below."""

    async def discover(self) -> Hits:
        """Yield all entries: presets and views of the lab, lessons, and key actions."""
        for command in self._commands():
            yield DiscoveryHit(
                escape(command.name), command.run, text=command.name, help=escape(command.about)
            )

    async def search(self, query: str) -> Hits:
        """Yield the entries whose name contains the letters of the query in this order."""
        matcher = self.matcher(query)
        for command in self._commands():
            score = max(matcher.match(command.name), matcher.match(command.other_name))
            if score > 0:
                score *= command.weight
                name = matcher.highlight(escape(command.name))
                yield Hit(score, name, command.run, text=command.name, help=escape(command.about))

    def _commands(self) -> Iterator[Command]:
        if isinstance(self.screen, LessonScreen):
            yield from lab_commands(self.screen)
        if not self.screen.is_modal:  # a download, for example, must be closed first
            yield from lesson_commands(self.screen)
        yield from key_commands(self.screen)
        if not self.screen.is_modal:
            yield from preset_commands(self.screen)


def run_on(screen: Screen[Any], run: Callable[[], object]) -> object:
    """Run a command of this screen, unless the screen was left after the command was chosen.

    The palette has the app run a command later, and the keys behind enter may come first.
    """
    return run() if screen.is_current else None


def key_commands(screen: Screen[object]) -> Iterator[Command]:
    """Yield every action that a key runs now."""
    for action in key_actions(screen):
        binding = action.binding
        if binding.id and binding.action != "command_palette":
            about = f"{binding.tooltip or action.text} ({action.names})"
            run: Callable[[], object] = partial(screen.app.run_action, binding.action, action.node)
            if getattr(screen, "keeps_keys", False):  # a lab that is not ready queues key presses
                run = partial(screen.app.simulate_key, action.keys[0])
            yield Command(action.text, about, partial(run_on, screen, run))


def lab_commands(screen: LessonScreen) -> Iterator[Command]:
    """Yield the presets and views of the lesson's lab."""
    for preset in screen.lesson.presets:
        use = partial(screen.lab.use_preset, preset.name)
        run = partial(run_on, screen, partial(screen.in_the_lab, use))
        yield Command(f"preset: {preset.name}", preset.title, run)
    for name, show in screen.lab.views().items():
        run = partial(run_on, screen, partial(screen.in_the_lab, show))
        yield Command(f"view: {name}", f"Show this in the lab: {name}", run)


def lesson_commands(screen: Screen[object]) -> Iterator[Command]:
    """Yield every lesson that can be opened, and the bug hunt."""
    for chapter in chapters():
        for entry in chapter.entries:
            if not problem(entry):
                about = f"Chapter {chapter.number}, {chapter.title}: {entry.about}"
                run = _opens(screen, entry.slug)
                yield Command(f"lesson: {entry.title}", about, run, entry.slug)


def preset_commands(screen: Screen[object]) -> Iterator[Command]:
    """Yield the presets of all lessons except the one on screen."""
    here = screen.lesson.slug if isinstance(screen, LessonScreen) else ""
    for chapter in COURSE:
        for entry in chapter.entries:
            if entry.slug == here or problem(entry):
                continue
            for preset in entry.load().presets:
                name = f"preset: {preset.name} · {entry.title}"
                run = _opens(screen, entry.slug, preset.name)
                yield Command(name, preset.title, run, weight=0.9)


def _opens(screen: Screen[object], *lesson_and_preset: str) -> Callable[[], object]:
    """Return a callable that opens the lesson, or its lab with the preset."""
    arguments = ", ".join(map(repr, lesson_and_preset))
    return partial(screen.app.run_action, f"app.open_lesson({arguments})")
