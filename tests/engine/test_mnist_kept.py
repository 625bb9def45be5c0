"""The network saved between runs, and the frozen copy that makes predictions."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from engine import networks
from engine.config import Setting
from engine.frame import State
from engine.networks import Unfit
from engine.pictures import DigitsPicture
from engine.trainers.mnist import Mnist, MnistConfig, normalised, saved_reader
from tests.engine.conftest import Start, finish, until
from tests.engine.digits import folders

__all__ = ("folders",)
CPU = torch.device("cpu")
SMALL = {"data": "digits", "validation": 0, "width": 32, "depth": 1, "learning_rate": 0.05}


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def trained(**settings: Setting) -> Mnist:
    trainer = Mnist(MnistConfig.of({**SMALL, "epochs": 2, **settings}), CPU)
    for _ in trainer.steps():
        pass
    return trainer


def saved_line(**settings: Setting) -> str:
    """Return what the formulas of an untrained network say about the saved one."""
    trainer = Mnist(MnistConfig.of({**SMALL, **settings}), CPU)
    return trainer.equations(None)[-1].result


def test_the_best_stays_and_is_known_at_the_next_start() -> None:
    assert saved_line() == "none yet"
    assert saved_reader(MnistConfig.of(SMALL), "digits", tuple("0123456789")) is None
    good = trained(epochs=5)
    best, kept = f"{max(good.accuracies):.4f}", good.kept.path.read_bytes()
    about = networks.load(good.kept.path).about
    assert about["test_accuracy"] == max(good.accuracies)
    assert about["data"] == "digits"
    bad = trained(epochs=1, learning_rate=1e-6)
    assert bad.accuracies[-1] < good.accuracies[-1]
    assert good.kept.path.read_bytes() == kept
    assert bad.equations(None)[-1].result == best
    for start in ("anew", "saved"):
        again = Mnist(MnistConfig.of({**SMALL, "start": start}), CPU)
        assert again.equations(None)[-1].result == best
        next(again.steps())
        assert again.equations(None)[-1].result == best
    reader = saved_reader(MnistConfig.of(SMALL), "digits", good.images.classes)
    assert reader is not None
    assert f"{max(good.accuracies[1:]):.1%}" in reader.about
    answers = [int(reader.probabilities(x.numpy()).argmax()) for x in good.images.test_x]
    right = np.mean(np.array(answers) == good.images.test_y.numpy())
    assert right == pytest.approx(max(good.accuracies[1:]))


def test_each_kind_of_network_has_a_file_of_its_own_and_no_other_is_taken(folders: Path) -> None:
    trained(epochs=1)
    trained(epochs=1, width=16, activation="tanh")
    trained(epochs=1, network="convolutional")
    assert sorted(path.name for path in networks.files()) == [
        "digits-convolutional-relu.pt",
        "digits-dense-16x1-tanh.pt",
        "digits-dense-32x1-relu.pt",
    ]
    assert all(path.parent == folders for path in networks.files())
    (folders / "digits-dense-32x1-relu.pt").replace(folders / "digits-dense-64x1-relu.pt")
    assert saved_line(width=64) == "none yet"
    with pytest.raises(Unfit, match=r"'1\.weight' of shape 64 × 784, found shape 32 × 784"):
        trained(width=64, start="saved")
    with pytest.raises(Unfit, match="shape 32 × 784"):
        saved_reader(MnistConfig.of({**SMALL, "width": 64}), "digits", tuple("0123456789"))


def test_a_damaged_file_is_none_fails_in_words_and_is_replaced(start: Start, folders: Path) -> None:
    missing = finish(start(Mnist, MnistConfig.of({**SMALL, "start": "saved"})))
    assert missing.state is State.FAILED
    assert missing.message == (
        "no such network was saved yet (digits-dense-32x1-relu.pt): set start to anew, and train it"
    )
    folders.mkdir(parents=True, exist_ok=True)
    path = folders / "digits-dense-32x1-relu.pt"
    for content in (b"no network", b""):
        path.write_bytes(content)
        assert saved_line() == "none yet"
    frame = finish(start(Mnist, MnistConfig.of({**SMALL, "start": "saved"})))
    assert frame.state is State.FAILED
    assert frame.message.startswith(str(folders))  # and not with a class name
    trainer = trained()
    assert networks.load(path).about["test_accuracy"] == max(trainer.accuracies[1:])


def test_the_last_frame_tells_of_the_last_test(start: Start) -> None:
    run = start(Mnist, MnistConfig.of({**SMALL, "epochs": 1}))
    for step in range(1, 23):  # a frame for each, the last step included, before its evaluation
        run.step()
        until(lambda step=step: run.frame.step == step and run.resting)
    before = {line.formula: line.result for line in run.frame.equations}
    run.play()
    frame = finish(run)
    assert frame.state is State.FINISHED
    assert isinstance(frame.picture, DigitsPicture)
    first, last = (f"{accuracy:.4f}" for accuracy in frame.picture.accuracies)
    shown = {line.formula: line.result for line in frame.equations}
    assert (before["saved network"], shown["test, after epoch 1"]) == ("none yet", last)
    assert shown["saved network, epoch 1"] == last
    next_run = Mnist(MnistConfig.of(SMALL), CPU)
    (saved,) = (line for line in next_run.equations(None) if line.phase == "save")
    assert (saved.formula, saved.result) == ("saved network, earlier run", last)
    assert first != last


def test_training_goes_on_from_the_saved_network() -> None:
    first = trained(epochs=1)
    second = trained(epochs=3, start="saved")
    assert second.accuracies[0] == first.accuracies[1]
    best = max(second.accuracies)
    assert best > first.accuracies[1]
    about = networks.load(first.kept.path).about
    assert about["epochs"] == 1 + second.accuracies.index(best)
    assert about["test_accuracy"] == best


def test_a_folder_that_cannot_be_written_costs_nothing(folders: Path) -> None:
    folders.parent.mkdir(parents=True)
    folders.write_text("in the way")
    trainer = trained()
    assert len(trainer.accuracies) == 3
    assert "exists" in trainer.equations(None)[-1].result
    assert trainer.note.endswith(". The trained network cannot be saved: File exists")


def test_a_reader_says_what_the_network_says_and_stays_as_it_is() -> None:
    trainer = Mnist(MnistConfig.of(SMALL), CPU)
    list(islice(trainer.steps(), 5))
    image = trainer.images.test_x[3]
    with torch.no_grad():
        logits = trainer.model(normalised(image.unsqueeze(0)))[0].double()
    expected = (torch.exp(logits) / torch.exp(logits).sum()).numpy()
    reader = trainer.picture().reader
    assert reader.about == "this run, after 5 steps"
    assert reader.classes == trainer.images.classes
    message = reader.probabilities(image.numpy())
    assert message == pytest.approx(expected, abs=1e-12)
    list(islice(trainer.steps(), 50))
    assert np.array_equal(reader.probabilities(image.numpy()), message)
    assert trainer.reader().probabilities(image.numpy()) != pytest.approx(message, abs=1e-3)


def test_asking_does_not_touch_the_random_numbers_of_the_run() -> None:
    plain, asked = (Mnist(MnistConfig.of(SMALL), CPU) for _ in range(2))

    def losses(trainer: Mnist, ask: bool) -> list[float]:
        torch.manual_seed(1)
        found = []
        for step in islice(trainer.steps(), 60):
            found.append(step.loss.item())
            if ask:
                trainer.picture().reader.probabilities(np.zeros((28, 28), dtype=np.uint8))
        return found

    assert losses(plain, ask=False) == losses(asked, ask=True)
