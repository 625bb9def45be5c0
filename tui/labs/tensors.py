"""The lab of tensors: a ladder of scenes, a line to try on each; computes nothing itself."""

from __future__ import annotations

from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.timer import Timer
from textual.widgets import OptionList, Static

from engine.expression import Refused
from lessons.lesson import Lesson
from tui.bench import Bench
from tui.labs.lab import Lab
from tui.labs.standing import Standing
from tui.labs.tensor_desk import TensorDesk
from tui.labs.tensor_keys import KEYS
from tui.labs.tensor_words import (
    changed,
    facts,
    map_progress,
    module_said,
    origin,
    place,
    progress,
    said,
    tries,
)
from tui.module_map import ModuleMap
from tui.tensor_stage import Stage
from tui.widgets.expression_line import ExpressionLine
from tui.widgets.tensor_view import TensorView

MAP = "modules"
"""The preset that is no scene: the map of PyTorch's modules."""
FRAMES_A_SECOND = 8.0


class TensorsLab(Lab):
    """Shows the tensors of a scene and what a line makes of them, and turns keys into lines."""

    BINDINGS = KEYS
    SCOPED_CSS = False
    DEFAULT_CSS = """
    TensorsLab {
        #room { height: 1fr; }
        #desk { width: 1fr; height: 1fr; }
        #aside { width: 1fr; height: 1fr; }
        #tries { height: 1fr; padding: 0 1; border-title-color: $text; }
        #memory { height: auto; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        #told {
            height: auto; min-height: 3; max-height: 9; padding: 0 1;
            border-top: solid $foreground 30%;
        }
        &.-unread #line, &.-unread #memory, &.-unread #tries { display: none; }
    }
    .-narrow TensorsLab {
        TensorView, #outcome, #script, #modules, #tries {
            border: none; border-top: solid $foreground 30%;
            border-title-color: $text; border-title-style: bold;
        }
        TensorView:focus, #script:focus, #modules:focus {
            border: none; border-top: solid $accent;
        }
        #aside { display: none; }
        &.-side #aside { display: block; }
        &.-side #desk { display: none; }
    }
    .-wide TensorsLab {
        #aside { width: 40; }
        #tries { border: round $foreground 30%; }
        #memory { border-top: solid $foreground 30%; }
    }
    """

    def __init__(self, lesson: Lesson, fps: float) -> None:
        super().__init__(lesson)
        self.stage: Stage | None = None
        self._preset = lesson.presets[0]
        self._seen = {self._preset.name}
        self._map = ModuleMap({})
        self._rate = min(fps, FRAMES_A_SECOND)
        self._playing: Timer | None = None
        self._line = ExpressionLine("› ", id="line")
        self._desk = TensorDesk(id="desk")
        self._tries = Static(id="tries", markup=False)
        self._tries.border_title = "Lines to try · n: the next"
        self._facts = Static(id="memory", markup=False)
        self._said = Static("loading PyTorch…", id="told", markup=False)
        self._device = ""

    def compose(self) -> ComposeResult:
        yield self._line
        with Horizontal(id="room"):
            yield self._desk
            with Vertical(id="aside"):
                yield self._tries
                yield self._challenges
        yield self._facts
        yield self._said

    def open(self, bench: Bench) -> None:
        cpu = next(device for device in bench.devices if device.name == "cpu")
        self._device = f"{cpu.name} {cpu.title}"  # a few numbers: no other would be faster
        if "CUDA" in bench.remark:
            self._map = ModuleMap({"torch.cuda": f"not asked here: {bench.remark}"})
        self.stage = Stage(self._preset.name)
        self._begin()
        if self.display:
            self._take_keys()

    def on_unmount(self) -> None:
        self._hold()
        self._map.close()

    def enter(self) -> None:
        self._take_keys()

    def leave(self) -> None:
        if self._line.editing:
            self._line.show(self._text)
        if self._playing is not None:
            self._hold()
            self._stand()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be done before PyTorch is there; no line is typed on the map."""
        if action in ("edit", "suggest", "copy"):
            return self.stage is not None and not self._mapped
        if action in ("play", "step"):
            running = self._mapped or (self.stage is not None and self.stage.snapshot is not None)
            return self.stage is not None and (running or bool(self._desk.walkable))
        if action in ("preset", "reset"):
            return self.stage is not None
        if action == "view":
            return not self.screen.has_class("-wide")
        return True

    def on_resize(self, event: Resize) -> None:
        """There may be room for another tensor now."""
        if self.stage is not None:
            self._show()

    # What the keys do.

    def action_edit(self) -> None:
        """Type a line; on a cell of the NumPy session, a new number for it."""
        assert self.stage is not None
        self._hold()
        pointing = self._desk.pointing
        if pointing is None or self.stage.snapshot is None:
            self._line.edit()
            return
        name, view = pointing
        row, column = view.cells[0]
        number = self.stage.snapshot.variables[name].numbers[row, column]
        self._line.edit(f"{name}[{row}, {column}] = {number:g}")

    def action_suggest(self) -> None:
        """Try the next of the scene's lines."""
        assert self.stage is not None
        self._hold()
        self.stage.suggest()
        self._tell()
        self._take_keys()

    def action_preset(self) -> None:
        """The next scene; after the last one, the map."""
        assert self.stage is not None
        self._hold()
        presets = self._lesson.presets
        self._preset = presets[(presets.index(self._preset) + 1) % len(presets)]
        self._seen.add(self._preset.name)
        try:
            if not self._mapped:
                self.stage.use(self._preset.name)
        except FileNotFoundError as error:  # the photograph travels with another package
            self.notify(str(error), severity="warning", markup=False)
            self.action_preset()
            return
        self._begin()
        self._take_keys()

    def action_play(self) -> None:
        """Play the slices, or hold; run the next statement, or the lines of a module."""
        assert self.stage is not None
        if self._mapped:
            self._map.run(partial(self.app.call_later, self._ran))
            self._show()
        elif self.stage.snapshot is not None:
            self.action_step(1)
        elif self._playing is not None:
            self._hold()
            self._stand()
        else:
            self._playing = self.set_interval(1 / self._rate, self._turn)
            self._turn()

    def action_step(self, direction: int) -> None:
        """One slice, statement or module further, or back."""
        assert self.stage is not None
        self._hold()
        if self._mapped:
            self._map.go(direction)
        elif self.stage.snapshot is not None:
            self.stage.step() if direction > 0 else self.stage.back()
            self._line.show(self._text)
        else:
            self._desk.walkable[0].action_turn(direction)
            self._stand()
            return
        self._show()

    def action_reset(self) -> None:
        """The scene as it was at first."""
        assert self.stage is not None
        self._hold()
        if not self._mapped:
            self.stage.use(self._preset.name)
        self._begin()
        self._take_keys()

    def action_view(self) -> None:
        """The lines to try and the challenges in place of the tensors, or back."""
        self.toggle_class("-side")
        self._take_keys()

    def action_next(self) -> None:
        """To the next tensor, and after the last to the challenges; never into the line."""
        stops = [
            widget
            for widget in self.screen.focus_chain
            if self in widget.ancestors and self._line not in widget.ancestors
        ]
        here = self.screen.focused
        place = stops.index(here) + 1 if here in stops else 0
        if stops:
            stops[place % len(stops)].focus()

    def action_copy(self) -> None:
        """Copy the line."""
        if self._text:
            self.app.copy_to_clipboard(self._text)
            self.notify(self._text, title="copied", timeout=10, markup=False)

    # What the widgets wish.

    @on(ExpressionLine.Typed)
    def _type(self, event: ExpressionLine.Typed) -> None:
        assert self.stage is not None
        try:
            self.stage.type(event.text)
        except Refused as refused:
            self._line.refuse(refused)
            return
        self._tell()
        if self.stage.look.refused is None:
            self._take_keys()

    @on(ExpressionLine.Settled)
    def _settle(self) -> None:
        self._line.show(self._text)
        self._take_keys()

    @on(TensorView.Pointed)
    def _point(self, event: TensorView.Pointed) -> None:
        """Say where the chosen cell lies, or which cells it comes from, and light them."""
        assert self.stage is not None
        self._hold()
        look, cells = self.stage.look, event.view.cells
        if event.view is self._desk.result:
            assert look.result is not None
            assert look.result.look is not None
            masks = self.stage.came_from(cells)
            self._desk.light(look, masks)
            self._said.update(origin(look.text, look.result.look, cells, masks))
        elif (pointing := self._desk.pointing) is not None and pointing[0] in look.sources:
            if self.stage.snapshot is None or look.text:
                self._desk.light(look, {})
            self._said.update(place(pointing[0], look.sources[pointing[0]], cells))
        self._stand()

    @on(OptionList.OptionHighlighted, "#modules")
    def _choose(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_index != self._map.place:
            self._map.go(event.option_index - self._map.place)
            self._show()

    @on(OptionList.OptionSelected, "#modules")
    def _run(self) -> None:
        self.action_play()

    # What is shown.

    @property
    def _mapped(self) -> bool:
        """Whether the map of modules is on screen, and no scene."""
        return self._preset.name == MAP

    @property
    def _text(self) -> str:
        """The line as it stands."""
        return self.stage.look.text if self.stage is not None else ""

    def _take_keys(self) -> None:
        """Give the keys to what is in sight."""
        aside = self.has_class("-side") and not self.screen.has_class("-wide")
        if self.stage is None or aside:
            self._challenges.focus()
        else:
            self._desk.first.focus()

    def _ran(self) -> None:
        """The lines of a module have run, perhaps in a thread beside the screen."""
        if self.is_attached:
            self._show()

    def _turn(self) -> None:
        for view in self._desk.walkable:
            view.turn(1)
        self._stand()

    def _hold(self) -> None:
        if self._playing is not None:
            self._playing.stop()
            self._playing = None

    def _begin(self) -> None:
        """Show the scene that was chosen, or the map, from its start."""
        self.set_class(self._mapped, "-unread")
        self._line.show(self._text)
        self._desk.rewind()
        self._show()

    def _tell(self) -> None:
        """Show what came of a line; where PyTorch refused it, point at the place."""
        assert self.stage is not None
        self.remove_class("-side")
        self._line.show(self._text)
        if self._text:  # else a cell was changed, and the cursor stays on it
            self._desk.rewind()
        if self.stage.look.refused is not None:
            self._line.edit(self._text)
            self._line.refuse(self.stage.look.refused)
        self._show()

    def _show(self) -> None:
        """Show all that there is to see now."""
        assert self.stage is not None
        look, wide = self.stage.look, self.screen.has_class("-wide")
        if self._mapped:
            self._desk.show_module(self._map)
            self._said.update(module_said(self._map))
        else:
            if self.stage.snapshot is not None and not look.text:
                self._desk.show_session(self.stage)
                words = changed(self.stage.snapshot, len(self.stage.statements))
            else:
                self._desk.show_scene(self.stage.scene, look, wide)
                words = said(self.stage.scene, look)
            partners = {name: self.stage.partners(name) for name in look.sources}
            self._facts.update(facts(look, partners))
            self._said.update(words)
            self._tries.update(tries(self.stage.scene, self.stage.tried, 34 if wide else 74))
            self._check(look)
        self.refresh_bindings()
        self._stand()

    def _stand(self) -> None:
        """Tell the lines above and below where the lab stands."""
        assert self.stage is not None
        self.standing = Standing(
            preset=self._preset.name,
            progress=map_progress(self._map) if self._mapped else progress(self.stage),
            device=self._device,
            state=self._state(),
            finished=len(self._seen) == len(self._lesson.presets),
        )

    def _state(self) -> str:
        """In a word, what goes on."""
        if self._mapped:
            return "running…" if self._map.running else "space: run these lines"
        if self._playing is not None:
            return f"▶ {self._rate:g} frames/s"
        return "arrows: a cell" if self._text else "n: a line to try"
