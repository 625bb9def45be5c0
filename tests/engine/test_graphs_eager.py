"""The operations of a program as they ran, against what the program says by itself."""

from __future__ import annotations

import inspect

import pytest
import torch

from engine.programs import examples
from engine.programs.calling import load, written
from engine.programs.catalog import PROGRAMS, Input, Program, find
from engine.programs.eager import run
from engine.programs.sights import Graph

CASES = [(program, given) for program in PROGRAMS for given in program.inputs]


def names(graph: Graph) -> list[str]:
    return [node.target.rpartition(".")[2] for node in graph.nodes[1:-1]]


def ran(program: str, given: str) -> Graph:
    found = find(program)
    return run(found, found.input(given)).graph


def test_a_branch_runs_one_side_and_python_sees_the_number() -> None:
    assert names(ran("branch", "sum above 0")) == ["sum", "gt", "__bool__", "mul"]
    assert names(ran("branch", "sum below 0")) == ["sum", "gt", "__bool__", "sub"]


def test_where_runs_both_sides_whatever_the_data_say() -> None:
    both = ["sum", "gt", "mul", "sub", "where"]
    assert names(ran("where", "sum above 0")) == names(ran("where", "sum below 0")) == both


def test_a_loop_has_as_many_rounds_as_it_was_asked_for() -> None:
    assert names(ran("loop", "2 rounds")) == ["sin", "add"] * 2
    assert names(ran("loop", "3 rounds")) == ["sin", "add"] * 3


def test_a_while_loop_has_as_many_rounds_as_the_data_ask_for() -> None:
    assert names(ran("halve", "large")).count("div") == 3  # 8 → 4 → 2 → 1
    assert names(ran("halve", "small")).count("div") == 0


def test_a_setting_decides_what_runs() -> None:
    assert names(ran("centre", "training")) == ["mean", "sub"]
    assert names(ran("centre", "evaluation")) == ["sub"]


@pytest.mark.parametrize(("program", "given"), CASES, ids=lambda case: case.name)
def test_the_answer_is_the_programs_own(program: Program, given: Input) -> None:
    function = getattr(examples, program.code)
    if isinstance(function, type):
        function = function().train(given.training)
    expected = function(torch.tensor(given.x), **given.arguments)
    eager = run(program, given)
    assert eager.answer.value == eager.graph.nodes[-1].value == written(expected)
    assert eager.answer.right
    assert eager.graph.nodes[-1].shape == tuple(expected.shape)


@pytest.mark.parametrize(("program", "given"), CASES, ids=lambda case: case.name)
def test_edges_point_forward_and_name_what_they_bring(program: Program, given: Input) -> None:
    nodes = run(program, given).graph.nodes
    assert len({node.name for node in nodes}) == len(nodes)
    for place, node in enumerate(nodes):
        assert all(source < place for source in node.sources)
        words = node.arguments.replace(",", " ").split()
        assert {nodes[source].name for source in node.sources} <= set(words)


def test_values_are_computed_node_by_node() -> None:
    nodes = {node.name: node for node in ran("branch", "sum above 0").nodes}
    assert nodes["x"].value == "[0.5, 1, 1.5, 2]"
    assert nodes["sum"].value == "5"
    assert nodes["sum"].shape == ()
    assert nodes["gt"].value == nodes["bool"].value == "True"
    assert nodes["bool"].shape is None  # Python's own, no tensor
    assert nodes["mul"].value == "[1, 2, 3, 4]"
    assert nodes["mul"].arguments == "x, 2"


def test_two_inputs_of_a_program_differ() -> None:
    for program in PROGRAMS:
        first, second = (run(program, given).answer.value for given in program.inputs)
        assert first != second, program.name


def test_the_code_on_screen_can_be_found() -> None:
    for program in PROGRAMS:
        source = inspect.getsource(getattr(examples, program.code))
        assert source.startswith(("def ", "class "))
        assert len(source.splitlines()) <= 12


def test_a_module_is_fresh_each_time() -> None:
    assert load(find("centre")) is not load(find("centre"))


def test_names_that_are_not_there_are_refused_with_those_that_are() -> None:
    with pytest.raises(ValueError, match=r"did you mean .*branch"):
        find("brunch")
    with pytest.raises(ValueError, match=r"loop has no input '4 rounds'.*rounds"):
        find("loop").input("4 rounds")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (torch.tensor([1.0, -0.5, -0.0]), "[1, −0.5, 0]"),
        (torch.tensor(float("nan")), "nan"),
        (torch.arange(10.0), "[0, 1, 2, 3, 4, 5, 6, 7, …]"),
        (torch.tensor(True), "True"),
        (torch.zeros(0), "[]"),
        (True, "True"),
    ],
)
def test_numbers_are_written_as_a_page_writes_them(value: object, text: str) -> None:
    assert written(value) == text
