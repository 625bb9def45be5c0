"""The folders of the app: overrides, and checks for write access that create nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.datasets import registry
from tui import paths


def test_a_variable_names_another_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for variable, folder in (
        (paths.CONFIG, paths.config_dir),
        (paths.STATE, paths.state_dir),
        (paths.DATA, registry.data_dir),
    ):
        monkeypatch.setenv(variable, str(tmp_path / "x"))
        assert folder() == tmp_path / "x"
        monkeypatch.setenv(variable, "~/mine")
        assert folder() == tmp_path / "mine"
        monkeypatch.setenv(variable, "")
        assert folder().name == "dltui"
    assert list(tmp_path.iterdir()) == []


def test_why_a_folder_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert paths.why_not_writable(tmp_path / "a" / "b") == ""  # does not exist yet
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    assert paths.why_not_writable(tmp_path / "file" / "b") == f"{tmp_path / 'file'} is not a folder"
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    assert "is not a folder" in paths.why_not_writable(tmp_path / "link")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root can write anywhere
    assert paths.why_not_writable(tmp_path / "b") == f"{tmp_path} cannot be written"


def test_the_data_sets_move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.DATA, "")
    assert paths.use_data_dir(None) is None
    assert paths.use_data_dir(str(tmp_path / "new"), may_be_made=True) == tmp_path / "new"
    assert registry.data_dir() == tmp_path / "new"
    (tmp_path / "old").mkdir()
    assert paths.use_data_dir(str(tmp_path / "old")) == registry.data_dir() == tmp_path / "old"
    (tmp_path / "file").touch()
    for name, why in (
        ("new", "does not exist: name another folder, or let a fetch"),
        ("file", "is not a folder"),
    ):
        with pytest.raises(ValueError, match=why):
            paths.use_data_dir(str(tmp_path / name))
    monkeypatch.setattr(os, "access", lambda *_: False)  # root can read anything
    with pytest.raises(ValueError, match="cannot be read"):
        paths.use_data_dir(str(tmp_path))
