"""Logistic regression and decision boundaries, compared with scikit-learn and known shapes."""

from __future__ import annotations

import math
from itertools import islice, product

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression as Unpenalised

from engine.config import Setting
from engine.frame import State
from engine.pictures import CurvePicture
from engine.trainers.decision_boundary import DecisionBoundary, DecisionBoundaryConfig
from engine.trainers.logistic_regression import LogisticRegression, LogisticRegressionConfig
from tests.engine.conftest import Start, finish
from tests.engine.test_step_in_numbers import evaluate, of_phase

CPU = torch.device("cpu")
SHAPES = ("clouds", "overlap", "moons", "circles", "xor", "spiral")


def made(**settings: Setting) -> LogisticRegression:
    return LogisticRegression(LogisticRegressionConfig.of(settings), CPU)


def plane(**settings: Setting) -> DecisionBoundary:
    return DecisionBoundary(DecisionBoundaryConfig.of(settings), CPU)


# One feature.


def test_the_labels_that_overlap_are_half_and_half_around_their_middles() -> None:
    trainer = made(data="overlap", points=2001, gap=3.0)
    x, labels = trainer.picture().x, trainer.picture().labels
    assert (int(np.sum(labels == 0)), int(np.sum(labels == 1))) == (1000, 1001)
    for label, middle in ((0, 0.5), (1, 3.5)):
        of = x[labels == label]
        assert (of.mean(), of.std()) == pytest.approx((middle, 1), abs=0.1)


def test_the_best_curve_is_that_of_scikit_learn() -> None:
    for seed, gap in product(range(4), (0.0, 1.0, 3.0)):
        picture = made(data="overlap", seed=seed, gap=gap).picture()
        fit = Unpenalised(C=np.inf, tol=1e-10).fit(picture.x[:, None], picture.labels)
        w, b = fit.coef_[0, 0], fit.intercept_[0]
        assert picture.best() == pytest.approx((w, b), abs=1e-3)
    for settings in ({}, {"data": "overlap", "gap": 20.0}, {"data": "overlap", "points": 2}):
        assert made(**settings).picture().best() is None  # a threshold separates the labels


def test_before_the_first_step_there_is_a_probability() -> None:
    (line, *_) = of_phase(made().equations(None), "predict")
    assert 0 < evaluate(line.result) < 1


def flat(w: float, b: float) -> CurvePicture:
    return CurvePicture(np.array([1.0, 3.0]), np.array([0.0, 1.0]), w, b, (0.0, 0.0), 2.0)


def test_the_threshold_by_hand_and_huge_weights() -> None:
    assert flat(2.0, -3.0).threshold() == 1.5
    assert flat(0.0, 1.0).threshold() is None
    assert flat(5e-324, 1e300).threshold() is None
    assert (flat(2.0, -3.0).right(), flat(-2.0, 3.0).right(), flat(0.0, 1.0).right()) == (2, 0, 1)
    for w in (1e6, -1e6, 1e300):
        picture = flat(w, 0.0)
        assert set(picture.probability(picture.x).tolist()) <= {0.0, 1.0}
        assert picture.odds(2.0) == (math.inf if w > 0 else 0)
        assert math.isfinite(picture.loss(w, 0.0))


# The plane.


def test_the_training_stops_early_and_says_why(start: Start) -> None:
    torch.set_num_threads(1)
    run = start(DecisionBoundary, DecisionBoundaryConfig())
    run.play()
    frame = finish(run)
    assert (frame.state, frame.epoch) == (State.FINISHED, 381)
    assert frame.message == (
        "ended at epoch 381 of 1,000: 0.995 of the points are right (stop_above = 0.99)"
    )
    trainer = plane()
    list(trainer.steps())
    assert trainer.metrics() == {"accuracy": 0.995, "stopped_at": 380}


def test_every_shape_has_both_classes_and_is_what_it_is_called() -> None:
    for shape, points in product(SHAPES, (4, 5, 200)):
        picture = plane(data=shape, points=points).picture()
        assert picture.x.shape == (points, 2)
        assert np.isfinite(picture.x).all()
        assert int(np.sum(picture.labels == 0)) == points // 2
        assert int(np.sum(picture.labels == 1)) == points - points // 2
    ring = plane(data="circles", points=1000).picture()
    radius = np.hypot(*ring.x.T)
    assert radius[ring.labels == 0].mean() == pytest.approx(2.6, abs=0.1)
    assert radius[ring.labels == 1].mean() == pytest.approx(1.0, abs=0.1)
    quadrants = plane(data="xor", points=1000).picture()
    differ = quadrants.x[:, 0] * quadrants.x[:, 1] < 0
    assert np.mean(differ == (quadrants.labels == 1)) > 0.99
    arms = plane(data="spiral", points=1000).picture()
    assert np.median(np.abs(arms.x[:500] + arms.x[500:])) < 0.1


def test_the_picture_says_of_any_place_what_the_model_says() -> None:
    spiral: dict[str, Setting] = {"data": "spiral", "hidden_layers": 2}
    for settings in ({}, *({**spiral, "activation": each} for each in ("tanh", "relu", "sigmoid"))):
        trainer = plane(**settings)
        list(islice(trainer.steps(), 15))
        picture = trainer.picture()
        with torch.no_grad():
            expected = trainer.model(trainer.x).flatten().numpy()
        assert picture.log_odds(picture.x) == pytest.approx(expected, abs=1e-5)
        assert picture.accuracy() == trainer.metrics()["accuracy"]


def test_of_a_network_the_norms_of_the_gradients_are_shown() -> None:
    for layers in (1, 3):
        trainer = plane(hidden_layers=layers)
        assert all(layer.gradient is None for layer in trainer.picture().layers)
        backward = of_phase(trainer.equations(next(trainer.steps())), "backward")
        norms = [np.linalg.norm(layer.gradient) for layer in trainer.picture().layers]
        assert len(norms) == layers + 1
        assert [evaluate(line.result) for line in backward] == pytest.approx(norms, rel=1e-2)
    assert set(plane(hidden_layers=1, units=3).parameters()) == {"W1", "b1", "W2", "b2"}
    assert plane(hidden_layers=2, units=16).parameters() == {}  # too many to list
