"""The command that installs a package for the Python that runs dltui; installs nothing."""

from __future__ import annotations

import shlex
import sys
from importlib.util import find_spec


def install(*words: str) -> str:
    """What to type in a shell: a bare `pip` may belong to another Python than this one."""
    if find_spec("pip") is None:  # an environment that uv made
        return shlex.join(["uv", "pip", "install", "--python", sys.executable, *words])
    return shlex.join([sys.executable, "-m", "pip", "install", *words])
