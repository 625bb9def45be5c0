"""The results of a measurement as lines of JSON, and back; knows no torch and no process."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from engine.programs.sights import (
    Answer,
    Call,
    Compiled,
    Compiling,
    Failure,
    Graph,
    Node,
    Problem,
    Result,
    Timing,
    Way,
)

DONE = '{"kind": "done"}'
"""The last line of a measurement that went to its end."""


def to_line(result: Result) -> str:
    """One line, without its end."""
    return json.dumps({"kind": type(result).__name__, **asdict(result)})


def from_line(line: str) -> Result:
    """The result that a line stands for.

    Raises:
        ValueError, LookupError, TypeError: no result was written so.
    """
    data = json.loads(line)
    kind = data.pop("kind")
    match kind:
        case "Timing":
            return Timing(**data | {"way": Way(data["way"])})
        case "Compiling":
            return Compiling(**data | {"kernels": tuple(data["kernels"])})
        case "Compiled":
            return Compiled(tuple(map(_call, data["calls"])), _problem(data["problem"]))
        case "Failure":
            return Failure(Way(data["way"]), Problem(**data["problem"]))
    raise ValueError(f"no result is called {kind!r}")


def _call(data: Any) -> Call:
    answer = Answer(**data["answer"] | {"problem": _problem(data["answer"]["problem"])})
    graphs = tuple(map(_graph, data["graphs"]))
    return Call(answer, graphs, tuple(data["guards"]), data["because"])


def _graph(data: Any) -> Graph:
    return Graph(tuple(map(_node, data["nodes"])), data["code"])


def _node(data: Any) -> Node:
    shape = None if data["shape"] is None else tuple(data["shape"])
    return Node(**data | {"sources": tuple(data["sources"]), "shape": shape})


def _problem(data: Any) -> Problem | None:
    return None if data is None else Problem(**data)
