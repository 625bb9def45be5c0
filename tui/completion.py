"""How much of a lesson is done: shown in the course and by `dltui list`."""

from __future__ import annotations

from lessons.lesson import Lesson
from tui.progress import Done


def challenges_met(lesson: Lesson, done: Done) -> str:
    """How many of the lesson's challenges are met: `1/4`."""
    slugs = _challenges(lesson)
    return f"{len(done.challenges & slugs)}/{len(slugs)}"


def questions_answered(lesson: Lesson, done: Done) -> str:
    """How many of the lesson's questions have been answered right: `2/3`."""
    slugs = _questions(lesson)
    return f"{len(done.answers & slugs)}/{len(slugs)}"


def is_complete(lesson: Lesson, done: Done) -> bool:
    """Whether every challenge is met and every question has been answered right."""
    return _challenges(lesson) <= done.challenges and _questions(lesson) <= done.answers


def _challenges(lesson: Lesson) -> set[str]:
    return {challenge.slug for challenge in lesson.challenges}


def _questions(lesson: Lesson) -> set[str]:
    return {question.slug for question in lesson.questions}


def is_begun(done: Done) -> bool:
    """Whether the lesson was opened, or anything in it was done."""
    return done.opened or done.finished or bool(done.challenges or done.answers)
