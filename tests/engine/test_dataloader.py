"""Training on a table, compared with plain PyTorch, calculations by hand and scikit-learn."""

from __future__ import annotations

import math
from itertools import islice, product
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix, log_loss, r2_score
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from engine.config import Setting
from engine.datasets.tables import breast_cancer
from engine.frame import State
from engine.history import Diverged, History
from engine.run import train
from engine.trainer import Step
from engine.trainers.dataloader import DataLoaderConfig, TableLearner, TableRows
from engine.trainers.table import FeatureScale
from tests.engine.conftest import Start, look, until
from tests.engine.plain_scripts import loop

CPU = torch.device("cpu")


def made(**settings: Setting) -> TableLearner:
    return TableLearner(DataLoaderConfig.of(settings), CPU)


def trained(**settings: Setting) -> TableLearner:
    trainer = made(**settings)
    for _ in trainer.steps():
        pass
    return trainer


def write(tmp_path: Path, rows: np.ndarray, name: str = "t.csv") -> str:
    path = tmp_path / name
    path.write_text("\n".join(",".join(repr(float(v)) for v in row) for row in rows))
    return str(path)


def three_classes(tmp_path: Path) -> str:
    random = np.random.default_rng(0)
    y = np.arange(90) % 3
    return write(tmp_path, np.column_stack([random.normal(size=(90, 4)) + y[:, None], y]))


def numbers(tmp_path: Path) -> str:
    random = np.random.default_rng(0)
    x = random.normal(size=(120, 3))
    return write(tmp_path, np.column_stack([x, 5 + 100 * x @ [1.0, -2.0, 0.5]]))


def script(epochs: int, rate: float, adam: bool) -> list[float]:
    """Train as a plain script and return the losses."""
    torch.manual_seed(0)
    table = breast_cancer()
    x, y = torch.from_numpy(table.x), torch.from_numpy(table.y)
    order = torch.randperm(569)
    # The split is stratified: every fourth sample of each class, in the shuffled order.
    place = torch.zeros(569)
    for label in (0, 1):
        of = torch.nonzero(y[order] == label).flatten()
        place[of] = torch.linspace(0, 1, len(of) + 1)[:-1]
    ranks = sorted(range(569), key=lambda i: (place[i].item(), y[order[i]].item()))
    train = order[ranks][142:].sort().values
    mean, deviation = x[train].mean(0), x[train].std(0, correction=0)
    data = TensorDataset(((x[train] - mean) / deviation).float(), y[train].float().reshape(-1, 1))
    loader = DataLoader(data, batch_size=32, shuffle=True)
    sigmoid = nn.Sigmoid()
    model = nn.Sequential(nn.Linear(30, 6), sigmoid, nn.Linear(6, 4), sigmoid, nn.Linear(4, 1))
    optimizer = (torch.optim.Adam if adam else torch.optim.SGD)(model.parameters(), lr=rate)
    batches = (batch for _ in range(epochs) for batch in loader)
    return loop(model, nn.BCEWithLogitsLoss(), optimizer, batches)


def test_the_losses_are_a_plain_scripts_to_the_last_bit() -> None:
    for rate, adam in ((1.0, False), (0.01, True)):
        trainer = made(epochs=3, learning_rate=rate, optimizer="adam" if adam else "sgd")
        assert [step.loss.item() for step in trainer.steps()] == script(3, rate, adam)
    rows = TableRows(torch.arange(6.0).reshape(3, 2), torch.tensor([[0.0], [1.0], [0.0]]))
    assert len(rows) == 3
    index, x, y = rows[1]
    assert (index, x.tolist(), y.tolist()) == (1, [2.0, 3.0], [1.0])


def test_both_parts_have_the_same_shares_and_no_row_in_common() -> None:
    trainer = made(standardise="no")
    train, held_out = trainer.train, trainer.validation
    assert (len(train), len(held_out)) == (427, 142)
    shares = [part.y.mean().item() for part in (train, held_out)]
    assert shares == pytest.approx([357 / 569] * 2, abs=1 / 142)
    rows = torch.cat([train.x, held_out.x]).sort(dim=0).values
    every = torch.from_numpy(breast_cancer().x).float().sort(dim=0).values
    assert torch.equal(rows, every)
    assert torch.equal(held_out.x, made(learning_rate=0.1, standardise="no").validation.x)
    assert not torch.equal(held_out.x, made(seed=1, standardise="no").validation.x)


def test_small_classes_and_tables_are_split_too(tmp_path: Path) -> None:
    y = np.arange(40) % 2
    y[7] = 2  # a class of one row is trained on
    csv = write(tmp_path, np.column_stack([np.arange(40.0), y]))
    for seed, validation in product(range(3), (0.05, 0.25, 0.49)):
        assert 2 in made(csv=csv, seed=seed, validation=validation).train.y.tolist()
    path = write(tmp_path, np.array([[1.0, 0], [2, 1], [3, 1], [4, 0]]))
    for share in (0.05, 0.9):
        trainer = trained(csv=path, validation=share, epochs=2)
        assert len(trainer.train) + len(trainer.validation) == 4
        assert min(len(trainer.train), len(trainer.validation)) == 1


def test_the_share_of_every_class_is_rounded(tmp_path: Path) -> None:
    sizes = [3, 10, 17, 70]
    y = np.repeat(np.arange(4), sizes)
    csv = write(tmp_path, np.column_stack([np.arange(100.0), y]))
    for share in (0.1, 0.25, 0.3):
        trainer = made(csv=csv, validation=share)
        counts = torch.bincount(trainer.validation.y, minlength=4).tolist()
        assert sum(counts) == 100 * share
        for count, size in zip(counts, sizes, strict=True):
            assert abs(count - share * size) <= 0.5 + 1e-6


def test_the_scale_is_scikit_learns_of_the_training_part() -> None:
    raw, scaled = made(standardise="no"), made()
    scaler = StandardScaler().fit(raw.train.x.double().numpy())
    for part in ("train", "validation"):
        expected = scaler.transform(getattr(raw, part).x.double().numpy())
        np.testing.assert_allclose(getattr(scaled, part).x.numpy(), expected, rtol=1e-4, atol=1e-4)
    assert scaled.train.x.mean(0).abs().max() < 1e-6
    assert scaled.validation.x.mean(0).abs().max() > 0.01


def test_gaps_get_the_median_of_the_training_part_and_constants_stay() -> None:
    nan = float("nan")
    train = torch.tensor([[1.0, 7.0], [2.0, 7.0], [nan, 7.0], [9.0, 7.0]], dtype=torch.float64)
    scale = FeatureScale(train, standardise=False)
    assert scale(torch.tensor([[nan, nan]], dtype=torch.float64)).tolist() == [[2.0, 7.0]]
    scale = FeatureScale(train, standardise=True)
    # With the median in the gap: 1, 2, 2, 9 have mean 3.5 and variance (6.25 + 2·2.25 + 30.25)/4.
    expected = (9 - 3.5) / (41 / 4) ** 0.5
    assert scale(train)[3].tolist() == pytest.approx([expected, 0.0])
    assert scale.typical(1.0).tolist()[0] == pytest.approx([1.0, 0.0])


def test_the_unit_of_a_feature_does_not_matter() -> None:
    column = torch.tensor([[-1.0], [0.0], [0.0], [1.0]], dtype=torch.float64)
    for unit in (1.0, 1e-300, 1e300, 1e308):
        scaled = FeatureScale(column * unit, standardise=True)(column * unit).flatten().tolist()
        assert scaled == pytest.approx([-(2**0.5), 0.0, 0.0, 2**0.5])
    # A constant has no deviation, whatever its last bit does.
    constant = torch.full((171, 1), 0.1, dtype=torch.float64)
    assert FeatureScale(constant, standardise=True)(constant).abs().max() < 1e-12


def test_the_line_to_beat_is_always_saying_the_commoner_class(tmp_path: Path) -> None:
    for seed in (0, 1):
        trainer = made(seed=seed)
        y = trainer.validation.y.flatten().numpy()
        picture, share = trainer.picture(), trainer.train.y.mean().item()
        assert picture.guess == "benign"
        assert picture.score_to_beat == pytest.approx(float(y.mean()))
        expected = log_loss(y, np.full(len(y), share))
        assert picture.loss_to_beat == pytest.approx(expected, rel=1e-5)
    many = made(csv=three_classes(tmp_path)).picture()
    assert many.score_to_beat == pytest.approx(1 / 3, abs=0.05)
    assert many.loss_to_beat == pytest.approx(np.log(3), abs=0.01)
    one = made(csv=numbers(tmp_path))
    y = one.validation.y
    assert one.picture().loss_to_beat == pytest.approx((y**2).mean().item(), rel=1e-5)
    assert one.picture().score_to_beat == pytest.approx(0.0, abs=0.1)
    assert one.picture().guess.startswith("the mean, ")


def test_the_confusion_is_scikit_learns(tmp_path: Path) -> None:
    for settings in ({"epochs": 3}, {"epochs": 3, "csv": three_classes(tmp_path)}):
        trainer = trained(**settings)
        y = trainer.validation.y.flatten().numpy()
        with torch.no_grad():
            output = trainer.model(trainer.validation.x)
        message = (
            output.argmax(1) if output.shape[1] > 1 else (torch.sigmoid(output) >= 0.5).flatten()
        )
        np.testing.assert_array_equal(trainer.picture().confusion, confusion_matrix(y, message))
        right = np.trace(trainer.picture().confusion) / len(y)
        assert trainer.metrics()["validation_accuracy"] == pytest.approx(right)


def test_many_classes_are_trained_by_the_cross_entropy(tmp_path: Path) -> None:
    trainer = made(csv=three_classes(tmp_path), batch_size=68)
    with torch.no_grad():
        output = trainer.model(trainer.train.x)
    labels = trainer.train.y.unsqueeze(1)
    by_hand = -output.double().log_softmax(1).gather(1, labels).mean().item()
    step = next(trainer.steps())
    assert step.loss.item() == pytest.approx(by_hand, rel=1e-5)
    assert trained(csv=three_classes(tmp_path)).metrics()["validation_accuracy"] > 0.6


def test_a_number_is_learned_and_predicted_in_its_own_units(tmp_path: Path) -> None:
    trainer = trained(csv=numbers(tmp_path), activation="tanh")
    with torch.no_grad():
        output = trainer.model(trainer.validation.x)
    r2 = r2_score(trainer.validation.y, output)
    assert trainer.metrics()["validation_r2"] == pytest.approx(r2, abs=1e-5)
    assert r2 > 0.9
    assert trainer.predict(0.0) == pytest.approx(5, abs=40)  # the spread is about 230
    assert trainer.predict(1.0) < trainer.predict(-1.0)  # the slopes sum to −50 per deviation
    assert "R²" not in trainer.note


def test_the_score_of_equal_numbers_is_not_defined(tmp_path: Path) -> None:
    (tmp_path / "equal.csv").write_text("rooms,price\n1,1.5\n2,2.5\n3,3.5\n4,4.5\n")
    trainer = trained(csv=str(tmp_path / "equal.csv"), epochs=2)  # one row is held out
    metrics = trainer.metrics()
    assert math.isnan(metrics["validation_r2"])
    assert math.isnan(metrics["r2_to_beat"])
    assert metrics["train_r2"] < 1
    assert "R² is not defined" in trainer.note
    assert trainer.picture().confusion.shape == (0, 0)


def test_the_belt_shows_every_sample_once_an_epoch() -> None:
    trainer = made(epochs=2)
    steps, seen = trainer.steps(), []
    for number in range(1, 15):
        next(steps)
        belt = trainer.picture().belt
        assert (belt.number, belt.batches) == (number, 14)
        seen += belt.batch.tolist()
        assert sorted(seen) == np.flatnonzero(belt.seen).tolist()
    assert sorted(seen) == list(range(427))
    assert len(belt.batch) == 427 - 13 * 32
    next(steps)
    belt = trainer.picture().belt
    assert (belt.number, belt.seen.sum()) == (1, 32)
    assert belt.batch.tolist() != seen[:32]
    trainer = made(epochs=1, shuffle="no", drop_last="yes")
    batches = [trainer.picture().belt.batch.tolist() for _ in trainer.steps()]
    assert batches == np.arange(13 * 32).reshape(13, 32).tolist()


def test_it_measures_before_the_first_step_and_after_each_epoch(tmp_path: Path) -> None:
    trainer = made(epochs=4)
    start, steps = trainer.metrics(), trainer.steps()
    assert trainer.picture().measures.epochs.tolist() == [0]
    list(islice(steps, 14))  # the last step of an epoch has measured already
    assert trainer.picture().measures.epochs.tolist() == [0, 1]
    list(steps)
    measures, end = trainer.picture().measures, trainer.metrics()
    assert measures.epochs.tolist() == [0, 1, 2, 3, 4]
    for metrics, place in ((start, 0), (end, 4)):
        assert measures.train_loss[place] == pytest.approx(metrics["train_loss"])
        assert measures.validation_loss[place] == pytest.approx(metrics["validation_loss"])
        assert measures.train_score[place] == pytest.approx(metrics["train_accuracy"])
        assert measures.validation_score[place] == pytest.approx(metrics["validation_accuracy"])
    few = write(tmp_path, np.array([[0.0, 0], [1, 1], [2, 0], [3, 1], [4, 0], [5, 1]]))
    epochs = trained(csv=few, epochs=530, batch_size=8).picture().measures.epochs
    assert len(epochs) < 514  # many are thinned
    assert (epochs[0], epochs[-1]) == (0, 530)


def test_the_gradients_are_the_root_mean_squares_of_the_last_step() -> None:
    trainer = made()
    assert trainer.picture().gradients == ()
    step = next(trainer.steps())
    names, sizes = zip(*trainer.picture().gradients, strict=True)
    assert names == ("30 → 6", "6 → 4", "4 → 1")
    layers = [layer for layer in trainer.model if isinstance(layer, nn.Linear)]
    expected = [np.sqrt(np.mean(layer.weight.grad.double().numpy() ** 2)) for layer in layers]
    assert sizes == pytest.approx(expected, rel=1e-5)
    shown = [line for line in trainer.equations(step) if line.phase == "backward"]
    assert [line.formula for line in shown] == [f"rms ∂L/∂W{place}" for place in "₁₂₃"]
    assert [float(line.result) for line in shown] == pytest.approx(expected, abs=5e-5)


def test_a_network_of_many_weights_is_not_written_out(tmp_path: Path) -> None:
    assert made().parameters() == {}  # 30·6 + 6 + 6·4 + 4 + 4 + 1 = 219 parameters are too many
    named = made(csv=numbers(tmp_path), hidden_1=2, hidden_2=2).parameters()
    assert {name: len(values) for name, values in named.items()} == {
        "W1": 6,
        "b1": 2,
        "W2": 4,
        "b2": 2,
        "W3": 2,
        "b3": 1,
    }


def test_the_rate_changes_on_the_way_even_where_the_file_is_there_no_more(
    tmp_path: Path, start: Start
) -> None:
    trainer = made()
    trainer.adjust("learning_rate", 0.5)
    assert trainer.optimizer.param_groups[0]["lr"] == 0.5
    with pytest.raises(ValueError, match="workers"):
        trainer.adjust("workers", 1)
    path = Path(three_classes(tmp_path))
    run = start(TableLearner, DataLoaderConfig(csv=str(path), epochs=100_000))
    run.play()
    until(lambda: look(run).step > 0)
    for rate in (0.5, 0.25):
        path.write_text("a,b\n1,x,2\n") if rate == 0.5 else path.unlink()
        run.adjust("learning_rate", rate)
        until(lambda rate=rate: look(run).settings["learning_rate"] == rate)
        assert run.state is State.PLAYING
        with pytest.raises(ValueError, match="learning_rate = -1"):
            run.adjust("learning_rate", -1)
    run.close()


def test_a_rate_that_is_too_high_diverges_in_words(tmp_path: Path) -> None:
    trainer = made(
        csv=numbers(tmp_path),
        standardise="no",
        optimizer="sgd",
        activation="relu",
        learning_rate=100.0,
    )
    with pytest.raises(Diverged):
        for _ in train(trainer, History(), lambda: False):
            pass
    assert trainer.picture().measures.epochs[0] == 0
    assert trainer.equations(None)


def test_settings_that_are_refused() -> None:
    refused: list[tuple[dict[str, Setting], str]] = [
        ({"csv": "/nothing/t.csv"}, "no such file"),
        ({"csv": ""}, "csv"),
        ({"drop_last": "yes", "batch_size": 428}, "there are 427 rows to train on"),
        ({"workers": 9}, "workers = 9"),
        ({"validation": 0.0}, "from 0.05 to 0.9"),
        ({"optimizer": "rmsprop"}, "sgd, adam"),
    ]
    for settings, words in refused:
        with pytest.raises(ValueError, match=words):
            DataLoaderConfig.of(settings)


def test_what_was_left_out_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "gaps.csv"
    path.write_text("a,b,y\n1,2,0\n2,?,1\n3,4,1\n4,5,0\n5,6,1\n")
    assert made(csv=str(path)).note.startswith("1 row with a missing value left out: b 1; 4 rows")
    filled = made(csv=str(path), missing="fill")
    assert "median" in filled.note
    assert all(bool(part.x.isfinite().all()) for part in (filled.train, filled.validation))
    assert made().note == ""


def test_the_equations_have_no_number_before_the_first_step_and_all_after() -> None:
    trainer = made()
    before = [equation.result for equation in trainer.equations(None)]
    assert before.count("none yet") == 4
    step = next(trainer.steps())
    assert isinstance(step, Step)
    after = {equation.formula: equation.result for equation in trainer.equations(step)}
    assert "none yet" not in after.values()
    assert after["L = −mean(ln P(label))"] == f"{step.loss.item():.4f}"
    assert after["to beat: all benign"] == "0.6268"


def write_text(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


def test_another_file_is_read_anew_where_the_way_of_the_last_one_does_not_fit(
    tmp_path: Path,
) -> None:
    first = write_text(tmp_path / "first.csv", "kind,a\ncat,1\ndog,2\ncat,3\ndog,4\n")
    second = write_text(tmp_path / "second.csv", "a;y\n1;0\n2;1\n3;0\n4;1\n")
    config = DataLoaderConfig(label=None).but("label", "kind").but("csv", first)
    assert config.label == "kind"  # kept, because the new table has it

    other = config.but("csv", second)
    assert (other.csv, other.label) == (second, None)
    assert other.table().names == ("a",)
    assert config.but("csv", None).csv is None
    broken = write_text(tmp_path / "broken.csv", "a,y\nx,0\n2,1\n3,0\n4,1\n")
    with pytest.raises(ValueError, match="no column is called 'kind'"):
        DataLoaderConfig(label="kind").but("csv", broken)
