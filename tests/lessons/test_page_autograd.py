"""Figures of the page on autograd, checked by hand, by PyTorch or by runs."""

from __future__ import annotations

import re

import pytest
import torch
from torch import nn

from engine.graph.operations import FUNCTIONS, SIGNS
from engine.graph.programs import PROGRAMS
from engine.graph.settings import GraphSettings
from engine.graph.take_apart import take_apart
from engine.graph.walk import GraphWalk
from lessons.catalog import find
from tests.lessons.figures import right_answers, says

AUTOGRAD = "autograd"
LESSON = find(AUTOGRAD).load()


def walk(expression: str, **inputs: float | tuple[float, ...]) -> GraphWalk:
    return take_apart(GraphSettings(expression, inputs))


def node(taken: GraphWalk, name: str) -> float:
    """Return the final gradient of the node."""
    (found,) = [each for each in taken.nodes if each.name == name]
    assert found.gradient is not None
    return found.gradient.numbers[0]


def leaf(value: float) -> torch.Tensor:
    return torch.tensor(value, requires_grad=True)


def gradient(tensor: torch.Tensor) -> float:
    assert tensor.grad is not None
    return tensor.grad.item()


def test_the_weights_of_the_network_that_is_quoted() -> None:
    network = nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10)
    )
    weights = sum(parameter.numel() for parameter in network.parameters())
    says(AUTOGRAD, f"A network of {weights:,} weights", f"autograd has all {weights:,} gradients")
    network(torch.randn(64, 784)).logsumexp(1).mean().backward()
    gradients = [parameter.grad for parameter in network.parameters()]
    assert sum(each.numel() for each in gradients if each is not None) == weights


def test_the_two_walks_over_three_factors() -> None:
    x, y, z = 2, 3, 4
    a = x * y
    says(
        AUTOGRAD,
        f"a = x·y = {a} ∂a/∂x = y = {y} ∂a/∂y = x = {x}",
        f"f = a·z = {a * z} ∂f/∂a = z = {z} ∂f/∂z = a = {a}",
        f"∂f/∂a = ∂f/∂f · z = 1 · {z} = {z}",
        f"∂f/∂z = ∂f/∂f · a = 1 · {a} = {a}",
        f"∂f/∂x = ∂f/∂a · ∂a/∂x = {z} · {y} = {z * y}",
        f"∂f/∂y = ∂f/∂a · ∂a/∂y = {z} · {x} = {z * x}",
    )
    taken = walk("x*y*z", x=x, y=y, z=z)
    assert [node(taken, name) for name in "xyzaf"] == [z * y, z * x, a, z, 1]
    lines = [move.line.split(" = ")[-1] for move in taken.moves]
    assert lines == ["6", "24", "1", "4", "6", "12", "8"]


def test_the_slope_of_each_operation() -> None:
    for expression, words, slope in (
        ("a*b", "for a·b it is the other factor", 3.0),
        ("a**2", "for a² it is 2·a", 2 * 0.5),
        ("exp(a)", "for exp(a) it is exp(a)", 1.6487212707),
        ("sigmoid(a)", "for sigmoid(a) = s it is s·(1 − s)", 0.6224593312 * (1 - 0.6224593312)),
        ("relu(a)", "for relu(a) it is 1 or 0", 1.0),
    ):
        says(AUTOGRAD, words)
        inputs = {"a": 0.5, "b": 3.0} if "b" in expression else {"a": 0.5}
        (edge, *_) = walk(expression, **inputs).edges
        assert edge.local is not None
        assert edge.local.numbers[0] == pytest.approx(slope, abs=1e-9), expression
    assert node(walk("relu(a)", a=-0.5), "a") == 0
    (edge,) = walk("mean(a)", a=(1.0, 5.0, 9.0, 2.0)).edges
    assert edge.local is not None
    assert edge.local.numbers == (1 / 4,) * 4
    says(AUTOGRAD, "for the mean of n numbers 1/n each")


def test_values_on_the_way_keep_no_gradient_unless_asked() -> None:
    says(AUTOGRAD, "Values on the way keep no gradient, unless `retain_grad()` asks for it")
    x = leaf(2.0)
    kept, thrown = x * 3, x * 5
    kept.retain_grad()
    (kept * thrown).backward()
    assert kept.grad is not None
    with pytest.warns(UserWarning, match="not a leaf"):
        assert thrown.grad is None


def test_a_sigmoid_after_another_lets_a_gradient_vanish() -> None:
    def through(times: int) -> float:
        return node(walk("sigmoid(" * times + "x" + ")" * times, x=0.0), "x")

    x = value = torch.zeros((), dtype=torch.float64, requires_grad=True)
    for _ in range(10):
        value = torch.sigmoid(value)
    value.backward()
    assert through(10) == pytest.approx(gradient(x), rel=1e-12)
    assert through(1) == 0.25 == max(node(walk("sigmoid(x)", x=at / 4), "x") for at in range(-9, 9))
    assert f"{through(10):.1e}" == "3.9e-07"
    says(
        AUTOGRAD,
        "The slope of a sigmoid is at most 0.25. Through one, from 0, a gradient of 0.25",
        f"through five, {through(5):.5f}; through ten, 3.9×10⁻⁷",
    )


def test_what_goes_wrong_does_go_wrong() -> None:
    x = leaf(2.0)
    f = x**2
    f.backward(retain_graph=True)
    f.backward()
    assert gradient(x) == 8  # retain_graph keeps the values, and gradients accumulate
    y = x.exp()  # its derivative is y itself
    y.mul_(2)
    for message, failing in (
        ("a second time", f.backward),
        ("scalar outputs", (x * torch.ones(2)).backward),
        ("modified by an inplace operation", y.backward),
        ("leaf", lambda: x.mul_(2)),
    ):
        with pytest.raises(RuntimeError, match=message):
            failing()
    with torch.no_grad():
        x.mul_(2)
    assert x.is_leaf
    w, v = leaf(3.0), leaf(3.0)
    with torch.no_grad():
        under = w * 2
    for lost in (w.detach(), under, torch.tensor((w * 2).item())):
        assert lost.grad_fn is None
        with pytest.raises(RuntimeError, match="does not have a grad_fn"):
            lost.backward()
    (w.detach() * v).backward()  # the gradient of one branch is lost without an error
    assert w.grad is None
    assert gradient(v) == 3


def test_what_the_page_names_is_there() -> None:
    names = [preset.name for preset in LESSON.presets]
    for name in ("mean", "line", "neuron", "shared", *PROGRAMS):
        assert name in names
        says(AUTOGRAD, f"*{name}*")
    says(AUTOGRAD, f"Then {['six', 'seven', 'eight'][len(PROGRAMS) - 6]} short programs")
    edges = walk(str(LESSON.preset("shared").settings["expression"]), x=1.0, y=2.0).edges
    paths = {0: 1}
    for edge in sorted(edges, key=lambda edge: edge.target):  # counts the paths from x
        paths[edge.target] = paths.get(edge.target, 0) + paths.get(edge.source, 0)
    assert max(paths.values()) == 3
    says(AUTOGRAD, "*shared*, where x is reached on three paths")
    (named,) = re.findall(r"\*\* @` and (.*?)\.\n", LESSON.concept)
    assert set(re.split(r", | and ", named)) == set(FUNCTIONS)
    (signs,) = re.findall(r"may use `(.*?)`", LESSON.concept)
    assert signs.split() == list(SIGNS)
    (code,) = re.findall(r"```pycon\n(.*?)```", LESSON.concept, re.DOTALL)
    assert code.count(">>> ") == 7  # test_course runs them


def test_the_questions_are_answered_right() -> None:
    right = right_answers(AUTOGRAD)
    assert node(walk("x*y + x", x=2.0, y=3.0), "x") == 4
    assert right["two-paths"] == "4"
    (asked,) = [each for each in LESSON.questions if each.slug == "two-paths"]
    assert {one.text for one in asked.choices if not one.right} == {"3", f"{2 * 3 + 2}"}
    x = leaf(2.0)
    for expected in (12.0, 24.0):
        (x * 3 * 4).backward()
        assert gradient(x) == expected
    assert right["second-backward"].startswith("24")
    assert right["constant-input"].startswith("w and b")
    assert LESSON.preset("line").settings["requires_grad"] == "w,b"
