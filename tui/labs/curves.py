"""The base of the probabilities and softmax labs: numbers changed by keys, drawn as curves."""

from __future__ import annotations

import math
import re
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.visual import VisualType
from textual.widgets import Static

from engine.equations import Equation
from engine.expression import SIGNS, Refused, check_letters, suggesting
from engine.numerals import NUMBER, NotANumber, ascii_form, meant
from lessons.lesson import Lesson
from tui.labs.interactive import InteractiveLab, LabState
from tui.labs.lab import LOADING
from tui.terminal.painter import repaint
from tui.themes import chart_style
from tui.widgets.equations import Equations
from tui.widgets.painted import Painted

if TYPE_CHECKING:
    from tui.charts.canvas import Canvas
    from tui.charts.style import ChartStyle

_NAMED = re.compile(r"\s*(?:(?P<name>[^\W\d]\w*)\s*=(?!=)\s*)?(?P<value>.*?)\s*")
_OTHER = re.compile(r"\s*([^\W\d]\w*)\s*(?:==|:=|=|:|\s)\s*([^=\s].*?)\s*")
"""`name = value` with another sign between the two: `P: 0.9`, `P == 0.9`, `P 0.9`."""


class CurveState(LabState):
    """The numbers of a scene: keys change one of them, and all can be typed as `name = value`."""

    SCENES: Mapping[str, Any]
    OTHER_NAMES: Mapping[str, str]
    """Alternative spellings of the names that can be set."""

    def __init__(self, scene: str, *, observed: bool = True) -> None:
        """Start with the scene; without `observed`, `look`, which torch computes, is missing."""
        self.observed = observed
        self.use(scene)

    def use(self, preset: str) -> None:
        self.scene = self.SCENES[preset]
        self.reset()

    @property
    @abstractmethod
    def at(self) -> float:
        """The number that the keys change."""

    @property
    @abstractmethod
    def ends(self) -> tuple[float, float]:
        """Its limits."""

    @abstractmethod
    def put(self, at: float) -> None:
        """Set the number that the keys change."""

    @property
    @abstractmethod
    def names(self) -> Sequence[str]:
        """The names that can be set by typing."""

    @abstractmethod
    def parse(self, name: str, value: str) -> Any:
        """Return the settings with this one changed; ValueError, with limits, if it is invalid."""

    @abstractmethod
    def apply(self, given: Any) -> None:
        """Use the settings that `parse` returned."""

    def move(self, strides: int, *, large: bool = False) -> bool:
        """Go this many strides, to the next round number; return whether the number changed."""
        self.by_hand = True
        return self._move(strides, large)

    def end(self, direction: int) -> None:
        """Go to a limit: −1 for the lower one, 1 for the upper one."""
        self.by_hand = True
        self.put(self.ends[direction > 0])

    @property
    def ended(self) -> bool:
        return self.at >= self.ends[1] - 1e-9

    def step(self) -> bool:
        """Go one stride up."""
        self.by_hand = False
        return self._move(1)

    def rewind(self) -> None:
        self.by_hand = False
        self.put(self.ends[0])

    def type(self, text: str) -> None:
        with suggesting(self._parse_line):
            given = self._parse_line(text)
        self.apply(given)
        self.by_hand = True

    def next_place(self, strides: int, large: bool) -> float:
        """Return the round number this many strides up or down."""
        stride = self.scene.large if large else self.scene.small
        places = self.at / stride
        whole = math.floor(places + 1e-6) if strides > 0 else math.ceil(places - 1e-6)
        return float((whole + strides) * stride)

    def _move(self, strides: int, large: bool = False) -> bool:
        before, (low, high) = self.at, self.ends
        self.put(round(min(max(self.next_place(strides, large), low), high), 10))
        return abs(self.at - before) > 1e-9

    def _parse_line(self, text: str) -> Any:
        check_letters(text)
        found = _NAMED.fullmatch(text.translate(SIGNS))
        assert found is not None, "one line, without control characters"
        name = found["name"] or self.text.partition(" ")[0]
        if name not in self.names:
            raise self._misnamed(text, name, found.span("name"))
        try:
            return self.parse(name, found["value"])
        except ValueError as error:
            raise _misplaced(text, found.span("value"), error) from None

    def _misnamed(self, text: str, name: str, at: tuple[int, int]) -> Refused:
        """Return the error for a name that cannot be set, with the most similar name."""
        same = [known for known in self.names if known.lower() == name.lower()]
        close = get_close_matches(name, self.names, n=1, cutoff=0.7)
        known = (*same, self.OTHER_NAMES.get(name.lower(), ""), *close)
        right = next((word for word in known if word in self.names), "")
        message = f"{name} is not to be set here: there are {', '.join(self.names)}"
        return Refused(message, text, at, _with(text, at, right))


def _misplaced(text: str, at: tuple[int, int], error: ValueError) -> Refused:
    """Return the error for a value, with the number that was likely meant."""
    instead = _with(text, at, error.meant if isinstance(error, NotANumber) else "")
    if "=" not in text[: at[0]]:  # without a name, the number may be meant for another one
        found = _OTHER.fullmatch(text)
        instead = f"{found[1]} = {found[2]}" if found else instead if "=" not in text else ""
    return Refused(str(error), text, at, instead)


def _with(text: str, at: tuple[int, int], likely: str) -> str:
    """Return the line with `likely` at this place; empty if `likely` is."""
    return f"{text[: at[0]]}{likely}{text[at[1] :]}".strip() if likely else ""


def is_number(text: str) -> bool:
    """Return whether it is a decimal number; full-width digits and a minus sign are accepted."""
    return NUMBER.fullmatch(ascii_form(text)) is not None


def number_in(text: str, example: str) -> float:
    """Return the number in a text; raise `NotANumber`, with the example, if it is none."""
    if not is_number(text):
        raise NotANumber(f"a number stands here, as in {example}", meant(text))
    return float(ascii_form(text))


def within(value: float, low: float, high: float, limits: str) -> float:
    """Return the value; raise `ValueError` with the limits if it is outside of them."""
    if not low <= value <= high:
        raise ValueError(limits)
    return value


GROUPS = {name: Binding.Group(name, compact=True) for name in ("go", "far", "scene")}


def keys(lab: str, rows: Iterable[tuple[str, str, str, str, str]]) -> list[BindingType]:
    """Return bindings from keys, action, description, name and tooltip; ids begin with the lab."""
    return [
        Binding(
            keys,
            action,
            description,
            show=keys not in ("home", "end"),
            id=f"{lab}.{name}",
            group=GROUPS.get("scene" if keys in ("p", "b") else description),
            tooltip=tooltip,
        )
        for keys, action, description, name, tooltip in rows
    ]


def shared_keys(lab: str, type_tip: str) -> list[BindingType]:
    """Return the bindings of all labs of this kind."""
    rows = [
        ("enter,e", "edit", "type", "type", type_tip),
        ("p", "preset", "next", "preset", "The next scene"),
        ("b", "preset(-1)", "before", "before", "The scene before"),
        ("r", "reset", "reset", "reset", "The scene as it began"),
    ]
    return keys(lab, rows)


class Board(Painted):
    """The drawing, which has the focus."""

    can_focus = True
    DEFAULT_CLASSES = "panel"

    class Resized(Message):
        """The size of the drawing has changed."""

    def on_resize(self, event: events.Resize) -> None:
        self.post_message(self.Resized())


class Description(Static):
    """Text in a panel of fixed size, sent to the terminal together with the drawing."""

    def update(self, content: VisualType = "", *, layout: bool = False) -> None:
        if content != self.content:
            super().update(content, layout=layout)
            repaint(self, [self.content_size.region])


S = TypeVar("S", bound=CurveState)


class CurvesLab(InteractiveLab[S]):
    """A lab with an input line, a drawing, formulas with numbers, challenges and a description."""

    OPENS_LINE = frozenset({"enter", "e"})
    TEMPOS = (2, 5, 10, 20, 50, 100, 200)
    TEMPO = 20

    SCOPED_CSS = False
    DEFAULT_CSS = """
    CurvesLab {
        #table { height: 1fr; }
        #board { width: 1fr; height: 1fr; border: round $foreground 30%; }
        #board { border-title-color: $text; }
        #board:focus { border: round $accent; }
        #figures { width: 36; }
        #equations { height: 1fr; }
        #description { height: 4; padding: 0 1; border-top: solid $foreground 30%; }
    }
    .-wide CurvesLab {
        #figures { width: 46; }
        #description { height: 3; }
    }
    .-curves Toast { width: 36; max-width: 36; }
    """

    def __init__(self, lesson: Lesson, fps: float) -> None:
        super().__init__(lesson, fps)
        self.board = Board(id="board")
        self._places: dict[tuple[object, ...], tuple[int, int]] = {}
        """The positions of the legends."""
        self._equations = Equations(advice=LOADING, id="equations")
        self._equations.border_title = "This moment, in numbers"
        self._description = Description(id="description", classes="waiting", markup=False)

    @abstractmethod
    def draw(self, width: int, height: int, style: ChartStyle) -> Canvas:
        """Draw the state as curves or bars."""

    @abstractmethod
    def make_state(self, *, observed: bool = True) -> S:
        """Return the state of the current preset, observed only if PyTorch is loaded."""

    def preview(self) -> None:
        """Show the title of the first scene, and the number that the keys change."""
        self.state = self.make_state(observed=False)
        self.board.border_title = self.state.scene.title
        self._show_text()

    @staticmethod
    @abstractmethod
    def equations(look: Any) -> tuple[Equation, ...]:
        """Return the formulas with the numbers of a look."""

    @staticmethod
    @abstractmethod
    def describe(look: Any) -> str:
        """Return a description of a look in a sentence or two."""

    def compose(self) -> ComposeResult:
        yield self.line
        with Horizontal(id="table"):
            yield self.board
            with Vertical(id="figures"):
                yield self._equations
                yield self._challenges
        yield self._description

    def on_mount(self) -> None:
        self.screen.add_class("-curves")

    def enter(self) -> None:
        self.screen.set_focus(self.board)

    def show(self) -> None:
        width, height = self.board.content_size
        if width and height:
            style = replace(chart_style(self.app), places=self._places)
            self.board.paint_canvas(self.draw(width, height, style))
        self.board.border_title = self.state.scene.title
        self._equations.equations = self.equations(self.state.look)
        self._description.update(self.describe(self.state.look))

    @on(Board.Resized)
    def _redraw(self) -> None:
        self.apply_theme()

    def action_move(self, direction: int) -> None:
        self.change(partial(self.state.move, direction))

    def action_far(self, direction: int) -> None:
        self.change(partial(self.state.move, direction, large=True))

    def action_end(self, direction: int) -> None:
        self.change(partial(self.state.end, direction))
