"""`make bench`: measures every figure and prints a table or JSON; always exits with 0."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import version

from bench.figure import Figure
from bench.figures import FIGURES
from bench.lab import Options

PACKAGES = ("torch", "textual", "plotext", "numpy")


def main() -> None:
    """Measure the figures that the command line selects."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--device", default="cpu", help="where the trainings run (cpu)")
    parser.add_argument("--rounds", type=int, default=5, help="samples of each median (5)")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each takes (5)")
    parser.add_argument("--only", nargs="+", choices=FIGURES, default=list(FIGURES))
    asked = parser.parse_args()
    options = Options(asked.device, asked.rounds, asked.seconds)
    if not asked.json:
        print(machine(options))
    figures = []
    for figure in measured(asked.only, options):
        figures.append(figure)
        if not asked.json:
            print(figure.as_line(), flush=True)
    if asked.json:
        rows = [figure.as_json() for figure in figures]
        print(json.dumps({"machine": machine(options), "figures": rows}, indent=2))


def measured(names: list[str], options: Options) -> Iterator[Figure]:
    """Measure one figure after another; one that fails gets a remark with the reason."""
    for name in names:
        try:
            yield from FIGURES[name](options)
        except (OSError, LookupError, TimeoutError, ValueError) as error:
            print(f"{name}: {error}", file=sys.stderr)
            yield Figure(name, "", None, remark=str(error).splitlines()[0])


def machine(options: Options) -> str:
    """Return the machine and the package versions."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    python = f"Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {platform.system()}, {python}, {packages}, on {options.device}"


if __name__ == "__main__":
    main()
