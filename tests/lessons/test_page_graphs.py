"""Tables of the page on computational graphs, checked by PyTorch, and ratios by their figures."""

from __future__ import annotations

import re

import pytest
import torch
from torch import fx

from engine.programs import PROGRAMS, examples, find, ways
from engine.programs.ways import run, watch
from lessons.catalog import find as lesson
from tests.lessons.figures import says, says_question

SLUG = "graphs"
EAGER = {4: 10.4, 1_000_000: 2_907.0}
COMPILED = {4: 7.4, 1_000_000: 454.0}
"""Microseconds, measured on one core of an AMD EPYC."""


def test_what_becomes_of_an_if_by_what_the_table_says() -> None:
    page = lesson(SLUG).load().concept
    for program in PROGRAMS:
        name = program.name
        line = next(line for line in page.splitlines() if re.match(rf"{name}\s{{2,}}\w", line))
        tracing, compiling = re.split(r"\s{2,}", line)[-2:]
        found, seen = ways.trace(program), watch(program)
        answers = [answer.right for answer in found.answers]
        silent = [answer.problem is None for answer in found.answers]
        expected = {
            "refused": found.graph is None,
            "one graph": answers == [True, True],
            "frozen at 2 rounds": answers == [True, False] and silent == [True, False],
            "frozen, and wrong": answers == [True, False] and silent == [True, True],
        }
        assert expected[tracing], name
        assert len(seen.graphs) == {"one graph": 1, "3 graphs": 3}.get(compiling, 2)
        assert bool(seen.problem) == (name in {"branch", "halve"})
        if name == "smooth":  # the second length is dynamic
            says(SLUG, f"`{seen.calls[1].graphs[0].nodes[0].name}` in place of 4")


def test_what_the_page_says_of_pytorch() -> None:
    with pytest.raises(fx.proxy.TraceError) as raised:
        fx.symbolic_trace(examples.branch)
    says(SLUG, str(raised.value))
    assert issubclass(torch._inductor.exc.InvalidCxxCompiler, RuntimeError)
    program = find("smooth")
    graph = run(program, program.inputs[0]).graph
    assert graph.operations == 8
    # neg x, neg * x, 3 * x, 0.1 * x
    assert sum(0 in node.sources for node in graph.nodes) == 4
    says(SLUG, "Eight **operations**. x is used four times")
    frozen = fx.symbolic_trace(lambda x: x + torch.rand(4))
    assert torch.equal(frozen(torch.zeros(4)), frozen(torch.zeros(4)))
    says(SLUG, "`x + torch.rand(4)` traced keeps the one draw")
    assert torch._dynamo.config.recompile_limit == 8
    says(SLUG, "after 8 graphs the compiler gives up")


def test_the_ratios_follow_from_the_figures() -> None:
    large = 1_000_000
    says(
        SLUG, f"{EAGER[4]} µs {EAGER[large]:,.0f} µs", f"{COMPILED[4]} µs {COMPILED[large]:.0f} µs"
    )
    assert round(EAGER[large] / COMPILED[large]) == 6
    says(SLUG, "and is 6 times as fast")
    gained = (EAGER[large] - COMPILED[large]) / 1e6
    assert 2.1 / gained == pytest.approx(860, abs=5)
    says(SLUG, "after some 860 calls")
    assert EAGER[large] / EAGER[4] == pytest.approx(280, abs=1)
    says(SLUG, "250,000 times the work and take 280 times as long")
    says_question(SLUG, "faster", "some 10 of 2,900 microseconds")
