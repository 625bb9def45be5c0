"""Keys that come in one piece right after the start: none is lost while PyTorch loads."""

from __future__ import annotations

import re

from tests.terminal.conftest import Open


def test_keys_in_one_piece_right_after_the_start_make_their_steps(terminal: Open) -> None:
    app = terminal("linear-regression", "--device", "cpu")
    app.until("1 Concept")
    app.send("2sss")
    app.until(lambda text: re.search(r"epoch 3/1000", text))
    assert "loss" in app.text
    app.send("q")
    assert app.end() == 0


def test_a_lesson_is_opened_and_a_value_typed_before_pytorch_is_there(terminal: Open) -> None:
    app = terminal("--device", "cpu", columns=120, rows=40)
    app.until("The course")
    # To the fourth lesson's lab; the third control is the number of epochs.
    app.send("jjjj\r2jj\r\x01\x0b123\rss")
    app.until(lambda text: re.search(r"epoch 2/123\b", text))
    app.send("q")
    assert app.end() == 0
