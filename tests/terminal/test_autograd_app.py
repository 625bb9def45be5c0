"""The autograd lab in a terminal, used with keys only."""

from __future__ import annotations

from tests.terminal.conftest import Open
from tests.terminal.screen import Terminal


def write(app: Terminal, text: str) -> None:
    """Open the input, wait for it, and type."""
    app.until(lambda text: "esc cancel" not in text)
    app.send("\r")
    app.until("esc cancel")
    app.send(text + "\r")


def line(app: Terminal) -> str:
    """Return the text of the input."""
    return app.screen.display[1].strip()


def test_a_lab_from_the_first_key_to_the_last_without_colours(terminal: Open) -> None:
    app = terminal("autograd", columns=80, rows=22, NO_COLOR="1")
    app.until("1 Concept")
    app.send("2")
    app.until(lambda text: "forward 0/2" in text and "f = a · z" in text)
    assert "∂ none yet" in app.text
    assert "∂ 0" not in app.text
    app.send("]]] ")
    app.until(lambda text: "✓ check" in text and "at the end" in text)
    assert "∂f/∂y += ∂f/∂a · ∂a/∂y = 4 · 2 = 8" in app.text
    for gradient in ("∂ 12", "∂ 8", "∂ 6"):
        assert gradient in app.text
    app.send("b")
    app.until("backward 4/5")

    write(app, "sigmoid(w*x)")
    app.until(lambda text: "your own · forward 0/2" in text and "f = sigmoid(a)" in text)
    write(app, "sigmoid(w*x) + 2x")
    app.until("a sign is missing")
    assert line(app) == "› sigmoid(w*x) + 2x"
    assert app.screen.display[2].index("^") == app.screen.display[1].index("2x")
    app.send("\x1b")
    app.until(lambda text: "a sign is missing" not in text and "2x" not in text)
    write(app, "x = 2abc")
    app.until("x = 2abc is not allowed: it must be a number")
    app.send("\x1b[F")  # to the end of the line; deletes three characters
    app.settle()
    app.send("\x7f\x7f\x7f\r")
    app.until(lambda _: line(app) == "› sigmoid(w*x)")
    app.send("s")
    app.until("a = w · x = 1 · 2 = 2")

    app.send("p" * 7)
    app.until("backward() twice through one graph")
    app.send("ssss")
    app.until("✗ f.backward()")
    app.until(lambda text: "retain_graph=True." in text and "a second time" in text)
    app.send("v")
    app.until("Tensors")
    app.send("v" + "p" * 7)
    app.until("f = a · z")
    app.send("v")
    app.until("● y = 3")
    app.send("jg")
    app.until("○ y = 3")
    app.resize(120, 40)
    app.until(lambda text: "○ y = 3" in text and "no gradient" in text and "Challenges" in text)
    app.resize(80, 22)
    app.until(lambda text: "○ y = 3" in text and "no gradient" not in text)
    app.quit()
