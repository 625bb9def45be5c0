"""`dltui run`: trains a lesson without a screen."""

from __future__ import annotations

import shlex
import signal
import sys
from argparse import Namespace
from types import FrameType
from typing import TYPE_CHECKING, Any, Self

from engine.frame import State
from lessons.lesson import Lesson, TrainingLesson
from tui.commands.autograd import run_autograd
from tui.commands.command import DATA_DIR, CommandLine, Refusal, notice, option, refusing, switch
from tui.commands.event_log import EventLog, refuse_tensorboard
from tui.commands.model_file import ModelFile
from tui.commands.planning import (
    SETTING_NOTES,
    SETTINGS,
    TABLE,
    named_lesson,
    named_value,
    planned,
    refuse_table,
    table_settings,
    training_lesson,
    usage,
)
from tui.terminal.capabilities import can_draw, is_terminal

if TYPE_CHECKING:
    from tui.commands.report import TextReport  # torch
    from tui.commands.training import Training

SIGNALS = (signal.SIGINT, signal.SIGTERM)

NOTES = (
    """\
examples:
  dltui run linear-regression
  dltui run linear-regression --preset double --set reduction=sum
  dltui run gradient-by-hand --set learning_rate=0.1 --set epochs=20
  dltui run linear-regression --set learning_rate=0.02@300 --every 100
  dltui run parameters --seed 10 --every 1000 --json
  dltui run dataloader --csv table.csv --label price --ignore id,date --missing fill
  dltui run autograd --set "expression=sigmoid(w*x)" --set w=0.5 --set x=2

"""
    + SETTING_NOTES
    + """\
Before the training run starts, one line says what is predicted.
With --json, each line is an object, and the last has "event": "end".

--save stores the state_dict of the model for torch.load(FILE, weights_only=True); of
several models, a dict of them by name. It is also stored after Ctrl-C, as it is then,
but not if the training diverges or fails. An older model in FILE is replaced.
--tensorboard needs the package of pip install 'dltui[tensorboard]'. It writes loss,
metrics and learning rate of every step up to 1,000, then of every 10th up to 10,000,
every 100th up to 100,000 and so on, and about 50 histograms of each weight and gradient.
Two runs in one folder are mixed: name runs/a and runs/b, and tensorboard --logdir runs.

exit code: 0 finished, 1 diverged, failed or not stored, 2 wrong command line,
130 ended by Ctrl-C
"""
)


class Interruption:
    """A context in which the first SIGINT or SIGTERM only sets a flag that the training checks.

    Code before the training, such as the import of PyTorch, does not check the flag, so a second
    signal raises `KeyboardInterrupt` there.
    """

    def __init__(self) -> None:
        self.training = False
        """Whether the training has started; then a second signal also only sets the flag."""
        self._signal = 0
        self._before: dict[signal.Signals, Any] = {}

    def __call__(self) -> bool:
        """Return whether the training has to stop."""
        return self._signal != 0

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._note) for number in SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @property
    def exit_code(self) -> int:
        """The exit code: 130 after Ctrl-C, 143 after SIGTERM."""
        return 128 + self._signal

    def _note(self, number: int, _: FrameType | None) -> None:
        again, self._signal = self._signal != 0, number
        if again and not self.training:
            raise KeyboardInterrupt


def run(options: Namespace) -> int:
    """Run the command with these options and return the exit code."""
    with refusing():
        lesson = named_lesson("run", options.lesson, _runs)
        if lesson.lab == "autograd":
            refuse_table(table_settings(options), (), lesson.slug)
            for name in ("save", "tensorboard"):
                if getattr(options, name) is not None:
                    raise Refusal(f"the lesson 'autograd' trains nothing and takes no --{name}")
            return run_autograd(options, lesson, dict(map(named_value, options.set)))
        lesson = training_lesson(lesson)
    file = None if options.save is None else ModelFile(options.save)
    if options.tensorboard is not None:
        refuse_tensorboard(options.tensorboard)
    with Interruption() as interruption:
        training = _training(options, lesson, interruption)
        log = None
        if options.tensorboard is not None:
            log = EventLog(options.tensorboard, training)
        report = _report(options, training)
        _train(training, report, interruption, log)
        stored = _stored(training, report, file, log)
    if not stored:
        return 1
    if training.status is State.STOPPED:
        return interruption.exit_code
    return 0 if training.status is State.FINISHED else 1


def _runs(lesson: Lesson) -> bool:
    return isinstance(lesson, TrainingLesson) or lesson.lab == "autograd"


def _training(options: Namespace, lesson: TrainingLesson, stop: Interruption) -> Training:
    """Return the training run for the options; checks most of them before importing PyTorch."""
    plan, why = planned(options, lesson)
    with refusing():
        device = _device(options.device, stop)
    from tui.commands.training import Training, has_states

    kind = lesson.load_trainer()
    if options.save is not None and not has_states(kind):
        raise Refusal(f"--save: the trainer of the lesson {lesson.slug!r} has no method states")
    return Training(
        lesson, plan.preset, kind, plan.config, device, stop, why, plan.every, plan.changes
    )


def _device(wanted: str, stop: Interruption) -> str:
    """Return the device to train on; other devices are not probed for the CPU."""
    from engine import device

    if device.normal_name(wanted) == "cpu":
        return "cpu"
    try:
        chosen, why = device.probe(stop=stop).choose(wanted)
    except ValueError:
        if stop():  # probing was interrupted, so the device may exist
            raise KeyboardInterrupt from None
        raise
    if why and not stop():
        notice(f"training on {chosen.name}: {why}")
    return chosen.name


def _report(options: Namespace, training: Training) -> TextReport:
    from tui.commands.report import BarReport, JsonReport, TextReport

    if options.json:
        return JsonReport(training)
    draws = training.every is None and is_terminal(sys.stdout) and can_draw()
    return (BarReport if draws else TextReport)(training, options.verbose)


def _train(
    training: Training, report: TextReport, interruption: Interruption, log: EventLog | None
) -> None:
    shown = ""

    def warn() -> None:
        """Print the note of the training if it has changed."""
        nonlocal shown
        before, shown = shown, training.note
        if shown and shown != before:
            report.warn(shown)

    for step in training.steps():
        if not interruption.training and training.task:
            report.show(training.task)
        warn()
        interruption.training = True
        report.step(step)
        if log:
            log.step(step)
    interruption.training = True
    warn()
    for change in training.late:
        report.warn(f"{change} had no effect: the run ended after {training.history.steps:,} steps")
    report.end()


def _stored(
    training: Training, report: TextReport, file: ModelFile | None, log: EventLog | None
) -> bool:
    """Write the model and the end of the events; whether everything that was asked for is there."""
    complete = training.status in (State.FINISHED, State.STOPPED)
    stored = True
    if log:
        log.close(complete)
        if log.trouble:
            report.warn(f"--tensorboard {log.folder!r} is incomplete: {log.trouble}")
            stored = False
        else:
            report.show(f"events written; see them with: {_shell(log.folder)}")
    if file and not complete:
        report.warn(f"--save {file.name!r} is not written: the training {training.status}")
    elif file and training.trainer:
        try:
            file.write(training.trainer.states())
        except OSError as error:
            reason = f"cannot be written: {error.strerror or error}"
            report.warn(f"--save {file.name!r} {reason}; make room, and run the command again")
            return False
        report.show(f"model saved; load it with: torch.load({file.name!r}, weights_only=True)")
    return stored


def _shell(folder: str) -> str:
    return f"tensorboard --logdir {shlex.quote(folder)}"


RUN = CommandLine(
    run,
    usage=usage(
        "run",
        "LESSON [--preset NAME] [--set NAME=VALUE[@STEP]]... [--device D]",
        "[--seed N] [--every N] [--json] [--verbose] [--data-dir DIR]",
        "[--save FILE] [--tensorboard DIR]",
    ),
    summary="Train a lesson without a screen, and print the result.",
    notes=NOTES,
    arguments={
        "lesson": option("LESSON", "what to train: see dltui list", nargs="?"),
        **SETTINGS,
        "--device": option("D", "auto, cpu, cuda, cuda:1 or mps (auto)", default="auto"),
        "--every": option("N", "print every Nth step (ten lines in the whole run)"),
        **DATA_DIR,
        "--json": switch("print JSON Lines"),
        "--verbose": switch("print the weights as well"),
        "--save": option("FILE", "store the model at the end (nothing is stored)"),
        "--tensorboard": option("DIR", "write events for TensorBoard (none are written)"),
        **{f"--{name}": how for name, how in TABLE.items()},
    },
)
