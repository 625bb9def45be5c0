"""The base of the labs without training: keys step, play, undo and reset a state."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from math import inf
from typing import Any, Generic, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.timer import Timer
from textual.widget import Widget

from engine.expression import Refused
from lessons.lesson import Lesson, Preset
from tui.labs.lab import Environment, Lab, LabStatus
from tui.themes import ThemeAware
from tui.widgets.expression_line import ExpressionLine

T = TypeVar("T")
PACE = Binding.Group("pace", compact=True)
PLAYED_PAST = "playing alone meets no challenge: do it yourself"


def tempo_keys(lab: str, what: str = "steps") -> list[BindingType]:
    """Return the bindings for the speed, with ids that begin with the lab."""
    keys = (("left", -1, "slower", "Fewer"), ("right", 1, "faster", "More"))
    return [
        Binding(
            f"{side}_square_bracket",
            f"tempo({direction})",
            name,
            id=f"{lab}.{name}",
            group=PACE,
            tooltip=f"{more} {what} a second",
        )
        for side, direction, name, more in keys
    ]


def after(values: Sequence[T], current: T, by: int = 1) -> T:
    """Return the value `by` places after this one, cyclically."""
    return values[(values.index(current) + by) % len(values)]


class PresetCycle:
    """The presets of a lab: the current one, and those that were chosen before."""

    def __init__(self, presets: Sequence[Preset]) -> None:
        self._presets = presets
        self.current = presets[0]
        self._seen = {self.current.name}

    def go(self, by: int = 1) -> None:
        """Choose the preset `by` places on, cyclically."""
        self.choose(after(self._presets, self.current, by).name)

    def choose(self, name: str) -> None:
        self.current = next(preset for preset in self._presets if preset.name == name)
        self._seen.add(name)

    @property
    def all_seen(self) -> bool:
        """Whether every preset was chosen at some time."""
        return len(self._seen) == len(self._presets)


class Playing:
    """Calls a function several times a second until it is stopped; it begins stopped."""

    def __init__(
        self,
        widget: Widget,
        tick: Callable[[int], object],
        rates: Sequence[float],
        rate: float,
        fps: float = inf,
    ) -> None:
        """Play at one of these `rates` a second, initially at `rate`, while the widget exists.

        `tick` is called at most `fps` times a second, with the number of steps that are due.
        """
        self._widget, self._tick = widget, tick
        self._rates, self._fps = rates, fps
        self.rate = rate
        self._due = 0.0  # the fraction of a step: frames need not contain whole numbers of steps
        self._timer: Timer | None = None

    @property
    def on(self) -> bool:
        return self._timer is not None

    @property
    def pace(self) -> str:
        """The speed, and the keys that change it."""
        return f"▶ {self.rate:g} a second · [ ] pace"

    def start(self) -> None:
        """Play; the first step follows after the duration of one step."""
        self.hold()
        self._due = 0.0
        self._timer = self._widget.set_interval(1 / min(self._fps, self.rate), self._advance)

    def hold(self) -> bool:
        """Stop playing; return whether it was playing."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.stop()
        return timer is not None

    def faster(self, direction: int) -> None:
        """Take the next higher or lower rate, if there is one; continue playing at that rate."""
        place = self._rates.index(self.rate) + direction
        self.rate = self._rates[max(0, min(len(self._rates) - 1, place))]
        if self.on:
            self.start()

    def _advance(self) -> None:
        self._due += self.rate / min(self._fps, self.rate)
        times, self._due = divmod(self._due, 1)
        self._tick(int(times))


class LabState:
    """The part of an interactive lab that keys change, without widgets; labs override methods."""

    look: Any
    """The frozen values that are displayed; challenges are checked on them."""
    by_hand: bool = True
    """Whether the learner made the last change. Challenges are not checked on changes by playing,
    which would pass through their solutions."""

    @property
    def text(self) -> str:
        """The content of the input line."""
        return ""

    @property
    def ended(self) -> bool:
        return False

    def use(self, preset: str) -> None:
        """Start with the preset of that name."""

    def reset(self) -> None:
        """Go back to the start of the preset."""

    def step(self) -> bool:
        """Make the next step; return whether there was one."""
        return False

    def back(self) -> None:
        """Undo the last step."""

    def rewind(self) -> None:
        """Go to the state from which playing can start again."""
        self.reset()

    def type(self, text: str) -> None:
        """Apply a typed line, or raise `Refused` and change nothing."""


S = TypeVar("S", bound=LabState)


class InteractiveLab(Lab, ThemeAware, Generic[S]):
    """A lab that trains nothing. Keys change `state`, and `renew` displays it.

    A subclass implements `make_state`, `show`, `enter`, `progress` and `idle`, composes `line` if
    `OPENS_LINE` has keys, and binds those of the actions below that it supports. Its own actions
    call `change`. No action runs before the lab is ready and `state` is set.
    """

    TEMPOS: Sequence[float] = (1.0,)
    """The possible speeds in steps per second."""
    TEMPO = 1.0
    """The initial one of them."""
    state: S

    def __init__(self, lesson: Lesson, fps: float) -> None:
        super().__init__(lesson)
        self.presets = PresetCycle(lesson.presets)
        self.line = ExpressionLine("› ", id="line")
        self._shown_text = ""
        self._played_past = False
        """Whether the remark that playing meets no challenge was shown."""
        self._playing = Playing(self, self.advance, self.TEMPOS, self.TEMPO, fps)
        self.device = ""
        self._usable: list[bool | None] = []  # the available keys when the footer was made

    # Methods that a lab overrides.

    @abstractmethod
    def make_state(self) -> S:
        """Return the state with the first preset; PyTorch is loaded."""

    @abstractmethod
    def show(self) -> None:
        """Draw the state; an open input line stays."""

    @property
    @abstractmethod
    def progress(self) -> str:
        """The progress of the state, in a few words."""

    @property
    @abstractmethod
    def idle(self) -> str:
        """The text for the status line while nothing plays."""

    @property
    def preset_name(self) -> str:
        """The name of the preset in the heading."""
        return self.presets.current.name

    @property
    def finished(self) -> bool:
        """Whether the lesson is completed."""
        return self.presets.all_seen

    @property
    def busy(self) -> str:
        """The activity while the lab is hidden; empty for none."""
        return ""

    # Methods that all labs share.

    def open(self, environment: Environment) -> None:
        self.device = self.device or environment.processor
        self.state = self.make_state()
        self.be_ready()
        self.renew()

    def leave(self) -> None:
        if not self.ready:
            return
        if self.OPENS_LINE and self.line.editing:
            self._show_text()
            self.enter()
        self.hold()
        self.update_status()

    @property
    def playing(self) -> bool:
        return self._playing.on

    def hold(self) -> bool:
        """Stop playing; return whether it was playing."""
        self._played_past = False
        return self._playing.hold()

    def change(self, do: Callable[[], object]) -> None:
        """Stop playing, change the state, and display it."""
        self.hold()
        do()
        self.renew()

    def advance(self, steps: int = 1) -> None:
        """Make this many steps, as far as there are any, and display the last; stop at the end."""
        if not all(self.state.step() for _ in range(steps)) or self.state.ended:
            self._playing.hold()
        self.renew()
        if not (self.state.by_hand or self._played_past) and self._newly_met(self.state.look):
            self._played_past = True
            self.post_message(self.Remarked(PLAYED_PAST))

    def begin(self) -> None:
        self.state.use(self.presets.current.name)
        self._show_text()
        self.renew()

    def renew(self) -> None:
        """Display the state, in the input line too, and check the challenges on it."""
        if self.state.text != self._shown_text:
            self._show_text()
        self.show()
        if self.state.by_hand:
            self._check(self.state.look)
        self._offer_keys()
        self.update_status()

    def _offer_keys(self) -> None:
        """Make a new footer if other keys are available than before."""
        bindings = Binding.make_bindings(self.BINDINGS)
        usable = [self.can(one.action.partition("(")[0]) for one in bindings]
        if usable != self._usable:  # a new footer flickers
            self._usable = usable
            self.refresh_bindings()

    def update_status(self) -> None:
        self.status = LabStatus(
            preset=self.preset_name,
            progress=self.progress,
            device=self.device,
            state=self._playing.pace if self.playing else self.idle,
            busy=self.busy,
            finished=self.finished,
        )

    def apply_theme(self) -> None:
        if self.ready:
            self.show()
            self._offer_keys()  # another size may have other keys
        elif self.is_mounted and not self._failed:
            self.preview()

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self.apply_theme)

    def use_preset(self, name: str) -> None:
        self.hold()
        self.presets.choose(name)
        self.begin()
        self.enter()

    def _show_text(self) -> None:
        self._shown_text = self.state.text
        if self.OPENS_LINE:
            self.line.show(self._shown_text)

    # Actions of the shared keys.

    def action_play(self) -> None:
        """Play, or stop; at the end, play from the beginning."""
        if not self.hold():
            if self.state.ended:
                self.state.rewind()
            self._playing.start()
        self.renew()

    def action_step(self) -> None:
        self.change(self.state.step)

    def action_back(self) -> None:
        self.change(self.state.back)

    def action_reset(self) -> None:
        self.change(self.state.reset)

    def action_preset(self, direction: int = 1) -> None:
        self.hold()
        self.presets.go(direction)
        self.begin()
        self.enter()

    def action_tempo(self, direction: int) -> None:
        self._playing.faster(direction)
        self.update_status()

    def action_edit(self) -> None:
        self.hold()
        self.update_status()
        self.line.edit(replace=0)

    def take(self, text: str) -> None:
        """Apply a typed line; if it is refused, show why and keep the line open."""
        try:
            self.state.type(text)
        except Refused as refused:
            self.line.refuse(refused)
            return
        self._show_text()
        self.renew()
        self.enter()

    @on(ExpressionLine.Typed)
    def _take_line(self, event: ExpressionLine.Typed) -> None:
        if self.ready:
            self.take(event.text)

    @on(ExpressionLine.Settled)
    def _leave_line(self) -> None:
        self.enter()
