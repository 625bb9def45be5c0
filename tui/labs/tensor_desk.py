"""Where tensors are laid side by side: the sources, and what came of a line; evaluates nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from engine.tensors.scenes import Scene
from engine.tensors.torch_map import MODULES
from tui.cells.marks import Marks
from tui.labs.tensor_words import memory_of, module_lines, outcome, session, sizes
from tui.module_map import ModuleMap
from tui.tensor_stage import Stage
from tui.widgets.tensor_view import TensorView
from tui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from engine.tensors.looks import Mask, SceneLook

MOST_SOURCES = 3
SHOWN = ("-fresh", "-result", "-outcome", "-session", "-modules")
"""What lies on the desk, of which the style sheet makes what is in sight."""


class TensorDesk(Horizontal):
    """Shows a scene, a NumPy session or a module; says which cells are pointed at."""

    DEFAULT_CSS = """
    TensorDesk {
        #sources { width: 1fr; height: 1fr; }
        #sources TensorView { height: 1fr; }
        &.-stacked #sources TensorView { height: auto; }
        #result, #outcome, #script, #modules { display: none; height: 1fr; }
        #result, #outcome, #script { width: 1fr; }
        #outcome {
            border: round $foreground 30%; border-title-color: $text; padding: 0 1;
        }
        #modules {
            width: 27; border: round $foreground 30%; border-title-color: $text; padding: 0 1;
            &:focus { border: round $accent; }
        }
        &.-fresh #sources { layout: horizontal; }
        &.-fresh #sources TensorView { width: 1fr; height: 1fr; }
        &.-result #result, &.-outcome #outcome, &.-session #script { display: block; }
        &.-modules #modules, &.-modules #script { display: block; }
        &.-modules #sources { display: none; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._views = [TensorView(id=f"source-{number}") for number in range(MOST_SOURCES)]
        self.sources: dict[str, TensorView] = {}
        """The views of the tensors in sight, by name."""
        self.result = TensorView(id="result")
        self._outcome = Static(id="outcome", markup=False)
        self._program = Transcript(id="script")
        self.modules = OptionList(id="modules", markup=False)

    def compose(self) -> ComposeResult:
        yield self.modules
        with Vertical(id="sources"):
            yield from self._views
        yield self.result
        yield self._outcome
        yield self._program

    def on_mount(self) -> None:
        self.modules.border_title = "Modules"
        self.modules.add_options(Option(module.name, id=module.name) for module in MODULES)

    @property
    def first(self) -> Widget:
        """What the keys go to first: the result where there is one."""
        if self.has_class("-modules"):
            return self.modules
        return self.result if self.has_class("-result") else next(iter(self.sources.values()))

    @property
    def walkable(self) -> list[TensorView]:
        """The views in sight that have several slices, the one with the focus first."""
        if self.has_class("-modules"):
            return []
        views = [*([self.result] if self.has_class("-result") else []), *self.sources.values()]
        found = [view for view in views if view.plan.slices > 1 and not view.plan.empty]
        return sorted(found, key=lambda view: not view.has_focus)

    @property
    def pointing(self) -> tuple[str, TensorView] | None:
        """The source with the focus, by its name, if its cursor is on a cell."""
        named: Iterator[tuple[str, TensorView]] = (
            (name, view) for name, view in self.sources.items() if view.has_focus and view.cells
        )
        return next(named, None)

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

    def show_session(self, stage: Stage) -> None:
        """The variables of the NumPy session, and its statements."""
        assert stage.snapshot is not None
        variables, shared = stage.snapshot.variables, stage.snapshot.shared
        self._place(list(variables))
        for name, variable in variables.items():
            words = memory_of(name, variable, shared)
            self.sources[name].show(variable.numbers, name, [words])
            self.sources[name].mark(Marks(changed=variable.changed))
        self._program.border_title = "Session · space: run the next line"
        self._program.show(
            session(stage.statements, stage.notes, stage.ahead), len(stage.statements)
        )
        self._lay("-session")

    def show_module(self, modules: ModuleMap) -> None:
        """A module and its lines."""
        module, ran = modules.module, modules.outcomes.get(modules.module.name)
        self.modules.highlighted = modules.place
        self._program.border_title = f"{module.name} · space: run it"
        self._program.show(module_lines(module, ran), 0 if ran is None else len(module.code))
        for each in MODULES:
            sign = "✓" if each.name in modules.outcomes else " "
            self.modules.replace_option_prompt(each.name, Text(f"{sign} {each.name}"))
        self._lay("-modules")

    def light(self, look: SceneLook, origin: Mapping[str, Mask]) -> None:
        """Let the cells stand out that the line has read, or that one cell comes from."""
        picked = look.result.picked if look.result else {}
        for name, view in self.sources.items():
            view.mark(Marks(lit=picked.get(name), origin=origin.get(name)))

    def rewind(self) -> None:
        """Show each tensor from its first cell."""
        for view in (*self._views, self.result):
            view.rewind()

    def _place(self, names: list[str]) -> None:
        """Give each of these tensors a view, in their order."""
        self.sources = dict(zip(names, self._views, strict=False))
        for view in self._views:
            view.display = view in self.sources.values()
        self.set_class(len(names) > 1, "-stacked")

    def _lay(self, shown: str) -> None:
        for name in SHOWN:
            self.set_class(name == shown, name)
