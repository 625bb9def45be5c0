"""The lesson in CONTRIBUTING works when it is copied, and a broken copy is listed as broken."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = {
    "engine/trainers/quadratic.py": "python",
    "lessons/quadratic/lesson.py": "python",
    "lessons/quadratic/concept.md": "markdown",
}
IN_THE_APP = """
import asyncio, sys
from tests.tui.conftest import app, open_lab, until
from tests.tui.screen_text import screen_text

async def trains():
    async with app("quadratic").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("space")
        await until(pilot, lambda: lab.frame.step > 3)
        await pilot.press("space", "q")

async def says_what_is_broken():
    async with app("quadratic").run_test(size=(80, 22)) as pilot:
        await pilot.press("2")
        said = "engine.trainers.quadratic: SyntaxError: invalid syntax"
        await until(pilot, lambda: said in screen_text(pilot.app))
        await pilot.press("space", "escape")
        await until(pilot, lambda: "Gradient descent by hand" in screen_text(pilot.app))
        await pilot.press("q")

asyncio.run(globals()[sys.argv[1]]())
"""


def blocks() -> dict[str, str]:
    """The files of the lesson: each named in the paragraph before its block of code."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = {}
    for path, language in FILES.items():
        pattern = rf"`{re.escape(path)}`[^\n]*(?:\n[^`\n]+)*\n\n(````?){language}\n(.*?)\n\1\n"
        match = re.search(pattern, page, re.DOTALL)
        assert match, path
        found[path] = match[2] + "\n"
    return found


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project with the lesson as CONTRIBUTING has it."""
    for folder in ("engine", "lessons", "tui", "tests"):
        ignored = shutil.ignore_patterns("__pycache__", "__snapshots__")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for path, text in blocks().items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^ +Entry\(\"quadratic\".*\n", page, re.MULTILINE)
    catalog = tmp_path / "lessons" / "catalog.py"
    before = '            Entry("gradient-by-hand"'
    text = catalog.read_text(encoding="utf-8")
    assert text.count(before) == 1
    catalog.write_text(text.replace(before, line + before), encoding="utf-8")
    return tmp_path


def run(copy: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(copy),
        "DLTUI_STATE_DIR": str(copy / "state"),
        "DLTUI_CONFIG_DIR": str(copy / "config"),
    }
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=copy, capture_output=True, text=True, env=environment)


def dltui(copy: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run(copy, "-c", "import sys; from tui.cli import main; sys.exit(main())", *words)


def test_it_keeps_every_rule_and_trains_with_and_without_a_screen(copy: Path) -> None:
    checked = run(copy, "-m", "tui.course")
    assert (checked.returncode, checked.stdout) == (0, "16 lessons keep every rule\n")
    answer = dltui(copy, "run", "quadratic", "--device", "cpu", "--json")
    assert answer.returncode == 0, answer.stderr
    end = json.loads(answer.stdout.splitlines()[-1])
    assert end["status"] == "finished"
    assert end["parameters"] == pytest.approx({"a": 1, "b": -1, "c": 0}, abs=0.1)
    trained = run(copy, "-c", IN_THE_APP, "trains")
    assert trained.returncode == 0, trained.stderr[-2000:]


@pytest.mark.slow
def test_the_tests_of_all_lessons_test_it_as_well(copy: Path) -> None:
    files = ("tests/lessons/test_course.py", "tests/lessons/test_challenges.py")
    tested = run(copy, "-m", "pytest", "-n0", "-q", "-k", "quadratic", *files)
    assert tested.returncode == 0, tested.stdout[-2000:]


def test_what_is_broken_is_listed_with_its_reason_and_the_others_work(copy: Path) -> None:
    folder, catalog = copy / "lessons" / "quadratic", copy / "lessons" / "catalog.py"
    lesson, line = folder / "lesson.py", '            Entry("quadratic"'
    for file, old, new, reason in (
        (lesson, 'trainer="Quadratic"', 'trainer="Quadratik"', "trainer = 'Quadratik'"),
        (lesson, 'charts=("fits",)', 'charts=("fitz",)', "charts: 'fitz'"),
        (lesson, 'charts=("fits",)', 'charts=("fits")', "charts must be a tuple"),
        (lesson, "trainers.quadratic", "trainers.nothing", "there is no such module"),
        (lesson, 'slug="quadratic"', 'slug="quadrat"', "slug = 'quadrat'"),
        (lesson, "minutes=5", "minuten=5", "lesson.py: TypeError"),
        (catalog, line, f'{line}, "Again", "twice"),\n{line}', "catalog.py: the slug 'quadratic'"),
        (folder / "concept.md", "# Quadratic", "", "concept.md: No such file"),
    ):
        good = file.read_text(encoding="utf-8")
        assert old in good
        if new:
            file.write_text(good.replace(old, new), encoding="utf-8")
        else:
            file.unlink()
        listed = dltui(copy, "list")
        broken = [line for line in listed.stdout.splitlines() if "quadratic" in line]
        assert listed.returncode == 0, listed.stderr
        assert all("broken: " in line and reason in line for line in broken)
        file.write_text(good, encoding="utf-8")
    trainer = copy / "engine" / "trainers" / "quadratic.py"
    trainer.write_text(trainer.read_text(encoding="utf-8") + "class", encoding="utf-8")
    checked = run(copy, "-m", "tui.course")
    assert checked.returncode == 1
    assert checked.stdout.startswith("engine/trainers/quadratic.py: SyntaxError: invalid syntax")
    opened = run(copy, "-c", IN_THE_APP, "says_what_is_broken")
    assert opened.returncode == 0, opened.stderr[-2000:]
    lesson.write_text("", encoding="utf-8")
    refused = dltui(copy, "run", "quadratic")
    assert refused.returncode == 2
    assert "is broken: lesson.py: AttributeError" in refused.stderr
    assert dltui(copy, "run", "gradient-by-hand", "--device", "cpu").returncode == 0
