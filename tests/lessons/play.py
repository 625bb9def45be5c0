"""Plays lessons without a screen: solutions of challenges, and unmodified presets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import torch

from engine.config import Setting
from engine.frame import Frame, State
from engine.graph.programs import PROGRAMS
from engine.graph.settings import GraphSettings
from engine.graph.take_apart import ProgramSession, take_apart
from engine.graph.walk import WalkPosition
from engine.history import Diverged
from engine.programs import find as find_program
from engine.programs import ways
from engine.programs.results import CallTiming, ProgramComparison, Way, program_lines
from engine.programs.ways import watch
from engine.run import THREADS, Recorder
from engine.tensors.content import tensors
from engine.tensors.evaluate import evaluate, look
from engine.tensors.looks import PyTorchRefused, SceneLook
from engine.trainer import Step
from lessons.catalog import find
from lessons.lesson import Challenge, Preset, TrainingLesson
from tests.tui.curve_states import played
from tui.labs.probabilities import ProbabilityState
from tui.labs.softmax import SoftmaxState
from tui.labs.tensors import MAP
from tui.labs.tensors_state import TensorsState

Settings = Mapping[str, Setting]
EVERY_STEP, GROWTH = 20, 1.05
"""The first steps are all observed; after that the step grows by 5 % between observations."""


def challenge(slug: str, name: str) -> Challenge:
    return next(one for one in find(slug).load().challenges if one.slug == name)


def met(slug: str, name: str, seen: Any) -> bool:
    """Return whether a frame, or the look of a lab without training, meets the challenge."""
    check = challenge(slug, name).check
    assert check is not None
    return check(seen)


def last(slug: str, way: Settings) -> Any:
    """Return the last frame or look of a run with these settings."""
    lesson = find(slug).load()
    if isinstance(lesson, TrainingLesson):
        return _last_frame(slug, tuple(sorted(way.items())))
    return ENDS[lesson.lab](way)


def untouched(slug: str, preset: str) -> Iterator[Any]:
    """Yield the frames or looks of a lab that opens this preset and plays it to its end.

    In labs without training these are the looks that `space` and `n` produce, without typing.
    """
    lesson = find(slug).load()
    if isinstance(lesson, TrainingLesson):
        return frames(slug, lesson.preset(preset).settings, EVERY_STEP)
    return PLAYERS[lesson.lab](lesson.preset(preset))


def looks(every_step: int) -> Iterator[bool]:
    """Yield for each step whether it is observed."""
    step, next_look = 0, 1.0
    while True:
        step += 1
        seen = bool(every_step) and step >= next_look
        if seen:
            next_look = step + 1 if step < every_step else step * GROWTH
        yield seen


def frames(slug: str, settings: Settings, every_step: int = 0) -> Iterator[Frame]:
    """Yield the first and last frame of a run, and those in between if `every_step` is not 0."""
    lesson = find(slug).load()
    assert isinstance(lesson, TrainingLesson)
    kind = lesson.load_trainer()
    before = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        config = kind.Config.of(dict(settings))
        trainer, recorder = kind(config, torch.device("cpu")), Recorder(config, "cpu")
        recorder.show(trainer, State.READY)
        yield recorder.frame
        seen, state = looks(every_step), State.FINISHED
        try:
            for made in trainer.turns():
                if isinstance(made, Step):
                    recorder.add(made)
                    if next(seen):
                        recorder.show(trainer, State.PLAYING)
                        yield recorder.frame
        except Diverged:
            state = State.DIVERGED
        recorder.show(trainer, state)
        yield recorder.frame
    finally:
        torch.set_num_threads(before)


@cache
def _last_frame(slug: str, settings: tuple[tuple[str, Setting], ...]) -> Frame:
    *_, end = frames(slug, dict(settings))
    return end


def _walked(way: Settings) -> WalkPosition:
    walk = take_apart(GraphSettings.of({name: str(value) for name, value in way.items()}))
    return WalkPosition(walk, len(walk.moves))


def program_look(name: str, given: str = "", *results: Any) -> ProgramComparison:
    """Return the program with this input, or its first one, and with these measurements."""
    program = find_program(name)
    inputs = {each.name: each for each in program.inputs}
    chosen = inputs[given] if given else program.inputs[0]
    fixed = program_lines(program), ways.run(program, chosen), ways.trace(program)
    return ProgramComparison(program, chosen, *fixed, results=results)


def _measured(way: Settings) -> ProgramComparison:
    """Compile for real, with fixed times, since real ones differ between machines."""
    name = str(way["program"])
    slow = CallTiming(Way.COMPILED, 4, 9.0, 14.0, 9.0)
    fast = CallTiming(Way.EAGER, 4, 9.0, 6.0, 9.0)
    return program_look(name, str(way.get("input", "")), watch(find_program(name)), slow, fast)


def _looked(way: Settings) -> SceneLook:
    scene, line = str(way["scene"]), str(way["line"])
    named = tensors(scene)
    sources = {name: look(tensor) for name, tensor in named.items()}
    try:
        return SceneLook(scene, sources, line, evaluate(line, named))
    except PyTorchRefused as refused:
        return SceneLook(scene, sources, line, refused=refused)


def _curve(kind: Any, way: Settings) -> Any:
    typed = [line for line in str(way.get("typed", "")).split("; ") if line]
    return played(kind(str(way["scene"])), typed, int(way.get("steps") or 0)).look


ENDS: dict[str, Callable[[Settings], Any]] = {
    "autograd": _walked,
    "graphs": _measured,
    "tensors": _looked,
    "probabilities": lambda way: _curve(ProbabilityState, way),
    "softmax": lambda way: _curve(SoftmaxState, way),
}
"""The function that plays a solution, by lab."""


def _autograd(preset: Preset) -> Iterator[Any]:
    """Yield every move of a graph, or every statement of a program."""
    texts = {name: str(value) for name, value in preset.settings.items()}
    if "program" not in texts:
        walk = take_apart(GraphSettings.of(texts))
        yield from (WalkPosition(walk, position) for position in range(len(walk.moves) + 1))
        return
    session = ProgramSession(PROGRAMS[texts["program"]])
    yield session.position
    while session.step() is not None:
        yield session.position


def _graphs(preset: Preset) -> Iterator[ProgramComparison]:
    """Yield a program before and after compiling; timings are left out, since they vary."""
    before = program_look(preset.name)
    yield before
    yield replace(before, results=(watch(find_program(preset.name)),))


def _tensors(preset: Preset) -> Iterator[object]:
    """Yield a scene, each of its lines that `n` tries, and each statement of the NumPy session."""
    if preset.name == MAP:
        return  # a map of modules has no tensors
    state = TensorsState(preset.name)
    yield state.look
    for _ in state.scene.tries:
        state.suggest()
        yield state.look
    state.use(preset.name)
    while state.step():
        yield state.look


def _curves(kind: Any, preset: Preset) -> Iterator[object]:
    """Yield the states of a scene played to its end and once more, as the lab checks them.

    The lab checks only changes by hand; a scene whose first steps are none has no others either.
    """
    state = kind(preset.name)
    for _again in range(2):
        if state.by_hand:
            yield state.look
        for number, seen in enumerate(looks(EVERY_STEP)):
            if not state.step():
                break
            if not state.by_hand and number == EVERY_STEP:
                return
            if seen and state.by_hand:
                yield state.look
        if state.by_hand:
            yield state.look
        state.rewind()


PLAYERS: dict[str, Callable[[Preset], Iterator[Any]]] = {
    "autograd": _autograd,
    "graphs": _graphs,
    "tensors": _tensors,
    "probabilities": lambda preset: _curves(ProbabilityState, preset),
    "softmax": lambda preset: _curves(SoftmaxState, preset),
}
"""The function that plays a preset of a lesson without training, by lab."""
