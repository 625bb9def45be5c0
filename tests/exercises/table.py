"""Checks exercises: `python -m tests.exercises.table [LESSON/NAME ...]` prints what is wrong."""

from __future__ import annotations

import ast
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from engine.exercises.attempt import Attempt
from engine.exercises.exercise import Exercise
from engine.exercises.judge import Verdict
from engine.exercises.runner import Limits, Runner
from lessons.exercises import all_exercises, find

PATIENT = Limits(120, 240)
"""Tests may run on a busy machine."""


def verdict(exercise: Exercise, program: str, runner: Runner) -> Verdict:
    """Return the verdict on a program."""
    file = Path("/tmp") / f"{exercise.name}.py"
    attempt = Attempt(exercise, program, file, runner, PATIENT)
    while attempt.verdict is None:
        if not attempt.poll():
            time.sleep(0.005)
    return attempt.verdict


def faults(exercise: Exercise, runner: Runner) -> Iterator[str]:
    """Yield what is wrong with an exercise, by running every program that it contains."""
    given = verdict(exercise, exercise.given, runner)
    if given.status == "solved":
        yield "the given program is solved"
    if exercise.kind == "fault" and given.fault is None:
        yield f"the given program must behave like a mutant: {given.message}"
    for index, program in enumerate((exercise.solution, *exercise.correct)):
        judged = verdict(exercise, program, runner)
        if judged.status != "solved":
            yield f"correct program {index} is {judged.status}, {judged.fault}: {judged.message}"
    for mutant in exercise.mutants:
        judged = verdict(exercise, mutant.program, runner)
        if judged.fault != mutant.name:
            yield f"mutant {mutant.name} is {judged.status}, {judged.fault}: {judged.message}"
        if mutant.look and mutant.line(mutant.program) is None:
            yield f"mutant {mutant.name}: no line matches Look: {mutant.look}"


def form(exercise: Exercise) -> Iterator[str]:
    """Yield what is wrong with the text of an exercise."""
    if len(set(map(ast.dump, map(ast.parse, (exercise.solution, *exercise.correct))))) < 4:
        yield "it needs a solution and three other correct programs"
    if len({mutant.name for mutant in exercise.mutants}) < max(len(exercise.mutants), 2):
        yield "it needs at least two mutants with different names"
    for mutant in exercise.mutants:
        try:
            ast.parse(mutant.program)
        except SyntaxError as error:
            yield f"mutant {mutant.name} is no program: {error}"
    for program in (exercise.given, exercise.solution):
        if len(program.splitlines()) > 60:
            yield f"{len(program.splitlines())} lines; a program has at most 60"
        if wide := [line for line in program.splitlines() if len(line) > 76]:
            yield f"a line of code is wider than 76 characters: {wide[0]}"
        if "dltui" in program or "__main__" not in program:
            yield "a program runs with python and imports nothing of dltui"
    start, end = exercise.gap
    if exercise.kind == "hole" and not 1 <= end - start <= 12:
        yield f"the gap has {end - start} lines; it must have 1 to 12"
    if exercise.kind == "hole" and "# your turn" not in exercise.given:
        yield "the gap says '# your turn: …'"
    if exercise.kind == "fault" and not 3 <= len(exercise.answers) <= 4:
        yield "a bug needs a question with 3 or 4 answers"
    if exercise.answers and sum(answer.right for answer in exercise.answers) != 1:
        yield "exactly one answer must be right"


def main() -> None:
    chosen = [find(slug) for slug in sys.argv[1:]] or all_exercises()
    runner = Runner()
    bad = 0
    for exercise in chosen:
        found = [*form(exercise), *faults(exercise, runner)]
        bad += bool(found)
        print(exercise.slug, "ok" if not found else "")
        for fault in found:
            print("   ", fault)
    runner.close()
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
