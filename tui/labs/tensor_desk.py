"""Where tensors are laid side by side: the sources, and what came of a line; evaluates nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from engine.tensors.scenes import Scene
from tui.cells.marks import Marks
from tui.labs.interactive import Playing
from tui.labs.tensor_facts import sizes
from tui.labs.tensor_words import outcome
from tui.widgets.tensor_view import TensorView
from tui.widgets.transcript import Statement, Transcript

if TYPE_CHECKING:
    from engine.tensors.looks import Mask, SceneLook
    from engine.tensors.snapshots import Variable

MOST_SOURCES = 3
SHOWN = ("-fresh", "-result", "-outcome", "-session")
"""What lies on the desk, of which the style sheet makes what is in sight."""


class TensorDesk(Horizontal):
    """Shows a scene or a NumPy session; says which cells are pointed at."""

    DEFAULT_CSS = """
    TensorDesk {
        #sources { width: 1fr; height: 1fr; }
        #sources TensorView { height: 1fr; }
        &.-stacked #sources TensorView { height: auto; }
        #result, #outcome, #script { display: none; width: 1fr; height: 1fr; }
        #outcome { border: round $foreground 30%; border-title-color: $text; padding: 0 1; }
        &.-fresh #sources { layout: horizontal; }
        &.-fresh #sources TensorView { width: 1fr; height: 1fr; }
        &.-result #result, &.-outcome #outcome, &.-session #script { display: block; }
    }
    """

    def __init__(self, rate: float, *, id: str | None = None) -> None:
        """Play so many slices a second."""
        super().__init__(id=id)
        self._playing = Playing(self, self._turn, (rate,), rate)
        self._views = [TensorView(id=f"source-{number}") for number in range(MOST_SOURCES)]
        self.sources: dict[str, TensorView] = {}
        """The views of the tensors in sight, by name."""
        self.result = TensorView(id="result")
        self._outcome = Static(id="outcome", classes="panel", markup=False)
        self._script = Transcript(id="script")
        self._script.border_title = "Session · space: run the next line"

    def compose(self) -> ComposeResult:
        with Vertical(id="sources"):
            yield from self._views
        yield self.result
        yield self._outcome
        yield self._script

    def on_unmount(self) -> None:
        self.hold()

    @property
    def first(self) -> Widget:
        """What the keys go to first: the result where there is one."""
        return self.result if self.has_class("-result") else next(iter(self.sources.values()))

    @property
    def walkable(self) -> list[TensorView]:
        """The views in sight that have several slices, the one with the focus first."""
        views = [*([self.result] if self.has_class("-result") else []), *self.sources.values()]
        found = [view for view in views if view.sight.turns]
        return sorted(found, key=lambda view: not view.has_focus)

    @property
    def pointing(self) -> tuple[str, TensorView] | None:
        """The source with the focus, by its name, if its cursor is on a cell."""
        named: Iterator[tuple[str, TensorView]] = (
            (name, view)
            for name, view in self.sources.items()
            if view.has_focus and view.sight.cells
        )
        return next(named, None)

    def name_of(self, view: TensorView) -> str:
        """Which source is shown there; empty for none."""
        return next((name for name, other in self.sources.items() if other is view), "")

    @property
    def playing(self) -> bool:
        """Whether one slice follows the other by itself."""
        return self._playing.on

    @property
    def rate(self) -> float:
        """How many of them a second."""
        return self._playing.rate

    def play(self) -> None:
        """Show the next slice of all that have several, and go on from there."""
        self._playing.start()
        self._turn(1)

    def hold(self) -> bool:
        """Stay at the slices that are in sight; whether it was playing."""
        return self._playing.hold()

    def show_scene(self, scene: Scene, look: SceneLook, wide: bool) -> None:
        """The tensors of a scene and what came of the line; where it is narrow, those it read."""
        read = look.result.picked if look.result and not wide else look.sources
        names = [name for name in look.sources if name in read] or list(look.sources)
        self._place(names)
        for name in names:
            source = look.sources[name]
            words = sizes(source, scene.axes.get(name, ())), sizes(source)
            self.sources[name].show(source.numbers, name, words, scene.drawn != "numbers")
        result = look.result
        if result is not None and result.look is not None:
            pictures = scene.drawn != "numbers"
            self.result.show(result.look.numbers, "result", [sizes(result.look)], pictures)
            self._lay("-result")
        elif look.text:
            self._outcome.border_title = "PyTorch refuses" if look.refused else "result · no tensor"
            self._outcome.update(outcome(look))
            self._lay("-outcome")
        else:
            self._lay("-fresh")
        self.light(look, {})

    def show_session(self, variables: Mapping[str, Variable], captions: Mapping[str, str]) -> None:
        """The variables of the NumPy session, each with its caption."""
        self._place(list(variables))
        for name, variable in variables.items():
            self.sources[name].show(variable.numbers, name, [captions[name]])
            self.sources[name].mark(Marks(changed=variable.changed))
        self._lay("-session")

    def show_script(self, statements: Sequence[Statement], ran: int) -> None:
        """The statements of the NumPy session, of which so many ran."""
        self._script.show(statements, ran)

    def light(self, look: SceneLook, origin: Mapping[str, Mask]) -> None:
        """Let the cells stand out that the line has read, or that one cell comes from."""
        picked = look.result.picked if look.result else {}
        for name, view in self.sources.items():
            view.mark(Marks(lit=picked.get(name), origin=origin.get(name)))

    def rewind(self) -> None:
        """Show each tensor from its first cell."""
        for view in (*self._views, self.result):
            view.sight.rewind()

    def _turn(self, slices: int) -> None:
        for view in self.walkable:
            view.turn(slices)

    def _place(self, names: list[str]) -> None:
        """Give each of these tensors a view, in their order."""
        self.sources = dict(zip(names, self._views, strict=False))
        for view in self._views:
            view.display = view in self.sources.values()
        self.set_class(len(names) > 1, "-stacked")

    def _lay(self, shown: str) -> None:
        for name in SHOWN:
            self.set_class(name == shown, name)
