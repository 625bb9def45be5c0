"""The lab of autograd: a graph to walk over, or a program to run; computes nothing itself."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.timer import Timer
from textual.widgets import OptionList, Static

from engine.expression import Refused
from engine.graph.look import ProgramLook, WalkLook
from lessons.lesson import Lesson
from tui.bench import Bench
from tui.dissection import Dissection
from tui.labs.graph_boxes import boxes, edges
from tui.labs.graph_words import moves, progress, said, statements, tensors, values
from tui.labs.lab import Lab
from tui.labs.standing import Standing
from tui.widgets.diagram import Diagram
from tui.widgets.expression_line import ExpressionLine
from tui.widgets.inputs import Inputs
from tui.widgets.transcript import Transcript

TEMPOS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Moves a second at which the walk plays."""
TEMPO = Binding.Group("tempo", compact=True)
TYPE = "Type an expression, or a value: x = [1, 2]"
COPY = "Copy the command that takes this apart without a screen"
SIDE = "Show the inputs and the challenges, or the graph"


class AutogradLab(Lab):
    """Shows a graph as far as it was walked, and turns keys into moves."""

    BINDINGS = [
        Binding("space", "play", "play", id="autograd.play", tooltip="Walk on by itself, or hold"),
        Binding("s", "step", "step", id="autograd.step", tooltip="One move further"),
        Binding("b", "back", "back one", id="autograd.back", tooltip="Take the last move back"),
        Binding("r", "reset", "reset", id="autograd.reset", tooltip="To the start of the walk"),
        Binding("enter,e", "edit", "type", id="autograd.type", key_display="⏎", tooltip=TYPE),
        Binding("p", "preset", "preset", id="autograd.preset", tooltip="Take the next preset"),
        Binding("v", "view", "view", id="autograd.view", tooltip=SIDE),
        Binding(
            "left_square_bracket",
            "tempo(-1)",
            "slower",
            False,
            key_display="[",
            id="autograd.slower",
            group=TEMPO,
            tooltip="Fewer moves a second",
        ),
        Binding(
            "right_square_bracket",
            "tempo(1)",
            "faster",
            False,
            key_display="]",
            id="autograd.faster",
            group=TEMPO,
            tooltip="More moves a second",
        ),
        Binding("y", "copy", "copy", False, id="autograd.copy", tooltip=COPY),
    ]

    def __init__(self, lesson: Lesson, fps: float) -> None:
        super().__init__(lesson)
        self.dissection: Dissection | None = None
        self._line = ExpressionLine("› ", id="line")
        self._diagram = Diagram("Graph", id="graph")
        self._program = Transcript(id="program")
        self._inputs = Inputs(id="inputs")
        self._moves = Static(id="moves", markup=False)
        self._moves.border_title = "The walk so far"
        self._tensors = Static(id="tensors", markup=False)
        self._tensors.border_title = "Tensors"
        self._said = Static("loading PyTorch…", id="said", markup=False)
        self._tempo = 1.0
        self._playing: Timer | None = None

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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be done before PyTorch is there, and a program cannot be typed."""
        if action in ("play", "step", "back", "reset", "preset", "tempo", "copy"):
            return self.dissection is not None
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
        self._line.edit()

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
        if settings is not None and event.option_id is not None:
            self._hold()
            self._line.edit(f"{event.option_id} = {values(settings)[event.option_id]}")

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
        if self.has_class("-side") and not self.screen.has_class("-wide"):
            (self._challenges if program else self._inputs).focus()
        else:
            (self._program if program else self._diagram).focus()

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
        self.remove_class("-side")
        self._show()

    def _begin(self) -> None:
        """Show what is taken apart now."""
        assert self.dissection is not None
        settings = self.dissection.settings
        self.set_class(settings is None, "-program")
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
            self._moves.update(moves(look, max(1, self._moves.size.height - 2)))
        else:
            self._program.border_title = look.program.title
            self._program.show(statements(look), len(look.lines))
            self._tensors.update(tensors(look))
        self._said.update(said(look))
        self.standing = Standing(
            preset=self.dissection.preset.name,
            progress=progress(look),
            device=self._device,
            state=self._state(look),
            finished=look.done,
        )
        self._check(look)

    def _state(self, look: WalkLook | ProgramLook) -> str:
        if self._playing is not None:
            return f"▶ {self._tempo:g} moves/s"
        return "at the end" if look.done else "s: next move"
