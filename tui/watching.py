"""Requests and shows frames of a run, within a budget of CPU time and output bytes."""

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
"""Share of a core that the screen may use while a run is training."""
FRAME, LINE = 2_900, 18_000
"""Average bytes allowed per frame, and maximum bytes per second."""
LONGEST = 0.5
"""Seconds after which a frame is shown whatever the last one cost."""
ANSWER = 0.008
"""Seconds that a run has to produce a requested frame; a later frame is shown next time."""
UNSEEN = 1.0
"""Seconds between frames while the lab is hidden and only the status bar shows its run."""


class Pulse:
    """Computes the time between frames: at most `fps` per second, fewer if frames are expensive.

    The cost of a frame is this thread's CPU time since the previous frame (for drawing, keys and
    all panels) and the bytes sent to the terminal. Unlike a fixed rate, a budget also suits slow
    machines, slow connections and large screens.
    """

    def __init__(
        self,
        fps: float,
        sent: Callable[[], int] = int,
        worked: Callable[[], float] = time.thread_time,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`sent` returns the bytes sent so far, `worked` the CPU seconds of this thread."""
        self.period = 1 / fps
        """Seconds between two cheap frames."""
        self._bytes_a_second = min(FRAME * fps, LINE)
        self._sent, self._worked, self._now = sent, worked, now
        self._last = now() - LONGEST, worked(), sent()

    def beat(self) -> None:
        """Record that a frame is drawn now."""
        self._last = self._now(), self._worked(), self._sent()

    def answer(self) -> float:
        """Return the seconds until a frame requested by a key, which ignores the budget."""
        return max(0.0, self._last[0] + self.period - self._now())

    def wait(self, least: float = 0.0) -> float:
        """Return the seconds until the next frame, 0 for now; `least` is the minimum interval."""
        at, worked, sent = self._last
        work, line = self._worked() - worked, self._sent() - sent
        cost = min(max(work / SHARE, line / self._bytes_a_second), LONGEST)
        return max(0.0, at + max(self.period, cost, least) - self._now())


class Watching:
    """Requests frames of a run and shows them until the run is idle.

    A run makes frames only when asked, so a paused or hidden run costs next to nothing, and no
    frame is older than the interval between two.
    """

    def __init__(
        self,
        widget: Widget,
        fps: float,
        run: Callable[[], Run | None],
        show: Callable[[Frame], None],
    ) -> None:
        """`run` returns the current run; `show` gets its frames, in the widget's message loop."""
        self._widget = widget
        self._run, self._show = run, show
        self._pulse = Pulse(fps, lambda: bytes_sent(widget))
        self._shown: Frame | None = None
        self._next: asyncio.TimerHandle | None = None

    def look(self) -> None:
        """Show the effect of a command to the run soon."""
        self.stop()
        self._after(max(ANSWER, self._pulse.answer()), self._receive)

    def stop(self) -> None:
        """Stop requesting frames until the next `look`."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _rest(self) -> None:
        """Wait as long as the budget requires before the next frame."""
        # Once, not in a loop: computing the wait again also costs time and would extend it.
        wait = self._pulse.wait(0 if self._widget.display else UNSEEN)
        self._after(max(0.0, wait - ANSWER), self._ask)

    def _ask(self) -> None:
        run = self._run()
        if not keeps_up(self._widget):
            # Skip this frame: the terminal is still receiving the previous one.
            self._after(self._pulse.period, self._ask)
            return
        if run is not None and run.state is State.PLAYING:
            run.request()
        self._after(ANSWER, self._receive)

    def _receive(self) -> None:
        # Through the message queue: a widget must be updated from its own message loop.
        self._widget.call_next(self._look)

    def _look(self) -> None:
        run = self._run()
        if run is None:
            return
        settled = run.resting  # read before the frame: a newer frame is then shown next time
        frame = run.frame
        self._pulse.beat()
        if frame is not self._shown:
            self._shown = frame
            self._show(frame)
        if not settled:
            self._after(self._pulse.period - 2 * ANSWER, self._rest)

    def _after(self, seconds: float, what: Callable[[], None]) -> None:
        self._next = asyncio.get_running_loop().call_later(seconds, what)
