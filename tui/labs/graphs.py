"""The lab of graphs: one program run, traced and compiled; computes and measures nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.events import Resize
from textual.timer import Timer

from engine.programs.sights import Way
from lessons.lesson import Lesson
from tui.environment import Environment
from tui.labs.interactive import after
from tui.labs.lab import Lab, LabStatus
from tui.labs.program_desk import ProgramDesk
from tui.labs.program_keys import KEYS
from tui.stages.comparison import Comparison
from tui.widgets.theme import ThemeAware
from tui.widgets.ways import Ways

if TYPE_CHECKING:
    from engine.device import Device

LOOKS = 0.2
"""Seconds between two looks at a measurement that goes on."""


class GraphsLab(Lab, ThemeAware):
    """Shows a program three ways, and turns keys into what shall be looked at."""

    BINDINGS = KEYS

    def __init__(self, lesson: Lesson, fps: float) -> None:
        super().__init__(lesson)
        self.comparison: Comparison | None = None
        self._devices: tuple[Device, ...] = ()
        self._desk = ProgramDesk(self._challenges)
        self._watching: Timer | None = None

    def compose(self) -> ComposeResult:
        yield self._desk

    def close(self) -> None:
        if self.comparison is not None:
            self.comparison.give_up()

    def apply_theme(self) -> None:
        self._show()

    def on_resize(self, event: Resize) -> None:
        """The bars are as long as there is room."""
        self.call_after_refresh(self._show)

    def open(self, environment: Environment) -> None:
        self._devices = environment.devices
        self.comparison = Comparison(self._lesson)
        self.comparison.use_device(environment.device.name)
        self._show()
        self.refresh_bindings()
        self.be_ready()

    def enter(self) -> None:
        self._desk.take_keys()

    def put_down(self) -> None:
        if self.comparison is not None and self.comparison.measuring:
            self.action_give_up()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be done before PyTorch is there, and no measurement ended that is none."""
        measuring = self.comparison is not None and bool(self.comparison.measuring)
        if action in ("measure", "way", "input", "preset", "reset"):
            return self.comparison is not None and not (action == "measure" and measuring)
        if action == "stop":
            return measuring
        if action == "device":
            return self.comparison is not None and len(self._devices) > 1
        if action == "give_up":
            return measuring and not self.has_hint  # escape closes the hint first
        return True

    # What the keys do.

    def action_measure(self) -> None:
        """Compile and measure the program."""
        if self.comparison is None or self.comparison.measuring:
            return
        self.comparison.measure()
        self._watching = self.set_interval(LOOKS, self._look)
        self._desk.see("costs")
        self._show()
        self.refresh_bindings()

    def action_stop(self) -> None:
        """End the measurement at once, also beside an open hint, which escape closes first."""
        self.action_give_up()

    def action_give_up(self) -> None:
        """End the measurement at once."""
        if self.comparison is None:
            return
        self.comparison.give_up()
        self._rest()
        self._show()

    def action_way(self) -> None:
        """Look at the next way."""
        if self.comparison is None:
            return
        self.comparison.next_way()
        self._desk.see_way()
        self._from_the_start()

    def action_input(self) -> None:
        """Take the next input."""
        if self.comparison is None:
            return
        self.comparison.next_input()
        self._from_the_start()

    def action_preset(self) -> None:
        """Take the next program."""
        if self.comparison is None:
            return
        self.comparison.use_next()
        self._from_the_start()

    def use_preset(self, name: str) -> None:
        """Take that program; those before it need not be traced."""
        assert self.comparison is not None
        self.comparison.use(next(each for each in self._lesson.presets if each.name == name))
        self._from_the_start()

    def views(self) -> Mapping[str, Callable[[], object]]:
        return {name: partial(self._see, name) for name in self._desk.views}

    def _see(self, view: str) -> None:
        self._desk.see(view)
        self.call_after_refresh(self._show)

    def action_view(self) -> None:
        """Show something else of it."""
        self._desk.see_next()
        self.call_after_refresh(self._show)

    def action_reset(self) -> None:
        """Forget what was measured of this program."""
        if self.comparison is None:
            return
        self.comparison.reset()
        if not self.comparison.measuring:
            self._rest()
        self._show()

    def action_device(self) -> None:
        """Time the calls on the next device."""
        if self.comparison is None:
            return
        names = [device.name for device in self._devices]
        self.comparison.use_device(after(names, self.comparison.device))
        self._show()

    @on(Ways.Gone)
    def _go(self, event: Ways.Gone) -> None:
        if self.comparison is not None and self.comparison.way is not list(Way)[event.row]:
            self.comparison.way = list(Way)[event.row]
            self._from_the_start()

    # What is shown.

    def _look(self) -> None:
        """Take what the measurement has brought, as long as it goes on."""
        if self.comparison is None:
            return
        if not self.comparison.poll():
            self._rest()
        self._show()

    def _rest(self) -> None:
        """Look at no measurement any more."""
        if self._watching is not None:
            self._watching.stop()
            self._watching = None
        self.refresh_bindings()

    def _show(self) -> None:
        """Show what is looked at, as it is now."""
        if self.comparison is None:
            return
        self._desk.show(self.comparison.look, self.comparison.way)
        self._stand()
        self._check(self.comparison.look)

    def _from_the_start(self) -> None:
        """Show another graph, from its input on."""
        self._show()
        self._desk.from_the_start()

    def _stand(self) -> None:
        if self.comparison is None:
            return
        comparison = self.comparison
        titles = {device.name: device.title for device in self._devices}
        self.status = LabStatus(
            preset=comparison.look.program.name,
            progress=comparison.look.given.name,
            device=f"{comparison.device} {titles[comparison.device]}",
            state=self._state(comparison),
            busy=f"measuring {comparison.measuring}" if comparison.measuring else "",
            finished=comparison.look.measured,
        )

    def _state(self, comparison: Comparison) -> str:
        if comparison.measuring:
            what, seconds = comparison.measuring, comparison.seconds
            return f"measuring {what} {seconds:.0f} s · space: give up"
        if comparison.look.measured:
            return "measured"
        return "given up · space: again" if comparison.look.results else "space: measure"
