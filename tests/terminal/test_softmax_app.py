"""The lab of softmax in a real terminal: keys only, and the screen as a person sees it."""

from __future__ import annotations

import pytest

from tests.terminal.conftest import Open
from tests.terminal.test_app import quit_app


@pytest.mark.parametrize(
    ("columns", "rows"), [(80, 22), pytest.param(120, 40, marks=pytest.mark.slow)]
)
def test_from_bars_to_what_overflows(terminal: Open, columns: int, rows: int) -> None:
    app = terminal("softmax", columns=columns, rows=rows)
    app.until("1 Concept")
    app.send("2")
    app.until("cat leads dog by 1.00")
    app.send("\x1b[B\x1b[C")  # down, right
    app.until("dog = 1.1")
    app.send("\r")
    app.until("esc cancel")
    app.send("z = [3, 3]\r")
    app.until("cat and dog share the lead")
    app.send("pl")
    app.until("c = 1")
    app.until("3.00")  # 2 + 1
    app.send("p\x1b[H")  # the home key
    app.until("the largest logit takes all")
    app.send("p")
    app.until("they differ by at most")
    app.until("−0.7631")
    app.send("sss")
    app.until("step 3")
    app.send("pll")
    app.until("not a number")
    app.until("−∞")
    app.send("b")
    app.until("∂L/∂z = P − y for dog")
    assert "Traceback" not in app.output.decode(errors="replace")
    quit_app(app)
