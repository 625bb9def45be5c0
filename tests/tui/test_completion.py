"""The progress in a lesson, counted by hand."""

from __future__ import annotations

from lessons.catalog import find
from tui.progress import Done, challenges_met, is_begun, is_complete, questions_answered

LESSON = find("gradient-by-hand").load()
CHALLENGES = {"sign", "overshoot", "diverge", "dead-on"}
QUESTIONS = {question.slug for question in LESSON.questions}


def test_only_challenges_and_questions_that_the_lesson_has_are_counted() -> None:
    done = Done(challenges={"sign", "of an older version"}, answers={"sign", "no such question"})
    assert challenges_met(LESSON, done) == "1/4"
    assert questions_answered(LESSON, done) == "1/3"


def test_a_lesson_is_complete_with_every_challenge_and_every_question() -> None:
    assert is_complete(LESSON, Done(challenges=CHALLENGES, answers=QUESTIONS))
    assert not is_complete(LESSON, Done(finished=True, challenges=CHALLENGES))
    assert not is_complete(LESSON, Done(finished=True, answers=QUESTIONS))
    for one in CHALLENGES:
        assert not is_complete(LESSON, Done(challenges=CHALLENGES - {one}, answers=QUESTIONS))


def test_a_lesson_is_begun_by_anything_that_was_done() -> None:
    assert not is_begun(Done())
    for done in (Done(opened=True), Done(finished=True), Done(challenges={"sign"})):
        assert is_begun(done)
