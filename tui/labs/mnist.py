"""The MNIST lab: training of a network that reads digits, and a screen to draw a digit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.binding import Binding

from engine.datasets.registry import fetch_command
from engine.frame import Frame
from engine.handwriting import Pad, as_digits, as_mnist
from engine.pictures import DigitsPicture
from lessons.lesson import TrainingLesson
from tui.labs.fetch import FetchScreen
from tui.labs.pad import PadScreen
from tui.labs.training import FIRST, LAST, TrainingLab

if TYPE_CHECKING:
    from engine.config import Config, Setting
    from engine.networks import Reader
    from engine.trainers.mnist import MnistConfig

WRITE = "Write a digit, and see what the network says of it"
FETCH = "Fetch the images that are not here"
NEXT, BEFORE = "Send the next test image through the layers", "Send the one before"
DIGIT = Binding.Group("digit", compact=True)
DIGIT_CHART = "activations"
"""The picture that shows one digit."""
COMMAND = "To get it: {}"
"""The end of a note, which is replaced by the text for the fetch key."""
STARTED = "{why}: this starts with the preset {preset}. Press f to fetch it"
PRESS = "Press f to fetch it"
SUITED = "; for these images, set {}"
"""The continuation if the settings are not those of the preset for the substitute images."""


class MnistLab(TrainingLab, inherit_bindings=False):
    """A training lab whose network, or a saved one, classifies drawn digits."""

    BINDINGS = [
        *FIRST,
        Binding("w", "write", "draw", id="mnist.write", tooltip=WRITE),
        Binding("n", "digit(1)", "next digit", id="mnist.next", group=DIGIT, tooltip=NEXT),
        Binding("b", "digit(-1)", "digit before", id="mnist.before", group=DIGIT, tooltip=BEFORE),
        Binding("f", "fetch", "fetch", id="mnist.fetch", tooltip=FETCH),
        *LAST,
    ]

    def __init__(self, lesson: TrainingLesson, fps: float) -> None:
        super().__init__(lesson, fps)
        self._pad: PadScreen | None = None
        self._paper = Pad()
        self._saved: Reader | None = None
        self._bindable = (False, False)
        self._held_out: Mapping[str, str] = {}

    @property
    def picture(self) -> DigitsPicture | None:
        """The picture of the run; None before there is one, or if the run failed."""
        picture = self.frame.picture if self.frame else None
        return picture if isinstance(picture, DigitsPicture) else None

    @property
    def _config(self) -> MnistConfig:
        """The current settings; a frame may be a step behind."""
        from engine.trainers.mnist import MnistConfig  # imports torch

        assert self.experiment is not None
        assert isinstance(self.experiment.config, MnistConfig)
        return self.experiment.config

    @property
    def _stands_in(self) -> bool:
        """Whether the images are substitutes for those that were asked for or planned first."""
        if self._is_instead:
            return True
        if self.frame is None or self.picture is None:
            return False
        return self.frame.settings["data"] != self.picture.data

    @property
    def _is_instead(self) -> bool:
        """Whether this preset replaced the lesson's first preset at the start."""
        experiment = self.experiment
        return bool(self._why_not_first and experiment and experiment.preset is self._first)

    def can(self, action: str) -> bool | None:
        """Offer the download only if substitute images are in use."""
        if action == "fetch":
            return self._stands_in or (bool(self._why_not_first) and not self.ready)
        if action in ("write", "digit"):
            return self.picture is not None or not self.ready
        return super().can(action)

    # Actions of the keys.

    def action_write(self) -> None:
        """Open the drawing screen; training continues behind it."""
        if self.picture is None:
            return
        self._saved = self._load_saved()
        prepare = as_digits if self.picture.data == "digits" else as_mnist
        self._pad = PadScreen(self._answering, prepare, self._paper)
        self.app.push_screen(self._pad, self._come_back)

    def action_fetch(self) -> None:
        """Download the missing images, and restart with them."""
        if self.frame is None:
            return
        wanted = self.lesson.presets[0].needs if self._is_instead else self.frame.settings["data"]
        self.app.push_screen(FetchScreen(str(wanted)), self._fetched)

    def action_digit(self, direction: int) -> None:
        """Send the next test image through the layers, or the one before, and show that."""
        if self.experiment is not None:
            if DIGIT_CHART in self._pictures.others:
                self._pictures.choose(DIGIT_CHART)
            self._set("digit", max(0, self._config.digit + direction))

    # Their results.

    def _set(self, name: str, value: Setting) -> bool:
        """Change a setting; after the end of a run also the digit, which needs no training."""
        if self.experiment is None:
            return False
        over = self.experiment.ended and self.picture is not None
        return self._send(value) if over and name == "digit" else super()._set(name, value)

    def _send(self, digit: Setting) -> bool:
        """Send a test image through the network of a run that has ended."""
        if self.experiment is None or self.frame is None or self.picture is None:
            return False
        try:
            self.experiment.config = self.experiment.config.but("digit", digit)
        except ValueError as error:
            self._controls.refuse(str(error))
            return False
        self._show_settings()
        picture = replace(self.picture, walk=self.picture.walks(int(digit or 0)))
        self.frame = replace(self.frame, picture=picture)
        self._show(self.frame)
        return True

    def _fetched(self, here: bool | None) -> None:
        if not here or self.experiment is None:
            return
        if self._is_instead:
            presets = self.lesson.presets
            self._why_not_first = ""
            self.experiment.use_preset(-presets.index(self.experiment.preset))
            self._begin()
        else:
            self.action_reset()

    def _come_back(self, _: object) -> None:
        """Update the charts, which were paused behind the drawing screen; keep the drawing."""
        self._paper.lift()
        self._pad = None
        if self.frame is not None:
            self._show(self.frame)

    def _answering(self) -> Reader | None:
        """Return the network of this run, or the saved one before the run has begun."""
        if self.frame is None or self.picture is None:
            return None
        learned = self.frame.step > 0 or self.frame.settings["start"] == "saved"
        return self.picture.reader if learned else self._saved

    def _load_saved(self) -> Reader | None:
        """Return the best network of this kind from an earlier run, if one fits."""
        from engine.networks import Unfit
        from engine.trainers.mnist import saved_reader

        if self.picture is None:
            return None
        try:
            return saved_reader(self._config, self.picture.data, self.picture.classes)
        except Unfit as error:
            self.notify(str(error), severity="warning", timeout=10, markup=False)
            return None

    def _look(self, frame: Frame) -> None:
        super()._look(frame)
        before, self._bindable = self._bindable, (self._stands_in, self.picture is not None)
        if before != self._bindable:
            self.refresh_bindings()
        known = self._held_out
        if self.experiment and self._used(self.experiment.config) != known:
            self._show_settings()

    def _used(self, config: Config) -> Mapping[str, str]:
        """Return the number of held-out images if it differs from the setting."""
        self._held_out, frame, picture = {}, self.frame, self.picture
        same = ("data", "validation")
        if frame and picture and all(frame.settings[one] == getattr(config, one) for one in same):
            held_out = picture.held_out if picture.held_part == "validation" else 0
            if held_out != frame.settings["validation"]:
                self._held_out = {"validation": f" → {held_out:,} here"}
        return self._held_out

    def _suited(self, frame: Frame) -> str:
        """Return a text with the settings of the preset for the substitute images."""
        shown = self.picture.data if self.picture else ""
        presets = (preset.settings for preset in self.lesson.presets)
        suited = next((one for one in presets if one.get("data") == shown), {})
        other = [
            f"{name.replace('_', ' ')} to {value}"
            for name, value in suited.items()
            if name != "data" and frame.settings[name] != value
        ]
        return SUITED.format(" and ".join(other)) if other else ""

    def _show(self, frame: Frame) -> None:
        """Draw the frame, or update the drawing screen instead."""
        if self._pad is not None:
            self._pad.ask()
        else:
            command = COMMAND.format(fetch_command(str(frame.settings["data"])))
            note = frame.note.replace(command, PRESS + self._suited(frame))
            if self._is_instead and self._first is not None:
                started = STARTED.format(why=self._why_not_first, preset=self._first.name)
                note = ". ".join(filter(None, (started, note)))
            super()._show(replace(frame, note=note))
