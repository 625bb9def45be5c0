"""Where things are kept: overrides, and whether they can be kept, without leaving anything."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.datasets import registry
from tui import paths

FOLDERS = [
    (paths.CONFIG, paths.config_dir),
    (paths.STATE, paths.state_dir),
    (paths.DATA, registry.data_dir),
]


@pytest.mark.parametrize(("variable", "folder"), FOLDERS)
def test_a_variable_names_another_folder(
    variable: str, folder: Callable[[], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "x"))
    assert folder() == tmp_path / "x"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(variable, "~/mine")
    assert folder() == tmp_path / "mine"
    monkeypatch.setenv(variable, "")
    assert folder().name == "dltui"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_made_yet_can_be_written(tmp_path: Path) -> None:
    assert paths.why_not_writable(tmp_path / "a" / "b") == ""
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert paths.why_not_writable(tmp_path / "file" / "b") == f"{tmp_path / 'file'} is not a folder"


def test_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    assert "is not a folder" in paths.why_not_writable(tmp_path / "link")


def test_a_folder_that_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    assert paths.why_not_writable(tmp_path / "b") == f"{tmp_path} cannot be written"


def test_the_data_sets_move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.DATA, "")
    assert paths.use_data_dir(None) is None
    with pytest.raises(ValueError, match=r"does not exist: name another folder, or let a fetch"):
        paths.use_data_dir(str(tmp_path / "new"))
    assert paths.use_data_dir(str(tmp_path / "new"), may_be_made=True) == tmp_path / "new"
    assert registry.data_dir() == tmp_path / "new"
    (tmp_path / "old").mkdir()
    assert paths.use_data_dir(str(tmp_path / "old")) == registry.data_dir() == tmp_path / "old"
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="is not a folder"):
        paths.use_data_dir(str(tmp_path / "file"))
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may read anything
    with pytest.raises(ValueError, match="cannot be read"):
        paths.use_data_dir(str(tmp_path))
