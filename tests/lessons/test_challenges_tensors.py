"""The challenges on tensors: met by a line of one's own, and by nothing that `n` gives away."""

from __future__ import annotations

import pytest

from engine.tensors.content import tensors
from engine.tensors.evaluate import evaluate, look
from engine.tensors.looks import PyTorchRefused, SceneLook
from engine.tensors.scenes import SCENES
from lessons.catalog import find
from tests.lessons.challenges import met

SLUG = "tensors"
LESSON = find(SLUG).load()

MET = {
    "column": [("sequence", "x[:, -1:]"), ("sequence", "x[:, 2:]"), ("sequence", "x.T[2:].T")],
    "view": [("grid", "x.reshape(6, 2)"), ("grid", "x.view(-1, 2)")],
    "shares": [
        ("broadcasting", "x / x.sum(dim=1, keepdim=True)"),
        ("broadcasting", "x / x.sum(1)[:, None]"),
    ],
    "batch": [
        ("image", "y[None]"),
        ("image", "y.unsqueeze(0)"),
        ("image", "x.permute(2, 0, 1)[None]"),
        ("image", "y.view(1, 3, 24, 36)"),
    ],
}
MISSED = {
    "column": [
        ("sequence", "x"),
        ("sequence", "x[:, -1]"),
        ("sequence", "x[:, [-1]]"),  # a copy
        ("sequence", "x[:, :1]"),  # another column
        ("grid", "x[:, -1:]"),
    ],
    "view": [
        ("grid", "x.T.reshape(6, 2)"),  # the right shape, but a copy
        ("grid", "x.reshape(6, 2).clone()"),
        ("grid", "x.reshape(2, 6)"),
    ],
    "shares": [
        ("broadcasting", "x / x.sum()"),
        ("broadcasting", "x / x.sum(dim=0)"),
        ("broadcasting", "x * 0 + 1 / 3"),  # they sum to 1, and are no shares of x
        ("broadcasting", "x - x.mean(dim=1, keepdim=True)"),
    ],
    "batch": [
        ("image", "y"),
        ("image", "x[None]"),
        ("image", "x.reshape(1, 3, 24, 36)"),  # the right shape, scrambled
        ("image", "y[None].clone()"),
    ],
}


def looked(scene: str, line: str) -> SceneLook:
    named = tensors(scene)
    sources = {name: look(tensor) for name, tensor in named.items()}
    try:
        return SceneLook(scene, sources, line, evaluate(line, named))
    except PyTorchRefused as refused:
        return SceneLook(scene, sources, line, refused=refused)


def test_every_challenge_is_tried_here() -> None:
    assert set(MET) == set(MISSED) == {challenge.slug for challenge in LESSON.challenges}


@pytest.mark.parametrize(
    ("challenge", "scene", "line"),
    [(challenge, scene, line) for challenge, lines in MET.items() for scene, line in lines],
)
def test_it_is_met(challenge: str, scene: str, line: str) -> None:
    assert met(SLUG, challenge, looked(scene, line))


@pytest.mark.parametrize(
    ("challenge", "scene", "line"),
    [(challenge, scene, line) for challenge, lines in MISSED.items() for scene, line in lines],
)
def test_it_is_missed(challenge: str, scene: str, line: str) -> None:
    assert not met(SLUG, challenge, looked(scene, line))


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_no_line_to_try_meets_a_challenge_and_neither_does_a_scene(scene) -> None:
    assert not any(met(SLUG, challenge, SceneLook(scene.name, {})) for challenge in MET)
    for line in scene.tries:
        seen = looked(scene.name, line.text)
        assert not any(met(SLUG, challenge, seen) for challenge in MET), line.text
