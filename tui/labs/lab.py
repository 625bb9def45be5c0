"""What every lab has: its challenges, its status, and the keys that wait until it is ready."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual import on
from textual.app import App
from textual.binding import ActiveBinding, Binding
from textual.containers import Container
from textual.content import Content
from textual.events import Key, Paste, Resize
from textual.message import Message
from textual.reactive import var
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Input, OptionList, Static

from engine.frame import Frame, State
from lessons.lesson import Challenge, Lesson
from tui.bindings import key_name
from tui.widgets.challenges import Challenges
from tui.widgets.painted import Painted

if TYPE_CHECKING:
    from engine.device import Device

UNNOTICED = 0.2
"""Seconds that a lab may take to be ready before it says that it is starting."""
MOVES_FOCUS = ("app.focus_next", "app.focus_previous")
"""What the screen does on a key, but to the lab: it has to wait for the keys before it."""
MOST_KEYS = 200
"""How many keys are kept until a lab is ready; of more, none is taken."""
MOST_SHOWN = 40
"""Cells: of kept keys that take more, the last ones are shown."""
LOADING = "loading PyTorch …"
"""Stands where a panel will show what PyTorch computes."""
LOADING_LINE = Strip([Segment(f" {LOADING}", Style(dim=True))])
LINE_KEYS = (Binding("enter", "submit", "accept"), Binding("escape", "settle", "cancel"))
"""What works in a line that is typed before the lab is ready, beside its letters."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The devices that a lab can train on."""

    device: Device
    devices: tuple[Device, ...]
    """Every device that works: what the device key goes through."""
    remark: str = ""
    """Why it is not the device that was asked for, or not a faster one."""

    @property
    def processor(self) -> str:
        """The CPU by name and title: for a few numbers no other device would be faster."""
        cpu = next(device for device in self.devices if device.name == "cpu")
        return f"{cpu.name} {cpu.title}"


class NoEnvironment(Exception):
    """PyTorch cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class LabStatus:
    """What the lines above and below a lab show of it."""

    preset: str = ""
    """The preset that it started from."""
    progress: str = ""
    """How far it has come, in a few words."""
    device: str = ""
    """The device that does the work; empty until it is known."""
    state: str = ""
    """What is going on, in a few words; a training leaves this to its frame."""
    busy: str = ""
    """What goes on while the lab is out of sight; a training leaves this to its frame."""
    frame: Frame | None = None
    """The newest frame of a training: its memory, speed and state."""
    finished: bool = False
    """Whether it has reached its end."""


class KeptKeys:
    """Keeps keys and pasted text in order, and says which keys act at once instead.

    A key that means something outside of the lab (another page, help, quit) acts at once, unless
    it is part of a line that is being typed: then it is a letter of that line. A line begins with
    a key that opens one, and ends with escape or tab. Enter does not end it: where the line is
    refused, it stays open, and nobody knows yet. After tab, enter is meant for what has the focus
    then, and opens none. In doubt a key is kept: worked later, it means what it would have meant
    in a lab that was ready.
    """

    def __init__(self, opens: Set[str]) -> None:
        """`opens` are the keys that open a line to type in."""
        self._opens = opens
        self.typing = False
        """Whether a line is open: keys with a letter are part of it."""
        self._events: list[Key | Paste] = []
        self._tabs = 0
        """By how many places the focus will have moved on."""
        self._words: list[tuple[str, bool]] = []
        """What is kept, and whether it is typed text."""

    def __len__(self) -> int:
        return len(self._events)

    @property
    def full(self) -> bool:
        """Whether no further key is taken."""
        return len(self._events) >= MOST_KEYS

    @property
    def text(self) -> str:
        """What is kept: keys by their names, and typed text in one piece; of much, the end."""
        pieces = [text for text, _ in self._words]
        text = " ".join(pieces)
        return text if len(text) <= MOST_SHOWN else f"…{text[1 - MOST_SHOWN :]}"

    def keep(self, event: Key | Paste, acts_now: bool) -> bool:
        """Keep the event, or drop it where there are too many; False if it acts at once.

        `acts_now` says that the key means something outside of the lab.
        """
        typed = event.text if isinstance(event, Paste) else event.character or ""
        letter = isinstance(event, Key) and event.is_printable
        if isinstance(event, Key):
            part = letter or event.key == "escape"
            if acts_now and not (self.typing and not self.full and part):
                return False
        if self.full:
            return True
        if isinstance(event, Paste) or (self.typing and letter):
            self._write("".join(filter(str.isprintable, typed)), typed=True)
        else:
            self._write(key_name(event.key), typed=False)
            step = {"tab": 1, "shift+tab": -1}.get(event.key, 0)
            self._tabs += step
            opens = event.key in self._opens and not (event.key == "enter" and self._tabs)
            self.typing = (self.typing or opens) and event.key != "escape" and not step
        self._events.append(event)
        return True

    def _write(self, text: str, *, typed: bool) -> None:
        before, was_typed = self._words[-1] if self._words else ("", False)
        if typed and was_typed:
            self._words[-1] = before + text, True
        else:
            self._words.append((text, typed))

    def take(self) -> list[Key | Paste]:
        """Hand them out, to be worked in this order; none is kept any more."""
        events, self._events, self._words = self._events, [], []
        self.typing, self._tabs = False, 0
        return events


class StartingBox(Static):
    """Says how long something has been starting and which keys wait, where the picture will be.

    It takes no room from the panels, and rests while it is out of sight.
    """

    DEFAULT_CSS = """
    StartingBox {
        layer: starting;
        position: absolute; offset: 3 3; width: auto; height: auto; padding: 0 1;
        border: round $foreground 30%; background: $background;
    }
    """

    keys: var[int] = var(0)
    """How many keys wait."""
    kept: var[str] = var("")
    """The keys that wait, and the text that was typed."""
    what: var[str] = var("starting PyTorch")

    def __init__(self) -> None:
        super().__init__(id="starting", markup=False)
        self._since = time.monotonic()

    def on_mount(self) -> None:
        self.set_interval(0.5, self._count)
        self.write()

    def watch_keys(self) -> None:
        """Show the keys at once: whoever presses one sees that it was taken."""
        self.write()

    def watch_kept(self) -> None:
        self.write()

    def watch_what(self) -> None:
        self.write()

    def _count(self) -> None:
        if self.screen.is_active and self.region:
            self.write()

    def write(self) -> None:
        """Show the text of now, if it is another one."""
        seconds = int(time.monotonic() - self._since)
        text = starting_text(self.what, seconds, self.keys, self.kept)
        if self.is_attached and text != self.content:
            self.update(text)


def starting_text(what: str, seconds: int, keys: int, kept: str) -> str:
    """What is starting, for how long, and how many keys wait for it, and which."""
    first = f"{what}, {seconds} s" if seconds else f"{what}…"
    if not keys:
        return first
    waits = f"{keys} keys wait" if keys > 1 else "1 key waits"
    full = ", no more fit" if keys >= MOST_KEYS else ""
    return f"{first}\n{waits} for it{full}\nkept: {kept}"


class Lab(Container):
    """The part of a lesson to experiment in. The lesson opens it when PyTorch is there.

    Until it is ready it keeps the keys that are pressed in it, and the lesson has them worked then.
    """

    DEFAULT_CSS = """
    Lab { layers: default starting; }
    """

    OPENS_LINE: frozenset[str] = frozenset()
    """The keys that open a line to type in."""

    status: var[LabStatus] = var(LabStatus())
    """What the lines above and below say of it; the screen around the lab watches it."""

    @dataclass
    class Met(Message):
        """What was done in the lab meets a challenge."""

        challenge: Challenge

    @dataclass
    class Asked(Message):
        """The learner selected a challenge that is met by answering the question of this slug."""

        question: str

    @dataclass
    class Remarked(Message):
        """There is something to say of the key that was pressed, or of what came about."""

        text: str
        """Fewer than 50 characters: it stands at the left of the status bar for some seconds."""
        answers_key: bool = False
        """Whether it explains a key that did nothing: then it goes before what else is shown, and
        ends with the state that it is about."""

    class HintChanged(Message):
        """A hint was opened or closed, so escape means something else now."""

    class Ready(Message):
        """The lab can work the keys that it has kept."""

    def __init__(self, lesson: Lesson) -> None:
        super().__init__(id="lab")
        self.set_reactive(Lab.status, LabStatus(preset=lesson.presets[0].name))
        self.ready = False
        """Whether every key has its effect at once."""
        self._lesson = lesson
        self._challenges = Challenges(lesson.challenges, id="challenges")
        self._met: Set[str] = frozenset()
        self._failed = False
        self._kept = KeptKeys(self.OPENS_LINE)
        self._starting = StartingBox()

    # What a lab of its own kind provides.

    def preview(self) -> None:
        """Show what is known of the first preset before PyTorch is there; imports nothing of it."""

    def can(self, action: str) -> bool | None:
        """Whether the action can be run, as `check_action` says it; also before it is ready."""
        return True

    def prepare(self) -> None:
        """Do what `open` needs and takes a moment, such as reading files: in another thread."""

    def open(self, environment: Environment) -> None:
        """Begin: torch is there, and so are the devices."""
        raise NotImplementedError

    def enter(self) -> None:
        """Come into sight, and take the keys."""
        raise NotImplementedError

    def leave(self) -> None:
        """Go out of sight: what is being typed is given up."""

    def put_down(self) -> None:
        """Stop everything while the learner is away; when they come back, all is as it was."""
        self.leave()

    def close(self) -> None:
        """End for good what goes on beside the screen; more than once does no harm."""

    def action_preset(self) -> None:
        """Take the next preset."""
        raise NotImplementedError

    def use_preset(self, name: str) -> None:
        """Take the preset of that name; the lab is open."""
        for _ in self._lesson.presets:
            self.action_preset()
            if self.status.preset == name:
                return

    def views(self) -> Mapping[str, Callable[[], object]]:
        """What can be brought into sight in place of something else, by name."""
        return {}

    @property
    def playing(self) -> bool:
        """Whether something goes on by itself, so that the key that plays pauses."""
        frame = self.status.frame
        return frame is not None and frame.state is State.PLAYING

    # Starting.

    def on_mount(self) -> None:
        if not self.ready:
            self.query(Input).set(disabled=True)  # what is typed is kept
            self.query_one(".waiting", Static).update(Content(self._lesson.presets[0].title))
            self.preview()

    def on_show(self) -> None:
        if not self.ready:
            self.set_timer(UNNOTICED, self._show_starting)

    def on_unmount(self) -> None:
        self.close()

    def fail(self, reason: str) -> None:
        """Say why this will not open; keys mean nothing here any more."""
        self._failed = True
        self.take_kept()
        self._hide_starting()
        text = self.query_one(".waiting", Static)
        text.update(Content(reason))
        text.display = True
        self.refresh_bindings()

    @property
    def keeps_keys(self) -> bool:
        """Whether keys are kept, and have their effect later."""
        return not self._failed and (not self.ready or bool(self._kept))

    @property
    def types_ahead(self) -> bool:
        """Whether a line is being typed of which the keys are kept."""
        return self._kept.typing

    def keep(self, event: Key | Paste) -> bool:
        """Keep the event while the lab is not ready; whether it is to have no effect now."""
        if not self.keeps_keys:
            return False
        kept = self._kept.keep(event, acts_now=self._acts_now(event))
        self._show_kept()
        return kept

    def take_kept(self) -> list[Key | Paste]:
        """Hand out what was kept, in its order; none of it is kept any more."""
        events = self._kept.take()
        self._show_kept()
        return events

    def _show_kept(self) -> None:
        self._starting.keys, self._starting.kept = len(self._kept), self._kept.text

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Until the lab is ready no action runs; None stands for one whose keys are kept."""
        can = self.can(action)
        return can if self.ready else None if can else False

    def kept_bindings(self, active: Mapping[str, ActiveBinding]) -> dict[str, ActiveBinding]:
        """The keys that are kept beside those that work now: what they will do, they do for sure.

        In a line that is being typed, letters are letters.
        """
        if self.types_ahead:
            field = self.query(Input).first()
            line = {one.key: ActiveBinding(field, one, True, "") for one in LINE_KEYS}
            own = {key: one for key, one in active.items() if self._is_outside(one) and "+" in key}
            return line | own
        return {
            key: one if self._is_outside(one) else one._replace(enabled=True)
            for key, one in active.items()
        }

    def _is_outside(self, active: ActiveBinding) -> bool:
        """Whether the key means something to the screen or the app, and nothing to the lab."""
        return isinstance(active.node, App | Screen) and active.binding.action not in MOVES_FOCUS

    def be_ready(self) -> None:
        """Every key has its effect from now on; the kept ones are worked first."""
        if not self.ready:
            self.ready = True
            self._hide_starting()
            self.query(Input).set(disabled=False)
            self.refresh_bindings()
            self.call_after_refresh(self.post_message, self.Ready())

    def _acts_now(self, event: Key | Paste) -> bool:
        """Whether the key means something to the screen or the app, and nothing to the lab."""
        if isinstance(event, Paste) or event.key in self._own_keys():
            return False
        active = self.screen.active_bindings.get(event.key)
        return active is not None and self._is_outside(active)

    def _own_keys(self) -> Set[str]:
        """The keys that this kind of lab binds, whether they mean something now or not."""
        bindings = [vars(kind).get("BINDINGS", ()) for kind in type(self).__mro__]
        keys = {binding.key for some in bindings for binding in Binding.make_bindings(some)}
        return keys - {"escape"}  # it always leaves

    def _show_starting(self) -> None:
        if not (self.ready or self._failed or self._starting.is_attached):
            self.mount(self._starting)
            for panel in self.query(Painted):
                if not panel.strips:
                    panel.paint([LOADING_LINE], None)

    def _hide_starting(self) -> None:
        if self._starting.is_attached:
            self._starting.remove()
        for panel in self.query(Painted):
            if panel.strips == [LOADING_LINE]:
                panel.paint([], None)

    # What all of them do.

    def on_resize(self, event: Resize) -> None:
        """Another width has other panels in sight."""
        self.call_after_refresh(self._keep_keys)

    def _keep_keys(self) -> None:
        """Take the keys from what is no longer in sight."""
        here = self.screen.focused
        if self.display and (here is None or not here.size):
            self.enter()

    def mark(self, met: Set[str], new: Set[str] = frozenset()) -> None:
        """Show which challenges are met, by slug, and highlight those that have just been met."""
        self._met = met
        self._challenges.mark(met, new)

    @property
    def has_hint(self) -> bool:
        """Whether the hint of a challenge is shown."""
        return self._challenges.hinted is not None

    def show_hint(self, slug: str | None) -> None:
        """Show the hint of this challenge below it, in place of any other; None closes it."""
        self._challenges.show_hint(slug)
        self.set_class(slug is not None, "-hinted")
        self.post_message(self.HintChanged())

    def _check(self, look: object) -> None:
        """Report every challenge that this look meets and that was not met before."""
        for challenge in self._newly_met(look):
            self.post_message(self.Met(challenge))

    def _newly_met(self, look: object) -> list[Challenge]:
        return [
            challenge
            for challenge in self._lesson.challenges
            if challenge.slug not in self._met and challenge.check and challenge.check(look)
        ]

    @on(OptionList.OptionSelected, "#challenges")
    def _select_challenge(self, event: OptionList.OptionSelected) -> None:
        """Open the question that meets the challenge, or else show its hint; again, hide it."""
        challenge = self._lesson.challenges[event.option_index]
        if challenge.question is not None:
            self.post_message(self.Asked(challenge.question))
        else:
            shown = self._challenges.hinted == challenge.slug
            self.show_hint(None if shown else challenge.slug)
