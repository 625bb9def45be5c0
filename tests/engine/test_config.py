"""Allowed values of hyperparameters, and the errors for others."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, asdict, dataclass
from math import inf, nan
from typing import Annotated, Any, Literal

import pytest

from engine.config import Config, Epochs, Range, Rate, Setting, nearest


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
ENDS: dict[str, list[Setting]] = {
    "seed": [0, 2**32 - 1],
    "learning_rate": [5e-324, 1e9],
    "momentum": [0, 1],
    "epochs": [10_000_000],
    "free": [-1.7e308],
    "start": [None, -5],
    "reduction": ["sum"],
}
FILES = ["t.csv", "~/a b/ü−1.csv", "\x1b[2J", "[red]", "0", "random", "x" * 5000]
TYPED: dict[str, dict[str, Setting]] = {
    "learning_rate": {"1e-3": 0.001, "1E−3": 0.001, ".5": 0.5, "5": 5.0},
    "start": {"−0.5": -0.5, "-0.5": -0.5, " none ": None, "None": None, "": None},
    "epochs": {" 5 ": 5, "1_000": 1000, "５": 5},
    "reduction": {" sum ": "sum"},
    "file": {
        **{f"  {text} ": text for text in FILES},
        **dict.fromkeys(("none", "None", "", "  "), None),
    },
}
MEANINGLESS = {
    "epochs": ["", "none", "0x10", "5.0", "1e3", "five", "-3", "9" * 400, "9" * 5000],
    "learning_rate": ["", " ", "nan", "inf", "1e999", "-1", "1,5", "0x1", "quick" * 10_000],
    "start": ["null", "−6", "infinity"],
    "reduction": ["", "middle", "none"],
}


def test_a_bad_value_is_refused_naming_field_value_and_what_is_allowed() -> None:
    assert {name: str(field) for name, field in Sample.allowed().items()} == ALLOWED
    assert next(iter(Sample.allowed())) == "seed"
    for name, value in ((name, value) for name, values in BAD.items() for value in values):
        shown = "1000000000" if value == 10**400 else repr(value)
        for make in (
            lambda **bad: Sample(**bad),
            lambda **bad: Sample().but(*next(iter(bad.items()))),
            lambda **bad: Sample().adjusted(*next(iter(bad.items()))),
        ):
            with pytest.raises(ValueError, match="is not allowed") as refusal:
                make(**{name: value})
            text = str(refusal.value)
            assert text.startswith(f"{name} = {shown}")
            assert text.endswith(f"it must be {ALLOWED[name]}")
            assert len(text) < 150


def test_a_number_out_of_range_is_quoted_as_it_was_typed() -> None:
    for text in ("2e9", "1000000001", "−1", "nan"):
        with pytest.raises(ValueError, match=r"at most 1,000,000,000$") as refusal:
            Sample.parse("learning_rate", text)
        assert str(refusal.value).startswith(f"learning_rate = {text.replace('−', '-')} is not")


def test_the_ends_of_a_range_belong_to_it_and_a_whole_number_becomes_a_number() -> None:
    for name, value in ((name, value) for name, values in ENDS.items() for value in values):
        assert getattr(Sample().but(name, value), name) == value, name
    config = Sample(learning_rate=1, start=2, epochs=3)
    assert [type(value) for value in (config.learning_rate, config.start)] == [float, float]
    assert (config.learning_rate, config.start) == (1, 2)
    assert type(config.epochs) is int


def test_what_a_person_types_and_what_cannot_be_meant() -> None:
    for name, texts in TYPED.items():
        for text, value in texts.items():
            parsed = Sample.parse(name, text)
            assert (parsed, type(parsed)) == (value, type(value)), (name, text)
    for name, text in ((name, text) for name, texts in MEANINGLESS.items() for text in texts):
        with pytest.raises(ValueError, match=f"^{name} = .* is not allowed: it must be") as refusal:
            Sample.parse(name, text)
        assert ALLOWED[name] in str(refusal.value)
        assert len(str(refusal.value)) < 150
    assert all(Sample(file=text).file == text for text in FILES)


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
    assert nearest("epoch", ["seed", "epochs"]) == "did you mean epochs?"
    bats = ("did you mean bat or rat?", "did you mean rat or bat?")
    assert nearest("cat", ["bat", "rat", "dog"]) in bats
    parts = ["initial_w", "slope", "low", "learning_rate", "data"]
    for typed, meant in (("w", "initial_w"), ("rate", "learning_rate"), ("lr", "learning_rate")):
        assert nearest(typed, parts) == f"did you mean {meant}?"
    assert nearest("--devise", ["--device", "--fps"]) == "did you mean --device?"
    assert nearest("--csv", ["--device", "--fps"]) == "there are: --device, --fps"
    assert nearest("", ["seed", "epochs"]) == "there are: seed, epochs"


def test_a_config_is_frozen_and_but_and_adjusted_keep_the_rest() -> None:
    class Once(Sample):
        looked = 0

        def __post_init__(self) -> None:
            super().__post_init__()
            Once.looked += 1

    config = Once(seed=7, momentum=0.9)
    with pytest.raises(FrozenInstanceError):
        config.seed = 8  # type: ignore[misc]
    for other in (config.adjusted("learning_rate", 1), config.but("learning_rate", 1)):
        assert Once.looked in (1, 2)  # `adjusted` does not check the other settings
        assert asdict(other) == {**asdict(config), "learning_rate": 1.0}
        assert type(other.learning_rate) is float
        assert isinstance(other, Once)
    assert Once.looked == 2
    assert config.learning_rate == 0.01
    assert Once.of(asdict(other)) == other
