"""The base of all labs: challenges, status, and the keys kept until the lab is ready."""

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
"""Seconds that a lab may take to become ready without showing that it is starting."""
MOVES_FOCUS = ("app.focus_next", "app.focus_previous")
"""Actions of the screen that belong to the lab: they have to wait for the keys before them."""
MOST_KEYS = 200
"""The most keys kept until a lab is ready; further ones are dropped."""
MOST_SHOWN = 40
"""The most cells of the list of kept keys; of a longer one the end is shown."""
LOADING = "loading PyTorch …"
"""The placeholder in a panel that will show results of PyTorch."""
LOADING_LINE = Strip([Segment(f" {LOADING}", Style(dim=True))])
LINE_KEYS = (Binding("enter", "submit", "accept"), Binding("escape", "settle", "cancel"))
"""The special keys in a line that is typed before the lab is ready."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The devices that a lab can train on."""

    device: Device
    devices: tuple[Device, ...]
    """Every device that works, for the device key."""
    remark: str = ""
    """Why `device` is not the one that was asked for, or not a faster one."""

    @property
    def processor(self) -> str:
        """The name and title of the CPU, which is the fastest device for a few numbers."""
        cpu = next(device for device in self.devices if device.name == "cpu")
        return f"{cpu.name} {cpu.title}"


class NoEnvironment(Exception):
    """PyTorch cannot be used; the message is the reason."""


@dataclass(frozen=True, slots=True)
class LabStatus:
    """The data for the lines above and below a lab."""

    preset: str = ""
    """The preset that the lab started from."""
    progress: str = ""
    """The progress, in a few words."""
    device: str = ""
    """The device in use; empty until it is known."""
    state: str = ""
    """The current state, in a few words; a training lab leaves this to its frame."""
    busy: str = ""
    """The activity while the lab is hidden; a training lab leaves this to its frame."""
    frame: Frame | None = None
    """The newest frame of a training run: its memory, speed and state."""
    finished: bool = False
    """Whether the lesson is completed."""


class KeptKeys:
    """Keeps keys and pasted text in order, and decides which keys act at once instead.

    A key with a meaning outside of the lab (another page, help, quit) acts at once, unless it is a
    letter of a line that is being typed. A line begins with a key that opens one, and ends with
    escape or tab. Enter does not end it: a refused line would stay open, which is not known yet.
    After tab, enter is for the widget with the focus, and opens no line. In doubt a key is kept:
    when it is replayed, it has the meaning that it has in a lab that is ready.
    """

    def __init__(self, opens: Set[str]) -> None:
        self._opens = opens
        self.typing = False
        """Whether a line is being typed: keys with a character are part of it."""
        self._events: list[Key | Paste] = []
        self._tabs = 0
        """The number of places that the focus will have moved."""
        self._words: list[tuple[str, bool]] = []
        """The kept texts, and whether each is typed text."""

    def __len__(self) -> int:
        return len(self._events)

    @property
    def full(self) -> bool:
        return len(self._events) >= MOST_KEYS

    @property
    def text(self) -> str:
        """The names of the kept keys and the typed text, shortened at the front."""
        pieces = [text for text, _ in self._words]
        text = " ".join(pieces)
        return text if len(text) <= MOST_SHOWN else f"…{text[1 - MOST_SHOWN :]}"

    def keep(self, event: Key | Paste, acts_now: bool) -> bool:
        """Keep the event, or drop it if there are too many; return False if it acts at once.

        `acts_now` is whether the key has a meaning outside of the lab.
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
        """Return the kept events in order, and forget them."""
        events, self._events, self._words = self._events, [], []
        self.typing, self._tabs = False, 0
        return events


class StartingBox(Static):
    """Shows how long something has been starting and which keys wait, above the future picture.

    It takes no space from the panels, and is not updated while it is hidden.
    """

    DEFAULT_CSS = """
    StartingBox {
        layer: starting;
        position: absolute; offset: 3 3; width: auto; height: auto; padding: 0 1;
        border: round $foreground 30%; background: $background;
    }
    """

    keys: var[int] = var(0)
    """The number of keys that wait."""
    kept: var[str] = var("")
    """The keys that wait, and the typed text."""
    what: var[str] = var("starting PyTorch")

    def __init__(self) -> None:
        super().__init__(id="starting", markup=False)
        self._since = time.monotonic()

    def on_mount(self) -> None:
        self.set_interval(0.5, self._count)
        self.write()

    def watch_keys(self) -> None:
        """Show a key at once, so that it is seen to be accepted."""
        self.write()

    def watch_kept(self) -> None:
        self.write()

    def watch_what(self) -> None:
        self.write()

    def _count(self) -> None:
        if self.screen.is_active and self.region:
            self.write()

    def write(self) -> None:
        """Update the text if it has changed."""
        seconds = int(time.monotonic() - self._since)
        text = starting_text(self.what, seconds, self.keys, self.kept)
        if self.is_attached and text != self.content:
            self.update(text)


def starting_text(what: str, seconds: int, keys: int, kept: str) -> str:
    """Return the text on what is starting, for how long, and which keys wait for it."""
    first = f"{what}, {seconds} s" if seconds else f"{what}…"
    if not keys:
        return first
    waits = f"{keys} keys wait" if keys > 1 else "1 key waits"
    full = ", no more fit" if keys >= MOST_KEYS else ""
    return f"{first}\n{waits} for it{full}\nkept: {kept}"


class Lab(Container):
    """The interactive part of a lesson. The lesson opens it when PyTorch is loaded.

    Until it is ready it keeps the keys pressed in it, and the lesson replays them then.
    """

    DEFAULT_CSS = """
    Lab { layers: default starting; }
    """

    OPENS_LINE: frozenset[str] = frozenset()
    """The keys that open an input line."""

    status: var[LabStatus] = var(LabStatus())
    """The data for the lines above and below, watched by the screen."""

    @dataclass
    class Met(Message):
        """A change in the lab meets a challenge."""

        challenge: Challenge

    @dataclass
    class Asked(Message):
        """The learner selected a challenge that is met by answering this question."""

        question: str

    @dataclass
    class Remarked(Message):
        """A remark on a key or an event."""

        text: str
        """Fewer than 50 characters, for some seconds at the left of the status bar."""
        answers_key: bool = False
        """Whether it explains a key without effect: then it has priority over other texts, and ends
        with the state that it explains."""

    class HintChanged(Message):
        """A hint was opened or closed, which changes the meaning of escape."""

    class Ready(Message):
        """The lab can handle the keys that it has kept."""

    def __init__(self, lesson: Lesson) -> None:
        super().__init__(id="lab")
        self.set_reactive(Lab.status, LabStatus(preset=lesson.presets[0].name))
        self.ready = False
        """Whether keys take effect at once."""
        self._lesson = lesson
        self._challenges = Challenges(lesson.challenges, id="challenges")
        self._met: Set[str] = frozenset()
        self._failed = False
        self._kept = KeptKeys(self.OPENS_LINE)
        self._starting = StartingBox()

    # Methods that a lab overrides.

    def preview(self) -> None:
        """Show what is known of the first preset before PyTorch is loaded; must not import it."""

    def can(self, action: str) -> bool | None:
        """Return whether an action is available, like `check_action`, at any time."""
        return True

    def prepare(self) -> None:
        """Do slow preparations for `open`, such as reading files, in another thread."""

    def open(self, environment: Environment) -> None:
        """Start: PyTorch is loaded, and the devices are known."""
        raise NotImplementedError

    def enter(self) -> None:
        """Become visible, and take the focus."""
        raise NotImplementedError

    def leave(self) -> None:
        """Become hidden, and cancel the input line."""

    def put_down(self) -> None:
        """Stop everything while the learner is away, so that it can be continued."""
        self.leave()

    def close(self) -> None:
        """Stop threads and processes for good; may be called more than once."""

    def action_preset(self) -> None:
        raise NotImplementedError

    def use_preset(self, name: str) -> None:
        """Use the preset of that name; the lab is open."""
        for _ in self._lesson.presets:
            self.action_preset()
            if self.status.preset == name:
                return

    def views(self) -> Mapping[str, Callable[[], object]]:
        """Return the alternative views by name, each with a function that shows it."""
        return {}

    @property
    def playing(self) -> bool:
        """Whether the lab is playing, so that the play key pauses."""
        frame = self.status.frame
        return frame is not None and frame.state is State.PLAYING

    # Starting.

    def on_mount(self) -> None:
        if not self.ready:
            self.query(Input).set(disabled=True)  # typed keys are kept
            self.query_one(".waiting", Static).update(Content(self._lesson.presets[0].title))
            self.preview()

    def on_show(self) -> None:
        if not self.ready:
            self.set_timer(UNNOTICED, self._show_starting)

    def on_unmount(self) -> None:
        self.close()

    def fail(self, reason: str) -> None:
        """Show why the lab cannot open, and drop the kept keys."""
        self._failed = True
        self.take_kept()
        self._hide_starting()
        text = self.query_one(".waiting", Static)
        text.update(Content(reason))
        text.display = True
        self.refresh_bindings()

    @property
    def keeps_keys(self) -> bool:
        """Whether keys are kept, to take effect later."""
        return not self._failed and (not self.ready or bool(self._kept))

    @property
    def types_ahead(self) -> bool:
        """Whether a line is being typed whose keys are kept."""
        return self._kept.typing

    def keep(self, event: Key | Paste) -> bool:
        """Keep the event while the lab is not ready; return whether it was kept or dropped."""
        if not self.keeps_keys:
            return False
        kept = self._kept.keep(event, acts_now=self._acts_now(event))
        self._show_kept()
        return kept

    def take_kept(self) -> list[Key | Paste]:
        """Return the kept events in order, and forget them."""
        events = self._kept.take()
        self._show_kept()
        return events

    def _show_kept(self) -> None:
        self._starting.keys, self._starting.kept = len(self._kept), self._kept.text

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Until the lab is ready no action runs; None is for actions whose keys are kept."""
        can = self.can(action)
        return can if self.ready else None if can else False

    def kept_bindings(self, active: Mapping[str, ActiveBinding]) -> dict[str, ActiveBinding]:
        """Return the active keys, and as enabled those that are kept.

        In a line that is being typed, keys with a letter are part of it.
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
        """Return whether the binding belongs to the screen or the app, not to the lab."""
        return isinstance(active.node, App | Screen) and active.binding.action not in MOVES_FOCUS

    def be_ready(self) -> None:
        """Let keys take effect from now on; the kept ones are handled first."""
        if not self.ready:
            self.ready = True
            self._hide_starting()
            self.query(Input).set(disabled=False)
            self.refresh_bindings()
            self.call_after_refresh(self.post_message, self.Ready())

    def _acts_now(self, event: Key | Paste) -> bool:
        """Return whether the key belongs to the screen or the app, not to the lab."""
        if isinstance(event, Paste) or event.key in self._own_keys():
            return False
        active = self.screen.active_bindings.get(event.key)
        return active is not None and self._is_outside(active)

    def _own_keys(self) -> Set[str]:
        """Return the keys that this type of lab binds, available or not."""
        bindings = [vars(kind).get("BINDINGS", ()) for kind in type(self).__mro__]
        keys = {binding.key for some in bindings for binding in Binding.make_bindings(some)}
        return keys - {"escape"}  # escape always leaves the lab

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

    # Methods that all labs share.

    def on_resize(self, event: Resize) -> None:
        """A new width may hide the panel with the focus."""
        self.call_after_refresh(self._keep_keys)

    def _keep_keys(self) -> None:
        """Move the focus if its widget is hidden."""
        here = self.screen.focused
        if self.display and (here is None or not here.size):
            self.enter()

    def mark(self, met: Set[str], new: Set[str] = frozenset()) -> None:
        """Show which challenges are met, by slug, and highlight the new ones."""
        self._met = met
        self._challenges.mark(met, new)

    @property
    def has_hint(self) -> bool:
        """Whether the hint of a challenge is shown."""
        return self._challenges.hinted is not None

    def show_hint(self, slug: str | None) -> None:
        """Show the hint of this challenge instead of any other; None closes it."""
        self._challenges.show_hint(slug)
        self.set_class(slug is not None, "-hinted")
        self.post_message(self.HintChanged())

    def _check(self, look: object) -> None:
        """Report every challenge that this look newly meets."""
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
        """Open the question that meets the challenge, else show or hide its hint."""
        challenge = self._lesson.challenges[event.option_index]
        if challenge.question is not None:
            self.post_message(self.Asked(challenge.question))
        else:
            shown = self._challenges.hinted == challenge.slug
            self.show_hint(None if shown else challenge.slug)
