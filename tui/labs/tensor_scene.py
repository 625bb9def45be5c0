"""A scene of tensors as a part of the lab: slices to play, cells to point at; evaluates nothing."""

from __future__ import annotations

from rich.text import Text
from textual.widget import Widget

from tui.labs.tensor_cells import origin, place
from tui.labs.tensor_desk import TensorDesk
from tui.labs.tensor_words import said
from tui.stages.tensors import Stage
from tui.widgets.tensor_view import TensorView


class ScenePart:
    """Lays the tensors of the stage, and what a line made of them, on the desk."""

    takes_lines = True

    def __init__(self, stage: Stage, desk: TensorDesk) -> None:
        self._stage, self._desk = stage, desk

    @property
    def runs(self) -> bool:
        return bool(self._desk.walkable)

    @property
    def offer(self) -> str | None:
        return None

    @property
    def first(self) -> Widget:
        return self._desk.first

    @property
    def words(self) -> Text:
        return said(self._stage.scene, self._stage.look)

    @property
    def progress(self) -> str:
        stage = self._stage
        if stage.tried is None:
            return stage.scene.title
        return f"line {stage.tried + 1}/{len(stage.scene.tries)}"

    @property
    def state(self) -> str:
        if self._desk.playing:
            return f"▶ {self._desk.rate:g} frames/s"
        return "arrows: a cell" if self._stage.look.text else "n: a line to try"

    def begin(self, name: str) -> None:
        self._stage.use(name)
        self._desk.rewind()

    def play(self) -> bool:
        """Play the slices, or hold."""
        if not self.hold():
            self._desk.play()
        return False

    def step(self, direction: int) -> bool:
        """The next slice of what has the focus, or the one before."""
        self._desk.walkable[0].action_turn(direction)
        return False

    def hold(self) -> bool:
        return self._desk.hold()

    def show(self, wide: bool) -> None:
        self._desk.show_scene(self._stage.scene, self._stage.look, wide)

    def point(self, view: TensorView) -> Text | None:
        """Of the result, which cells it comes from; of a source, where in memory it lies."""
        look, cells = self._stage.look, view.sight.cells
        if not cells:
            return None  # another scene has begun since the cell was chosen
        if view is self._desk.result:
            if look.result is None or look.result.look is None:
                return None
            masks = self._stage.came_from(cells)
            self._desk.light(look, masks)
            return origin(look.text, look.result.look, cells, masks)
        name = self._desk.name_of(view)
        if name not in look.sources:
            return None
        self._light()
        return place(name, look.sources[name], cells)

    def _light(self) -> None:
        """Let the cells stand out that the line has read."""
        self._desk.light(self._stage.look, {})
