"""Kernels of the long short-term memory: what does not wait for the time before is done for all times; see `fused.py`."""

from __future__ import annotations

from typing import Any

import numpy as np

FLOATS = np.dtype(np.float32), np.dtype(np.float64)


def _is_plain(*given: Any) -> bool:
    """Whether all that are not None are arrays of one floating dtype."""
    found = [x for x in given if x is not None]
    return found[0].dtype in FLOATS and all(type(x) is np.ndarray and x.dtype is found[0].dtype for x in found)


def _sigmoid(x: np.ndarray) -> None:
    """The logistic function, in place."""
    np.negative(x, x)
    np.exp(x, x)
    x += 1
    np.reciprocal(x, x)


def lstm(brought: np.ndarray, weight: np.ndarray, bias: Any, hidden: np.ndarray, cell: np.ndarray) -> Any:
    """The outputs, the cells and the gates at all times."""
    if not _is_plain(brought, weight, bias, hidden, cell) or not len(brought):
        return NotImplemented
    times, count, width = *brought.shape[:2], brought.shape[2] // 4
    gates = np.empty(brought.shape, brought.dtype)
    out, cells = np.empty((2, times, count, width), brought.dtype)
    scratch, turned = np.empty((count, width), brought.dtype), weight.T
    for gate, value, each, made in zip(gates, brought, cells, out):
        np.matmul(hidden, turned, out=gate)
        gate += value
        if bias is not None:
            gate += bias
        taken, kept, new, shown = (gate[:, width * i : width * (i + 1)] for i in range(4))
        # tanh(x) is 2 sigmoid(2 x) - 1, so that the four gates are worked out as one piece of memory.
        new *= 2
        _sigmoid(gate)
        new *= 2
        new -= 1
        np.multiply(kept, cell, each)
        np.multiply(taken, new, scratch)
        each += scratch
        np.tanh(each, scratch)
        np.multiply(shown, scratch, made)
        hidden, cell = made, each
    return out, cells, gates


def lstm_shares(
    cts: Any,
    weight: np.ndarray,
    hidden: np.ndarray,
    cell: np.ndarray,
    out: np.ndarray,
    cells: np.ndarray,
    gates: np.ndarray,
    bias_shape: tuple,
    needed: list[bool],
) -> Any:
    """The shares of what the inputs bring, the weight, the bias, and the first output and cell."""
    of_out, of_cells, of_gates = cts
    if of_gates is not None or not _is_plain(weight, hidden, cell, out, cells, gates, of_out, of_cells):
        return NotImplemented
    times, count, width = out.shape
    taken, kept, new, shown = (gates[..., width * i : width * (i + 1)] for i in range(4))
    bounded = np.tanh(cells)
    through = bounded * bounded
    np.subtract(1, through, through)
    through *= shown
    # The slope of what each gate adds up, to be multiplied with the cotangent of the cell, or of the output.
    slopes = np.subtract(1, gates)
    slopes *= gates
    parts = slopes.reshape(times, count, 4, width)
    parts[:, :, 0] *= new
    parts[0, :, 1] *= cell
    parts[1:, :, 1] *= cells[:-1]
    np.multiply(new, new, parts[:, :, 2])
    np.subtract(1, parts[:, :, 2], parts[:, :, 2])
    parts[:, :, 2] *= taken
    parts[:, :, 3] *= bounded
    of_hidden, of_cell = np.zeros((count, width), out.dtype), np.zeros((count, width), out.dtype)
    scratch = np.empty((count, width), out.dtype)
    for time in reversed(range(times)):
        if of_out is not None:
            of_hidden += of_out[time]
        if of_cells is not None:
            of_cell += of_cells[time]
        np.multiply(of_hidden, through[time], scratch)
        of_cell += scratch
        parts[time, :, :3] *= of_cell[:, None]
        parts[time, :, 3] *= of_hidden
        of_cell *= kept[time]
        np.matmul(slopes[time], weight, out=of_hidden)
    of_weight = of_bias = None
    rows = slopes.reshape(times * count, 4 * width)
    if needed[1]:
        of_weight = rows[:count].T @ hidden
        of_weight += rows[count:].T @ out[:-1].reshape(-1, width)
    if needed[2]:
        of_bias = np.ones(len(rows), rows.dtype) @ rows
    return [slopes, of_weight, of_bias, of_hidden, of_cell]
