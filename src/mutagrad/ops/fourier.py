"""Discrete Fourier transforms under the names of `torch.fft`.

Four operations carry all of them: complex to complex in both directions, real to the half of its Hermitian spectrum,
and back. They are linear, and the rule of each is its adjoint: the transform in the other direction, scaled as the
first. A half spectrum stands for the whole, so the adjoint of `rfftn` halves the frequencies that stand for two, and
that of `irfftn` doubles them. Nothing is saved.
Follows https://docs.pytorch.org/docs/stable/fft.html

>>> import mutagrad as torch
>>> torch.fft.rfft(torch.tensor([1., 0., 0., 0.]))
tensor([1.+0.j, 1.+0.j, 1.+0.j])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mutagrad.declaration import operation
from mutagrad.dtypes import get_default_dtype
from mutagrad.ops.checks import type_name
from mutagrad.ops.creation import Options, allocate
from mutagrad.ops.dimensions import axis_of
from mutagrad.ops.out import into
from mutagrad.ops.rearranging import roll
from mutagrad.ops.sizes import integer
from mutagrad.ops.views import check_tensor
from mutagrad.tensor import Tensor

Sizes = Sequence[int] | None

# The four operations ------------------------------------------------------------------------------------------------

_ADJOINT = {"backward": "forward", "forward": "backward", "ortho": "ortho"}


def _resized(xp: Any, x: Any, shape: tuple[int, ...]) -> Any:
    """`x` cut to `shape`, or filled up with zeros."""
    for axis, size in enumerate(shape):
        extent = x.shape[axis]
        if extent > size:
            x = x[(*(slice(None),) * axis, slice(0, size), ...)]
        elif extent < size:
            gap = (*x.shape[:axis], size - extent, *x.shape[axis + 1 :])
            x = xp.concat([x, xp.zeros(gap, dtype=x.dtype)], axis=axis)
    return x


def _weighted(xp: Any, half: Any, n: int, axis: int, weight: float) -> Any:
    """Half of a spectrum of `n` frequencies, those that stand for two of them times `weight`."""
    weights = np.ones(half.shape[axis])
    weights[1 : (n + 1) // 2] = weight
    weights = weights.reshape((-1,) + (1,) * (half.ndim - axis - 1))
    return half * xp.asarray(weights, dtype=xp.real(half).dtype)


def _share(transform: str) -> Callable[..., Any]:
    """The rule of a complex transform whose adjoint is `transform`."""

    def share(xp: Any, ct: Any, input_shape: tuple, input_dtype: Any, axes: tuple, norm: str) -> Any:
        back = getattr(xp, transform)(ct, None, axes, _ADJOINT[norm])
        return xp.fit(_resized(xp, back, input_shape), input_shape, input_dtype)

    return share


def _rfftn_share(xp: Any, ct: Any, input_shape: tuple, s: Sizes, axes: tuple, norm: str) -> Any:
    s = [input_shape[axis] for axis in axes] if s is None else s
    halved = _weighted(xp, ct, s[-1], axes[-1], 0.5)
    return _resized(xp, xp.irfftn(halved, s, axes, _ADJOINT[norm]), input_shape)


def _irfftn_share(xp: Any, ct: Any, input_shape: tuple, axes: tuple, norm: str) -> Any:
    half = xp.rfftn(ct, None, axes, _ADJOINT[norm])
    return _resized(xp, _weighted(xp, half, ct.shape[axes[-1]], axes[-1], 2.0), input_shape)


@operation("fft_fftn", method=False, node_name="FftC2CBackward0", input=_share("ifftn"))
def complex_fft(xp: Any, input: Any, /, s: Sizes, axes: tuple[int, ...], norm: str) -> Any:
    """The transform along `axes`, each cut or filled up to its size in `s`."""
    return xp.fftn(input, s, axes, norm)


@operation("fft_ifftn", method=False, node_name="FftC2CBackward0", input=_share("fftn"))
def complex_ifft(xp: Any, input: Any, /, s: Sizes, axes: tuple[int, ...], norm: str) -> Any:
    """The inverse of `complex_fft`."""
    return xp.ifftn(input, s, axes, norm)


@operation("fft_rfftn", method=False, node_name="FftR2CBackward0", input=_rfftn_share)
def real_fft(xp: Any, input: Any, /, s: Sizes, axes: tuple[int, ...], norm: str) -> Any:
    """The transform of real numbers; of the last of `axes` the half that determines the rest."""
    return xp.rfftn(input, s, axes, norm)


@operation("fft_irfftn", method=False, node_name="FftC2RBackward0", input=_irfftn_share)
def real_ifft(xp: Any, input: Any, /, s: Sizes, axes: tuple[int, ...], norm: str) -> Any:
    """The inverse of `real_fft`, of `s[-1]` points along the last of `axes`."""
    return xp.irfftn(input, s, axes, norm)


# Arguments ----------------------------------------------------------------------------------------------------------


def _norm_of(norm: str | None) -> str:
    if norm is None:
        return "backward"
    if norm not in _ADJOINT:
        raise RuntimeError(f'Invalid normalization mode: "{norm}"')
    return norm


def _floating(input: Tensor) -> Tensor:
    """`input`, whole numbers in the default dtype. Raises RuntimeError for half precision, as PyTorch's CPU does."""
    if input._array.dtype == np.float16:
        raise RuntimeError("Unsupported dtype Half")
    return input if input._array.dtype.kind in "fc" else input.to(get_default_dtype())


def _plan(shape: tuple[int, ...], s: Sizes, dim: Any, half: bool) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """For every transformed axis its number of points, and the axes. `half`: the input is half a spectrum."""
    ndim = len(shape)
    if dim is None:
        if s is not None and len(s) > ndim:
            raise RuntimeError(f"Got shape with {len(s)} values but input tensor only has {ndim} dimensions.")
        axes = tuple(range(0 if s is None else ndim - len(s), ndim))
    else:
        axes = tuple(axis_of(d, ndim) for d in ((dim,) if isinstance(dim, int) else dim))
        if len(set(axes)) != len(axes):
            raise RuntimeError("FFT dims must be unique")
        if s is not None and len(s) != len(axes):
            raise RuntimeError("When given, dim and shape arguments must have the same length")
    own = [shape[axis] for axis in axes]
    if half and axes:
        own[-1] = 2 * (own[-1] - 1)
    sizes = tuple(
        own if s is None else [n if given == -1 else integer("fft", given, "s", 2) for given, n in zip(s, own)]
    )
    for n in sizes:
        if n < 1:
            raise RuntimeError(f"Invalid number of data points ({n}) specified")
    return sizes, axes


# The public names ---------------------------------------------------------------------------------------------------


def _transform(
    name: str,
    op: Callable[..., Tensor],
    conjugated: str,
    input: Tensor,
    s: Sizes,
    dim: Any,
    norm: str | None,
    out: Tensor | None,
) -> Tensor:
    """The transform called `name` by `op`, with its input or output `conjugated`, which turns its direction round."""
    check_tensor(f"fft_{name}", input)
    mode = _norm_of(norm)
    if op is real_fft and input._array.dtype.kind == "c":
        kind = "real" if name in ("rfft", "ihfft") else "real-valued"
        raise RuntimeError(f"{name.replace('2', 'n')} expects a {kind} input tensor, but got {type_name(input)}")
    sizes, axes = _plan(input._array.shape, s, dim, op is real_ifft)
    if not axes and op in (real_fft, real_ifft):
        raise RuntimeError(f"{name} must transform at least one axis")
    x = _floating(input)
    if op is real_ifft and not x.is_complex():
        x = x.to(x.dtype.to_complex())
    if out is not None and out.is_complex() is (op is real_ifft):
        kind = "floating point" if op is real_ifft else "complex"
        raise RuntimeError(f"{name} expects a {kind} output tensor, but got {type_name(out)}")
    if not conjugated:
        return into(out, op(x, sizes, axes, mode), name, casts=True)
    if conjugated == "input":
        return into(out, op(x.conj(), sizes, axes, _ADJOINT[mode]), name, casts=True)
    return into(out, op(x, sizes, axes, _ADJOINT[mode]).conj(), name, casts=True)


def _family(name: str, op: Callable[..., Tensor], doc: str, conjugated: str = "") -> tuple[Callable[..., Tensor], ...]:
    """The transforms along one dimension, along two, and along any number."""

    def one(
        input: Tensor, n: int | None = None, dim: int = -1, norm: str | None = None, *, out: Tensor | None = None
    ) -> Tensor:
        check_tensor(f"fft_{name}", input)
        sizes = None if n is None else (integer(f"fft_{name}", n, "n", 2),)
        if not input.ndim:
            raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
        return _transform(name, op, conjugated, input, sizes, dim, norm, out)

    def two(
        input: Tensor,
        s: Sizes = None,
        dim: Sequence[int] = (-2, -1),
        norm: str | None = None,
        *,
        out: Tensor | None = None,
    ) -> Tensor:
        return _transform(f"{name}2", op, conjugated, input, s, dim, norm, out)

    def several(
        input: Tensor,
        s: Sizes = None,
        dim: Sequence[int] | None = None,
        norm: str | None = None,
        *,
        out: Tensor | None = None,
    ) -> Tensor:
        return _transform(f"{name}n", op, conjugated, input, s, dim, norm, out)

    where = (
        ("", "`dim`, cut or filled up with zeros to `n` points."),
        ("2", "the two `dim`, each cut or filled up with zeros to its size in `s`."),
        (
            "n",
            "all of `dim` (all dimensions, or as many of the last as `s` has), each cut or filled up to its size in `s`.",
        ),
    )
    for function, (suffix, axes) in zip((one, two, several), where):
        function.__name__ = function.__qualname__ = name + suffix
        function.__doc__ = f"{doc} along {axes}\n\n{_NOTES}"
    return one, two, several


_NOTES = """`norm` is "backward" (the inverse divides by the number of points; the default), "forward" (the other one does),
or "ortho" (both divide by its root).
Dtypes: whole numbers become the default dtype.  Gradient: the transform back; saves nothing.
Raises RuntimeError for no points, another `norm`, and half precision."""

fft, fft2, fftn = _family("fft", complex_fft, "The discrete Fourier transform")
ifft, ifft2, ifftn = _family("ifft", complex_ifft, "The inverse discrete Fourier transform")
rfft, rfft2, rfftn = _family(
    "rfft", real_fft, "The half of the Fourier transform that determines that of real numbers,"
)
irfft, irfft2, irfftn = _family("irfft", real_ifft, "The real numbers whose half of a Fourier transform is `input`,")
hfft, hfft2, hfftn = _family("hfft", real_ifft, "The real Fourier transform of half of a Hermitian signal", "input")
ihfft, ihfft2, ihfftn = _family("ihfft", real_fft, "The half of the Hermitian signal of a real transform", "output")

# Frequencies --------------------------------------------------------------------------------------------------------


def fftfreq(n: int, d: float = 1.0, **options: Any) -> Tensor:
    """The frequencies of a transform of `n` points that are `d` apart; options as for `zeros`.

    >>> import mutagrad
    >>> mutagrad.fft.fftfreq(4)
    tensor([ 0.0000,  0.2500, -0.5000, -0.2500])
    """
    to = Options("fftfreq", **options)
    k = allocate(lambda shape, dtype: np.arange(*shape, dtype=dtype), (n,), to.dtype)
    k[(n + 1) // 2 :] -= n
    return to.finish(k * to.dtype.type(1.0 / (n * d)))


def rfftfreq(n: int, d: float = 1.0, **options: Any) -> Tensor:
    """The frequencies of the half that `rfft` gives of `n` points that are `d` apart; options as for `zeros`.

    >>> import mutagrad
    >>> mutagrad.fft.rfftfreq(4)
    tensor([0.0000, 0.2500, 0.5000])
    """
    to = Options("rfftfreq", **options)
    k = allocate(lambda shape, dtype: np.arange(*shape, dtype=dtype), (n // 2 + 1,), to.dtype)
    return to.finish(k * to.dtype.type(1.0 / (n * d)))


def fftshift(input: Tensor, dim: Any = None) -> Tensor:
    """`input` turned along `dim` (all dimensions) so that frequency zero, the first, is in the middle.

    >>> import mutagrad
    >>> mutagrad.fft.fftshift(mutagrad.fft.fftfreq(4))
    tensor([-0.5000, -0.2500,  0.0000,  0.2500])
    """
    return _shifted("fft_fftshift", input, dim, lambda n: n // 2)


def ifftshift(input: Tensor, dim: Any = None) -> Tensor:
    """The inverse of `fftshift`."""
    return _shifted("fft_ifftshift", input, dim, lambda n: (n + 1) // 2)


def _shifted(name: str, input: Tensor, dim: Any, steps: Callable[[int], int]) -> Tensor:
    check_tensor(name, input)
    dims = tuple(range(input.ndim)) if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    axes = [axis_of(each, input.ndim) for each in dims]
    return roll(input, tuple(steps(input._array.shape[axis]) for axis in axes), tuple(axes))
