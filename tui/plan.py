"""`Plan`: the settings of one run, and the command and the script that give it again."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from engine.config import Change, Config
from engine.datasets.registry import data_dir_option
from lessons.lesson import Preset, TrainingLesson
from lessons.script import script

BEGINNING = "# The same losses as: dltui run "
"""The beginning of every exported script."""
WIDEST = 95
"""The width of its first lines, without `#`."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The settings of a run."""

    lesson: TrainingLesson
    preset: Preset
    config: Config
    """The settings of the first step."""
    changes: tuple[Change, ...] = ()
    """Changes during the run, in order."""
    every: int | None = None
    """The steps from one printed loss to the next; None leaves that to the command or script."""

    def command(self, device: str) -> str:
        """Return the command line that gives this run without a screen."""
        return shlex.join(self._words(device))

    def script(self) -> str:
        """Return the plain script of this run, below a comment with its command.

        Raises:
            NotExported: the script cannot be written for these settings.
        """
        return self._comment() + script(self.lesson, self.config, self.changes, self.every)

    def _words(self, device: str) -> Iterator[str]:
        yield from ("dltui", "run", self.lesson.slug, "--preset", self.preset.name)
        before = asdict(type(self.config).of(dict(self.preset.settings)))
        for name, value in asdict(self.config).items():
            if value != before[name] and name != "seed":
                yield from ("--set", f"{name}={'none' if value is None else value}")
        allowed = self.config.allowed()
        for change in self.changes:
            if not allowed[change.name].lab_only:
                yield from ("--set", str(change))
        yield from ("--seed", str(self.config.seed), "--device", device)
        if self.every is not None:
            yield from ("--every", str(self.every))
        if any(preset.needs for preset in self.lesson.presets):  # a lesson with data sets
            yield from shlex.split(data_dir_option())

    def _comment(self) -> str:
        """Return the command for the CPU as lines of a comment, broken between two options."""
        lines = ["The same losses as:"]
        for part in re.split(r" (?=--)", self.command("cpu")):
            if len(lines[-1]) + len(part) > WIDEST:
                lines[-1] += " \\"
                lines.append("   ")
            lines[-1] += f" {part}"
        lines = "\n".join(lines).splitlines()  # the name of a file may contain line breaks
        return "".join(f"# {line}\n" for line in lines)
