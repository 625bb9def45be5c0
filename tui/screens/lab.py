"""The lab: a training to play with, drawn and in numbers; knows how to show, not how to train."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, Horizontal, Vertical
from textual.message import Message
from textual.widgets import OptionList, Static

from engine.frame import Frame, State
from lessons.lesson import Challenge, Lesson
from tui.bench import Bench
from tui.experiment import Experiment
from tui.widgets.challenges import Challenges
from tui.widgets.controls import Controls
from tui.widgets.equations import Equations
from tui.widgets.pictures import Pictures

if TYPE_CHECKING:
    from engine.config import Setting
    from engine.device import Device

PACE = Binding.Group("pace", compact=True)
LOG = "Draw the loss on a logarithmic axis"
RESIDUALS = "Draw the distance from each point to the line"
DEVICE = "Move to the next device"
COPY = "Copy the command that gives this run without a screen"
NOTICES = {
    State.DIVERGED: (
        "[b]diverged[/b]: {message}. Each step overshot the valley by more than it had gained: "
        "make the steps smaller, with a lower learning rate say, then press [b]r[/b]."
    ),
    State.FAILED: "[b]failed[/b]: {message}. Nothing else is lost; [b]r[/b] sets it up again.",
}


class Lab(Container):
    """Shows the newest frame of an experiment, and turns keys into what it shall do."""

    BINDINGS = [
        Binding("space", "play", "play", id="lab.play", tooltip="Train on, or hold"),
        Binding("s", "step", "step", id="lab.step", tooltip="Make one step, and show it"),
        Binding("r", "reset", "reset", id="lab.reset", tooltip="Begin the very same run again"),
        Binding(
            "left_square_bracket",
            "pace(-1)",
            "slower",
            key_display="[",
            id="lab.slower",
            group=PACE,
            tooltip="Fewer steps a second",
        ),
        Binding(
            "right_square_bracket",
            "pace(1)",
            "faster",
            key_display="]",
            id="lab.faster",
            group=PACE,
            tooltip="More steps a second, up to as fast as it goes",
        ),
        Binding("p", "preset", "preset", id="lab.preset", tooltip="Take the next preset"),
        Binding("v", "view", "view", id="lab.view", tooltip="Show the other picture"),
        Binding("l", "logarithmic", "log", False, id="lab.log", tooltip=LOG),
        Binding("e", "residuals", "errors", False, id="lab.residuals", tooltip=RESIDUALS),
        Binding("d", "device", "device", False, id="lab.device", tooltip=DEVICE),
        Binding("y", "copy", "copy", False, id="lab.copy", tooltip=COPY),
    ]

    @dataclass
    class Shown(Message):
        """The experiment, or its frame, is new on the screen."""

        experiment: Experiment
        frame: Frame

    @dataclass
    class Met(Message):
        """The run met a challenge."""

        challenge: Challenge

    def __init__(self, lesson: Lesson, fps: float, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lesson = lesson
        self.experiment: Experiment | None = None
        self._fps = fps
        self.frame: Frame | None = None
        self._devices: tuple[Device, ...] = ()
        self._eager = False

    def compose(self) -> ComposeResult:
        yield Static("loading PyTorch…", id="notice")
        with Horizontal(id="bench"):
            yield Pictures(self.lesson.charts, id="pictures")
            with Vertical(id="side"):
                yield Controls(self.lesson.controls, id="controls")
                yield Equations(id="equations")
                yield Challenges(self.lesson.challenges, id="challenges")

    def on_unmount(self) -> None:
        if self.experiment is not None:
            self.experiment.close()

    def open(self, bench: Bench) -> None:
        """Set up the experiment: torch is there, and so is the device."""
        self._devices = bench.devices
        self.experiment = Experiment(self.lesson, bench.device)
        self.query_one("#notice").display = False
        self.experiment.reset()
        self._show_controls()
        self.set_interval(1 / self._fps, self._tick)
        self.refresh_bindings()
        if self._eager:
            self.experiment.play_or_pause()

    def mark(self, met: set[str]) -> None:
        """Show which challenges are met."""
        self.query_one(Challenges).mark(met)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Little can be done before PyTorch is there; the device key needs a choice."""
        if action in ("step", "reset", "pace", "preset", "copy"):
            return self.experiment is not None
        if action == "device":
            return self.experiment is not None and len(self._devices) > 1
        if action == "view":
            return len(self.lesson.charts) > 1 and not self.screen.has_class("-wide")
        return True

    # What the keys do.

    def action_play(self) -> None:
        """Train on, or hold; before PyTorch is there, train as soon as it is."""
        if self.experiment is not None:
            self.experiment.play_or_pause()
        else:
            self._eager = not self._eager

    def action_step(self) -> None:
        """Make one step."""
        if self.experiment is not None:
            self.experiment.step()

    def action_reset(self) -> None:
        """Begin the very same run again."""
        if self.experiment is not None:
            self.experiment.reset()

    def action_pace(self, direction: int) -> None:
        """Go a pace up or down."""
        if self.experiment is not None:
            self.experiment.change_pace(direction)
            self._announce()

    def action_preset(self) -> None:
        """Take the next preset."""
        if self.experiment is not None:
            self.experiment.use_preset()
            self._show_controls()

    def action_device(self) -> None:
        """Move to the next device."""
        if self.experiment is not None:
            names = [device.name for device in self._devices]
            index = names.index(self.experiment.device.name) + 1
            self.experiment.use_device(self._devices[index % len(names)])
            self._announce()

    def action_view(self) -> None:
        """Show the other picture."""
        self.query_one(Pictures).turn()

    def action_logarithmic(self) -> None:
        """Draw the loss on a logarithmic axis, or a plain one."""
        self.query_one(Pictures).toggle_logarithmic()

    def action_residuals(self) -> None:
        """Draw the residuals, or leave them out."""
        self.query_one(Pictures).toggle_residuals()

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
        assert self.experiment is not None
        try:
            value = self.experiment.config.parse(event.name, event.text)
        except ValueError as error:
            self.query_one(Controls).refuse(str(error))
        else:
            if self._set(event.name, value):
                self.query_one(Controls).action_settle()

    @on(OptionList.OptionSelected, "#challenges")
    def _hint(self, event: OptionList.OptionSelected) -> None:
        assert event.option_id is not None
        self.app.clear_notifications()
        challenge = self.query_one(Challenges).challenge(event.option_id)
        self.notify(challenge.hint, title=challenge.text, timeout=10, markup=False)

    def _set(self, name: str, value: Setting) -> bool:
        assert self.experiment is not None
        try:
            self.experiment.set(name, value)
        except ValueError as error:
            self.query_one(Controls).refuse(str(error))
            return False
        self._show_controls()
        return True

    # What is shown.

    def _tick(self) -> None:
        assert self.experiment is not None
        run, frame = self.experiment.run, self.experiment.frame
        if run is None or frame is None:
            return
        if frame is not self.frame:
            self._show(frame)
        if run.state is State.PLAYING:
            run.request()

    def _show(self, frame: Frame) -> None:
        self.frame = frame
        self.query_one(Pictures).show(frame)
        self.query_one(Equations).equations = frame.equations
        self._show_notice(frame)
        self._check(frame)
        self._announce()

    def _show_notice(self, frame: Frame) -> None:
        notice = self.query_one("#notice", Static)
        notice.display = frame.state in NOTICES
        if frame.state in NOTICES:
            notice.update(NOTICES[frame.state].format(message=frame.message.replace("[", "\\[")))

    def _show_controls(self) -> None:
        assert self.experiment is not None
        live = self.experiment.trainer.live
        self.query_one(Controls).show(asdict(self.experiment.config), live)

    def _check(self, frame: Frame) -> None:
        for challenge in self.lesson.challenges:
            if challenge.check is not None and challenge.check(frame):
                self.post_message(self.Met(challenge))

    def _announce(self) -> None:
        if self.experiment is not None and self.frame is not None:
            self.post_message(self.Shown(self.experiment, self.frame))
