"""`dltui list`: the course by chapter, as a page or as JSON; knows no torch and no screen."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import Any

from lessons.catalog import COURSE, Chapter, Entry, entries
from tui import paths
from tui.commands.command import Command
from tui.completion import challenges_met, is_begun, is_complete
from tui.course import problem
from tui.progress import Progress

NOTES = """\
examples:
  dltui list                 the course, to read
  dltui list --json          the course, for a program

Open a lesson with: dltui LESSON
"""


def list_course(options: Namespace) -> int:
    """Print the table of contents."""
    if options.json:
        print(json.dumps({"chapters": [_chapter(chapter) for chapter in COURSE]}, indent=2))
    else:
        print("\n".join(_page()))
    return 0


def _page() -> Iterator[str]:
    progress = _progress()
    slugs = max(len(entry.slug) for entry in entries())
    titles = max(len(entry.title) for entry in entries())
    for chapter in COURSE:
        yield f"{chapter.number}  {chapter.title}"
        for entry in chapter.entries:
            told = f"{_minutes(entry)}{_done(entry, progress)}"
            yield f"   {entry.slug:{slugs}}  {entry.title:{titles}}  {told}"
        yield ""
    yield "Open a lesson with: dltui LESSON"


def _minutes(entry: Entry) -> str:
    reason = problem(entry)
    return f"    {reason}" if reason else f"{entry.load().minutes:3} minutes"


def _progress() -> Progress | None:
    """What the learner has done; None where nothing was kept yet: listing creates no file."""
    file = paths.state_dir() / "progress.jsonl"
    return Progress(file) if file.exists() else None


def _done(entry: Entry, progress: Progress | None) -> str:
    """How many challenges are met in a lesson that was begun, as in the app's course list."""
    if progress is None or problem(entry):
        return ""
    lesson, done = entry.load(), progress.of(entry.slug)
    if not is_begun(done):
        return ""
    end = ", complete" if is_complete(lesson, done) else ""
    return f"   {challenges_met(lesson, done)} challenges{end}"


def _chapter(chapter: Chapter) -> dict[str, Any]:
    return {
        "number": chapter.number,
        "title": chapter.title,
        "lessons": [_lesson(entry) for entry in chapter.entries],
    }


def _lesson(entry: Entry) -> dict[str, Any]:
    """Every key is there for every lesson; where it is not written, `minutes` is null, and where it
    is broken, `problem` says why."""
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


def _add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print it as JSON")


LIST = Command(
    usage="list [--json]",
    summary="Show the course by chapter: the minutes each lesson takes, and what is done.",
    notes=NOTES,
    add_options=_add_options,
    run=list_course,
)
