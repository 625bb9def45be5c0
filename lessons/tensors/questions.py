"""Questions on shapes, broadcasting and shared memory; knows no torch and no screen."""

from __future__ import annotations

from lessons.lesson import Choice, Question

QUESTIONS = (
    Question(
        slug="list-index",
        text="x has the shape (8, 3). What is the shape of x[:, [-1]]?",
        choices=(
            Choice(
                text="(8,)",
                why="That is x[:, -1]. A single index takes its dimension away; here stands a "
                "list, with one index in it.",
            ),
            Choice(
                text="(1, 8)",
                why="The order of the dimensions stays as it is: a list picks, it does not "
                "transpose.",
            ),
            Choice(
                text="(8, 3)",
                why="Only one column was asked for, so the second dimension cannot keep its 3.",
            ),
            Choice(
                text="(8, 1)",
                why="Yes. A list keeps its dimension, with as many places as the list has "
                "entries: one.",
                right=True,
            ),
        ),
    ),
    Question(
        slug="lost-dimension",
        text="Predictions have the shape (4, 1), targets (4,). What is the mean of the squared "
        "differences?",
        choices=(
            Choice(
                text="An error: the shapes disagree.",
                why="They agree by broadcasting: aligned at the right, 1 meets 4, and the missing "
                "dimension counts as 1.",
            ),
            Choice(
                text="The mean of 16 differences, and no error.",
                why="Yes. Both are stretched to (4, 4): each prediction meets each target. The "
                "loss is wrong, and nothing says so.",
                right=True,
            ),
            Choice(
                text="The mean of 4 differences, as it was meant.",
                why="That needs equal shapes. Keep the targets in a column, x[:, [-1]], or take "
                "the 1 away from the predictions, with squeeze(1).",
            ),
        ),
    ),
    Question(
        slug="new-array",
        text="t = torch.from_numpy(a), and then a = a + 1. What does t hold?",
        choices=(
            Choice(
                text="The old numbers: a is another array now.",
                why="Yes. a + 1 makes a new array, and the name a moves to it. t stays in the old "
                "memory.",
                right=True,
            ),
            Choice(
                text="The new numbers: t shares the memory of a.",
                why="It shares the memory that a had at that moment. Only a += 1, which writes "
                "into this memory, would reach t.",
            ),
            Choice(
                text="Nothing any more: the old array is gone.",
                why="The name a is gone from it, but t still holds on to the memory, so it lives "
                "as long as t does.",
            ),
        ),
    ),
)
