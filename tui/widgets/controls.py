"""The panel with the hyperparameters, whose values can be changed by arrow keys or typed."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from types import MappingProxyType

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.events import DescendantFocus
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from engine.config import Setting, Unmet, without_effect
from engine.datasets.cells import shown
from engine.datasets.csv_file import NONE
from engine.equations import plain
from lessons.lesson import Control
from tui.widgets.expression_line import CorrectableInput
from tui.widgets.rows import RowList, row_keys

TURN = Binding.Group("set", compact=True)
LOWER, HIGHER = "The next lower value of the control", "The next higher value of the control"
TYPE = "Type any value for the highlighted control"
OPTION = re.compile(r"--([a-z]+)[ =]('[^']*'|[^\s',;]+(?:,[^\s',;]+)*)")
"""Matches a setting in command line syntax."""
NAME = re.compile(r"\b(?:[a-z]+(?:_[a-z0-9]+)+|[a-z]+(?= (?:= |cannot change )))(?![\w.=])")
"""Matches words in a message that may be names of settings."""
ENDINGS = (".csv", ".tsv", ".txt", ".data")
"""Name endings of table files, which are suggested before other files."""
MOST_ENTRIES = 2000
"""Most entries of a folder that are read."""


class ControlList(RowList):
    """The list of controls; ← and → change the highlighted one."""

    BINDINGS = [
        Binding("left", "turn(-1)", "lower", id="control.less", group=TURN, tooltip=LOWER),
        Binding("right", "turn(1)", "higher", id="control.more", group=TURN, tooltip=HIGHER),
        *row_keys("control"),
    ]

    @dataclass
    class Turned(Message):
        """The learner requests the next higher (1) or lower (-1) value of the control."""

        name: str
        direction: int

    def action_turn(self, direction: int) -> None:
        """Post `Turned` for the highlighted control."""
        option = self.highlighted_option
        if option is not None and option.id is not None:
            self.post_message(self.Turned(option.id, direction))


class Field(CorrectableInput):
    """The text input for a value."""

    BINDINGS = [Binding("enter", "submit", "accept", id="control.take")]


class Controls(Vertical):
    """Shows the controls of a lab with their values.

    Posts `Changed` with a value, or `Typed` with a text that has to be parsed; the receiver calls
    `show`, or else `refuse` with the reason.
    """

    BORDER_TITLE = "Controls · ● live"
    DEFAULT_CSS = """
    Controls {
        border: round $foreground 30%; border-title-color: $text;
        &:focus-within { border: round $accent; }
        ControlList {
            height: 1fr; border: none; padding: 0 1; text-wrap: nowrap; background: $background;
            scrollbar-size-vertical: 1; scrollbar-gutter: stable;
            &:focus { border: none; background: $background; }
        }
        #line { display: none; height: 1; padding: 0 1; background: $surface; }
        #label { width: auto; color: $text-accent; }
        Input { width: 1fr; height: 1; }
        #reason { display: none; height: auto; padding: 0 1; }
        #about { height: auto; padding: 0 1; color: $text-muted; }
        &.-refused #about { display: none; }
        &.-editing #line { display: block; }
        &.-file #line { layout: vertical; height: 2; }
        &.-refused #reason { display: block; color: $text-error; }
    }
    """

    BINDINGS = [
        # With priority, so that the input is open before the next key, however fast it follows.
        Binding(
            "enter", "edit", "type", id="control.type", group=TURN, priority=True, tooltip=TYPE
        ),
        Binding("escape", "settle", "cancel", id="control.keep", tooltip="Keep the old value"),
    ]

    @dataclass
    class Changed(Message):
        """The learner chose this value."""

        name: str
        value: Setting

    @dataclass
    class Typed(Message):
        """The learner typed this text for the control."""

        name: str
        text: str

    def __init__(self, controls: Sequence[Control], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._controls = {control.name: control for control in controls}
        self._settings: Mapping[str, Setting] = {}
        self._live: Set[str] = frozenset()
        self._idle: Mapping[str, tuple[Unmet, ...]] = {}
        self._used: Mapping[str, str] = {}

    def compose(self) -> ComposeResult:
        yield ControlList(markup=False, compact=True)
        with Horizontal(id="line"):
            yield Static(id="label", markup=False)
            yield Field(compact=True)
        yield Static(id="reason", markup=False)
        yield Static(id="about", markup=False)

    def on_mount(self) -> None:
        """List the controls; `show` adds their values later."""
        first = [c for c in self._controls.values() if c.only_with is None]
        options = self.query_one(ControlList)
        options.set_options([Option(control.label, id=control.name) for control in first])
        options.highlighted = 0 if first else None
        self.watch(options, "scroll_y", self._count_hidden, init=False)

    def enter(self) -> None:
        """Focus the list."""
        self.query_one(ControlList).focus()

    def show(
        self,
        settings: Mapping[str, Setting],
        live: Set[str],
        idle: Mapping[str, tuple[Unmet, ...]] = MappingProxyType({}),
        used: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Show the values, and hide controls that do not matter with them; typed text is kept.

        Controls in `idle` have no effect: they are shown in brackets and explain why. The texts in
        `used` are shown after a value and describe its effect on the current data.
        """
        self._settings, self._live, self._idle, self._used = settings, live, idle, used
        options = self.query_one(ControlList)
        shown = [c for c in self._controls.values() if matters(c, settings)]
        highlighted = options.highlighted_option
        if [option.id for option in options.options] != [control.name for control in shown]:
            options.set_options([Option("", id=control.name) for control in shown])
            names = [control.name for control in shown]
            known = highlighted is not None and highlighted.id in names
            options.highlighted = names.index(str(highlighted.id)) if known and highlighted else 0
        self._write_values()

    def refuse(self, reason: str) -> None:
        """Show why the value was refused, and select the typed text."""
        self.query_one(Field).offer()
        self.query_one("#reason", Static).update(for_controls(reason, self._controls.values()))
        self.add_class("-refused")

    def still_refuse(self, name: str, lead: str) -> None:
        """Close the input: this setting was accepted, but a refused one is still refused."""
        message = self.query_one("#reason", Static)
        reason, value = str(message.content), text_of(self._controls[name], self._settings[name])
        self.action_settle()
        message.update(f"{self._label(name)} is now {value}; {lead}{reason}")
        self.add_class("-refused")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enable escape only while a value is being typed, and enter only before.

        Until the lab is ready the input is disabled, and enter is kept for later.
        """
        if action == "edit":
            known = bool(self._settings) and self.query_one(ControlList).highlighted is not None
            if not known or self.editing:
                return False
            return None if self.query_one(Field).disabled else True
        return action != "settle" or self.editing

    @property
    def editing(self) -> bool:
        """Whether a value is being typed."""
        return self.has_class("-editing")

    def action_edit(self) -> None:
        """Open the input for a value."""
        option = self.query_one(ControlList).highlighted_option
        assert option is not None
        assert option.id is not None
        control, field = self._controls[option.id], self.query_one(Input)
        new = "" if control.file else "new "  # "new your CSV" would not read well
        self.query_one("#label", Static).update(f"{new}{control.label}: ")
        about = self._reason(control.name) or control.help
        self._tell(f"{about} {choices(control)}")
        field.suggester = PathSuggester() if control.file else None
        field.value = text_of(control, self._settings.get(control.name))
        self.set_class(control.file, "-file")  # a path needs the whole width
        self.add_class("-editing")
        self.screen.add_class("-typing")  # makes the neighbouring panels smaller
        self.screen.set_focus(field)

    def action_settle(self) -> None:
        """Close the input and keep the old value."""
        if self.editing:
            self._close()
            self.screen.set_focus(self.query_one(ControlList))

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Close the input when the list gets the focus."""
        if self.editing and isinstance(event.widget, ControlList):
            self._close()

    def on_resize(self) -> None:
        """Fit the values to the width, and keep the highlighted one visible."""
        self._write_values()
        self.call_after_refresh(self.query_one(ControlList).scroll_to_highlight)
        self.call_after_refresh(self._count_hidden)

    def _count_hidden(self) -> None:
        """Show in the title how many controls are hidden below, or above at the end of the list."""
        options = self.query_one(ControlList)
        if not options.size.height:
            return  # not laid out yet
        above = round(options.scroll_y)
        below = options.option_count - above - options.scrollable_content_region.height
        more = f" · ↓ {below} more" if below > 0 else f" · ↑ {above} more" if above > 0 else ""
        self.border_title = f"{self.BORDER_TITLE}{more}"

    def _close(self) -> None:
        """Hide the input."""
        self.remove_class("-editing", "-refused")
        self.screen.remove_class("-typing")
        self._explain()

    def _write_values(self) -> None:
        if not self._settings:
            return  # not known yet
        options = self.query_one(ControlList)
        width = max(options.scrollable_content_region.width, 20)
        for option in options.options:
            assert option.id is not None
            name, value = option.id, self._settings.get(option.id)
            control, live = self._controls[name], name in self._live
            used = self._used.get(name, "")
            prompt = line(control, value, live, width, idle=name in self._idle, used=used)
            options.replace_option_prompt(name, prompt)
        if not self.editing:
            self._explain()  # another control may have changed the help

    def _explain(self) -> None:
        """Show the help of the highlighted control."""
        option = self.query_one(ControlList).highlighted_option
        if option is not None and option.id is not None:
            self._tell(self._reason(option.id) or self._controls[option.id].help)

    def _reason(self, name: str) -> str:
        """Return why the control has no effect; empty if it has one."""
        if name not in self._idle:
            return ""
        for setting in (one.setting for one in self._idle[name]):
            if setting in self._controls and self._controls[setting].file:
                label, file = self._label(name), self._label(setting)
                words = f"{label[0].upper()}{label[1:]} has no effect without a CSV of your own"
                return f'{words}; choose one under "{file}".'
        words, needed = without_effect(name, self._idle[name], self._label)
        return f"{words[0].upper()}{words[1:]}; to give it one, set {needed}."

    def _label(self, name: str) -> str:
        known = self._controls.get(name)
        return known.label if known else name.replace("_", " ")

    def _tell(self, text: str) -> None:
        self.query_one("#about", Static).update(text)
        self.call_after_refresh(self._count_hidden)  # the height of the list may change

    @on(ControlList.Turned)
    def _turn(self, event: ControlList.Turned) -> None:
        event.stop()
        self.remove_class("-refused")
        control, before = self._controls[event.name], self._settings.get(event.name)
        value = following(control.values, before, event.direction)
        if value != before:  # otherwise the run would restart without need
            self.post_message(self.Changed(event.name, value))
        elif control.file:
            self.action_edit()

    @on(OptionList.OptionHighlighted)
    def _change_control(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self.remove_class("-refused")
        self._explain()

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        event.stop()
        option = self.query_one(ControlList).highlighted_option
        if option is not None and option.id is not None:
            unchanged = event.value.strip() == self._controls[option.id].none
            self.post_message(self.Typed(option.id, "none" if unchanged else event.value))

    @on(Input.Changed)
    def _think_again(self) -> None:
        self.remove_class("-refused")


def matters(control: Control, settings: Mapping[str, Setting]) -> bool:
    """Return whether the control matters with these settings."""
    if control.only_with is None:
        return True
    other, value = control.only_with
    return settings.get(other) == value


def text_of(control: Control, value: Setting) -> str:
    """Return the value as the learner would type it; a printable path stays unchanged."""
    if value is None:
        return control.none
    if isinstance(value, str):
        return value if value.isprintable() else shown(value, longest=4096)
    return plain(value)


def line(
    control: Control, value: Setting, live: bool, width: int, *, idle: bool = False, used: str = ""
) -> Text:
    """Return a line of `width` cells with the label and the value, in brackets if `idle`."""
    sign = " ●" if live and not idle else "  "
    room = width - len(control.label) - 1 - len(sign) - 2 * idle
    text = _end(shown(text_of(control, value), longest=4096) + used, room)
    shown_value = (f"({text})" if idle else text) + sign
    gap = " " * (width - len(control.label) - cell_len(shown_value))
    return Text(control.label + gap + shown_value, "dim" if idle else "", no_wrap=True)


def choices(control: Control) -> str:
    """Return the list of allowed words if the control accepts only these."""
    if not all(isinstance(value, str) for value in control.values):
        return ""
    return f"One of: {', '.join(map(str, control.values))}."


def following(values: Sequence[Setting], value: Setting, direction: int) -> Setting:
    """Return the value after (1) or before (-1) this one; words wrap around."""
    if value in values:
        index = values.index(value) + direction
        if isinstance(value, str):
            return values[index % len(values)]
        return values[max(0, min(len(values) - 1, index))]
    numbers = [number for number in values if isinstance(number, int | float)]
    if not isinstance(value, int | float):
        return values[0]
    if direction > 0:
        return next((number for number in numbers if number > value), value)
    return next((number for number in reversed(numbers) if number < value), value)


def _end(text: str, room: int) -> str:
    """Cut a text to its end, which for a path is the file name."""
    room = max(room, 2)
    if cell_len(text) <= room:
        return text
    return "…" + set_cell_size(text[::-1], room - 1)[::-1]


def for_controls(text: str, controls: Iterable[Control]) -> str:
    """Replace names of settings, as on the command line, by the labels of their controls.

    `--ignore id`, or `--set ignore=id`, becomes `set "ignore columns" to id`, and `low = 'x' is not
    allowed` becomes `smallest x = 'x' is not allowed`.
    """
    labels = {control.name: control.label for control in controls}

    def worded(found: re.Match[str]) -> str:
        name, value = found[1], "".join(shlex.split(found[2]))
        if name == "set":
            name, _, value = value.partition("=")
        return f'set "{labels[name]}" to {value}' if name in labels else found[0]

    text = OPTION.sub(worded, text.replace(NONE, "type none for the built-in data"))
    # A name contains an underscore or stands before `=` or `cannot change`.
    return NAME.sub(lambda found: labels.get(found[0], found[0]), text)


class PathSuggester(Suggester):
    """Suggests a completion for the last part of a path; → accepts it."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Return the completed path, if there is one.

        Runs in a thread, because a network folder may be slow or unavailable.
        """
        return await asyncio.to_thread(complete, value)


def complete(value: str) -> str | None:
    """Return the first path that starts with the typed text (folders end in a slash), or None."""
    folder, slash, begun = value.rpartition("/")
    place = os.path.expanduser(folder + slash) or "."  # noqa: PTH111  # never raises
    try:
        with os.scandir(place) as entries:
            found = [
                entry.name + "/" * entry.is_dir()
                for _, entry in zip(range(MOST_ENTRIES), entries, strict=False)
                if entry.name.startswith(begun) and (begun or not entry.name.startswith("."))
            ]
    except (OSError, ValueError):
        return None
    names = [name for name in found if name.isprintable()]
    if not value or not names:
        return None
    best = min(names, key=lambda name: (not name.endswith((*ENDINGS, "/")), name))
    return f"{folder}{slash}{best}"
