"""The hyperparameters as a list to walk through and turn; knows no training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.events import DescendantFocus
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from engine.config import Setting
from engine.datasets.cells import shown
from engine.equations import plain
from lessons.lesson import Control
from tui.widgets.path_suggester import PathSuggester

TURN = Binding.Group("set", compact=True)
LOWER, HIGHER = "The next lower value of the control", "The next higher value of the control"
TYPE = "Type any value for the highlighted control"


class ControlList(OptionList):
    """The list itself: ← and → turn the highlighted control, enter types a value."""

    BINDINGS = [
        Binding(
            "left,h",
            "turn(-1)",
            "lower",
            key_display="←",
            id="control.less",
            group=TURN,
            tooltip=LOWER,
        ),
        Binding(
            "right",
            "turn(1)",
            "higher",
            key_display="→",
            id="control.more",
            group=TURN,
            tooltip=HIGHER,
        ),
        Binding("j", "cursor_down", show=False, id="control.down"),
        Binding("k", "cursor_up", show=False, id="control.up"),
    ]

    @dataclass
    class Turned(Message):
        """The learner wants the next value up (1) or down (-1) of the control."""

        name: str
        direction: int

    def action_turn(self, direction: int) -> None:
        """Post the wish to turn the highlighted control."""
        option = self.highlighted_option
        if option is not None and option.id is not None:
            self.post_message(self.Turned(option.id, direction))


class Controls(Vertical):
    """The controls of a lab, each with its value.

    Posts `Changed` with a value, or `Typed` with a text that still has to be understood;
    whoever listens answers with `show`, or with `refuse` and the reason in words.
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
        #said { display: none; height: auto; padding: 0 1; }
        #about { height: auto; padding: 0 1; color: $text-muted; }
        &.-refused #about { display: none; }
        &.-editing #line { display: block; }
        &.-refused #said { display: block; color: $text-error; }
    }
    """

    BINDINGS = [
        # First of all bindings: what is typed next must find the line open, however fast it comes.
        Binding("enter", "edit", "type", False, id="control.type", priority=True, tooltip=TYPE),
        Binding("escape", "settle", "keep the old value", id="control.keep"),
    ]

    @dataclass
    class Changed(Message):
        """The learner chose this value."""

        name: str
        value: Setting

    @dataclass
    class Typed(Message):
        """The learner typed this for the control."""

        name: str
        text: str

    def __init__(self, controls: Sequence[Control], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._controls = {control.name: control for control in controls}
        self._settings: Mapping[str, Setting] = {}
        self._live: Set[str] = frozenset()

    def compose(self) -> ComposeResult:
        yield ControlList(markup=False, compact=True)
        with Horizontal(id="line"):
            yield Static(id="label", markup=False)
            yield Input(compact=True)
        yield Static(id="said", markup=False)
        yield Static(id="about", markup=False)

    def enter(self) -> None:
        """Take the keys."""
        self.query_one(ControlList).focus()

    def show(self, settings: Mapping[str, Setting], live: Set[str]) -> None:
        """Show the values, and hide what does not matter with them; what is being typed stays."""
        self._settings, self._live = settings, live
        options = self.query_one(ControlList)
        shown = [c for c in self._controls.values() if _matters(c, settings)]
        highlighted = options.highlighted_option
        if [option.id for option in options.options] != [control.name for control in shown]:
            options.set_options([Option("", id=control.name) for control in shown])
            names = [control.name for control in shown]
            known = highlighted is not None and highlighted.id in names
            options.highlighted = names.index(str(highlighted.id)) if known and highlighted else 0
        self._write_values()

    def refuse(self, reason: str) -> None:
        """Say why a value was not taken; what was typed stands there still."""
        self.query_one("#said", Static).update(reason)
        self.add_class("-refused")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape means something here only while a value is being typed, enter only before."""
        if action == "edit":
            return self.query_one(ControlList).highlighted is not None and not self.editing
        return action != "settle" or self.editing

    @property
    def editing(self) -> bool:
        """Whether a value is being typed."""
        return self.has_class("-editing")

    def action_edit(self) -> None:
        """Open the line to type a value in."""
        option = self.query_one(ControlList).highlighted_option
        assert option is not None
        assert option.id is not None
        control, line = self._controls[option.id], self.query_one(Input)
        self.query_one("#label", Static).update(f"new {control.label}: ")
        line.suggester = PathSuggester() if control.file else None
        line.value = _text(self._settings.get(control.name), control)
        self.add_class("-editing")
        self.screen.set_focus(line)

    def action_settle(self) -> None:
        """Leave the line for typing, and keep the old value."""
        if self.editing:
            self.remove_class("-editing", "-refused")
            self.screen.set_focus(self.query_one(ControlList))

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Whoever goes back to the list has given up typing."""
        if self.editing and isinstance(event.widget, ControlList):
            self.remove_class("-editing", "-refused")

    def on_resize(self) -> None:
        """Fit the values to the width, and keep the highlighted one in sight."""
        self._write_values()
        self.call_after_refresh(self.query_one(ControlList).scroll_to_highlight)

    def _write_values(self) -> None:
        options = self.query_one(ControlList)
        width = max(options.scrollable_content_region.width, 20)
        for option in options.options:
            assert option.id is not None
            options.replace_option_prompt(option.id, self._line(option.id, width))

    def _line(self, name: str, width: int) -> Text:
        control, live = self._controls[name], " ●" if name in self._live else "  "
        room = width - len(control.label) - 1 - len(live)
        value = _end(_text(self._settings.get(name), control), room) + live
        return Text(control.label + value.rjust(width - len(control.label)), no_wrap=True)

    @on(ControlList.Turned)
    def _turn(self, event: ControlList.Turned) -> None:
        event.stop()
        self.remove_class("-refused")
        ladder = self._controls[event.name].ladder
        value = _next(ladder, self._settings.get(event.name), event.direction)
        self.post_message(self.Changed(event.name, value))

    @on(OptionList.OptionHighlighted)
    def _explain(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self.remove_class("-refused")
        if event.option_id is not None:
            self.query_one("#about", Static).update(self._controls[event.option_id].help)

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        event.stop()
        option = self.query_one(ControlList).highlighted_option
        if option is not None and option.id is not None:
            self.post_message(self.Typed(option.id, event.value))

    @on(Input.Changed)
    def _think_again(self) -> None:
        self.remove_class("-refused")


def _matters(control: Control, settings: Mapping[str, Setting]) -> bool:
    if control.only_with is None:
        return True
    other, value = control.only_with
    return settings.get(other) == value


def _text(value: Setting, control: Control) -> str:
    if value is None:
        return control.none
    return shown(value, longest=4096) if isinstance(value, str) else plain(value)


def _end(text: str, room: int) -> str:
    """Of a text that is too long, its end: of a path, that is the file."""
    return text if len(text) <= max(room, 2) else f"…{text[1 - max(room, 2) :]}"


def _next(ladder: Sequence[Setting], value: Setting, direction: int) -> Setting:
    """The value after (1) or before (-1) this one on the ladder; words go round in a circle."""
    if value in ladder:
        index = ladder.index(value) + direction
        if isinstance(value, str):
            return ladder[index % len(ladder)]
        return ladder[max(0, min(len(ladder) - 1, index))]
    numbers = [rung for rung in ladder if isinstance(rung, int | float)]
    if not isinstance(value, int | float):
        return ladder[0]
    if direction > 0:
        return next((rung for rung in numbers if rung > value), value)
    return next((rung for rung in reversed(numbers) if rung < value), value)
