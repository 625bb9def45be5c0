"""The program that is looked at three ways, and its measurement; knows no screen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.programs.catalog import Input, Program, find
from engine.programs.look import Look
from engine.programs.measuring import Measuring
from engine.programs.sights import Result, Way
from lessons.lesson import Lesson, Preset
from tui.labs.interactive import after

if TYPE_CHECKING:
    from engine.programs.sights import Traced


class Comparison:
    """Which program, which input, which way; and what has been measured of each program.

    One measurement goes on at a time. It goes on while other programs are looked at.
    """

    def __init__(self, lesson: Lesson) -> None:
        self._lesson = lesson
        self._device = "cpu"
        self._measuring: Measuring | None = None
        self._results: dict[tuple[str, str], tuple[Result, ...]] = {}
        """What was measured, by program and device."""
        self._traced: dict[str, Traced] = {}
        self.way = Way.EAGER
        self.use(lesson.presets[0])

    @property
    def measuring(self) -> str:
        """The program that is being measured now; empty for none."""
        return self._measuring.program if self._measuring else ""

    @property
    def seconds(self) -> float:
        """How long the measurement has gone on."""
        return self._measuring.seconds if self._measuring else 0.0

    @property
    def device(self) -> str:
        """The name of the device that calls are timed on."""
        return self._device

    def use(self, preset: Preset) -> None:
        """Look at this program, on its first input."""
        self.preset = preset
        program = find(str(preset.settings["program"]))
        self._take(program, program.inputs[0])

    def use_next(self) -> None:
        """Look at the program after this one."""
        self.use(after(self._lesson.presets, self.preset))

    def next_input(self) -> None:
        """Look at the same program on its next input."""
        program = self.look.program
        self._take(program, after(program.inputs, self.look.given))

    def next_way(self) -> None:
        """Look at the next of the three ways."""
        self.way = after(list(Way), self.way)

    def use_device(self, name: str) -> None:
        """Time the calls on this device from now on."""
        self._device = name
        self._renew()

    def measure(self) -> None:
        """Begin to measure this program, from nothing."""
        self.give_up()
        self._results.pop(self._key, None)
        self._measuring = Measuring(*self._key)
        self._measuring.start()
        self._renew()

    def poll(self) -> bool:
        """Take what the measurement has brought; whether it is still going on."""
        if self._measuring is None:
            return False
        measuring = self._measuring
        if measuring.poll():
            self._results[measuring.program, measuring.device] = measuring.results
            self._renew()
        if measuring.ended:
            self.give_up()
        return self._measuring is not None

    def give_up(self) -> None:
        """End the measurement at once; what it has brought stays."""
        if self._measuring is not None:
            self._measuring.close()
            self._measuring = None
            self._renew()

    def reset(self) -> None:
        """Forget what was measured of this program."""
        if self._measured == self._key:
            self.give_up()
        self._results.pop(self._key, None)
        self._renew()

    @property
    def _key(self) -> tuple[str, str]:
        """What is looked at: the program, and the device for its calls."""
        return self.look.program.name, self._device

    @property
    def _measured(self) -> tuple[str, str] | None:
        """What is being measured."""
        measuring = self._measuring
        return (measuring.program, measuring.device) if measuring else None

    def _take(self, program: Program, given: Input) -> None:
        from engine.programs import eager, source, traced  # torch: not before the first lab

        if program.name not in self._traced:
            self._traced[program.name] = traced.trace(program)
        ran = eager.run(program, given)
        self.look = Look(program, given, source.listing(program), ran, self._traced[program.name])
        self._renew()

    def _renew(self) -> None:
        """The same look, with what has been measured by now."""
        results = self._results.get(self._key, ())
        going = self._measured == self._key
        self.look = replace(self.look, results=results, device=self._device, measuring=going)
