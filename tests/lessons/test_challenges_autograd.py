"""Each challenge of autograd: what its hint says meets it, and what is nearly that does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from engine.graph.programs import PROGRAMS, ProgramPosition
from engine.graph.settings import GraphSettings
from engine.graph.take_apart import ProgramSession, take_apart
from engine.graph.walk import WalkPosition
from lessons.catalog import find

LESSON = find("autograd").load()
Settings = Mapping[str, str]


def walked(**settings: str) -> WalkPosition:
    """A walk at its end."""
    walk = take_apart(GraphSettings.of(settings))
    return WalkPosition(walk, len(walk.moves))


def met(look: WalkPosition | ProgramPosition) -> set[str]:
    return {each.slug for each in LESSON.challenges if each.check and each.check(look)}


TEN = "sigmoid(" * 10 + "x" + ")" * 10

MET: dict[str, list[Settings]] = {
    "walked": [
        {"expression": "x*y*z", "x": "2", "y": "3", "z": "4"},
        {"expression": TEN, "x": "0"},
    ],
    "six": [
        {"expression": "x**2", "x": "3"},
        {"expression": "6*x", "x": "1"},
        {"expression": "x*y", "x": "9", "y": "6"},
        {"expression": "mean(x) * 6", "x": "[5]"},
    ],
    "faint": [
        {"expression": "sigmoid(x)", "x": "15"},
        {"expression": TEN, "x": "0"},
        {"expression": "tanh(w*x)", "w": "1", "x": "9"},
        {"expression": "exp(-x)", "x": "20"},
    ],
    "refused": [
        {"expression": "x*2", "x": "[1, 2]"},
        {"expression": "x*2", "x": "1", "requires_grad": "none"},
        {"expression": "x*2", "x": "1", "gradient": "[1, 2]"},
    ],
}

MISSED: dict[str, list[Settings]] = {
    "walked": [
        {"expression": "2*x", "x": "1"},  # one operation has no chain
        {"expression": "exp(x)*2", "x": "[1, 2]"},  # backward did not start
    ],
    "six": [
        {"expression": "x**2", "x": "3.0000001"},
        {"expression": "-x**2", "x": "3"},
        {"expression": "y**2", "y": "3"},  # not x
        {"expression": "x*6 + y", "x": "1", "y": "1", "requires_grad": "y"},
        {"expression": "x*6", "x": "[1, 2]", "gradient": "[1, 1]"},  # two of them
        {"expression": "f*x", "f": "5.9999", "x": "1"},
    ],
    "faint": [
        {"expression": "relu(x)", "x": "-1"},  # 0, and not almost 0
        {"expression": "sigmoid(x)", "x": "13"},  # 2.3×10⁻⁶
        {"expression": "sigmoid(x)", "x": "1000"},  # 0 even in float64
        {"expression": "sqrt(0*x)", "x": "1"},  # no number
        {"expression": "1e-9*x*1e9", "x": "1"},  # on the way, not at the leaf
    ],
    "refused": [
        {"expression": "x*y*z", "x": "2", "y": "3", "z": "4"},
        {"expression": "log(-x)", "x": "2"},
        {"expression": "x*2", "x": "[1, 2]", "gradient": "[1, 1]"},
    ],
}


def cases(table: Mapping[str, list[Settings]]) -> Iterator[object]:
    for slug, runs in table.items():
        for run in runs:
            yield pytest.param(slug, run, id=f"{slug}-{run['expression'][:20]}-{run.get('x')}")


def test_every_challenge_has_its_runs() -> None:
    checked = {each.slug for each in LESSON.challenges if each.check}
    assert checked == set(MET) == set(MISSED) == {each.slug for each in LESSON.challenges}


@pytest.mark.parametrize(("slug", "settings"), cases(MET))
def test_is_met_at_the_end_and_at_no_move_before(slug: str, settings: Settings) -> None:
    look = walked(**settings)
    assert slug in met(look)
    for position in range(len(look.walk.moves)):
        assert slug not in met(WalkPosition(look.walk, position))


@pytest.mark.parametrize(("slug", "settings"), cases(MISSED))
def test_is_not_met_by_what_is_nearly_it(slug: str, settings: Settings) -> None:
    assert slug not in met(walked(**settings))


def test_the_start_of_a_preset_meets_nothing() -> None:
    for preset in LESSON.presets:
        texts = {name: str(value) for name, value in preset.settings.items()}
        if "program" in texts:
            assert met(ProgramPosition(PROGRAMS[texts["program"]], ())) == set()
        else:
            assert met(WalkPosition(take_apart(GraphSettings.of(texts)), 0)) == set()


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_meets_nothing_even_where_backward_refuses(name: str) -> None:
    session = ProgramSession(PROGRAMS[name])
    while session.step() is not None:
        assert met(session.position) == set()


def test_the_hints_name_what_is_there() -> None:
    hints = {each.slug: each.hint for each in LESSON.challenges}
    assert "Where x is 3, x**2 has" in hints["six"]
    assert "six" in met(walked(expression="x**2", x="3"))
    assert "0.25 at most" in hints["faint"]
    assert "expression of vectors" in hints["refused"]
    assert "refused" in met(walked(expression="x*2", x="[1, 2]"))
    assert "leave no input with a gradient" in hints["refused"]
    assert "refused" in met(walked(expression="x*2", x="1", requires_grad="none"))
