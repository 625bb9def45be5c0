"""Looks at a run while something goes on in it, and hands its frames on; knows no panel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.widget import Widget

from engine.frame import Frame, State
from tui.pulse import Pulse
from tui.terminal.painter import bytes_sent, keeps_up

if TYPE_CHECKING:
    from engine.run import Run

ANSWER = 0.008
"""Seconds that a run has to answer; one whose step takes longer is shown at the next look."""
UNSEEN = 1.0
"""Seconds between looks while the lab is out of sight, and only the status bar tells of it."""


class Watching:
    """Asks for a frame, shows what comes, and rests as long as the run does.

    So the screen sets the price: a run that nobody looks at makes no frames, one that waits
    for its learner costs nothing, and no frame is older than the time between two.
    """

    def __init__(
        self,
        widget: Widget,
        fps: float,
        run: Callable[[], Run | None],
        show: Callable[[Frame], None],
    ) -> None:
        """Watch what `run` gives, and `show` its frames, as long as the widget lives."""
        self._widget = widget
        self._run, self._show = run, show
        self._pulse = Pulse(fps, lambda: bytes_sent(widget))
        self._shown: Frame | None = None
        self._next: asyncio.TimerHandle | None = None

    def look(self) -> None:
        """The run was told something: see soon what became of it."""
        self.stop()
        self._after(max(ANSWER, self._pulse.answer()), self._receive)

    def stop(self) -> None:
        """Look no more, until the next `look`."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _rest(self) -> None:
        """Give the training what is left of the time that this frame has cost."""
        # Once, and not until nothing is left: to ask again is work too, which asks for more rest.
        wait = self._pulse.wait(0 if self._widget.display else UNSEEN)
        self._after(max(0.0, wait - ANSWER), self._ask)

    def _ask(self) -> None:
        run = self._run()
        if not keeps_up(self._widget):
            # This frame is dropped: behind what the line still has to send it would only be late.
            self._after(self._pulse.period, self._ask)
            return
        if run is not None and run.state is State.PLAYING:
            run.request()
        self._after(ANSWER, self._receive)

    def _receive(self) -> None:
        # As a message: the widgets that show the frame want to be called by their own.
        self._widget.call_next(self._look)

    def _look(self) -> None:
        run = self._run()
        if run is None:
            return
        settled = run.resting  # before its frame is read: a frame that comes now is seen next time
        frame = run.frame
        self._pulse.beat()
        if frame is not self._shown:
            self._shown = frame
            self._show(frame)
        if not settled:
            self._after(self._pulse.period - 2 * ANSWER, self._rest)

    def _after(self, seconds: float, what: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        self._next = loop.call_later(seconds, what)
