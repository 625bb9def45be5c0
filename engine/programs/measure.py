"""The process that measures one program and says so in JSON lines; knows no screen.

`python -m engine.programs.measure PROGRAM DEVICE FOLDER`, with a pipe for its input. When the
pipe closes, whoever started it is gone: it ends at once, with every compiler that it started,
and takes the folder with it. It must therefore lead a process group of its own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from engine.child import end_with_parent, own_output
from engine.programs.catalog import find
from engine.programs.lines import DONE, to_line
from engine.programs.sights import Result


def main(name: str, device: str, folder: Path) -> None:
    """Measure, and write each result as soon as it is there."""
    end_with_parent(folder)
    answers = own_output()
    for result in _results(name, device, folder):
        os.write(answers, f"{to_line(result)}\n".encode())
    os.write(answers, f"{DONE}\n".encode())


def _results(name: str, device: str, folder: Path) -> Iterator[Result]:
    program = find(name)
    import torch  # a second or more

    from engine.programs import compiled, timing

    # The threads of one operation wait for the slowest of them: where others work too, a call
    # on two cores took 64 ms in place of 1.5, and the three ways could not be compared.
    torch.set_num_threads(1)
    yield from timing.quick(program, device)
    yield compiled.watch(program)
    yield from timing.slow(program, device, folder)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
