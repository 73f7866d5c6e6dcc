"""Rows named by an index vector: the straight line (`ops/rows.py`) does what the general way does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import mutagrad as torch

Write = Callable[[Any, Any, Any], Any]

WRITES: dict[str, Write] = {
    "x[index] = y": lambda x, index, y: x.__setitem__(index, y),
    "index_add_": lambda x, index, y: x.index_add_(0, index, y),
    "index_copy_": lambda x, index, y: x.index_copy_(0, index, y),
    "index_put_": lambda x, index, y: x.index_put_((index,), y),
    "index_put_, accumulate": lambda x, index, y: x.index_put_((index,), y, accumulate=True),
    "scatter_": lambda x, index, y: x.scatter_(0, index, y),
    "scatter_add_": lambda x, index, y: x.scatter_add_(0, index, y),
}
OF_MATRICES = [name for name in WRITES if not name.startswith("scatter")]


def outcome(write: Write, shape: tuple[int, ...], index: list[int], through_a_view: bool) -> list[np.ndarray]:
    """Value and gradients of a write between two reads, the target whole or a view of something larger."""
    numbers = np.random.default_rng(0)
    start = torch.tensor(numbers.normal(size=shape), requires_grad=True)
    rows = torch.tensor(numbers.normal(size=(len(index), *shape[1:])), requires_grad=True)
    where = torch.tensor(index)
    x = torch.stack([start * 2, start])[0] if through_a_view else start * 2
    before = (x * x)[where]
    write(x, where, rows * 3)
    where.zero_()
    (before.sin().sum() + (x * x).cos().sum()).backward()
    return [x.detach().numpy(), start.grad.numpy(), rows.grad.numpy()]


@pytest.mark.parametrize(
    ("name", "shape"), [*[(name, (5,)) for name in WRITES], *[(name, (4, 3)) for name in OF_MATRICES]]
)
@pytest.mark.parametrize("index", [[0, 2, 3], [1, 1, 0, 1], [3]])
def test_whole_tensors_and_views_come_to_the_same(name: str, shape: tuple[int, ...], index: list[int]):
    """A write to rows of a whole tensor has the value and the gradients of that to a view, which goes the general way."""
    straight = outcome(WRITES[name], shape, index, through_a_view=False)
    general = outcome(WRITES[name], shape, index, through_a_view=True)

    for one, other in zip(straight, general):
        np.testing.assert_allclose(one, other, rtol=1e-12)


@pytest.mark.parametrize("name", WRITES)
def test_leaves_and_wrong_indices_are_refused_before_anything_is_written(name: str):
    """What the general way refuses, the straight line leaves to it."""
    leaf, x, rows = torch.zeros(3, requires_grad=True), torch.zeros(3), torch.ones(2)

    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        WRITES[name](leaf, torch.tensor([0, 1]), rows)
    with pytest.raises((IndexError, RuntimeError), match=r"out of (range|bounds)"):
        WRITES[name](x, torch.tensor([0, 3]), rows)
    assert x.tolist() == [0, 0, 0] and x._version == 0


def test_a_write_counts_once_and_is_recorded_where_it_was_called():
    """The version goes up by one, the node is named after the operation, and the leaf is untouched without grad."""
    x = torch.zeros(3)
    x.index_add_(0, torch.tensor([0, 0]), torch.ones(2, requires_grad=True))
    assert x._version == 1 and x.grad_fn.name() == "IndexAddBackward0"

    leaf = torch.zeros(3, requires_grad=True)
    with torch.no_grad():
        leaf[torch.tensor([1])] = torch.ones(1)
    assert leaf.tolist() == [0, 1, 0] and leaf.is_leaf
