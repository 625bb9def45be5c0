"""Trainings that meet the challenges on lines, and others that come near; trains nothing itself."""

from __future__ import annotations

from engine.config import Setting

Settings = dict[str, Setting]
Runs = dict[tuple[str, str], list[Settings]]
"""By the lesson and its challenge, the settings of a training each."""

MET: Runs = {
    ("gradient-by-hand", "overshoot"): [
        {"learning_rate": 0.195},
        {"learning_rate": 0.2, "epochs": 200},
        {"learning_rate": 0.8, "points": 1},
    ],
    ("gradient-by-hand", "diverge"): [{"points": 20}],
    ("gradient-by-hand", "dead-on"): [
        {"learning_rate": 0.5},
        {"learning_rate": 0.125},
        {"learning_rate": 0.0556},
    ],
    ("parameters", "quick"): [
        {"learning_rate": 0.02, "epochs": 500},
        {"learning_rate": 0.023, "epochs": 2000},
    ],
    ("parameters", "rolling"): [
        {"learning_rate": 0.01, "momentum": 0.9, "epochs": 500},
        {"learning_rate": 0.01, "momentum": 0.9, "epochs": 5000},
    ],
    ("parameters", "edge"): [{"learning_rate": 0.0235, "epochs": 1000}],
    ("parameters", "sum"): [{"reduction": "sum"}],
    ("linear-regression", "quick"): [{"learning_rate": 0.1}, {"momentum": 0.9}],
    ("linear-regression", "rolling"): [
        {"learning_rate": 0.1, "momentum": 0.6},
        {"learning_rate": 0.2, "momentum": 0.5},
    ],
    ("linear-regression", "diverge"): [{"learning_rate": 0.19}],
    ("loss-reduction", "same-path"): [
        {"mean_learning_rate": 0.03},
        {"points": 10, "mean_learning_rate": 0.1},
        {"learning_rate": 0.005, "mean_learning_rate": 0.015, "seed": 4},
    ],
    ("loss-reduction", "sum-diverges"): [{"points": 20}, {"points": 1000}],
    ("loss-reduction", "quick-mean"): [
        {"mean_learning_rate": 0.1},
        {"mean_learning_rate": 0.15, "epochs": 300},
    ],
    ("batches", "same"): [{"batch_size": 100}, {"batch_size": 500, "epochs": 20}],
    ("batches", "full"): [{"learning_rate": 0.2}, {"learning_rate": 0.15, "epochs": 20}],
    ("batches", "rest"): [{"learning_rate": 0.005}, {"learning_rate": 0.002}],
    ("batches", "apart"): [{"learning_rate": 0.5}, {"learning_rate": 0.5, "batch_size": 20}],
}
MISSED: Runs = {
    ("gradient-by-hand", "overshoot"): [
        {"learning_rate": 0.195, "epochs": 5},  # gone beyond, not yet there
        {"learning_rate": 0.195, "epochs": 500, "initial_w": 5.0},
        {"learning_rate": 0.25},
        {"learning_rate": 0.5},  # lands on it, never beyond
        {"initial_w": 3.0},
    ],
    ("gradient-by-hand", "diverge"): [{"learning_rate": 0.25}, {"points": 10}],
    ("gradient-by-hand", "dead-on"): [{"initial_w": 2.0}, {"initial_w": 1.999}, {"slope": 1.0}],
    ("parameters", "quick"): [
        {"learning_rate": 0.01, "momentum": 0.9, "epochs": 500},
        {"initial_w": 3.0, "initial_b": 10.0, "epochs": 500},
        {"learning_rate": 0.024, "epochs": 2000},
        {"learning_rate": 0.02, "noise": 0.0, "epochs": 500},
    ],
    ("parameters", "rolling"): [{"learning_rate": 0.023, "epochs": 1000}],
    ("parameters", "edge"): [
        {"learning_rate": 0.02, "epochs": 500},
        {"learning_rate": 0.024, "epochs": 2000},
        {"learning_rate": 0.0235, "epochs": 200},
        {"learning_rate": 0.0235, "momentum": 0.5, "epochs": 1000},
    ],
    ("parameters", "sum"): [{"learning_rate": 0.1, "reduction": "sum"}],
    ("linear-regression", "quick"): [
        {"learning_rate": 0.02},
        {"initial_w": 1.84, "initial_b": 1.17},
        {"data": "line", "noise": 0.0, "slope": 0.0, "intercept": 0.0},
    ],
    ("linear-regression", "rolling"): [{"learning_rate": 0.15}, {"learning_rate": 0.17}],
    ("linear-regression", "diverge"): [
        {"learning_rate": 0.2},
        {"learning_rate": 0.18},
        {"learning_rate": 0.05, "reduction": "sum"},
        {"learning_rate": 0.1, "data": "line"},
    ],
    ("loss-reduction", "same-path"): [
        {"mean_learning_rate": 0.031},
        {"points": 10, "mean_learning_rate": 0.03},
        {"learning_rate": 1e-7, "mean_learning_rate": 1e-7},  # neither moves
        {"initial_w": 2.0, "initial_b": 0.0},  # both begin where they would end
    ],
    ("loss-reduction", "sum-diverges"): [
        {"points": 10},
        {"learning_rate": 0.1},
        {"mean_learning_rate": 1.0},
        {"points": 20, "epochs": 100},  # growing, and not yet beyond all numbers
    ],
    ("loss-reduction", "quick-mean"): [
        {"mean_learning_rate": 0.05},
        {"mean_learning_rate": 0.18},
        {"learning_rate": 0.05},
        {"initial_w": 2.0, "initial_b": 0.0},
    ],
    ("batches", "same"): [{"batch_size": 50}, {"batch_size": 100, "epochs": 5}, {"points": 10}],
    ("batches", "full"): [
        {"learning_rate": 0.1},
        {"learning_rate": 0.74},
        {"initial_w": 3.0, "initial_b": 10.0},
        {"learning_rate": 0.2, "noise": 0.0},
    ],
    ("batches", "rest"): [
        {"learning_rate": 0.01},
        {"noise": 0.0},
        {"learning_rate": 0.0001},  # at rest nowhere near
    ],
    ("batches", "apart"): [
        {"learning_rate": 0.2},
        {"learning_rate": 0.74},
        {"learning_rate": 0.5, "batch_size": 1},  # mini diverges with it
    ],
}
