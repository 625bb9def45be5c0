"""Programs run, traced and compiled, compared with PyTorch, torch.fx and torch.compile."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import fx

from engine.programs import PROGRAMS, examples, find
from engine.programs.results import (
    CompiledProgram,
    EagerRun,
    ProgramGraph,
    TracedProgram,
    program_lines,
)
from engine.programs.ways import arguments, load, run, trace, watch, written


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    yield
    torch.compiler.reset()


MODES = ("training", "evaluation")


def eager(program: str, given: str) -> EagerRun:
    found = find(program)
    return run(found, found.input(given))


def traced(program: str, given: str | None = None) -> TracedProgram:
    found = find(program)
    return trace(found, None if given is None else found.input(given))


def compiled(name: str) -> CompiledProgram:
    found = watch(find(name))
    assert [call.answer.given for call in found.calls] == [each.name for each in find(name).inputs]
    return found


def right(found: CompiledProgram) -> CompiledProgram:
    assert all(call.answer.right and call.answer.problem is None for call in found.calls)
    return found


def names(graph: ProgramGraph) -> list[str]:
    return [node.target.rpartition(".")[2] for node in graph.nodes[1:-1]]


# The programs.


def test_names_that_are_not_there_are_refused_with_those_that_are() -> None:
    with pytest.raises(ValueError, match=r"did you mean .*branch"):
        find("brunch")
    with pytest.raises(ValueError, match=r"loop has no input '4 rounds'.*rounds"):
        find("loop").input("4 rounds")
    assert load(find("centre")) is not load(find("centre"))  # a new module each time


def test_the_lines_are_those_of_the_file_without_docstrings() -> None:
    file = inspect.getsource(examples).splitlines()
    for program in PROGRAMS:
        lines = program_lines(program)
        assert all(file[line.number - 1] == line.text for line in lines)
        assert len(lines) <= 12  # fits on the screen
        text = "\n".join(line.text for line in lines)
        assert '"""' not in text
        scope: dict[str, object] = {"torch": examples.torch, "nn": examples.nn}
        exec(text, scope)  # the remaining text is still a program
        assert program.code in scope


def test_values_and_larger_inputs() -> None:
    for value, text in (
        (torch.tensor([1.0, -0.5, -0.0]), "[1, −0.5, 0]"),
        (torch.tensor(float("nan")), "nan"),
        (torch.arange(10.0), "[0, 1, 2, 3, 4, 5, 6, 7, …]"),
        (torch.tensor(True), "True"),
        (torch.zeros(0), "[]"),
        (True, "True"),
    ):
        assert written(value) == text
    (x,) = arguments(find("branch").inputs[1], size=10)
    assert x.tolist() == [-0.5, -1, -1.5, -2, -0.5, -1, -1.5, -2, -0.5, -1]


# Eager.


def test_an_eager_run_has_the_answer_of_the_program_and_edges_that_point_forward() -> None:
    for program in PROGRAMS:
        assert len({run(program, given).answer.value for given in program.inputs}) == 2
        for given in program.inputs:
            function = getattr(examples, program.code)
            if isinstance(function, type):
                function = function().train(given.training)
            expected = function(torch.tensor(given.x), **given.arguments)
            ran = run(program, given)
            nodes = ran.graph.nodes
            assert ran.answer.value == nodes[-1].value == written(expected)
            assert ran.answer.right
            assert nodes[-1].shape == tuple(expected.shape)
            assert len({node.name for node in nodes}) == len(nodes)
            for place, node in enumerate(nodes):
                assert all(source < place for source in node.sources)
                words = node.arguments.replace(",", " ").split()
                assert {nodes[source].name for source in node.sources} <= set(words)


def test_what_runs_depends_on_data_counts_and_settings() -> None:
    both = ["sum", "gt", "mul", "sub", "where"]
    for program, given, operations in (
        ("branch", "sum above 0", ["sum", "gt", "__bool__", "mul"]),
        ("branch", "sum below 0", ["sum", "gt", "__bool__", "sub"]),
        ("where", "sum above 0", both),
        ("where", "sum below 0", both),
        ("loop", "2 rounds", ["sin", "add"] * 2),
        ("loop", "3 rounds", ["sin", "add"] * 3),
        ("centre", "training", ["mean", "sub"]),
        ("centre", "evaluation", ["sub"]),
    ):
        assert names(eager(program, given).graph) == operations
    assert names(eager("halve", "large").graph).count("div") == 3  # 8 → 4 → 2 → 1
    assert names(eager("halve", "small").graph).count("div") == 0
    nodes = {node.name: node for node in eager("branch", "sum above 0").graph.nodes}
    assert nodes["x"].value == "[0.5, 1, 1.5, 2]"
    assert (nodes["sum"].value, nodes["sum"].shape) == ("5", ())
    assert nodes["gt"].value == nodes["bool"].value == "True"
    assert nodes["bool"].shape is None  # a Python value, not a tensor
    assert (nodes["mul"].value, nodes["mul"].arguments) == ("[1, 2, 3, 4]", "x, 2")


def test_lines_that_ran_are_counted() -> None:
    def ran(name: str, given: str) -> dict[str, int]:
        visits = eager(name, given).visits
        return {line.text.strip(): visits.get(line.number, 0) for line in program_lines(find(name))}

    for given, first, second in (("sum above 0", 1, 0), ("sum below 0", 0, 1)):
        lines = ran("branch", given)
        assert (lines["return x * 2"], lines["return x - 1"]) == (first, second)
    for given, count in (("2 rounds", 2), ("3 rounds", 3)):
        assert ran("loop", given)["x = x + torch.sin(x)"] == count
    assert ran("halve", "large")["x = x / 2"] == 3
    assert ran("halve", "small")["x = x / 2"] == 0

    def before(*_: Any) -> None:
        return None

    sys.settrace(before)
    try:  # a previously set trace function is restored
        eager("where", "sum above 0")
        assert sys.gettrace() is before
    finally:
        sys.settrace(None)


# Traced.


def test_traced_nodes_are_those_of_fx() -> None:
    for name in ("smooth", "where"):
        direct = fx.symbolic_trace(getattr(examples, name))
        found = traced(name)
        graph = found.graph
        assert graph is not None
        assert [(n.name, n.op) for n in graph.nodes] == [(n.name, n.op) for n in direct.graph.nodes]
        assert graph.code == direct.code.strip().replace("_torch_Tensor_", "torch.Tensor")
        by_name = {n.name: n for n in direct.graph.nodes}
        for node in graph.nodes:
            sources = {graph.nodes[source].name for source in node.sources}
            assert sources == {n.name for n in by_name[node.name].all_input_nodes}
            assert (node.value, node.shape) == ("", None)  # nothing has run
        assert graph.operations == run(find(name), find(name).inputs[0]).graph.operations
        assert all(answer.right and answer.value for answer in found.answers)
        assert found.ended_at is None
    assert [f"{node.target}({node.arguments})" for node in graph.nodes[1:-1]] == [
        *("Tensor.sum(x)", "operator.gt(sum_1, 0)", "operator.mul(x, 2)", "operator.sub(x, 1)"),
        "torch.where(gt, mul, sub)",
    ]


def test_control_flow_on_data_is_refused_in_fxs_own_words() -> None:
    for name, line in (("branch", "if x.sum() > 0:"), ("halve", "while x.abs().max() > 1:")):
        with pytest.raises(fx.proxy.TraceError) as refusal:
            fx.symbolic_trace(getattr(examples, name))
        found = traced(name)
        assert (found.graph, found.answers, found.given) == (None, (), find(name).inputs[0].name)
        assert found.problem is not None
        assert (found.problem.kind, found.problem.message) == ("TraceError", str(refusal.value))
        assert "Proxy" in found.problem.explanation
        texts = {line.number: line.text.strip() for line in program_lines(find(name))}
        assert found.ended_at is not None
        assert texts[found.ended_at] == line
        assert [texts[number] for number in found.visits] == [line]


def test_a_count_is_frozen_and_a_setting_too_which_is_wrong_without_an_error() -> None:
    found = traced("loop")
    assert found.graph is not None
    assert found.problem is None
    assert found.graph.code.count("torch.sin") == 2
    right, refused = found.answers
    assert (right.right, right.problem, refused.right) == (True, None, False)
    assert refused.problem is not None
    assert refused.problem.kind == "AssertionError"
    assert "specialized to have value 2" in refused.problem.message
    assert "unrolled" in refused.problem.explanation
    other = traced("loop", "3 rounds")
    assert other.given == "3 rounds"
    assert [answer.right for answer in other.answers] == [False, True]
    x = torch.tensor(find("centre").inputs[0].x)
    for given, expected in (("training", x - x.mean()), ("evaluation", x - 0.5)):
        answers = traced("centre", given).answers
        assert [answer.right for answer in answers] == [given == each for each in MODES]
        assert [answer.problem for answer in answers] == [None, None]
        # same x and same frozen path
        assert answers[0].value == answers[1].value == written(expected)


# Compiled.


def test_a_branch_breaks_the_graph_and_each_side_is_compiled_when_it_is_reached() -> None:
    graphs: list[fx.GraphModule] = []

    def backend(module: fx.GraphModule, _: object) -> Any:
        graphs.append(module)
        return module.forward

    torch.compiler.reset()
    plain, counts = torch.compile(examples.branch, backend=backend), []
    for given in find("branch").inputs:
        plain(torch.tensor(given.x))
        counts.append(len(graphs))
    assert counts == [2, 3]
    found = right(compiled("branch"))
    assert [len(call.graphs) for call in found.calls] == [2, 1]
    for graph, words in zip(found.graphs, ("> 0", "* 2", "- 1"), strict=True):
        assert words in graph.code
    with pytest.raises(torch._dynamo.exc.Unsupported) as refusal:
        torch.compile(examples.branch, backend="eager", fullgraph=True)(torch.ones(4))
    assert found.problem is not None
    assert found.problem.message.splitlines()[0] == str(refusal.value).splitlines()[0]
    assert "graph break" in found.problem.explanation


def test_guards_decide_what_is_compiled_again() -> None:
    where = right(compiled("where"))
    assert [len(call.graphs) for call in where.calls] == [1, 0]
    assert (where.problem, where.calls[1].because) == (None, "")

    for name, guard in (("loop", "times == 2"), ("centre", "self.training == True")):
        first, second = right(compiled(name)).calls
        assert guard in first.guards
        assert second.because == guard
        assert guard not in second.guards  # only the guards of the new graphs
        assert len(second.graphs) == 1
        if name == "loop":
            assert [call.graphs[0].code.count("torch.sin") for call in (first, second)] == [2, 3]

    first, second = right(compiled("smooth")).calls  # the new length is dynamic
    assert "expected 4, actual 6" in second.because
    assert {node.shape for node in first.graphs[0].nodes[:-1]} == {(4,)}
    (length,) = second.graphs[0].nodes[1].shape or ()
    assert isinstance(length, str)
    assert any("float32" in guard for guard in first.guards)

    halve = right(compiled("halve"))
    assert halve.problem
    assert len(halve.graphs) == 2


def test_a_program_that_fails_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(x: torch.Tensor) -> torch.Tensor:
        raise RuntimeError(f"no such thing as {x.sum()}")

    monkeypatch.setattr(examples, "smooth", broken)
    first, *_ = compiled("smooth").calls
    assert not first.answer.right
    assert first.answer.problem is not None
    assert "no such thing" in first.answer.problem.message
