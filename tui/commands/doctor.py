"""`dltui doctor`: a page to read, or to paste into a bug report; finds nothing by itself."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tui.commands.command import Command
from tui.commands.refusal import refusing
from tui.paths import use_data_dir

if TYPE_CHECKING:
    from tui.commands.checkup import Problem

NOTES = """\
examples:
  dltui doctor               a page to read, or to paste into a bug report
  dltui doctor --json        the same for a program

exit code: 0 the app can be used, 1 it cannot
"""

GIB = 2**30


def doctor(options: Namespace) -> int:
    """Print what was found, then what is wrong with it; 1 where the app cannot be used."""
    from tui.commands.checkup import findings  # and with it much that no other command needs

    with refusing():
        use_data_dir(options.data_dir)
    found = dict(findings())
    facts = {name: finding.facts for name, finding in found.items()}
    problems = [problem for finding in found.values() for problem in finding.problems]
    no_cuda = "; ".join(finding.no_cuda for finding in found.values() if finding.no_cuda)
    if options.json:
        everything = {**facts, "no_cuda": no_cuda or None, "problems": list(map(asdict, problems))}
        print(json.dumps(everything, indent=2))
    else:
        print("\n".join([*_page(facts, no_cuda), *_wrong(problems)]))
    return 1 if any(problem.fatal for problem in problems) else 0


def _page(facts: dict[str, Any], no_cuda: str) -> Iterator[str]:
    for name, values in facts.items():
        yield name.replace("_", " ")
        rows = dict(_device(device) for device in values) if name == "devices" else values
        for row, value in rows.items():
            yield f"  {row:13} {_words(value)}"
        if name == "devices" and no_cuda:
            yield f"  {'cuda':13} none: {no_cuda}"
        yield ""


def _device(device: dict[str, Any]) -> tuple[str, str]:
    total, used = device["memory_total"], device["memory_used"]
    memory = f", {used / GIB:.1f} of {total / GIB:.1f} GiB in use" if total else ""
    return device["name"], f"{device['title']}{memory}"


def _words(value: Any) -> str:
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


def _wrong(problems: list[Problem]) -> Iterator[str]:
    if not problems:
        yield "nothing is wrong"
        return
    yield "what is wrong"
    for problem in problems:
        yield f"  {' '.join(problem.what.split())}"
        yield f"    to fix it: {problem.mend}"


def _add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    parser.add_argument("--data-dir", metavar="DIR", help="where the data sets are")


DOCTOR = Command(
    usage="doctor [--json] [--data-dir DIR]",
    summary="Say what is on this machine, what is wrong with it, and how to fix it:\n"
    "versions, devices, terminal, locale, folders and data sets.",
    notes=NOTES,
    add_options=_add_options,
    run=doctor,
)
