"""The two panels of the tensors lab: tensors side by side, and a map of PyTorch's modules."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from engine.tensors import torch_map
from engine.tensors.torch_map import MODULES, ModuleOutput, TorchModule
from tui.labs.tensor_words import (
    memory_of,
    module_description,
    module_lines,
    origin,
    outcome,
    place,
    script,
    sizes,
)
from tui.widgets.rows import RowList, row_keys
from tui.widgets.tensor_view import TensorView
from tui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from engine.tensors.looks import Mask
    from engine.tensors.scenes import TensorScene
    from tui.labs.tensors_state import TensorsState

MOST_SOURCES = 3
GIVE_UP = 0.3  # seconds to wait for running lines when the lab closes
SHOWN = ("-fresh", "-result", "-outcome", "-session")
"""The classes for what is shown beside the sources; CSS hides the rest."""


class TensorWorkspace(Horizontal):
    """Shows the tensors of a scene and the result of a line, or the NumPy session."""

    DEFAULT_CSS = """
    TensorWorkspace {
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

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._views = [TensorView(id=f"source-{number}") for number in range(MOST_SOURCES)]
        self.sources: dict[str, TensorView] = {}  # the visible views, by the name of the tensor
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

    @property
    def first(self) -> Widget:
        """The widget that gets the focus first: the result if there is one."""
        return self.result if self.has_class("-result") else next(iter(self.sources.values()))

    @property
    def sliced(self) -> list[TensorView]:
        """The visible views that have several slices, the one with the focus first."""
        views = [*([self.result] if self.has_class("-result") else []), *self.sources.values()]
        found = [view for view in views if view.viewport.turns]
        return sorted(found, key=lambda view: not view.has_focus)

    def offer(self, state: TensorsState) -> str | None:
        """Return the assignment to the selected cell of the NumPy session, else None."""
        for name, view in self.sources.items():
            if state.session and view.has_focus and view.viewport.cells:
                row, column = view.viewport.cells[0]
                number = state.session.variables[name].numbers[row, column]
                return f"{name}[{row}, {column}] = {number:g}"
        return None

    def preview(self, scene: TensorScene) -> None:
        """Show the names of a scene's tensors, before their numbers are known."""
        self._place(list(scene.axes))
        for name, view in self.sources.items():
            view.border_title = name
        self._reveal("-fresh")

    def show(self, state: TensorsState, wide: bool) -> None:
        if state.in_session:
            self._show_session(state)
        else:
            self._show_scene(state, wide)

    def point(self, state: TensorsState, view: TensorView) -> Text | None:
        """Highlight the cells that belong to the selected cell of this view, and describe it.

        For the result these are the cells it was computed from; for a source, the cells read.
        """
        look, cells = state.look, view.viewport.cells
        if not cells:
            return None  # the scene has changed since the cell was selected
        if view is self.result:
            if look.result is None or look.result.look is None:
                return None
            masks = look.result.came_from(cells)
            self._highlight(state, masks)
            return origin(look.text, look.result.look, cells, masks)
        name = next((name for name, other in self.sources.items() if other is view), "")
        if name not in look.sources:
            return None
        if not state.in_session:  # otherwise the changed cells stay highlighted
            self._highlight(state, {})
        return place(name, look.sources[name], cells)

    def rewind(self) -> None:
        for view in (*self._views, self.result):
            view.viewport.rewind()

    def turn(self, slices: int) -> None:
        for view in self.sliced:
            view.turn(slices)

    def _show_scene(self, state: TensorsState, wide: bool) -> None:
        """Show the tensors and the result; on a narrow screen only the tensors that were read."""
        scene, look, result = state.scene, state.look, state.look.result
        read = result.picked if result and not wide else look.sources
        names = [name for name in look.sources if name in read] or list(look.sources)
        self._place(names)
        for name in names:
            source = look.sources[name]
            words = sizes(source, scene.axes.get(name, ())), sizes(source)
            self.sources[name].show(source.numbers, name, words, scene.pictures)
        if result is not None and result.look is not None:
            self.result.show(result.look.numbers, "result", [sizes(result.look)], scene.pictures)
            self._reveal("-result")
        elif look.text:
            self._outcome.update(outcome(look))
            self._outcome.border_title = "PyTorch refuses" if look.refused else "result · no tensor"
            self._reveal("-outcome")
        else:
            self._reveal("-fresh")
        self._highlight(state, {})

    def _show_session(self, state: TensorsState) -> None:
        session = state.session
        assert session is not None
        self._place(list(session.variables))
        for name, variable in session.variables.items():
            caption = memory_of(name, variable, session.shared)
            self.sources[name].show(variable.numbers, name, [caption])
            self.sources[name].mark(changed=variable.changed)
        self._reveal("-session")
        self._script.show(script(session), len(session.ran))

    def _highlight(self, state: TensorsState, origin: Mapping[str, Mask]) -> None:
        """Highlight the cells that a cell comes from, else those that the line has read."""
        picked = state.look.result.picked if state.look.result else {}
        for name, view in self.sources.items():
            view.mark(origin.get(name, picked.get(name)))

    def _place(self, names: list[str]) -> None:
        self.sources = dict(zip(names, self._views, strict=False))
        for view in self._views:
            view.display = view in self.sources.values()
        self.set_class(len(names) > 1, "-stacked")

    def _reveal(self, shown: str) -> None:
        for name in SHOWN:
            self.set_class(name == shown, name)


class ModuleList(RowList):
    """The list of modules."""

    DEFAULT_CLASSES = "panel"
    BINDINGS = row_keys("modules")


class ModuleMap(Horizontal):
    """Shows the list of modules, and the lines of the selected one."""

    DEFAULT_CSS = """
    ModuleMap {
        #modules {
            width: 27; height: 1fr; padding: 0 1;
            border: round $foreground 30%; border-title-color: $text;
            &:focus { border: round $accent; }
        }
        #module-lines { width: 1fr; height: 1fr; }
    }
    """

    class Changed(Message):
        """Another module was selected, or the lines of one have run."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.unavailable: Mapping[str, str] = {}
        """Modules whose lines could hang on this machine, with the reason."""
        self.place = 0
        self.outcomes: dict[str, ModuleOutput | str] = {}
        """The output of each module, or the error."""
        self.running = False  # whether lines run in the thread
        self._thread: threading.Thread | None = None
        self.first = ModuleList(
            *(Option(module.name, id=module.name) for module in MODULES), id="modules", markup=False
        )
        """The widget that gets the focus first."""
        self.first.border_title = "Modules"
        self._lines = Transcript(id="module-lines")

    def compose(self) -> ComposeResult:
        yield self.first
        yield self._lines

    def on_unmount(self) -> None:
        if self._thread is not None:  # an import cannot be cancelled
            self._thread.join(timeout=GIVE_UP)

    @property
    def description(self) -> Text:
        """The purpose of the module, and what to notice in its output."""
        module = MODULES[self.place]
        return module_description(module, self.outcomes.get(module.name), self.running)

    def go(self, direction: int) -> None:
        self.place = (self.place + direction) % len(MODULES)

    def run(self) -> None:
        """Run the lines of the module; slow ones run in a thread the first time."""
        module = MODULES[self.place]
        if self.running:
            return
        if module.name in self.unavailable:
            self.outcomes[module.name] = self.unavailable[module.name]
        elif module.slow and module.name not in self.outcomes:
            self.running = True
            self._thread = threading.Thread(
                target=self._run, args=(module, self.app), name="module", daemon=False
            )
            self._thread.start()
        else:
            self._run(module, self.app)

    def show(self) -> None:
        module = MODULES[self.place]
        ran = self.outcomes.get(module.name)
        self.first.highlighted = self.place
        self._lines.border_title = f"{module.name} · space: run it"
        self._lines.show(module_lines(module, ran), 0 if ran is None else len(module.code))
        for each in MODULES:
            sign = "✓" if each.name in self.outcomes else " "
            self.first.replace_option_prompt(each.name, Text(f"{sign} {each.name}"))

    def _run(self, module: TorchModule, app: App[object]) -> None:
        try:
            self.outcomes[module.name] = torch_map.run(module)
        except Exception as error:  # a broken installation raises many kinds of errors
            self.outcomes[module.name] = f"{type(error).__name__}: {error}"
        self.running = False
        app.call_later(self._changed)

    def _changed(self) -> None:
        if self.is_attached:  # the lab may have been left while the thread ran
            self.post_message(self.Changed())

    @on(OptionList.OptionHighlighted)
    def _choose(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_index != self.place:
            self.place = event.option_index
            self._changed()

    @on(OptionList.OptionSelected)
    def _select(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.run()
        self._changed()
