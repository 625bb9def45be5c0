"""Tables of strangers: what is read from them, and in which words they are refused."""

from __future__ import annotations

import csv
import os
import time
from pathlib import Path

import numpy as np
import pytest

from engine.datasets.cells import shown
from engine.datasets.csv_file import LARGEST
from engine.datasets.csv_table import read_table
from tests.engine.datasets.csv_tables import PLAIN, Write, refused, same

PIMA = Path(__file__).parents[4] / "shared/data/pima/pima-indians-diabetes.csv"


def test_a_plain_table(write: Write) -> None:
    table = read_table(write(PLAIN))
    same(table, [[1, 2], [2, 3], [3, 4], [4, 5]], [0, 1, 1, 0])
    assert table.names == ("a", "b")
    assert (table.label, table.classes, table.report) == ("y", ("0", "1"), ())


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("header", [True, False])
def test_every_dialect_says_the_same(
    write: Write, mark: str, ending: str, bom: str, header: bool
) -> None:
    lines = PLAIN.splitlines() if header else PLAIN.splitlines()[1:]
    table = read_table(write(bom + ending.join(lines).replace(",", mark)))
    same(table, [[1, 2], [2, 3], [3, 4], [4, 5]], [0, 1, 1, 0])
    assert table.label == ("y" if header else "column 3")


def test_quotes_hold_separators_and_line_ends(write: Write) -> None:
    table = read_table(write('"a, or\nb",y\n" 1 ","x, 1"\n2,z\n"3","x, 1"\n4,z\n'))
    same(table, [[1], [2], [3], [4]], [0, 1, 0, 1])
    assert table.names == (r"a, or\nb",)
    assert table.classes == ("x, 1", "z")


@pytest.mark.parametrize("gap", ["", "?", " NA ", "nan", "NaN", "null", "-", "N/A"])
def test_a_gap_is_dropped_or_kept_to_be_filled(write: Write, gap: str) -> None:
    path = write(f"a,b,y\n1,2,0\n2,{gap},1\n3,4,1\n4,5,0\n5,6,1\n")
    dropped = read_table(path)
    same(dropped, [[1, 2], [3, 4], [4, 5], [5, 6]], [0, 1, 0, 1])
    assert dropped.report == ("1 row with a missing value left out: b 1",)
    filled = read_table(path, missing="fill")
    same(filled, [[1, 2], [2, np.nan], [3, 4], [4, 5], [5, 6]], [0, 1, 1, 0, 1])
    assert filled.report == ("the median of the column stands for missing values: b 1",)


def test_a_constant_column_is_told(write: Write) -> None:
    table = read_table(write("a,b,y\n1,7,0\n2,7,1\n3,7,1\n4,7,0\n"))
    assert table.constant() == ("b",)
    assert table.report == ("the same in every row, which teaches nothing: b",)


def test_headers_of_strangers_are_shown_and_never_obeyed(write: Write) -> None:
    evil = "\x1b[31mred,[b]bold[/b],\u202etxt,a\x07b\n"
    table = read_table(write(evil + "1,2,3,x\x1b[2J\n4,5,6,y\n7,8,9,y\n1,5,6,y\n"))
    assert table.names == (r"\x1b[31mred", "[b]bold[/b]", r"\u202etxt")
    assert table.label == r"a\x07b"
    assert table.classes == (r"x\x1b[2J", "y")


def test_what_is_shown_is_short_and_printable() -> None:
    for text in ("\x00" * 100, "a" * 100, "\ud800", "é漢字", "\n\r\t\x9b"):
        out = shown(text)
        assert out.isprintable()
        assert len(out) <= 40
    assert shown("é漢字 ok") == "é漢字 ok"
    assert shown("a" * 41) == "a" * 39 + "…"


def test_the_first_bad_cell_is_named_by_line_and_column(write: Write) -> None:
    path = write("a,b,y\n1,2,0\n\n2,abc,1\n3,def,1\n4,5,0\n")
    refused(path, "line 4", "column 2 (b)", "'abc'", "not a number")


def test_the_column_counts_the_label(write: Write) -> None:
    path = write("y,a,b\n0,1,2\n1,2,x\n1,3,4\n0,4,5\n")
    refused(path, "line 3", "column 3 (b)", "'x'", label="y")


@pytest.mark.parametrize("cell", ["inf", "-inf", "1e999", "1,5", "0x1", "2021-01-01", "1 2"])
def test_what_is_no_finite_number_is_refused(write: Write, cell: str) -> None:
    refused(write(f"a;b;y\n1;{cell};0\n2;3;1\n3;4;1\n4;5;0\n"), "line 2", "column 2 (b)", cell)


def test_a_decimal_comma_is_offered_a_point(write: Write) -> None:
    refused(write("a;y\n1,5;0\n2;1\n3;1\n4;0\n"), "write 1.5")


@pytest.mark.parametrize(("cell", "plain"), [("1,000", "1000"), ("-12,345,678.9", "-12345678.9")])
def test_commas_between_thousands_are_not_taken_for_a_point(
    write: Write, cell: str, plain: str
) -> None:
    said = refused(write(f"a;y\n{cell};0\n2;1\n3;1\n4;0\n"), f"without commas it is {plain}")
    assert "1.000" not in said


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("1_000", "'1_000' is not a number; write 1000"),
        ("١", "'١' is not a number; write 1"),
        ("\u22125", "is not a number; write -5"),
        ("1e400", "'1e400' is too large a number"),
        pytest.param("9" * 400, "is too large a number", id="400 nines"),
        ("inf", "'inf' is not a number"),
        ("-Infinity", "'-Infinity' is not a number"),
    ],
)
def test_what_python_alone_takes_for_a_number(write: Write, cell: str, words: str) -> None:
    rest = "2,3,1\n3,4,1\n4,5,0\n5,6,1\n"
    refused(write(f"a,b,y\n1,{cell},0\n{rest}"), "line 2, column 2 (b)", words)
    refused(write(f"a,b,y\n{rest}1,2,{cell}\n"), "line 6", words.partition(";")[0])


def test_a_word_among_numbers_is_told_what_to_do(write: Write) -> None:
    refused(write("a,y\n1,0\nx,1\n3,1\n4,0\n"), "line 3", "leave the cell empty")


def test_a_file_of_one_column_is_called_by_its_name(write: Write) -> None:
    refused(write("# by hand\na\n1\n"), "t.csv, line 2: there is one column only")


def test_a_header_that_looks_like_data_is_offered_its_option(write: Write) -> None:
    path = write("id,1,2,y\n1,2,3,0\n2,3,4,1\n3,4,5,1\n4,5,6,0\n")
    refused(path, "line 1, column 1", "--set header=yes")
    assert read_table(path, header="yes").names == ("id", "1", "2")
    unnamed = write("1,2,0\n2,3,1\n3,4,1\n4,5,0\n5,6,1\n")
    assert len(read_table(unnamed, header="yes")) == 4
    refused(write(PLAIN), "line 1", "'a'", header="no")


def test_decimal_commas_are_no_names(write: Write) -> None:
    refused(write("0,5;1,5;a\n1,5;2,5;b\n"), "line 1, column 1", "write 0.5")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ["is empty"]),
        ("\n \n,,\n", ["is empty"]),
        ("\ufeff", ["is empty"]),
        ("a,b,y\n", ["no rows"]),
        ("a,b,y\n1,2,0\n2,3,1\n3,4,1\n", ["3 rows", "4 are the least"]),
        ("a\n1\n2\n3\n4\n", ["one column", "comma, semicolon, tab, pipe or spaces"]),
        ("a,b,y\n1,2,0\n2,3\n", ["line 3: 2 values", "line 1 has 3"]),
        ("a,b,y\n1,2,0\n2,3,4,1\n", ["line 3: 4 values"]),
        ("a,y\n1,0\n2,0\n3,0\n4,0\n", ["every label is '0'"]),
        ("a,y\n1,0\n2,1\n3,no\n4,1\n", ["line 4", "'no' is not a number", "--set target=classes"]),
        ("a,y\n,0\n,1\n,1\n,0\n", ["no column beside the label has any value"]),
        ('a,y\n1,"0\n2,1\n', ["quote"]),
        (b"a,y\n1,\x00\n", ["no text file", "byte 6"]),
        (b"\x89PNG\r\n\x1a\n\x00\x00", ["is an image"]),
        ("a,y\n1,2\n".encode("utf-16"), ["UTF-16", "UTF-8"]),
        ("gr\xf6\xdfe,y\n1,2\n".encode("latin-1"), ["line 1", "0xf6", "UTF-8"]),
        ("a,y\n" + "1,x\n" * 3 + f"{'9' * 200_000},y\n", ["line 5"]),
        (",".join("abc" * 400), ["1,200 columns"]),
        ("\n".join(f"{i},w{i}" for i in range(101)), ["101 different labels", "100 classes"]),
    ],
)
def test_what_is_no_table_is_refused_in_words(
    write: Write, content: str | bytes, words: list[str]
) -> None:
    refused(write(content), *words)


def test_a_column_that_is_empty_cannot_be_filled(write: Write) -> None:
    refused(
        write("a,b,y\n1,,0\n2,,1\n3,,1\n4,,0\n"), "column 'b' has no value at all", missing="fill"
    )


def test_what_is_no_plain_file(tmp_path: Path) -> None:
    refused(str(tmp_path), "is a folder")
    refused(str(tmp_path / "nothing" / "t.csv"), "no such file, nor its folder")
    (tmp_path / "prices.csv").write_text(PLAIN)
    refused(str(tmp_path / "price.csv"), "no such file", "did you mean prices.csv?")
    refused("/dev/zero", "no plain file")
    os.mkfifo(tmp_path / "pipe")
    refused(str(tmp_path / "pipe"), "no plain file")
    refused("a\0b", "a")
    refused("~nobody-of-this-name/t.csv", "no such file")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    refused(str(tmp_path / "loop"), "loop")


def test_a_name_that_would_be_obeyed(tmp_path: Path) -> None:
    assert "\\x1b[2J" in refused(str(tmp_path / "\x1b[2J.csv"))
    (tmp_path / "\x1b[2Jt.csv").write_text(PLAIN)
    assert read_table(str(tmp_path / "\x1b[2Jt.csv")).name == r"\x1b[2Jt.csv"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(write: Write) -> None:
    path = write(PLAIN)
    Path(path).chmod(0)
    refused(path, "permission denied")


def test_two_hundred_megabytes_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(200_000_000)  # a hole: it takes no room
    refused(str(path), "200,000,000 bytes", "5,000,000 at most")


def test_a_file_of_the_largest_size_is_read_in_the_time_of_a_key(write: Write) -> None:
    """It is read between a key and what that shows: a second at most, on a machine of its own."""
    line = "1.5,2,3.25,4,5,0\n7.5,3,1.75,9,8,1\n"
    path = write(line * (LARGEST // len(line)))
    began = time.thread_time()
    assert len(read_table(path)) == LARGEST // len(line) * 2
    assert time.thread_time() - began < 5
    write(line * (LARGEST // len(line) + 1))
    refused(path, "5,000,000 at most")


def test_home_and_the_spaces_around_a_path(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(write(PLAIN))
    monkeypatch.setenv("HOME", str(path.parent))
    assert len(read_table(" ~/t.csv ")) == 4


def test_a_file_is_read_again_only_once_it_has_changed(write: Write) -> None:
    path = write(PLAIN)
    first = read_table(path)
    assert read_table(path) is first
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


def test_the_separator_is_not_taken_from_inside_a_text(write: Write) -> None:
    table = read_table(write('a;b;"x, y, z, w"\n1;2;p\n2;3;q\n3;4;q\n4;5;p\n'))
    assert table.names == ("a", "b")
    refused(write(PLAIN), "one column", separator="tab")


@pytest.mark.skipif(not PIMA.is_file(), reason="the Pima table is not here")
def test_pima_is_read_as_python_reads_it() -> None:
    with PIMA.open(newline="") as file:
        header, *rows = csv.reader(file)
    table = read_table(str(PIMA))
    assert (*table.names, table.label) == tuple(header)
    np.testing.assert_array_equal(table.x, [[float(cell) for cell in row[:-1]] for row in rows])
    assert table.x.shape == (768, 8)
    assert int(table.y.sum()) == 268
    assert table.classes == ("0", "1")


def test_words_in_a_column_that_may_be_the_label_are_told_how_to_be(write: Write) -> None:
    path = write("kind,a\ncat,1\ndog,2\ncat,3\ndog,4\n")
    refused(
        path, "line 2, column 1 (kind)", "if column 'kind' is what to predict: --set label=kind"
    )
    assert read_table(path, label="kind").classes == ("cat", "dog")


@pytest.mark.parametrize(
    ("names", "alone"),
    [("aabcdefghijklm", 12), ("aabbcd", 0), ("abcdefghij" * 2, 0)],
)
def test_labels_that_stand_in_one_row_each_are_told_of(
    write: Write, names: str, alone: int
) -> None:
    rows = "".join(f"{place},{name}\n" for place, name in enumerate(names))
    notes = " ".join(read_table(write(f"a,name\n{rows}")).report)
    told = f"{alone} labels stand in one row each: is another column the label?"
    assert (told in notes) == (alone > 0)
    assert ("is another column" in notes) == (alone > 0)


def test_labels_that_are_all_different_words_name_the_rows(write: Write) -> None:
    path = write("a,b,name\n1,0,p\n2,1,q\n3,0,r\n4,1,s\n")
    refused(path, "every row has another label", "--set ignore=name")
    assert read_table(path, ignore="name").label == "b"


def test_a_file_that_is_gone_says_how_to_go_on_without_it(tmp_path: Path) -> None:
    refused(str(tmp_path / "t.csv"), "there is no such file; none stands for the built-in data")
