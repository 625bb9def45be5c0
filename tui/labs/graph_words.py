"""A walk or a program in words: the line of mathematics, the check, the tensors; no widget."""

from __future__ import annotations

import re

from rich.text import Text

from engine.equations import NONE_YET, number
from engine.graph.look import ProgramLook, WalkLook
from engine.graph.programs import Row
from engine.graph.settings import GraphSettings
from engine.graph.walk import Check, Move
from tui.widgets.transcript import TranscriptLine

AT_THE_START = "The inputs have their values. s: first move forward, space: play."
AGREED = "✓ check: nudging each input a little (finite differences) agrees to {}"
DIFFERENT = (
    "≠ check: nudging each input a little (finite differences) gives something else, by up to {}. "
    "Where the curve is very steep, it is the nudging that is off."
)
FORWARD_DONE = "The values are all there. s: now back, from the result to the inputs."
BACKWARD_BEGUN = "The way back starts here, with 1: how much the result grows with itself."


def said(look: WalkLook | ProgramLook) -> Text:
    """What the last move did, in a line or more."""
    return _walk(look) if isinstance(look, WalkLook) else _program(look)


def progress(look: WalkLook | ProgramLook) -> str:
    """Which phase it is in, and how far."""
    if isinstance(look, ProgramLook):
        return f"line {len(look.lines)}/{len(look.program.statements)}"
    forward = look.walk.forward_moves
    if look.position <= forward:
        return f"forward {look.position}/{forward}"
    return f"backward {look.position - forward}/{len(look.walk.moves) - forward}"


def rest(look: WalkLook | ProgramLook) -> str:
    """What to press, while nothing plays."""
    if look.done:
        return "at the end · r: again, p: next"
    return "s: next move" if isinstance(look, WalkLook) else "s: next line"


def statements(look: ProgramLook) -> list[TranscriptLine]:
    """The lines of the program, with what came of those that ran."""
    ran = [
        TranscriptLine(
            line.statement.code,
            line.error or line.output,
            bool(line.error),
            line.statement.refusal if line.error else line.statement.why,
        )
        for line in look.lines
    ]
    return ran + [TranscriptLine(each.code) for each in look.program.statements[len(ran) :]]


def values(settings: GraphSettings) -> dict[str, str]:
    """The inputs by name, as a person would type them: `2`, `[1, 2.5]`."""
    texts = settings.texts()
    return {name: re.sub(r"\.0(?!\d)", "", texts[name]) for name in settings.inputs}


def moves(look: WalkLook) -> list[str]:
    """The moves made so far, one line each."""
    return [move.line for move in look.walk.moves[: look.position]]


def tensors(look: ProgramLook) -> Text:
    """Every tensor that has a name by now: its value, its gradient, where it came from."""
    if not look.lines:
        return Text("no tensors yet", "dim")
    return Text("\n").join(_row(row, "\n  ") for row in look.lines[-1].rows)


def _row(row: Row, between: str, grad_fn: bool = True) -> Text:
    text = Text.assemble((f"{row.name} = {row.value.brief}", "bold"))
    if grad_fn or not row.grad_fn:
        text.append(f"  {_kind(row)}")
    if row.requires_grad and row.is_leaf:
        gradient = row.gradient.brief if row.gradient is not None else NONE_YET
        text.append(f"{between}grad {gradient}")
    return text


def _kind(row: Row) -> str:
    if row.grad_fn:
        return row.grad_fn
    return "leaf" if row.requires_grad else "no gradient"


def _walk(look: WalkLook) -> Text:
    move = look.here.move
    if move is None:
        return Text.assemble(("forward  ", "bold"), AT_THE_START)
    text = Text.assemble((f"{move.phase}  ", "bold"), move.line)
    text.append(f"   {_name(look, move)}", "dim")
    if move.note:
        text.append(f"\n{move.note}", "italic")
    if move.error:
        text.append(f"\nRuntimeError: {move.error}", "bold red")
        text.append(f"\n{move.explanation}")
    elif look.done and look.walk.check is not None:
        text.append(f"\n{_checked(look.walk.check)}")
    elif look.position == look.walk.forward_moves:
        text.append(f"\n{FORWARD_DONE}", "dim")
    elif look.position == look.walk.forward_moves + 1 and look.walk.root == look.walk.result.name:
        text.append(f"\n{BACKWARD_BEGUN}", "dim")
    return text


def _name(look: WalkLook, move: Move) -> str:
    """What PyTorch calls the node that this move goes through."""
    edge = look.walk.edges[move.edge] if move.edge is not None else None
    return look.walk.nodes[edge.target if edge else move.node].grad_fn or ""


def _checked(check: Check) -> str:
    """The gradients beside finite differences, in words."""
    words = ""
    if check.difference is not None:
        verdict = AGREED if check.close else DIFFERENT
        exact = "the last digit"
        words = verdict.format(number(check.difference, 2) if check.difference else exact)
    return "\n".join(filter(None, (words, _unchecked(check))))


def _unchecked(check: Check) -> str:
    """Why inputs were not compared: the first in full, since the others are mostly alike."""
    names = [each.name for each in check.inputs if each.reason]
    if not names:
        return ""
    others = f" (nor for {', '.join(names[1:])})" if len(names) > 1 else ""
    return f"no check for {check.reasons[0]}{others}"


def _program(look: ProgramLook) -> Text:
    if not look.lines:
        return Text("Real PyTorch, run line by line. s: the first line.")
    return Text("   ").join(_row(row, ", ", grad_fn=False) for row in look.lines[-1].rows)
