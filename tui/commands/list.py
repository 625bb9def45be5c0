"""`dltui list`: prints the course by chapter, as text or as JSON."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from lessons.catalog import COURSE, Entry, entries
from tui import paths
from tui.commands.command import CommandLine, switch
from tui.course import problem
from tui.progress import Progress, counts, is_begun, total

NOTES = """\
examples:
  dltui list                 the course, to read
  dltui list --json          the course, for a program

Open a lesson with: dltui LESSON
"""


def list_course(options: Namespace) -> int:
    """Print the table of contents and return the exit code."""
    if not options.json:
        print("\n".join(_page()))
        return 0
    chapters = [
        {"number": each.number, "title": each.title, "lessons": list(map(_lesson, each.entries))}
        for each in COURSE
    ]
    print(json.dumps({"chapters": chapters}, indent=2))
    return 0


def _page() -> Iterator[str]:
    file = paths.state_dir() / "progress.jsonl"
    progress = Progress(file) if file.exists() else None  # do not create the file
    slugs = max(len(entry.slug) for entry in entries())
    titles = max(len(entry.title) for entry in entries())
    for chapter in COURSE:
        yield f"{chapter.number}  {chapter.title}"
        for entry in chapter.entries:
            status = _status(entry, progress)
            yield f"   {entry.slug:{slugs}}  {entry.title:{titles}}  {status}"
        yield ""
    yield "Open a lesson with: dltui LESSON"


def _status(entry: Entry, progress: Progress | None) -> str:
    """Return the lesson's duration and progress, or why it cannot be opened."""
    if reason := problem(entry):
        return f"    {reason}"
    lesson = entry.load()
    minutes = f"{lesson.minutes:3} minutes"
    done = progress.of(entry.slug) if progress else None
    if done is None or not is_begun(done):
        return minutes
    tasks = counts(entry.slug, lesson, done)
    every = total(tasks)
    end = ", complete" if every.done == every.total else ""
    return f"{minutes}   {', '.join(f'{count} {count.kind}' for count in tasks)}{end}"


def _lesson(entry: Entry) -> dict[str, Any]:
    """Return the lesson as JSON object; broken lessons have an additional key `problem`."""
    reason = problem(entry)
    lesson = None if reason else entry.load()
    presets = lesson.presets if lesson else ()
    return {
        "slug": entry.slug,
        "title": entry.title,
        "about": entry.about,
        "written": not reason,
        "minutes": lesson.minutes if lesson else None,
        "presets": [{"name": preset.name, "title": preset.title} for preset in presets],
        **({"problem": reason} if reason and entry.written else {}),
    }


LIST = CommandLine(
    list_course,
    usage="list [--json]",
    summary="Show the course by chapter: the minutes each lesson takes, and what is done.",
    notes=NOTES,
    arguments={"--json": switch("print it as JSON")},
)
