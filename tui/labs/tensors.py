"""The lab of tensors: a ladder of scenes, a line to try on each; computes nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.events import Resize

from engine.expression import Refused
from lessons.lesson import Lesson
from tui.bench import Bench
from tui.labs.interactive import PresetCycle
from tui.labs.lab import Lab, LabStatus
from tui.labs.module_desk import ModuleDesk
from tui.labs.tensor_keys import KEYS
from tui.labs.tensor_pane import TensorPane
from tui.labs.tensor_part import Part
from tui.labs.tensor_scene import ScenePart
from tui.labs.tensor_session import SessionPart
from tui.stages.module_map import ModuleMap
from tui.stages.tensors import NUMPY, Stage
from tui.widgets.expression_line import ExpressionLine
from tui.widgets.tensor_view import TensorView

MAP = "modules"
"""The preset that is no scene: the map of PyTorch's modules."""
FRAMES_A_SECOND = 8.0


class TensorsLab(Lab):
    """Climbs the ladder, and turns keys into lines, and into steps of the part in sight."""

    BINDINGS = KEYS
    OPENS_LINE = frozenset({"enter", "e"})

    def __init__(self, lesson: Lesson, fps: float) -> None:
        super().__init__(lesson)
        self.stage: Stage | None = None
        self._ladder = PresetCycle(lesson.presets)
        self._device = ""
        self._pane = TensorPane(self._challenges, min(fps, FRAMES_A_SECOND))
        self._line = self._pane.line
        self._scene: Part
        """Most presets; made, like the stage, when PyTorch is there."""
        self._parts: dict[str, Part] = {}
        """By preset, the parts that are more than a scene."""

    def compose(self) -> ComposeResult:
        yield self._pane

    def open(self, bench: Bench) -> None:
        self._device = bench.processor
        if "CUDA" in bench.remark:
            unasked = {"torch.cuda": f"not asked here: {bench.remark}"}
            self._pane.modules.map = ModuleMap(unasked)
        self.stage = stage = Stage(self._ladder.current.name)
        desk = self._pane.desk
        self._scene = ScenePart(stage, desk)
        self._parts = {NUMPY: SessionPart(stage, desk), MAP: self._pane.modules}
        self._begin()
        if self.display:
            self._take_keys()
        self.be_ready()

    def enter(self) -> None:
        self._take_keys()

    def leave(self) -> None:
        if self._line.editing:
            self._line.show(self._text)
            self._take_keys()
        if self.stage is not None and self._part.hold():
            self._stand()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be done before PyTorch is there; no line is typed on the map."""
        if action in ("edit", "suggest", "copy"):
            return self.stage is not None and self._part.takes_lines
        if action in ("play", "step"):
            return self.stage is not None and self._part.runs
        if action in ("preset", "reset"):
            return self.stage is not None
        if action == "view":
            return not self._pane.wide
        return True

    def on_resize(self, event: Resize) -> None:
        """There may be room for another tensor now."""
        if self.stage is not None:
            self._show()

    # What the keys do.

    def action_edit(self) -> None:
        """Type a line; on a cell of the NumPy session, a new number for it."""
        if self.stage is None:
            return
        if self._part.hold():
            self._stand()
        offer = self._part.offer
        # Of `x[0, 1] = 3` the number gives way to what is typed, of any other line the whole.
        self._line.edit(offer, replace=offer.rindex(" ") + 1 if offer else 0)

    def action_suggest(self) -> None:
        """Try the next of the scene's lines."""
        if self.stage is None:
            return
        self._part.hold()
        self.stage.suggest()
        self._tell()
        self._take_keys()

    def action_preset(self) -> None:
        """The next scene; after the last one, the map."""
        if self.stage is None:
            return
        self._part.hold()
        self._ladder.go()
        try:
            self._begin()
        except FileNotFoundError as error:  # the photograph travels with another package
            self.notify(str(error), severity="warning", markup=False)
            self.action_preset()
            return
        self._take_keys()

    def action_play(self) -> None:
        """Play the slices, or hold; run the next statement, or the lines of a module."""
        if self.stage is None:
            return
        self._renew() if self._part.play() else self._stand()

    def action_step(self, direction: int) -> None:
        """One slice, statement or module further, or back."""
        if self.stage is None:
            return
        self._part.hold()
        self._renew() if self._part.step(direction) else self._stand()

    def action_reset(self) -> None:
        """The scene as it was at first."""
        if self.stage is None:
            return
        self._part.hold()
        self._begin()
        self._take_keys()

    def action_view(self) -> None:
        """The lines to try and the challenges in place of the tensors, or back."""
        self._pane.toggle_class("-side")
        self._take_keys()

    def views(self) -> Mapping[str, Callable[[], object]]:
        if self._pane.wide:
            return {}
        names = {"tensors": False, "lines to try and challenges": True}
        return {name: partial(self._turn, aside) for name, aside in names.items()}

    def _turn(self, aside: bool) -> None:
        self._pane.set_class(aside, "-side")
        self._take_keys()

    def action_next(self, direction: int) -> None:
        """To the next tensor, and after the last to the challenges; or back."""
        self._pane.focus_next(direction)

    def action_copy(self) -> None:
        """Copy the line."""
        if self._text:
            self.app.copy_to_clipboard(self._text)
            self.notify(self._text, title="copied", timeout=10, markup=False)

    # What the widgets wish.

    @on(ExpressionLine.Typed)
    def _type(self, event: ExpressionLine.Typed) -> None:
        if self.stage is None:
            return
        try:
            self.stage.type(event.text)
        except Refused as refused:
            self._show()  # an error about an earlier line is gone
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
        if self.stage is None:
            return
        self._part.hold()
        words = self._part.point(event.view)
        if words is not None:
            self._pane.tell(words)
        self._stand()

    @on(ModuleDesk.Changed)
    def _change(self) -> None:
        if self.stage is None or self._part is not self._pane.modules:
            return  # slow lines may end when something else is in sight
        self._show()

    # What is shown.

    @property
    def _part(self) -> Part:
        """What is on screen: a scene, unless the preset is more than that."""
        return self._parts.get(self._ladder.current.name, self._scene)

    @property
    def _text(self) -> str:
        """The line as it stands."""
        return self.stage.look.text if self.stage is not None else ""

    def _take_keys(self) -> None:
        """Give the keys to what is in sight."""
        self._pane.take_keys(self._part.first if self.stage is not None else None)

    def _begin(self) -> None:
        """Show the preset that was chosen, from its start."""
        self._part.begin(self._ladder.current.name)
        self._pane.set_class(not self._part.takes_lines, "-mapped")
        self._renew()

    def _tell(self) -> None:
        """Show what came of a line; where PyTorch refused it, point at the place."""
        if self.stage is None:
            return
        self._pane.remove_class("-side")
        if self._text:  # else a cell was changed, and the cursor stays on it
            self._pane.desk.rewind()
        self._renew()
        if self.stage.look.refused is not None:
            self._line.edit(self._text)
            self._line.refuse(self.stage.look.refused)

    def _renew(self) -> None:
        """Show what holds now, in the line too."""
        self._line.show(self._text)
        self._show()

    def _show(self) -> None:
        """Show all that there is to see now; what is being typed stays."""
        if self.stage is None:
            return
        self._part.show(self._pane.wide)
        self._pane.tell(self._part.words)
        self._pane.describe(self.stage)
        self._check(self.stage.look)
        self.refresh_bindings()
        self._stand()

    def _stand(self) -> None:
        """Tell the lines above and below where the lab stands."""
        self.status = LabStatus(
            preset=self._ladder.current.name,
            progress=self._part.progress,
            device=self._device,
            state=self._part.state,
            finished=self._ladder.all_seen,
        )
