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


def in_new_process(script: str) -> str:
    """Return what the script prints in a process where PyTorch is not imported yet."""
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE * 2
    )
    assert ended.stderr == ""
    return ended.stdout


LOADED_EARLY = ("load(library)", "False False False True True", "True False True True True")
LOADED_LATE = (
    "'torch' in sys.modules and load(library)",
    "False False False False False",
    "True False False True True",
)
"""How libraries are loaded before the import of PyTorch and, where that fails, during it."""


@linux
@pytest.mark.parametrize(
    ("loading", "before", "during"),
    [LOADED_EARLY, pytest.param(*LOADED_LATE, marks=pytest.mark.slow)],
    ids=["early", "late"],
)
def test_the_libraries_are_loaded_without_the_gil(loading: str, before: str, during: str) -> None:
    script = """
import sys, threading
from pathlib import Path
import tui.environment
from tui.environment import library_folder, load

assert (library_folder() / "libtorch_cpu.so").is_file()
def mapped():
    return "libtorch_cpu.so" in Path("/proc/self/maps").read_text()
def watched(library):
    thread, before = threading.current_thread().name, mapped()
    imported = "torch" in sys.modules, "torch._C" in sys.modules
    print(thread, *imported, before, {load}, mapped())
    return True
tui.environment.load = watched
found = threading.Event()
setting_up = tui.environment.EnvironmentLoader("cpu", lambda _: found.set(), print)
setting_up.start()
found.wait(100)
setting_up.close()
"""
    early, late = in_new_process(script.format(load=loading)).splitlines()
    assert early == f"loading {before}"
    assert late == f"setting up {during}"


@linux
def test_no_extension_module_is_imported_while_they_are_loaded() -> None:
    printed = in_new_process("""
import sys, threading
import tui.app, tui.environment

def extensions():
    files = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
    return {name for name, file in files.items() if (file or "").endswith(".so")}
class Watched(threading.Thread):
    def start(self):
        self.before = extensions()
        super().start()
    def join(self):
        print(sorted(extensions() - self.before), "torch" in sys.modules, "plotext" in sys.modules)
        super().join()
threading.Thread = Watched
tui.environment.load = lambda library: None
tui.environment._import_without_torch()
""")
    assert printed == "[] False True\n"


def test_where_pytorch_is_imported_already_there_is_nothing_to_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "torch", sys)
    assert library_folder() is None
