"""The drawing pad, and preparing drawings as MNIST and scikit-learn do."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.datasets.images import load_images, read_digits
from engine.datasets.registry import embedded, find
from engine.handwriting import FINE, SIDE, Ink, Pad, as_digits, as_mnist, resized
from tests.engine.digits import SHARED, needs_mnist


def centre(image: Ink) -> tuple[float, float]:
    """Return the centre of mass in pixels, counted from 0: row and column."""
    rows, columns = np.indices(image.shape)
    return tuple(float((places * image).sum() / image.sum()) for places in (rows, columns))


def box(image: Ink) -> tuple[int, int]:
    """Return the number of rows and columns of the bounding box of the ink."""
    rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def written(*strokes: list[tuple[float, float]]) -> Pad:
    pad = Pad()
    for first, *others in strokes:
        pad.go(*first)
        pad.lower()
        for place in others:
            pad.go(*place)
        pad.lift()
    return pad


SEVEN = [(8.5, 6.5), (20.5, 6.5), (12.5, 24.5)]


def test_resized_has_the_means_of_what_a_pixel_covers() -> None:
    # Three pixels to two: the first covers all of the first and half of the second.
    assert resized(np.array([[0.0, 3.0, 6.0]]), 1, 2).tolist() == [[1.0, 5.0]]
    quarters = np.array([[1.0, 3.0, 0.0, 0.0], [5.0, 7.0, 0.0, 8.0]])
    assert resized(quarters, 1, 2).tolist() == [[4.0, 2.0]]
    image = np.arange(6.0).reshape(2, 3)  # enlarging repeats every pixel
    assert np.allclose(resized(image, 4, 9), image.repeat(2, axis=0).repeat(3, axis=1))
    assert np.allclose(resized(np.stack([image, image + 1]), 2, 3)[1], image + 1)


def test_the_pen_draws_round_dots_and_lines_three_pixels_thick() -> None:
    pad = Pad()
    pad.go(3, 4)
    assert (pad.x, pad.y) == (3, 4)
    assert not pad.ink.any()  # the pen is up
    pad.go(-100, 1000)
    assert (pad.x, pad.y) == (0.5, SIDE - 0.5)  # the edge of the pad
    pad = written([(14.0, 14.0)])
    # A radius of 1.5 pixels, 4 dots each: a circle of area 9π/4 pixels.
    assert pad.ink.sum() / 255 / FINE**2 == pytest.approx(np.pi * 1.5**2, rel=0.03)
    assert (pad.ink == pad.ink.T).all()
    assert (pad.ink == pad.ink[::-1]).all()
    assert {0, 255} < set(np.unique(pad.ink).tolist())  # anti-aliased edge
    pad = written([(4.5, 14.0), (24.5, 14.0)])
    middle = pad.ink[:, SIDE * FINE // 2].astype(float)
    assert middle.sum() / 255 / FINE == pytest.approx(3.0, abs=0.05)
    assert np.flatnonzero(middle).mean() == pytest.approx(14 * FINE - 0.5)


def test_undo_takes_strokes_back_one_by_one_and_a_clearing_too() -> None:
    pad = written(SEVEN)
    seven = pad.ink
    pad.go(10.5, 15.5)
    pad.lower()
    pad.go(18.5, 15.5)
    barred = pad.ink
    pad.clear()
    pad.clear()  # an empty pad: nothing to undo
    assert not pad.down
    assert not pad.ink.any()
    for before in (barred, seven):
        pad.undo()
        assert pad.ink is before
    for _ in range(2):  # once more than there are strokes
        pad.undo()
        assert not pad.ink.any()
    pad.lower()
    pad.go(20.5, 20.5)
    pad.lower()  # already down: no new stroke
    pad.undo()
    assert not pad.down
    assert not pad.ink.any()


def test_a_drawing_fits_into_20_by_20_and_keeps_its_shape() -> None:
    assert not as_mnist(np.zeros((112, 112), dtype=np.uint8)).any()
    for rows, columns in ((40, 20), (20, 40), (80, 40), (10, 5), (20, 10)):
        drawing = np.zeros((112, 112), dtype=np.uint8)
        drawing[9 : 9 + rows, 3 : 3 + columns] = 255
        image = as_mnist(drawing)
        assert (image.shape, image.dtype) == ((28, 28), np.uint8)
        assert box(image) == ((20, 10) if rows > columns else (10, 20))
        assert set(np.unique(image).tolist()) == {0, 255}
    assert box(as_mnist(written([(3.5, 3.5)]).ink)) == (20, 20)  # a dot is scaled too
    drawing = np.zeros((112, 112), dtype=np.uint8)
    drawing[:60, :2] = 255  # 60 rows become 20: a third of each column in the single row
    drawing[:60, 2:4] = 90
    assert set(np.unique(as_mnist(drawing)).tolist()) <= {0, 172, 173}
    assert box(as_mnist(drawing)) == (20, 1)


def test_the_centre_of_mass_comes_to_the_middle() -> None:
    heavy_below = written([(14.5, 4.5), (14.5, 22.5)], [(9.5, 22.5), (19.5, 22.5), (9.5, 20.5)])
    image = as_mnist(heavy_below.ink)
    # Shifted by whole pixels: within half a pixel.
    assert centre(image) == (pytest.approx(14, abs=0.5), pytest.approx(14, abs=0.5))
    rows = np.flatnonzero(image.any(axis=1))
    assert rows[0] + rows[-1] < 27  # the box is not centred: the mass is
    seven = written([(x / 2 + 2, y / 2 + 2) for x, y in SEVEN]).ink
    moved = np.roll(seven, (30, 17), axis=(0, 1))  # position and size do not matter
    assert (as_mnist(moved) == as_mnist(seven)).all()
    larger = seven.repeat(2, axis=0).repeat(2, axis=1)
    assert np.abs(as_mnist(larger).astype(int) - as_mnist(seven)).max() <= 1
    drawing = np.zeros((112, 112), dtype=np.uint8)
    drawing[0, 0] = drawing[111, 111] = 1
    drawing[100:112, 100:112] = 255
    image = as_mnist(drawing)
    # The mass, in row 19, would move to row 14 if the first rows were cut off: they are not.
    assert np.flatnonzero((image > 40).any(axis=1)).tolist() == [18, 19]
    assert image.sum() == pytest.approx(255 * (12 * 20 / 112) ** 2, rel=0.05)


def squares(*rows: str) -> np.ndarray:
    """Return a bitmap of 8 × 8 squares of 4 × 4 pixels, with ink for each x."""
    small = np.array([[255 * (letter == "x") for letter in row] for row in rows], dtype=np.uint8)
    return small.repeat(4, axis=0).repeat(4, axis=1)


def test_a_digit_of_scikit_learns_is_its_squares_scaled_bilinearly() -> None:
    eight = squares(*["..xxxx..", "..x..x.."] * 4)
    small = torch.from_numpy(eight[::4, ::4].astype(np.float32))[None, None]
    scaled = torch.nn.functional.interpolate(small, size=(28, 28), mode="bilinear")[0, 0]
    assert np.abs(as_digits(eight).astype(int) - scaled.numpy()).max() < 0.51


def test_it_fills_the_height_and_stands_in_the_middle() -> None:
    small = written([(3.5, 4.5), (3.5, 14.5)], [(3.5, 14.5), (6.5, 14.5)])
    image = as_digits(small.ink)
    assert (image.shape, image.dtype) == ((28, 28), np.uint8)
    assert box(image)[0] == 28
    assert centre(image)[1] == pytest.approx(13.5, abs=0.6)
    wide = as_digits(written([(4.5, 4.5), (24.5, 4.5)]).ink)
    assert box(wide)[1] == 28
    assert centre(wide) == (pytest.approx(13.5, abs=0.6), pytest.approx(13.5, abs=0.6))
    assert not as_digits(np.zeros((112, 112), dtype=np.uint8)).any()


def test_a_real_one_of_scikit_learns_stays_near_itself() -> None:
    """Drawing its squares on the pad changes it only by the shift of its position."""
    file = embedded(find("digits"))
    assert file is not None
    small, large = (read_digits(file, side=side)[2].numpy() for side in (8, 28))
    errors = dict.fromkeys((as_digits, as_mnist), 0.0)
    for squares, image in zip(small, large, strict=True):
        drawing = squares.repeat(4, axis=0).repeat(4, axis=1)
        for prepare in errors:
            errors[prepare] += np.abs(prepare(drawing).astype(int) - image).mean() / len(small)
    assert errors[as_digits] < 15  # mean difference in grey levels
    assert errors[as_mnist] > 3 * errors[as_digits]


@needs_mnist
def test_real_digits_and_those_of_the_pen_are_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLTUI_DATA_DIR", str(SHARED))
    images = load_images("mnist")
    # MNIST images are already prepared: preparing them again changes nothing.
    for image in images.test_x[:500].numpy():
        drawing = image.repeat(FINE, axis=0).repeat(FINE, axis=1)
        assert (as_mnist(drawing) == image).all()
        aside = np.pad(drawing, ((5, 3), (0, 9)))
        assert (as_mnist(aside) == image).all()
    full_pixels = images.train_x.numpy().sum(axis=(1, 2)).mean() / 255
    assert full_pixels == pytest.approx(102, abs=0.5)
    ink = as_mnist(written(SEVEN).ink).sum()
    assert ink / 255 == pytest.approx(full_pixels, rel=0.25)
    sevens = images.test_x[images.test_y == 7].double().sum(dim=(1, 2))
    low, high = (float(share) for share in sevens.quantile(sevens.new_tensor([0.1, 0.9])))
    assert low < ink < high
