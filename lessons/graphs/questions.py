"""Questions on static and dynamic graphs; knows no torch and no screen."""

from __future__ import annotations

from lessons.lesson import Choice, Question

QUESTIONS = (
    Question(
        slug="refused",
        text="Why can torch.fx not trace `branch`, which has an if on x.sum()?",
        choices=(
            Choice(
                text="It does not know the operation sum.",
                why="It does: `where` takes the same sum, and is traced without a complaint.",
            ),
            Choice(
                text="It traces with a Proxy, and that has no number to compare.",
                why="Yes. A comparison of a Proxy gives another Proxy, and `if` asks it whether it "
                "is true. Nobody knows before there is data.",
                right=True,
            ),
            Choice(
                text="The two sides of the if give different shapes.",
                why="They give the same shape. Tracing never came so far as to see either.",
            ),
            Choice(
                text="A function with two returns cannot be a graph.",
                why="`centre` has two as well, and is traced: only one of them is reached "
                "when it runs.",
            ),
        ),
    ),
    Question(
        slug="frozen",
        text="You trace `centre` while it is in training, then call eval(). The traced graph…",
        choices=(
            Choice(
                text="raises an error: the setting has changed.",
                why="That is what `loop` does for its count, an argument. A flag of the module is "
                "checked by nobody.",
            ),
            Choice(
                text="goes over to the other side of the if.",
                why="There is no if in the graph any more: tracing went through it once, and wrote "
                "down what was done.",
            ),
            Choice(
                text="does what it did in training, without a word.",
                why="Yes. Only the side that was taken while tracing is in the graph. Call eval() "
                "first, and trace then.",
                right=True,
            ),
            Choice(
                text="is traced again.",
                why="torch.compile would do that: its guard on self.training fails, and it "
                "compiles another graph. A traced graph has no guards.",
            ),
        ),
    ),
    Question(
        slug="faster",
        text="`smooth` compiled is some 6 times as fast on a million numbers. Why?",
        choices=(
            Choice(
                text="It works on more cores.",
                why="All three were measured on one core, so that they can be compared.",
            ),
            Choice(
                text="It leaves Python out.",
                why="Python's part is some 10 of 2,900 microseconds: the whole call on 4 numbers "
                "takes no longer.",
            ),
            Choice(
                text="It computes less exactly.",
                why="It computes in float32 as eager does, and the lab finds the answers equal.",
            ),
            Choice(
                text="It goes through memory once in place of eight times.",
                why="Yes. Eight operations one by one write and read a million numbers each "
                "time. Fused into one loop, each number is read once and written once.",
                right=True,
            ),
        ),
    ),
)
