"""`dltui run`: what has to be known of a training is told once, and its going is not told."""

from __future__ import annotations

import json
from itertools import chain, repeat

import pytest

from engine.trainers.linear_regression import LinearRegression
from tui import cli

Captured = pytest.CaptureFixture[str]
RUN = ("run", "linear-regression", "--set", "epochs=9", "--device", "cpu", "--json")


@pytest.mark.parametrize(
    ("notes", "told"),
    [
        (["full", "full", "", ""], ["dltui: full"]),
        (["full", "", "full", "gone"], ["dltui: full", "dltui: full", "dltui: gone"]),
        ([""], []),
    ],
)
def test_a_note_that_goes_prints_no_line(
    notes: list[str], told: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    noted = chain(notes, repeat(notes[-1]))
    monkeypatch.setattr(LinearRegression, "note", property(lambda _: next(noted)))
    assert cli.main(list(RUN)) == 0
    assert capsys.readouterr().err.splitlines() == told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (["points=7"], ["points has no effect while data = six-points; it has with data = line"]),
        (["points=7", "data=line"], []),
        (["points=100"], []),  # the value that it has anyway
        (
            ["noise=2", "slope=1"],
            [
                "slope has no effect while data = six-points; it has with data = line",
                "noise has no effect while data = six-points; it has with data = line",
            ],
        ),
        (
            ["initial_w=1", "initial_b=2", "seed=5"],
            ["seed has no effect while initial_w = 1; it has with initial_w = none"],
        ),
    ],
)
def test_a_setting_without_effect_is_reported_on_stderr_and_changes_nothing_else(
    changes: list[str], told: list[str], capsys: Captured
) -> None:
    words = [word for change in changes for word in ("--set", change)]
    assert cli.main([*RUN, *words]) == 0
    output, errors = capsys.readouterr()
    assert errors.splitlines() == [f"dltui: {line}" for line in told]
    assert json.loads(output.splitlines()[-1])["status"] == "finished"


def test_what_only_the_lab_shows_is_reported(capsys: Captured) -> None:
    words = ["run", "logistic-regression", "--set", "epochs=3", "--set", "at=1"]
    assert cli.main([*words, "--device", "cpu"]) == 0
    line = "dltui: at changes only what the lab shows, and no number of the training"
    assert capsys.readouterr().err.splitlines() == [line]
