"""The map of PyTorch's modules as a part of the lab of tensors; knows no tensor and no line."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from engine.tensors.torch_map import MODULES
from tui.stages.module_map import ModuleMap
from tui.widgets.rows import RowList, row_keys
from tui.widgets.transcript import Statement, Transcript

if TYPE_CHECKING:
    from engine.tensors.torch_map import Module, Ran
    from tui.widgets.tensor_view import TensorView


class Modules(RowList):
    """The modules, one below the other."""

    DEFAULT_CLASSES = "panel"
    BINDINGS = row_keys("modules")


class ModuleDesk(Horizontal):
    """Shows the modules, and the lines of the one that is chosen."""

    DEFAULT_CSS = """
    ModuleDesk {
        #modules {
            width: 27; height: 1fr; padding: 0 1;
            border: round $foreground 30%; border-title-color: $text;
            &:focus { border: round $accent; }
        }
        #module-lines { width: 1fr; height: 1fr; }
    }
    """
    takes_lines = False
    runs = True
    offer = None

    class Changed(Message):
        """Another module was chosen, or the lines of one have run."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.map = ModuleMap({})
        self._list = Modules(
            *(Option(module.name, id=module.name) for module in MODULES), id="modules", markup=False
        )
        self._list.border_title = "Modules"
        self._lines = Transcript(id="module-lines")

    def compose(self) -> ComposeResult:
        yield self._list
        yield self._lines

    def on_unmount(self) -> None:
        self.map.close()

    @property
    def first(self) -> Widget:
        return self._list

    @property
    def words(self) -> Text:
        """What the module is for, and what to look at in what it gave."""
        module, ran = self.map.module, self._ran
        text = Text(module.says)
        if self.map.running:
            text.append("\nrunning…", "bold")
        elif ran is None:
            text.append("\nspace: run its lines · s: the next module", "dim")
        elif not isinstance(ran, str):
            text.append(f"\n{module.shows} · {1000 * ran.seconds:,.1f} ms here", "dim")
        return text

    @property
    def progress(self) -> str:
        return f"module {self.map.place + 1}/{len(MODULES)}"

    @property
    def state(self) -> str:
        return "running…" if self.map.running else "space: run these lines"

    def begin(self, name: str) -> None:
        """What was run stays."""

    def play(self) -> bool:
        """Run the lines of the module."""
        self.map.run(partial(self.app.call_later, self._tell))
        return True

    def step(self, direction: int) -> bool:
        """The next module or the one before."""
        self.map.go(direction)
        return True

    def hold(self) -> bool:
        return False

    def show(self, wide: bool) -> None:
        module, ran = self.map.module, self._ran
        self._list.highlighted = self.map.place
        self._lines.border_title = f"{module.name} · space: run it"
        self._lines.show(module_lines(module, ran), 0 if ran is None else len(module.code))
        for each in MODULES:
            sign = "✓" if each.name in self.map.outcomes else " "
            self._list.replace_option_prompt(each.name, Text(f"{sign} {each.name}"))

    def point(self, view: TensorView) -> Text | None:
        return None

    @property
    def _ran(self) -> Ran | str | None:
        """What the module gave; None before it ran."""
        return self.map.outcomes.get(self.map.module.name)

    def _tell(self) -> None:
        if self.is_attached:  # the lines may have run in a thread, and the lab been left
            self.post_message(self.Changed())

    @on(OptionList.OptionHighlighted)
    def _choose(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_index != self.map.place:
            self.map.go(event.option_index - self.map.place)
            self._tell()

    @on(OptionList.OptionSelected)
    def _run(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.play()
        self._tell()


def module_lines(module: Module, ran: Ran | str | None) -> list[Statement]:
    """The lines of a module, and what the last one gave."""
    *before, last = module.code
    if ran is None:
        return [Statement(code) for code in module.code]
    if isinstance(ran, str):
        final = Statement(last, outcome=ran, failed=True)
    else:
        final = Statement(last, outcome=ran.output, why=module.shows)
    return [*(Statement(code) for code in before), final]
