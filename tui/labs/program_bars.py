"""What a call costs, as bars; knows no widget and measures nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.text import Text

from engine.programs.look import Look
from engine.programs.sights import SIZES, Compiling, Timing, Way
from tui.labs.program_words import problem, stage

NAME, NUMBER = 9, 9
"""Cells for the name of a way before its bar, and for its microseconds behind it."""
RANGE = 17
"""Cells for the fastest and the slowest round, where there is room."""
ROOM_FOR_RANGE = 64
LEGEND = "█ fastest  ▒ median  · slowest round"
BEGIN = "space: compile, and time a call each way"
EIGHTHS = " ▏▎▍▌▋▊▉"

Colours = Mapping[Way, str]


def costs(look: Look, width: int, colours: Colours) -> Text:
    """The time of a call for each size and way, and what compiling cost once.

    Each size has a scale of its own, from 0 to its slowest median: between the two lie three
    powers of ten.
    """
    lines = [line for size in SIZES for line in _group(look, size, width, colours)]
    if look.results:
        lines.append(Text(LEGEND, "dim"))
    return Text("\n").join([*lines, *_compiling(look)])


def _group(look: Look, size: int, width: int, colours: Colours) -> Iterator[Text]:
    timings = {way: look.timing(way, size) for way in Way}
    yield Text.assemble((f"{size:,} numbers", "bold"), factor(look, size))
    scale = max((t.microseconds for t in timings.values() if t), default=1.0)
    for way, timing in timings.items():
        if timing is None:
            yield Text.assemble(f"{way:<{NAME}}", (_missing(look, way), "dim"))
        else:
            yield _row(timing, scale, width, colours[way])


def _row(timing: Timing, scale: float, width: int, colour: str) -> Text:
    wide = width >= ROOM_FOR_RANGE
    cells = max(width - NAME - NUMBER - RANGE * wide, 4)
    row = Text(f"{timing.way:<{NAME}}")
    row.append(bar(timing, scale, cells), colour)
    row.append(f"{microseconds(timing.microseconds):>{NUMBER}}", "bold")
    if wide:
        between = f"{microseconds(timing.low)} to {microseconds(timing.high)}"
        row.append(f"{between:>{RANGE}}", "dim")
    return row


def bar(timing: Timing, scale: float, cells: int) -> str:
    """Solid up to the fastest round, hatched up to the median, dotted up to the slowest."""
    room = cells * 0.9  # what is slower than the slowest median still has a dot or two
    low, median, high = (
        min(value / scale * room, cells) for value in (timing.low, timing.microseconds, timing.high)
    )
    solid = "█" * int(low) + EIGHTHS[int(low % 1 * 8)].strip()
    hatched = "▒" * max(round(median) - len(solid), 0)
    dotted = "·" * max(round(high) - len(solid) - len(hatched), 0)
    return (solid + hatched + dotted)[:cells].ljust(cells)


def microseconds(value: float) -> str:
    """A time in at most six cells: `7.4`, `2,907`."""
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def factor(look: Look, size: int) -> str:
    """How compiled compares with eager at this size, by their fastest rounds."""
    eager, compiled = look.timing(Way.EAGER, size), look.timing(Way.COMPILED, size)
    if eager is None or compiled is None:
        return ""
    times = eager.low / compiled.low
    if times >= 1:
        return f" · compiled {times:.1f}× as fast"
    return f" · compiled {1 / times:.1f}× as slow"


def earned_back(look: Look, compiling: Compiling) -> str:
    """After how many calls the time for compiling has come back, by the fastest rounds."""
    eager = look.timing(Way.EAGER, compiling.size)
    compiled = look.timing(Way.COMPILED, compiling.size)
    if eager is None or compiled is None:
        return ""
    if compiled.low >= eager.low:
        return "never earned back"
    calls = compiling.seconds / (eager.low - compiled.low) * 1e6
    return f"earned back after {float(f'{calls:.2g}'):,.0f} calls"


def _missing(look: Look, way: Way) -> str:
    if look.failure(way):
        return "no graph to call" if way is Way.TRACED else "not here"
    return "…" if look.measuring else "not measured"


def _compiling(look: Look) -> Iterator[Text]:
    """What compiling cost once; what goes on now; what to press."""
    for each in look.compiling:
        yield Text(f"compiling for {each.size:,} numbers: {each.seconds:.1f} s,")
        yield Text(f"  {earned_back(look, each)}")
    if look.measuring:
        yield Text(f"\n{stage(look)}", "bold")
    elif failure := look.failure(Way.COMPILED):
        yield problem(failure.problem)
    elif not look.results:
        yield Text(f"\n{BEGIN}", "bold")
