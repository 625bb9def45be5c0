"""`dltui export`: the script, the file that it is written to, and what is refused."""

from __future__ import annotations

import ast
import errno
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from lessons import script as scripts
from lessons.catalog import find
from lessons.lesson import TrainingLesson
from tests.terminal.command import Main
from tui.plan import BEGINNING

CPU = ("--device", "cpu")
EXPORT = ("export", "linear-regression")
REFUSED = [
    (["foo"], "no lesson 'foo'; there are: "),
    (["linear-regresion"], "did you mean linear-regression"),
    (["tensors"], "the lesson 'tensors' trains nothing; open it with: dltui tensors"),
    (["autograd"], "the lesson 'autograd' trains nothing"),
    (["linear-regression", "--preset", "six-pionts"], "did you mean six-points"),
    (["linear-regression", "--set", "epochs=9@2"], "epochs cannot change while"),
    (["linear-regression", "--set", "epochs"], "--set takes NAME=VALUE"),
    (["linear-regression", "--every", "0"], "--every = 0 is not allowed"),
    (["linear-regression", "--csv", "table.csv"], "takes no --csv: dataloader does"),
    (["linear-regression", "--device", "cpu"], "no option '--device'"),
    (["linear-regression", "-o"], "-o: expected one argument; see dltui export --help"),
]


def printed_by(script: str, folder: Path) -> str:
    """Run a script on its own and return what it prints."""
    command = [sys.executable, "-I", "-"]
    done = subprocess.run(
        command, input=script, cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_first_lines_name_the_command_with_the_same_losses(main: Main, tmp_path: Path) -> None:
    words = ["--preset", "noisy-line", "--seed", "3", "--every", "5", "--set", "epochs=40"]
    words += ["--set", "learning_rate=0.003@21", "--set", "momentum=0.5@31", "--set", "slope=1.5"]
    script = main.output(*EXPORT, *words)
    comment = script.partition('"""')[0]
    assert comment.startswith(BEGINNING)
    assert comment.count("\n") > 1
    assert max(map(len, script.splitlines())) <= 100
    _, _, command = comment.replace("\\\n# ", "").partition(": dltui ")
    *steps, _ = main.events(*shlex.split(command))
    lines = "".join(f"{step['step']} {step['loss']}\n" for step in steps)
    assert printed_by(script, tmp_path) == lines
    assert lines.count("\n") == 8
    *steps, _ = main.events("run", "linear-regression", *words, *CPU)
    assert lines == "".join(f"{step['step']} {step['loss']}\n" for step in steps)


def test_the_name_of_a_table_stays_in_its_comment(main: Main, tmp_path: Path) -> None:
    rows = "\n".join(f"{i % 7},{i % 5},{i % 2}" for i in range(60))
    for name in (b"a\nprint(1)\rprint(2) 'x' \xe2\x80\xa8.csv", b"\xff.csv"):
        table = tmp_path / os.fsdecode(name)
        table.write_text(f"a,b,c\n{rows}\n")
        file = tmp_path / "script.py"
        main("export", "dataloader", "--csv", str(table), "-o", str(file))
        first, *others = ast.parse(file.read_text(encoding="utf-8")).body
        assert isinstance(first, ast.Expr)  # the docstring
        assert not {"print(1)", "print(2)"} & set(map(ast.unparse, others))
        assert main("export", "dataloader", "--csv", str(table))[0].startswith(BEGINNING)


def test_it_is_written_to_a_file(
    main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    script = main.output(*EXPORT)
    file = tmp_path / "a script.py"
    assert main.output(*EXPORT, "-o", file.name) == "written; run it with: python 'a script.py'\n"
    assert file.read_text() == script
    ast.parse(script)
    main.output("-o", str(file), "export", "linear-regression", "--seed", "1")  # replaces it
    assert "SEED = 1" in file.read_text()

    file.write_text("print('mine')\n")
    for other in (b"print('mine')\n", b"", b"\xff\x00", b"x" * 2**21):
        file.write_bytes(other)
        message = main.refused(*EXPORT, "-o", str(file))
        assert message.endswith("is not an exported script: name another file, or add --force")
        assert file.read_bytes() == other
    main.output(*EXPORT, "-o", str(file), "--force")
    assert file.read_text() == script
    link = tmp_path / "link.py"
    link.symlink_to(file)
    main.output(*EXPORT, "--seed", "2", "-o", "link.py")
    assert "SEED = 2" in file.read_text()
    assert link.is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a script.py", "link.py"]


def test_where_it_cannot_be_written(
    main: Main, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "file").touch()
    for name, why in (
        (str(tmp_path), "is a directory: name a file in it"),
        ("", "is a directory"),
        (str(tmp_path / "fifo"), "is no regular file: name another one"),
        ("/dev/null", "is no regular file"),
        (str(tmp_path / "no" / "a.py"), f"there is no directory '{tmp_path / 'no'}'"),
        (str(tmp_path / "file" / "a.py"), "there is no directory"),
    ):
        for force in ([], ["--force"]):
            assert why in main.refused(*EXPORT, "-o", name, *force)

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    file = tmp_path / "a.py"
    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        _, errors = main(*EXPORT, "-o", str(file), code=1)
    assert errors == f"dltui: -o '{file}' cannot be written: No space left on device\n"
    _, errors = main(*EXPORT, "-o", "x" * 5000, code=1)
    assert "cannot be written: File name too long" in errors
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fifo", "file"]


def test_what_is_refused(main: Main, monkeypatch: pytest.MonkeyPatch) -> None:
    main.check_refused(REFUSED, "export")
    offered = main.refused("export").partition("export needs a lesson; there are: ")[2]
    for slug in offered.split(", "):
        lesson = find(slug).load()
        assert isinstance(lesson, TrainingLesson)
        assert scripts.has_script(lesson)

    def refuse(*_: object) -> str:
        raise scripts.NotExported("no script has 17 layers: set layers to 3")

    monkeypatch.setattr("tui.plan.script", refuse)
    assert main.refused(*EXPORT).endswith("no script has 17 layers: set layers to 3")
    monkeypatch.setattr("tui.commands.export.has_script", lambda _: False)
    assert "the lesson 'linear-regression' has no script" in main.refused(*EXPORT)


def test_a_setting_without_effect_is_reported_and_left_out(main: Main) -> None:
    script, errors = main(*EXPORT, "--set", "points=7")
    assert errors.startswith("dltui: points has no effect while data = six-points")
    body = script.partition('"""')[2]
    assert body == main.output(*EXPORT).partition('"""')[2]
