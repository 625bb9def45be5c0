"""The settings file: kept, missing, broken, refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.settings import Settings, load, save


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "settings.json"
    assert save(Settings(theme="nord"), file) == ""
    assert load(file) == Settings(theme="nord")
    assert [child.name for child in file.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize("stored", [b"", b"{", b"[]", b'{"theme": 5}', b"\xff", b'{"other": 1}'])
def test_a_file_that_makes_no_sense_means_the_defaults(tmp_path: Path, stored: bytes) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(stored)
    assert load(file) == Settings()


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path / "none.json") == Settings()


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    problem = save(Settings(), tmp_path / "file" / "settings.json")
    assert "not kept" in problem
    assert str(tmp_path) in problem
