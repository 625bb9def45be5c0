"""The settings of a training run: a frozen record that checks its values and explains errors."""

from __future__ import annotations

import re
import reprlib
import sys
from collections.abc import Callable, Iterable, Mapping, Set
from copy import copy
from dataclasses import asdict, dataclass, fields, replace
from difflib import get_close_matches
from functools import cache
from types import NoneType
from typing import Annotated, Any, Literal, Self, TypeAlias, get_args, get_origin, get_type_hints

from engine.numerals import ascii_form, meant

Setting: TypeAlias = int | float | str | None
"""The value of one field of a `Config`."""
Kind: TypeAlias = Literal["whole number", "number", "word", "text"]
"""The kind of value in a field, as shown to people."""


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers that a field may hold: from `low` to `high`, or strictly above `low`."""

    low: float
    high: float
    above: bool = False

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high and not (self.above and value == self.low)

    def __str__(self) -> str:
        if self.above:
            return f"above {self.low:,g} and at most {self.high:,.10g}"
        return f"from {self.low:,.10g} to {self.high:,.10g}"


Needed: TypeAlias = Setting | tuple[Setting, ...] | Range | type[str]
"""A value, one of several, one in a range, or `str`: any text other than none."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """Another setting whose value makes a setting have no effect."""

    setting: str
    value: Setting
    needed: Setting  # a value that gives it an effect; for a text, a placeholder


class When:
    """A condition on other settings, without which a setting has no effect: `When(data="line")`.

    All settings of a condition must match; of conditions joined by `|`, one must match.
    """

    def __init__(self, **needed: Needed) -> None:
        self._alternatives: tuple[Mapping[str, Needed], ...] = (needed,)

    def __or__(self, other: When) -> When:
        either = When()
        either._alternatives = self._alternatives + other._alternatives
        return either

    def unmet(self, settings: Mapping[str, Setting]) -> tuple[Unmet, ...]:
        """Return the fewest settings that would have to change; empty if the condition is met."""
        lacking = [
            tuple(
                Unmet(name, settings[name], _example(name, needed))
                for name, needed in alternative.items()
                if not _holds(settings[name], needed)
            )
            for alternative in self._alternatives
        ]
        return min(lacking, key=len)


@dataclass(frozen=True, slots=True)
class Change:
    """A setting that changes during a run, from a step on; written as `learning_rate=0.1@300`."""

    name: str
    value: Setting
    step: int
    """The first step with the new value, counted from 1."""

    def __str__(self) -> str:
        """Return the change with every digit of its value."""
        return f"{self.name}={'none' if self.value is None else self.value}@{self.step}"


class LabOnly:
    """Marks a setting that changes only what the lab shows or how it steps, not the training."""


def without_effect(
    name: str, unmet: tuple[Unmet, ...], label: Callable[[str], str] = str
) -> tuple[str, str]:
    """Return why the setting has no effect, and what to set instead: two parts of a sentence."""
    now = " and ".join(f"{label(one.setting)} = {_text(one.value)}" for one in unmet)
    needed = " and ".join(f"{label(one.setting)} = {_text(one.needed)}" for one in unmet)
    return f"{label(name)} has no effect while {now}", needed


def _holds(value: Setting, needed: Needed) -> bool:
    if needed is str:
        return value is not None
    if isinstance(needed, Range):
        return isinstance(value, int | float) and value in needed
    return value in needed if isinstance(needed, tuple) else value == needed


def _example(name: str, needed: Needed) -> Setting:
    if isinstance(needed, Range):
        return needed.low + 1 if needed.above else needed.low
    if isinstance(needed, tuple):
        return needed[0]
    if isinstance(needed, type):
        return "FILE" if name == "csv" else "VALUE"
    return needed


def _text(value: Setting) -> str:
    if value is None:
        return "none"
    return f"{value:.10g}" if isinstance(value, int | float) else value


Seed: TypeAlias = Annotated[int, Range(0, 2**32 - 1)]
Rate: TypeAlias = Annotated[float, Range(0, 1e9, above=True)]
Epochs: TypeAlias = Annotated[int, Range(1, 10_000_000)]
Momentum: TypeAlias = Annotated[float, Range(0, 1)]
Coordinate: TypeAlias = Annotated[float, Range(-1e6, 1e6)]

SOME = Range(0, 1e9, above=True)
"""The `needed` range for any noise at all, with which random numbers change the data."""
DRAWN = When(initial_w=None) | When(initial_b=None)
"""An initial value that is drawn with the seed."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """The base class of the hyperparameters of a trainer, checked when an instance is made.

    A subclass declares each field with its type and, as `Annotated`, its `Range`; a `Literal` lists
    the allowed words, and a plain `str` takes any text; `| None` allows "none", or "random" for a
    value that the seed decides. `Annotated` with a `When` names the other settings with which the
    field has an effect.

    Raises:
        ValueError: a value has the wrong type or is out of range; the message names the field,
            the value and the allowed values.
    """

    seed: Seed = 0  # the seed of torch's random numbers: the same seed gives the same run

    def __post_init__(self) -> None:
        for name, field in self.allowed().items():
            value = field.checked(name, getattr(self, name))
            object.__setattr__(self, name, value)  # the dataclass is frozen

    @classmethod
    @cache  # reading the annotations takes a hundred times as long as checking the values
    def allowed(cls) -> Mapping[str, Allowed]:
        """Return the allowed values of each field, by name, in the order of the class."""
        hints = get_type_hints(cls, include_extras=True)
        return {field.name: _of_type(hints[field.name]) for field in fields(cls)}

    @classmethod
    def parse(cls, name: str, text: str) -> Setting:
        """Return the value of the field `name` in this text.

        Raises:
            ValueError: there is no such field (the nearest names are suggested), or the text is not
                an allowed value.
        """
        return cls._field(name).parse(name, text)

    @classmethod
    def parse_change(cls, name: str, text: str, live: Set[str]) -> Change:
        """Return the change that `VALUE@STEP` describes; without `@STEP` it is one at step 1.

        A text may contain `@` and has no step.

        Args:
            live: the settings that may change after step 1.

        Raises:
            ValueError: as for `parse`, or the step is no whole number, or the setting is not live.
        """
        field = cls._field(name)
        value, at, at_step = text.rpartition("@")
        if not at or field.kind == "text":
            return Change(name, field.parse(name, text), 1)
        step = STEP.parse(f"the step of {name}", at_step)
        assert isinstance(step, int)
        if step > 1 and name not in live:
            able = [
                other for other, its in cls.allowed().items() if other in live and not its.lab_only
            ]
            only = f"{' and '.join(able)} can" if able else "no setting of this lesson can"
            raise ValueError(f"{name} cannot change while the training goes on; {only}")
        return Change(name, field.parse(name, value), step)

    @classmethod
    def of(cls, settings: dict[str, Setting]) -> Self:
        """Make the config from settings by name; an unknown name is a `ValueError`."""
        for name in settings:
            cls._field(name)
        return cls(**settings)  # type: ignore[arg-type]  # __post_init__ checks each type

    def but(self, name: str, value: Setting) -> Self:
        """Return this config with one setting changed; a value not allowed is a `ValueError`."""
        return self.of({**asdict(self), name: value})

    def adjusted(self, name: str, value: Setting) -> Self:
        """Return this config with one setting changed during a run; only that setting is checked.

        `but` would check again for a file that the run has already read and that may be deleted.
        """
        checked = self._field(name).checked(name, value)
        config = copy(self)
        object.__setattr__(config, name, checked)
        return config

    def idle(self) -> Mapping[str, tuple[Unmet, ...]]:
        """Return the settings that have no effect with the current values, and the reasons."""
        settings = asdict(self)
        fields = self.allowed().items()
        found = {name: field.when.unmet(settings) for name, field in fields if field.when}
        return {name: unmet for name, unmet in found.items() if unmet}

    @classmethod
    def _field(cls, name: str) -> Allowed:
        allowed = cls.allowed()
        if name not in allowed:
            raise ValueError(f"no setting {name!r}; {nearest(name, allowed)}")
        return allowed[name]


@dataclass(frozen=True, slots=True)
class Allowed:
    """The allowed values of one field."""

    kind: Kind
    range: Range | None = None
    words: tuple[str, ...] = ()
    optional: bool = False
    when: When | None = None  # the condition under which it has an effect; None: always
    lab_only: bool = False  # whether it changes only what the lab shows

    def __str__(self) -> str:
        """Return the allowed values in words: `a whole number from 1 to 10,000`."""
        text = f"one of {', '.join(self.words)}" if self.words else f"a {self.kind}"
        text += f" {self.range}" if self.range else ""
        return f"{text}, or none" if self.optional else text

    def parse(self, name: str, text: str) -> Setting:
        """Return the value of `text`; raises `ValueError` if it is not allowed."""
        word = ascii_form(text)
        nothing = ("none", "") if self.kind == "text" else ("none", "random", "")
        if self.optional and word.lower() in nothing:
            return None
        # Case does not matter.
        value: Setting = next((one for one in self.words if one.lower() == word.lower()), word)
        try:
            if self.kind == "whole number":
                value = int(word)
            elif self.kind == "number":
                value = float(word)
            elif self.kind == "text":
                value = text.strip()
        except ValueError:
            raise self._refusal(name, reprlib.repr(text), self._meant(text)) from None
        if self.kind == "word" and value not in self.words:
            raise self._refusal(name, reprlib.repr(word), self._meant(word))
        if isinstance(value, float) and not self._holds(value):
            raise self._refusal(name, reprlib.repr(word)[1:-1])  # 2e9 as it was typed
        return self.checked(name, value)

    def checked(self, name: str, value: Setting) -> Setting:
        """Return the value in the field's type: 1 becomes 1.0; raises `ValueError` for a wrong
        value."""
        if not self._holds(value):
            raise self._refusal(name, reprlib.repr(value))
        return float(value) if self.kind == "number" and value is not None else value

    def _holds(self, value: Setting) -> bool:
        if value is None:
            return self.optional
        if self.kind == "word":
            return value in self.words
        if self.kind == "text":
            return isinstance(value, str) and value != ""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        if self.kind == "whole number" and not isinstance(value, int):
            return False
        if self.kind == "number" and not abs(value) <= sys.float_info.max:
            return False  # also excludes nan and infinity
        return self.range is None or value in self.range

    def _meant(self, text: str) -> str:
        """Return the allowed value that this text probably means; empty if there is none."""
        if self.kind == "word":
            near = get_close_matches(text.strip().lower(), self.words, n=1, cutoff=0.6)
            return near[0] if near else ""
        if self.kind == "text":
            return ""
        whole = self.kind == "whole number"
        word = meant(text, whole=whole)
        return word if word and self._holds(int(word) if whole else float(word)) else ""

    def _refusal(self, name: str, quoted: str, likely: str = "") -> ValueError:
        advice = f"; write {likely}" if likely else ""
        return ValueError(f"{name} = {quoted} is not allowed: it must be {self}{advice}")


STEP = Allowed("whole number", Range(1, 10**9))
"""The steps of a `Change`."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a sentence with the known words nearest to `word`, or with all if none is near.

    A word that is a part of a name or its initials is nearest: `w` means `initial_w`, and `lr`
    means `learning_rate`.
    """
    known = list(known)
    bare = {name.strip("-"): name for name in known}  # all options begin with the same dashes
    wanted = word.strip("-")
    close = [name for name in bare if wanted in _short_forms(name)]
    close = close[:3] or get_close_matches(wanted, bare, n=3, cutoff=0.5)
    close = [bare[name] for name in close]
    return f"did you mean {' or '.join(close)}?" if close else f"there are: {', '.join(known)}"


def _short_forms(name: str) -> list[str]:
    """Return the parts of the name, and the initials of several parts."""
    parts = re.split("[-_]", name)
    return [*parts, "".join(part[:1] for part in parts)] if len(parts) > 1 else parts


def _of_type(hint: Any) -> Allowed:
    if type(None) in get_args(hint):
        inner = _of_type(next(part for part in get_args(hint) if part is not NoneType))
        return replace(inner, optional=True)
    if get_origin(hint) is Annotated:
        base, *marks = get_args(hint)
        allowed = _of_type(base)
        for mark in marks:
            if isinstance(mark, Range):
                allowed = replace(allowed, range=mark)
            elif isinstance(mark, When):
                allowed = replace(allowed, when=mark)
            elif mark is LabOnly:
                allowed = replace(allowed, lab_only=True)
        return allowed
    if get_origin(hint) is Literal:
        return Allowed("word", words=get_args(hint))
    kinds: dict[Any, Kind] = {int: "whole number", float: "number", str: "text"}
    return Allowed(kinds[hint])
