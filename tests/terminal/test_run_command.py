"""`dltui run`: the figures that it must give, and every command line that it must refuse."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from tui import cli

Captured = pytest.CaptureFixture[str]


def run(capsys: Captured, *words: str, code: int = 0) -> tuple[list[dict[str, Any]], Any]:
    """Run with --json on the CPU: the step events, and the end event."""
    assert cli.main(["run", *words, "--device", "cpu", "--json"]) == code
    output, errors = capsys.readouterr()
    assert errors == ""
    *steps, end = [json.loads(line, parse_constant=pytest.fail) for line in output.splitlines()]
    assert end.pop("event") == "end"
    assert {step.pop("event") for step in steps} <= {"step"}
    return steps, end


def plain_linear_regression(x: Any, y: Any, reduction: str, epochs: int = 1000) -> Any:
    """Linear regression as a script writes it; gives the model and its losses."""
    torch.manual_seed(0)
    model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    losses = []
    for _ in range(epochs):
        loss = nn.MSELoss(reduction=reduction)(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return model, losses


def test_gradient_by_hand(capsys: Captured) -> None:
    steps, end = run(capsys, "gradient-by-hand", "--every", "1")
    w = torch.tensor([1.0], requires_grad=True)
    losses = []
    for _ in range(100):
        for x, y in ((1.0, 2.0), (2.0, 4.0), (3.0, 6.0)):
            loss = (w * x - y) ** 2
            (gradient,) = torch.autograd.grad(loss, w)
            w = (w - 0.01 * gradient).detach().requires_grad_()
            losses.append(loss.item())
    assert [step["loss"] for step in steps] == losses
    assert losses[2] == pytest.approx(7.315944, abs=5e-7)
    assert [step["step"] for step in steps] == list(range(1, 301))
    assert [step["epoch"] for step in steps] == [1 + step // 3 for step in range(300)]
    assert end["predictions"] == [{"x": 4, "y": (w * 4).item()}]
    assert round(end["predictions"][0]["y"], 6) == 7.999999
    assert (end["steps"], end["status"]) == (300, "finished")
    assert end["parameters"] == {"w": w.item()}


def test_ten_lines_are_told_where_nobody_says_how_many(capsys: Captured) -> None:
    steps, _ = run(capsys, "gradient-by-hand")
    assert [(step["step"], step["epoch"]) for step in steps] == [
        (30 * tenth, 10 * tenth) for tenth in range(1, 11)
    ]


def test_parameters_finds_the_least_squares_line(capsys: Captured) -> None:
    _, end = run(capsys, "parameters")
    torch.manual_seed(0)
    x = torch.linspace(-2, 12, 100).reshape(-1, 1)
    y = 3 * x + 10 + torch.randn(x.size())
    w, b = np.polyfit(x.flatten().double().numpy(), y.flatten().double().numpy(), 1)
    assert end["steps"] == 20_000
    assert end["parameters"]["w"] == pytest.approx(w, abs=1e-4)
    assert end["parameters"]["b"] == pytest.approx(b, abs=1e-3)


def test_six_points(capsys: Captured) -> None:
    steps, end = run(capsys, "linear-regression", "--preset", "six-points")
    x = torch.tensor([1, 2, 0.5, 2.5, 2.6, 3.1]).reshape(-1, 1)
    y = torch.tensor([3.7, 4.6, 1.65, 5.68, 5.98, 6.95]).reshape(-1, 1)
    model, losses = plain_linear_regression(x, y, "mean")
    assert steps == [{"step": n, "epoch": n, "loss": losses[n - 1]} for n in range(100, 1001, 100)]
    assert end["loss"] == losses[-1]
    assert round(end["loss"], 4) == 0.1244
    assert end["parameters"] == {"w": model.weight.item(), "b": model.bias.item()}
    assert end["parameters"] == pytest.approx({"w": 1.84, "b": 1.17}, abs=5e-3)
    assert end["predictions"][0]["x"] == 3.5
    assert end["predictions"][0]["y"] == pytest.approx(7.62, abs=5e-3)
    assert list(end) == [
        *("status", "lesson", "preset", "device", "seed", "steps", "loss", "parameters"),
        *("metrics", "predictions", "seconds", "steps_per_second"),
    ]
    assert (end["lesson"], end["preset"]) == ("linear-regression", "six-points")
    assert (end["device"], end["seed"]) == ("cpu", 0)
    assert 0 < end["metrics"]["r2"] < 1


@pytest.mark.parametrize(("reduction", "figure"), [("mean", 7.91860), ("sum", 7.99935)])
def test_double(capsys: Captured, reduction: str, figure: float) -> None:
    words = ["linear-regression", "--preset", "double", "--set", f"reduction={reduction}"]
    _, end = run(capsys, *words)
    x = torch.tensor([[1.0], [2.0], [3.0]])
    model, _ = plain_linear_regression(x, 2 * x, reduction)
    assert end["predictions"] == [{"x": 4, "y": model(torch.tensor([[4.0]])).item()}]
    assert round(end["predictions"][0]["y"], 5) == figure


def test_the_last_set_counts_and_seed_counts_most(capsys: Captured) -> None:
    words = ["--set", "epochs=3", "--set", "seed=1", "--seed", "7", "--set", " epochs =2"]
    steps, end = run(capsys, "linear-regression", *words)
    assert (end["steps"], end["seed"]) == (2, 7)
    assert [step["step"] for step in steps] == [1, 2]


def test_a_setting_may_be_none_and_a_seed_repeats(capsys: Captured) -> None:
    words = ["parameters", "--set", "initial_w=none", "--set", "epochs=5", "--seed", "3"]
    (first, _), (second, _) = run(capsys, *words), run(capsys, *words)
    assert first == second
    assert first != run(capsys, *words[:-1], "4")[0]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ([], "run needs a lesson; there are: autograd, gradient-by-hand"),
        (["linear-regresion"], "no lesson 'linear-regresion'; did you mean linear-regression"),
        (["to-come"], "'to-come' is not written yet"),
        (["linear-regression", "more"], "one word too many: 'more'"),
        (["linear-regression", "--preset", "six-pionts"], "did you mean six-points"),
        (["linear-regression", "--presett", "double"], "did you mean --preset"),
        (["linear-regression", "--preset", "nix"], "there are: six-points, double"),
        (["linear-regression", "--set", "learning_rate"], "--set takes NAME=VALUE"),
        (["linear-regression", "--set", "learing_rate=1"], "did you mean learning_rate"),
        (["linear-regression", "--set", "=1"], "no setting ''; there are: seed"),
        (["linear-regression", "--set", "learning_rate=fast"], "it must be a number above 0"),
        (["linear-regression", "--set", "learning_rate=-1"], "it must be a number above 0"),
        (["linear-regression", "--set", "learning_rate=inf"], "it must be a number above 0"),
        (["linear-regression", "--set", "epochs=1.5"], "it must be a whole number from 1"),
        (["linear-regression", "--set", f"epochs={'9' * 500}"], "it must be a whole number"),
        (["linear-regression", "--set", f"slope={'9' * 500}"], "it must be a number from"),
        (["linear-regression", "--set", "reduction=max"], "one of mean, sum"),
        (["linear-regression", "--set", "low=5", "--set", "high=2"], "must be below high"),
        (["linear-regression", "--set", "low=50"], "must be below high"),
        (["linear-regression", "--every", "0"], "--every = 0 is not allowed"),
        (["linear-regression", "--every", "often"], "--every = 'often' is not allowed"),
        (["linear-regression", "--seed", "-1"], "seed = -1 is not allowed"),
        (["linear-regression", "--seed", "x"], "seed = 'x' is not allowed"),
        (["linear-regression", "--seed", str(2**32)], "from 0 to 4,294,967,295"),
        (["linear-regression", "--set"], "--set: expected one argument; see dltui run --help"),
        (["linear-regression", "--device", "cuda:99"], "no device 'cuda:99' here"),
        (["linear-regression", "--device", "gpu"], "there are: auto, cpu"),
        (["linear-regression", "--data-dir", __file__], "is not a folder"),
    ],
)
@pytest.mark.usefixtures("to_come")
def test_is_refused_in_one_line(
    words: list[str], offered: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLTUI_DATA_DIR", "")
    assert cli.main(["run", *words]) == 2
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors.startswith("dltui: ")
    assert errors.count("\n") == 1
    assert offered in errors
