"""The plain script of a training lesson: the same training, written as a learner would write it.

`script.py.jinja` in the folder of a lesson is a template of the script. It is filled in with the
settings of a run and contains only what these settings need, so the result is short and has no
branches for other settings. It prints a line `STEP LOSS` after every Nth step, with all digits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.config import Change, Config
from engine.datasets import registry
from lessons.lesson import TrainingLesson, file_text

if TYPE_CHECKING:
    from jinja2 import Environment

FILE = "script.py.jinja"
PHASES = {
    "data": r"for ",
    "model": r"= \w*model\w*\(",
    "loss": r"loss\w* = ",
    "optimizer": r"optimizer\w*\.step\(\)",
}
"""The phases of an update, and the line of the loop in which each ends."""


class NotExported(ValueError):
    """No plain script has these settings; the message says which, and what to do."""


def has_script(lesson: TrainingLesson) -> bool:
    """Return whether the lesson has a template."""
    return (files("lessons") / lesson.slug.replace("-", "_") / FILE).is_file()


def script(
    lesson: TrainingLesson, config: Config, changes: Sequence[Change] = (), every: int | None = None
) -> str:
    """Return the script of a run.

    Args:
        lesson: a lesson with a template.
        config: the settings at the start of the run.
        changes: settings that change during the run.
        every: the steps from one printed loss to the next; None leaves that to the template.

    Raises:
        NotExported: the script cannot be written for these settings.
    """
    template = _templates().from_string(file_text(lesson.slug, FILE))
    allowed, idle = config.allowed(), frozenset(config.idle())
    changes = [one for one in changes if not (one.name in idle or allowed[one.name].lab_only)]
    text = template.render(**asdict(config), config=config, idle=idle, changes=changes, every=every)
    return text.strip() + "\n"


def line_of(script: str, phase: str) -> int | None:
    """Return the line that a run has just executed, counted from 1; None if it is not found.

    Args:
        script: a script with its loop below `# 5. Loop`.
        phase: the phase that has ended; empty after a whole update.
    """
    lines = script.splitlines()
    loop = next((i for i, line in enumerate(lines) if line.startswith("# 5.")), len(lines))
    found = None
    for number, line in enumerate(lines[loop:], start=loop + 1):
        if phase and re.search(PHASES.get(phase, "$^"), line):
            return number
        if not phase and re.match(r"\s+if step % EVERY", line):
            return found
        found = number
    return None


def _templates() -> Environment:
    """Return an environment in which a template is as readable as the script."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # only when it is needed

    environment = Environment(
        loader=FunctionLoader(lambda name: (files("lessons") / name).read_text(encoding="utf-8")),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        autoescape=False,  # it is Python
    )
    environment.filters["py"] = _literal
    environment.globals["refuse"] = _refuse
    environment.globals["plain_csv"] = _plain_csv
    environment.globals["torchvision_root"] = _torchvision_root
    environment.globals["training_images"] = _training_images
    return environment


def _refuse(message: str) -> Any:
    """Raise `NotExported` from a template."""
    raise NotExported(message)


def _literal(value: object) -> str:
    """Return the value in Python as a formatter would write it: texts are in double quotes."""
    match value:
        case tuple() | list():
            return f"[{', '.join(map(_literal, value))}]"
        case dict():
            return f"{{{', '.join(f'{_literal(k)}: {_literal(v)}' for k, v in value.items())}}}"
        case str() if '"' not in value and "'" not in value:
            return f'"{repr(value)[1:-1]}"'
    return repr(value)


def _plain_csv(config: Config) -> Any:
    """Return how the script reads the file of the setting `csv`: an `engine.datasets.PlainCsv`.

    Raises:
        NotExported: a script of a few lines cannot read it.
    """
    reader = import_module("engine.datasets.plain_csv")  # imports numpy
    settings = asdict(config)
    options = {name: settings[name] for name in reader.CsvOptions._fields}
    try:
        return reader.plain_csv(
            settings["csv"], reader.CsvOptions(**options), settings["standardise"] == "yes"
        )
    except ValueError as error:
        raise NotExported(str(error)) from None


def _torchvision_root(data: str) -> Path | None:
    """Return the folder from which torchvision reads these images; None for the digits.

    Raises:
        NotExported: torchvision would have to download them.
    """
    from engine.datasets.torchvision_root import torchvision_root  # imports gzip and hashlib

    try:
        return torchvision_root(data)
    except ValueError as error:
        raise NotExported(str(error)) from None


def _training_images(data: str) -> int:
    return registry.find(data).files[0].shape[0]
