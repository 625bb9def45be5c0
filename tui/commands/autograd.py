"""`dltui run autograd`: prints the graph of an expression, or a program, as text or JSON."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Iterator, Mapping
from typing import Any

from engine.equations import NONE_YET
from engine.expression import Refused
from engine.frame import State
from engine.graph.operations import Value
from engine.graph.programs import RanStatement, program
from engine.graph.settings import RESERVED, GraphSettings, names_in
from engine.graph.walk import GraphNode, GraphWalk
from lessons.lesson import Lesson, Preset
from tui.commands.command import Refusal, json_line

CONSTANTS = {"e": "2.718281828", "pi": "3.141592654", "π": "3.141592654"}


def run_autograd(options: Namespace, lesson: Lesson, changes: Mapping[str, str]) -> int:
    """Run the command with these options and return the exit code.

    Raises:
        Refusal: the options or the expression are invalid; the message says what is allowed.
    """
    if options.device not in ("auto", "cpu"):
        raise Refusal("autograd works on a few numbers, on the CPU: leave --device out")
    for name in ("seed", "every"):
        if getattr(options, name) is not None:
            raise Refusal(f"autograd trains nothing: leave --{name} out")
    preset = lesson.preset(options.preset)
    began = time.perf_counter()
    end: dict[str, Any]
    if "program" in preset.settings:
        if changes:
            raise Refusal(f"{preset.name} is a program of its own: it takes no --set")
        from engine.graph.take_apart import ProgramSession  # imports torch

        session = ProgramSession(program(str(preset.settings["program"])))
        while session.step() is not None:
            pass
        ran = session.position.ran
        events, lines = list(map(_statement_event, ran)), list(_program_lines(ran))
        leaves = {each.name for each in ran[-1].tensors if each.is_leaf}
        gradients = {name: each for name, each in _gradients(ran[-1]).items() if name in leaves}
        end = {"preset": preset.name, "gradients": gradients}
    else:
        walk = _walk(preset, changes)
        events, lines = list(map(_node_event, walk.nodes)), list(_lines(walk))
        # An expression from the command line has its own inputs: no setting of the preset is used.
        end = {"preset": None if "expression" in changes else preset.name, **_end(walk)}
    failed = "message" in end
    if options.json:
        status = State.FAILED if failed else State.FINISHED
        end = {"event": "end", "status": status.value, "lesson": lesson.slug, "device": "cpu"} | end
        end["seconds"] = time.perf_counter() - began
        lines = list(map(json_line, [*events, end]))
    print("\n".join(lines))
    return int(failed)


def _walk(preset: Preset, changes: Mapping[str, str]) -> GraphWalk:
    texts = {name: str(value) for name, value in preset.settings.items()}
    texts = dict(changes) if "expression" in changes else {**texts, **changes}
    for name, text in changes.items():
        _refuse_expression(name, text)
    try:
        for name in names_in(texts["expression"], texts):
            if name not in texts:
                advice = f"give it one with --set {name}={CONSTANTS.get(name, '2')}"
                raise Refusal(f"{name} has no value: {advice}")
        settings = GraphSettings.of(texts)
        from engine.graph.take_apart import take_apart  # imports torch, so only after the checks

        return take_apart(settings)
    except Refused as refused:
        place = refused.text[refused.start : refused.end]
        where = f", at column {refused.start + 1}: {place!r}" if place.strip() else ""
        raise Refusal(f"{refused}{where}") from None
    except ValueError as error:
        raise Refusal(str(error)) from None


def _refuse_expression(name: str, text: str) -> None:
    """Raise `Refusal` if an input is given an expression instead of a number."""
    if name in RESERVED:
        return
    try:
        names = names_in(text)
    except Refused:  # no expression either: the value is refused later
        return
    if names:
        values = "".join(f" --set {each}=2" for each in names)
        right = f'--set "expression={text.strip()}"{values}'
        raise Refusal(
            f"{name} = {text.strip()} is an expression, and inputs are numbers: write {right}"
        )


def _node_event(node: GraphNode) -> dict[str, Any]:
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


def _end(walk: GraphWalk) -> dict[str, Any]:
    inputs = [node for node in walk.nodes if node.kind == "input"]
    end: dict[str, Any] = {
        "expression": walk.settings.expression,
        "inputs": {node.name: node.value.plain for node in inputs},
        "value": walk.result.value.plain,
        "gradients": {node.name: _plain(node.gradient) for node in inputs if node.requires_grad},
    }
    if walk.check is not None:
        end["check"] = {each.name: each.difference for each in walk.check}
    if walk.error:
        end["message"] = f"RuntimeError: {walk.error}"
    return end


def _lines(walk: GraphWalk) -> Iterator[str]:
    rows: list[tuple[str, ...]] = [("node", "", "value", "gradient", "grad_fn")]
    for node in walk.nodes:
        gradient = node.gradient.text if node.gradient is not None else "–"
        rows.append((node.name, node.formula, node.value.text, gradient, node.grad_fn or "–"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(map(str.ljust, row, widths)).rstrip()
    last, check = walk.moves[-1], walk.check
    if last.error:
        yield from ("", f"RuntimeError: {last.error}", last.explanation)
    elif check is not None and check.difference is not None:
        verdict = "agree" if check.close else "do not agree"
        words = f"finite differences {verdict}: the largest difference is {check.agreement}"
        yield from ("", words)
    yield from check.reasons if check else ()


def _statement_event(ran: RanStatement) -> dict[str, Any]:
    return {
        "event": "line",
        "code": ran.statement.code,
        "output": ran.output or None,
        "error": ran.error or None,
        "gradients": _gradients(ran),
    }


def _program_lines(statements: tuple[RanStatement, ...]) -> Iterator[str]:
    for ran in statements:
        yield f">>> {ran.statement.code}"
        if ran.error or ran.output:
            yield ran.error or ran.output
        yield f"    # {ran.statement.refusal if ran.error else ran.statement.why}"
    yield ""
    for tensor in statements[-1].tensors:
        if tensor.is_leaf and tensor.requires_grad:
            gradient = tensor.gradient.text if tensor.gradient is not None else NONE_YET
            yield f"{tensor.name}.grad = {gradient}"


def _gradients(ran: RanStatement) -> dict[str, Any]:
    return {each.name: _plain(each.gradient) for each in ran.tensors if each.requires_grad}


def _plain(value: Value | None) -> float | list[float] | None:
    return None if value is None else value.plain
