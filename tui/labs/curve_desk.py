"""Where one drawing lies, with its formulas and words: for labs of numbers that keys move."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from engine.equations import Equation
from tui.charts.canvas import Canvas
from tui.charts.style import ChartStyle
from tui.widgets.challenges import Challenges
from tui.widgets.equations import Equations
from tui.widgets.expression_line import ExpressionLine
from tui.widgets.painted import Painted
from tui.widgets.theme import chart_style


class Board(Painted):
    """The drawing; it takes the keys, and tells when there is another amount of room."""

    can_focus = True
    DEFAULT_CLASSES = "panel"

    class Resized(Message):
        """There is another amount of room."""

    def on_resize(self, event: events.Resize) -> None:
        """Let whoever draws draw anew."""
        self.post_message(self.Resized())


class CurveDesk(Vertical):
    """A line to type in, the drawing, the formulas, the challenges, and what is to be seen."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    CurveDesk {
        height: 1fr;
        #table { height: 1fr; }
        #board { width: 1fr; height: 1fr; border: round $foreground 30%; }
        #board { border-title-color: $text; }
        #board:focus { border: round $accent; }
        #figures { width: 36; }
        #equations { height: 1fr; }
        #told { height: 4; padding: 0 1; }
        #told { border-top: solid $foreground 30%; }
    }
    .-wide CurveDesk {
        #figures { width: 46; }
        #told { height: 3; }
    }
    .-curves Toast { width: 36; max-width: 36; }
    """

    def __init__(self, challenges: Challenges) -> None:
        super().__init__()
        self._challenges = challenges
        self.line = ExpressionLine("› ", id="line")
        self.board = Board(id="board")
        self._equations = Equations(id="equations")
        self._equations.border_title = "This moment, in numbers"
        self._told = Static(id="told", classes="waiting", markup=False)

    def compose(self) -> ComposeResult:
        yield self.line
        with Horizontal(id="table"):
            yield self.board
            with Vertical(id="figures"):
                yield self._equations
                yield self._challenges
        yield self._told

    def draw(self, draw: Callable[[int, int, ChartStyle], Canvas]) -> None:
        """Draw into the room that there is, in the colours of the theme."""
        width, height = self.board.content_size
        if width and height:
            self.board.paint_canvas(draw(width, height, chart_style(self.app)))

    def tell(self, title: str, equations: tuple[Equation, ...], told: str) -> None:
        """Say what the drawing is, compute it in symbols and numbers, and say what it shows."""
        self.board.border_title = title
        self._equations.equations = equations
        self._told.update(told)
