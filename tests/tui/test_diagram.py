"""Diagrams as text: edges are followed in the drawing, not in the layout."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from dataclasses import replace
from inspect import cleandoc
from itertools import combinations, pairwise, product

import pytest
from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Offset, Region, Size

from tui.charts.style import ChartStyle
from tui.diagram import MOST_LABEL, MOST_TEXT, BoxKind, DiagramBox, DiagramEdge
from tui.diagram.draw import LINES, draw
from tui.diagram.layout import DiagramLayout, followed, lay_out, lit

Graph = tuple[list[DiagramBox], list[DiagramEdge]]
LOOK = ChartStyle.dark()
KINDS: list[BoxKind] = ["leaf", "constant", "operation", "result"]
SIDES = "│╎║┃├┝╟┠┣"
MOVES = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}
OPPOSITE = {"up": "down", "down": "up", "left": "right", "right": "left"}
NAMES = {**{way.upper(): [way] for way in MOVES}, "VERTICAL": ["up", "down"]}
NAMES["HORIZONTAL"] = ["left", "right"]
WEIGHTS = {"LIGHT", "HEAVY", "SINGLE", "DOUBLE"}


def box(*lines: str, kind: BoxKind = "operation", lit: bool = False) -> DiagramBox:
    return DiagramBox(lines, kind, lit)


def boxes(names: str) -> list[DiagramBox]:
    """Return a box for each word; `.` marks an input, `=` the result."""
    kinds: dict[str, BoxKind] = {".": "leaf", "=": "result"}
    return [box(name.lstrip(".="), kind=kinds.get(name[0], "operation")) for name in names.split()]


def edges(*pairs: tuple[int, int]) -> list[DiagramEdge]:
    return [DiagramEdge(*pair) for pair in pairs]


def drawn(boxes: list[DiagramBox], edges: list[DiagramEdge]) -> list[str]:
    lines = draw(lay_out(boxes, edges), boxes, edges, LOOK)
    return ["".join(text for text, _ in line) for line in lines]


def product_of_three() -> Graph:
    """Return x·y·z at 2, 3, 4: the gradients are 12, 8 and 6."""
    values = (("x", "2", "∂ 12"), ("y", "3", "∂ 8"), ("z", "4", "∂ 6"))
    leaves = [box(*lines, kind="leaf") for lines in values]
    nodes = [box("a = x · y", "6", "∂ 4"), box("f = a · z", "24", "∂ 1", kind="result")]
    joined = ((0, 3, "3"), (1, 3, "2"), (3, 4, "4"), (2, 4, "6"))
    return [*leaves, *nodes], [DiagramEdge(*each) for each in joined]


def random_graph(rng: random.Random, size: int) -> Graph:
    """Return a graph of several parts, with double edges, long edges, and up to 5 inputs."""
    boxes, edges = [], []
    for index in range(size):
        lines = [f"n{index}", *(str(rng.randrange(10**6)) for _ in range(rng.randrange(3)))]
        boxes.append(box(*lines, kind=rng.choice(KINDS)))
        reach = rng.choice([1, 3, size])
        for _ in range(rng.choice([0, 1, 1, 2, 2, 2, 5]) if index else 0):
            source = rng.randrange(max(0, index - reach), index)
            edges.append(DiagramEdge(source, index, rng.choice(["", "3", "∂ 0.1966", "-1e-05"])))
    return boxes, edges


def random_tree(rng: random.Random, size: int) -> Graph:
    """Return a graph in which every box is used once."""
    found: list[tuple[int, int]] = []
    open_ends: list[int] = []
    for index in range(size):
        taken = [open_ends.pop() for _ in range(min(rng.choice([0, 0, 1, 2, 3]), len(open_ends)))]
        found += [(source, index) for source in taken]
        open_ends.append(index)
    return [box(f"n{index}") for index in range(size)], edges(*found)


# Reading a drawing.


def arms(sign: str) -> dict[str, str]:
    """Return the directions of a line character with their weights, from its Unicode name."""
    name = unicodedata.name(sign)
    assert name.startswith("BOX DRAWINGS "), (sign, name)
    words = name.removeprefix("BOX DRAWINGS ").replace("ARC ", "").split()
    first = words[0] in WEIGHTS  # then a weight precedes each direction, otherwise it follows
    result: dict[str, str] = {}
    weight, waiting = "", []
    for word in words:
        ways = NAMES.get(word, [])
        if first:
            weight = word if word in WEIGHTS else weight
            result |= dict.fromkeys(ways, weight)
        else:
            waiting += ways
            if word in WEIGHTS:
                result |= dict.fromkeys(waiting, word)
                waiting = []
    return result


def follow(rows: list[str], x: int, y: int, heavy: bool = False) -> list[tuple[int, int, str]]:
    """Return the arrow heads that the line from a box's side leads to, with the labels before them.

    `heavy` follows only heavy lines.
    """
    reached = []
    waiting = [(x, y, "right", "")]
    while waiting:
        x, y, direction, label = waiting.pop()
        x, y = x + MOVES[direction][0], y + MOVES[direction][1]
        sign = rows[y][x]
        if sign == "▶":
            assert direction == "right"
            reached.append((x, y, label))
        elif sign == " ":
            assert direction == "right", "a line ends in nothing"
            written = re.match(r" (\S+(?: \S+)*?) (?=[─━]▶)", rows[y][x:])
            assert written, rows[y]
            waiting.append((x + written.end() - 1, y, direction, written[1]))
        elif sign == "●":
            waiting += [(x, y, way, "") for way in MOVES if way != OPPOSITE[direction]]
        else:
            found = arms(sign)
            assert OPPOSITE[direction] in found, f"{sign} at {x}, {y} does not go on"
            for way in [direction] if len(found) == 4 else found:
                if way != OPPOSITE[direction] and (not heavy or found[way] == "HEAVY"):
                    waiting.append((x, y, way, label))
    return reached


def check(boxes: list[DiagramBox], edges: list[DiagramEdge]) -> list[str]:
    """Read the drawing, and check that it has exactly these boxes and edges."""
    layout = lay_out(boxes, edges)
    rows = [row.ljust(layout.width) for row in drawn(boxes, edges)]
    assert len(rows) == layout.height
    assert not [1 for one, other in combinations(layout.places, 2) if one.overlaps(other)]
    heads: Counter[tuple[int, int]] = Counter()
    for index, (node, place) in enumerate(zip(boxes, layout.places, strict=True)):
        inside = rows[place.y + 1 : place.bottom - 1]
        assert all(row[place.x] in SIDES and row[place.right - 1] in SIDES for row in inside)
        written = [row[place.x + 1 : place.right - 1].strip() for row in inside]
        assert list(filter(None, written)) == list(filter(None, node.lines))
        side = [row[place.right - 1] for row in rows[place.y : place.bottom]]
        starts = [place.y + at for at, sign in enumerate(side) if sign in "├┝╟┠┣"]
        own = [edge for edge in edges if edge.source == index]
        assert len(starts) == bool(own)
        reached = follow(rows, place.right - 1, starts[0]) if starts else []
        heads.update((x, y) for x, y, _ in reached)
        found = Counter(
            (target, label)
            for x, y, label in reached
            for target, there in enumerate(layout.places)
            if x + 1 == there.x and there.y < y < there.bottom - 1
        )
        assert found == Counter((edge.target, edge.label) for edge in own)
    assert set(heads.values()) <= {1}, "an arrow head is shared"
    assert len(heads) == len(edges) == sum(row.count("▶") for row in rows)
    return rows


def test_the_signs_of_lines_are_those_of_their_unicode_names() -> None:
    weights = {0: None, 1: "LIGHT", 2: "HEAVY"}
    assert LINES[0] == " "
    for sign, digits in zip(LINES[1:], list(product(range(3), repeat=4))[1:], strict=True):
        wanted = dict(zip(("up", "right", "down", "left"), map(weights.get, digits), strict=True))
        assert arms(sign) == {way: weight for way, weight in wanted.items() if weight}


# Drawings as a person would make them.

DRAWINGS = (
    # A chain is one straight line.
    (
        [box("x", kind="leaf"), box("y = 2x", "4"), *boxes("z =f")],
        [DiagramEdge(0, 1, "2"), DiagramEdge(1, 2), DiagramEdge(2, 3)],
        """
        ╭───╮      ┌────────┐   ┌───┐   ╔═══╗
        │ x ├─ 2 ─▶│ y = 2x ├──▶│ z ├──▶║ f ║
        ╰───╯      │ 4      │   └───┘   ╚═══╝
                   └────────┘
        """,
    ),
    # The square has two edges.
    (
        [box("x", "3", "∂ 6", kind="leaf"), box("f = x·x", "9", "∂ 1", kind="result")],
        [DiagramEdge(0, 1, "3")] * 2,
        """
        ╭─────╮        ╔═════════╗
        │ x   │ ╭─ 3 ─▶║ f = x·x ║
        │ 3   ├─┤      ║ 9       ║
        │ ∂ 6 │ ╰─ 3 ─▶║ ∂ 1     ║
        ╰─────╯        ╚═════════╝
        """,
    ),
    # The cube has three, with a dot where they branch.
    (
        [box("x", kind="leaf"), box("f", "8", "∂ 1", kind="result")],
        [DiagramEdge(0, 1)] * 3,
        """
                 ╔═════╗
        ╭───╮ ╭─▶║ f   ║
        │ x ├─●─▶║ 8   ║
        ╰───╯ ╰─▶║ ∂ 1 ║
                 ╚═════╝
        """,
    ),
    # A shared value has two paths, which meet again.
    (
        boxes(".x sin cos =·"),
        edges((0, 1), (0, 2), (1, 3), (2, 3)),
        """
                 ┌─────┐
              ╭─▶│ sin ├─╮
        ╭───╮ │  └─────┘ │  ╔═══╗
        │ x ├─┤          ╰─▶║ · ║
        ╰───╯ │  ┌─────┐ ╭─▶║   ║
              ╰─▶│ cos ├─╯  ╚═══╝
                 └─────┘
        """,
    ),
)


def test_small_graphs_are_drawn_as_a_person_would() -> None:
    for nodes, joined, wanted in DRAWINGS:
        assert drawn(nodes, joined) == cleandoc(wanted).split("\n")
        check(nodes, joined)
    assert drawn([], []) == []
    assert ["\n".join(drawn([box("x", kind=kind)], [])) for kind in KINDS] == [
        "╭───╮\n│ x │\n╰───╯",
        "┌╌╌╌┐\n╎ x ╎\n└╌╌╌┘",
        "┌───┐\n│ x │\n└───┘",
        "╔═══╗\n║ x ║\n╚═══╝",
    ]
    for kind in KINDS:
        assert drawn([box("x", kind=kind, lit=True)], []) == ["┏━━━┓", "┃ x ┃", "┗━━━┛"]


def test_x_y_z_fits_a_panel_of_76_by_18_and_its_gradients_go_back_and_move_nothing() -> None:
    nodes, joined = product_of_three()
    rows, places = check(nodes, joined), lay_out(nodes, joined).places
    assert len(rows) <= 18
    assert max(map(len, rows)) <= 76
    assert places[0].x == places[1].x == 0
    assert places[2].x == places[3].x  # an input is just before its first use

    back = [replace(edge, back=True) for edge in joined]
    assert lay_out(nodes, back) == lay_out(nodes, joined)
    rows = drawn(nodes, back)
    heads = {(x, y) for y, row in enumerate(rows) for x, sign in enumerate(row) if sign == "◀"}
    beside = {(place.right, y) for place in places for y in range(place.y, place.bottom)}
    assert "▶" not in "".join(rows)
    assert heads <= beside
    assert len(heads) == len({edge.source for edge in joined})  # one head for each source


def test_graphs_whose_lines_need_not_cross_have_no_crossing() -> None:
    chain = list(pairwise(range(5)))
    check(boxes("x a b c f"), [*edges(*chain, (0, 3)), DiagramEdge(0, 4, "9")])  # around boxes
    stack = boxes(" ".join(f".x{at}" for at in range(12)) + " =stack")  # room for every edge
    rows = check(stack, [DiagramEdge(at, 12, str(at)) for at in range(12)])
    assert "┼" not in "".join(rows)
    assert re.findall(r" (\d+) ─▶", "\n".join(rows)) == list(map(str, range(12)))  # in order
    swapped = edges((0, 1), (1, 2), (2, 3), (0, 3), (0, 4), (1, 4))  # with n3 over n4 they cross
    assert "┼" not in "".join(check(boxes("n0 n1 n2 n3 n4"), swapped))
    for seed in range(20):
        assert "┼" not in "".join(check(*random_tree(random.Random(seed), 25)))
    neuron = boxes(".w .x w·x .b w·x+b .y ŷ−y .2 (ŷ−y)² =mean")
    pairs = [(0, 2), (1, 2), (2, 4), (3, 4), (4, 6), (5, 6), (6, 8), (7, 8), (8, 9)]
    assert "┼" not in "".join(check(neuron, edges(*pairs)))
    places = lay_out(neuron, edges(*pairs)).places
    assert all(places[source].right < places[target].x for source, target in pairs)
    assert places[-1].x == max(place.x for place in places)


def test_any_graph_is_drawn_whole_and_can_be_read_back() -> None:
    for seed in range(30):
        rng = random.Random(seed)
        check(*random_graph(rng, rng.randint(1, 40)))
    rows = drawn(boxes(" ".join(map(str, range(300)))), edges(*pairwise(range(300))))
    assert (len(rows), rows[1].count("▶")) == (3, 299)


def test_what_is_lit_moves_nothing_and_a_lit_edge_can_be_followed_without_colour() -> None:
    for seed in range(10):
        rng = random.Random(seed)
        nodes, joined = random_graph(rng, 20)
        layout = lay_out(nodes, joined)
        bright = [replace(node, lit=rng.random() < 0.5) for node in nodes]
        assert lay_out(bright, [replace(edge, lit=True) for edge in joined]) == layout
        if joined:
            at = rng.randrange(len(joined))
            joined[at] = replace(joined[at], lit=True)
            rows = check(nodes, joined)
            source, target = (layout.places[end] for end in (joined[at].source, joined[at].target))
            ((x, y, label),) = follow(rows, source.right - 1, layout.paths[at][0][1], heavy=True)
            assert (x + 1, label) == (target.x, joined[at].label)
            assert target.y < y < target.bottom - 1


def test_room_that_is_kept_is_taken_without_a_move() -> None:
    nodes, joined = product_of_three()
    before = [replace(node, lines=(*node.lines[:2], ""), width=12) for node in nodes]
    after = [replace(node, width=12) for node in nodes]
    blank = [replace(edge, label="", width=8) for edge in joined]
    labelled = [replace(edge, label="∂ 0.1966", width=8) for edge in joined]
    assert lay_out(before, blank) == lay_out(after, labelled)
    check(after, labelled)


def test_the_lit_box_is_heavy_and_its_title_reversed() -> None:
    nodes, joined = product_of_three()
    nodes[3], joined[1] = replace(nodes[3], lit=True), replace(joined[1], lit=True)
    lines = draw(lay_out(nodes, joined), nodes, joined, LOOK)
    pieces = [(text, Style.parse(style)) for line in lines for text, style in line]
    assert [text.strip() for text, style in pieces if style.reverse] == ["a = x · y"]
    bold = "".join(text for text, style in pieces if style.bold)
    assert " 2 " in bold
    assert bold.count("▶") == 1


# Unusual texts.


def test_letters_of_any_width_leave_the_borders_upright_and_none_is_obeyed() -> None:
    nodes, joined = [box("漢字かな", "θ̂ = é", "𝜎(z)", "́x"), box("f")], [DiagramEdge(0, 1, "∂ 漢")]
    rows, (place, other) = drawn(nodes, joined), lay_out(nodes, joined).places
    for row in rows[place.y + 1 : place.bottom - 1]:
        before = [cell_len(row[:at]) for at, sign in enumerate(row) if sign in SIDES]
        assert {place.x, place.right - 1} <= set(before)
    (line,) = [row for row in rows if "▶" in row]
    assert cell_len(line[: line.index("▶")]) == other.x - 1
    assert " ∂ 漢 ─▶" in line

    hostile = "a\x1b[2Jb\r\n\t\x00\x9b\u202e\u200b\u2028"
    text = "\n".join(drawn([box(hostile, hostile), box("f")], [DiagramEdge(0, 1, "\x1b]0;")]))
    found = {unicodedata.category(letter) for letter in text.replace("\n", "")}
    assert not found & {"Cc", "Cf", "Zl", "Zp"}
    assert "�]0;" in text
    assert text.count("a�[2Jb") == 2


def test_what_is_too_long_or_leads_nowhere() -> None:
    rows = drawn([box("x" * 1000, "漢" * 1000)], [])
    assert {cell_len(row) for row in rows} == {MOST_TEXT + 4}
    assert rows[1] == "│ " + "x" * (MOST_TEXT - 1) + "… │"
    for label in ("1" * (MOST_LABEL + 1), "  ", "\u0301", ""):  # left out completely
        assert drawn(boxes("x f"), [DiagramEdge(0, 1, label)])[1] == "│ x ├──▶│ f │"
    assert drawn([DiagramBox((), "leaf")], []) == ["╭───╮", "│   │", "╰───╯"]
    for source, target in ((1, 0), (0, 0), (0, 2), (-1, 1), (5, 6)):
        with pytest.raises(ValueError, match=f"from box {source} to box {target}: there are 2"):
            lay_out(boxes("x f"), edges((source, target)))


# Scrolling in a view of 40 by 10, with a margin of 3 columns and a row.

VIEW = Size(40, 10)
NEAR, NEXT, FAR = Region(10, 5, 10, 3), Region(30, 5, 10, 3), Region(80, 20, 10, 4)
SCROLLED = [
    ((), (), (17, 9), (17, 9)),  # no highlight
    ((1,), (), (5, 1), (5, 1)),  # already visible
    ((2,), (), (0, 0), (53, 15)),  # 90 + 3 − 40 columns and 24 + 1 − 10 rows
    ((2,), (), (90, 28), (77, 19)),  # 80 − 3 columns and 20 − 1 rows
    ((1,), (0, 1), (20, 5), (7, 4)),  # the whole edge, from 10 to 40
    ((0,), (0, 2), (20, 5), (7, 4)),  # no room for the edge: the box
    ((2,), (0, 2), (0, 0), (53, 15)),  # no room for the edge: the other box
    ((), (0, 2), (17, 9), (17, 9)),  # no room for the edge, and no box
]


def test_it_scrolls_no_further_than_it_must() -> None:
    nodes = [box(name, lit=name == "c") for name in "abcd"]
    joined = [DiagramEdge(0, 1), DiagramEdge(1, 3, lit=True), DiagramEdge(0, 3, lit=True)]
    assert lit(nodes, joined) == ((2,), (0, 1, 3))
    assert lit((), ()) == ((), ())
    layout = DiagramLayout(100, 30, (NEAR, NEXT, FAR), ())
    for at_work, ends, before, after in SCROLLED:
        assert followed(layout, (at_work, ends), Offset(*before), VIEW) == after, (at_work, before)
    for width, x in ((38, 9), (60, 10)):  # without room around it: one cell at each side; its start
        layout = DiagramLayout(100, 30, (Region(10, 5, width, 3),), ())
        assert followed(layout, ((0,), ()), Offset(0, 0), VIEW).x == x
