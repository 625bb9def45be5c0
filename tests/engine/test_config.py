"""What a hyperparameter may be, and the refusals: field, value and what is allowed."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, asdict, dataclass
from math import inf, nan
from typing import Annotated, Any, Literal

import pytest

from engine.config import Config, Epochs, Range, Rate, Setting, nearest
from engine.trainers.gradient_by_hand import GradientByHandConfig
from engine.trainers.linear_regression import LinearRegressionConfig
from engine.trainers.parameters import ParametersConfig


@dataclass(frozen=True, kw_only=True)
class Sample(Config):
    learning_rate: Rate = 0.01
    momentum: Annotated[float, Range(0, 1)] = 0.0
    epochs: Epochs = 10
    free: float = 0.0
    start: Annotated[float, Range(-5, 5)] | None = None
    reduction: Literal["mean", "sum"] = "mean"
    file: str | None = None


ALLOWED = {
    "seed": "a whole number from 0 to 4,294,967,295",
    "learning_rate": "a number above 0 and at most 1,000,000,000",
    "momentum": "a number from 0 to 1",
    "epochs": "a whole number from 1 to 10,000,000",
    "free": "a number",
    "start": "a number from -5 to 5, or none",
    "reduction": "one of mean, sum",
    "file": "a text, or none",
}

BAD: dict[str, list[Any]] = {
    "seed": [-1, 2**32, 10**400, 1.0, nan, True, False, "0", None, [1]],
    "learning_rate": [0, 0.0, -0.0, -1, 1.1e9, 10**400, nan, inf, -inf, True, "0.1", None],
    "momentum": [-1e-9, 1.0000001, nan, inf, True, None],
    "epochs": [0, -1, 10_000_001, 2.0, 1e3, nan, inf, True, "3", None],
    "free": [nan, inf, -inf, True, None, 10**400],
    "start": [-5.1, 6, nan, inf, False, "none"],
    "reduction": ["Mean", "", "median", None, 0, True],
    "file": ["", 0, 1.5, True, ["a"]],
}


def test_what_is_allowed_is_said_in_words() -> None:
    assert {name: str(field) for name, field in Sample.allowed().items()} == ALLOWED
    assert next(iter(Sample.allowed())) == "seed"


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, values in BAD.items() for v in values])
def test_a_bad_value_is_refused_naming_field_value_and_what_is_allowed(
    name: str, value: Any
) -> None:
    shown = "1000000000" if value == 10**400 else repr(value)
    for make in (
        lambda: Sample(**{name: value}),
        lambda: Sample().but(name, value),
        lambda: Sample().adjusted(name, value),
    ):
        with pytest.raises(ValueError, match="is not allowed") as refusal:
            make()
        text = str(refusal.value)
        assert text.startswith(f"{name} = {shown}")
        assert text.endswith(f"it must be {ALLOWED[name]}")
        assert len(text) < 150


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seed", 0),
        ("seed", 2**32 - 1),
        ("learning_rate", 5e-324),
        ("learning_rate", 1e9),
        ("momentum", 0),
        ("momentum", 1),
        ("epochs", 10_000_000),
        ("free", -1.7e308),
        ("start", None),
        ("start", -5),
        ("reduction", "sum"),
    ],
)
def test_the_ends_of_a_range_belong_to_it(name: str, value: Setting) -> None:
    assert getattr(Sample().but(name, value), name) == value


def test_a_whole_number_becomes_a_number_where_a_number_is_meant() -> None:
    config = Sample(learning_rate=1, start=2, epochs=3)
    assert [type(value) for value in (config.learning_rate, config.start)] == [float, float]
    assert (config.learning_rate, config.start) == (1, 2)
    assert type(config.epochs) is int


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("learning_rate", "1e-3", 0.001),
        ("learning_rate", "1E−3", 0.001),
        ("learning_rate", ".5", 0.5),
        ("learning_rate", "5", 5.0),
        ("start", "−0.5", -0.5),
        ("start", "-0.5", -0.5),
        ("start", " none ", None),
        ("start", "None", None),
        ("start", "", None),
        ("epochs", " 5 ", 5),
        ("epochs", "1_000", 1000),
        ("epochs", "５", 5),
        ("reduction", " sum ", "sum"),
    ],
)
def test_what_a_person_types(name: str, text: str, value: Setting) -> None:
    parsed = Sample.parse(name, text)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *[("epochs", text) for text in ("", "none", "0x10", "5.0", "1e3", "five", "-3", "9" * 400)],
        ("epochs", "9" * 5000),
        *[("learning_rate", text) for text in ("", " ", "nan", "inf", "1e999", "-1", "1,5", "0x1")],
        ("learning_rate", "quick" * 10_000),
        *[("start", text) for text in ("null", "−6", "infinity")],
        *[("reduction", text) for text in ("", "middle", "none")],
    ],
)
def test_what_cannot_be_meant(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} = .* is not allowed: it must be") as refusal:
        Sample.parse(name, text)
    assert ALLOWED[name] in str(refusal.value)
    assert len(str(refusal.value)) < 150


def test_an_unknown_name_offers_the_nearest() -> None:
    refusals = (
        lambda: Sample.parse("learning_rat", "1"),
        lambda: Sample.of({"learning_rat": 1}),
        lambda: Sample().but("learning_rat", 1),
        lambda: Sample().adjusted("learning_rat", 1),
    )
    for refuse in refusals:
        with pytest.raises(ValueError, match="no setting 'learning_rat'; did you mean learning_ra"):
            refuse()
    with pytest.raises(ValueError, match="no setting 'zzz'; there are: seed, learning_rate, mom"):
        Sample.parse("zzz", "1")


def test_nearest() -> None:
    assert nearest("epoch", ["seed", "epochs"]) == "did you mean epochs?"
    assert nearest("cat", ["bat", "rat", "dog"]) in (
        "did you mean bat or rat?",
        "did you mean rat or bat?",
    )
    assert nearest("", ["seed", "epochs"]) == "there are: seed, epochs"


def test_a_config_is_frozen_and_but_keeps_the_rest() -> None:
    config = Sample(seed=7, momentum=0.9)
    with pytest.raises(FrozenInstanceError):
        config.seed = 8  # type: ignore[misc]
    other = config.but("learning_rate", 0.5)
    assert asdict(other) == {**asdict(config), "learning_rate": 0.5}
    assert config.learning_rate == 0.01
    assert Sample.of(asdict(other)) == other
    assert isinstance(other, Sample)


def test_adjusted_keeps_the_rest_and_looks_at_nothing_else() -> None:
    class Once(Sample):
        looked = 0

        def __post_init__(self) -> None:
            super().__post_init__()
            Once.looked += 1

    config = Once(seed=7, momentum=0.9)
    other = config.adjusted("learning_rate", 1)
    assert Once.looked == 1
    assert asdict(other) == {**asdict(config), "learning_rate": 1.0}
    assert type(other.learning_rate) is float
    assert config.learning_rate == 0.01
    assert isinstance(other, Once)


@pytest.mark.parametrize("kind", [GradientByHandConfig, ParametersConfig, LinearRegressionConfig])
def test_every_config_of_a_training_has_a_seed_a_rate_and_refuses_others(
    kind: type[Config],
) -> None:
    assert {"seed", "learning_rate", "epochs"} <= set(kind.allowed())
    for name in kind.allowed():
        with pytest.raises(ValueError, match=f"{name} = nan"):
            kind.of({name: nan})


@pytest.mark.parametrize(("low", "high"), [(3.0, 3.0), (4.0, 3.0)])
def test_low_must_be_below_high(low: float, high: float) -> None:
    with pytest.raises(ValueError, match=f"low = {low} must be below high = {high}"):
        LinearRegressionConfig(low=low, high=high)


@pytest.mark.parametrize(
    "text", ["t.csv", "~/a b/ü−1.csv", "\x1b[2J", "[red]", "0", "random", "x" * 5000]
)
def test_a_text_is_taken_as_it_is(text: str) -> None:
    assert Sample.parse("file", f"  {text} ") == text
    assert Sample(file=text).file == text


@pytest.mark.parametrize("text", ["none", "None", "", "  "])
def test_no_text_is_none(text: str) -> None:
    assert Sample.parse("file", text) is None
