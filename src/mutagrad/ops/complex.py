"""Complex numbers: conjugates, angles, and tensors made of two parts.

Gradients follow PyTorch's convention: for a real loss they are its derivative by the real part plus `1j` times that by
the imaginary part. `conj` is computed at once; PyTorch's is a view that is computed when needed.

>>> import mutagrad as torch
>>> z = torch.tensor([3 + 4j], requires_grad=True)
>>> z.abs().sum().backward()
>>> z.grad
tensor([0.6000+0.8000j])
"""

from __future__ import annotations

from math import pi
from typing import Any

from mutagrad.declaration import composite, pointwise
from mutagrad.dtypes import get_default_dtype, of_numpy
from mutagrad.ops.checks import not_for
from mutagrad.tensor import Tensor

__all__ = ["angle", "complex", "conj", "conj_physical", "polar", "resolve_conj", "resolve_neg"]

# Conjugates ---------------------------------------------------------------------------------------------------------

conj_physical = pointwise(
    "conj_physical",
    "conj",
    input=lambda xp, ct: ct.conj(),
    jvp="linear",
    doc="The conjugate; a copy of a real tensor.",
)
_conj = pointwise("conj", "conj", method=False, in_place=False, input=lambda xp, ct: ct.conj(), jvp="linear")


@composite()
def conj(input: Tensor) -> Tensor:
    """The conjugate; a real tensor itself.

    >>> import mutagrad
    >>> mutagrad.conj(mutagrad.tensor([1 + 2j]))
    tensor([1.-2.j])
    """
    return _conj(input) if input._array.dtype.kind == "c" else input


@composite()
def resolve_conj(input: Tensor) -> Tensor:
    """`input` itself: conjugates are computed at once here."""
    return input


@composite()
def resolve_neg(input: Tensor) -> Tensor:
    """`input` itself: no negation is left pending here."""
    return input


# Angles -------------------------------------------------------------------------------------------------------------


def _angle(xp: Any, input: Any) -> Any:
    if input.dtype.kind == "c":
        return xp.atan2(xp.imag(input), xp.real(input))
    input = input if input.dtype.kind == "f" else xp.astype(input, get_default_dtype().numpy)
    return xp.where(xp.isnan(input), input, xp.where(input < 0, xp.asarray(pi, dtype=input.dtype), 0))


def _angle_share(xp: Any, ct: Any, input: Any) -> Any:
    if not xp.is_complex(input):
        return xp.zeros(ct.shape, dtype=ct.dtype)
    squares = (input * input.conj()).real
    return xp.where(squares == 0, 0, ct * 1j * input / xp.where(squares == 0, 1, squares))


angle = pointwise(
    "angle",
    _angle,
    promotion="compare",
    in_place=False,
    input=_angle_share,
    jvp="transposed",
    doc="The angle of complex numbers, from -pi to pi; of real ones zero or pi.",
)

# Two parts ----------------------------------------------------------------------------------------------------------


def _check_parts(first: Any, second: Any) -> None:
    if first.dtype == second.dtype:
        return
    names = [of_numpy[x.dtype].scalar_type for x in (first, second)]
    if first.dtype.kind != "f" or second.dtype.kind != "f":
        raise RuntimeError(
            f"Expected both inputs to be Half, Float or Double tensors but got {names[0]} and {names[1]}"
        )
    raise RuntimeError(f"Expected object of scalar type {names[0]} but got scalar type {names[1]} for second argument")


_NOT_REAL = not_for(
    "biuc", "Expected both inputs to be Half, Float or Double tensors but got {0} and {0}", RuntimeError
)

complex = pointwise(
    "complex",
    lambda xp, real, imag: xp.complex(real, imag),
    promotion="compare",
    numbers=False,
    in_place=False,
    method=False,
    check=_check_parts,
    refuses=_NOT_REAL,
    real=lambda xp, ct: ct.real,
    imag=lambda xp, ct: ct.imag,
    jvp="linear",
    doc="The complex numbers with these parts. Raises RuntimeError where the dtypes differ.",
)
polar = pointwise(
    "polar",
    lambda xp, abs, angle: xp.complex(abs * xp.cos(angle), abs * xp.sin(angle)),
    promotion="compare",
    numbers=False,
    in_place=False,
    method=False,
    check=_check_parts,
    refuses=_NOT_REAL,
    abs=lambda xp, ct, out: (ct.conj() * xp.sign(out)).real,
    angle=lambda xp, ct, out: (ct.conj() * (out * 1j)).real,
    jvp="transposed",
    doc="The complex numbers with these absolute values and angles. Raises RuntimeError where the dtypes differ.",
)
