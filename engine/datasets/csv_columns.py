"""What the columns of a learner's CSV file are called, and which is the label; reads no file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from engine.config import nearest
from engine.datasets.cells import mended, missing, shown
from engine.datasets.csv_file import Refused, Row

Header: TypeAlias = Literal["auto", "yes", "no"]

MOST_COLUMNS = 1000


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns are called, and which of them is the label."""

    names: tuple[str, ...]
    label: int
    named: bool
    """Whether the first line holds these names."""

    def features(self) -> tuple[str, ...]:
        return self.names[: self.label] + self.names[self.label + 1 :]


def columns_of(file: str, first: Row, header: Header, label: str | None) -> Columns:
    """The columns of a file with such a first line; None as `label` stands for the last.

    Raises:
        Refused: they make no table, or none of them has the name of the label.
    """
    where = f"{file}, line {first.line}"
    if len(first.cells) < 2:
        raise Refused(
            f"{where}: there is one column only, and a table needs features and a label; "
            "are its values separated by comma, semicolon or tab?"
        )
    if len(first.cells) > MOST_COLUMNS:
        raise Refused(f"{where}: {len(first.cells):,} columns, and {MOST_COLUMNS:,} are allowed")
    cells = [cell.strip() for cell in first.cells]
    named = _holds_names(cells, label) if header == "auto" else header == "yes"
    blank = [f"column {place}" for place in range(1, len(cells) + 1)]
    texts = [cell or name for cell, name in zip(cells, blank, strict=True)] if named else blank
    return Columns(tuple(map(shown, texts)), _label(texts, label, None if named else first), named)


def _holds_names(cells: list[str], label: str | None) -> bool:
    """Whether the first line is a header: the label's name or words, and no number among them.

    A label whose name is a number says nothing: it may be a value in that line.
    """
    if label in cells and not mended(label):
        return True
    words = [cell for cell in cells if not missing(cell)]
    return bool(words) and not any(map(mended, cells))  # 1,5 is a number too, if a wrong one


def _label(texts: list[str], label: str | None, data: Row | None) -> int:
    """Which column is the label; `data` is the first line where that holds no names."""
    if label is None:
        return len(texts) - 1
    label = label.strip()
    if (count := texts.count(label)) == 1:
        return texts.index(label)
    if count:
        raise Refused(f"{count} columns are called '{shown(label)}': which of them is the label?")
    if data is not None:
        raise Refused(_no_names(texts, label, data))
    known = nearest(shown(label), map(shown, texts[:30]))
    raise Refused(f"no column is called '{shown(label)}'; {known}")


def _no_names(texts: list[str], label: str, data: Row) -> str:
    said = (
        f"no column is called '{shown(label)}', and the file has no header: "
        f"its columns are called '{texts[0]}' to '{texts[-1]}'"
    )
    if label not in (cell.strip() for cell in data.cells):
        return said
    return f"{said}; if line {data.line} holds their names, set header to yes"
