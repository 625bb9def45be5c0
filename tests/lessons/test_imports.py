"""The course can be read without torch: what the browser of lessons needs is text."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
from lessons.catalog import entries
for entry in entries():
    if entry.written:
        lesson = entry.load()
        assert lesson.concept and lesson.questions and lesson.preset()
print(sorted({"torch", "numpy", "textual", "rich"} & set(sys.modules)))
"""


def test_reading_the_course_imports_neither_torch_nor_numpy() -> None:
    command = [sys.executable, "-c", SCRIPT]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
