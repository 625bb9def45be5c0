"""`dltui data fetch` as it is installed, asking a server on this machine instead of its makers'."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.mirror import Mirror, serving
from tests.terminal.command import dltui
from tests.terminal.conftest import Open

SHARED = Path(__file__).parents[3] / "shared" / "data"
TRAIN = "train-images-idx3-ubyte.gz"


def proxy(mirror: Mirror) -> dict[str, str]:
    """Variables that let the installed command ask the mirror, whatever server it means."""
    names = ("http_proxy", "https_proxy")
    return {**dict.fromkeys(names, mirror.address), "no_proxy": "", "NO_PROXY": ""}


def test_a_foreign_file_is_not_taken_by_the_installed_command(folders: dict[str, str]) -> None:
    with serving() as mirror:
        mirror.files = {TRAIN: bytes(18_165_135)}
        code, _, errors = dltui("data", "fetch", "kmnist", env={**folders, **proxy(mirror)})
    assert code == 1
    assert errors.startswith("dltui: KMNIST did not come. codh.rois.ac.jp: it sends another file")
    assert errors.count("\n") == 1
    assert not Path(folders["DLTUI_DATA_DIR"]).exists()


@pytest.mark.parametrize(("columns", "rows"), [(30, 10), (80, 22), (120, 40)])
def test_a_bar_on_a_terminal(terminal: Open, columns: int, rows: int, tmp_path: Path) -> None:
    with serving() as mirror:
        mirror.files, mirror.pause_after = {TRAIN: bytes(18_165_135)}, 9_000_000
        words = ("data", "fetch", "kmnist")
        opened = terminal(
            *words, columns=columns, rows=rows, **proxy(mirror), LANG="C.UTF-8", COLUMNS="200"
        )
        opened.until("fetching KMNIST, 21.2 MB; Ctrl-C cancels"[: columns - 1])
        opened.until(lambda text: "of 21.2 MB" in text and "MB/s" in text)
        if columns == 30:  # the text is cut, and leaves no room for a bar
            assert "━" not in opened.text
        else:
            opened.until(lambda text: "━" in text and "─" in text and TRAIN in text)
        assert sum(bool(line.strip()) for line in opened.text.splitlines()) == 1
        opened.process.send_signal(signal.SIGINT)
        assert opened.end() == 130
    assert "cancelled: nothing was changed" in " ".join(opened.text.split())
    assert "━" not in opened.text
    assert not (tmp_path / "data").exists()


@pytest.mark.skipif(not (SHARED / "mnist").is_dir(), reason="the real MNIST is not on this machine")
def test_the_real_mnist_from_the_second_of_its_servers(folders: dict[str, str]) -> None:
    with serving() as mirror:
        mirror.files = {file.name: file.read_bytes() for file in (SHARED / "mnist").glob("*.gz")}
        mirror.breaks = [5_000_000]
        env = {**folders, **proxy(mirror)}
        code, output, errors = dltui("data", "fetch", "mnist", env=env)
        assert (code, errors) == (0, "")
        assert mirror.only(TRAIN) == [None, "bytes=5000000-"]
    place = Path(folders["DLTUI_DATA_DIR"]) / "MNIST" / "raw"
    assert output.splitlines()[-1] == f"MNIST: here now, in {place}"
    assert {f.name: f.read_bytes() for f in place.iterdir()} == mirror.files
