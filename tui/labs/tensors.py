"""The tensors lab: scenes of tensors with lines to try, and a map of PyTorch's modules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from engine.expression import Refused
from engine.tensors import scenes
from engine.tensors.torch_map import MODULES
from lessons.lesson import Lesson
from tui.labs import tensor_words
from tui.labs.interactive import InteractiveLab, Playing
from tui.labs.lab import LOADING, Environment
from tui.labs.tensor_panels import ModuleMap, TensorWorkspace
from tui.widgets.expression_line import ExpressionLine
from tui.widgets.tensor_view import TensorView

if TYPE_CHECKING:
    from tui.labs.tensors_state import TensorsState

MAP = "modules"  # the preset with the map of PyTorch's modules instead of a scene
FRAMES_A_SECOND = 8.0
BESIDE, ALONE = 34, 74  # the width of a line to try on wide and on narrow screens
STEP = Binding.Group("step", compact=True)
VIEW = "Show the lines to try and the challenges, or the tensors"
STEPS, BACK = "The next slice or statement", "One slice or statement back"
SCENES_AND_MAP = "The next scene, and at last the map"
PLAY = "Play the frames, or run the next lines"
PANELS = "The next tensor, and at last the challenges"
KEYS: list[BindingType] = [
    Binding("enter,e", "edit", "type", id="tensors.type", tooltip="A line of code to evaluate"),
    Binding("n", "suggest", "try", id="tensors.next", tooltip="The next of the lines to try"),
    Binding("p", "preset", "scene", id="tensors.preset", tooltip=SCENES_AND_MAP),
    Binding("space", "play", "play", id="tensors.play", tooltip=PLAY),
    Binding("s", "step", "next", id="tensors.step", group=STEP, tooltip=STEPS),
    Binding("b", "back", "back one", id="tensors.back", group=STEP, tooltip=BACK),
    Binding("v", "view", "view", id="tensors.view", tooltip=VIEW),
    Binding("r", "reset", "reset", id="tensors.reset", tooltip="The scene as it was"),
    Binding("tab", "next(1)", "next panel", id="tensors.tab", tooltip=PANELS),
    Binding("shift+tab", "next(-1)", "panel before", show=False, id="tensors.backtab"),
    Binding("y", "copy", "copy", id="tensors.copy", tooltip="Copy the line"),
]


class SlicePlaying(Playing):
    """Plays the slices of a tensor at a fixed speed."""

    @property
    def pace(self) -> str:
        return f"▶ {self.rate:g} frames/s"


class TensorsLab(InteractiveLab["TensorsState"]):
    """Shows a scene or the map; a narrow screen shows the lines to try instead of it."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    TensorsLab {
        #room { height: 1fr; }
        #workspace, #map, #aside { width: 1fr; height: 1fr; }
        #map { display: none; }
        #tries { height: 1fr; padding: 0 1; border-title-color: $text; }
        #memory { height: auto; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        #explanation {
            height: auto; min-height: 3; max-height: 9; padding: 0 1;
            border-top: solid $foreground 30%;
        }
        &.-mapped #line, &.-mapped #memory { display: none; }
        &.-mapped #tries, &.-mapped #workspace { display: none; }
        &.-mapped #map { display: block; }
    }
    .-narrow TensorsLab {
        #aside { display: none; }
        &.-side #aside { display: block; }
        &.-side #workspace, &.-side #map { display: none; }
    }
    .-wide TensorsLab {
        #aside { width: 40; }
        #tries { border: round $foreground 30%; }
        #memory { border-top: solid $foreground 30%; }
    }
    """
    BINDINGS = KEYS
    OPENS_LINE = frozenset({"enter", "e"})

    def __init__(self, lesson: Lesson, fps: float) -> None:
        super().__init__(lesson, fps)
        rate = min(fps, FRAMES_A_SECOND)
        self._playing = SlicePlaying(self, self.advance, (rate,), rate)
        self.workspace = TensorWorkspace(id="workspace")
        self.modules = ModuleMap(id="map")
        self._tries = Static(id="tries", classes="panel", markup=False)
        self._tries.border_title = "Lines to try · n: the next"
        self._facts = Static(id="memory", markup=False)
        self._words = Static(id="explanation", classes="waiting", markup=False)

    def compose(self) -> ComposeResult:
        yield self.line
        with Horizontal(id="room"):
            yield self.workspace
            yield self.modules
            with Vertical(id="aside"):
                yield self._tries
                yield self._challenges
        yield self._facts
        yield self._words

    # State and display.

    def open(self, environment: Environment) -> None:
        if "CUDA" in environment.remark:
            self.modules.unavailable = {"torch.cuda": f"not asked here: {environment.remark}"}
        super().open(environment)

    def make_state(self) -> TensorsState:
        from tui.labs.tensors_state import TensorsState

        return TensorsState(self.preset_name)

    def enter(self) -> None:
        """Focus the tensors or the map, or the challenges if these are shown instead."""
        if self.has_class("-side") and not self.wide:
            self._challenges.focus()
        else:
            self._panel.first.focus()

    @property
    def wide(self) -> bool:
        return self.screen.has_class("-wide")

    @property
    def on_map(self) -> bool:
        return self.preset_name == MAP

    @property
    def progress(self) -> str:
        if self.on_map:
            return f"module {self.modules.place + 1}/{len(MODULES)}"
        state = self.state
        if state.session is not None and state.in_session:
            ran = len(state.session.ran)
            return f"line {ran}/{ran + len(state.session.ahead)}"
        if state.tried is None:
            return state.scene.title.partition(" · ")[0]  # the rest is the name of the preset
        return f"line {state.tried + 1}/{len(state.scene.tries)}"

    @property
    def idle(self) -> str:
        if self.on_map:
            return "running…" if self.modules.running else "space: run these lines"
        return "arrows: a cell" if self.state.text else "n: a line to try"

    def preview(self) -> None:
        """Show the first scene without its numbers."""
        scene = scenes.find(self.preset_name)
        self.workspace.preview(scene)
        self._words.update(scene.says)
        self._facts.update(f"{LOADING}{chr(10) * len(scene.axes)}")
        self._tries.update(tensor_words.tries(scene, None, BESIDE if self.wide else ALONE))

    def can(self, action: str) -> bool | None:
        """Disable typing on the map, and playing without slices."""
        if action in ("edit", "suggest", "copy"):
            return not self.on_map
        if action in ("play", "step", "back"):
            in_session = self.ready and bool(self.state.session)
            return self.on_map or in_session or bool(self.workspace.sliced)
        return action != "view" or not self.wide

    def show(self) -> None:
        state = self.state
        if self.on_map:
            self.modules.show()
            self._words.update(self.modules.description)
        else:
            self.workspace.show(state, self.wide)
            if state.session is not None and state.in_session:
                self._words.update(tensor_words.session_step(state.session))
            else:
                self._words.update(tensor_words.description(state.scene, state.look))
        partners = {name: state.partners(name) for name in state.look.sources}
        self._facts.update(tensor_words.facts(state.look, partners))
        width = BESIDE if self.wide else ALONE
        self._tries.update(tensor_words.tries(state.scene, state.tried, width))

    def begin(self) -> None:
        if not self.on_map:  # on the map, earlier output stays
            try:
                self.state.use(self.preset_name)
            except FileNotFoundError as error:  # the photograph is part of another package
                self.notify(str(error), severity="warning", markup=False)
                self.presets.go()
                self.begin()
                return
            self.workspace.rewind()
        self.set_class(self.on_map, "-mapped")
        self._show_text()
        self.renew()

    def advance(self, steps: int = 1) -> None:
        self.workspace.turn(steps)

    def take(self, text: str) -> None:
        try:
            self.state.type(text)
        except Refused as refused:
            self.renew()  # removes the error of an earlier line
            with self.prevent(Input.Changed):
                self.line.edit(text)  # keep the typed text to be corrected
            self.line.refuse(refused)
            return
        self._show_line()
        if self.state.look.refused is None:
            self.enter()

    def leave(self) -> None:
        self._restore()
        super().leave()

    @on(ExpressionLine.Settled)
    def _restore(self) -> None:
        if self.ready:
            self.state.restore()
            self.renew()

    def _show_line(self) -> None:
        """Show the result of a line; if PyTorch refused it, mark the place."""
        self.remove_class("-side")
        if self.state.text:  # else a cell was changed, and stays selected
            self.workspace.rewind()
        self._show_text()
        self.renew()
        if self.state.look.refused is not None:
            self.line.edit(self.state.text)
            self.line.refuse(self.state.look.refused)

    # Actions of the keys.

    def action_edit(self) -> None:
        """Open the input line; on a cell of the NumPy session, with an assignment to it."""
        self.hold()
        self.update_status()
        offer = self.workspace.offer(self.state)
        # Typing replaces the number in `x[0, 1] = 3`, but all of any other line.
        self.line.edit(offer, replace=offer.rindex(" ") + 1 if offer else 0)

    def action_suggest(self) -> None:
        self.hold()
        self.state.suggest()
        self._show_line()
        self.enter()

    def action_play(self) -> None:
        """Play the slices or stop, run the next statement, or run the lines of a module."""
        self._show_panel()
        if self.on_map:
            self.modules.run()
        elif self.state.session:
            self.state.step()
        else:
            if not self.hold():
                self._playing.start()
                self.advance()
            self.update_status()
            return
        self.renew()

    def action_step(self) -> None:
        self._move(1)

    def action_back(self) -> None:
        self._move(-1)

    def _move(self, direction: int) -> None:
        self.hold()
        self._show_panel()
        if self.on_map:
            self.modules.go(direction)
        elif self.state.session:
            self.state.step() if direction > 0 else self.state.back()
        else:
            self.workspace.sliced[0].action_turn(direction)
            self.update_status()
            return
        self.renew()

    def action_reset(self) -> None:
        self.hold()
        self.begin()
        self.enter()

    def action_view(self) -> None:
        """Show the lines to try and the challenges instead of the tensors, or back."""
        self._turn(not self.has_class("-side"))

    def views(self) -> Mapping[str, Callable[[], object]]:
        if self.wide:
            return {}
        names = {"tensors": False, "lines to try and challenges": True}
        return {name: partial(self._turn, aside) for name, aside in names.items()}

    def _turn(self, aside: bool) -> None:
        self.set_class(aside, "-side")
        self.enter()

    def _show_panel(self) -> None:
        """Show the tensors or the map on a narrow screen: no key acts on a hidden panel."""
        if self.has_class("-side") and not self.wide:
            self._turn(False)

    def action_next(self, direction: int) -> None:
        """Focus the next or previous tensor, or the challenges after the last; not the input line.

        A narrow screen switches to the panel of that widget.
        """
        stops: list[Widget] = [*self._stops(), self._challenges]
        here = self.screen.focused
        place = stops.index(here) + direction if here in stops else 0
        widget = stops[place % len(stops)]
        self.set_class(widget is self._challenges, "-side")
        widget.focus()

    @property
    def _panel(self) -> TensorWorkspace | ModuleMap:
        return self.modules if self.on_map else self.workspace

    def _stops(self) -> list[Widget]:
        """Return the widgets of the panel that can have the focus, even if the panel is hidden."""
        panel = self._panel
        return [
            widget
            for widget in panel.query(Widget)
            if widget.focusable
            and all(
                node.display
                for node in takewhile(lambda node: node is not panel, widget.ancestors_with_self)
            )
        ]

    def action_copy(self) -> None:
        if self.state.text:
            self.app.copy_to_clipboard(self.state.text)
            self.notify(self.state.text, title="copied", timeout=10, markup=False)

    @on(TensorView.Pointed)
    def _point(self, event: TensorView.Pointed) -> None:
        """Describe the selected cell, and highlight the cells that it comes from."""
        if not self.ready:
            return
        self.hold()
        words = None if self.on_map else self.workspace.point(self.state, event.view)
        if words is not None:
            self._words.update(words)
        self.update_status()

    @on(ModuleMap.Changed)
    def _show_modules(self) -> None:
        if self.ready and self.on_map:  # slow lines may end after the scene was changed
            self.renew()
