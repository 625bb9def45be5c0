"""Simulates a full disk in this process."""

from __future__ import annotations

import errno
import os

import pytest


class Disk:
    """A disk with limited space: a write stores what fits, and then fails."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
        self.room, self._write = room, os.write
        monkeypatch.setattr(os, "write", self.write)

    def write(self, descriptor: int, content: bytes) -> int:
        if self.room == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = self._write(descriptor, content[: self.room])
        self.room -= written
        return written
