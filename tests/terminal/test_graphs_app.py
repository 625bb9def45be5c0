"""The graphs lab in a terminal, used with keys; no process is left running."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.processes import all_end, descendants
from tests.terminal.conftest import Open

PROC = Path("/proc")


@pytest.mark.skipif(not (PROC / "self/task").exists(), reason="reads /proc")
def test_giving_up_another_size_and_q_in_the_middle_of_a_measurement(
    terminal: Open, tmp_path: Path
) -> None:
    folder = tmp_path / "compilers"
    folder.mkdir()
    app = terminal("graphs", columns=80, rows=22, NO_COLOR="1", TMPDIR=str(folder))
    app.until("1 Concept")
    app.send("2")
    app.until(lambda text: "space: measure" in text and "8 operations ran" in text)
    app.until("neg = -x")
    app.send(" ")
    app.until("measuring smooth")
    app.resize(60, 20)
    app.until("60×20")
    app.resize(120, 40)
    app.until(lambda text: "measuring smooth" in text and "Challenges" in text)
    app.send("p")  # a measurement continues while another program is shown
    app.until(lambda text: " branch · " in text.splitlines()[0])
    app.until("measuring smooth")
    app.send("\x1b")
    app.until(lambda text: "measuring" not in text.splitlines()[-2])
    assert descendants(app.process.pid) == set()
    assert list(folder.glob("dltui-compile-*")) == []
    app.send("p" * 5)
    app.until(lambda text: " smooth · " in text.splitlines()[0])
    app.send("ww ")
    app.until("measuring smooth")
    app.until("seeing what the compiler sees")  # continues for seconds from here
    started = descendants(app.process.pid)
    assert started
    assert list(folder.glob("dltui-compile-*"))
    app.quit()
    assert all_end(started)
    assert list(folder.glob("dltui-compile-*")) == []
