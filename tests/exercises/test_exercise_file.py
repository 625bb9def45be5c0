"""The learner's file of an exercise: no text is ever lost, whatever lies in its place."""

from __future__ import annotations

import os
import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.exercises.small import small
from tests.strange_files import STRANGE
from tui.exercise_file import LARGEST, ExerciseFile, NoProgram

GIVEN = "# your turn: ŷ\n"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ExerciseFile:
    monkeypatch.setenv("DLTUI_STATE_DIR", str(tmp_path / "state"))
    return ExerciseFile.of(small(given=GIVEN))


def later(given: str) -> ExerciseFile:
    """Return the file of a later version of the exercise."""
    return ExerciseFile.of(small(given=given))


def texts(folder: Path) -> dict[str, str]:
    """Return the visible files of a folder."""
    return {
        each.name: each.read_text(encoding="utf-8")
        for each in folder.iterdir()
        if each.is_file() and not each.name.startswith(".")
    }


def refused(file: ExerciseFile, *, create: bool = False) -> str:
    with pytest.raises(NoProgram) as caught:
        file.create() if create else file.read()
    assert str(caught.value).startswith(str(file.path))
    return str(caught.value)


@contextmanager
def full_disk() -> Iterator[None]:
    """Allow no byte to be written to any file, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Make a folder unchangeable; skip the test where that stops nobody, as for root."""
    folder.chmod(0o555)
    try:
        (folder / "probe").touch()
    except OSError:
        yield
    else:
        (folder / "probe").unlink()
        pytest.skip("root may write everywhere")
    finally:
        folder.chmod(0o755)


def test_the_file_is_made_of_the_given_program(file: ExerciseFile, tmp_path: Path) -> None:
    assert file.path == tmp_path / "state/exercises/batches/small.py"
    assert file.stamp() is None
    assert "is missing" in refused(file)
    assert file.create() == ""
    assert file.path.read_bytes() == GIVEN.encode()
    assert file.read() == GIVEN
    assert file.create() == ""
    assert texts(file.path.parent) == {"small.py": GIVEN}


def test_what_is_saved_is_read_again(file: ExerciseFile) -> None:
    file.create()
    assert file.save("x = 'ŷ'\n", GIVEN) == ""
    assert file.read() == "x = 'ŷ'\n"
    assert file.create() == ""  # a changed file stays
    assert file.save("x = 2\n", "x = 'ŷ'\n") == ""
    file.path.unlink()
    assert file.save("x = 3\n", "x = 2\n") == ""  # a missing file is made again
    assert texts(file.path.parent) == {"small.py": "x = 3\n"}


def test_a_text_that_another_editor_has_saved_is_kept(file: ExerciseFile) -> None:
    file.create()
    for number, name in enumerate(("small.py.bak", "small.py.bak2"), 1):
        base = file.read()
        file.path.write_text(f"theirs = {number}\n")
        assert file.save(f"ours = {number}\n", base).endswith(f"what it held is in {name}")
        assert texts(file.path.parent)[name] == f"theirs = {number}\n"
        assert file.read() == f"ours = {number}\n"
    # Both have written the same: there is nothing to keep.
    file.path.write_text("both = 1\n")
    assert file.save("both = 1\n", "ours = 2\n") == ""
    assert len(texts(file.path.parent)) == 3


def test_starting_over_keeps_the_text_under_another_name(file: ExerciseFile) -> None:
    assert file.reset() is None
    assert file.read() == GIVEN
    for number, name in enumerate(("small.py.bak", "small.py.bak2")):
        file.path.write_text(f"x = {number}\n")
        kept = file.reset()
        assert kept == file.path.with_name(name)
        assert kept.read_text() == f"x = {number}\n"
        assert file.read() == GIVEN


def test_a_later_version_replaces_only_an_untouched_file(file: ExerciseFile) -> None:
    file.create()
    newer = later("# newer\n")
    assert newer.create() == ""
    assert newer.read() == "# newer\n"
    newer.save("x = 1\n", "# newer\n")
    newest = later("# newest\n")
    for _ in range(2):  # it is said until the learner starts over
        assert "has changed since you began" in newest.create()
        assert newest.read() == "x = 1\n"
    kept = newest.reset()
    assert kept is not None
    assert kept.read_text() == "x = 1\n"
    assert (newest.create(), newest.read()) == ("", "# newest\n")


def test_line_ends_and_byte_order_marks_of_other_editors_are_read(file: ExerciseFile) -> None:
    file.create()
    for content in (b"\xef\xbb\xbfx = 1\r\ny = 2\r\n", b"x = 1\r\ny = 2\n"):
        file.path.write_bytes(content)
        assert file.read() == "x = 1\ny = 2\n"
    assert file.save("x = 3\n", "x = 1\ny = 2\n") == ""  # they are no change by another editor
    file.path.write_bytes(b"\xef\xbb\xbf" + GIVEN.replace("\n", "\r\n").encode())
    assert later("# newer\n").create() == ""  # it counts as untouched
    assert file.read() == "# newer\n"


def test_what_is_no_program_is_refused_and_starting_over_helps(tmp_path: Path) -> None:
    contents = {
        "UTF-16": ("x = 'ŷ'\n".encode("utf-16"), "is not UTF-8 text: byte 0 is wrong"),
        "binary": (b"x = 1\n\x80\x00", "is not UTF-8 text: byte 6 is wrong"),
        "long": (
            b"#" * (LARGEST + 1),
            f"expected at most {LARGEST:,} bytes, found {LARGEST + 1:,}",
        ),
    }
    for name, (content, message) in contents.items():
        file = ExerciseFile(small(given=GIVEN), tmp_path / name / "small.py")
        file.create()
        file.path.write_bytes(content)
        assert message in refused(file)
        kept = file.reset()
        assert kept is not None
        assert kept.read_bytes() == content
        assert file.read() == GIVEN
    file = ExerciseFile(small(given=GIVEN), tmp_path / "exact" / "small.py")
    file.create()
    file.path.write_text("#" * LARGEST)
    assert file.read() == "#" * LARGEST


def test_what_is_no_file_is_refused_kept_and_replaced(tmp_path: Path) -> None:
    for number, (name, make) in enumerate(STRANGE.items()):
        for way in ("reset", "save"):
            file = ExerciseFile(small(given=GIVEN), tmp_path / f"{number}{way}" / "small.py")
            file.path.parent.mkdir()
            make(file.path)
            assert file.create() == ""  # it says nothing about the file that is there
            assert f"is no program: expected {'at most' if name[0] == '5' else 'a regular'}" in (
                refused(file)
            )
            assert name in refused(file)
            if way == "reset":
                kept = file.reset()
                assert kept is not None
                assert os.path.lexists(kept)
                assert file.read() == GIVEN
            else:
                assert "small.py.bak" in file.save("x = 1\n", GIVEN)
                assert file.read() == "x = 1\n"
                assert os.path.lexists(file.path.with_name("small.py.bak"))
            assert not file.path.is_symlink()


def test_a_strange_copy_of_the_given_program_does_no_harm(tmp_path: Path) -> None:
    for number, make in enumerate(STRANGE.values()):
        file = ExerciseFile(small(given=GIVEN), tmp_path / str(number) / "small.py")
        file.create()
        copy = file.path.with_name(".small.given")
        copy.unlink()
        make(copy)
        file.path.write_text("x = 1\n")
        with suppress(NoProgram):  # a folder cannot be replaced
            file.create()
        assert file.read() == "x = 1\n"


def test_a_link_to_a_file_stays_a_link(file: ExerciseFile, tmp_path: Path) -> None:
    file.path.parent.mkdir(parents=True)
    real = tmp_path / "repository" / "real.py"
    real.parent.mkdir()
    file.path.symlink_to(real)
    assert "is missing" in refused(file)  # the link leads nowhere
    assert file.save("x = 1\n", GIVEN) == ""
    assert real.read_text() == "x = 1\n"
    assert file.path.is_symlink()
    before = file.stamp()
    real.write_text("theirs = 1\n")
    assert file.stamp() != before
    assert "what it held is in small.py.bak" in file.save("x = 2\n", "x = 1\n")
    assert (real.read_text(), file.read()) == ("theirs = 1\n", "x = 2\n")


def test_links_in_a_circle_are_refused(file: ExerciseFile) -> None:
    file.path.parent.mkdir(parents=True)
    file.path.symlink_to(file.path)
    assert "cannot be read" in refused(file)
    assert file.reset() == file.path.with_name("small.py.bak")
    assert file.read() == GIVEN


def test_the_rights_of_the_file_are_kept(file: ExerciseFile) -> None:
    file.create()
    file.path.chmod(0o600)
    file.save("x = 1\n", GIVEN)
    assert file.path.stat().st_mode & 0o777 == 0o600


def test_on_a_full_disk_nothing_is_lost(file: ExerciseFile) -> None:
    file.path.parent.mkdir(parents=True)
    with full_disk():
        assert "cannot be written: File too large" in refused(file, create=True)
    assert list(file.path.parent.iterdir()) == []
    file.create()
    file.save("x = 1\n", GIVEN)
    for theirs in ("x = 1\n", "theirs = 1\n"):
        file.path.write_text(theirs)
        with full_disk(), pytest.raises(NoProgram, match="cannot be written: File too large"):
            file.save("x = 2\n", "x = 1\n")
        assert theirs in texts(file.path.parent).values()
        assert len(texts(file.path.parent)) == 1  # no incomplete file remains
    file = later(GIVEN)
    file.save("x = 3\n", "")
    before = texts(file.path.parent)
    with full_disk(), pytest.raises(NoProgram, match="cannot be replaced: File too large"):
        file.reset()
    assert texts(file.path.parent) == before  # nothing was renamed
    assert file.read() == "x = 3\n"


def test_what_cannot_be_saved_at_the_end_is_kept_elsewhere_or_printed(
    file: ExerciseFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    typed = "x = 'ŷ'\n"
    message = file.rescue(typed)
    path = Path(message.removeprefix("What you typed is in "))
    assert path.is_relative_to(tmp_path)
    assert path.name == file.path.name
    assert path.read_text(encoding="utf-8") == typed
    before = sorted(tmp_path.iterdir())
    with full_disk():
        assert file.rescue(typed) == f"This is what you typed:\n\n{typed}"
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_that_cannot_be_written_is_reported(file: ExerciseFile) -> None:
    file.create()
    file.save("x = 1\n", GIVEN)
    with read_only(file.path.parent):
        assert file.create() == ""
        assert file.read() == "x = 1\n"
        with pytest.raises(NoProgram, match="cannot be written: Permission denied"):
            file.save("x = 2\n", "x = 1\n")
        with pytest.raises(NoProgram, match="cannot be replaced: Permission denied"):
            file.reset()
    assert file.read() == "x = 1\n"


def test_a_file_in_the_place_of_the_folder_is_reported(file: ExerciseFile) -> None:
    file.path.parent.parent.mkdir(parents=True)
    file.path.parent.touch()
    assert "cannot be written" in refused(file, create=True)
    assert "cannot be read: Not a directory" in refused(file)
    assert file.stamp() is None
    for way in (file.reset, lambda: file.save("x\n", GIVEN)):
        with pytest.raises(NoProgram, match=r"Not a directory|File exists"):
            way()


def test_the_stamp_changes_with_every_way_of_saving(file: ExerciseFile, tmp_path: Path) -> None:
    file.create()
    stamps = [file.stamp()]
    file.save("a = 1\n", GIVEN)
    stamps.append(file.stamp())
    os.utime(file.path, ns=(10**18, 10**18))
    stamps.append(file.stamp())
    file.path.write_text("a = 12\n")
    os.utime(file.path, ns=(10**18, 10**18))  # another size at the same time
    stamps.append(file.stamp())
    (tmp_path / "other.py").write_text("a = 13\n")
    (tmp_path / "other.py").replace(file.path)
    os.utime(file.path, ns=(10**18, 10**18))  # another file of the same size
    stamps.append(file.stamp())
    file.path.unlink()
    stamps.append(file.stamp())
    assert len(set(stamps)) == len(stamps)
    file.path.mkdir()
    assert file.stamp() is not None
