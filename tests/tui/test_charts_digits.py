"""Images, tiles and bars as text, and the charts of a digit-reading network."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product

import numpy as np

from engine.pictures import Activation
from tests.tui.chart_frames import DARK, draw
from tests.tui.digit_frames import digits, hardest, walk
from tui.charts import CHARTS
from tui.charts.canvas import unpacked
from tui.charts.pixels import SIDES, ink, shared, signed, tiles
from tui.charts.style import ChartStyle
from tui.charts.tables import bars, percent

KINDS = ("digits", "weights", "activations")
LETTERS, GREYS = replace(DARK, depth="letters"), replace(DARK, depth="greys")


def light(colour: int) -> int:
    """Return the green component of a packed colour as its brightness; −1 for none."""
    rgb = unpacked(int(colour))
    return -1 if rgb is None else rgb[1]


# Pixels.


def test_two_pixels_are_one_letter() -> None:
    canvas = ink(np.array([[255, 0, 255], [0, 0, 255]], dtype=np.uint8), DARK)
    assert canvas.text() == ["▀  "]
    upper, lower = canvas.foregrounds[0], canvas.backgrounds[0]
    assert [light(upper[column]) for column in range(3)] == [255, 18, 255]
    assert [light(lower[column]) for column in range(3)] == [18, 18, 255]
    canvas = ink(np.array([[255], [0]], dtype=np.uint8), ChartStyle.light())
    assert light(canvas.foregrounds[0, 0]) < light(canvas.backgrounds[0, 0])
    canvas = ink(np.full((3, 1), 255, dtype=np.uint8), DARK)  # the last row has no partner
    assert canvas.text() == [" ", "▀"]
    assert light(canvas.backgrounds[1, 0]) == 18


def test_letters_alone_draw_shapes_where_colours_cannot_be_trusted() -> None:
    image = np.array([[255, 0, 255, 0, 128], [0, 255, 255, 0, 128]], dtype=np.uint8)
    canvas = ink(image, LETTERS)
    assert canvas.text() == ["▀▄█ ▒"]
    assert (canvas.backgrounds == -1).all()
    assert len(np.unique(canvas.foregrounds)) == 1


def test_below_and_above_zero_are_told_by_hue_and_by_strength() -> None:
    values = np.repeat([[-1.0, -0.5, 0.0, 0.5, 1.0]], 2, axis=0)
    shades = [unpacked(int(colour)) for colour in signed(values, 1.0, DARK).backgrounds[0]]
    assert shades[0] == DARK.line
    assert shades[4] == DARK.points
    assert shades[2] == (18, 18, 20)
    assert len(set(shades)) == 5
    greys = [light(colour) for colour in signed(values, 1.0, GREYS).backgrounds[0]]
    assert greys == sorted(set(greys))
    assert signed(values, 1.0, LETTERS).text() == ["≡- ▒█"]
    odd = np.array([[np.nan, np.inf, -np.inf], [0.0, 1.0, -1.0]])
    for style in (DARK, GREYS, LETTERS):
        signed(odd, 1.0, style)
        assert signed(np.full((2, 2), np.nan), 0.0, style).text() == ["  "]


# Tiles.


def test_tiles_lie_inside_and_apart() -> None:
    sizes = ((44, 9), (72, 20), (150, 40), (300, 90), (13, 8))
    for (width, height), count in product(sizes, (1, 5, 48)):
        plan = tiles(width, height, count, words=2)
        assert plan is not None
        places = list(plan.places(count))
        assert len(places) == min(count, plan.count) > 0
        taken = np.zeros((height, width), dtype=int)
        for row, column in places:
            assert row + plan.height <= height
            assert column + plan.side <= width
            taken[row : row + plan.height, column : column + plan.side] += 1
        assert taken.max() == 1
        for (row, column), (other, beside) in pairwise(places):
            assert other > row or beside > column + plan.side


def test_few_tiles_are_large_and_many_are_small_enough() -> None:
    assert tiles(72, 20, 1, words=2).side == 28
    plan = tiles(72, 20, 48, words=2)
    assert (plan.side, plan.count) == (16, 8)  # 4 × 2; with 20 pixels only 3 would fit
    assert tiles(11, 30, 1) is None
    assert tiles(30, 5, 1) is None
    assert all(side % 2 == 0 for side in SIDES)


# Bars.


def test_bars_are_as_long_as_the_shares_with_their_numbers() -> None:
    shares = np.array([0.5, 0.25, 0.125, 0.125, 0.0])
    lines = bars(shares, "abcde", 15, 5, DARK).text()
    # Of 15 cells the name takes 2 and the number 5; the other 8 stand for a share of 1.
    assert lines == [
        "a ████      50%",
        "b ██        25%",
        "c █         12%",
        "d █         12%",
        "e            0%",
    ]


def test_the_greatest_stands_out_and_the_least_are_left_out() -> None:
    shares = np.array([0.01, 0.6, 0.02, 0.3, 0.07])
    canvas = bars(shares, "abcde", 20, 4, DARK)
    assert [line[0] for line in canvas.text()[:3]] == ["b", "d", "e"]
    inks = [unpacked(int(canvas.foregrounds[row, 2])) for row in range(3)]
    assert inks == [DARK.points, DARK.line, DARK.line]
    assert canvas.text()[3] == "2 more".ljust(17) + " 3%"
    assert bars(shares, "abcde", 20, 1, DARK).text()[0].startswith("b ")
    lines = bars(np.array([0.999, *[0.0001] * 9]), "0123456789", 12, 8, DARK).text()
    assert lines[0].endswith(">99%")
    assert lines[7] == "3 more   <1%"
    names = ["T-shirt", "ankle boot", *"cdefghij"]
    for width, height in ((0, 0), (3, 10), (8, 2), (12, 10), (60, 14)):
        for shares in (np.full(10, 0.1), np.full(10, np.nan), np.eye(10)[3]):
            lines = bars(shares, names, width, height, DARK).text()
            assert [len(line) for line in lines] == [width] * height


def test_percent_is_never_0_or_100_where_it_is_not() -> None:
    for share, expected in (
        *((0.0, "0%"), (1e-9, "<1%"), (0.006, "1%"), (0.5, "50%"), (0.9949, "99%")),
        *((0.9951, ">99%"), (1.0, "100%"), (float("nan"), "nan")),
    ):
        assert percent(share) == expected


# The charts.


def test_a_hard_digit_has_its_answer_its_label_and_both_probabilities() -> None:
    text = "\n".join(draw("digits", digits(), 60, 18))
    assert "✗ says 9 97%" in text
    assert "is 4 <1%" in text
    assert "✓ says 3 97%" in text
    assert text.count(" is ") == 1  # one line counts all correct ones
    names = ("ankle boot", *("sneaker" for _ in range(9)))  # long names leave the number whole
    text = "\n".join(draw("digits", digits(classes=names, hardest=hardest([0], [1])), 16, 9))
    assert "✗ ankle bo 97%" in text
    assert "sneaker <1%" in text
    assert "no evaluation yet" in "".join(draw("digits", digits(hardest=hardest([], [])), 60, 9))


def test_the_image_is_drawn_where_its_words_are() -> None:
    canvas = CHARTS["digits"].draw(digits(hardest=hardest([1, 2], [3, 4])), 60, 16, DARK)
    lines = canvas.text()
    row = next(index for index, line in enumerate(lines) if "says 1" in line)
    assert row == 14  # below the 14 lines of an image of 28 pixels: no room for the age
    bright = [column for column in range(60) if light(canvas.backgrounds[5, column]) == 255]
    first, second = lines[row].index("✗"), lines[row].rindex("✗")
    # Ink in columns 0 to 3 of the first image, and in 4 to 7 of the second one.
    assert bright == [*range(first, first + 4), *range(second + 4, second + 8)]


def test_the_same_digits_are_not_drawn_again() -> None:
    one, other = hardest([1], [2]), hardest([1], [2])
    drawn = [
        CHARTS["digits"].draw(digits(hardest=hard), 40, 20, DARK) for hard in (one, one, other)
    ]
    assert drawn[0] is drawn[1]
    assert drawn[0] is not drawn[2]
    path = walk()
    again = [CHARTS["activations"].draw(digits(walk=path), 60, 20, DARK) for _ in range(2)]
    assert again[0] is again[1]


def test_weights_are_blue_below_zero_and_orange_above() -> None:
    canvas = CHARTS["weights"].draw(digits(), 90, 15, DARK)
    assert "█ above 0  █ below 0" in canvas.text()[0]
    assert canvas.text()[0].endswith("units 1 to 3")
    shades = [unpacked(int(colour)) for colour in canvas.backgrounds[7]]
    assert shades.count(DARK.line) == shades.count(DARK.points) == 3 * 14
    assert shades.index(DARK.line) < shades.index(DARK.points)
    canvas = CHARTS["weights"].draw(digits(), 90, 15, LETTERS)
    assert "▒▓ above 0  -= below 0" in canvas.text()[0]
    assert ("≡" * 14 + "█" * 14) in canvas.text()[7]


def test_small_patterns_grow_by_whole_pixels() -> None:
    weights = np.zeros((8, 5, 5), dtype=np.float32)
    weights[:, 2, 2] = 1
    canvas = CHARTS["weights"].draw(digits(weights=weights), 100, 30, DARK)
    runs = max(
        (
            "".join("x" if unpacked(int(shade)) == DARK.points else " " for shade in row).split()
            for row in canvas.backgrounds
        ),
        key=len,
    )
    assert len(set(runs)) == 1  # all equal
    assert len(runs[0]) in (2, 3, 4, 5)
    assert len(runs[0]) * len(runs) > 12  # and not tiny


def test_a_digit_goes_from_its_image_through_the_layers_to_the_answer() -> None:
    layers = (
        Activation("16 units", np.eye(16, dtype=np.float32)[3]),
        Activation("4 units", np.ones(4, dtype=np.float32)),
    )
    lines = draw("activations", digits(walk=walk(*layers)), 72, 16)
    assert lines[-1].split() == ["is", "9", "16", "4", "says", "4"]
    assert "\n".join(lines).count("→") == 3
    assert any(line.rstrip().endswith("50%") and " 4 █" in line for line in lines)
    for answer in range(10):  # the last arrow is in the row of the answer
        for height in (9, 16, 24):
            drawn = draw("activations", digits(walk=walk(*layers, digit=answer)), 72, height)
            row = next(line for line in drawn if f"{answer} █" in line)
            assert f"→ {answer}" in row, (answer, height)


def test_a_layer_is_a_square_of_its_units_the_first_first() -> None:
    values = np.zeros(16, dtype=np.float32)
    values[5] = 1.0  # second row and column of 4 × 4
    canvas = CHARTS["activations"].draw(
        digits(walk=walk(Activation("16 units", values))), 72, 16, DARK
    )
    start = canvas.text()[-1].index("16")
    block = slice(start, start + 4)
    bright = [
        (row, column)
        for row in range(15)
        for column in range(start, start + 4)
        if light(canvas.foregrounds[row, column]) == 255
        or light(canvas.backgrounds[row, column]) == 255
    ]
    assert len(bright) == 1
    row, column = bright[0]
    assert column == start + 1
    assert canvas.text()[row][block] == " ▀  "  # the upper row is inactive, the lower one is not
    assert light(canvas.backgrounds[row, column]) == 255


def test_activations_below_zero_have_a_colour_of_their_own() -> None:
    values = np.array([-1, 1, -1, 1], dtype=np.float32)
    canvas = CHARTS["activations"].draw(
        digits(walk=walk(Activation("4 units", values))), 72, 16, DARK
    )
    start = canvas.text()[-1].index("4 ")
    shades = {unpacked(int(canvas.backgrounds[7, start + column])) for column in range(2)}
    assert shades == {DARK.line, DARK.points}


def test_the_maps_of_a_convolution_are_images() -> None:
    maps = np.zeros((8, 12, 12), dtype=np.float32)
    maps[:, :6] = 1
    lines = draw("activations", digits(walk=walk(Activation("8 maps", maps))), 100, 19)
    assert "8 maps" in lines[-1]
    canvas = CHARTS["activations"].draw(
        digits(walk=walk(Activation("8 maps", maps))), 100, 19, DARK
    )
    start, end = lines[-1].index("8 maps"), lines[-1].index("says")
    lit = np.array([[light(colour) == 255 for colour in row] for row in canvas.backgrounds[:18]])
    assert lit[:, start:end].sum() == 8 * 12 * 3  # the upper half of each, 3 of 6 lines


def test_room_is_shared_so_that_the_modest_have_all_they_want() -> None:
    assert shared([22, 16, 11, 8], 40) == [11, 11, 10, 8]
    assert shared([3, 2], 40) == [3, 2]
    assert shared([5, 5], 0) == [0, 0]
    assert shared([], 9) == []


def test_every_network_is_drawn_in_any_depth_and_size() -> None:
    layers = [
        Activation(f"{units} units", np.linspace(-1, 1, units, dtype=np.float32))
        for units in (512, 256, 128, 64)
    ]
    maps = Activation("16 maps", np.ones((16, 8, 8), dtype=np.float32))
    for path, depth in product(
        (walk(*layers), walk(maps, *layers[3:])), ("colours", "greys", "letters")
    ):
        frame = digits(walk=path, hardest=hardest([1] * 48, [2] * 48))
        for kind, size in product(KINDS, ((1, 1), (16, 5), (44, 9), (30, 30), (150, 40))):
            lines = CHARTS[kind].draw(frame, *size, replace(DARK, depth=depth)).text()
            assert [len(line) for line in lines] == [size[0]] * size[1]
