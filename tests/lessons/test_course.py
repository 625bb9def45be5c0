"""Every lesson follows the rules, the rules detect errors, and code on pages runs."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any
from unittest.mock import Mock

import pytest

import tui.widgets
from lessons.catalog import COURSE, Chapter, Entry, entries, find
from lessons.check import broken_rules, faults, fenced, load
from lessons.lesson import Challenge, Choice, Control, Lesson, Preset, Question, parse_questions
from tests.course import WRITTEN
from tui.charts import CHARTS
from tui.course import all_faults, first_step, problem
from tui.labs import LABS, lab_class

SYMBOLS = set("μafzwbxyLnŷηΣPNBHWσc")
ENTRY = find("linear-regression")
GOOD: Any = ENTRY.load()


@pytest.mark.parametrize("slug", WRITTEN)
def test_every_lesson_keeps_every_rule(slug: str) -> None:
    assert all_faults(find(slug)) == []
    assert problem(find(slug)) == ""
    lesson = find(slug).load()
    name = lesson.presets[0].name
    with pytest.raises(ValueError, match=rf"did you mean .*{name}"):
        lesson.preset(name + "x")
    assert lesson.preset() is lesson.preset(name) is lesson.presets[0]


def test_the_course_is_complete_and_names_no_lesson_twice() -> None:
    slugs = [entry.slug for entry in entries()]
    assert len(slugs) == len(set(slugs))
    assert [entry.slug for entry in entries() if not entry.written] == []
    asked = [question for slug in WRITTEN for question in find(slug).load().questions]
    places = {[choice.right for choice in question.choices].index(True) for question in asked}
    assert len(places) >= 3  # the position of the right answer varies
    dependent = {control.name for control in GOOD.controls if control.only_with}
    assert dependent == {"points", "slope", "intercept", "noise", "low", "high"}  # the line's


def test_reading_the_course_imports_neither_torch_nor_numpy() -> None:
    script = """
import sys
from lessons.catalog import entries
for lesson in (entry.load() for entry in entries() if entry.written):
    assert lesson.concept and lesson.questions and lesson.preset()
print(sorted({"torch", "numpy", "textual", "rich"} & set(sys.modules)))
"""
    command = [sys.executable, "-c", script]
    assert subprocess.check_output(command, text=True).strip() == "[]"


def test_what_is_not_written_says_so(to_come: Entry) -> None:
    assert not to_come.written
    with pytest.raises(LookupError, match="to-come"):
        to_come.load()
    assert problem(to_come) == "not written yet"


def test_what_cannot_be_loaded_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Entry) -> Lesson:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(Entry, "load", fails)
    assert load(ENTRY) == (None, "lesson.py: ZeroDivisionError: by nothing")
    for lesson, fault in (
        (3, "LESSON is not a Lesson"),
        (replace(GOOD, charts="fit"), "charts must be a tuple of str: (a, b) or (a,)"),
        (replace(GOOD, presets=GOOD.presets[0]), "presets must be a tuple of Preset"),
        (replace(GOOD, controls=(1,)), "controls must be a tuple of Control"),
    ):
        monkeypatch.setattr(Entry, "load", lambda _, lesson=lesson: lesson)
        found, reason = load(ENTRY)
        assert found is None
        assert reason.startswith(f"lesson.py: {fault}")


def opening(**changes: Any) -> list[str]:
    return list(faults(ENTRY, replace(GOOD, **changes), LABS, CHARTS))


NOT_OPENED: list[tuple[dict[str, Any], str]] = [
    ({"slug": "linear"}, "slug = 'linear', but the catalog says 'linear-regression'"),
    ({"lab": "cellar"}, "lab = 'cellar'; there are: autograd"),
    ({"minutes": "5"}, "minutes = '5' must be a whole number"),
    ({"presets": ()}, "presets: there must be one"),
    ({"source": "engine.trainers.nothing"}, "there is no such module"),
    ({"source": "nothing.at.all"}, "there is no such module"),
    ({"trainer": "Linear"}, "trainer = 'Linear': linear_regression.py has no such class"),
    ({"charts": ()}, "charts: there must be one"),
    ({"charts": ("fit", "fitz")}, "charts: 'fitz'; there are: loss, fit"),
]


def test_why_a_lesson_cannot_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    assert opening() == []
    for changes, fault in NOT_OPENED:
        assert any(fault in one for one in opening(**changes)), (fault, opening(**changes))
    for error, expected in (
        (FileNotFoundError(2, "No such file"), "concept.md: No such file"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), "concept.md: 'utf-8'"),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(type(GOOD), "concept", property(Mock(side_effect=error)))
            (found,) = opening()
        assert found.startswith(expected)
    again = Chapter(6, "Again", (Entry(ENTRY.slug, "Linear again", "the same slug"),))
    monkeypatch.setattr("lessons.catalog.COURSE", (*COURSE, again))
    assert opening() == ["lessons/catalog.py: the slug 'linear-regression' is there twice"]


def challenges(**changes: Any) -> dict[str, Any]:
    first, *others = GOOD.challenges
    return {"challenges": (replace(first, **changes), *others)}


def controls(**changes: Any) -> dict[str, Any]:
    first, *others = GOOD.controls
    return {"controls": (replace(first, **changes), *others)}


def preset(*settings: Any, **more: Any) -> dict[str, Any]:
    """Return the change that adds a preset with these settings and other fields."""
    values = dict(zip(settings[::2], settings[1::2], strict=True))
    new = Preset("new", **{"title": "t", "settings": values, "predict_at": (1.0,), **more})
    return {"presets": (*GOOD.presets, new)}


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"title": "Lines"}, "title = 'Lines', but the catalog says 'Linear regression'"),
    ({"title": "Lines"}, "concept.md: the first line must be '# Lines'"),
    ({"presets": GOOD.presets[:1]}, "concept.md: there is no preset *momentum*"),
    ({"source": "engine.trainers.batches", "trainer": "Batches"}, "is not a line of batches.py"),
    ({"presets": GOOD.presets[:1] * 2}, "presets: 'six-points' is there 2 times"),
    (preset(title="t" * 41), "title is longer than 40"),
    (preset(pace=0), "preset 'new': pace = 0, but it must be from 1"),
    (preset(needs="mnis"), "needs: no data set 'mnis'; did you mean"),
    (preset(predict_at=()), "preset 'new': predict_at and Trainer.predict go together"),
    (preset("seed", -1), "seed = -1 is not allowed"),
    (preset("sead", 1), "did you mean seed?"),
    (preset("seed", 0), "seed = 0 is the default already"),
    (preset("seed", 99), "seed = 99 is not a value of its"),
    ({"presets": GOOD.presets[::-1]}, "the first preset must be the config's defaults"),
    ({"challenges": ()}, "challenges: 0, but the panel has room for 1 to 4"),
    ({"challenges": GOOD.challenges[:1] * 2}, "challenges: 'quick' is there 2 times"),
    (challenges(check=None), "it needs either check or question"),
    (challenges(question="floor"), "it needs either check or question"),
    (challenges(question="roof"), "questions.md has no such question"),
    (challenges(solution={}), "check and solution go together"),
    (challenges(solution={"rate": 1}), "solution: no setting 'rate'"),
    (challenges(solution={"momentum": -1}), "solution: momentum = -1 is not allowed"),
    (challenges(text="t" * 33), "text is longer than 32"),
    (challenges(hint="no sentence"), "hint must be sentences"),
    ({"pace": 0.5}, "pace = 0.5, but it must be from 1 to 1000"),
    ({"controls": GOOD.controls[1:]}, "controls: 'learning_rate' has no control"),
    ({"controls": GOOD.controls * 2}, "controls: 'momentum' is there 2 times"),
    (controls(name="rate"), "controls: 'rate' is no field of the config"),
    (controls(label="l" * 17), "label is longer than 16"),
    (controls(help="no sentence"), "help must be one sentence"),
    (controls(help="One. Two."), "help must be one sentence"),
    (controls(values=(0.1, 0.01)), "values must rise"),
    (controls(values=(0.1, 0.1)), "values must differ"),
    (controls(values=(1, 2)), "values: 1 must be a number"),
    (controls(values=(-1.0, 1.0)), "learning_rate = -1.0 is not allowed"),
    (controls(only_with=("cellar", 1)), "only_with names 'cellar', which is no control"),
    (controls(only_with=("data", "circle")), "only_with: data = 'circle' is not allowed"),
]
PAGES = [
    (("## Why", "## How"), "must start with '## Why'"),
    (("## The formula", "## Formulas"), "'## The formula' is missing"),
    ("\n" * 110, "but at most 110 are read"),
    ("```\n" + "x" * 65 + "\n```\n", "wider than 64 characters"),
    ("```\n", "a code block is not closed"),
    ("<br>", "'<br>' is not shown"),
    ("![](x.png)", "'![' is not shown"),
]
CHOICES = tuple(Choice(name, "because " * 6, right=name == "a") for name in "abc")
ASKED = [
    (CHOICES[:2], "2 answers, but there must be 3 or 4"),
    (CHOICES[1:] + CHOICES[1:], "exactly one answer must be right"),
    (CHOICES + CHOICES[1:2], "two answers are the same"),
    ((*CHOICES, Choice("d", "short")), "the answer 'd' needs a longer explanation"),
]


def test_which_rule_a_lesson_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**changes: Any) -> str:
        return "\n".join(broken_rules(ENTRY, replace(GOOD, **changes)))

    for changes, fault in BROKEN:
        assert fault in broken(**changes)
    good, questions = GOOD.concept, GOOD.questions
    for change, fault in PAGES:
        page = good.replace(*change, 1) if isinstance(change, tuple) else good + change
        with monkeypatch.context() as patched:
            patched.setattr(type(GOOD), "concept", property(lambda _, page=page: page))
            assert fault in broken()
    for choices, fault in ASKED:
        asked = (*questions, Question("new", "Why?", choices))
        monkeypatch.setattr(type(GOOD), "questions", property(lambda _, asked=asked: asked))
        assert f"question 'new': {fault}" in broken()


TRAINERS = """
from engine.trainers.linear_regression import LinearRegression, LinearRegressionConfig
from engine.trainer import Trainer

class NoTrainer:
    Config = LinearRegressionConfig

class NoSteps(Trainer):
    Config = LinearRegressionConfig

class Lives(LinearRegression):
    live = frozenset({"rate"})

class NoStart(LinearRegression):
    def __init__(self, config, device):
        1 / 0

class Stops(LinearRegression):
    def steps(self):
        yield 1 / 0

class Blind(LinearRegression):
    def picture(self):
        return 1 / 0

class Other(LinearRegression):
    def picture(self):
        return 3
"""
TRAINED = {
    "NoTrainer": "broken_trainers.py: NoTrainer is not a Trainer",
    "NoSteps": "broken_trainers.py: NoSteps lacks __init__, steps",
    "Lives": "broken_trainers.py: live and own: 'rate' is no field of the config",
    "NoStart": "broken_trainers.py: __init__: ZeroDivisionError: division by zero",
    "Stops": "broken_trainers.py: steps: ZeroDivisionError",
    "Blind": "broken_trainers.py: picture, equations and parameters: ZeroDivisionError",
    "Other": "lesson.py: charts: 'fit' draws nothing of a int",
    "class": "broken_trainers.py: SyntaxError: ",
}


def test_what_is_wrong_with_a_trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    for trainer, fault in TRAINED.items():
        broken = "class" if trainer == "class" else ""
        (tmp_path / "broken_trainers.py").write_text(TRAINERS + broken, encoding="utf-8")
        monkeypatch.delitem(sys.modules, "broken_trainers", raising=False)
        lesson = replace(GOOD, source="broken_trainers", trainer=trainer)
        found = [*broken_rules(ENTRY, lesson), *first_step(lesson)]
        assert any(one.startswith(fault) for one in found), found


def test_what_is_wrong_with_charts_checks_and_the_lab(monkeypatch: pytest.MonkeyPatch) -> None:
    found = list(first_step(replace(GOOD, charts=("fit", "weights"))))
    assert found == ["lesson.py: charts: 'weights' draws nothing of a LinePicture"]
    assert list(first_step(GOOD)) == []
    for check, fault in ((lambda _: 1 / 0, "ZeroDivisionError"), (bool, "it is met by the first")):
        (found,) = first_step(replace(GOOD, **challenges(check=check)))
        assert found.startswith(f"lesson.py: challenge 'quick': check: {fault}")
    monkeypatch.setattr(Entry, "load", lambda _: replace(GOOD, lab="softmax"))
    assert all_faults(ENTRY) == ["lesson.py: lab = 'softmax' is not a lab for a TrainingLesson"]


def test_questions_are_read_from_markdown() -> None:
    page = """# Questions

## first

Is this a text
of two lines?

- [ ] no
  > Because it is
  > explained here.
- [x] yes, and
      longer
  > Right.
"""
    (question,) = parse_questions(page)
    assert (question.slug, question.text) == ("first", "Is this a text of two lines?")
    no, yes = question.choices
    assert no == Choice("no", "Because it is explained here.", right=False)
    assert yes == Choice("yes, and longer", "Right.", right=True)
    for broken in ("## a\n\n- [x] b\n  > c\n", "## a\n\nText?\n", "## a\n\nText?\n\n- [x] b\n"):
        with pytest.raises(ValueError, match="the question 'a' needs a text, answers"):
            parse_questions(broken)
    assert Control("batch_size", (1,), "Help.").label == "batch size"
    assert Control("slope", (1,), "Help.", label="true slope").label == "true slope"
    assert Challenge("a", "b", "c.").solution == {}


@pytest.mark.parametrize("slug", WRITTEN)
def test_a_page_types_what_gives_what_it_shows_and_names_keys_that_exist(slug: str) -> None:
    lesson = find(slug).load()
    typed = "\n".join(line for language, line in fenced(lesson.concept) if language == "pycon")
    names = {"torch": import_module("torch"), "np": import_module("numpy")}
    examples = doctest.DocTestParser().get_doctest(typed, names, lesson.slug, None, 0)
    printed: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples, out=printed.append)
    assert not printed, "".join(printed)
    prose = re.sub(r"```.*?```", "", lesson.concept, flags=re.DOTALL)
    named = {word for word in re.findall(r"`([^`]+)`", prose) if len(word) == 1}
    named |= {word for word in ("space", "enter", "escape", "tab") if f"`{word}`" in prose}
    assert "2" in named
    assert named - SYMBOLS <= bound_keys(lesson)


def bound_keys(lesson: Lesson) -> set[str]:
    """Return the keys of the lab, the lesson and the app, as written on a page."""
    spelt = {"question_mark": "?", "left_square_bracket": "[", "right_square_bracket": "]"}
    widgets = [f"tui.widgets.{found.name}" for found in iter_modules(tui.widgets.__path__)]
    lab = lab_class(lesson.lab)
    labs = [owner.__module__ for owner in lab.__mro__ if owner.__module__.startswith("tui.labs.")]
    modules = ["tui.app", "tui.screens.lesson", *labs, *widgets]
    bindings = [
        binding
        for module in modules
        for owner in vars(import_module(module)).values()
        if isinstance(owner, type) and owner.__module__ == module
        for binding in vars(owner).get("BINDINGS", ())
    ]
    keys = {key for binding in bindings for key in binding.key.split(",")}
    return {spelt.get(key, key) for key in keys} | {"tab"}  # a key of Textual
