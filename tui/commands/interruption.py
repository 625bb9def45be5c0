"""Ctrl-C and SIGTERM as a flag that a training looks at; knows no training."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Any, Self

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """While it is entered, the first signal only raises the flag, so that nothing is torn.

    What comes before the training, the import of PyTorch above all, never looks at the flag:
    there a second signal leaves at once.
    """

    def __init__(self) -> None:
        self.torn_easily = False
        """Whether a second signal, too, is to raise no more than the flag."""
        self._signal = 0
        self._before: dict[signal.Signals, Any] = {}

    def __call__(self) -> bool:
        """Whether somebody wants the end."""
        return self._signal != 0

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._note) for number in SIGNALS}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @property
    def exit_code(self) -> int:
        """130 after Ctrl-C, 143 after SIGTERM."""
        return 128 + self._signal

    def _note(self, number: int, _: FrameType | None) -> None:
        again, self._signal = self._signal != 0, number
        if again and not self.torn_easily:
            raise KeyboardInterrupt
