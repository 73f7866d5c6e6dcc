"""Sequences of different lengths in one tensor: padded with a value, or packed.

A packed sequence holds all elements sorted by time, of the longest sequence first: at each time those of the sequences
that last till then. Follows https://docs.pytorch.org/docs/stable/nn.html#utility-functions-in-other-modules
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any, NamedTuple

from mutagrad import dtypes
from mutagrad.ops.construction import tensor
from mutagrad.ops.creation import empty_like
from mutagrad.ops.joining import cat
from mutagrad.ops.ranges import arange
from mutagrad.ops.sharing import as_tensor
from mutagrad.tensor import Tensor

__all__ = [
    "PackedSequence",
    "invert_permutation",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]


class _Packed(NamedTuple):
    data: Any
    batch_sizes: Any
    sorted_indices: Any
    unsorted_indices: Any


class PackedSequence(_Packed):
    """The elements of several sequences by time, how many there are at each time, and where each sequence stood.

    Raises ValueError for batch sizes of another device.
    """

    __slots__ = ()

    def __new__(
        cls, data: Any, batch_sizes: Any = None, sorted_indices: Any = None, unsorted_indices: Any = None
    ) -> Any:
        if batch_sizes is None:
            if not isinstance(data, (tuple, list)) or len(data) != 2:
                raise AssertionError("Expected data to be a tuple of length 2")
            data, batch_sizes = data
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """The same sequences, their elements converted as by `Tensor.to`."""
        data = self.data.to(*args, **kwargs)
        return self if data is self.data else type(self)(data, *self[1:])

    def _cast(self, wanted: Any) -> PackedSequence:
        return self.to(wanted)

    def double(self) -> PackedSequence:
        """The same sequences in float64."""
        return self._cast(dtypes.float64)

    def float(self) -> PackedSequence:
        """The same sequences in float32."""
        return self._cast(dtypes.float32)

    def half(self) -> PackedSequence:
        """The same sequences in float16."""
        return self._cast(dtypes.float16)

    def cpu(self) -> PackedSequence:
        """The same sequences: they are in the memory of the CPU."""
        return self

    def pin_memory(self) -> PackedSequence:
        """The same sequences: memory is not pinned here."""
        return self

    is_cuda = False

    def is_pinned(self) -> bool:
        """Whether the memory is pinned: never."""
        return False


def invert_permutation(permutation: Any) -> Any:
    """The permutation that takes another back."""
    if permutation is None:
        return None
    output: Any = empty_like(permutation)
    output[permutation] = arange(0, permutation.numel())
    return output


def pack_padded_sequence(
    input: Any, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """The sequences (time, batch, *), padded behind their `lengths`, as a packed sequence.

    Raises RuntimeError for lengths that are not positive, not as many as the sequences, or not sorted where they must be.

    >>> import mutagrad
    >>> pack_padded_sequence(mutagrad.tensor([[1, 2], [3, 0]]), [2, 1]).data
    tensor([1, 2, 3])
    """
    if not isinstance(lengths, Tensor):
        lengths = as_tensor(lengths, dtype=dtypes.int64)
    lengths = lengths.to(dtypes.int64)
    order = None
    if not enforce_sorted:
        lengths, order = lengths.sort(descending=True)
        input = input.index_select(0 if batch_first else 1, order)
    by_time = input.transpose(0, 1) if batch_first else input
    counts = lengths.tolist()
    if by_time.numel() == 0:
        raise RuntimeError("Cannot pack empty tensors.")
    if len(counts) != by_time.size(1):
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {len(counts)} (batch_size={by_time.size(1)})"
        )
    if counts[-1] <= 0:
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0"
        )
    if any(first < second for first, second in pairwise(counts)):
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
            "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do "
            "not need ONNX exportability."
        )
    if counts[0] > by_time.size(0):
        raise RuntimeError(
            f"Expected all lengths to be at most the size of the time dimension, {by_time.size(0)}, but got {counts[0]}"
        )
    lasting = _lasting(lengths, counts[0])
    return PackedSequence(by_time[: counts[0]][lasting], lasting.sum(1), order)


def _lasting(lengths: Any, times: int) -> Any:
    """Which sequence (second dimension) lasts till which time (first)."""
    return arange(times).unsqueeze(1) < lengths.unsqueeze(0)


def pad_packed_sequence(
    sequence: Any, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Tensor, Tensor]:
    """The sequences of a packed one (time, batch, *), padded with a value, and their lengths.

    Raises ValueError where `total_length` is less than the longest.
    """
    data, sizes, _, back = sequence
    times, count = sizes.numel(), int(sizes[0])
    if total_length is not None and total_length < times:
        raise ValueError(
            "Expected total_length to be at least the length of the longest sequence in input, but got "
            f"total_length={total_length} and max sequence length being {times}"
        )
    length = times if total_length is None else total_length
    padded = data.new_full((length, count, *data.shape[1:]), padding_value)
    lengths = (sizes.unsqueeze(1) > arange(count).unsqueeze(0)).sum(0)
    padded[_lasting(lengths, length)] = data
    if back is not None:
        padded, lengths = padded.index_select(1, back), lengths[back]
    return (padded.transpose(0, 1) if batch_first else padded), lengths


def pad_sequence(
    sequences: Any, batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """Sequences (length, *) as one tensor (longest, batch, *), padded behind them, or before them.

    >>> import mutagrad
    >>> pad_sequence([mutagrad.tensor([1, 2]), mutagrad.tensor([3])], batch_first=True)
    tensor([[1, 2],
            [3, 0]])
    """
    if not isinstance(sequences, (Iterable, Tensor)):
        raise RuntimeError(
            f"pad_sequence: Expected iterable for input sequences, but got arg of type: {type(sequences)}"
        )
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"Expected padding_side to be one of left or right, but got {padding_side}.")
    sequences = list(sequences.unbind(0) if isinstance(sequences, Tensor) else sequences)
    if not sequences:
        raise RuntimeError("received an empty list of sequences")
    lengths = tensor([len(sequence) for sequence in sequences])
    times = arange(int(lengths.max()))
    times = times.flip(0) if padding_side == "left" else times
    padded = sequences[0].new_full((len(sequences), times.numel(), *sequences[0].shape[1:]), padding_value)
    padded[times < lengths.unsqueeze(1)] = cat(sequences)
    return padded if batch_first else padded.transpose(0, 1)


def pack_sequence(sequences: Any, enforce_sorted: bool = True) -> PackedSequence:
    """Sequences of different lengths as a packed one."""
    lengths = tensor([len(sequence) for sequence in sequences])
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpad_sequence(padded_sequences: Any, lengths: Any, batch_first: bool = False) -> list[Tensor]:
    """The sequences of a padded tensor, each of its length."""
    rows = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [row[: int(length)] for row, length in zip(rows, lengths)]


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The sequences of a packed one."""
    return unpad_sequence(*pad_packed_sequence(packed_sequences, batch_first=True), batch_first=True)
