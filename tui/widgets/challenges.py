"""What the learner is asked to bring about, and what is met; checks nothing itself."""

from __future__ import annotations

from collections.abc import Sequence, Set

from textual.widgets.option_list import Option

from lessons.lesson import Challenge
from tui.widgets.rows import Rows, row_keys


class Challenges(Rows):
    """A line a challenge: ✓ met, ○ still to do. Enter on one posts its hint as a wish."""

    BORDER_TITLE = "Challenges"
    BINDINGS = row_keys("challenges")

    def __init__(self, challenges: Sequence[Challenge], *, id: str | None = None) -> None:
        super().__init__(
            *(Option(_line("○", challenge), id=challenge.slug) for challenge in challenges),
            id=id,
            markup=False,
        )
        self._challenges = {challenge.slug: challenge for challenge in challenges}

    def mark(self, met: Set[str]) -> None:
        """Show which challenges are met, by slug."""
        for slug, challenge in self._challenges.items():
            sign = "✓" if slug in met else "○"
            self.replace_option_prompt(slug, _line(sign, challenge))
        done = len(met & self._challenges.keys())
        left = " · tab, enter: hint" if done < len(self._challenges) else " · all met"
        self.border_title = f"Challenges {done}/{len(self._challenges)}{left}"


def _line(sign: str, challenge: Challenge) -> str:
    return f"{sign} {challenge.text}"
