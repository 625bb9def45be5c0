"""Reads the exercises: one Markdown file each, in the folder `exercises` of a lesson.

    # Title
    Kind: hole                    `hole`, `fault` (a bug to find) or `empty` (an empty file)
    Judged by: losses             or `values`: only what the probe yields counts
    Picture: line                 or `boundary`; may be left out
    Without: NAME, NAME           what the learner writes by hand; may be left out
    Reads: digits                 if `predict` can read the drawing sheet; may be left out

    The task in two sentences.

    ## Program                    the program with its gap between the lines `# gap` and `# end`;
                                  the task is added to the docstring of a hole, and a line of the
                                  gap that ends with `# replace this line` is a placeholder
    ## Solution                   what replaces the gap, or a whole program
    ## Correct: NAME              at least three other correct programs
    ## Mutant: NAME               a wrong program, with an explanation above its code;
                                  a line `Look: REGEX` names the line to look at
    ## Probe                      optional: code with a function `probe(program)`
    ## Hints                      three items of a list
    ## Question                   for a bug: answers like those in questions.md

A code block replaces the whole program if it begins with an import or a docstring at its left
edge, otherwise the gap; it is then indented like the line `# gap`. A block ```diff in the form

    - old line
    + new line

replaces lines of the solution instead; their indentation counts from that of the first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from textwrap import fill, indent

from engine.config import nearest
from engine.exercises.exercise import END, GAP, Answer, Exercise, Mutant
from lessons.catalog import entries
from lessons.lesson import parse_choices

BUG_HUNT = "bug-hunt"
"""The chapter of bugs to find; it has exercises and no lesson."""
BLOCK = re.compile(r"^```(python|diff)\n(.*?)^```\n?", re.MULTILINE | re.DOTALL)
SECTION = re.compile(r"Program|Solution|(Correct|Mutant): .+|Probe|Hints|Question")
CHANGE = re.compile(r"((?:^-(?: .*)?\n)+)((?:^\+(?: .*)?\n)*)", re.MULTILINE)
WHOLE = re.compile(r'(import |from |"""|r""")')
TASK_COLUMNS = 72
"""The width of the task in a program; the page Write shows about as many at 120 columns."""
PICTURES = ("", "line", "boundary")


@dataclass(frozen=True, slots=True)
class Template:
    """The program of an exercise file, cut at its gap."""

    before: str
    gap: str
    after: str
    margin: str
    """The indentation of the gap."""

    def filled(self, code: str) -> str:
        """Return the program with this code in the gap, or the code if it is a whole program."""
        if WHOLE.match(code):
            return code
        return self.before + indent(code, self.margin) + self.after

    @property
    def lines(self) -> tuple[int, int]:
        """The first line of the gap and the line after it, counted from 1."""
        start = self.before.count("\n") + 1
        return start, start + self.gap.count("\n")


def exercises(lesson: str) -> tuple[Exercise, ...]:
    """Return the exercises of a lesson or of the bug hunt, in order, without broken ones."""
    return _exercises(lesson)[0]


def broken_files(lesson: str) -> tuple[str, ...]:
    """Return what is wrong with files that break the format; the messages name file and section."""
    return _exercises(lesson)[1]


def all_exercises() -> tuple[Exercise, ...]:
    """Return every exercise of the course in order, the bug hunt last."""
    lessons = [*(entry.slug for entry in entries()), BUG_HUNT]
    return tuple(exercise for lesson in lessons for exercise in exercises(lesson))


def find(slug: str) -> Exercise:
    """Return the exercise with that name.

    Raises:
        ValueError: there is none of that name; the message suggests the nearest.
    """
    by_name = {exercise.slug: exercise for exercise in all_exercises()}
    if slug not in by_name:
        raise ValueError(f"no exercise {slug!r}; {nearest(slug, by_name)}")
    return by_name[slug]


@cache
def _exercises(lesson: str) -> tuple[tuple[Exercise, ...], tuple[str, ...]]:
    """Return the exercises in the folder of a lesson, and the errors in the other files."""
    folder = files("lessons") / lesson.replace("-", "_") / "exercises"
    found, errors = [], []
    names = sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []
    for name in names:
        if name.endswith(".md"):
            try:
                found.append(parse(lesson, name, (folder / name).read_text(encoding="utf-8")))
            except (OSError, ValueError) as error:
                errors.append(str(error))
    return tuple(found), tuple(errors)


def parse(lesson: str, file: str, text: str) -> Exercise:
    """Read an exercise from Markdown; the file is called `NUMBER-NAME.md`.

    Raises:
        ValueError: the text breaks the format.
    """
    try:
        return _parse(lesson, re.sub(r"^\d+-|\.md$", "", file), text)
    except (ValueError, LookupError) as error:
        folder = lesson.replace("-", "_")
        raise ValueError(f"lessons/{folder}/exercises/{file}: {error}") from error


def _parse(lesson: str, name: str, text: str) -> Exercise:
    head, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    title, _, task = head.removeprefix("# ").partition("\n")
    facts: dict[str, str] = {}
    while found := re.match(r"\s*(Kind|Judged by|Picture|Without|Reads): *(.+)\n", task):
        facts[found[1]] = found[2].strip()
        task = task[found.end() :]
    sections = [(heading.strip(), body) for heading, _, body in (p.partition("\n") for p in parts)]
    named = dict(sections)
    for heading in named:
        if not SECTION.fullmatch(heading):
            raise ValueError(f"there is no section '## {heading}'")
    if len(named) < len(sections):
        raise ValueError("two sections have the same heading")
    for heading in ("Program", "Solution", "Hints"):
        if heading not in named:
            raise ValueError(f"the section '## {heading}' is missing")
    kind = facts.get("Kind", "hole")
    if kind not in ("hole", "fault", "empty"):
        raise ValueError(f"Kind: {kind!r}; it must be hole, fault or empty")
    if not text.startswith("# ") or not title.strip():
        raise ValueError("the first line must be '# Title'")
    if not task.strip():
        raise ValueError("the task is missing above '## Program'")
    if facts.get("Judged by", "losses") not in ("losses", "values"):
        raise ValueError("Judged by: it must be losses or values")
    if facts.get("Picture", "") not in PICTURES:
        raise ValueError(f"Picture: it must be one of {', '.join(PICTURES[1:])}")
    program = _code(named["Program"], "Program")
    if kind == "hole":  # a program to repair says what it is for, an empty one everything
        program = with_task(program, " ".join(task.split()))
    template = _template(program)
    solution = template.filled(_code(named["Solution"], "Solution"))
    return Exercise(
        lesson=lesson,
        name=name,
        title=title.strip(),
        kind=kind,  # type: ignore[arg-type]
        task=" ".join(task.split()),
        given=template.filled(template.gap) if WHOLE.match(template.gap) else
        template.before + template.gap + template.after,
        gap=template.lines,
        solution=solution,
        correct=tuple(
            _variation(template, solution, body, heading)
            for heading, body in sections
            if heading.startswith("Correct:")
        ),
        mutants=tuple(
            _mutant(template, solution, body, heading)
            for heading, body in sections
            if heading.startswith("Mutant:")
        ),
        hints=_hints(named["Hints"]),
        probe=_code(named["Probe"], "Probe") if "Probe" in named else "",
        by_values=facts.get("Judged by") == "values",
        picture=facts.get("Picture", ""),
        without=tuple(re.findall(r"\w+", facts.get("Without", ""))),
        reads_digits=facts.get("Reads") == "digits",
        answers=_answers(named.get("Question", "")),
    )  # fmt: skip


def _code(section: str, heading: str) -> str:
    blocks = BLOCK.findall(section)
    if len(blocks) != 1:
        raise ValueError(f"'## {heading}' needs one block ```python, found {len(blocks)}")
    return str(blocks[0][1])


def with_task(program: str, task: str) -> str:
    """Return a program whose docstring ends with the task, for those who read it in an editor."""
    docstring, mark, rest = program.removeprefix('"""').partition('"""')
    if not mark or docstring == program:
        raise ValueError("'## Program' must begin with a docstring")
    text = fill(task.replace("`", ""), TASK_COLUMNS)
    return f'"""{docstring.rstrip()}\n\n{text}\n"""{rest}'


def _template(program: str) -> Template:
    lines = program.splitlines(keepends=True)
    marks = [i for i, line in enumerate(lines) if line.strip() in (GAP, END)]
    if [lines[i].strip() for i in marks] != [GAP, END]:
        raise ValueError(f"'## Program' needs one line {GAP!r} and one line {END!r} below it")
    start, end = marks
    margin = lines[start][: len(lines[start]) - len(lines[start].lstrip())]
    return Template(
        "".join(lines[:start]), "".join(lines[start + 1 : end]), "".join(lines[end + 1 :]), margin
    )


def _variation(template: Template, solution: str, section: str, heading: str) -> str:
    """Return the program of a section: a gap, a whole program, or changed lines of the solution."""
    code = _code(section, heading)
    if "```diff" not in section:
        if re.match(r"[-+]", code):
            raise ValueError(f"'## {heading}': changed lines need a block ```diff")
        return template.filled(code)
    if rest := CHANGE.sub("", code).strip():
        line = rest.partition("\n")[0]
        raise ValueError(f"'## {heading}': {line!r} is not a line '- old', or '+ new' below one")
    program = solution.splitlines(keepends=True)
    for change in CHANGE.finditer(code):
        old, new = (
            re.sub(r"^[-+] ?", "", part, flags=re.MULTILINE).splitlines(keepends=True)
            for part in change.groups()
        )
        program = _replaced(program, old, new, heading)
    return "".join(program)


def _replaced(program: list[str], old: list[str], new: list[str], heading: str) -> list[str]:
    """Replace lines in a program; their indentation counts from that of the first of them."""
    wanted = [line.strip() for line in old]
    stripped = [line.strip() for line in program]
    starts = range(len(program) - len(old) + 1)
    found = [i for i in starts if stripped[i : i + len(old)] == wanted]
    if len(found) != 1:
        times = f"{len(found)} times and not once"
        raise ValueError(f"'## {heading}': the solution has the line {wanted[0]!r} {times}")
    at = found[0]
    margin = re.match(r" *", program[at])[0]  # type: ignore[index]
    own = re.match(r" *", old[0])[0]  # type: ignore[index]
    lines = [margin + line.removeprefix(own) if line.strip() else line for line in new]
    return program[:at] + lines + program[at + len(old) :]


def _mutant(template: Template, solution: str, section: str, heading: str) -> Mutant:
    program = _variation(template, solution, section, heading)
    text = BLOCK.sub("", section)
    look = re.search(r"^Look: (.+)$", text, re.MULTILINE)
    explanation = " ".join(re.sub(r"^Look: .+$", "", text, flags=re.MULTILINE).split())
    if not explanation:
        raise ValueError(f"'## {heading}' needs an explanation above its code")
    try:
        re.compile(look[1] if look else "")
    except re.error as error:
        raise ValueError(f"'## {heading}': Look: is no regular expression: {error}") from None
    name = heading.partition(":")[2].strip()
    return Mutant(name, program, explanation, look[1] if look else "")


def _hints(section: str) -> tuple[str, str, str]:
    hints = re.split(r"^- ", section, flags=re.MULTILINE)[1:]
    if len(hints) != 3:
        raise ValueError(f"'## Hints' needs three items '- …', found {len(hints)}")
    first, second, third = (" ".join(hint.split()) for hint in hints)
    return first, second, third


def _answers(section: str) -> tuple[Answer, ...]:
    choices = parse_choices(section)[1]
    if section and not choices:
        raise ValueError("'## Question' needs answers '- [x] …' and '- [ ] …'")
    return tuple(Answer(choice.text, choice.why, choice.right) for choice in choices)
