"""The graphs lab: one program run eagerly, traced and compiled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.timer import Timer
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from engine.programs import find
from engine.programs.results import ProgramLine, Way, program_lines
from lessons.lesson import Lesson
from tui.charts.style import ChartStyle
from tui.labs.graphs_state import (
    GraphsState,
    costs,
    describe,
    drawing,
    listing,
    no_graph,
    rows,
    title,
)
from tui.labs.interactive import InteractiveLab, after
from tui.labs.lab import LOADING, Environment
from tui.themes import ThemeAware, coloured
from tui.widgets.diagram import Diagram
from tui.widgets.rows import Rows, row_keys

if TYPE_CHECKING:
    from engine.device import Device

POLL_SECONDS = 0.2  # between two checks of a running measurement
VIEWS = ("graph", "listing", "costs")
"""The contents of the lower part; a wide screen always shows the costs."""
MARKS = {Way.EAGER: "▸ ran, 3× three times", Way.TRACED: "▸ ran while tracing", Way.COMPILED: ""}

MEASURE = "Compile the program, and time a call each way"
STOP = "End the measurement"
WAY = "Run eagerly, traced, or compiled"
VIEW = "The graph, its listing, or what a call costs"
DEVICE = "Time the calls on the next device"
FORGET = "Forget what was measured"


class ProgramSource(Static, ThemeAware):
    """The lines of a program, each with how often it ran; lines that did not run are dim."""

    DEFAULT_CLASSES = "panel"
    DEFAULT_CSS = """
    ProgramSource {
        height: auto; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis;
        border: round $foreground 30%;
        border-title-color: $text; border-subtitle-color: $text-muted;
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._lines: tuple[ProgramLine, ...] = ()
        self._visits: Mapping[int, int] | None = None
        self._ended_at: int | None = None

    def show(
        self,
        lines: Sequence[ProgramLine],
        visits: Mapping[int, int] | None,
        ended_at: int | None = None,
    ) -> None:
        """Show the program; `visits` is None if it did not run line by line."""
        self._lines, self._visits, self._ended_at = tuple(lines), visits, ended_at
        self.apply_theme()

    def apply_theme(self) -> None:
        if not self._lines:  # the theme may change before there is a program
            return
        code = "\n".join(line.text for line in self._lines)
        texts = coloured(code, self.app.current_theme.dark).split("\n")
        rows = [self._row(line, text) for line, text in zip(self._lines, texts, strict=True)]
        self.update(Text("\n").join(rows))

    def _row(self, line: ProgramLine, code: Text) -> Text:
        if self._visits is None:
            return Text.assemble("   ", code)
        count = self._visits.get(line.number, 0)
        if not count and not line.text.lstrip().startswith(("def ", "class ")):
            code.stylize("dim")
        sign = f"{count}×" if count > 1 else "▸" * count
        if line.number == self._ended_at:
            sign = "✗"
        return Text.assemble((f"{sign:>2} ", "bold"), code)


class Ways(Rows):
    """A row for each way, one of them chosen by the arrow keys or by `show`."""

    BORDER_TITLE = "Ways to run it"
    DEFAULT_CSS = "Ways { height: auto; }"
    BINDINGS = row_keys("ways")

    @dataclass
    class Gone(Message):
        """The learner moved to this row, counted from 0; answer with `show`."""

        row: int

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable enter: moving to a row chooses it."""
        return action != "select" and super().check_action(action, parameters)

    def show(self, rows: Sequence[Text], chosen: int) -> None:
        """Show these rows, with this one chosen."""
        # This sends no message, which would be taken for the learner's choice.
        with self.prevent(OptionList.OptionHighlighted):
            if len(rows) != self.option_count:
                self.set_options(Option(row) for row in rows)
            for place, row in enumerate(rows):
                if row != self.get_option_at_index(place).prompt:
                    self.replace_option_prompt_at_index(place, row)
            self.highlighted = chosen

    @on(OptionList.OptionHighlighted)
    def _go(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self.post_message(self.Gone(event.option_index))


class Reading(VerticalScroll):
    """A text that scrolls with the arrows, and with j and k."""

    DEFAULT_CLASSES = "panel"
    DEFAULT_CSS = """
    Reading {
        border: round $foreground 30%; border-title-color: $text; padding: 0 1;
        scrollbar-size-vertical: 1;
        &:focus { border: round $accent; }
        Static { height: auto; }
    }
    """
    BINDINGS = [
        Binding("down,j", "scroll_down", "scroll down", False, id="reading.down"),
        Binding("up,k", "scroll_up", "scroll up", False, id="reading.up"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._text = Static(markup=False)

    def compose(self) -> ComposeResult:
        yield self._text

    def show(self, text: Text) -> None:
        """Show this text; scroll a new one to its beginning."""
        if text != self._text.content:
            self._text.update(text)
            self.scroll_home(animate=False)


class GraphsLab(InteractiveLab[GraphsState]):
    """Shows a program in three ways, and the cost of a call; one of its views has the focus."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    GraphsLab {
        #workbench { height: 1fr; }
        #left { width: 1fr; }
        #right { width: 1fr; display: none; }
        #drawing, #listing, #instead { height: 1fr; }
        #listing, #instead { display: none; }
        #costs { height: 1fr; padding: 0 1; border: round $foreground 30%; }
        #costs { border-title-color: $text; }
        #listing Static { text-wrap: nowrap; text-overflow: ellipsis; }
        #what { height: auto; min-height: 2; max-height: 7; padding: 0 1; }
        #what { border-top: solid $foreground 30%; }
        &.-listing #listing { display: block; }
        &.-listing #drawing { display: none; }
        &.-none #instead { display: block; }
        &.-none #drawing, &.-none #listing { display: none; }
        StartingBox { offset: 3 11; }
    }
    .-narrow GraphsLab {
        &.-listing ProgramSource { display: none; }
        &.-none ProgramSource { display: block; }
        &.-costs #left, &.-costs #what { display: none; }
        &.-costs #right { display: block; }
    }
    .-wide GraphsLab {
        #right { width: 46; display: block; }
    }
    """
    BINDINGS = [
        Binding("space", "measure", "measure", id="graphs.measure", tooltip=MEASURE),
        Binding("space", "stop", "give up", id="graphs.stop", tooltip=STOP),
        Binding("w", "way", "way", id="graphs.way", tooltip=WAY),
        Binding("i", "input", "input", id="graphs.input", tooltip="Take the next input"),
        Binding("p", "preset", "program", id="graphs.preset", tooltip="Take the next program"),
        Binding("v", "view", "view", id="graphs.view", tooltip=VIEW),
        Binding("r", "reset", "forget", id="graphs.reset", tooltip=FORGET),
        Binding("d", "device", "device", id="graphs.device", tooltip=DEVICE),
        Binding("escape", "give_up", "give up", id="graphs.give-up", tooltip=STOP),
    ]

    def __init__(self, lesson: Lesson, fps: float) -> None:
        super().__init__(lesson, fps)
        self._devices: dict[str, Device] = {}
        self._view = VIEWS[0]
        self._polling: Timer | None = None
        self._source = ProgramSource(id="program-source")
        self._ways = Ways(id="ways")
        self._drawing = Diagram(id="drawing")
        self._listing = Reading(id="listing")
        self._instead = Reading(id="instead")
        self._costs = Static(id="costs", classes="panel", markup=False)
        self._costs.border_title = "What a call costs, in µs"
        self._description = Static(id="what", classes="waiting", markup=False)

    def compose(self) -> ComposeResult:
        with Horizontal(id="workbench"):
            with Vertical(id="left"):
                yield self._source
                yield self._ways
                yield self._drawing
                yield self._listing
                yield self._instead
            with Vertical(id="right"):
                yield self._costs
                yield self._challenges
        yield self._description

    def open(self, environment: Environment) -> None:
        self._devices = {device.name: device for device in environment.devices}
        self._first_device = environment.device.name
        self._name_device(self._first_device)
        super().open(environment)

    def make_state(self) -> GraphsState:
        return GraphsState(self.presets.current.name, self._first_device)

    def enter(self) -> None:
        if self._view == "costs" and not self._wide:
            self._challenges.focus()
        elif self._instead.display:
            self._instead.focus()
        else:
            (self._listing if self._view == "listing" else self._drawing).focus()

    def put_down(self) -> None:
        super().put_down()
        if self.ready and self.state.measuring:
            self.action_give_up()

    def close(self) -> None:
        if self.ready:
            self.state.give_up()

    @property
    def progress(self) -> str:
        return self.state.look.given.name

    @property
    def finished(self) -> bool:
        return self.state.look.measured

    @property
    def busy(self) -> str:
        return f"measuring {self.state.measuring}" if self.state.measuring else ""

    @property
    def idle(self) -> str:
        if measurement := self.state.measurement:
            return f"measuring {measurement.program} {measurement.seconds:.0f} s · space: give up"
        if self.state.look.measured:
            return "measured"
        return "given up · space: again" if self.state.look.results else "space: measure"

    def show(self) -> None:
        look, way = self.state.look, self.state.way
        visits = {Way.EAGER: look.eager.visits, Way.TRACED: look.traced.visits}.get(way)
        self._source.border_title = f"{look.program.name}: {look.program.title}"
        self._source.border_subtitle = MARKS[way]
        self._source.show(look.lines, visits, look.traced.ended_at if way is Way.TRACED else None)
        self._ways.border_title = title(look.given)
        self._ways.show(rows(look, way), list(Way).index(way))
        self._show_graph()
        style = ChartStyle.dark() if self.app.current_theme.dark else ChartStyle.light()
        colours = dict(zip(Way, (style.line, style.points, style.minimum), strict=True))
        named = {way: "rgb({},{},{})".format(*colour) for way, colour in colours.items()}
        self._costs.update(costs(look, self._costs.content_size.width, named))
        self._description.update(describe(look, way))

    def _show_graph(self) -> None:
        """Show the graph and its listing, or why there is none; keep the focus in this panel."""
        look, way = self.state.look, self.state.way
        none = not look.graphs(way)
        held = self.screen.focused in (self._drawing, self._listing, self._instead)
        if none is not self.has_class("-none"):
            self.set_class(none, "-none")
            if held:
                self.call_after_refresh(self.enter)
        if none:
            self._instead.border_title = f"No graph · {way}"
            self._instead.show(no_graph(look, way))
        else:
            self._drawing.caption, self._listing.border_title = f"Graph · {way}", f"Listing · {way}"
            self._drawing.show(*drawing(look, way))
            self._listing.show(listing(look, way))

    def preview(self) -> None:
        """Show the first program and its input."""
        program = find(self.presets.current.name)
        self._source.border_title = f"{program.name}: {program.title}"
        self._source.show(program_lines(program), None)
        self._ways.border_title = title(program.inputs[0])
        self._ways.show([Text(f"  {way:<9} {LOADING}", "dim") for way in Way], 0)
        self._costs.update(LOADING)

    def can(self, action: str) -> bool | None:
        """Give space two actions: measure, or end the measurement as escape does."""
        measuring = self.ready and bool(self.state.measuring)
        if action == "measure":
            return not measuring
        if action == "stop":
            return measuring
        if action == "give_up":
            return measuring and not self.has_hint  # escape closes the hint first
        return action != "device" or len(self._devices) > 1

    # Changing the program, input, way and view.

    def change(self, do: Callable[[], object]) -> None:
        super().change(do)
        self._drawing.action_look(0, 0)

    def action_preset(self, direction: int = 1) -> None:
        self.presets.go(direction)
        self.change(lambda: self.state.use(self.presets.current.name))

    def use_preset(self, name: str) -> None:
        self.presets.choose(name)
        self.change(lambda: self.state.use(name))

    def action_input(self) -> None:
        self.change(self.state.next_input)

    def action_way(self) -> None:
        """Show the next way: its graph or its listing."""
        self._see("listing" if self._view == "listing" else "graph")
        self._use_way(after(list(Way), self.state.way))

    @on(Ways.Gone)
    def _go_to_way(self, event: Ways.Gone) -> None:
        way = list(Way)[event.row]
        if self.ready and self.state.way is not way:
            self._use_way(way)

    def _use_way(self, way: Way) -> None:
        self.state.way = way
        self.change(lambda: None)

    @property
    def _wide(self) -> bool:
        return self.screen.has_class("-wide")

    def views(self) -> Mapping[str, Callable[[], object]]:
        names = VIEWS[:2] if self._wide else VIEWS
        return {name: partial(self._turn_to, name) for name in names}

    def action_view(self) -> None:
        names = list(self.views())
        self._turn_to(after(names, self._view) if self._view in names else names[1])

    def _turn_to(self, view: str) -> None:
        self._see(view)
        self.call_after_refresh(self.apply_theme)

    def _see(self, view: str) -> None:
        """Show this view; a wide screen always shows the costs."""
        if view == "costs" and self._wide:
            return
        self._view = view
        for each in VIEWS:
            self.set_class(each == view, f"-{each}")
        self.call_after_refresh(self.enter)

    # Measuring.

    def action_measure(self) -> None:
        if self.state.measuring:
            return
        self.state.measure()
        self._polling = self.set_interval(POLL_SECONDS, self._poll)
        self._see("costs")
        self.renew()

    def action_stop(self) -> None:
        """End the measurement at once, even if a hint is open, which escape closes first."""
        self.action_give_up()

    def action_give_up(self) -> None:
        self.state.give_up()
        self._poll()

    def action_reset(self) -> None:
        self.state.reset()
        self._poll()

    def action_device(self) -> None:
        name = after(list(self._devices), self.state.device)
        self.state.use_device(name)
        self._name_device(name)
        self.renew()

    def _name_device(self, name: str) -> None:
        self.device = f"{name} {self._devices[name].title}"

    def _poll(self) -> None:
        """Show the new results; stop polling after the end."""
        if not self.state.poll() and self._polling is not None:
            self._polling.stop()
            self._polling = None
        self.renew()
