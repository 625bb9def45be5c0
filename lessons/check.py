"""The rules for lessons: each problem is reported as file, field and reason."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.datasets.registry import find
from lessons.catalog import entries
from lessons.lesson import Challenge, Control, Lesson, Preset, Question, TrainingLesson

if TYPE_CHECKING:
    from engine.config import Config
    from lessons.catalog import Entry

HEADINGS = ("The formula", "The code", "Try it in the lab (`2`)", "What goes wrong")
TUPLES = {"presets": Preset, "challenges": Challenge, "charts": str, "controls": Control}
"""The types of the items in the tuples of a lesson."""
KINDS = {"number": float, "whole number": int, "word": str, "text": str}
MAY_IMPORT = ("__future__", "collections", "dataclasses", "math", "typing", "engine", "lessons")


def load(entry: Entry) -> tuple[Lesson | None, str]:
    """Return the lesson of the entry, or None and the reason why it cannot be loaded."""
    if not entry.written:
        return None, "not written yet"
    try:
        lesson = entry.load()
    except Exception as error:  # an unfinished lesson may raise any error
        return None, f"lesson.py: {type(error).__name__}: {error}"
    if not isinstance(lesson, Lesson):
        return None, "lesson.py: LESSON is not a Lesson"
    for name, kind in TUPLES.items():
        value = getattr(lesson, name, ())
        if not isinstance(value, tuple) or not all(isinstance(one, kind) for one in value):
            return None, f"lesson.py: {name} must be a tuple of {kind.__name__}: (a, b) or (a,)"
    return lesson, ""


def faults(
    entry: Entry, lesson: Lesson, labs: Collection[str], charts: Collection[str]
) -> Iterator[str]:
    """Yield why the lesson cannot be opened; nothing if it can. Does not load torch.

    `labs` and `charts` are the allowed names for `lab` and `charts`.
    """
    if [other.slug for other in entries()].count(entry.slug) > 1:
        yield f"lessons/catalog.py: the slug {entry.slug!r} is there twice"
    if lesson.slug != entry.slug:
        yield f"lesson.py: slug = {lesson.slug!r}, but the catalog says {entry.slug!r}"
    if lesson.lab not in labs:
        yield f"lesson.py: lab = {lesson.lab!r}; there are: {', '.join(labs)}"
    if not isinstance(lesson.minutes, int):
        yield f"lesson.py: minutes = {lesson.minutes!r} must be a whole number"
    if not lesson.presets:
        yield "lesson.py: presets: there must be one to start from"
    source = source_file(lesson)
    if source is None:
        yield f"lesson.py: source = {lesson.source!r}: there is no such module"
    elif isinstance(lesson, TrainingLesson):
        pattern = rf"^class {re.escape(lesson.trainer)}\b"
        if not re.search(pattern, source.read_text(encoding="utf-8"), re.MULTILINE):
            yield f"lesson.py: trainer = {lesson.trainer!r}: {source.name} has no such class"
    if isinstance(lesson, TrainingLesson):
        if not lesson.charts:
            yield "lesson.py: charts: there must be one beside the loss"
        for chart in lesson.charts:
            if chart not in charts:
                yield f"lesson.py: charts: {chart!r}; there are: {', '.join(charts)}"
    try:
        _ = lesson.concept
    except (OSError, ValueError) as error:
        yield f"concept.md: {getattr(error, 'strerror', error)}"
    try:
        _ = lesson.questions
    except ValueError as error:
        yield f"questions.md: {error}"


def broken_rules(entry: Entry, lesson: Lesson) -> Iterator[str]:
    """Yield the broken rules of a lesson that can be opened; loads its trainer, and torch."""
    if lesson.title != entry.title:
        yield f"lesson.py: title = {lesson.title!r}, but the catalog says {entry.title!r}"
    yield from _of_imports(lesson)
    yield from _of_page(lesson)
    yield from _repeated("presets", (preset.name for preset in lesson.presets))
    for preset in lesson.presets:
        for fault in _of_preset(preset):
            yield f"lesson.py: preset {preset.name!r}: {fault}"
    yield from _repeated("challenges", (one.slug for one in lesson.challenges))
    slugs = {question.slug for question in lesson.questions}
    for challenge in lesson.challenges:
        for fault in _of_challenge(challenge, slugs):
            yield f"lesson.py: challenge {challenge.slug!r}: {fault}"
    if not 1 <= len(lesson.challenges) <= 4:
        yield f"lesson.py: challenges: {len(lesson.challenges)}, but the panel has room for 1 to 4"
    yield from _repeated("questions", (one.slug for one in lesson.questions), "questions.md")
    for question in lesson.questions:
        for fault in _of_question(question):
            yield f"questions.md: question {question.slug!r}: {fault}"
    if isinstance(lesson, TrainingLesson):
        yield from _of_training(lesson)


def _repeated(what: str, names: Iterable[str], file: str = "lesson.py") -> Iterator[str]:
    for name, times in Counter(names).items():
        if times > 1:
            yield f"{file}: {what}: {name!r} is there {times} times"


def source_file(lesson: Lesson) -> Path | None:
    """Return the file that the learner reads; None if there is none."""
    try:
        spec = find_spec(lesson.source)
    except ModuleNotFoundError:
        return None
    return Path(spec.origin) if spec and spec.origin else None


def _of_page(lesson: Lesson) -> Iterator[str]:
    page = lesson.concept
    if not page.startswith(f"# {lesson.title}\n"):
        yield f"concept.md: the first line must be '# {lesson.title}'"
    headings = re.findall(r"^## (.+)$", page, re.MULTILINE)
    if not headings or not headings[0].startswith("Why"):
        yield "concept.md: the first section must start with '## Why'"
    for heading in HEADINGS:
        if heading not in headings:
            yield f"concept.md: the section '## {heading}' is missing"
    if len(page.splitlines()) > 110:
        yield f"concept.md: {len(page.splitlines())} lines, but at most 110 are read"
    for _, line in fenced(page):
        if len(line) > 64:
            yield f"concept.md: a line of code is wider than 64 characters: {line}"
    if page.count("```") % 2:
        yield "concept.md: a code block is not closed"
    if found := re.search(r"</?[a-z]+>|!\[|\$|\\", page):
        yield f"concept.md: {found[0]!r} is not shown in a terminal"
    tried = page.partition("## Try it")[2]
    named = set(re.findall(r"(?<!\*)\*([a-z]+(?:-[a-z]+)*)\*(?!\*)", tried))
    for name in sorted(named - {preset.name for preset in lesson.presets}):
        yield f"concept.md: there is no preset *{name}*"
    source = source_file(lesson)
    if source is not None:
        code = {
            line.partition("  #")[0].strip()
            for line in source.read_text(encoding="utf-8").splitlines()
        }
        for language, line in fenced(page):
            if language == "python" and line.strip() not in code:
                yield f"concept.md: {line.strip()!r} is not a line of {source.name}"


def fenced(page: str) -> Iterator[tuple[str, str]]:
    """Yield each line inside a code block, with the language of the block."""
    language: str | None = None
    for line in page.splitlines():
        if line.startswith("```"):
            language = line[3:] if language is None else None
        elif language is not None:
            yield language, line


def _of_preset(preset: Preset) -> Iterator[str]:
    if len(preset.title) > 40:
        yield "title is longer than 40 characters"
    if preset.pace is not None and not 1 <= preset.pace <= 1000:
        yield f"pace = {preset.pace:g}, but it must be from 1 to 1000 steps a second"
    try:
        _ = preset.needs and find(preset.needs)
    except ValueError as error:
        yield f"needs: {error}"


def _of_challenge(challenge: Challenge, questions: Collection[str]) -> Iterator[str]:
    if (challenge.check is None) == (challenge.question is None):
        yield "it needs either check or question"
    if challenge.question is not None and challenge.question not in questions:
        yield f"question = {challenge.question!r}: questions.md has no such question"
    if (challenge.check is None) != (not challenge.solution):
        yield "check and solution go together: the tests try the solution"
    if len(challenge.text) > 32:  # longer texts are cut off at 80 columns
        yield "text is longer than 32 characters"
    if not challenge.hint.endswith((".", "?")):
        yield "hint must be sentences"


def _of_question(question: Question) -> Iterator[str]:
    if not 3 <= len(question.choices) <= 4:
        yield f"{len(question.choices)} answers, but there must be 3 or 4"
    if sum(choice.right for choice in question.choices) != 1:
        yield "exactly one answer must be right: '- [x]'"
    if len({choice.text for choice in question.choices}) < len(question.choices):
        yield "two answers are the same"
    for choice in question.choices:
        if len(choice.why) <= 40:
            yield f"the answer {choice.text!r} needs a longer explanation"


def _of_training(lesson: TrainingLesson) -> Iterator[str]:
    from engine.trainer import Trainer

    if not 1 <= lesson.pace <= 1000:
        yield f"lesson.py: pace = {lesson.pace:g}, but it must be from 1 to 1000 steps a second"
    names = [control.name for control in lesson.controls]
    yield from _repeated("controls", names)
    for control in lesson.controls:
        for fault in _of_control(control, names):
            yield f"lesson.py: control {control.name!r}: {fault}"
    file = trainer_file(lesson)
    try:
        trainer: Any = lesson.load_trainer()
        _ = trainer.Config()
    except Exception as error:  # an unfinished trainer may raise any error
        yield f"{file}: {type(error).__name__}: {error}"
        return
    if not issubclass(trainer, Trainer):
        yield f"{file}: {lesson.trainer} is not a Trainer"
        return
    if missing := sorted(trainer.__abstractmethods__):
        yield f"{file}: {lesson.trainer} lacks {', '.join(missing)}"
    for name in sorted((trainer.live | trainer.own) - set(trainer.Config.allowed())):
        yield f"{file}: live and own: {name!r} is no field of the config"
    predicts = trainer.predict is not Trainer.predict
    for preset in lesson.presets:
        if bool(preset.predict_at) != predicts:
            yield f"lesson.py: preset {preset.name!r}: predict_at and Trainer.predict go together"
    yield from _of_settings(lesson, trainer.Config)


def trainer_file(lesson: Lesson) -> str:
    """Return the file of the trainer, relative to the root of the project."""
    return lesson.source.replace(".", "/") + ".py"


def _of_control(control: Control, names: Collection[str]) -> Iterator[str]:
    if len(control.label) > 16:
        yield "label is longer than 16 characters"
    if not control.help.endswith(".") or ". " in control.help:
        yield "help must be one sentence"
    if len(set(control.values)) < len(control.values) or not control.values:
        yield "values must differ, and there must be one"
    numbers = [value for value in control.values if isinstance(value, int | float)]
    if numbers != sorted(numbers):
        yield "values must rise"
    if control.only_with is not None and control.only_with[0] not in names:
        yield f"only_with names {control.only_with[0]!r}, which is no control"


def _of_settings(lesson: TrainingLesson, kind: type[Config]) -> Iterator[str]:
    """Check that presets, controls and solutions fit the trainer's config."""
    allowed, default = kind.allowed(), kind()
    names = {control.name for control in lesson.controls}
    for name in sorted(names ^ set(allowed)):
        there = "is no field of the config" if name in names else "has no control"
        yield f"lesson.py: controls: {name!r} {there}"
    for preset in lesson.presets:
        where = f"lesson.py: preset {preset.name!r}"
        try:
            config = kind.of(dict(preset.settings))
        except ValueError as error:
            yield f"{where}: {error}"
            continue
        for name, value in preset.settings.items():
            if getattr(default, name) == value:
                yield f"{where}: {name} = {value!r} is the default already"
        for control in lesson.controls:
            value = getattr(config, control.name, None)
            if control.name in allowed and value not in control.values:
                yield f"{where}: {control.name} = {value!r} is not a value of its control"
    if lesson.presets and lesson.presets[0].settings:
        yield "lesson.py: the first preset must be the config's defaults"
    for control in lesson.controls:
        if control.name in allowed:
            for fault in _not_allowed(control, default):
                yield f"lesson.py: control {control.name!r}: {fault}"
    for challenge in lesson.challenges:
        for name, value in challenge.solution.items():
            where = f"lesson.py: challenge {challenge.slug!r}: solution"
            try:
                if name not in allowed:
                    yield f"{where}: no setting {name!r}"
                else:
                    allowed[name].checked(name, value)
            except ValueError as error:
                yield f"{where}: {error}"


def _not_allowed(control: Control, default: Config) -> Iterator[str]:
    kind: Any = KINDS[default.allowed()[control.name].kind]
    for value in control.values:
        if value is not None and type(value) is not kind:
            yield f"values: {value!r} must be a {default.allowed()[control.name].kind}"
        else:
            try:
                default.but(control.name, value)
            except ValueError as error:
                yield f"values: {error}"
    if control.only_with is not None:
        try:
            default.but(*control.only_with)
        except ValueError as error:
            yield f"only_with: {error}"


def _of_imports(lesson: Lesson) -> Iterator[str]:
    """Check that the lesson imports neither torch nor the screens."""
    path = files("lessons") / lesson.slug.replace("-", "_") / "lesson.py"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        for module in modules:
            if module.partition(".")[0] not in MAY_IMPORT:
                yield f"lesson.py: imports {module}; a lesson imports engine, lessons and Python"
