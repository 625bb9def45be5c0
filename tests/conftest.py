"""Which tests are slow, and a course with a lesson that is still to be written."""

from __future__ import annotations

import pytest

from lessons.catalog import COURSE, Chapter, Entry

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
    "test_challenges_dataloader.py",
    "test_dataloader_app.py",
}
"""Files that train for long, or that drive a terminal for long."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.name in SLOW:
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def to_come(monkeypatch: pytest.MonkeyPatch) -> Entry:
    """A lesson that stands in the table of contents and has no folder yet."""
    entry = Entry("to-come", "Yet to come", "a lesson without a page")
    longer = (*COURSE, Chapter(len(COURSE) + 1, "The next one", (entry,)))
    for module in ("lessons.catalog", "tui.screens.home", "tui.commands.list"):
        monkeypatch.setattr(f"{module}.COURSE", longer)
    return entry
