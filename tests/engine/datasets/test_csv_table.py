"""CSV tables of all kinds: separators, columns, labels and values."""

from __future__ import annotations

import csv
import os
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.datasets.cells import shown
from engine.datasets.csv_file import LARGEST, CsvError, CsvRow, Separator, read_text
from engine.datasets.csv_table import read_table
from tests.engine.datasets.conftest import SHARED, Write, refused, same

PLAIN = "a,b,y\n1,2,0\n2,3,1\n3,4,1\n4,5,0\n"
X, Y = [[1, 2], [2, 3], [3, 4], [4, 5]], [0, 1, 1, 0]
PIMA = SHARED / "data/pima/pima-indians-diabetes.csv"


def test_a_plain_table_in_every_dialect(write: Write) -> None:
    table = read_table(write(PLAIN))
    assert (table.names, table.label, table.classes) == (("a", "b"), "y", ("0", "1"))
    assert table.report == ()
    for mark in ",;\t|":
        for ending in ("\n", "\r\n", "\r"):
            for start in ("", "\ufeff"):
                for lines in (PLAIN.splitlines(), PLAIN.splitlines()[1:]):
                    table = read_table(write(start + ending.join(lines).replace(",", mark)))
                    same(table, X, Y)
                    assert table.label == ("y" if len(lines) == 5 else "column 3")


SAME = (
    " 1   2  0\n 2   3  1\n 3   4  1\n 4   5  0\n",
    "1 \t 2\t\t0 \n2\t3\t1\n3\t4\t1\n4\t5\t0\n",
    "a   b \t y\n1   2 \t 0\n2   3 \t 1\n3   4 \t 1\n4   5 \t 0\n",
    'a "b" y\n1 2 "0"\n2 3 "1"\n3 4 "1"\n4 5 "0"\n',
    "# a b y\n1 2 0\n2 3 1\n3 4 1\n4 5 0\n",
    "sep=;\na;b;y\n1;2;0\n2;3;1\n3;4;1\n4;5;0\n",
    '\ufeff"sep=^"\r\n1^2^0\r\n2^3^1\r\n3^4^1\r\n4^5^0\r\n',
    "SEP=\t\n1\t2\t0\n2\t3\t1\n3\t4\t1\n4\t5\t0\n",
    f"\ufeff\ufeff{PLAIN}",
    "\ufeff1,2,0\n2,3,1\n\ufeff3,4,1\n4,5,0\n",
    "a,b,,\n1,2,,0\n2,3,,1\n3,4,,1\n4,5,,0\n".replace(",,", ","),
)
NOTED = {  # text that is not part of the table, and the note about it
    "a,b,y,,\n1,2,0\n2,3,1\n3,4,1\n4,5,0\n": "2 empty columns without a name left out",
    "a,b,y\n1,2,0,\n2,3,1,\n3,4,1,\n4,5,0,\n": "1 empty column without a name left out",
    "a,b,y\n1,2,0\n2,3,1,,\n3,4,1,\n4,5,0\n": "2 empty columns without a name left out",
    "a,b,y,\n1,2,0,\n2,3,1,\n3,4,1,\n4,5,0,\n": "1 empty column without a name left out",
    "a,,b,y\n1,,2,0\n2,,3,1\n3,,4,1\n4,,5,0\n": "1 empty column without a name left out",
    ",a,b,y\n,1,2,0\n,2,3,1\n,3,4,1\n,4,5,0\n": "1 empty column without a name left out",
    "1,2,0,\n2,3,1,\n3,4,1,\n4,5,0,\n": "1 empty column without a name left out",
    "a,b,y\n1,2,0\n,,\n2,3,1\n3,4,1\n4,5,0\n,,\n": "2 lines of separators only left out",
    "# of May\n# by hand\na,b,y\n1,2,0\n2,3,1\n3,4,1\n4,5,0\n": "2 comment lines left out",
    "a,b,y\n1,2,0\n# later\n2,3,1\n3,4,1\n4,5,0\n": "1 comment line left out",
    f"Results of May\n\n{PLAIN}": "line 1 left out: it seems to be a title",
    f"Results,,\n{PLAIN}": "line 1 left out: it seems to be a title",
    f"Table 1: results\nSource: the lab\n\n{PLAIN}": (
        "lines 1 to 2 left out: they seem to be titles"
    ),
    f"Table 1: results,,\nof 2024,,\n,,\n{PLAIN}": (
        "lines 1 to 3 left out: they seem to be titles"
    ),
    f"\nTable 1\n# by hand\nSource,2024\n{PLAIN[6:]}": (
        "lines 2 to 4 left out: they seem to be titles"
    ),
    "a,b,y\n1,2,0\n2,3,1\na,b,y\n3,4,1\n4,5,0\n\ufeffa,b,y\n": (
        "2 repetitions of the header left out"
    ),
    PLAIN.replace("\n", "\u2028"): "its lines end in U+2028, which few programs understand",
    PLAIN.replace("\n", "\x85"): "its lines end in U+0085, which few programs understand",
    f"{PLAIN}5,6,\n6,7,?\n": "2 rows without a label (y) left out",
}


def test_the_same_table_written_otherwise(write: Write) -> None:
    for text, missing in product((*SAME, *NOTED), ("drop", "fill")):
        table = read_table(write(text), missing=missing)  # type: ignore[arg-type]
        same(table, X, Y)
        assert table.report == ((NOTED[text],) if text in NOTED else ()), text


def test_a_short_header_is_no_title(write: Write) -> None:
    rows = "".join(f"{i},{i},{i},w{i % 2}\n" for i in range(8))
    for header, names in (
        ("a,b,,\n", ("a", "b", "column 3")),
        ("a,,,\n", ("a", "column 2", "column 3")),
        ("# a,b,c,y\n", ("a", "b", "c")),
    ):
        assert read_table(write(header + rows)).names == names
    # As R writes it; the first row has a missing value, and the names of the rows are ignored.
    for first in ("r0,NA,2,w0\n", "r0,NA,?,w0\n"):
        path = write("a,b,y\n" + first + "".join(f"r{i},{i},{i},w{i % 2}\n" for i in range(8)))
        assert read_table(path, ignore="column 1").names == ("a", "b")


def test_true_and_false_are_one_and_zero(write: Write) -> None:
    for false, true in (("FALSE", "TRUE"), ("False", "True"), ("false", "true"), ("F", "T")):
        words = (false, true, "", true)
        rows = "".join(f"{i},{words[i % 4]},{words[1 - i % 2]}\n" for i in range(24))
        table = read_table(write("a,on,y\n" + rows), missing="fill")
        same(table, [[i, (0, 1, np.nan, 1)[i % 4]] for i in range(24)], [1, 0] * 12)
        assert table.classes == (false, true)
        assert table.report[0] == f"on: {false} is 0, {true} is 1"
    table = read_table(write("TRUE,FALSE,a\nFALSE,FALSE,b\n" * 8))  # these are no names
    assert (len(table), table.classes) == (16, ("a", "b"))
    ragged = "".join(f"{i},TRUE,{i % 2},,\n{i},FALSE,{i % 2}\n" for i in range(8))
    assert read_table(write("a,b,y,\n" + ragged)).report[0] == "b: FALSE is 0, TRUE is 1"


def test_class_names_that_are_shortened_alike_are_numbered(write: Write) -> None:
    long = "a name that is longer than forty letters, "
    rows = "".join(f'{i % 4},"{long}{"xyz"[i % 3]}"\n' for i in range(24))
    names = read_table(write(f"a,l\n{rows}")).classes
    assert names == tuple(f"a name that is longer than forty … #{i}" for i in (1, 2, 3))


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
    "tabs that align": ("x,\ty,\tl\n1,\t2,\t0\n3,\t4,\t1\n", ["x", "\ty", "\tl"]),
    "commas at the end": ("a,b,\n1,2,\n3,4,\n", ["a", "b", ""]),
    "semicolons at the end": ("0,5;1,5;\n2,5;3,5;\n", ["0,5", "1,5", ""]),
    "gaps": ("a;b;c\n;;1\n1,5;;\n", ["a", "b", "c"]),
    "blank lines": ("\n\n0,5;1\n\n1,5;0\n", ["0,5", "1"]),
    "one column": ("a\n1\n2\n", ["a"]),
    "one column of decimals": ("a\n1.5\n2.5\n", ["a"]),
    "one line": ("1;2;3", ["1", "2", "3"]),
}


def test_the_separator_is_found(tmp_path: Path) -> None:
    for (shape, (text, first)), ending in product(SHAPES.items(), ("\n", "\r\n", "\r")):
        found = cut(tmp_path, text.replace("\n", ending))[0].cells
        assert found == [cell.replace("\n", ending) for cell in first], shape


def cut(tmp_path: Path, text: str, separator: Separator = "auto") -> list[CsvRow]:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    return read_text(path, separator).rows()


def test_a_named_separator_is_taken(tmp_path: Path, write: Write) -> None:
    first, second = cut(tmp_path, "0,5;1\n1,5;0\n", "comma")
    assert (first.cells, second.cells) == (["0", "5;1"], ["1", "5;0"])
    table = read_table(write("sep=;\na,y\n1,0\n2,1\n3,1\n4,0\n"), separator="comma")
    assert table.names == ("a",)  # takes precedence over a line that declares another separator
    for quoted, words in (
        (f'"{"x" * 200_000}"', "line 2: a cell of more than 131,072 letters is too long"),
        ('"x\n' + "1;2\n" * 50_000, "line 2: .* look for a quote that is never closed"),
    ):
        with pytest.raises(CsvError, match=words):
            cut(tmp_path, f"a;b\n1;{quoted}\n")


def test_words_between_runs_of_spaces_or_tabs(write: Write) -> None:
    rows = "\n".join(f'{i}.5   {i}0.0      10{i % 2}.  {i % 2}\t"car {i}"' for i in range(24))
    path = write(rows)
    refused(path, "column 'column 5': every row has another label", "--ignore 'column 5'")
    table = read_table(path, ignore="column 5")
    assert (table.x.shape, table.label, table.ignored) == ((24, 3), "column 4", ("column 5",))
    table = read_table(write("a\tcity\n" + "1\tNew no\n2\tNew yes\n" * 12))
    assert table.classes == ("New no", "New yes")  # here spaces do not separate


def test_quotes_hold_separators_and_line_ends(write: Write) -> None:
    table = read_table(write('"a, or\nb",y\n" 1 ","x, 1"\n2,z\n"3","x, 1"\n4,z\n'))
    same(table, [[1], [2], [3], [4]], [0, 1, 0, 1])
    assert (table.names, table.classes) == ((r"a, or\nb",), ("x, 1", "z"))
    assert read_table(write('a;b;"x, y, z"\n1;2;p\n2;3;q\n3;4;q\n4;5;p\n')).names == ("a", "b")


def test_a_gap_is_dropped_or_kept_to_be_filled(write: Write) -> None:
    for gap in ("", "?", " NA ", "nan", "NaN", "null", "-", "N/A"):
        path = write(f"a,b,y\n1,2,0\n2,{gap},1\n3,4,1\n4,5,0\n5,6,1\n")
        dropped = read_table(path)
        same(dropped, [[1, 2], [3, 4], [4, 5], [5, 6]], [0, 1, 0, 1])
        assert dropped.report == ("1 row with a missing value left out: b 1",)
        filled = read_table(path, missing="fill")
        same(filled, [[1, 2], [2, np.nan], [3, 4], [4, 5], [5, 6]], [0, 1, 1, 0, 1])
        assert filled.report == ("the median of the column stands for missing values: b 1",)


def test_decimal_commas_are_read_as_points(write: Write) -> None:
    path = write("a;b;y\n1,5;1.000,25;-3,\n2;2.000.000;,5\n3;1 000,5;1,0\n4;5;7,25\n")
    table = read_table(path, decimal="comma")
    same(table, [[1.5, 1000.25], [2, 2e6], [3, 1000.5], [4, 5]], [-3, 0.5, 1, 7.25])


def test_columns_are_ignored_by_name_or_place(write: Write) -> None:
    lines = ["p1,1,2021-01-01,2,0", "p2,2,2021-01-02,3,1", "p3,3,?,4,1", "p4,4,,5,0"]
    path = write("\n".join(["id,a,the date,b,y", *lines]))
    for typed in ("id,the date", " ID , the_date ", "column 1, column 3", 'id,"the date"'):
        table = read_table(path, ignore=typed)
        same(table, X, Y)
        assert table.ignored == ("id", "the date")
    # Row names without a column name and without a header cell, as written by R.
    quoted = '"","a","b","y"\n"r 1",1,2,0\n"r 2",2,3,1\n"r 3",3,4,1\n"r 4",4,5,0\n'
    for text in (quoted, quoted.replace('"",', "", 1)):
        path = write(text)
        refused(path, "names of the rows", "--ignore 'column 1'")
        for typed in ("column 1", "row names", "rownames", "index", "Unnamed: 0"):
            table = read_table(path, ignore=typed)
            same(table, X, Y)
            assert table.names == ("a", "b")


def test_two_columns_of_one_name(write: Write) -> None:
    path = write("x,a,a,y\n" + "\n".join(f"{i},p{i},{i},{i % 2}" for i in range(24)))
    refused(path, "--ignore 'column 2'")
    assert read_table(path, ignore="column 2").names == ("x", "a")
    assert read_table(path, ignore="a").names == ("x",)
    refused(path, "2 columns are called 'a'", "--label 'column 2'", label="a")


def test_the_label_by_its_name_or_place(write: Write) -> None:
    table = read_table(write(PLAIN.replace("4,5,0", "9,5,0")), label="b")
    same(table, [[1, 0], [2, 1], [3, 1], [9, 0]], [2, 3, 4, 5])
    assert (table.names, table.classes) == (("a", "y"), ())
    unnamed = read_table(write("7,1\n7,2\n8,3\n8,4\n"), label="column 1")
    same(unnamed, [[1], [2], [3], [4]], [0, 0, 1, 1])
    years = read_table(write("2019,2020\n1,0\n2,1\n3,1\n4,0\n"), header="yes", label="2019")
    assert (years.label, years.names) == ("2019", ("2020",))
    assert read_table(write(PLAIN), ignore="y").label == "b"
    hashed = read_table(write("a,b\n#x,1\n#y,2\n#x,3\n#y,4\n"), label="a")
    assert (hashed.classes, hashed.report) == (("#x", "#y"), ())  # rows, not comments
    assert len(read_table(write("1,2,0\n2,3,1\n3,4,1\n4,5,0\n5,6,1\n"), header="yes")) == 4


LABELS: tuple[tuple[str, dict[str, Any], tuple[str, ...], list[float] | None], ...] = (
    # Targets to predict as numbers: with fractions, more than ten values, or all different.
    ("\n".join(f"{x},{x / 4}" for x in range(12)), {}, (), [x / 4 for x in range(12)]),
    ("1,2\n2,3\n3,3\n4,2\n", {"target": "number"}, (), [2, 3, 3, 2]),
    ("a,price\n1,127500\n2,106000\n3,178100\n4,140000\n", {}, (), None),
    ("\n".join(f"{x},{x % 11}" for x in range(30)), {}, (), None),
    # Classes: few whole numbers that repeat, in order.
    ("\n".join(f"{x},{x % 10}" for x in range(30)), {}, tuple("0123456789"), None),
    ("a,price\n1,127500\n2,1060\n3,178100\n4,1060\n", {}, ("1060", "127500", "178100"), None),
    ("1,10\n2,9.0\n3,9\n4,10.0\n", {}, ("9", "10"), [1, 0, 0, 1]),
    ("x,l\n1,100001\n2,100002\n3,100001\n4,2\n", {}, ("2", "100001", "100002"), None),
    # As floats these are the same number: 2⁵³ + 1 cannot be represented.
    (
        "x,l\n1,9007199254740993\n2,9007199254740992\n3,9007199254740993\n4,2\n",
        {},
        ("2", "9007199254740992", "9007199254740993"),
        None,
    ),
    # A dash or `none` is a class among words, but no label among numbers.
    ("x,l\n1,+\n2,-\n3,+\n4,-\n", {}, ("+", "-"), [0, 1, 0, 1]),
    (
        "x,l\n1,None\n2,Apnea\n3,None\n4,missing\n5,NA\n6,?\n7,\n",
        {},
        ("Apnea", "None", "missing"),
        None,
    ),
    ("x,l\n1,7\n2,-\n3,8\n4,None\n5,7\n6,9\n", {}, ("7", "8", "9"), [0, 1, 0, 2]),
    ("x,l\n1,7\n2,-\n3,8\n4,None\n5,7\n6,9\n", {"target": "number"}, (), [7, 8, 7, 9]),
    (
        "x,l\n1,7\n2,-\n3,8\n4,None\n5,7\n6,9\n",
        {"target": "classes"},
        ("7", "8", "9", "-", "None"),
        None,
    ),
    ("x,l\n1,inf\n2,-inf\n3,inf\n4,1_0\n", {}, ("-inf", "1_0", "inf"), None),
    ("x;y\n1;1,2\n2;1,3\n3;1,2\n4;1,3\n", {"target": "classes"}, ("1,2", "1,3"), None),
    ("a,y\n1,2\n2,x\n3,x\n4,2\n", {"target": "classes"}, ("2", "x"), None),
)


def test_labels_are_classes_or_numbers(write: Write) -> None:
    for text, options, classes, y in LABELS:
        table = read_table(write(text), **options)
        assert table.classes == classes, text
        if y is not None:
            np.testing.assert_array_equal(table.y, y)
        gone = text.count("\n") - text.startswith(("x", "a")) - len(table)
        notes = [f"{gone} rows without a label (l) left out"] if gone > 0 else []
        assert [note for note in table.report if "without a label" in note] == notes, text


def test_many_whole_numbers_could_be_classes(write: Write) -> None:
    letters = write("a,letter\n" + "\n".join(f"{i},{i % 26}" for i in range(104)))
    table = read_table(letters)
    assert "(its 26 whole numbers could be classes: --target classes)" in table.task(26)
    assert len(read_table(letters, target="classes").classes) == 26
    assert read_table(letters, target="number").hint == ""
    assert read_table(write("a,y\n" + "\n".join(f"{i},{i}" for i in range(24)))).hint == ""
    prices = write("a,y\n" + "\n".join(f"{i},{(i % 5) ** 2}000" for i in range(20)))
    assert read_table(prices).hint == "to predict it as a number: --target number"
    assert read_table(prices, target="classes").hint == ""
    for classes in ("012", "135", "abc", "07"):  # 1, 3, 5 may be numbers; 0, 1, 2 are counted
        rows = write("a,y\n" + "\n".join(f"{i},{classes[i % len(classes)]}" for i in range(20)))
        assert bool(read_table(rows, target="auto").hint) == (classes == "135")


def test_the_task_and_the_warning_about_few_rows(write: Write) -> None:
    rows = "\n".join(f"{i},{i},{i % 2},{('no', 'yes')[i % 2]}" for i in range(24))
    assert read_table(write(f"id,a,b,kind\n{rows}"), ignore="id").task(6) == (
        "predicts kind: 2 classes (no, yes); 2 features; 24 rows, 6 held out; ignored: id"
    )
    price = read_table(write("a,price\n1,106000\n2,127500\n3,140000\n4,178100\n"))
    assert price.task(1) == (
        "predicts price: a number from 106,000 to 178,100; 1 feature; 4 rows, 1 held out"
    )
    for count in (19, 20):
        table = read_table(write("a,y\n" + "\n".join(f"{i},{i % 2}" for i in range(count))))
        assert ("19 rows are few" in " ".join(table.notes())) == (count == 19)


NOTES = (
    ("a,b,y\n1,7,0\n2,7,1\n3,7,1\n4,7,0\n", "the same in every row, which teaches nothing: b"),
    ("年龄,诊断\n1,有\n2,没有\n3,有\n4,没有\n", "classes: #1 有, #2 没有"),
    (
        "a,l\n" + "1,Iris-versicolor A\n2,Iris-versicolor B\n" * 2,
        "classes: #1 Iris-versicolor A, #2 Iris-versicolor B",
    ),
    ("a,l\n1,A\n2,a\n3,A\n4,a\n", "some classes differ only in capital letters"),
    (
        "a,l\n" + "".join(f"{i},{name}\n" for i, name in enumerate("aabcdefghijklm")),
        "12 labels stand in one row each: is another column the label?",
    ),
    ("id,a,y\n7,1,0\n3,1,1\n4,2,1\n9,3,0\n", "id: if it only numbers the rows, leave it out: "),
    (
        ",my id,a,y\n1,7,1,0\n2,3,1,1\n3,4,2,1\n4,9,3,0\n",
        "column 1, my id: if they only number the rows, leave them out: --ignore 'column 1,my id'",
    ),
    (
        "2019,2020,2021\n1,2,0\n2,3,1\n3,4,1\n4,5,0\n",
        "line 1 is read as a row; if it holds names of columns: --header yes",
    ),
)


def test_what_is_unusual_is_noted(write: Write) -> None:
    for text, note in NOTES:
        assert note in " ".join(read_table(write(text)).report)
    for usual in ("a,l\n" + "".join(f"{i % 4},{name}\n" for i, name in enumerate("aabbcd")), PLAIN):
        assert read_table(write(usual)).report == ()


def test_texts_of_strangers_are_shown_and_never_obeyed(write: Write, tmp_path: Path) -> None:
    evil = "\x1b[31mred,[b]bold[/b],\u202etxt,a\x07b\n"
    table = read_table(write(evil + "1,2,3,x\x1b[2J\n4,5,6,y\n7,8,9,y\n1,5,6,y\n"))
    assert table.names == (r"\x1b[31mred", "[b]bold[/b]", r"\u202etxt")
    assert (table.label, table.classes) == (r"a\x07b", (r"x\x1b[2J", "y"))
    assert "\\x1b[2J" in refused(str(tmp_path / "\x1b[2J.csv"))
    (tmp_path / "\x1b[2Jt.csv").write_text(PLAIN)
    assert read_table(str(tmp_path / "\x1b[2Jt.csv")).name == r"\x1b[2Jt.csv"
    for text in ("\x00" * 100, "a" * 100, "\ud800", "é漢字", "\n\r\t\x9b"):
        assert shown(text).isprintable()
        assert len(shown(text)) <= 40
    assert shown("é漢字 ok") == "é漢字 ok"
    assert shown("a" * 41) == "a" * 39 + "…"


def test_emoji_and_accents_take_the_cells_that_they_seem_to(write: Write) -> None:
    head = "\U0001f5bc\ufe0f price,e\u0301,y\n"
    table = read_table(write(head + "1,2,❤\ufe0f\n2,3,x\n3,4,x\n4,5,❤\ufe0f\n"))
    assert table.names == ("\U0001f5bc price", "\xe9")
    assert table.classes == ("x", "❤")
    family = "\U0001f3f3\ufe0f\u200d\U0001f308\U0001f44d\U0001f3fd1\ufe0f\u20e3"
    assert shown(family) == "\U0001f3f3\U0001f308\U0001f44d1"
    assert read_table(write("e\u0301,y\n1,0\n2,1\n3,1\n4,0\n"), label="\xe9").label == "\xe9"


def test_a_file_of_the_largest_size_is_read_and_a_larger_one_refused(write: Write) -> None:
    comment = PLAIN + (f"#{'x' * 998}\n" * (LARGEST // 1000 + 1))[: LARGEST - len(PLAIN)]
    assert len(comment) == LARGEST
    same(read_table(write(comment)), X, Y)
    refused(write(comment + "#"), "5,000,000 at most")


def test_a_file_is_read_again_only_once_it_has_changed(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(PLAIN)
    monkeypatch.setenv("HOME", os.path.dirname(path))  # noqa: PTH120
    first = read_table(path)
    assert read_table(path) is first
    assert len(read_table(" ~/t.csv ")) == 4
    assert read_table(path, missing="fill") is not first
    write(PLAIN + "5,6,1\n")
    assert len(read_table(path)) == 5


def test_it_agrees_with_numpy_on_random_tables(write: Write) -> None:
    random = np.random.default_rng(0)
    for columns in (2, 5, 40):
        values = random.normal(scale=1e3, size=(50, columns))
        text = "\n".join(",".join(repr(float(v)) for v in row) for row in values)
        table = read_table(write(text))
        np.testing.assert_array_equal(np.column_stack([table.x, table.y]), values)


@pytest.mark.skipif(not PIMA.is_file(), reason="the Pima table is not here")
def test_pima_is_read_as_python_reads_it() -> None:
    with PIMA.open(newline="") as file:
        header, *rows = csv.reader(file)
    table = read_table(str(PIMA))
    assert (*table.names, table.label) == tuple(header)
    np.testing.assert_array_equal(table.x, [[float(cell) for cell in row[:-1]] for row in rows])
    assert (table.x.shape, int(table.y.sum()), table.classes) == ((768, 8), 268, ("0", "1"))
