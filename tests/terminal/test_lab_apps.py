"""Labs in a terminal, used with keys only; no process is left running."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.processes import all_end, descendants
from tests.terminal.conftest import Open, in_lab
from tests.terminal.screen import Terminal, epoch

SLOW = pytest.mark.slow
LEFT, RIGHT, DOWN, FAR_RIGHT = "\x1b[D", "\x1b[C", "\x1b[B", "\x1b[1;2C"
HOME, END, ESCAPE = "\x1b[H", "\x1b[F", "\x1b"


# Probabilities and softmax.


def test_from_the_sigmoid_to_where_32_bits_run_out(terminal: Open) -> None:
    app = in_lab(terminal, "probabilities", words="P = 0.7311")  # σ(1)
    app.play(
        (LEFT + LEFT, "P = 0.6900"),  # σ(0.8)
        (FAR_RIGHT, "z = 1 "),
        ("p", "Even odds"),
        ("⏎odds = 3", "Odds of 3.00 to 1", "P = 0.75"),
        ("p", "The label is 1, and P gave it 0.119"),  # σ(−2)
        ("a", "The label is 0, and P gave it 0.881"),
        ("p", "−0.0347"),
        ("p", "Both logits start at z = −6"),
    )
    app.resize(120, 40)
    app.play(
        ("", "Challenges", "Both logits start at z = −6"),
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


def test_from_bars_to_what_overflows(terminal: Open) -> None:
    app = in_lab(terminal, "softmax", words="cat leads dog by 1.00")
    app.play(
        (DOWN + RIGHT, "dog = 1.1"),
        ("⏎z = [3, 3]", "cat and dog share the lead"),
        ("pl", "c = 1", "3.00"),  # 2 + 1
        ("p" + HOME, "the largest logit takes all"),
    )
    app.resize(120, 40)
    app.play(
        ("", "Challenges", "the largest logit takes all"),
        ("p", "they differ by at most", "−0.7631"),
        ("sss", "step 3"),
        ("pll", "not a number", "−∞"),
        ("b", "∂L/∂z = P − y for dog"),
    )
    app.quit()


# Autograd and tensors.


def test_an_expression_and_a_program_of_autograd_without_colours(terminal: Open) -> None:
    app = in_lab(terminal, "autograd", words="forward 0/2", NO_COLOR="1")
    app.play(
        ("", "f = a · z", "∂ none yet", "!∂ 0"),
        ("]]] ", "✓ check", "at the end", "∂f/∂y += ∂f/∂a · ∂a/∂y = 4 · 2 = 8"),
        ("", "∂ 12", "∂ 8", "∂ 6"),
        ("b", "backward 4/5"),
        ("⏎sigmoid(w*x)", "your own · forward 0/2", "f = sigmoid(a)"),
        ("⏎sigmoid(w*x) + 2x", "a sign is missing"),
    )
    assert app.line() == "› sigmoid(w*x) + 2x"
    assert app.screen.display[2].index("^") == app.screen.display[1].index("2x")
    app.play(
        (ESCAPE, "!a sign is missing", "!2x"),
        ("⏎x = 2abc", "x = 2abc is not allowed: it must be a number"),
        (END,),
    )
    app.settle()
    app.send("\x7f\x7f\x7f\r")
    app.until(lambda _: app.line() == "› sigmoid(w*x)")
    app.play(
        ("s", "a = w · x = 1 · 2 = 2"),
        ("p" * 7, "backward() twice through one graph"),
        ("ssss", "✗ f.backward()", "retain_graph=True.", "a second time"),
        ("v", "Tensors"),
        ("v" + "p" * 7, "f = a · z"),
        ("v", "● y = 3"),
        ("jg", "○ y = 3"),
    )
    app.resize(120, 40)
    app.play(("", "○ y = 3", "no gradient", "Challenges"))
    app.resize(80, 22)
    app.play(("", "○ y = 3", "!no gradient"))
    app.quit()


def frame(text: str) -> int:
    """Return the number of the visible video frame."""
    found = re.search(r"x\[(\d+)\] of 20", text)
    return int(found[1]) if found else -1


def test_every_scene_of_tensors_from_the_first_to_the_map_in_several_sizes(terminal: Open) -> None:
    clear = "\x15"  # ctrl+u deletes all before the cursor
    app = in_lab(terminal, "tensors", words="n: a line to try", NO_COLOR="1")
    app.play(
        ("", "A single number"),
        ("p", " features · "),
        ("p", " sequence · "),
        ("nnn", "still 2-D", "result (8, 1) (1, 1) float32 cpu 0 its own "),
        # Two of eight rows of three numbers, from the second one: an offset of 3, not copied.
        (
            f"⏎{clear}x[1:3, :2]",
            "4 of 24 cells of x",
            "result (2, 2) (3, 1) float32 cpu 3 shares x",
        ),
        (f"⏎{clear}x[:, 3]", "PyTorch refuses", "index 3 is out of bounds"),
        (ESCAPE, "!esc cancel"),
        (f"⏎{clear}x.__class__", "^"),
        (ESCAPE, "!x.__class__"),
        ("p", " grid · "),
        ("n", "−1 is worked out: 6; the memory is shared"),
    )
    app.resize(60, 20)
    app.until("60×20")
    app.resize(80, 22)
    app.play(("", "−1 is worked out", "!Challenges"), ("\r", "esc cancel"))
    app.play((f"{END} + 1", "x.reshape(2, -1) + 1"))  # without the end key, typing replaces it
    app.resize(120, 40)
    app.until("Challenges")
    assert "x.reshape(2, -1) + 1" in app.line()  # typed text is kept
    app.play(("\r", "its own", "x.reshape(2, -1) + 1"))
    app.settle()
    app.screen.reset()  # otherwise what is left of the large screen looks like the small one
    app.resize(80, 22)
    app.play(("", "its own", "!Challenges", "!Lines to try"))
    app.play(("v", "Lines to try", "x.reshape(2, -1)"))
    assert "▶" not in app.text  # the learner's line is not one of the scene
    app.play(("v", "!Lines to try"), ("p", " image · "), ("p", " video · "), (" ", "frames/s"))
    app.until(lambda text: frame(text) >= 2)
    app.play((" ", "n: a line to try"))
    held = frame(app.text)
    app.send("s")
    app.until(lambda text: frame(text) == (held + 1) % 20)
    app.play(
        ("p", " broadcasting · "),
        ("p", " numpy · "),
        (" ", "The array was changed, and shared changed with it", "line 4/10"),
        (DOWN, "[10]"),  # the cursor moves to the first cell of a, and enter offers its number
        ("\r", "› a[0, 0] = 10"),
        ("5\r", "line 5/11", "[5]", " 5* "),  # the learner's own statement; in a, and in shared
        ("b", "line 4/10", "[10]", " 10* "),
        ("p", " modules · "),
        ("\r", "[15., 22.]"),  # [[1, 2], [3, 4]] times itself
        ("j", "torch.nn · space: run it"),
        (" ", "✓ torch.nn ", " ms here"),
    )
    app.quit()


# The five steps.


def lights(app: Terminal, name: str) -> None:
    """Wait until only this one of the five steps is marked."""
    app.until(lambda text: re.findall(r"▶\d (\w+)", text) == [name])


def test_one_of_five_at_a_time_and_then_the_map(terminal: Open) -> None:
    app = in_lab(terminal, "five-steps", NO_COLOR="1")  # the marker is readable without colours
    for name in ("data", "model", "loss", "optimizer"):
        app.send("s")
        lights(app, name)
    assert "epoch 1/500" in app.text  # the epoch in progress
    app.resize(100, 30)
    lights(app, "optimizer")
    app.resize(80, 22)
    app.send("s")
    lights(app, "loop")
    app.until("epoch 1/500")
    app.send("ppp")
    app.until(lambda text: " optimi… · " in text.splitlines()[0])
    app.play(
        ("vv", "local optimum"),
        ("]" * 12 + " ", "finished", "SGD 0.4955", "Adam 0.0091"),
        ("3", "five-steps.py", "# 5. Loop"),
    )
    app.quit()


# The data loader.


@SLOW
def test_a_learner_trains_on_a_table_of_her_own(terminal: Open, tmp_path: Path) -> None:
    def side(text: str) -> str:
        """Return the text of the right panels, whose line breaks depend on the width."""
        lines = text.splitlines()
        left = lines[1].index("Controls")
        return " ".join(" ".join(line[left:].strip("│ ") for line in lines).split())

    lines = [f"{i % 7},{i % 5},{('no', 'yes')[i % 7 > 3]}" for i in range(80)]
    (tmp_path / "mine.csv").write_text("\n".join(["a,b,kind", *lines]))
    app = in_lab(terminal, "dataloader")
    app.play(("", "427 samples, 14 batches"), ("s", "batch 1 of 14", "█"))
    app.send(DOWN * 4)  # down to the file control
    app.settle()
    app.play(("\r", "your CSV:"))
    app.send(f"{tmp_path}/mine.cs\r")
    app.until(lambda text: "no such file" in side(text))
    app.send(END)  # otherwise the next letter replaces the selected path
    app.play(("v\r", "60 samples, 2 batches"))
    app.send(" ")
    app.until(lambda text: epoch(text) >= 2)
    app.play(("v", "Train and validation", "epochs"))
    app.send("vv")
    app.until(lambda text: re.search(r"yes.*✓|✓.*yes", text.replace("\n", " ")))
    app.play(("c", "dataloader.py"))
    app.quit()


@SLOW
def test_q_ends_workers_that_start_and_the_timing_of_the_loader(terminal: Open) -> None:
    app = in_lab(terminal, "dataloader", words="14 batches")
    app.play(("pppppp", "workers ·"), (" ", "the workers are starting"))
    family = descendants(app.process.pid)
    assert len(family) >= 2
    assert app.quit() < 3
    assert all_end(family)
    app = in_lab(terminal, "dataloader", words="14 batches")
    app.play(("m", "measuring: 0 of 16"))
    app.until(lambda text: re.search(r"0 workers +[\d,]+ ", text) is not None)
    app.quit()
