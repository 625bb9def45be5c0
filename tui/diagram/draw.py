"""Drawing of a laid-out graph as lines of styled text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import TypeAlias

from rich.cells import cell_len

from tui.charts.style import RGB, ChartStyle
from tui.diagram import BoxKind, DiagramBox, DiagramEdge, clean, fit
from tui.diagram.layout import PADDING, DiagramLayout, Point

Piece: TypeAlias = tuple[int, str, str]
"""The first column of a text, the text, and its style."""
DrawnLine: TypeAlias = tuple[tuple[str, str], ...]
"""Pieces of text, each with its style in Rich's notation."""

UP, RIGHT, DOWN, LEFT = 1, 2, 4, 8
LINES = " ╴╸╷╮┑╻┒┓╶─╾╭┬┭┎┰┱╺╼━┍┮┯┏┲┳╵╯┙│┤┥╽┧┪╰┴┵├┼┽┟╁╅┕┶┷┝┾┿┢╆╈╹┚┛╿┦┩┃┨┫┖┸┹┞╀╃┠╂╉┗┺┻┡╄╇┣╊╋"
"""The character for each combination of lines in a cell. Its index is a number in base 3, with a
digit for each arm, up, right, down and left: 0 for none, 1 for a light line, 2 for a heavy one."""
JOINED = "●"
"""The sign for four arms of one line. Lines that cross without meeting have a plain cross."""
HEAD, HEAD_BACK = "▶", "◀"
BORDERS: dict[BoxKind, str] = {
    "leaf": "╭─╮│╯╰├┝",
    "constant": "┌╌┐╎┘└├┝",
    "operation": "┌─┐│┘└├┝",
    "result": "╔═╗║╝╚╟╟",
}
"""Clockwise from the top left corner: ╭ ─ ╮ │ ╯ ╰; then the start of a light and a heavy line."""
LIT = "┏━┓┃┛┗┠┣"
"""The border of active boxes of any kind: heavy, to be visible without colour."""


def draw(
    layout: DiagramLayout,
    boxes: Sequence[DiagramBox],
    edges: Sequence[DiagramEdge],
    theme: ChartStyle,
) -> list[DrawnLine]:
    """Draw boxes and edges at the places and along the paths of their layout."""
    rows: list[list[Piece]] = [[] for _ in range(layout.height)]
    for box, place in zip(boxes, layout.places, strict=True):
        for y, pieces in enumerate(_box(box, place.width, place.height, theme), start=place.y):
            rows[y] += [(place.x + x, text, style) for x, text, style in pieces]
    for y, piece in _lines(layout, edges, theme):
        rows[y].append(piece)
    lit = {edge.source for edge in edges if edge.lit}
    pairs = zip(edges, layout.paths, strict=True)
    starts = {edge.source: path[0] for edge, path in pairs if not edge.back}
    for source, (x, y) in starts.items():  # the sign in the border where the line begins
        border, frame = _border(boxes[source], theme)
        rows[y] = [piece for piece in rows[y] if piece[0] != x - 1]
        rows[y].append((x - 1, border[-1 if source in lit else -2], frame))
    return [_line(sorted(pieces)) for pieces in rows]


def _box(box: DiagramBox, width: int, height: int, theme: ChartStyle) -> Iterator[list[Piece]]:
    """Yield the rows of a box from the top, each in pieces from the left."""
    border, frame = _border(box, theme)
    corner, top, top_right, side, bottom_right, bottom_left, *_ = tuple(border)
    inner = width - 2
    yield [(0, corner + top * inner + top_right, frame)]
    above = (height - 2 - len(box.lines)) // 2
    lines = [*[""] * above, *box.lines]
    for row in range(height - 2):
        text = clean(lines[row]) if row < len(lines) else ""
        bold = " bold" * (box.lit or row == above) + " reverse" * (box.lit and row == above)
        style = _hex(theme.sample if box.lit else theme.text) + bold
        middle = (1, fit(" " + fit(text, inner - 2 * PADDING), inner), style)
        yield [(0, side, frame), middle, (inner + 1, side, frame)]
    yield [(0, bottom_left + top * inner + bottom_right, frame)]


def _border(box: DiagramBox, theme: ChartStyle) -> tuple[str, str]:
    """Return the characters of its border, and their style."""
    if box.lit:
        return LIT, f"{_hex(theme.sample)} bold"
    colours = {
        "leaf": theme.points,
        "constant": theme.start,
        "operation": theme.line,
        "result": theme.minimum,
    }
    return BORDERS[box.kind], _hex(colours[box.kind])


def _lines(
    layout: DiagramLayout, edges: Sequence[DiagramEdge], theme: ChartStyle
) -> Iterator[tuple[int, Piece]]:
    """Yield lines, arrow heads and labels, each with its row."""
    arms: dict[Point, int] = {}  # the cells that lines run through: a bit for each arm
    lit: dict[Point, int] = {}  # the arms among them that are lit
    owner: dict[Point, int] = {}
    crossings: set[Point] = set()  # where lines of two sources cross
    pairs = list(zip(edges, layout.paths, strict=True))
    for edge, path in pairs:
        for point, here in _steps(path):
            arms[point] = arms.get(point, 0) | here
            if edge.lit:
                lit[point] = lit.get(point, 0) | here
            if owner.setdefault(point, edge.source) != edge.source:
                crossings.add(point)
    plain, bright = _hex(theme.dim), _hex(theme.sample) + " bold"
    heads: dict[Point, bool] = {}  # edges that point back to one source share their head
    for edge, path in pairs:
        x, y = path[-1]
        head = path[0] if edge.back else path[-1]
        heads[head] = heads.get(head, False) or edge.lit
        arms.pop(head, None)
        if text := edge.shown_label:
            label = f" {text} "
            start = x - 1 - cell_len(label)
            for column in range(start, x - 1):
                del arms[column, y]
            yield y, (start, label, bright if edge.lit else _hex(theme.text))
    backward = {path[0] for edge, path in pairs if edge.back}
    for (x, y), is_lit in heads.items():
        yield y, (x, HEAD_BACK if (x, y) in backward else HEAD, bright if is_lit else plain)
    for (x, y), here in arms.items():
        joined = here == UP | RIGHT | DOWN | LEFT and (x, y) not in crossings
        sign = JOINED if joined else _sign(here, lit.get((x, y), 0))
        yield y, (x, sign, bright if (x, y) in lit else plain)


@cache
def _sign(arms: int, lit: int) -> str:
    place = 0
    for arm in (UP, RIGHT, DOWN, LEFT):
        place = 3 * place + bool(arms & arm) + bool(lit & arm)
    return LINES[place]


def _steps(path: Sequence[Point]) -> Iterator[tuple[Point, int]]:
    """Yield each cell along a path, with the arms by which the line enters and leaves it."""
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
    """Return a row of text: spaces between the pieces, neighbours of one style joined."""
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
