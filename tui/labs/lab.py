"""What every lab has: challenges to meet, and where it stands; knows not what is played with."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from textual import on
from textual.containers import Container
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.reactive import var
from textual.widgets import OptionList, Static

from lessons.lesson import Challenge, Lesson
from tui.bench import Bench
from tui.labs.standing import Standing
from tui.widgets.challenges import Challenges


class Lab(Container):
    """The part of a lesson to play in. The lesson opens it when PyTorch is there."""

    standing: var[Standing] = var(Standing())
    """What the lines above and below say of it; the screen around the lab watches it."""

    @dataclass
    class Met(Message):
        """What was done in the lab meets a challenge."""

        challenge: Challenge

    @dataclass
    class Asked(Message):
        """The learner selected a challenge that is met by answering a question."""

        question: str
        """The slug of the question."""

    class HintChanged(Message):
        """A hint was opened or closed, so escape means something else now."""

    def __init__(self, lesson: Lesson) -> None:
        super().__init__(id="lab")
        self._lesson = lesson
        self._challenges = Challenges(lesson.challenges, id="challenges")
        self._met: Set[str] = frozenset()

    def prepare(self) -> None:
        """Do what `open` needs and takes a moment, such as reading files: in another thread."""

    def open(self, bench: Bench) -> None:
        """Begin: torch is there, and so are the devices."""
        raise NotImplementedError

    def enter(self) -> None:
        """Come into sight, and take the keys."""
        raise NotImplementedError

    def leave(self) -> None:
        """Go out of sight: what is being typed is given up."""

    def put_down(self) -> None:
        """Go on with nothing while the learner is away; when they come back, all is as it was."""
        self.leave()

    def close(self) -> None:
        """End for good what goes on beside the screen; more than once does no harm."""

    def on_unmount(self) -> None:
        self.close()

    def fail(self, reason: str) -> None:
        """Say in place of the waiting why this will not open."""
        self.query_one(".waiting", Static).update(Content(f"PyTorch cannot be used: {reason}"))

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
        """Tell of every challenge that this look meets, and that was not met before."""
        for challenge in self._lesson.challenges:
            if challenge.slug not in self._met and challenge.check and challenge.check(look):
                self.post_message(self.Met(challenge))

    @on(OptionList.OptionSelected, "#challenges")
    def _select_challenge(self, event: OptionList.OptionSelected) -> None:
        """Open the question that meets the challenge, or else show its hint; again, hide it."""
        challenge = self._lesson.challenges[event.option_index]
        if challenge.question is not None:
            self.post_message(self.Asked(challenge.question))
        else:
            shown = self._challenges.hinted == challenge.slug
            self.show_hint(None if shown else challenge.slug)
