"""One step of a recurrent network as a function of its weights, under the names of `torch`: `lstm_cell` and its kin.

Shapes: input (batch, in), state (batch, hidden), w_ih (gates * hidden, in), w_hh (gates * hidden, hidden), biases
(gates * hidden).  The layers are in `recurrent.py`.
"""

from __future__ import annotations

from typing import Any

from mutagrad.nn import functional
from mutagrad.nn.recurrent import KINDS, State

__all__ = ["gru_cell", "lstm_cell", "rnn_relu_cell", "rnn_tanh_cell"]

linear: Any = functional.linear


def _step(mode: str, input: Any, state: State, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any) -> State:
    return KINDS[mode].step(linear(input, w_ih, b_ih), state, w_hh, b_hh)


def lstm_cell(input: Any, hx: State, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> State:
    """The next output and the next memory of an LSTM from `hx`, those before."""
    return _step("LSTM", input, tuple(hx), w_ih, w_hh, b_ih, b_hh)


def gru_cell(input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    """The next output of a gated recurrent unit."""
    return _step("GRU", input, (hx,), w_ih, w_hh, b_ih, b_hh)[0]


def rnn_tanh_cell(input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    """The next output of Elman's network with `tanh`."""
    return _step("RNN_TANH", input, (hx,), w_ih, w_hh, b_ih, b_hh)[0]


def rnn_relu_cell(input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    """The next output of Elman's network with `relu`."""
    return _step("RNN_RELU", input, (hx,), w_ih, w_hh, b_ih, b_hh)[0]
