"""Files that are no text in UTF-8 are recognised, and the advice works as it is printed."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import pickle
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest

from engine.datasets.csv_table import read_table
from tests.engine.datasets.csv_tables import Write, refused

GBK = "身高,体重,判定\n1,2,肥胖\n2,3,普通\n3,4,普通\n4,5,肥胖\n".encode("gbk")
TABLE = "a,b,y\n1,2,0\n2,3,1\n3,4,1\n4,5,0\n"


def zipped(**members: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), text)
    return file.getvalue()


def numpy_array() -> bytes:
    file = io.BytesIO()
    np.save(file, np.zeros(3))
    return file.getvalue()


FORMATS: dict[str, tuple[bytes, str]] = {
    "gzip": (gzip.compress(TABLE.encode()), "is a gzip archive"),
    "bzip2": (bz2.compress(TABLE.encode()), "is a bzip2 archive"),
    "xz": (lzma.compress(TABLE.encode()), "is an xz archive"),
    "zip": (zipped(t_csv=TABLE), "is a zip archive"),
    "xlsx": (zipped(xl__workbook_xml="<x/>"), "is an Excel workbook (xlsx)"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "is an old Excel workbook (xls)"),
    "parquet": (b"PAR1\x15\x04" + bytes(9), "is a Parquet file"),
    "pickle": (pickle.dumps([1]), "is a Python pickle"),
    "npy": (numpy_array(), "is a NumPy array"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\n", "is a PDF document"),
    "html": (b"\xef\xbb\xbf\n<!DOCTYPE html>\n<html>a,b", "is a web page (HTML)"),
    "html after a comment": (b"<!-- a,b -->\n<HTML lang=en>", "is a web page (HTML)"),
    "xml": (b'<?xml version="1.0"?>\n<rows a="1,2"/>', "is an XML file"),
    "404": (b"404: Not Found", "a web server that has no such file"),
    "json": (json.dumps([{"a": 1, "b": 2}]).encode(), "is a JSON file"),
    "json lines": (b'{"a":1,"b":2}\n{"a":2,"b":3}\n', "is a file of JSON Lines"),
    "lfs": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 3\n",
        "git lfs pull",
    ),
    "utf-16 with a mark": (TABLE.encode("utf-16"), "is text in UTF-16"),
    "utf-16 without": (TABLE.encode("utf-16-le"), "is text in UTF-16"),
    "utf-16 the other way": (TABLE.encode("utf-16-be"), "is text in UTF-16"),
    "utf-32": (TABLE.encode("utf-32"), "is text in UTF-32"),
    "latin-1": (TABLE.replace("a", "\xe4").encode("latin-1"), "line 1: byte 0xe4 is not UTF-8"),
    "gbk": (GBK, "line 1: byte 0xc9 is not UTF-8; if it is Chinese"),
    "zeros": (TABLE.replace("4,5", "4,\0005").encode(), "holds a zero at byte 26"),
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_named(write: Write, name: str) -> None:
    content, words = FORMATS[name]
    assert ";" in refused(write(content), words)


@pytest.mark.parametrize(
    "name", [name for name in FORMATS if name.split()[0] in ("gzip", "bzip2", "xz", "utf-16")]
)
def test_the_command_that_is_printed_makes_a_table(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "two words"
    folder.mkdir()
    path = folder / "it's.csv"
    path.write_bytes(FORMATS[name][0])
    command = refused(str(path)).partition("it: ")[2]
    if shutil.which(command.split()[0]) is None:
        pytest.skip(f"there is no {command.split()[0]} here")
    subprocess.run(command, shell=True, check=True, cwd=tmp_path)
    assert read_table(str(tmp_path / "table.csv")).classes == ("0", "1")


def test_a_zip_archive_is_unpacked_by_the_command(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(FORMATS["zip"][0])
    command = refused(str(tmp_path / "t.csv")).partition("unpack it: ")[2]
    subprocess.run(command, shell=True, check=True, cwd=tmp_path)
    assert len(read_table(str(tmp_path / "unpacked" / "t.csv"))) == 4


def test_chinese_text_that_windows_wrote_keeps_its_letters(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(GBK)
    command = refused(str(tmp_path / "t.csv")).partition("convert it: ")[2]
    subprocess.run(command, shell=True, check=True, cwd=tmp_path)
    table = read_table(str(tmp_path / "table.csv"))
    assert (table.label, table.classes) == ("判定", ("普通", "肥胖"))


@pytest.mark.parametrize("name", ["latin-1", "zeros"])
def test_bytes_that_are_no_text_are_taken_out_by_the_command(tmp_path: Path, name: str) -> None:
    (tmp_path / "t.csv").write_bytes(FORMATS[name][0])
    found = re.search(r"(iconv|tr) .*", refused(str(tmp_path / "t.csv")))
    assert found
    subprocess.run(found[0], shell=True, check=True, cwd=tmp_path)
    assert len(read_table(str(tmp_path / "table.csv"))) == 4


def test_a_file_that_is_too_large_is_cut_by_the_command(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b,y\n" + "1.5,2,0\n7.5,3,1\n" * 400_000)
    assert path.stat().st_size > 5_000_000
    command = refused(str(path)).partition("some of its rows: ")[2]
    subprocess.run(command, shell=True, check=True, cwd=tmp_path)
    assert len(read_table(str(tmp_path / "table.csv"))) > 400_000


@pytest.mark.parametrize("text", ["[red]a[/red],y\n", "{a},y\n", "<5,y\n", "PK,y\n", "BZ,y\n"])
def test_names_that_begin_like_a_format_are_names(write: Write, text: str) -> None:
    assert len(read_table(write(text + "1,0\n2,1\n3,1\n4,0\n"))) == 4
