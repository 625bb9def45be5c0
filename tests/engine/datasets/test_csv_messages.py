"""Messages for invalid CSV files, and their advice, which must work when followed."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import pickle
import re
import shlex
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.datasets.csv_file import CsvError
from engine.datasets.csv_table import read_table
from engine.datasets.encodings import likely_encodings
from engine.datasets.tables import Table
from tests.engine.datasets.conftest import SHARED, Write, refused
from tests.engine.datasets.test_csv_table import PLAIN

CASES = SHARED / "cases"
REST = "2,3,1\n3,4,1\n4,5,0\n5,6,1\n"


def rows(each: str, count: int = 24) -> str:
    """Repeat a template: i is the row number, k = i % 2, w one of two words."""
    return "\n".join(each.format(i=i, k=i % 2, w=("no", "yes")[i % 2]) for i in range(count))


REFUSED: tuple[tuple[str | bytes, list[str], dict[str, Any]], ...] = (
    ("", ["is empty"], {}),
    ("\n \n,,\n", ["is empty"], {}),
    ("\ufeff", ["is empty"], {}),
    ("#\n", ["is empty"], {}),
    ("#\n", ["is empty"], {"separator": "space"}),
    ("#\n# only\n#\n", ["there is one column only"], {}),
    ("a,b,y\n", ["no rows to learn from"], {}),
    ("a,b,y\n1,2,0\n2,3,1\n3,4,1\n", ["3 rows", "4 are the least"], {}),
    ("a,b,y,\n1,2,0,\n2,3,1,\n3,4,1,9\n4,5,0,\n", ["1 row to learn from"], {}),
    ("a\n1\n2\n3\n4\n", ["one column only; separate the values by comma, semicolon"], {}),
    ("# by hand\na\n1\n", ["t.csv, line 2: there is one column only"], {}),
    ("ab c\v12:y\n1\v2:0\n", [r"if '\x0b' separates the values: tr '\013' '\t' < "], {}),
    ("a~y\n1.5~0\n", ["if '~' separates the values: tr '~' '\\t' < "], {}),
    ("a，y\n1.5，0\n", ["if '，' separates the values: sed 's/，/|/g' "], {}),
    (PLAIN, ["separated by comma: --separator comma"], {"separator": "tab"}),
    ("a;b;y\n1,5;2,5;0\n", ["by semicolon: --separator semicolon"], {"separator": "comma"}),
    ('"a,b"\n"1,2"\n', ["each line is in quotes; take them out: tr -d "], {}),
    ("var a = [[1,2],[3,4]];\n", ["one column only; if '[' separates the values: tr "], {}),
    ("a,b,y;;\n1,2,0;;\n", ["each line ends in ';'; take that out: sed 's/[;]*$//' "], {}),
    ("a,b,y;\n1,2,0;\n2,3,1;\n", ["each line ends in ';'; take that out: sed "], {}),
    ("[[1. 2. 0.]\n [2. 3. 1.]]\n", ["a printed NumPy array", "numpy.savetxt("], {}),
    ("a,y\n“1”,0\n" + REST[:4], ["write plain quotes for the typographic ones: sed"], {}),
    ("a,b,y\n1,2,0\n2,3\n", ["line 3: 2 values, and line 1 has 3; complete the line"], {}),
    ("a,b,y\n1,2,0\n2,3,4,1\n", ["line 3: 4 values", "into quotes"], {}),
    (f"a,b,y\n1,2,0a,b,y\n{REST}", ["line 2: 5 values", "the header begins again inside"], {}),
    ("a,b,c,y\n1,2,0\n2,3,1\n", ["line 1: 4 values, and each line below has 3; put a name"], {}),
    ('a,y\n1,"0\n2,1\n', ["line 2: a quote is opened in this line and never closed"], {}),
    ('a y\n1 "0\n2 1\n', ["line 2: a quote is opened in this line and never closed"], {}),
    ('a,y\n1,"0"1\n2,1\n', ["line 2: a quote inside a cell; write it twice"], {}),
    ("a,y\n" + "1,x\n" * 3 + f"{'9' * 200_000},y\n", ["line 5"], {}),
    (",".join("abc" * 400), ["1,200 columns, and 1,000 are allowed"], {}),
    # Cells that are not numbers.
    ("a,b,y\n1,2,0\n\n2,abc,1\n3,def,1\n4,5,0\n", ["line 4, column 2 (b): 'abc' is not a"], {}),
    ("y,a,b\n0,1,2\n1,2,x\n1,3,4\n0,4,5\n", ["line 3", "column 3 (b)", "'x'"], {"label": "y"}),
    ("a,y\n1,0\nx,1\n3,1\n4,0\n", ["line 3", "leave the cell empty"], {}),
    ("a;y\n1,5;0\n2;1\n3;1\n4;0\n", ["write 1.5"], {}),
    ("0,5;1,5;a\n1,5;2,5;b\n", ["line 1, column 1", "write 0.5"], {}),  # no column names
    ("sep=;\na;y\n1;0\nx;1\n3;1\n4;0\n", ["line 4, column 1 (a)"], {}),
    ("id,1,2,y\n1,2,3,0\n2,3,4,1\n3,4,5,1\n4,5,6,0\n", ["line 1", "--header yes"], {}),
    (PLAIN, ["line 1", "'a'"], {"header": "no"}),
    ("a,b\n" + rows("p{i},{i}"), ["beside the label holds numbers: nothing can be learned"], {}),
    (
        "name,kind,a,b\n" + rows("n{i},{w},{i},{i}.5"),
        ["'n0' is not a number; leave the columns without numbers out: --ignore name,kind"],
        {},
    ),
    (
        "kind,a\ncat,1\ndog,2\ncat,3\ndog,4\n",
        ["column 'kind' is what to predict: --label "],
        {},
    ),
    # A comma before three digits is a decimal mark if its column has other decimals.
    ("a;b;y\n" + rows("0,13{k};{i};{k}"), ["write 0.130; to read every comma as a dec"], {}),
    ("a;y\n" + rows("1234,13{k};{k}"), ["write 1234.130; to read every comma as a dec"], {}),
    ("a;y\n" + rows("1,234;{k}\n2,5;{k}"), ["write 1.234; to read every comma as a dec"], {}),
    ("a;y\n" + rows("1,234;{k}\n0,234;{k}"), ["write 1.234; to read every comma as"], {}),
    ("a;y\n" + rows("{i};1,234\n{i};2,5"), ["write 1.234; to read every comma as"], {}),
    ("a;y\n" + rows("1,234;{k}\n1,234,567;{k}"), ["without commas it is 1234"], {}),
    *(
        (text, ["without commas it is 1234; if the comma", "it is 1.234: --decimal comma"], {})
        for text in ("a;b;y\n" + rows("1,234;{i};{k}"), "a;y\n" + rows("{i};1,234\n{i};2"))
    ),
    ("a,y\n" + rows('"$1,234",{k}'), ["write 1234, or 1.234 if the comma"], {}),
    # Columns.
    ("a,y\n,0\n,1\n,1\n,0\n", ["no column beside the label has any value"], {}),
    ("a,b,y\n1,,0\n2,,1\n3,,1\n4,,0\n", ["column 'b' has no value at all"], {"missing": "fill"}),
    ("idx,a,y\n1,2,0\n", ["called 'Id'; did you mean idx? there are: idx, a, y"], {"ignore": "Id"}),
    ("a,b,y\n1,2,0\n", ["'2'; by its place it is called 'column 2'"], {"ignore": "2"}),
    (PLAIN, ["column 'y' is the label, and is ignored as well"], {"ignore": "y", "label": "y"}),
    (PLAIN, ["no column is left to learn from"], {"ignore": "a,b"}),
    (PLAIN, ["no column is called 'a b'"], {"ignore": "a\rb"}),
    (PLAIN, ["no column is called 'yy'", "did you mean y?"], {"label": "yy"}),
    (PLAIN, ["the name of a column is empty; there are: a, b, y"], {"ignore": ",,"}),
    ("a,b,y\n1,2,0\n" + rows("{i}.5,TRUE,1\n{i}.5,{i}.5,0"), ["'TRUE' is not a number"], {}),
    ("y,y,z\n1,2,0\n2,3,1\n", ["2 columns are called 'y'"], {"label": "y"}),
    ("1,2\n2,3\n3,4\n4,5\n", ["no header", "'column 1' to 'column 2'"], {"label": "price"}),
    (REST, ["'2'", "line 1 holds their names: --header yes"], {"label": "2"}),
    # Labels.
    ("a,y\n1,0\n2,0\n3,0\n4,0\n", ["every label is '0'; name another label: --label "], {}),
    ("a,b,y\n1,2,0\n2,3,0\n3,4,0\n4,5,0\n", ["'0'; leave it out: --ignore y, or name"], {}),
    ("a,y\n1,2\n2,2\n3,2\n4,2\n", ["every label is 2; name another label"], {"target": "number"}),
    ("a,y\n1,2\n2,x\n3,4\n4,5\n", ["line 3", "'x'"], {"target": "number"}),
    ("a,y\n1,0\n2,1\n3,no\n4,1\n", ["line 4", "'no' is not a number", "--target classes"], {}),
    ("\n".join(f"{i},w{i}" for i in range(101)), ["101 different labels, and 100 classes"], {}),
    ("a,b,name\n1,0,p\n2,1,q\n3,0,r\n4,1,s\n", ["every row has another", "--ignore name"], {}),
    ("x;y\n1;7\n2;7,5\n3;8\n4;8,5\n", ["line 3", "write 7.5", "--decimal comma"], {}),
    ("x;y\n1;1.234,5\n2;999,5\n3;8,\n4;-\n5;1\n", ["write 1234.5"], {}),
    ("x;y\n" + rows("{i};{i},5", 12), ["line 2", "'0,5'", "write 0.5"], {"target": "number"}),
)


def test_what_is_no_table_is_refused_in_words(write: Write) -> None:
    for content, words, options in REFUSED:
        refused(write(content), *words, **options)


def test_what_is_not_offered(write: Write) -> None:
    for text, absent in (
        ("a,b\n" + rows("p{i},{i}"), "--"),
        ("a;b;y\n" + rows("1,10{k}.5;{i};{k}"), "--decimal comma"),
        ("a;y\n1,234;0\n7.5;1\n" + rows("3;1"), "--decimal comma"),
        ("a,y\n" + rows('{i},"${i},500.50"'), "--target classes"),
    ):
        assert absent not in refused(write(text))


NUMBERS = {
    "1_000": "'1_000' is not a number; write 1000",
    "١": "'١' is not a number; write 1",
    "\u22125": "is not a number; write -5",
    "1e400": "'1e400' is too large a number",
    "9" * 400: "is too large a number",
    "inf": "'inf' is not a number",
    "-Infinity": "'-Infinity' is not a number",
    "2021-01-01": "is a date or a time",
    "0x1": "'0x1' is not a number",
    "1 2": "'1 2' is not a number",
    '"1,000"': "without commas it is 1000",
    '"-12,345,678.9"': "without commas it is -12345678.9",
}


def test_what_python_alone_or_a_spreadsheet_takes_for_a_number(write: Write) -> None:
    for cell, words in NUMBERS.items():
        refused(write(f"a,b,y\n1,{cell},0\n{REST}"), "line 2, column 2 (b)", words)
        if "," not in cell:
            refused(write(f"a,b,y\n{REST}1,2,{cell}\n"), "line 6", words.partition(";")[0])


def test_a_named_column_without_values_is_to_be_left_out(write: Write) -> None:
    for gap in ("", "NA", "?"):
        path = write(f"a,e,b,y\n1,{gap},2,0\n2,{gap},3,1\n3,{gap},4,1\n4,{gap},5,0\n")
        for missing in ("drop", "fill"):
            message = refused(path, "column 'e' has no value", "--ignore e", missing=missing)
            assert "left out" not in message
            assert read_table(path, ignore="e", missing=missing).names == ("a", "b")  # type: ignore[arg-type]


def test_what_is_no_plain_file(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused(str(tmp_path), "is a folder")
    refused(str(tmp_path / "nothing" / "t.csv"), "no such file, nor its folder")
    refused(str(tmp_path / "t.csv"), "there is no such file; --csv none takes the built-in data")
    (tmp_path / "prices.csv").write_text(PLAIN)
    refused(str(tmp_path / "price.csv"), "no such file", "did you mean prices.csv?")
    refused("/dev/zero", "no plain file")
    os.mkfifo(tmp_path / "pipe")
    refused(str(tmp_path / "pipe"), "no plain file")
    refused("a\0b", "a")
    refused("~nobody-of-this-name/t.csv", "no such file")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    refused(str(tmp_path / "loop"), "loop")
    for target, words in (
        (
            ".git/annex/objects/a/b",
            "a link of git-annex, whose data is not here; fetch it with: git a",
        ),
        ("/nowhere/at all", "a link to /nowhere/at all, which does not exist"),
    ):
        (tmp_path / "dangling").symlink_to(target)
        refused(str(tmp_path / "dangling"), words)
        (tmp_path / "dangling").unlink()
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(200_000_000)  # a sparse file: it takes no disk space and is not read
    refused(str(tmp_path / "large.csv"), "is binary data")
    with (tmp_path / "large.csv").open("wb") as file:
        file.write(b"1,2\n" * 20_000)
        file.truncate(200_000_000)
    refused(str(tmp_path / "large.csv"), "200,000,000 bytes", "5,000,000 at most")

    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = write(PLAIN)
    monkeypatch.setattr(Path, "open", denied)  # root can read everything
    refused(path, "permission denied")


# Advice works when it is followed.


def followed(path: str, folder: Path) -> tuple[Table, list[str]]:
    """Read the file, following the first advice of each error; return the table and the errors."""
    settings: dict[str, str] = {}
    messages: list[str] = []
    for _ in range(4):
        try:
            return read_table(path, **settings), messages  # type: ignore[arg-type]
        except CsvError as error:
            messages.append(str(error))
        command = re.search(r": ((sed|tr) .* > table\.csv)$", messages[-1])
        if command:
            subprocess.run(command[1], shell=True, check=True, cwd=folder)
            path = str((folder / "table.csv").rename(folder / f"step{len(messages)}.csv"))
            continue
        first = re.split(r"; otherwise|, or name", messages[-1])[0]
        options = re.findall(r"--([a-z]+)[ =]('[^']*'|\S+)", first)
        assert options, messages
        settings.update((name, shlex.split(value)[0]) for name, value in options)
    raise AssertionError(messages)


WORKS: dict[str, tuple[str, str]] = {
    "a date": ("when,a,y\n" + rows("2021-01-{i},{i},{k}"), "is a date or a time, not a number"),
    "date and time": ("d;t;a;y\n" + rows("10/03/2004;18.00.{i};{i};{k}"), "--ignore d,t"),
    "words that may be the label": ("kind,a,b\n" + rows("{w},{i},{k}.5"), "--label kind"),
    "names and words": ("name,kind,b\n" + rows("n{i},{w},{i}"), "--label kind --ignore name"),
    "a name with a comma": ('a,"b, c",y\n' + rows("{i},n{i},{k}"), "--ignore 'column 2'"),
    "decimal commas": ("a;b;y\n" + rows("{i},5;1.00{k},25;{k}"), "--decimal comma"),
    "decimal commas in the label": ("a;y\n" + rows("{i};{i},5"), "--decimal comma"),
    "millions": ("a;y\n" + rows("{i};1.00{k}.{i:03d}"), "write 1000000"),
    "a title": ("Results of May\n" + rows("{i},2{i},{k}"), "if line 1 is a title"),
    "a title as a row": ("Results,May,\na,b,y\n" + rows("{i},2{i},{k}"), "if line 1 is a title"),
    "units": ("a,b,y\nm,kg,EUR\n" + rows("{i},2{i},{i}.5"), "if line 2 holds units"),
    "single quotes": ("'a','b','y'\n" + rows("'{i}','2{i}','{k}'"), "take the single quotes out"),
    "gaps everywhere": ("a,b,y\n" + rows(",{i},{k}"), "--ignore a"),
    "gaps in turn": ("a,b,y\n" + rows("{i},,{k}\n,{i},{k}"), "--missing fill"),
    "a header with numbers": ("id,2019,y\n" + rows("{i},2{i},{k}"), "--header yes"),
    "an empty label": ("a,b,y\n" + rows("{i},{k},"), "--ignore y"),
    "labels that are all the same": ("a,b,y\n" + rows("{i},{k},1"), "--ignore y"),
    "percent": ("a,b,y\n" + rows("{i},{i}%,{k}"), "write 0; or leave the column out"),
    "words beside a label of words": ("kind,a,b\n" + rows("{w},{i},{w}"), "leave the column out"),
    "a month": ("month,a,y\n" + rows("1949-0{k},{i},{k}"), "is a date or a time"),
    "yes and no": (
        "a,b,y\n" + rows("{i},{w},{w}"),
        "--ignore b; or write 0 for 'no' and 1 for 'yes'",
    ),
    "one letter": ("a,b,y\n" + rows("{i},F,{k}"), "'F' is not a number; leave the column out"),
    "truth among words": ("a,b,y\n" + rows("{i},{w},{k}\n{i},TRUE,{k}"), "--ignore b"),
    "years below titles": (
        "Source,the bank\n\nUpdated,2024\n\nname,2019,2020,y\n" + rows("n{i},{i},{i}.5,{k}"),
        "line 6, column 1 (name): 'n0' is not a number; leave the column out: --ignore name",
    ),
    "classes and numbers": ("a,y\n" + rows("{i},{k}") + "\n9,x\n10,x\n", "--target classes"),
    "another separator": (
        "sep=;\na,y\n" + rows("{i},{k}"),
        "line 1 declares a separator that it does not have: --separator comma",
    ),
}


@pytest.mark.parametrize("name", WORKS)
def test_the_advice_works_when_it_is_followed(write: Write, tmp_path: Path, name: str) -> None:
    text, words = WORKS[name]
    table, messages = followed(write(text), tmp_path)
    assert any(words in each for each in messages), messages
    assert len(table) >= 24
    assert table.x.shape[1] >= 1


REAL: dict[str, tuple[list[str], tuple[int, int]]] = {
    "01-airquality.csv": (["--ignore Date,Time", "--decimal comma"], (60, 8)),
    "01c-airquality-points.csv": ([], (60, 8)),
    "02-wdbc-kaggle.csv": (["--label diagnosis"], (60, 5)),
    "03-excel-sep.csv": ([], (40, 2)),
    "07-auto-mpg.data": (["--ignore 'column 9'"], (57, 7)),
    "08b-house.csv": (["--missing fill"], (4, 1)),
    "09-mtcars-writecsv.csv": (["--ignore 'column 1'"], (32, 5)),
    "32-cjk.csv": ([], (60, 5)),
}


@pytest.mark.skipif(not CASES.is_dir(), reason="the failing files are not here")
def test_files_that_failed_once(tmp_path: Path) -> None:
    for name, (advice, shape) in REAL.items():
        table, messages = followed(str(CASES / name), tmp_path)
        assert len(messages) == len(advice), name
        assert all(fix in each for fix, each in zip(advice, messages, strict=True))
        assert table.x.shape == shape
    refused(str(CASES / "15-github-page.csv"), "is a web page (HTML)")
    refused(str(CASES / "17-excel.xlsx"), "is an Excel workbook (xlsx)")


# Files that are not UTF-8 text.


def zipped(**members: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), text)
    return file.getvalue()


def numpy_array(content: list[Any]) -> bytes:
    file = io.BytesIO()
    np.save(file, np.array(content))
    return file.getvalue()


TABLE = PLAIN.encode()
GBK = "身高,体重,判定\n1,2,肥胖\n2,3,普通\n3,4,普通\n4,5,肥胖\n".encode("gbk")
ODS = "application/vnd.oasis.opendocument.spreadsheet"
MARKDOWN = (
    "| a | b | y |\n|:--|---|--:|\n| 1 | 2.5 | 0 |\n| 2 | 3 | 1 |\n| 3 | 4 | 1 |\n| 4 | 5 | 0 |\n"
)
CODES = sum(byte << 9 * place for place, byte in enumerate(TABLE))
COMPRESSED = b"\x1f\x9d\x90" + CODES.to_bytes(len(TABLE) * 9 // 8 + 1, "little")
CONTAINER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def drawn(rule: str, bar: str) -> bytes:
    """The table as databases print it."""
    lines = [
        f"{bar} {' | '.join(line)} {bar}\n" for line in ("ABY", *REST.replace(",", "").split())
    ]
    return f"{rule}{lines[0]}{rule}{''.join(lines[1:])}{rule}4 rows in set (0.00 sec)\n".encode()


FORMATS: dict[str, tuple[bytes, str]] = {
    "gzip": (gzip.compress(TABLE), "is a gzip archive"),
    "bzip2": (bz2.compress(TABLE), "is a bzip2 archive"),
    "xz": (lzma.compress(TABLE), "is an xz archive"),
    "zip": (zipped(t_csv=PLAIN), "is a zip archive"),
    "xlsx": (zipped(xl__workbook_xml="<x/>"), "is an Excel workbook (xlsx)"),
    "xls": (CONTAINER + bytes(99), "is an old Excel workbook (xls)"),
    "parquet": (b"PAR1\x15\x04" + bytes(9), "is a Parquet file"),
    "pickle": (pickle.dumps([1]), "is a Python pickle"),
    "npy": (numpy_array([1.5]), "is a NumPy array"),
    "png": (b"\x89PNG\r\n\x1a\n\x00\x00", "is an image"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\n", "is a PDF document"),
    "html": (b"\xef\xbb\xbf\n<!DOCTYPE html>\n<html>a,b", "is a web page (HTML)"),
    "html after a comment": (b"<!-- a,b -->\n<HTML lang=en>", "is a web page (HTML)"),
    "xml": (b'<?xml version="1.0"?>\n<rows a="1,2"/>', "is an XML file"),
    "404": (b"404: Not Found", "an error message of a web server"),
    "json": (json.dumps([{"a": 1, "b": 2}]).encode(), "is a JSON file"),
    "json lines": (b'{"a":1,"b":2}\n{"a":2,"b":3}\n', "is a file of JSON Lines"),
    "lfs": (b"version https://git-lfs.github.com/spec/v1\noid sha256:12\n", "git lfs pull"),
    "annex": (b"/annex/objects/SHA256E-s12--ab.csv\n", "git-annex pointer, not the data itself"),
    "annex without links": (b"../.git/annex/objects/G/2/S-s1/S-s1", "is a git-annex pointer"),
    "ods": (zipped(mimetype=ODS, content_xml="<x/>"), "is an OpenDocument sheet (ods)"),
    "ods of another program": (zipped(content_xml="<x/>"), "is an OpenDocument file"),
    "sed of markdown": (f"# My table\n\n{MARKDOWN}".encode(), "is a Markdown table"),
    "sed of markdown without bars outside": (
        re.sub(r"^\| | \|$", "", MARKDOWN, flags=re.MULTILINE).encode(),
        "is a Markdown table",
    ),
    "utf-16 with a mark": (PLAIN.encode("utf-16"), "is text in UTF-16"),
    "utf-16 without": (PLAIN.encode("utf-16-le"), "is text in UTF-16"),
    "utf-16 the other way": (PLAIN.encode("utf-16-be"), "is text in UTF-16"),
    "utf-32": (PLAIN.encode("utf-32"), "is text in UTF-32"),
    "utf-16 of Chinese": (
        PLAIN.replace("a", "身高体重" * 20).encode("utf-16-le"),
        "is text in UTF-16",
    ),
    "utf-16 of many letters": (PLAIN.replace("a", "цена" * 20).encode("utf-16-le"), "in UTF-16"),
    "lz4": (b"\x04\x22\x4d\x18" + bytes(9), "is an lz4 archive; unpack it: lz4 -dc <"),
    "gzip of compress": (COMPRESSED, "is an archive of compress (Z)"),
    "doc": (CONTAINER + bytes(99) + "WordDocument".encode("utf-16-le"), "an old Word document"),
    "npz": (zipped(a_npy="x"), "is a NumPy archive (npz)"),
    "mat": (b"MATLAB 7.3 MAT-file" + bytes(99), "is a file of MATLAB's"),
    "sas": (bytes(12) + b"\xc2\xea\x81\x60" + bytes(99), "is a file of SAS's"),
    "old pickle": (pickle.dumps([1], 0), "is a Python pickle"),
    "sqlite": (b"SQLite format 3\0", "is an SQLite database"),
    "duckdb": (b"12345678DUCK\x40" + bytes(9), "is a DuckDB database"),
    "pdf after a blank line": (b"\n%PDF-1.7\n", "is a PDF document"),
    "rtf": (b"{\\rtf1 a,b}", "is an RTF document"),
    "unknown binary data": (b"\1\0\2\0\3a,b", "is binary data, not text; export its table"),
    "control characters without zeros": (b"\1\2\3\xff\xfe", "is binary data, not text"),
    "lfs after blank lines": (b"\r\n\nversion https://git-lfs.github.com/spec/v1\r\n", "lfs pull"),
    "dvc": (b"outs:\n- md5: a304afb96060aad9\n  path: t.csv\n", "is a DVC pointer, not the data"),
    "dvc with more": (b"md5: a\ndeps:\n- path: b\nouts:\n- hash: md5\n", "is a DVC pointer"),
    "a link": (b"[InternetShortcut]\r\nURL=https://a.org/t.csv\r\n", "is a link to a web page"),
    "an address": (b"https://a.org/t.csv\n", "is an address or a path, not the data itself"),
    "a link of git": (b"../data/t.csv", "is an address or a path, not the data itself"),
    "hugging face": (b"Entry not found", "is an error message of a web server"),
    "403": (b"403 Forbidden\n\nCode: AccessDenied\n", "is an error message of a web server"),
    "denied": (b"Access Denied\n", "is an error message of a web server"),
    "s3": (
        b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>',
        "is an error message of a web server",
    ),
    "github": (b'{"message": "Not Found", "status": 1}', "is an error message of a web server"),
    "html style": (b"<style>\na {b: c, d}\n</style>", "is a web page (HTML)"),
    "html script": (b"<!-- 1,2 --><!-- 3 -->\n<script>a=1,2", "is a web page (HTML)"),
    "html long comment": (b"<!--" + b" a,b\n" * 2000, "is a web page (HTML)"),
    "xml after a comment": (b"<!-- 1,2 --><rows/>", "is an XML file"),
    "sed of lists": (
        b'["a","b","y"]\n[1, 2, 0]\n[2,3,1]\n[3,4,1]\n[4,5,0]\n',
        "JSON Lines; take the brackets out: sed",
    ),
    "numbers of json": (b"[1, 2.5,\n3e5]", "is a JSON file"),
    "a notebook": (b'{\n "cells": [', "is a Jupyter notebook"),
    "sql": (b"-- a\n\n/* b */\nCREATE TABLE t (a INT, b INT);\n", "is a dump of a database (SQL)"),
    "sed of mysql": (
        drawn("+---+---+---+\n", "|"),
        "a table drawn with signs, as by MySQL or psql",
    ),
    "sed of psql": (drawn("", "").replace(b"Y \n", b"Y \n---+---+---\n"), "as by MySQL or psql"),
    "a table in a box": ("┌──┬──┐\n│ a│ b│".encode(), "is a table drawn with lines"),
    "utf-7": ("größe,b,y\n".encode("utf-7") + REST.encode() + b"1,2,0\n", "is text in UTF-7"),
    "utf-7 of Japan": (
        "身長,体重,判定\n".encode("iso2022_jp") + REST.encode() + b"1,2,0\n",
        "is text in ISO-2022-JP",
    ),
    "ebcdic": (PLAIN.encode("cp500"), "is text in EBCDIC, not UTF-8; convert it: tr"),
    "ebcdic of mainframes": (PLAIN.encode("cp500").replace(b"%", b"\x15"), "in EBCDIC"),
    "sed of a conflict": (
        f"a,b,y\n1,2,0\n<<<<<<< a\n{REST}||||||| b\n=======\n7,8,1\n>>>>>>> c\n".encode(),
        "line 3: Git marks a merge conflict here; keep one of the two versions; the first: sed",
    ),
    "mnist": (b"\0\0\x08\x03\0\0\xea\x60" + bytes(99), "dltui run mnist --data-dir"),
    "libsvm": (b"+1 1:0.5 7:2\n-1 2:3\n", "is a LIBSVM file"),
    "array of letters": (numpy_array(["a", "b"]), "is a NumPy array"),
    "latin-1": (PLAIN.replace("a", "\xe4").encode("latin-1"), "line 1: byte 0xe4 is not UTF-8"),
    "gbk": (GBK, "line 1: byte 0xc9 is not UTF-8; read as gb18030 (Chinese) it says '身高'"),
    "zeros": (PLAIN.replace("4,5", "4,\0005").encode(), "holds a zero at byte 26"),
    "large": (b"a,b,y\n" + b"1.5,2,0%1000s\n7.5,3,1\n" % b"" * 6000, "take some of its rows"),
}
RUNNABLE = (
    "gzip",
    "bzip2",
    "xz",
    "zip",
    "utf",
    "gbk",
    "utf-16",
    "latin",
    "zeros",
    "large",
    "sed",
    "ebc",
)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_named_and_its_command_makes_a_table(tmp_path: Path, name: str) -> None:
    content, words = FORMATS[name]
    path = tmp_path / "two words" / "it's.csv"
    path.parent.mkdir()
    path.write_bytes(content)
    message = refused(str(path), words)
    assert ";" in message or ": " in message
    command = re.search(r"\b(gzip|bzip2|xz|python3|iconv|tr|head|sed) [-'].*", message)
    assert (command is not None) == name.startswith(RUNNABLE)
    if command is None:
        return
    if shutil.which(command[1]) is None:
        pytest.skip(f"there is no {command[1]} here")
    subprocess.run(command[0], shell=True, check=True, cwd=tmp_path)
    table = read_table(str(tmp_path / ("unpacked/t.csv" if name == "zip" else "table.csv")))
    assert table.classes == (("普通", "肥胖") if name == "gbk" else ("0", "1"))


WESTERN = (
    *(
        "größe,höhe",
        "prénom,âge\nHélène,30\nFrançois,41",
        "Año;Niño\nEspaña;1",
        "stad,väder\nMalmö,1",
    ),
    *(
        "“quoted” – dash,thé",
        "città,età\nForlì,3",
        "espécie\nmaçã\nlimão",
        "été,prix\n1\xa0000,2\xa0500",
    ),
)
CYRILLIC = (
    "цена,вес\n1,2",
    "Имя,Пол\nИван,муж\nМария,жен",
    "давление;пульс",
    "отзыв\nочень хорошо\nплохо",
)
ENCODED = {
    "cp1252": (*WESTERN, "25°C", "m³,µg", "ÜBERGRÖSSE"),
    "cp850": WESTERN[:4],
    "macintosh": WESTERN,
    "cp1251": CYRILLIC,
    "koi8-r": CYRILLIC,
    "iso-8859-2": ("wysokość,płeć\n1,mężczyzna\n2,kobieta", "věk,pohlaví\n1,muž\n2,žena"),
    "koi8-u": ("вік,стать\n1,чоловік\n2,жінка",),
    "cp866": CYRILLIC,
    "cp852": ("wysokość,płeć\n1,mężczyzna\n2,kobieta", "dĺžka,počet\n1,muž\n2,žena"),
    "cp1257": (
        "amžius,lytis\n1,vyras\n2,moteris\nūgis",
        "vecums,dzimums\n1,vīrietis\n2,pilsēta\nplatība\nšūna",
    ),
    "cp1255": ("גיל,גובה,מין\n1,2,זכר\n2,3,נקבה",),
    "cp862": ("גיל,גובה,מין\n1,2,זכר\n2,3,נקבה",),
    "cp1256": ("العمر,الطول,الجنس\n1,2,ذكر\n2,3,أنثى", "سن,قد,جنس\n1,2,مرد\n2,3,زن"),
    "iso-8859-6": ("العمر,الطول,الجنس\n1,2,ذكر\n2,3,أنثى",),
    "cp874": ("อายุ,เพศ,ราคา\n1,ชาย,2\n2,หญิง,3",),
    "iso-8859-7": ("τιμή,βάρος\n1,2", "νομός,πληθυσμός\nΑττική,3800\nΚρήτη,620", "σκύλος;γάτα"),
    "gb18030": (
        "身高,体重,肥胖",
        "性别,年龄,城市\n男,北京",
        "评论,情感\n很喜欢,正面",
        "x,是否\n1,是\n2,否",
    ),
    "cp932": ("身長,体重,判定", "年齢,せいべつ", "カタカナ", "都道府県,人口\n北海道,522"),
    "euc-jp": ("年齢,せいべつ", "id,name\n1,リンゴ\n2,バナナ"),
    "cp949": ("키,몸무게,판정\n비만,정상", "서울,부산,대구,인천"),
    "big5": ("身高,體重,判定", "性別,年齡,城市\n男,臺北", "評論,情感\n很喜歡,正面"),
}
UNCERTAIN = {
    "cp1251": ("ЦЕНА,ВЕС", "ЦЕНА"),
    "koi8-r": ("ЦЕНА,ВЕС", "ЦЕНА"),
    "cp1253": ("Έτος,Άνδρες,Γυναίκες", "Άνδρες"),
    "gb18030": ("a,类", "类"),
    "cp850": ("maß", "maß"),
    "macintosh": ("coëfficiënt", "coëfficiënt"),
}
"""Per encoding: a text that is also valid in other encodings, and the cell shown."""
UNKNOWN = {
    "cp720": "العمر,الطول,الجنس\n1,2,ذكر\n2,3,أنثى",
    "cp855": CYRILLIC[1],
    "cp737": "τιμή,βάρος\nνομός,πληθυσμός",
    "mac_turkish": "yaş,ağırlık\nşehir,kadın",
    "johab": "몸무게,판정\n서울,부산,대구,인천",
}
"""Texts in encodings that are not tried."""


def test_the_encoding_is_told_by_the_words_that_it_makes(write: Write) -> None:
    for encoding, texts in ENCODED.items():
        for text in texts:
            message = refused(write(text.encode(encoding)), f"iconv -f {encoding} -t utf-8")
            assert f"'{shown_cell(message)}' in {encoding}" in message or (
                f"read as {encoding} (" in message and shown_cell(message) in text
            ), (text, message)
    for encoding, (text, cell) in UNCERTAIN.items():
        message = refused(write(text.encode(encoding)), "is not certain", f"'{cell}' in {encoding}")
        assert 2 <= message.count("' in ") <= 4
    for encoding, text in UNKNOWN.items():
        message = refused(
            write(text.encode(encoding)), "is not UTF-8, and its encoding is unknown:"
        )
        assert message.endswith("save it as UTF-8 in the program that wrote it")


def test_text_that_was_encoded_as_utf8_twice_is_noted(tmp_path: Path, write: Write) -> None:
    text = PLAIN.replace("a", "prénom “1").replace("b", "âge")
    for encoding in ("cp1252", "iso-8859-1"):
        path = write("\ufeff" + text.encode().decode(encoding))
        (note,) = read_table(path).report
        assert "was encoded as UTF-8 twice" in note
        assert "is 'prénom " in note
        command = note.partition("to undo it: ")[2]
        subprocess.run(command, shell=True, check=False, cwd=tmp_path)  # 1 without the mark
        assert read_table(str(tmp_path / "table.csv")).names[1] == "âge"
    for other in (text, text.replace("â", "Ã"), PLAIN):
        assert read_table(write(other)).report == ()


def shown_cell(message: str) -> str:
    """Return the cell shown in the message, decoded with the advised encoding."""
    found = re.search(r"(?:says|certain:) '(.*?)'", message)
    assert found is not None, message
    return found[1]


def test_a_few_bytes_that_are_not_utf8_in_a_file_that_is(tmp_path: Path, write: Write) -> None:
    path = write("größe,höhe,müde\n1,2,ja\n2,3,nein\n3,4,ja\n4,5,nein\n".encode() + b"5,\xff6,ja\n")
    message = refused(path, "line 6: byte 0xff is not UTF-8, and most letters of the file are")
    command = message.partition("leave such bytes out: ")[2]
    subprocess.run(command, shell=True, check=False, cwd=tmp_path)  # 1 if it left bytes out
    assert read_table(str(tmp_path / "table.csv")).names == ("größe", "höhe")


def test_a_long_file_of_another_encoding_is_looked_at_in_part() -> None:
    """A regular expression search at every character would take hours."""
    for text in (b"a" * 4_000_000 + b"\n\xe9t\xe9\n", b"\xe9t\xe9," * 1_000_000):
        assert next(iter(likely_encodings(text))) == "cp1252"


def test_the_command_for_another_separator_makes_a_table(tmp_path: Path, write: Write) -> None:
    for mark in "\v~，/$^&":
        message = refused(write(PLAIN.replace(",", mark)), "there is one column only")
        command = message.partition("separates the values: ")[2]
        subprocess.run(command, shell=True, check=True, cwd=tmp_path)
        assert read_table(str(tmp_path / "table.csv")).names == ("a", "b")


def test_an_address_is_no_file(tmp_path: Path) -> None:
    for address, words in (
        ("https://a.org/x.csv?a=1&b", "name the file: curl -LO 'https://a.org/x.csv?a=1&b'"),
        (
            "https://github.com/u/r/blob/main/x.csv",
            "curl -LO https://github.com/u/r/raw/main/x.csv",
        ),
        ("s3://bucket/x.csv", "download the file, and name it"),
        ("http://a/\x1b[2J", "curl -LO ADDRESS"),
        (f"file://{tmp_path}/t.csv", f"name the file by its path: {tmp_path}/t.csv"),
    ):
        refused(address, words)


def test_names_that_begin_like_a_format_are_names(write: Write) -> None:
    for names in (
        *("[red]a[/red],y", "{a},y", "<5,y", "PK,y", "BZ,y", "[a],y", "Not found,y"),
        *("outs:,y", "a/b,y", "http://a,y", "a+Abc-d,y", "+--+,y", "=,y", "SET a,y", "p: q,y"),
        *("# %\n\n# %\n\nx,y", "/*a*/,y", "ORC,y", "3 rows (a),y", "🙂,y"),
    ):
        assert len(read_table(write(f"{names}\n" + "1,0\n" * 2 + "2,1\n3,1\n4,0\n"))) >= 4


def test_no_pattern_of_a_format_takes_exponential_time(write: Write) -> None:
    for text in (
        "%\n\n" * 900,
        "# " * 2000,
        "<!-- -->" * 500,
        "/* */ " * 700,
        "- " * 2000,
        "\n" * 4000,
    ):
        with pytest.raises(CsvError):
            read_table(write(text))
