"""`dltui run autograd`: expressions and programs as text, and refused arguments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.expression import Refused
from lessons.catalog import find
from tests.terminal.command import Main, dltui
from tui.labs.autograd_state import AutogradState


def settings(*pairs: str) -> list[str]:
    return [word for pair in pairs for word in ("--set", pair)]


def run(main: Main, *words: str, code: int = 0) -> tuple[list[dict[str, Any]], Any]:
    """Run with --json and return the events before the end, and the end event."""
    output = main.output("run", "autograd", *words, "--json", code=code)
    *events, end = [json.loads(line, parse_constant=pytest.fail) for line in output.splitlines()]
    assert end.pop("event") == "end"
    return events, end


XYZ = settings("expression=x*y*z", "x=2", "y=3", "z=4")


def test_three_factors_give_12_8_and_6_as_events_and_as_a_table(main: Main) -> None:
    *nodes, end = main.events("run", "autograd", *XYZ)
    assert [node["event"] for node in nodes] == ["node"] * 5
    assert [node["name"] for node in nodes] == ["x", "y", "z", "a", "f"]
    assert [node["value"] for node in nodes] == [2, 3, 4, 6, 24]
    assert [node["gradient"] for node in nodes] == [12, 8, 6, 4, 1]
    assert [node["grad_fn"] for node in nodes] == ["AccumulateGrad"] * 3 + ["MulBackward0"] * 2
    assert [node["inputs"] for node in nodes] == [[], [], [], [0, 1], [3, 2]]
    assert (end["status"], end["value"]) == ("finished", 24)
    assert end["gradients"] == {"x": 12, "y": 8, "z": 6}
    assert all(difference < 1e-6 for difference in end["check"].values())
    _, end = run(main)  # by default the first preset
    assert (end["preset"], end["gradients"]) == ("product", {"x": 12, "y": 8, "z": 6})
    assert {"status", "seconds", "expression", "inputs"} <= set(end)
    assert (end["lesson"], end["device"]) == ("autograd", "cpu")
    output = main.output("run", "autograd", *XYZ, "--device", "cpu")
    rows = [line.split() for line in output.splitlines()]
    assert rows[0] == ["node", "value", "gradient", "grad_fn"]
    assert rows[1] == ["x", "2", "12", "AccumulateGrad"]
    assert rows[5] == ["f", "a", "·", "z", "24", "1", "MulBackward0"]
    assert "finite differences agree: the largest difference is" in output


def test_every_preset_runs_to_its_end_and_can_be_changed(main: Main) -> None:
    for preset in find("autograd").load().presets:
        events, end = run(main, "--preset", preset.name)
        assert (end["status"], end["preset"]) == ("finished", preset.name)
        assert events
        assert "Traceback" not in main.output("run", "autograd", "--preset", preset.name)
    _, end = run(main, "--preset", "line")
    w, b = torch.tensor(1.0, requires_grad=True), torch.tensor(0.0, requires_grad=True)
    x, y = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 4.0, 6.0])
    torch.mean((w * x + b - y) ** 2).backward()
    direct = {name: each.grad.item() for name, each in (("w", w), ("b", b)) if each.grad}
    assert end["gradients"] == pytest.approx(direct, rel=1e-6)
    _, end = run(main, "--preset", "neuron", *settings("b=0", "x=0"))
    assert end["gradients"] == {"w": 0, "x": 0.125, "b": 0.25}  # the derivative of sigmoid is ¼
    _, end = run(main, *settings("x=5", "x=10"))
    assert end["gradients"]["y"] == 40  # of two, the last one counts
    events, end = run(main, "--preset", "twice")
    errors = [event["error"] for event in events if event["error"]]
    assert len(errors) == 1
    assert errors[0].startswith("RuntimeError: Trying to backward through the graph a second time")
    assert end["gradients"] == {"x": 12}
    assert [event["gradients"].get("x") for event in events[2:5]] == [6, 6, 6]


def test_expressions_weights_and_what_requires_no_gradient(main: Main) -> None:
    for words, gradients in (
        (settings("expression=mean(x*y)", "x=[1.]", "y=[2.]"), {"x": [2], "y": [1]}),
        (settings("expression=x**2", "x=[1, 2]", "gradient=[1, 10]"), {"x": [2, 40]}),
        ([*XYZ, *settings("requires_grad=z")], {"z": 6}),
        (settings("expression=csv*2", "csv=3"), {"csv": 2}),  # a name like an option is allowed
    ):
        events, end = run(main, *words)
        assert (end["preset"], end["gradients"]) == (None, gradients)
        inputs = {event["name"]: event["gradient"] for event in events if event["kind"] == "input"}
        assert inputs == dict.fromkeys(inputs) | gradients
    for expression in ("torch.exp(x)", "F.relu(x)", "np.exp(x)", "math.sqrt(x)"):
        _, end = run(main, *settings(f"expression={expression}", "x=4"))
        _, plain = run(main, *settings(f"expression={expression.rpartition('.')[2]}", "x=4"))
        assert (end["value"], end["gradients"]) == (plain["value"], plain["gradients"])
    product = settings("expression=x*y", "x=1", "y=2")
    events, end = run(main, *product, *settings("requires_grad=none"), code=1)
    assert (end["status"], end["gradients"]) == ("failed", {})
    assert end["message"].startswith("RuntimeError: element 0 of tensors does not require grad")
    assert [event["gradient"] for event in events] == [None, None, None]
    _, end = run(main, *product, *settings("gradient=[1, 2]"), code=1)
    assert "shape" in end["message"]
    assert end["gradients"] == {"x": None, "y": None}


def test_what_is_no_number_is_null(main: Main) -> None:
    for expression, value, gradient in (
        ("x/0", None, None),  # infinite value and gradient, which JSON lacks
        ("log(-x)", None, 0.5),  # nan, although d log(−x)/dx = 1/x is defined
        ("9**9**9 * x", None, None),
        ("sqrt(x - 2)", 0, None),
    ):
        words = settings(f"expression={expression}", "x=2")
        _, end = run(main, *words)
        assert (end["value"], end["gradients"], end["check"]) == (
            value,
            {"x": gradient},
            {"x": None},
        )
        output, _ = main("run", "autograd", *words)
        assert "∞" in output or "not a number" in output
        assert "nan" not in output.split()


def test_as_a_process_what_is_refused_or_fails_leaves_no_trace(
    folders: dict[str, str], tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    hostile = f"expression=__import__('os').system('touch {marker}')"
    code, output, errors = dltui("run", "autograd", *settings(hostile, "x=2"), env=folders)
    assert (code, output) == (2, "")
    assert len(errors.splitlines()) == 1
    assert "Traceback" not in errors
    assert not marker.exists()
    words = settings("expression=x*2", "x=[1, 2]")
    code, output, errors = dltui("run", "autograd", *words, env=folders)
    assert (code, errors) == (1, "")
    assert "RuntimeError: grad can be implicitly created only for scalar outputs" in output
    assert "weight them: gradient=[1, 1]" in output
    assert "Traceback" not in output


def mistake(expression: str, *pairs: str) -> list[str]:
    return settings(f"expression={expression}", *pairs)


MISTAKES = {
    "an expression has no function foo": mistake("foo(x)", "x=2"),
    "at column 1: 'x.T'": mistake("x.T", "x=2"),
    "y has no value: give it one with --set y=2": mistake("x*y", "x=2"),
    "y has a value, but the expression does not": mistake("x*2", "x=2", "y=3"),
    "an expression is wanted": mistake(""),
    "it must be a number": mistake("x*2", "x=two"),
    "200,003 characters: too many": mistake("x*2", f"x=[{'1,' * 100_000}1]"),
    "characters are too many": mistake(f"{'(' * 10_000}x{')' * 10_000}", "x=2"),
    "U+001B": mistake("x\x1b[2J", "x=2"),
    "the sign \\ is not taken here, at column 3: '\\\\'": mistake("x \\(U", "x=2"),
    "must match the size": mistake("x*y", "x=[1,2]", "y=[1,2,3]"),
    "the inputs are x": mistake("x*2", "x=2", "requires_grad=q"),
    "exp is taken: it is a function": settings("exp=2"),
    "q has a value, but the expression does not use it": settings("q=2"),
    "--set takes NAME=VALUE": settings("x"),
    "did you mean product": ["--preset", "produkt"],
    "it takes no --set": ["--preset", "twice", "--set", "x=2"],
    "autograd trains nothing: leave --seed out": ["--seed", "1"],
    "autograd trains nothing: leave --every out": ["--every", "1"],
    'f = x**2 is an expression, and inputs are numbers: write --set "expression=x**2" --set x=2': [
        *("--set", "f=x**2")
    ],
    "leave --device out": ["--device", "cuda"],
    "the lesson 'autograd' takes no --csv: dataloader does": ["--csv", "t.csv", "--label", "x"],
    "the lesson 'autograd' takes no --target: dataloader does": ["--target", "number"],
    "the lesson 'autograd' takes no --missing: dataloader does": ["--missing", "fill"],
}


def test_what_is_wrong_is_said_in_one_line_as_in_the_lab(main: Main) -> None:
    for what, words in MISTAKES.items():
        line = main.refused("run", "autograd", *words)
        assert what in line
        assert len(line) < 400
        assert "\x1b" not in line
    lab = AutogradState(find("autograd").load())
    for expression in (
        *("x.__class__", "lambda: x", "x//0", "torch.load(x)", "2x", "x = x*2"),
        *("sum(x, dim=0)", "x[0]"),
    ):  # checked before missing values
        with pytest.raises(Refused) as in_the_lab:
            lab.type(expression)
        line = main.refused("run", "autograd", *settings(f"expression={expression}"))
        assert line.startswith(f"dltui: {in_the_lab.value}")
