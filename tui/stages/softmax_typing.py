"""What is typed into the lab of softmax, taken or refused with its place; knows no screen."""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import get_close_matches

from engine.equations import plain
from engine.expression import check_letters, suggesting
from engine.numerals import NUMBER, NotANumber, ascii_form, meant
from engine.softmax.look import Given
from engine.softmax.scenes import COLDEST, HOTTEST, LEAST_CLASSES, MOST_SHIFT, NAMES, Scene
from tui.stages.typed_numbers import assigned, misnamed, misplaced, number_in

OTHER_NAMES = {"temperature": "T", "shift": "c", "label": "y", "target": "y", "logits": "z"}
_WRAPPED = re.compile(r"(?:(?:torch|np)\.)?(?:tensor|array)\((\[[^\]]*\]).*\)")


def typed(scene: Scene, given: Given, text: str, default: str) -> Given:
    """What holds after this line; a bare value is one for the name `default`.

    Raises:
        Refused: there is no such name here, or the value is none for it. A line that the message
            suggests is taken.
    """
    with suggesting(lambda line: _typed(scene, given, line, default)):
        return _typed(scene, given, text, default)


def _typed(scene: Scene, given: Given, text: str, default: str) -> Given:
    check_letters(text)
    name, name_at, value, value_at = assigned(text)
    name = name or default
    names = NAMES[: len(given.z)]
    own = {"shift": ("c",), "temperature": ("T",), "logit": ()}[scene.moves]
    allowed = ("z", *names, *own, *(("y",) if scene.labelled else ()))
    if name not in allowed:
        raise misnamed(text, name, name_at, allowed, OTHER_NAMES)
    try:
        return _taken(scene, given, name, value)
    except ValueError as error:
        raise misplaced(text, value_at, error) from None


def _taken(scene: Scene, given: Given, name: str, value: str) -> Given:
    match name:
        case "z":
            return _logits(scene, given, value)
        case "c":
            reach = f"c goes from {plain(-MOST_SHIFT)} to {plain(MOST_SHIFT)}"
            return replace(given, shift=_between(value, -MOST_SHIFT, MOST_SHIFT, reach))
        case "T":
            reach = f"T goes from {COLDEST} to {plain(HOTTEST)}: at 0 it would divide by 0"
            return replace(given, temperature=_between(value, COLDEST, HOTTEST, reach))
        case "y":
            names = NAMES[: len(given.z)]
            if value not in names:
                likely = names[int(value)] if value in map(str, range(len(names))) else ""
                likely = likely or next(iter(get_close_matches(value.lower(), names, n=1)), "")
                raise NotANumber(f"the label is one of {', '.join(names)}", likely)
            return replace(given, label=names.index(value))
    z, at = list(given.z), NAMES.index(name)
    z[at] = _logit(scene, value)
    return replace(given, z=tuple(z), chosen=at)


def _logits(scene: Scene, given: Given, text: str) -> Given:
    if not (text.startswith("[") and text.endswith("]")):
        inside = _WRAPPED.sub(r"\1", text).strip("()[]{} ")
        parts = re.split(r"[,;\s]+", inside)
        listed = f"[{', '.join(parts)}]" if len(parts) > 1 else ""
        raise NotANumber("the logits stand in brackets, as in z = [2, 1, 0]", listed)
    inside = text[1:-1].strip()
    parts = inside.split(",") if inside else []
    if not LEAST_CLASSES <= len(parts) <= len(NAMES):
        apart = re.split(r"[;\s]+", inside)
        listed = f"[{', '.join(apart)}]" if len(apart) > 1 == len(parts) else ""
        message = f"{LEAST_CLASSES} to {len(NAMES)} logits are taken, and not {len(parts)}"
        raise NotANumber(message, listed)
    try:
        z, last = tuple(_logit(scene, part) for part in parts), len(parts) - 1
    except NotANumber as error:
        corrected = [part if _is_number(part) else meant(part) for part in parts]
        whole = f"[{', '.join(map(str.strip, corrected))}]" if all(corrected) else ""
        raise NotANumber(str(error), whole) from None
    return replace(given, z=z, chosen=min(given.chosen, last), label=min(given.label, last))


def _is_number(text: str) -> bool:
    return NUMBER.fullmatch(ascii_form(text)) is not None


def _logit(scene: Scene, text: str) -> float:
    reach = f"a logit goes from {plain(-scene.reach)} to {plain(scene.reach)} here"
    if scene.name != "overflow":
        reach += "; the scene overflow goes further"
    return _between(text, -scene.reach, scene.reach, reach)


def _between(text: str, low: float, high: float, otherwise: str) -> float:
    value = number_in(text, "dog = 2 or z = [2, 1, 0]")
    if not low <= value <= high:
        raise ValueError(otherwise)
    return value
