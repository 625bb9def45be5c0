"""`dltui run`: trains a lesson without a screen."""

from __future__ import annotations

import signal
import sys
from argparse import Namespace
from collections.abc import Container, Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any, Self

from engine.config import Allowed, Range, nearest, without_effect
from engine.datasets.registry import fetch_command
from engine.frame import State
from lessons.catalog import entries
from lessons.lesson import Lesson, Preset, TrainingLesson
from tui.commands.autograd import run_autograd
from tui.commands.command import DATA_DIR, CommandLine, Refusal, notice, option, refusing, switch
from tui.course import problem
from tui.paths import use_data_dir
from tui.terminal.capabilities import can_draw, is_terminal

if TYPE_CHECKING:
    from engine.config import Config
    from tui.commands.training import TextReport, Training  # torch

TABLE = {
    "csv": option("FILE", "a table of your own to train on (none: the built-in data)"),
    "label": option("NAME", "the column to predict (the last)"),
    "ignore": option("NAMES", "columns to leave out, separated by commas (none)"),
    "missing": option("HOW", "drop a row with a gap, or fill the gap (drop)"),
    "header": option("WORD", "yes or no: whether line 1 names the columns (auto)"),
    "separator": option("WORD", "comma, semicolon, tab, pipe or space (auto)"),
    "decimal": option("WORD", "the decimal mark: point or comma (point)"),
    "target": option("KIND", "classes, or a number to predict (auto)"),
}
"""Options for the settings of a lesson that trains on the user's own table."""
EVERY = Allowed("whole number", Range(1, 10**9))
SIGNALS = (signal.SIGINT, signal.SIGTERM)

NOTES = """\
examples:
  dltui run linear-regression
  dltui run linear-regression --preset double --set reduction=sum
  dltui run gradient-by-hand --set learning_rate=0.1 --set epochs=20
  dltui run parameters --seed 10 --every 1000 --json
  dltui run dataloader --csv table.csv --label price --ignore id,date --missing fill
  dltui run autograd --set "expression=sigmoid(w*x)" --set w=0.5 --set x=2

A preset is a set of settings to start from: the default is the lesson's first one.
--set changes one of them; given twice, the last one counts, and --seed overrides both.
--csv and the options after it in the usage are for the lesson that takes your own table:
they are settings too, so --set label=price is the same as --label price. --label and
--ignore take names of columns, or 'column 3' for the third. Before the training run
starts, one line says what is predicted.
With --json, each line is an object, and the last has "event": "end".

exit code: 0 finished, 1 diverged or failed, 2 wrong command line, 130 ended by Ctrl-C
"""


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
        lesson = _lesson(options.lesson)
        if lesson.lab == "autograd":
            _refuse_table(_table(options), (), lesson.slug)
            return run_autograd(options, lesson, dict(map(_change, options.set)))
        if not isinstance(lesson, TrainingLesson):
            slug = lesson.slug
            raise Refusal(f"the lesson {slug!r} trains nothing; open it with: dltui {slug}")
    with Interruption() as interruption:
        training = _training(options, lesson, interruption)
        _train(training, _report(options, training), interruption)
    if training.status is State.STOPPED:
        return interruption.exit_code
    return 0 if training.status is State.FINISHED else 1


def _lesson(slug: str | None) -> Lesson:
    """Return the lesson with this slug, or raise `Refusal` with the lessons that can be run."""
    lessons = {entry.slug: entry.load() for entry in entries() if not problem(entry)}
    able = [
        slug
        for slug, lesson in lessons.items()
        if isinstance(lesson, TrainingLesson) or lesson.lab == "autograd"
    ]
    there_are = f"there are: {', '.join(able)}"
    if slug is None:
        raise Refusal(f"run needs a lesson; {there_are}")
    entry = next((entry for entry in entries() if entry.slug == slug), None)
    if entry is None:
        raise Refusal(f"no lesson {slug!r}; {nearest(slug, able)}")
    if reason := problem(entry):
        raise Refusal(f"the lesson {slug!r} is {reason}; {there_are}")
    return lessons[slug]


def _training(options: Namespace, lesson: TrainingLesson, stop: Interruption) -> Training:
    """Return the training run for the options; checks most of them before importing PyTorch."""
    with refusing():
        use_data_dir(options.data_dir)
        changes = [*map(_change, options.set), *_table(options)]
        preset, why = _preset(options.preset, lesson, changes)
        every = None if options.every is None else EVERY.parse("--every", options.every)
    assert every is None or isinstance(every, int)
    trainer = lesson.load_trainer()
    with refusing():
        _refuse_table(changes, trainer.Config.allowed(), lesson.slug)
        if options.seed is not None:
            changes.append(("seed", options.seed))
        settings = dict(preset.settings)
        for name, text in changes:
            settings[name] = trainer.Config.parse(name, text)
        config = trainer.Config.of(settings)
        for name in TABLE:  # without --csv the built-in data would be used
            unread = name != "csv" and getattr(config, "csv", None) is None
            if unread and getattr(options, name) is not None:
                raise Refusal(f"--{name} is for a table of your own: name it with --csv FILE")
        for text in _ineffective(preset, config, dict(changes)):
            notice(text)
        device = _device(options.device, stop)
    from tui.commands.training import Training

    return Training(lesson, preset, trainer, config, device, stop, why, every)


def _preset(
    name: str | None, lesson: TrainingLesson, changes: list[tuple[str, str]]
) -> tuple[Preset, str]:
    """Return the named preset, or else the lesson's default and why it is not the first one.

    If the user names the data set, the data that the presets need do not matter.
    """
    if name is not None or any(changed == "data" for changed, _ in changes):
        return lesson.preset(name), ""
    preset, why = lesson.starting_preset()
    if not why:
        return preset, ""
    fetch = fetch_command(lesson.presets[0].needs)
    return preset, f"{why}: the preset {preset.name} is trained. To get it: {fetch}"


def _change(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Refusal(f"--set takes NAME=VALUE, such as learning_rate=0.1, and not {text!r}")
    return name.strip(), value


def _table(options: Namespace) -> list[tuple[str, str]]:
    """Return the settings given by the table options."""
    given = [(name, getattr(options, name)) for name in TABLE]
    for name, text in given:
        if text is not None and not text.strip():
            raise Refusal(f"--{name} needs a value, and not {text!r}")
    return [(name, text) for name, text in given if text is not None]


def _refuse_table(changes: list[tuple[str, str]], allowed: Container[str], slug: str) -> None:
    """Raise `Refusal` if the lesson does not accept a table option."""
    for name, _ in changes:
        if name in TABLE and name not in allowed:
            raise Refusal(f"the lesson {slug!r} takes no --{name}: dataloader does")


def _ineffective(preset: Preset, config: Config, changes: Container[str]) -> Iterator[str]:
    """Yield a message for each changed setting without effect, with what would give it one."""
    allowed, idle = config.allowed(), config.idle()
    for name in allowed:
        before = preset.settings.get(name, getattr(type(config), name))
        if name not in changes or getattr(config, name) == before:
            continue
        if name in idle:
            words, needed = without_effect(name, idle[name])
            yield f"{words}; to give it one, set {needed}"
        elif allowed[name].lab_only:
            yield f"{name} changes only what the lab shows, and no number of the training"


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
    from tui.commands.training import BarReport, JsonReport, TextReport

    if options.json:
        return JsonReport(training)
    draws = training.every is None and is_terminal(sys.stdout) and can_draw()
    return (BarReport if draws else TextReport)(training)


def _train(training: Training, report: TextReport, interruption: Interruption) -> None:
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
    interruption.training = True
    warn()
    report.end()


RUN = CommandLine(
    run,
    usage="run LESSON [--preset NAME] [--set NAME=VALUE]... [--device D] [--seed N]\n"
    "                 [--every N] [--json] [--data-dir DIR]\n"
    "                 [--csv FILE] [--label NAME] [--ignore NAMES] [--missing drop|fill]\n"
    "                 [--header yes|no] [--separator comma|semicolon|tab|pipe|space]\n"
    "                 [--decimal point|comma] [--target classes|number]",
    summary="Train a lesson without a screen, and print the result.",
    notes=NOTES,
    arguments={
        "lesson": option("LESSON", "what to train: see dltui list", nargs="?"),
        "--preset": option("NAME", "the settings to start from (the lesson's first)"),
        "--set": option("NAME=VALUE", "change a setting; repeat", action="append", default=[]),
        "--device": option("D", "auto, cpu, cuda, cuda:1 or mps (auto)", default="auto"),
        "--seed": option("N", "the seed of the random numbers (0)"),
        "--every": option("N", "print every Nth step (ten lines in the whole run)"),
        **DATA_DIR,
        "--json": switch("print JSON Lines"),
        **{f"--{name}": how for name, how in TABLE.items()},
    },
)
