"""The parts of a lesson: its settings; its page and questions are Markdown files beside them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.config import Setting, nearest

if TYPE_CHECKING:
    from engine.trainer import Trainer


@dataclass(frozen=True, slots=True)
class Preset:
    """A named set of hyperparameters to start from."""

    name: str  # the argument of `--preset`
    title: str  # a short description of what it demonstrates
    settings: Mapping[str, Setting] = field(default_factory=dict)
    """The fields of the trainer's config that differ from its defaults."""
    predict_at: tuple[float, ...] = ()  # the inputs for which the trained model predicts
    pace: float | None = None  # steps per second at the start; None keeps the current pace
    needs: str = ""  # the data set without which a lesson does not start from this preset


@dataclass(frozen=True, slots=True)
class Control:
    """A hyperparameter that the learner may change in the lab."""

    name: str  # the field of the trainer's config
    values: tuple[Setting, ...]
    """The values that the arrow keys go through, in order; other values can be typed."""
    help: str  # one sentence on the effect of a change
    label: str = ""  # the name on screen; if empty, made from `name`
    only_with: tuple[str, Setting] | None = None
    """Another field, and the value with which this control has an effect."""
    none: str = "random"  # the text on screen for None
    file: bool = False
    """Whether the value is a file path, which can be completed while it is typed."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", self.label or self.name.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question."""

    text: str
    why: str  # why it is right or wrong; shown after it is chosen
    right: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question with a few answers, one of them right."""

    slug: str
    text: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Challenge:
    """A goal for the learner: a result in the lab, or a question to answer."""

    slug: str
    text: str
    hint: str
    check: Callable[[Any], bool] | None = None
    """Whether the lab's state meets the challenge; for a training lesson it is a `Frame`."""
    question: str | None = None  # the slug of the question whose right answer meets it
    solution: Mapping[str, Setting] = field(default_factory=dict)
    """Settings that meet it, tried by the tests; in a lab without training, choices and inputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A lesson: a concept page, a lab, and challenges in the lab.

    Its folder also contains `concept.md`, the page, and `questions.md`, the questions about it.
    """

    slug: str
    title: str
    minutes: int  # the time for reading and the lab
    lab: str  # the kind of lab: a name in `tui.labs.LABS`
    source: str
    """The module that does the lab's work and that the learner reads. It is loaded when the lab
    needs it; nothing here imports torch."""
    presets: tuple[Preset, ...]  # the lab starts from the first
    challenges: tuple[Challenge, ...]
    main: str = ""
    """The function that the code page opens at; empty for the one that calls `backward`."""

    @property
    def concept(self) -> str:
        """The concept page in Markdown."""
        return file_text(self.slug, "concept.md")

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions about the page, if any; raises the errors of `parse_questions`."""
        return _questions(self.slug)

    def starting_preset(self) -> tuple[Preset, str]:
        """Return the first preset with an installed data set, and why it is not the very first.

        Reading the files of a data set takes a moment. If no preset can be used it is the first.
        """
        why = ""
        for preset in self.presets:
            missing = _why_not_used(preset.needs) if preset.needs else ""
            if not missing:
                return preset, why
            why = why or missing
        return self.presets[0], ""

    def preset(self, name: str | None = None) -> Preset:
        """Return the preset of that name, or the first.

        Raises:
            ValueError: there is none of that name; the message suggests the nearest.
        """
        if name is None:
            return self.presets[0]
        by_name = {preset.name: preset for preset in self.presets}
        if name not in by_name:
            raise ValueError(f"{self.slug} has no preset {name!r}; {nearest(name, by_name)}")
        return by_name[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingLesson(Lesson):
    """A lesson whose lab trains a model."""

    lab: str = "training"
    trainer: str  # the name of the trainer class in `source`
    pace: float = 20  # steps per second at the start: slow enough to watch
    charts: tuple[str, ...]
    """The charts of the lab beside the loss: names in `tui.charts.CHARTS`, in order."""
    controls: tuple[Control, ...]

    def settings(self, preset: Preset) -> dict[str, Setting]:
        """Return all settings of the preset, read from the trainer's source without importing it.

        Empty if the source is not written like those of the lessons: a config beside its trainer.
        """
        try:
            spec = find_spec(self.source)
            source = Path(spec.origin or "").read_text(encoding="utf-8") if spec else ""
            classes = {
                n.name: n.body for n in ast.parse(source).body if isinstance(n, ast.ClassDef)
            }
            kind = next(
                line.value.id
                for line in classes[self.trainer]
                if isinstance(line, ast.Assign)
                and isinstance(line.value, ast.Name)
                and ast.unparse(line.targets[0]) == "Config"
            )
            defaults = {
                ast.unparse(line.target): ast.literal_eval(line.value)
                for line in classes[kind]
                if isinstance(line, ast.AnnAssign) and line.value is not None
            }
        except (ImportError, OSError, SyntaxError, ValueError, LookupError, StopIteration):
            return {}
        return {"seed": 0, **defaults, **preset.settings}

    def load_trainer(self) -> type[Trainer[Any]]:
        """Import the trainer, and torch with it, which takes a second or more the first time."""
        trainer: type[Trainer[Any]] = getattr(import_module(self.source), self.trainer)
        return trainer


def file_text(slug: str, file: str) -> str:
    """Return a file in the folder of the lesson; raises `OSError` if it is missing."""
    return (files("lessons") / slug.replace("-", "_") / file).read_text(encoding="utf-8")


@cache
def _questions(slug: str) -> tuple[Question, ...]:
    try:
        return parse_questions(file_text(slug, "questions.md"))
    except FileNotFoundError:
        return ()


def parse_questions(page: str) -> tuple[Question, ...]:
    """Read the questions from Markdown: `## slug`, the text, and a list of answers.

    An answer is `- [x] text` if it is right and `- [ ] text` if it is wrong; a quotation with `>`
    below it explains why. Long lines may be broken anywhere.

    Raises:
        ValueError: a question lacks its text or an answer, or an answer its explanation.
    """
    questions = []
    for block in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        slug, _, rest = block.partition("\n")
        text, choices = parse_choices(rest)
        question = Question(slug.strip(), text, choices)
        if not (question.text and choices and all(one.text and one.why for one in choices)):
            raise ValueError(
                f"the question {question.slug!r} needs a text, answers as '- [ ] text', and a "
                "line '> why' below each"
            )
        questions.append(question)
    return tuple(questions)


def parse_choices(text: str) -> tuple[str, tuple[Choice, ...]]:
    """Return the text above a list of answers, and the answers, as in `parse_questions`."""
    head, *answers = re.split(r"^- \[([ x])\] ", text, flags=re.MULTILINE)
    choices = []
    for mark, answer in zip(answers[::2], answers[1::2], strict=True):
        choice, _, why = re.sub(r"\n *> ?", "\n> ", answer).partition("\n> ")
        choices.append(Choice(_joined(choice), _joined(why.replace("\n> ", " ")), mark == "x"))
    return _joined(head), tuple(choices)


def _joined(text: str) -> str:
    return " ".join(text.split())


def _why_not_used(data_set: str) -> str:
    from engine.datasets.verify import why_not_used  # imports hashlib, which few lessons need

    return why_not_used(data_set)
