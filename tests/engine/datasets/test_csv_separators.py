"""Which separator is found in files of many shapes, and that a named one is taken instead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.datasets.csv_file import Refused, Row, Separator, sheet


def read(tmp_path: Path, text: str, separator: Separator = "auto") -> Iterator[Row]:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    return sheet(path, separator).rows()


LONG = "\n".join(f'{i},"of; two, or\nthree lines; {i}",{i % 2}' for i in range(40))

SHAPES: dict[str, tuple[str, list[str]]] = {
    "decimal commas": ("0,5;1\n1,5;0\n2,5;1\n", ["0,5", "1"]),
    "decimal commas in every column": ("0,5;1,25;3,5\n1,5;1,5;2,5\n", ["0,5", "1,25", "3,5"]),
    "decimal commas under names": ("x;y;l\n0,5;1,25;a\n1,5;1,5;b\n", ["x", "y", "l"]),
    "decimal commas between tabs": ("0,5\t1,25\n1,5\t2,5\n", ["0,5", "1,25"]),
    "one line is cut short": ("x;y\n0,5;1,5\n2,5;3,5\n4,5\n", ["x", "y"]),
    "a title above": ("May, at home\nx;y;l\n1;2;3\n4;5;6\n", ["May, at home"]),
    "a comment above": ("# x; y\na,b\n1,2\n3,4\n5,6\n", ["# x; y"]),
    "semicolons in quotes": ('1,"a; b",0\n2,"c; d",1\n', ["1", "a; b", "0"]),
    "semicolons in the last quotes": ('0,"a; b"\n1,"c; d"\n', ["0", "a; b"]),
    "commas in quotes": ('"a, b";1\n"c, d";2\n', ["a, b", "1"]),
    "both in quotes": ('"a, b; c"\t1\n"d, e; f"\t2\n', ["a, b; c", "1"]),
    "quotes in quotes": ('1,"a ""b; c"" d"\n2,"e; f"\n', ["1", 'a "b; c" d']),
    "spaces before quotes": ('1, 2, "a, c"\n3, 4, "b; d"\n', ["1", "2", "a, c"]),
    "an inch mark": ('5" pipe;1\n6" pipe;2\n', ['5" pipe', "1"]),
    "a line end in quotes": ('"a\nb; c",1\n"d\ne; f",2\n', ["a\nb; c", "1"]),
    "quotes beyond the first lines": (LONG, ["0", "of; two, or\nthree lines; 0", "0"]),
    "commas in a text": ("id\ttext\n1\ta, b, c\n2\td, e, f\n", ["id", "text"]),
    "a semicolon in one text": ("id,text\n1,a; b\n2,c\n", ["id", "text"]),
    "tabs for the eye": ("x,\ty,\tl\n1,\t2,\t0\n3,\t4,\t1\n", ["x", "\ty", "\tl"]),
    "commas at the end": ("a,b,\n1,2,\n3,4,\n", ["a", "b", ""]),
    "semicolons at the end": ("0,5;1,5;\n2,5;3,5;\n", ["0,5", "1,5", ""]),
    "gaps": ("a;b;c\n;;1\n1,5;;\n", ["a", "b", "c"]),
    "blank lines": ("\n\n0,5;1\n\n1,5;0\n", ["0,5", "1"]),
    "one column": ("a\n1\n2\n", ["a"]),
    "one column of decimals": ("a\n1.5\n2.5\n", ["a"]),
    "one line": ("1;2;3", ["1", "2", "3"]),
}


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_separator_is_found(tmp_path: Path, shape: str, ending: str) -> None:
    text, first = SHAPES[shape]
    found = next(read(tmp_path, text.replace("\n", ending))).cells
    assert found == [cell.replace("\n", ending) for cell in first]


def test_a_named_one_is_taken(tmp_path: Path) -> None:
    first, second = read(tmp_path, "0,5;1\n1,5;0\n", "comma")
    assert (first.cells, second.cells) == (["0", "5;1"], ["1", "5;0"])


def test_a_cell_that_is_too_long_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"line 2: field larger than field limit"):
        list(read(tmp_path, f'a;b\n1;"{"x" * 200_000}"\n'))
