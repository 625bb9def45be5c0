"""Questions on parameters and the shape of the loss; knows no training and no screen."""

from __future__ import annotations

from lessons.lesson import Choice, Question

QUESTIONS = (
    Question(
        slug="registered",
        text="self.w = torch.randn(1, 1) instead of nn.Parameter(torch.randn(1, 1)): what now?",
        choices=(
            Choice(
                text="Nothing changes: an attribute of a module is trained anyway.",
                why="Only nn.Parameter is registered. A plain tensor is an attribute like any "
                "other: it is missing from parameters(), and it has no requires_grad.",
            ),
            Choice(
                text="The optimizer never sees w, and w never moves.",
                why="Yes: model.parameters() lists only what was registered. b would learn "
                "alone, and no error would tell you.",
                right=True,
            ),
            Choice(
                text="backward() raises an error.",
                why="Not while b still requires a gradient: the loss depends on it, so backward() "
                "works, and w is quietly left out.",
            ),
        ),
    ),
    Question(
        slug="crawl",
        text="b moves 0.6 in the first 40 steps and needs some 8,700 to arrive. Why so slow?",
        choices=(
            Choice(
                text="The optimizer gives b a smaller learning rate.",
                why="Both have the same rate. What differs is how steep the loss is in their "
                "directions.",
            ),
            Choice(
                text="b starts farther from its goal, and that is all.",
                why="It does start far away, but distance alone costs little: in the steep "
                "direction a hundred times the distance takes some fifty steps more.",
            ),
            Choice(
                text="The bowl is steep across and nearly flat along its floor.",
                why="Yes: the curvatures are 84.54 and 0.79. The steep one limits the rate "
                "for both, and at such a rate the flat direction is walked slowly.",
                right=True,
            ),
        ),
    ),
    Question(
        slug="true-line",
        text="At the end w and b are not exactly 3 and 10. Why?",
        choices=(
            Choice(
                text="The training stopped too early.",
                why="After 20,000 steps w and b are within 0.001 of the least-squares line. "
                "Where more steps help at all, they lead to that line, not to 3 and 10.",
            ),
            Choice(
                text="The noise moved the points, and the best line through them moved along.",
                why="Yes: the loss knows only the points. The least-squares line of this sample "
                "is 2.99981·x + 10.03809; another seed has another.",
                right=True,
            ),
            Choice(
                text="Floats have too few digits.",
                why="float32 has about seven, enough to tell 10.038 from 10. The difference "
                "is in the data.",
            ),
        ),
    ),
)
