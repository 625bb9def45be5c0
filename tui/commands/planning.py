"""The options that say what is trained, which `dltui run` and `dltui export` share."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Container, Iterator

from engine.config import Allowed, Change, Range, nearest, without_effect
from engine.datasets.registry import fetch_command
from lessons.catalog import entries
from lessons.lesson import Lesson, Preset, TrainingLesson
from tui.commands.command import Refusal, notice, option, refusing
from tui.course import problem
from tui.paths import use_data_dir
from tui.plan import Plan

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
TABLE_USAGE = (
    "[--csv FILE] [--label NAME] [--ignore NAMES] [--missing drop|fill]",
    "[--header yes|no] [--separator comma|semicolon|tab|pipe|space]",
    "[--decimal point|comma] [--target classes|number]",
)
SETTINGS = {
    "--preset": option("NAME", "the settings to start from (the lesson's first)"),
    "--set": option("NAME=VALUE", "change a setting; repeat", action="append", default=[]),
    "--seed": option("N", "the seed of the random numbers (0)"),
}
SETTING_NOTES = """\
A preset is a set of settings to start from: the default is the lesson's first one.
--set changes one of them; given twice, the last one counts, and --seed overrides both.
--set learning_rate=0.02@300 changes it while the training goes on: step 300 is the first
with the new value. The lab marks the settings that can change so by ●.
--csv and the options after it in the usage are for the lesson that takes your own table:
they are settings too, so --set label=price is the same as --label price. --label and
--ignore take names of columns, or 'column 3' for the third.
"""
EVERY = Allowed("whole number", Range(1, 10**9))


def usage(command: str, *lines: str) -> str:
    """Return the usage of a command: these lines, and below them the table options."""
    indent = " " * len(f"usage: dltui {command} ")
    return f"{command} " + f"\n{indent}".join([*lines, *TABLE_USAGE])


def named_lesson(command: str, slug: str | None, offered: Callable[[Lesson], bool]) -> Lesson:
    """Return the lesson with this slug.

    Args:
        command: the command that needs it, for messages.
        offered: whether a message names a lesson.

    Raises:
        Refusal: there is none, or it is not written; the message names those offered.
    """
    lessons = {entry.slug: entry.load() for entry in entries() if not problem(entry)}
    able = [slug for slug, lesson in lessons.items() if offered(lesson)]
    there_are = f"there are: {', '.join(able)}"
    if slug is None:
        raise Refusal(f"{command} needs a lesson; {there_are}")
    entry = next((entry for entry in entries() if entry.slug == slug), None)
    if entry is None:
        raise Refusal(f"no lesson {slug!r}; {nearest(slug, able)}")
    if reason := problem(entry):
        raise Refusal(f"the lesson {slug!r} is {reason}; {there_are}")
    return lessons[slug]


def training_lesson(lesson: Lesson) -> TrainingLesson:
    """Return the lesson if it trains a model, or raise `Refusal`."""
    if not isinstance(lesson, TrainingLesson):
        slug = lesson.slug
        raise Refusal(f"the lesson {slug!r} trains nothing; open it with: dltui {slug}")
    return lesson


def planned(options: Namespace, lesson: TrainingLesson) -> tuple[Plan, str]:
    """Return the run that the options describe, and why its preset is not the lesson's first.

    Most options are checked before PyTorch is imported.

    Raises:
        Refusal: an option is not allowed.
    """
    with refusing():
        use_data_dir(options.data_dir)
        given = [*map(named_value, options.set), *table_settings(options)]
        preset, why = _preset(options.preset, lesson, given)
        every = None if options.every is None else EVERY.parse("--every", options.every)
    assert every is None or isinstance(every, int)
    trainer = lesson.load_trainer()
    with refusing():
        refuse_table(given, trainer.Config.allowed(), lesson.slug)
        if options.seed is not None:
            given.append(("seed", options.seed))
        settings, later = dict(preset.settings), dict[tuple[str, int], Change]()
        for name, text in given:
            change = trainer.Config.parse_change(name, text, trainer.live)
            if change.step == 1:
                settings[name] = change.value
            else:
                later[name, change.step] = change
        changes = tuple(sorted(later.values(), key=lambda change: change.step))
        plan = Plan(lesson, preset, trainer.Config.of(settings), changes, every)
        for name in TABLE:  # without --csv the built-in data would be used
            unread = name != "csv" and getattr(plan.config, "csv", None) is None
            if unread and getattr(options, name) is not None:
                raise Refusal(f"--{name} is for a table of your own: name it with --csv FILE")
    for text in _ineffective(plan, dict(given)):
        notice(text)
    return plan, why


def named_value(text: str) -> tuple[str, str]:
    """Return the name and the value in `NAME=VALUE`, or raise `Refusal`."""
    name, equals, value = text.partition("=")
    if not equals:
        raise Refusal(f"--set takes NAME=VALUE, such as learning_rate=0.1, and not {text!r}")
    return name.strip(), value


def table_settings(options: Namespace) -> list[tuple[str, str]]:
    """Return the settings given by the table options, or raise `Refusal` for an empty one."""
    given = [(name, getattr(options, name)) for name in TABLE]
    for name, text in given:
        if text is not None and not text.strip():
            raise Refusal(f"--{name} needs a value, and not {text!r}")
    return [(name, text) for name, text in given if text is not None]


def refuse_table(given: list[tuple[str, str]], allowed: Container[str], slug: str) -> None:
    """Raise `Refusal` if the lesson does not accept a table option."""
    for name, _ in given:
        if name in TABLE and name not in allowed:
            raise Refusal(f"the lesson {slug!r} takes no --{name}: dataloader does")


def _preset(
    name: str | None, lesson: TrainingLesson, given: list[tuple[str, str]]
) -> tuple[Preset, str]:
    """Return the named preset, or else the lesson's default and why it is not the first one.

    If the user names the data set, the data that the presets need do not matter.
    """
    if name is not None or any(changed == "data" for changed, _ in given):
        return lesson.preset(name), ""
    preset, why = lesson.starting_preset()
    if not why:
        return preset, ""
    fetch = fetch_command(lesson.presets[0].needs)
    return preset, f"{why}: the preset {preset.name} is trained. To get it: {fetch}"


def _ineffective(plan: Plan, given: Container[str]) -> Iterator[str]:
    """Yield a message for each changed setting without effect, with what would give it one."""
    config, preset = plan.config, plan.preset
    allowed, idle = config.allowed(), config.idle()
    later = {change.name for change in plan.changes}
    for name in allowed:
        before = preset.settings.get(name, getattr(type(config), name))
        if name not in later and (name not in given or getattr(config, name) == before):
            continue
        if name in idle:
            words, needed = without_effect(name, idle[name])
            yield f"{words}; to give it one, set {needed}"
        elif allowed[name].lab_only:
            yield f"{name} changes only what the lab shows, and no number of the training"
