"""The in-place methods that PyTorch also has as functions: `torch.relu_(x)` is `x.relu_()`.

>>> import mutagrad as torch
>>> x = torch.tensor([-1., 4.])
>>> torch.relu_(x), x
(tensor([0., 4.]), tensor([0., 4.]))
"""

from __future__ import annotations

from mutagrad.ops import (
    activation,
    bounds,
    complex,
    exponential,
    logic,
    powers,
    product_sums,
    resizing,
    rounding,
    special,
    trigonometric,
    writing,
)
from mutagrad.tensor import Tensor

# The names of the methods by the module that attaches them, which is imported for that.
_METHODS = {
    activation: "relu sigmoid",
    bounds: "clamp clamp_max clamp_min clip",
    complex: "conj_physical",
    exponential: "exp exp2 expm1 log log10 log1p log2 xlogy",
    logic: "gcd lcm",
    powers: "reciprocal rsqrt sqrt square",
    product_sums: "addmv",
    resizing: "as_strided detach resize_as",
    rounding: "abs ceil fix floor frac ldexp nan_to_num neg negative round trunc",
    special: "erf erfc i0 logit",
    trigonometric: "acos acosh arccos arccosh arcsin arcsinh arctan arctanh asin asinh atan atanh cos cosh deg2rad "
    "rad2deg sin sinc sinh tan tanh",
    writing: "fill zero",
}

__all__ = []

for names in _METHODS.values():
    for name in names.split():
        globals()[name + "_"] = getattr(Tensor, name + "_")
        __all__.append(name + "_")  # pyright: ignore[reportUnsupportedDunderAll]
