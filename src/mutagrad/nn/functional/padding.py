"""`pad`: a tensor with something put around it, or cut off, along its last dimensions.

Follows https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pad.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mutagrad.ops.creation import full
from mutagrad.ops.naming import shown_as
from mutagrad.ops.views import check_tensor
from mutagrad.tensor import Tensor, wrap

__all__ = ["constant_pad_nd", "pad"]


def pad(input: Any, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """`input` with more elements around it: `value` (zero where None), or its own elements.

    `pad` counts what comes before and after it along the last dimension, then along the one before that, and so on;
    negative counts cut off. With `mode` "replicate" the outermost elements are repeated, with "reflect" the inner ones
    are mirrored at them, with "circular" the elements begin again.
    Raises RuntimeError for a `pad` of odd length and for sizes that do not fit, NotImplementedError for another mode.

    >>> import mutagrad
    >>> pad(mutagrad.ones(1, 2), (1, 2), value=5)
    tensor([[5., 1., 1., 5., 5.]])
    >>> pad(mutagrad.tensor([[1., 2., 3.]]), (1, 2), mode="reflect")
    tensor([[2., 1., 2., 3., 2., 1.]])
    """
    check_tensor("pad", input)
    if len(pad) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if len(pad) > 2 * input.ndim:
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but got padding length "
            f"{len(pad)} and input of dimension {input.ndim}"
        )
    if mode == "constant":
        return _with_constant(input, pad, 0 if value is None else value)
    if mode not in _FOLDS:
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    if value is not None:
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')
    return _with_own_elements(input, pad, mode)


def constant_pad_nd(input: Any, pad: Sequence[int], value: float = 0) -> Tensor:
    """`input` with `value` around it, as `pad` puts it."""
    return _pad(input, pad, "constant", value)


def _with_constant(input: Any, pad: Sequence[int], value: float) -> Tensor:
    rest = [0] * (input.ndim - len(pad) // 2)
    before, after = rest + list(pad[-2::-2]), rest + list(pad[::-2])
    sizes = [size + first + last for size, first, last in zip(input.shape, before, after)]
    if min(sizes, default=0) < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    padded: Any = full(sizes, value, dtype=input.dtype)
    padded[_inner(before, after, sizes)] = input[_inner([-n for n in before], [-n for n in after], input.shape)]
    return shown_as(padded, "ConstantPadNdBackward0", pad=tuple(pad))


def _inner(before: Sequence[int], after: Sequence[int], sizes: Sequence[int]) -> tuple[slice, ...]:
    """What lies between the positive counts."""
    return tuple(slice(max(first, 0), size - max(last, 0)) for first, last, size in zip(before, after, sizes))


_pad = pad

# Own elements -------------------------------------------------------------------------------------------------------

# For each mode, which element of a dimension of some size stands at positions beyond its ends.
_FOLDS = {
    "reflect": lambda places, size: size - 1 - np.abs(size - 1 - np.abs(places)),
    "replicate": lambda places, size: np.clip(places, 0, size - 1),
    "circular": lambda places, size: places % size,
}


def _with_own_elements(input: Any, pad: Sequence[int], mode: str) -> Tensor:
    count = len(pad) // 2
    if (input.ndim, count) not in ((2, 1), (3, 1), (3, 2), (4, 2), (4, 3), (5, 3)):
        raise NotImplementedError(
            f"Padding size {len(pad)} is not supported for {input.ndim}D input tensor.\n"
            "Supported combinations for non-constant padding:\n"
            "  - 2D or 3D input: padding size = 2 (pads last dimension)\n"
            "  - 3D or 4D input: padding size = 4 (pads last 2 dimensions)\n"
            "  - 4D or 5D input: padding size = 6 (pads last 3 dimensions)"
        )
    (_check_circular if mode == "circular" else _check_sizes)(input.shape, pad, mode)
    for number in range(count):
        dim, before, after = input.ndim - 1 - number, pad[2 * number], pad[2 * number + 1]
        if mode == "circular" and min(before, after) < 0:
            # What is cut off is cut before the rest goes round.
            input = input.narrow(dim, max(-before, 0), input.shape[dim] + min(before, 0) + min(after, 0))
            before, after = max(before, 0), max(after, 0)
        size = input.shape[dim]
        places = np.arange(-before, size + after, dtype=np.int64)
        input = input.index_select(dim, wrap(_FOLDS[mode](places, size)))
    names = {"reflect": "ReflectionPad", "replicate": "ReplicationPad"}
    return shown_as(input, f"{names[mode]}{count}DBackward0" if mode in names else "CopySlices", padding=tuple(pad))


def _check_circular(shape: Sequence[int], pad: Sequence[int], mode: str) -> None:
    for size, before, after in zip(shape[::-1], pad[::2], pad[1::2]):
        if before > size or after > size:
            raise RuntimeError("Padding value causes wrapping around more than once.")
        if size + before + after <= 0:
            raise RuntimeError("Negative padding value is resulting in an empty dimension")


def _check_sizes(shape: Sequence[int], pad: Sequence[int], mode: str) -> None:
    count = len(pad) // 2
    if 0 in shape[len(shape) - count - 1 :]:
        raise RuntimeError(
            f"Expected {count + 1}D or {count + 2}D (batch mode) tensor with possibly 0 batch size and other non-zero "
            f"dimensions for input, but got: {list(shape)}"
        )
    padded = list(zip(range(len(shape) - 1, -1, -1), shape[::-1], pad[::2], pad[1::2]))
    for number, (dim, size, before, after) in enumerate(padded):
        if mode == "reflect" and (before >= size or after >= size):
            raise RuntimeError(
                f"Argument #{4 + 2 * number}: Padding size should be less than the corresponding input dimension, but "
                f"got: padding ({before}, {after}) at dimension {dim} of input {list(shape)}"
            )
    if any(size + before + after < 1 for _, size, before, after in padded):
        names = "DHW"[-count:]
        given = ", ".join(f"{name}: {size}" for name, (_, size, _, _) in zip(names, padded[::-1]))
        made = " ".join(f"{name}: {size + a + b}" for name, (_, size, a, b) in zip(names, padded[::-1]))
        raise RuntimeError(f"input ({given}) is too small. Calculated output {made}")
