"""What a scene of softmax shows at this moment, in a sentence or two; knows no widget."""

from __future__ import annotations

import math

from engine.equations import number, plain
from engine.softmax.equations import probability, undecided
from engine.softmax.look import Look


def said(look: Look) -> str:
    """What there is to see."""
    return _SCENES[look.scene.name](look)


def _bars(look: Look) -> str:
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


def _sharing(look: Look) -> str:
    """The classes with the largest logit, by their names."""
    *names, last = (n for n, z in zip(look.names, look.z, strict=True) if z > max(look.z) - 1e-6)
    return f"{', '.join(names)} and {last}"


def _shift(look: Look) -> str:
    c = look.given.shift
    if c == 0:
        return "Add the same number to each logit with ← and →: which of the two pictures moves?"
    changed = "" if look.p == look.plain else " but for rounding"
    return (
        f"{plain(c)} was added to each logit, and no P has changed{changed}: the same factor eᶜ "
        "stands above and below the fraction. So the largest may be subtracted."
    )


def _temperature(look: Look) -> str:
    t, most = look.given.temperature, max(look.p)
    sure = look.names[look.p.index(most)]
    order = f"{sure} leads" if look.p.count(most) == 1 else f"{_sharing(look)} share the lead"
    if most > 0.999:
        return (
            f"T = {plain(t)}: as T nears 0, the largest logit takes all. {sure} has "
            f"P = {probability(most)}, which is nearly argmax."
        )
    if undecided(look) > 0.99 * math.log(len(look.p)):
        return (
            f"T = {plain(t)}: as T grows without end, every class nears 1/{len(look.p)} = "
            f"{number(1 / len(look.p), 2)}, whatever its logit says."
        )
    return (
        f"T = {plain(t)}: below 1 the differences grow, above 1 they shrink. The order of the "
        f"classes stays: {order} at any T."
    )


def _cross_entropy(look: Look) -> str:
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


def _overflow(look: Look) -> str:
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


def _formula_fails(look: Look) -> str:
    """Why eᶻ/Σeᶻ, just as it is written, gives no number or none that is true; else nothing."""
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


_SCENES = {
    "bars": _bars,
    "shift": _shift,
    "temperature": _temperature,
    "cross-entropy": _cross_entropy,
    "overflow": _overflow,
}
