"""Conditions on other settings under which a setting has an effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from engine.ranges import Range

Value: TypeAlias = int | float | str | None
Needed: TypeAlias = Value | tuple[Value, ...] | Range | type[str]
"""A value, one of several, one in a range, or `str`: any text, where there may be none."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """Another setting whose value leaves a setting without effect."""

    setting: str
    value: Value
    needed: Value
    """A value with which there is an effect; for a text, a word that stands for any."""

    def written(self, label: Callable[[str], str] = str) -> tuple[str, str]:
        """The setting with its value, and with the value that is needed."""
        name = label(self.setting)
        return f"{name} = {_text(self.value)}", f"{name} = {_text(self.needed)}"


class When:
    """A condition on other settings: `When(data="line")` has to hold for an effect.

    Several settings must all have their values; of conditions joined by `|`, one has to hold.
    """

    def __init__(self, **needed: Needed) -> None:
        self._alternatives: tuple[Mapping[str, Needed], ...] = (needed,)

    def __or__(self, other: When) -> When:
        either = When()
        either._alternatives = self._alternatives + other._alternatives
        return either

    def unmet(self, settings: Mapping[str, Value]) -> tuple[Unmet, ...]:
        """What keeps the condition from holding, as few settings as may be; nothing if it holds."""
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
class LabOnly:
    """Marks a setting that changes what the lab shows or how it steps, and no training."""


def without_effect(
    name: str, unmet: tuple[Unmet, ...], label: Callable[[str], str] = str
) -> tuple[str, str]:
    """Why the setting has no effect, and what to set so that it has: two parts of a sentence."""
    pairs = [one.written(label) for one in unmet]
    now, needed = (" and ".join(parts) for parts in zip(*pairs, strict=True))
    return f"{label(name)} has no effect while {now}", needed


def _holds(value: Value, needed: Needed) -> bool:
    if needed is str:
        return value is not None
    if isinstance(needed, Range):
        return isinstance(value, int | float) and value in needed
    return value in needed if isinstance(needed, tuple) else value == needed


def _example(name: str, needed: Needed) -> Value:
    if isinstance(needed, Range):
        return needed.low + 1 if needed.above else needed.low
    if isinstance(needed, tuple):
        return needed[0]
    if isinstance(needed, type):
        return "FILE" if name == "csv" else "VALUE"
    return needed


def _text(value: Value) -> str:
    if value is None:
        return "none"
    return f"{value:.10g}" if isinstance(value, int | float) else value
