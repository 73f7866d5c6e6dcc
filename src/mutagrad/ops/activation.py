"""The activation functions of neural networks.

Those of them that PyTorch has in `torch.nn.functional` only are declared here without a method; their in-place forms,
for `inplace=True`, are the functions' `in_place`. The sigmoid, the rectifiers with a bound, `leaky_relu`, `threshold` and
`elu` find their gradient from their result, so that writing over their input costs nothing. The others need the input:
`silu`, `mish`, `gelu` and `hardswish` take the same value at two places with different slopes.

>>> import mutagrad as torch
>>> x = torch.tensor([-1., 2.], requires_grad=True)
>>> (3 * x).relu_().sum().backward()
>>> x.grad
tensor([0., 3.])
"""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import numpy as np

from mutagrad.declaration import composite, pointwise
from mutagrad.namespaces import fused
from mutagrad.operation import Operation
from mutagrad.ops.bounds import COMPLEX
from mutagrad.ops.checks import no_kernel, not_for
from mutagrad.ops.views import check_tensor
from mutagrad.tensor import Tensor

__all__ = [
    "celu",
    "elu",
    "gelu",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "leaky_relu",
    "logsigmoid",
    "mish",
    "prelu",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "softplus",
    "softshrink",
    "softsign",
    "tanhshrink",
    "threshold",
]

# Smooth steps -------------------------------------------------------------------------------------------------------


@fused.fused_if_large(fused.sigmoid_share)
def _sigmoid_share(xp: Any, ct: Any, out: Any) -> Any:
    return ct * (out - out * out).conj()


sigmoid = pointwise(
    "sigmoid",
    "sigmoid",
    promotion="float",
    input=_sigmoid_share,
    doc="The logistic function `1 / (1 + exp(-input))`.",
)
logsigmoid = pointwise(
    "logsigmoid",
    lambda xp, input: -xp.logaddexp(xp.zeros((), dtype=input.dtype), -input),
    method=False,
    refuses=no_kernel("biuc", "log_sigmoid_cpu"),
    node_name="LogSigmoidBackward0",
    input=lambda xp, ct, input: ct * xp.sigmoid(-input),
    doc="The logarithm of the sigmoid.",
)


def softsign(input: Tensor) -> Tensor:
    """`input / (1 + abs(input))`."""
    return input / (input.abs() + 1)


def tanhshrink(input: Tensor) -> Tensor:
    """`input - tanh(input)`."""
    return input - input.tanh()


# Rectifiers ---------------------------------------------------------------------------------------------------------


def _no_order(dt: np.dtype) -> Exception:
    return RuntimeError("Boolean inputs not supported for relu") if dt.kind == "b" else NotImplementedError(COMPLEX)


relu = pointwise(
    "relu",
    "relu",
    refuses=("bc", _no_order),
    input=fused.fused_if_large(fused.relu_share)(lambda xp, ct, out: xp.zero_where_not_positive(out, ct)),
    doc="`input` where it is positive, else zero. The gradient at zero is zero.",
)


def _hardtanh(xp: Any, input: Any, /, min_val: float = -1.0, max_val: float = 1.0) -> Any:
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    if input.dtype.kind == "b":
        raise RuntimeError("Bool inputs not supported for hardtanh")
    return xp.clip(input, *(int(v) if input.dtype.kind in "iu" else v for v in (min_val, max_val)))


hardtanh = pointwise(
    "hardtanh",
    _hardtanh,
    refuses=not_for("c", COMPLEX),
    method=False,
    input=lambda xp, ct, out, min_val, max_val: xp.where((out <= min_val) | (out >= max_val), 0, ct),
    doc="`input` kept from `min_val` to `max_val`. The gradient at the bounds is zero, unlike that of `clamp`.",
)
relu6 = pointwise(
    "relu6",
    lambda xp, input: _hardtanh(xp, input, 0, 6),
    refuses=not_for("c", COMPLEX),
    method=False,
    node_name="HardtanhBackward0",
    input=lambda xp, ct, out: xp.where((out <= 0) | (out >= 6), 0, ct),
    doc="`input` kept from zero to six.",
)


def _threshold(xp: Any, input: Any, /, threshold: float, value: float) -> Any:
    return xp.where(input <= threshold, xp.asarray(value, dtype=input.dtype), input)


_threshold_options: dict[str, Any] = {"method": False, "refuses": no_kernel("bc", "threshold_cpu")}
_threshold_by_result = pointwise(
    "threshold",
    _threshold,
    input=lambda xp, ct, out, threshold: xp.where(out <= threshold, 0, ct),
    **_threshold_options,
)
_threshold_by_input = pointwise(
    "threshold",
    _threshold,
    input=lambda xp, ct, input, threshold: xp.where(input <= threshold, 0, ct),
    **_threshold_options,
)


# A value above the threshold hides in the result which elements it stands for.
def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """`input` where it is above `threshold`, else `value`."""
    function = _threshold_by_result if value <= threshold else _threshold_by_input
    return (function.in_place if inplace else function)(input, threshold, value)


def _leaky(xp: Any, input: Any, /, negative_slope: float = 0.01) -> Any:
    return xp.where(input > 0, input, input * negative_slope)


_leaky_options: dict[str, Any] = {"method": False, "refuses": no_kernel("biuc", "leaky_relu_cpu")}
_leaky_by_result = pointwise(
    "leaky_relu",
    _leaky,
    input=lambda xp, ct, out, negative_slope: xp.where(out > 0, ct, ct * negative_slope),
    **_leaky_options,
)
_leaky_by_input = pointwise(
    "leaky_relu",
    _leaky,
    input=lambda xp, ct, input, negative_slope: xp.where(input > 0, ct, ct * negative_slope),
    **_leaky_options,
)


# With a negative slope the result no longer tells the sign of the input.
def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """`input` where it is positive, else `negative_slope * input`."""
    function = _leaky_by_result if negative_slope >= 0 else _leaky_by_input
    return (function.in_place if inplace else function)(input, negative_slope)


prelu_kernel = pointwise(
    "prelu",
    lambda xp, input, weight: xp.where(input > 0, input, weight * input),
    numbers=False,
    method=False,
    node_name="PreluKernelBackward0",
    input=lambda xp, ct, input, weight: xp.where(input > 0, ct, ct * weight),
    weight=lambda xp, ct, input: xp.where(input > 0, 0, ct * input),
)


@composite()
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """`input` where it is positive, else `weight * input`, with one weight, or one for each entry of dimension 1.

    Raises RuntimeError where the weights are not so many.
    """
    check_tensor("prelu", input)
    check_tensor("prelu", weight, "weight", 2)
    if weight.ndim > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.ndim}")
    if weight.numel() == 1:
        return prelu_kernel(input, weight if input.ndim else weight.reshape(()))
    if input.ndim == 0:
        raise RuntimeError("Not allow zero-dim input tensor.")
    channels = input.shape[1] if input.ndim > 1 else 1
    if weight.numel() != channels:
        raise RuntimeError(
            "Mismatch of parameter numbers and input channel size. Found parameter numbers = "
            f"{weight.numel()} and channel size = {channels}."
        )
    weight = weight.view([1, -1] + [1] * (input.ndim - 2))
    return prelu_kernel(input, weight)


# Exponential and smooth rectifiers ----------------------------------------------------------------------------------


def _elu(xp: Any, input: Any, /, alpha: float = 1.0, scale: float = 1.0, input_scale: float = 1.0) -> Any:
    return xp.where(input <= 0, scale * alpha * xp.expm1(input_scale * input), scale * input)


def _elu_by_result(xp: Any, ct: Any, out: Any, alpha: float, scale: float, input_scale: float) -> Any:
    return xp.where(out <= 0, ct * (input_scale * (out + scale * alpha)), ct * scale)


def _elu_by_input(xp: Any, ct: Any, input: Any, alpha: float, scale: float, input_scale: float) -> Any:
    slope = scale * alpha * input_scale * xp.exp(input_scale * input)
    return xp.where(input <= 0, ct * slope, ct * scale)


_elu_options: dict[str, Any] = {"method": False, "refuses": no_kernel("biuc", "elu_cpu")}
_elu_of_result = pointwise("elu", _elu, input=_elu_by_result, **_elu_options)
_elu_of_input = pointwise("elu", _elu, input=_elu_by_input, **_elu_options)
_celu = pointwise("celu", _elu, input=_elu_by_result, **_elu_options)

SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """`input` where it is positive, else `alpha * (exp(input) - 1)`."""
    function = _elu_of_result if alpha >= 0 else _elu_of_input
    return (function.in_place if inplace else function)(input, alpha)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """The exponential rectifier whose two constants keep mean and variance (https://arxiv.org/abs/1706.02515)."""
    return (_elu_of_result.in_place if inplace else _elu_of_result)(input, SELU_ALPHA, SELU_SCALE)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """`input` where it is positive, else `alpha * (exp(input / alpha) - 1)`. Raises RuntimeError for a zero `alpha`."""
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return (_celu.in_place if inplace else _celu)(input, alpha, 1.0, 1 / alpha)


def _softplus(xp: Any, input: Any, /, beta: float = 1.0, threshold: float = 20.0) -> Any:
    scaled = beta * input
    return xp.where(scaled > threshold, input, xp.logaddexp(xp.zeros((), dtype=input.dtype), scaled) / beta)


softplus = pointwise(
    "softplus",
    _softplus,
    method=False,
    refuses=no_kernel("biuc", "softplus_cpu"),
    input=lambda xp, ct, input, beta, threshold: xp.where(beta * input > threshold, ct, ct * xp.sigmoid(beta * input)),
    doc="`log(1 + exp(beta * input)) / beta`, and `input` itself where `beta * input` is above `threshold`.",
)


def _silu_share(xp: Any, ct: Any, input: Any) -> Any:
    step = xp.sigmoid(input)
    return ct * (step * (1 + input * (1 - step))).conj()


silu = pointwise(
    "silu",
    lambda xp, input: input * xp.sigmoid(input),
    method=False,
    refuses=no_kernel("biu", "silu_cpu"),
    input=_silu_share,
    doc="`input * sigmoid(input)`.",
)


def _softplus_of(xp: Any, input: Any) -> Any:
    return xp.logaddexp(xp.zeros((), dtype=input.dtype), input)


def _mish_share(xp: Any, ct: Any, input: Any) -> Any:
    gate = xp.tanh(_softplus_of(xp, input))
    return ct * (gate + input * xp.sigmoid(input) * (1 - gate * gate))


mish = pointwise(
    "mish",
    lambda xp, input: input * xp.tanh(_softplus_of(xp, input)),
    method=False,
    refuses=no_kernel("biuc", "mish_cpu"),
    input=_mish_share,
    doc="`input * tanh(softplus(input))`.",
)

# Gaussian rectifier -------------------------------------------------------------------------------------------------

_DENSITY = 1 / sqrt(2 * pi)


@fused.fused(fused.gelu)
def _gelu(xp: Any, input: Any) -> Any:
    return 0.5 * input * (1 + xp.erf(input * sqrt(0.5)))


@fused.fused_if_large(fused.gelu_share)
def _gelu_share(xp: Any, ct: Any, input: Any) -> Any:
    below = 0.5 * (1 + xp.erf(input * sqrt(0.5)))
    return ct * (below + input * (_DENSITY * xp.exp(-0.5 * input * input)))


def _gate(xp: Any, input: Any) -> Any:
    return xp.tanh(sqrt(2 / pi) * (input + 0.044715 * input * input * input))


def _gelu_tanh_share(xp: Any, ct: Any, input: Any) -> Any:
    gate = _gate(xp, input)
    slope = sqrt(2 / pi) * (1 + 3 * 0.044715 * input * input)
    return ct * (0.5 * (1 + gate) + 0.5 * input * (1 - gate * gate) * slope)


_gelu_by_tanh = Operation(
    "gelu",
    lambda xp, input: 0.5 * input * (1 + _gate(xp, input)),
    {"input": _gelu_tanh_share},
    promotion="promote",
    refuses=no_kernel("biuc", "GeluKernelImpl"),
)


def _approximated(approximate: str = "none") -> tuple[Operation, dict[str, Any]]:
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")
    return (_gelu_by_tanh if approximate == "tanh" else gelu.operation), {}


gelu = pointwise(
    "gelu",
    _gelu,
    method=False,
    refuses=no_kernel("biuc", "GeluKernelImpl"),
    variant=_approximated,
    input=_gelu_share,
    doc="""`input` times the normal distribution function of it; with `approximate="tanh"` nearly so.""",
)

# Piecewise straight -------------------------------------------------------------------------------------------------

hardsigmoid = pointwise(
    "hardsigmoid",
    lambda xp, input: xp.clip(input + 3, 0, 6) / 6,
    method=False,
    refuses=no_kernel("biuc", "hardsigmoid_cpu"),
    input=lambda xp, ct, out: xp.where((out > 0) & (out < 1), ct / 6, 0),
    doc="The straight line from zero at minus three to one at three, level beyond.",
)


def _hardswish_share(xp: Any, ct: Any, input: Any) -> Any:
    return xp.where(input <= -3, 0, xp.where(input < 3, ct * (input / 3 + 0.5), ct))


hardswish = pointwise(
    "hardswish",
    lambda xp, input: input * xp.clip(input + 3, 0, 6) / 6,
    method=False,
    refuses=no_kernel("biuc", "hardswish_cpu"),
    input=_hardswish_share,
    doc="`input * hardsigmoid(input)`.",
)


def _shrunk(xp: Any, input: Any, lambd: float) -> Any:
    return (input >= -lambd) & (input <= lambd)


hardshrink = pointwise(
    "hardshrink",
    lambda xp, input, /, lambd=0.5: xp.where(_shrunk(xp, input, lambd), 0, input),
    in_place=False,
    refuses=no_kernel("biuc", "hardshrink_cpu"),
    input=lambda xp, ct, input, lambd: xp.where(_shrunk(xp, input, lambd), 0, ct),
    doc="`input`, but zero from `-lambd` to `lambd`.",
)


def _softshrink(xp: Any, input: Any, /, lambd: float = 0.5) -> Any:
    if lambd < 0:
        raise RuntimeError(f"lambda must be greater or equal to 0, but found to be {lambd}.")
    return xp.where(_shrunk(xp, input, lambd), input * 0, xp.where(input > 0, input - lambd, input + lambd))


softshrink = pointwise(
    "softshrink",
    _softshrink,
    method=False,
    in_place=False,
    refuses=no_kernel("biuc", "softshrink_cpu"),
    input=lambda xp, ct, input, lambd: xp.where(_shrunk(xp, input, lambd), 0, ct),
    doc="`input` moved by `lambd` towards zero, and zero from `-lambd` to `lambd`.",
)
