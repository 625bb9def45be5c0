"""Graphs as text: lines are followed on the page, as an eye does it, not in the layout."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from dataclasses import replace
from itertools import combinations, product

import pytest
from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Offset, Region, Size

from tui.charts.style import ChartStyle
from tui.diagram import MOST_LABEL, MOST_TEXT, BoxKind, DiagramBox, DiagramEdge
from tui.diagram.draw import LINES, draw
from tui.diagram.layers import LineBend, tracks
from tui.diagram.layout import DiagramLayout, followed, lay_out, lit

LOOK = ChartStyle.dark()
SIDES = "│╎║┃├┝╟┠┣"
OPPOSITE = {"up": "down", "down": "up", "left": "right", "right": "left"}
MOVES = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}
NAMES = {
    "UP": ["up"],
    "DOWN": ["down"],
    "LEFT": ["left"],
    "RIGHT": ["right"],
    "VERTICAL": ["up", "down"],
    "HORIZONTAL": ["left", "right"],
}


def box(*lines: str, kind: BoxKind = "operation", lit: bool = False, width: int = 0) -> DiagramBox:
    return DiagramBox(lines, kind, lit, width)


def drawn(boxes: list[DiagramBox], edges: list[DiagramEdge]) -> list[str]:
    lines = draw(lay_out(boxes, edges), boxes, edges, LOOK)
    return ["".join(text for text, _ in line) for line in lines]


def page(text: str) -> list[str]:
    """A drawing as it stands in a test."""
    lines = text.strip("\n").rstrip().split("\n")
    margin = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    return [line[margin:].rstrip() for line in lines]


def product_of_three() -> tuple[list[DiagramBox], list[DiagramEdge]]:
    """x·y·z at 2, 3, 4: the gradients are 12, 8 and 6."""
    boxes = [
        box("x", "2", "∂ 12", kind="leaf"),
        box("y", "3", "∂ 8", kind="leaf"),
        box("z", "4", "∂ 6", kind="leaf"),
        box("a = x · y", "6", "∂ 4"),
        box("f = a · z", "24", "∂ 1", kind="result"),
    ]
    return boxes, [
        DiagramEdge(0, 3, "3"),
        DiagramEdge(1, 3, "2"),
        DiagramEdge(3, 4, "4"),
        DiagramEdge(2, 4, "6"),
    ]


def neuron() -> tuple[list[DiagramBox], list[DiagramEdge]]:
    """mean((w·x + b − y)²)."""
    boxes = [
        box("w", kind="leaf"),
        box("x", kind="leaf"),
        box("w·x"),
        box("b", kind="leaf"),
        box("w·x + b"),
        box("y", kind="leaf"),
        box("ŷ − y"),
        box("2", kind="constant"),
        box("(ŷ − y)²"),
        box("L = mean", kind="result"),
    ]
    pairs = [(0, 2), (1, 2), (2, 4), (3, 4), (4, 6), (5, 6), (6, 8), (7, 8), (8, 9)]
    return boxes, [DiagramEdge(source, target) for source, target in pairs]


def random_graph(rng: random.Random, size: int) -> tuple[list[DiagramBox], list[DiagramEdge]]:
    """Any graph: several parts, double edges, edges that pass many layers, up to 5 inputs."""
    kinds: list[BoxKind] = ["leaf", "constant", "operation", "result"]
    boxes, edges = [], []
    for index in range(size):
        lines = [f"n{index}", *(str(rng.randrange(10**6)) for _ in range(rng.randrange(3)))]
        boxes.append(box(*lines, kind=rng.choice(kinds)))
        reach = rng.choice([1, 3, size])
        for _ in range(rng.choice([0, 1, 1, 2, 2, 2, 5]) if index else 0):
            source = rng.randrange(max(0, index - reach), index)
            edges.append(DiagramEdge(source, index, rng.choice(["", "3", "∂ 0.1966", "-1e-05"])))
    return boxes, edges


def random_tree(rng: random.Random, size: int) -> tuple[list[DiagramBox], list[DiagramEdge]]:
    """A graph in which every box is used once, as in an expression without repeated names."""
    boxes: list[DiagramBox] = []
    edges: list[DiagramEdge] = []
    open_ends: list[int] = []
    for index in range(size):
        taken = [open_ends.pop() for _ in range(min(rng.choice([0, 0, 1, 2, 3]), len(open_ends)))]
        boxes.append(box(f"n{index}"))
        edges += [DiagramEdge(source, index) for source in taken]
        open_ends.append(index)
    return boxes, edges


# Reading a drawing.


def arms(sign: str) -> dict[str, str]:
    """Where the lines of a sign lead, each with its weight, from the sign's Unicode name."""
    name = unicodedata.name(sign)
    assert name.startswith("BOX DRAWINGS "), (sign, name)
    words = name.removeprefix("BOX DRAWINGS ").replace("ARC ", "").split()
    weights = {"LIGHT", "HEAVY", "SINGLE", "DOUBLE"}
    result: dict[str, str] = {}
    if words[0] in weights:
        weight = words[0]
        for word in words[1:]:
            weight = word if word in weights else weight
            result |= dict.fromkeys(NAMES.get(word, []), weight)
        return result
    waiting: list[str] = []
    for word in words:
        waiting += NAMES.get(word, [])
        if word in weights:
            result |= dict.fromkeys(waiting, word)
            waiting = []
    return result


def follow(rows: list[str], x: int, y: int, heavy: bool = False) -> list[tuple[int, int, str]]:
    """The arrow heads that the line from a box's side leads to, and the labels before them.

    `heavy` follows the heavy lines alone.
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
            ways = [direction] if len(found) == 4 else [w for w in found if w in MOVES]
            for way in ways:
                if way != OPPOSITE[direction] and (not heavy or found[way] == "HEAVY"):
                    waiting.append((x, y, way, label))
    return reached


def check(boxes: list[DiagramBox], edges: list[DiagramEdge]) -> None:
    """Read the drawing, and find in it the boxes and the edges, all and nothing else."""
    layout, rows = lay_out(boxes, edges), drawn(boxes, edges)
    rows = [row.ljust(layout.width) for row in rows]
    assert len(rows) == layout.height
    for one, other in combinations(layout.places, 2):
        assert not one.overlaps(other)
    for node, place in zip(boxes, layout.places, strict=True):
        inside = [
            row[place.x + 1 : place.right - 1] for row in rows[place.y + 1 : place.bottom - 1]
        ]
        assert [line.strip() for line in inside if line.strip()] == [
            line for line in node.lines if line
        ]
        for row in rows[place.y + 1 : place.bottom - 1]:
            assert row[place.x] in SIDES
            assert row[place.right - 1] in SIDES
    heads: Counter[tuple[int, int]] = Counter()
    for index, place in enumerate(layout.places):
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


def test_the_signs_of_lines_are_those_of_their_unicode_names() -> None:
    weights = {0: None, 1: "LIGHT", 2: "HEAVY"}
    assert LINES[0] == " "
    for sign, digits in zip(LINES[1:], list(product(range(3), repeat=4))[1:], strict=True):
        wanted = dict(zip(("up", "right", "down", "left"), map(weights.get, digits), strict=True))
        assert arms(sign) == {way: weight for way, weight in wanted.items() if weight}


# What a person would draw.


def test_nothing_is_nothing() -> None:
    assert drawn([], []) == []


def test_each_kind_has_a_border_of_its_own() -> None:
    kinds: list[BoxKind] = ["leaf", "constant", "operation", "result"]
    assert ["\n".join(drawn([box("x", kind=kind)], [])) for kind in kinds] == [
        "╭───╮\n│ x │\n╰───╯",
        "┌╌╌╌┐\n╎ x ╎\n└╌╌╌┘",
        "┌───┐\n│ x │\n└───┘",
        "╔═══╗\n║ x ║\n╚═══╝",
    ]
    for kind in kinds:
        assert drawn([box("x", kind=kind, lit=True)], []) == ["┏━━━┓", "┃ x ┃", "┗━━━┛"]


DRAWINGS = (
    # A chain is one straight line.
    (
        [box("x", kind="leaf"), box("y = 2x", "4"), box("z"), box("f", kind="result")],
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
    # The cube has three, and a dot where they part.
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
    # A shared value goes two ways, and they meet again.
    (
        [box("x", kind="leaf"), box("sin"), box("cos"), box("·", kind="result")],
        [DiagramEdge(0, 1), DiagramEdge(0, 2), DiagramEdge(1, 3), DiagramEdge(2, 3)],
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
    for boxes, edges, wanted in DRAWINGS:
        assert drawn(boxes, edges) == page(wanted)
        check(boxes, edges)


def test_x_y_z_fits_a_panel_of_76_by_18_and_inputs_stand_just_before_their_first_use() -> None:
    boxes, edges = product_of_three()
    rows = drawn(boxes, edges)
    assert len(rows) <= 18
    assert max(map(len, rows)) <= 76
    check(boxes, edges)
    places = lay_out(boxes, edges).places
    assert places[0].x == places[1].x == 0
    assert places[2].x == places[3].x


def test_a_gradient_goes_back_to_the_source_and_moves_nothing() -> None:
    boxes, edges = product_of_three()
    back = [replace(edge, back=True) for edge in edges]
    assert lay_out(boxes, back) == lay_out(boxes, edges)
    rows = drawn(boxes, back)
    heads = {(x, y) for y, row in enumerate(rows) for x, sign in enumerate(row) if sign == "◀"}
    places = lay_out(boxes, back).places
    assert not [row for row in rows if "▶" in row]
    assert {(x - 1, y) for x, y in heads} <= {
        (place.right - 1, y) for place in places for y in range(place.y, place.bottom)
    }
    assert len(heads) == len({edge.source for edge in edges})  # one head at each source


def test_an_edge_that_passes_a_layer_goes_around_its_boxes() -> None:
    boxes = [box(name) for name in ("x", "a", "b", "c", "f")]
    edges = [DiagramEdge(at, at + 1) for at in range(4)]
    check(boxes, [*edges, DiagramEdge(0, 4, "9"), DiagramEdge(0, 3)])


def test_a_box_has_room_for_every_edge_that_comes_in() -> None:
    boxes = [*(box(f"x{index}", kind="leaf") for index in range(12)), box("stack", kind="result")]
    edges = [DiagramEdge(index, 12, str(index)) for index in range(12)]
    check(boxes, edges)
    rows = drawn(boxes, edges)
    assert not [row for row in rows if "┼" in row]
    # Twelve arrows one below the other, in the order of their sources.
    assert re.findall(r" (\d+) ─▶", "\n".join(rows)) == [str(index) for index in range(12)]


def test_the_neuron_has_no_crossings_and_its_result_at_the_right() -> None:
    boxes, edges = neuron()
    check(boxes, edges)
    places = lay_out(boxes, edges).places
    assert not [row for row in drawn(boxes, edges) if "┼" in row]
    assert all(places[edge.source].right < places[edge.target].x for edge in edges)
    assert places[-1].x == max(place.x for place in places)


# What must hold of any graph.


def test_any_graph_is_drawn_whole_and_can_be_read_back() -> None:
    for seed in range(60):
        rng = random.Random(seed)
        check(*random_graph(rng, rng.randint(1, 40)))


def test_a_tree_is_drawn_without_crossings() -> None:
    for seed in range(20):
        boxes, edges = random_tree(random.Random(seed), 25)
        check(boxes, edges)
        assert "┼" not in "".join(drawn(boxes, edges))


def test_boxes_change_places_where_that_saves_a_crossing() -> None:
    boxes = [box(f"n{index}") for index in range(5)]
    pairs = [(0, 1), (1, 2), (2, 3), (0, 3), (0, 4), (1, 4)]
    edges = [DiagramEdge(*pair) for pair in pairs]
    check(boxes, edges)
    assert "┼" not in "".join(drawn(boxes, edges))  # with n3 over n4 there is one


def test_a_lit_edge_can_be_followed_without_colour() -> None:
    for seed in range(20):
        rng = random.Random(seed)
        boxes, edges = random_graph(rng, 20)
        if not edges:
            continue
        at = rng.randrange(len(edges))
        edges[at] = replace(edges[at], lit=True)
        check(boxes, edges)
        layout = lay_out(boxes, edges)
        rows = [row.ljust(layout.width) for row in drawn(boxes, edges)]
        source, target = layout.places[edges[at].source], layout.places[edges[at].target]
        ((x, y, label),) = follow(rows, source.right - 1, layout.paths[at][0][1], heavy=True)
        assert (x + 1, label) == (target.x, edges[at].label)
        assert target.y < y < target.bottom - 1


def test_what_is_lit_moves_nothing() -> None:
    for seed in range(10):
        rng = random.Random(seed)
        boxes, edges = random_graph(rng, 30)
        bright = [replace(node, lit=rng.random() < 0.5) for node in boxes]
        assert lay_out(bright, [replace(edge, lit=True) for edge in edges]) == lay_out(boxes, edges)


def test_room_that_is_kept_is_taken_without_a_move() -> None:
    boxes, edges = product_of_three()
    before = [replace(node, lines=(*node.lines[:2], ""), width=12) for node in boxes]
    after = [replace(node, width=12) for node in boxes]
    blank = [replace(edge, label="", width=8) for edge in edges]
    labelled = [replace(edge, label="∂ 0.1966", width=8) for edge in edges]
    assert lay_out(before, blank) == lay_out(after, labelled)
    check(after, labelled)


def test_a_thousand_boxes_in_a_row_are_no_trouble() -> None:
    boxes = [box(str(index)) for index in range(1000)]
    rows = drawn(boxes, [DiagramEdge(index, index + 1) for index in range(999)])
    assert len(rows) == 3
    assert rows[1].count("▶") == 999


# Styles, besides the shapes.


def styled(boxes: list[DiagramBox], edges: list[DiagramEdge]) -> list[tuple[str, Style]]:
    lines = draw(lay_out(boxes, edges), boxes, edges, LOOK)
    return [(text, Style.parse(style)) for line in lines for text, style in line]


def test_the_lit_box_is_heavy_and_its_title_reversed() -> None:
    boxes, edges = product_of_three()
    boxes[3] = replace(boxes[3], lit=True)
    edges[1] = replace(edges[1], lit=True)
    pieces = styled(boxes, edges)
    assert [text.strip() for text, style in pieces if style.reverse] == ["a = x · y"]
    bold = "".join(text for text, style in pieces if style.bold)
    assert "▶" in bold
    assert " 2 " in bold
    assert bold.count("▶") == 1


# Texts that are out of the ordinary.


def test_letters_of_any_width_leave_the_borders_upright() -> None:
    lines = ("漢字かな", "θ̂ = é", "𝜎(z)", "́x")
    boxes = [box(*lines), box("f")]
    rows = drawn(boxes, [DiagramEdge(0, 1, "∂ 漢")])
    place, other = lay_out(boxes, [DiagramEdge(0, 1, "∂ 漢")]).places
    for row in rows[place.y + 1 : place.bottom - 1]:
        before = [cell_len(row[:at]) for at, sign in enumerate(row) if sign in SIDES]
        assert {place.x, place.right - 1} <= set(before)
    (line,) = [row for row in rows if "▶" in row]
    assert cell_len(line[: line.index("▶")]) == other.x - 1
    assert " ∂ 漢 ─▶" in line


def test_control_characters_never_reach_the_terminal() -> None:
    hostile = "a\x1b[2Jb\r\n\t\x00\x9b\u202e\u200b\u2028"
    boxes = [box(hostile, hostile), box("f")]
    text = "\n".join(drawn(boxes, [DiagramEdge(0, 1, "\x1b]0;")]))
    found = {unicodedata.category(letter) for letter in text.replace("\n", "")}
    assert not found & {"Cc", "Cf", "Zl", "Zp"}
    assert "�]0;" in text
    assert text.count("a�[2Jb") == 2


def test_what_is_too_long_for_a_box_ends_in_an_ellipsis() -> None:
    rows = drawn([box("x" * 1000, "漢" * 1000)], [])
    assert {cell_len(row) for row in rows} == {MOST_TEXT + 4}
    assert rows[1] == "│ " + "x" * (MOST_TEXT - 1) + "… │"


def test_a_label_that_cannot_be_shown_is_left_out_whole() -> None:
    for label in ("1" * (MOST_LABEL + 1), "  ", "\u0301", ""):
        boxes = [box("x"), box("f")]
        assert drawn(boxes, [DiagramEdge(0, 1, label)])[1] == "│ x ├──▶│ f │"
    assert drawn([DiagramBox((), "leaf")], []) == ["╭───╮", "│   │", "╰───╯"]


def test_an_edge_that_leads_nowhere_is_refused() -> None:
    for source, target in ((1, 0), (0, 0), (0, 2), (-1, 1), (5, 6)):
        with pytest.raises(ValueError, match=f"from box {source} to box {target}: there are 2"):
            lay_out([box("x"), box("f")], [DiagramEdge(source, target)])


# Where lines bend.


def test_lines_that_go_the_same_way_do_not_cross() -> None:
    down = [LineBend(0, 1, (5,)), LineBend(1, 3, (7,))]
    assert tracks(down)[1] < tracks(down)[0]  # the lower one turns first
    up = [LineBend(0, 5, (1,)), LineBend(1, 7, (3,))]
    assert tracks(up)[0] < tracks(up)[1]


def test_lines_that_do_not_meet_share_a_track() -> None:
    assert tracks([LineBend(0, 1, (3,)), LineBend(1, 9, (5, 7))]) == {0: 0, 1: 0}
    assert sorted(tracks([LineBend(0, 1, (6,)), LineBend(1, 9, (5, 7))]).values()) == [0, 1]


# Where to scroll to: a view of 40 by 10, of which 3 columns and a row are kept free.

VIEW = Size(40, 10)
NEAR, NEXT, FAR = Region(10, 5, 10, 3), Region(30, 5, 10, 3), Region(80, 20, 10, 4)


def test_lit_are_boxes_and_both_ends_of_edges() -> None:
    boxes = [box(name, lit=name == "c") for name in "abcd"]
    edges = [DiagramEdge(0, 1), DiagramEdge(1, 3, lit=True), DiagramEdge(0, 3, lit=True)]
    assert lit(boxes, edges) == ((2,), (0, 1, 3))
    assert lit((), ()) == ((), ())


@pytest.mark.parametrize(
    ("boxes", "ends", "before", "after"),
    [
        pytest.param((), (), (17, 9), (17, 9), id="nothing is lit"),
        pytest.param((1,), (), (5, 1), (5, 1), id="it is in view"),
        pytest.param((2,), (), (0, 0), (53, 15), id="90 + 3 − 40 columns and 24 + 1 − 10 rows"),
        pytest.param((2,), (), (90, 28), (77, 19), id="80 − 3 columns and 20 − 1 rows"),
        pytest.param((1,), (0, 1), (20, 5), (7, 4), id="the whole edge, from 10 to 40"),
        pytest.param((0,), (0, 2), (20, 5), (7, 4), id="no room for the edge: the box"),
        pytest.param((2,), (0, 2), (0, 0), (53, 15), id="no room for the edge: the other box"),
        pytest.param((), (0, 2), (17, 9), (17, 9), id="no room for the edge, and no box"),
    ],
)
def test_it_scrolls_no_further_than_it_must(
    boxes: tuple[int, ...],
    ends: tuple[int, ...],
    before: tuple[int, int],
    after: tuple[int, int],
) -> None:
    layout = DiagramLayout(100, 30, (NEAR, NEXT, FAR), ())
    assert followed(layout, (boxes, ends), Offset(*before), VIEW) == after


def test_of_a_box_with_no_room_around_it_as_much_as_there_is() -> None:
    for width, x in ((38, 9), (60, 10)):  # one cell is left at each side; its beginning
        layout = DiagramLayout(100, 30, (Region(10, 5, width, 3),), ())
        assert followed(layout, ((0,), ()), Offset(0, 0), VIEW).x == x
