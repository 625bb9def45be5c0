"""Which tests are slow: `make test` leaves them to `make test-all`."""

from __future__ import annotations

import pytest

SLOW = {
    "test_batches.py",
    "test_loss_reduction.py",
    "test_decision_boundary.py",
    "test_challenges_decision_boundary.py",
    "test_page_decision_boundary.py",
    "test_challenges_logistic_regression.py",
    "test_page_logistic_regression.py",
    "test_autograd_app.py",
    "test_graphs_app.py",
    "test_graphs_measuring.py",
    "test_tensors_app.py",
}
"""Files that train for long, or that drive a terminal for long."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.name in SLOW:
            item.add_marker(pytest.mark.slow)
