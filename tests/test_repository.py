"""Rules for the whole repository: unique class names, and existing files in documents."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("engine", "lessons", "tui")
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "bench/README.md")
NAMED = re.compile(r"`([\w./*-]*/[\w./*-]*|[\w.-]+\.(?:py|md|toml|tcss))`|\]\(([^):#]+)\)")
"""A path in code quotes, or the target of a link."""
ELSEWHERE = {
    *(
        "engine/trainers/quadratic.py",
        "lessons/quadratic/lesson.py",
        "lessons/quadratic/concept.md",
    ),
    *("MNIST/raw", "concept.md", "questions.md", "lesson.py", ".venv/bin/pip", "1/4", "/", "/proc"),
}
"""Files of the example lesson, of the installation and of the user, and texts that are no paths."""


def test_no_two_public_classes_share_a_name() -> None:
    places = defaultdict(list)
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            for node in ast.parse(file.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    places[node.name].append(str(file.relative_to(ROOT)))
    assert len(places) > 300
    assert {name: files for name, files in places.items() if len(files) > 1} == {}


def test_every_path_that_a_document_names_exists() -> None:
    for document in DOCUMENTS:
        text = re.sub(r"```.*?```", "", (ROOT / document).read_text(encoding="utf-8"), flags=re.S)
        found = {quoted or linked for quoted, linked in NAMED.findall(text)}
        assert found, document
        places = (ROOT, (ROOT / document).parent, *(ROOT / name for name in PACKAGES))
        missing = [
            path
            for path in sorted(found - ELSEWHERE)
            if not any(list(place.glob(path.strip("/"))) for place in places if path.strip("/"))
        ]
        assert missing == [], document
