"""The lessons hold together: what they name exists, and what they offer is allowed."""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules

import pytest

import tui.widgets
from lessons.catalog import Entry, entries, find
from lessons.lesson import Lesson, TrainingLesson
from tests.course import TRAININGS, WRITTEN
from tui.labs import LABS

CHARTS = {
    "boundary",
    "network",
    "fit",
    "valley",
    "surface",
    "curve",
    "log-odds",
    "lines",
    "paths",
    "samples",
    "seconds",
    "stages",
    "fits",
    "walks",
    "belt",
    "validation",
    "gradients",
    "confusion",
    "throughput",
    "digits",
    "activations",
    "weights",
    "accuracy",
    "time",
}
KINDS = {"number": float, "whole number": int, "word": str, "text": str}
SYMBOLS = set("μafzwbxyLnŷηΣPNBHWσ")


@pytest.fixture(params=WRITTEN)
def lesson(request: pytest.FixtureRequest) -> Lesson:
    return find(request.param).load()


@pytest.fixture(params=TRAININGS)
def training(request: pytest.FixtureRequest) -> TrainingLesson:
    lesson = find(request.param).load()
    assert isinstance(lesson, TrainingLesson)
    return lesson


def test_slugs_are_unique() -> None:
    slugs = [entry.slug for entry in entries()]
    assert len(slugs) == len(set(slugs))


@pytest.mark.parametrize("slug", WRITTEN)
def test_a_written_entry_loads_its_lesson(slug: str) -> None:
    entry = find(slug)
    assert entry.load().slug == slug
    assert entry.load().title == entry.title


def test_the_course_is_complete() -> None:
    assert [entry.slug for entry in entries() if not entry.written] == []


def test_what_is_not_written_says_so(to_come: Entry) -> None:
    assert not to_come.written
    with pytest.raises(LookupError, match="to-come"):
        to_come.load()


def test_an_unknown_preset_offers_the_nearest(lesson: Lesson) -> None:
    name = lesson.presets[0].name
    with pytest.raises(ValueError, match=rf"did you mean .*{name}"):
        lesson.preset(name + "x")
    assert lesson.preset() is lesson.preset(name) is lesson.presets[0]


def test_every_preset_is_allowed(training: TrainingLesson) -> None:
    config = training.load_trainer().Config
    for preset in training.presets:
        config.of(dict(preset.settings))
        assert preset.predict_at, preset.name


def test_a_preset_names_only_what_differs(training: TrainingLesson) -> None:
    default = training.load_trainer().Config()
    for preset in training.presets:
        for name, value in preset.settings.items():
            assert getattr(default, name) != value, (preset.name, name)


def test_preset_names_are_unique_and_the_first_is_the_default(lesson: Lesson) -> None:
    names = [preset.name for preset in lesson.presets]
    assert len(names) == len(set(names)) >= 4
    if isinstance(lesson, TrainingLesson):
        assert not lesson.presets[0].settings
    assert all(len(preset.title) <= 40 for preset in lesson.presets)


def test_every_rung_of_a_ladder_is_allowed(training: TrainingLesson) -> None:
    config = training.load_trainer().Config()
    for control in training.controls:
        least = 1 if config.allowed()[control.name].kind == "text" else 2
        assert len(control.values) == len(set(control.values)) >= least
        for value in control.values:
            config.but(control.name, value)


def test_a_ladder_climbs(training: TrainingLesson) -> None:
    for control in training.controls:
        rungs = [value for value in control.values if isinstance(value, int | float)]
        assert rungs == sorted(rungs), control.name


def test_a_ladder_has_the_kind_of_its_field(training: TrainingLesson) -> None:
    allowed = training.load_trainer().Config.allowed()
    for control in training.controls:
        kind = KINDS[allowed[control.name].kind]
        assert {type(value) for value in control.values} <= {kind, type(None)}, control.name


def test_every_value_of_a_preset_stands_on_its_ladder(training: TrainingLesson) -> None:
    config = training.load_trainer().Config
    for preset in training.presets:
        settings = config.of(dict(preset.settings))
        for control in training.controls:
            assert getattr(settings, control.name) in control.values, (preset.name, control.name)


def test_controls_are_fields_with_short_labels(training: TrainingLesson) -> None:
    allowed = training.load_trainer().Config.allowed()
    names = [control.name for control in training.controls]
    assert len(names) == len(set(names))
    assert set(names) == set(allowed)
    assert names[0] == "learning_rate"
    for control in training.controls:
        assert len(control.label) <= 16
        assert control.help.endswith("."), control.help
        assert ". " not in control.help, control.help


def test_a_control_depends_on_a_value_that_exists(training: TrainingLesson) -> None:
    config = training.load_trainer().Config()
    for control in training.controls:
        if control.only_with is not None:
            name, value = control.only_with
            config.but(name, value)
            assert name in {other.name for other in training.controls}


def test_only_the_line_has_a_slope_to_turn() -> None:
    lesson = find("linear-regression").load()
    dependent = {control.name for control in lesson.controls if control.only_with}
    assert dependent == {"points", "slope", "intercept", "noise", "low", "high"}


def test_a_challenge_is_checked_in_one_way(lesson: Lesson) -> None:
    assert 2 <= len(lesson.challenges) <= 4
    slugs = [challenge.slug for challenge in lesson.challenges]
    assert len(slugs) == len(set(slugs))
    questions = {question.slug for question in lesson.questions}
    for challenge in lesson.challenges:
        assert (challenge.check is None) != (challenge.question is None)
        assert challenge.question is None or challenge.question in questions
        assert len(challenge.text) <= 34
        assert challenge.hint.endswith((".", "?"))


def test_a_question_has_one_right_answer_and_explains_all(lesson: Lesson) -> None:
    assert 2 <= len(lesson.questions) <= 3
    slugs = [question.slug for question in lesson.questions]
    assert len(slugs) == len(set(slugs))
    for question in lesson.questions:
        assert 3 <= len(question.choices) <= 4
        assert sum(choice.right for choice in question.choices) == 1
        texts = [choice.text for choice in question.choices]
        assert len(texts) == len(set(texts))
        assert all(len(choice.why) > 40 for choice in question.choices)


def test_the_right_answer_is_not_always_in_one_place() -> None:
    places = {
        [choice.right for choice in question.choices].index(True)
        for slug in WRITTEN
        for question in find(slug).load().questions
    }
    assert len(places) >= 3


def test_charts_and_pace_can_be_shown(training: TrainingLesson) -> None:
    assert set(training.charts) <= CHARTS
    firsts = {"boundary", "fit", "curve", "lines", "paths", "stages", "belt", "digits"}
    assert training.charts[0] in firsts
    assert 1 <= training.pace <= 1000


def test_the_page_has_its_sections(lesson: Lesson) -> None:
    page = lesson.concept
    assert page.startswith(f"# {lesson.title}\n")
    headings = re.findall(r"^## (.+)$", page, re.MULTILINE)
    assert headings[0].startswith("Why")
    for heading in ("The formula", "The code", "Try it in the lab (`2`)", "What goes wrong"):
        assert heading in headings
    assert 60 <= len(page.splitlines()) <= 110


def test_code_blocks_fit_a_narrow_page(lesson: Lesson) -> None:
    for _, line in fenced(lesson.concept):
        assert len(line) <= 64, line


def test_the_excerpts_are_the_code_that_runs(lesson: Lesson) -> None:
    source = Path(spec_of(lesson.source)).read_text(encoding="utf-8")
    code = {line.partition("  #")[0].strip() for line in source.splitlines()}
    excerpt = [line.strip() for language, line in fenced(lesson.concept) if language == "python"]
    assert excerpt or "```pycon" in lesson.concept
    assert [line for line in excerpt if line not in code] == []


def test_what_a_page_types_gives_what_it_shows(lesson: Lesson) -> None:
    typed = "\n".join(line for language, line in fenced(lesson.concept) if language == "pycon")
    names = {"torch": import_module("torch"), "np": import_module("numpy")}
    examples = doctest.DocTestParser().get_doctest(typed, names, lesson.slug, None, 0)
    told: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples, out=told.append)
    assert not told, "".join(told)


def test_the_page_is_plain_markdown(lesson: Lesson) -> None:
    page = lesson.concept
    assert not re.search(r"</?[a-z]+>|!\[|\$|\\", page)
    assert page.count("```") % 2 == 0


def test_the_page_names_only_keys_that_exist(lesson: Lesson) -> None:
    prose = re.sub(r"```.*?```", "", lesson.concept, flags=re.DOTALL)
    named = {word for word in re.findall(r"`([^`]+)`", prose) if len(word) == 1}
    named |= {word for word in ("space", "enter", "escape", "tab") if f"`{word}`" in prose}
    assert {"2", "p"} <= named
    if isinstance(lesson, TrainingLesson):
        assert {"space", "v"} <= named
    assert named - SYMBOLS <= bound_keys(lesson)


def test_the_page_names_only_presets_that_exist(lesson: Lesson) -> None:
    tried = lesson.concept.partition("## Try it")[2]
    named = set(re.findall(r"(?<!\*)\*([a-z]+(?:-[a-z]+)*)\*(?!\*)", tried))
    assert len(named) >= 3
    assert named <= {preset.name for preset in lesson.presets}


def fenced(page: str) -> Iterator[tuple[str, str]]:
    """Each line inside a code fence, with the fence's language."""
    language: str | None = None
    for line in page.splitlines():
        if line.startswith("```"):
            language = line[3:] if language is None else None
        elif language is not None:
            yield language, line


def bound_keys(lesson: Lesson) -> set[str]:
    """The keys that the lab, the lesson and the app answer to, as they are written on a page."""
    spelt = {"question_mark": "?", "left_square_bracket": "[", "right_square_bracket": "]"}
    widgets = [f"tui.widgets.{found.name}" for found in iter_modules(tui.widgets.__path__)]
    module, _, name = LABS[lesson.lab].partition(":")
    lab = getattr(import_module(module), name)
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


def spec_of(module: str) -> str:
    """The file of a module."""
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return spec.origin
