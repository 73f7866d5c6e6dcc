"""Recurrent networks: `RNN`, `LSTM`, `GRU`, and their cells, which take one step.

A layer of a direction computes what its inputs bring for all times at once, in one product of matrices, and then goes
through time. A packed sequence is gone through in the same way: at each time with as many sequences as last till then.
Follows https://docs.pytorch.org/docs/stable/nn.html#recurrent-layers
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

from mutagrad.nn import functional, init
from mutagrad.nn.module import Module
from mutagrad.nn.parameter import Parameter
from mutagrad.nn.utils.rnn import PackedSequence
from mutagrad.ops.creation import empty, zeros
from mutagrad.ops.joining import cat, stack
from mutagrad.ops.recurrent import lstm
from mutagrad.tensor import Tensor

F: Any = functional
State = tuple[Any, ...]


# One step -----------------------------------------------------------------------------------------------------------
#
# A step takes what the input brings, (batch, gates * hidden), the state (of which the first part is the output), the
# weight and bias of the state, and a projection of the output or None.


def simple_step(activation: Callable[[Any], Any]) -> Callable[..., State]:
    """The step of Elman's network with an activation."""

    def step(brought: Any, state: State, weight: Any, bias: Any, projection: Any = None) -> State:
        return (activation(brought + F.linear(state[0], weight, bias)),)

    return step


def lstm_step(brought: Any, state: State, weight: Any, bias: Any, projection: Any = None) -> State:
    """The step of the long short-term memory (S. Hochreiter and J. Schmidhuber, 1997)."""
    hidden, cell = state
    taken, kept, new, shown = (brought + F.linear(hidden, weight, bias)).chunk(4, 1)
    cell = kept.sigmoid() * cell + taken.sigmoid() * new.tanh()
    hidden = shown.sigmoid() * cell.tanh()
    return (hidden if projection is None else F.linear(hidden, projection)), cell


def gru_step(brought: Any, state: State, weight: Any, bias: Any, projection: Any = None) -> State:
    """The step of the gated recurrent unit (K. Cho et al., 2014)."""
    hidden = state[0]
    reset_in, update_in, new_in = brought.chunk(3, 1)
    reset_by, update_by, new_by = F.linear(hidden, weight, bias).chunk(3, 1)
    update = (update_in + update_by).sigmoid()
    new = (new_in + (reset_in + reset_by).sigmoid() * new_by).tanh()
    return ((hidden - new) * update + new,)


class Kind:
    """A kind of recurrent network: its step, and how many gates it has."""

    def __init__(self, step: Callable[..., State], gates: int) -> None:
        self.step, self.gates = step, gates


KINDS = {
    "RNN_TANH": Kind(simple_step(lambda x: x.tanh()), 1),
    "RNN_RELU": Kind(simple_step(lambda x: x.relu()), 1),
    "LSTM": Kind(lstm_step, 4),
    "GRU": Kind(gru_step, 3),
}


# Through time -------------------------------------------------------------------------------------------------------


def forward_in_time(step: Callable, parts: list, state: State, weights: tuple) -> tuple[list, State]:
    """The outputs at all times, and the last state of each sequence; `parts` are shorter when fewer sequences last."""
    outputs, ended = [], []
    for brought in parts:
        count = len(brought)
        if count < len(state[0]):
            ended.append(tuple(each[count:] for each in state))
            state = tuple(each[:count] for each in state)
        state = step(brought, state, *weights)
        outputs.append(state[0])
    if ended:
        state = tuple(cat(each) for each in zip(*[state, *reversed(ended)]))
    return outputs, state


def backward_in_time(step: Callable, parts: list, state: State, weights: tuple) -> tuple[list, State]:
    """The same from the last time to the first: sequences begin when they are there."""
    outputs, first = [], state
    state = tuple(each[: len(parts[-1])] for each in first)
    for brought in reversed(parts):
        before, count = len(state[0]), len(brought)
        if count > before:
            state = tuple(cat([each, start[before:count]]) for each, start in zip(state, first))
        state = step(brought, state, *weights)
        outputs.append(state[0])
    return outputs[::-1], state


def lstm_through_time(brought: Any, state: State, weight: Any, backward: bool) -> tuple[list, State]:
    """The same for a long short-term memory without a projection, for sequences of one length, as one operation."""
    out, cells, _ = lstm(brought.flip(0) if backward else brought, weight, *state)
    return [(out.flip(0) if backward else out).flatten(0, 1)], (out[-1], cells[-1])


class RNNBase(Module):
    """Layers of a kind of recurrent network, `mode`, in one direction or both, with dropout between layers.

    `RNN`, `LSTM` and `GRU` take the same arguments but `mode`; `proj_size` is for `LSTM` alone.
    Weights and biases are `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`, with `_reverse` for the other
    direction, and begin uniform on ±1 / sqrt(hidden_size).
    """

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        self._check(dropout)
        rows = KINDS[mode].gates * hidden_size
        for layer in range(num_layers):
            for suffix in self._suffixes(layer):
                width = input_size if layer == 0 else self._width * self._directions
                shapes: dict[str, tuple[int, ...]] = {"weight_ih": (rows, width), "weight_hh": (rows, self._width)}
                if bias:
                    shapes.update(bias_ih=(rows,), bias_hh=(rows,))
                if proj_size:
                    shapes["weight_hr"] = (proj_size, hidden_size)
                for name, shape in shapes.items():
                    setattr(self, name + suffix, Parameter(empty(shape, device=device, dtype=dtype)))
        self.reset_parameters()

    def _check(self, dropout: Any) -> None:
        if isinstance(dropout, bool) or not isinstance(dropout, (int, float)) or not 0 <= dropout <= 1:
            raise ValueError(
                "dropout should be a number in range [0, 1] representing the probability of an element being zeroed"
            )
        if dropout > 0 and self.num_layers == 1:
            warnings.warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers "
                f"greater than 1, but got dropout={dropout} and num_layers={self.num_layers}",
                stacklevel=4,
            )
        if not isinstance(self.hidden_size, int):
            raise TypeError(f"hidden_size should be of type int, got: {type(self.hidden_size).__name__}")
        if self.hidden_size <= 0:
            raise ValueError("hidden_size must be greater than zero")
        if self.num_layers <= 0:
            raise ValueError("num_layers must be greater than zero")
        if self.proj_size and self.mode != "LSTM":
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        if self.proj_size < 0:
            raise ValueError("proj_size should be a positive integer or zero to disable projections")
        if self.proj_size >= self.hidden_size:
            raise ValueError("proj_size has to be smaller than hidden_size")

    @property
    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def _width(self) -> int:
        """The size of the output of one direction."""
        return self.proj_size or self.hidden_size

    def _suffixes(self, layer: int) -> list[str]:
        return [f"_l{layer}{way}" for way in ("", "_reverse")[: self._directions]]

    def _weights(self, suffix: str) -> tuple[Any, Any, tuple]:
        """What the input is multiplied with and added to, and the same for the state, with the projection."""
        names = ("weight_ih", "bias_ih", "weight_hh", "bias_hh", "weight_hr")
        w, b, *rest = (getattr(self, name + suffix, None) for name in names)
        return w, b, tuple(rest)

    @property
    def all_weights(self) -> list[list[Any]]:
        """The parameters of each layer and direction, in a list each."""
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr")
        return [
            [getattr(self, name + suffix) for name in names if name + suffix in self._parameters]
            for layer in range(self.num_layers)
            for suffix in self._suffixes(layer)
        ]

    def flatten_parameters(self) -> None:
        """Does nothing: parameters need not lie in one piece of memory here."""

    def reset_parameters(self) -> None:
        """Draws all parameters anew."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    # Forward ------------------------------------------------------------------------------------------------------

    def forward(self, input: Any, hx: Any = None) -> Any:
        """The outputs of the last layer at all times, and the last state of every layer and direction."""
        if isinstance(input, PackedSequence):
            return self._packed(input, hx)
        if input.dim() not in (2, 3):
            found = f"{input.dim()}D" + (" tensor" if self._called == "RNN" else "")
            raise ValueError(f"{self._called}: Expected input to be 2D or 3D, got {found} instead")
        is_batched = input.dim() == 3
        time_first = input.transpose(0, 1) if self.batch_first and is_batched else input
        time_first = time_first if is_batched else time_first.unsqueeze(1)
        self._check_input(input)
        if not time_first.size(0):
            raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
        state = self._first_state(hx, time_first.size(1), time_first, is_batched)
        times, count = time_first.shape[:2]
        output, state = self._layers(time_first.reshape(times * count, self.input_size), [count] * times, state)
        output = output.reshape(times, count, self._width * self._directions)
        if not is_batched:
            return output.squeeze(1), self._shown(tuple(each.squeeze(1) for each in state))
        return (output.transpose(0, 1) if self.batch_first else output), self._shown(state)

    @property
    def _called(self) -> str:
        return "RNN" if self.mode.startswith("RNN") else self.mode

    def _shown(self, state: State) -> Any:
        """The state as the user sees it."""
        return state[0]

    def _parts(self, hx: Any) -> State:
        """The state as a tuple."""
        return (hx,)

    def _check_input(self, input: Any) -> None:
        if input.size(-1) != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.size(-1)}"
            )
        wanted = self.weight_ih_l0.dtype
        if input.dtype != wanted:
            raise ValueError(
                f"RNN input dtype ({input.dtype}) does not match weight dtype ({wanted}). Convert input: "
                f"input.to({wanted}), or convert model: model.to({input.dtype})"
            )

    def _sizes(self, batch: int) -> list[tuple[int, int, int]]:
        """The size of each part of the state."""
        return [(self.num_layers * self._directions, batch, self._width)]

    def _first_state(self, hx: Any, batch: int, like: Any, is_batched: bool) -> State:
        sizes = self._sizes(batch)
        if hx is None:
            return tuple(zeros(size, dtype=like.dtype) for size in sizes)
        parts = self._parts(hx)
        for part in parts:
            if part.dim() != (3 if is_batched else 2):
                raise RuntimeError(self._wrong_rank(part, is_batched))
        parts = parts if is_batched else tuple(part.unsqueeze(1) for part in parts)
        for number, (part, size) in enumerate(zip(parts, sizes)):
            if tuple(part.shape) != size:
                name = f"hidden[{number}]" if len(sizes) > 1 else "hidden"
                raise RuntimeError(f"Expected {name} size {size}, got {list(part.shape)}")
        return parts

    def _wrong_rank(self, part: Any, is_batched: bool) -> str:
        return (
            f"For {'batched 3-D' if is_batched else 'unbatched 2-D'} input, hx should also be "
            f"{'3-D' if is_batched else '2-D'} but got {part.dim()}-D tensor"
        )

    def _packed(self, input: PackedSequence, hx: Any) -> Any:
        data, sizes, order, back = input
        counts = sizes.tolist()
        self._check_input(data)
        state = self._first_state(hx, counts[0], data, True)
        if hx is not None and order is not None:
            state = tuple(part.index_select(1, order) for part in state)
        output, state = self._layers(data, counts, state)
        if back is not None:
            state = tuple(part.index_select(1, back) for part in state)
        return PackedSequence(output, sizes, order, back), self._shown(state)

    def _layers(self, data: Any, counts: list[int], state: State) -> tuple[Any, State]:
        """All layers, for rows sorted by time, `counts` of them at each."""
        step, ends = KINDS[self.mode].step, []
        for layer in range(self.num_layers):
            outputs = []
            for way, suffix in enumerate(self._suffixes(layer)):
                weight, bias, rest = self._weights(suffix)
                start = tuple(part[layer * self._directions + way] for part in state)
                if self.mode == "LSTM" and not self.proj_size and len(set(counts)) == 1:
                    brought = F.linear(data, weight, bias + rest[1] if self.bias else None)
                    brought = brought.unflatten(0, (len(counts), counts[0]))
                    times, end = lstm_through_time(brought, start, rest[0], bool(way))
                else:
                    through = backward_in_time if way else forward_in_time
                    parts = list(F.linear(data, weight, bias).split(counts))
                    times, end = through(step, parts, start, rest)
                outputs.append(times[0] if len(times) == 1 else cat(times))
                ends.append(end)
            data = outputs[0] if len(outputs) == 1 else cat(outputs, 1)
            if self.dropout and layer < self.num_layers - 1:
                data = F.dropout(data, self.dropout, self.training)
        return data, tuple(stack(parts) for parts in zip(*ends))

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        usual = {"proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False, "dropout": 0}
        for name, value in {**usual, "bidirectional": False}.items():
            if getattr(self, name) != value:
                text += f", {name}={getattr(self, name)}"
        return text


class RNN(RNNBase):
    """Elman's network: `tanh` (or `relu`) of what the input and the state before bring.

    >>> import mutagrad
    >>> output, state = RNN(4, 3, batch_first=True)(mutagrad.ones(2, 5, 4))
    >>> output.shape, state.shape
    (torch.Size([2, 5, 3]), torch.Size([1, 2, 3]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        *args: Any,
        **kwargs: Any,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__(f"RNN_{nonlinearity.upper()}", input_size, hidden_size, num_layers, *args, **kwargs)
        self.nonlinearity = nonlinearity


class LSTM(RNNBase):
    """The long short-term memory; its state is a pair, of which the first is `proj_size` wide where that is given.

    >>> import mutagrad
    >>> output, (hidden, cell) = LSTM(4, 3, num_layers=2)(mutagrad.ones(5, 2, 4))
    >>> output.shape, hidden.shape, cell.shape
    (torch.Size([5, 2, 3]), torch.Size([2, 2, 3]), torch.Size([2, 2, 3]))
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("LSTM", *args, **kwargs)

    def _parts(self, hx: Any) -> State:
        return tuple(hx)

    def _shown(self, state: State) -> State:
        return state

    def _sizes(self, batch: int) -> list[tuple[int, int, int]]:
        count = self.num_layers * self._directions
        return [(count, batch, self._width), (count, batch, self.hidden_size)]

    def _wrong_rank(self, part: Any, is_batched: bool) -> str:
        wanted = (
            "batched 3-D input, hx and cx should also be 3-D"
            if is_batched
            else ("unbatched 2-D input, hx and cx should also be 2-D")
        )
        return f"For {wanted} but got ({part.dim()}-D, {part.dim()}-D) tensors"


class GRU(RNNBase):
    """The gated recurrent unit.

    >>> import mutagrad
    >>> output, state = GRU(4, 3, bidirectional=True)(mutagrad.ones(5, 2, 4))
    >>> output.shape, state.shape
    (torch.Size([5, 2, 6]), torch.Size([2, 2, 3]))
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("GRU", *args, **kwargs)


# Cells --------------------------------------------------------------------------------------------------------------


class RNNCellBase(Module):
    """What cells share: `weight_ih`, `weight_hh`, and the biases, for `num_chunks` gates."""

    weight_ih: Parameter
    weight_hh: Parameter

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool, num_chunks: int, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        rows, made = num_chunks * hidden_size, {"device": device, "dtype": dtype}
        self.weight_ih = Parameter(empty((rows, input_size), **made))
        self.weight_hh = Parameter(empty((rows, hidden_size), **made))
        for name in ("bias_ih", "bias_hh"):
            self.register_parameter(name, Parameter(empty(rows, **made)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws all parameters anew."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def _step(self, mode: str, input: Any, state: State | None, parts: int = 1) -> State:
        name = type(self).__name__
        if input.dim() not in (1, 2):
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.dim()}D instead")
        for number, part in enumerate(state or ()):
            if part.dim() not in (1, 2):
                called = f"hx[{number}]" if parts > 1 else "hidden"
                raise ValueError(f"{name}: Expected {called} to be 1D or 2D, got {part.dim()}D instead")
        batch = input if input.dim() == 2 else input.unsqueeze(0)
        if batch.size(1) != self.input_size:
            raise RuntimeError(f"input has inconsistent input_size: got {batch.size(1)} expected {self.input_size}")
        if state is None:
            state = (zeros((batch.size(0), self.hidden_size), dtype=input.dtype),) * parts
        elif input.dim() == 1:
            state = tuple(part.unsqueeze(0) for part in state)
        for number, part in enumerate(state):
            if part.size(0) != batch.size(0):
                raise RuntimeError(
                    f"Input batch size {batch.size(0)} doesn't match hidden{number} batch size {part.size(0)}"
                )
            if part.size(1) != self.hidden_size or part.dim() > 2:
                raise RuntimeError(
                    f"hidden{number} has inconsistent hidden_size: got {part.size(1)}, expected {self.hidden_size}"
                )
        brought = F.linear(batch, self.weight_ih, self.bias_ih)
        found = KINDS[mode].step(brought, state, self.weight_hh, self.bias_hh)
        return found if input.dim() == 2 else tuple(part.squeeze(0) for part in found)

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}" + ("" if self.bias else f", bias={self.bias}")
        is_other = getattr(self, "nonlinearity", "tanh") != "tanh"
        return text + (f", nonlinearity={self.nonlinearity}" if is_other else "")


class RNNCell(RNNCellBase):
    """One step of `RNN`."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        return self._step(f"RNN_{self.nonlinearity.upper()}", input, None if hx is None else (hx,))[0]


class LSTMCell(RNNCellBase):
    """One step of `LSTM`: the new state, a pair."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> State:
        if isinstance(hx, Tensor):
            raise TypeError("lstm_cell(): argument 'hx' (position 2) must be tuple of Tensors, not Tensor")
        return self._step("LSTM", input, hx, 2)


class GRUCell(RNNCellBase):
    """One step of `GRU`."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        return self._step("GRU", input, None if hx is None else (hx,))[0]
