"""The files of exercises: what a sample says, and the message for each rule that a file breaks."""

from __future__ import annotations

import re

import pytest

from engine.exercises.exercise import Answer, Exercise, Mutant
from lessons import exercises as module
from lessons.exercises import all_exercises, broken_files, find, parse, with_task
from lessons.exercises import exercises as exercises_of

SAMPLE = '''# A small sum
Kind: fault
Judged by: values
Picture: line

Add the numbers.
Use no loop.

## Program

```python
"""Adds."""

def train():
    total = 0
    for n in range(3):
        # gap
        # your turn: add
        pass
        # end
        yield total, [n]
```

## Solution

```python
total += n

total += 0
```

## Correct: at once

```python
total = total + n
```

## Correct: whole

```python
import math

def train():
    yield math.pi, []
```

## Correct: renamed

```diff
- total = 0
- for n in range(3):
+ total = 0.0
+ for n in [0, 1, 2]:
```

## Mutant: twice

It adds each
number twice.
Look: total \\+=

```diff
- total += n
+ if n:
+     total += n
+     total += n
- yield total, [n]
+ yield total, [n + 0]
```

## Mutant: nothing

It adds nothing.

```diff
- total += n
-
- total += 0
```

## Probe

```python
def probe(program):
    yield "n", 1
```

## Hints

- One
  line.
- Two.
- Three.

## Question

- [ ] Too many
  steps
  > No: there
  > are three.
- [x] A sum
  > Yes.
'''
BEFORE = '"""Adds."""\n\ndef train():\n    total = 0\n    for n in range(3):\n'
AFTER = "        yield total, [n]\n"
RENAMED = '"""Adds."""\n\ndef train():\n    total = 0.0\n    for n in [0, 1, 2]:\n'
SOLVED = "        total += n\n\n        total += 0\n"


def parsed(text: str) -> Exercise:
    return parse("gradient-by-hand", "2-small-sum.md", text)


def test_the_sample_says_what_it_says() -> None:
    twice = (
        "        if n:\n            total += n\n            total += n\n\n        total += 0\n"
        "        yield total, [n + 0]\n"
    )
    assert parsed(SAMPLE) == Exercise(
        lesson="gradient-by-hand",
        name="small-sum",
        title="A small sum",
        kind="fault",
        task="Add the numbers. Use no loop.",
        given=BEFORE + "        # your turn: add\n        pass\n" + AFTER,
        gap=(6, 8),
        solution=BEFORE + SOLVED + AFTER,
        correct=(
            BEFORE + "        total = total + n\n" + AFTER,
            "import math\n\ndef train():\n    yield math.pi, []\n",
            RENAMED + SOLVED + AFTER,
        ),
        mutants=(
            Mutant("twice", BEFORE + twice, "It adds each number twice.", r"total \+="),
            Mutant("nothing", BEFORE + AFTER, "It adds nothing."),
        ),
        hints=("One line.", "Two.", "Three."),
        probe='def probe(program):\n    yield "n", 1\n',
        by_values=True,
        picture="line",
        answers=(
            Answer("Too many steps", "No: there are three.", False),
            Answer("A sum", "Yes.", True),
        ),
    )
    exercise = parsed(SAMPLE)
    assert (exercise.slug, exercise.trains) == ("gradient-by-hand/small-sum", True)
    assert exercise.mutants[0].line(exercise.mutants[0].program) == 7
    assert exercise.mutants[1].line(exercise.solution) is None


def test_the_facts_may_be_left_out() -> None:
    facts = "Kind: fault\nJudged by: values\nPicture: line\n"
    exercise = parsed(SAMPLE.replace(facts, ""))
    assert (exercise.kind, exercise.by_values, exercise.picture) == ("hole", False, "")
    exercise = parsed(re.sub(r"## (Probe|Question)\n[^#]*", "", SAMPLE))
    assert (exercise.probe, exercise.answers) == ("", ())


def test_the_program_of_a_hole_names_the_task() -> None:
    hole, fault = parsed(SAMPLE.replace("Kind: fault\n", "")), parsed(SAMPLE)
    assert hole.given == fault.given.replace(
        '"""Adds."""', '"""Adds.\n\nAdd the numbers. Use no loop.\n"""'
    )
    assert hole.solution.startswith('"""Adds.\n\nAdd the numbers.')
    assert hole.gap == (9, 11)
    task = "Train `nn.Linear` on the points. " * 9
    docstring = with_task('"""Fits.\n"""\nx = 1\n', task).split('"""')[1]
    assert docstring.split() == ["Fits.", *task.replace("`", "").split()]
    assert max(map(len, docstring.splitlines())) <= 72
    with pytest.raises(ValueError, match="must begin with a docstring"):
        with_task("x = 1\n", task)


def test_an_empty_file_is_given_as_it_stands() -> None:
    program = SAMPLE.partition("```python\n")[2].partition("```")[0]
    text = SAMPLE.replace(program, '# gap\n"""Add."""\n\n# your turn\n# end\n')
    text = text.replace("total += n\n\ntotal += 0\n", '"""Add."""\n\nx = 1\n', 1)
    text = re.sub(r"## (Correct: renamed|Mutant: \w+)\n[^#]*", "", text)
    exercise = parsed(text.replace("Kind: fault", "Kind: empty"))
    assert exercise.kind == "empty"
    assert exercise.given == '"""Add."""\n\n# your turn\n'
    assert exercise.gap == (1, 4)
    assert exercise.solution == '"""Add."""\n\nx = 1\n'


PROGRAM = "'## Program' needs one line '# gap' and one line '# end' below it"
ERRORS = (
    ("# A small sum\n", "A small sum\n", "the first line must be '# Title'"),
    ("# A small sum\n", "# \n", "the first line must be '# Title'"),
    ("Add the numbers.\nUse no loop.\n", "", "the task is missing above '## Program'"),
    ("Kind: fault", "Kind: bug", "Kind: 'bug'; it must be hole, fault or empty"),
    ("by: values", "by: eye", "Judged by: it must be losses or values"),
    ("Picture: line", "Picture: cat", "Picture: it must be one of line, boundary"),
    ("## Program", "## Programs", "there is no section '## Programs'"),
    ("## Probe", "## Mutant:", "there is no section '## Mutant:'"),
    ("## Mutant: nothing", "## Mutant: twice", "two sections have the same heading"),
    ("## Hints\n\n", "## Hints", "there is no section '## Hints- One'"),
    ("        # gap\n", "", PROGRAM),
    ("        # end\n", "", PROGRAM),
    ("# gap\n        # your turn: add", "# end\n# gap", PROGRAM),
    ("```python\ntotal += n", "total += n", "'## Solution' needs one block ```python, found 0"),
    ("\n## Correct: whole\n", "", "'## Correct: at once' needs one block ```python, found 2"),
    ("```diff\n- total = 0", "```python\n- total = 0", "'## Correct: renamed': changed lines need"),
    ("+ for n in [", "for n in [", "'## Correct: renamed': 'for n in [0, 1, 2]:' is not a line"),
    ("- total = 0\n- for", "+ total = 0\n- for", "'+ total = 0' is not a line '- old', or '+ new'"),
    ("- total = 0\n", "- total = 7\n", "'## Correct: renamed': the solution has the line"),
    ("total += 0\n```", "total += n\n```", "'## Mutant: twice': the solution has the line "
     "'total += n' 2 times and not once"),
    ("It adds nothing.", "", "'## Mutant: nothing' needs an explanation above its code"),
    (r"Look: total \+=", "Look: total +=(", "'## Mutant: twice': Look: is no regular expression"),
    ("- Three.\n", "", "'## Hints' needs three items '- …', found 2"),
    ("- [ ] Too many", "Too many", None),
    ("- [", "- (", "'## Question' needs answers '- [x] …' and '- [ ] …'"),
)  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), ERRORS)
def test_a_broken_rule_is_named_with_file_and_section(
    old: str, new: str, message: str | None
) -> None:
    assert old in SAMPLE
    text = SAMPLE.replace(old, new)
    if message is None:
        assert len(parsed(text).answers) == 1
        return
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        parsed(text)
    assert str(caught.value).startswith("lessons/gradient_by_hand/exercises/2-small-sum.md: ")


@pytest.mark.parametrize("section", ["Program", "Solution", "Hints"])
def test_a_section_that_is_missing_is_named(section: str) -> None:
    text = re.sub(rf"## {section}\n.*?(?=## )", "", SAMPLE, flags=re.DOTALL)
    with pytest.raises(ValueError, match=f"the section '## {section}' is missing"):
        parsed(text)


def test_any_cut_file_is_parsed_or_refused() -> None:
    for end in range(0, len(SAMPLE), 7):
        message = ""
        try:
            parsed(SAMPLE[:end])
        except ValueError as error:
            message = str(error)
        assert not message or message.startswith("lessons/gradient_by_hand/exercises/2-small-sum")


def test_no_file_of_the_course_is_broken() -> None:
    lessons = [*(entry.slug for entry in module.entries()), module.BUG_HUNT]
    assert [error for lesson in lessons for error in broken_files(lesson)] == []


def test_an_exercise_is_found_by_its_slug_or_the_nearest_is_suggested() -> None:
    for exercise in all_exercises():
        assert find(exercise.slug) is exercise
    assert exercises_of("no-such-lesson") == ()
    with pytest.raises(ValueError, match="did you mean linear-regression/training-step"):
        find("linear-regression/trainingstep")
