"""Which tests are slow, and a course with a lesson that is still to be written."""

from __future__ import annotations

import pytest

from lessons.catalog import COURSE, Chapter, Entry

SLOW = {
    "test_batches.py",
    "test_loss_reduction.py",
    "test_decision_boundary.py",
    "test_page_decision_boundary.py",
    "test_page_logistic_regression.py",
    "test_page_mnist.py",
    "test_page_parameters.py",
    "test_autograd_app.py",
    "test_graphs_app.py",
    "test_graphs_measuring.py",
    "test_tensors_app.py",
    "test_dataloader_app.py",
    "test_graphs_lab.py",
    "test_painting.py",
    "test_tensors_lab.py",
}
"""Files that train for long, or that drive a terminal for long."""
SLOW_CASES = {
    "test_it_prints_figures_for_a_machine_and_exits_0",
    "test_twenty_ends_in_the_middle_of_a_training",
    "test_a_lesson_from_the_first_key_to_the_last[120-40]",
    "test_q_in_the_middle_of_a_training_ends_everything[120-40]",
    "test_a_digit_is_written_and_read_while_the_network_learns[80-22-1]",
    "test_a_rate_of_a_million_says_diverged_and_the_lab_lives_on[gradient-by-hand]",
    "test_a_rate_of_a_million_says_diverged_and_the_lab_lives_on[parameters]",
    "test_any_number_of_colours_will_do[environment1]",
    "test_any_number_of_colours_will_do[environment2]",
    "test_without_colours_the_digit_is_seen[colours1]",
    "test_workers_change_no_figure",  # as test_a_worker_changes_no_loss_and_is_spawned says
    "test_ctrl_c_while_workers_start_leaves_none",  # test_while_workers_start_there_is_a_rest…
    "test_the_digits_preset_needs_no_note_and_reads_95_percent",  # test_digits_reach_95_percent…
    "test_every_size_is_filled_to_the_cell[validation]",
    # Whole trainings behind a figure of a page, or behind a challenge.
    "test_page_seeds",
    "test_linear_noisy_line_is_the_least_squares_line",
    "test_five_steps_compares_whole_runs_on_its_own_curve",
}
"""Cases of five seconds and more; most have their like in the quick run, at another size say."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.name in SLOW or item.name in SLOW_CASES:
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def to_come(monkeypatch: pytest.MonkeyPatch) -> Entry:
    """A lesson that stands in the table of contents and has no folder yet."""
    entry = Entry("to-come", "Yet to come", "a lesson without a page")
    longer = (*COURSE, Chapter(len(COURSE) + 1, "The next one", (entry,)))
    for module in ("lessons.catalog", "tui.screens.home", "tui.commands.list"):
        monkeypatch.setattr(f"{module}.COURSE", longer)
    return entry
