"""What a command is; knows none of them."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that `dltui` can be told to do."""

    usage: str
    """What follows `dltui` on the command line."""
    summary: str
    """What it does, in a sentence."""
    notes: str
    """What stands below the options in its help: examples first."""
    add_options: Callable[[ArgumentParser], object]
    run: Callable[[Namespace], int]
    """Do it; gives the exit code. Raises `Refusal`."""
