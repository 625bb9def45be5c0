"""The parts of a lesson: its settings; its page and questions are Markdown files beside them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import engine.config
from engine.config import Setting, Unmet, When, nearest

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
class Preview:
    """What a lab shows of a preset before its trainer is imported."""

    settings: Mapping[str, Setting]
    live: frozenset[str]  # the settings that can be changed during the run
    idle: Mapping[str, tuple[Unmet, ...]]  # the settings without effect, and why


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

    def preview(self, preset: Preset) -> Preview | None:
        """What the lab will show of the preset, read from the source: no trainer is imported.

        None where the source is not written as the lessons are: a `Config` next to its trainer.
        """
        try:
            tree, live = _tree(self.source), _assigned(self.source, self.trainer, "live")
            config = _class(tree, str(_assigned(self.source, self.trainer, "Config")))
            fields = {
                ast.unparse(line.target): (ast.unparse(line.annotation), line.value)
                for line in config.body
                if isinstance(line, ast.AnnAssign) and line.value is not None
            }
            defaults = {name: ast.literal_eval(value) for name, (_, value) in fields.items()}
            settings = {"seed": 0, **defaults, **preset.settings}
            conditions = _conditions(tree, {name: text for name, (text, _) in fields.items()})
        except (ImportError, OSError, SyntaxError, NameError, ValueError, LookupError):
            return None
        idle = {name: when.unmet(settings) for name, when in conditions.items()}
        return Preview(
            settings=settings,
            live=frozenset(re.findall(r"\w+(?=')", live or "")),
            idle={name: unmet for name, unmet in idle.items() if unmet},
        )

    def load_trainer(self) -> type[Trainer[Any]]:
        """Import the trainer, and torch with it, which takes a second or more the first time."""
        trainer: type[Trainer[Any]] = getattr(import_module(self.source), self.trainer)
        return trainer


@lru_cache(maxsize=2)  # the trainer's own, and the one of its base
def _tree(source: str) -> ast.Module:
    spec = find_spec(source)
    return ast.parse(Path(spec.origin or "").read_text(encoding="utf-8") if spec else "")


def _class(tree: ast.Module, name: str) -> ast.ClassDef:
    """The class of that name; a `LookupError` where there is none."""
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    return classes[name]


def _assigned(source: str, kind: str, name: str) -> str | None:
    """What a class of this module assigns to the name, or the next of its bases in `engine`."""
    tree = _tree(source)
    body = _class(tree, kind)
    for line in body.body:
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == name:
            return ast.unparse(line.value)
    base = ast.unparse(body.bases[0]).partition("[")[0]
    if any(isinstance(line, ast.ClassDef) and line.name == base for line in tree.body):
        return _assigned(source, base, name)
    for line in tree.body:
        module = line.module or "" if isinstance(line, ast.ImportFrom) else ""
        if module.startswith("engine.") and base in ast.unparse(line):
            return _assigned(module, base, name)
    return None


def _conditions(tree: ast.Module, annotations: Mapping[str, str]) -> dict[str, When]:
    """The condition in each of these annotations that has one."""
    known: dict[str, Any] = dict(vars(engine.config))
    for line in tree.body:
        if isinstance(line, ast.Assign) and ast.unparse(line.value).startswith("When("):
            known[ast.unparse(line.targets[0])] = eval(ast.unparse(line.value), known)
    found = {}
    for name, text in annotations.items():
        parts = re.fullmatch(r"Annotated\[(.*)\]", text)
        elements = ast.parse(f"({parts[1]},)", mode="eval").body if parts else None
        for mark in elements.elts if isinstance(elements, ast.Tuple) else ():
            words = ast.unparse(mark)
            if "When(" in words or isinstance(known.get(words), When):
                found[name] = eval(words, known)
    return found


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
        text, *answers = re.split(r"^- \[([ x])\] ", rest, flags=re.MULTILINE)
        choices = []
        for mark, answer in zip(answers[::2], answers[1::2], strict=True):
            said, _, why = re.sub(r"\n *> ?", "\n> ", answer).partition("\n> ")
            choices.append(Choice(_joined(said), _joined(why.replace("\n> ", " ")), mark == "x"))
        question = Question(slug.strip(), _joined(text), tuple(choices))
        if not (question.text and choices and all(one.text and one.why for one in choices)):
            raise ValueError(
                f"the question {question.slug!r} needs a text, answers as '- [ ] text', and a "
                "line '> why' below each"
            )
        questions.append(question)
    return tuple(questions)


def _joined(text: str) -> str:
    return " ".join(text.split())


def _why_not_used(data_set: str) -> str:
    from engine.datasets.verify import why_not_used  # imports hashlib, which few lessons need

    return why_not_used(data_set)
