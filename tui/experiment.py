"""The training that a lab controls: its settings, device, speed and run."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any

from engine.frame import Frame, State
from lessons.lesson import Preset, TrainingLesson
from tui.plan import Plan

if TYPE_CHECKING:
    from engine.config import Config, Setting
    from engine.device import Device
    from engine.run import Run
    from engine.trainer import Trainer

PACES: tuple[float | None, ...] = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, None)
"""Speeds in steps per second, slowest first; None is unlimited."""


class Experiment:
    """A lesson's training with the learner's settings.

    Holds at most one run. `reset` ends it and prepares an identical run at its first step;
    changing a setting that is not live does the same with the new value.
    """

    def __init__(
        self, lesson: TrainingLesson, device: Device, preset: Preset | None = None
    ) -> None:
        """Use the preset, or the lesson's first one."""
        self.lesson = lesson
        self.device = device
        self.preset: Preset = preset or lesson.presets[0]
        self.pace: float | None = lesson.pace
        self.trainer: type[Trainer[Any]] = lesson.load_trainer()
        self.config: Config = self._preset_config()
        self.run: Run | None = None

    @property
    def frame(self) -> Frame | None:
        """The newest frame of the run."""
        return self.run.frame if self.run else None

    @property
    def ended(self) -> bool:
        """Whether the run has ended."""
        return self.run is not None and self.run.state.ended

    @property
    def run_rests(self) -> bool:
        """Whether the run is idle: it waits for a command, or has ended or failed."""
        return self.run is not None and self.run.resting

    def reset(self) -> None:
        """End the run, and prepare it again from its first step."""
        from engine.run import Run  # imports torch

        self.close()
        self.run = Run(self.trainer, self.config, self.device.name, self.pace)
        self.run.start()

    def close(self) -> None:
        """End the run, and wait for its thread."""
        if self.run is not None:
            self.run.close()

    def play_or_pause(self) -> None:
        """Start or pause the run; an ended run stays as it is."""
        if self.run is None:
            self.reset()
        assert self.run is not None
        if self.run.state is State.PLAYING:
            self.run.pause()
        else:
            self.run.play()

    def hold(self) -> None:
        """Pause the run if it is playing."""
        if self.run is not None and self.run.state is State.PLAYING:
            self.run.pause()

    def step(self) -> None:
        """Do one step, then pause; an ended run stays as it is."""
        if self.run is None:
            self.reset()
        assert self.run is not None
        self.run.step()

    def set(self, name: str, value: Setting) -> bool:
        """Change a setting, in the current run if it is live; return whether the run was reset.

        Raises:
            ValueError: the value is not allowed; nothing changes.
        """
        if self.run is not None and not self.ended and name in self.trainer.live:
            self.config = self.config.adjusted(name, value)
            self.run.adjust(name, value)
            return False
        self.config = self.config.but(name, value)
        self.reset()
        return True

    def use_preset(self, step: int = 1) -> None:
        """Switch to the next preset (or `step` presets on), and reset.

        The learner's own data is kept; presets that do not accept it are skipped.

        Raises:
            ValueError: no preset accepts it, because that data is gone; nothing changes.
        """
        self.preset, self.config = self._next_preset(step)
        self.pace = self.preset.pace or self.pace
        self.reset()

    def use_preset_named(self, name: str) -> None:
        """Switch to the preset with this name, passing through those before it, and reset once.

        Raises:
            ValueError: it does not accept the learner's own data; nothing changes.
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
        """Switch to another device, and reset."""
        self.device = device
        self.reset()

    def change_pace(self, direction: int) -> None:
        """Switch to the next faster (1) or slower (-1) of `PACES`."""
        paces, pace = [_finite(pace) for pace in PACES], _finite(self.pace)
        index = bisect_right(paces, pace) - 1 if direction > 0 else bisect_left(paces, pace)
        self.pace = PACES[max(0, min(len(PACES) - 1, index + direction))]
        if self.run is not None:
            self.run.pace = self.pace

    @property
    def adjusting(self) -> bool:
        """Whether a live change is still to come, so that `plan` lacks it."""
        return self.run is not None and self.run.adjusting

    def plan(self) -> Plan:
        """Return how this run began, and its changes so far."""
        frame, config = self.frame, self.config
        if frame is None:
            return Plan(self.lesson, self.preset, config)
        for name in self.trainer.live:
            config = config.adjusted(name, frame.initial[name])
        return Plan(self.lesson, self.preset, config, frame.changes)

    def command(self) -> str:
        """Return the command line that gives this run without a screen."""
        return self.plan().command(self.device.name)

    def _preset_config(self) -> Config:
        return self.trainer.Config.of(dict(self.preset.settings))


def _finite(pace: float | None) -> float:
    return 1e9 if pace is None else pace
