"""The lab of the data loader: a training run on a table, and a benchmark of the loader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.binding import Binding
from textual.message import Message
from textual.timer import Timer

from engine.frame import Frame
from engine.pictures import TablePicture
from engine.throughput import LoaderTiming
from lessons.lesson import TrainingLesson
from tui.labs.training import FIRST, LAST, TrainingLab

if TYPE_CHECKING:
    from engine.config import Config, Setting, Unmet

CHART = "throughput"
POLL_SECONDS = 0.25
"""The interval between two checks of a running measurement."""
LARGE = 300_000
"""The size in bytes from which a file is read in a thread."""
READING = "reading the file…"
MEASURE = "Time the loader with and without workers, or stop that"


class DataLoaderLab(TrainingLab, inherit_bindings=False):
    """A training lab that adds the measurement of the loader to the picture of each frame."""

    BINDINGS = [
        *FIRST,
        Binding("m", "time", "measure", id="lab.measure", tooltip=MEASURE),
        *LAST,
    ]

    @dataclass
    class Read(Message):
        """A file was read in a thread for this setting; `refusal` is an error or empty."""

        name: str
        value: Setting
        refusal: str

    def __init__(self, lesson: TrainingLesson, fps: float) -> None:
        super().__init__(lesson, fps)
        self._timing: LoaderTiming | None = None
        """The running or the last measurement."""
        self._timer: Timer | None = None
        self._stopped = False
        """Whether the learner stopped the last measurement."""
        self._wants_to_time = False
        self._is_over = False
        self._refused_file: Setting = None
        """The file that was refused last; it is tried again after the next change of a setting."""

    def close(self) -> None:
        super().close()
        self._is_over = True
        self._stop_timing()

    def put_down(self) -> None:
        super().put_down()
        self._wants_to_time = False
        if self.timing:
            self.action_time()

    @property
    def timing(self) -> bool:
        return self._timer is not None

    def action_time(self) -> None:
        """Start to time the loader, or stop and keep the results so far."""
        if self.timing:
            self._stopped = True
            self._stop_timing()
            self._show_again()
        elif self._picture is not None:
            self._begin_timing(self._picture)
        elif self.experiment is not None:
            self._wants_to_time = True

    def _set(self, name: str, value: Setting) -> bool:
        """Change a setting; a large file is read in a thread and used afterwards.

        A refused file is tried again when a setting of how to read it has changed.
        """
        if self.experiment is None:
            return False
        if name not in self.experiment.trainer.own:
            return super()._set(name, value)
        file = value if name == "csv" else getattr(self.experiment.config, "csv", None)
        if isinstance(file, str) and _is_large(file):
            self._controls.refuse(READING)
            self._read(name, value)
            return False
        taken = super()._set(name, value)
        return self._taken(name) if taken else self._not_taken(name, value)

    def _taken(self, name: str) -> bool:
        """Try the refused file again after another setting was accepted."""
        file, self._refused_file = self._refused_file, None
        if name != "csv" and file is not None:
            if self._set("csv", file):
                return True
            lead = "still refused: " if self._refused_file is not None else ""
            self._controls.still_refuse(name, lead)
            return False
        self._show_settings()
        return True

    def _not_taken(self, name: str, value: Setting) -> bool:
        if name == "csv":
            self._refused_file = value
            self._show_settings()
        return False

    def _idle(self, config: Config) -> Mapping[str, tuple[Unmet, ...]]:
        """Return the settings without effect, as if a refused file were in use."""
        file = self._refused_file
        return config.idle() if file is None else config.adjusted("csv", file).idle()

    def _used(self, config: Config) -> Mapping[str, str]:
        """Return the name of the refused file, to be shown behind the file in use."""
        file = self._refused_file
        return {"csv": f" ({Path(file).name} refused)"} if isinstance(file, str) else {}

    @work(thread=True, exclusive=True, group="reading", exit_on_error=False)
    def _read(self, name: str, value: Setting) -> None:
        if self.experiment is None:
            return
        refusal = ""
        try:
            self.experiment.config.but(name, value)  # the content is cached
        except ValueError as error:
            refusal = str(error)
        self.post_message(self.Read(name, value, refusal))  # does not block

    @on(Read)
    def _end_reading(self, event: Read) -> None:
        """Use the file that was read in a thread; it is not read again."""
        event.stop()
        if self._is_over:
            return
        if event.refusal:
            self._controls.refuse(event.refusal)
            self._not_taken(event.name, event.value)
        elif super()._set(event.name, event.value) and self._taken(event.name):
            self._controls.action_settle()

    @property
    def _picture(self) -> TablePicture | None:
        """The picture of the run; None before there is one."""
        picture = self.frame.picture if self.frame else None
        return picture if isinstance(picture, TablePicture) else None

    def _begin_timing(self, picture: TablePicture) -> None:
        self._wants_to_time = self._stopped = False
        self._timing = LoaderTiming(picture.features)
        self._timing.start()
        self._timer = self.set_interval(POLL_SECONDS, self._poll)
        self._pictures.choose(CHART)
        self._show_again()

    def _poll(self) -> None:
        if self._timing is None or not self._timing.poll():
            return
        if self._timing.failure:
            title = "the loader was not timed"
            self.notify(self._timing.failure, title=title, severity="error", markup=False)
        if self._timing.ended:
            self._stop_timing()
        self._show_again()

    def _stop_timing(self) -> None:
        if self._timing is not None:
            self._timing.close()
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _show_again(self) -> None:
        if self.frame is not None:
            self._look(self.frame)

    def _look(self, frame: Frame) -> None:
        if isinstance(frame.picture, TablePicture):
            picture = replace(
                frame.picture,
                throughput=self._timing.results if self._timing else (),
                timing=self.timing,
                timing_stopped=self._stopped,
            )
            frame = replace(frame, picture=picture)
        super()._look(frame)
        if self._wants_to_time and self._picture is not None:
            self._begin_timing(self._picture)


def _is_large(file: str) -> bool:
    """Return whether reading the file would block the screen noticeably."""
    try:
        return Path(file).expanduser().stat().st_size > LARGE
    except (OSError, ValueError, RuntimeError):
        return False
