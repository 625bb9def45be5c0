"""`dltui data`: the list, downloads and paths of data sets."""

from __future__ import annotations

import json
import shlex
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.datasets import registry
from engine.datasets.download import FetchProgress
from engine.datasets.registry import DATA_SETS
from tests.mirror import Mirror, Tiny, serving, serving_alone
from tests.terminal.command import Main, dltui
from tests.terminal.conftest import Open
from tui import cli
from tui.commands.data import FetchLines

SHARED = Path(__file__).parents[3] / "shared" / "data"
TRAIN = "train-images-idx3-ubyte.gz"
REFUSED = [
    (["fetsch"], "no action 'fetsch'; did you mean fetch?"),
    (["qqq"], "no action 'qqq'; there are: list, fetch, path"),
    (["fetch"], "there are: mnist, fashion-mnist, kmnist"),
    (["fetch", "mmist"], "no data set 'mmist'; did you mean mnist"),
    (["fetch", "mnist", "now"], "one word too many: 'now'"),
    (["fetch", "mnist", "--json"], "data fetch prints no JSON"),
    (["path", "--json"], "data path prints no JSON"),
    (["list", "--data-dir", __file__], "is not a folder"),
    (["list", "--data-dri", "x"], "did you mean --data-dir"),
    (["list", "--data-dir", ""], "--data-dir '' is not a folder"),
    (["list", "--data-dir", "/no/such"], "--data-dir '/no/such' does not exist: name another"),
    (["path", "--data-dir", "/no/such"], "--data-dir '/no/such' does not exist: name another"),
    (["fetch", "mnist", "--data-dir", __file__], "is not a folder"),
]


@pytest.fixture
def data(folders: dict[str, str]) -> Path:
    """Return the folder of the data sets, which does not exist yet."""
    return Path(folders["DLTUI_DATA_DIR"])


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """Put a small MNIST into the registry."""
    tiny = Tiny()
    monkeypatch.setattr(registry, "DATA_SETS", (tiny.data_set(), *DATA_SETS[1:]))
    return tiny


@pytest.fixture
def mirror(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """Serve the small MNIST from the only known mirror in this process."""
    with serving_alone(tiny, monkeypatch) as mirror:
        yield mirror


def facts(main: Main, *words: str) -> Any:
    return json.loads(main.output("data", "list", "--json", *words))


def test_the_list_names_each_with_its_licence_and_what_to_do(main: Main, data: Path) -> None:
    page = main.output("data")
    assert main.output("data", "list") == page
    assert max(map(len, page.replace(str(data), "").splitlines())) <= 80
    assert f"names {data}, which does not exist" in page
    assert str(data) in page.splitlines()[0]
    for data_set in DATA_SETS:
        (block,) = [b for b in page.split("\n\n") if b.startswith(f"{data_set.name}: ")]
        here = "here, inside scikit-learn" if data_set.embedded else "not here"
        for text in (data_set.source, data_set.licence, here):
            assert text in block
        command = f"): dltui data fetch {data_set.name}\n"
        assert (command in f"{block}\n") == bool(data_set.files)
    assert "here already, inside scikit-learn" in main.output("data", "fetch", "digits")
    assert not data.exists()


def test_the_list_for_a_program(tiny: Tiny, main: Main, data: Path, tmp_path: Path) -> None:
    found = facts(main)
    assert found["folder"] == str(data)
    assert [each["name"] for each in found["data_sets"]] == [each.name for each in DATA_SETS]
    keys = {"name", "title", "about", "kind", "source", "licence", "size", "here", "path"}
    for each in found["data_sets"]:
        assert set(each) == keys | {"problem"}
        assert each["here"] == (each["path"] is not None) == (each["size"] == 0)
    place = tiny.put(data / "mnist")
    mnist, *_ = facts(main)["data_sets"]
    assert (mnist["here"], mnist["path"], mnist["problem"]) == (True, str(place), None)
    assert main.output("data", "path", "mnist") == f"{place}\n"
    (place / TRAIN).write_bytes(b"short")
    mnist, *_ = facts(main)["data_sets"]
    assert (mnist["here"], mnist["path"]) == (False, None)
    assert f"{place / TRAIN}: expected" in mnist["problem"]
    assert "found 5" in mnist["problem"]
    elsewhere = tiny.put(tmp_path / "elsewhere" / "MNIST" / "raw")
    words = ("mnist", "--data-dir", str(tmp_path / "elsewhere"))
    (mnist,) = facts(main, *words)["data_sets"]
    assert mnist["path"] == str(elsewhere)
    (elsewhere / TRAIN).write_bytes(b"short")
    assert f"DAMAGED: {elsewhere / TRAIN}: expected" in main.output("data", "list", *words)


@pytest.mark.usefixtures("tiny")
def test_the_path_of_the_folder_and_of_a_data_set_and_what_is_refused(
    main: Main, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main.check_refused(REFUSED, "data")
    missing = f"DLTUI_DATA_DIR names {data}, which does not exist"
    assert main("data", "path") == (f"{data}\n", f"dltui: {missing}\n")
    output, errors = main("data", "path", "mnist", code=1)
    assert output == ""
    assert errors.startswith(f"dltui: mnist: {missing}; not here; get it (")
    assert errors.endswith("): dltui data fetch mnist\n")
    monkeypatch.setenv("DLTUI_DATA_DIR", __file__)
    assert f"names {__file__}, which is not a folder" in main.output("data", "list")
    assert not data.exists()


def test_fetches_into_a_pipe_in_plain_lines(mirror: Mirror, main: Main, data: Path) -> None:
    output = main.output("data", "fetch", "mnist")
    lines = output.splitlines()
    assert lines[0].startswith("fetching MNIST, ")
    assert lines[-1] == f"MNIST: here now, in {data / 'MNIST' / 'raw'}"
    assert "\r" not in output
    assert "\x1b" not in output
    assert 3 <= len(lines) <= 12
    assert facts(main)["data_sets"][0]["here"]
    again = main.output("data", "fetch", "mnist")
    assert again == f"MNIST: here already, in {data / 'MNIST' / 'raw'}\n"
    assert len(mirror.asked) == 4


def test_what_breaks_a_fetch_off_leaves_nothing(
    mirror: Mirror, main: Main, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised: list[BaseException] = []

    def show(_: FetchLines, progress: FetchProgress) -> None:
        if progress.got > 100_000:
            raise raised[-1]

    monkeypatch.setattr(FetchLines, "show", show)
    monkeypatch.setattr(cli, "_drop_output", lambda: None)  # it would discard the output of pytest
    for error, code, message in (
        (KeyboardInterrupt(), 130, "dltui: cancelled: nothing was changed\n"),
        (BrokenPipeError(32, "nobody reads"), cli.CLOSED_PIPE, ""),
    ):
        raised.append(error)
        mirror.asked.clear()
        assert main("data", "fetch", "mnist", code=code)[1] == message
        assert len(mirror.asked) == 1
        assert not data.exists()
    mirror.files.clear()
    message = "dltui: MNIST could not be downloaded. 127.0.0.1: it answers 404 Not Found\n"
    assert main("data", "fetch", "mnist", code=1)[1] == message
    assert not data.exists()


def advised(text: str) -> list[str]:
    """Return the words of the command at the end of the text, as a shell parses it."""
    return shlex.split(text.rstrip().splitlines()[-1].partition(": dltui ")[2])


def test_what_is_advised_works_as_it_is_printed(
    mirror: Mirror, main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shell() -> None:
        """Restore the environment of the learner's shell before a command."""
        monkeypatch.setenv("DLTUI_DATA_DIR", str(tmp_path / "another"))

    shell()
    folder = tmp_path / "my data; it's here"
    # The folder does not exist: a fetch creates it.
    command = advised(main.refused("data", "list", "mnist", "--data-dir", str(folder)))
    shell()
    output, errors = main(*command)
    assert output.endswith(f"here now, in {folder / 'MNIST' / 'raw'}\n")
    assert errors == f"dltui: {folder} does not exist: creating it\n"
    (folder / "MNIST" / "raw" / TRAIN).write_bytes(b"short")
    for action, code in (("list", 0), ("path", 1)):
        page = "".join(main("data", action, "mnist", "--data-dir", str(folder), code=code))
        assert advised(page) == ["data", "fetch", "mnist", "--data-dir", str(folder)]
    shell()
    output, _ = main(*advised(page))
    assert output.endswith(f"here now, in {folder / 'MNIST' / 'raw'}\n")
    assert mirror.only(TRAIN) == [None, None]
    assert not (tmp_path / "another").exists()


def proxy(mirror: Mirror) -> dict[str, str]:
    """Return variables that redirect all downloads of the installed command to the mirror."""
    names = ("http_proxy", "https_proxy")
    return {**dict.fromkeys(names, mirror.address), "no_proxy": "", "NO_PROXY": ""}


@pytest.mark.slow
def test_a_foreign_file_is_not_taken_by_the_installed_command(folders: dict[str, str]) -> None:
    with serving() as mirror:
        mirror.files = {TRAIN: bytes(18_165_135)}
        code, _, errors = dltui("data", "fetch", "kmnist", env={**folders, **proxy(mirror)})
    assert code == 1
    assert errors.startswith(
        "dltui: KMNIST could not be downloaded. codh.rois.ac.jp: it sends another file"
    )
    assert errors.count("\n") == 1
    assert not Path(folders["DLTUI_DATA_DIR"]).exists()


@pytest.mark.slow
@pytest.mark.parametrize(("columns", "rows"), [(30, 10), (80, 22)])
def test_a_bar_on_a_terminal(terminal: Open, columns: int, rows: int, tmp_path: Path) -> None:
    with serving() as mirror:
        mirror.files, mirror.pause_after = {TRAIN: bytes(18_165_135)}, 9_000_000
        words = ("data", "fetch", "kmnist")
        opened = terminal(
            *words, columns=columns, rows=rows, **proxy(mirror), LANG="C.UTF-8", COLUMNS="200"
        )
        opened.until("fetching KMNIST, 21.2 MB; Ctrl-C cancels"[: columns - 1])
        opened.until(lambda text: "of 21.2 MB" in text and "MB/s" in text)
        if columns == 30:  # the text is cut, without room for a bar
            assert "━" not in opened.text
        else:
            opened.until(lambda text: "━" in text and "─" in text and TRAIN in text)
        assert sum(bool(line.strip()) for line in opened.text.splitlines()) == 1
        opened.process.send_signal(signal.SIGINT)
        assert opened.end() == 130
    assert "cancelled: nothing was changed" in " ".join(opened.text.split())
    assert "━" not in opened.text
    assert not (tmp_path / "data").exists()


@pytest.mark.slow
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
