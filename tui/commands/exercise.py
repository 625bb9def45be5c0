"""`dltui exercise`: lists the exercises, judges a program, prints hints and solutions."""

from __future__ import annotations

import json
import re
import time
from argparse import Namespace
from pathlib import Path

from engine.config import nearest
from engine.exercises.attempt import Attempt
from engine.exercises.exercise import Exercise
from engine.exercises.judge import Verdict
from engine.exercises.runner import Runner
from engine.plain_file import Unsuitable, read_plain
from lessons.catalog import entries
from lessons.exercises import BUG_HUNT, exercises, find
from tui import paths
from tui.commands.command import CommandLine, Refusal, json_line, notice, option, refusing, switch
from tui.exercise_file import LARGEST, ExerciseFile, NoProgram
from tui.progress import HINTS, Progress, has_earned, hints_read

PRINTED = 20
"""The most lines of a program's output that are shown, its last ones."""
ACTIONS = ("list", "path", "run", "hint", "solution", "reset", "mutant")
NOTES = """\
actions:
  list [LESSON]              the exercises, and which are solved
  path LESSON/NAME           your file; it is created if there is none
  run LESSON/NAME            run your file and judge it
  hint LESSON/NAME           the next of three hints
  solution LESSON/NAME       a solution, once you have solved it or read the hints
  mutant LESSON/NAME MUTANT  a wrong program that the exercise knows; like the solution
  reset LESSON/NAME          start over; your file is kept under another name

examples:
  dltui exercise list linear-regression
  vi $(dltui exercise path linear-regression/training-step)
  dltui exercise run linear-regression/training-step
  dltui exercise run linear-regression/training-step --file other.py --json

exit code: 0 solved or done, 1 not yet, 2 wrong command line, 130 Ctrl-C
"""


def exercise(options: Namespace) -> int:
    """Run the command with these options and return the exit code."""
    action = options.action
    if action not in ACTIONS:
        raise Refusal(f"no action {action!r}; {nearest(action, ACTIONS)}")
    if options.json and action not in ("list", "run"):
        raise Refusal(f"exercise {action} prints no JSON: leave --json out")
    if options.file is not None and action != "run":
        raise Refusal(f"--file belongs to exercise run, not to {action}")
    if options.yes and action not in ("run", "solution", "mutant"):
        raise Refusal(f"--yes belongs to exercise run, solution and mutant, not to {action}")
    if options.mutant is not None and action != "mutant":
        raise Refusal(f"one word too many: {options.mutant!r}; see dltui exercise --help")
    if action == "list":
        return _list(options.exercise, options.json)
    if options.exercise is None:
        raise Refusal(f"exercise {action} needs LESSON/NAME; dltui exercise list shows them")
    with refusing():
        chosen = find(options.exercise)
    try:
        match action:
            case "path":
                return _path(chosen)
            case "run":
                return _run(chosen, options)
            case "hint":
                return _hint(chosen)
            case "reset":
                return _reset(chosen)
            case _:
                return _reveal(chosen, options)
    except NoProgram as error:
        notice(_in_words(str(error), chosen))
        return 1


def _in_words(message: str, chosen: Exercise) -> str:
    """Return a message of the page Write with a command in place of its key x."""
    return re.sub(r"\bx (?=starts|writes)", f"dltui exercise reset {chosen.slug} ", message)


def _list(lesson: str | None, as_json: bool) -> int:
    slugs = [*(entry.slug for entry in entries()), BUG_HUNT]
    if lesson is not None and lesson not in slugs:
        raise Refusal(f"no lesson {lesson!r}; {nearest(lesson, slugs)}")
    found = [one for slug in ([lesson] if lesson else slugs) for one in exercises(slug)]
    progress = _progress() if _progress_file().exists() else None  # do not create the file
    solved = [bool(progress) and one.name in progress.of(one.lesson).exercises for one in found]  # type: ignore[union-attr]
    if as_json:
        rows = [
            {
                "exercise": one.slug, "title": one.title, "kind": one.kind, "solved": done,
                "mutants": [mutant.name for mutant in one.mutants],
            }
            for one, done in zip(found, solved, strict=True)
        ]  # fmt: skip
        print(json.dumps(rows, indent=2))
        return 0
    width = max((len(one.slug) for one in found), default=0)
    for one, done in zip(found, solved, strict=True):
        print(f"{'✓' if done else '○'} {one.slug:{width}}  {one.title}")
    print(f"\n{sum(solved)} of {len(found)} solved. Open one with: dltui LESSON, then 4")
    return 0


def _path(chosen: Exercise) -> int:
    file = ExerciseFile.of(chosen)
    if remark := file.create():
        notice(_in_words(remark, chosen))
    print(file.path)
    return 0


def _run(chosen: Exercise, options: Namespace) -> int:
    file, name = ExerciseFile.of(chosen), options.file
    if name is None:
        file.create()
        program, path = file.read(), file.path
    else:
        path = Path(name).absolute()
        program = _read(path, name)
    verdict, losses, output = _judge(chosen, program, path)
    if verdict.status == "solved" and name is None:
        progress = _progress()
        progress.add(chosen.lesson, "exercise", chosen.name)
        if lost := progress.close():
            notice(lost)
    if options.json:
        result = {
            "exercise": chosen.slug, "status": verdict.status, "fault": verdict.fault,
            "message": verdict.message, "line": verdict.line, "losses": losses,
        }  # fmt: skip
        print(json_line(result))
    elif chosen.is_its_bug(verdict.fault) and not (options.yes or _named(chosen)):
        name_it = f"name it in dltui {chosen.lesson}, key b, or add --yes to read which it is"
        print(f"✗ It still has its bug: {name_it}")
    else:
        sign = "✓" if verdict.status == "solved" else "✗"
        print(f"{sign} {verdict.message}")
        lines = program.splitlines()
        shown = [line for line, _ in verdict.trace] or [verdict.line or 0]
        for line in dict.fromkeys(shown):
            if 0 < line <= len(lines):
                print(f"  {path.name}:{line}: {lines[line - 1].strip()}")
        for text in output.splitlines()[-PRINTED:]:
            print(f"  printed: {text}")
    return 0 if verdict.status == "solved" else 1


def _named(chosen: Exercise) -> bool:
    """Return whether the learner has named the bug of this exercise."""
    return _progress_file().exists() and chosen.name in _progress().of(chosen.lesson).answers


def _judge(chosen: Exercise, program: str, path: Path) -> tuple[Verdict, list[float], str]:
    """Run the program and wait for the verdict; return also its first losses and its output."""
    runner = Runner()
    try:
        attempt = Attempt(chosen, program, path, runner)
        while attempt.verdict is None:
            if not attempt.poll():
                time.sleep(0.01)
        return attempt.verdict, attempt.losses[:20].tolist(), attempt.record.output
    finally:
        runner.close()


def _read(path: Path, name: str) -> str:
    try:
        return read_plain(path, LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal(f"--file {name!r} is not UTF-8 text: byte {error.start} is wrong") from None
    except Unsuitable as error:
        raise Refusal(f"--file {name!r} is no program: {error}") from None
    except OSError as error:
        raise Refusal(f"--file {name!r} cannot be read: {error.strerror or error}") from None


def _hint(chosen: Exercise) -> int:
    progress = _progress()
    number = min(hints_read(progress.of(chosen.lesson), chosen.name) + 1, HINTS)
    print(f"{number} of {HINTS}: {chosen.hints[number - 1]}")
    progress.add(chosen.lesson, "hint", f"{chosen.name}/{number}")
    if lost := progress.close():
        notice(lost)
    return 0


def _reset(chosen: Exercise) -> int:
    file = ExerciseFile.of(chosen)
    kept = file.reset()
    print(f"{file.path} is as given" + (f"; your file is kept as {kept.name}" if kept else ""))
    return 0


def _reveal(chosen: Exercise, options: Namespace) -> int:
    """Print the solution or a mutant if that is earned."""
    program = chosen.solution
    if options.action == "mutant":
        programs = {mutant.name: mutant.program for mutant in chosen.mutants}
        if options.mutant is None:
            raise Refusal(f"mutant needs a name; {chosen.slug} has {', '.join(programs)}")
        if options.mutant not in programs:
            raise Refusal(f"no mutant {options.mutant!r}; {nearest(options.mutant, programs)}")
        program = programs[options.mutant]
    done = _progress().of(chosen.lesson)
    if not options.yes and not has_earned(done, chosen.name):
        left = HINTS - hints_read(done, chosen.name)
        more = "1 more hint" if left == 1 else f"{left} more hints"
        notice(f"not yet: solve it, or read {more}, or add --yes to see it now")
        return 1
    print(program, end="")
    return 0


def _progress_file() -> Path:
    return paths.state_dir() / "progress.jsonl"


def _progress() -> Progress:
    return Progress(_progress_file())


EXERCISE = CommandLine(
    exercise,
    usage="exercise [ACTION] [LESSON/NAME] [MUTANT] [--json] [--file FILE] [--yes]",
    summary="Write code: the exercises, and the judge of your programs.",
    notes=NOTES,
    arguments={
        "action": option(
            "ACTION", "list, path, run, hint, solution, mutant or reset", nargs="?", default="list"
        ),
        "exercise": option("LESSON/NAME", "the exercise, or with list a lesson", nargs="?"),
        "mutant": option("MUTANT", "the name of a wrong program", nargs="?"),
        "--file": option("FILE", "with run: judge this file instead of yours"),
        "--yes": switch("show a solution, a mutant or which bug it is before it is earned"),
        "--json": switch("with list and run: print it as JSON"),
    },
)
