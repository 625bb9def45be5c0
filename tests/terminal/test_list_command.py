"""`dltui list`: the whole course, for a person and for a program."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from lessons.catalog import Chapter, Entry, entries, find
from tui import cli
from tui.commands import list as list_command
from tui.progress import Progress

Captured = pytest.CaptureFixture[str]


@pytest.mark.usefixtures("to_come")
def test_list_shows_every_lesson_and_says_what_is_not_written(capsys: Captured) -> None:
    assert cli.main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "to-come" in [entry.slug for entry in entries()]
    for entry in entries():
        (line,) = [line for line in lines if line.split()[:1] == [entry.slug]]
        assert entry.title in line
        assert ("minutes" in line) == entry.written
        assert ("not written yet" in line) == (not entry.written)


@pytest.mark.usefixtures("to_come")
def test_list_json_has_the_same_keys_for_every_lesson(capsys: Captured) -> None:
    assert cli.main(["list", "--json"]) == 0
    chapters = json.loads(capsys.readouterr().out)["chapters"]
    titles = [chapter.title for chapter in list_command.COURSE]
    assert [chapter["title"] for chapter in chapters] == titles
    lessons = [lesson for chapter in chapters for lesson in chapter["lessons"]]
    assert [lesson["slug"] for lesson in lessons] == [entry.slug for entry in entries()]
    keys = {"slug", "title", "about", "written", "minutes", "presets"}
    for lesson in lessons:
        assert set(lesson) == keys
        assert (lesson["minutes"] is None) == (not lesson["written"])
    (linear,) = [lesson for lesson in lessons if lesson["slug"] == "linear-regression"]
    assert {"six-points", "double"} <= {preset["name"] for preset in linear["presets"]}


def test_list_shows_what_is_done_as_the_course_does(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLTUI_STATE_DIR", str(tmp_path / "state"))
    told = lambda: {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line}  # noqa: E731
    assert cli.main(["list"]) == 0
    assert "challenges" not in told()["batches"]
    assert not (tmp_path / "state").exists()  # looking creates nothing

    progress = Progress(tmp_path / "state" / "progress.jsonl")
    progress.add("batches", "challenge", "full")
    lesson = find("softmax").load()
    for challenge in lesson.challenges:
        progress.add("softmax", "challenge", challenge.slug)
    assert cli.main(["list"]) == 0
    lines = told()
    assert lines["batches"].endswith("20 minutes   1/4 challenges")
    assert lines["softmax"].endswith("20 minutes   4/4 challenges")
    assert lines["tensors"].endswith("25 minutes")
    for question in lesson.questions:
        progress.add("softmax", "answer", question.slug)
    assert cli.main(["list"]) == 0
    assert told()["softmax"].endswith("4/4 challenges, complete")


def test_letters_that_the_terminal_lacks_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    course = (Chapter(1, "Größe", (Entry("tensors", "Größe", "∂L/∂w"),)),)
    monkeypatch.setattr(list_command, "COURSE", course)
    monkeypatch.setattr(sys, "stdout", plain)
    assert cli.main(["list"]) == 0
    assert b"Gr??e" in plain.buffer.getvalue()  # type: ignore[attr-defined]
