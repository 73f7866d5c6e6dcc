"""Kernels of the long short-term memory: what does not wait for the time before is done for all times; see `fused.py`."""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.namespaces.blocks import rows_of_block, slices

FLOATS = np.dtype(np.float32), np.dtype(np.float64)


def _is_plain(*given: Any) -> bool:
    """Whether all that are not None are arrays of one floating dtype."""
    found = [x for x in given if x is not None]
    return found[0].dtype in FLOATS and all(type(x) is np.ndarray and x.dtype is found[0].dtype for x in found)


def lstm(brought: np.ndarray, weight: np.ndarray, hidden: np.ndarray, cell: np.ndarray) -> Any:
    """The outputs, the cells and the gates at all times."""
    if not _is_plain(brought, weight, hidden, cell) or not len(brought):
        return NotImplemented
    times, count, width = *brought.shape[:2], brought.shape[2] // 4
    gates = np.empty(brought.shape, brought.dtype)
    out, cells = (np.empty((times, count, width), brought.dtype) for _ in range(2))
    scratch, turned = np.empty((count, width), brought.dtype), np.negative(weight.T, order="C")
    one, two = (np.array(each, brought.dtype) for each in (1, 2))  # a ufunc takes twice as long to look at a number
    for gate, taken, kept, new, shown, value, each, made in zip(gates, *_quarters(gates), brought, cells, out):
        # What the gates add up, negative as the logistic function needs it.
        np.matmul(hidden, turned, out=gate)
        gate -= value
        # tanh(x) is 2 sigmoid(2 x) - 1, so that the four gates are worked out as one piece of memory.
        new *= two
        np.exp(gate, gate)
        gate += one
        np.reciprocal(gate, gate)
        new *= two
        new -= one
        np.multiply(kept, cell, each)
        np.multiply(taken, new, scratch)
        each += scratch
        np.tanh(each, scratch)
        np.multiply(shown, scratch, made)
        hidden, cell = made, each
    return out, cells, gates


def _quarters(gates: np.ndarray) -> list[np.ndarray]:
    """The gates of what is taken, kept, new and shown."""
    width = gates.shape[-1] // 4
    return [gates[..., width * i : width * (i + 1)] for i in range(4)]


def lstm_shares(
    cts: Any,
    weight: np.ndarray,
    hidden: np.ndarray,
    cell: np.ndarray,
    out: np.ndarray,
    cells: np.ndarray,
    gates: np.ndarray,
    needed: list[bool],
) -> Any:
    """The shares of what the inputs bring, the weight, and the first output and cell."""
    of_out, of_cells, of_gates = cts
    if of_gates is not None or not _is_plain(weight, hidden, cell, out, cells, gates, of_out, of_cells):
        return NotImplemented
    times, count, width = out.shape
    slopes, kept = np.empty(gates.shape, gates.dtype), _quarters(gates)[1]
    parts, blocks = slopes.reshape(times, count, 4, width), slices(times, rows_of_block(gates[0].size))
    through = np.empty((blocks[0].stop, count, width), out.dtype)
    of_hidden, of_cell, scratch = np.zeros((3, count, width), out.dtype)
    for some in reversed(blocks):
        _write_slopes(gates[some], out[some], parts[some], through)
        first = some.start
        parts[first, :, 1] *= cells[first - 1] if first else cell
        parts[first + 1 : some.stop, :, 1] *= cells[first : some.stop - 1]
        for time in reversed(range(first, some.stop)):
            if of_out is not None:
                of_hidden += of_out[time]
            if of_cells is not None:
                of_cell += of_cells[time]
            np.multiply(of_hidden, through[time - first], scratch)
            of_cell += scratch
            parts[time, :, :3] *= of_cell[:, None]
            parts[time, :, 3] *= of_hidden
            of_cell *= kept[time]
            np.matmul(slopes[time], weight, out=of_hidden)
    of_weight = None
    rows = slopes.reshape(times * count, 4 * width)
    if needed[1]:
        of_weight = rows[:count].T @ hidden
        of_weight += rows[count:].T @ out[:-1].reshape(-1, width)
    return [slopes, of_weight, of_hidden, of_cell]


def _write_slopes(gates: np.ndarray, out: np.ndarray, parts: np.ndarray, through: np.ndarray) -> None:
    """Writes the slopes of what each gate adds up, to be multiplied with the cotangent of the cell, or of the output.

    For the gate of what is kept they lack the cell before. `through` is the slope of the output in the cell.
    """
    taken, _, new, shown = _quarters(gates)
    slopes, through = parts.reshape(gates.shape), through[: len(out)]
    np.subtract(1, gates, slopes)
    parts[:, :, :2] *= gates.reshape(parts.shape)[:, :, :2]
    parts[:, :, 3] *= out
    # What the cell's tangent is, at a seventh of what it costs to compute it; where nothing is shown it does not matter.
    np.add(shown, np.finfo(out.dtype).tiny, through)
    np.divide(out, through, through)
    through *= out
    np.subtract(shown, through, through)
    parts[:, :, 0] *= new
    np.multiply(new, new, parts[:, :, 2])
    np.subtract(1, parts[:, :, 2], parts[:, :, 2])
    parts[:, :, 2] *= taken
