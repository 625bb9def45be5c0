"""The autograd lab: walks through a graph, or runs a program line by line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from textwrap import wrap

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from engine.graph.walk import WalkPosition
from lessons.lesson import Lesson
from tui.labs.autograd_state import AutogradState, boxes, describe, edges, statements, tensors
from tui.labs.interactive import InteractiveLab, tempo_keys
from tui.widgets.diagram import Diagram
from tui.widgets.rows import Rows, row_keys
from tui.widgets.transcript import Transcript

EDIT = "Type another value for the chosen input"
GRADIENT = "Whether the chosen input requires a gradient"
TYPE = "Type an expression, or a value: x = [1, 2]"
COPY = "Copy the command that takes this apart without a screen"
SIDE = "Show the inputs and the challenges, or the graph"


class Inputs(Rows):
    """One line for each input of the expression, and whether it requires a gradient."""

    BORDER_TITLE = "Inputs · ● requires grad"
    BINDINGS = [
        *row_keys("inputs"),
        Binding("enter", "select", "value", id="inputs.edit", tooltip=EDIT),
        Binding("g", "turn", "gradient", id="inputs.gradient", tooltip=GRADIENT),
    ]

    @dataclass
    class Turned(Message):
        """The learner switches whether this input requires a gradient."""

        name: str

    _shown: object = None

    def show(self, values: Mapping[str, str], requires_grad: Set[str]) -> None:
        if (values, requires_grad) == self._shown:
            return
        self._shown = values, requires_grad
        chosen = self.highlighted or 0
        self.clear_options()
        for name, value in values.items():
            sign = "●" if name in requires_grad else "○"
            self.add_option(Option(Text(f"{sign} {name} = {value}", no_wrap=True), id=name))
        if values:
            self.highlighted = min(chosen, len(values) - 1)

    def action_turn(self) -> None:
        option = self.highlighted_option
        if option is not None and option.id is not None:
            self.post_message(self.Turned(option.id))


class Moves(Widget):
    """The moves so far, one line each; the newest is last, in bold, and always visible."""

    DEFAULT_CLASSES = "panel"
    DEFAULT_CSS = """
    Moves { border: round $foreground 30%; border-title-color: $text; padding: 0 1; }
    """
    BORDER_TITLE = "The walk so far"

    lines: reactive[tuple[str, ...]] = reactive(())

    def show(self, lines: Sequence[str]) -> None:
        self.lines = tuple(lines)

    def render(self) -> Text:
        width, height = self.content_size
        if not self.lines:
            return Text("none yet", "dim")
        rows = [
            Text(row, "bold" if line is self.lines[-1] else "")
            for line in self.lines[-height or None :]
            for row in wrap(line, max(width, 1), subsequent_indent="  ")
        ]
        return Text("\n").join(rows[-height or None :])


class AutogradLab(InteractiveLab[AutogradState]):
    """Shows the graph with the values and gradients so far; narrow screens show half of it."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    AutogradLab {
        #middle { height: 1fr; }
        #graph, #program { width: 1fr; height: 1fr; }
        #aside { width: 1fr; }
        #inputs { height: auto; min-height: 3; max-height: 10; }
        #tensors, #moves { height: 1fr; padding: 0 1; border-title-color: $text; }
        #description {
            height: auto; min-height: 4; max-height: 8; padding: 0 1;
            border-top: solid $foreground 30%;
        }
        #program, #tensors { display: none; }
        &.-program #description { min-height: 3; }
        &.-program #graph, &.-program #inputs, &.-program #moves, &.-program #line {
            display: none;
        }
        &.-program #program, &.-program #tensors { display: block; }
    }
    .-narrow AutogradLab {
        #aside { display: none; }
        &.-side #aside { display: block; }
        &.-side #graph, &.-side #program { display: none; }
    }
    .-wide AutogradLab {
        #aside { width: 40; }
        #tensors { border: round $foreground 30%; }
    }
    """
    BINDINGS = [
        Binding("space", "play", "play", id="autograd.play", tooltip="Walk on by itself, or hold"),
        Binding("s", "step", "step", id="autograd.step", tooltip="One move further"),
        Binding("b", "back", "undo", id="autograd.back", tooltip="Take the last move back"),
        Binding("r", "reset", "reset", id="autograd.reset", tooltip="To the start of the walk"),
        Binding("enter,e", "edit", "type", id="autograd.type", tooltip=TYPE),
        Binding("p", "preset", "preset", id="autograd.preset", tooltip="Take the next preset"),
        Binding("v", "view", "view", id="autograd.view", tooltip=SIDE),
        *tempo_keys("autograd", "moves"),
        Binding("y", "copy", "copy", id="autograd.copy", tooltip=COPY),
    ]
    OPENS_LINE = frozenset({"enter", "e"})
    TEMPOS = (0.5, 1.0, 2.0, 4.0, 8.0)
    TEMPO = 1.0

    def __init__(self, lesson: Lesson, fps: float) -> None:
        super().__init__(lesson, fps)
        self._diagram = Diagram("Graph", id="graph")
        self._program = Transcript(id="program")
        self._inputs = Inputs(id="inputs")
        self._moves = Moves(id="moves")
        self._tensors = Static(id="tensors", classes="panel", markup=False)
        self._tensors.border_title = "Tensors"
        self._description = Static(id="description", classes="waiting", markup=False)

    def compose(self) -> ComposeResult:
        yield self.line
        with Horizontal(id="middle"):
            yield self._diagram
            yield self._program
            with Vertical(id="aside"):
                yield self._inputs
                yield self._moves
                yield self._tensors
                yield self._challenges
        yield self._description

    def make_state(self) -> AutogradState:
        return AutogradState(self._lesson)

    def preview(self) -> None:
        """Show the first expression, which needs no PyTorch."""
        self.state = self.make_state()
        self._show_text()
        self.show()

    @property
    def preset_name(self) -> str:
        return "your own" if self.state.own else self.state.preset.name

    @property
    def finished(self) -> bool:
        return self.state.look.done

    @property
    def progress(self) -> str:
        return self.state.progress

    @property
    def idle(self) -> str:
        return self.state.idle

    def show(self) -> None:
        state, look = self.state, self.state.look
        self.set_class(state.settings is None, "-program")
        if isinstance(look, WalkPosition):
            self._inputs.show(state.inputs(), set(look.walk.settings.requires_grad or ()))
            self._diagram.show(boxes(look, self.screen.has_class("-wide")), edges(look))
            self._moves.show([move.line for move in look.walk.moves[: look.position]])
        else:
            self._program.border_title = look.program.title
            self._program.show(statements(look), len(look.ran))
            self._tensors.update(tensors(look))
        self._description.update(describe(look))

    def enter(self) -> None:
        program = self.has_class("-program")
        target: Widget = self._program if program else self._diagram
        if self.has_class("-side") and not self.screen.has_class("-wide"):
            target = self._challenges if program else self._inputs
        if target.focusable:
            self.screen.set_focus(target)  # at once, before the next key arrives
        else:
            target.focus()  # after it becomes visible

    def can(self, action: str) -> bool | None:
        """Disable editing of a program, and steps beyond either end."""
        if action == "view":
            return not self.screen.has_class("-wide")
        if action not in ("step", "back", "reset", "edit"):
            return True
        if action == "edit":
            return self.state.settings is not None
        look = self.state.look
        return (not look.done if action == "step" else look.begun) or None

    def views(self) -> Mapping[str, Callable[[], object]]:
        if self.screen.has_class("-wide"):
            return {}
        return {
            "graph": lambda: self._turn_to(aside=False),
            "inputs and challenges": lambda: self._turn_to(aside=True),
        }

    def _turn_to(self, aside: bool) -> None:
        """Show the graph, or the panels beside it."""
        if self.has_class("-side") is not aside:
            self.action_view()

    def action_view(self) -> None:
        self.toggle_class("-side")
        self.enter()

    def action_step(self) -> None:
        self.hold()
        self._turn_to(aside=False)
        self.advance()

    def action_play(self) -> None:
        super().action_play()
        if self.playing:
            self._turn_to(aside=False)
            self.advance()  # the first move is made at once

    def action_copy(self) -> None:
        command = self.state.command()
        self.app.copy_to_clipboard(command)
        self.notify(command, title="copied", timeout=10, markup=False)

    @on(OptionList.OptionSelected, "#inputs")
    def _edit_input(self, event: OptionList.OptionSelected) -> None:
        given = self.state.inputs() if self.ready else {}
        if event.option_id in given:  # the preset may have changed before this message arrived
            self.action_edit()
            start = f"{event.option_id} = "
            self.line.edit(start + given[event.option_id], replace=len(start))

    @on(Inputs.Turned)
    def _switch_gradient(self, event: Inputs.Turned) -> None:
        if self.ready:
            self.change(lambda: self.state.switch_gradient(event.name))
