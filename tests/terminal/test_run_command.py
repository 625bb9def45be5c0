"""`dltui run`: numbers, output, exit codes and refused arguments."""

from __future__ import annotations

import json
import os
import signal
from itertools import chain, repeat
from typing import Any

import pytest
import torch
from torch import nn

from engine.trainers.gradient_by_hand import GradientByHand
from engine.trainers.linear_regression import LinearRegression
from tests.terminal.command import Main, start
from tests.terminal.conftest import Open
from tui import cli
from tui.commands.run import Interruption

CPU = ("--device", "cpu")
BY_HAND = ("run", "gradient-by-hand", *CPU)
NINE_EPOCHS = ("run", "linear-regression", "--set", "epochs=9", *CPU)
ENDLESS = ("run", "linear-regression", *CPU, "--set", "epochs=10000000")
REFUSED = [
    (["more"], "one word too many: 'more'"),
    (["--preset", "six-pionts"], "did you mean six-points"),
    (["--presett", "double"], "did you mean --preset"),
    (["--preset", "nix"], "there are: six-points, double"),
    (["--set", "learning_rate"], "--set takes NAME=VALUE"),
    (["--set", "learing_rate=1"], "did you mean learning_rate"),
    (["--set", "=1"], "no setting ''; there are: seed"),
    (["--set", "learning_rate=fast"], "it must be a number above 0"),
    (["--set", "learning_rate=-1"], "it must be a number above 0"),
    (["--set", "learning_rate=inf"], "it must be a number above 0"),
    (["--set", "epochs=1.5"], "it must be a whole number from 1"),
    (["--set", f"epochs={'9' * 500}"], "it must be a whole number"),
    (["--set", f"slope={'9' * 500}"], "it must be a number from"),
    (["--set", "reduction=max"], "one of mean, sum"),
    (["--set", "low=5", "--set", "high=2"], "must be below high"),
    (["--set", "low=50"], "must be below high"),
    (["--set", "epochs=9@2"], "epochs cannot change while the training goes on; learning_rate and"),
    (["--set", "learning_rate=0.1@often"], "the step of learning_rate = 'often' is not allowed"),
    (["--set", "learning_rate=0.1@0"], "the step of learning_rate = 0 is not allowed"),
    (["--set", "learning_rate=0.1@"], "it must be a whole number from 1"),
    (["--set", "learning_rate=@9"], "learning_rate = '' is not allowed"),
    (["--set", "learning_rate=-1@9"], "it must be a number above 0"),
    (["--set", "seed=1@9"], "seed cannot change while the training goes on"),
    (["--every", "0"], "--every = 0 is not allowed"),
    (["--every", "often"], "--every = 'often' is not allowed"),
    (["--seed", "-1"], "seed = -1 is not allowed"),
    (["--seed", "x"], "seed = 'x' is not allowed"),
    (["--seed", str(2**32)], "from 0 to 4,294,967,295"),
    (["--set"], "--set: expected one argument; see dltui run --help"),
    (["--device", "cuda:99"], "no device 'cuda:99' here"),
    (["--device", "gpu"], "there are: auto, cpu"),
    (["--data-dir", __file__], "is not a folder"),
]


def run(main: Main, *words: str) -> tuple[list[dict[str, Any]], Any]:
    """Run with --json on the CPU; return the step events and the end event."""
    *steps, end = main.events("run", *words, *CPU)
    assert end.pop("event") == "end"
    assert {step.pop("event") for step in steps} <= {"step"}
    return steps, end


def plain_linear_regression(x: Any, y: Any, reduction: str, epochs: int = 1000) -> Any:
    """Train linear regression as a plain script; return the model and its losses."""
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


def test_gradient_by_hand(main: Main) -> None:
    steps, end = run(main, "gradient-by-hand", "--every", "1")
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
    ten, _ = run(main, "gradient-by-hand")
    tenths = range(1, 11)
    assert [(s["step"], s["epoch"]) for s in ten] == [(30 * n, 10 * n) for n in tenths]


def test_linear_regression(main: Main) -> None:
    steps, end = run(main, "linear-regression", "--preset", "six-points")
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

    x = torch.tensor([[1.0], [2.0], [3.0]])
    for reduction, figure in (("mean", 7.91860), ("sum", 7.99935)):
        words = ["linear-regression", "--preset", "double", "--set", f"reduction={reduction}"]
        _, end = run(main, *words)
        model, _ = plain_linear_regression(x, 2 * x, reduction)
        assert end["predictions"] == [{"x": 4, "y": model(torch.tensor([[4.0]])).item()}]
        assert round(end["predictions"][0]["y"], 5) == figure


def test_which_setting_counts_and_what_is_refused(main: Main) -> None:
    words = ["--set", "epochs=3", "--set", "seed=1", "--seed", "7", "--set", " epochs =2"]
    steps, end = run(main, "linear-regression", *words)
    assert (end["steps"], end["seed"]) == (2, 7)
    assert [step["step"] for step in steps] == [1, 2]
    words = ["parameters", "--set", "initial_w=none", "--set", "epochs=5", "--seed", "3"]
    first, _ = run(main, *words)
    assert run(main, *words)[0] == first
    assert run(main, *words[:-1], "4")[0] != first
    main.check_refused([(["linear-regression", *words], why) for words, why in REFUSED], "run")


def test_settings_change_on_the_way(main: Main) -> None:
    def losses(*changes: str) -> list[float]:
        words = [word for change in changes for word in ("--set", change)]
        steps, end = run(main, "linear-regression", "--set", "epochs=8", "--every", "1", *words)
        assert ("changes" in end) == any("@" in change for change in changes[1:])
        return [step["loss"] for step in steps]

    x = torch.tensor([1, 2, 0.5, 2.5, 2.6, 3.1]).reshape(-1, 1)
    y = torch.tensor([3.7, 4.6, 1.65, 5.68, 5.98, 6.95]).reshape(-1, 1)
    torch.manual_seed(0)
    model, expected = nn.Linear(1, 1), []
    optimizer = torch.optim.SGD(model.parameters(), lr=0.04)
    for step in range(1, 9):
        optimizer.param_groups[0]["lr"] = 0.04 if step < 3 else 0.02 if step < 6 else 0.03
        optimizer.param_groups[0]["momentum"] = 0.5 if step >= 5 else 0
        loss = nn.MSELoss()(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        expected.append(loss.item())
    changes = ["learning_rate=0.03@6", "learning_rate=0.02@3", "momentum=0.5@5"]
    assert losses("learning_rate=0.04@1", *changes) == expected
    # Given twice for the same step, the last one counts; the initial value is another matter.
    assert losses("learning_rate=0.1@3", *changes, "learning_rate=0.04") == expected
    assert losses("epochs=8@1") == losses("learning_rate=0.01")


def test_a_change_is_in_the_json_and_one_after_the_end_is_reported(main: Main) -> None:
    words = [*NINE_EPOCHS, "--set", "learning_rate=0.02@9", "--set", "learning_rate=0.03@10"]
    output, errors = main(*words, "--json")
    reported = "dltui: learning_rate=0.03@10 had no effect: the run ended after 9 steps\n"
    assert errors == reported
    assert json.loads(output.splitlines()[-1])["changes"] == [
        {"name": "learning_rate", "value": 0.02, "step": 9},
        {"name": "learning_rate", "value": 0.03, "step": 10},
    ]
    assert main(*words)[1] == reported
    shown = "dltui: at changes only what the lab shows, and no number of the training\n"
    words = ["run", "logistic-regression", "--set", "epochs=3", "--set", "at=1@2", *CPU]
    assert main(*words)[1] == shown
    hot = ["run", "linear-regression", "--set", "learning_rate=1e6@4", *CPU]
    assert "it was 1e+06" in main.output(*hot, code=1)


def test_a_rate_too_high_diverges(main: Main) -> None:
    for lesson in ("gradient-by-hand", "linear-regression"):
        words = ("run", lesson, "--set", "learning_rate=1e6", *CPU)
        end = main.events(*words, code=1)[-1]
        assert (end["event"], end["status"], end["loss"]) == ("end", "diverged", None)
        assert "the loss became ∞ at step" in end["message"]
        output = main.output(*words, code=1)
        assert "diverged after" in output
        assert "Try a smaller learning rate: it was 1e+06." in output


def test_what_a_trainer_raises_is_printed(main: Main, monkeypatch: pytest.MonkeyPatch) -> None:
    def steps(_: object) -> Any:
        raise RuntimeError("out of memory\nand a long story")
        yield

    monkeypatch.setattr(GradientByHand, "steps", steps)
    (end,) = main.events(*BY_HAND, code=1)
    assert end["status"] == "failed"
    assert end["message"] == "RuntimeError: out of memory\nand a long story"
    assert (end["steps"], end["loss"], end["predictions"]) == (0, None, [])
    output = main.output(*BY_HAND, code=1)
    assert "RuntimeError: out of memory and a long story" in output


def test_a_large_network_is_not_written_out(main: Main, monkeypatch: pytest.MonkeyPatch) -> None:
    for count, printed in ((100, True), (101, False)):
        weights = {"b": 0.5, "w": [float("nan")] * (count - 1)}
        monkeypatch.setattr(GradientByHand, "parameters", lambda _, weights=weights: weights)
        end = main.events(*BY_HAND)[-1]
        assert ("parameters" in end) == printed
        assert end.get("parameters", {"w": [None]})["w"][0] is None


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.slow)],
)
def test_a_signal_ends_it_with_everything_printed(
    number: int, code: int, folders: dict[str, str]
) -> None:
    process = start(*ENDLESS, "--every", "100", "--json", env=folders)
    assert process.stdout is not None
    first = process.stdout.readline()
    process.send_signal(number)
    rest, errors = process.communicate()
    assert (process.returncode, errors) == (code, "")
    *steps, end = map(json.loads, (first + rest).splitlines())
    assert {step["event"] for step in steps} == {"step"}
    assert (end["event"], end["status"]) == ("end", "stopped")
    assert end["steps"] >= 100
    assert end["predictions"][0]["x"] == 3.5


def test_a_signal_while_pytorch_is_loaded_is_not_lost() -> None:
    before = signal.getsignal(signal.SIGINT)  # the caller of the tests may ignore it
    with Interruption() as interruption:
        assert not interruption()
        os.kill(os.getpid(), signal.SIGINT)
        assert interruption()
        with pytest.raises(KeyboardInterrupt):  # the second one does not wait
            os.kill(os.getpid(), signal.SIGINT)
        interruption.training = True
        os.kill(os.getpid(), signal.SIGTERM)
        assert interruption.exit_code == 143
    assert signal.getsignal(signal.SIGINT) is before


def test_a_reader_that_leaves_ends_it_quietly(folders: dict[str, str]) -> None:
    process = start(*ENDLESS, "--every", "1", env=folders)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait() == cli.CLOSED_PIPE


def test_plain_lines_in_a_pipe(main: Main) -> None:
    lines = main.output(*BY_HAND, "--every", "100").splitlines()
    assert lines[0] == "gradient-by-hand, preset seed, on cpu, seed 0"
    assert [line.split()[:4] for line in lines[1:4]] == [
        ["step", "100", "epoch", "34"],
        ["step", "200", "epoch", "67"],
        ["step", "300", "epoch", "100"],
    ]
    assert lines[4].startswith("finished after 300 steps in ")
    assert lines[-1].split() == ["prediction", "for", "x", "=", "4", "7.999999"]
    assert not any(line.startswith("  w ") for line in lines)
    assert "\x1b" not in "".join(lines)
    rings = ("run", "decision-boundary", "--preset", "circles", "--set", "epochs=1", *CPU)
    text, weights = main.output(*rings, "--verbose"), main.events(*rings)[-1]["parameters"]
    head = [line.split() for line in text.splitlines()].index(["W1", "3", "×", "2"])
    rows = [json.loads(line) for line in text.splitlines()[head + 1 :][:3]]
    assert [len(row) for row in rows] == [2, 2, 2], "a row for each unit"
    assert list(chain(*rows)) == pytest.approx(weights["W1"], rel=1e-7)
    one = main.output("run", "linear-regression", "--set", "epochs=1", *CPU)
    assert "finished after 1 step in" in one


@pytest.mark.parametrize(
    "languages", [{}, pytest.param({"LC_ALL": "C"}, marks=pytest.mark.slow)], ids=["utf-8", "c"]
)
def test_a_bar_on_a_terminal(terminal: Open, languages: dict[str, str]) -> None:
    for columns in (80, 30):
        screen = terminal(*ENDLESS, columns=columns, COLUMNS="100", **languages)
        screen.until("epoch ")
        assert len([line for line in screen.text.splitlines() if line.strip()]) == 1
        screen.process.send_signal(signal.SIGINT)
        assert screen.end() == 130
        lines = [line.rstrip() for line in screen.text.splitlines()]
        assert lines[0].startswith("linear-regression, preset six-points"[: columns - 1])
        assert any(line.startswith("stopped after ") for line in lines)
        assert not any("epoch" in line for line in lines)  # the bar was removed before the summary
        assert ("─" in screen.output.decode()) == (columns == 80 and not languages)
        assert screen.modes_now() == screen.modes_before


def test_a_note_is_printed_when_it_appears(main: Main, monkeypatch: pytest.MonkeyPatch) -> None:
    for notes, printed in (
        (["full", "full", "", ""], ["full"]),
        (["full", "", "full", "gone"], ["full", "full", "gone"]),
        ([""], []),
    ):
        noted = chain(notes, repeat(notes[-1]))
        monkeypatch.setattr(LinearRegression, "note", property(lambda _, noted=noted: next(noted)))
        _, errors = main(*NINE_EPOCHS, "--json")
        assert errors.splitlines() == [f"dltui: {line}" for line in printed]


def test_a_setting_without_effect_is_reported_on_stderr(main: Main) -> None:
    without = "has no effect while data = six-points; to give it one, set data = line"
    for changes, reported in (
        (["points=7"], [f"points {without}"]),
        (["points=7", "data=line"], []),
        (["points=100"], []),  # the value that it has anyway
        (["noise=2", "slope=1"], [f"slope {without}", f"noise {without}"]),
        (
            ["initial_w=1", "initial_b=2", "seed=5"],
            ["seed has no effect while initial_w = 1; to give it one, set initial_w = none"],
        ),
    ):
        words = [word for change in changes for word in ("--set", change)]
        output, errors = main(*NINE_EPOCHS, *words, "--json")
        assert errors.splitlines() == [f"dltui: {line}" for line in reported]
        assert json.loads(output.splitlines()[-1])["status"] == "finished"
    words = ("run", "logistic-regression", "--set", "epochs=3", "--set", "at=1", *CPU)
    line = "dltui: at changes only what the lab shows, and no number of the training\n"
    assert main(*words)[1] == line
