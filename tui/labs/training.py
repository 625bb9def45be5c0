"""The lab of a training, drawn and in numbers; knows how to show, not how to train."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult

from engine.frame import Frame, State
from lessons.lesson import Preset, TrainingLesson
from tui.bench import Bench
from tui.experiment import Experiment
from tui.labs.lab import Lab, LabStatus
from tui.labs.training_keys import KEYS
from tui.watching import Watching
from tui.widgets.controls import Controls
from tui.widgets.notice import Notice
from tui.widgets.panels import Panels
from tui.widgets.status_bar import NO_RUN

if TYPE_CHECKING:
    from engine.config import Setting
    from engine.device import Device
    from engine.run import Run


class TrainingLab(Lab):
    """Shows the newest frame of an experiment, and turns keys into what it shall do."""

    BINDINGS = KEYS
    OPENS_LINE = frozenset({"enter"})

    def __init__(self, lesson: TrainingLesson, fps: float) -> None:
        super().__init__(lesson)
        first = lesson.presets[0].name
        self.set_reactive(Lab.status, LabStatus(preset=first, state=NO_RUN))
        self.lesson = lesson
        self.experiment: Experiment | None = None
        self.frame: Frame | None = None
        self._watching = Watching(self, fps, self._run, self._look)
        self._notice = Notice(id="notice", classes="waiting")
        self._notice.display = False
        self._panels = Panels(lesson, self._challenges, id="bench")
        self._devices: tuple[Device, ...] = ()
        self._first: Preset | None = None
        """The preset to start from; None for the lesson's first."""
        self._why_not_first = ""
        """Why it is another one, in words."""

    def compose(self) -> ComposeResult:
        yield self._notice
        yield self._panels

    def close(self) -> None:
        self._watching.stop()
        if self.experiment is not None:
            self.experiment.close()

    def prepare(self) -> None:
        self._first, self._why_not_first = self.lesson.starting_preset()

    def open(self, bench: Bench) -> None:
        """Set up the experiment: torch is there, and so is the device."""
        self._devices = bench.devices
        self.experiment = Experiment(self.lesson, bench.device, self._first)
        self._starting.what = "setting up the training"
        self.experiment.reset()
        self._begin()
        self.refresh_bindings()

    def on_show(self) -> None:
        """Back in sight: see at once how things are; out of sight that is looked at seldom."""
        self._watching.look()

    def enter(self) -> None:
        self._panels.controls.enter()

    def leave(self) -> None:
        self._panels.controls.action_settle()

    def put_down(self) -> None:
        super().put_down()
        if self.experiment is not None:
            self.experiment.hold()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Little can be done before PyTorch is there; the device key needs a choice."""
        if action in ("play", "step", "reset", "pace", "preset", "copy"):
            return self.experiment is not None
        if action == "device":
            return self.experiment is not None and len(self._devices) > 1
        if action == "view":
            return self._panels.pictures.hidden
        if action == "residuals":
            return self._panels.pictures.has_other
        return True

    # What the keys do.

    def action_play(self) -> None:
        """Train on, or hold."""
        if self.experiment is None:
            return
        self.experiment.play_or_pause()
        self._watching.look()

    def action_step(self) -> None:
        """Make one step."""
        if self.experiment is None:
            return
        self.experiment.step()
        self._watching.look()

    def action_reset(self) -> None:
        """Begin the very same run again."""
        if self.experiment is None:
            return
        self.experiment.reset()
        self._watching.look()

    def action_pace(self, direction: int) -> None:
        """Go a pace up or down."""
        if self.experiment is None:
            return
        self.experiment.change_pace(direction)
        self._stand()

    def action_preset(self) -> None:
        """Take the next preset."""
        if self.experiment is None:
            return
        try:
            self.experiment.use_preset()
        except ValueError as error:
            self._panels.controls.refuse(str(error))
        else:
            self._begin()

    def use_preset(self, name: str) -> None:
        assert self.experiment is not None
        try:
            self.experiment.use_preset_named(name)
        except ValueError as error:
            self._panels.controls.refuse(str(error))
        else:
            self._begin()

    def views(self) -> Mapping[str, Callable[[], object]]:
        pictures = self._panels.pictures
        return {title: partial(pictures.choose, name) for name, title in pictures.others.items()}

    def action_device(self) -> None:
        """Move to the next device."""
        if self.experiment is None:
            return
        names = [device.name for device in self._devices]
        index = names.index(self.experiment.device.name) + 1
        self.experiment.use_device(self._devices[index % len(names)])
        self._begin()

    def action_view(self) -> None:
        """Show the next picture."""
        self._panels.pictures.turn()

    def action_logarithmic(self) -> None:
        """Draw the loss on a logarithmic axis, or a plain one."""
        self._panels.pictures.toggle_logarithmic()

    def action_residuals(self) -> None:
        """Draw the residuals, or leave them out."""
        self._panels.pictures.toggle_residuals()

    def action_copy(self) -> None:
        """Copy the command that gives this run again."""
        if self.experiment is None:
            return
        command = self.experiment.command()
        self.app.copy_to_clipboard(command)
        frame = self.experiment.frame
        title = "copied"
        if frame is not None and frame.changed:
            title = f"copied; this run had another {', '.join(sorted(frame.changed))} at first"
        self.notify(command, title=title, timeout=10, markup=False)

    # What the widgets wish.

    @on(Controls.Changed)
    def _turn(self, event: Controls.Changed) -> None:
        self._set(event.name, event.value)

    @on(Controls.Typed)
    def _type(self, event: Controls.Typed) -> None:
        if self.experiment is None:
            return
        try:
            value = self.experiment.config.parse(event.name, event.text)
        except ValueError as error:
            self._panels.controls.refuse(str(error))
        else:
            if self._set(event.name, value):
                self._panels.controls.action_settle()

    def _set(self, name: str, value: Setting) -> bool:
        if self.experiment is None:
            return False
        try:
            self.experiment.set(name, value)
        except ValueError as error:
            self._panels.controls.refuse(str(error))
            return False
        self._begin()
        return True

    # What is shown.

    def _begin(self) -> None:
        """Show the experiment as it is set up now, and what its run makes of it."""
        if self.experiment is None:
            return
        live = self.experiment.trainer.live
        self._panels.show_settings(self.experiment.config, live)
        self._stand()
        self._watching.look()

    def _run(self) -> Run | None:
        return self.experiment.run if self.experiment else None

    def _look(self, frame: Frame) -> None:
        self.frame = frame
        self._stand()
        self._show(frame)
        self._check(frame)
        if frame.picture is not None or (self.experiment and self.experiment.run_rests):
            self.be_ready()

    def _show(self, frame: Frame) -> None:
        """Draw the frame, and write what it says."""
        self._panels.show(frame)
        self._notice.show(frame)

    def _stand(self) -> None:
        """Say where the experiment stands."""
        if self.experiment is None:
            return
        experiment, frame = self.experiment, self.frame
        self.status = LabStatus(
            preset=experiment.preset.name,
            progress=progress(frame, experiment.pace) if frame else "",
            device=f"{experiment.device.name} {experiment.device.title}",
            frame=frame,
            finished=frame is not None and frame.state is State.FINISHED,
        )


def progress(frame: Frame, pace: float | None) -> str:
    """How far a training has come: its epoch and its pace."""
    epoch = f"epoch {_count(frame.epoch)}/{_count(frame.settings.get('epochs'))}"
    playing = "▶ " if frame.state is State.PLAYING else ""
    return f"{epoch} · {playing}{'full speed' if pace is None else f'{pace:g}/s'}"


def _count(number: object) -> str:
    """A whole number in at most five places: 20000, 250k, 1.25M."""
    if not isinstance(number, int) or number < 100_000:
        return str(number)
    return f"{number / 1e6:.3g}M" if number >= 1_000_000 else f"{number // 1000}k"
