"""What the most common error messages of Python and PyTorch mean, and what to check."""

from __future__ import annotations

import re

MEANINGS: tuple[tuple[str, str], ...] = (
    (
        r"mat1 and mat2 shapes cannot be multiplied",
        "The inner sizes of a matrix product differ: print both shapes; the last size of the "
        "input must be in_features of the layer.",
    ),
)
"""Regular expressions for `Type: message`, and what to add to the message."""


def meaning(message: str) -> str:
    """Return what an error message means and what to check; empty if it is not a common one."""
    return next((text for pattern, text in MEANINGS if re.search(pattern, message)), "")
