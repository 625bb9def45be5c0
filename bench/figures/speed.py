"""Training speed: a watched lab compared with a bare loop and rivals; the two MNIST pipelines."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.bare import steps_per_second
from bench.epochs import training
from bench.figure import Figure, Target
from bench.lab import Options, epochs, lab
from bench.rivals.environment import python
from bench.terminal import Terminal

LABS = {"linear-regression": 0.90, "decision-boundary": 0.90}
"""The target for each lab; their steps are full batches, so the epoch on screen counts them."""
FIVE_PLACES = 99_999
"""The last epoch that the screen shows exactly; later ones are shown in thousands."""


def measure_steps(options: Options) -> Iterator[Figure]:
    """Measure the share of steps kept in each lab, and the frames per second."""
    for slug, target in LABS.items():
        kept, rates = [], []
        for _ in range(options.rounds):
            bare = steps_per_second(slug, options.device, options.seconds)
            speed, frames = watched(slug, options)
            kept.append(speed / bare)
            rates.append(frames)
        name = f"steps kept, {slug}"
        yield Figure.median(name, "", Target(target, at_least=True), kept, f"bare {bare:,.0f}/s")
        yield Figure.median(f"  frames a second meanwhile, {slug}", "", None, rates)


def watched(slug: str, options: Options) -> tuple[float, float]:
    """Return the steps and frames per second at full speed with all panels shown."""
    with lab(slug, options, epochs=FIVE_PLACES) as app:
        app.skip()
        app.send(" ")
        time.sleep(options.seconds + 1)
        seen = [(at, epoch) for at, epoch in epochs(app) if 5_000 < epoch < FIVE_PLACES]
    (first, low), (last, high) = seen[0], seen[-1]
    return (high - low) / (last - first), (len(seen) - 1) / (last - first)


SLUG = "linear-regression"
RIVALS = {"lightning_progress": 8_000, "textual_plotext_screen": 60_000}
"""Each rival, and a number of steps that takes it some seconds."""
OVER_RIVALS = Target(1.5, at_least=True)


def measure_rivals(options: Options) -> Iterator[Figure]:
    """Measure the ratio of our steps per second to those of each rival."""
    try:
        executable = python()
    except RuntimeError as error:
        reason = str(error).splitlines()[-1]
        for rival in RIVALS:
            yield Figure(
                f"steps over {rival}", "×", OVER_RIVALS, remark=f"no environment: {reason}"
            )
        return
    for rival, steps in RIVALS.items():
        ratios = [
            watched(SLUG, options)[0] / speed(executable, rival, steps, options)
            for _ in range(options.rounds)
        ]
        yield Figure.median(f"steps over {rival}", "×", OVER_RIVALS, ratios)


def speed(executable: Path, rival: str, steps: int, options: Options) -> float:
    """Return the rival's steps per second, in a terminal like ours."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "result.json"
        what = ["-m", f"bench.rivals.{rival}", "--steps", str(steps)]
        how = ["--device", options.device, "--out", str(out)]
        with Terminal(*what, *how, folder=Path(folder), command=executable) as terminal:
            terminal.wait()
        return float(json.loads(out.read_text())["steps_per_second"])


EPOCHS = 3
"""The number of epochs after which the accuracies are compared."""
FASTER = Target(3, at_least=True)
APART = Target(0.3)
"""In percentage points."""
SHARED = Path(__file__).parents[3] / "shared" / "data"
"""A folder beside the checkout that may contain MNIST; used unless DLTUI_DATA_DIR is set."""


def measure_pipelines(options: Options) -> Iterator[Figure]:
    """Measure epochs of both pipelines in turns, so that other load affects both equally."""
    if SHARED.is_dir():
        os.environ.setdefault("DLTUI_DATA_DIR", str(SHARED))
    with (
        training("indexed", options.device) as fast,
        training("dataloader", options.device) as slow,
    ):
        pairs = [(next(fast), next(slow)) for _ in range(max(EPOCHS, options.rounds))]
    ratios = [theirs.seconds / ours.seconds for ours, theirs in pairs]
    ours, theirs = pairs[EPOCHS - 1]
    least = [min(epoch.seconds for epoch in way) for way in zip(*pairs, strict=True)]
    remark = f"at best {least[1]:.2f} s and {least[0]:.2f} s: {ours.data}, {ours.threads} threads"
    yield Figure.median("indexed over DataLoader, an epoch", "×", FASTER, ratios, remark)
    apart = 100 * abs(ours.accuracy - theirs.accuracy)
    reached = f"{ours.accuracy:.2%} and {theirs.accuracy:.2%} after {EPOCHS} epochs"
    yield Figure("accuracy apart", "points", APART, (apart,), apart, remark=reached)
