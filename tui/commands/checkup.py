"""What dltui finds on this machine, and what is wrong with it; prints nothing."""

from __future__ import annotations

import locale
import os
import platform
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from engine import device
from engine.datasets import registry
from engine.datasets.registry import install
from engine.datasets.verify import status
from engine.numerals import counted
from engine.plain_file import Unsuitable, read_plain
from tui import paths, progress, settings
from tui.terminal import MINIMUM_SIZE
from tui.terminal import capabilities as terminal

PACKAGES = ("dltui", "torch", "torchvision", "textual", "plotext", "numpy", "scikit-learn")
LOCALE = ("LC_ALL", "LC_CTYPE", "LANG")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong, and what mends it."""

    what: str
    mend: str
    fatal: bool = False
    """Whether the app cannot be used before it is mended."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one kind, and what is wrong with it."""

    facts: Any
    problems: list[Problem] = field(default_factory=list)
    no_cuda: str = ""
    """Of the devices: why there is no CUDA device though nothing is wrong."""


def versions() -> Finding:
    """Python, the system, and every package that dltui is built on."""
    facts: dict[str, str | None] = {
        "python": platform.python_version(),
        "system": platform.platform(),
    }
    problems = []
    for name in PACKAGES:
        try:
            facts[name] = version(name)
        except PackageNotFoundError:
            facts[name] = None
            problems.append(Problem(f"{name} is not installed", install(name), fatal=True))
    return Finding(facts, problems)


def devices() -> Finding:
    """The devices that work, with their memory, and why others do not."""
    try:
        found = device.probe()
    except Exception as error:  # a broken PyTorch raises what it likes
        what = f"PyTorch cannot be imported: {type(error).__name__}: {error}"
        return Finding([], [Problem(what, install("--force-reinstall", "torch"), fatal=True)])
    problems = [Problem(what, _device_fix(what)) for what in found.problems]
    return Finding([_device(one) for one in found.working], problems, found.no_cuda)


def _device_fix(problem: str) -> str:
    if device.HIDDEN in problem:
        return "unset CUDA_VISIBLE_DEVICES"
    if device.CPU_BUILD in problem:  # the default build for Linux brings CUDA with it
        return install("--force-reinstall", "torch", "torchvision")
    return "update the NVIDIA driver, or install the PyTorch that is built for it; the CPU works"


def _device(one: device.Device) -> dict[str, Any]:
    try:
        memory = device.memory(one.name)
    except Exception:  # a driver again: no figure is better than no page
        memory = None
    return {
        "name": one.name,
        "title": one.title,
        "memory_used": memory.used if memory else None,
        "memory_total": memory.total if memory else None,
    }


def screen() -> Finding:
    """The terminal: what it says it is, its size, its colours."""
    size = terminal.size()
    facts = {
        "terminal": terminal.is_terminal(sys.stdin) and terminal.is_terminal(sys.stdout),
        "TERM": os.environ.get("TERM"),
        "COLORTERM": os.environ.get("COLORTERM"),
        "columns": size[0] if size else None,
        "rows": size[1] if size else None,
        "colours": terminal.colours(),
        "tmux": "TMUX" in os.environ,
        "ssh": "SSH_CONNECTION" in os.environ or "SSH_TTY" in os.environ,
    }
    problems = []
    if facts["terminal"] and not terminal.can_draw():
        what = f"TERM is {facts['TERM']!r}: the app cannot draw"
        problems.append(Problem(what, "export TERM=xterm-256color", fatal=True))
    columns, rows = MINIMUM_SIZE
    if size and (size[0] < columns or size[1] < rows):
        what = f"the terminal has {counted(size[0], 'column')} and {counted(size[1], 'row')}"
        problems.append(Problem(what, f"make it at least {columns} by {rows}"))
    return Finding(facts, problems)


def language() -> Finding:
    """The locale, and whether it lets a terminal show more than ASCII."""
    facts: dict[str, Any] = {name: os.environ.get(name) for name in LOCALE}
    facts |= {"encoding": locale.getencoding(), "utf8": terminal.speaks_utf8()}
    if facts["utf8"]:
        return Finding(facts)
    what = "the locale is not UTF-8: formulas and charts may show as question marks"
    return Finding(facts, [Problem(what, terminal.locale_fix())])


def folders() -> Finding:
    """Where things are kept, and whether they can be."""
    known = (
        ("settings", paths.CONFIG, paths.config_dir),
        ("progress", paths.STATE, paths.state_dir),
        ("data sets", paths.DATA, registry.data_dir),
    )
    facts, problems = {}, []
    for name, variable, folder in known:
        why = paths.why_not_writable(folder())
        facts[name] = {
            "path": str(folder()),
            "exists": os.path.lexists(folder()),
            "writable": not why,
        }
        if why:
            problems.append(Problem(f"{name} cannot be kept: {why}", _another_folder(variable)))
    return Finding(facts, [*problems, *_strange_files()])


def _another_folder(variable: str) -> str:
    """What to type so that things are kept in a folder that can be written."""
    kind = variable.split("_")[1].lower()
    above = (Path.home(), Path(tempfile.gettempdir()))
    writable = next((folder for folder in above if not paths.why_not_writable(folder)), above[-1])
    return f"export {variable}={shlex.quote(str(writable / f'dltui-{kind}'))}"


def _strange_files() -> Iterator[Problem]:
    """The app's own files in whose place there is something else, or that cannot be read."""
    own = (
        (paths.config_dir() / "settings.json", settings.LARGEST),
        (paths.state_dir() / "progress.jsonl", progress.LARGEST),
    )
    for path, largest in own:
        try:
            read_plain(path, largest)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except Unsuitable as error:
            move = shlex.join(["mv", str(path), f"{path}.bak"])
            yield Problem(f"{path}: {error}; the app renames it when it starts", move)
        except OSError as error:
            readable = shlex.join(["chmod", "u+rw", str(path)])
            yield Problem(f"{path} cannot be read: {error.strerror or error}", readable)


def data_sets() -> Finding:
    """Which data sets are here, and whole; those that came with scikit-learn by their files."""
    facts: dict[str, Any] = {"path": str(registry.data_dir())}
    problems = []
    # `folders` says whether the folder can be made.
    trouble = registry.data_dir_problem(count_missing=False)
    if trouble:
        problems.append(Problem(trouble, f"unset {paths.DATA}"))
    for data_set in registry.DATA_SETS:
        found = status(data_set, registry.data_dir())
        name = data_set.name if data_set.embedded else data_set.title
        facts[name] = str(found.place) if found.place else None
        if found.fault:
            problems.append(Problem(str(found.fault), registry.fetch_command(data_set.name)))
    return Finding(facts, problems)


CHECKS: dict[str, Callable[[], Finding]] = {
    "versions": versions,
    "devices": devices,
    "terminal": screen,
    "locale": language,
    "folders": folders,
    "data_sets": data_sets,
}


def findings() -> Iterator[tuple[str, Finding]]:
    """Everything that can be found, by its name; some of it takes seconds."""
    for name, check in CHECKS.items():
        yield name, check()
