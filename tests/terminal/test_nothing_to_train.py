"""`dltui run` of a lesson without a training, in a process of its own: one line, code 2."""

from __future__ import annotations

import re

import pytest

from tests.terminal.command import dltui


@pytest.mark.parametrize("lesson", ["tensors", "graphs", "probabilities", "softmax"])
def test_there_is_nothing_to_train(lesson: str, folders: dict[str, str]) -> None:
    code, output, errors = dltui("run", lesson, env=folders)
    assert (code, output) == (2, "")
    assert re.fullmatch(rf"dltui: .*'{lesson}' trains nothing.*dltui {lesson}\n", errors)
