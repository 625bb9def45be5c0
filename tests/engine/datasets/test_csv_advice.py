"""Real-world tables: what is left out, what is refused, and that the advice works when followed."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import numpy as np
import pytest

from engine.datasets.cells import shown
from engine.datasets.csv_file import Refused
from engine.datasets.csv_table import read_table
from engine.datasets.tables import Table
from tests.engine.datasets.csv_tables import Write, refused, same

X, Y = [[1, 2], [2, 3], [3, 4], [4, 5]], [0, 1, 1, 0]
CASES = Path(__file__).parents[4] / "shared/cases"


def rows(each: str, count: int = 24) -> str:
    """Lines made of a template: i is the number of the row, k = i % 2, w a word of two."""
    return "\n".join(each.format(i=i, k=i % 2, w=("no", "yes")[i % 2]) for i in range(count))


def followed(path: str, folder: Path) -> tuple[Table, list[str]]:
    """Read the file, and do what each refusal says first; the table, and the refusals."""
    settings: dict[str, str] = {}
    said: list[str] = []
    for _ in range(4):
        try:
            return read_table(path, **settings), said  # type: ignore[arg-type]
        except Refused as error:
            said.append(str(error))
        command = re.search(r": ((sed|tr) .* > table\.csv)$", said[-1])
        if command:
            subprocess.run(command[1], shell=True, check=True, cwd=folder)
            path = str((folder / "table.csv").rename(folder / f"step{len(said)}.csv"))
            continue
        first = re.split(r"; otherwise|, or name", said[-1])[0]
        options = re.findall(r"--set ('[^']*'|\S+)", first)
        assert options, said
        settings.update(shlex.split(option)[0].split("=", 1) for option in options)
    raise AssertionError(said)


# What is left out with a note.


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("a,b,y,,\n1,2,0\n2,3,1\n3,4,1\n4,5,0\n", "2 empty columns without a name left out"),
        ("a,b,y\n1,2,0,\n2,3,1,\n3,4,1,\n4,5,0,\n", "1 empty column without a name left out"),
        ("a,b,y\n1,2,0\n2,3,1,,\n3,4,1,\n4,5,0\n", "2 empty columns without a name left out"),
        ("a,b,y,\n1,2,0,\n2,3,1,\n3,4,1,\n4,5,0,\n", "1 empty column without a name left out"),
        ("a,,b,y\n1,,2,0\n2,,3,1\n3,,4,1\n4,,5,0\n", "1 empty column without a name left out"),
        (",a,b,y\n,1,2,0\n,2,3,1\n,3,4,1\n,4,5,0\n", "1 empty column without a name left out"),
        ("1,2,0,\n2,3,1,\n3,4,1,\n4,5,0,\n", "1 empty column without a name left out"),
        ("a,b,y\n1,2,0\n,,\n2,3,1\n3,4,1\n4,5,0\n,,\n", "2 lines of separators only left out"),
        ("# of May\n# by hand\na,b,y\n1,2,0\n2,3,1\n3,4,1\n4,5,0\n", "2 comment lines left out"),
        ("a,b,y\n1,2,0\n# later\n2,3,1\n3,4,1\n4,5,0\n", "1 comment line left out"),
    ],
)
def test_what_is_no_part_of_the_table(write: Write, text: str, note: str) -> None:
    table = read_table(write(text))
    same(table, X, Y)
    assert table.report == (note,)


def test_a_column_with_a_single_value_is_not_empty(write: Write) -> None:
    refused(write("a,b,y,\n1,2,0,\n2,3,1,\n3,4,1,9\n4,5,0,\n"), "1 row to learn from")


@pytest.mark.parametrize("missing", ["drop", "fill"])
@pytest.mark.parametrize("gap", ["", "NA", "?"])
def test_a_named_column_without_values_is_to_be_left_out(
    write: Write, missing: str, gap: str
) -> None:
    path = write(f"a,e,b,y\n1,{gap},2,0\n2,{gap},3,1\n3,{gap},4,1\n4,{gap},5,0\n")
    said = refused(path, "column 'e' has no value at all", "--set ignore=e", missing=missing)
    assert "left out" not in said
    same(read_table(path, ignore="e", missing=missing), X, Y)  # type: ignore[arg-type]


# Separators.


@pytest.mark.parametrize(
    "text",
    [
        " 1   2  0\n 2   3  1\n 3   4  1\n 4   5  0\n",
        "1 \t 2\t\t0 \n2\t3\t1\n3\t4\t1\n4\t5\t0\n",
        "a   b \t y\n1   2 \t 0\n2   3 \t 1\n3   4 \t 1\n4   5 \t 0\n",
        'a "b" y\n1 2 "0"\n2 3 "1"\n3 4 "1"\n4 5 "0"\n',
        "# a b y\n1 2 0\n2 3 1\n3 4 1\n4 5 0\n",
        "1|2|0\n2|3|1\n3|4|1\n4|5|0\n",
        "sep=;\na;b;y\n1;2;0\n2;3;1\n3;4;1\n4;5;0\n",
        '\ufeff"sep=^"\r\n1^2^0\r\n2^3^1\r\n3^4^1\r\n4^5^0\r\n',
        "SEP=\t\n1\t2\t0\n2\t3\t1\n3\t4\t1\n4\t5\t0\n",
    ],
)
def test_the_same_table_with_other_separators(write: Write, text: str) -> None:
    same(read_table(write(text)), X, Y)


def test_words_in_a_table_of_runs_of_spaces(write: Write) -> None:
    text = rows('{i}.5   {i}0.0      10{k}.  {k}\t"car model {i}"')
    path = write(text)
    refused(path, "column 'column 5': every row has another label", "--set 'ignore=column 5'")
    table = read_table(path, ignore="column 5")
    assert (table.x.shape, table.label, table.ignored) == ((24, 3), "column 4", ("column 5",))


def test_the_line_that_declares_the_separator_is_counted(write: Write) -> None:
    refused(write("sep=;\na;y\n1;0\nx;1\n3;1\n4;0\n"), "line 4, column 1 (a)")
    named = read_table(write("sep=;\na,y\n1,0\n2,1\n3,1\n4,0\n"), separator="comma")
    assert named.names == ("a",)  # what a person says counts more


def test_tabs_between_words_with_spaces_stay_separators(write: Write) -> None:
    table = read_table(write("a\tcity\n" + rows("{i}\tNew {w}")))
    assert table.classes == ("New no", "New yes")


# Columns that are ignored.


@pytest.mark.parametrize(
    "typed", ["id,the date", " ID , the_date ", "column 1, column 3", 'id,"the date"']
)
def test_columns_are_ignored_by_name_or_place(write: Write, typed: str) -> None:
    lines = ["p1,1,2021-01-01,2,0", "p2,2,2021-01-02,3,1", "p3,3,?,4,1", "p4,4,,5,0"]
    table = read_table(write("\n".join(["id,a,the date,b,y", *lines])), ignore=typed)
    same(table, X, Y)
    assert table.ignored == ("id", "the date")


@pytest.mark.parametrize("typed", ["column 1", "row names", "rownames", "index", "Unnamed: 0"])
def test_names_of_rows_without_a_name(write: Write, typed: str) -> None:
    text = '"","a","b","y"\n"r 1",1,2,0\n"r 2",2,3,1\n"r 3",3,4,1\n"r 4",4,5,0\n'
    refused(write(text), "line 2, column 1: 'r 1' is not a number", "--set 'ignore=column 1'")
    same(read_table(write(text), ignore=typed), X, Y)


def test_a_header_that_is_one_cell_short_as_r_writes_it(write: Write) -> None:
    path = write('"a" "b" "y"\n"r 1" 1 2 0\n"r 2" 2 3 1\n"r 3" 3 4 1\n"r 4" 4 5 0\n')
    refused(path, "names of the rows", "--set 'ignore=column 1'")
    table = read_table(path, ignore="column 1")
    same(table, X, Y)
    assert table.names == ("a", "b")


def test_a_name_that_is_not_there_lists_those_that_are(write: Write) -> None:
    said = refused(write("idx,a,y\n1,2,0\n"), "no column is called 'Id'", ignore="Id")
    assert said.endswith("did you mean idx? there are: idx, a, y")
    refused(write("a,b,y\n1,2,0\n"), "'2'; by its place it is called 'column 2'", ignore="2")


def test_the_label_cannot_be_ignored_and_something_must_be_left(write: Write) -> None:
    path = write("a,b,y\n1,2,0\n2,3,1\n3,4,1\n4,5,0\n")
    refused(path, "column 'y' is the label, and is ignored as well", ignore="y", label="y")
    refused(path, "no column is left to learn from", ignore="a,b")
    assert read_table(path, ignore="y").label == "b"


def test_two_columns_of_one_name(write: Write) -> None:
    path = write("x,a,a,y\n" + rows("{i},p{i},{i},{k}"))
    refused(path, "--set 'ignore=column 2'")
    assert read_table(path, ignore="column 2").names == ("x", "a")
    assert read_table(path, ignore="a").names == ("x",)
    refused(path, "2 columns are called 'a'", "--set 'label=column 2'", label="a")


def test_columns_that_number_the_rows_are_noted(write: Write) -> None:
    path = write(",patient id,a,y\n" + rows("{i},7{i},{k},{w}"))
    (note, *_) = [
        note
        for note in read_table(path).report
        if "numbers the rows" in note or "number the rows" in note
    ]
    fix = shlex.split(note.partition("--set ")[2])[0].partition("=")[2]
    table = read_table(path, ignore=fix)
    assert (table.names, table.ignored) == (("a",), ("column 1", "patient id"))
    assert not any("number the rows" in note for note in table.report)


# Advice, and that it works when it is followed.

WORKS: dict[str, tuple[str, str]] = {
    "a date": ("when,a,y\n" + rows("2021-01-{i},{i},{k}"), "is a date or a time, not a number"),
    "date and time": ("d;t;a;y\n" + rows("10/03/2004;18.00.{i};{i};{k}"), "--set ignore=d,t"),
    "words that may be the label": ("kind,a,b\n" + rows("{w},{i},{k}.5"), "--set label=kind"),
    "names and words": (
        "name,kind,b\n" + rows("n{i},{w},{i}"),
        "--set label=kind --set ignore=name",
    ),
    "a name with a comma": ('a,"b, c",y\n' + rows("{i},n{i},{k}"), "--set 'ignore=column 2'"),
    "decimal commas": ("a;b;y\n" + rows("{i},5;1.00{k},25;{k}"), "--set decimal=comma"),
    "decimal commas in the label": ("a;y\n" + rows("{i};{i},5"), "--set decimal=comma"),
    "millions": ("a;y\n" + rows("{i};1.00{k}.{i:03d}"), "write 1000000"),
    "a title": ("Results of May\n\na,b,y\n" + rows("{i},2{i},{k}"), "if line 1 is a title"),
    "a title as a row": ("Results,,\na,b,y\n" + rows("{i},2{i},{k}"), "if line 1 is a title"),
    "units": ("a,b,y\nm,kg,EUR\n" + rows("{i},2{i},{i}.5"), "if line 2 holds units"),
    "single quotes": ("'a','b','y'\n" + rows("'{i}','2{i}','{k}'"), "take the single quotes out"),
    "gaps everywhere": ("a,b,y\n" + rows(",{i},{k}"), "ignore=a"),
    "gaps in turn": ("a,b,y\n" + rows("{i},,{k}\n,{i},{k}"), "--set missing=fill"),
    "a header with numbers": ("id,2019,y\n" + rows("{i},2{i},{k}"), "--set header=yes"),
    "an empty label": ("a,b,y\n" + rows("{i},{k},"), "--set ignore=y"),
    "labels that are all the same": ("a,b,y\n" + rows("{i},{k},1"), "--set ignore=y"),
    "percent": ("a,b,y\n" + rows("{i},{i}%,{k}"), "write 0; or leave the column out"),
    "words beside a label of words": ("kind,a,b\n" + rows("{w},{i},{w}"), "leave the column out"),
    "a month": ("month,a,y\n" + rows("1949-0{k},{i},{k}"), "is a date or a time"),
    "booleans": ("a,b,y\n" + rows("{i},True,{k}"), "--set ignore=b"),
}


@pytest.mark.parametrize("name", WORKS)
def test_the_advice_works_when_it_is_followed(write: Write, tmp_path: Path, name: str) -> None:
    text, words = WORKS[name]
    table, said = followed(write(text), tmp_path)
    assert any(words in each for each in said), said
    assert len(table) >= 24
    assert table.x.shape[1] >= 1


def test_numbers_with_commas_between_thousands_are_not_read_as_decimals(write: Write) -> None:
    said = refused(write("a;b;y\n" + rows("1,10{k};{i};{k}")), "without commas it is 1100")
    assert "decimal=comma" not in said


def test_decimal_commas_are_read_as_points(write: Write) -> None:
    path = write("a;b;y\n1,5;1.000,25;-3,\n2;2.000.000;,5\n3;1 000,5;1,0\n4;5;7,25\n")
    table = read_table(path, decimal="comma")
    same(table, [[1.5, 1000.25], [2, 2e6], [3, 1000.5], [4, 5]], [-3, 0.5, 1, 7.25])


def test_classes_are_only_offered_where_they_can_be(write: Write) -> None:
    money = write("a,y\n" + rows('{i},"${i},500.50"'))
    assert "target=classes" not in refused(money, "is not a number")
    mixed = write("a,y\n" + rows("{i},{k}") + "\n9,x\n10,x\n")
    refused(mixed, "--set target=classes")
    assert read_table(mixed, target="classes").classes == ("0", "1", "x")


def test_where_nothing_can_be_learned_no_setting_is_offered(write: Write) -> None:
    said = refused(
        write("a,b\n" + rows("p{i},{i}")), "no other column beside the label holds numbers"
    )
    assert "--set" not in said


# The task, and warnings.


def test_the_task_of_classes_and_of_numbers(write: Write) -> None:
    classes = read_table(write("id,a,b,kind\n" + rows("{i},{i},{k},{w}")), ignore="id")
    assert classes.task(6) == (
        "predicts kind: 2 classes (no, yes); 2 features; 24 rows, 6 held out; ignored: id"
    )
    price = read_table(write("a,price\n1,106000\n2,127500\n3,140000\n4,178100\n"))
    assert price.task(1) == (
        "predicts price: a number from 106,000 to 178,100; 1 feature; 4 rows, 1 held out"
    )


def test_many_whole_numbers_could_be_classes(write: Write) -> None:
    letters = write("a,letter\n" + "\n".join(f"{i},{i % 26}" for i in range(104)))
    table = read_table(letters)
    assert "(its 26 whole numbers could be classes: --set target=classes)" in table.task(26)
    assert len(read_table(letters, target="classes").classes) == 26
    assert read_table(letters, target="number").hint == ""
    assert read_table(write("a,y\n" + rows("{i},{i}"))).hint == ""  # each of them once


def test_a_few_whole_numbers_of_which_none_repeats_are_no_classes(write: Write) -> None:
    table = read_table(write("a,price\n1,127500\n2,106000\n3,178100\n4,140000\n"))
    assert table.classes == ()
    np.testing.assert_array_equal(table.y, [127500, 106000, 178100, 140000])
    repeated = read_table(write("a,price\n1,127500\n2,106000\n3,178100\n4,106000\n"))
    assert repeated.classes == ("106000", "127500", "178100")


@pytest.mark.parametrize(("count", "warned"), [(19, True), (20, False)])
def test_a_table_below_twenty_rows_brings_a_warning(write: Write, count: int, warned: bool) -> None:
    table = read_table(write("a,y\n" + rows("{i},{k}", count)))
    assert ("19 rows are few" in " ".join(table.notes())) == warned


def test_emoji_and_accents_take_the_cells_that_they_seem_to(write: Write) -> None:
    table = read_table(
        write("\U0001f5bc\ufe0f price,e\u0301,y\n1,2,❤\ufe0f\n2,3,x\n3,4,x\n4,5,❤\ufe0f\n")
    )
    assert table.names == ("\U0001f5bc price", "\xe9")
    assert table.classes == ("x", "❤")
    family = "\U0001f3f3\ufe0f\u200d\U0001f308\U0001f44d\U0001f3fd1\ufe0f\u20e3"
    assert shown(family) == "\U0001f3f3\U0001f308\U0001f44d1"
    assert read_table(write("e\u0301,y\n1,0\n2,1\n3,1\n4,0\n"), label="\xe9").label == "\xe9"


def test_a_separator_that_is_declared_and_never_used_is_what_is_reported(
    write: Write, tmp_path: Path
) -> None:
    table, said = followed(write("sep=;\na,y\n1,0\n2,1\n3,1\n4,0\n"), tmp_path)
    assert said[0].endswith(
        "line 1 declares a separator that it does not have: --set separator=comma"
    )
    assert table.names == ("a",)


# The files that failed once.


@pytest.mark.skipif(not CASES.is_dir(), reason="the failing files are not here")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("15-github-page.csv", "is a web page (HTML)"),
        ("17-excel.xlsx", "is an Excel workbook (xlsx)"),
    ],
)
def test_a_case_that_is_no_table(name: str, words: str) -> None:
    refused(str(CASES / name), words)


@pytest.mark.skipif(not CASES.is_dir(), reason="the failing files are not here")
@pytest.mark.parametrize(
    ("name", "refusals", "shape"),
    [
        ("01-airquality.csv", ["--set ignore=Date,Time", "--set decimal=comma"], (60, 8)),
        ("01c-airquality-points.csv", [], (60, 8)),
        ("02-wdbc-kaggle.csv", ["--set label=diagnosis"], (60, 5)),
        ("03-excel-sep.csv", [], (40, 2)),
        ("07-auto-mpg.data", ["--set 'ignore=column 9'"], (57, 7)),
        ("08b-house.csv", ["--set missing=fill"], (4, 1)),
        ("09-mtcars-writecsv.csv", ["--set 'ignore=column 1'"], (32, 5)),
        ("32-cjk.csv", [], (60, 5)),
    ],
)
def test_a_case_trains_once_its_advice_is_followed(
    tmp_path: Path, name: str, refusals: list[str], shape: tuple[int, int]
) -> None:
    table, said = followed(str(CASES / name), tmp_path)
    assert len(said) == len(refusals)
    assert all(fix in each for fix, each in zip(refusals, said, strict=True))
    assert table.x.shape == shape
