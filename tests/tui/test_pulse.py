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


def test_the_first_frame_comes_at_once(clocks: Clocks) -> None:
    assert clocks.pulse(10).wait() == 0


@pytest.mark.parametrize(("fps", "period"), [(10, 0.1), (4, 0.25), (30, 1 / 30)])
def test_the_period_holds_while_frames_are_cheap(clocks: Clocks, fps: int, period: float) -> None:
    pulse = clocks.pulse(fps)
    assert pulse.period == period
    began = clocks.now
    for frame in range(20):
        assert clocks.now - began == pytest.approx(frame * period)
        pulse.beat()
        clocks.work(0.001)
        clocks.now += pulse.wait()


def test_a_frame_that_cost_8_ms_is_followed_by_160(clocks: Clocks) -> None:
    pulse = clocks.pulse(10)
    pulse.beat()
    clocks.work(0.008)
    assert pulse.wait() == pytest.approx(0.160 - 0.008)  # between frames: 8 ms have passed


@pytest.mark.parametrize(("fps", "kilobytes_a_second"), [(10, 18), (30, 18), (4, 11.6)])
def test_long_frames_come_less_often_than_short_ones(
    clocks: Clocks, fps: float, kilobytes_a_second: float
) -> None:
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


def test_dear_frames_take_their_share_of_a_core_and_no_more(clocks: Clocks) -> None:
    assert SHARE == 1 / 20
    pulse = clocks.pulse(10)
    began, worked = clocks.now, clocks.worked
    for cost in (0.008, 0.02, 0.006, 0.012):
        pulse.beat()
        clocks.work(cost)
        clocks.now += pulse.wait()
    assert (clocks.worked - worked) / (clocks.now - began) == pytest.approx(1 / 20)


@pytest.mark.parametrize("cost", [0.026, 0.3, 5.0])
def test_whatever_it_cost_the_next_is_not_later_than_the_longest(
    clocks: Clocks, cost: float
) -> None:
    assert LONGEST == 0.5
    pulse = clocks.pulse(10)
    pulse.beat()
    clocks.work(cost)
    assert pulse.wait() == pytest.approx(max(0.5 - cost, 0))


def test_a_rate_that_was_asked_for_may_be_slower_than_the_longest(clocks: Clocks) -> None:
    pulse = clocks.pulse(0.5)
    pulse.beat()
    assert pulse.wait() == pytest.approx(2)


def test_two_frames_are_at_least_so_far_apart_if_asked_for(clocks: Clocks) -> None:
    pulse = clocks.pulse(10)
    pulse.beat()
    clocks.now += 0.3
    assert pulse.wait(least=1) == pytest.approx(0.7)
    assert pulse.wait(least=0.35) == pytest.approx(0.05)
    assert pulse.wait(least=0.2) == 0
    assert pulse.wait() == 0


def test_what_is_least_does_not_hide_what_it_cost(clocks: Clocks) -> None:
    pulse = clocks.pulse(10)
    pulse.beat()
    clocks.work(0.02)
    assert pulse.wait(least=0.2) == pytest.approx(0.4 - 0.02)


def test_what_is_late_is_due_now_and_not_before(clocks: Clocks) -> None:
    pulse = clocks.pulse(10)
    pulse.beat()
    clocks.now += 60
    assert pulse.wait() == 0


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


def test_others_who_work_meanwhile_cost_nothing(clocks: Clocks) -> None:
    pulse = clocks.pulse(10)
    pulse.beat()
    clocks.now += 0.04  # used by the training in another thread
    assert pulse.wait() == pytest.approx(0.06)


def test_the_clocks_are_this_threads_own_unless_others_are_given() -> None:
    pulse = Pulse(1000)
    pulse.beat()
    assert 0 <= pulse.wait(least=100) <= 100
    assert pulse.wait(least=100) > 99
