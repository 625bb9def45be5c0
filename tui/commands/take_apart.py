"""`dltui run autograd`: an expression taken apart, or a program run, as text; knows no torch."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Iterator, Mapping
from typing import Any

from engine.equations import NONE_YET, number
from engine.expression import Refused
from engine.frame import State
from engine.graph.build import names_in
from engine.graph.look import ProgramLook
from engine.graph.programs import Line, program
from engine.graph.settings import GraphSettings
from engine.graph.values import Value
from engine.graph.walk import Node, Walk
from lessons.lesson import Lesson, Preset
from tui.commands.json_line import json_line
from tui.commands.refusal import Refusal


def run(options: Namespace, lesson: Lesson, changes: Mapping[str, str]) -> int:
    """Take apart what the options say; gives the exit code.

    Raises:
        Refusal: the options or the expression are wrong; says what is allowed.
    """
    _check_options(options)
    preset = lesson.preset(options.preset)
    began = time.perf_counter()
    end: dict[str, Any]
    if "program" in preset.settings:
        if changes:
            raise Refusal(f"{preset.name} is a program of its own: it takes no --set")
        look = _look(str(preset.settings["program"]))
        events, lines = list(_program_events(look)), list(_program_lines(look))
        end = {"preset": preset.name, "gradients": _last_gradients(look)}
    else:
        walk = _walk(preset, changes)
        events, lines = list(map(_event, walk.nodes)), list(_lines(walk))
        # An expression of one's own has inputs of its own: nothing of the preset is left.
        end = {"preset": None if "expression" in changes else preset.name, **_end(walk)}
    failed = "message" in end
    if options.json:
        status = State.FAILED if failed else State.FINISHED
        end = {"event": "end", "status": status.value, "lesson": lesson.slug, "device": "cpu"} | end
        end["seconds"] = time.perf_counter() - began
        lines = list(map(json_line, [*events, end]))
    print("\n".join(lines))
    return int(failed)


def _check_options(options: Namespace) -> None:
    if options.device not in ("auto", "cpu"):
        raise Refusal("autograd works on a few numbers, on the CPU: leave --device out")
    for name in ("seed", "every"):
        if getattr(options, name) is not None:
            raise Refusal(f"autograd trains nothing: leave --{name} out")


def _walk(preset: Preset, changes: Mapping[str, str]) -> Walk:
    texts = {name: str(value) for name, value in preset.settings.items()}
    texts = dict(changes) if "expression" in changes else {**texts, **changes}
    try:
        missing = [name for name in names_in(texts["expression"], texts) if name not in texts]
        if missing:
            raise Refusal(_without_value(missing[0]))
        settings = GraphSettings.of(texts)
        from engine.graph.take_apart import take_apart  # torch: not for what is refused

        return take_apart(settings)
    except Refused as refused:
        place = refused.text[refused.start : refused.end]
        where = f", at column {refused.start + 1}: {place!r}" if place.strip() else ""
        raise Refusal(f"{refused}{where}") from None
    except ValueError as error:
        raise Refusal(str(error)) from None


def _without_value(name: str) -> str:
    """What to add to the command line for this input."""
    value = {"e": "2.718281828", "pi": "3.141592654", "π": "3.141592654"}.get(name, "2")
    return f"{name} has no value: give it one with --set {name}={value}"


def _event(node: Node) -> dict[str, Any]:
    return {
        "event": "node",
        "name": node.name,
        "kind": node.kind,
        "formula": node.formula,
        "inputs": list(node.inputs),
        "value": node.value.plain,
        "shape": list(node.value.shape),
        "requires_grad": node.requires_grad,
        "grad_fn": node.grad_fn,
        "gradient": _plain(node.gradient),
    }


def _end(walk: Walk) -> dict[str, Any]:
    inputs = [node for node in walk.nodes if node.kind == "input"]
    end: dict[str, Any] = {
        "expression": walk.settings.expression,
        "inputs": {node.name: node.value.plain for node in inputs},
        "value": walk.result.value.plain,
        "gradients": {node.name: _plain(node.gradient) for node in inputs if node.requires_grad},
    }
    if walk.check is not None:
        end["check"] = {each.name: each.difference for each in walk.check.inputs}
    if walk.error:
        end["message"] = f"RuntimeError: {walk.error}"
    return end


def _lines(walk: Walk) -> Iterator[str]:
    rows: list[tuple[str, ...]] = [("node", "", "value", "gradient", "grad_fn")]
    for node in walk.nodes:
        gradient = node.gradient.text if node.gradient is not None else "–"
        rows.append((node.name, node.formula, node.value.text, gradient, node.grad_fn or "–"))
    yield from _table(rows)
    last = walk.moves[-1]
    if last.error:
        yield from ("", f"RuntimeError: {last.error}", last.explanation)
    elif walk.check is not None and walk.check.difference is not None:
        verdict = "agree" if walk.check.close else "do not agree"
        difference = number(walk.check.difference, 2)
        yield from ("", f"finite differences {verdict}: the largest difference is {difference}")
    yield from walk.check.reasons if walk.check else ()


def _look(name: str) -> ProgramLook:
    from engine.graph.session import Session

    session = Session(program(name))
    while session.step() is not None:
        pass
    return ProgramLook(session.program, session.lines)


def _program_events(look: ProgramLook) -> Iterator[dict[str, Any]]:
    for line in look.lines:
        yield {
            "event": "line",
            "code": line.statement.code,
            "output": line.output or None,
            "error": line.error or None,
            "gradients": _gradients(line),
        }


def _program_lines(look: ProgramLook) -> Iterator[str]:
    for line in look.lines:
        yield f">>> {line.statement.code}"
        if line.error or line.output:
            yield line.error or line.output
        yield f"    # {line.statement.refusal if line.error else line.statement.why}"
    yield ""
    for row in look.lines[-1].rows:
        if row.is_leaf and row.requires_grad:
            gradient = row.gradient.text if row.gradient is not None else NONE_YET
            yield f"{row.name}.grad = {gradient}"


def _gradients(line: Line) -> dict[str, Any]:
    return {row.name: _plain(row.gradient) for row in line.rows if row.requires_grad}


def _last_gradients(look: ProgramLook) -> dict[str, Any]:
    leaves = {row.name for row in look.lines[-1].rows if row.is_leaf}
    return {name: value for name, value in _gradients(look.lines[-1]).items() if name in leaves}


def _plain(value: Value | None) -> float | list[float] | None:
    return None if value is None else value.plain


def _table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
