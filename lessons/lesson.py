"""What a lesson is made of: frozen settings; knows no torch and no screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from engine.config import Setting, nearest

if TYPE_CHECKING:
    from engine.trainer import Trainer


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A set of hyperparameters worth starting from."""

    name: str
    """What `--preset` takes."""
    title: str
    """What it shows, in a few words."""
    settings: Mapping[str, Setting] = field(default_factory=dict)
    """The fields of the trainer's config that differ from its defaults."""
    predict_at: tuple[float, ...] = ()
    """The inputs at which the trained model is asked."""
    pace: float | None = None
    """Steps a second at which it starts; None leaves the pace as it is."""
    needs: str = ""
    """The data set without which a lesson does not start from this preset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A hyperparameter that the learner may turn in the lab."""

    name: str
    """The field of the trainer's config."""
    label: str
    """What it is called on screen."""
    ladder: tuple[Setting, ...]
    """The values that the arrow keys go through, in order; any other can be typed."""
    help: str
    """One sentence: what turning it does."""
    only_with: tuple[str, Setting] | None = None
    """Another field and the value it must have for this one to matter."""
    none: str = "random"
    """What stands on screen for no value."""
    file: bool = False
    """Whether the value is the path of a file, which can be completed while it is typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer to a question."""

    text: str
    why: str
    """Why it is right or wrong: shown once it was chosen."""
    right: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question with a few answers, one of them right."""

    slug: str
    text: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """Something to bring about in the lab, checked on the run; or a question to get right."""

    slug: str
    text: str
    hint: str
    check: Callable[[Any], bool] | None = None
    """Whether this look at the lab meets the challenge: of a training, a `Frame`."""
    question: str | None = None
    """The slug of the question whose right answer meets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A lesson: a concept page, a lab to play in, and what to find out there."""

    slug: str
    title: str
    summary: str
    """One line for the table of contents."""
    minutes: int
    """How long reading and playing take."""
    lab: str
    """Which kind of lab it has, by the name that the screens know it by."""
    source: str
    """The module that does the lab's work, which the learner reads. It is loaded when the lab
    needs it: nothing here imports torch."""
    presets: tuple[Preset, ...]
    """The first is the one the lab starts from."""
    challenges: tuple[Challenge, ...]
    questions: tuple[Question, ...]

    @property
    def concept(self) -> str:
        """The concept page, in Markdown."""
        folder = files("lessons") / self.slug.replace("-", "_")
        return (folder / "concept.md").read_text(encoding="utf-8")

    def starting_preset(self) -> tuple[Preset, str]:
        """The first preset whose data set is here, and why it is not the very first, in words.

        Looking into the files of a data set takes a moment. Where none is here it is the first.
        """
        why = ""
        for preset in self.presets:
            missing = _why_not_used(preset.needs) if preset.needs else ""
            if not missing:
                return preset, why
            why = why or missing
        return self.presets[0], ""

    def preset(self, name: str | None = None) -> Preset:
        """The preset of that name, or the first.

        Raises:
            ValueError: there is none of that name; the message offers the nearest.
        """
        if name is None:
            return self.presets[0]
        by_name = {preset.name: preset for preset in self.presets}
        if name not in by_name:
            raise ValueError(f"{self.slug} has no preset {name!r}; {nearest(name, by_name)}")
        return by_name[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingLesson(Lesson):
    """A lesson whose lab is a real training."""

    lab: str = "training"
    trainer: str
    """The name of the class in `source` that trains."""
    pace: float
    """Steps a second at which the lab starts: slow enough to watch."""
    charts: tuple[str, ...]
    """The pictures of the lab beside the loss, by name; the first is shown first."""
    controls: tuple[Control, ...]

    def load_trainer(self) -> type[Trainer[Any]]:
        """Import the trainer, and torch with it: a second or more, the first time."""
        trainer: type[Trainer[Any]] = getattr(import_module(self.source), self.trainer)
        return trainer


def _why_not_used(data_set: str) -> str:
    from engine.datasets.verify import why_not_used  # and hashlib with it: few lessons need it

    return why_not_used(data_set)
