"""Judges a program by its run: compared with the solution's run, and with those of known bugs."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from engine.equations import number
from engine.exercises.errors import meaning, warned
from engine.exercises.exercise import Exercise, Mutant, placeholder
from engine.exercises.record import (
    EARLY,
    Failure,
    Record,
    all_close,
    close,
    first_apart,
    same_value,
)
from engine.exercises.remarks import about_error, not_by_hand, not_called

SAME = 1e-5
"""The relative difference within which losses count as equal."""
SIMILAR = 1e-3
"""The relative difference within which the outcomes of two runs count as equal."""
FOUND = 1e-4
"""The relative difference within which the values of the probe count as equal."""

FIRST = "It differs before the first update, so it is the data, the prediction or the loss."
SUM_OR_MEAN = ": is it a sum or a mean?"
NAN = "not a number"
OVERFLOW = "That comes from ∞/∞, ∞ − ∞ or the logarithm of 0: does an exponential overflow?"

Status: TypeAlias = Literal["solved", "wrong", "error", "timeout"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of a run."""

    status: Status
    message: str
    fault: str | None = None
    """The name of the mutant that the program behaves like."""
    line: int | None = None
    """The line of the learner's program to look at, counted from 1."""
    trace: tuple[tuple[int, str], ...] = ()
    """The learner's lines in the traceback of an error: number and function."""


@dataclass(frozen=True, slots=True)
class Check:
    """Something that the probe finds out about a program."""

    label: str
    met: bool | None
    """Whether it is as expected; None if it was not found out."""
    found: str
    expected: str


def judge(exercise: Exercise, record: Record, solution: Record) -> Verdict | None:
    """Return the verdict if it needs no comparison with mutants: the program is correct, or was
    stopped at a limit, or the solution did not run; None otherwise."""
    if solution.failure is not None:
        text = f"The solution did not run either: {solution.failure.message}."
        advice = "Run your program once more; if that does not help, see dltui doctor."
        return Verdict("error", f"{text} {advice}")
    failure = record.failure
    if failure is not None and failure.kind == "timeout":
        return Verdict("timeout", _timeout(failure), None, failure.line, failure.trace)
    if failure is None and correct(exercise, record, solution):
        return Verdict("solved", _praise(exercise, record))
    return None


def correct(exercise: Exercise, record: Record, solution: Record) -> bool:
    """Return whether a run shows a correct program."""
    if record.failure is not None:
        return False
    if exercise.by_values:
        return same_values(record, solution, SIMILAR) and record.moved
    return (
        same_training(record, solution)
        and _right_parameters(record, solution)
        and (solution.keeps_graphs or not record.keeps_graphs)
        and same_values(record, solution)
    )


def same_training(a: Record, b: Record) -> bool:
    """Return whether two runs have the same losses at first, and the same outcome."""
    if len(a.losses) != len(b.losses):
        return False
    return (
        same_start(a, b)
        and all_close(a.losses[-1:], b.losses[-1:], SIMILAR, SIMILAR * 0.01 * _first(b))
    )  # fmt: skip


def same_start(a: Record, b: Record) -> bool:
    """Return whether two runs have the same losses at first, as far as both go."""
    return first_apart(a.losses[:EARLY], b.losses[:EARLY], SAME, _noise(b)) is None


def same_values(a: Record, b: Record, relative: float = FOUND) -> bool:
    """Return whether the probe has found the same in two runs."""
    pairs = zip(a.values, b.values, strict=False)
    return len(a.values) == len(b.values) and all(
        label == other and same_value(x, y, relative) for (label, x), (other, y) in pairs
    )


def matches(record: Record, mutant: Record, by_values: bool) -> bool:
    """Return whether a run has the signature of a mutant's run."""
    if (record.failure is None) != (mutant.failure is None):
        return False
    if record.failure is not None and mutant.failure is not None:
        return _same_failure(record.failure, mutant.failure) and (
            by_values or all_close(record.losses, mutant.losses, SAME, _noise(mutant))
        )
    if by_values and record.values:
        return same_values(record, mutant)
    return (
        same_training(record, mutant)
        and record.keeps_graphs == mutant.keeps_graphs
        and same_values(record, mutant)
        and _same_parameters(record, mutant)
    )


def matches_exactly(record: Record, mutant: Record) -> bool:
    """Return whether two runs that match also agree in gradients, calls of `step` and what they
    keep in memory.

    This tells bugs apart that leave the same losses, for example a training that never moves.
    """
    return (
        record.steps == mutant.steps
        and any(record.backwards) == any(mutant.backwards)
        and record.keeps_tensors == mutant.keeps_tensors
        and _same_gradients(record, mutant)
    )


def remarked(exercise: Exercise, verdict: Verdict, program: str, record: Record) -> Verdict:
    """Return a verdict with what the text of the program adds: the line of a definition that
    explains the error, a line that does not call what it names, one that uses what is to be
    written by hand, and a placeholder."""
    error = about_error(program, record.failure) if record.failure is not None else None
    if error is not None:
        verdict = replace(verdict, message=f"{verdict.message} {error.text}", line=error.line)
    call = not_called(program)
    if call is not None:
        line = verdict.line or (call.line if verdict.status != "solved" else None)
        verdict = replace(verdict, message=f"{verdict.message} {call.text}", line=line)
    used = not_by_hand(program, exercise.without) if verdict.status == "solved" else None
    if used is not None:
        verdict = replace(verdict, message=f"{verdict.message} {used.text}")
    left = placeholder(program)
    if left is not None and verdict.status == "wrong":
        text = f"{verdict.message} Line {left} is still the placeholder: your lines replace it."
        verdict = replace(verdict, message=text, line=verdict.line or left)
    return verdict


def named(mutant: Mutant, program: str, record: Record) -> Verdict:
    """Return the verdict on a program that behaves like a mutant."""
    failure = record.failure
    line = mutant.line(program)
    if line is None and failure is not None:
        line = failure.line
    status: Status = "wrong" if failure is None else "error"
    trace = failure.trace if failure else ()
    return Verdict(status, mutant.explanation, mutant.name, line, trace)


def untouched(exercise: Exercise, program: str) -> Verdict | None:
    """Return the verdict on a program that the learner has not changed yet; None for others.

    A bug to find is there from the start, so such a program is judged like any other.
    """
    if exercise.kind == "fault" or program.strip() != exercise.given.strip():
        return None
    text = "The program is as you got it; write your part of it."
    return Verdict("wrong", text, line=exercise.gap[0])


def unknown(exercise: Exercise, record: Record, solution: Record) -> Verdict:
    """Return the verdict on a wrong program that behaves like no mutant: the first difference."""
    failure = record.failure
    if failure is not None:
        skipped = "" if failure.kind != "error" or failure.trace else _skipped(record, solution)
        return Verdict("wrong", skipped) if skipped else _error(failure)  # the check failed then
    if exercise.trains and not record.losses:
        text = "There is no function train() that yields (loss, model) after each update."
        return Verdict("wrong", text)
    if exercise.by_values:
        still = "" if record.moved else _still(record)
        found = [_skipped(record, solution), still, _values(record, solution, SIMILAR)]
    else:
        found = [_training(record, solution), _values(record, solution)]
    first = next(filter(None, found), "The results are not those of the solution.")
    return Verdict("wrong", " ".join(filter(None, [first, warned(record.output)])))


def _training(record: Record, solution: Record) -> str:
    """Return the first difference between two trainings in words; empty if there is none."""
    losses, wanted = record.losses, solution.losses
    if skipped := _skipped(record, solution):
        return skipped
    at = first_apart(losses[:EARLY], wanted[:EARLY], SAME, _noise(solution))
    if at is not None:
        return _difference(record, solution, at)
    if not record.moved:
        return _still(record)
    if len(losses) != len(wanted):
        return (
            f"The first losses are right, but train() yields {len(losses):,} times and not "
            f"{len(wanted):,}: count the updates, and yield once after each."
        )
    if not same_training(record, solution):
        return (
            f"The first {min(EARLY, len(losses))} losses are right, but the last is "
            f"{number(losses[-1])} and not {number(wanted[-1])}: something changes later."
        )
    if not _right_parameters(record, solution):
        return (
            "The losses are right, but the parameters are others: they are not those that these "
            "losses belong to, or a sign in the model is turned around."
        )
    if record.keeps_graphs and not solution.keeps_graphs:
        what = (
            "something keeps the losses as tensors. Keep"
            if record.keeps_tensors
            else "a tensor, such as a sum of losses, keeps what it was computed from. Add up"
        )
        return (
            f"The losses are right, but every update leaves a graph in memory: {what} "
            "loss.item(), which is a plain number."
        )
    return ""


def _skipped(record: Record, solution: Record) -> str:
    """Return what is said of a training that yields the right losses, but not all of them."""
    losses, wanted = record.losses, solution.losses
    scale = _noise(solution)
    if not 0 < len(losses) < len(wanted) or close(losses[0], wanted[0], SAME, scale):
        return ""
    count = f"train() yields {_times(len(losses))} and not {_times(len(wanted))}"
    if len(losses) == 1 and close(
        losses[0], wanted[-1], SIMILAR, SIMILAR * 0.01 * _first(solution)
    ):
        return (
            f"{count}, and this is the last loss: yield is below the loop. Indent it as a part of "
            "the loop, so that it yields after each update."
        )
    at = 0
    found = []
    for loss in losses[:EARLY]:
        rest = range(at, len(wanted))
        at = next((i + 1 for i in rest if close(loss, wanted[i], SAME * 10, scale)), 0)
        if not at:
            return ""
        found.append(at)
    if len(found) < 2:
        return ""
    return (
        f"{count}, and its first loss is that of update {found[0]}: yield after each update, in "
        "the same loop and without a condition."
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _still(record: Record) -> str:
    """Return why the parameters of a training may never change."""
    text = "The parameters never change"
    if not any(record.parameters):
        return "What train() yields beside the loss has no numbers: it must be the trained model."
    gradients, steps = any(record.gradients), any(record.steps)
    if steps and not any(record.backwards) and not gradients:
        return f"{text}: step() finds no gradients, because backward() is not called."
    if steps:
        return (
            f"{text}, although backward() and step() are called. Does step() come after "
            "backward(), nothing cleared between them, and is the optimizer given this model's "
            "parameters and a learning rate above 0?"
        )
    if gradients:
        return f"{text}: there are gradients, but they are not applied. Is the update made?"
    return f"{text}: is the gradient computed, and the update made?"


def _difference(record: Record, solution: Record, at: int) -> str:
    """Describe the first loss that differs, and whether loss, gradient or update is to blame."""
    got, wanted = record.losses[at], solution.losses[at]
    if math.isnan(got) or math.isinf(got):
        return (
            f"The loss of update {at + 1} is {number(got)}: look for a division by 0, a logarithm "
            "of 0, or steps that are too large."
        )
    text = f"Update {at + 1}: your loss is {number(got)}, expected {number(wanted)}."
    if at == 0:
        if _swapped(record, solution):
            return f"{text} That is a number of the model: yield loss, model, in this order."
        if len(record.losses) != len(solution.losses):
            count = f"{_times(len(record.losses))} and not {_times(len(solution.losses))}"
            text = f"{text} train() also yields {count}."
        return f"{text} {_factor(got, wanted) or FIRST}"
    if record.parameters[:1] and not record.moved:
        return f"{text} {_still(record)}"
    where = _apart(record.gradients, solution.gradients)
    if where is not None and where < at:
        if where == 1 and _added(record, solution):
            return (
                f"{text} The gradient of update 2 is added to that of update 1: clear it once in "
                "each update."
            )
        return f"{text} The gradient of update {where + 1} is already different."
    where = _apart(record.parameters, solution.parameters)
    if where is not None and where < at:
        return (
            f"{text} The losses before are right, the parameters after update {where + 1} are not: "
            "it is the gradient or the update."
        )
    return text


def _factor(got: float, wanted: float) -> str:
    """Return how a number follows from the expected one, if it does so simply."""
    if not (got and wanted and math.isfinite(got)):
        return ""
    if close(got, -wanted, SAME):
        return "It has the wrong sign."
    times, parts = round(got / wanted), round(wanted / got)
    if times > 1 and close(got, times * wanted, SAME):
        return f"It is {times:,} times as large as expected{'.' if times == 2 else SUM_OR_MEAN}"
    if parts > 1 and close(got * parts, wanted, SAME):
        return f"Times {parts:,} it would be right{'.' if parts == 2 else SUM_OR_MEAN}"
    return ""


def _swapped(record: Record, solution: Record) -> bool:
    """Return whether what is yielded first is a number of the model."""
    early = zip(record.losses, solution.parameters, strict=False)
    pairs = [(loss, numbers[0]) for loss, numbers in early if numbers]
    return len(pairs) > 2 and all(close(loss, number, SAME) for loss, number in pairs)


def _values(record: Record, solution: Record, relative: float = FOUND) -> str:
    """Return the first difference between what the probe has found; empty if there is none."""
    found = dict(record.values)
    for label, wanted in solution.values:
        if label not in found:
            return f"{label}: missing, expected {_shown(wanted)}."
        if not same_value(found[label], wanted, relative):
            if wanted is True:
                return f"Not yet: {label}."
            text = f"{label}: {_shown(found[label])}, expected {_shown(wanted)}."
            if isinstance(wanted, float) and isinstance(found[label], float):
                text = f"{text} {_factor(found[label], wanted)}".rstrip()
            if NAN in text and NAN not in _shown(wanted):
                return f"{text} {OVERFLOW}"
            return text if found[label] is not None else f"{text} Is there a return?"
    return ""


def checks(exercise: Exercise, record: Record, solution: Record) -> tuple[Check, ...]:
    """Return what the probe expects, in order, and what it has found in a program."""
    found = dict(record.values)
    relative = SIMILAR if exercise.by_values else FOUND
    return tuple(
        Check(
            label,
            same_value(found[label], wanted, relative),
            _shown(found[label]),
            _shown(wanted),
        )
        if label in found
        else Check(label, None, "", _shown(wanted))
        for label, wanted in solution.values
    )


def _shown(value: object) -> str:
    match value:
        case float():
            return number(value)
        case {"shape": list(shape), "dtype": dtype, "numbers": list(numbers)}:
            inside = ", ".join(_shown(each) for each in numbers[:6])
            more = ", …" if len(numbers) > 6 else ""
            size = f" of shape ({', '.join(map(str, shape))})" if shape else ""
            article = "an" if dtype.startswith("int") else "a"
            return f"{article} {dtype} tensor{size}: {inside}{more}"
        case list():
            return f"[{', '.join(_shown(each) for each in value)}]"
        case str():
            return value
        case _:
            return str(value)


def _error(failure: Failure) -> Verdict:
    """Return the verdict on a program that raised an error or exceeded a limit."""
    said = f"{failure.type}: {failure.message}" if failure.type else failure.message
    match failure.kind:
        case "output":
            text = f"Stopped: {failure.message}. Print less, for example every 100 updates."
        case "memory":
            text = "Stopped: it needs more than 2 GB of memory. Does a list grow in a loop?"
        case "exit":
            text = "The program ends itself with exit(): remove the call, so that it can be run."
        case "closed":
            text = f"Stopped: {failure.message}. Close only what the program has opened itself."
        case "killed":
            text = f"The program ended without a message: {failure.message}."
        case _:
            first = said.partition("\n")[0].rstrip()  # of several lines, which say it in detail
            first += "" if first.endswith((".", "!", "?", ":")) else "."
            text = " ".join(filter(None, [first, meaning(said)]))
    return Verdict("error", text, None, failure.line, failure.trace)


def _timeout(failure: Failure) -> str:
    where = f" Line {failure.line} was running." if failure.line else ""
    return (
        f"Stopped: {failure.message}.{where} Does every loop end, and does train() yield after "
        "each update?"
    )


def _praise(exercise: Exercise, record: Record) -> str:
    if not record.losses:
        return "Solved."
    if exercise.by_values:
        return f"Solved. The last loss is {number(record.losses[-1])}."
    count = len(record.losses)
    return f"Solved: {count:,} losses equal to the reference, the last {number(record.losses[-1])}."


def _same_failure(a: Failure, b: Failure) -> bool:
    """Return whether two errors have the same type and message, with the same names and sizes.

    The message about a missing gradient does not say whose it is, but the line does.
    """
    plain = [re.sub(r"0x[0-9a-f]+", "", failure.message) for failure in (a, b)]
    grads = [set(re.findall(r"[\w.]+\.grad\b", failure.code)) for failure in (a, b)]
    same = a.kind == b.kind and a.type == b.type and plain[0] == plain[1]
    return same and ("NoneType" not in a.message or grads[0] == grads[1])


def _same_parameters(a: Record, b: Record) -> bool:
    """Return whether the parameters agree after each early update, if both have as many."""
    pairs = list(zip(a.parameters, b.parameters, strict=False))
    if any(len(x) != len(y) for x, y in pairs):
        return True
    return all(all_close(sorted(x), sorted(y), 1e-4, 1e-6) for x, y in pairs)


def _right_parameters(record: Record, solution: Record) -> bool:
    """Return whether the parameters are those of the solution, after the update or before it."""
    before = replace(record, parameters=record.parameters[1:])
    return _same_parameters(record, solution) or _same_parameters(before, solution)


def _same_gradients(a: Record, b: Record) -> bool:
    pairs = zip(a.gradients, b.gradients, strict=False)
    return all(all_close(x, y, 1e-4, 1e-6) for x, y in pairs)


def _added(record: Record, solution: Record) -> bool:
    """Return whether the second gradient is the sum of the first two of the solution."""
    first, second = solution.gradients[:2]
    total = [x + y for x, y in zip(first, second, strict=False)]
    return bool(first) and all_close(record.gradients[1], total, 1e-4, 1e-6)


def _apart(a: Sequence[Sequence[float]], b: Sequence[Sequence[float]]) -> int | None:
    """Return the first index at which both are known and differ."""
    pairs = enumerate(zip(a, b, strict=False))
    return next(
        (i for i, (x, y) in pairs if x and len(x) == len(y) and not all_close(x, y, 1e-4, 1e-6)),
        None,
    )


def _first(record: Record) -> float:
    """Return the size of the first loss, which sets the scale of its noise."""
    first = abs(record.losses[0]) if record.losses else 0.0
    return first if math.isfinite(first) else 0.0


def _noise(record: Record) -> float:
    """Return the absolute difference of losses that rounding explains: float32 keeps 7 digits."""
    return 1e-7 * _first(record)
