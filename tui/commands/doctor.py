"""`dltui doctor`: reports the state of this machine, the problems found, and how to fix them."""

from __future__ import annotations

import json
import locale
import os
import platform
import shlex
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
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
from tui.commands.command import DATA_DIR, CommandLine, refusing, switch
from tui.terminal import MINIMUM_SIZE, capabilities

PACKAGES = ("dltui", "torch", "torchvision", "textual", "plotext", "numpy", "scikit-learn")
LOCALE = ("LC_ALL", "LC_CTYPE", "LANG")
GIB = 2**30

NOTES = """\
examples:
  dltui doctor               a page to read, or to paste into a bug report
  dltui doctor --json        the same for a program

exit code: 0 the app can be used, 1 it cannot
"""


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem; the fields have the names of the JSON keys."""

    what: str
    mend: str  # how to fix it, often a shell command
    fatal: bool = False  # whether it makes the app unusable


@dataclass(frozen=True, slots=True)
class Finding:
    """The facts and problems of one area."""

    facts: Any
    problems: list[Problem] = field(default_factory=list)
    no_cuda: str = ""  # devices only: why there is no CUDA device, if that is no problem


def versions() -> Finding:
    """Return the versions of Python, the system and the packages that dltui needs."""
    python, system = platform.python_version(), platform.platform()
    facts: dict[str, str | None] = {"python": python, "system": system}
    problems = []
    for name in PACKAGES:
        try:
            facts[name] = version(name)
        except PackageNotFoundError:
            facts[name] = None
            problems.append(Problem(f"{name} is not installed", install(name), fatal=True))
    return Finding(facts, problems)


def devices() -> Finding:
    """Return the devices that work, with their memory, and why others do not."""
    try:
        found = device.probe()
    except Exception as error:  # a broken PyTorch raises anything
        what = f"PyTorch cannot be imported: {type(error).__name__}: {error}"
        return Finding([], [Problem(what, install("--force-reinstall", "torch"), fatal=True)])
    facts = []
    for one in found.working:
        try:
            memory = device.memory(one.name)
        except Exception:  # the driver may fail: report the device without memory
            memory = None
        used, total = (memory.used, memory.total) if memory else (None, None)
        facts.append({**asdict(one), "memory_used": used, "memory_total": total})
    problems = [Problem(what, _device_fix(what)) for what in found.problems]
    return Finding(facts, problems, found.no_cuda)


def _device_fix(problem: str) -> str:
    if device.HIDDEN in problem:
        return "unset CUDA_VISIBLE_DEVICES"
    if device.CPU_BUILD in problem:  # the default build for Linux includes CUDA
        return install("--force-reinstall", "torch", "torchvision")
    return "update the NVIDIA driver, or install the PyTorch that is built for it; the CPU works"


def screen() -> Finding:
    """Return the type, size and colours of the terminal."""
    size = capabilities.size()
    facts = {
        "terminal": all(map(capabilities.is_terminal, (sys.stdin, sys.stdout))),
        "TERM": os.environ.get("TERM"),
        "COLORTERM": os.environ.get("COLORTERM"),
        "columns": size[0] if size else None,
        "rows": size[1] if size else None,
        "colours": capabilities.colours(),
        "tmux": "TMUX" in os.environ,
        "ssh": "SSH_CONNECTION" in os.environ or "SSH_TTY" in os.environ,
    }
    problems = []
    if facts["terminal"] and not capabilities.can_draw():
        what = f"TERM is {facts['TERM']!r}: the app cannot draw"
        problems.append(Problem(what, "export TERM=xterm-256color", fatal=True))
    columns, rows = MINIMUM_SIZE
    if size and (size[0] < columns or size[1] < rows):
        what = f"the terminal has {counted(size[0], 'column')} and {counted(size[1], 'row')}"
        problems.append(Problem(what, f"make it at least {columns} by {rows}"))
    return Finding(facts, problems)


def language() -> Finding:
    """Return the locale, and whether it is UTF-8."""
    facts: dict[str, Any] = {name: os.environ.get(name) for name in LOCALE}
    facts |= {"encoding": locale.getencoding(), "utf8": capabilities.speaks_utf8()}
    if facts["utf8"]:
        return Finding(facts)
    what = "the locale is not UTF-8: formulas and charts may show as question marks"
    return Finding(facts, [Problem(what, capabilities.locale_fix())])


def folders() -> Finding:
    """Return the folders of settings, progress and data sets, and whether they are writable."""
    known = (
        ("settings", paths.CONFIG, paths.config_dir()),
        ("progress", paths.STATE, paths.state_dir()),
        ("data sets", paths.DATA, registry.data_dir()),
    )
    facts, problems = {}, []
    for name, variable, folder in known:
        why = paths.why_not_writable(folder)
        exists = os.path.lexists(folder)
        facts[name] = {"path": str(folder), "exists": exists, "writable": not why}
        if why:
            above = [Path.home(), Path(tempfile.gettempdir())]
            able = [each for each in above if not paths.why_not_writable(each)] or above[-1:]
            other = able[0] / f"dltui-{variable.split('_')[1].lower()}"
            fix = f"export {variable}={shlex.quote(str(other))}"
            problems.append(Problem(f"{name} cannot be kept: {why}", fix))
    return Finding(facts, [*problems, *_strange_files()])


def _strange_files() -> Iterator[Problem]:
    """Yield problems of the app's own files: not a regular file, or unreadable."""
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
    """Return which data sets are installed and complete."""
    facts: dict[str, Any] = {"path": str(registry.data_dir())}
    problems = []
    # `folders` checks whether a missing folder can be created.
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


def doctor(options: Namespace) -> int:
    """Print facts and problems; return 1 if the app cannot be used."""
    with refusing():
        paths.use_data_dir(options.data_dir)
    found = {name: check() for name, check in CHECKS.items()}
    facts = {name: finding.facts for name, finding in found.items()}
    problems = [problem for finding in found.values() for problem in finding.problems]
    no_cuda = found["devices"].no_cuda
    if options.json:
        everything = {**facts, "no_cuda": no_cuda or None, "problems": list(map(asdict, problems))}
        print(json.dumps(everything, indent=2))
    else:
        print("\n".join([*_page(facts, no_cuda), *_problem_lines(problems)]))
    return 1 if any(problem.fatal for problem in problems) else 0


def _page(facts: dict[str, Any], no_cuda: str) -> Iterator[str]:
    for name, values in facts.items():
        yield name.replace("_", " ")
        rows = dict(map(_device_row, values)) if name == "devices" else values
        for row, value in rows.items():
            yield f"  {row:13} {_text(value)}"
        if name == "devices" and no_cuda:
            yield f"  {'cuda':13} none: {no_cuda}"
        yield ""


def _device_row(facts: dict[str, Any]) -> tuple[str, str]:
    total, used = facts["memory_total"], facts["memory_used"]
    memory = f", {used / GIB:.1f} of {total / GIB:.1f} GiB in use" if total else ""
    return facts["name"], f"{facts['title']}{memory}"


def _text(value: Any) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case {"path": path, "exists": exists, "writable": writable}:
            state = "can be written" if writable else "CANNOT be written"
            return f"{path} ({'' if exists else 'not made yet, '}{state})"
        case _:
            return str(value)


def _problem_lines(problems: list[Problem]) -> Iterator[str]:
    if not problems:
        yield "nothing is wrong"
        return
    yield "what is wrong"
    for problem in problems:
        yield f"  {' '.join(problem.what.split())}"
        yield f"    to fix it: {problem.mend}"


DOCTOR = CommandLine(
    doctor,
    usage="doctor [--json] [--data-dir DIR]",
    summary="Report what is on this machine, what is wrong with it, and how to fix it:\n"
    "versions, devices, terminal, locale, folders and data sets.",
    notes=NOTES,
    arguments={"--json": switch("print it as JSON"), **DATA_DIR},
)
