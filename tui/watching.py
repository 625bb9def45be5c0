"""When the frames of a run are shown: often while it plays, within a budget, and not at rest."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.widget import Widget

from engine.frame import Frame, State
from tui.terminal.painter import bytes_sent, keeps_up

if TYPE_CHECKING:
    from engine.run import Run

SHARE = 1 / 20
"""How much of a core the screen may take from a training."""
FRAME, LINE = 2_900, 18_000
"""Bytes that a frame may send on average, and the most bytes in a second."""
LONGEST = 0.5
"""Seconds after which there is a frame, whatever the last one cost."""
ANSWER = 0.008
"""Seconds that a run has to answer; one whose step takes longer is shown at the next look."""
UNSEEN = 1.0
"""Seconds between looks while the lab is out of sight and only the status bar shows it."""


class Pulse:
    """Sets the time between frames: as many a second as asked for, and fewer if they are costly.

    A frame costs what this thread has worked since the frame before (drawing, but also the
    terminal, the keys and the other panels) and what was sent to the terminal. A budget works
    where a fixed rate does not: on a slow machine, a slow line and a large screen.
    """

    def __init__(
        self,
        fps: float,
        sent: Callable[[], int] = int,
        worked: Callable[[], float] = time.thread_time,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`sent` gives the bytes sent so far, `worked` the seconds that this thread has worked."""
        self.period = 1 / fps
        """Seconds between two frames that are cheap enough."""
        self._bytes_a_second = min(FRAME * fps, LINE)
        self._sent, self._worked, self._now = sent, worked, now
        self._last = now() - LONGEST, worked(), sent()

    def beat(self) -> None:
        """A frame is drawn now."""
        self._last = self._now(), self._worked(), self._sent()

    def answer(self) -> float:
        """Seconds until a frame that a key has asked for: it does not wait for the budget."""
        return max(0.0, self._last[0] + self.period - self._now())

    def wait(self, least: float = 0.0) -> float:
        """Seconds until the next frame; 0 is now. Two are at least `least` seconds apart."""
        at, worked, sent = self._last
        work, line = self._worked() - worked, self._sent() - sent
        cost = min(max(work / SHARE, line / self._bytes_a_second), LONGEST)
        return max(0.0, at + max(self.period, cost, least) - self._now())


class Watching:
    """Asks a run for a frame, shows it, and rests as long as the run does.

    So the screen decides what observing costs: a run that nobody looks at makes no frames, a
    paused one costs nothing, and no frame is older than the time between two.
    """

    def __init__(
        self,
        widget: Widget,
        fps: float,
        run: Callable[[], Run | None],
        show: Callable[[Frame], None],
    ) -> None:
        """Watch the current `run`, and `show` its frames, as long as the widget lives."""
        self._widget = widget
        self._run, self._show = run, show
        self._pulse = Pulse(fps, lambda: bytes_sent(widget))
        self._shown: Frame | None = None
        self._next: asyncio.TimerHandle | None = None

    def look(self) -> None:
        """Show the result soon: the run was just given a command."""
        self.stop()
        self._after(max(ANSWER, self._pulse.answer()), self._receive)

    def stop(self) -> None:
        """Look no more, until the next `look`."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _rest(self) -> None:
        """Leave the training the time that the budget gives it."""
        # Once, not in a loop: asking again is work too, and would ask for more rest.
        wait = self._pulse.wait(0 if self._widget.display else UNSEEN)
        self._after(max(0.0, wait - ANSWER), self._ask)

    def _ask(self) -> None:
        run = self._run()
        if not keeps_up(self._widget):
            # Drop this frame: behind what the line still has to send it would only be late.
            self._after(self._pulse.period, self._ask)
            return
        if run is not None and run.state is State.PLAYING:
            run.request()
        self._after(ANSWER, self._receive)

    def _receive(self) -> None:
        # As a message: widgets have to be updated from their own message loop.
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
        self._next = asyncio.get_running_loop().call_later(seconds, what)
