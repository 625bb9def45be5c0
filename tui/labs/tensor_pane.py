"""The lab of tensors as it lies on the screen: line, desks, what is beside and below; no keys."""

from __future__ import annotations

from itertools import takewhile

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from tui.labs.module_desk import ModuleDesk
from tui.labs.tensor_desk import TensorDesk
from tui.labs.tensor_facts import facts
from tui.labs.tensor_words import tries
from tui.stages.tensors import Stage
from tui.widgets.challenges import Challenges
from tui.widgets.expression_line import ExpressionLine

BESIDE, ALONE = 34, 74
"""Cells for a line to try, on a wide screen and on a narrow one."""


class TensorPane(Vertical):
    """Shows one part of the lab: the tensors, or the map; where it is narrow, the side instead."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    TensorPane {
        #room { height: 1fr; }
        #desk, #map, #aside { width: 1fr; height: 1fr; }
        #map { display: none; }
        #tries { height: 1fr; padding: 0 1; border-title-color: $text; }
        #memory { height: auto; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        #told {
            height: auto; min-height: 3; max-height: 9; padding: 0 1;
            border-top: solid $foreground 30%;
        }
        &.-mapped #line, &.-mapped #memory, &.-mapped #tries, &.-mapped #desk { display: none; }
        &.-mapped #map { display: block; }
    }
    .-narrow TensorPane {
        #aside { display: none; }
        &.-side #aside { display: block; }
        &.-side #desk, &.-side #map { display: none; }
    }
    .-wide TensorPane {
        #aside { width: 40; }
        #tries { border: round $foreground 30%; }
        #memory { border-top: solid $foreground 30%; }
    }
    """

    def __init__(self, challenges: Challenges, rate: float) -> None:
        """Play so many slices a second."""
        super().__init__()
        self.line = ExpressionLine("› ", id="line")
        self.desk = TensorDesk(rate, id="desk")
        self.modules = ModuleDesk(id="map")
        self._challenges = challenges
        self._tries = Static(id="tries", classes="panel", markup=False)
        self._tries.border_title = "Lines to try · n: the next"
        self._facts = Static(id="memory", markup=False)
        self._said = Static(id="told", classes="waiting", markup=False)

    def compose(self) -> ComposeResult:
        yield self.line
        with Horizontal(id="room"):
            yield self.desk
            yield self.modules
            with Vertical(id="aside"):
                yield self._tries
                yield self._challenges
        yield self._facts
        yield self._said

    @property
    def wide(self) -> bool:
        """Whether all of it is in sight at once."""
        return self.screen.has_class("-wide")

    def tell(self, words: Text) -> None:
        """Say this below."""
        self._said.update(words)

    def describe(self, stage: Stage) -> None:
        """How the tensors lie in memory, and which lines there are to try."""
        partners = {name: stage.partners(name) for name in stage.look.sources}
        self._facts.update(facts(stage.look, partners))
        self._tries.update(tries(stage.scene, stage.tried, BESIDE if self.wide else ALONE))

    def take_keys(self, first: Widget | None) -> None:
        """Give the keys to this, or to the challenges where they are in sight in its place."""
        aside = self.has_class("-side") and not self.wide
        (self._challenges if first is None or aside else first).focus()

    def focus_next(self, direction: int) -> None:
        """Give the keys to the next tensor or the one before, after the last to the challenges;
        never to the line. Where only one panel is in sight, this shows the right one."""
        stops = [*self._tensors(), self._challenges]
        here = self.screen.focused
        place = stops.index(here) + direction if here in stops else 0
        widget = stops[place % len(stops)]
        self.set_class(widget is self._challenges, "-side")
        widget.focus()

    def _tensors(self) -> list[Widget]:
        """What can take the keys on the desk or the map, whether that is in sight or not."""
        place = self.modules if self.has_class("-mapped") else self.desk
        return [
            widget
            for widget in place.query(Widget)
            if widget.focusable
            and all(
                node.display
                for node in takewhile(lambda node: node is not place, widget.ancestors_with_self)
            )
        ]
