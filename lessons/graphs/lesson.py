"""The lesson Computational graphs: presets, controls and challenges."""

from __future__ import annotations

from engine.programs import PROGRAMS
from engine.programs.results import SIZES, ProgramComparison, Way
from lessons.lesson import Challenge, Lesson, Preset


def wrong(look: ProgramComparison) -> bool:
    """Whether the traced program gives a wrong answer without an error."""
    answer = look.answer(Way.TRACED)
    return answer is not None and not answer.right and answer.problem is None


def broken(look: ProgramComparison) -> bool:
    """Whether the compiler could not convert the program into one graph."""
    return look.breaks


def again(look: ProgramComparison) -> bool:
    """Whether a guard on a Python number or flag failed, so that another graph was compiled.

    A changed length does not count, since its guard is not recorded: the first program fails it.
    """
    calls = look.compiled.calls if look.compiled else ()
    guards = {guard for call in calls for guard in call.guards}
    return any(call.because in guards for call in calls)


def slower(look: ProgramComparison) -> bool:
    """Whether the fastest compiled round is slower than the fastest eager one, for some size."""
    pairs = ((look.timing(Way.COMPILED, n), look.timing(Way.EAGER, n)) for n in SIZES)
    return any(ours and eager and ours.low > eager.low for ours, eager in pairs)


CHALLENGES = (
    Challenge(
        "wrong",
        "find a wrong traced graph",
        "Look at the row of traced while you go through programs and inputs: p and i. Which "
        "answer is ✗, without an error?",
        check=wrong,
        solution={"program": "centre", "input": "evaluation"},
    ),
    Challenge(
        "break",
        "find a graph break",
        "What must Python know before it can go on? Choose a program that asks its data, and "
        "press space.",
        check=broken,
        solution={"program": "branch"},
    ),
    Challenge(
        "again",
        "recompile, but not for a length",
        "A guard holds what a graph relies on: a length, but also a number or a flag that "
        "Python reads on its way. Which program has two inputs that differ in one of those?",
        check=again,
        solution={"program": "loop"},
    ),
    Challenge(
        "slower",
        "find what compiling makes slower",
        "Guards and graph breaks cost microseconds at every call. Which program does so "
        "little on 4 numbers that this is more than it gains?",
        check=slower,
        solution={"program": "branch"},
    ),
)

LESSON = Lesson(
    slug="graphs",
    title="Computational graphs",
    minutes=20,
    lab="graphs",
    source="engine.programs.examples",
    presets=tuple(
        Preset(program.name, program.title, {"program": program.name}) for program in PROGRAMS
    ),
    challenges=CHALLENGES,
)
