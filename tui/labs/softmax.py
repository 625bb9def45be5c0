"""The softmax lab: a few logits changed by keys, with their softmax and losses."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING

from engine.equations import number, plain
from engine.numerals import NotANumber, meant
from engine.softmax_scenes import (
    COLDEST,
    HOTTEST,
    LEAST_CLASSES,
    MOST_SHIFT,
    NAMES,
    SCENES,
    Numbers,
    SoftmaxInput,
    SoftmaxLook,
    SoftmaxScene,
    equations,
    probability,
)
from tui.labs.curves import CurvesLab, CurveState, is_number, keys, number_in, shared_keys, within
from tui.labs.interactive import tempo_keys

if TYPE_CHECKING:
    from tui.charts.canvas import Canvas
    from tui.charts.style import ChartStyle

PLACES = 20
"""The number of small strides for a factor of ten in temperature; a large stride is four."""
LAST = 1000
"""The most steps of gradient descent."""
TYPE = "Type a logit, or all: dog = 2, z = [2, 1, 0]; T = 0.5, c = 10 or y = dog in their scenes"
_WRAPPED = re.compile(r"(?:(?:torch|np)\.)?(?:tensor|array)\((\[[^\]]*\]).*\)")


class SoftmaxState(CurveState):
    """The state of a vector of logits, with a shift, a temperature and a label."""

    SCENES = SCENES
    OTHER_NAMES = {"temperature": "T", "shift": "c", "label": "y", "target": "y", "logits": "z"}

    scene: SoftmaxScene
    look: SoftmaxLook
    given: SoftmaxInput
    """The current settings."""
    _begun: Numbers
    """The logits before the first step of gradient descent."""

    def reset(self) -> None:
        self.by_hand = False
        self.apply(SoftmaxInput(self.scene.start))

    @property
    def text(self) -> str:
        given = self.given
        if self.scene.moves == "temperature":
            return f"T = {plain(round(given.temperature, 4))}"
        if self.scene.moves == "shift":
            return f"c = {plain(given.shift)}"
        return f"{NAMES[given.chosen]} = {plain(round(self.at, 4))}"

    @property
    def at(self) -> float:
        given = self.given
        return {
            "temperature": given.temperature,
            "shift": given.shift,
            "logit": given.z[given.chosen],
        }[self.scene.moves]

    @property
    def ends(self) -> tuple[float, float]:
        if self.scene.moves == "temperature":
            return COLDEST, HOTTEST
        reach = MOST_SHIFT if self.scene.moves == "shift" else self.scene.reach
        return -reach, reach

    def put(self, at: float) -> None:
        given = self.given
        match self.scene.moves:
            case "temperature":
                self.apply(replace(given, temperature=at))
            case "shift":
                self.apply(replace(given, shift=at))
            case "logit":
                self.apply(_with_logit(given, given.chosen, at))

    def next_place(self, strides: int, large: bool) -> float:
        """Return the next round number; for a temperature, a stride is a factor."""
        if self.scene.moves != "temperature":
            return super().next_place(strides, large)
        place = round(math.log10(self.at) * PLACES) + strides * (4 if large else 1)
        return float(f"{10 ** (place / PLACES):.3g}")

    def choose(self, direction: int) -> None:
        """Select the next class below or above."""
        given = self.given
        self.apply(replace(given, chosen=(given.chosen + direction) % len(given.z)))

    def relabel(self) -> None:
        """Use the next class as the label."""
        self.by_hand = True
        self.apply(replace(self.given, label=(self.given.label + 1) % len(self.given.z)))

    @property
    def ended(self) -> bool:
        if not self.scene.labelled:
            return super().ended
        return self.look.steps >= LAST or self._next() == self.given.z

    def step(self) -> bool:
        """Make a step of gradient descent if there is a label, else a stride up."""
        if not self.scene.labelled:
            return super().step()
        self.by_hand = True
        if self.ended:
            return False
        begun = self._begun
        self.apply(replace(self.given, z=self._next()), self.look.steps + 1)
        self._begun = begun
        return True

    def rewind(self) -> None:
        """Go back before the first step, or to the lower limit."""
        if self.scene.labelled:
            self.apply(replace(self.given, z=self._begun))
        else:
            super().rewind()

    def apply(self, given: SoftmaxInput, steps: int = 0) -> None:
        self.given, self._begun = given, given.z
        if self.observed:
            from engine.softmax import observe  # imports torch

            self.look = observe(self.scene, given, steps)

    def _next(self) -> Numbers:
        """Return the logits after a step of gradient descent, clipped to the limits of the keys."""
        from engine.softmax import stepped

        reach = self.scene.reach
        return tuple(min(max(z, -reach), reach) for z in stepped(self.given.z, self.given.label))

    # Typed lines.

    @property
    def names(self) -> Sequence[str]:
        own = {"shift": ["c"], "temperature": ["T"], "logit": []}[self.scene.moves]
        return ["z", *self.look.names, *own, *["y"] * self.scene.labelled]

    def parse(self, name: str, value: str) -> SoftmaxInput:
        given = self.given
        match name:
            case "z":
                z = self._logits(value)
                last = len(z) - 1
                chosen, label = min(given.chosen, last), min(given.label, last)
                return replace(given, z=z, chosen=chosen, label=label)
            case "c":
                limits = f"c goes from {plain(-MOST_SHIFT)} to {plain(MOST_SHIFT)}"
                return replace(given, shift=_number(value, -MOST_SHIFT, MOST_SHIFT, limits))
            case "T":
                limits = f"T goes from {COLDEST} to {plain(HOTTEST)}: at 0 it would divide by 0"
                return replace(given, temperature=_number(value, COLDEST, HOTTEST, limits))
            case "y":
                return replace(given, label=_label(value, self.look.names))
        return _with_logit(given, NAMES.index(name), self._logit(value))

    def _logits(self, text: str) -> Numbers:
        if not (text.startswith("[") and text.endswith("]")):
            inside = _WRAPPED.sub(r"\1", text).strip("()[]{} ")
            parts = re.split(r"[,;\s]+", inside)
            raise NotANumber("the logits stand in brackets, as in z = [2, 1, 0]", _listed(parts))
        inside = text[1:-1].strip()
        parts = inside.split(",") if inside else []
        if not LEAST_CLASSES <= len(parts) <= len(NAMES):
            listed = _listed(re.split(r"[;\s]+", inside)) if len(parts) == 1 else ""
            message = f"{LEAST_CLASSES} to {len(NAMES)} logits are taken, and not {len(parts)}"
            raise NotANumber(message, listed)
        try:
            return tuple(self._logit(part) for part in parts)
        except NotANumber as error:
            likely = [part if is_number(part) else meant(part) for part in parts]
            raise NotANumber(str(error), _listed(likely) if all(likely) else "") from None

    def _logit(self, text: str) -> float:
        reach = self.scene.reach
        limits = f"a logit goes from {plain(-reach)} to {plain(reach)} here"
        if self.scene.name != "overflow":
            limits += "; the scene overflow goes further"
        return _number(text, -reach, reach, limits)


def _with_logit(given: SoftmaxInput, place: int, value: float) -> SoftmaxInput:
    z = (*given.z[:place], value, *given.z[place + 1 :])
    return replace(given, z=z, chosen=place)


def _number(text: str, low: float, high: float, limits: str) -> float:
    return within(number_in(text, "dog = 2 or z = [2, 1, 0]"), low, high, limits)


def _label(text: str, names: Sequence[str]) -> int:
    if text in names:
        return names.index(text)
    close = get_close_matches(text.lower(), names, n=1)
    likely = names[int(text)] if text in map(str, range(len(names))) else "".join(close)
    raise NotANumber(f"the label is one of {', '.join(names)}", likely)


def _listed(parts: Sequence[str]) -> str:
    """Return the numbers in brackets if there are several, else an empty text."""
    return f"[{', '.join(map(str.strip, parts))}]" if len(parts) > 1 else ""


def _bars(look: SoftmaxLook) -> str:
    order = sorted(range(len(look.z)), key=look.z.__getitem__, reverse=True)
    first, second = order[:2]
    gap = look.z[first] - look.z[second]
    if gap < 1e-6:
        return f"{_sharing(look)} share the lead: equal logits, equal probabilities."
    times = number(look.p[first] / look.p[second], 2) if look.p[second] else "∞"
    one, other = look.names[first], look.names[second]
    return (
        f"{one} leads {other} by {number(gap, 2)}, so it is e^{number(gap, 2)} = {times} times as "
        "likely. Only differences count. Raise one logit, and every other class loses."
    )


def _sharing(look: SoftmaxLook) -> str:
    """Return the names of the classes with the largest logit."""
    *names, last = (n for n, z in zip(look.names, look.z, strict=True) if z > max(look.z) - 1e-6)
    return f"{', '.join(names)} and {last}"


def _shift(look: SoftmaxLook) -> str:
    c = look.given.shift
    if c == 0:
        return "Add the same number to each logit with ← and →: which of the two pictures moves?"
    changed = "" if look.p == look.plain else " but for rounding"
    return (
        f"{plain(c)} was added to each logit, and no P has changed{changed}: the same factor eᶜ "
        "stands above and below the fraction. So the largest may be subtracted."
    )


def _temperature(look: SoftmaxLook) -> str:
    t, most = look.given.temperature, max(look.p)
    sure = look.names[look.p.index(most)]
    order = f"{sure} leads" if look.p.count(most) == 1 else f"{_sharing(look)} share the lead"
    if most > 0.999:
        return (
            f"T = {plain(t)}: as T nears 0, the largest logit takes all. {sure} has "
            f"P = {probability(most)}, which is nearly argmax."
        )
    if look.entropy > 0.99 * math.log(len(look.p)):
        return (
            f"T = {plain(t)}: as T grows without end, every class nears 1/{len(look.p)} = "
            f"{number(1 / len(look.p), 2)}, whatever its logit says."
        )
    return (
        f"T = {plain(t)}: below 1 the differences grow, above 1 they shrink. The order of the "
        f"classes stays: {order} at any T."
    )


def _cross_entropy(look: SoftmaxLook) -> str:
    name, p = look.names[look.given.label], look.p[look.given.label]
    if look.steps:
        times = "step" if look.steps == 1 else "steps"
        return (
            f"{look.steps} {times} against the gradient: {name} has P = {probability(p)} now. At a "
            "rate of 1 each step lifts the label's logit, and lowers each other one by its own P."
        )
    return (
        f"The label is {name}, with P = {number(p)}. The gradient is P − y: below 0 for the label, "
        "P for the others, 0 in all. s goes one step against it, space goes on."
    )


def _overflow(look: SoftmaxLook) -> str:
    fails = _formula_fails(look)
    lost = any(map(math.isinf, look.ways["ln(softmax)"]))
    if fails and lost:
        return (
            f"{fails} ln(softmax) has a P that is exactly 0, and ln 0 is −∞. log_softmax never "
            "computes either, and is right."
        )
    if fails:
        return f"{fails} softmax subtracts the largest z first, and log_softmax does too."
    if lost:
        return (
            "A P below 10⁻⁴⁵ has become exactly 0, and ln 0 is −∞: no gradient comes back from "
            "there. log_softmax never computes that P. Raise the largest logit above 88."
        )
    return (
        "All three agree, more or less. Raise the chosen logit with → or l, past 88, and watch "
        "the column at the right; then lower another one."
    )


def _formula_fails(look: SoftmaxLook) -> str:
    """Return why eᶻ/Σeᶻ, computed literally, gives nan or a wrong number; else an empty text."""
    formula, finished = look.ways["ln(eᶻ/Σeᶻ)"], look.ways["ln(softmax)"]
    if any(map(math.isnan, formula)):
        if max(look.z) < 0:
            return "In float32 each eᶻ is so small that it becomes 0, and 0/0 is not a number."
        return "eᶻ is beyond float32 from z = 88.73 on: it becomes ∞, and ∞/∞ is not a number."
    if all(map(math.isinf, formula)):
        return "The sum of all eᶻ is beyond float32: divided by ∞, each P is 0, and its ln is −∞."
    if any(math.isinf(f) and math.isfinite(p) for f, p in zip(formula, finished, strict=True)):
        return "In float32 e to the lowest z becomes 0 at once, and the ln of 0 is −∞."
    return ""


_DESCRIPTIONS = {
    "bars": _bars,
    "shift": _shift,
    "temperature": _temperature,
    "cross-entropy": _cross_entropy,
    "overflow": _overflow,
}


def describe(look: SoftmaxLook) -> str:
    """Return a description of the scene now, in a sentence or two."""
    return _DESCRIPTIONS[look.scene.name](look)


class SoftmaxLab(CurvesLab[SoftmaxState]):
    """The lab with five scenes of a few logits."""

    equations = staticmethod(equations)
    describe = staticmethod(describe)

    BINDINGS = [
        *keys(
            "softmax",
            [
                ("up,k", "choose(-1)", "go", "up", "The class above"),
                ("down,j", "choose(1)", "go", "down", "The class below"),
                ("left", "move(-1)", "go", "left", "A little down"),
                ("right", "move(1)", "go", "right", "A little up"),
                ("home", "end(-1)", "least", "home", "All the way down"),
                ("end", "end(1)", "most", "end", "All the way up"),
                ("space", "play", "play", "play", "Let it go on by itself, or hold"),
                ("s", "step", "step", "step", "One step against the gradient"),
                ("a", "label", "label", "label", "Another class as the label"),
            ],
        ),
        *shared_keys("softmax", TYPE),
        *keys(
            "softmax",
            [
                ("h,pageup,shift+left", "far(-1)", "far", "far-left", "Farther down"),
                ("l,pagedown,shift+right", "far(1)", "far", "far-right", "Farther up"),
            ],
        ),
        *tempo_keys("softmax"),
    ]

    def make_state(self, *, observed: bool = True) -> SoftmaxState:
        return SoftmaxState(self.presets.current.name, observed=observed)

    def can(self, action: str) -> bool | None:
        """Allow selecting a class only if one logit moves; labels and steps only with a loss."""
        if action == "choose":
            return self.state.scene.moves == "logit"
        return action not in ("label", "step") or self.state.scene.labelled

    def action_choose(self, direction: int) -> None:
        self.change(partial(self.state.choose, direction))

    def action_label(self) -> None:
        self.change(self.state.relabel)

    @property
    def progress(self) -> str:
        steps = f" · step {self.state.look.steps:,}" if self.state.scene.labelled else ""
        return f"{self.state.text}{steps}"

    @property
    def idle(self) -> str:
        if self.state.scene.labelled:
            return "s: one step · space: run"
        return f"{'↑ ↓ ' if self.state.scene.moves == 'logit' else ''}← → h l: move"

    def draw(self, width: int, height: int, style: ChartStyle) -> Canvas:
        from tui.charts.softmax import draw  # imports numpy

        return draw(self.state.look, width, height, style)
