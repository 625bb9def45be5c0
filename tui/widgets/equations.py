"""The panel with the equations of the last step."""

from __future__ import annotations

import re

from rich.cells import cell_len
from textual.geometry import Size
from textual.reactive import var

from engine.equations import Equation
from tui.widgets.painted import Lines, StyledLine


class Equations(Lines):
    """Shows a line per formula with its result, and a second line with numbers if it fits."""

    BORDER_TITLE = "This step, in numbers"
    DEFAULT_CSS = """
    Equations {
        border: round $foreground 30%; border-title-color: $text; padding: 0 1; text-wrap: nowrap;
    }
    """

    equations: var[tuple[Equation, ...]] = var(())

    def __init__(self, *, advice: str = "", id: str | None = None) -> None:
        """Show `advice` while there are no equations."""
        super().__init__(id=id)
        self._advice: StyledLine = ((advice, "dim"),)

    def watch_equations(self, old: tuple[Equation, ...], new: tuple[Equation, ...]) -> None:
        """Write the equations; request a layout only if the number of lines changes."""
        if _rows(old) != _rows(new):
            self.refresh(layout=True)
        self._write()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the height with numbers, or without them if that exceeds 40 % of the screen."""
        formulas, roomy = len(self.equations), _rows(self.equations)
        return max(1, roomy if roomy <= 0.4 * viewport.height else formulas)

    def _write(self) -> None:
        width, height = self.content_size
        if not width:
            return  # not visible
        roomy = height >= _rows(self.equations)
        lines = [line for equation in self.equations for line in _lines(equation, width, roomy)]
        self.write(lines or [self._advice])


def _rows(equations: tuple[Equation, ...]) -> int:
    """Return the number of lines with all numbers."""
    return len(equations) + sum(bool(e.numbers and e.result) for e in equations)


def _lines(equation: Equation, width: int, roomy: bool) -> list[StyledLine]:
    result = equation.result or equation.numbers
    # The result is always shown in full, if necessary after only the name on the left side.
    whole = cell_len(equation.formula) + 1 + len(result) <= width
    formula = equation.formula if whole else equation.formula.split()[0].rstrip(",")
    gap = max(1, width - cell_len(formula) - len(result))
    first = ((formula, ""), (" " * gap, ""), (result, "bold"))
    if not roomy or not equation.numbers or not equation.result:
        return [first]
    sign = "" if equation.numbers[0].isalpha() else "= "  # `accuracy of 225 images` is not a number
    spellings = f"{sign}{equation.numbers}", equation.numbers, equation.numbers.replace(" − ", "−")
    numbers = next((text for text in spellings if len(text) <= width), spellings[-1])
    if len(numbers) > width:  # never cut inside a number: 10²⁰ to 10²
        numbers = _shortened(numbers, width - len(equation.phase) - 1)
    room = width - len(numbers)
    phase = equation.phase if len(equation.phase) < room else ""
    return [first, ((phase.ljust(room) + numbers, "dim"),)]


def _shortened(numbers: str, room: int) -> str:
    """Cut the numbers after the last factor that fits, and append an ellipsis."""
    kept = re.match(rf".{{0,{max(0, room - 1)}}}(?<=[·/])", numbers)
    return f"{kept[0] if kept else ''}…"
