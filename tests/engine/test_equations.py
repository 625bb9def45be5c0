"""Numbers in mathematical notation."""

from __future__ import annotations

from math import inf, nan

import pytest

from engine.equations import factor, number, plain, plus

NUMBERS = [
    (0.0, "0.0000"),
    (-0.0, "0.0000"),
    (1.5, "1.5000"),
    (-0.03121, "−0.0312"),
    (0.001, "0.0010"),
    (-0.0009996, "−9.996×10⁻⁴"),
    (99999.0, "99999.0000"),
    (100000.0, "1.000×10⁵"),
    (-1.5e9, "−1.500×10⁹"),
    (1.7976931348623157e308, "1.798×10³⁰⁸"),
    (5e-324, "4.941×10⁻³²⁴"),
    (inf, "∞"),
    (-inf, "−∞"),
    (nan, "not a number"),
    (None, "none yet"),
]


@pytest.mark.parametrize(("value", "text"), NUMBERS)
def test_number(value: float | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(2 / 3, 2, "0.67"), (-2e7, 2, "−2.0×10⁷"), (3.0, 6, "3.000000"), (1e5, 1, "1×10⁵")],
)
def test_number_with_other_digits(value: float, digits: int, text: str) -> None:
    assert number(value, digits) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(2.0, "2.0000"), (-2.0, "(−2.0000)"), (-0.0, "0.0000"), (-inf, "(−∞)"), (None, "none yet")],
)
def test_a_negative_factor_stands_in_brackets(value: float | None, text: str) -> None:
    assert factor(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.92, "+ 0.9200"),
        (-0.92, "− 0.9200"),
        (-0.0, "+ 0.0000"),
        (-2e-8, "− 2.000×10⁻⁸"),
        (inf, "+ ∞"),
        (-inf, "− ∞"),
        (nan, "+ not a number"),
    ],
)
def test_a_term_of_a_sum_has_its_sign_in_front(value: float, text: str) -> None:
    assert plus(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.01, "0.01"),
        (3.0, "3"),
        (1000.0, "1000"),
        (-0.5, "−0.5"),
        (0.0, "0"),
        (-0.0, "0"),
        (1e-6, "1e−06"),
        (-1e-6, "−1e−06"),
        (0.1 + 0.2, "0.3"),
    ],
)
def test_a_hyperparameter_is_written_as_it_was_typed(value: float, text: str) -> None:
    assert plain(value) == text
