"""Jacobians, worked out in different ways for `gradcheck` to compare.

The Jacobian of an output with respect to an input is an array of shape `(elements of the input, elements of the
output)`. For a complex input z = x + iy its entries are d/dx + i d/dy, the conjugate Wirtinger derivative (times two)
that a gradient is. Complex outputs are checked by their real and imaginary parts, so none is met here but in forward
mode. Follows section 3.5.3 of https://arxiv.org/abs/1701.00392
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from mutagrad.autograd.backward import grad
from mutagrad.autograd.forward_ad import dual_level, make_dual, unpack_dual
from mutagrad.tensor import Size, Tensor, wrap

Direction = tuple[
    np.ndarray, np.ndarray
]  # for the real and the imaginary part of an input; for a real one only the first


def as_tuple(given: Any) -> tuple:
    """The given values as a tuple; a single one as a tuple of one."""
    return tuple(given) if isinstance(given, (tuple, list)) else (given,)


def requiring_grad(values: Sequence[Any]) -> list[int]:
    """The positions of the tensors that require grad."""
    return [i for i, x in enumerate(values) if isinstance(x, Tensor) and x.requires_grad]


def is_continuous(value: Any) -> bool:
    """Whether this is a tensor of a real or complex floating dtype."""
    return isinstance(value, Tensor) and value._array.dtype.kind in "fc"


# By differences -------------------------------------------------------------------------------------------------------


def derivatives(
    func: Callable, inputs: Sequence[Any], x: Tensor, along: Direction, eps: float, place: tuple | None = None
) -> list[np.ndarray]:
    """The derivatives of all outputs, flat, as the memory of `x` moves `along` a direction.

    `place` is the element that is moved, where it is one. Raises AssertionError when the outputs' shapes or dtypes
    depend on where `x` is.
    """
    real, imaginary = along
    slopes = _differences(func, inputs, x, real, eps, place)
    if x._array.dtype.kind != "c":
        return slopes
    turned = _differences(func, inputs, x, 1j * imaginary, eps, place)
    return [a + 1j * b for a, b in zip(slopes, turned)]


def _differences(
    func: Callable, inputs: Sequence[Any], x: Tensor, step: np.ndarray, eps: float, place: tuple | None
) -> list[np.ndarray]:
    """Central differences: (f(x + eps step) - f(x - eps step)) / 2 eps.

    The memory is written past the library: it is as before when anybody looks.
    """
    array = x._array
    before = array.copy()
    try:
        array[...] = before - eps * step
        low = _values(func, inputs)
        array[...] = before + eps * step
        high = _values(func, inputs)
    finally:
        array[...] = before
    for a, b in zip(low, high):
        _check_alike(a, b, eps, place)
    return [((b - a) / (2 * eps)).reshape(-1) for a, b in zip(low, high) if a.dtype.kind in "fc"]


def _values(func: Callable, inputs: Sequence[Any]) -> list[np.ndarray]:
    return [output._array.copy() for output in as_tuple(func(*inputs))]


def _check_alike(low: np.ndarray, high: np.ndarray, eps: float, place: tuple | None) -> None:
    moved = f"on index {place} by {eps}" if place is not None else f"by {eps}"
    for what, a, b in (
        ("shape", Size(low.shape), Size(high.shape)),
        ("dtype", wrap(low).dtype, wrap(high).dtype),
    ):
        if a != b:
            raise AssertionError(
                f"Expected `func` to return outputs with the same {what} when inputs are perturbed {moved}, but got: "
                f"{what}s {a} and {b}."
            )


def by_differences(
    func: Callable, inputs: Sequence[Any], x: Tensor, outputs: Sequence[Any], eps: float
) -> list[np.ndarray]:
    """The Jacobians of the continuous ones of `outputs` with respect to the input `x`, element by element."""
    rows = [derivatives(func, inputs, x, (one, one), eps, place) for place, one in _units(x._array.shape)]
    found = []
    for number, output in enumerate(filter(is_continuous, outputs)):
        dt = x._array.dtype if x._array.dtype.kind == "c" else output._array.dtype
        jacobian = np.zeros((x._array.size, output._array.size), dt)
        for row, slopes in zip(jacobian, rows):
            row[...] = slopes[number]
        found.append(jacobian)
    return found


def _units(shape: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], np.ndarray]]:
    """Every place of an array, and the array that is one there and else zero."""
    for place in np.ndindex(shape):
        one = np.zeros(shape)
        one[place] = 1
        yield place, one


# By reverse passes ----------------------------------------------------------------------------------------------------


def by_reverse(output: Tensor, wanted: Sequence[Tensor]) -> list[np.ndarray]:
    """The Jacobians of an output with respect to the wanted inputs: one reverse pass for each of its elements."""
    rows = [reverse_along(output, wanted, one) for _, one in _units(output._array.shape)]
    found = []
    for number, x in enumerate(wanted):
        jacobian = np.zeros((x._array.size, output._array.size), x._array.dtype)
        for column, gradients in zip(jacobian.T, rows):
            column[...] = gradients[number]
        found.append(jacobian)
    return found


def reverse_along(output: Tensor, wanted: Sequence[Tensor], cotangent: np.ndarray) -> list[np.ndarray]:
    """The gradients of the wanted inputs, flat, for one cotangent of an output; zeros where there is none."""
    given = wrap(cotangent.reshape(output._array.shape).astype(output._array.dtype))
    gradients = grad(output, wanted, given, retain_graph=True, allow_unused=True)
    return [
        np.zeros(x._array.size, x._array.dtype) if gradient is None else gradient._array.reshape(-1)
        for x, gradient in zip(wanted, gradients)
    ]


# By forward mode ------------------------------------------------------------------------------------------------------


def by_forward(func: Callable, inputs: Sequence[Any], position: int, outputs: Sequence[Any]) -> list[np.ndarray]:
    """The Jacobians of the continuous ones of `outputs` with respect to one real input, element by element."""
    x = inputs[position]
    found = [np.zeros((x._array.size, y._array.size), y._array.dtype) for y in outputs if is_continuous(y)]
    for row, (_, one) in enumerate(_units(x._array.shape)):
        for jacobian, tangent in zip(found, forward_along(func, inputs, {position: one})):
            jacobian[row] = tangent
    return found


def forward_along(func: Callable, inputs: Sequence[Any], moved: dict[int, np.ndarray | None]) -> list[np.ndarray]:
    """The tangents of the continuous outputs, flat, as the inputs at some positions move along tangents.

    The other inputs that require grad have tangents of zero, and those that move along None have none.
    """
    with dual_level():
        given = list(inputs)
        for i in requiring_grad(inputs):
            x = inputs[i].detach()
            along = moved.get(i, np.zeros(x._array.shape))
            given[i] = x if along is None else make_dual(x, wrap(along.reshape(x._array.shape).astype(x._array.dtype)))
        outputs = [unpack_dual(y) for y in as_tuple(func(*given)) if is_continuous(y)]
        return [
            np.zeros(y._array.size, y._array.dtype) if tangent is None else tangent._array.reshape(-1)
            for y, tangent in outputs
        ]
