"""The command palette: finds lessons, presets, pictures and keys by their names."""

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
from tui.course import problem
from tui.screens.lesson import LessonScreen
from tui.terminal.resizing import SafeScreen
from tui.widgets.rows import RowList


@dataclass(frozen=True, slots=True)
class Command:
    """Something to find by its name, and to run."""

    name: str
    about: str
    """A sentence: what it does."""
    run: Callable[[], object]
    other_name: str = ""
    """Another name by which it is found."""
    weight: float = 1.0
    """What its score is multiplied by: below 1 for what other lessons have."""


class Palette(SafeScreen, CommandPalette):
    """Textual's palette, with what there is to find here."""

    BINDINGS = MODAL_KEYS

    def __init__(self, below: Screen[object]) -> None:
        """Find what can be done from the screen below."""
        what = "a lesson, a preset or a key"
        if isinstance(below, LessonScreen):
            what = "a lesson, a preset, a picture or a key"
        elif below.is_modal:
            what = "a key"
        super().__init__(placeholder=f"Find {what}")

    @on(Input.Submitted)
    def _select_what_was_not_found(self, event: Input.Submitted) -> None:
        """Select the text where nothing matches it: the next word replaces it."""
        options = self.query_one(CommandList).options
        if options and all(option.disabled for option in options):
            event.input.action_select_all()
            event.stop()
            event.prevent_default()

    @on(Input.Changed)
    def _ignore_while_closing(self, event: Input.Changed) -> None:
        if not self.is_active:  # Textual would fill its list, which may be gone by then
            event.stop()
            event.prevent_default()

    def on_click(self, event: Click) -> None:
        """Ignore a click outside the screen, which has become smaller since; Textual raises."""
        if not self.region.contains_point(event.screen_offset):
            event.prevent_default()

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Close the palette; while it opens, Textual's search must find its list first."""

        def close() -> None:  # what it returns is not awaited: that would wait for itself
            self.dismiss(result)

        if self.query(CommandList):
            return super().dismiss(result)
        self.call_after_refresh(close)
        return AwaitComplete()

    def compose(self) -> ComposeResult:
        for widget in super().compose():
            yield FoundCommands() if isinstance(widget, CommandList) else widget


class FoundCommands(CommandList, RowList):
    """The commands that were found."""


class Commands(Provider):
    """Everything that can be done from the screen below."""

    async def discover(self) -> Hits:
        """All of it: presets and views of the lab, lessons, and what the keys do here."""
        for command in self._commands():
            yield DiscoveryHit(
                escape(command.name), command.run, text=command.name, help=escape(command.about)
            )

    async def search(self, query: str) -> Hits:
        """What has the letters of the query in its name, in this order."""
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
        if not self.screen.is_modal:  # over a fetch say, which has to be closed or cancelled first
            yield from lesson_commands(self.screen)
        yield from key_commands(self.screen)
        if not self.screen.is_modal:
            yield from preset_commands(self.screen)


def key_commands(screen: Screen[object]) -> Iterator[Command]:
    """Every action that a key runs now."""
    for action in key_actions(screen):
        binding = action.binding
        if binding.id and binding.action != "command_palette":
            about = f"{binding.tooltip or action.text} ({action.names})"
            run: Callable[[], object] = partial(screen.app.run_action, binding.action, action.node)
            if getattr(screen, "keeps_keys", False):  # a lab that is not ready takes keys alone
                run = partial(screen.app.simulate_key, action.keys[0])
            yield Command(action.text, about, run)


def lab_commands(screen: LessonScreen) -> Iterator[Command]:
    """The presets and the views of the lesson's lab."""
    for preset in screen.lesson.presets:
        use = partial(screen.in_the_lab, partial(screen.lab.use_preset, preset.name))
        yield Command(f"preset: {preset.name}", preset.title, use)
    for name, show in screen.lab.views().items():
        yield Command(
            f"view: {name}", f"Show this in the lab: {name}", partial(screen.in_the_lab, show)
        )


def lesson_commands(screen: Screen[object]) -> Iterator[Command]:
    """Every lesson that can be opened."""
    for chapter in COURSE:
        for entry in chapter.entries:
            if not problem(entry):
                about = f"Chapter {chapter.number}, {chapter.title}: {entry.about}"
                run = _opens(screen, entry.slug)
                yield Command(f"lesson: {entry.title}", about, run, entry.slug)


def preset_commands(screen: Screen[object]) -> Iterator[Command]:
    """The presets of every lesson but the one on the screen."""
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
    """What opens that lesson, or its lab with that preset."""
    arguments = ", ".join(map(repr, lesson_and_preset))
    return partial(screen.app.run_action, f"app.open_lesson({arguments})")
