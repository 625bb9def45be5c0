"""What a run leaves behind, built from its events, and when two numbers or values are the same."""

from __future__ import annotations

import json
import random
from typing import Any

from engine.exercises.record import (
    EARLY,
    Failure,
    Record,
    RecordBuilder,
    all_close,
    close,
    first_apart,
    same_value,
)

NAN, INF = float("nan"), float("inf")


def early(number: float, **more: Any) -> dict[str, Any]:
    """Return the event of one of the first updates; every part of it is made from the number."""
    return {
        "losses": [number], "parameters": [number + 0.25], "gradients": [number + 0.5],
        "graphs": number + 1, "operations": number + 3, "steps": number + 2,
        "backwards": number + 4, "early": True, **more,
    }  # fmt: skip


def recorded(*events: dict[str, Any]) -> Record:
    recorder = RecordBuilder()
    for event in events:
        recorder.take(json.loads(json.dumps(event)))  # as it comes from the process
    return recorder.record()


def test_numbers_are_close_within_the_larger_of_two_tolerances() -> None:
    assert close(1000, 1001, 1e-3)
    assert not close(1000, 1002, 1e-3)
    assert not close(0, 1e-9, 1e-3)  # nothing is relatively close to 0
    assert close(0, 1e-9, 1e-3, absolute=1e-8)
    assert close(NAN, NAN, 0)
    assert not close(NAN, 1, 1)
    assert not close(1, NAN, 1)
    assert close(INF, INF, 0)
    assert not close(INF, -INF, 1e-3)
    assert not close(INF, 1e308, 0.5)


def test_two_sequences_are_close_only_with_the_same_length() -> None:
    assert all_close((), (), 0)
    assert all_close((1.0, NAN, -INF), [1.0, NAN, -INF], 0)
    assert not all_close((1.0, 2.0), (1.0,), 1)
    assert not all_close((1.0, 2.0), (1.0, 2.1), 1e-3)


def test_the_first_difference_lies_where_one_was_put() -> None:
    for seed in range(50):
        draw = random.Random(seed)
        numbers = [draw.choice((draw.uniform(-9, 9), NAN, INF)) for _ in range(draw.randint(1, 30))]
        at = draw.randrange(len(numbers))
        other = numbers.copy()
        other[at] = 100.0
        for i in range(at + 1, len(numbers)):
            other[i] = draw.choice((numbers[i], 200.0))
        assert first_apart(numbers, other, 1e-3) == at
        assert first_apart(numbers, numbers[:at], 1e-3) is None  # only to the shorter


def test_values_are_the_same_within_a_tolerance_and_of_the_same_kind() -> None:
    tensor = {"shape": [2], "dtype": "float32", "numbers": [1.0, 2.0]}
    same = [
        (1, 1.0), (1.0, 1.0005), (0.0, 5e-5), (NAN, NAN), (True, True), ("a", "a"), (None, None),
        ([1, [2.0]], [1, [2.001]]), ([], []), (tensor, {**tensor, "numbers": [1.0, 2.001]}),
        (10**400, 10**400),
    ]  # fmt: skip
    different = [
        (1.0, 1.01), (True, 1), (False, 0), (1, "1"), (None, 0), ([1], [1, 1]), ([1], 1),
        ("a", "b"), ("a", None),
        (tensor, {**tensor, "dtype": "float64"}), (tensor, {**tensor, "shape": [1, 2]}),
        (tensor, {**tensor, "numbers": [1.0, 2.1]}), (tensor, [1.0, 2.0]), (tensor, {"shape": [2]}),
        (10**400, 1.0), (10**400, -(10**400)),
    ]  # fmt: skip
    for a, b in same:
        assert same_value(a, b, 1e-3), (a, b)
        assert same_value(b, a, 1e-3), (a, b)
    for a, b in different:
        assert not same_value(a, b, 1e-3), (a, b)
        assert not same_value(b, a, 1e-3), (a, b)


def test_a_record_is_built_from_the_events_in_their_order() -> None:
    record = recorded(
        early(1.0),
        {"output": "a"},
        early(2.0, gradients=[]),
        {"losses": [3.0, NAN], "parameters": [9.0]},
        {"value": ["x", [1, 2]]},
        {"output": "b\n"},
        {"value": ["x", True]},
    )
    assert record.losses[:3] == (1.0, 2.0, 3.0)
    assert all_close(record.losses[3:], (NAN,), 0)
    assert record.parameters == ((1.25,), (2.25,))
    assert record.gradients == ((1.5,), ())
    assert (record.graphs, record.steps, record.last) == ((2.0, 3.0), (3.0, 4.0), (9.0,))
    assert record.values == (("x", [1, 2]), ("x", True))
    assert (record.output, record.failure) == ("ab\n", None)


def test_only_the_first_updates_are_kept_one_by_one() -> None:
    record = recorded(*(early(float(n)) for n in range(EARLY + 5)))
    assert record.losses == tuple(map(float, range(EARLY + 5)))
    assert record.parameters == tuple((n + 0.25,) for n in range(EARLY))
    assert record.last == (EARLY + 4.25,)


def test_the_failure_keeps_its_line_and_trace() -> None:
    facts = {"kind": "error", "type": "KeyError", "message": "'a'", "line": 4}
    record = recorded({"failure": {**facts, "trace": [[9, "<module>"], [4, "train"]]}})
    assert record.failure == Failure("error", "KeyError", "'a'", 4, ((9, "<module>"), (4, "train")))
    assert recorded({"failure": {**facts, "line": None}}).failure == Failure(
        "error", "KeyError", "'a'"
    )


def test_the_live_view_knows_the_first_and_the_latest_parameters() -> None:
    recorder = RecordBuilder()
    assert (recorder.first, recorder.parameters, recorder.data) == ((), (), ())
    for event in (early(1.0), early(2.0), {"data": [[[1.0]], [2.0]]}):
        recorder.take(event)
    assert (recorder.first, recorder.parameters) == ((1.25,), (2.25,))
    assert recorder.data == ([[1.0]], [2.0])


def test_a_record_tells_whether_the_parameters_moved() -> None:
    two = ((1.0,), (2.0,))
    assert Record(losses=(1, 1), parameters=two, last=(2.0,)).moved
    assert not Record(losses=(1, 1), parameters=((1.0,), (1.0,)), last=(1.0,)).moved
    # It is unknown with a single update, or without parameters.
    assert Record(losses=(1,), parameters=((1.0,),), last=(1.0,)).moved
    assert Record(losses=(1, 1)).moved


def test_graphs_are_kept_if_their_number_grows_with_each_update() -> None:
    assert Record(graphs=(1, 2, 3, 4, 5, 6)).keeps_graphs
    assert Record(graphs=(9, 3, 6, 9, 12, 15)).keeps_graphs
    assert not Record(graphs=(3, 3, 3, 3, 3, 3)).keeps_graphs
    assert not Record(graphs=(1, 5, 5, 5, 5, 5)).keeps_graphs  # the second update allocates more
    assert not Record(graphs=(1, 2, 3, 4)).keeps_graphs  # too few to tell
    assert not Record().keeps_graphs
