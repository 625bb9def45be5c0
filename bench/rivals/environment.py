"""Creates the environment in which the rivals run.

It is a second virtual environment that also sees the packages of the one that is running, after
its own: so the rivals have a plotext of their own and share the 5.5 GB of PyTorch.
"""

from __future__ import annotations

import shutil
import site
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".venv" / "rivals"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
STAMP = FOLDER / ".installed"


def python() -> Path:
    """The Python of the rivals, whose environment is made where it is missing or outdated.

    Raises `RuntimeError`, with what pip said, when it cannot be made.
    """
    executable = FOLDER / "bin" / "python"
    if not STAMP.exists() or STAMP.stat().st_mtime < REQUIREMENTS.stat().st_mtime:
        make(executable)
    return executable


def make(executable: Path) -> None:
    """A fresh environment, stamped at the end: half of one is made again the next time."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    tell([sys.executable, "-m", "venv", str(FOLDER)])
    # A .pth file's folders come after the environment's own: what is installed here is found first.
    (own,) = FOLDER.glob("lib/python*/site-packages")
    (own / "after_its_own.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    # PyTorch by its exact version: it is there, and pip fails rather than fetch a second one.
    torch = f"torch=={version('torch')}"
    pip = [str(executable), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    tell([*pip, "--retries", "1", "--requirement", str(REQUIREMENTS), torch])
    STAMP.touch()


def tell(command: list[str]) -> None:
    """Run a command that must succeed; its words are the error when it does not."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError((done.stderr.strip() or done.stdout.strip())[-2000:])
