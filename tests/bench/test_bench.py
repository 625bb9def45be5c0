"""Check that the benchmark runs and prints its measurements."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bench.figures import costs
from bench.terminal import Line, Terminal

linux = pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="reads Linux's /proc")


@linux
def test_it_prints_figures_for_a_machine_and_exits_0() -> None:
    command = [sys.executable, "-m", "bench", "--json", "--only", "rest", "--seconds", "0.5"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=200)
    figures = json.loads(done.stdout)["figures"]
    assert [figure["unit"] for figure in figures] == ["% of a core"] * 3
    assert all(0 <= figure["value"] < 200 for figure in figures)


def test_an_unknown_figure_is_refused() -> None:
    command = [sys.executable, "-m", "bench", "--only", "beauty"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "beauty" in done.stderr


def test_a_command_that_ends_is_not_waited_for(tmp_path: Path) -> None:
    with Terminal("--version", folder=tmp_path) as app, pytest.raises(TimeoutError, match="never"):
        app.until("what it does not say")


def test_a_slow_line_holds_back_what_is_sent(tmp_path: Path) -> None:
    line = Line(bytes_per_second=4_000, delay=0.2)
    with Terminal("--help", folder=tmp_path, line=line) as app:
        app.until("dltui doctor")
        first, last = app.pieces[0].at, app.pieces[-1].at
        assert first - app.started >= line.delay
        sent = sum(len(piece.data) for piece in app.pieces[1:])
        assert last - first >= 0.999 * sent / line.bytes_per_second
        assert [piece.at for piece in app.pieces] == sorted(piece.at for piece in app.pieces)


@linux
def test_processor_time_is_that_of_the_work_done() -> None:
    busy = "import time\nwhile time.process_time() < 0.5: pass\nprint(flush=True)\ntime.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", busy], stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        worker.stdout.readline()
        assert costs.processor_seconds(worker.pid) == pytest.approx(0.5, abs=0.2)
        assert costs.thread_seconds(worker.pid, worker.pid) == pytest.approx(0.5, abs=0.2)
        assert 3 < costs.resident_megabytes(worker.pid) < 100
        os.kill(worker.pid, signal.SIGKILL)
