"""The settings file: kept, missing, broken, invalid."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tests.strange_files import STRANGE
from tui.settings import Settings, check, load, save


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "settings.json"
    assert save(Settings(theme="nord"), file) == ""
    assert load(file) == Settings(theme="nord")
    assert [child.name for child in file.parent.iterdir()] == ["settings.json"]


SENSELESS = [b"{", b"[]", b"\xff", b"[" * 100_000, b"\x00" * 100, b"null", b'"dark"', b"\xff\xfe{"]


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    problem = save(Settings(), tmp_path / "file" / "settings.json")
    assert "not kept" in problem
    assert str(tmp_path) in problem


def test_a_file_without_settings_means_the_defaults_and_is_set_aside(tmp_path: Path) -> None:
    assert load(tmp_path / "none.json") == Settings()
    file = tmp_path / "settings.json"
    aside = tmp_path / "settings.json.bak"
    for stored in SENSELESS:
        file.write_bytes(stored)
        assert load(file) == Settings()
        assert "renamed to settings.json.bak" in check(file)
        assert check(file) == ""
        assert save(Settings(theme="nord"), file) == ""
        assert aside.read_bytes() == stored
        aside.unlink()
    for number, (name, make) in enumerate(STRANGE.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        file = folder / "settings.json"
        make(file)
        assert load(file) == Settings()
        assert f"found {name}" in check(file)
        assert save(Settings(theme="nord"), file) == ""
        assert load(file).theme == "nord"
        assert os.path.lexists(folder / "settings.json.bak")


def test_what_cannot_be_set_aside_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    file = tmp_path / "settings.json"
    os.mkfifo(file)
    monkeypatch.setattr(Path, "rename", refuse)  # root can rename anything
    assert check(file).endswith("found a FIFO, and it cannot be renamed: Permission denied")


def test_a_file_with_settings_is_left_where_it_is(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    for stored in (b"", b"{}", b'{"theme": "nord"}', b'{"theme": 5}', b'{"other": 1}'):
        file.write_bytes(stored)
        assert check(file) == ""
        assert file.read_bytes() == stored
        assert load(file).theme == ("nord" if b"nord" in stored else Settings().theme)


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    file = tmp_path / "settings.json"
    file.symlink_to("dotfiles/settings.json")
    assert check(file) == ""
    assert save(Settings(theme="nord"), file) == ""
    assert file.is_symlink()
    assert load(file).theme == "nord"


def test_a_save_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    file = tmp_path / "settings.json"
    save(Settings(theme="nord"), file)
    monkeypatch.setattr(Path, "replace", refuse)
    assert "No space left on device" in save(Settings(), file)
    assert [child.name for child in tmp_path.iterdir()] == ["settings.json"]
    assert load(file).theme == "nord"
