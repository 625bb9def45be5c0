"""`dltui list`: the course by chapter, as a page or as JSON; knows no torch and no screen."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import Any

from lessons.catalog import COURSE, Chapter, Entry, entries
from tui.commands.command import Command

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
    slugs = max(len(entry.slug) for entry in entries())
    titles = max(len(entry.title) for entry in entries())
    for chapter in COURSE:
        yield f"{chapter.number}  {chapter.title}"
        for entry in chapter.entries:
            yield f"   {entry.slug:{slugs}}  {entry.title:{titles}}  {_minutes(entry)}"
        yield ""
    yield "Open a lesson with: dltui LESSON"


def _minutes(entry: Entry) -> str:
    return f"{entry.load().minutes:3} minutes" if entry.written else "    not written yet"


def _chapter(chapter: Chapter) -> dict[str, Any]:
    return {
        "number": chapter.number,
        "title": chapter.title,
        "lessons": [_lesson(entry) for entry in chapter.entries],
    }


def _lesson(entry: Entry) -> dict[str, Any]:
    """Every key is there for every lesson; `minutes` is null where nothing is written yet."""
    lesson = entry.load() if entry.written else None
    presets = lesson.presets if lesson else ()
    return {
        "slug": entry.slug,
        "title": entry.title,
        "about": entry.about,
        "written": entry.written,
        "minutes": lesson.minutes if lesson else None,
        "presets": [{"name": preset.name, "title": preset.title} for preset in presets],
    }


def _add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print it as JSON")


LIST = Command(
    usage="list [--json]",
    summary="Show the course: every lesson by chapter, with the minutes it takes.",
    notes=NOTES,
    add_options=_add_options,
    run=list_course,
)
