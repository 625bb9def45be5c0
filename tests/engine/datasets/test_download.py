"""Downloads from a local server: success, resuming, cancelling and failures."""

from __future__ import annotations

import errno
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.datasets import download, registry
from engine.datasets.download import (
    STAGE,
    FetchCancelled,
    FetchFailed,
    FetchProgress,
    mirrors_of,
    staging,
)
from engine.datasets.images import load_images
from engine.datasets.registry import find
from engine.datasets.verify import status
from tests.engine.conftest import until
from tests.engine.datasets import conftest
from tests.engine.datasets.conftest import everything, get, whole
from tests.mirror import Mirror, Tiny, serving
from tests.strange_files import STRANGE

TRAIN = f"{conftest.TRAIN}.gz"

pytestmark = pytest.mark.usefixtures("mirror")


def test_fetches_all_four_and_leaves_nothing_else(tiny: Tiny, tmp_path: Path) -> None:
    heard: list[FetchProgress] = []
    folder = tmp_path / "new" / "data"
    place = get(folder, heard)
    assert place == folder / "MNIST" / "raw"
    assert everything(folder) == whole(tiny)
    assert sorted(folder.iterdir()) == [place.parent]
    size = sum(map(len, tiny.packed.values()))
    assert {each.size for each in heard} == {size} == {find("mnist").size}
    assert [each.got for each in heard] == sorted(each.got for each in heard)
    assert heard[-1].got == size
    assert list(dict.fromkeys(each.file for each in heard)) == list(tiny.packed)
    assert len(heard) > 4  # several reports for the larger files, which arrive in blocks


def test_only_what_is_missing_or_broken_is_fetched(
    mirror: Mirror, tiny: Tiny, tmp_path: Path
) -> None:
    place = tiny.put(tmp_path / "mnist")
    tmp_path.chmod(0o555)
    assert get(tmp_path) == place
    tmp_path.chmod(0o755)
    assert mirror.asked == []
    assert everything(tmp_path) == whole(tiny, "mnist")
    os.truncate(place / TRAIN, 1000)  # a damaged folder of other software is not modified
    before = everything(tmp_path)
    place = get(tmp_path)
    assert place == tmp_path / "MNIST/raw"
    assert everything(tmp_path) == {**before, **whole(tiny)}
    assert status(find("mnist"), tmp_path).place == place
    mirror.asked.clear()
    os.truncate(place / TRAIN, 1000)
    get(tmp_path)
    assert [name for name, _ in mirror.asked] == [TRAIN]
    assert everything(tmp_path) == {**before, **whole(tiny)}


@pytest.mark.parametrize("inside", ["mnist", "MNIST/raw"])
def test_what_the_loader_refuses_is_fetched(inside: str, tiny: Tiny, tmp_path: Path) -> None:
    labels = tiny.put(tmp_path / inside, packed=False) / "train-labels-idx1-ubyte"
    labels.write_bytes(labels.read_bytes()[:-1] + b"\x63")
    before = everything(tmp_path)
    place = get(tmp_path)
    fetched = whole(tiny)
    if inside == "MNIST/raw":  # if the other three files are complete and unpacked there
        fetched = {name: content for name, content in fetched.items() if "train-labels" in name}
    assert everything(tmp_path) == {**before, **fetched}
    assert status(find("mnist"), tmp_path).place == place
    assert load_images("mnist").train_y.max() == 9


@pytest.mark.parametrize("ranges", [True, False])
def test_a_connection_that_breaks_is_resumed(
    ranges: bool, mirror: Mirror, tiny: Tiny, tmp_path: Path
) -> None:
    mirror.breaks, mirror.ranges = [200_000, 100_000] if ranges else [200_000], ranges
    heard: list[FetchProgress] = []
    get(tmp_path, heard)
    starts = [None, "bytes=200000-", "bytes=300000-"]
    assert mirror.only(TRAIN) == (starts if ranges else starts[:2])
    assert everything(tmp_path) == whole(tiny)
    got = [each.got for each in heard if each.file == TRAIN]
    assert got[-1] == len(tiny.packed[TRAIN])
    assert (got == sorted(got)) == ranges  # a server without ranges starts again


def test_a_lost_connection_leaves_what_arrived_for_the_next_time(
    mirror: Mirror, tiny: Tiny, tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    mirror.breaks = [10**9, 100, 50, 50]  # the first file is complete
    with pytest.raises(FetchFailed, match=r"127\.0\.0\.1: the connection was lost after 200 of"):
        get(tmp_path)
    assert not (tmp_path / "MNIST").exists()
    mirror.asked.clear()
    get(tmp_path)
    assert mirror.only(TRAIN) == []
    assert mirror.only("train-labels-idx1-ubyte.gz") == ["bytes=200-"]
    assert everything(tmp_path) == {"mine.txt": b"mine", **whole(tiny)}


def test_what_is_left_of_another_fetch(mirror: Mirror, tiny: Tiny, tmp_path: Path) -> None:
    part = tmp_path / STAGE / "mnist" / f"{TRAIN}.part"
    for size in (1000, 10**6):  # wrong content: downloaded again
        part.parent.mkdir(parents=True)
        part.write_bytes(b"x" * size)
        (tmp_path / "MNIST/raw" / TRAIN).unlink(missing_ok=True)
        get(tmp_path)
        assert everything(tmp_path) == whole(tiny)
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half of a file that is here by now")
    labels = tmp_path / "MNIST/raw/train-labels-idx1-ubyte.gz"
    labels.unlink()
    mirror.asked.clear()
    get(tmp_path)
    assert [name for name, _ in mirror.asked] == [labels.name]
    assert everything(tmp_path) == whole(tiny)
    assert not (tmp_path / STAGE).exists()


def test_the_next_server_is_asked_and_resumes(
    mirror: Mirror, tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as first:
        first.files = dict(tiny.packed)
        first.breaks = [100_000, 0, 0]
        monkeypatch.setattr(download, "mirrors_of", lambda _: [first.address, mirror.address])
        get(tmp_path)
    assert mirror.asked[0] == (TRAIN, "bytes=100000-")
    assert everything(tmp_path) == whole(tiny)


def test_the_servers_are_torchvisions(monkeypatch: pytest.MonkeyPatch) -> None:
    from torchvision.datasets import KMNIST, MNIST, FashionMNIST

    monkeypatch.undo()  # remove the fixture's replacement
    for name, theirs in (("mnist", MNIST), ("fashion-mnist", FashionMNIST), ("kmnist", KMNIST)):
        assert mirrors_of(find(name)) == theirs.mirrors
        assert all(mirror.endswith("/") for mirror in theirs.mirrors)


def test_many_open_files_do_not_matter(tiny: Tiny, tmp_path: Path) -> None:
    """Waiting with `select` would fail for file descriptors above 1,024."""
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 1200:
        pytest.skip("this machine lets nobody open so many files")
    many = [os.open(os.devnull, os.O_RDONLY) for _ in range(1050)]
    try:
        get(tmp_path)
    finally:
        for descriptor in many:
            os.close(descriptor)
    assert everything(tmp_path) == whole(tiny)


# Cancelled, interrupted, killed.


@pytest.mark.parametrize("after", [0, 100_000])
def test_cancelling_a_slow_body_leaves_nothing(after: int, mirror: Mirror, tmp_path: Path) -> None:
    mirror.pause_after = after
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FetchCancelled):
        get(tmp_path, stop=mirror.paused.is_set)
    assert not mirror.go_on.is_set()  # the server has sent nothing more
    assert list(tmp_path.iterdir()) == [tmp_path / "mine.txt"]


def test_cancelled_before_the_first_byte_or_by_ctrl_c(mirror: Mirror, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data" / "sets"
    with pytest.raises(FetchCancelled):
        get(folder, stop=lambda: True)
    assert list(tmp_path.iterdir()) == []
    assert mirror.asked == []

    def interrupted(progress: FetchProgress) -> None:
        if progress.got > 100_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download.fetch("mnist", folder, interrupted, lambda: False)
    assert len(mirror.asked) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_silent_server_is_no_failure_once_it_is_cancelled(
    mirror: Mirror, tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "SILENCE", 1.0)
    part = tmp_path / "part"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(FetchCancelled):
            download.download(address, part, 9, print, lambda: True)
    assert not part.exists()
    size = len(tiny.packed[TRAIN])
    mirror.pause_after = size - 100  # pauses before the last bytes, which must not be waited for
    unwanted = threading.Event()

    def cancel() -> None:
        assert mirror.paused.wait(60)
        time.sleep(0.3)  # longer than the check before the pause, shorter than the pause
        unwanted.set()

    thread = threading.Thread(target=cancel)
    thread.start()
    with pytest.raises(FetchCancelled):
        download.download(mirror.address + TRAIN, part, size, lambda _: None, unwanted.is_set)
    thread.join()


def test_killed_in_the_middle_it_resumes_the_next_time(
    mirror: Mirror, tiny: Tiny, tmp_path: Path
) -> None:
    mirror.pause_after = 100_000
    part, url, size = tmp_path / "part", mirror.address + TRAIN, len(tiny.packed[TRAIN])
    script = f"""
from pathlib import Path
from engine.datasets.download import download
download("{url}", Path({str(part)!r}), {size}, lambda got: None, lambda: False)
"""
    process = subprocess.Popen([sys.executable, "-c", script])
    until(lambda: part.exists() and part.stat().st_size)
    process.send_signal(signal.SIGKILL)
    process.wait()
    mirror.pause_after = None
    came = part.stat().st_size
    download.download(url, part, size, lambda _: None, lambda: False)
    assert mirror.asked[-1] == (TRAIN, f"bytes={came}-")
    assert part.read_bytes() == tiny.packed[TRAIN]


def test_two_at_once_do_not_spoil_it_for_each_other(tmp_path: Path) -> None:
    with staging(tmp_path, "mnist") as held:
        (held / "half.part").write_text("half")
        with pytest.raises(FetchFailed, match="MNIST is being fetched by another dltui"):
            get(tmp_path)
        assert (held / "half.part").read_text() == "half"


# Failures.


def test_what_cannot_be_moved_into_place_leaves_no_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def full(path: Path, target: Path) -> Path:
        if target.parent.name == "raw":
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", full)
    (tmp_path / "old").mkdir()
    with pytest.raises(FetchFailed, match="the disk is full"):
        get(tmp_path / "old" / "new")
    assert list(tmp_path.rglob("*")) == [tmp_path / "old"]


def failure(tmp_path: Path) -> str:
    """Return the reason of the failure; existing files are unchanged and no others were added."""
    (tmp_path / "mine.txt").write_text("mine")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    with pytest.raises(FetchFailed) as caught:
        get(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    assert str(caught.value).startswith("MNIST could not be downloaded. 127.0.0.1: ")
    return str(caught.value).partition("127.0.0.1: ")[2]


def test_a_server_that_does_not_have_it_is_asked_once(
    mirror: Mirror, tiny: Tiny, tmp_path: Path
) -> None:
    files, mirror.files = mirror.files, {}
    with pytest.raises(FetchFailed, match="it answers 404"):
        get(tmp_path / "new" / "data")
    assert list(tmp_path.iterdir()) == []
    mirror.asked.clear()
    assert failure(tmp_path) == "it answers 404 Not Found"
    mirror.status = 503
    assert failure(tmp_path) == "it answers 503 Service Unavailable"
    mirror.status, mirror.files = None, files
    size = len(tiny.packed[TRAIN])
    mirror.files[TRAIN] = b"<html>log in, please</html>"
    assert f"expected {size:,} bytes, found 27 bytes of " in failure(tmp_path)
    mirror.files[TRAIN] = b"x" * size
    assert "it sends another file: expected the checksum" in failure(tmp_path)
    assert len(mirror.asked) == 4


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


def test_a_length_that_is_none_does_not_matter(mirror: Mirror, tiny: Tiny, tmp_path: Path) -> None:
    for length in (b"-5", b"abc", b""):
        head = b"HTTP/1.0 200 OK\r\nContent-Length: " + length + b"\r\n\r\n"
        mirror.raw = head + tiny.packed[TRAIN]
        mirror.asked.clear()
        with pytest.raises(FetchFailed, match="it sends another file"):  # the first file is used
            get(tmp_path / length.decode())
        assert len(mirror.asked) == 2


def test_nobody_answers(mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = mirror.address.replace("127.0.0.1", "localhost")
    files, mirror.files = mirror.files, {}
    with monkeypatch.context() as patch:  # all servers are listed
        patch.setattr(download, "mirrors_of", lambda _: [elsewhere, mirror.address])
        with pytest.raises(FetchFailed) as caught:
            get(tmp_path)
        answer = "it answers 404 Not Found"
        assert (
            str(caught.value)
            == f"MNIST could not be downloaded. localhost: {answer}; 127.0.0.1: {answer}"
        )
    mirror.files = files
    with monkeypatch.context() as patch, socket.socket() as taken:  # bound, but not listening
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        patch.setattr(download, "mirrors_of", lambda _: [address])
        assert failure(tmp_path) == "connection refused"
    with monkeypatch.context() as patch:
        patch.setattr(download, "SILENCE", 0.2)
        mirror.pause_after = 0
        mirror.asked.clear()
        assert failure(tmp_path) == "nothing came for 0.2 s"
        assert len(mirror.asked) == download.TRIES

    def getaddrinfo(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert failure(tmp_path) == "its address cannot be found (no network connection?)"


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
    (tmp_path / "MNIST").write_text("a file of mine")
    with pytest.raises(FetchFailed, match=r"MNIST.*: (File exists|Not a directory)"):
        get(tmp_path)
    assert everything(tmp_path) == {"MNIST": b"a file of mine"}

    def mkdir(*_: object, **__: object) -> None:
        raise PermissionError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", mkdir)  # root can write anywhere
    with pytest.raises(FetchFailed, match="cannot be written: name another folder with --data-dir"):
        get(tmp_path)


@pytest.mark.parametrize("make", STRANGE.values(), ids=STRANGE.keys())
def test_what_is_no_file_among_the_files_of_a_fetch_is_removed(
    make: Callable[[Path], None], tiny: Tiny, tmp_path: Path
) -> None:
    for number, where in enumerate(("mnist/{}.part", "mnist/{}", "mnist", "")):
        folder = tmp_path / str(number)
        path = folder / STAGE / where.format(TRAIN)
        path.parent.mkdir(parents=True, exist_ok=True)
        make(path)
        get(folder)
        assert everything(folder / "MNIST") == whole(tiny, "raw")
        assert not os.path.lexists(path) or path == folder / STAGE


def test_a_link_is_not_written_through_and_a_folder_is_set_aside(
    tiny: Tiny, tmp_path: Path
) -> None:
    mine, part = tmp_path / "mine", tmp_path / STAGE / "mnist" / f"{TRAIN}.part"
    mine.write_bytes(b"a file of mine")
    part.parent.mkdir(parents=True)
    part.symlink_to(mine)
    inside = tmp_path / "MNIST/raw" / TRAIN / "notes.txt"
    inside.parent.mkdir(parents=True)
    inside.write_text("kept")
    get(tmp_path)
    assert mine.read_bytes() == b"a file of mine"
    kept = {f"raw/{TRAIN}.bak/notes.txt": b"kept"}
    assert everything(tmp_path / "MNIST") == {**whole(tiny, "raw"), **kept}


def test_imports_nothing_heavy() -> None:
    script = """
import sys
from engine.datasets import download, registry, verify
for data_set in registry.DATA_SETS:
    verify.status(data_set, registry.data_dir())
heavy = {"torch", "torchvision", "numpy", "sklearn", "textual"} & set(sys.modules)
sys.exit(f"imported {heavy}" if heavy else 0)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_an_unknown_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="did you mean mnist"):
        download.fetch("mmist", tmp_path, print, lambda: False)
    assert registry.megabytes(11_594_722) == "11.6 MB"
    assert registry.megabytes(530_000) == "530 kB"
