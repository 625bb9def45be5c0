from __future__ import annotations

import json

from bench.figure import Figure, Target


def test_the_median_stands_in_the_table_and_the_samples_beside_it() -> None:
    figure = Figure.median("steps kept", "", Target(0.9, at_least=True), [0.8, 0.95, 0.91])
    assert figure.value == 0.91
    assert figure.reached is True
    line = figure.as_line()
    assert line.startswith("✓ steps kept")
    for part in ("0.91", "≥ 0.9", "0.8 to 0.95"):
        assert part in line


def test_a_target_is_a_bound_from_above_or_below() -> None:
    for at_least, below, at, above in ((False, True, True, False), (True, False, True, True)):
        for value, reached in ((4.9, below), (5, at), (5.1, above)):
            assert Figure("x", "s", Target(5, at_least), [value], value).reached is reached


def test_what_could_not_be_measured_says_so_and_reaches_nothing() -> None:
    figure = Figure("steps over lightning", "×", Target(1.5, at_least=True), remark="no network")
    assert figure.reached is None
    assert "not measured" in figure.as_line()
    assert "no network" in figure.as_line()


def test_a_machine_reads_every_sample_and_the_target() -> None:
    figure = Figure.median("quit", "s", Target(0.3), [0.1, 0.5, 0.2])
    read = json.loads(json.dumps(figure.as_json()))
    assert read == {
        "name": "quit",
        "unit": "s",
        "target": "≤ 0.3",
        "samples": [0.1, 0.5, 0.2],
        "value": 0.2,
        "remark": "",
        "reached": True,
    }
