"""The command line: what is meant, what is refused and how, and what is never imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal.command import dltui, start
from tests.terminal.conftest import Open
from tui import cli
from tui.commands import dispatch
from tui.commands import open as open_command

Captured = pytest.CaptureFixture[str]


def refusal(words: list[str], capsys: Captured) -> str:
    """The one line with which the words are refused."""
    assert cli.main(words) == 2
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors.startswith("dltui: ")
    assert errors.count("\n") == 1
    assert errors.endswith("\n")
    return errors


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["linear-regresion"], "did you mean linear-regression"),
        (["lisst"], "did you mean list"),
        (["rn"], "did you mean run"),
        (["docter"], "did you mean doctor"),
        (["qqq"], "there are: list, run, doctor, data"),
        ([""], "there are: list"),
        (["two\nlines"], r"'two\nlines'"),
        (["list", "extra"], "one word too many: 'extra'"),
        (["list", "--jsn"], "did you mean --json"),
        (["doctor", "--jason=1"], "did you mean --json"),
        (["list", "--fps", "3"], "no option '--fps'"),
        (["list", "--js"], "no option '--js'"),
        (["list", "--json=yes"], "--json: ignored explicit argument 'yes'"),
        (["--device"], "--device: expected one argument; see dltui --help"),
        (["--device", "tpu"], "no device 'tpu'; a device is auto, cpu"),
        (["--device", "cuda:x"], "no device 'cuda:x'"),
        (["--data-dir", "/no/such"], "--data-dir '/no/such' does not exist"),
        (["--fps", "0"], "a number from 0.5 to 60"),
        (["--fps", "nan"], "a number from 0.5 to 60"),
        (["--fps", "fast"], "--fps = 'fast' is not allowed"),
        (["--data-dir", __file__], "is not a folder"),
        (["--data-dir", ""], "'' is not a folder"),
        ([], "needs a terminal"),
        (["tensors"], "use: dltui run LESSON, or dltui list"),
    ],
)
def test_is_refused_in_one_line(
    words: list[str], offered: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLTUI_DATA_DIR", "")
    assert offered in refusal(words, capsys)


def test_no_terminal_is_refused_in_one_line(folders: dict[str, str]) -> None:
    code, output, errors = dltui(env=folders)
    assert (code, output) == (2, "")
    assert errors.count("\n") == 1
    assert "needs a terminal" in errors
    assert "dltui list" in errors


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_draw_is_refused(terminal: Open, term: str) -> None:
    dumb = terminal(columns=200, TERM=term)
    assert dumb.end() == 2
    assert "export TERM=xterm-256color" in dumb.text


@pytest.mark.parametrize("stream", ["stdin", "stdout", "stderr"])
def test_each_stream_must_be_a_terminal(
    stream: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_command, "is_terminal", lambda one: one is not getattr(sys, stream))
    monkeypatch.setenv("TERM", "xterm")
    assert "is not one" in refusal([], capsys)


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ([], (None, "auto", None, None)),
        (["linear-regression"], ("linear-regression", "auto", None, None)),
        (["tensors"], ("tensors", "auto", None, None)),
        (["--fps", "2", "parameters", "--device", "cuda:1"], ("parameters", "cuda:1", 2.0, None)),
        (["--data-dir", "/"], (None, "auto", None, Path("/"))),
        (["--device", " CUDA:1"], (None, "cuda:1", None, None)),
    ],
)
def test_the_app_is_told_what_was_asked(
    words: list[str], asked: tuple[object, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[object, ...]] = []
    monkeypatch.setenv("DLTUI_DATA_DIR", "")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(open_command, "is_terminal", lambda _: True)
    monkeypatch.setattr(open_command, "_open_app", lambda *call: calls.append(call) or 7)
    assert cli.main(words) == 7
    assert calls == [asked]


@pytest.mark.parametrize("command", [[], ["list"], ["run"], ["doctor"], ["data"]])
@pytest.mark.parametrize("before", [False, True])
def test_help_and_version_everywhere(command: list[str], before: bool, capsys: Captured) -> None:
    for option, first in (("--help", "usage: dltui"), ("--version", "dltui 0.")):
        assert cli.main([option, *command] if before else [*command, option]) == 0
        output, errors = capsys.readouterr()
        assert output.startswith(" ".join([first, *command]) if option == "--help" else first)
        assert errors == ""
        assert max(map(len, output.splitlines())) <= 90


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["run", "--help"], ["list"], ["nix"]])
def test_nothing_heavy_is_imported(words: list[str]) -> None:
    script = (
        f"import sys; from tui.cli import main; main({words!r}); "
        "print('heavy:', sorted({'torch', 'textual', 'rich', 'numpy', 'plotext'} & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "heavy: []"


def test_an_option_value_is_no_command(capsys: Captured) -> None:
    assert "no device 'list'" in refusal(["--device", "list"], capsys)
    assert "no lesson or command 'lost'" in refusal(["--device", "run", "lost"], capsys)


def test_options_with_a_value_are_the_ones_the_parsers_know() -> None:
    known = set()
    for command in (open_command.OPEN, *dispatch.COMMANDS.values()):
        parser = dispatch._Parser("dltui", command)
        known |= {word for a in parser._actions if a.nargs is None for word in a.option_strings}
    assert known == set(dispatch.WITH_VALUE)


@pytest.mark.parametrize(
    "language", [{"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}]
)
def test_plain_ascii_locales(folders: dict[str, str], language: dict[str, str]) -> None:
    for words in (["list"], ["list", "--json"], ["--help"]):
        code, output, errors = dltui(*words, env={**folders, **language})
        assert (code, errors) == (0, "")
        assert output
    code, _, errors = dltui("größe", env={**folders, **language})
    assert code == 2
    assert errors.count("\n") == 1


def test_a_reader_that_leaves_is_no_error(folders: dict[str, str]) -> None:
    process = start("list", env=folders, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait() == cli.CLOSED_PIPE


def test_a_full_disk_is_told_in_one_line(folders: dict[str, str]) -> None:
    with Path("/dev/full").open("w") as full:
        process = start("list", env=folders, stdout=full)
        _, errors = process.communicate()
    assert (process.returncode, errors) == (1, "dltui: No space left on device\n")


def test_ctrl_c_before_anything_began(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    def interrupted(_: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(dispatch, "dispatch", interrupted)
    assert cli.main(["list"]) == 130
    assert capsys.readouterr() == ("", "")
