"""What stands on the lab's bench: settings, device, pace and the run; knows no screen."""

from __future__ import annotations

import shlex
from bisect import bisect_left, bisect_right
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from engine.datasets.registry import data_dir_option
from engine.frame import Frame, State
from lessons.lesson import Preset, TrainingLesson

if TYPE_CHECKING:
    from engine.config import Config, Setting
    from engine.device import Device
    from engine.run import Run
    from engine.trainer import Trainer

PACES: tuple[float | None, ...] = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, None)
"""Steps a second, slowest first; None is as fast as it goes."""


class Experiment:
    """A lesson's training as the learner sets it up.

    Holds at most one run. `reset` ends that run and prepares the very same one again, from
    its first step; changing a setting that is not live does the same with the new setting.
    """

    def __init__(
        self, lesson: TrainingLesson, device: Device, preset: Preset | None = None
    ) -> None:
        """Start from the preset, or the lesson's first."""
        self.lesson = lesson
        self.device = device
        self.preset: Preset = preset or lesson.presets[0]
        self.pace: float | None = lesson.pace
        self.trainer: type[Trainer[Any]] = lesson.load_trainer()
        self.config: Config = self._preset_config()
        self.run: Run | None = None

    @property
    def frame(self) -> Frame | None:
        """The newest look at the run."""
        return self.run.frame if self.run else None

    @property
    def ended(self) -> bool:
        """Whether the run has no further step to make."""
        return self.run is not None and self.run.state.ended

    @property
    def run_rests(self) -> bool:
        """Whether the run waits to be told something: its trainer is made, or could not be."""
        return self.run is not None and self.run.resting

    def reset(self) -> None:
        """End the run, and prepare it again from the start."""
        from engine.run import Run  # torch: not before the first lab

        self.close()
        self.run = Run(self.trainer, self.config, self.device.name, self.pace)
        self.run.start()

    def close(self) -> None:
        """End the run, and wait for its thread."""
        if self.run is not None:
            self.run.close()

    def play_or_pause(self) -> None:
        """Go on, or hold; what has ended stays as it is."""
        if self.run is None:
            self.reset()
        assert self.run is not None
        if self.run.state is State.PLAYING:
            self.run.pause()
        else:
            self.run.play()

    def hold(self) -> None:
        """Go no further; what has ended or not begun stays so."""
        if self.run is not None and self.run.state is State.PLAYING:
            self.run.pause()

    def step(self) -> None:
        """Make one step, and hold; what has ended stays as it is."""
        if self.run is None:
            self.reset()
        assert self.run is not None
        self.run.step()

    def set(self, name: str, value: Setting) -> bool:
        """Change a setting; a live one changes the run itself. Gives whether it was reset.

        Raises:
            ValueError: the value is not allowed; everything stays as it was.
        """
        if self.run is not None and not self.ended and name in self.trainer.live:
            self.config = self.config.adjusted(name, value)
            self.run.adjust(name, value)
            return False
        self.config = self.config.but(name, value)
        self.reset()
        return True

    def use_preset(self, step: int = 1) -> None:
        """Take the next preset (or the one `step` further), and reset.

        Data of the learner's own stays; a preset that cannot have it is passed over.

        Raises:
            ValueError: no preset can, since that data is no longer there; nothing changes.
        """
        self.preset, self.config = self._next_preset(step)
        self.pace = self.preset.pace or self.pace
        self.reset()

    def use_preset_named(self, name: str) -> None:
        """Take the next preset until it is this one, and reset once.

        Raises:
            ValueError: it cannot have the data of the learner's own; everything stays as it was.
        """
        before = self.preset, self.config, self.pace
        for _ in self.lesson.presets:
            self.preset, self.config = self._next_preset(1)
            self.pace = self.preset.pace or self.pace
            if self.preset.name == name:
                self.reset()
                return
        self.preset, self.config, self.pace = before
        raise ValueError(f"the preset {name} has no place for the data that is set here")

    def _next_preset(self, step: int) -> tuple[Preset, Config]:
        presets, refusal = self.lesson.presets, None
        given = {name: getattr(self.config, name) for name in self.trainer.own}
        here = presets.index(self.preset)
        for place in range(here + step, here + step + len(presets)):
            preset = presets[place % len(presets)]
            try:
                return preset, self.trainer.Config.of({**preset.settings, **given})
            except ValueError as error:
                refusal = refusal or error
        assert refusal is not None
        raise refusal

    def use_device(self, device: Device) -> None:
        """Move to another device, and reset."""
        self.device = device
        self.reset()

    def change_pace(self, direction: int) -> None:
        """Go one pace up (1) or down (-1); a pace of the lesson's own stands between two others."""
        paces, pace = [_finite(pace) for pace in PACES], _finite(self.pace)
        index = bisect_right(paces, pace) - 1 if direction > 0 else bisect_left(paces, pace)
        self.pace = PACES[max(0, min(len(PACES) - 1, index + direction))]
        if self.run is not None:
            self.run.pace = self.pace

    def command(self) -> str:
        """The command line that gives this run again, without a screen."""
        words = ["dltui", "run", self.lesson.slug, "--preset", self.preset.name]
        before = asdict(self._preset_config())
        for name, value in asdict(self.config).items():
            if value != before[name] and name != "seed":
                words += ["--set", f"{name}={'none' if value is None else value}"]
        words += ["--seed", str(self.config.seed), "--device", self.device.name]
        # Only a lesson with data sets needs the folder again that the command line named.
        reads = any(preset.needs for preset in self.lesson.presets)
        return shlex.join(words) + (data_dir_option() if reads else "")

    def _preset_config(self) -> Config:
        return self.trainer.Config.of(dict(self.preset.settings))


def _finite(pace: float | None) -> float:
    return 1e9 if pace is None else pace
