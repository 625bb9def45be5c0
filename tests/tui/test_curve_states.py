"""The states of the probabilities and softmax labs: moving, typing, steps and descriptions."""

from __future__ import annotations

import math
import textwrap
from functools import partial
from typing import Any

import pytest

from engine.expression import Refused
from engine.probability_scenes import SCENES as LOGIT_SCENES
from engine.softmax_scenes import SCENES as LOGITS_SCENES
from tests.tui.curve_states import played
from tui.labs import probabilities, softmax
from tui.labs.curves import CurveState
from tui.labs.probabilities import ProbabilityState
from tui.labs.softmax import SoftmaxState

EVERY = [(ProbabilityState, name) for name in LOGIT_SCENES]
EVERY += [(SoftmaxState, name) for name in LOGITS_SCENES]


def to_the_end(state: CurveState) -> int:
    """Do all steps, and return their number."""
    return sum(iter(state.step, False))


def test_no_key_leads_beyond_the_ends_and_each_stride_counts() -> None:
    for kind, name in EVERY:
        state = kind(name)
        for direction in (-1, 1):
            state.end(direction)
            at = state.text
            assert not state.move(direction)
            assert not state.move(direction, large=True)
            assert state.text == at
            assert state.move(-direction)
        low, high = state.ends
        # Temperatures go from 10^(−26/20) to 10^(40/20), in steps of 1/20 of the exponent.
        strides = 66 if name == "temperature" else round((high - low) / state.scene.small)
        if strides <= 200:  # several scenes have as long a way as another
            state.end(-1)
            assert sum(iter(partial(state.move, 1), False)) == strides, name
            assert state.at == pytest.approx(high)


def test_an_arrow_goes_to_the_next_round_number() -> None:
    state = ProbabilityState("sigmoid")
    assert state.text == "z = 1"
    for strides, large, z in ((1, False, 1.1), (-1, False, 1.0), (-1, True, 0.0), (-1, True, -1.0)):
        assert state.move(strides, large=large)
        assert state.look.z == z
    for typed, strides, large, z in (("0.25", 1, False, 0.3), ("-0.25", -1, True, -1.0)):
        state.type(typed)
        state.move(strides, large=large)
        assert state.look.z == z


def test_what_the_arrows_move_in_each_scene() -> None:
    odds = ProbabilityState("odds")
    seen = [odds.text]
    for do in (lambda: odds.move(1), lambda: odds.move(1, large=True), lambda: odds.end(1)):
        do()
        seen.append(odds.text)
    assert seen == ["P = 0.5", "P = 0.51", "P = 0.6", "P = 0.99"]
    assert odds.look.odds == pytest.approx(99, rel=1e-5)

    bars = SoftmaxState("bars")
    assert bars.text == "cat = 2"
    bars.choose(1)
    bars.move(1)
    assert bars.given.z == (2.0, 1.1, 0.0, -1.0)
    bars.move(-1, large=True)
    assert bars.given.z == (2.0, 1.0, 0.0, -1.0)
    bars.choose(-2)
    assert bars.text == "hen = −1"  # the last one is before the first one

    shift = SoftmaxState("shift")
    for _ in range(5):
        shift.move(1, large=True)
    assert (shift.text, shift.look.z) == ("c = 5", (7, 6, 5, 4))
    assert shift.look.p == pytest.approx(shift.look.plain, abs=1e-6)

    heat = SoftmaxState("temperature")
    for strides, direction, large, text in ((20, 1, False, "T = 10"), (10, -1, True, "T = 0.1")):
        for _ in range(strides):
            heat.move(direction, large=large)
        assert heat.text == text


def test_labels_go_round_and_a_new_scene_begins_with_its_own() -> None:
    logit = ProbabilityState("cross-entropy")
    logit.flip()
    assert (logit.look.label, logit.look.z) == (0, -2.0)
    logit.use("gradients")
    assert logit.look.label == 1
    logits = SoftmaxState("cross-entropy")
    labels = []
    for _ in range(4):
        logits.relabel()
        labels.append(logits.given.label)
    assert labels == [2, 3, 0, 1]


# Typing.

TAKEN: list[tuple[type[Any], str, str, Any]] = [
    (ProbabilityState, "cross-entropy", "2", 2.0),
    (ProbabilityState, "cross-entropy", "z=2", 2.0),
    (ProbabilityState, "cross-entropy", " z = −2.5 ", -2.5),
    (ProbabilityState, "cross-entropy", "ｚ ＝ −１．５", -1.5),
    (ProbabilityState, "cross-entropy", "P = 0.9", math.log(9)),
    (ProbabilityState, "cross-entropy", "odds = 9", math.log(9)),
    (ProbabilityState, "cross-entropy", "1e-3", 0.001),
    (ProbabilityState, "odds", "0.75", math.log(3)),  # sets what the keys move
    (SoftmaxState, "bars", "dog = 3", (2.0, 3.0, 0.0, -1.0)),
    (SoftmaxState, "bars", "3", (3.0, 1.0, 0.0, -1.0)),
    (SoftmaxState, "bars", "z = [1, −2.5]", (1.0, -2.5)),
    (SoftmaxState, "bars", " z=[ 1,2 , 3,4,5 ] ", (1.0, 2.0, 3.0, 4.0, 5.0)),
    (SoftmaxState, "overflow", "cat = 500", (500.0, 20.0, 0.0, -40.0)),
]


def test_numbers_may_be_typed() -> None:
    for kind, scene, text, z in TAKEN:
        assert played(kind(scene), [text]).given.z == pytest.approx(z), text
    assert played(ProbabilityState("race"), ["y = 0", "rate = 5"]).given.label == 0
    assert played(SoftmaxState("temperature"), ["0.5"]).given.temperature == 0.5
    assert played(SoftmaxState("shift"), ["c = -10"]).given.shift == -10
    state = played(SoftmaxState("cross-entropy"), ["y = hen"])
    assert state.given.label == 3
    state.type("z = [1, 2]")  # there is no hen
    assert state.given.label == 1


REFUSED: dict[tuple[type[CurveState], str], dict[str, str]] = {
    (ProbabilityState, "sigmoid"): {
        "z = 100": "from −8 to 8 here; the scene saturation",
        "P = 1": "at 0 and 1 z is infinite",
        "odds = 0": "odds go from",
        "y = 1": "there are z, P, odds",
        "rate = 1": "there are z, P, odds",
    },
    (ProbabilityState, "saturation"): {"z = 1000": "from −120 to 120 here"},
    (ProbabilityState, "odds"): {"2": "at 0 and 1 z is infinite"},
    (ProbabilityState, "race"): {
        "rate = 0": "above 0 and at most 1,000",
        "rate = 1e9": "above 0 and at most 1,000",
    },
    (ProbabilityState, "cross-entropy"): {
        "y = 2": "a label is 0 or 1",
        "1e999": "z goes from",
        "z = \x1b[31m": "control character",
        **dict.fromkeys(["", "z =", "nan", "inf", "1_000", "z = 1; z"], "a number stands here"),
        "[red]3[/red]": "a number stands here",
    },
    (SoftmaxState, "bars"): {
        "dog = 11": "from −10 to 10 here; the scene overflow",
        "owl = 1": "there are z, cat, dog, fox, hen",
        "T = 1": "T is not to be set here",
        "y = cat": "y is not to be set here",
        "z = 1": "in brackets",
        "z = [ ]": "2 to 5 logits are taken, and not 0",
        "z = [1]": "2 to 5 logits are taken, and not 1",
        "z = [1, 2, 3, 4, 5, 6]": "and not 6",
        "dog = 1e999": "a logit goes from",
        "dog = \x1b[31m": "control character",
        **dict.fromkeys(["z = [1, x]", "z = [1,, 2]", "z = [nan, 1]", ""], "a number stands here"),
        "[red]3[/red]": "a number stands here",
    },
    (SoftmaxState, "overflow"): {"dog = 501": "from −500 to 500 here"},
    (SoftmaxState, "temperature"): {"T = 0": "it would divide by 0", "T = 1e9": "from 0.05 to 100"},
    (SoftmaxState, "shift"): {"c = 81": "from −80 to 80"},
    (SoftmaxState, "cross-entropy"): {"y = cow": "one of cat, dog, fox, hen"},
}


def refusal(state: CurveState, text: str) -> Refused:
    """Return the error that refuses the text; the state must not change."""
    before = state.look
    with pytest.raises(Refused) as refused:
        state.type(text)
    assert state.look is before
    assert 0 <= refused.value.start <= refused.value.end <= max(len(text), 1)
    return refused.value


def test_what_cannot_be_taken_changes_nothing_and_says_why() -> None:
    for (kind, scene), lines in REFUSED.items():
        for text, words in lines.items():
            assert words in str(refusal(kind(scene), text)), text


SLIPS: dict[tuple[type[CurveState], str], dict[str, str]] = {
    (ProbabilityState, "sigmoid"): {
        "p = 0.9": "P = 0.9",
        "prob = 0.5": "P = 0.5",
        "P: 0.9": "P = 0.9",
        "P == 0.9": "P = 0.9",
        "P 0.9": "P = 0.9",
        "z := 2": "z = 2",
        "P = 50%": "P = 0.5",
        "P=1/2": "P=0.5",
        "P = 0,9": "P = 0.9",
        "1/2": "0.5",
        "odds = 9/1": "odds = 9",
        **dict.fromkeys(["z = nan", "z = inf", "", "  ", "z[0] = 2", "P(y=1) = 0.9"], ""),
    },
    (ProbabilityState, "race"): {"lr = 2": "rate = 2", "learning_rate = 0,5": "rate = 0.5"},
    (SoftmaxState, "bars"): {
        "z = 2, 1, 0": "z = [2, 1, 0]",
        "z = (2, 1, 0)": "z = [2, 1, 0]",
        "z = [2 1 0]": "z = [2, 1, 0]",
        "z = [2; 1; 0]": "z = [2, 1, 0]",
        "z = [2, 1, 0": "z = [2, 1, 0]",
        "z = [1/2, 1, 0]": "z = [0.5, 1, 0]",
        "z = torch.tensor([2., 1., 0.])": "z = [2., 1., 0.]",
        "Dog = 2": "dog = 2",
        "DOG=1/2": "dog=0.5",
        "cat: 2": "cat = 2",
    },
    (SoftmaxState, "temperature"): {"temperature = 2": "T = 2"},
    (SoftmaxState, "cross-entropy"): {"y = 1": "y = dog", "label = Dog": "y = dog"},
}


def test_a_slip_is_refused_with_a_line_that_is_taken_if_one_is_meant() -> None:
    for (kind, scene), lines in SLIPS.items():
        for text, instead in lines.items():
            refused = refusal(kind(scene), text)
            assert refused.instead == instead, text
            assert str(refused).endswith(f": write {instead}") is bool(instead)
            if instead:
                kind(scene).type(instead)


# Steps.


def test_the_race_goes_by_steps_and_begins_anew_from_another_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(probabilities, "LAST", 100)
    state = ProbabilityState("race")

    def stands() -> tuple[float, float, int]:
        return state.look.z, state.look.race.rate, state.look.race.steps

    played(state, steps=7)
    assert stands() == (-6, 1, 7)  # the point is at its start
    state.move(1)
    assert stands() == (-5.9, 1, 0)
    state.step()
    state.type("rate = 5")
    assert stands() == (-5.9, 5, 0)
    state.reset()
    assert stands() == (-6, 1, 0)
    assert to_the_end(state) == probabilities.LAST
    assert state.ended
    state.rewind()
    assert stands() == (-6, 1, 0)


def test_elsewhere_a_step_is_a_stride_and_the_end_is_at_the_top() -> None:
    for state, one, least in (
        (ProbabilityState("sigmoid"), "z = 1.1", "z = −8"),
        (SoftmaxState("bars"), "cat = 2.1", "cat = −10"),
    ):
        assert state.step()
        assert state.text == one
        state.end(1)
        assert state.ended
        assert not state.step()
        state.rewind()
        assert state.text == least


def test_steps_against_the_gradient_count_and_end() -> None:
    state = SoftmaxState("cross-entropy")
    before = state.look.p[1]
    assert state.step()
    assert state.look.steps == 1
    assert state.look.p[1] > before
    state.move(1)
    assert state.look.steps == 0  # another start
    start = state.given.z
    assert 100 < to_the_end(state) == state.look.steps <= softmax.LAST
    assert state.ended
    assert state.look.p[1] > 0.99
    state.rewind()
    assert (state.look.steps, state.given.z) == (0, start)

    played(state, ["z = [1, 2, 3, 4, 5]", "y = owl"], steps=20)
    assert state.given.z != (1, 2, 3, 4, 5)
    state.rewind()
    assert (state.given.z, state.given.label) == ((1, 2, 3, 4, 5), 4)
    assert not state.ended


def test_a_step_leads_back_from_the_end_and_never_beyond_it() -> None:
    state = played(SoftmaxState("cross-entropy"), ["z = [10, -10, -10]"])
    assert state.step()  # the most confident wrong prediction still has a gradient
    assert state.given.z == pytest.approx((9, -9, -10), abs=1e-4)
    state.type("z = [-10, 10]")
    to_the_end(state)
    assert state.given.z == (-10, 10)


# Descriptions.


def of_logit(scene: str, *typed: str, steps: int = 0) -> str:
    state = played(ProbabilityState(scene), typed)
    for _ in range(steps - 1):
        state._race.step()  # without describing each one
    return probabilities.describe(played(state, steps=min(steps, 1)).look)


def of_logits(scene: str, *typed: str) -> str:
    return softmax.describe(played(SoftmaxState(scene), typed).look)


def test_a_half_is_neither_right_nor_wrong() -> None:
    for scene in ("cross-entropy", "gradients", "saturation"):
        for label in (0, 1):
            words = of_logit(scene, "z = 0", f"y = {label}").lower()
            assert "undecided" in words
            assert not words.startswith(("wrong", "right"))
            assert ": wrong" not in words


def test_the_race_is_described_as_it_went() -> None:
    both = "at step {} with cross-entropy, at step {} with squared error. {}"
    for start, steps, words in (
        (-6, 1, "Each logit follows"),
        (-6, 50, "still creeps"),
        (-6, 210, "is on its way"),
        (-6, 214, both.format(7, 214, "It was hardly")),
        (0, 1, both.format(1, 1, "Start farther")),
        (2, 5, "more than a half at the start"),
    ):
        assert words in of_logit("race", f"z = {start}", steps=steps)


def test_losses_that_differ_on_screen_are_not_called_the_same() -> None:
    assert "the same loss" in of_logit("saturation", "z = 10", "y = 0")
    assert "begin to part" in of_logit("saturation", "z = 16", "y = 0")  # 15.94 and 16


def test_what_overflows_is_described_by_its_own_reason() -> None:
    for z, words in (
        ("[60, 20, 0, -40]", "All three agree"),
        ("[100, 20]", "becomes ∞, and ∞/∞"),
        ("[100, -100]", "ln(softmax) has a P that is exactly 0"),
        ("[88, 88, 88]", "The sum of all eᶻ is beyond float32"),  # each is 1.65·10³⁸
        ("[-110, -110]", "0/0 is not a number"),
        ("[-50, -104]", "e to the lowest z becomes 0"),
        ("[0, -110]", "A P below 10⁻⁴⁵"),
    ):
        assert words in of_logits("overflow", f"z = {z}"), z


def test_all_that_share_the_lead_are_named() -> None:
    assert of_logits("bars", "z = [2, 1, 2, 2]").startswith("cat, fox and hen share the lead")
    assert "cat and dog share the lead at any T" in of_logits("temperature", "z = [2, 2, 1]")
    assert "hen leads at any T" in of_logits("temperature", "z = [2, 2, 1, 3]")


def test_what_rounding_changes_is_not_called_unchanged() -> None:
    state, seen = SoftmaxState("shift"), set()
    for tenth in range(1, 40):
        state.type(f"c = {tenth / 10}")
        same = state.look.p == state.look.plain
        assert ("but for rounding" in softmax.describe(state.look)) is not same
        (row,) = (e for e in softmax.equations(state.look) if "rounding" in e.formula)
        assert (row.result == "exactly 0") is same
        seen.add(same)
    assert seen == {True, False}


def test_there_is_room_for_every_word() -> None:
    for words in (
        of_logit("race", "z = -8", steps=1510),
        of_logit("race", "z = 0", steps=1),
        of_logit("race", "z = 8", steps=3),
        of_logit("saturation", "z = 16", "y = 0"),
        of_logit("gradients", "z = -8"),
        of_logits("overflow", "z = [500, -500, 0, 0, 0]"),
        of_logits("overflow", "z = [88, 88, 88]"),
        of_logits("shift", "c = -79.9"),
        of_logits("temperature", "z = [2, 2, 2, 2, 1]", "T = 0.158"),
    ):
        assert len(textwrap.wrap(words, 78)) <= 3, words
        assert len(textwrap.wrap(words, 118)) <= 2, words
