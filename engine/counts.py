"""Counts with their noun: `1 row`, `2 rows`."""

from __future__ import annotations


def counted(count: int, one: str, many: str = "") -> str:
    """The count with its noun in the singular or plural; `many` defaults to `one` with an s."""
    return f"1 {one}" if count == 1 else f"{count:,} {many or one + 's'}"
