"""The lesson DataLoader: presets, controls and challenges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.frame import Frame, State
from lessons.controls import SEEDS, UNITS
from lessons.lesson import Challenge, Control, Preset, TrainingLesson

if TYPE_CHECKING:
    from engine.pictures import TablePicture

TYPICAL = (-1.0, 0.0, 1.0)
"""The rows to predict: all features this many standard deviations above their means."""

PRESETS = (
    Preset("adam", "standardised, rate 0.01 by Adam", predict_at=TYPICAL),
    Preset(
        "seed",
        "the original: SGD, rate 0.01, raw",
        {"optimizer": "sgd", "standardise": "no"},
        predict_at=TYPICAL,
    ),
    Preset(
        "standardised", "SGD, rate 0.01, standardised", {"optimizer": "sgd"}, predict_at=TYPICAL
    ),
    Preset(
        "saturated",
        "SGD, rate 1 on raw features",
        {"optimizer": "sgd", "learning_rate": 1.0, "standardise": "no"},
        predict_at=TYPICAL,
    ),
    Preset(
        "mended",
        "SGD, rate 1, standardised",
        {"optimizer": "sgd", "learning_rate": 1.0},
        predict_at=TYPICAL,
    ),
    Preset(
        "in-order",
        "not shuffled, the last batch dropped",
        {"shuffle": "no", "drop_last": "yes"},
        predict_at=TYPICAL,
    ),
    Preset("workers", "two worker processes make the batches", {"workers": 2}, predict_at=TYPICAL),
)

ONLY_YOURS = "matters only for your own CSV"

CONTROLS = (
    Control(
        "learning_rate",
        (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
        "How far each step goes against the gradient.",
    ),
    Control(
        "optimizer",
        ("sgd", "adam"),
        "SGD steps by rate times gradient, Adam by about the rate, however small that is.",
    ),
    Control(
        "standardise",
        ("yes", "no"),
        "Give each feature mean 0 and deviation 1, as the training part has them.",
    ),
    Control(
        "activation", ("sigmoid", "tanh", "relu"), "What bends the outputs of the hidden layers."
    ),
    Control(
        "csv",
        (None,),
        "The path of a table of your own; enter, type, → completes.",
        label="your CSV",
        none="none",
        file=True,
    ),
    Control(
        "batch_size", (1, 2, 4, 8, 16, 32, 64, 128, 256), "How many samples each step looks at."
    ),
    Control("shuffle", ("yes", "no"), "A new order in every epoch, or always that of the file."),
    Control(
        "drop_last",
        ("yes", "no"),
        "Leave out the last batch of an epoch where it is smaller than the others.",
    ),
    Control(
        "workers", (0, 1, 2, 4), "Processes that make the batches; they take seconds to start."
    ),
    Control("epochs", (10, 20, 50, 100, 200, 500, 1000), "Passes over the training part."),
    Control("hidden_1", UNITS, "Units in the first hidden layer.", label="hidden units 1"),
    Control("hidden_2", UNITS, "Units in the second hidden layer.", label="hidden units 2"),
    Control(
        "validation", (0.1, 0.2, 0.25, 0.3, 0.5), "The share of the rows that are never trained on."
    ),
    Control(
        "label",
        (None,),
        f"The name of the column to predict; {ONLY_YOURS}.",
        label="label column",
        none="the last",
    ),
    Control(
        "ignore",
        (None,),
        f"Columns to leave out: their names, with commas between; {ONLY_YOURS}.",
        label="ignore columns",
        none="none",
    ),
    Control(
        "target",
        ("auto", "classes", "number"),
        f"Whether labels are classes or numbers to predict; {ONLY_YOURS}.",
    ),
    Control(
        "missing",
        ("drop", "fill"),
        f"Drop a row with a gap, or fill it with the column's median; {ONLY_YOURS}.",
        label="missing values",
    ),
    Control(
        "header", ("auto", "yes", "no"), f"Whether the first line names the columns; {ONLY_YOURS}."
    ),
    Control(
        "separator",
        ("auto", "comma", "semicolon", "tab", "pipe", "space"),
        f"What stands between two values; {ONLY_YOURS}.",
    ),
    Control(
        "decimal",
        ("point", "comma"),
        f"What stands before the decimals of a number; {ONLY_YOURS}.",
        label="decimal sign",
    ),
    Control(
        "seed",
        SEEDS,
        "Which rows are held out, which weights are drawn, and in which order rows come.",
    ),
)

VANISHED = 1e-7
"""A gradient below this moves a weight by an invisible amount, at any rate of this lesson."""
BY_HEART = 1.5
"""The factor over its lowest value at which a validation loss counts as rising."""


def mends(frame: Frame) -> bool:
    """Whether plain SGD with rate 0.01 gets more than 93% right in 100 epochs."""
    settings = frame.settings
    if settings.get("optimizer") != "sgd" or settings.get("learning_rate") != 0.01:
        return False
    if settings.get("csv") is not None or frame.changed or frame.epoch > 100:
        return False
    picture = _trained(frame)
    return picture is not None and float(picture.measures.validation_score[-1]) > 0.93


def vanishes(frame: Frame) -> bool:
    """Whether training is stuck without a gradient in the first layer, on standardised features.

    With raw features a preset already shows it; with these it needs steps that are far too long.
    """
    picture = _trained(frame)
    if frame.settings.get("standardise") != "yes":
        return False
    if picture is None or not picture.gradients or not picture.classes:
        return False
    stuck = float(picture.measures.train_loss[-1]) > 0.9 * picture.loss_to_beat
    return stuck and picture.gradients[0][1] < VANISHED


def learns_by_heart(frame: Frame) -> bool:
    """Whether the run is paused while the training loss falls and the validation loss rises.

    A run that trains to its end without a pause does not count.
    """
    picture = _trained(frame)
    if picture is None or frame.state is not State.PAUSED:
        return False
    validation, train = picture.measures.validation_loss, picture.measures.train_loss
    least = int(validation.argmin())
    turned = float(validation[-1]) > BY_HEART * float(validation[least])
    # Lower than the best constant answer: a run that only diverges has not learned anything.
    learned = float(validation[least]) < 0.9 * picture.loss_to_beat
    return turned and learned and float(train[-1]) < float(train[least])


def beats_on_own(frame: Frame) -> bool:
    """Whether the learner's own held-out rows score better than the best constant answer."""
    picture = _trained(frame)
    if picture is None or frame.settings.get("csv") is None:
        return False
    return float(picture.measures.validation_score[-1]) >= picture.score_to_beat + 0.05


def _trained(frame: Frame) -> TablePicture | None:
    """Return the picture after the first measured epoch, otherwise None."""
    picture = frame.picture
    measures = getattr(picture, "measures", None)
    if measures is None or len(measures.epochs) < 2:
        return None
    return picture  # type: ignore[return-value]  # all pictures here have measures


CHALLENGES = (
    Challenge(
        "mend",
        "get above 93% with SGD at 0.01",
        'Take the preset named "seed", and keep its rate and optimizer. Which part of the '
        "network makes the gradient smaller, layer by layer?",
        check=mends,
        solution={"optimizer": "sgd", "activation": "tanh"},
    ),
    Challenge(
        "vanish",
        "make rms ∂L/∂W₁ vanish, < 10⁻⁷",
        'Inputs of 1,000 do it in the preset "saturated". Standardised, they are near 0: which '
        "steps make the weights so large that training is stuck all the same?",
        check=vanishes,
        solution={"learning_rate": 3.0, "epochs": 20},
    ),
    Challenge(
        "by-heart",
        "pause once it learns by heart",
        'Play the preset "mended", and press e over Train and validation. Pause once the '
        "validation loss is 1.5 times its least, before the training ends.",
        check=learns_by_heart,
        solution={"optimizer": "sgd", "learning_rate": 1.0},
    ),
    Challenge(
        "own",
        "beat a guess by 5% on your CSV",
        "Go to the control your CSV, press enter and type the path; → completes it.",
        check=beats_on_own,
        solution={"csv": "table.csv"},
    ),
)

LESSON = TrainingLesson(
    slug="dataloader",
    title="DataLoader",
    minutes=30,
    lab="dataloader",
    source="engine.trainers.dataloader",
    trainer="TableLearner",
    pace=10,
    charts=("belt", "validation", "gradients", "confusion", "throughput"),
    presets=PRESETS,
    controls=CONTROLS,
    challenges=CHALLENGES,
)
