"""WCAG contrast of text (at least 4.5 to 1) and graphics (at least 3 to 1) in both themes."""

from __future__ import annotations

import pytest
from rich.color import Color as RichColor
from textual.color import Color
from textual.theme import Theme

from tests.tui.conftest import app, open_lab, until
from tui.charts.style import RGB, ChartStyle
from tui.labs.training import Notice
from tui.screens.help import HelpScreen
from tui.screens.home import HomeScreen
from tui.themes import ANSI_DARK, ANSI_LIGHT, DARK, LIGHT
from tui.widgets.page import GROUND
from tui.widgets.pictures import Chart

TEXT, DRAWN = 4.5, 3.0


def luminance(colour: RGB) -> float:
    """Return the relative luminance of WCAG 2, from 0 for black to 1 for white."""
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: RGB, other: RGB) -> float:
    """Return the contrast ratio of WCAG 2, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_contrast_is_that_of_wcag() -> None:
    """The values are those of the specification and of WebAIM's contrast checker."""
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.005)
    assert contrast((255, 0, 0), (255, 255, 255)) == pytest.approx(4.00, abs=0.005)


# Colours named in styles.

PAIRS = [
    ("foreground", "panel"),
    ("text-accent", "background"),
    ("text-accent", "surface"),
    ("text-error", "background"),
    ("text-warning", "warning-muted"),
    ("text-success", "surface"),
    ("footer-key-foreground", "footer-background"),
    ("footer-description-foreground", "footer-background"),
    ("block-cursor-foreground", "block-cursor-background"),
]
"""Text and background: the notification of a diverged run is `text-warning` on `warning-muted`."""


def colours(theme: Theme) -> dict[str, str]:
    return {**theme.to_color_system().generate(), **theme.variables}


# Colours of charts and pages.

SERIES = ("line", "start", "points", "sample", "residual", "minimum", "path")


@pytest.mark.parametrize(
    ("theme", "look", "ansi"),
    [(DARK, ChartStyle.dark(), ANSI_DARK), (LIGHT, ChartStyle.light(), ANSI_LIGHT)],
    ids=["dark", "light"],
)
def test_text_borders_and_series_stand_out(theme: Theme, look: ChartStyle, ansi) -> None:
    named = colours(theme)
    for foreground, background in PAIRS:
        pair = Color.parse(named[foreground]).rgb, Color.parse(named[background]).rgb
        assert contrast(*pair) >= TEXT, (foreground, background)
    paper = Color.parse(named["background"]).rgb
    assert contrast(Color.parse(named["accent"]).rgb, paper) >= DRAWN  # the border with the focus
    for name in ("red", "green"):
        assert contrast(ansi.ansi_colors[RichColor.parse(name).number], paper) >= TEXT
    for name in ("text", "dim", *SERIES):
        assert contrast(getattr(look, name), paper) >= TEXT, name
    assert contrast(look.points, Color.parse(GROUND[theme.dark]).rgb) >= TEXT
    # The loss surface can be read without colours, and marks on it stand out.
    shades = [luminance(shade) for shade in look.ramp]
    assert shades in (sorted(shades), sorted(shades, reverse=True))
    assert all(contrast(look.path, shade) >= 3.5 for shade in look.ramp)


# Every character on screen.


def faint(pilot) -> list[tuple[float, str]]:
    """Return texts on screen with too little contrast, with their contrast.

    Text in charts needs less, because it may cover the drawing, for example the loss surface.
    """
    found = []
    for widget in pilot.app.screen.walk_children():
        if any(child.display for child in widget.children) or not widget.region:
            continue
        for strip in widget.render_lines(widget.size.region):
            for text, style, _ in strip:
                letters = "".join(letter for letter in text if letter.isalnum())
                if not letters or style is None or style.color is None or style.bgcolor is None:
                    continue
                ratio = contrast(tuple(style.color.triplet), tuple(style.bgcolor.triplet))
                if ratio < (DRAWN if isinstance(widget, Chart) else TEXT):
                    found.append((round(ratio, 2), f"{type(widget).__name__}: {text}"))
    return found


async def test_every_letter_on_screen_stands_out() -> None:
    async with app("linear-regression").run_test(size=(120, 40)) as pilot:
        lab = await open_lab(pilot)
        for _ in ("dark", "light"):
            lab.use_preset(lab.lesson.presets[0].name)
            await pilot.press("1")
            await pilot.pause()
            assert faint(pilot) == []
            await pilot.press("2", "s", "s", "s")
            await until(pilot, lambda: lab.frame.step == 3)
            await pilot.pause()
            assert faint(pilot) == []
            lab._set("learning_rate", 1e6)
            await pilot.press("space")
            await until(
                pilot, lambda: "diverged" in str(lab.query_one("#message", Notice).render())
            )
            await pilot.pause()
            assert faint(pilot) == []
            lesson = pilot.app.screen
            await pilot.press("question_mark")
            await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
            await pilot.pause()
            assert faint(pilot) == []
            await pilot.press("escape", "escape")
            await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
            await pilot.pause()
            assert faint(pilot) == []
            pilot.app.action_dark()
            await pilot.pause()
            await pilot.press("enter")
            await until(pilot, lambda lesson=lesson: pilot.app.screen is lesson)
