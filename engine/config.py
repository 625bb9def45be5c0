"""What a hyperparameter may be, and the refusal in words when it is not; knows no torch."""

from __future__ import annotations

import reprlib
import sys
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import asdict, dataclass, fields, replace
from difflib import get_close_matches
from functools import cache
from types import NoneType
from typing import Annotated, Any, Literal, Self, TypeAlias, get_args, get_origin, get_type_hints

from engine.conditions import LabOnly, Unmet, When
from engine.numerals import ascii_form, meant
from engine.ranges import Range as Range

Setting: TypeAlias = int | float | str | None
"""The value of one field of a `Config`."""

Kind: TypeAlias = Literal["whole number", "number", "word", "text"]
"""What a field holds, as a person would call it."""


Seed: TypeAlias = Annotated[int, Range(0, 2**32 - 1)]
Rate: TypeAlias = Annotated[float, Range(0, 1e9, above=True)]
Epochs: TypeAlias = Annotated[int, Range(1, 10_000_000)]
Momentum: TypeAlias = Annotated[float, Range(0, 1)]
Coordinate: TypeAlias = Annotated[float, Range(-1e6, 1e6)]

SOME = Range(0, 1e9, above=True)
"""Any number above 0: the noise with which random numbers show in the data."""
DRAWN = When(initial_w=None) | When(initial_b=None)
"""With which the seed decides where a line starts."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """The hyperparameters of a training: a frozen record, checked when it is made.

    A subclass names each field with its type and, as `Annotated`, its `Range`; a `Literal`
    lists the words that are allowed, and a plain `str` takes any; `| None` allows "none", or
    "random" for a value that the seed decides. `Annotated` with a `When` says with which other
    settings the field has an effect.

    Raises:
        ValueError: a value of the wrong type or out of range; the message names the field,
            the value and what is allowed.
    """

    seed: Seed = 0
    """Where torch's random numbers start: the same seed gives the same run."""

    def __post_init__(self) -> None:
        for name, field in self.allowed().items():
            value = field.checked(name, getattr(self, name))
            object.__setattr__(self, name, value)  # frozen: this is where it freezes

    @classmethod
    @cache  # reading the annotations takes a hundred times as long as checking the values
    def allowed(cls) -> Mapping[str, Allowed]:
        """What each field may hold, by the field's name, in the order of the class."""
        hints = get_type_hints(cls, include_extras=True)
        return {field.name: _of_type(hints[field.name]) for field in fields(cls)}

    @classmethod
    def parse(cls, name: str, text: str) -> Setting:
        """Turn what a person typed for the field `name` into its value.

        Raises:
            ValueError: there is no such field (the nearest names are offered), or the text
                is not a value that it may hold.
        """
        return cls._field(name).parse(name, text)

    @classmethod
    def of(cls, settings: dict[str, Setting]) -> Self:
        """Make the config from settings by name; an unknown name is a `ValueError`."""
        for name in settings:
            cls._field(name)
        return cls(**settings)  # type: ignore[arg-type]  # __post_init__ checks each type

    def but(self, name: str, value: Setting) -> Self:
        """This config with one setting changed; a value that is not allowed is a `ValueError`."""
        return self.of({**asdict(self), name: value})

    def adjusted(self, name: str, value: Setting) -> Self:
        """This config with one setting changed on the way; only that setting is checked.

        A training that goes on has read its file, which may be gone by now: `but` would look.
        """
        checked = self._field(name).checked(name, value)
        config = copy(self)
        object.__setattr__(config, name, checked)
        return config

    def idle(self) -> Mapping[str, tuple[Unmet, ...]]:
        """The settings that have no effect with the others as they are, and what keeps them."""
        settings = asdict(self)
        found = {
            name: field.when.unmet(settings)
            for name, field in self.allowed().items()
            if field.when is not None
        }
        return {name: unmet for name, unmet in found.items() if unmet}

    @classmethod
    def _field(cls, name: str) -> Allowed:
        allowed = cls.allowed()
        if name not in allowed:
            raise ValueError(f"no setting {name!r}; {nearest(name, allowed)}")
        return allowed[name]


@dataclass(frozen=True, slots=True)
class Allowed:
    """What one field may hold."""

    kind: Kind
    range: Range | None = None
    words: tuple[str, ...] = ()
    optional: bool = False
    when: When | None = None
    """With which other settings it has an effect; None: always."""
    lab_only: bool = False
    """Whether it changes nothing but what the lab shows."""

    def __str__(self) -> str:
        """What is allowed, in words: `a whole number from 1 to 10,000`."""
        text = f"one of {', '.join(self.words)}" if self.words else f"a {self.kind}"
        text += f" {self.range}" if self.range else ""
        return f"{text}, or none" if self.optional else text

    def parse(self, name: str, text: str) -> Setting:
        """The value that `text` spells; raises `ValueError` where it is not allowed."""
        word = ascii_form(text)
        if self.optional and word.lower() in ("none", "random", ""):
            return None
        value: Setting = self._word(word)
        try:
            if self.kind == "whole number":
                value = int(word)
            elif self.kind == "number":
                value = float(word)
            elif self.kind == "text":
                value = text.strip()
        except ValueError:
            raise self._refusal(name, text, self._meant(text)) from None
        if self.kind == "word" and value not in self.words:
            raise self._refusal(name, word, self._meant(word))
        return self.checked(name, value)

    def checked(self, name: str, value: Setting) -> Setting:
        """The value as the field's type: 1 becomes 1.0; raises `ValueError` unless allowed."""
        if not self._holds(value):
            raise self._refusal(name, value)
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
            return False  # nan and infinity among them
        return self.range is None or value in self.range

    def _word(self, text: str) -> str:
        """The allowed word that differs in capitals alone, or the text itself."""
        same = [word for word in self.words if word.lower() == text.lower()]
        return same[0] if same else text

    def _meant(self, text: str) -> str:
        """An allowed value that is likely meant by this text; empty where there is none."""
        if self.kind == "word":
            near = get_close_matches(text.strip().lower(), self.words, n=1, cutoff=0.6)
            return near[0] if near else ""
        if self.kind == "text":
            return ""
        word = meant(text, whole=self.kind == "whole number")
        if not word:
            return ""
        number = int(word) if self.kind == "whole number" else float(word)
        return word if self._holds(number) else ""

    def _refusal(self, name: str, value: object, likely: str = "") -> ValueError:
        advice = f"; write {likely}" if likely else ""
        quoted = reprlib.repr(value)
        return ValueError(f"{name} = {quoted} is not allowed: it must be {self}{advice}")


def nearest(word: str, known: Iterable[str]) -> str:
    """A sentence that offers the known words nearest to `word`, or all where none is near."""
    known = list(known)
    close = get_close_matches(word, known, n=3, cutoff=0.5)
    if close:
        return f"did you mean {' or '.join(close)}?"
    return f"there are: {', '.join(known)}"


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
