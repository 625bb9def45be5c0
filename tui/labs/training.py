"""The training lab, which other labs extend by keys of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from engine.frame import Frame, State
from lessons.lesson import Preset, TrainingLesson
from lessons.script import has_script
from tui.experiment import Experiment
from tui.labs.lab import Environment, Lab, LabStatus
from tui.script_file import save_new, short
from tui.watching import Watching
from tui.widgets.controls import Controls, for_controls
from tui.widgets.equations import Equations
from tui.widgets.pictures import Pictures
from tui.widgets.status_bar import NO_RUN

if TYPE_CHECKING:
    from engine.config import Config, Setting, Unmet
    from engine.device import Device
    from engine.run import Run

PACE = Binding.Group("pace", compact=True)


def _key(key: str, action: str, description: str, name: str, tooltip: str) -> Binding:
    group = PACE if action.startswith("pace") else None
    return Binding(key, action, description, id=f"lab.{name}", tooltip=tooltip, group=group)


STEP = "s"
FIRST: list[BindingType] = [
    _key("space", "play", "play", "play", "Train on, or hold"),
    _key(STEP, "step", "step", "step", "Make one step, and show it"),
    _key("v", "view", "view", "view", "Show the next picture"),
]
"""The first keys; those of a special lab follow. A narrow footer shows what fits, in this order."""
FASTER = "More steps a second, up to as fast as it goes"
LAST: list[BindingType] = [
    _key("p", "preset", "preset", "preset", "Take the next preset"),
    _key("left_square_bracket", "pace(-1)", "slower", "slower", "Fewer steps a second"),
    _key("right_square_bracket", "pace(1)", "faster", "faster", FASTER),
    _key("r", "reset", "reset", "reset", "Begin the very same run again"),
    _key("l", "logarithmic", "log", "log", "Draw the loss on a logarithmic axis"),
    _key("e", "residuals", "errors", "residuals", "Show the errors, or what else the picture has"),
    _key("d", "device", "device", "device", "Move to the next device"),
    _key("y", "copy", "copy", "copy", "Copy the command that gives this run without a screen"),
    _key("x", "export", "export", "export", "Write this run as a plain PyTorch script into a file"),
]

RESTARTED = "{label} changed: the run begins again"
ON_CPU = "The script runs on the CPU: its last digits differ from those of {device}."
SETTLING = 0.01
"""Seconds between two looks at whether a run has taken a change."""
OVERSHOT = "Each step overshot the valley by more than it had gained."
"""Why a run diverges, where there is room to say it."""
NOTICES = {
    State.DIVERGED: "[b]diverged[/b]: {words} Lower the learning rate, then press [b]r[/b].",
    State.FAILED: "[b]failed[/b]: {words} Nothing else is lost; [b]r[/b] sets it up again.",
}


class Notice(Static):
    """A few lines of a lab, hidden while they are empty."""

    DEFAULT_CSS = """
    Notice {
        display: none; height: auto; max-height: 6; padding: 0 1;
        background: $warning-muted; color: $text-warning;
        &.-note { background: $panel; color: $text; }
    }
    """

    def show(self, words: str, state: State | None = None) -> None:
        """Say this; `state` is the one that it is about, if something went wrong."""
        text, wrong = words.replace("[", "\\["), NOTICES.get(state) if state else None
        if wrong is not None:
            text = wrong.format(words=text if text.endswith((".", "?")) else f"{text}.")
        if text != self.content:
            self.set_class(wrong is None, "-note")
            self.update(text)
        if bool(text) != self.display:
            self.display = bool(text)


class TrainingLab(Lab):
    """Shows the newest frame of an experiment, and passes key actions to it."""

    BINDINGS = [*FIRST, *LAST]
    OPENS_LINE = frozenset({"enter"})

    def __init__(self, lesson: TrainingLesson, fps: float) -> None:
        super().__init__(lesson)
        first = lesson.presets[0].name
        self.set_reactive(Lab.status, LabStatus(preset=first, state=NO_RUN))
        self.lesson = lesson
        self.experiment: Experiment | None = None
        self.frame: Frame | None = None
        self._exports = has_script(lesson)
        self._watching = Watching(self, fps, self._run, self._look)
        self._notice = Notice(id="notice", classes="waiting")
        self._message = Notice(id="message")
        """What comes up during a run; only the chart above it makes room, so that nothing moves."""
        self._pictures = Pictures(lesson.charts, self._message, id="pictures")
        self._controls = Controls(lesson.controls, id="controls")
        self._equations = Equations(advice=f"press {STEP} to make one step", id="equations")
        self._devices: tuple[Device, ...] = ()
        self._first: Preset | None = None
        """The preset to start with; None for the lesson's first."""
        self._why_not_first = ""
        """Why it is another one, as text."""

    def compose(self) -> ComposeResult:
        yield self._notice
        with Horizontal(id="bench"):
            yield self._pictures
            with Vertical(id="side"):
                yield self._controls
                yield self._equations
                yield self._challenges

    def close(self) -> None:
        self._watching.stop()
        if self.experiment is not None:
            self.experiment.close()

    def preview(self) -> None:
        """Show the values of the first preset, which may depend on the files available."""
        if self.lesson.presets[0].needs:
            self._find_first_preset()
        else:
            self._show_preset(self.lesson.presets[0])

    @work(exit_on_error=False)
    async def _find_first_preset(self) -> None:
        found = await asyncio.to_thread(self.lesson.starting_preset)
        if self.is_running:
            self._show_preset(*found)

    def _show_preset(self, preset: Preset, why_not_first: str = "") -> None:
        settings = self.lesson.settings(preset)
        if settings and self.experiment is None:
            self._why_not_first = why_not_first
            self._controls.show(settings, frozenset())
            self.status = replace(self.status, preset=preset.name)
            self.refresh_bindings()

    def fail(self, reason: str) -> None:
        super().fail(reason)
        self._controls.disabled = True  # the displayed preset cannot be changed

    def prepare(self) -> None:
        self._first, self._why_not_first = self.lesson.starting_preset()
        self.lesson.load_trainer().Config()  # raises if the file is broken

    def open(self, environment: Environment) -> None:
        """Set up the experiment: PyTorch is loaded, and the device is known."""
        self._devices = environment.devices
        self.experiment = Experiment(self.lesson, environment.device, self._first)
        self._starting.what = "setting up the training"
        self.experiment.reset()
        self._begin()
        self.refresh_bindings()

    def on_show(self) -> None:
        """Update at once: hidden labs are updated rarely."""
        self._watching.look()

    def enter(self) -> None:
        self._controls.enter()

    def leave(self) -> None:
        self._controls.action_settle()

    def put_down(self) -> None:
        super().put_down()
        if self.experiment is not None:
            self.experiment.hold()

    def can(self, action: str) -> bool | None:
        """Allow the device and view keys only if there is a choice."""
        if action == "device":
            return len(self._devices) > 1
        if action == "view":
            return self._pictures.hidden
        if action == "residuals":
            return self._pictures.has_other
        if action == "export":
            return self._exports
        return True

    # Actions of the keys.

    def action_play(self) -> None:
        self._go(Experiment.play_or_pause)

    def action_step(self) -> None:
        self._go(Experiment.step)

    def _go(self, on: Callable[[Experiment], None]) -> None:
        """Make steps; after the end name the key that restarts, since a restart loses the run."""
        if self.experiment is None:
            return
        run = self.experiment.run
        if run is not None and run.state.ended:
            remark = self.Remarked(f"{run.state} · r begins again", answers_key=True)
            self.post_message(remark)
            return
        on(self.experiment)
        self._watching.look()

    def action_reset(self) -> None:
        if self.experiment is not None:
            self.experiment.reset()
            self._watching.look()

    def action_pace(self, direction: int) -> None:
        if self.experiment is not None:
            self.experiment.change_pace(direction)
            self._report()

    def action_preset(self) -> None:
        if self.experiment is not None:
            self._try(self.experiment.use_preset)

    def use_preset(self, name: str) -> None:
        if self.experiment is not None:
            self._try(partial(self.experiment.use_preset_named, name))

    def views(self) -> Mapping[str, Callable[[], object]]:
        others = self._pictures.others
        return {title: partial(self._pictures.choose, name) for name, title in others.items()}

    def action_device(self) -> None:
        if self.experiment is not None:
            names = [device.name for device in self._devices]
            index = names.index(self.experiment.device.name) + 1
            self.experiment.use_device(self._devices[index % len(names)])
            self._begin()

    def action_view(self) -> None:
        self._pictures.turn()

    def action_logarithmic(self) -> None:
        self._pictures.toggle_logarithmic()

    def action_residuals(self) -> None:
        self._pictures.toggle_residuals()

    @work
    async def action_copy(self) -> None:
        """Copy the command that gives this run without a screen."""
        if experiment := await self._settled():
            command = experiment.command()
            self.app.copy_to_clipboard(command)
            self.notify(command, title="copied", timeout=10, markup=False)

    @work
    async def action_export(self) -> None:
        """Write the script of this run into a new file."""
        if experiment := await self._settled():
            plan = experiment.plan()
            try:
                # In a thread: the table of a learner may be large.
                script = await asyncio.to_thread(plan.script)
                path = save_new(script, self.lesson.slug)
            except ValueError as error:  # these settings have no script
                reason = for_controls(str(error), self.lesson.controls)
                self.notify(reason, title="no script", severity="warning", markup=False)
            except OSError as error:
                reason = error.strerror or str(error)
                self.notify(reason, title="no script written", severity="error", markup=False)
            else:
                self.post_message(self.Remarked(f"script: {short(path)}"))
                if experiment.device.name != "cpu":
                    self.notify(ON_CPU.format(device=experiment.device.name), markup=False)

    async def _settled(self) -> Experiment | None:
        """Return the experiment when its run has taken all live changes: their steps are known."""
        while self.experiment is not None and self.experiment.adjusting:
            await asyncio.sleep(SETTLING)
        return self.experiment

    # Changes from the controls.

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
            self._controls.refuse(str(error))
        else:
            if self._set(event.name, value):
                self._controls.action_settle()

    def _set(self, name: str, value: Setting) -> bool:
        """Change a setting; whether the value was accepted. A run that it ends is mentioned."""
        if self.experiment is None:
            return False
        frame, run = self.experiment.frame, self.experiment.run
        accepted = self._try(partial(self.experiment.set, name, value))
        if accepted and self.experiment.run is not run and frame is not None and frame.step:
            label = next(one.label for one in self.lesson.controls if one.name == name)
            self.post_message(self.Remarked(RESTARTED.format(label=label)))
        return accepted

    def _try(self, change: Callable[[], object]) -> bool:
        """Change the experiment and show it; if it refuses, show why and return False."""
        try:
            change()
        except ValueError as error:
            self._controls.refuse(str(error))
            return False
        self._begin()
        return True

    # Display.

    def _begin(self) -> None:
        """Show the new settings of the experiment, and watch its run."""
        self._show_settings()
        self._report()
        self._watching.look()

    def _show_settings(self) -> None:
        """Show the value of every control, and which are live or have no effect."""
        if self.experiment is not None:
            config = self.experiment.config
            live, idle = self.experiment.trainer.live, self._idle(config)
            self._controls.show(asdict(config), live, idle, self._used(config))

    def _idle(self, config: Config) -> Mapping[str, tuple[Unmet, ...]]:
        """Return the settings without effect, and why."""
        return config.idle()

    def _used(self, config: Config) -> Mapping[str, str]:
        """Return texts to show after values that differ from those used with the data."""
        return {}

    def _run(self) -> Run | None:
        return self.experiment.run if self.experiment else None

    def _look(self, frame: Frame) -> None:
        self.frame = frame
        self._report()
        self._show(frame)
        self._check(frame)
        if frame.picture is not None or (self.experiment and self.experiment.run_rests):
            self.be_ready()

    def _show(self, frame: Frame) -> None:
        """Draw the frame and its texts, which name the controls."""
        self._pictures.show(frame)
        self._equations.equations = frame.equations
        task, note, message = (
            for_controls(text, self.lesson.controls)
            for text in (frame.task, frame.note, frame.message)
        )
        if frame.state is State.FAILED:
            self._notice.show(message, frame.state)
            self._message.show("")
            return
        self._notice.show(note)
        before = task if frame.step == 0 else ""
        if frame.state is State.DIVERGED and self.screen.has_class("-wide"):
            message = f"{message}. {OVERSHOT}"
        self._message.show("\n".join(filter(None, (before, message))), frame.state)

    def _report(self) -> None:
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
    """Return the progress of a training run: its epoch and its pace."""
    epoch = f"epoch {_count(frame.epoch)}/{_count(frame.settings.get('epochs'))}"
    playing = "▶ " if frame.state is State.PLAYING else ""
    return f"{epoch} · {playing}{'full speed' if pace is None else f'{pace:g}/s'}"


def _count(number: object) -> str:
    """Return a whole number in at most five characters: 20000, 250k, 1.25M."""
    if not isinstance(number, int) or number < 100_000:
        return str(number)
    return f"{number / 1e6:.3g}M" if number >= 1_000_000 else f"{number // 1000}k"
