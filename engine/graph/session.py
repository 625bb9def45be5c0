"""Runs a program of ours, statement by statement; knows no screen, and nothing that was typed."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import torch

from engine.graph.programs import Line, Program, Row
from engine.graph.values import Value


class Session:
    """A program on its way; a new session starts again from the top."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._names: dict[str, Any] = {"torch": torch}
        self._lines: list[Line] = []

    @property
    def lines(self) -> tuple[Line, ...]:
        """What has been run so far."""
        return tuple(self._lines)

    def step(self) -> Line | None:
        """Run the next statement; None where the program is at its end."""
        if len(self._lines) == len(self.program.statements):
            return None
        statement = self.program.statements[len(self._lines)]
        output, error = "", ""
        # PyTorch's and Python's warnings would be written across the screen.
        with warnings.catch_warnings(), torch.enable_grad():
            warnings.simplefilter("ignore")
            try:
                output = self._run(statement.code)
            except RuntimeError as raised:
                error = f"{type(raised).__name__}: {raised}"
        self._lines.append(Line(statement, output, error, tuple(self._rows())))
        return self._lines[-1]

    def _run(self, code: str) -> str:
        """What an expression gives, as Python would write it; nothing for a statement."""
        try:
            expression = compile(code, "<program>", "eval")
        except SyntaxError:
            exec(compile(code, "<program>", "exec"), self._names)
            return ""
        result = eval(expression, self._names)
        return "" if result is None else repr(result)

    def _rows(self) -> Iterator[Row]:
        for name, tensor in self._names.items():
            if isinstance(tensor, torch.Tensor):
                # To ask any other tensor for its gradient makes PyTorch warn.
                gradient = tensor.grad if tensor.is_leaf or tensor.retains_grad else None
                yield Row(
                    name=name,
                    value=_value(tensor),
                    gradient=None if gradient is None else _value(gradient),
                    requires_grad=tensor.requires_grad,
                    grad_fn=None if tensor.grad_fn is None else tensor.grad_fn.name(),
                    is_leaf=tensor.is_leaf,
                )


def _value(tensor: torch.Tensor) -> Value:
    return Value(tuple(tensor.shape), tuple(tensor.detach().flatten().tolist()))
