"""Creates the environment in which the rivals run.

It is a second virtual environment that also sees the packages of the current one, after its own: so
the rivals have their own plotext and share the 5.5 GB of PyTorch.
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
    """Return the Python of the rivals; creates its environment if it is missing or outdated.

    Raises `RuntimeError` with pip's output if it cannot be created.
    """
    executable = FOLDER / "bin" / "python"
    if not STAMP.exists() or STAMP.stat().st_mtime < REQUIREMENTS.stat().st_mtime:
        make(executable)
    return executable


def make(executable: Path) -> None:
    """Create a new environment; it is stamped at the end, so an incomplete one is replaced."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    tell([sys.executable, "-m", "venv", str(FOLDER)])
    # The folders in a .pth file come after the environment's own packages.
    (own,) = FOLDER.glob("lib/python*/site-packages")
    (own / "after_its_own.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    # This version of PyTorch is already installed; pip fails rather than download another.
    torch = f"torch=={version('torch')}"
    pip = [str(executable), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    tell([*pip, "--retries", "1", "--requirement", str(REQUIREMENTS), torch])
    STAMP.touch()


def tell(command: list[str]) -> None:
    """Run a command; raises `RuntimeError` with its output if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError((done.stderr.strip() or done.stdout.strip())[-2000:])
