"""The time of the next frame, with simulated clocks."""

from __future__ import annotations

import pytest

from tui.watching import LONGEST, SHARE, Pulse


class Clocks:
    """Simulated time and CPU time of this thread; neither starts at 0."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.worked = 7.0
        self.sent = 5_000

    def work(self, seconds: float) -> None:
        self.worked += seconds
        self.now += seconds

    def pulse(self, fps: float) -> Pulse:
        return Pulse(fps, lambda: self.sent, lambda: self.worked, lambda: self.now)


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


def test_the_period_holds_while_frames_are_cheap(clocks: Clocks) -> None:
    for fps, period in ((10, 0.1), (4, 0.25), (30, 1 / 30)):
        pulse = clocks.pulse(fps)
        assert pulse.wait() == 0  # the first frame comes at once
        assert pulse.period == period
        began = clocks.now
        for frame in range(20):
            assert clocks.now - began == pytest.approx(frame * period)
            pulse.beat()
            clocks.work(0.001)
            clocks.now += pulse.wait()


def test_the_time_to_the_next_frame_depends_on_what_the_last_one_cost(clocks: Clocks) -> None:
    """Between frames: what has passed since the last one is subtracted."""
    assert SHARE == 1 / 20
    assert LONGEST == 0.5
    for fps, worked, passed, least, expected in (
        (10, 0.008, 0, 0, 0.160 - 0.008),
        (10, 0.02, 0, 0.2, 0.4 - 0.02),  # `least` does not hide the cost
        # Whatever it cost, the next frame is not later than the longest period.
        (10, 0.026, 0, 0, 0.5 - 0.026),
        (10, 0.3, 0, 0, 0.2),
        (10, 5.0, 0, 0, 0),
        (0.5, 0, 0, 0, 2),  # a requested rate may be slower than that
        (10, 0, 0.04, 0, 0.06),  # used by the training in another thread
        (10, 0, 60, 0, 0),
        # Two frames are at least so far apart if requested.
        (10, 0, 0.3, 1, 0.7),
        (10, 0, 0.3, 0.35, 0.05),
        (10, 0, 0.3, 0.2, 0),
        (10, 0, 0.3, 0, 0),
    ):
        pulse = clocks.pulse(fps)
        pulse.beat()
        clocks.work(worked)
        clocks.now += passed
        assert pulse.wait(least=least) == pytest.approx(expected, abs=1e-9)


def test_long_frames_come_less_often_than_short_ones(clocks: Clocks) -> None:
    for fps, kilobytes_a_second in ((10, 18), (30, 18), (4, 11.6)):
        pulse = clocks.pulse(fps)
        began, sent = clocks.now, clocks.sent
        for length in (4_000, 3_000, 5_000, 4_500):
            pulse.beat()
            clocks.sent += length
            clocks.now += pulse.wait()
        took = clocks.now - began
        assert (clocks.sent - sent) / took == pytest.approx(kilobytes_a_second * 1000)
        pulse.beat()
        clocks.sent += 100
        assert pulse.wait() == pytest.approx(1 / fps)


def test_expensive_frames_take_their_share_of_a_core_and_no_more(clocks: Clocks) -> None:
    pulse = clocks.pulse(10)
    began, worked = clocks.now, clocks.worked
    for cost in (0.008, 0.02, 0.006, 0.012):
        pulse.beat()
        clocks.work(cost)
        clocks.now += pulse.wait()
    assert (clocks.worked - worked) / (clocks.now - began) == pytest.approx(1 / 20)


def test_work_counts_from_the_beat_to_the_question(clocks: Clocks) -> None:
    pulse = clocks.pulse(10)
    clocks.worked += 0.02  # before the frame: not counted
    pulse.beat()
    assert pulse.wait() == pytest.approx(0.1)
    clocks.worked += 0.006  # drawing
    assert pulse.wait() == pytest.approx(0.12)
    clocks.worked += 0.002  # a key, after the first call
    assert pulse.wait() == pytest.approx(0.16)
    pulse.beat()
    assert pulse.wait() == pytest.approx(0.1)


def test_the_clocks_are_this_threads_own_unless_others_are_given() -> None:
    pulse = Pulse(1000)
    pulse.beat()
    assert 0 <= pulse.wait(least=100) <= 100
    assert pulse.wait(least=100) > 99
