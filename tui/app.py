"""The Textual app: opens screens, and handles the theme and the global keys."""

from __future__ import annotations

import asyncio
import os
from functools import partial

from textual import on
from textual.binding import Binding
from textual.events import Event, Key
from textual.reactive import Reactive
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input

from engine.datasets import registry
from engine.exercises.runner import Runner
from lessons.catalog import find
from lessons.exercises import BUG_HUNT
from tui import paths, settings
from tui.bindings import key_actions
from tui.course import entry_of, problem
from tui.environment import EnvironmentLoader
from tui.labs.lab import Environment, NoEnvironment
from tui.palette import Commands, Palette
from tui.progress import Progress
from tui.screens.bug_hunt import BugHuntScreen
from tui.screens.help import HelpScreen
from tui.screens.home import HomeScreen
from tui.screens.lesson import LessonScreen
from tui.terminal.capabilities import locale_fix, speaks_utf8
from tui.terminal.key_order import KeyOrder
from tui.terminal.resizing import MinimumSize, SafeScreen
from tui.themes import ANSI_DARK, ANSI_LIGHT, DARK, LIGHT

LOCAL_FPS = 10.0
SSH_FPS = 4.0
QUIET_SECONDS = 0.3
"""Time without a key press on the home screen before torch is imported in a thread."""
REMOVAL_SECONDS = 1.0
"""Delay between opening a lesson and removing the widgets of the previous one."""
RETRY_SECONDS = 30.0
"""Interval between attempts to write progress that could not be written, and to end the process
that runs exercises after a pause."""
QUIT = "Leave; challenges and answers are kept. In a line to type in, q is a letter: ctrl+q quits"
MOUSE = (
    ("click", "choose a row, or press a key in the last line"),
    ("wheel", "scroll what is under the mouse"),
)
"""Mouse gestures and their effects on most screens."""
COPY = "What is selected; it also names the key that quits"
SUSPEND = "Back to the shell; fg returns"


class BottomScreen(SafeScreen, Screen[None]):
    """The empty screen at the bottom of the screen stack."""


class DltuiApp(MinimumSize, KeyOrder, inherit_bindings=False):
    """The app with its home, lesson and help screens."""

    TITLE = "dltui"
    CSS = """
    /* Notifications are shown where they cover neither the state nor newly met challenges. */
    ToastRack { margin-bottom: 2; }
    ToastHolder { align-horizontal: left; }
    Toast { background: $surface; }
    /* The page Write and some labs explain at the bottom: notifications are at the top. */
    .-explained-below ToastRack {
        dock: top; align: right top; margin: 2 0 0 0; scrollbar-size-vertical: 0;
    }
    .-explained-below ToastHolder { align-horizontal: right; }
    .-explained-below Toast { margin-top: 0; padding: 0 1; }
    OptionList, OptionList:focus { background: transparent; background-tint: $background 0%; }
    Input > .input--placeholder, Input > .input--suggestion { color: $text-muted; }
    /* No highlight in a list without focus: in a question it would look like a hint. */
    OptionList:blur > .option-list--option-highlighted { background: transparent; color: $text; }
    """
    COMMANDS = {Commands}
    ansi_theme_dark = Reactive(ANSI_DARK, init=False)
    ansi_theme_light = Reactive(ANSI_LIGHT, init=False)
    BINDINGS = [
        Binding("question_mark", "help", "help", id="app.help", tooltip="Every key that works now"),
        Binding("t", "dark", "dark or light", False, id="app.theme", tooltip="Change the theme"),
        Binding(
            "ctrl+p",
            "command_palette",
            "find",
            False,
            id="app.palette",
            priority=True,
            tooltip="A lesson, a preset, a picture or a key, by its name",
        ),
        Binding(
            "ctrl+c", "help_quit", "copy text", False, id="app.copy", priority=True, tooltip=COPY
        ),
        Binding(
            "ctrl+z",
            "suspend_process",
            "suspend",
            False,
            id="app.suspend",
            priority=True,
            tooltip=SUSPEND,
        ),
        Binding("q", "quit", "quit", id="app.quit", tooltip=QUIT),
        # Also works in text inputs, where q types a letter; the footer then shows it instead of q.
        Binding("ctrl+q", "quit", "quit", id="app.quit-anywhere", priority=True, tooltip=QUIT),
    ]

    def __init__(
        self,
        lesson: str | None = None,
        device: str = "auto",
        fps: float | None = None,
    ) -> None:
        """Open the home screen, or the lesson with this slug."""
        super().__init__()
        self._slug = lesson
        self._wanted_device = device
        self._quiet: Timer | None = None
        """Starts the import of torch after `QUIET_SECONDS` without a key press."""
        self._lesson: LessonScreen | None = None
        """The most recently opened lesson."""
        remote = "SSH_CONNECTION" in os.environ or "SSH_TTY" in os.environ
        self._fps = fps or (SSH_FPS if remote else LOCAL_FPS)
        if remote:
            self.animation_level = "none"
        self._progress = Progress(paths.state_dir() / "progress.jsonl")
        self._runner = Runner()
        """Runs the programs of the exercises."""
        self._settings_file = paths.config_dir() / "settings.json"
        self._remark = settings.check(self._settings_file)
        for kind in (DARK, LIGHT):
            self.register_theme(kind)
        self.stylesheet.set_variables(self.get_css_variables())  # still of Textual's theme
        theme = settings.load(self._settings_file).theme
        known = theme in (DARK.name, LIGHT.name)
        self.theme = theme if known else settings.Settings().theme

    def on_mount(self) -> None:
        loop = asyncio.get_running_loop()
        self._environment: asyncio.Future[Environment] = loop.create_future()
        # Through the app's message queue, because asyncio only logs an error of a plain callback.
        self._environment_loader = EnvironmentLoader(
            self._wanted_device,
            done=lambda environment: loop.call_soon_threadsafe(
                self.call_later, self._be_ready, environment
            ),
            failed=lambda why: loop.call_soon_threadsafe(self.call_later, self._be_told, why),
        )
        self.push_screen(HomeScreen(self._progress, self._environment, self._slug))
        if self._slug is not None and not problem(entry_of(self._slug)):
            self._open_entry(self._slug)
        self.call_after_refresh(self._warn_at_the_start)
        self.set_interval(RETRY_SECONDS, self._progress.retry)
        self.set_interval(RETRY_SECONDS, self._runner.rest)
        self._quiet = self.set_timer(QUIET_SECONDS, self._environment_loader.start)
        self.call_after_refresh(self._environment_loader.read_ahead)

    def _warn_at_the_start(self) -> None:
        """Report problems with the learner's files, after the first paint.

        On a slow machine an earlier notification would expire before the first screen is drawn.
        """
        folder = registry.data_dir_problem(count_missing=False)
        for remark in (self._remark, self._progress.remark, self._progress.problem, folder):
            if remark:
                self._warn(remark)
        self._progress.tell = self._warn
        if not speaks_utf8():
            words = "the locale is not UTF-8, so lines and formulas may look wrong"
            self._warn(f"{words}:\n{locale_fix()}")  # on its own line: a command must not wrap

    def on_unmount(self) -> None:
        if hasattr(self, "_environment_loader"):  # missing if the app ends before it is mounted
            self._environment_loader.close()
        self._runner.close()

    async def on_event(self, event: Event) -> None:
        if isinstance(event, Key) and self._quiet is not None:
            self._quiet.reset()
        await super().on_event(event)

    def get_default_screen(self) -> Screen[None]:
        """Return the screen at the bottom of the screen stack."""
        return BottomScreen(id="_default")

    def action_help(self) -> None:
        """Show the keys of the current screen."""
        mouse = getattr(self.screen, "MOUSE", MOUSE)
        self.push_screen(HelpScreen(self.screen, mouse))

    def action_command_palette(self) -> None:
        """Open the command palette."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(self.screen))

    def action_help_quit(self) -> None:
        """Copy the selected text, and name the key that quits."""
        focused = self.focused
        typed = focused.selected_text if isinstance(focused, Input) else ""
        selected = typed or self.screen.get_selected_text()
        if selected:
            self.copy_to_clipboard(selected)
        quits = ("quit", "app.quit")
        keys = [a.keys[0] for a in key_actions(self.screen) if a.binding.action in quits]
        copied = "Copied. " if selected else ""
        self.notify(f"{copied}Press {keys[0]} to quit.", markup=False)

    def save_progress(self) -> str:
        """Try once more to write pending progress; return why that failed, empty if it did not."""
        return self._progress.close()

    def action_dark(self) -> None:
        """Switch between the dark and the light theme."""
        self.theme = LIGHT.name if self.current_theme.dark else DARK.name

    def watch_theme(self, old: str, new: str) -> None:
        """Save the new theme in the settings."""
        if new != settings.load(self._settings_file).theme:
            problem = settings.save(settings.Settings(new), self._settings_file)
            if problem and self.is_running:
                self.notify(problem, severity="warning", markup=False)

    @on(HomeScreen.Opened)
    def _open(self, event: HomeScreen.Opened) -> None:
        if isinstance(self.screen, HomeScreen):  # ignore the second click of a double click
            self._open_entry(event.entry.slug)

    def _open_entry(self, slug: str, preset: str | None = None) -> None:
        """Open a lesson, or its lab with the preset, or the bug hunt."""
        if slug == BUG_HUNT:
            self.push_screen(BugHuntScreen(self._progress, self._runner, self._fps))
        else:
            self._open_lesson(slug, preset)

    @on(LessonScreen.Progressed)
    def _count(self) -> None:
        if isinstance(self.screen, HomeScreen):
            self.screen.show_progress()

    def action_open_lesson(self, slug: str, preset: str | None = None) -> None:
        """Close all screens above the home screen; open the lesson, its lab, or the bug hunt."""
        while not isinstance(self.screen, HomeScreen):
            if isinstance(self.screen, LessonScreen):
                if self.screen.lesson.slug == slug:
                    return
                self.screen.action_back()
            else:
                self.screen.dismiss()
        self.call_next(self._open_entry, slug, preset)  # after those screens are closed

    def _open_lesson(self, slug: str, preset: str | None = None) -> None:
        """Open the lesson; the most recently opened one is shown as the learner left it."""
        self._environment_loader.start()
        if self._lesson is None or self._lesson.lesson.slug != slug:
            self._close_lesson()
            lesson = find(slug).load()
            self._lesson = LessonScreen(
                lesson, self._progress, self._environment, self._runner, self._fps
            )
            self.install_screen(self._lesson, slug)
        self.push_screen(self._lesson)
        if preset is not None:
            use = partial(self._lesson.lab.use_preset, preset)
            self._lesson.call_after_refresh(self._lesson.in_the_lab, use)

    def _close_lesson(self) -> None:
        """Stop the most recently opened lesson: only one may train at a time.

        Its widgets are removed later, because that takes a tenth of a second.
        """
        if self._lesson is not None:
            self._lesson.close()
            self.uninstall_screen(self._lesson)
            self.set_timer(REMOVAL_SECONDS, self._lesson.remove)

    def _be_told(self, reason: str) -> None:
        """Report that labs cannot open; the pages can still be read."""
        self._environment.set_exception(NoEnvironment(reason))
        text = f"{reason}. dltui doctor says what is missing."
        self.notify(
            text, title="PyTorch cannot be used", severity="error", timeout=20, markup=False
        )

    def _be_ready(self, environment: Environment) -> None:
        """Pass the environment to the labs that wait for it."""
        if environment.remark:
            self._warn(environment.remark)
        self._environment.set_result(environment)

    def _warn(self, text: str) -> None:
        self.notify(text, severity="warning", timeout=10, markup=False)
