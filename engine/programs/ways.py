"""A program run eagerly, traced by `torch.fx` and compiled by `torch.compile`, with the graphs."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import FrameType
from typing import Any, TypeAlias

import torch
from torch import fx, nn
from torch.overrides import TorchFunctionMode

from engine.programs import ExampleProgram, ProgramInput, examples
from engine.programs.results import (
    CompiledCall,
    CompiledProgram,
    EagerRun,
    ExplainedError,
    ProgramAnswer,
    ProgramGraph,
    ProgramNode,
    TracedProgram,
)

Function: TypeAlias = Callable[..., torch.Tensor]

MOST_NUMBERS = 8  # a longer vector is shortened
NO_NUMBERS = (
    "Tracing hands the program a stand-in for x, a Proxy, which has a name but no numbers. "
    "The program asks whether a comparison is true, and a Proxy cannot know. "
    "Say it as an operation (torch.where), or leave it to Python: run it eagerly."
)
FROZEN = (
    "Tracing put its value in place of the Python number, and unrolled the loop. The graph refuses "
    "another: trace once for each."
)
BREAK = (
    "Python must see a number before it can go on, so the graph ends here. What follows is "
    "another graph, and Python runs between the two: a graph break. Nothing is lost but speed."
)


# Programs: their code, their arguments, their values as text.


def load(program: ExampleProgram) -> Function:
    """Return the function, or a new module."""
    code = getattr(examples, program.code)
    function: Function = code() if isinstance(code, type) else code
    return function


def set_mode(function: Function, given: ProgramInput) -> None:
    """Put a module into the mode that the input requires: `train()` or `eval()`."""
    if isinstance(function, nn.Module):
        function.train(given.training)


def arguments(given: ProgramInput, device: str = "cpu", size: int | None = None) -> tuple[Any, ...]:
    """Return x, repeated up to `size` numbers if that is given, and the further arguments."""
    x = torch.tensor(given.x, device=device)
    if size is not None:
        x = x.repeat(-(-size // len(x)))[:size].contiguous()
    return (x, *given.arguments.values())


def written(value: object) -> str:
    """Return the value as text: `[0.5, −1]`, `True`."""
    if not isinstance(value, torch.Tensor):
        return str(value)
    numbers = value.detach().flatten().tolist()
    texts = [
        str(number) if isinstance(number, bool) else f"{number + 0.0:.4g}".replace("-", "−")
        for number in numbers[:MOST_NUMBERS]
    ]
    if value.dim() == 0:
        return texts[0]
    return f"[{', '.join(texts)}{', …' if len(numbers) > MOST_NUMBERS else ''}]"


class LineCounter:
    """Counts how often each line of the example programs runs inside the context."""

    def __init__(self) -> None:
        self.counts: Counter[int] = Counter()  # how often each line ran, by its number in the file
        self.last: int | None = None
        """The line that ran last, which raised the error if there was one."""

    def __enter__(self) -> LineCounter:
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
            self.counts[frame.f_lineno] += 1
        return self._line


def _call(function: Function, given: ProgramInput) -> torch.Tensor:
    set_mode(function, given)
    return function(*arguments(given))


def _answer(
    function: Function,
    program: ExampleProgram,
    given: ProgramInput,
    explain: Callable[[Exception], ExplainedError],
) -> ProgramAnswer:
    """Return the answer for this input, and compare it with eager PyTorch."""
    try:
        result = _call(function, given)
    except Exception as error:  # any error is shown in the lab
        return ProgramAnswer(given.name, right=False, problem=explain(error))
    right = _call(load(program), given)
    same = result.shape == right.shape and torch.allclose(result, right)
    return ProgramAnswer(given.name, written(result), same)


def _target(called: object) -> str:
    """Return the name of the called function: `torch.exp`, `operator.mul`, `torch.Tensor.sum`."""
    name = getattr(called, "__name__", str(called))
    if getattr(called, "__module__", "") == "_operator":
        return f"operator.{name}"
    if not callable(called):
        return name
    return str(torch.overrides.resolve_name(called) or f"{called.__module__}.{name}")


# Eager: the operations as they run, one after another (define-by-run).


def run(program: ExampleProgram, given: ProgramInput) -> EagerRun:
    """Run the program on this input, and record every operation of PyTorch that it calls."""
    function, values = load(program), arguments(given)
    set_mode(function, given)
    record, lines = OperationRecorder(values[0]), LineCounter()
    with record, lines:
        result = function(*values)
    answer = ProgramAnswer(given.name, written(result))
    return EagerRun(record.graph(result), answer, dict(lines.counts))


class OperationRecorder(TorchFunctionMode):
    """Records every call into PyTorch inside the context, in order."""

    def __init__(self, x: torch.Tensor) -> None:
        super().__init__()
        self._results: list[object] = [x]
        self._nodes = [ProgramNode("x", "placeholder", "x", "")]
        self._names: Counter[str] = Counter(["x"])

    def __torch_function__(
        self,
        func: Any,
        types: Iterable[type],  # PyTorch passes it
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        named = kwargs or {}
        result = func(*args, **named)
        texts = [*map(self._text, args), *(f"{k}={self._text(v)}" for k, v in named.items())]
        sources = [index for value in (*args, *named.values()) for index in self._source(value)]
        base = func.__name__.strip("_")
        self._names[base] += 1
        count = self._names[base]
        self._nodes.append(
            ProgramNode(
                base if count == 1 else f"{base}_{count - 1}",
                "call_function",
                _target(func),
                ", ".join(texts),
                tuple(dict.fromkeys(sources)),
            )
        )
        self._results.append(result)
        return result

    def graph(self, result: object) -> ProgramGraph:
        """Return the recorded operations with their values; `result` is what the program
        returned."""
        sources = tuple(self._source(result))
        output = ProgramNode("output", "output", "output", self._text(result), sources)
        values = zip([*self._nodes, output], [*self._results, result], strict=True)
        return ProgramGraph(
            tuple(
                replace(
                    node,
                    value=written(value),
                    shape=tuple(value.shape) if isinstance(value, torch.Tensor) else None,
                )
                for node, value in values
            )
        )

    def _source(self, value: object) -> list[int]:
        """Return the node that made this very object; none for a number written in the program."""
        if not isinstance(value, torch.Tensor):
            return []
        return [index for index, made in enumerate(self._results) if made is value][-1:]

    def _text(self, value: object) -> str:
        made = self._source(value)
        return self._nodes[made[0]].name if made else written(value)


# Traced: the graph found by torch.fx before there are numbers (define-then-run).


def trace(program: ExampleProgram, given: ProgramInput | None = None) -> TracedProgram:
    """Trace the program, with the Python values of this input (of the first, if None)."""
    given = given or program.inputs[0]
    lines = LineCounter()
    try:
        with lines:
            module = symbolic_trace(program, given)
    except Exception as error:  # tracing raises any error that the program makes with a Proxy
        problem = explain_tracing(error)
        return TracedProgram(given.name, None, problem, (), dict(lines.counts), lines.last)
    answers = tuple(_answer(module, program, each, explain_tracing) for each in program.inputs)
    return TracedProgram(given.name, _fx_graph(module), None, answers, dict(lines.counts))


def symbolic_trace(program: ExampleProgram, given: ProgramInput) -> fx.GraphModule:
    """Return the traced program; raises the errors of `torch.fx`."""
    function = load(program)
    set_mode(function, given)
    # Only tensors may stay open; other arguments get their value now.
    return fx.symbolic_trace(function, concrete_args=dict(given.arguments) or None)


def explain_tracing(error: Exception) -> ExplainedError:
    """Return the error with an explanation about static graphs."""
    if isinstance(error, fx.proxy.TraceError):
        words = NO_NUMBERS
    else:
        words = FROZEN if isinstance(error, AssertionError) else ""
    return ExplainedError(type(error).__name__, str(error), words)


def _fx_graph(module: fx.GraphModule) -> ProgramGraph:
    places = {node: index for index, node in enumerate(module.graph.nodes)}
    nodes = tuple(
        ProgramNode(
            node.name,
            node.op,
            f"Tensor.{node.target}" if node.op == "call_method" else _target(node.target),
            ", ".join(
                [*map(_fx_text, node.args), *(f"{k}={_fx_text(v)}" for k, v in node.kwargs.items())]
            ),
            tuple(dict.fromkeys(places[source] for source in node.all_input_nodes)),
            # The compiler stores an example of the value; plain tracing does not.
            shape=tuple(n if isinstance(n, int) else str(n) for n in example.shape)
            if isinstance(example := node.meta.get("example_value"), torch.Tensor)
            else None,
        )
        for node in places
    )
    # fx uses its own name for the type.
    return ProgramGraph(nodes, module.code.strip().replace("_torch_Tensor_", "torch.Tensor"))


def _fx_text(value: object) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(map(_fx_text, value))
    return value.name if isinstance(value, fx.Node) else repr(value)


# Compiled: the graphs that torch.compile extracts, without compiling them.


def watch(program: ExampleProgram) -> CompiledProgram:
    """Call the program with each input in turn, and record what the compiler receives.

    Instead of the compiler, a backend of this program stores the graphs and runs them unchanged,
    which needs no C++ compiler.
    """
    torch.compiler.reset()
    graphs: list[ProgramGraph] = []
    guards: list[str] = []

    def backend(module: fx.GraphModule, _: Sequence[Any], **__: Any) -> Callable[..., Any]:
        graphs.append(_fx_graph(module))
        return module.forward

    def keep_guards(entries: Sequence[Any]) -> list[bool]:
        guards.extend(_guard(each) for each in entries if each.has_value and not each.is_global)
        return [True] * len(entries)  # keep all guards

    compiled: Function = torch.compile(
        load(program), backend=backend, options={"guard_filter_fn": keep_guards}
    )
    calls = []
    for given in program.inputs:
        old_graphs, old_guards = len(graphs), len(guards)
        because = _failed_guard(compiled, given) if graphs else ""
        answer = _answer(compiled, program, given, _explain_compiling)
        new_guards = tuple(dict.fromkeys(guards[old_guards:]))
        calls.append(CompiledCall(answer, tuple(graphs[old_graphs:]), new_guards, because))
    return CompiledProgram(tuple(calls), _no_whole_graph(program))


def _failed_guard(compiled: Function, given: ProgramInput) -> str:
    """Return the guard that this input fails; empty if existing graphs can be used."""
    try:
        with torch.compiler.set_stance("fail_on_recompile"):
            _call(compiled, given)
    except RuntimeError as error:
        failed = re.search(r"^\s*- \d+/\d+: (.*)$", str(error), re.MULTILINE)
        return failed[1].partition("  #")[0].strip() if failed else "code that had not run yet"
    return ""


def _guard(entry: Any) -> str:
    if isinstance(entry.value, torch.Tensor):
        dtype = str(entry.value.dtype).removeprefix("torch.")
        return f"{entry.name}: {dtype}, {entry.value.device}, {entry.value.dim()}-D"
    if isinstance(entry.value, bool | int | float | str):
        return f"{entry.name} == {entry.value!r}"
    return f"{entry.name}: {type(entry.value).__name__}"


def _no_whole_graph(program: ExampleProgram) -> ExplainedError | None:
    torch.compiler.reset()
    try:
        _call(torch.compile(load(program), backend="eager", fullgraph=True), program.inputs[0])
    except Exception as error:  # any error is shown in the lab
        return _explain_compiling(error)
    finally:
        torch.compiler.reset()
    return None


def _explain_compiling(error: Exception) -> ExplainedError:
    lines = [line.strip() for line in str(error).splitlines()]
    broken = isinstance(error, torch._dynamo.exc.Unsupported)
    message = "\n".join(line for line in lines[:2] if line)
    return ExplainedError(type(error).__name__, message, BREAK if broken else "")
