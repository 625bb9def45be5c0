"""Files that are read without ever blocking: the kinds, the sizes, and how they are set aside."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.plain_file import Unsuitable, open_plain, read_plain, set_aside
from tests.strange_files import STRANGE

LARGEST = 100


@pytest.mark.parametrize(("name", "make"), STRANGE.items())
def test_what_is_no_small_regular_file_is_refused_at_once(
    name: str, make: Callable[[Path], None], tmp_path: Path
) -> None:
    make(tmp_path / "file")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    for path in (tmp_path / "file", tmp_path / "link"):
        with pytest.raises(Unsuitable, match=f"found {name}"):
            read_plain(path, LARGEST)
        with pytest.raises(Unsuitable, match=f"found {name}"):
            open_plain(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, LARGEST)


def test_a_regular_file_and_a_link_to_one_are_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * LARGEST)
    (tmp_path / "link").symlink_to("file")
    assert read_plain(tmp_path / "file", LARGEST) == b"x" * LARGEST
    assert read_plain(tmp_path / "link", LARGEST) == b"x" * LARGEST
    with pytest.raises(Unsuitable, match="expected at most 99 bytes, found 100"):
        read_plain(tmp_path / "file", LARGEST - 1)


def test_a_file_that_is_exchanged_before_it_is_opened_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, real = tmp_path / "file", os.open
    path.write_bytes(b"small")

    def exchange(*arguments: object) -> int:
        path.unlink()
        os.mkfifo(path)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", exchange)
    with pytest.raises(Unsuitable, match="found a FIFO"):
        read_plain(path, LARGEST)


def test_what_is_not_there_is_not_made_unless_asked(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_plain(tmp_path / "none", LARGEST)
    os.close(open_plain(tmp_path / "new", os.O_RDWR | os.O_CREAT, LARGEST))
    assert (tmp_path / "new").read_bytes() == b""


def test_what_is_set_aside_takes_nobody_elses_name(tmp_path: Path) -> None:
    (tmp_path / "a.json.bak").write_text("older")
    (tmp_path / "a.json.bak2").symlink_to("nowhere")
    (tmp_path / "a.json").mkdir()
    assert set_aside(tmp_path / "a.json") == tmp_path / "a.json.bak3"
    assert (tmp_path / "a.json.bak3").is_dir()
    assert (tmp_path / "a.json.bak").read_text() == "older"
    with pytest.raises(FileNotFoundError):
        set_aside(tmp_path / "a.json")
