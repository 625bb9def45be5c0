"""The lab of autograd: a graph to walk over, or a program to run; computes nothing itself."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import OptionList, Static

from engine.expression import Refused
from engine.graph.look import ProgramLook, WalkLook
from lessons.lesson import Lesson
from tui.bench import Bench
from tui.labs.graph_boxes import boxes, edges
from tui.labs.graph_keys import KEYS
from tui.labs.graph_words import moves, progress, said, statements, tensors, values
from tui.labs.lab import Lab
from tui.labs.standing import Standing
from tui.stages.dissection import Dissection
from tui.widgets.diagram import Diagram
from tui.widgets.expression_line import ExpressionLine
from tui.widgets.inputs import Inputs
from tui.widgets.tail import Tail
from tui.widgets.transcript import Transcript

TEMPOS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Moves a second at which the walk plays."""


class AutogradLab(Lab):
    """Shows a graph as far as it was walked, and turns keys into moves."""

    BINDINGS = KEYS

    def __init__(self, lesson: Lesson, fps: float) -> None:
        super().__init__(lesson)
        self.dissection: Dissection | None = None
        self._line = ExpressionLine("› ", id="line")
        self._diagram = Diagram("Graph", id="graph")
        self._program = Transcript(id="program")
        self._inputs = Inputs(id="inputs")
        self._moves = Tail("none yet", id="moves")
        self._moves.border_title = "The walk so far"
        self._tensors = Static(id="tensors", markup=False)
        self._tensors.border_title = "Tensors"
        self._said = Static("loading PyTorch…", id="said", classes="waiting", markup=False)
        self._tempo = 1.0
        self._playing: Timer | None = None
        self._ends = (False, False)
        """Whether there is something behind, and whether it is at the end."""

    def compose(self) -> ComposeResult:
        yield self._line
        with Horizontal(id="middle"):
            yield self._diagram
            yield self._program
            with Vertical(id="side"):
                yield self._inputs
                yield self._moves
                yield self._tensors
                yield self._challenges
        yield self._said

    def open(self, bench: Bench) -> None:
        cpu = next(device for device in bench.devices if device.name == "cpu")
        self._device = f"{cpu.name} {cpu.title}"  # a few numbers: no other would be faster
        self.dissection = Dissection(self._lesson)
        self._begin()
        self.refresh_bindings()

    def enter(self) -> None:
        self._take_keys()

    def leave(self) -> None:
        if self._line.editing:
            self._line.show(self._text)
        self._hold()
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
        self._hold()
        self._turn_to_graph()
        self._move()

    def action_play(self) -> None:
        """Walk on by itself, or hold; from the end, begin again."""
        assert self.dissection is not None
        if self._playing is not None:
            self._hold()
            self._show()
            return
        if self.dissection.look.done:
            self.dissection.reset()
        self._play()
        self._turn_to_graph()
        self._move()

    def action_back(self) -> None:
        """Take the last move back."""
        assert self.dissection is not None
        self._hold()
        self.dissection.back()
        self._show()

    def action_reset(self) -> None:
        """To the start."""
        assert self.dissection is not None
        self._hold()
        self.dissection.reset()
        self._show()

    def action_preset(self) -> None:
        """Take the next preset."""
        assert self.dissection is not None
        self._hold()
        self.dissection.use_next()
        self._begin()
        self._take_keys()

    def action_tempo(self, direction: int) -> None:
        """Walk faster or slower."""
        place = TEMPOS.index(self._tempo) + direction
        self._tempo = TEMPOS[max(0, min(len(TEMPOS) - 1, place))]
        if self._playing is not None:
            self._play()
        self._show()

    def action_edit(self) -> None:
        """Type an expression or a value."""
        self._hold()
        self._stand()
        self._line.edit(replace=0)

    def action_view(self) -> None:
        """The inputs and the challenges in place of the graph, or back."""
        self.toggle_class("-side")
        self._take_keys()

    def action_copy(self) -> None:
        """Copy the command that takes this apart."""
        assert self.dissection is not None
        command = self.dissection.command()
        self.app.copy_to_clipboard(command)
        self.notify(command, title="copied", timeout=10, markup=False)

    # What the widgets wish.

    @on(ExpressionLine.Typed)
    def _type(self, event: ExpressionLine.Typed) -> None:
        assert self.dissection is not None
        try:
            self.dissection.type(event.text)
        except Refused as refused:
            self._line.refuse(refused)
        else:
            self._begin()
            self._take_keys()

    @on(ExpressionLine.Settled)
    def _settle(self) -> None:
        self._line.show(self._text)
        self._take_keys()

    @on(OptionList.OptionSelected, "#inputs")
    def _edit_input(self, event: OptionList.OptionSelected) -> None:
        assert self.dissection is not None
        settings = self.dissection.settings
        given = values(settings) if settings is not None else {}
        if event.option_id in given:  # another preset may have come before this was heard
            self._hold()
            self._stand()
            start = f"{event.option_id} = "
            self._line.edit(start + given[event.option_id], replace=len(start))

    @on(Inputs.Turned)
    def _turn(self, event: Inputs.Turned) -> None:
        assert self.dissection is not None
        self._hold()
        self.dissection.turn(event.name)
        self._begin()

    # What is shown.

    @property
    def _text(self) -> str:
        """The expression as it stands in the line."""
        settings = self.dissection.settings if self.dissection else None
        return settings.expression if settings else ""

    def _take_keys(self) -> None:
        """Give the keys to what is in sight."""
        program = self.dissection is not None and self.dissection.settings is None
        target: Widget = self._program if program else self._diagram
        if self.has_class("-side") and not self.screen.has_class("-wide"):
            target = self._challenges if program else self._inputs
        if target.focusable:
            self.screen.set_focus(target)  # at once: the next key is on its way
        else:
            target.focus()  # once it is in sight

    def _play(self) -> None:
        self._hold()
        self._playing = self.set_interval(1 / self._tempo, self._move)

    def _hold(self) -> None:
        if self._playing is not None:
            self._playing.stop()
            self._playing = None

    def _move(self) -> None:
        assert self.dissection is not None
        if not self.dissection.step() or self.dissection.look.done:
            self._hold()
        self._show()

    def _turn_to_graph(self) -> None:
        """Bring into sight what moves."""
        if self.has_class("-side"):
            self.remove_class("-side")
            self._take_keys()

    def _begin(self) -> None:
        """Show what is taken apart now."""
        assert self.dissection is not None
        settings = self.dissection.settings
        self.set_class(settings is None, "-program")
        self.screen.set_class(settings is not None, "-told-below")
        self._line.show(self._text)
        if settings is not None:
            self._inputs.show(values(settings), set(settings.requires_grad or ()))
        self.refresh_bindings()
        self._show()

    def _show(self) -> None:
        """Show how far it was walked."""
        assert self.dissection is not None
        look = self.dissection.look
        if isinstance(look, WalkLook):
            self._diagram.show(boxes(look, self.screen.has_class("-wide")), edges(look))
            self._moves.show(moves(look))
        else:
            self._program.border_title = look.program.title
            self._program.show(statements(look), len(look.lines))
            self._tensors.update(tensors(look))
        self._said.update(said(look))
        self._stand()
        if self._ends != (look.begun, look.done):
            self._ends = (look.begun, look.done)
            self.refresh_bindings()  # there is nothing behind, or nothing ahead
        self._check(look)

    def _stand(self) -> None:
        """Tell the lines above and below where the walk stands."""
        assert self.dissection is not None
        look = self.dissection.look
        self.standing = Standing(
            preset="your own" if self.dissection.own else self.dissection.preset.name,
            progress=progress(look),
            device=self._device,
            state=self._state(look),
            finished=look.done,
        )

    def _state(self, look: WalkLook | ProgramLook) -> str:
        if self._playing is not None:
            return f"▶ {self._tempo:g} a second · [ ] pace"
        if look.done:
            return "at the end · r: again, p: next"
        return "s: next move" if isinstance(look, WalkLook) else "s: next line"
