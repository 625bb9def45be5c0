"""`dltui run`: train a lesson without a screen; knows no loop and no chart."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Container, Iterator
from typing import TYPE_CHECKING, Any

from engine.config import Allowed, Range, without_effect
from engine.datasets.registry import fetch_command
from engine.frame import State
from lessons.catalog import entries, find
from lessons.lesson import Lesson, Preset, TrainingLesson
from tui.commands import take_apart
from tui.commands.command import Command
from tui.commands.interruption import Interruption
from tui.commands.refusal import Refusal, notice, refusing
from tui.course import problem
from tui.paths import use_data_dir
from tui.terminal.capabilities import can_draw, is_terminal

if TYPE_CHECKING:  # these import torch
    from engine.config import Config, Setting
    from engine.trainer import Trainer
    from tui.commands.report import Report
    from tui.commands.training import Order, Outcome

TABLE = ("csv", "label", "ignore", "missing", "header", "separator", "decimal", "target")
"""The options that are settings of whatever lesson takes a table of the learner's own."""
EVERY = Allowed("whole number", Range(1, 10**9))

NOTES = """\
examples:
  dltui run linear-regression
  dltui run linear-regression --preset double --set reduction=sum
  dltui run gradient-by-hand --set learning_rate=0.1 --set epochs=20
  dltui run parameters --seed 10 --every 1000 --json
  dltui run dataloader --csv table.csv --label price --ignore id,date --missing fill
  dltui run autograd --set "expression=sigmoid(w*x)" --set w=0.5 --set x=2

A preset is a set of settings to start from: the first is taken where none is named.
--set changes one of them; given twice, the last one counts, and --seed counts most.
--csv and what follows it in the usage are for the lesson that takes a table of your own:
they are settings too, so that --set label=price is --label price. --label and --ignore
take names of columns, or 'column 3' for the third. Before the training one line says what
is predicted.
With --json, each line is an object, and the last has "event": "end".

exit code: 0 finished, 1 diverged or failed, 2 wrong command line, 130 ended by Ctrl-C
"""


def run(options: Namespace) -> int:
    """Train as the options say; gives the exit code."""
    with refusing():
        lesson = _lesson(options.lesson)
        if lesson.lab == "autograd":
            _no_table(_table(options), (), lesson.slug)
            return take_apart.run(options, lesson, dict(map(_change, options.set)))
        training = _training(lesson)
    with Interruption() as interruption:
        order = _order(options, training, interruption)
        report = _report(options, order)
        outcome = _train(order, report, interruption)
    if outcome.status is State.STOPPED:
        return interruption.exit_code
    return 0 if outcome.status is State.FINISHED else 1


def _order(options: Namespace, lesson: TrainingLesson, stop: Interruption) -> Order:
    """What is to be trained; refuses what needs no PyTorch before PyTorch is imported."""
    with refusing():
        use_data_dir(options.data_dir)
        preset, note = _preset(options, lesson)
        changes = [*map(_change, options.set), *_table(options)]
        _every(options.every)
    trainer = lesson.load_trainer()
    with refusing():
        _no_table(changes, trainer.Config.allowed(), lesson.slug)
        if options.seed is not None:
            changes.append(("seed", options.seed))
        config = _config(trainer, dict(preset.settings), changes)
        _of_a_table(options, config)
        for words in _ineffective(preset, config, dict(changes)):
            notice(words)
        device = _device(options.device, stop)
    from tui.commands.training import Order

    return Order(lesson, preset, trainer, config, device, note)


def _preset(options: Namespace, lesson: TrainingLesson) -> tuple[Preset, str]:
    """The preset that was named, or else the lesson's, and what has to be known of that.

    Where the data set is chosen by itself, what the presets need does not matter.
    """
    chosen = any(name == "data" for name, _ in map(_change, options.set))
    if options.preset is not None or chosen:
        return lesson.preset(options.preset), ""
    preset, why = lesson.starting_preset()
    if not why:
        return preset, ""
    needed = lesson.presets[0].needs
    return preset, f"{why}: the preset {preset.name} is trained. To get it: {fetch_command(needed)}"


def _lesson(slug: str | None) -> Lesson:
    if slug is None:
        raise Refusal(f"run needs a lesson; there are: {_runnable()}")
    entry = find(slug)
    if reason := problem(entry):
        raise Refusal(f"the lesson {slug!r} is {reason}; there are: {_runnable()}")
    return entry.load()


def _runnable() -> str:
    """The lessons that do something without a screen."""
    lessons = [entry.load() for entry in entries() if not problem(entry)]
    able = [one for one in lessons if isinstance(one, TrainingLesson) or one.lab == "autograd"]
    return ", ".join(lesson.slug for lesson in able)


def _training(lesson: Lesson) -> TrainingLesson:
    if not isinstance(lesson, TrainingLesson):
        slug = lesson.slug
        raise Refusal(f"the lesson {slug!r} trains nothing; open it with: dltui {slug}")
    return lesson


def _change(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Refusal(f"--set takes NAME=VALUE, such as learning_rate=0.1, and not {text!r}")
    return name.strip(), value


def _table(options: Namespace) -> list[tuple[str, str]]:
    """The settings that the options of a table of one's own stand for."""
    given = [(name, getattr(options, name)) for name in TABLE]
    for name, text in given:
        if text is not None and not text.strip():
            raise Refusal(f"--{name} needs a value, and not {text!r}")
    return [(name, text) for name, text in given if text is not None]


def _no_table(changes: list[tuple[str, str]], allowed: Container[str], slug: str) -> None:
    """Refuse a table where the lesson takes none."""
    for name, _ in changes:
        if name in TABLE and name not in allowed:
            raise Refusal(f"the lesson {slug!r} takes no --{name}: dataloader does")


def _of_a_table(options: Namespace, config: Config) -> None:
    """Refuse what says how to read a table where none is named: another one would be trained on."""
    for name in TABLE:
        if getattr(options, name) is not None and getattr(config, "csv", None) is None:
            raise Refusal(f"--{name} is for a table of your own: name it with --csv FILE")


def _config(
    trainer: type[Trainer[Any]], settings: dict[str, Setting], changes: list[tuple[str, str]]
) -> Config:
    for name, text in changes:
        settings[name] = trainer.Config.parse(name, text)
    return trainer.Config.of(settings)


def _ineffective(preset: Preset, config: Config, changes: Container[str]) -> Iterator[str]:
    """Which of the settings that were changed change nothing, and with what they would."""
    allowed, idle = config.allowed(), config.idle()
    for name in allowed:
        before = preset.settings.get(name, getattr(type(config), name))
        if name not in changes or getattr(config, name) == before:
            continue
        if name in idle:
            words, needed = without_effect(name, idle[name])
            yield f"{words}; it has with {needed}"
        elif allowed[name].lab_only:
            yield f"{name} changes only what the lab shows, and no number of the training"


def _every(text: str | None) -> int | None:
    if text is None:
        return None
    every = EVERY.parse("--every", text)
    assert isinstance(every, int)
    return every


def _device(wanted: str, stop: Interruption) -> str:
    """The device to train on; the CPU is taken at its word, without looking for others."""
    from engine import device

    if device.normal_name(wanted) == "cpu":
        return "cpu"
    try:
        chosen, why = device.probe(stop=stop).choose(wanted)
    except ValueError:
        if stop():  # the search was cut short: what it did not find may be there
            raise KeyboardInterrupt from None
        raise
    if why and not stop():
        notice(f"training on {chosen.name}: {why}")
    return chosen.name


def _report(options: Namespace, order: Order) -> Report:
    from tui.commands.report import Bar, JsonLines, Milestones, PlainLines

    every, epochs = _every(options.every), getattr(order.config, "epochs", 1)
    if options.json:
        return JsonLines(Milestones(every, epochs))
    if every is None and is_terminal(sys.stdout) and can_draw():
        return Bar(order, epochs)
    return PlainLines(Milestones(every, epochs), order)


def _train(order: Order, report: Report, interruption: Interruption) -> Outcome:
    from tui.commands.training import Training

    training, told, stated = Training(order, interruption), "", False
    for step in training.steps():
        if not stated and training.task:
            report.task(training.task)
        stated = True
        told = _aside(report, training.note, told)
        interruption.torn_easily = True
        report.step(step)
    interruption.torn_easily = True
    outcome = training.outcome()
    _aside(report, outcome.note, told)
    report.end(outcome)
    return outcome


def _aside(report: Report, note: str, told: str) -> str:
    """Tell what has to be known, unless that was told; it may change with the last test."""
    if note and note != told:
        report.aside(note)
    return note


def _add_options(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("lesson", metavar="LESSON", nargs="?", help="what to train: see dltui list")
    add("--preset", metavar="NAME", help="the settings to start from (the lesson's first)")
    add("--set", metavar="NAME=VALUE", action="append", default=[], help="change a setting; repeat")
    add("--device", metavar="D", default="auto", help="auto, cpu, cuda, cuda:1 or mps (auto)")
    add("--seed", metavar="N", help="where the random numbers start (0)")
    add("--every", metavar="N", help="print every Nth step (ten lines in the whole run)")
    add("--data-dir", metavar="DIR", help="where the data sets are")
    add("--json", action="store_true", help="print JSON Lines")
    add("--csv", metavar="FILE", help="a table of your own to train on")
    add("--label", metavar="NAME", help="its column to predict (the last)")
    add("--ignore", metavar="NAMES", help="columns to leave out, with commas between them (none)")
    add("--missing", metavar="HOW", help="drop a row with a gap, or fill the gap (drop)")
    add("--header", metavar="WORD", help="yes or no: does its first line name the columns (auto)")
    add("--separator", metavar="WORD", help="comma, semicolon, tab, pipe or space (auto)")
    add("--decimal", metavar="WORD", help="point or comma: what is before the decimals (point)")
    add("--target", metavar="KIND", help="classes, or a number to predict (auto)")


RUN = Command(
    usage="run LESSON [--preset NAME] [--set NAME=VALUE]... [--device D] [--seed N]\n"
    "                 [--every N] [--json] [--data-dir DIR]\n"
    "                 [--csv FILE] [--label NAME] [--ignore NAMES] [--missing drop|fill]\n"
    "                 [--header yes|no] [--separator comma|semicolon|tab|pipe|space]\n"
    "                 [--decimal point|comma] [--target classes|number]",
    summary="Train a lesson without a screen, and print what comes out.",
    notes=NOTES,
    add_options=_add_options,
    run=run,
)
