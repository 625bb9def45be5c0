"""A program that exits during a training ends without hanging or aborting."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import gc, os, sys, time
from engine.turns import close_all
from engine.run import Run, warm_up
from engine.trainers.gradient_by_hand import GradientByHand
from engine.trainers.linear_regression import LinearRegression

def begin(trainer, pace=None, steps=1):
    run = Run(trainer, trainer.Config.of({"epochs": 10_000_000, "learning_rate": 1e-6}), pace=pace)
    run.start()
    if steps:
        run.play()
    while run.frame.step < steps or run.frame.picture is None:
        run.request()
        time.sleep(0.001)
    return run

def playing(trainer):
    begin(trainer)

def between_two_steps(trainer):
    begin(trainer, pace=0.001)

def paused(trainer):
    begin(trainer).pause()

def ready(trainer):
    begin(trainer, steps=0)

def one_waiting_for_another(trainer):
    begin(trainer, steps=0)
    Run(trainer, trainer.Config()).start()

def an_exception():
    raise RuntimeError("the app fell over")

def an_exit():
    sys.exit(3)

def the_polite_way():
    close_all()
    sys.exit(0)
"""

# A fork before any thread starts is a fresh interpreter, without the cost of starting one.
TWENTY = """
warm_up()
gc.freeze()
states = [playing, between_two_steps, paused, ready, one_waiting_for_another]
ends = {an_exception: 1, an_exit: 3, the_polite_way: 0}
for i in range(20):
    state, trainer = states[i % 5], (GradientByHand, LinearRegression)[i % 2]
    end, code = list(ends.items())[i % 3]
    child = os.fork()
    if not child:
        state(trainer)
        end()
    got = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if got != code:
        sys.exit(f"{trainer.__name__}, {state.__name__}, {end.__name__}: ended with {got}")
print("all ended")
"""


def ran(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120
    )


def test_twenty_ends_in_the_middle_of_a_training() -> None:
    done = ran(PROGRAM + TWENTY)
    assert done.stdout == "all ended\n", done.stderr
    assert "Fatal Python error" not in done.stderr


def test_a_program_that_falls_over_says_why_and_ends() -> None:
    done = ran(PROGRAM + "playing(GradientByHand)\nan_exception()")
    assert done.returncode == 1
    assert done.stderr.rstrip().endswith("RuntimeError: the app fell over")
