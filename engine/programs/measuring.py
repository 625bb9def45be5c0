"""The measurement of a program in a child process: the parent's side and the child's side.

`python -m engine.programs.measuring PROGRAM DEVICE FOLDER` measures. A compiler takes seconds and
cannot be interrupted, so the process leads its own process group, which is killed with it.
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
    """A measurement of one program on one device: eager and traced first, then compiled."""

    def __init__(self, program: str, device: str = "cpu", limit: float = LIMIT) -> None:
        super().__init__(limit)
        self.program, self.device = program, device
        self._folder: Path | None = None

    def make_child(self) -> ChildProcess:
        self._folder = folder = Path(tempfile.mkdtemp(prefix="dltui-compile-"))
        # All compiler output goes into the folder, and no cached result is used.
        environment = {
            "TMPDIR": str(folder),
            "TORCHINDUCTOR_CACHE_DIR": str(folder),
            "TRITON_CACHE_DIR": str(folder / "triton"),
            "CUDA_CACHE_PATH": str(folder / "cuda"),
            "TORCHINDUCTOR_COMPILE_THREADS": "1",
            # Precompiling PyTorch's headers would save time from the third compilation on, but
            # takes 150 MB and several seconds before the first.
            "TORCHINDUCTOR_CPP_CACHE_PRECOMPILE_HEADERS": "0",
        }
        return ChildProcess((*COMMAND, self.program, self.device, str(folder)), environment)

    def close(self) -> None:
        """End the process with its compilers, and delete their folder."""
        super().close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def fail(self, why: str) -> None:
        """End the process and add the reason as a result."""
        words = "A process of its own compiles and measures. Measure again, or choose the CPU."
        problem = ExplainedError("The measurement failed", why, words)
        self.results += (WayFailure(Way.COMPILED, problem),)
        super().fail(why)


def measure(name: str, device: str, folder: Path) -> Iterator[Measured]:
    """Yield each result as soon as it is available; compilers write into the folder."""
    program = find(name)
    import torch  # a second or more

    from engine.programs import timing, ways

    # The threads of one operation wait for the slowest of them: on a busy machine, a call on two
    # cores took 64 ms instead of 1.5, and the three ways could not be compared.
    torch.set_num_threads(1)
    yield from timing.quick(program, device)
    yield ways.watch(program)
    yield from timing.slow(program, device, folder)


if __name__ == "__main__":
    working_folder = Path(sys.argv[3])
    send(measure(sys.argv[1], sys.argv[2], working_folder), working_folder)
