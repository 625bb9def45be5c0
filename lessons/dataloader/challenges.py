"""What to bring about on real rows; looks at frames only, knows no training and no screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.frame import Frame, State
from lessons.lesson import Challenge

if TYPE_CHECKING:
    from engine.pictures.table import TablePicture

VANISHED = 1e-7
"""A weight whose gradient is below this moves by less than anybody could see, at any rate here."""
BY_HEART = 1.5
"""So many times its lowest is a validation loss that has turned."""


def mends(frame: Frame) -> bool:
    """More than 93% of the tumours in 100 epochs, with plain SGD at the rate of 0.01."""
    settings = frame.settings
    if settings.get("optimizer") != "sgd" or settings.get("learning_rate") != 0.01:
        return False
    if settings.get("csv") is not None or frame.changed or frame.epoch > 100:
        return False
    picture = _trained(frame)
    return picture is not None and float(picture.measures.validation_score[-1]) > 0.93


def vanishes(frame: Frame) -> bool:
    """Stuck for want of a gradient in the first layer, although the features are standardised.

    On raw features a preset shows it; with these it takes steps that are far too long.
    """
    picture = _trained(frame)
    if frame.settings.get("standardise") != "yes":
        return False
    if picture is None or not picture.gradients or not picture.classes:
        return False
    stuck = float(picture.measures.train_loss[-1]) > 0.9 * picture.loss_to_beat
    return stuck and picture.gradients[0][1] < VANISHED


def learns_by_heart(frame: Frame) -> bool:
    """Paused while the loss falls on what is trained on, and has turned on what is not.

    A training that is left alone until its end is not caught.
    """
    picture = _trained(frame)
    if picture is None or frame.state is not State.PAUSED:
        return False
    validation, train = picture.measures.validation_loss, picture.measures.train_loss
    least = int(validation.argmin())
    turned = float(validation[-1]) > BY_HEART * float(validation[least])
    # Lower than one answer for all: a training that only blows up has learned nothing by heart.
    learned = float(validation[least]) < 0.9 * picture.loss_to_beat
    return turned and learned and float(train[-1]) < float(train[least])


def beats_on_own(frame: Frame) -> bool:
    """Better than one answer for all, on rows of the learner's own that were not trained on."""
    picture = _trained(frame)
    if picture is None or frame.settings.get("csv") is None:
        return False
    return float(picture.measures.validation_score[-1]) >= picture.score_to_beat + 0.05


def _trained(frame: Frame) -> TablePicture | None:
    """The picture, once an epoch has been measured."""
    picture = frame.picture
    measures = getattr(picture, "measures", None)
    if measures is None or len(measures.epochs) < 2:
        return None
    return picture  # type: ignore[return-value]  # of this lesson's pictures, all have measures


CHALLENGES = (
    Challenge(
        slug="mend",
        text="SGD, rate 0.01: above 93%",
        hint="Keep rate and optimizer of the preset seed. Which part of the network makes the "
        "gradient smaller, layer by layer?",
        check=mends,
    ),
    Challenge(
        slug="vanish",
        text="standardised, ∂L/∂W₁ below 10⁻⁷",
        hint="Inputs of 1,000 do it in the preset saturated. These are near 0: which steps make "
        "the weights so large that training is stuck all the same?",
        check=vanishes,
    ),
    Challenge(
        slug="by-heart",
        text="catch it learning by heart",
        hint="Play the preset mended, and press e over Train and validation. Pause once the "
        "validation loss is 1.5 times its least, before the training ends.",
        check=learns_by_heart,
    ),
    Challenge(
        slug="own",
        text="beat the line by 5% on your CSV",
        hint="Go to the control your CSV, press enter and type the path; → completes it.",
        check=beats_on_own,
    ),
)
