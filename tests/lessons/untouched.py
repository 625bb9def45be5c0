"""Presets that nobody touches: what they show from opening to their end, and what that meets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch

from engine.frame import Frame, State
from engine.graph.programs import PROGRAMS, ProgramPosition
from engine.graph.settings import GraphSettings
from engine.graph.take_apart import ProgramSession, take_apart
from engine.graph.walk import WalkPosition
from engine.history import Diverged
from engine.programs import find as find_program
from engine.programs import ways
from engine.programs.results import ProgramComparison
from engine.programs.ways import watch
from engine.run import Recorder, threads_for
from engine.trainer import Step
from lessons.catalog import find
from lessons.lesson import Lesson, Preset, TrainingLesson
from tui.labs.curves import CurveState
from tui.labs.probabilities import ProbabilityState
from tui.labs.softmax import SoftmaxState
from tui.labs.tensors import MAP
from tui.labs.tensors_state import TensorsState

EVERY_STEP, GROWTH = 20, 1.05
"""So many steps are looked at one by one; after that each look comes 5% later than the last."""


def met_untouched(slug: str, preset: str) -> set[str]:
    """The challenges of the lesson that are met by opening this preset and playing it to its end.

    In the labs without a training that is what `space` and `n` show, without typing anything
    and without turning anything.
    """
    lesson = find(slug).load()
    player = _training if isinstance(lesson, TrainingLesson) else PLAYERS[slug]
    return _met_by(lesson, player(lesson, lesson.preset(preset)))


def _met_by(lesson: Lesson, seen: Iterable[Any]) -> set[str]:
    """The challenges of the lesson that any of these frames or looks meets."""
    checks = {one.slug: one.check for one in lesson.challenges if one.check is not None}
    met: set[str] = set()
    for look in seen:
        met |= {slug for slug, check in checks.items() if slug not in met and check(look)}
    return met


def _training(lesson: Lesson, preset: Preset) -> Iterator[Frame]:
    """Frames from ready to the end, made by the recorder of a real run."""
    assert isinstance(lesson, TrainingLesson)
    kind = lesson.load_trainer()
    threads = torch.get_num_threads()
    torch.set_num_threads(min(threads, threads_for(kind)))
    try:
        config = kind.Config.of(preset.settings)
        yield from _frames(kind(config, torch.device("cpu")), Recorder(config, "cpu"))
    finally:
        torch.set_num_threads(threads)


def _frames(trainer: Any, recorder: Recorder) -> Iterator[Frame]:
    recorder.show(trainer, State.READY)
    yield recorder.frame
    step, look, state = 0, 1.0, State.FINISHED
    try:
        for made in trainer.turns():
            if not isinstance(made, Step):
                continue
            recorder.add(made)
            step += 1
            if step >= look:
                look = step + 1 if step < EVERY_STEP else step * GROWTH
                recorder.show(trainer, State.PLAYING)
                yield recorder.frame
        recorder.history.flush()
    except Diverged:
        state = State.DIVERGED
    recorder.show(trainer, state)
    yield recorder.frame


def _autograd(_: Lesson, preset: Preset) -> Iterator[WalkPosition | ProgramPosition]:
    """Every move of a walk, or every statement of a program."""
    texts = {name: str(value) for name, value in preset.settings.items()}
    if "program" not in texts:
        walk = take_apart(GraphSettings.of(texts))
        yield from (WalkPosition(walk, position) for position in range(len(walk.moves) + 1))
        return
    session = ProgramSession(PROGRAMS[texts["program"]])
    yield session.position
    while session.step() is not None:
        yield session.position


def _graphs(_: Lesson, preset: Preset) -> Iterator[ProgramComparison]:
    """A program before it is compiled and after. Its calls are not timed: times differ."""
    program = find_program(preset.name)
    given = program.inputs[0]
    fixed = ways.listing(program), ways.run(program, given), ways.trace(program)
    yield ProgramComparison(program, given, *fixed)
    yield ProgramComparison(program, given, *fixed, results=(watch(program),))


def _tensors(_: Lesson, preset: Preset) -> Iterator[object]:
    """A scene, each line of its own that `n` tries, and each statement of the NumPy session."""
    if preset.name == MAP:
        return  # a map of modules: no look at tensors
    stage = TensorsState(preset.name)
    yield stage.look
    for _try in stage.scene.tries:
        stage.suggest()
        yield stage.look
    stage.use(preset.name)
    while stage.step():
        yield stage.look


def _curves(kind: Callable[[str], CurveState]) -> Callable[[Lesson, Preset], Iterator[object]]:
    """A scene that plays to its end, and once more from its start, checked as the lab does."""

    def play(_: Lesson, preset: Preset) -> Iterator[object]:
        stage: Any = kind(preset.name)
        for _again in range(2):
            if stage.by_hand:
                yield stage.look
            while stage.step():
                if stage.by_hand:
                    yield stage.look
            stage.rewind()

    return play


PLAYERS: dict[str, Callable[[Lesson, Preset], Iterator[object]]] = {
    "autograd": _autograd,
    "graphs": _graphs,
    "tensors": _tensors,
    "probabilities": _curves(ProbabilityState),
    "softmax": _curves(SoftmaxState),
}
"""How a preset of each lesson without a training is played."""
