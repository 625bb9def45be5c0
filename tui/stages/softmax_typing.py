"""What is typed into the lab of softmax, taken or refused with its place; knows no screen."""

from __future__ import annotations

from dataclasses import replace

from engine.equations import plain
from engine.expression import Refused, check_letters
from engine.softmax.look import Given
from engine.softmax.scenes import COLDEST, HOTTEST, LEAST_CLASSES, MOST_SHIFT, NAMES, Scene
from tui.stages.typed_numbers import assigned, number_in


def typed(scene: Scene, given: Given, text: str, default: str) -> Given:
    """What holds after this line; a bare value is one for the name `default`.

    Raises:
        Refused: there is no such name here, or the value is none for it.
    """
    check_letters(text)
    name, name_at, value, value_at = assigned(text)
    name = name or default
    names = NAMES[: len(given.z)]
    own = {"shift": ("c",), "temperature": ("T",), "logit": ()}[scene.moves]
    allowed = ("z", *names, *own, *(("y",) if scene.labelled else ()))
    if name not in allowed:
        message = f"{name} is not to be set here: there are {', '.join(allowed)}"
        raise Refused(message, text, name_at)
    try:
        return _taken(scene, given, name, value)
    except ValueError as error:
        raise Refused(str(error), text, value_at) from None


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
                raise ValueError(f"the label is one of {', '.join(names)}")
            return replace(given, label=names.index(value))
    z, at = list(given.z), NAMES.index(name)
    z[at] = _logit(scene, value)
    return replace(given, z=tuple(z), chosen=at)


def _logits(scene: Scene, given: Given, text: str) -> Given:
    if not (text.startswith("[") and text.endswith("]")):
        raise ValueError("the logits stand in brackets, as in z = [2, 1, 0]")
    inside = text[1:-1].strip()
    parts = inside.split(",") if inside else []
    if not LEAST_CLASSES <= len(parts) <= len(NAMES):
        raise ValueError(f"{LEAST_CLASSES} to {len(NAMES)} logits are taken, and not {len(parts)}")
    z, last = tuple(_logit(scene, part) for part in parts), len(parts) - 1
    return replace(given, z=z, chosen=min(given.chosen, last), label=min(given.label, last))


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
