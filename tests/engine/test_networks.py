"""Networks on disk: whole or not at all, and a stranger's file is refused in words."""

from __future__ import annotations

import os
import pickle
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from engine import networks
from engine.networks import Unfit
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


def test_it_is_a_state_dict_that_needs_no_trust(file: Path) -> None:
    content = torch.load(file, weights_only=True)
    assert set(content) == {"about", "weights"}


def test_a_folder_of_its_own_and_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    monkeypatch.setenv("DLTUI_STATE_DIR", str(tmp_path))
    assert networks.folder() == file.parent
    assert list(networks.files()) == [file]
    monkeypatch.setenv("DLTUI_STATE_DIR", "~/somewhere")
    assert networks.folder() == Path.home() / "somewhere" / "networks"
    assert list(networks.files()) == []


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """As under `ulimit -f`, or on a disk that is nearly full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_is_full_is_an_error_of_the_disk(file: Path) -> None:
    before = file.read_bytes()
    large = network(width=20_000)
    with files_of_at_most(200_000), pytest.raises(OSError, match="too large"):
        networks.save(file, ABOUT, large)
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_a_write_that_fails_leaves_what_was_there(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = file.read_bytes()
    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(OSError, match="No space left"):
        networks.save(file, ABOUT, network())
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


class Burglar:
    """What a pickle may hold: a call that is made when it is read."""

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


@pytest.mark.parametrize("kept", [0, 1, 100, 0.5, 0.99])
def test_a_truncated_file_is_refused(file: Path, kept: float) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: int(kept if kept in (0, 1, 100) else kept * len(content))])
    with pytest.raises(Unfit, match="damaged file, or another kind"):
        networks.load(file, network())


def test_every_single_damaged_byte_is_refused_or_harmless(file: Path) -> None:
    content = file.read_bytes()
    for place in range(0, len(content), 97):
        damaged = bytearray(content)
        damaged[place] ^= 0xFF
        file.write_bytes(damaged)
        try:
            saved = networks.load(file, network())
        except Unfit:
            continue
        assert set(saved.weights) == set(network())


@pytest.mark.filterwarnings("ignore:Validating sparse")
@pytest.mark.parametrize(
    ("content", "words"),
    [
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
    ],
)
def test_another_kind_of_content_is_refused(tmp_path: Path, content: Any, words: str) -> None:
    path = tmp_path / "other.pt"
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


@pytest.mark.parametrize("kind", [torch.float64, torch.float16])
def test_weights_of_another_type_are_refused(tmp_path: Path, kind: torch.dtype) -> None:
    path, other = tmp_path / "other.pt", {name: w.to(kind) for name, w in network().items()}
    networks.save(path, ABOUT, other)
    with pytest.raises(Unfit, match=rf"'0\.weight' of torch\.float32, found {kind}"):
        networks.load(path, network())
    assert networks.load(path, other).about == ABOUT


def test_numbers_that_are_none_are_refused(tmp_path: Path) -> None:
    path, weights = tmp_path / "nan.pt", network()
    weights["0.bias"][1] = torch.nan
    networks.save(path, ABOUT, weights)
    with pytest.raises(Unfit, match=r"finite numbers as '0\.bias'"):
        networks.load(path, network())


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unfit, match="no such file"):
        networks.load(tmp_path / "absent.pt")
    (tmp_path / "folder.pt").mkdir()
    with pytest.raises(Unfit, match="directory"):
        networks.load(tmp_path / "folder.pt")
    huge = tmp_path / "huge.pt"
    with huge.open("wb") as file:
        file.truncate(networks.LARGEST + 1)
    with pytest.raises(Unfit, match="at most 67,108,864 bytes, found 67,108,865"):
        networks.load(huge)


@pytest.mark.parametrize(("name", "make"), STRANGE.items())
def test_what_is_no_regular_file_is_refused_at_once_and_not_overwritten(
    name: str, make: Callable[[Path], None], tmp_path: Path
) -> None:
    path, weights = tmp_path / "strange.pt", network()
    make(path)
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


def test_a_link_to_a_network_stays_a_link(tmp_path: Path) -> None:
    path = tmp_path / "small.pt"
    path.symlink_to("elsewhere.pt")
    networks.save(path, ABOUT, network())
    assert path.is_symlink()
    assert networks.load(path).about == ABOUT
