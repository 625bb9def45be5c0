"""Code and figures of the concept page on tensors."""

from __future__ import annotations

import re

import pytest
import torch

from engine.tensors.content import tensors
from engine.tensors.evaluate import evaluate, look
from engine.tensors.looks import PyTorchRefused
from engine.tensors.scenes import SCENES
from lessons.catalog import find

PAGE = find("tensors").load().concept


def test_the_scenes_of_the_lab_and_the_table_of_views() -> None:
    shapes = [str(tuple(tensors(scene.name)["x"].shape)) for scene in SCENES[:6]]
    shown = re.findall(r"^\d-D .*?(\([\d, ]*\))$", PAGE, re.MULTILINE)
    assert shown == ["()", "(4,)", "(8, 3)", "(24, 36, 3)", "(20, 16, 24, 3)"]
    assert [shape for shape in shapes if shape != "(3, 4)"] == shown
    x = torch.arange(12).reshape(3, 4)
    row = r"^(x\S*(?: \S+)?) +(\(.*?\)) +(\(.*?\)) +(\d)(?: +(.+))?$"
    rows = re.findall(row, PAGE, re.MULTILINE)
    assert len(rows) == 5
    for line, shape, strides, offset, memory in rows:
        result = evaluate(line, {"x": x})
        seen = result.look
        assert seen is not None
        assert (str(seen.shape), str(seen.strides)) == (shape, strides)
        assert seen.storage_offset == int(offset)
        assert bool(result.shares_storage_with) == (memory != "its own")


def test_the_place_in_memory_is_the_formula() -> None:
    seen = look(torch.arange(12).reshape(3, 4)[1:, ::2])
    for i in range(2):
        for j in range(2):
            place = seen.storage_offset + i * seen.strides[0] + j * seen.strides[1]
            assert seen.numbers[i, j] == place


def test_what_goes_wrong_goes_wrong() -> None:
    predictions, targets = torch.arange(4.0).reshape(4, 1), torch.arange(4.0)
    assert (predictions - targets).shape == (4, 4)
    assert sum((p - t) ** 2 for p in range(4) for t in range(4)) / 16 == 2.5
    assert ((predictions - targets) ** 2).mean() == 2.5
    assert "2.5 instead of 0" in PAGE
    assert (torch.tensor([250], dtype=torch.uint8) + 10).item() == (250 + 10) % 256 == 4
    assert "250 + 10 is 4" in PAGE


def test_every_line_that_the_page_tries_is_one_of_its_scene() -> None:
    tried = PAGE.partition("## Try it")[2].partition("## What goes wrong")[0]
    for name, words in re.findall(r"^- In \*(\w+)\*(.*)$", tried, re.MULTILINE):
        for line in re.findall(r"`([^`]*x[^`]*|y\.[^`]*)`", words) if name != "numpy" else ():
            try:
                evaluate(line, tensors(name))
            except PyTorchRefused:
                assert line == "x.T.view(-1)"  # the page says that it fails
    x = tensors("broadcasting")["x"]
    assert "subtract the mean of each row. It takes `keepdim=True`" in PAGE
    with pytest.raises(PyTorchRefused):
        evaluate("x - x.mean(dim=1)", {"x": x})
    result = evaluate("x - x.mean(dim=1, keepdim=True)", {"x": x})
    assert result.look is not None
    assert result.look.numbers.sum(axis=1).tolist() == [0, 0, 0, 0]
