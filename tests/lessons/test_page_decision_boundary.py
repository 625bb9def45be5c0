"""Figures of the page on the decision boundary, checked by runs or scikit-learn."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from engine.config import Setting
from engine.trainers.decision_boundary import DecisionBoundary, DecisionBoundaryConfig
from lessons.catalog import find
from tests.lessons.figures import number, says

SLUG = "decision-boundary"


@cache
def run(name: str = "clouds", **more: Setting) -> tuple[DecisionBoundary, float]:
    """Return the trainer after its last step, and the last loss."""
    settings = {**find(SLUG).load().preset(name).settings, **more}
    trainer = DecisionBoundary(DecisionBoundaryConfig.of(settings), torch.device("cpu"))
    *_, last = trainer.steps()
    return trainer, last.loss.item()


def weights(trainer: DecisionBoundary) -> list[float]:
    layer = trainer.linear()[0]
    return [*layer.weight.flatten().tolist(), layer.bias.item()]


def row(trainer: DecisionBoundary) -> str:
    return " ".join(number(weight, 4) for weight in weights(trainer))


def test_what_training_reaches_and_that_the_weights_have_nowhere_to_settle() -> None:
    for momentum, most in ((0.0, 5000), (0.9, 1000)):
        trainer, loss = run(momentum=momentum, epochs=most)
        accuracy = trainer.metrics()["accuracy"]
        says(SLUG, f"{momentum:g} {trainer.stopped_at} {accuracy} {loss:.5f} {row(trainer)}")
    for steps in (100, 1000, 10_000):
        trainer, loss = run("endless", epochs=steps)
        says(SLUG, f"{steps:,} steps {row(trainer)} {loss:.5f}")
        assert trainer.metrics() == {"accuracy": 1.0}
    # Doubled weights keep the boundary and lower the loss.
    trainer, loss = run("endless", epochs=1000)
    w1, w2, b = weights(trainer)
    x, y = trainer.picture().x, trainer.picture().labels
    z = x @ np.array([w1, w2]) + b
    mean = [float(np.mean(np.logaddexp(0, k * z) - y * k * z)) for k in (1, 2, 4)]
    assert mean[0] == pytest.approx(loss, rel=0.01)
    assert mean[0] > mean[1] > mean[2]


def test_overlap_has_scikit_learns_line() -> None:
    trainer, loss = run("overlap")
    picture = trainer.picture()
    fit = LogisticRegression(C=np.inf, tol=1e-10).fit(picture.x, picture.labels)
    ours, theirs = np.array(weights(trainer)), np.append(fit.coef_[0], fit.intercept_)
    assert ours == pytest.approx(theirs, abs=1e-3)
    cosine = ours[:2] @ theirs[:2] / np.linalg.norm(ours[:2]) / np.linalg.norm(theirs[:2])
    assert np.degrees(np.arccos(min(cosine, 1))) < 1
    w1, w2, b = ours
    says(SLUG, f"w = ({number(w1, 4)}, {number(w2, 4)}), b = {b:.4f}, at a loss of {loss:.5f}")
    says(SLUG, f"with {picture.right} of 200 right")


def test_what_a_line_cannot_and_a_network_can() -> None:
    line, network = run("xor")[0], run("xor", hidden_layers=1, units=3)[0]
    says(SLUG, f"ends with {line.picture().right} of 200 right")
    says(SLUG, f"{network.picture().right}, at step {network.stopped_at}")
    line, network = run("spiral")[0], run("spiral", hidden_layers=2)[0]
    says(SLUG, f"the line gets {line.picture().right} of 200")
    says(SLUG, f"all {network.picture().right} at step {network.stopped_at}")
    assert network.picture().accuracy() > 0.95 > line.picture().accuracy()
    says(SLUG, f"a line gets {run('moons', hidden_layers=0)[0].picture().right} of 200")
    assert run("moons")[0].stopped_at is not None
    assert run("circles")[0].stopped_at is not None
    deep, _ = run("spiral", hidden_layers=2, activation="sigmoid")
    says(SLUG, f"is at {deep.picture().right} of 200 after 5,000 steps")
    lucky = (run("xor", hidden_layers=1, units=2, seed=seed)[0].stopped_at for seed in range(5))
    assert [seed for seed, step in enumerate(lucky) if step is not None] == [2, 3, 4]


def test_the_trap_of_the_comparison() -> None:
    right = torch.zeros(200)
    right[:198] = 1
    assert right.mean().item() > 0.99
    trainer, _ = run()
    z = torch.where(trainer.y == 1, 1.0, -1.0)
    z[:2] = 1.0
    assert trainer.right(z) == 198
    assert not trainer.good_enough(z)
    z[0] = -1.0
    assert trainer.good_enough(z)
