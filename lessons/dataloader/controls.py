"""What the learner may turn in the lab of the loader; knows no torch, no loop and no screen."""

from __future__ import annotations

from lessons.controls import SEEDS, UNITS
from lessons.lesson import Control

ONLY_YOURS = "matters only for your own CSV"

CONTROLS = (
    Control(
        name="learning_rate",
        label="learning rate",
        ladder=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
        help="How far each step goes against the gradient.",
    ),
    Control(
        name="optimizer",
        label="optimizer",
        ladder=("sgd", "adam"),
        help="SGD steps by rate times gradient, Adam by about the rate, however small that is.",
    ),
    Control(
        name="standardise",
        label="standardise",
        ladder=("yes", "no"),
        help="Give each feature mean 0 and deviation 1, as the training part has them.",
    ),
    Control(
        name="activation",
        label="activation",
        ladder=("sigmoid", "tanh", "relu"),
        help="What bends the outputs of the hidden layers.",
    ),
    Control(
        name="csv",
        label="your CSV",
        ladder=(None,),
        none="none",
        file=True,
        help="The path of a table of your own; enter, type, → completes.",
    ),
    Control(
        name="batch_size",
        label="batch size",
        ladder=(1, 2, 4, 8, 16, 32, 64, 128, 256),
        help="How many samples each step looks at.",
    ),
    Control(
        name="shuffle",
        label="shuffle",
        ladder=("yes", "no"),
        help="A new order in every epoch, or always that of the file.",
    ),
    Control(
        name="drop_last",
        label="drop last",
        ladder=("yes", "no"),
        help="Leave out the last batch of an epoch where it is smaller than the others.",
    ),
    Control(
        name="workers",
        label="workers",
        ladder=(0, 1, 2, 4),
        help="Processes that make the batches; they take seconds to start.",
    ),
    Control(
        name="epochs",
        label="epochs",
        ladder=(10, 20, 50, 100, 200, 500, 1000),
        help="Passes over the training part.",
    ),
    Control(
        name="hidden_1",
        label="hidden units 1",
        ladder=UNITS,
        help="Units in the first hidden layer.",
    ),
    Control(
        name="hidden_2",
        label="hidden units 2",
        ladder=UNITS,
        help="Units in the second hidden layer.",
    ),
    Control(
        name="validation",
        label="validation",
        ladder=(0.1, 0.2, 0.25, 0.3, 0.5),
        help="The share of the rows that are never trained on.",
    ),
    Control(
        name="label",
        label="label column",
        ladder=(None,),
        none="the last",
        help=f"The name of the column to predict; {ONLY_YOURS}.",
    ),
    Control(
        name="ignore",
        label="ignore columns",
        ladder=(None,),
        none="none",
        help=f"Columns to leave out: their names, with commas between; {ONLY_YOURS}.",
    ),
    Control(
        name="target",
        label="target",
        ladder=("auto", "classes", "number"),
        help=f"Whether labels are classes or numbers to predict; {ONLY_YOURS}.",
    ),
    Control(
        name="missing",
        label="missing values",
        ladder=("drop", "fill"),
        help=f"Drop a row with a gap, or fill it with the column's median; {ONLY_YOURS}.",
    ),
    Control(
        name="header",
        label="header",
        ladder=("auto", "yes", "no"),
        help=f"Whether the first line names the columns; {ONLY_YOURS}.",
    ),
    Control(
        name="separator",
        label="separator",
        ladder=("auto", "comma", "semicolon", "tab", "pipe", "space"),
        help=f"What stands between two values; {ONLY_YOURS}.",
    ),
    Control(
        name="decimal",
        label="decimal sign",
        ladder=("point", "comma"),
        help=f"What stands before the decimals of a number; {ONLY_YOURS}.",
    ),
    Control(
        name="seed",
        label="seed",
        ladder=SEEDS,
        help="Which rows are held out, which weights are drawn, and in which order rows come.",
    ),
)
