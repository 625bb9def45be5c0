"""Reading and loading PyTorch's libraries without blocking other threads."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.tui.conftest import PATIENCE
from tui.environment import CHUNK, ReadingAhead, library_folder, load, read

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="loads nothing elsewhere")


def test_a_file_is_read_to_its_end_or_until_it_is_enough(tmp_path: Path) -> None:
    file = tmp_path / "library.so"
    file.write_bytes(bytes(3 * CHUNK + 5))
    assert read(file, stop=lambda: False) == 3 * CHUNK + 5
    answers = iter([False, False, True])
    assert read(file, stop=lambda: next(answers)) == 2 * CHUNK
    assert read(tmp_path / "missing.so", stop=lambda: False) == 0


@pytest.mark.parametrize("started", [True, False])
def test_closing_ends_the_thread_and_nothing_starts_after_it(started: bool) -> None:
    reading = ReadingAhead()
    if started:
        reading.start()
        reading.start()  # a second start does nothing
    reading.close()
    reading.start()
    reading.close()
    assert "reading ahead" not in [thread.name for thread in threading.enumerate()]


@linux
def test_what_is_no_library_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "text.so").write_text("no library")
    assert not load(tmp_path / "text.so")
    assert not load(tmp_path / "missing.so")


@linux
def test_the_libraries_are_loaded_when_pytorch_has_prepared_for_it_and_not_before() -> None:
    """In a new process, where PyTorch is not imported yet."""
    script = """
import sys, threading
from pathlib import Path
import tui.environment
from tui.environment import library_folder, load

folder = library_folder()
assert "torch" not in sys.modules and (folder / "libtorch_cpu.so").is_file()
def mapped():
    return "libtorch_cpu.so" in Path("/proc/self/maps").read_text()
def watched(library):
    before = "torch" in sys.modules, "torch._C" in sys.modules, mapped()
    print(*before, load(library), mapped())
    return True
tui.environment.load = watched
found = threading.Event()
setting_up = tui.environment.EnvironmentLoader("cpu", lambda _: found.set(), print)
setting_up.start()
found.wait(100)
setting_up.close()
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE * 2
    )
    assert ended.stderr == ""
    assert ended.stdout == "True False False True True\n"


def test_where_pytorch_is_imported_already_there_is_nothing_to_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "torch", sys)
    assert library_folder() is None
