"""The course as the screens see it: why a lesson cannot be opened. `python -m tui.course` checks
every lesson by every rule."""

from __future__ import annotations

import sys
from functools import cache

from lessons.catalog import Entry, entries
from lessons.check import broken_rules, faults, load
from tui.charts import CHARTS
from tui.labs import LABS


@cache
def problem(entry: Entry) -> str:
    """Why the lesson cannot be opened, in words; empty where it can."""
    lesson, reason = load(entry)
    if lesson is None:
        return reason if reason == "not written yet" else f"broken: {reason}"
    fault = next(faults(entry, lesson, LABS, CHARTS), "")
    return f"broken: {fault}" if fault else ""


def all_faults(entry: Entry) -> list[str]:
    """Everything that is wrong with the lesson; loads its trainer, and torch with it."""
    lesson, reason = load(entry)
    if lesson is None:
        return [reason]
    return list(faults(entry, lesson, LABS, CHARTS)) or list(broken_rules(entry, lesson))


def main() -> int:
    """Print what is wrong with the course; 1 where something is."""
    lines = [
        f"lessons/{entry.slug.replace('-', '_')}/{fault}"
        for entry in entries()
        for fault in all_faults(entry)
    ]
    lines += [f"lessons/catalog.py: {slug!r} is there twice" for slug in _twice()]
    print("\n".join(lines) or f"{len(entries())} lessons keep every rule")
    return 1 if lines else 0


def _twice() -> set[str]:
    slugs = [entry.slug for entry in entries()]
    return {slug for slug in slugs if slugs.count(slug) > 1}


if __name__ == "__main__":
    sys.exit(main())
