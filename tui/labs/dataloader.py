"""The lab of the loader: a training on a table, and the loader timed; knows no chart."""

from __future__ import annotations

from dataclasses import replace

from textual.binding import Binding
from textual.timer import Timer

from engine.frame import Frame
from engine.pictures.table import TablePicture
from engine.throughput import Throughput
from engine.throughput.timing import Timing
from lessons.lesson import TrainingLesson
from tui.labs.training import TrainingLab
from tui.labs.training_keys import QUIET_RESET
from tui.widgets.control_values import for_controls

CHART = "throughput"
LOOKS = 0.25
"""Seconds between two looks at the measurement, while it goes on."""
TIME = "Time the loader with and without workers, or stop that"


class DataLoaderLab(TrainingLab):
    """Lays what was measured of the loader over the picture of each frame."""

    BINDINGS = [
        Binding("t", "time", "time", id="lab.time", tooltip=TIME),
        QUIET_RESET,
    ]

    def __init__(self, lesson: TrainingLesson, fps: float) -> None:
        super().__init__(lesson, fps)
        self._timing: Timing | None = None
        self._measured: tuple[Throughput, ...] = ()
        self._timer: Timer | None = None
        self._eager_to_time = False

    def close(self) -> None:
        super().close()
        self._stop_timing()

    def put_down(self) -> None:
        super().put_down()
        self._eager_to_time = False
        if self._timing is not None:
            self.action_time()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be timed before PyTorch is there."""
        if action == "time":
            return self.experiment is not None
        return super().check_action(action, parameters)

    def action_time(self) -> None:
        """Begin to time the loader, from nothing; or stop, and keep what has come."""
        if self._timing is not None:
            self._stop_timing()
            self._show_again()
        elif self._picture is not None:
            self._begin_timing(self._picture)
        else:
            self._eager_to_time = True

    @property
    def _picture(self) -> TablePicture | None:
        """What the run shows of its data; None before it is there."""
        picture = self.frame.picture if self.frame else None
        return picture if isinstance(picture, TablePicture) else None

    def _begin_timing(self, picture: TablePicture) -> None:
        self._measured, self._eager_to_time = (), False
        self._timing = Timing(picture.features)
        self._timing.start()
        self._timer = self.set_interval(LOOKS, self._poll)
        self._panels.pictures.choose(CHART)
        self._show_again()

    def _poll(self) -> None:
        assert self._timing is not None
        if not self._timing.poll():
            return
        self._measured = self._timing.results
        if self._timing.failure:
            self.notify(
                self._timing.failure,
                title="the loader was not timed",
                severity="error",
                markup=False,
            )
        if self._timing.ended:
            self._stop_timing()
        self._show_again()

    def _stop_timing(self) -> None:
        if self._timing is not None:
            self._timing.close()
            self._timing = None
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _show_again(self) -> None:
        if self.frame is not None:
            self._look(self.frame)

    def _show(self, frame: Frame) -> None:
        """Draw the frame; what it advises is said in terms of the controls."""
        said = {
            name: for_controls(getattr(frame, name), self.lesson.controls)
            for name in ("task", "note", "message")
        }
        super()._show(replace(frame, **said))

    def _look(self, frame: Frame) -> None:
        if isinstance(frame.picture, TablePicture):
            timed = replace(
                frame.picture, throughput=self._measured, timing=self._timing is not None
            )
            frame = replace(frame, picture=timed)
        super()._look(frame)
        if self._eager_to_time and self._picture is not None:
            self._begin_timing(self._picture)
