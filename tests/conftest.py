"""Marks the slow tests, and provides a course with a lesson that is not written yet."""

from __future__ import annotations

import os
import sys

import pytest

from lessons.catalog import COURSE, Chapter, Entry

os.environ.pop("PYTHONUNBUFFERED", None)  # processes of the tests have to flush their output

SLOW = {
    "test_batches.py",
    "test_loss_reduction.py",
    "test_page_decision_boundary.py",
    "test_page_logistic_regression.py",
    "test_page_mnist.py",
    "test_page_parameters.py",
    "test_graphs_app.py",
    "test_graphs_measuring.py",
    "test_graphs_lab.py",
    "test_tensors_lab.py",
}
"""Files with tests that train for long or drive a terminal for long."""
SLOW_CASES = {
    "test_it_prints_figures_for_a_machine_and_exits_0",
    "test_twenty_ends_in_the_middle_of_a_training",
}
"""Tests of five seconds and more; most have a faster variant in the quick run."""


def pytest_xdist_auto_num_workers() -> int:
    """Use more processes than cores, because tests that drive an app or terminal mostly wait."""
    return round(1.5 * len(os.sched_getaffinity(0))) if sys.platform == "linux" else 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.name in SLOW or item.name in SLOW_CASES:
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def to_come(monkeypatch: pytest.MonkeyPatch) -> Entry:
    """Add a lesson without a folder to the table of contents."""
    entry = Entry("to-come", "Yet to come", "a lesson without a page")
    longer = (*COURSE, Chapter(len(COURSE) + 1, "The next one", (entry,)))
    for module in ("lessons.catalog", "tui.course", "tui.commands.list"):
        monkeypatch.setattr(f"{module}.COURSE", longer)
    return entry
