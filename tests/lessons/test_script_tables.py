"""The plain script of a training on a learner's own table reads the same rows and columns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.config import Setting
from engine.datasets.csv_file import CsvError
from engine.datasets.csv_table import CsvOptions, read_table
from engine.datasets.plain_csv import plain_csv
from lessons.script import NotExported, script
from tests.lessons.test_scripts import Case, check

SHARED = Path(__file__).parents[3] / "shared" / "data"
ROWS = [(i % 7 + i / 8, 5 - i % 5, i % 2) for i in range(40)]
PLAIN = "\n".join(f"{a},{b},{y}" for a, b, y in ROWS)
NAMED = f"a,b,y\n{PLAIN}\n"
WORDS = "".join(
    f"{a},{b},{('yes', 'no', 'it may be')[i % 3]}\n" for i, (a, b, _) in enumerate(ROWS)
)
COMMAS = "".join(f"{i},5;1.{i:03},25;{i % 4 + 1}\n" for i in range(30))
GAPS = "".join(f"{'?' if i % 9 == 4 else i % 7},{i % 3 or ''},{i % 2}\n" for i in range(60))
PRICES = "".join(f"{a},{b},{10 * a - b + 0.25}\n" for a, b, _ in ROWS)
TRUTH = "".join(f"{a},{('FALSE', 'TRUE')[i % 5 > 2]},{y}\n" for i, (a, _, y) in enumerate(ROWS))

TABLES: dict[str, tuple[str, dict[str, Setting]]] = {
    "names in a header": (NAMED, {}),
    "no header": (PLAIN, {"validation": 0.5, "standardise": "no"}),
    "semicolons": (NAMED.replace(",", ";"), {"seed": 3}),
    "tabs": (NAMED.replace(",", "\t"), {"shuffle": "no"}),
    "runs of spaces": (f"{NAMED.replace(',', '   ')}\n\n", {"drop_last": "yes"}),
    "a space after each comma": (WORDS.replace(",", ", "), {}),
    "a mark at the start": ("\ufeff" + NAMED, {}),
    "a declared separator": ("sep=|\n" + NAMED.replace(",", "|"), {}),
    "titles": ("The results of May\nby hand\n\n" + NAMED, {}),
    "a comment as the header": ("# of May\n# " + NAMED, {}),
    "blank lines": (PLAIN.replace("\n", "\n\n"), {}),
    "blank lines below a header": (NAMED.replace("\n", "\n\n"), {"optimizer": "sgd"}),
    "other line ends": (NAMED.replace("\n", "\r\n"), {"activation": "relu"}),
    "old line ends": (NAMED.replace("\n", "\r"), {"activation": "tanh"}),
    "three classes of words": ("a,b,which\n" + WORDS, {"hidden_1": 3}),
    "classes with spaces": (WORDS.replace("\n", "  \n"), {}),
    "classes of whole numbers": (NAMED.replace(",0\n", ",5\n"), {}),
    "classes written as decimals": (NAMED.replace(",0\n", ",0.0\n").replace(",1\n", ",1.0\n"), {}),
    "classes from ten on": ("".join(f"{i % 8},{9 + i % 3}\n" for i in range(40)), {}),
    "classes in two spellings": (NAMED.replace(",0\n", ",2.0\n", 3).replace(",0\n", ",2\n"), {}),
    "a number to predict": ("a,b,price\n" + PRICES, {"learning_rate": 0.1}),
    "a number to predict, with few rows": ("1,1.5\n2,1.5\n3,1.5\n4,4.5\n", {}),
    "whole numbers as a number": (NAMED, {"target": "number"}),
    "decimal commas": (COMMAS.replace("1.", ""), {"decimal": "comma", "target": "number"}),
    "points between thousands": ("a;b;y\n" + COMMAS, {"decimal": "comma"}),
    "decimal commas in the label": (
        "".join(f"{i};{i % 7},{i % 3}\n" for i in range(40)), {"decimal": "comma"},
    ),
    "gaps": ("a,b,y\n" + GAPS, {}),
    "gaps filled in": ("a,b,y\n" + GAPS, {"missing": "fill"}),
    "gaps filled in without a header": (GAPS.replace("?", " NA "), {"missing": "fill"}),
    "a column with few values": (
        "".join(f"{i},{i if i == 7 else ''},{i % 2}\n" for i in range(12)),
        {"missing": "fill", "validation": 0.5},
    ),
    "no label in some rows": (NAMED.replace(",0\n", ",\n", 3), {}),
    "lines of separators only": (NAMED + ",,\n", {}),
    "no label, and gaps": ("a,b,y\n" + GAPS.replace(",0\n", ",NA\n", 3), {}),
    "no label, and gaps filled in": (GAPS.replace(",0\n", ",NA\n", 3), {"missing": "fill"}),
    "gaps that are classes elsewhere": ("".join(
        f"{i if i % 8 else 'none'},{('none', 'some')[i % 2]}\n" for i in range(40)
    ), {}),
    "words of truth": ("a,big,y\n" + TRUTH, {}),
    "words of truth and gaps": (TRUTH.replace(",TRUE", ",", 4), {"missing": "fill"}),
    "a label in the middle": (NAMED, {"label": "b", "ignore": "a"}),
    "a label by its place": (PLAIN, {"label": "column 1", "ignore": "column 2"}),
    "an empty column": (NAMED.replace(",", ",,"), {}),
    "an index of pandas": ("".join(
        f"{i or ''},{line}\n" if i else f",{line}\n" for i, line in enumerate(NAMED.splitlines())
    ), {"ignore": "column 1"}),
    "names of the rows": ("a,b,y\n" + "".join(
        f"r{i},{a},{b},{y}\n" for i, (a, b, y) in enumerate(ROWS)
    ), {"ignore": "column 1"}),
    "equal names": (NAMED.replace("a,b,y", "a,a,y"), {}),
    "quotes in a name": (NAMED.replace("a,", '"the ""a"", as it\'s called",'), {}),
    "cells in quotes": (
        "".join('"' + line.replace(",", '","') + '"\n' for line in NAMED.splitlines()), {},
    ),
    "a constant": ("".join(f"0.1,{line}\n" for line in PLAIN.splitlines()), {}),
    "many columns": (
        ",".join(f"c{i}" for i in range(40)) + "\n" + "".join(
            ",".join(str((i * j) % 11) for j in range(39)) + f",{i % 2}\n" for i in range(30)
        ),
        {"ignore": ",".join(f"c{i}" for i in range(3, 36))},
    ),
}  # fmt: skip
REFUSED = {
    "a repeated header": (NAMED + NAMED, "1 repetition of the header left out"),
    "a comment below": (NAMED + "# the end of May\n", "1 comment line left out"),
    "numbers that are too large": (f"{PLAIN}\n1e200,2,1\n", "set standardise to no"),
}


def tables(folder: Path, names: list[str]) -> list[Case]:
    cases = []
    for number, name in enumerate(names):
        text, settings = TABLES[name]
        file = folder / f"table{number}.csv"
        file.write_bytes(text.encode())
        settings = {"epochs": 3, "batch_size": 8, **settings}
        case = Case.of("dataloader", None, csv=str(file), **settings)
        cases.append(replace(case, every=2, most_lines=75))
    return cases


@pytest.mark.parametrize(
    "names",
    [list(TABLES)[::4], pytest.param(list(TABLES), marks=pytest.mark.slow)],
    ids=["some", "all"],
)
def test_scripts_read_tables_of_many_kinds(names: list[str], tmp_path: Path) -> None:
    check(tables(tmp_path, names), tmp_path)


def test_what_a_short_script_cannot_read_is_refused(tmp_path: Path) -> None:
    for number, (text, words) in enumerate(REFUSED.values()):
        file = tmp_path / f"{number}.csv"
        file.write_text(text)
        case = Case.of("dataloader", None, csv=str(file))
        with pytest.raises(NotExported, match=words):
            script(case.lesson, case.config)
    case = Case.of("dataloader", None, csv=str(file), standardise="no")
    assert "standardise" not in script(case.lesson, case.config)  # the squares are not needed
    file.unlink()
    with pytest.raises(NotExported, match="no such file"):
        script(case.lesson, case.config)


def test_the_way_of_a_script_is_compared_with_the_table(tmp_path: Path) -> None:
    """Lines that the csv module does not separate make another table."""
    file = tmp_path / "t.csv"
    file.write_text(NAMED)
    options = CsvOptions("auto", "auto", "point", None, None, "drop", "auto")
    plain = plain_csv(str(file), options, standardise=True)
    assert (plain.named, plain.label, plain.ignore) == (True, "y", ())
    x, y = plain.read()
    assert (x.tolist(), y.tolist()) == ([[a, b] for a, b, _ in ROWS], [y for _, _, y in ROWS])
    file.write_text(NAMED.replace("\n", "\u2028"))
    assert len(read_table(str(file))) == len(ROWS)
    with pytest.raises(CsvError, match=r"U\+2028"):
        plain_csv(str(file), options, standardise=True)


@pytest.mark.slow
@pytest.mark.skipif(not (SHARED / "pima").is_dir(), reason="Pima is not beside the checkout")
def test_a_script_reads_the_real_table_with_workers(tmp_path: Path) -> None:
    file = SHARED / "pima" / "pima-indians-diabetes.csv"
    settings: dict[str, Setting] = {
        "csv": str(file), "ignore": "column 1", "epochs": 3, "workers": 2,
    }  # fmt: skip
    check([replace(Case.of("dataloader", None, **settings), most_lines=75)], tmp_path)
