"""The lessons that there are, for whatever goes through all of them."""

from __future__ import annotations

from lessons.catalog import entries
from lessons.lesson import TrainingLesson

WRITTEN = [entry.slug for entry in entries() if entry.written]
TRAININGS = [e.slug for e in entries() if e.written and isinstance(e.load(), TrainingLesson)]
"""Those whose lab is a training."""
RUNNABLE = [slug for slug in WRITTEN if slug in TRAININGS or slug == "autograd"]
"""Those that `dltui run` computes something for."""
