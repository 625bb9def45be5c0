"""Error messages for typed settings: one clear line that says what works."""

from __future__ import annotations

import pytest

from engine.config import Config
from engine.trainers.dataloader import DataLoaderConfig
from engine.trainers.linear_regression import LinearRegressionConfig

SLIPS: list[tuple[type[Config], str, dict[str, str]]] = [
    (
        LinearRegressionConfig,
        "learning_rate",
        {"0,01": "0.01", "1/2": "0.5", "50%": "0.5", "1×10⁻³": "0.001", "lr = 0.1": "0.1"},
    ),
    (LinearRegressionConfig, "epochs", {"1,000": "1000", "1e3": "1000", "10.0": "10"}),
    (LinearRegressionConfig, "data", {"lines": "line"}),
    (DataLoaderConfig, "optimizer", {"adams": "adam"}),
]


def test_a_setting_is_refused_with_the_value_that_is_meant() -> None:
    for config, name, values in SLIPS:
        for typed, value in values.items():
            with pytest.raises(ValueError, match=rf"^{name} = .*; write {value}$"):
                config.parse(name, typed)
            config.parse(name, value)


def test_a_setting_is_taken_in_other_letters() -> None:
    for name, typed, value in (
        ("learning_rate", "1e-3", 0.001),
        ("epochs", "1_000", 1000),
        ("learning_rate", "０．０１", 0.01),
        ("epochs", "１００", 100),
        ("initial_w", "−2", -2.0),
        ("data", "Line", "line"),
    ):
        assert LinearRegressionConfig.parse(name, typed) == value


@pytest.mark.parametrize("typed", ["nan", "inf", "", "  ", "-1", "ten", "1/0", "50"])
def test_no_value_is_suggested_that_is_not_allowed(typed: str) -> None:
    with pytest.raises(ValueError, match="is not allowed") as caught:
        LinearRegressionConfig.parse("momentum", typed)
    assert "write" not in str(caught.value)
