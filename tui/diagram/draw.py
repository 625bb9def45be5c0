"""A laid out graph as lines of text, each piece with its style."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import NamedTuple, TypeAlias

from rich.cells import cell_len

from tui.charts.style import RGB, ChartStyle
from tui.diagram import DiagramBox, DiagramEdge, clean, fit
from tui.diagram.layout import PADDING, DiagramLayout, Point

Piece: TypeAlias = tuple[int, str, str]
"""The column at which a text begins, the text, and its style."""

DrawnLine: TypeAlias = tuple[tuple[str, str], ...]
"""Pieces of text, each with its style as Rich writes it."""

UP, RIGHT, DOWN, LEFT = 1, 2, 4, 8

LINES = " ╴╸╷╮┑╻┒┓╶─╾╭┬┭┎┰┱╺╼━┍┮┯┏┲┳╵╯┙│┤┥╽┧┪╰┴┵├┼┽┟╁╅┕┶┷┝┾┿┢╆╈╹┚┛╿┦┩┃┨┫┖┸┹┞╀╃┠╂╉┗┺┻┡╄╇┣╊╋"
"""The sign for each way in which lines meet in a cell. Its place is a number of base 3, with a
digit for each arm, up, right, down and left: 0 for none, 1 for a light line, 2 for a heavy one."""
JOINED = "●"
"""Four arms of one line; where two lines cross, and do not meet, there is a plain cross."""
HEAD, HEAD_BACK = "▶", "◀"


class _Border(NamedTuple):
    """The signs of a box's border, clockwise, and those where its line begins."""

    corner: str
    top: str
    top_right: str
    side: str
    bottom_right: str
    bottom_left: str
    exit: str
    lit_exit: str


BORDERS = {
    "leaf": _Border(*"╭─╮│╯╰├┝"),
    "constant": _Border(*"┌╌┐╎┘└├┝"),
    "operation": _Border(*"┌─┐│┘└├┝"),
    "result": _Border(*"╔═╗║╝╚╟╟"),
}
LIT = _Border(*"┏━┓┃┛┗┠┣")
"""Whatever its kind: heavy, so that it shows without colour too."""


def draw(
    layout: DiagramLayout,
    boxes: Sequence[DiagramBox],
    edges: Sequence[DiagramEdge],
    theme: ChartStyle,
) -> list[DrawnLine]:
    """Draw boxes and edges where the layout of the same boxes and edges put them."""
    rows: list[list[Piece]] = [[] for _ in range(layout.height)]
    for box, place in zip(boxes, layout.places, strict=True):
        for y, pieces in enumerate(_box(box, place.width, place.height, theme), start=place.y):
            rows[y] += [(place.x + x, text, style) for x, text, style in pieces]
    for y, piece in _lines(layout, edges, theme):
        rows[y].append(piece)
    for y, piece in _exits(layout, boxes, edges, theme):
        rows[y] = [other for other in rows[y] if other[0] != piece[0]] + [piece]
    return [_line(sorted(pieces)) for pieces in rows]


def _box(box: DiagramBox, width: int, height: int, theme: ChartStyle) -> Iterator[list[Piece]]:
    """Its rows from the top, each in pieces from the left."""
    border, frame, inner = _border(box), _frame(box, theme), width - 2
    yield [(0, border.corner + border.top * inner + border.top_right, frame)]
    above = (height - 2 - len(box.lines)) // 2
    lines = [*[""] * above, *box.lines]
    for row in range(height - 2):
        text = clean(lines[row]) if row < len(lines) else ""
        style = _text_style(box, row == above, theme)
        middle = (1, fit(" " + fit(text, inner - 2 * PADDING), inner), style)
        yield [(0, border.side, frame), middle, (inner + 1, border.side, frame)]
    yield [(0, border.bottom_left + border.top * inner + border.bottom_right, frame)]


def _exits(
    layout: DiagramLayout,
    boxes: Sequence[DiagramBox],
    edges: Sequence[DiagramEdge],
    theme: ChartStyle,
) -> Iterator[tuple[int, Piece]]:
    """The places in the boxes' borders where their lines begin, each with its row."""
    lit = {edge.source for edge in edges if edge.lit}
    pairs = zip(edges, layout.paths, strict=True)
    starts = {edge.source: path[0] for edge, path in pairs if not edge.back}
    for source, (x, y) in starts.items():
        border = _border(boxes[source])
        sign = border.lit_exit if source in lit else border.exit
        yield y, (x - 1, sign, _frame(boxes[source], theme))


def _border(box: DiagramBox) -> _Border:
    return LIT if box.lit else BORDERS[box.kind]


def _frame(box: DiagramBox, theme: ChartStyle) -> str:
    colours = {
        "leaf": theme.points,
        "constant": theme.start,
        "operation": theme.line,
        "result": theme.minimum,
    }
    return f"{_hex(theme.sample)} bold" if box.lit else _hex(colours[box.kind])


def _text_style(box: DiagramBox, title: bool, theme: ChartStyle) -> str:
    if box.lit:
        return f"{_hex(theme.sample)} bold" + " reverse" * title
    return _hex(theme.text) + " bold" * title


@dataclass(slots=True)
class _Wiring:
    """Which cells lines run through, and how: a bit for each arm."""

    arms: dict[Point, int] = field(default_factory=dict)
    lit: dict[Point, int] = field(default_factory=dict)
    """The arms among them along which something travels."""
    source: dict[Point, int] = field(default_factory=dict)
    crossings: set[Point] = field(default_factory=set)  # where lines of two sources cross

    def add(self, edge: DiagramEdge, path: Sequence[Point]) -> None:
        """Run an edge's line along its path."""
        for point, arms in _steps(path):
            self.arms[point] = self.arms.get(point, 0) | arms
            if edge.lit:
                self.lit[point] = self.lit.get(point, 0) | arms
            if self.source.setdefault(point, edge.source) != edge.source:
                self.crossings.add(point)

    def sign(self, point: Point) -> str:
        """What stands in a cell."""
        arms, lit = self.arms[point], self.lit.get(point, 0)
        if arms == UP | RIGHT | DOWN | LEFT and point not in self.crossings:
            return JOINED
        return _sign(arms, lit)


@cache
def _sign(arms: int, lit: int) -> str:
    place = 0
    for arm in (UP, RIGHT, DOWN, LEFT):
        place = 3 * place + bool(arms & arm) + bool(lit & arm)
    return LINES[place]


def _lines(
    layout: DiagramLayout, edges: Sequence[DiagramEdge], theme: ChartStyle
) -> Iterator[tuple[int, Piece]]:
    """Lines, arrow heads and labels, each with its row."""
    wiring = _Wiring()
    for edge, path in zip(edges, layout.paths, strict=True):
        wiring.add(edge, path)
    plain, lit = _hex(theme.dim), _hex(theme.sample) + " bold"
    heads: dict[Point, bool] = {}  # edges that point back to one source share their head
    for edge, path in zip(edges, layout.paths, strict=True):
        x, y = path[-1]
        head = path[0] if edge.back else path[-1]
        heads[head] = heads.get(head, False) or edge.lit
        wiring.arms.pop(head, None)
        if text := edge.shown_label:
            label = f" {text} "
            start = x - 1 - cell_len(label)
            for column in range(start, x - 1):
                del wiring.arms[column, y]
            yield y, (start, label, lit if edge.lit else _hex(theme.text))
    backward = {path[0] for edge, path in zip(edges, layout.paths, strict=True) if edge.back}
    for (x, y), is_lit in heads.items():
        sign = HEAD_BACK if (x, y) in backward else HEAD
        yield y, (x, sign, lit if is_lit else plain)
    for x, y in wiring.arms:
        yield y, (x, wiring.sign((x, y)), lit if (x, y) in wiring.lit else plain)


def _steps(path: Sequence[Point]) -> Iterator[tuple[Point, int]]:
    """Every cell along a path, and the arms by which the line comes into it and leaves it."""
    (x, y), came = path[0], LEFT  # out of its source
    for to_x, to_y in path[1:]:
        if to_y == y:
            across, down, leaves, comes = 1, 0, RIGHT, LEFT
        elif to_y > y:
            across, down, leaves, comes = 0, 1, DOWN, UP
        else:
            across, down, leaves, comes = 0, -1, UP, DOWN
        while (x, y) != (to_x, to_y):
            yield (x, y), came | leaves
            x, y, came = x + across, y + down, comes
    yield (x, y), came | RIGHT  # into its target


def _line(pieces: Sequence[Piece]) -> DrawnLine:
    """One line of text: spaces between the pieces, neighbours of one style together."""
    parts: list[tuple[str, str]] = []
    column = 0
    for x, text, style in pieces:
        if x > column:
            parts.append((" " * (x - column), ""))
        parts.append((text, style))
        column = x + cell_len(text)
    return tuple(
        ("".join(text for text, _ in group), style)
        for style, group in groupby(parts, key=lambda part: part[1])
    )


def _hex(colour: RGB) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
