"""Where elements lie in memory, and how many there are, changes no result: operations by element, and reductions."""

import numpy as np

from . import run
from .checks import assert_equal
from .entries import ENTRIES, over_runs, works
from .samples import POINTWISE, REDUCTIONS
from .under_test import torch


def lay_out(array, layout):
    """A tensor equal to `array` in the layout named; `expanded` repeats the first row with stride zero."""
    if layout != "expanded" or not array.size or not array.ndim:
        return run.tensor(torch, array, layout)
    return torch.tensor(array[:1]).expand(array.shape)


def expected_arrays(arrays, layout):
    """The values that a layout can hold: for `expanded`, those of the first row throughout."""
    if layout != "expanded":
        return arrays
    return [np.repeat(a[:1], a.shape[0], 0) if a.ndim and a.size else a for a in arrays]


def evaluate(sample, tensors):
    return [run.to_numpy(out) for out in run.flatten(run.evaluate(torch, sample, tensors))]


def gradients(sample, dtype, layout):
    """The first-order gradients of a run whose leaves all have the layout; nothing for an unused leaf."""
    tensors = [
        run.tensor(torch, array, layout, position in sample.differentiated)
        for position, array in enumerate(sample.draw(dtype))
    ]
    grads, _ = run.gradients(torch, sample, run.evaluate(torch, sample, tensors), run.leaves(sample, tensors))
    return [run.to_numpy(grad) for grad in grads if grad is not None]


def assert_all_equal(got, expected, rtol):
    assert len(got) == len(expected)
    for one, other in zip(got, expected, strict=True):
        assert_equal(one, other, rtol)


def has_rows(sample):
    """Whether some input has a dimension."""
    return any(array.shape for array in sample.arrays)


def has_elements(sample):
    """Whether no input is empty."""
    return all(0 not in array.shape for array in sample.arrays)


LAYOUTS = ("transposed", "strided", "expanded")
FLOAT64 = ("float64",)
ALL = [*POINTWISE, *REDUCTIONS]
WITH_ROWS = [sample for sample in POINTWISE if has_rows(sample)]
WITH_ELEMENTS = [sample for sample in POINTWISE if has_elements(sample)]
WITH_PARTS = [sample for sample in POINTWISE if sample.arrays[0].shape]


@over_runs(works("values"), ALL, FLOAT64)
def test_layout_changes_no_value(sample, dtype):
    """Transposed, strided and expanded inputs give what contiguous ones give."""
    # Equal rows are ties, and which of them an index names is anybody's choice.
    chooses = "indices" in ENTRIES[sample, dtype].get("form", "")
    for layout in LAYOUTS[:2] if chooses else LAYOUTS:
        arrays = expected_arrays(sample.draw(dtype), layout)
        expected = evaluate(sample, [torch.tensor(array) for array in arrays])

        assert_all_equal(evaluate(sample, [lay_out(array, layout) for array in arrays]), expected, sample.rtol)


@over_runs(works("grads"), ALL, FLOAT64)
def test_layout_changes_no_gradient(sample, dtype):
    """The gradients by transposed or strided leaves are those by contiguous ones."""
    expected = gradients(sample, dtype, "contiguous")
    for layout in ("transposed", "strided"):
        assert_all_equal(gradients(sample, dtype, layout), expected, sample.rtol)


@over_runs(works("values"), WITH_ROWS, FLOAT64)
def test_no_elements(sample, dtype):
    """Of no rows, an operation by element makes no rows, in the dtype and the shape of the rest."""
    arrays = sample.draw(dtype)
    rank = max(array.ndim for array in arrays)
    rows = max(array.shape[0] for array in arrays if array.ndim == rank)
    emptied = [array[:0] if array.ndim == rank and array.shape[0] == rows else array for array in arrays]
    full = evaluate(sample, [torch.tensor(array) for array in arrays])

    got = evaluate(sample, [torch.tensor(array) for array in emptied])
    assert_all_equal(got, [out[:0] for out in full], sample.rtol)


@over_runs(works("values"), WITH_ELEMENTS, FLOAT64)
def test_single_elements(sample, dtype):
    """Of the first elements, as zero-dimensional tensors, an operation by element makes the first element."""
    arrays = sample.draw(dtype)
    full = evaluate(sample, [torch.tensor(array) for array in arrays])

    got = evaluate(sample, [torch.tensor(np.array(array.flat[0])) for array in arrays])
    assert_all_equal(got, [np.array(out.flat[0]) for out in full], sample.rtol)


@over_runs(works("inplace"), WITH_PARTS, FLOAT64)
def test_inplace_on_part_of_a_buffer(sample, dtype):
    """The in-place form on every second column writes those columns and no others."""
    arrays = sample.draw(dtype)
    buffer = torch.tensor(np.repeat(arrays[0], 2, axis=-1))
    part = buffer[..., ::2]
    name = sample.operation.split(".")[-1] + "_"
    args, kwargs = sample.bind(torch, [part, *(torch.tensor(array) for array in arrays[1:])])
    expected = run.to_numpy(run.evaluate(torch, sample, [torch.tensor(array) for array in arrays], "inplace"))

    assert getattr(args[0], name)(*args[1:], **kwargs) is part
    assert_equal(run.to_numpy(buffer[..., ::2]), expected, sample.rtol)
    np.testing.assert_array_equal(run.to_numpy(buffer[..., 1::2]), arrays[0])
