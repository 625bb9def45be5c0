"""The file of `dltui run --save`: the trained tensors, for `torch.load`."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from engine.plain_file import try_to_write, where_to_write, write_whole
from tui.commands.command import Refusal

if TYPE_CHECKING:
    from engine.trainer import ModelStates


class ModelFile:
    """A file that `torch.save` is going to write; it is checked before the training starts."""

    def __init__(self, name: str) -> None:
        """Check that the file can be written.

        Raises:
            Refusal: it cannot, or holds something else; the message says what to do.
        """
        if not name.strip():
            raise Refusal(f"--save needs the name of a file, and not {name!r}")
        self.name, self._path = name, Path(name)
        if reason := self._why_not():
            raise Refusal(f"--save {name!r} {reason}")

    def write(self, states: ModelStates) -> None:
        """Write the tensors of the only model, or a dict of them by the names of the models.

        Raises:
            OSError: the file cannot be written; its former content is untouched.
        """
        import torch

        models = {
            model: {name: tensor.detach().cpu().clone() for name, tensor in state.items()}
            for model, state in states.items()
        }
        whole = io.BytesIO()
        torch.save(models.get("", models), whole)  # to a file it would hide an OSError
        write_whole(self._path, whole.getvalue())

    def _why_not(self) -> str:
        """Return why the file cannot be written, and what to do; empty if it can."""
        try:
            real = where_to_write(self._path)
            if os.path.isdir(real):  # noqa: PTH112  # Path.is_dir raises without permission
                return "is a directory: name a file in it"
            if not os.path.isdir(real.parent):  # noqa: PTH112
                return f"cannot be written: there is no directory {str(real.parent)!r}: make it"
            if real.exists():
                if not real.is_file():
                    return "is no regular file: name another one"
                if not os.access(real, os.W_OK):
                    return "cannot be written: it is write-protected: name another file"
                if real.stat().st_size and not _is_model(real):
                    return "is no file of a model, and is kept: name another one"
            try_to_write(self._path)
        except OSError as error:
            return f"cannot be written: {error.strerror or error}: name another file"
        return ""


def _is_model(path: Path) -> bool:
    """Whether `torch.save` wrote this file: a ZIP archive that contains a pickle."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith("/data.pkl") for name in archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False
