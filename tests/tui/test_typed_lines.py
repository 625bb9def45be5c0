"""What is typed into the labs of curves and for a setting: one clear line, with what works."""

from __future__ import annotations

import pytest

from engine.config import Config
from engine.expression import Refused
from engine.trainers.dataloader import DataLoaderConfig
from engine.trainers.linear_regression import LinearRegressionConfig
from tui.labs.probabilities import ProbabilityState as Probability
from tui.labs.softmax import SoftmaxState as Softmax

PROBABILITY = [
    ("sigmoid", "p = 0.9", "P = 0.9"),
    ("sigmoid", "prob = 0.5", "P = 0.5"),
    ("sigmoid", "P: 0.9", "P = 0.9"),
    ("sigmoid", "P == 0.9", "P = 0.9"),
    ("sigmoid", "P 0.9", "P = 0.9"),
    ("sigmoid", "z := 2", "z = 2"),
    ("sigmoid", "P = 50%", "P = 0.5"),
    ("sigmoid", "P=1/2", "P=0.5"),
    ("sigmoid", "P = 0,9", "P = 0.9"),
    ("sigmoid", "1/2", "0.5"),
    ("sigmoid", "odds = 9/1", "odds = 9"),
    ("race", "lr = 2", "rate = 2"),
    ("race", "learning_rate = 0,5", "rate = 0.5"),
]
SOFTMAX = [
    ("bars", "z = 2, 1, 0", "z = [2, 1, 0]"),
    ("bars", "z = (2, 1, 0)", "z = [2, 1, 0]"),
    ("bars", "z = [2 1 0]", "z = [2, 1, 0]"),
    ("bars", "z = [2; 1; 0]", "z = [2, 1, 0]"),
    ("bars", "z = [2, 1, 0", "z = [2, 1, 0]"),
    ("bars", "z = [1/2, 1, 0]", "z = [0.5, 1, 0]"),
    ("bars", "z = torch.tensor([2., 1., 0.])", "z = [2., 1., 0.]"),
    ("bars", "Dog = 2", "dog = 2"),
    ("bars", "DOG=1/2", "dog=0.5"),
    ("bars", "cat: 2", "cat = 2"),
    ("temperature", "temperature = 2", "T = 2"),
    ("cross-entropy", "y = 1", "y = dog"),
    ("cross-entropy", "label = Dog", "y = dog"),
]
CASES = [(Probability, *case) for case in PROBABILITY] + [(Softmax, *case) for case in SOFTMAX]


@pytest.mark.parametrize(("stage", "scene", "typed", "line"), CASES)
def test_a_slip_is_refused_with_a_line_that_is_taken(
    stage: type[Probability] | type[Softmax], scene: str, typed: str, line: str
) -> None:
    with pytest.raises(Refused) as caught:
        stage(scene).type(typed)
    assert caught.value.instead == line
    assert str(caught.value).endswith(f": write {line}")
    stage(scene).type(line)


@pytest.mark.parametrize("typed", ["z = nan", "z = inf", "", "  ", "z[0] = 2", "P(y=1) = 0.9"])
def test_where_nothing_is_meant_nothing_is_suggested(typed: str) -> None:
    with pytest.raises(Refused) as caught:
        Probability("sigmoid").type(typed)
    assert caught.value.instead == ""
    assert "write" not in str(caught.value)


def test_full_width_digits_and_signs_are_taken() -> None:
    stage = Probability("sigmoid")
    stage.type("ｚ ＝ −１．５")
    assert stage.look.z == -1.5


SETTINGS = [
    (LinearRegressionConfig, "learning_rate", "0,01", "0.01"),
    (LinearRegressionConfig, "learning_rate", "1/2", "0.5"),
    (LinearRegressionConfig, "learning_rate", "50%", "0.5"),
    (LinearRegressionConfig, "learning_rate", "1×10⁻³", "0.001"),
    (LinearRegressionConfig, "learning_rate", "lr = 0.1", "0.1"),
    (LinearRegressionConfig, "epochs", "1,000", "1000"),
    (LinearRegressionConfig, "epochs", "1e3", "1000"),
    (LinearRegressionConfig, "epochs", "10.0", "10"),
    (LinearRegressionConfig, "data", "lines", "line"),
    (DataLoaderConfig, "optimizer", "adams", "adam"),
]


@pytest.mark.parametrize(("config", "name", "typed", "value"), SETTINGS)
def test_a_setting_is_refused_with_the_value_that_is_meant(
    config: type[Config], name: str, typed: str, value: str
) -> None:
    with pytest.raises(ValueError, match=rf"^{name} = .*; write {value}$"):
        config.parse(name, typed)
    config.parse(name, value)


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("learning_rate", "1e-3", 0.001),
        ("epochs", "1_000", 1000),
        ("learning_rate", "０．０１", 0.01),
        ("epochs", "１００", 100),
        ("initial_w", "−2", -2.0),
        ("data", "Line", "line"),
    ],
)
def test_a_setting_is_taken_in_other_letters(name: str, typed: str, value: object) -> None:
    assert LinearRegressionConfig.parse(name, typed) == value


@pytest.mark.parametrize("typed", ["nan", "inf", "", "  ", "-1", "ten", "1/0", "50"])
def test_no_value_is_suggested_that_is_not_allowed(typed: str) -> None:
    with pytest.raises(ValueError, match="is not allowed") as caught:
        LinearRegressionConfig.parse("momentum", typed)
    assert "write" not in str(caught.value)
