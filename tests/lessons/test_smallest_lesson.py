"""The example lesson in CONTRIBUTING works when copied, and a broken copy is listed as broken."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FILES = {
    "engine/trainers/quadratic.py": "python",
    "lessons/quadratic/lesson.py": "python",
    "lessons/quadratic/concept.md": "markdown",
}
SCRIPT = """
import asyncio, contextlib, io, json, sys
from tests.tui.conftest import app, open_lab, until
from tests.tui.screen_text import screen_text
from tui import cli, course

def expected(run, *words):
    output, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        code = run(*words)
    return code, output.getvalue(), errors.getvalue()

async def trains():
    async with app("quadratic").run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("space")
        await until(pilot, lambda: lab.frame.step > 3)
        await pilot.press("space", "q")

async def says_what_is_broken():
    async with app("syntax").run_test(size=(80, 22)) as pilot:
        await pilot.press("2")
        expected = "engine.trainers.syntax: SyntaxError: invalid syntax"
        await until(pilot, lambda: expected in screen_text(pilot.app))
        await pilot.press("space", "escape")
        await until(pilot, lambda: "Gradient descent by hand" in screen_text(pilot.app))
        await pilot.press("q")

answers = [expected(course.main), *(expected(cli.main, words) for words in json.loads(sys.argv[2]))]
asyncio.run(globals()[sys.argv[1]]())
print(json.dumps(answers))
"""


class Copy:
    """A copy of the project with the lesson from CONTRIBUTING."""

    def __init__(self, root: Path) -> None:
        self.root, self.lessons = root, root / "lessons"
        for folder in ("engine", "lessons", "tui", "tests"):
            ignored = shutil.ignore_patterns("__pycache__", "__snapshots__")
            shutil.copytree(ROOT / folder, root / folder, ignore=ignored)
        shutil.copy(ROOT / "pyproject.toml", root)
        page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
        for path, language in FILES.items():  # each is named in the paragraph before its code block
            pattern = rf"`{re.escape(path)}`[^\n]*(?:\n[^`\n]+)*\n\n(````?){language}\n(.*?)\n\1\n"
            match = re.search(pattern, page, re.DOTALL)
            assert match, path
            (root / path).parent.mkdir(exist_ok=True)
            (root / path).write_text(match[2] + "\n", encoding="utf-8")
        (line,) = re.findall(r"^ +Entry\(\"quadratic\".*\n", page, re.MULTILINE)
        self.add_entry(line)

    def add_entry(self, line: str) -> None:
        catalog, before = self.lessons / "catalog.py", '            Entry("gradient-by-hand"'
        text = catalog.read_text(encoding="utf-8")
        assert text.count(before) == 1
        catalog.write_text(text.replace(before, line + before), encoding="utf-8")

    def add_lesson(self, slug: str, old: str, new: str) -> None:
        """Add another copy of the lesson with this slug and a change in its `lesson.py`."""
        shutil.copytree(self.lessons / "quadratic", self.lessons / slug)
        lesson = self.lessons / slug / "lesson.py"
        text = lesson.read_text(encoding="utf-8")
        assert old in text
        text = text.replace(old, new).replace('slug="quadratic"', f'slug="{slug}"')
        lesson.write_text(text, encoding="utf-8")
        self.add_entry(f'            Entry("{slug}", "Quadratic", "a copy of it"),\n')

    def run(self, *words: str) -> str:
        """Run Python in the copy with these arguments, and return its output."""
        environment = {
            **os.environ,
            "PYTHONPATH": str(self.root),
            "DLTUI_STATE_DIR": str(self.root / "state"),
            "DLTUI_CONFIG_DIR": str(self.root / "config"),
        }
        command = [sys.executable, *words]
        done = subprocess.run(
            command, cwd=self.root, capture_output=True, text=True, env=environment
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]
        return done.stdout

    def check(self, in_the_app: str, *commands: str) -> list[Any]:
        """Return exit code, output and errors of the course check and of each command."""
        words = json.dumps([command.split() for command in commands])
        return json.loads(self.run("-c", SCRIPT, in_the_app, words).splitlines()[-1])


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def test_it_keeps_every_rule_and_trains_with_and_without_a_screen(copy: Copy) -> None:
    checked, trained = copy.check("trains", "run quadratic --device cpu --json")
    assert checked == [0, "16 lessons keep every rule\n", ""]
    assert trained[0] == 0, trained
    end = json.loads(trained[1].splitlines()[-1])
    assert end["status"] == "finished"
    assert end["parameters"] == pytest.approx({"a": 1, "b": -1, "c": 0}, abs=0.1)


@pytest.mark.slow
def test_the_tests_of_all_lessons_test_it_as_well(copy: Copy) -> None:
    files = ("tests/lessons/test_course.py", "tests/lessons/test_challenges.py")
    copy.run("-m", "pytest", "-n0", "-q", "-k", "quadratic", *files)


def test_what_is_broken_is_listed_with_its_reason_and_the_others_work(copy: Copy) -> None:
    reasons = {"quadratic": "catalog.py: the slug 'quadratic'"}
    for slug, old, new, reason in (
        ("classless", 'trainer="Quadratic"', 'trainer="Quadratik"', "trainer = 'Quadratik'"),
        ("chartless", 'charts=("fits",)', 'charts=("fitz",)', "charts: 'fitz'"),
        ("untupled", 'charts=("fits",)', 'charts=("fits")', "charts must be a tuple"),
        ("sourceless", "trainers.quadratic", "trainers.nothing", "there is no such module"),
        ("renamed", 'slug="quadratic"', 'slug="quadrat"', "slug = 'quadrat'"),
        ("untimed", "minutes=5", "minuten=5", "lesson.py: TypeError"),
        ("pageless", "", "", "concept.md: No such file"),
        ("empty", "", "", "lesson.py: AttributeError"),
        ("syntax", "trainers.quadratic", "trainers.syntax", " minutes"),
    ):
        copy.add_lesson(slug, old, new)
        reasons[slug] = reason
    (copy.lessons / "pageless" / "concept.md").unlink()
    (copy.lessons / "empty" / "lesson.py").write_text("", encoding="utf-8")
    trainer = (copy.root / "engine/trainers/quadratic.py").read_text(encoding="utf-8")
    (copy.root / "engine/trainers/syntax.py").write_text(trainer + "class", encoding="utf-8")
    copy.add_entry('            Entry("quadratic", "Again", "twice"),\n')
    commands = ("list", "run empty", "run gradient-by-hand --device cpu")
    checked, listed, refused, trained = copy.check("says_what_is_broken", *commands)
    assert checked[0] == 1
    assert "\nengine/trainers/syntax.py: SyntaxError: invalid syntax" in f"\n{checked[1]}"
    assert listed[0] == 0
    for slug, reason in reasons.items():
        found = [line for line in listed[1].splitlines() if f"   {slug} " in line]
        assert found, slug
        assert all(reason in line for line in found), (slug, found)
        assert all(("broken: " in line) == (slug != "syntax") for line in found)
    assert refused[0] == 2
    assert "is broken: lesson.py: AttributeError" in refused[2]
    assert trained[0] == 0
