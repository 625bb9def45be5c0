"""Numbers in mathematical notation."""

from __future__ import annotations

from math import inf, nan

from engine.equations import factor, number, plain, plus

NUMBERS: dict[float | None, str] = {
    0.0: "0.0000", 1.5: "1.5000", -0.03121: "−0.0312", 0.001: "0.0010", 99999.0: "99999.0000",
    -0.0009996: "−9.996×10⁻⁴", 100000.0: "1.000×10⁵", -1.5e9: "−1.500×10⁹",
    1.7976931348623157e308: "1.798×10³⁰⁸", 5e-324: "4.941×10⁻³²⁴",
    inf: "∞", -inf: "−∞", nan: "not a number", None: "none yet",
}  # fmt: skip
TERMS = {0.92: "+ 0.9200", -0.92: "− 0.9200", -2e-8: "− 2.000×10⁻⁸", inf: "+ ∞", -inf: "− ∞"}
FACTORS = {2.0: "2.0000", -2.0: "(−2.0000)", -inf: "(−∞)", None: "none yet"}
TYPED = {0.01: "0.01", 3.0: "3", 1000.0: "1000", -0.5: "−0.5", 0.0: "0", 1e-6: "1e−06"}


def test_numbers_factors_terms_and_hyperparameters_have_their_notations() -> None:
    for write, texts in ((number, NUMBERS), (factor, FACTORS), (plus, TERMS), (plain, TYPED)):
        for value, text in texts.items():
            assert write(value) == text, write
    assert (number(-0.0), factor(-0.0), plus(-0.0), plain(-0.0)) == (
        *("0.0000", "0.0000", "+ 0.0000", "0"),
    )
    assert (plain(-1e-6), plain(0.1 + 0.2), plus(nan)) == ("−1e−06", "0.3", "+ not a number")
    for value, digits, text in (
        *((2 / 3, 2, "0.67"), (-2e7, 2, "−2.0×10⁷"), (3.0, 6, "3.000000"), (1e5, 1, "1×10⁵")),
    ):
        assert number(value, digits) == text
