"""The reasons of an early end, and the numbers of a partial update."""

from __future__ import annotations

import torch

from engine.frame import State
from engine.trainers.decision_boundary import DecisionBoundary, DecisionBoundaryConfig
from engine.trainers.five_steps import FiveSteps, FiveStepsConfig
from tests.engine.conftest import Start, finish, until


def test_a_training_that_stops_early_says_why(start: Start) -> None:
    torch.set_num_threads(1)
    run = start(DecisionBoundary, DecisionBoundaryConfig())
    run.play()
    frame = finish(run)
    assert (frame.state, frame.epoch) == (State.FINISHED, 381)
    assert frame.message == (
        "ended at epoch 381 of 1,000: 0.995 of the points are right (stop_above = 0.99)"
    )


def test_the_numbers_follow_the_stage_in_every_turn(start: Start) -> None:
    run = start(FiveSteps, FiveStepsConfig())
    until(lambda: run.frame.picture is not None)
    for turn in range(3):
        for lit in ("data", "model", "loss", "optimizer", "loop"):
            run.step()
            until(lambda lit=lit, turn=turn: _is_at(run.frame, lit, turn))
            stages = {stage.name: stage.numbers for stage in run.frame.picture.stages}
            shown = next(e.result for e in run.frame.equations if e.formula.startswith("L ="))
            if lit in ("data", "model"):  # the loss of the previous turn belongs to no panel
                assert (stages["loss"], shown) == ((), "to come")
            else:
                assert stages["loss"][0] == f"L = {shown}"
            assert stages["loop"][1:] == ((f"was {shown}",) if lit == "loop" else ())


def _is_at(frame, lit: str, turn: int) -> bool:  # type: ignore[no-untyped-def]
    return frame.picture.lit == lit and frame.step == turn + (lit == "loop")
