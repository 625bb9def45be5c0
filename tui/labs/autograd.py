"""The lab of autograd: a graph to walk over, or a program to run; computes nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual import on
from textual.app import ComposeResult
from textual.events import Resize
from textual.widgets import OptionList

from engine.expression import Refused
from lessons.lesson import Lesson
from tui.bench import Bench
from tui.labs.graph_desk import GraphDesk
from tui.labs.graph_keys import KEYS
from tui.labs.graph_words import progress, rest, values
from tui.labs.interactive import Playing
from tui.labs.lab import Lab, LabStatus
from tui.stages.dissection import Dissection
from tui.widgets.expression_line import ExpressionLine
from tui.widgets.inputs import Inputs

TEMPOS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Moves a second at which the walk plays."""


class AutogradLab(Lab):
    """Shows a graph as far as it was walked, and turns keys into moves."""

    BINDINGS = KEYS
    OPENS_LINE = frozenset({"enter", "e"})

    def __init__(self, lesson: Lesson, fps: float) -> None:
        super().__init__(lesson)
        self.dissection: Dissection | None = None
        self._device = ""
        self._desk = GraphDesk(self._challenges)
        self._playing = Playing(self, self._move, TEMPOS, rate=1.0)
        self._ends = (False, False)
        """Whether there is something behind, and whether it is at the end."""

    def compose(self) -> ComposeResult:
        yield self._desk

    def open(self, bench: Bench) -> None:
        self._device = bench.processor
        self.dissection = Dissection(self._lesson)
        self._begin()
        self.refresh_bindings()
        self.be_ready()

    def enter(self) -> None:
        self._desk.take_keys()

    def leave(self) -> None:
        if self._desk.line.editing:
            self._desk.line.show(self._text)
            self.enter()
        self._playing.hold()
        if self.dissection is not None:
            self._stand()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be done before PyTorch is there, and a program cannot be typed; at an end
        of the walk the key that would go beyond it is dimmed."""
        if action in ("play", "preset", "tempo", "copy"):
            return self.dissection is not None
        if action == "step":
            return self.dissection is not None and (not self.dissection.look.done or None)
        if action in ("back", "reset"):
            return self.dissection is not None and (self.dissection.look.begun or None)
        if action == "edit":
            return self.dissection is not None and self.dissection.settings is not None
        if action == "view":
            return not self.screen.has_class("-wide")
        return True

    def on_resize(self, event: Resize) -> None:
        """There may be room for another line in each box now."""
        if self.dissection is not None:
            self._show()

    # What the keys do.

    def action_step(self) -> None:
        """One move further."""
        if self.dissection is None:
            return
        self._playing.hold()
        self._desk.turn_to_graph()
        self._move()

    def action_play(self) -> None:
        """Walk on by itself, or hold; from the end, begin again."""
        if self.dissection is None:
            return
        if self._playing.hold():
            self._show()
            return
        if self.dissection.look.done:
            self.dissection.reset()
        self._playing.start()
        self._desk.turn_to_graph()
        self._move()

    def action_back(self) -> None:
        """Take the last move back."""
        if self.dissection is None:
            return
        self._playing.hold()
        self.dissection.back()
        self._show()

    def action_reset(self) -> None:
        """To the start."""
        if self.dissection is None:
            return
        self._playing.hold()
        self.dissection.reset()
        self._show()

    def action_preset(self) -> None:
        """Take the next preset."""
        if self.dissection is None:
            return
        self._playing.hold()
        self.dissection.use_next()
        self._begin()
        self._desk.take_keys()

    def action_tempo(self, direction: int) -> None:
        """Walk faster or slower."""
        if self.dissection is None:
            return
        self._playing.faster(direction)
        self._show()

    def action_edit(self) -> None:
        """Type an expression or a value."""
        if self.dissection is None:
            return
        self._playing.hold()
        self._stand()
        self._desk.line.edit(replace=0)

    def action_view(self) -> None:
        """The inputs and the challenges in place of the graph, or back."""
        self._desk.turn_over()

    def views(self) -> Mapping[str, Callable[[], object]]:
        if self.screen.has_class("-wide"):
            return {}
        return {"graph": self._desk.turn_to_graph, "inputs and challenges": self._desk.turn_aside}

    def action_copy(self) -> None:
        """Copy the command that takes this apart."""
        if self.dissection is None:
            return
        command = self.dissection.command()
        self.app.copy_to_clipboard(command)
        self.notify(command, title="copied", timeout=10, markup=False)

    def _move(self, times: int = 1) -> None:
        if self.dissection is None:
            return
        if not all(self.dissection.step() for _ in range(times)) or self.dissection.look.done:
            self._playing.hold()
        self._show()

    # What the widgets wish.

    @on(ExpressionLine.Typed)
    def _type(self, event: ExpressionLine.Typed) -> None:
        if self.dissection is None:
            return
        try:
            self.dissection.type(event.text)
        except Refused as refused:
            self._desk.line.refuse(refused)
        else:
            self._begin()
            self._desk.take_keys()

    @on(ExpressionLine.Settled)
    def _settle(self) -> None:
        self._desk.line.show(self._text)
        self._desk.take_keys()

    @on(OptionList.OptionSelected, "#inputs")
    def _edit_input(self, event: OptionList.OptionSelected) -> None:
        if self.dissection is None:
            return
        settings = self.dissection.settings
        given = values(settings) if settings is not None else {}
        if event.option_id in given:  # another preset may have come before this was heard
            self._playing.hold()
            self._stand()
            start = f"{event.option_id} = "
            self._desk.line.edit(start + given[event.option_id], replace=len(start))

    @on(Inputs.Turned)
    def _turn(self, event: Inputs.Turned) -> None:
        if self.dissection is None:
            return
        self._playing.hold()
        self.dissection.turn(event.name)
        self._begin()

    # What is shown.

    @property
    def _text(self) -> str:
        """The expression as it stands in the line."""
        settings = self.dissection.settings if self.dissection else None
        return settings.expression if settings else ""

    def _begin(self) -> None:
        """Show what is taken apart now."""
        if self.dissection is None:
            return
        self._desk.begin(self.dissection.settings)
        self._desk.line.show(self._text)
        self.refresh_bindings()
        self._show()

    def _show(self) -> None:
        """Show how far it was walked."""
        if self.dissection is None:
            return
        look = self.dissection.look
        self._desk.show(look)
        self._stand()
        if self._ends != (look.begun, look.done):
            self._ends = (look.begun, look.done)
            self.refresh_bindings()  # there is nothing behind, or nothing ahead
        self._check(look)

    def _stand(self) -> None:
        """Tell the lines above and below where the walk stands."""
        if self.dissection is None:
            return
        look = self.dissection.look
        self.status = LabStatus(
            preset="your own" if self.dissection.own else self.dissection.preset.name,
            progress=progress(look),
            device=self._device,
            state=self._playing.pace if self._playing.on else rest(look),
            finished=look.done,
        )
