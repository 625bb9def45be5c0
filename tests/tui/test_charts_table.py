"""The charts of training on a table, and those shared with others, as text."""

from __future__ import annotations

import math
from collections import namedtuple
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from engine.frame import Frame, State
from engine.pictures import Belt, Measures, TablePicture
from engine.throughput import Throughput, plan
from tests.tui.chart_frames import DARK, braille, draw, losses, near, ticks
from tests.tui.digit_frames import digits
from tui.charts import CHARTS
from tui.charts.canvas import packed
from tui.charts.tables import short

SIZES = [(44, 9), (80, 20)]

Counted = namedtuple("Counted", "confusion classes")
Sloped = namedtuple("Sloped", "gradients")


def belt(samples: int, seen: int, batch: list[int], number: int, batches: int) -> Belt:
    """Return a belt that has shown the first `seen` samples, with this batch."""
    marks = np.arange(samples) < seen
    marks[batch] = True
    return Belt(marks, np.array(batch, dtype=np.int64), number, batches)


def frame(**changes: Any) -> Frame:
    """Return a frame of three epochs on 40 samples; the second batch of five."""
    fields: dict[str, Any] = {
        "data": "t.csv",
        "features": 2,
        "score": "accuracy",
        "belt": belt(40, 8, [39, 10, 11, 12, 13, 14, 15, 16], 2, 5),
        "measures": Measures(
            epochs=np.arange(4.0),
            train_loss=np.array([0.8, 0.4, 0.2, 0.1]),
            train_score=np.array([0.3, 0.8, 0.9, 1.0]),
            validation_loss=np.array([0.8, 0.5, 0.4, 0.6]),
            validation_score=np.array([0.3, 0.7, 0.8, 0.75]),
        ),
        "loss_to_beat": 0.69,
        "score_to_beat": 0.6,
        "guess": "no",
        "classes": ("no", "yes"),
        "confusion": np.array([[5, 1], [0, 4]]),
        "gradients": (("2 → 6", 1e-5), ("6 → 4", 1e-3), ("4 → 1", 1e-1)),
    }
    return replace(losses([1.0]), picture=TablePicture(**{**fields, **changes}))


def of(picture: Any) -> Frame:
    return replace(losses([1.0]), picture=picture)


# The belt.


@pytest.mark.parametrize("size", SIZES)
def test_each_sample_has_its_mark_at_its_place(size: tuple[int, int]) -> None:
    lines = draw("belt", frame(), *size)
    marks = "".join(lines[4:-1]).replace(" ", "")
    assert marks == "▪" * 8 + "··" + "█" * 7 + "·" * 22 + "█"
    assert "batch 2 of 5" in lines[0]
    assert "24 left" in lines[0]


def test_the_batch_lies_at_the_model_and_those_to_come_behind_it() -> None:
    row = draw("belt", frame(), 80, 12)[2]
    assert row.rstrip().endswith("▶ model")
    assert row.index("#5") < row.index("#4") < row.index("#3") < row.index("#2: 39 10 11")
    assert "#1" not in row
    assert "#6" not in row
    before = draw("belt", frame(), 60, 12)[2]  # it moves by one box for each batch
    after = draw("belt", frame(belt=belt(40, 16, [1, 2], 3, 5)), 60, 12)[2]
    assert before.index("#4") == after.index("#5")
    assert "#5" not in after[after.index("#4") :]


def test_numbers_that_do_not_fit_are_left_out_whole() -> None:
    row = draw("belt", frame(belt=belt(5000, 0, [1234, 2345, 3456, 4567], 1, 9)), 44, 9)[2]
    content = row[row.index("#1:") : row.rindex("│")].split()
    assert content[-1] == "…"
    assert set(content[1:-1]) <= {"1234", "2345", "3456", "4567"}


def test_many_samples_share_a_mark() -> None:
    lines = draw("belt", frame(belt=belt(4000, 2000, [3999], 3, 9)), 44, 9)
    marks = "".join(lines[4:-1]).replace(" ", "")
    each = 4000 // len(marks) + 1
    assert lines[-1].startswith("█ now ▪ seen · to come  ")
    assert lines[-1].endswith(f"  one mark: {each} samples")
    assert marks[-1] == "█"
    assert marks[:-1].rstrip("·") == "▪" * round(2000 / each)
    wide = draw("belt", frame(belt=belt(4000, 2000, [3999], 3, 9)), 76, 9)[-1]
    assert wide.startswith("█ in the batch ▪ seen · to come   ")
    # Where a mark is a sample, the legend says no more.
    assert draw("belt", frame(), 44, 9)[-1].rstrip() == "█ in the batch ▪ seen · to come"


def test_before_the_first_step_every_sample_is_to_come() -> None:
    start = belt(40, 0, [], 0, 5)
    lines = draw("belt", frame(belt=start), 44, 9)
    assert "40 samples, 5 batches an epoch" in lines[0]
    assert "".join(lines[4:-1]).strip() == "·" * 40
    assert "#1" in lines[2]
    lines = draw("belt", frame(belt=replace(start, waiting=True)), 44, 9)
    assert "workers are starting" in lines[0]


# Training and validation.


def test_the_curves_end_where_they_should_with_their_numbers_beside_their_names() -> None:
    for size in ((60, 14), (80, 30)):
        lines = draw("validation", frame(), *size)
        assert near(lines, 3, 1.0, "●")
        assert near(lines, 3, 0.75, "▲")
        assert near(lines, 9, 0.6, "╌")
        for expected in ("●⠒ train 1.000", "▲⠒ validation 0.750", "╌  all no 0.600", "accuracy"):
            assert expected in "\n".join(lines)
        assert "◆" not in "".join(lines)
        lines = draw("validation", frame(), *size, residuals=True)  # with e, the losses
        for expected in ("●⠒ train 0.100", "▲⠒ validation 0.600", "╌  all no 0.690", "loss"):
            assert expected in "\n".join(lines)
        assert "◆  least 0.4000, epoch 2" in "\n".join(lines)
        assert near(lines, 2, 0.4, "◆")
    lines = draw("validation", frame(score="R²", classes=(), guess="the mean, 3"), 60, 14)
    assert "the mean, 3 0.600" in "\n".join(lines)
    assert "R²" in "\n".join(lines)


def test_curves_that_are_one_are_both_seen() -> None:
    epochs = np.arange(60.0)
    score = 1 - 0.6 * np.exp(-epochs / 9)
    measures = Measures(epochs, 1 - score, score, 1 - score, score)
    for size in ((44, 9), (80, 30)):
        drawn = CHARTS["validation"].draw(frame(measures=measures), *size, DARK)
        train = (drawn.foregrounds == packed(DARK.line)) & (drawn.glyphs & ~0xFF == 0x2800)
        assert train.sum() > size[0] / 2
        assert ((drawn.foregrounds == packed(DARK.sample)) & (drawn.glyphs == ord("▲"))).sum() > 4


def test_losses_that_are_no_numbers_are_left_out() -> None:
    nan = np.full(4, np.nan)
    measures = Measures(np.arange(4.0), nan, nan, nan, nan)
    broken = frame(measures=measures, loss_to_beat=float("nan"), score_to_beat=float("nan"))
    assert "no accuracy that is a number" in "".join(draw("validation", broken, 60, 14))
    half = Measures(np.arange(4.0), *([np.array([0.5, 0.4, np.inf, np.nan])] * 4))
    assert braille(draw("validation", frame(measures=half), 60, 14, residuals=True))


# The confusion matrix, also used by other lessons.


@pytest.mark.parametrize("size", SIZES)
def test_each_count_stands_in_its_row_and_column(size: tuple[int, int]) -> None:
    counts = np.array([[50, 3], [2, 80]])
    lines = draw("confusion", of(Counted(counts, ("malignant", "benign"))), *size)
    head = lines[0]
    for row, name in enumerate(("malignant", "benign")):
        line = next(line for line in lines[1:] if name in line)
        for column, expected in enumerate(("malignant", "benign")):
            text = f"✓ {counts[row, column]}" if row == column else str(counts[row, column])
            middle = line.index(text, len(name)) + len(text) / 2
            assert middle == pytest.approx(head.index(expected, 10) + len(expected) / 2, abs=2)


def test_cells_are_shaded_by_their_share_and_right_from_wrong() -> None:
    counts = np.array([[90, 10], [50, 50]])
    drawn = CHARTS["confusion"].draw(of(Counted(counts, ("a", "b"))), 52, 9, DARK)
    papers = [int(paper) for paper in dict.fromkeys(drawn.backgrounds[2].tolist()) if paper != -1]
    more, less = (sum(paper.to_bytes(3, "big")) for paper in papers)
    assert more > less
    assert len({drawn.backgrounds[row, column] for row in (2, 6) for column in (20, 38)}) == 4


def test_ten_classes_fit_where_there_is_room() -> None:
    counts = np.diag(np.arange(1000, 1010))
    counts[4, 9] = 77
    names = tuple("0123456789")
    lines = draw("confusion", of(Counted(counts, names)), 70, 12)
    assert lines[0].split() == ["actual/predicted", *names]
    assert [line.split()[0] for line in lines[1:11]] == list(names)
    assert lines[5].split() == ["4", "·", "·", "·", "·", "1004", "·", "·", "·", "·", "77"]
    assert "✓" not in lines[5]


def test_it_always_says_which_side_is_the_truth() -> None:
    widths, heights = (16, 20, 25, 31, 40, 52, 69, 70, 89), (5, 6, 9, 11, 14, 24)
    for names in (("0", "1"), tuple("abc"), ("no", "yes"), tuple("0123456789")):
        counts = np.full((len(names), len(names)), 20)
        for width, height in product(widths, heights):
            lines = draw("confusion", of(Counted(counts, names)), width, height)
            listed = "taken for" in "".join(lines)
            assert listed or lines[0].split()[0] in ("actual", "actual/predicted")
            if width >= 70 and height > len(names):
                assert lines[0].split() == ["actual/predicted", *names]


def test_where_they_do_not_fit_the_commonest_mistakes_are_listed() -> None:
    counts = np.diag(np.arange(1000, 1010))
    counts[4, 9], counts[3, 5] = 77, 40
    lines = draw("confusion", of(Counted(counts, tuple("0123456789"))), 40, 8)
    assert "10,045 of 10,162 right" in lines[0]
    assert lines[1].startswith("4 taken for 9")
    assert lines[2].startswith("3 taken for 5")
    assert lines[1].count("█") == pytest.approx(lines[2].count("█") * 77 / 40, abs=2)
    assert "".join(lines[3:]).strip() == ""


def test_what_was_counted_is_said_whole_at_every_width() -> None:
    """Also for the longest ages, in the list and below the table; the rest is left out."""
    counts = np.diag(np.full(10, 1000))
    counts[0, 1] = 7
    wholes = {
        "✓ 10,000 of 10,007 right, validation, epoch 36, step 20",
        "✓ 10,000/10,007, validation, epoch 36, step 20",
        "✓ 10,000 of 10,007 right",
        "✓ 10,000/10,007",
    }
    seen = set()
    for width, height in product((20, 28, 38, 40, 48, 60, 90, 120), (6, 12, 14)):
        frame = digits(confusion=counts, part="validation", age="epoch 36, step 20")
        lines = draw("confusion", frame, width, height)
        head = next((line for line in lines if "10,007" in line), "")
        head = head.replace("rows: actual · columns: predicted · ", "")
        seen.add(head.replace("; the commonest mistakes:", "").strip())
    assert seen - {""} == wholes


def test_without_classes_or_counts_it_says_so() -> None:
    nothing = of(Counted(np.zeros((2, 2), dtype=np.int64), ("a", "b")))
    assert "nothing was evaluated yet" in "".join(draw("confusion", nothing, 60, 9))
    coming = replace(nothing, step=0)
    assert "the first step is on its way" in "".join(draw("confusion", coming, 60, 9))
    number = of(Counted(np.zeros((0, 0), dtype=np.int64), ()))
    assert "a number is predicted" in "".join(draw("confusion", number, 60, 9))


def test_names_of_strangers_take_a_cell_a_letter() -> None:
    assert short(("ab", "糖尿病", "x\u0301y", "a\x1bb", "", "abcdef"), 4) == (
        *("ab", "#2", "#3", "#4", "#5", "abc…"),
    )
    assert short(("ab",), 1) == ("…",)
    assert short(("Iris-versicolor", "Iris-virginica", "a", "a"), 6) == ("#1", "#2", "#3", "#4")
    # A right-to-left word, a variation selector, and a combining vowel sign.
    assert short(("العمر", "\u2764\ufe0f", "\u0928\u0940", "\u2764"), 9) == (
        "#1",
        "#2",
        "#3",
        "\u2764",
    )


# The gradients, also used by other lessons.


def length(line: str) -> float:
    return line.count("█") + 0.5 * sum(line.count(mark) for mark in "▏▎▍▌▋▊▉")


def test_a_tenth_is_one_step_shorter() -> None:
    lines = draw("gradients", of(Sloped((("a", 1e-4), ("b", 1e-3), ("c", 1e-2)))), 80, 20)
    bars = [length(lines[row]) for row in (0, 2, 4)]
    assert bars[2] - bars[1] == pytest.approx(bars[1] - bars[0], abs=1)
    assert bars[2] == pytest.approx(2 * bars[0], abs=1)  # the axis starts at 10⁻⁶
    assert lines[0].split("┤")[0].split() == ["a", "1.00×10⁻⁴"]
    assert "the last layer's is 100 × the first's" in lines[-1]
    assert lines[-2].strip() == "rms over the weights of a layer"


def test_what_is_drawn_is_said_where_there_is_room() -> None:
    layers = tuple((name, 0.1) for name in "abcde")
    for height, expected in ((9, True), (8, False), (7, False)):
        text = "\n".join(draw("gradients", of(Sloped(layers)), 44, height))
        assert ("rms over the weights of a layer" in text) is expected
        assert "the first layer's is 1 × the last's" in text or height == 7
    lines = draw("gradients", of(Sloped((("a", 1e-2), ("b", 1.0)))), 80, 20)
    across = {round(value, 9): column for value, column in ticks(lines)[0]}
    ends = [line.rindex("█") for line in (lines[0], lines[2])]
    assert ends == pytest.approx([across[0.01], across[1.0]], abs=1)
    for first, last, expected in (
        *((0.0, 1.0, "nothing arrives at the first layer"), (math.nan, 1.0, "not a number")),
        *((1e-300, 1e300, ""), (1.0, 0.0, "")),
    ):
        text = "\n".join(draw("gradients", of(Sloped((("a", first), ("b", last)))), 60, 12))
        assert expected in text
    for state, expected in (
        (State.READY, "no gradient yet: press s"),
        (State.PLAYING, "on its way"),
    ):
        waiting = replace(frame(gradients=()), state=state, step=0)
        assert expected in "".join(draw("gradients", waiting, 60, 9))


# The data loader.


def timed(count: int) -> tuple[Throughput, ...]:
    """Return timings: ten times faster per worker for slow samples, slower for those in memory."""
    return tuple(
        Throughput(workers, size, slow, 100.0 * (workers + 1) if slow else 1e6 / (workers + 1))
        for workers, size, slow in plan()[:count]
    )


def test_what_was_measured_stands_in_a_table() -> None:
    lines = draw("throughput", frame(throughput=timed(16)), 44, 10)
    assert lines[1].split() == ["batch", "of", "1", "32", "256", "32"]
    assert lines[2].split() == ["0", "workers", *["1.00M◂"] * 3, "100"]
    assert lines[5].split() == ["4", "workers", *["200,000"] * 3, "500◂"]
    assert lines[7].startswith("1 ms: 4 workers are 5× as fast")
    assert lines[8].strip() == "1 ms: a sample that takes 1 ms to make"
    assert "in memory: 1 worker is 0.5× as fast" in lines[6]


def test_what_is_far_slower_is_called_slow() -> None:
    results = tuple(
        Throughput(workers, size, slow, 400_000.0 if not workers else 25_000.0 + workers)
        for workers, size, slow in plan()
    )
    text = " ".join(draw("throughput", frame(throughput=results), 44, 10))
    assert "in memory: 4 workers are 16× as slow" in text


def test_what_is_still_to_come_is_told_from_what_never_will() -> None:
    going = draw("throughput", frame(throughput=timed(5), timing=True), 44, 10)
    assert "measuring: 5 of 16" in going[6]
    assert going[5].count("…") == 4
    ended = draw("throughput", frame(throughput=timed(5)), 44, 10)
    assert ended[5].count("·") == 4
    assert "◂" not in "".join(ended)
    assert "m: time the loader" in "".join(draw("throughput", frame(), 44, 10))
