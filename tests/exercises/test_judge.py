"""The judge, on records that are made by hand: the verdict and the first difference in words."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from engine.exercises.exercise import Exercise
from engine.exercises.judge import (
    Verdict,
    correct,
    judge,
    matches,
    matches_exactly,
    named,
    remarked,
    unknown,
    untouched,
)
from engine.exercises.record import EARLY, Failure, Record
from tests.exercises.small import mutant, small

NAN, INF = float("nan"), float("inf")


def training(count: int = 30, **changes: Any) -> Record:
    """Return the record of a training: loss n is 10/n, the parameter n, its gradient −n."""
    early = range(1, min(count, EARLY) + 1)
    record = Record(
        losses=tuple(10 / n for n in range(1, count + 1)),
        parameters=tuple((float(n),) for n in early),
        gradients=tuple((-float(n),) for n in early),
        last=(float(count),),
        graphs=tuple(3.0 for _ in early),
        steps=tuple(float(n) for n in early),
    )
    return replace(record, **changes)


def changed(numbers: tuple[Any, ...], at: int, to: Any) -> tuple[Any, ...]:
    """Return the numbers with one replaced; the first is number 1, like updates."""
    return (*numbers[: at - 1], to, *numbers[at:])


def said(record: Record, solution: Record | None = None, exercise: Exercise | None = None) -> str:
    """Return what is said about a wrong program that resembles no mutant."""
    exercise, solution = exercise or small(), solution or training()
    assert not correct(exercise, record, solution)
    assert judge(exercise, record, solution) is None
    verdict = unknown(exercise, record, solution)
    assert verdict.status == "wrong"
    return verdict.message


SAME = training()
VALUED = small(solution="w = 1\n")
"""An exercise without a training."""


def failed(kind: str, type_: str = "", message: str = "it did", **more: Any) -> Record:
    return training(3, failure=Failure(kind, type_, message, **more))


def test_equal_losses_are_correct_and_praised_with_their_number() -> None:
    verdict = judge(small(), training(2_000), training(2_000))
    assert verdict == Verdict(
        "solved", "Solved: 2,000 losses equal to the reference, the last 0.0050."
    )
    assert judge(VALUED, Record(), Record()) == Verdict("solved", "Solved.")


def test_rounding_is_no_difference() -> None:
    # The early losses agree to five digits, the last one to three; between them nothing counts.
    for seed in range(20):
        draw = random.Random(seed)
        early = (n * (1 + draw.uniform(-9e-6, 9e-6)) for n in SAME.losses[:EARLY])
        middle = (0.0,) * (len(SAME.losses) - EARLY - 1)
        last = SAME.losses[-1] * (1 + draw.uniform(-9e-4, 9e-4))
        assert correct(small(), replace(SAME, losses=(*early, *middle, last)), SAME)
    at = 7
    wrong = changed(SAME.losses, at, SAME.losses[at - 1] * (1 + 1e-4))
    assert not correct(small(), replace(SAME, losses=wrong), SAME)
    # A loss near 0 is compared on the scale of the first one: float32 has seven digits.
    zero = replace(SAME, losses=changed(SAME.losses, 5, 0.0))
    assert correct(small(), replace(zero, losses=changed(zero.losses, 5, 5e-7)), zero)
    assert not correct(small(), replace(zero, losses=changed(zero.losses, 5, 5e-6)), zero)


def test_a_failed_run_is_never_correct() -> None:
    assert not correct(small(), replace(SAME, failure=Failure("error", "E", "m")), SAME)


def test_the_first_loss_that_differs_is_named() -> None:
    text = said(replace(SAME, losses=changed(SAME.losses, 1, 12.5)))
    assert text.startswith("Update 1: your loss is 12.5000, expected 10.0000. It differs before")
    assert "the prediction or the loss" in text
    # A difference without any cause in gradients or parameters gets no guess.
    text = said(replace(SAME, losses=changed(SAME.losses, 4, 3.0)))
    assert text == "Update 4: your loss is 3.0000, expected 2.5000."


def test_the_gradient_is_named_if_it_differed_before_the_loss() -> None:
    losses = changed(SAME.losses, 4, 3.0)
    wrong = replace(SAME, losses=losses, gradients=changed(SAME.gradients, 3, (0.5,)))
    assert said(wrong).endswith("The gradient of update 3 is already different.")
    # Parameters come from gradients, so the gradient is to blame even if both differ.
    both = replace(wrong, parameters=changed(SAME.parameters, 3, (7.0,)))
    assert said(both).endswith("The gradient of update 3 is already different.")
    # Cleared gradients are unknown, and a gradient after the difference is no cause.
    cleared = replace(wrong, gradients=changed(SAME.gradients, 3, ()))
    late = replace(wrong, gradients=changed(SAME.gradients, 4, (0.5,)))
    assert "gradient" not in said(cleared) + said(late)


def test_gradients_that_add_up_are_noticed() -> None:
    losses = changed(SAME.losses, 3, 3.0)
    added = replace(SAME, losses=losses, gradients=changed(SAME.gradients, 2, (-1.0 - 2.0,)))
    assert said(added).endswith(
        "The gradient of update 2 is added to that of update 1: clear it once in each update."
    )
    other = replace(SAME, losses=losses, gradients=changed(SAME.gradients, 2, (-2.5,)))
    assert said(other).endswith("The gradient of update 2 is already different.")
    cleared = replace(SAME, gradients=((), *SAME.gradients[1:]))
    assert said(other, cleared).endswith("The gradient of update 2 is already different.")


def test_the_update_is_named_if_only_the_parameters_differed_before_the_loss() -> None:
    losses = changed(SAME.losses, 4, 3.0)
    wrong = replace(SAME, losses=losses, parameters=changed(SAME.parameters, 2, (2.5,)))
    assert "the parameters after update 2 are not: it is the gradient or the update" in said(wrong)
    # A model with another number of parameters cannot be compared.
    other = replace(wrong, parameters=tuple((*each, 0.0) for each in wrong.parameters))
    assert "parameters" not in said(other)


def test_a_loss_that_is_no_number_gets_other_advice() -> None:
    for wrong in (NAN, INF, -INF):
        text = said(replace(SAME, losses=changed(SAME.losses, 3, wrong)))
        assert text.startswith("The loss of update 3 is ")
        assert "division by 0" in text
    nan = replace(SAME, losses=changed(SAME.losses, 3, NAN))
    assert correct(small(), nan, nan)


def test_losses_that_are_left_out_are_noticed() -> None:
    text = said(training(1, losses=SAME.losses[-1:]))
    assert text.startswith("train() yields once and not 30 times, and this is the last loss: yield")
    assert "below the loop. Indent it" in text
    text = said(training(15, losses=SAME.losses[1::2]))
    assert text.startswith(
        "train() yields 15 times and not 30 times, and its first loss is that of"
    )
    assert "update 2: yield after each update" in text
    by_values = small(by_values=True)
    wanted = replace(SAME, values=(("updates", 30),))
    few = training(15, losses=SAME.losses[1::2], values=(("updates", 15),))
    assert said(few, wanted, by_values) == text
    # An error of the check is only its consequence.
    failing = replace(few, failure=Failure("error", "ValueError", "only 15"))
    assert unknown(small(), failing, SAME).message == text
    located = replace(few, failure=Failure("error", "ValueError", "no", 3, ((3, "train"),)))
    assert unknown(small(), located, SAME).message == "ValueError: no."
    # Other losses are no part of these.
    assert "Update 1" in said(training(15, losses=tuple(n + 0.5 for n in range(15))))
    assert "Update 1" in said(training(1, losses=(7.0,)))


def test_right_losses_of_other_parameters_are_noticed() -> None:
    negated = training(parameters=tuple((-n,) for (n,) in SAME.parameters), last=(-30.0,))
    assert "a sign in the model is turned around" in said(negated)
    late = training(parameters=((0.0,), *SAME.parameters[:-1]))  # yielded before the update
    assert correct(small(), late, SAME)
    flat = training(parameters=tuple((n, 0.0) for (n,) in SAME.parameters))
    assert correct(small(), flat, SAME)  # with another number of parameters nothing is compared
    pair = training(parameters=tuple((n, 0.0) for (n,) in SAME.parameters))
    assert correct(small(), training(parameters=tuple((0.0, n) for (n,) in SAME.parameters)), pair)


def test_a_model_in_place_of_the_loss_is_noticed() -> None:
    wanted = training(parameters=tuple((n * 1.5, 0.0) for n in range(1, EARLY + 1)))
    swapped = training(losses=tuple(n * 1.5 for n in range(1, 31)))
    assert said(swapped, wanted).endswith(
        "a number of the model: yield loss, model, in this order."
    )


def test_a_training_that_stands_still_is_told_why() -> None:
    still = training(losses=(10.0,) * 30, parameters=((1.0,),) * EARLY, last=(1.0,))
    none, never = ((),) * EARLY, (0.0,) * EARLY
    called = replace(still, backwards=still.steps)
    cases = (
        (called, "Does step() come after backward()"),
        (replace(called, gradients=none), "nothing cleared between them"),
        (replace(still, gradients=none, backwards=never), "because backward() is not called"),
        (replace(called, steps=never), "there are gradients, but they are not applied"),
        (replace(still, steps=never, gradients=none), "is the gradient computed, and the update"),
        (replace(still, parameters=none, last=()), "has no numbers: it must be the trained model"),
    )
    for record, words in cases:
        assert words in said(record)


def test_parameters_that_never_change_are_noticed() -> None:
    still = {"parameters": ((1.0,),) * EARLY, "last": (1.0,)}
    flat = said(training(losses=(10.0,) * 30, **still))
    assert flat.startswith("Update 2: your loss is 10.0000, expected 5.0000. The parameters never")
    # The same if the losses are right, which a list of numbers could be.
    short = said(training(3, parameters=((1.0,),) * 3, last=(1.0,)))
    assert short.startswith("The parameters never change")


def test_a_wrong_number_of_updates_is_counted() -> None:
    text = said(training(1_500), training(1_000))
    assert "train() yields 1,500 times and not 1,000" in text
    assert "train() yields 3 times and not 30" in said(training(3))


def test_a_difference_after_the_first_updates_is_called_a_later_one() -> None:
    text = said(replace(SAME, losses=(*SAME.losses[:-1], 0.5)))
    assert text == (
        "The first 20 losses are right, but the last is 0.5000 and not 0.3333: "
        "something changes later."
    )


def test_kept_graphs_are_noticed_only_if_the_solution_keeps_none() -> None:
    kept = training(graphs=tuple(map(float, range(EARLY))))
    assert "every update leaves a graph in memory" in said(kept)
    assert correct(small(), kept, kept)
    assert "keeps the losses as tensors. Keep loss.item()" in said(kept)
    total = training(operations=tuple(map(float, range(0, 40, 2))))
    assert "a sum of losses, keeps what it was computed from. Add up loss.item()" in said(total)
    assert correct(small(), SAME, kept)


def test_the_first_value_that_differs_is_named() -> None:
    tensor = {"shape": [2, 4], "dtype": "float32", "numbers": [0.5, 1, 2, 3, 4, 5, 6, 7]}
    number = {"shape": [], "dtype": "int64", "numbers": [3]}
    wanted = Record(values=(("the mean", 0.25), ("a tensor", tensor), ("it is fast", True)))

    def with_value(at: int, *value: object) -> str:
        return said(replace(wanted, values=changed(wanted.values, at, value)), wanted, VALUED)

    assert with_value(1, "the mean", 0.7) == "the mean: 0.7000, expected 0.2500."
    assert with_value(1, "another", 0.25) == "the mean: missing, expected 0.2500."
    assert with_value(2, "a tensor", number) == (
        "a tensor: an int64 tensor: 3, expected a float32 tensor of shape (2, 4): "
        "0.5000, 1, 2, 3, 4, 5, …."
    )
    assert with_value(2, "a tensor", [1, None, "x"]).startswith("a tensor: [1, None, x], expected")
    assert with_value(3, "it is fast", False) == "Not yet: it is fast."
    fewer = said(replace(wanted, values=wanted.values[:2]), wanted, VALUED)
    assert fewer == "it is fast: missing, expected True."


def test_losses_come_before_values() -> None:
    wanted = replace(SAME, values=(("a", 1),))
    wrong = replace(SAME, losses=changed(SAME.losses, 1, 12.5), values=(("a", 2),))
    assert said(wrong, wanted).startswith("Update 1")
    assert said(replace(SAME, values=(("a", 2),)), wanted) == "a: 2, expected 1."


def test_by_values_the_losses_do_not_count_but_the_model_must_move() -> None:
    by_values = small(by_values=True)
    wanted = replace(SAME, values=(("a", 1), ("b", 2)))
    other = training(50, losses=(1.0,) * 49 + (0.125,), values=wanted.values)
    verdict = judge(by_values, other, wanted)
    assert verdict == Verdict("solved", "Solved. The last loss is 0.1250.")
    assert said(replace(other, values=(("a", 1), ("b", 3))), wanted, by_values) == (
        "b: 3, expected 2."
    )
    near = replace(other, values=(("a", 1.0005), ("b", 3)))  # near enough by values
    assert said(near, wanted, by_values) == "b: 3, expected 2."
    still = replace(other, parameters=((1.0,),) * EARLY, last=(1.0,))
    assert said(still, wanted, by_values).startswith("The parameters never change")


def test_whatever_is_wrong_something_is_said() -> None:
    for seed in range(300):
        draw = random.Random(seed)
        exercise = draw.choice((small(), VALUED, small(by_values=True)))
        one, other = (random_record(draw) for _ in range(2))
        if not correct(exercise, one, other):
            assert unknown(exercise, one, other).message, (one, other)


def random_record(draw: random.Random) -> Record:
    """Return a record from few possibilities, so that two often agree in most respects."""
    count = draw.choice((0, 1, 10, 10, 10))
    early = range(1, count + 1)
    return Record(
        losses=tuple(float(n) for n in early),
        parameters=tuple((draw.choice((1.0, float(n))),) for n in early),
        last=(float(count),),
        graphs=tuple(draw.choice((0.0, float(n))) for n in early),
        values=tuple((label, draw.choice((1, 1, 1, 2))) for label in draw.choice(("", "a", "ab"))),
    )


def test_the_program_as_given_and_one_without_train_are_recognised() -> None:
    exercise = small(given="pass\nx = 2\n", gap=(2, 3))
    verdict = untouched(exercise, "\npass\nx = 2")
    assert verdict is not None
    assert (verdict.status, verdict.line) == ("wrong", 2)
    assert "as you got it" in verdict.message
    assert untouched(exercise, "pass\nx = 3\n") is None
    assert untouched(replace(exercise, kind="fault"), exercise.given) is None  # a bug is there
    assert "no function train()" in unknown(exercise, Record(), SAME).message


def test_a_number_that_is_a_multiple_of_the_expected_one_is_recognised() -> None:
    wanted = training(10)
    for factor, words in (
        (-1, "It has the wrong sign."),
        (2, "It is 2 times as large as expected."),
        (150, "It is 150 times as large as expected: is it a sum or a mean?"),
        (1 / 150, "Times 150 it would be right: is it a sum or a mean?"),
        (1.37, "so it is the data, the prediction or the loss."),
        (2.001, "so it is the data, the prediction or the loss."),
    ):
        got = replace(wanted, losses=tuple(factor * loss for loss in wanted.losses))
        assert unknown(small(), got, wanted).message.endswith(words)
    found, expected = (replace(wanted, values=(("slope", each),)) for each in (-4.0, 4.0))
    text = "slope: −4.0000, expected 4.0000. It has the wrong sign."
    assert unknown(small(), found, expected).message == text
    found = replace(wanted, values=(("slope", NAN),))
    assert "does an exponential overflow?" in unknown(small(), found, expected).message


def test_a_first_loss_that_differs_is_reported_with_the_number_of_losses() -> None:
    got = replace(training(20), losses=tuple(3.7 for _ in range(20)))
    message = unknown(small(), got, training(10)).message
    assert "train() also yields 20 times and not 10 times." in message


def test_a_placeholder_that_was_left_is_named() -> None:
    verdict, record = Verdict("wrong", "Update 1 differs."), training()
    program = "x = 1\nloss = 0.0  # replace this line\n"
    assert remarked(small(), verdict, "x = 1\n", record) is verdict
    text = "Update 1 differs. Line 2 is still the placeholder: your lines replace it."
    assert remarked(small(), verdict, program, record) == replace(verdict, message=text, line=2)
    assert remarked(small(), replace(verdict, line=1), program, record).line == 1
    solved = Verdict("solved", "Solved.")
    assert remarked(small(), solved, program, record) is solved


def test_errors_and_limits_are_explained_with_their_line() -> None:
    trace = ((9, "<module>"), (4, "train"))
    cases = {
        "closed": "Close only what the program has opened itself",
        "output": "Print less",
        "memory": "more than 2 GB",
        "exit": "remove the call",
        "killed": "ended without a message: it did",
    }
    for kind, words in cases.items():
        verdict = unknown(small(), failed(kind, line=4, trace=trace), SAME)
        assert (verdict.status, verdict.line, verdict.trace) == ("error", 4, trace)
        assert words in verdict.message
    verdict = unknown(small(), failed("error", "KeyError", "'a'\nmore", line=4), SAME)
    assert verdict.message == "KeyError: 'a'."
    assert unknown(small(), failed("error", "E", "m!"), SAME).message == "E: m!"
    late = judge(small(), failed("timeout", message="no end after 20 s", line=7), SAME)
    assert late is not None
    assert (late.status, late.line) == ("timeout", 7)
    assert late.message.startswith("Stopped: no end after 20 s. Line 7 was running. Does every")
    nowhere = judge(small(), failed("timeout"), SAME)
    assert nowhere is not None
    assert "Line" not in nowhere.message


def test_a_reference_that_failed_is_not_blamed_on_the_learner() -> None:
    broken = failed("killed", message="the process ended with exit code -9")
    for record in (SAME, broken):
        verdict = judge(small(), record, broken)
        assert verdict is not None
        assert verdict.status == "error"
        assert "The solution did not run" in verdict.message
        assert "exit code -9" in verdict.message


def test_a_mutant_matches_with_its_losses_graphs_values_and_parameters() -> None:
    assert matches(SAME, SAME, by_values=False)
    for different in (
        training(29),
        replace(SAME, losses=changed(SAME.losses, 2, 9.0)),
        replace(SAME, graphs=tuple(map(float, range(EARLY)))),
        replace(SAME, values=(("a", 1),)),
        replace(SAME, parameters=changed(SAME.parameters, 9, (1.0,))),
        failed("error"),
    ):
        assert not matches(different, SAME, by_values=False)
        assert not matches(SAME, different, by_values=False)
    # The order of the parameters is a matter of taste, and so is how they are divided.
    pair = replace(SAME, parameters=((1.0, 2.0),))
    assert matches(replace(SAME, parameters=((2.0, 1.0),)), pair, by_values=False)
    assert matches(replace(SAME, parameters=((1.0,),)), pair, by_values=False)


def test_a_mutant_by_values_matches_with_values_alone() -> None:
    valued = replace(SAME, values=(("a", 1),))
    assert matches(training(5, values=(("a", 1),)), valued, by_values=True)
    assert not matches(replace(SAME, values=(("a", 2),)), valued, by_values=True)
    assert not matches(training(5), SAME, by_values=True)  # there are none


def test_two_errors_match_if_they_differ_in_addresses_only() -> None:
    def fails(message: str, type_: str = "ValueError", **changes: Any) -> Record:
        return replace(training(3, failure=Failure("error", type_, message)), **changes)

    mutated = fails("size 3 at 0x7f, name 'a'")
    assert matches(fails("size 3 at 0xab, name 'a'"), mutated, by_values=False)
    assert not matches(fails("size 41 at 0x7f, name 'a'"), mutated, by_values=False)
    assert not matches(fails("size 3 at 0x7f, name 'b'"), mutated, by_values=False)
    assert not matches(fails("shape 3 at 0x7f, name 'a'"), mutated, by_values=False)
    assert not matches(fails("size 3 at 0x7f, name 'a'", "KeyError"), mutated, by_values=False)
    other = fails("size 3 at 0x7f, name 'a'", losses=(5.0,))
    assert not matches(other, mutated, by_values=False)
    assert matches(other, mutated, by_values=True)
    # An error before the first loss is not one after it.
    assert not matches(fails("size 3 at 0x7f, name 'a'", losses=()), mutated, by_values=False)


def test_errors_about_a_missing_gradient_match_if_it_is_that_of_the_same_tensor() -> None:
    def fails(code: str, message: str = "'float' and 'NoneType'") -> Record:
        return training(3, failure=Failure("error", "TypeError", message, 4, (), code))

    assert matches(fails("w -= rate * w.grad"), fails("w -= 0.1 * w.grad"), by_values=False)
    assert not matches(fails("b -= rate * b.grad"), fails("w -= rate * w.grad"), by_values=False)
    assert not matches(fails("w -= rate * gradient"), fails("w -= rate * w.grad"), by_values=False)
    assert matches(fails("a.grad", "other"), fails("b.grad", "other"), by_values=False)


def test_bugs_with_the_same_losses_are_told_apart_by_gradients_and_steps() -> None:
    assert matches_exactly(SAME, SAME)
    no_step = replace(SAME, steps=(0.0,) * EARLY)
    no_gradient = replace(SAME, gradients=((),) * EARLY)
    backward = replace(no_gradient, backwards=SAME.steps)
    assert matches(backward, no_gradient, by_values=False)
    assert not matches_exactly(backward, no_gradient)
    total = replace(SAME, operations=tuple(map(float, range(EARLY))))
    both = replace(total, graphs=tuple(map(float, range(EARLY))))
    for one, other in ((total, both), (both, total)):
        assert matches(one, other, by_values=False)
        assert not matches_exactly(one, other)
    for other in (no_step, no_gradient):
        assert matches(SAME, other, by_values=False)
        assert not matches_exactly(SAME, other)


def test_a_named_mutant_shows_its_line_or_that_of_the_error() -> None:
    program = "a = 1\nloss.backward()\nloss.backward()\n"
    verdict = named(mutant("twice", look=r"\.backward\("), program, SAME)
    assert verdict == Verdict("wrong", "It is twice.", "twice", 2)
    error = failed("error", line=3, trace=((3, "train"),))
    assert named(mutant("twice"), program, error) == Verdict(
        "error", "It is twice.", "twice", 3, ((3, "train"),)
    )
    assert named(mutant("twice", look=r"\.backward\("), program, error).line == 2
    assert named(mutant("twice", look="nowhere"), program, SAME).line is None


def test_the_line_to_look_at_is_below_the_imports() -> None:
    program = '"""It uses nn.Linear."""\n\nfrom torch import nn\n\nlayer = nn.Linear(1, 1)\n'
    assert mutant("layer", look=r"nn\.Linear|torch").line(program) == 5
    assert mutant("layer", look="from torch").line(program) is None
