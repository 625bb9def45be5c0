"""Lists of all lessons, for parametrized tests."""

from __future__ import annotations

from lessons.catalog import entries
from lessons.lesson import TrainingLesson

WRITTEN = [entry.slug for entry in entries() if entry.written]
TRAININGS = [e.slug for e in entries() if e.written and isinstance(e.load(), TrainingLesson)]
"""The lessons with training."""
RUNNABLE = [slug for slug in WRITTEN if slug in TRAININGS or slug == "autograd"]
"""The lessons that `dltui run` accepts."""
