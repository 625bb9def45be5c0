"""How `dltui run` ends when it does not finish: diverged, failed, stopped; and what people see."""

from __future__ import annotations

import json
import os
import signal
from typing import Any

import pytest

from engine.trainers.gradient_by_hand import GradientByHand
from tests.terminal.command import start
from tests.terminal.conftest import Open
from tui import cli
from tui.commands.interruption import Interruption

Captured = pytest.CaptureFixture[str]

ENDLESS = ("run", "linear-regression", "--device", "cpu", "--set", "epochs=10000000")


def end_of(output: str) -> Any:
    """The last event; every line must be whole."""
    events = [json.loads(line, parse_constant=pytest.fail) for line in output.splitlines()]
    assert [event["event"] for event in events].count("end") == 1
    return events[-1]


@pytest.mark.parametrize("lesson", ["gradient-by-hand", "parameters", "linear-regression"])
def test_a_rate_too_high_diverges(lesson: str, capsys: Captured) -> None:
    words = ["run", lesson, "--set", "learning_rate=1e6", "--device", "cpu"]
    assert cli.main([*words, "--json"]) == 1
    output, errors = capsys.readouterr()
    end = end_of(output)
    assert (end["status"], end["loss"], errors) == ("diverged", None, "")
    assert "the loss became" in end["message"]
    assert cli.main(words) == 1
    output, errors = capsys.readouterr()
    assert "diverged after" in output
    assert "Try a smaller learning rate: it was 1e+06." in output
    assert errors == ""


def test_what_a_trainer_raises_is_told(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    def steps(_: object) -> Any:
        raise RuntimeError("out of memory\nand a long story")
        yield

    monkeypatch.setattr(GradientByHand, "steps", steps)
    assert cli.main(["run", "gradient-by-hand", "--device", "cpu", "--json"]) == 1
    end = end_of(capsys.readouterr().out)
    assert end["status"] == "failed"
    assert end["message"] == "RuntimeError: out of memory\nand a long story"
    assert (end["steps"], end["loss"], end["predictions"]) == (0, None, [])
    assert cli.main(["run", "gradient-by-hand", "--device", "cpu"]) == 1
    output, errors = capsys.readouterr()
    assert "RuntimeError: out of memory and a long story" in output
    assert errors == ""


@pytest.mark.parametrize(("count", "told"), [(100, True), (101, False)])
def test_a_large_network_is_not_written_out(
    count: int, told: bool, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = {"b": 0.5, "w": [float("nan")] * (count - 1)}
    monkeypatch.setattr(GradientByHand, "parameters", lambda _: weights)
    assert cli.main(["run", "gradient-by-hand", "--device", "cpu", "--json"]) == 0
    end = end_of(capsys.readouterr().out)
    assert ("parameters" in end) == told
    assert end.get("parameters", {"w": [None]})["w"][0] is None


def test_a_lesson_that_trains_nothing_says_so(capsys: Captured) -> None:
    assert cli.main(["run", "tensors"]) == 2
    assert "trains nothing; open it with: dltui tensors" in capsys.readouterr().err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_with_everything_told(
    number: int, code: int, folders: dict[str, str]
) -> None:
    process = start(*ENDLESS, "--every", "100", "--json", env=folders)
    assert process.stdout is not None
    first = process.stdout.readline()
    process.send_signal(number)
    rest, errors = process.communicate()
    assert (process.returncode, errors) == (code, "")
    end = end_of(first + rest)
    assert end["status"] == "stopped"
    assert end["steps"] >= 100
    assert end["predictions"][0]["x"] == 3.5


def test_a_signal_while_pytorch_is_loaded_is_not_lost() -> None:
    before = signal.getsignal(signal.SIGINT)  # whoever starts the tests may have it ignored
    with Interruption() as interruption:
        assert not interruption()
        os.kill(os.getpid(), signal.SIGINT)
        assert interruption()
        with pytest.raises(KeyboardInterrupt):  # the second does not wait
            os.kill(os.getpid(), signal.SIGINT)
        interruption.torn_easily = True
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


def test_plain_lines_in_a_pipe(capsys: Captured) -> None:
    assert cli.main(["run", "gradient-by-hand", "--device", "cpu", "--every", "100"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "gradient-by-hand, preset seed, on cpu, seed 0"
    assert [line.split()[:4] for line in lines[1:4]] == [
        ["step", "100", "epoch", "34"],
        ["step", "200", "epoch", "67"],
        ["step", "300", "epoch", "100"],
    ]
    assert lines[4].startswith("finished after 300 steps in ")
    assert any(line.split() == ["y(4)", "7.9999986"] for line in lines)
    assert "\x1b" not in "".join(lines)


@pytest.mark.parametrize(("columns", "language"), [(80, "C.UTF-8"), (120, "C"), (30, "C.UTF-8")])
def test_a_bar_on_a_terminal(terminal: Open, columns: int, language: str) -> None:
    screen = terminal(*ENDLESS, columns=columns, LC_ALL=language, COLUMNS="100")
    screen.until("epoch ")
    assert len([line for line in screen.text.splitlines() if line.strip()]) == 1
    screen.process.send_signal(signal.SIGINT)
    assert screen.end() == 130
    lines = [line.rstrip() for line in screen.text.splitlines()]
    assert any(line.startswith("stopped after ") for line in lines)
    assert not any("epoch" in line for line in lines)  # the bar made room for the summary
    assert ("─" in screen.output.decode()) == (columns == 80)
    assert screen.modes_now() == screen.modes_before
