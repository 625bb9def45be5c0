"""The page Write: from saving a program to its first loss, and keys while it runs."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figure import Figure, Target
from bench.lab import Options, measured_keys, percentile
from bench.terminal import Terminal
from lessons.exercises import find

EXERCISE = find("linear-regression/training-step")
CODE = 30
"""A column inside the program."""


def measure_exercise(options: Options) -> Iterator[Figure]:
    """Measure the page Write with PyTorch warm; the program runs until it is stopped."""
    with TemporaryDirectory() as folder, Terminal(EXERCISE.lesson, folder=Path(folder)) as app:
        file = Path(folder) / "exercises" / EXERCISE.lesson / f"{EXERCISE.name}.py"
        app.until("1 Concept")
        app.send("4")
        app.until("your turn")
        app.send(" ")
        app.until("Look at line")
        took = [saved(app, file, number) for number in range(options.rounds)]
        yield Figure.median("program saved to its first loss", "s", Target(1), took)
        app.send("jjj")  # below the first line, which is wrapped
        time.sleep(0.5)
        answered, remark = measured_keys(app, highlight)
    value = percentile(answered, 0.99) * 1000
    milliseconds = [each * 1000 for each in answered]
    yield Figure("key while a program runs, p99", "ms", Target(40), milliseconds, value, remark)


def saved(app: Terminal, file: Path, number: int) -> float:
    """Save a program with an error, then one that trains on; return the seconds to its loss."""
    broken = f"wrong{number}"
    file.write_text(f"{broken}\n", encoding="utf-8")
    app.until(f"name '{broken}' is not defined")
    app.until(lambda text: "▶ update" not in text)
    program = EXERCISE.solution.replace("range(200)", f"range({10**9})")
    at = time.perf_counter()
    file.write_text(program, encoding="utf-8")
    return app.until(re.compile(r"▶ update [1-9]").search) - at


def highlight(app: Terminal) -> tuple[int, ...]:
    """Return the highlighted row of the program; nothing while two lines are half repainted."""
    rows = range(4, app.screen.lines - 8)
    grounds = [app.screen.buffer[row][CODE].bg for row in rows]
    plain = Counter(grounds).most_common(1)[0][0]
    found = tuple(row for row, ground in zip(rows, grounds, strict=True) if ground != plain)
    return found if len(found) == 1 else ()
