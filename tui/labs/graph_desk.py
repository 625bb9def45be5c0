"""Where a graph lies with its inputs, or a program with its tensors; makes no move itself."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from engine.graph.look import ProgramLook, WalkLook
from engine.graph.settings import GraphSettings
from tui.labs.graph_boxes import boxes, edges
from tui.labs.graph_words import moves, said, statements, tensors, values
from tui.widgets.challenges import Challenges
from tui.widgets.diagram import Diagram
from tui.widgets.expression_line import ExpressionLine
from tui.widgets.inputs import Inputs
from tui.widgets.tail import Tail
from tui.widgets.transcript import Transcript


class GraphDesk(Vertical):
    """Shows how far it was walked; where it is narrow, the graph or what is beside it."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    GraphDesk {
        height: 1fr;
        #middle { height: 1fr; }
        #graph, #program { width: 1fr; height: 1fr; }
        #aside { width: 1fr; }
        #inputs { height: auto; min-height: 3; max-height: 10; }
        #tensors, #moves { height: 1fr; padding: 0 1; border-title-color: $text; }
        #said {
            height: auto; min-height: 4; max-height: 8; padding: 0 1;
            border-top: solid $foreground 30%;
        }
        #program, #tensors { display: none; }
        &.-program #said { min-height: 3; }
        &.-program #graph, &.-program #inputs, &.-program #moves, &.-program #line {
            display: none;
        }
        &.-program #program, &.-program #tensors { display: block; }
    }
    .-narrow GraphDesk {
        #aside { display: none; }
        &.-side #aside { display: block; }
        &.-side #graph, &.-side #program { display: none; }
    }
    .-wide GraphDesk {
        #aside { width: 40; }
        #tensors { border: round $foreground 30%; }
    }
    """

    def __init__(self, challenges: Challenges) -> None:
        super().__init__()
        self._challenges = challenges
        self.line = ExpressionLine("› ", id="line")
        self._diagram = Diagram("Graph", id="graph")
        self._program = Transcript(id="program")
        self._inputs = Inputs(id="inputs")
        self._moves = Tail("none yet", id="moves")
        self._moves.border_title = "The walk so far"
        self._tensors = Static(id="tensors", classes="panel", markup=False)
        self._tensors.border_title = "Tensors"
        self._said = Static(id="said", classes="waiting", markup=False)

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
        yield self._said

    def begin(self, settings: GraphSettings | None) -> None:
        """Lay out an expression with these settings; a program for None."""
        self.set_class(settings is None, "-program")
        if settings is not None:
            self._inputs.show(values(settings), set(settings.requires_grad or ()))

    def show(self, look: WalkLook | ProgramLook) -> None:
        """Show how far it was walked."""
        if isinstance(look, WalkLook):
            self._diagram.show(boxes(look, self._wide), edges(look))
            self._moves.show(moves(look))
        else:
            self._program.border_title = look.program.title
            self._program.show(statements(look), len(look.lines))
            self._tensors.update(tensors(look))
        self._said.update(said(look))

    def turn_over(self) -> None:
        """The inputs and the challenges in place of the graph, or back."""
        self.toggle_class("-side")
        self.take_keys()

    def turn_to_graph(self) -> None:
        """Bring into sight what moves."""
        if self.has_class("-side"):
            self.turn_over()

    def turn_aside(self) -> None:
        """Bring into sight what is beside the graph."""
        if not self.has_class("-side"):
            self.turn_over()

    def take_keys(self) -> None:
        """Give the keys to what is in sight."""
        program = self.has_class("-program")
        target: Widget = self._program if program else self._diagram
        if self.has_class("-side") and not self._wide:
            target = self._challenges if program else self._inputs
        if target.focusable:
            self.screen.set_focus(target)  # at once: the next key is on its way
        else:
            target.focus()  # once it is in sight

    @property
    def _wide(self) -> bool:
        return self.screen.has_class("-wide")
