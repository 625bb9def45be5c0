"""`dltui run autograd`: expressions and programs as text, and every line that it must refuse."""

from __future__ import annotations

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
    """Run with --json: the events before the end, and the end."""
    *events, end = main.events("run", "autograd", *words, code=code)
    assert end.pop("event") == "end"
    return events, end


XYZ = settings("expression=x*y*z", "x=2", "y=3", "z=4")


def test_what_is_refused_is_refused_as_in_the_lab_before_any_value_is_missing(main: Main) -> None:
    lab = AutogradState(find("autograd").load())
    for expression in (
        *("x.__class__", "lambda: x", "x//0", "torch.load(x)", "2x", "x = x*2"),
        *("sum(x, dim=0)", "x[0]"),
    ):
        with pytest.raises(Refused) as in_the_lab:
            lab.type(expression)
        line = main.refused("run", "autograd", *settings(f"expression={expression}"))
        assert line.startswith(f"dltui: {in_the_lab.value}")
    for expression in ("torch.exp(x)", "F.relu(x)", "np.exp(x)", "math.sqrt(x)"):  # a known one
        _, end = run(main, *settings(f"expression={expression}", "x=4"))
        _, plain = run(main, *settings(f"expression={expression.rpartition('.')[2]}", "x=4"))
        assert (end["value"], end["gradients"]) == (plain["value"], plain["gradients"])


def test_three_factors_give_12_8_and_6(main: Main) -> None:
    nodes, end = run(main, *XYZ)
    assert [node["event"] for node in nodes] == ["node"] * 5
    assert [node["name"] for node in nodes] == ["x", "y", "z", "a", "f"]
    assert [node["value"] for node in nodes] == [2, 3, 4, 6, 24]
    assert [node["gradient"] for node in nodes] == [12, 8, 6, 4, 1]
    assert [node["grad_fn"] for node in nodes] == ["AccumulateGrad"] * 3 + ["MulBackward0"] * 2
    assert [node["inputs"] for node in nodes] == [[], [], [], [0, 1], [3, 2]]
    assert (end["status"], end["value"]) == ("finished", 24)
    assert end["gradients"] == {"x": 12, "y": 8, "z": 6}
    assert all(difference < 1e-6 for difference in end["check"].values())
    output = main.output("run", "autograd", *XYZ, "--device", "cpu")
    rows = [line.split() for line in output.splitlines()]
    assert rows[0] == ["node", "value", "gradient", "grad_fn"]
    assert rows[1] == ["x", "2", "12", "AccumulateGrad"]
    assert rows[5] == ["f", "a", "·", "z", "24", "1", "MulBackward0"]
    assert "finite differences agree: the largest difference is" in output


def test_as_a_process_what_is_refused_or_fails_leaves_no_trace(
    folders: dict[str, str], tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    hostile = f"expression=__import__('os').system('touch {marker}')"
    code, output, errors = dltui("run", "autograd", *settings(hostile, "x=2"), env=folders)
    assert (code, output, len(errors.splitlines())) == (2, "", 1)
    assert "Traceback" not in errors
    assert not marker.exists()


def test_every_preset_runs_to_its_end_and_settings_change_one(main: Main) -> None:
    for preset in find("autograd").load().presets:
        events, end = run(main, "--preset", preset.name)
        assert (end["status"], end["preset"]) == ("finished", preset.name)
        assert events
        assert "Traceback" not in main.output("run", "autograd", "--preset", preset.name)
    _, end = run(main)  # the first one
    assert end["preset"] == "product"
    assert end["gradients"] == {"x": 12, "y": 8, "z": 6}
    assert {"status", "lesson", "device", "seconds", "expression", "inputs"} <= set(end)
    assert (end["lesson"], end["device"]) == ("autograd", "cpu")
    _, end = run(main, *settings("expression=mean(x*y)", "x=[1.]", "y=[2.]"))
    assert (end["preset"], end["gradients"]) == (None, {"x": [2], "y": [1]})
    _, end = run(main, "--preset", "neuron", *settings("b=0", "x=0"))
    assert end["gradients"]["w"] == 0
    assert end["gradients"]["b"] == pytest.approx(0.25)  # the slope of sigmoid in its middle
    _, end = run(main, *settings("x=5", "x=10"))
    assert end["gradients"]["y"] == 40  # of two, the last one counts
    _, end = run(main, *settings("expression=csv*2", "csv=3"))  # a name like an option
    assert end["gradients"] == {"csv": 2}


def test_the_line_has_the_gradients_of_plain_pytorch(main: Main) -> None:
    _, end = run(main, "--preset", "line")
    w, b = torch.tensor(1.0, requires_grad=True), torch.tensor(0.0, requires_grad=True)
    x, y = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([2.0, 4.0, 6.0])
    torch.mean((w * x + b - y) ** 2).backward()
    assert w.grad is not None
    assert b.grad is not None
    assert end["gradients"] == pytest.approx({"w": w.grad.item(), "b": b.grad.item()}, rel=1e-6)


def test_weights_start_the_way_back_and_what_requires_no_gradient_has_none(main: Main) -> None:
    _, end = run(main, *settings("expression=x**2", "x=[1, 2]", "gradient=[1, 10]"))
    assert end["gradients"] == {"x": [2, 40]}
    events, end = run(main, *XYZ, *settings("requires_grad=z"))
    assert end["gradients"] == {"z": 6}
    assert [event["gradient"] for event in events if event["kind"] == "input"] == [None, None, 6]


def test_an_error_in_a_program_and_a_backward_that_fails(main: Main) -> None:
    events, end = run(main, "--preset", "twice")  # it goes on
    (error,) = [event["error"] for event in events if event["error"]]
    assert error.startswith("RuntimeError: Trying to backward through the graph a second time")
    assert end["gradients"] == {"x": 12}
    assert [event["gradients"].get("x") for event in events[2:5]] == [6, 6, 6]
    product = settings("expression=x*y", "x=1", "y=2")
    events, end = run(main, *product, *settings("requires_grad=none"), code=1)
    assert (end["status"], end["gradients"]) == ("failed", {})
    assert end["message"].startswith("RuntimeError: element 0 of tensors does not require grad")
    assert [event["gradient"] for event in events] == [None, None, None]
    _, end = run(main, *product, *settings("gradient=[1, 2]"), code=1)
    assert "shape" in end["message"]
    assert end["gradients"] == {"x": None, "y": None}
    output = main.output("run", "autograd", *settings("expression=x*2", "x=[1, 2]"), code=1)
    assert "RuntimeError: grad can be implicitly created only for scalar outputs" in output
    assert "weight them: gradient=[1, 1]" in output


def test_what_is_no_number_is_null(main: Main) -> None:
    for expression, value, gradient in (
        ("x/0", None, None),  # ∞, and a slope of ∞: JSON has no word for either
        ("log(-x)", None, 0.5),  # no number, though d log(−x)/dx = 1/x has one
        ("9**9**9 * x", None, None),
        ("x*1e308*10", None, None),
        ("sqrt(x - 2)", 0, None),
    ):
        _, end = run(main, *settings(f"expression={expression}", "x=2"))
        assert (end["value"], end["gradients"], end["check"]) == (
            value,
            {"x": gradient},
            {"x": None},
        )
        output, _ = main("run", "autograd", *settings(f"expression={expression}", "x=2"))
        assert "∞" in output or "not a number" in output
        assert "nan" not in output.split()


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
    "leave --device out": ["--device", "cuda"],
    "takes no --csv: dataloader does": ["--csv", "t.csv", "--label", "x"],
    "takes no --target: dataloader does": ["--target", "number"],
    "the lesson 'autograd' takes no --missing: dataloader does": ["--missing", "fill"],
}


def test_what_is_wrong_is_said_in_one_line(main: Main) -> None:
    for what, words in MISTAKES.items():
        line = main.refused("run", "autograd", *words)
        assert what in line
        assert len(line) < 400
