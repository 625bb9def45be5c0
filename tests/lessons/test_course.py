"""Every lesson keeps the rules for one, the rules catch what is wrong, and pages run."""

from __future__ import annotations

import doctest
import re
import sys
from collections.abc import Callable
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


@pytest.fixture(params=WRITTEN)
def lesson(request: pytest.FixtureRequest) -> Lesson:
    return find(request.param).load()


@pytest.mark.parametrize("slug", WRITTEN)
def test_every_lesson_keeps_every_rule(slug: str) -> None:
    assert all_faults(find(slug)) == []
    assert problem(find(slug)) == ""


def test_the_course_is_complete_and_names_no_lesson_twice() -> None:
    slugs = [entry.slug for entry in entries()]
    assert len(slugs) == len(set(slugs))
    assert [entry.slug for entry in entries() if not entry.written] == []


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


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"slug": "linear"}, "slug = 'linear', but the catalog says 'linear-regression'"),
        ({"lab": "cellar"}, "lab = 'cellar'; there are: autograd"),
        ({"minutes": "5"}, "minutes = '5' must be a whole number"),
        ({"presets": ()}, "presets: there must be one"),
        ({"source": "engine.trainers.nothing"}, "there is no such module"),
        ({"source": "nothing.at.all"}, "there is no such module"),
        ({"trainer": "Linear"}, "trainer = 'Linear': linear_regression.py has no such class"),
        ({"charts": ()}, "charts: there must be one"),
        ({"charts": ("fit", "fitz")}, "charts: 'fitz'; there are: loss, fit"),
    ],
)
def test_why_a_lesson_cannot_be_opened(changes: dict[str, Any], fault: str) -> None:
    assert list(faults(ENTRY, GOOD, LABS, CHARTS)) == []
    found = list(faults(ENTRY, replace(GOOD, **changes), LABS, CHARTS))
    assert any(fault in one for one in found), found


def test_the_page_must_be_there_and_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    for error, said in (
        (FileNotFoundError(2, "No such file"), "concept.md: No such file"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), "concept.md: 'utf-8'"),
    ):
        page = Mock(side_effect=error)
        monkeypatch.setattr(type(GOOD), "concept", property(page))
        (found,) = faults(ENTRY, GOOD, LABS, CHARTS)
        assert found.startswith(said)


def test_a_slug_that_is_there_twice_is_broken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    again = Chapter(6, "Again", (Entry(ENTRY.slug, "Linear again", "the same slug"),))
    monkeypatch.setattr("lessons.catalog.COURSE", (*COURSE, again))
    found = list(faults(ENTRY, GOOD, LABS, CHARTS))
    assert found == ["lessons/catalog.py: the slug 'linear-regression' is there twice"]


def challenges(**changes: Any) -> dict[str, Any]:
    first, *others = GOOD.challenges
    return {"challenges": (replace(first, **changes), *others)}


def controls(**changes: Any) -> dict[str, Any]:
    first, *others = GOOD.controls
    return {"controls": (replace(first, **changes), *others)}


def presets(*more: Preset) -> dict[str, Any]:
    return {"presets": (*GOOD.presets, *more)}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"title": "Lines"}, "title = 'Lines', but the catalog says 'Linear regression'"),
        ({"title": "Lines"}, "concept.md: the first line must be '# Lines'"),
        ({"presets": GOOD.presets[:1]}, "concept.md: there is no preset *momentum*"),
        (
            {"source": "engine.trainers.batches", "trainer": "Batches"},
            "is not a line of batches.py",
        ),
        (presets(GOOD.presets[0]), "presets: 'six-points' is there 2 times"),
        (presets(Preset("new", "t" * 41, predict_at=(1.0,))), "title is longer than 40"),
        (presets(Preset("new", "t", pace=0)), "preset 'new': pace = 0, but it must be from 1"),
        (presets(Preset("new", "t", needs="mnis")), "needs: no data set 'mnis'; did you mean"),
        (presets(Preset("new", "t")), "preset 'new': predict_at and Trainer.predict go together"),
        (presets(Preset("new", "t", {"seed": -1}, (1.0,))), "seed = -1 is not allowed"),
        (presets(Preset("new", "t", {"sead": 1}, (1.0,))), "did you mean seed?"),
        (presets(Preset("new", "t", {"seed": 0}, (1.0,))), "seed = 0 is the default already"),
        (presets(Preset("new", "t", {"seed": 99}, (1.0,))), "seed = 99 is not a value of its"),
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
    ],
)
def test_which_rule_a_lesson_breaks(changes: dict[str, Any], fault: str) -> None:
    found = list(broken_rules(ENTRY, replace(GOOD, **changes)))
    assert any(fault in one for one in found), found


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


@pytest.mark.parametrize(
    ("trainer", "fault"),
    [
        ("NoTrainer", "broken_trainers.py: NoTrainer is not a Trainer"),
        ("NoSteps", "broken_trainers.py: NoSteps lacks __init__, steps"),
        ("Lives", "broken_trainers.py: live and own: 'rate' is no field of the config"),
        ("NoStart", "broken_trainers.py: __init__: ZeroDivisionError: division by zero"),
        ("Stops", "broken_trainers.py: steps: ZeroDivisionError"),
        ("Blind", "broken_trainers.py: picture, equations and parameters: ZeroDivisionError"),
        ("Other", "lesson.py: charts: 'fit' draws nothing of a int"),
        ("class", "broken_trainers.py: SyntaxError: "),
    ],
)
def test_what_is_wrong_with_a_trainer(
    trainer: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = "class" if trainer == "class" else ""
    (tmp_path / "broken_trainers.py").write_text(TRAINERS + broken, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "broken_trainers", raising=False)
    lesson = replace(GOOD, source="broken_trainers", trainer=trainer)
    found = [*broken_rules(ENTRY, lesson), *first_step(lesson)]
    assert any(one.startswith(fault) for one in found), found


def test_a_chart_of_another_picture_is_named() -> None:
    found = list(first_step(replace(GOOD, charts=("fit", "weights"))))
    assert found == ["lesson.py: charts: 'weights' draws nothing of a LinePicture"]


def test_a_check_that_fails_or_is_met_at_once_is_named() -> None:
    assert list(first_step(GOOD)) == []
    for check, fault in ((lambda _: 1 / 0, "ZeroDivisionError"), (bool, "it is met by the first")):
        (found,) = first_step(replace(GOOD, **challenges(check=check)))
        assert found.startswith(f"lesson.py: challenge 'quick': check: {fault}")


def test_a_training_needs_the_lab_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Entry, "load", lambda _: replace(GOOD, lab="softmax"))
    assert all_faults(ENTRY) == ["lesson.py: lab = 'softmax' is not a lab for a TrainingLesson"]


CHOICES = tuple(Choice(name, "because " * 6, right=name == "a") for name in "abc")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda page: page.replace("## Why", "## How", 1), "must start with '## Why'"),
        (lambda page: page.replace("## The formula", "## Formulas"), "'## The formula' is missing"),
        (lambda page: page + "\n" * 110, "but at most 110 are read"),
        (lambda page: page + "```\n" + "x" * 65 + "\n```\n", "wider than 64 characters"),
        (lambda page: page + "```\n", "a code block is not closed"),
        (lambda page: page + "<br>", "'<br>' is not shown"),
        (lambda page: page + "![](x.png)", "'![' is not shown"),
    ],
)
def test_which_rule_a_page_breaks(
    change: Callable[[str], str], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = change(GOOD.concept)
    monkeypatch.setattr(type(GOOD), "concept", property(lambda _: page))
    found = list(broken_rules(ENTRY, GOOD))
    assert any(fault in one for one in found), found


@pytest.mark.parametrize(
    ("choices", "fault"),
    [
        (CHOICES[:2], "2 answers, but there must be 3 or 4"),
        (CHOICES[1:] + CHOICES[1:], "exactly one answer must be right"),
        (CHOICES + CHOICES[1:2], "two answers are the same"),
        ((*CHOICES, Choice("d", "short")), "the answer 'd' needs a longer explanation"),
    ],
)
def test_which_rule_a_question_breaks(
    choices: tuple[Choice, ...], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = (*GOOD.questions, Question("new", "Why?", choices))
    monkeypatch.setattr(type(GOOD), "questions", property(lambda _: asked))
    found = list(broken_rules(ENTRY, GOOD))
    assert any(f"question 'new': {fault}" in one for one in found), found


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


def test_a_label_is_the_name_unless_it_is_another() -> None:
    assert Control("batch_size", (1,), "Help.").label == "batch size"
    assert Control("slope", (1,), "Help.", label="true slope").label == "true slope"
    assert Challenge("a", "b", "c.").solution == {}


def test_an_unknown_preset_offers_the_nearest(lesson: Lesson) -> None:
    name = lesson.presets[0].name
    with pytest.raises(ValueError, match=rf"did you mean .*{name}"):
        lesson.preset(name + "x")
    assert lesson.preset() is lesson.preset(name) is lesson.presets[0]


def test_only_the_line_has_a_slope_to_turn() -> None:
    dependent = {control.name for control in GOOD.controls if control.only_with}
    assert dependent == {"points", "slope", "intercept", "noise", "low", "high"}


def test_the_right_answer_is_not_always_in_one_place() -> None:
    asked = [question for slug in WRITTEN for question in find(slug).load().questions]
    places = {[choice.right for choice in question.choices].index(True) for question in asked}
    assert len(places) >= 3


def test_what_a_page_types_gives_what_it_shows(lesson: Lesson) -> None:
    typed = "\n".join(line for language, line in fenced(lesson.concept) if language == "pycon")
    names = {"torch": import_module("torch"), "np": import_module("numpy")}
    examples = doctest.DocTestParser().get_doctest(typed, names, lesson.slug, None, 0)
    told: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples, out=told.append)
    assert not told, "".join(told)


def test_the_page_names_only_keys_that_exist(lesson: Lesson) -> None:
    prose = re.sub(r"```.*?```", "", lesson.concept, flags=re.DOTALL)
    named = {word for word in re.findall(r"`([^`]+)`", prose) if len(word) == 1}
    named |= {word for word in ("space", "enter", "escape", "tab") if f"`{word}`" in prose}
    assert "2" in named
    assert named - SYMBOLS <= bound_keys(lesson)


def bound_keys(lesson: Lesson) -> set[str]:
    """The keys that the lab, the lesson and the app answer to, as they are written on a page."""
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
    return {spelt.get(key, key) for key in keys} | {"tab"}  # which is Textual's own
