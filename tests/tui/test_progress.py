"""Progress on disk: kept, torn, shared, refused."""

from __future__ import annotations

import errno
import fcntl
import json
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from tui.progress import Progress


def deeds(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_what_was_done_is_known_the_next_day(tmp_path: Path) -> None:
    file = tmp_path / "state" / "progress.jsonl"
    today = Progress(file)
    today.add("linear-regression", "opened")
    today.add("linear-regression", "finished")
    today.add("linear-regression", "challenge", "fast")
    today.add("parameters", "answer", "bowl")

    tomorrow = Progress(file)
    done = tomorrow.of("linear-regression")
    assert (done.opened, done.finished, done.challenges) == (True, True, {"fast"})
    assert tomorrow.of("parameters").answers == {"bowl"}
    assert tomorrow.of("gradient-by-hand").opened is False


def test_a_deed_is_written_once(tmp_path: Path) -> None:
    file = tmp_path / "progress.jsonl"
    progress = Progress(file)
    assert progress.add("parameters", "challenge", "far") is True
    assert progress.add("parameters", "challenge", "far") is False
    assert Progress(file).add("parameters", "challenge", "far") is False
    assert len(deeds(file)) == 1


def test_a_torn_last_line_is_skipped_and_the_next_one_stands_alone(tmp_path: Path) -> None:
    file = tmp_path / "progress.jsonl"
    Progress(file).add("parameters", "opened")
    with file.open("ab") as torn:
        torn.write(b'{"deed": "finished", "les')

    progress = Progress(file)
    assert progress.of("parameters").opened
    assert not progress.of("parameters").finished
    progress.add("parameters", "finished")
    assert Progress(file).of("parameters").finished


@pytest.mark.parametrize(
    "rubbish",
    [b"\xff\xfe\x00", b"[1, 2]", b"null", b'{"deed": "opened"}', b"\x00" * 100, b"42", b'"text"'],
)
def test_lines_that_are_not_ours_are_left_alone(tmp_path: Path, rubbish: bytes) -> None:
    file = tmp_path / "progress.jsonl"
    file.write_bytes(rubbish + b"\n")
    progress = Progress(file)
    assert progress.problem == ""
    progress.add("parameters", "opened")
    assert file.read_bytes().startswith(rubbish)
    assert Progress(file).of("parameters").opened


def write_many(file: Path, name: str) -> None:
    for number in range(200):
        Progress(file).add("parameters", "challenge", f"{name}-{number}")


def test_two_sessions_write_at_once(tmp_path: Path) -> None:
    file = tmp_path / "progress.jsonl"
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(write_many, [file, file], ["a", "b"]))
    names = [entry["name"] for entry in deeds(file)]
    assert sorted(names) == sorted(f"{who}-{number}" for who in "ab" for number in range(200))


def test_a_line_that_another_session_is_writing_is_not_taken_for_torn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "progress.jsonl"
    line = b'{"deed": "opened", "lesson": "parameters", "name": ""}\n'
    ours, asked = Progress(file), threading.Event()
    real = fcntl.flock

    def flock(descriptor: int, operation: int) -> None:
        asked.set()
        real(descriptor, operation)

    with ThreadPoolExecutor(1) as pool, file.open("ab", buffering=0) as theirs:
        real(theirs, fcntl.LOCK_EX)
        theirs.write(line[:20])
        monkeypatch.setattr(fcntl, "flock", flock)
        adding = pool.submit(ours.add, "parameters", "finished")
        try:
            assert asked.wait(10)
            theirs.write(line[20:])
        finally:
            real(theirs, fcntl.LOCK_UN)
        assert adding.result(10)
    assert [entry["deed"] for entry in deeds(file)] == ["opened", "finished"]


def test_a_file_system_without_locks_keeps_progress_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    file = tmp_path / "progress.jsonl"
    progress = Progress(file)
    progress.add("parameters", "opened")
    assert progress.problem == ""
    assert Progress(file).of("parameters").opened


def test_a_place_that_cannot_be_written_is_said_and_survived(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    progress = Progress(in_the_way / "progress.jsonl")
    assert "progress is not kept" in progress.problem
    assert str(in_the_way) in progress.problem
    assert progress.add("parameters", "opened") is True
    assert progress.of("parameters").opened


def test_a_file_that_vanishes_is_made_again(tmp_path: Path) -> None:
    file = tmp_path / "state" / "progress.jsonl"
    progress = Progress(file)
    file.unlink()
    progress.add("parameters", "opened")
    assert Progress(file).of("parameters").opened
