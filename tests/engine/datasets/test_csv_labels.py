"""Labels of strangers: which are classes, which numbers to predict, and which are none."""

from __future__ import annotations

import numpy as np
import pytest

from engine.datasets.csv_table import read_table
from tests.engine.datasets.csv_tables import PLAIN, Write, refused, same


def test_the_label_by_its_name(write: Write) -> None:
    table = read_table(write(PLAIN.replace("4,5,0", "9,5,0")), label="b")
    same(table, [[1, 0], [2, 1], [3, 1], [9, 0]], [2, 3, 4, 5])
    assert table.names == ("a", "y")
    assert table.classes == ()
    unnamed = read_table(write("7,1\n7,2\n8,3\n8,4\n"), label="column 1")
    same(unnamed, [[1], [2], [3], [4]], [0, 0, 1, 1])


def test_a_number_to_predict(write: Write) -> None:
    lines = [f"{x},{x / 4}" for x in range(12)]
    table = read_table(write("\n".join(lines)))
    assert table.classes == ()
    np.testing.assert_array_equal(table.y, np.arange(12) / 4)
    few = read_table(write("1,2\n2,3\n3,3\n4,2\n"), target="number")
    assert few.classes == ()
    np.testing.assert_array_equal(few.y, [2, 3, 3, 2])


def test_eleven_different_whole_numbers_are_a_number_to_predict(write: Write) -> None:
    ten, eleven = ("\n".join(f"{x},{x % n}" for x in range(30)) for n in (10, 11))
    assert read_table(write(ten)).classes == tuple("0123456789")
    assert read_table(write(eleven)).classes == ()
    assert len(read_table(write(eleven), target="classes").classes) == 11


def test_classes_stand_in_the_order_of_numbers_and_1_is_1_0(write: Write) -> None:
    table = read_table(write("1,10\n2,9.0\n3,9\n4,10.0\n"))
    assert table.classes == ("9", "10")
    np.testing.assert_array_equal(table.y, [1, 0, 0, 1])


def test_long_whole_numbers_are_classes_of_their_own(write: Write) -> None:
    table = read_table(write("x,l\n1,10000000001\n2,10000000002\n3,10000000001\n4,2\n"))
    assert table.classes == ("2", "10000000001", "10000000002")
    # As floats these two are one number: 2⁵³ + 1 is none.
    twins = write("x,l\n1,9007199254740993\n2,9007199254740992\n3,9007199254740993\n4,2\n")
    assert read_table(twins).classes == ("2", "9007199254740992", "9007199254740993")


def test_a_dash_or_none_among_words_is_a_class(write: Write) -> None:
    signs = read_table(write("x,l\n1,+\n2,-\n3,+\n4,-\n"))
    assert signs.classes == ("+", "-")
    same(signs, [[1], [2], [3], [4]], [0, 1, 0, 1])
    sleep = read_table(write("x,l\n1,None\n2,Apnea\n3,None\n4,missing\n5,NA\n6,?\n7,\n"))
    assert sleep.classes == ("Apnea", "None", "missing")
    assert sleep.report == ("3 rows without a label (l) left out",)


@pytest.mark.parametrize("target", ["auto", "number"])
def test_a_dash_among_numbers_is_no_label(write: Write, target: str) -> None:
    path = write("x,l\n1,7\n2,-\n3,8\n4,None\n5,7\n6,9\n")
    table = read_table(path, target=target)  # type: ignore[arg-type]
    same(table, [[1], [3], [5], [6]], [0, 1, 0, 2] if target == "auto" else [7, 8, 7, 9])
    assert table.report == ("2 rows without a label (l) left out",)
    assert read_table(path, target="classes").classes == ("7", "8", "9", "-", "None")


@pytest.mark.parametrize("missing", ["drop", "fill"])
def test_a_row_without_a_label_is_left_out_either_way(write: Write, missing: str) -> None:
    table = read_table(write(PLAIN + "5,6,\n6,7,?\n"), missing=missing)  # type: ignore[arg-type]
    assert len(table) == 4
    assert table.report == ("2 rows without a label (y) left out",)


def test_classes_in_other_letters_are_listed_by_their_place(write: Write) -> None:
    table = read_table(write("年龄,诊断\n1,有\n2,没有\n3,有\n4,没有\n"))
    assert table.names == ("年龄",)
    assert table.classes == ("有", "没有")
    assert table.report == ("classes: #1 有, #2 没有",)


@pytest.mark.parametrize("target", ["auto", "number"])
def test_labels_with_decimal_commas_are_no_classes(write: Write, target: str) -> None:
    commas = "\n".join(f"{i};{i},5" for i in range(12))
    refused(write(f"x;y\n{commas}"), "line 2", "'0,5'", "write 0.5", target=target)
    refused(write("x;y\n1;7\n2;7,5\n3;8\n4;8,5\n"), "line 3", "write 7.5", target=target)
    refused(write("x;y\n1;1.234,5\n2;999,5\n3;8,\n4;-\n5;1\n"), "write 1234.5", target=target)


def test_labels_with_commas_are_classes_where_that_is_said(write: Write) -> None:
    path = write("x;y\n1;1,2\n2;1,3\n3;1,2\n4;1,3\n")
    refused(path, "--set target=classes")
    assert read_table(path, target="classes").classes == ("1,2", "1,3")


def test_infinity_is_a_word_among_words(write: Write) -> None:
    table = read_table(write("x,l\n1,inf\n2,-inf\n3,inf\n4,1_0\n"))
    assert table.classes == ("-inf", "1_0", "inf")


def test_a_label_that_is_not_there_or_twice(write: Write) -> None:
    refused(write(PLAIN), "no column is called 'yy'", "did you mean y?", label="yy")
    unnamed = write("1,2\n2,3\n3,4\n4,5\n")
    said = refused(unnamed, "no header", "'column 1' to 'column 2'", label="price")
    assert "header to yes" not in said
    refused(write("y,y,z\n1,2,0\n2,3,1\n"), "2 columns are called 'y'", label="y")


def test_a_number_as_label_makes_no_header_of_the_first_row(write: Write) -> None:
    path = write("1,2,0\n2,3,1\n3,4,1\n4,5,0\n5,6,1\n")
    refused(path, "'1'", "'column 1' to 'column 3'", "line 1", "--set header=yes", label="1")
    assert read_table(path, label="column 1").names == ("column 2", "column 3")
    years = read_table(write("2019,2020\n1,0\n2,1\n3,1\n4,0\n"), header="yes", label="2019")
    assert (years.label, years.names) == ("2019", ("2020",))


def test_a_word_is_no_number_to_predict(write: Write) -> None:
    refused(write("a,y\n1,2\n2,x\n3,4\n4,5\n"), "line 3", "'x'", target="number")
    refused(write("a,y\n1,2\n2,2\n3,2\n4,2\n"), "every label is 2", target="number")


def test_words_and_numbers_are_classes_where_that_is_said(write: Write) -> None:
    table = read_table(write("a,y\n1,2\n2,x\n3,x\n4,2\n"), target="classes")
    assert table.classes == ("2", "x")
