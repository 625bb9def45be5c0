"""A fetch that is cancelled, interrupted or killed: what is left of it, and what is not."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from engine.datasets import download
from engine.datasets.download import FetchCancelled, FetchFailed, FetchProgress, staging
from tests.engine.conftest import until
from tests.engine.datasets.conftest import get
from tests.mirror import Mirror, Tiny

TRAIN = "train-images-idx3-ubyte.gz"

pytestmark = pytest.mark.usefixtures("mirror")


@pytest.mark.parametrize("after", [0, 100_000])
def test_cancelling_a_slow_body_leaves_nothing(after: int, mirror: Mirror, tmp_path: Path) -> None:
    mirror.pause_after = after
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FetchCancelled):
        get(tmp_path, stop=mirror.paused.is_set)
    assert not mirror.go_on.is_set()  # the server has sent no more
    assert list(tmp_path.iterdir()) == [tmp_path / "mine.txt"]


def test_cancelled_before_the_first_byte(mirror: Mirror, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    with pytest.raises(FetchCancelled):
        get(folder, stop=lambda: True)
    assert mirror.asked == []
    assert not folder.exists()


def test_ctrl_c_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    def interrupted(progress: FetchProgress) -> None:
        if progress.got > 100_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download.fetch("mnist", tmp_path, interrupted, lambda: False)
    assert list(tmp_path.iterdir()) == []


def test_the_flag_is_looked_at_from_another_thread(mirror: Mirror, tmp_path: Path) -> None:
    mirror.pause_after = 100_000
    unwanted = threading.Event()
    ends: list[type[BaseException]] = []

    def work() -> None:
        try:
            get(tmp_path, stop=unwanted.is_set)
        except FetchCancelled:
            ends.append(FetchCancelled)

    thread = threading.Thread(target=work)
    thread.start()
    assert mirror.paused.wait(60)
    unwanted.set()
    thread.join(60)
    assert ends == [FetchCancelled]
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_never_answers_is_no_failure_once_it_is_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "SILENCE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(FetchCancelled):
            download.download(address, tmp_path / "part", 9, print, lambda: True)
    assert list(tmp_path.iterdir()) == []


def test_silence_in_the_last_bytes_is_no_failure_once_it_is_cancelled(
    mirror: Mirror, tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "SILENCE", 1.0)
    size = len(tiny.packed[TRAIN])
    mirror.pause_after = size - 100
    unwanted = threading.Event()

    def cancel() -> None:
        assert mirror.paused.wait(60)
        time.sleep(0.3)  # the look before the silence is over by then, and the silence is not
        unwanted.set()

    threading.Thread(target=cancel).start()
    with pytest.raises(FetchCancelled):
        download.download(
            mirror.address + TRAIN,
            tmp_path / "part",
            size,
            lambda _: None,
            unwanted.is_set,
        )


def test_killed_in_the_middle_it_goes_on_the_next_time(
    mirror: Mirror, tiny: Tiny, tmp_path: Path
) -> None:
    mirror.pause_after = 100_000
    part = tmp_path / "part"
    script = f"""
from pathlib import Path
from engine.datasets.download import download
url = "{mirror.address}{TRAIN}"
download(url, Path({str(part)!r}), {len(tiny.packed[TRAIN])}, lambda got: None, lambda: False)
"""
    process = subprocess.Popen([sys.executable, "-c", script])
    until(lambda: part.exists() and part.stat().st_size)
    process.send_signal(signal.SIGKILL)
    process.wait()
    mirror.pause_after = None
    came = part.stat().st_size
    heard: list[int] = []
    url = mirror.address + TRAIN
    download.download(url, part, len(tiny.packed[TRAIN]), heard.append, lambda: False)
    assert mirror.asked[-1] == (TRAIN, f"bytes={came}-")
    assert part.read_bytes() == tiny.packed[TRAIN]


def test_two_at_once_do_not_spoil_it_for_each_other(tmp_path: Path) -> None:
    with staging(tmp_path, "mnist") as held:
        (held / "half.part").write_text("half")
        with pytest.raises(FetchFailed, match="MNIST is being fetched by another dltui"):
            get(tmp_path)
        assert (held / "half.part").read_text() == "half"
