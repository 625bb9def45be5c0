"""The command line: accepted and refused arguments, imports, and `dltui list`."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

import tui.commands.list
from engine.datasets import registry
from lessons.catalog import COURSE, Chapter, Entry, entries, find
from lessons.exercises import exercises
from tests.course import RUNNABLE, WRITTEN
from tests.terminal.command import Main, dltui, start
from tests.terminal.conftest import Open
from tui import cli
from tui.commands import open as open_command
from tui.commands.data import DATA
from tui.commands.doctor import DOCTOR
from tui.commands.exercise import EXERCISE
from tui.commands.export import EXPORT
from tui.commands.list import LIST
from tui.commands.run import RUN
from tui.progress import Progress

C_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
REFUSED = [
    (["linear-regresion"], "did you mean linear-regression"),
    (["lisst"], "did you mean list"),
    (["rn"], "did you mean run"),
    (["docter"], "did you mean doctor"),
    (["exprot"], "did you mean export"),
    (["qqq"], "there are: list, run, export, doctor, data"),
    ([""], "there are: list"),
    (["two\nlines"], r"'two\nlines'"),
    (["list", "extra"], "one word too many: 'extra'"),
    (["list", "--jsn"], "did you mean --json"),
    (["doctor", "--jason=1"], "did you mean --json"),
    (["list", "--fps", "3"], "no option '--fps'"),
    (["list", "--js"], "no option '--js'"),
    (["list", "--json=yes"], "--json: ignored explicit argument 'yes'"),
    (["list", "--", "--json"], "no option may follow --, and '--json' does: put it before"),
    (["--device"], "--device: expected one argument; see dltui --help"),
    (["--device", "tpu"], "no device 'tpu'; a device is auto, cpu"),
    (["--device", "cuda:x"], "no device 'cuda:x'"),
    (["--device", "list"], "no device 'list'"),  # an option's value is not a command
    (["--device", "run", "lost"], "no lesson or command 'lost'"),
    (["--data-dir", "/no/such"], "--data-dir '/no/such' does not exist"),
    (["--fps", "0"], "a number from 0.5 to 60"),
    (["--fps", "nan"], "a number from 0.5 to 60"),
    (["--fps", "fast"], "--fps = 'fast' is not allowed"),
    (["--data-dir", __file__], "is not a folder"),
    (["--data-dir", ""], "'' is not a folder"),
    ([], "needs a terminal"),
    (["tensors"], "use: dltui run LESSON, or dltui list"),
]
MEANT = [
    ([], (None, "auto", None)),
    (["linear-regression"], ("linear-regression", "auto", None)),
    (["--", "tensors"], ("tensors", "auto", None)),
    (["--fps", "2", "parameters", "--device", "cuda:1"], ("parameters", "cuda:1", 2.0)),
    (["--data-dir", "."], (None, "auto", None)),
    (["--device", " CUDA:1"], (None, "cuda:1", None)),
]


def test_is_refused_in_one_line(main: Main) -> None:
    main.check_refused(REFUSED)


def test_the_app_gets_what_was_asked_and_needs_a_terminal_that_can_draw(
    main: Main, folders: dict[str, str], terminal: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for words, asked in MEANT:
        calls: list[tuple[object, ...]] = []
        with monkeypatch.context() as patched:
            patched.setattr(open_command, "is_terminal", lambda _: True)
            patched.setattr(open_command, "_open_app", lambda *call: calls.append(call) or 7)  # noqa: B023
            assert cli.main(words) == 7
        assert calls == [asked]
        # PyTorch is imported in another directory.
        assert registry.data_dir().is_absolute()
        assert ("--data-dir" not in words) or (registry.data_dir() == Path.cwd())
    code, output, errors = dltui(env=folders)
    assert (code, output, errors.count("\n")) == (2, "", 1)
    assert "needs a terminal" in errors
    assert "dltui list" in errors
    for term in ("dumb", ""):
        dumb = terminal(columns=200, TERM=term)
        assert dumb.end() == 2
        assert "export TERM=xterm-256color" in dumb.text
    for stream in ("stdin", "stdout", "stderr"):
        other = getattr(sys, stream)
        monkeypatch.setattr(open_command, "is_terminal", lambda one, other=other: one is not other)
        assert "is not one" in main.refused()


def test_help_and_version_everywhere(main: Main) -> None:
    for command in ([], *([name] for name in cli.COMMANDS)):
        for option, first in (("--help", "usage: dltui"), ("--version", "dltui 0.")):
            for words in ([option, *command], [*command, option]):
                output = main.output(*words)
                name = " ".join([first, *command]) if option == "--help" else first
                assert output.startswith(name)
                assert max(map(len, output.splitlines())) <= 90
    commands = (open_command.OPEN, LIST, RUN, EXPORT, DOCTOR, DATA, EXERCISE)
    actions = (action for each in commands for action in each._actions)
    known = {word for action in actions if action.nargs is None for word in action.option_strings}
    assert known == set(cli.WITH_VALUE)


def test_nothing_heavy_is_imported() -> None:
    heavy = {"torch", "textual", "rich", "numpy", "plotext", "sklearn"}
    first = [["nix"], ["--help"], ["list"], ["run", "--help"], ["run"], ["export"]]
    for commands in (first, [["data"]]):
        script = (
            f"import sys; from tui.cli import main; [main(words) for words in {commands!r}]; "
            f"print('heavy:', sorted({heavy!r} & {{*sys.modules}}))"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
        assert done.stdout.splitlines()[-1] == "heavy: []"


def test_plain_ascii_locales_a_reader_that_leaves_and_a_full_disk(
    folders: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for language in ({"LC_ALL": "C"}, C_LOCALE):
        code, output, errors = dltui("list", env={**folders, **language})
        assert (code, errors) == (0, "")
        assert output
        code, _, errors = dltui("größe", env={**folders, **language})
        assert (code, errors.count("\n")) == (2, 1)
    process = start("list", env=folders)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert (process.stderr.read(), process.wait()) == ("", cli.CLOSED_PIPE)
    with Path("/dev/full").open("w") as full:
        process = start("list", env=folders, stdout=full)
        _, errors = process.communicate()
    assert (process.returncode, errors) == (1, "dltui: No space left on device\n")

    plain = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    course = (Chapter(1, "Größe", (Entry("tensors", "Größe", "∂L/∂w"),)),)
    monkeypatch.setattr(tui.commands.list, "COURSE", course)
    monkeypatch.setattr(sys, "stdout", plain)
    assert cli.main(["list"]) == 0
    assert b"Gr??e" in plain.buffer.getvalue()  # type: ignore[attr-defined]


def test_ctrl_c_before_anything_began(main: Main, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "dispatch", interrupted)
    assert main.output("list", code=130) == ""


IMPORTING = """
import os, signal, weakref
signal.signal(signal.SIGINT, signal.SIG_DFL)  # background jobs ignore it
from tui import cli

class Module:
    pass

def dispatch(words):
    module = Module()  # Python ignores what is raised in the callback, as in that of a module lock
    callback = weakref.ref(module, lambda _: os.kill(os.getpid(), signal.SIGINT))
    del module
    print("went on", flush=True)
    return 0

cli.dispatch = dispatch
cli.command()
"""


def test_ctrl_c_in_the_middle_of_an_import_ends_the_command() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTING], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.usefixtures("to_come")
def test_list_shows_every_lesson_and_says_what_is_not_written(main: Main) -> None:
    output = main.output("list")
    assert main.output("--", "list") == output
    assert "to-come" in [entry.slug for entry in entries()]
    for entry in entries():
        (line,) = [line for line in output.splitlines() if line.split()[:1] == [entry.slug]]
        assert entry.title in line
        assert ("minutes" in line) == entry.written
        assert ("not written yet" in line) == (not entry.written)

    chapters = json.loads(main.output("list", "--json"))["chapters"]
    titles = [chapter.title for chapter in (*COURSE, tui.commands.list.COURSE[-1])]
    assert [chapter["title"] for chapter in chapters] == titles
    lessons = [lesson for chapter in chapters for lesson in chapter["lessons"]]
    assert [lesson["slug"] for lesson in lessons] == [entry.slug for entry in entries()]
    for lesson in lessons:
        assert set(lesson) == {"slug", "title", "about", "written", "minutes", "presets"}
        assert (lesson["minutes"] is None) == (not lesson["written"])
    (linear,) = [lesson for lesson in lessons if lesson["slug"] == "linear-regression"]
    assert {"six-points", "double"} <= {preset["name"] for preset in linear["presets"]}


def test_list_shows_what_is_done_as_the_course_does(main: Main, tmp_path: Path) -> None:
    def listed() -> dict[str, str]:
        return {line.split()[0]: line for line in main.output("list").splitlines() if line}

    assert "challenges" not in listed()["batches"]
    assert not (tmp_path / "state").exists()  # reading creates no files
    progress = Progress(tmp_path / "state" / "progress.jsonl")
    progress.add("batches", "challenge", "full")
    lesson = find("softmax").load()
    for challenge in lesson.challenges:
        progress.add("softmax", "challenge", challenge.slug)
    lines = listed()
    count = {slug: len(exercises(slug)) for slug in ("batches", "softmax")}
    batches, softmax = (f"0/{count[slug]} exercises" for slug in count)
    assert lines["batches"].endswith(f"20 minutes   1/4 challenges, 0/3 questions, {batches}")
    assert lines["softmax"].endswith(f"20 minutes   4/4 challenges, 0/3 questions, {softmax}")
    assert lines["tensors"].endswith("25 minutes")
    for question in lesson.questions:
        progress.add("softmax", "answer", question.slug)
    assert listed()["softmax"].endswith(softmax)
    for exercise in exercises("softmax"):
        progress.add("softmax", "exercise", exercise.name)
    assert listed()["softmax"].endswith("exercises, complete")


@pytest.mark.usefixtures("to_come")
def test_run_offers_only_lessons_that_it_runs(main: Main) -> None:
    for words in (["run"], ["run", "foo"], ["run", "to-come"]):
        assert main.refused(*words).partition("there are: ")[2].split(", ") == RUNNABLE
    offered = "no lesson 'linear-regresion'; did you mean linear-regression"
    assert offered in main.refused("run", "linear-regresion")
    assert "tensors" not in main.refused("run", "tensor").partition(";")[2]
    for slug in set(WRITTEN) - set(RUNNABLE):
        end = f"the lesson {slug!r} trains nothing; open it with: dltui {slug}"
        assert main.refused("run", slug) == f"dltui: {end}"
