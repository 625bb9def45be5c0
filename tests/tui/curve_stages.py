"""What can be done with the stage of any lab of curves; knows no scene and no screen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import pytest

from engine.expression import Refused
from tui.labs.curves import CurveState

S = TypeVar("S", bound=CurveState)


def played(stage: S, typed: Iterable[str] = (), steps: int = 0) -> S:
    """The stage, once these lines were typed and then so many steps made."""
    for text in typed:
        stage.type(text)
    for _ in range(steps):
        stage.step()
    return stage


def refuses(stage: Any, text: str, words: str) -> None:
    """It does not take the text, says why in these words and where, and all is as it was."""
    before = stage.look
    with pytest.raises(Refused, match=words) as refused:
        stage.type(text)
    assert stage.look is before
    assert 0 <= refused.value.start <= refused.value.end <= max(len(text), 1)
