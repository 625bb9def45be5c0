"""A fetch that fails: why, in words, and that what was there before is still there."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.datasets import download
from engine.datasets.download import STAGE, FetchFailed
from tests.engine.datasets.conftest import everything, get, whole
from tests.mirror import Mirror, Tiny
from tests.strange_files import STRANGE

TRAIN = "train-images-idx3-ubyte.gz"

pytestmark = pytest.mark.usefixtures("mirror")


def failure(tmp_path: Path) -> str:
    """Why it failed; what was there before is there, and nothing else."""
    (tmp_path / "mine.txt").write_text("mine")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    with pytest.raises(FetchFailed) as caught:
        get(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    assert str(caught.value).startswith("MNIST did not come. 127.0.0.1: ")
    return str(caught.value).partition("127.0.0.1: ")[2]


def test_404(mirror: Mirror, tmp_path: Path) -> None:
    mirror.files.clear()
    assert failure(tmp_path) == "it answers 404 Not Found"
    assert len(mirror.asked) == 1  # nobody asks again for what is not there


def test_a_server_in_trouble(mirror: Mirror, tmp_path: Path) -> None:
    mirror.status = 503
    assert failure(tmp_path) == "it answers 503 Service Unavailable"


def test_a_page_that_wants_a_login(mirror: Mirror, tiny: Tiny, tmp_path: Path) -> None:
    mirror.files[TRAIN] = b"<html>log in, please</html>"
    expected = f"expected {len(tiny.packed[TRAIN]):,} bytes, found 27 bytes of "
    assert expected in failure(tmp_path)


def test_a_wrong_checksum_is_not_kept(mirror: Mirror, tiny: Tiny, tmp_path: Path) -> None:
    mirror.files[TRAIN] = b"x" * len(tiny.packed[TRAIN])
    why = failure(tmp_path)
    assert "it sends another file: expected the checksum" in why
    assert len(mirror.asked) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"\x1b[2JSSH-2.0-OpenSSH\r\n", "its answer is not HTTP (BadStatusLine)"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 70_000, "its answer is not HTTP (LineTooLong)"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "not HTTP (HTTPException)"),
        (b"HTTP/1.1 302 \x1b[31m\r\nLocation: file:///etc/passwd\r\n\r\n", "it answers 302 Found"),
        (b"", "its answer is not HTTP (RemoteDisconnected)"),
    ],
)
def test_bad_headers_are_told_in_words(
    answer: bytes, words: str, mirror: Mirror, tmp_path: Path
) -> None:
    mirror.raw = answer
    why = failure(tmp_path)
    assert words in why
    assert why.isprintable()


@pytest.mark.parametrize("length", [b"-5", b"abc", b""])
def test_a_length_that_is_none_does_not_matter(
    length: bytes, mirror: Mirror, tiny: Tiny, tmp_path: Path
) -> None:
    mirror.raw = b"HTTP/1.0 200 OK\r\nContent-Length: " + length + b"\r\n\r\n" + tiny.packed[TRAIN]
    with pytest.raises(FetchFailed, match="it sends another file"):  # the first is taken
        get(tmp_path)
    assert len(mirror.asked) == 2


def test_nobody_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        monkeypatch.setattr(download, "mirrors_of", lambda _: [address])
        assert failure(tmp_path) == "connection refused"


def test_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert failure(tmp_path) == "its name is not known here: is there a network?"


def test_a_silent_server_is_given_up(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "SILENCE", 0.2)
    mirror.pause_after = 0
    assert failure(tmp_path) == "nothing came for 0.2 s"
    assert len(mirror.asked) == download.TRIES


def test_every_server_is_named(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = mirror.address.replace("127.0.0.1", "localhost")
    monkeypatch.setattr(download, "mirrors_of", lambda _: [elsewhere, mirror.address])
    mirror.files.clear()
    with pytest.raises(FetchFailed) as caught:
        get(tmp_path)
    answer = "it answers 404 Not Found"
    assert str(caught.value) == f"MNIST did not come. localhost: {answer}; 127.0.0.1: {answer}"


def test_a_full_disk_leaves_what_was_there(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: str, part: Path, *__: object) -> None:
        part.write_bytes(b"the first block")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(download, "download", full)
    place = tiny.put(tmp_path / "MNIST/raw")
    os.truncate(place / TRAIN, 1000)
    before = everything(tmp_path)
    with pytest.raises(FetchFailed, match=r"the disk is full: MNIST needs [\d,]+ bytes in"):
        get(tmp_path)
    assert everything(tmp_path) == before
    assert not (tmp_path / STAGE).exists()


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def mkdir(*_: object, **__: object) -> None:
        raise PermissionError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", mkdir)  # root may write anywhere
    with pytest.raises(FetchFailed, match="cannot be written: name another folder with --data-dir"):
        get(tmp_path)


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "MNIST").write_text("a file of mine")
    with pytest.raises(FetchFailed, match=r"MNIST.*: (File exists|Not a directory)"):
        get(tmp_path)
    assert everything(tmp_path) == {"MNIST": b"a file of mine"}


@pytest.mark.parametrize("make", STRANGE.values(), ids=STRANGE.keys())
@pytest.mark.parametrize("where", ["mnist/{}.part", "mnist/{}", "mnist", ""])
def test_what_is_no_file_among_the_files_of_a_fetch_is_removed(
    make: Callable[[Path], None], where: str, tiny: Tiny, tmp_path: Path
) -> None:
    path = tmp_path / STAGE / where.format(TRAIN)
    path.parent.mkdir(parents=True, exist_ok=True)
    make(path)
    get(tmp_path)
    assert everything(tmp_path / "MNIST") == whole(tiny, "raw")
    assert not os.path.lexists(path) or path == tmp_path / STAGE


def test_a_link_among_the_files_of_a_fetch_is_not_written_through(
    tiny: Tiny, tmp_path: Path
) -> None:
    mine, part = tmp_path / "mine", tmp_path / STAGE / "mnist" / f"{TRAIN}.part"
    mine.write_bytes(b"a file of mine")
    part.parent.mkdir(parents=True)
    part.symlink_to(mine)
    get(tmp_path)
    assert mine.read_bytes() == b"a file of mine"
    assert everything(tmp_path / "MNIST") == whole(tiny, "raw")


def test_a_folder_where_a_file_shall_be_is_set_aside(tiny: Tiny, tmp_path: Path) -> None:
    inside = tmp_path / "MNIST/raw" / TRAIN / "notes.txt"
    inside.parent.mkdir(parents=True)
    inside.write_text("kept")
    get(tmp_path)
    kept = {f"raw/{TRAIN}.bak/notes.txt": b"kept"}
    assert everything(tmp_path / "MNIST") == {**whole(tiny, "raw"), **kept}
