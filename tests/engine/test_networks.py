"""Saved networks: written completely or not at all, and unsafe files refused; plain files."""

from __future__ import annotations

import os
import pickle
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from engine import networks
from engine.networks import Unfit
from engine.plain_file import Unsuitable, open_plain, read_plain, set_aside
from tests.strange_files import STRANGE

ABOUT = {"data": "digits", "width": 3, "test_accuracy": 0.5}


def network(width: int = 3) -> dict[str, torch.Tensor]:
    return nn.Sequential(nn.Linear(4, width), nn.ReLU(), nn.Linear(width, 2)).state_dict()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "networks" / "small.pt"
    networks.save(path, ABOUT, network())
    return path


def test_what_was_saved_is_read_again(tmp_path: Path) -> None:
    path, weights = tmp_path / "deep" / "down" / "a.pt", network()
    networks.save(path, ABOUT, weights)
    saved = networks.load(path, weights)
    assert saved.about == ABOUT
    assert list(saved.weights) == list(weights)
    assert all(torch.equal(saved.weights[name], weight) for name, weight in weights.items())
    assert [each.name for each in path.parent.iterdir()] == ["a.pt"]
    assert set(torch.load(path, weights_only=True)) == {"about", "weights"}  # loads safely


def test_a_folder_of_its_own_and_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    monkeypatch.setenv("DLTUI_STATE_DIR", str(tmp_path))
    assert networks.folder() == file.parent
    assert list(networks.files()) == [file]
    monkeypatch.setenv("DLTUI_STATE_DIR", "~/somewhere")
    assert networks.folder() == Path.home() / "somewhere" / "networks"
    assert list(networks.files()) == []


def test_a_write_that_fails_leaves_what_was_there(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)  # as under `ulimit -f`, or on a full disk
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            networks.save(file, ABOUT, network(width=20_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(OSError, match="No space left"):
        networks.save(file, ABOUT, network())
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


class Burglar:
    """An object whose pickle executes a call when it is loaded."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.target}",)


def test_code_in_a_file_is_never_run(tmp_path: Path) -> None:
    target, path = tmp_path / "broken-in", tmp_path / "gift.pt"
    for write in (torch.save, lambda content, at: at.write_bytes(pickle.dumps(content))):
        write({"about": "{}", "weights": Burglar(target)}, path)
        with pytest.raises(Unfit, match=r"gift\.pt.*found (one with code in it|a damaged file)"):
            networks.load(path)
    assert not target.exists()


def test_a_damaged_file_is_refused_or_harmless(file: Path) -> None:
    content = file.read_bytes()
    for kept in (0, 1, 100, len(content) // 2, len(content) * 99 // 100):
        file.write_bytes(content[:kept])
        with pytest.raises(Unfit, match="damaged file, or another kind"):
            networks.load(file, network())
    for place in range(0, len(content), 97):
        damaged = bytearray(content)
        damaged[place] ^= 0xFF
        file.write_bytes(damaged)
        try:
            saved = networks.load(file, network())
        except Unfit:
            continue
        assert set(saved.weights) == set(network())
    with pytest.raises(Unfit, match="no such file"):
        networks.load(file.parent / "absent.pt")
    with file.open("wb") as huge:
        huge.truncate(networks.LARGEST + 1)
    with pytest.raises(Unfit, match="at most 67,108,864 bytes, found 67,108,865"):
        networks.load(file)


@pytest.mark.filterwarnings("ignore:Validating sparse")
def test_another_kind_of_content_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.pt"
    contents: list[tuple[Any, str]] = [
        ("hello", "something else"),
        ({"weights": {}}, "something else"),
        ({"about": "{", "weights": {}}, "something else"),
        ({"about": "[1]", "weights": {}}, "without its settings"),
        ({"about": "{}", "weights": {"w": "heavy"}}, "something else as 'w'"),
        ({"about": "{}", "weights": {"w": torch.tensor([1])}}, "something else as 'w'"),
        (network(), "something else"),
        (torch.zeros(3), "something else"),
        ([1], "something else"),
        (None, "something else"),
        ({"about": "[" * 100_000, "weights": {}}, "something else"),
        ({"about": "{}", "weights": {"w": torch.zeros(2).to_sparse()}}, "something else as 'w'"),
        ({"about": "{}", "weights": {"w": torch.zeros(2, device="meta")}}, "else as 'w'"),
    ]
    for content, words in contents:
        torch.save(content, path)
        with pytest.raises(Unfit, match=words):
            networks.load(path)


def test_weights_that_do_not_fit_are_named(file: Path) -> None:
    like = network()
    with pytest.raises(Unfit, match=r"'0\.weight' of shape 5 × 4, found shape 3 × 4"):
        networks.load(file, network(width=5))
    with pytest.raises(Unfit, match=r"one more, '2\.weight'"):
        networks.load(file, {name: like[name] for name in ("0.weight", "0.bias", "2.bias")})
    with pytest.raises(Unfit, match="the weights 'extra'"):
        networks.load(file, {**like, "extra": torch.zeros(1)})
    for kind in (torch.float64, torch.float16):
        other = {name: weight.to(kind) for name, weight in network().items()}
        networks.save(file, ABOUT, other)
        with pytest.raises(Unfit, match=rf"'0\.weight' of torch\.float32, found {kind}"):
            networks.load(file, like)
        assert networks.load(file, other).about == ABOUT
    like["0.bias"][1] = torch.nan
    networks.save(file, ABOUT, like)
    with pytest.raises(Unfit, match=r"finite numbers as '0\.bias'"):
        networks.load(file, network())


@pytest.mark.parametrize(("name", "make"), STRANGE.items())
def test_what_is_no_regular_file_is_refused_at_once_and_not_overwritten(
    name: str, make: Callable[[Path], None], tmp_path: Path
) -> None:
    path, weights = tmp_path / "strange.pt", network()
    make(path)
    (tmp_path / "link").symlink_to(path)
    for each in (path, tmp_path / "link"):
        with pytest.raises(Unsuitable, match=f"found {name}"):
            read_plain(each, 100)
        with pytest.raises(Unsuitable, match=f"found {name}"):
            open_plain(each, os.O_RDWR | os.O_APPEND | os.O_CREAT, 100)
    with pytest.raises(Unfit, match=f"found {name}"):
        networks.load(path, weights)
    networks.save(path, ABOUT, weights)
    assert networks.load(path, weights).about == ABOUT
    assert os.path.lexists(tmp_path / "strange.pt.bak")


def test_a_file_of_somebody_elses_is_set_aside_and_one_of_ours_replaced(tmp_path: Path) -> None:
    path = tmp_path / "small.pt"
    path.write_text("what a learner put here")
    networks.save(path, ABOUT, network())
    networks.save(path, ABOUT, network())
    assert sorted(each.name for each in tmp_path.iterdir()) == ["small.pt", "small.pt.bak"]
    assert (tmp_path / "small.pt.bak").read_text() == "what a learner put here"
    link = tmp_path / "link.pt"
    link.symlink_to("elsewhere.pt")
    networks.save(link, ABOUT, network())
    assert link.is_symlink()
    assert networks.load(link).about == ABOUT
    (tmp_path / "a.json.bak").write_text("older")  # a name that is in use is not taken
    (tmp_path / "a.json.bak2").symlink_to("nowhere")
    (tmp_path / "a.json").mkdir()
    assert set_aside(tmp_path / "a.json") == tmp_path / "a.json.bak3"
    assert (tmp_path / "a.json.bak3").is_dir()
    assert (tmp_path / "a.json.bak").read_text() == "older"
    with pytest.raises(FileNotFoundError):
        set_aside(tmp_path / "a.json")


def test_a_plain_file_is_read_and_another_in_its_place_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, link, real = tmp_path / "file", tmp_path / "link", os.open
    path.write_bytes(b"x" * 100)
    link.symlink_to("file")
    assert read_plain(path, 100) == read_plain(link, 100) == b"x" * 100
    with pytest.raises(Unsuitable, match="expected at most 99 bytes, found 100"):
        read_plain(path, 99)
    with pytest.raises(FileNotFoundError):
        read_plain(tmp_path / "none", 100)
    os.close(open_plain(tmp_path / "new", os.O_RDWR | os.O_CREAT, 100))
    assert (tmp_path / "new").read_bytes() == b""

    def exchange(*arguments: object) -> int:
        path.unlink()
        os.mkfifo(path)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", exchange)  # after the first check, before the file is opened
    with pytest.raises(Unsuitable, match="found a FIFO"):
        read_plain(path, 100)
