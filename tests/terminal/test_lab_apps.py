"""The labs in a real terminal: keys only, the screen as a person sees it, nothing left running."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.processes import alive, descendants
from tests.terminal.conftest import Open, in_lab
from tests.terminal.screen import Terminal, epoch

SLOW = pytest.mark.slow
SIZES = [(80, 22), pytest.param((120, 40), marks=SLOW)]
LEFT, RIGHT, DOWN, FAR_RIGHT = "\x1b[D", "\x1b[C", "\x1b[B", "\x1b[1;2C"
HOME, END, ESCAPE = "\x1b[H", "\x1b[F", "\x1b"


def size(columns_and_rows: tuple[int, int]) -> Any:
    return dict(zip(("columns", "rows"), columns_and_rows, strict=True))


def go_on(app: Terminal, *presets: str) -> None:
    """Press p until each of the presets has been in sight, in this order."""
    for preset in presets:
        app.send("p")
        app.until(lambda text, preset=preset: f" {preset} · " in text.splitlines()[0])


# Probabilities and softmax.


@pytest.mark.parametrize("columns_and_rows", SIZES)
def test_from_the_sigmoid_to_where_32_bits_run_out(
    terminal: Open, columns_and_rows: tuple[int, int]
) -> None:
    app = in_lab(terminal, "probabilities", words="P = 0.7311", **size(columns_and_rows))  # σ(1)
    app.play(
        (LEFT + LEFT, "P = 0.6900"),  # σ(0.8)
        (FAR_RIGHT, "z = 1 "),
        ("p", "Even odds"),
        ("⏎odds = 3", "Odds of 3.00 to 1", "P = 0.75"),
        ("p", "The label is 1, and P gave it 0.119"),  # σ(−2)
        ("a", "The label is 0, and P gave it 0.881"),
        ("p", "−0.0347"),
        ("p", "Both logits start at z = −6"),
        ("sssssss", "Squared error still creeps"),
        (" ", "a second"),
        (" ", "s: one step"),
        ("pa", "there is nothing to learn"),
        (END, "exactly 1", "cuts it off at −100"),
        ("⏎[31m", "a number stands here"),
        (ESCAPE, "!a number stands here"),
        ("b", "Both logits start"),
    )
    app.quit()


@pytest.mark.parametrize("columns_and_rows", SIZES)
def test_from_bars_to_what_overflows(terminal: Open, columns_and_rows: tuple[int, int]) -> None:
    app = in_lab(terminal, "softmax", words="cat leads dog by 1.00", **size(columns_and_rows))
    app.play(
        (DOWN + RIGHT, "dog = 1.1"),
        ("⏎z = [3, 3]", "cat and dog share the lead"),
        ("pl", "c = 1", "3.00"),  # 2 + 1
        ("p" + HOME, "the largest logit takes all"),
        ("p", "they differ by at most", "−0.7631"),
        ("sss", "step 3"),
        ("pll", "not a number", "−∞"),
        ("b", "∂L/∂z = P − y for dog"),
    )
    app.quit()


# The five steps.


def lights(app: Terminal, name: str) -> None:
    """Wait until this one of the five is marked, and no other."""
    app.until(lambda text: re.findall(r"▶\d (\w+)", text) == [name])


@pytest.mark.parametrize("columns_and_rows", SIZES)
def test_one_of_five_at_a_time_and_then_the_map(
    terminal: Open, columns_and_rows: tuple[int, int]
) -> None:
    low = columns_and_rows == (80, 22)  # there without colours, and yet it is marked
    colours = {"NO_COLOR": "1"} if low else {}
    app = in_lab(terminal, "five-steps", **size(columns_and_rows), **colours)
    for name in ("data", "model", "loss", "optimizer"):
        app.send("s")
        lights(app, name)
    assert "epoch 0/500" in app.text
    app.resize(100, 30)
    lights(app, "optimizer")
    app.resize(*columns_and_rows)
    app.send("s")
    lights(app, "loop")
    app.until("epoch 1/500")
    app.send("ppp")
    app.until(lambda text: " optimizers · " in text.splitlines()[0])
    app.play(
        ("vv" * low, "local optimum"),
        ("]" * 12 + " ", "finished", "SGD 0.4955", "Adam 0.0091"),
        ("3", "The five steps of every training"),
    )
    app.quit()


# The loader.


@SLOW
def test_a_learner_trains_on_a_table_of_her_own(terminal: Open, tmp_path: Path) -> None:
    def side(text: str) -> str:
        """What stands in the panels on the right, whose lines break according to the width."""
        lines = text.splitlines()
        left = lines[1].index("Controls")
        return " ".join(" ".join(line[left:].strip("│ ") for line in lines).split())

    lines = [f"{i % 7},{i % 5},{('no', 'yes')[i % 7 > 3]}" for i in range(80)]
    (tmp_path / "mine.csv").write_text("\n".join(["a,b,kind", *lines]))
    for columns_and_rows in ((80, 22), (120, 40)):
        app = in_lab(terminal, "dataloader", **size(columns_and_rows))
        app.play(("", "427 samples, 14 batches"), ("s", "batch 1 of 14", "█"))
        app.send(DOWN * 4)  # down to the file
        app.settle()
        app.play(("\r", "your CSV:"))
        app.send(f"{tmp_path}/mine.cs\r")
        app.until(lambda text: "no such file" in side(text))
        app.play(("v\r", "60 samples, 2 batches"))
        app.send(" ")
        app.until(lambda text: epoch(text) >= 2)
        app.play(("v", "Train and validation", "epochs"))
        app.send("vv")
        app.until(lambda text: re.search(r"yes.*✓|✓.*yes", text.replace("\n", " ")))
        app.play(("c", "engine/trainers/dataloader.py"))
        app.quit()


@SLOW
def test_q_ends_workers_that_start_and_the_timing_of_the_loader(terminal: Open) -> None:
    app = in_lab(terminal, "dataloader", words="14 batches")
    app.play(("pppppp", "workers ·"), (" ", "the workers are starting"))
    family = descendants(app.process.pid)
    assert len(family) >= 2
    assert app.quit() < 3
    assert not any(map(alive, family))
    app = in_lab(terminal, "dataloader", words="14 batches")
    app.play(("m", "measuring: 0 of 16"))
    app.until(lambda text: re.search(r"0 workers +[\d,]+ ", text) is not None)
    app.quit()


# Autograd.


@SLOW
def test_autograd_from_the_first_key_to_the_last(terminal: Open) -> None:
    app = in_lab(terminal, "autograd", words="forward 0/2", columns=120, rows=40)
    assert "∂ none yet" in app.text
    assert "∂ 0" not in app.text
    app.play(
        ("ss", "f = a · z = 6 · 4 = 24", "The values are all there"),
        ("sssss", "∂f/∂y += ∂f/∂a · ∂a/∂y = 4 · 2 = 8", "✓ check", "∂ 12", "∂ 8", "∂ 6"),
        ("b", "backward 4/5"),
        ("⏎sigmoid(w*x)", "your own · forward 0/2", "f = sigmoid(a)"),
        ("⏎sigmoid(w*x) + 2x", "a sign is missing"),
    )
    assert app.line() == "› sigmoid(w*x) + 2x"
    assert app.screen.display[2].index("^") == app.screen.display[1].index("2x")
    app.play(
        (ESCAPE, "!a sign is missing", "!2x"),
        ("⏎x = 2abc", "x = 2abc is not allowed: it must be a number"),
    )
    app.send(END)  # to the end of the line, and the three letters go
    app.settle()
    app.send("\x7f\x7f\x7f")
    app.until(lambda _: app.line() == "› x = 2")
    app.send("\r")
    app.until(lambda _: app.line() == "› sigmoid(w*x)")
    app.play(
        ("s", "a = w · x = 1 · 2 = 2"),
        ("⏎__import__('os')", "an expression has no function __import__"),
        (ESCAPE, "a = w · x = 1 · 2 = 2"),
    )
    app.until(lambda _: app.line() == "› sigmoid(w*x)")
    app.quit()


@SLOW
def test_programs_inputs_and_another_size_without_colours(terminal: Open) -> None:
    app = in_lab(terminal, "autograd", words="forward 0/2", NO_COLOR="1")
    app.play(
        ("]]] ", "✓ check", "at the end"),
        ("p" * 7, "backward() twice through one graph"),
        ("ssss", "✗ f.backward()", "or keep the graph with retain_graph=True."),
        ("", "Trying to backward through the graph a second time"),
        ("v", "Tensors"),
        ("v" + "p" * 7, "f = a · z"),
        ("v", "● y = 3"),
        ("jg", "○ y = 3"),
    )
    app.resize(120, 40)
    app.play(
        ("", "○ y = 3", "no gradient", "Challenges"),
        ("?", "esc closes"),
        (ESCAPE, "!esc closes"),
    )
    app.resize(80, 22)
    app.play(("", "○ y = 3", "!no gradient"), (ESCAPE, "The course"))
    app.quit()


# Graphs.


@SLOW
def test_q_in_the_middle_of_a_measurement_leaves_nothing(terminal: Open, tmp_path: Path) -> None:
    for columns_and_rows, stage in (
        ((80, 22), "in a process of its own"),
        ((120, 40), "seeing what the compiler sees"),
    ):
        folder = tmp_path / f"compilers{columns_and_rows[0]}"
        folder.mkdir()
        words = "space: measure"
        app = in_lab(terminal, "graphs", words=words, TMPDIR=str(folder), **size(columns_and_rows))
        app.play(("", "8 operations ran", "neg = -x"), ("ww ", "measuring smooth"))
        back = "v" * (columns_and_rows == (80, 22))  # from the costs back to the graph
        app.play((back, stage))
        started = descendants(app.process.pid)
        assert started
        assert list(folder.glob("dltui-compile-*"))
        app.quit()
        assert [process for process in started if alive(process)] == []
        assert list(folder.glob("dltui-compile-*")) == []


@SLOW
def test_giving_up_and_another_size_in_the_middle_of_a_measurement(terminal: Open) -> None:
    app = in_lab(terminal, "graphs", words="space: measure", NO_COLOR="1")
    app.play(("", "neg = -x"), (" ", "measuring smooth"))
    app.resize(60, 20)
    app.until("60×20")
    app.resize(120, 40)
    app.play(("", "measuring smooth", "Challenges"))
    go_on(app, "branch")  # a measurement goes on while another program is looked at
    app.until("measuring smooth")
    app.send(ESCAPE)
    app.until(lambda text: "measuring" not in text.splitlines()[-2])
    assert not any(map(alive, descendants(app.process.pid)))
    app.play((ESCAPE, "The course"))
    app.quit()


# Tensors.


def frame(text: str) -> int:
    """Which frame of the video is in sight."""
    found = re.search(r"x\[(\d+)\] of 20", text)
    return int(found[1]) if found else -1


@SLOW
def test_every_scene_from_the_first_to_the_map(terminal: Open) -> None:
    app = in_lab(terminal, "tensors", words="n: a line to try")
    go_on(app, "features", "sequence")
    app.play(
        ("nnn", "still 2-D", " result (8, 1) (1, 1) float32 cpu 0 its own "),
        ("⏎\x15x[1:3, :2]", "4 of 24 cells of x"),
        # Two of eight rows of three numbers, from the second on: an offset of 3, nothing copied.
        ("", " result (2, 2) (3, 1) float32 cpu 3 shares x "),
        ("⏎\x15x[:, 3]", "PyTorch refuses", "index 3 is out of bounds"),
        (ESCAPE, "!esc cancel"),
        ("⏎\x15x.__class__",),
    )
    app.until(lambda text: "^" in text.splitlines()[2])
    app.send(ESCAPE)
    app.until(lambda _: app.line() == "›")

    go_on(app, "grid", "image", "video")
    app.send(" ")
    app.until(lambda text: frame(text) >= 2 and "frames/s" in text)
    app.play((" ", "n: a line to try"))
    held = frame(app.text)
    app.send("s")
    app.until(lambda text: frame(text) == (held + 1) % 20)

    go_on(app, "broadcasting", "numpy")
    app.play(
        (" ", "The array was changed, and shared changed with it", "line 4/10"),
        (DOWN, "[10]"),  # the cursor comes to the first cell of a, and enter offers its number
    )
    app.send("\r")
    app.until(lambda _: app.line() == "› a[0, 0] = 10")
    app.play(
        ("5\r", "line 5/11", "[5]", " 5* "),  # a statement more: the own one; in a, and in shared
        ("b", "line 4/10", "[10]", " 10* "),
    )
    go_on(app, "modules")
    app.play(
        ("\r", "[15., 22.]"),  # [[1, 2], [3, 4]] times itself
        ("j", "torch.nn · space: run it"),
        (" ", "✓ torch.nn ", " ms here"),
    )
    app.quit()


@SLOW
def test_another_size_in_the_middle_of_typing_without_colours(terminal: Open) -> None:
    words = "n: a line to try"
    app = in_lab(terminal, "tensors", words=words, columns=120, rows=40, NO_COLOR="1")
    go_on(app, "features", "sequence", "grid")
    app.play(("n", "−1 is worked out: 6; the memory is shared"))
    app.resize(60, 20)
    app.until("60×20")
    app.resize(80, 22)
    app.play(
        ("", "−1 is worked out", "!Challenges"),
        ("\r", "esc cancel"),
        (f"{END} + 1", "x.reshape(2, -1) + 1"),  # else what is typed replaces the line
    )
    app.resize(120, 40)
    app.until("Challenges")
    assert "x.reshape(2, -1) + 1" in app.line()  # what is being typed stays
    app.play(("\r", "its own", "x.reshape(2, -1) + 1"))
    app.resize(80, 22)
    app.play(("", "!Challenges"))
    app.send("v")
    app.until(lambda text: "Lines to try" in text and "  x.reshape(2, -1)" in text)
    assert "▶" not in app.text  # the learner's own is no line of the scene
    app.quit()
