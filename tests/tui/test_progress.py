"""The progress file: kept, incomplete, shared, invalid."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.full_disk import Disk
from tests.strange_files import STRANGE
from tui.progress import Progress


def deeds(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_what_was_done_is_known_the_next_day_and_written_once(tmp_path: Path) -> None:
    file = tmp_path / "state" / "progress.jsonl"
    today = Progress(file)
    assert today.add("linear-regression", "opened") is True
    assert today.add("linear-regression", "finished") is True
    assert today.add("linear-regression", "challenge", "fast") is True
    assert today.add("linear-regression", "challenge", "fast") is False
    assert today.add("parameters", "answer", "bowl") is True

    tomorrow = Progress(file)
    done = tomorrow.of("linear-regression")
    assert (done.opened, done.finished, done.challenges) == (True, True, {"fast"})
    assert tomorrow.of("parameters").answers == {"bowl"}
    assert tomorrow.of("gradient-by-hand").opened is False
    assert tomorrow.add("linear-regression", "challenge", "fast") is False
    assert len(deeds(file)) == 4
    file.unlink()  # a missing file is made again
    tomorrow.add("parameters", "opened")
    assert Progress(file).of("parameters").opened


def test_solved_exercises_and_hints_are_kept_beside_what_older_versions_wrote(
    tmp_path: Path,
) -> None:
    file = tmp_path / "progress.jsonl"
    older = (
        '{"time": "2026-01-01T00:00:00+00:00", "deed": "opened", "lesson": "batches", "name": ""}\n'
        '{"deed": "challenge", "lesson": "batches", "name": "fast"}\n'
    )
    later = (
        '{"deed": "rested", "lesson": "batches", "name": "well", "for": 3}\n'
        '{"deed": "opened", "lesson": "no-such-lesson", "name": ""}\n'
    )
    file.write_text(older + later, encoding="utf-8")
    progress = Progress(file)
    assert progress.remark == ""
    for deed, name in (("exercise", "epoch-loss"), ("hint", "from-empty/1")):
        assert progress.add("batches", deed, name) is True
        assert progress.add("batches", deed, name) is False
    assert file.read_text(encoding="utf-8").startswith(older + later)
    assert len(deeds(file)) == 6
    done = Progress(file).of("batches")
    assert (done.opened, done.challenges) == (True, {"fast"})
    assert (done.exercises, done.hints) == ({"epoch-loss"}, {"from-empty/1"})


def test_a_torn_last_line_is_skipped_and_the_next_one_stands_alone(tmp_path: Path) -> None:
    file = tmp_path / "progress.jsonl"
    Progress(file).add("parameters", "opened")
    with file.open("ab") as torn:
        torn.write(b'{"deed": "finished", "les')

    progress = Progress(file)
    assert progress.of("parameters").opened
    assert not progress.of("parameters").finished
    assert progress.remark == ""  # all recorded progress is kept
    progress.add("parameters", "finished")
    assert Progress(file).of("parameters").finished


def test_lines_that_are_not_ours_are_left_alone_and_reported(tmp_path: Path) -> None:
    file = tmp_path / "progress.jsonl"
    for rubbish in (
        b"\xff\xfe\x00",
        b"[1, 2]",
        b"null",
        b'{"deed": "opened"}',
        b"\x00" * 100,
        b"42",
        b'"text"',
        b"[" * 9_000,
        b"[" * 100_000,
        b'{"deed": ' * 1_000,
        b"9" * 5_000,
    ):
        file.write_bytes(rubbish + b"\n")
        progress = Progress(file)
        assert progress.problem == ""
        assert progress.remark == f"line 1 of {file} cannot be read and is skipped"
        progress.add("parameters", "opened")
        assert file.read_bytes().startswith(rubbish)
        assert Progress(file).of("parameters").opened
    line = b'{"deed": "opened", "lesson": "parameters", "name": ""}\n'
    file.write_bytes(b"{\n\n" + line + b"{\n" * 3 + b"[" * 100_000)
    progress = Progress(file)
    assert progress.of("parameters").opened
    expected = f"5 lines of {file} cannot be read and are skipped: 1, 4, 5 …"
    assert progress.remark == expected


def write_many(file: Path, name: str) -> None:
    for number in range(60):
        progress = Progress(file)
        progress.add("parameters", "challenge", f"{name}-{number}")
        assert progress.close() == ""


def test_two_sessions_write_at_once(tmp_path: Path) -> None:
    file = tmp_path / "progress.jsonl"
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(write_many, [file, file], ["a", "b"]))
    names = [entry["name"] for entry in deeds(file)]
    assert sorted(names) == sorted(f"{who}-{number}" for who in "ab" for number in range(60))


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


# Anything but a regular file in the place of the progress file.


def test_what_is_no_regular_file_is_set_aside_and_reported(tmp_path: Path) -> None:
    for number, (name, make) in enumerate(STRANGE.items()):
        file = tmp_path / str(number) / "progress.jsonl"
        file.parent.mkdir()
        make(file)
        progress = Progress(file)
        assert progress.problem == ""
        assert f"found {name}" in progress.remark
        assert "renamed to progress.jsonl.bak" in progress.remark
        progress.add("parameters", "opened")
        assert Progress(file).of("parameters").opened
        assert Progress(file).remark == ""
        assert os.path.lexists(file.with_name("progress.jsonl.bak"))
    # The same in the middle of a session.
    file, messages = tmp_path / "progress.jsonl", []
    progress = Progress(file)
    progress.tell = messages.append
    file.unlink()
    os.mkfifo(file)
    progress.add("parameters", "opened")
    assert Progress(file).of("parameters").opened
    (line,) = messages
    assert "found a FIFO" in line


def test_what_cannot_be_set_aside_is_said_and_the_session_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "progress.jsonl"
    os.mkfifo(file)

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refuse)  # root can rename anything
        progress = Progress(file)
        assert "found a FIFO, and it cannot be renamed: Permission denied" in progress.problem
        assert progress.add("parameters", "opened")
        assert progress.of("parameters").opened
    progress.add("parameters", "finished")  # possible again
    assert progress.problem == ""
    assert [entry["deed"] for entry in deeds(file)] == ["opened", "finished"]


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    file = tmp_path / "progress.jsonl"
    file.symlink_to(tmp_path / "elsewhere.jsonl")
    Progress(file).add("parameters", "opened")
    assert file.is_symlink()
    assert Progress(tmp_path / "elsewhere.jsonl").of("parameters").opened
    file.unlink()
    file.symlink_to("missing/folder/progress.jsonl")
    progress = Progress(file)
    assert (progress.problem, progress.remark) == ("", "")
    progress.add("parameters", "opened")
    assert Progress(tmp_path / "missing/folder/progress.jsonl").of("parameters").opened


# A full disk.


def test_on_a_full_disk_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in (0, 1, 60, 150):
        file, messages = tmp_path / f"{room}.jsonl", []
        Progress(file).add("parameters", "opened")
        progress = Progress(file)
        progress.tell = messages.append
        with monkeypatch.context() as patch:
            disk = Disk(patch, room)
            for name in ("a", "b", "c", "d"):
                progress.add("parameters", "challenge", name)
            (line,) = messages  # once, not for every event
            assert "progress is not kept: No space left on device" in line
            assert str(file) in line
            assert progress.of("parameters").challenges == {*"abcd"}
            assert file.read_bytes().endswith(b"\n")  # no part of an incomplete line remains
            assert progress.close() == progress.problem != ""
            disk.room = 10_000
            progress.tell = messages.append
            progress.add("parameters", "finished")
            assert messages[1:] == [f"progress is kept again ({file})"]
            assert [entry["name"] for entry in deeds(file)] == ["", "a", "b", "c", "d", ""]
            assert progress.close() == progress.problem == ""
            # Waiting progress is written at the end.
            disk.room = 0
            progress.add("parameters", "answer", "bowl")
            disk.room = 10_000
            assert progress.close() == ""
            assert Progress(file).of("parameters").answers == {"bowl"}


def test_a_part_that_cannot_be_cut_off_again_spoils_no_other_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)  # without a lock nothing may be cut off
    file = tmp_path / "progress.jsonl"
    progress, other = Progress(file), Progress(file)
    disk = Disk(monkeypatch, 20)
    progress.add("parameters", "opened")
    assert len(file.read_bytes()) == 20
    disk.room = 10_000
    other.add("parameters", "finished")
    progress.add("parameters", "challenge", "far")
    done = Progress(file).of("parameters")
    assert (done.opened, done.finished, done.challenges) == (True, True, {"far"})


LIMITED = """
import resource, sys
from pathlib import Path
from tui.progress import Progress
progress, messages = Progress(Path(sys.argv[1])), []
progress.tell = messages.append
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (250, hard))
for name in "abcd":
    progress.add("parameters", "challenge", name)
assert len(messages) == 1 and "progress is not kept: File too large" in messages[0], messages
assert Path(sys.argv[1]).read_bytes().endswith(b"\\n")
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
assert progress.close() == ""
"""


def test_a_file_that_may_not_grow_is_retried(tmp_path: Path) -> None:
    file = tmp_path / "progress.jsonl"
    subprocess.run([sys.executable, "-c", LIMITED, str(file)], check=True, timeout=60)
    assert [entry["name"] for entry in deeds(file)] == [*"abcd"]


# A lock that is never released.


def test_a_lock_that_somebody_holds_for_ever_is_not_waited_for(tmp_path: Path) -> None:
    file, messages = tmp_path / "progress.jsonl", []
    progress = Progress(file)
    progress.tell = messages.append
    with file.open("ab") as theirs:
        fcntl.flock(theirs, fcntl.LOCK_EX)
        progress.add("parameters", "opened")  # the test is that it returns
        progress.add("parameters", "finished")
        (line,) = messages
        assert "another program holds its lock" in line
        assert deeds(file) == []
    progress.add("parameters", "challenge", "far")
    assert [entry["deed"] for entry in deeds(file)] == ["opened", "finished", "challenge"]
    with file.open("ab") as theirs:  # at the end it keeps nothing from being written
        fcntl.flock(theirs, fcntl.LOCK_EX)
        progress.add("softmax", "opened")
        assert progress.close() == ""
    assert Progress(file).of("softmax").opened
