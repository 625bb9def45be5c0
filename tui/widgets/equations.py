"""The arithmetic of the last step, formula by formula."""

from __future__ import annotations

import re

from rich.cells import cell_len
from textual.geometry import Size
from textual.reactive import var

from engine.equations import Equation
from tui.widgets.painted import Lines, StyledLine


class Equations(Lines):
    """A line a formula with its result; where there is room, a second line with the numbers."""

    BORDER_TITLE = "This step, in numbers"
    DEFAULT_CSS = """
    Equations {
        border: round $foreground 30%; border-title-color: $text; padding: 0 1; text-wrap: nowrap;
    }
    """

    equations: var[tuple[Equation, ...]] = var(())

    def __init__(self, *, advice: str = "", id: str | None = None) -> None:
        """`advice` is shown while there are no equations: the key that brings the first."""
        super().__init__(id=id)
        self._advice: StyledLine = ((advice, "dim"),)

    def watch_equations(self, old: tuple[Equation, ...], new: tuple[Equation, ...]) -> None:
        """Write them; lay the screen out anew only where the number of lines changes."""
        if _rows(old) != _rows(new):
            self.refresh(layout=True)
        self._write()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Room for the numbers too, as long as that takes no more than two fifths of the screen."""
        formulas, roomy = len(self.equations), _rows(self.equations)
        return max(1, roomy if roomy <= 0.4 * viewport.height else formulas)

    def _write(self) -> None:
        width, height = self.content_size
        if not width:
            return  # out of sight, and nobody reads it
        roomy = height >= _rows(self.equations)
        lines = [line for equation in self.equations for line in _lines(equation, width, roomy)]
        self.write(lines or [self._advice])


def _rows(equations: tuple[Equation, ...]) -> int:
    """Lines with every formula and every row of numbers."""
    return len(equations) + sum(bool(e.numbers and e.result) for e in equations)


def _lines(equation: Equation, width: int, roomy: bool) -> list[StyledLine]:
    result = equation.result or equation.numbers
    # A number of any size stands whole, if need be behind what it is a value of alone.
    whole = cell_len(equation.formula) + 1 + len(result) <= width
    formula = equation.formula if whole else equation.formula.split()[0].rstrip(",")
    gap = max(1, width - cell_len(formula) - len(result))
    first = ((formula, ""), (" " * gap, ""), (result, "bold"))
    if not roomy or not equation.numbers or not equation.result:
        return [first]
    sign = "" if equation.numbers[0].isalpha() else "= "  # `accuracy of 225 images` is no number
    spellings = f"{sign}{equation.numbers}", equation.numbers, equation.numbers.replace(" − ", "−")
    numbers = next((text for text in spellings if len(text) <= width), spellings[-1])
    if len(numbers) > width:  # never end inside a number: 10² instead of 10²⁰
        numbers = _shortened(numbers, width - len(equation.phase) - 1)
    room = width - len(numbers)
    phase = equation.phase if len(equation.phase) < room else ""
    return [first, ((phase.ljust(room) + numbers, "dim"),)]


def _shortened(numbers: str, room: int) -> str:
    """The numbers up to the last factor, or none of them, and an ellipsis for what is left out."""
    kept = re.match(rf".{{0,{max(0, room - 1)}}}(?<=[·/])", numbers)
    return f"{kept[0] if kept else ''}…"
