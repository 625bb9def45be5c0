"""The text beside a control, and advice in which settings have the labels of their controls."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from lessons.dataloader.lesson import CONTROLS
from tui.widgets.controls import for_controls, line, text_of

BY_NAME = {control.name: control for control in CONTROLS}


@pytest.mark.parametrize(
    ("text", "worded"),
    [
        ("leave it out: --ignore id", 'leave it out: set "ignore columns" to id'),
        ("a; --ignore id,a-b; c", 'a; set "ignore columns" to id,a-b; c'),
        ("--ignore 'column 1', or x", 'set "ignore columns" to column 1, or x'),
        ("--ignore='-a b'", 'set "ignore columns" to -a b'),
        (
            "--label kind --ignore name",
            'set "label column" to kind set "ignore columns" to name',
        ),
        ("dltui run mnist --data-dir FOLDER", "dltui run mnist --data-dir FOLDER"),
        ("leave it out: --set ignore=id", 'leave it out: set "ignore columns" to id'),
        ("(--set target=classes); 3", '(set "target" to classes); 3'),
        ("--set unknown=3", "--set unknown=3"),
        ("nothing", "nothing"),
        ("label = 'x' is not allowed", "label column = 'x' is not allowed"),
        ("hidden_1 cannot change now", "hidden units 1 cannot change now"),
        ("the label of a row", "the label of a row"),
        ("batch_size and unknown_name", "batch size and unknown_name"),
    ],
)
def test_options_are_said_in_terms_of_the_controls(text: str, worded: str) -> None:
    assert for_controls(text, CONTROLS) == worded


@pytest.mark.parametrize("value", ["x", "肥満", "a" * 40, "肥満" * 20, "e\u0301❤\ufe0f", "العمر"])
def test_a_value_of_any_letters_ends_at_the_same_cell(value: str) -> None:
    for width in (24, 30, 41):
        drawn = line(BY_NAME["label"], value, False, width)
        assert cell_len(drawn.plain) == width
        assert drawn.plain.startswith("label column")


def test_a_path_that_is_typed_again_is_the_same_path() -> None:
    assert text_of(BY_NAME["csv"], "e\u0301❤\ufe0f.csv") == "e\u0301❤\ufe0f.csv"
    assert text_of(BY_NAME["csv"], "a\x1bb") == r"a\x1bb"
