"""`dltui data`: what it lists, what it fetches, where it says that things are."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.datasets import registry
from engine.datasets.download import FetchProgress
from engine.datasets.registry import DATA_SETS
from tests.mirror import Mirror, Tiny, serving_alone
from tui import cli
from tui.commands.data import FetchLines

Captured = pytest.CaptureFixture[str]

SHARED = Path(__file__).parents[3] / "shared" / "data"
TRAIN = "train-images-idx3-ubyte.gz"


@pytest.fixture
def data(folders: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the data sets: not made yet."""
    monkeypatch.setenv("DLTUI_DATA_DIR", folders["DLTUI_DATA_DIR"])
    return Path(folders["DLTUI_DATA_DIR"])


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """A small MNIST in the registry."""
    tiny = Tiny()
    monkeypatch.setattr(registry, "DATA_SETS", (tiny.data_set(), *DATA_SETS[1:]))
    monkeypatch.setattr("tui.commands.data.DATA_SETS", registry.DATA_SETS)
    return tiny


@pytest.fixture
def mirror(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """A server that has it, and the only one that is known in this process."""
    with serving_alone(tiny, monkeypatch) as mirror:
        yield mirror


def facts(capsys: Captured, *words: str) -> Any:
    assert cli.main(["data", "list", "--json", *words]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("words", [["data"], ["data", "list"]])
def test_the_list_names_each_with_its_licence_and_what_to_do(
    words: list[str], data: Path, capsys: Captured
) -> None:
    assert cli.main(words) == 0
    page = capsys.readouterr().out
    assert max(map(len, page.replace(str(data), "").splitlines())) <= 80
    assert str(data) in page.splitlines()[0]
    for data_set in DATA_SETS:
        (block,) = [b for b in page.split("\n\n") if b.startswith(f"{data_set.name}: ")]
        assert data_set.source in block
        assert data_set.licence in block
        here = "here, inside scikit-learn" if data_set.embedded else "not here"
        assert here in block
        command = f"): dltui data fetch {data_set.name}\n"
        assert (command in f"{block}\n") == bool(data_set.files)
    assert not data.exists()


def test_the_list_for_a_program(tiny: Tiny, data: Path, capsys: Captured) -> None:
    found = facts(capsys)
    assert found["folder"] == str(data)
    assert [each["name"] for each in found["data_sets"]] == [each.name for each in DATA_SETS]
    keys = {"name", "title", "about", "kind", "source", "licence", "size", "here", "path"}
    for each in found["data_sets"]:
        assert set(each) == keys | {"problem"}
        assert each["here"] == (each["path"] is not None) == (each["size"] == 0)
    place = tiny.put(data / "mnist")
    mnist, *_ = facts(capsys)["data_sets"]
    assert (mnist["here"], mnist["path"], mnist["problem"]) == (True, str(place), None)
    (place / TRAIN).write_bytes(b"short")
    mnist, *_ = facts(capsys)["data_sets"]
    assert (mnist["here"], mnist["path"]) == (False, None)
    assert f"{place / TRAIN}: expected" in mnist["problem"]
    assert "found 5" in mnist["problem"]


def test_one_of_the_list_and_another_folder(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv("DLTUI_DATA_DIR", "")  # and what it was is set again in the end
    place = tiny.put(tmp_path / "elsewhere" / "MNIST" / "raw")
    found = facts(capsys, "mnist", "--data-dir", str(tmp_path / "elsewhere"))
    (mnist,) = found["data_sets"]
    assert mnist["path"] == str(place)
    (place / TRAIN).write_bytes(b"short")
    assert cli.main(["data", "list", "mnist", "--data-dir", str(tmp_path / "elsewhere")]) == 0
    assert f"DAMAGED: {place / TRAIN}: expected" in capsys.readouterr().out


def test_the_path_of_the_folder_and_of_a_data_set(tiny: Tiny, data: Path, capsys: Captured) -> None:
    assert cli.main(["data", "path"]) == 0
    missing = f"DLTUI_DATA_DIR names {data}, which does not exist"
    assert capsys.readouterr() == (f"{data}\n", f"dltui: {missing}\n")
    assert cli.main(["data", "path", "mnist"]) == 1
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors.startswith(f"dltui: mnist: {missing}; not here; get it (")
    assert errors.endswith("): dltui data fetch mnist\n")
    place = tiny.put(data / "mnist")
    assert cli.main(["data", "path", "mnist"]) == 0
    assert capsys.readouterr().out == f"{place}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
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
    ],
)
def test_is_refused_in_one_line(words: list[str], said: str, data: Path, capsys: Captured) -> None:
    assert cli.main(["data", *words]) == 2
    output, errors = capsys.readouterr()
    assert (output, errors.count("\n")) == ("", 1)
    assert said in errors
    assert not data.exists()


def test_a_list_imports_nothing_heavy() -> None:
    script = (
        "import sys; from tui.cli import main; main(['data']); "
        "print('heavy:', sorted({'torch', 'sklearn', 'textual', 'numpy'} & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "heavy: []"


def test_fetches_into_a_pipe_in_plain_lines(mirror: Mirror, data: Path, capsys: Captured) -> None:
    assert cli.main(["data", "fetch", "mnist"]) == 0
    output, errors = capsys.readouterr()
    assert errors == ""
    lines = output.splitlines()
    assert lines[0].startswith("fetching MNIST, ")
    assert lines[-1] == f"MNIST: here now, in {data / 'MNIST' / 'raw'}"
    assert "\r" not in output
    assert "\x1b" not in output
    assert 3 <= len(lines) <= 12
    assert facts(capsys)["data_sets"][0]["here"]
    assert cli.main(["data", "fetch", "mnist"]) == 0
    assert capsys.readouterr().out == f"MNIST: here already, in {data / 'MNIST' / 'raw'}\n"
    assert len(mirror.asked) == 4


def test_what_is_embedded_needs_no_fetch(data: Path, capsys: Captured) -> None:
    assert cli.main(["data", "fetch", "digits"]) == 0
    assert "here already, inside scikit-learn" in capsys.readouterr().out
    assert not data.exists()


def test_what_does_not_come_is_told_in_one_line(
    mirror: Mirror, data: Path, capsys: Captured
) -> None:
    mirror.files.clear()
    assert cli.main(["data", "fetch", "mnist"]) == 1
    errors = capsys.readouterr().err
    assert errors == "dltui: MNIST did not come. 127.0.0.1: it answers 404 Not Found\n"
    assert not data.exists()


def test_ctrl_c_leaves_nothing(
    mirror: Mirror, data: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tell(_: FetchLines, progress: FetchProgress) -> None:
        if progress.got > 100_000:
            raise KeyboardInterrupt

    monkeypatch.setattr(FetchLines, "tell", tell)
    assert cli.main(["data", "fetch", "mnist"]) == 130
    assert capsys.readouterr().err == "dltui: cancelled: nothing was changed\n"
    assert len(mirror.asked) == 1
    assert not data.exists()


def test_a_reader_that_goes_ends_it_without_a_word(
    mirror: Mirror, data: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tell(_: FetchLines, progress: FetchProgress) -> None:
        raise BrokenPipeError(32, f"nobody reads of {progress}")

    monkeypatch.setattr(FetchLines, "tell", tell)
    monkeypatch.setattr(cli, "_drop_output", lambda: None)  # it would drop that of the tests
    assert cli.main(["data", "fetch", "mnist"]) == cli.CLOSED_PIPE
    assert capsys.readouterr().err == ""
    assert len(mirror.asked) == 1
    assert not data.exists()


def advised(text: str) -> list[str]:
    """The words of the command that the text ends with, as a shell takes them."""
    return shlex.split(text.rstrip().splitlines()[-1].partition(": dltui ")[2])


def test_what_is_advised_works_as_it_is_printed(
    mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv("DLTUI_DATA_DIR", str(tmp_path / "another"))
    folder = tmp_path / "my data; it's here"
    assert cli.main(["data", "list", "mnist", "--data-dir", str(folder)]) == 2
    command = advised(capsys.readouterr().err)  # the folder is not there: a fetch makes it
    monkeypatch.setenv("DLTUI_DATA_DIR", str(tmp_path / "another"))  # as in the learner's shell
    assert cli.main(command) == 0
    output, errors = capsys.readouterr()
    assert output.endswith(f"here now, in {folder / 'MNIST' / 'raw'}\n")
    assert errors == f"dltui: {folder} does not exist: it is made\n"
    damaged = folder / "MNIST" / "raw" / TRAIN
    damaged.write_bytes(b"short")
    for words in (["list", "mnist"], ["path", "mnist"]):
        assert cli.main(["data", *words, "--data-dir", str(folder)]) in (0, 1)
        page = "".join(capsys.readouterr())
        assert advised(page) == ["data", "fetch", "mnist", "--data-dir", str(folder)]
    monkeypatch.setenv("DLTUI_DATA_DIR", str(tmp_path / "another"))
    assert cli.main(advised(page)) == 0
    assert capsys.readouterr().out.endswith(f"here now, in {folder / 'MNIST' / 'raw'}\n")
    assert mirror.only(TRAIN) == [None, None]
    assert not (tmp_path / "another").exists()


def test_a_folder_that_the_environment_names_and_that_is_none_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setenv("DLTUI_DATA_DIR", str(tmp_path / "none"))
    assert cli.main(["data", "list"]) == 0
    assert f"names {tmp_path / 'none'}, which does not exist" in capsys.readouterr().out
    monkeypatch.setenv("DLTUI_DATA_DIR", __file__)
    assert cli.main(["data", "list"]) == 0
    assert f"names {__file__}, which is not a folder" in capsys.readouterr().out
