"""What tracing finds, freezes and refuses, against `torch.fx` called directly."""

from __future__ import annotations

import pytest
import torch
from torch import fx

from engine.programs import examples
from engine.programs.catalog import PROGRAMS, find
from engine.programs.eager import run
from engine.programs.sights import Traced
from engine.programs.traced import trace


def traced(program: str, given: str | None = None) -> Traced:
    found = find(program)
    return trace(found, None if given is None else found.input(given))


@pytest.mark.parametrize("name", ["smooth", "where"])
def test_the_nodes_are_those_of_fx(name: str) -> None:
    direct = fx.symbolic_trace(getattr(examples, name))
    graph = traced(name).graph
    assert graph is not None
    assert [(n.name, n.op) for n in graph.nodes] == [(n.name, n.op) for n in direct.graph.nodes]
    assert graph.code == direct.code.strip().replace("_torch_Tensor_", "torch.Tensor")
    by_name = {n.name: n for n in direct.graph.nodes}
    for node in graph.nodes:
        sources = {graph.nodes[source].name for source in node.sources}
        assert sources == {n.name for n in by_name[node.name].all_input_nodes}


def test_calls_are_written_as_one_writes_them() -> None:
    graph = traced("where").graph
    assert graph is not None
    calls = {node.name: f"{node.target}({node.arguments})" for node in graph.nodes[1:-1]}
    assert calls == {
        "sum_1": "Tensor.sum(x)",
        "gt": "operator.gt(sum_1, 0)",
        "mul": "operator.mul(x, 2)",
        "sub": "operator.sub(x, 1)",
        "where": "torch.where(gt, mul, sub)",
    }


def test_a_static_graph_knows_no_numbers_and_no_shapes() -> None:
    graph = traced("smooth").graph
    assert graph is not None
    assert {node.value for node in graph.nodes} == {""}
    assert {node.shape for node in graph.nodes} == {None}


def test_operations_are_counted_as_they_run_eagerly() -> None:
    for name in ("smooth", "where"):
        program, graph = find(name), traced(name).graph
        assert graph is not None
        assert graph.operations == run(program, program.inputs[0]).graph.operations


@pytest.mark.parametrize("name", ["branch", "halve"])
def test_control_flow_on_data_is_refused_in_fxs_own_words(name: str) -> None:
    with pytest.raises(fx.proxy.TraceError) as refusal:
        fx.symbolic_trace(getattr(examples, name))
    seen = traced(name)
    assert seen.graph is None
    assert seen.answers == ()
    assert seen.problem is not None
    assert (seen.problem.kind, seen.problem.message) == ("TraceError", str(refusal.value))
    assert "Proxy" in seen.problem.explanation


def test_a_count_is_frozen_and_another_one_refused() -> None:
    seen = traced("loop")
    assert seen.graph is not None
    assert seen.graph.code.count("torch.sin") == 2
    right, refused = seen.answers
    assert right.right
    assert right.problem is None
    assert refused.problem is not None
    assert not refused.right
    assert refused.problem.kind == "AssertionError"
    assert "specialized to have value 2" in refused.problem.message
    assert "unrolled" in refused.problem.explanation


def test_traced_for_three_rounds_it_is_two_that_are_refused() -> None:
    seen = traced("loop", "3 rounds")
    assert seen.given == "3 rounds"
    assert [answer.right for answer in seen.answers] == [False, True]


@pytest.mark.parametrize(("given", "wrong"), [("training", 1), ("evaluation", 0)])
def test_a_setting_is_frozen_and_the_answer_wrong_without_a_word(given: str, wrong: int) -> None:
    seen = traced("centre", given)
    answers = seen.answers
    assert [answer.right for answer in answers] == [wrong != 0, wrong != 1]
    assert [answer.problem for answer in answers] == [None, None]
    assert answers[0].value == answers[1].value  # x is the same, and so is the frozen path
    x = torch.tensor(find("centre").inputs[0].x)
    frozen = x - x.mean() if given == "training" else x - 0.5
    graph = fx.symbolic_trace(examples.Centre().train(given == "training"))
    assert torch.equal(graph.train(given != "training")(x), frozen)


def test_what_follows_the_data_is_right_on_every_input() -> None:
    for name in ("smooth", "where"):
        assert all(answer.right and answer.value for answer in traced(name).answers)


def test_every_program_is_traced_or_refused_with_words() -> None:
    for program in PROGRAMS:
        seen = trace(program)
        assert seen.given == program.inputs[0].name
        assert (seen.graph is None) == (seen.problem is not None)
