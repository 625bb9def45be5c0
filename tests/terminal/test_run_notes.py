"""`dltui run`: what has to be known of a training is told once, and its going is not told."""

from __future__ import annotations

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
