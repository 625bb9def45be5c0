"""The lines of a program, and how often each of them runs; knows no graph and no screen."""

from __future__ import annotations

import ast
import inspect
import sys
from collections import Counter
from collections.abc import Iterator
from types import FrameType
from typing import Any

from engine.programs import examples
from engine.programs.catalog import Program
from engine.programs.sights import Line


def listing(program: Program) -> tuple[Line, ...]:
    """The program as it stands in the file, without docstrings and blank lines."""
    texts, first = inspect.getsourcelines(getattr(examples, program.code))
    docstrings = set(_docstrings(ast.parse("".join(texts))))
    return tuple(
        Line(first + index, text.rstrip())
        for index, text in enumerate(texts)
        if text.strip() and index + 1 not in docstrings
    )


class Visits:
    """Counts the lines of the programs that Python runs in the meantime."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()
        self.last: int | None = None
        """The line that ran last: where an error was raised, if there was one."""

    @property
    def counts(self) -> dict[int, int]:
        """How often each line ran, by its number in the file."""
        return dict(self._counts)

    def __enter__(self) -> Visits:
        self._before = sys.gettrace()
        sys.settrace(self._call)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)

    def _call(self, frame: FrameType, *_: Any) -> Any:
        return self._line if frame.f_code.co_filename == examples.__file__ else None

    def _line(self, frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            self.last = frame.f_lineno
            self._counts[frame.f_lineno] += 1
        return self._line


def _docstrings(tree: ast.Module) -> Iterator[int]:
    """The lines that docstrings take, counted from 1."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            yield from range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)
