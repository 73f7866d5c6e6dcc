"""Numbers kept within bounds, and the larger or smaller of two.

At a bound `clamp` follows its input: the gradient is one there. Where the two of `maximum` or `minimum` are equal each
takes half; of `fmax` and `fmin` the first takes all. A bound that is a tensor takes the gradient where it acts.

>>> import mutagrad as torch
>>> x = torch.tensor([-2., 0., 1.], requires_grad=True)
>>> x.clamp(-1, 1).sum().backward()
>>> x.grad
tensor([0., 1., 1.])
"""

from __future__ import annotations

from typing import Any

from mutagrad.declaration import composite, pointwise
from mutagrad.dtypes import of_numpy, result_type, scalar_result, type_word
from mutagrad.ops.checks import not_for
from mutagrad.tensor import Tensor

__all__ = ["clamp", "clamp_max", "clamp_min", "clip", "fmax", "fmin", "maximum", "minimum"]

# The larger and the smaller of two ----------------------------------------------------------------------------------


def _share_of_extreme(xp: Any, ct: Any, mine: Any, tie: Any) -> Any:
    """`ct` where this input is the extreme one, half of it at a tie."""
    return xp.where(tie, ct / 2, xp.where(mine, ct, 0))


# Negated comparisons, so that NaN passes the gradient on to both.
maximum = pointwise(
    "maximum",
    lambda xp, input, other: xp.maximum(input, other),
    refuses=not_for("c", "maximum not implemented for complex tensors.", RuntimeError),
    numbers=False,
    in_place=False,
    input=lambda xp, ct, input, other: _share_of_extreme(xp, ct, ~(input < other), input == other),
    other=lambda xp, ct, input, other: _share_of_extreme(xp, ct, ~(input > other), input == other),
    doc="The larger of two; NaN where one of them is.",
)
minimum = pointwise(
    "minimum",
    lambda xp, input, other: xp.minimum(input, other),
    refuses=not_for("c", "minimum not implemented for complex tensors.", RuntimeError),
    numbers=False,
    in_place=False,
    input=lambda xp, ct, input, other: _share_of_extreme(xp, ct, ~(input > other), input == other),
    other=lambda xp, ct, input, other: _share_of_extreme(xp, ct, ~(input < other), input == other),
    doc="The smaller of two; NaN where one of them is.",
)
fmax = pointwise(
    "fmax",
    lambda xp, input, other: xp.fmax(input, other),
    refuses=not_for("c", "fmax not implemented for complex tensors.", RuntimeError),
    numbers=False,
    in_place=False,
    input=lambda xp, ct, input, other: xp.where((input >= other) | xp.isnan(other), ct, 0),
    other=lambda xp, ct, input, other: xp.where((input >= other) | xp.isnan(other), 0, ct),
    doc="The larger of two, or the one that is not NaN.",
)
fmin = pointwise(
    "fmin",
    lambda xp, input, other: xp.fmin(input, other),
    refuses=not_for("c", "fmin not implemented for complex tensors.", RuntimeError),
    numbers=False,
    in_place=False,
    input=lambda xp, ct, input, other: xp.where((input <= other) | xp.isnan(other), ct, 0),
    other=lambda xp, ct, input, other: xp.where((input <= other) | xp.isnan(other), 0, ct),
    doc="The smaller of two, or the one that is not NaN.",
)

# Bounds that are numbers --------------------------------------------------------------------------------------------


def _within(xp: Any, input: Any, min: Any, max: Any) -> Any:
    if min is None:
        return input <= max
    return input >= min if max is None else (input >= min) & (input <= max)


COMPLEX = "clamp is not supported for complex types"


def _clamp(xp: Any, input: Any, /, min: Any = None, max: Any = None) -> Any:
    return xp.clip(input, min, max)


_clamp_by_numbers = pointwise(
    "clamp",
    _clamp,
    casts=True,
    refuses=not_for("c", COMPLEX),
    method=False,
    node_name="ClampBackward1",
    input=lambda xp, ct, input, min, max: xp.where(_within(xp, input, min, max), ct, 0),
)

# Bounds that are tensors --------------------------------------------------------------------------------------------


def _clamp_between(xp: Any, input: Any, min: Any = None, max: Any = None, /) -> Any:
    if min is not None:
        input = xp.maximum(input, min)
    return input if max is None else xp.minimum(input, max)


def _input_share(xp: Any, ct: Any, input: Any, min: Any, max: Any) -> Any:
    return xp.where(_within(xp, input, min, max), ct, 0)


def _min_share(xp: Any, ct: Any, input: Any, min: Any, max: Any) -> Any:
    acts = input < min if max is None else (input < min) & (min < max)
    return xp.where(acts, ct, 0)


def _max_share(xp: Any, ct: Any, input: Any, min: Any, max: Any) -> Any:
    acts = input > max if min is None else (input > max) | (max < min)
    return xp.where(acts, ct, 0)


_clamp_by_tensors = pointwise(
    "clamp",
    _clamp_between,
    refuses=not_for("c", COMPLEX),
    method=False,
    node_name="ClampBackward0",
    input=_input_share,
    min=_min_share,
    max=_max_share,
)


def _chosen(input: Tensor, min: Any, max: Any) -> Any:
    """The clamp that these bounds mean: by tensors, where one is, or where numbers change the dtype."""
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    dt = input._array.dtype
    for bound in (min, max):
        if isinstance(bound, complex):
            raise RuntimeError("value cannot be converted to type double without overflow")
        if bound is not None and (isinstance(bound, Tensor) or scalar_result[dt, type(bound)] is not dt):
            return _clamp_by_tensors
    return _clamp_by_numbers


@composite("clip")
def clamp(input: Tensor, min: Any = None, max: Any = None, *, out: Tensor | None = None) -> Tensor:
    """`input` raised to `min` and lowered to `max`, numbers or tensors; where they cross, `max`.

    Raises RuntimeError without bounds.

    >>> import mutagrad
    >>> mutagrad.clamp(mutagrad.tensor([-2., 0.5, 3.]), min=0, max=1)
    tensor([0.0000, 0.5000, 1.0000])
    """
    if not isinstance(input, Tensor):
        kinds = ", ".join(type(x).__name__ for x in (input, min, max) if x is not None)
        raise TypeError(
            f"clamp() received an invalid combination of arguments - got ({kinds}), but expected one of:\n"
            " * (Tensor input, Tensor min, Tensor max)\n * (Tensor input, Number min, Number max)"
        )
    clamped = _chosen(input, min, max)
    return clamped(input, min, max) if out is None else clamped(input, min, max, out=out)


@composite("clip_")
def clamp_(self: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """In-place form of `clamp`."""
    _check_numbers_fit(self, min, max)
    return _chosen(self, min, max).in_place(self, min, max)


clip = clamp

# One bound ----------------------------------------------------------------------------------------------------------

clamp_min = pointwise(
    "clamp_min",
    lambda xp, input, min: xp.maximum(input, min),
    refuses=not_for("c", COMPLEX),
    node_name="ClampMinBackward1",
    number_name="ClampMinBackward0",
    input=lambda xp, ct, input, min: xp.where(input >= min, ct, 0),
    min=lambda xp, ct, input, min: xp.where(input < min, ct, 0),
    doc="`input` raised to `min`.",
)
clamp_max = pointwise(
    "clamp_max",
    lambda xp, input, max: xp.minimum(input, max),
    refuses=not_for("c", COMPLEX),
    node_name="ClampMaxBackward1",
    number_name="ClampMaxBackward0",
    input=lambda xp, ct, input, max: xp.where(input <= max, ct, 0),
    max=lambda xp, ct, input, max: xp.where(input > max, ct, 0),
    doc="`input` lowered to `max`.",
)


def _check_numbers_fit(self: Tensor, *bounds: Any) -> None:
    """Raises RuntimeError where a number would change the dtype: PyTorch says it here in C++'s words."""
    if any(isinstance(bound, Tensor) for bound in bounds):
        return
    result = result_type(self._array, *[bound for bound in bounds if bound is not None])
    if result is not self._array.dtype:
        raise RuntimeError(
            f"result type {of_numpy[result].scalar_type} can't be cast to the desired output type "
            f"{type_word(self._array.dtype)}"
        )


def _one_bound_in_place(function: Any) -> Any:
    in_place = function.in_place

    def call(self: Tensor, bound: Any) -> Tensor:
        _check_numbers_fit(self, bound)
        return in_place(self, bound)

    call.__name__ = call.__qualname__ = in_place.__name__
    call.__doc__ = in_place.__doc__
    return call


clamp_min.in_place = Tensor.clamp_min_ = _one_bound_in_place(clamp_min)
clamp_max.in_place = Tensor.clamp_max_ = _one_bound_in_place(clamp_max)
