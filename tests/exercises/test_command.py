"""`dltui exercise`: what it prints, its JSON, its exit codes and the command lines it refuses."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.exercises.runner import Limits, ProgramRun, Runner
from lessons.catalog import entries
from lessons.exercises import BUG_HUNT, all_exercises, exercises, find
from tests.exercises.small import running
from tests.processes import all_end, descendants
from tests.terminal.command import Main, start
from tui import cli
from tui.commands import exercise as command
from tui.progress import Progress

SLUG = "linear-regression/training-step"
EXERCISE = find(SLUG)
FOLDERS = ("CONFIG", "STATE", "DATA")


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with running() as runner:
        yield runner


@pytest.fixture
def main(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Main:
    for name in FOLDERS:
        monkeypatch.setenv(f"DLTUI_{name}_DIR", str(tmp_path / name.lower()))
    return Main(capsys)


@pytest.fixture
def judging(main: Main, runner: Runner, monkeypatch: pytest.MonkeyPatch) -> Main:
    """Return the command with a process that has imported PyTorch already, and time enough."""

    class Shared:
        def run(
            self, source: str, file: Path, probe: str, _: None, picture: bool = False
        ) -> ProgramRun:
            return runner.run(source, file, probe, Limits(120, 240), picture)

        def poll(self) -> bool:
            return runner.poll()

        def close(self) -> None:
            assert not runner.busy

    runner.start()
    monkeypatch.setattr(command, "Runner", Shared)
    return main


def file_of(tmp_path: Path) -> Path:
    return tmp_path / "state" / "exercises" / f"{SLUG}.py"


def write(tmp_path: Path, program: str) -> None:
    file_of(tmp_path).parent.mkdir(parents=True, exist_ok=True)
    file_of(tmp_path).write_text(program, encoding="utf-8")


def deeds(tmp_path: Path) -> list[tuple[str, str, str]]:
    file = tmp_path / "state" / "progress.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [(e["lesson"], e["deed"], e["name"]) for e in map(json.loads, lines)]


def mark(tmp_path: Path, deed: str, name: str) -> None:
    """Add an event to the progress file."""
    file = tmp_path / "state" / "progress.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    event = {"time": "", "lesson": "linear-regression", "deed": deed, "name": name}
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(event) + "\n")


def test_the_list_names_every_exercise_and_which_are_solved(main: Main, tmp_path: Path) -> None:
    slugs = [exercise.slug for exercise in all_exercises()]
    *lines, empty, end = main.output("exercise", "list").splitlines()
    assert [line.split()[:2] for line in lines] == [["○", slug] for slug in slugs]
    assert (empty, end[: end.index(".")]) == ("", f"0 of {len(slugs)} solved")
    assert deeds(tmp_path) == []
    assert not (tmp_path / "state").exists()
    mark(tmp_path, "exercise", "training-step")
    mark(tmp_path, "exercise", "of an older version")
    output = main.output("exercise", "list", "linear-regression")
    assert f"✓ {SLUG}" in output
    assert output.count("✓") == 1
    assert "✓" not in main.output("exercise", "list", BUG_HUNT)


def test_the_list_as_json_has_these_keys(main: Main, tmp_path: Path) -> None:
    mark(tmp_path, "exercise", "training-step")
    rows = json.loads(main.output("exercise", "list", "--json"))
    assert len(rows) == len(all_exercises())
    for row in rows:
        assert list(row) == ["exercise", "title", "kind", "solved", "mutants"]
        assert row["solved"] is (row["exercise"] == SLUG)
        assert row["kind"] in ("hole", "fault", "empty")
        assert all(type(mutant) is str for mutant in row["mutants"])
    (row,) = (row for row in rows if row["exercise"] == SLUG)
    assert row["title"] == EXERCISE.title
    assert {"no-zero-grad", "no-step"} <= set(row["mutants"])
    assert json.loads(main.output("exercise", "list", "gradient-by-hand", "--json")) == [
        row for row in rows if row["exercise"].startswith("gradient-by-hand/")
    ]


def test_the_path_is_that_of_a_file_that_exists(main: Main, tmp_path: Path) -> None:
    for _ in range(2):
        assert main.output("exercise", "path", SLUG) == f"{file_of(tmp_path)}\n"
        assert file_of(tmp_path).read_text() == EXERCISE.given
    write(tmp_path, "x = 1\n")
    file_of(tmp_path).with_name(".training-step.given").write_text("# older\n")
    output, errors = main("exercise", "path", SLUG)
    assert output == f"{file_of(tmp_path)}\n"
    assert f"has changed since you began: dltui exercise reset {SLUG} starts with" in errors
    assert file_of(tmp_path).read_text() == "x = 1\n"


def ran(main: Main, *words: str, code: int) -> dict[str, Any]:
    (result,) = main.events("exercise", "run", SLUG, *words, code=code)
    assert list(result) == ["exercise", "status", "fault", "message", "line", "losses"]
    assert result["exercise"] == SLUG
    assert type(result["message"]) is str
    return dict(result)


def test_a_solution_is_solved_and_recorded(judging: Main, tmp_path: Path) -> None:
    write(tmp_path, EXERCISE.solution)
    result = ran(judging, code=0)
    assert (result["status"], result["fault"], result["line"]) == ("solved", None, None)
    assert len(result["losses"]) == 20
    assert all(type(loss) is float for loss in result["losses"])
    assert deeds(tmp_path) == [("linear-regression", "exercise", "training-step")]
    assert judging.output("exercise", "run", SLUG).startswith("✓ Solved: ")
    assert len(deeds(tmp_path)) == 1


def test_a_mutant_is_named_with_its_line(judging: Main, tmp_path: Path) -> None:
    mutant = next(one for one in EXERCISE.mutants if one.name == "no-zero-grad")
    write(tmp_path, mutant.program)
    result = ran(judging, code=1)
    assert (result["status"], result["fault"]) == ("wrong", "no-zero-grad")
    assert result["message"] == mutant.explanation
    line = mutant.program.splitlines()[result["line"] - 1].strip()
    output = judging.output("exercise", "run", SLUG, code=1)
    assert output == f"✗ {mutant.explanation}\n  training-step.py:{result['line']}: {line}\n"
    assert deeds(tmp_path) == []


def test_the_given_program_is_not_yet_solved(judging: Main, tmp_path: Path) -> None:
    result = ran(judging, code=1)
    assert (result["status"], result["fault"]) == ("wrong", None)
    assert "as you got it" in result["message"]
    assert file_of(tmp_path).read_text() == EXERCISE.given


def test_an_error_shows_the_lines_of_its_trace(judging: Main, tmp_path: Path) -> None:
    write(tmp_path, "def train():\n    yield f(), []\n\n\ndef f():\n    return 1 / 0\n")
    result = ran(judging, code=1)
    assert (result["status"], result["line"]) == ("error", 6)
    assert result["losses"] == []
    output = judging.output("exercise", "run", SLUG, code=1)
    assert output.splitlines()[1:] == [
        "  training-step.py:2: yield f(), []",
        "  training-step.py:6: return 1 / 0",
    ]


def test_a_bug_is_not_given_away_before_it_is_named(judging: Main, tmp_path: Path) -> None:
    bug = exercises(BUG_HUNT)[0]
    explained = f"✗ {bug.mutants[0].explanation}"
    output = judging.output("exercise", "run", bug.slug, code=1)
    assert output.startswith("✗ It still has its bug: name it in dltui bug-hunt")
    assert judging.output("exercise", "run", bug.slug, "--yes", code=1).startswith(explained)
    result = json.loads(judging.output("exercise", "run", bug.slug, "--json", code=1))
    assert result["fault"] == bug.mutants[0].name
    Progress(tmp_path / "state" / "progress.jsonl").add(BUG_HUNT, "answer", bug.name)
    assert judging.output("exercise", "run", bug.slug, code=1).startswith(explained)


def test_what_a_program_prints_is_shown_below_the_verdict(judging: Main, tmp_path: Path) -> None:
    prints = EXERCISE.solution.replace("yield", "print('shape', len(x))\n        yield", 1)
    assert prints != EXERCISE.solution
    write(tmp_path, prints)
    first, *lines = judging.output("exercise", "run", SLUG).splitlines()
    assert first.startswith("✓ Solved")
    assert lines == ["  printed: shape 6"] * 20  # the last ones


def test_losses_that_json_lacks_become_null(judging: Main, tmp_path: Path) -> None:
    write(tmp_path, "def train():\n    yield float('nan'), []\n    yield float('inf'), []\n")
    assert ran(judging, code=1)["losses"] == [None, None]


def test_another_file_is_judged_and_not_recorded(
    judging: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("helper.py").write_text("from torch import nn\n")
    program = "\ufefffrom helper import nn\r\n" + EXERCISE.solution.replace("\n", "\r\n")
    Path("ö.py").write_bytes(program.encode())
    assert ran(judging, "--file", "ö.py", code=0)["status"] == "solved"
    assert deeds(tmp_path) == []
    assert not file_of(tmp_path).exists()


def test_a_file_that_cannot_be_used_is_refused(main: Main, tmp_path: Path) -> None:
    (tmp_path / "wide.py").write_text("ŷ = 1", encoding="utf-16")
    (tmp_path / "long.py").write_bytes(b"#" * 40_000)
    os.mkfifo(tmp_path / "fifo.py")
    for name, message in (
        ("missing.py", "cannot be read: No such file or directory"),
        ("wide.py", "is not UTF-8 text: byte 0 is wrong"),
        ("long.py", "is no program: expected at most 32,768 bytes, found 40,000"),
        ("fifo.py", "is no program: expected a regular file, found a FIFO"),
        ("", "is no program: expected a regular file, found a directory"),
    ):
        line = main.refused("exercise", "run", SLUG, "--file", str(tmp_path / name))
        assert message in line


def test_the_own_file_that_cannot_be_used_is_reported_with_a_way_out(
    main: Main, tmp_path: Path
) -> None:
    file_of(tmp_path).parent.mkdir(parents=True)
    os.mkfifo(file_of(tmp_path))
    output, errors = main("exercise", "run", SLUG, code=1)
    assert (output, errors.count("\n")) == ("", 1)
    assert f"found a FIFO; dltui exercise reset {SLUG} starts over and keeps it" in errors
    main.output("exercise", "reset", SLUG)
    assert file_of(tmp_path).read_text() == EXERCISE.given


def test_hints_come_one_by_one(main: Main, tmp_path: Path) -> None:
    for number in (1, 2, 3, 3):
        hint = EXERCISE.hints[number - 1]
        assert main.output("exercise", "hint", SLUG) == f"{number} of 3: {hint}\n"
    assert deeds(tmp_path) == [
        ("linear-regression", "hint", f"training-step/{number}") for number in (1, 2, 3)
    ]


def test_the_solution_has_to_be_earned(main: Main, tmp_path: Path) -> None:
    mutant = EXERCISE.mutants[0]
    actions = {("solution", SLUG): EXERCISE.solution, ("mutant", SLUG, mutant.name): mutant.program}
    for left in (3, 2, 1):
        for words in actions:
            output, errors = main("exercise", *words, code=1)
            assert output == ""
            assert f"read {left} more {'hint' if left == 1 else 'hints'}, or add --yes" in errors
        main.output("exercise", "hint", SLUG)
    for words, program in actions.items():
        assert main.output("exercise", *words) == program  # after three hints
    (tmp_path / "state" / "progress.jsonl").unlink()
    for words, program in actions.items():
        assert main.output("exercise", *words, "--yes") == program
    mark(tmp_path, "exercise", "training-step")
    for words, program in actions.items():
        assert main.output("exercise", *words) == program  # after it is solved


def test_starting_over_keeps_the_file(main: Main, tmp_path: Path) -> None:
    assert main.output("exercise", "reset", SLUG) == f"{file_of(tmp_path)} is as given\n"
    write(tmp_path, "x = 1\n")
    output = main.output("exercise", "reset", SLUG)
    assert output.endswith("is as given; your file is kept as training-step.py.bak\n")
    assert file_of(tmp_path).read_text() == EXERCISE.given
    assert file_of(tmp_path).with_name("training-step.py.bak").read_text() == "x = 1\n"


REFUSED = [
    (["rum"], "no action 'rum'; did you mean run"),
    (["run"], "exercise run needs LESSON/NAME"),
    (["hint"], "exercise hint needs LESSON/NAME"),
    (["list", "linear"], "no lesson 'linear'"),
    (["list", SLUG], f"no lesson '{SLUG}'"),
    (["list", "mnist", "more"], "one word too many: 'more'"),
    (["run", SLUG, "more"], "one word too many: 'more'"),
    (["run", SLUG, "more", "most"], "one word too many: 'most'"),
    (["run", "linear-regression/trainingstep"], f"did you mean {SLUG}"),
    (["run", "nothing"], "no exercise 'nothing'; "),
    (["path", SLUG, "--json"], "exercise path prints no JSON: leave --json out"),
    (["hint", SLUG, "--file", "x"], "--file belongs to exercise run, not to hint"),
    (["list", "--file", "x"], "--file belongs to exercise run, not to list"),
    (["run", SLUG, "--file"], "--file: expected one argument"),
    (["path", SLUG, "--yes"], "--yes belongs to exercise run, solution and mutant, not to path"),
    (["run", SLUG, "--jsn"], "no option '--jsn'; did you mean --json"),
    (["mutant", SLUG], f"mutant needs a name; {SLUG} has no-zero-grad, "),
    (["mutant", SLUG, "no-zerograd"], "no mutant 'no-zerograd'; did you mean no-zero-grad"),
]


def test_wrong_command_lines_are_refused_with_what_is_allowed(main: Main, tmp_path: Path) -> None:
    main.check_refused(REFUSED, "exercise")
    assert not (tmp_path / "state").exists()


def test_the_help_names_every_action(main: Main) -> None:
    output = main.output("exercise", "--help")
    for action in command.ACTIONS:
        assert f"\n  {action} " in output


def test_every_lesson_can_be_listed(main: Main) -> None:
    for entry in entries():
        main.output("exercise", "list", entry.slug)


def test_an_interrupt_ends_the_program_and_its_process(tmp_path: Path) -> None:
    write(tmp_path, "def train():\n    while True:\n        pass\n    yield\n")
    environment = {f"DLTUI_{name}_DIR": str(tmp_path / name.lower()) for name in FOLDERS}
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)  # background jobs ignore it
    try:
        process = start("exercise", "run", SLUG, env=environment)
    finally:
        signal.signal(signal.SIGINT, before)
    with process:
        seen: set[int] = set()
        while len(seen) < 2:  # the server and the program, or the solution before it
            assert process.poll() is None
            seen |= descendants(process.pid)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=120)
    assert (process.returncode, output, errors) == (130, "", "")
    assert all_end(seen)


@pytest.mark.usefixtures("main")
def test_an_interrupt_in_this_process_closes_the_runner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, EXERCISE.solution)
    children: set[int] = set()

    def interrupt(_: float) -> None:
        if not children:
            children.update(descendants(os.getpid()) - before)
            assert children
            raise KeyboardInterrupt

    before = descendants(os.getpid())
    monkeypatch.setattr(command.time, "sleep", interrupt)
    monkeypatch.setattr(sys, "argv", ["dltui", "exercise", "run", SLUG])
    assert cli.main() == 130
    assert children
    monkeypatch.undo()
    assert all_end(children)
