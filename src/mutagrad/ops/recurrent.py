"""The long short-term memory through all times at once: one operation for a layer in one direction.

It saves its results alone beside the weight: the outputs, the cells, and the gates, which are results so that they may
be saved and still be differentiated. What the weight gets is one product over all times.
"""

from __future__ import annotations

from typing import Any

from mutagrad.declaration import operation
from mutagrad.namespaces import fused_recurrent
from mutagrad.namespaces.fused import fused

__all__: list[str] = []


def _quarters(xp: Any, x: Any) -> list[Any]:
    """The four gates, side by side along the last dimension."""
    width = x.shape[-1] // 4
    return [x[..., width * i : width * (i + 1)] for i in range(4)]


def _plus(x: Any, other: Any) -> Any:
    """The sum of two, of which either may be None."""
    return x if other is None else other if x is None else x + other


@fused(fused_recurrent.lstm_shares)
def _shares(
    xp: Any,
    cts: Any,
    weight: Any,
    hidden: Any,
    cell: Any,
    out: Any,
    cells: Any,
    gates: Any,
    needed: list[bool],
) -> list[Any]:
    of_out, of_cells, of_gates = cts
    of_hidden = of_cell = None
    befores, slopes = [], []
    for time in reversed(range(out.shape[0])):
        before = (out[time - 1], cells[time - 1]) if time else (hidden, cell)
        taken, kept, new, shown = _quarters(xp, gates[time])
        bounded = xp.tanh(cells[time])
        of_hidden = _plus(of_hidden, None if of_out is None else of_out[time])
        of_shown = None if of_hidden is None else of_hidden * bounded
        if of_hidden is not None:
            of_cell = _plus(of_cell, of_hidden * shown * (1 - bounded * bounded))
        of_cell = _plus(of_cell, None if of_cells is None else of_cells[time])
        of_cell = xp.zeros_like(cell) if of_cell is None else of_cell
        of_shown = xp.zeros_like(cell) if of_shown is None else of_shown
        of_values = [of_cell * new, of_cell * before[1], of_cell * taken, of_shown]
        if of_gates is not None:
            of_values = [x + more for x, more in zip(of_values, _quarters(xp, of_gates[time]))]
        steps = [taken * (1 - taken), kept * (1 - kept), 1 - new * new, shown * (1 - shown)]
        slope = xp.concat([x * step for x, step in zip(of_values, steps)], axis=-1)
        of_hidden, of_cell = xp.matmul(slope, weight), of_cell * kept
        slopes.append(slope)
        befores.append(before[0])
    of_brought = xp.stack(slopes[::-1], axis=0)
    of_weight = None
    if needed[1]:
        every, width = xp.concat(slopes, axis=0), xp.concat(befores, axis=0)
        of_weight = xp.matmul(xp.matrix_transpose(every), width)
    return [of_brought, of_weight, of_hidden, of_cell]


@operation(method=False, outputs=("out", "cells", "gates"), node_name="LstmBackward0", joint=_shares)
@fused(fused_recurrent.lstm)
def lstm(xp: Any, brought: Any, weight: Any, hidden: Any, cell: Any, /) -> Any:
    """The outputs, the cells and the gates at all times (T, N, H), (T, N, H), (T, N, 4 H).

    `brought` (T, N, 4 H) is what the inputs bring, with all biases; `weight` (4 H, H) is applied to the output before,
    which at first is `hidden` (N, H), with `cell` (N, H).
    """
    outs, cells, gates = [], [], []
    for time in range(brought.shape[0]):
        value = brought[time] + xp.matmul(hidden, xp.matrix_transpose(weight))
        taken, kept, new, shown = _quarters(xp, value)
        taken, kept, new, shown = xp.sigmoid(taken), xp.sigmoid(kept), xp.tanh(new), xp.sigmoid(shown)
        cell = kept * cell + taken * new
        hidden = shown * xp.tanh(cell)
        outs.append(hidden)
        cells.append(cell)
        gates.append(xp.concat([taken, kept, new, shown], axis=-1))
    return xp.stack(outs, axis=0), xp.stack(cells, axis=0), xp.stack(gates, axis=0)
