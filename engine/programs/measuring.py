"""The measurement of a program in a process of its own: both ends of it; no torch before it runs.

`python -m engine.programs.measuring PROGRAM DEVICE FOLDER` measures. A compiler takes seconds and
cannot be asked to stop, so the process leads a group of its own, which ends with it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from engine.child import LIMIT, ChildProcess, Measurement, python, send
from engine.programs import find
from engine.programs.results import ExplainedError, Measured, Way, WayFailure

COMMAND = python("engine.programs.measuring")


class ProgramMeasurement(Measurement[Measured]):
    """Measures one program on one device: eager and traced first, then compiled."""

    def __init__(self, program: str, device: str = "cpu", limit: float = LIMIT) -> None:
        super().__init__(limit)
        self.program, self.device = program, device
        self._folder: Path | None = None

    def make_child(self) -> ChildProcess:
        self._folder = folder = Path(tempfile.mkdtemp(prefix="dltui-compile-"))
        # Everything that compilers write goes into the folder, and nothing is found ready-made.
        environment = {
            "TMPDIR": str(folder),
            "TORCHINDUCTOR_CACHE_DIR": str(folder),
            "TRITON_CACHE_DIR": str(folder / "triton"),
            "CUDA_CACHE_PATH": str(folder / "cuda"),
            "TORCHINDUCTOR_COMPILE_THREADS": "1",
            # Precompiling PyTorch's headers would save time from the third compilation on, and
            # take 150 MB and several seconds before the first.
            "TORCHINDUCTOR_CPP_CACHE_PRECOMPILE_HEADERS": "0",
        }
        return ChildProcess((*COMMAND, self.program, self.device, str(folder)), environment)

    def close(self) -> None:
        """End it, with its compilers and their folder."""
        super().close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def fail(self, why: str) -> None:
        """End it, for this reason, which is a result like others."""
        words = "A process of its own compiles and measures. Measure again, or choose the CPU."
        problem = ExplainedError("The measurement failed", why, words)
        self.results += (WayFailure(Way.COMPILED, problem),)
        super().fail(why)


def measure(name: str, device: str, folder: Path) -> Iterator[Measured]:
    """Each result as soon as it is there; compilers write into the folder."""
    program = find(name)
    import torch  # a second or more

    from engine.programs import timing, ways

    # The threads of one operation wait for the slowest of them: where others work too, a call
    # on two cores took 64 ms in place of 1.5, and the three ways could not be compared.
    torch.set_num_threads(1)
    yield from timing.quick(program, device)
    yield ways.watch(program)
    yield from timing.slow(program, device, folder)


if __name__ == "__main__":
    working_folder = Path(sys.argv[3])
    send(measure(sys.argv[1], sys.argv[2], working_folder), working_folder)
