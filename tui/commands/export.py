"""`dltui export`: writes a training as a plain script."""

from __future__ import annotations

import shlex
from argparse import Namespace
from pathlib import Path

from lessons.lesson import Lesson, TrainingLesson
from lessons.script import has_script
from tui.commands.command import DATA_DIR, CommandLine, Refusal, notice, option, refusing, switch
from tui.commands.planning import (
    SETTING_NOTES,
    SETTINGS,
    TABLE,
    named_lesson,
    planned,
    training_lesson,
    usage,
)
from tui.script_file import NotReplaced, replace_script

NOTES = f"""\
examples:
  dltui export linear-regression
  dltui export linear-regression --preset double --every 10 -o double.py
  dltui export linear-regression --set learning_rate=0.02@300 | python -

The script is PyTorch without dltui. It prints the steps and losses of dltui run with the
same options on the CPU, digit by digit. The first line names that command.

{SETTING_NOTES}
-o replaces a file only if that is an exported script; --force replaces any file.

exit code: 0 written, 1 the file cannot be written, 2 wrong command line
"""


def export(options: Namespace) -> int:
    """Run the command with these options and return the exit code."""
    lesson = training_lesson(named_lesson("export", options.lesson, _has_script))
    if not has_script(lesson):
        raise Refusal(f"the lesson {lesson.slug!r} has no script; see dltui export")
    plan, why = planned(options, lesson)
    with refusing():
        script = plan.script()
    if why:
        notice(why)
    if options.o is None:
        print(script, end="")
        return 0
    try:
        replace_script(script, Path(options.o), options.force)
    except NotReplaced as error:
        raise Refusal(f"-o {options.o!r} {error}") from None
    except OSError as error:
        notice(f"-o {options.o!r} cannot be written: {error.strerror or error}")
        return 1
    print(f"written; run it with: python {shlex.quote(options.o)}")
    return 0


def _has_script(lesson: Lesson) -> bool:
    return isinstance(lesson, TrainingLesson) and has_script(lesson)


EXPORT = CommandLine(
    export,
    usage=usage(
        "export",
        "LESSON [--preset NAME] [--set NAME=VALUE[@STEP]]... [--seed N]",
        "[--every N] [-o FILE] [--force] [--data-dir DIR]",
    ),
    summary="Write a training as a plain PyTorch script.",
    notes=NOTES,
    arguments={
        "lesson": option("LESSON", "what to export: see dltui list", nargs="?"),
        **SETTINGS,
        "--every": option("N", "the script prints every Nth step (the lesson's choice)"),
        "-o": option("FILE", "write into this file (the script is printed)"),
        "--force": switch("replace any file"),
        **DATA_DIR,
        **{f"--{name}": how for name, how in TABLE.items()},
    },
)
