"""The progress in a lesson, counted by hand."""

from __future__ import annotations

from dataclasses import replace

from lessons.catalog import find
from lessons.exercises import exercises
from tui.progress import Done, counts, has_earned, hints_read, is_begun, total

LESSON = find("gradient-by-hand").load()
CHALLENGES = {"sign", "overshoot", "diverge", "dead-on"}
QUESTIONS = {question.slug for question in LESSON.questions}
EXERCISES = {exercise.name for exercise in exercises("gradient-by-hand")}


def test_only_what_the_lesson_has_is_counted() -> None:
    done = Done(
        challenges={"sign", "of an older version"},
        answers={"sign", "no such question"},
        exercises={"gradient", "of a later version"},
    )
    shown = [f"{count} {count.kind}" for count in counts(LESSON.slug, LESSON, done)]
    assert shown == ["1/4 challenges", "1/3 questions", f"1/{len(EXERCISES)} exercises"]
    assert str(total(counts(LESSON.slug, LESSON, done))) == f"3/{7 + len(EXERCISES)}"
    assert [str(count) for count in counts(LESSON.slug, None, done)] == [f"1/{len(EXERCISES)}"]


def test_a_lesson_is_complete_with_every_challenge_question_and_exercise() -> None:
    assert len(EXERCISES) >= 2
    everything = Done(challenges=CHALLENGES, answers=QUESTIONS, exercises=EXERCISES)
    count = 7 + len(EXERCISES)

    def done(**less: set[str]) -> int:
        return total(counts(LESSON.slug, LESSON, replace(everything, **less))).done

    assert done() == count
    for kind, names in (
        ("challenges", CHALLENGES), ("answers", QUESTIONS), ("exercises", EXERCISES),
    ):  # fmt: skip
        for one in names:
            assert done(**{kind: names - {one}}) == count - 1


def test_a_lesson_is_begun_by_anything_that_was_done() -> None:
    assert not is_begun(Done())
    for done in (
        Done(opened=True), Done(finished=True), Done(challenges={"sign"}), Done(answers={"sign"}),
        Done(exercises={"gradient"}), Done(hints={"gradient/1"}),
    ):  # fmt: skip
        assert is_begun(done)


def test_a_solution_is_earned_by_solving_or_by_reading_the_three_hints() -> None:
    hints = {"gradient/1", "gradient/2", "gradient-2/1", "gradient-2/2", "other/gradient/3"}
    done = Done(hints=hints)
    assert hints_read(done, "gradient") == 2
    assert not has_earned(done, "gradient")
    assert has_earned(Done(hints={*hints, "gradient/3"}), "gradient")
    assert has_earned(Done(exercises={"gradient"}), "gradient")
    assert not has_earned(Done(exercises={"gradient"}), "gradient-2")
