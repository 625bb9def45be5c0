"""The operations of a program as they run, one after another: define-by-run; knows no screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from engine.programs.calling import arguments, each_once, load, set_mode, target, written
from engine.programs.catalog import Input, Program
from engine.programs.sights import Answer, Eager, Graph, Node
from engine.programs.source import Visits


def run(program: Program, given: Input) -> Eager:
    """Run the program on this input, and write down every operation that it asks of PyTorch."""
    function, values = load(program), arguments(given)
    set_mode(function, given)
    record, visits = Record(values[0]), Visits()
    with record, visits:
        result = function(*values)
    return Eager(record.graph(result), Answer(given.name, written(result)), visits.counts)


class Record(TorchFunctionMode):
    """Everything that is asked of PyTorch while it is active, in order."""

    def __init__(self, x: torch.Tensor) -> None:
        super().__init__()
        self._results: list[object] = [x]
        self._nodes = [Node("x", "placeholder", "x", "")]
        self._names: Counter[str] = Counter(["x"])

    def __torch_function__(
        self,
        func: Any,
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Let the operation run, and note it with what went in and what came out."""
        result = func(*args, **(kwargs or {}))
        given = (*args, *(kwargs or {}).values())
        node = Node(
            self._name(func.__name__.strip("_")),
            "call_function",
            target(func),
            self._written(args, kwargs or {}),
            each_once([index for value in given for index in self._made(value)]),
        )
        self._nodes.append(node)
        self._results.append(result)
        return result

    def graph(self, result: object) -> Graph:
        """What has been noted, with values; `result` is what the program returned."""
        nodes = [
            Node(node.name, node.op, node.target, node.arguments, node.sources, *_seen(value))
            for node, value in zip(self._nodes, self._results, strict=True)
        ]
        sources = tuple(self._made(result))
        name = nodes[sources[0]].name if sources else written(result)
        nodes.append(Node("output", "output", "output", name, sources, *_seen(result)))
        return Graph(tuple(nodes))

    def _made(self, value: object) -> Iterable[int]:
        """The node that made this very object: none for a number written in the program."""
        if isinstance(value, torch.Tensor):
            places = (i for i, made in enumerate(self._results) if made is value)
            yield from list(places)[-1:]

    def _written(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
        texts = [self._argument(value) for value in args]
        return ", ".join([*texts, *(f"{k}={self._argument(v)}" for k, v in kwargs.items())])

    def _argument(self, value: object) -> str:
        made = list(self._made(value))
        return self._nodes[made[0]].name if made else written(value)

    def _name(self, base: str) -> str:
        self._names[base] += 1
        count = self._names[base]
        return base if count == 1 else f"{base}_{count - 1}"


def _seen(value: object) -> tuple[str, tuple[int | str, ...] | None]:
    shape = tuple(value.shape) if isinstance(value, torch.Tensor) else None
    return written(value), shape
