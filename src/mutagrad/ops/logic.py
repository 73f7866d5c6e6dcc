"""Logic on truth values and on the bits of whole numbers. Nothing here has a gradient.

>>> import mutagrad as torch
>>> mask = torch.tensor([True, False])
>>> ~mask, mask | True
(tensor([False,  True]), tensor([True, True]))
>>> torch.tensor([1, 2]) << 3
tensor([ 8, 16])
"""

from __future__ import annotations

from typing import Any

from mutagrad.declaration import composite, pointwise
from mutagrad.ops.checks import no_kernel
from mutagrad.tensor import Tensor

__all__ = [
    "bitwise_and",
    "bitwise_left_shift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "gcd",
    "lcm",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
]

# Truth values -------------------------------------------------------------------------------------------------------


def _logical(name: str, doc: str, numbers: bool = False) -> Any:
    return pointwise(name, name, promotion="compare", numbers=numbers, doc=doc)


logical_and = _logical("logical_and", "Whether both are true, that is, not zero.")
logical_or = _logical("logical_or", "Whether one or both are true, that is, not zero.")
logical_xor = _logical("logical_xor", "Whether exactly one is true, that is, not zero.")
logical_not = _logical("logical_not", "Whether each element is false, that is, zero.")

# Bits ---------------------------------------------------------------------------------------------------------------


def _bitwise(name: str, operators: str, kernel: str, doc: str) -> Any:
    return pointwise(
        name,
        lambda xp, input, other: getattr(xp, name)(input, other),
        operators=operators,
        refuses=no_kernel("fc", kernel),
        doc=doc,
    )


bitwise_and = _bitwise("bitwise_and", "and rand iand", "bitwise_and_cpu", "The bits set in both; `and` of masks.")
bitwise_or = _bitwise("bitwise_or", "or ror ior", "bitwise_or_cpu", "The bits set in one or both; `or` of masks.")
bitwise_xor = _bitwise("bitwise_xor", "xor rxor ixor", "bitwise_xor_cpu", "The bits set in exactly one of two.")
bitwise_not = pointwise(
    "bitwise_not",
    lambda xp, input: xp.bitwise_invert(input),
    refuses=no_kernel("fc", "bitwise_not_cpu"),
    doc="The bits turned over; `not` of masks.",
)


@composite()
def __invert__(self: Tensor) -> Tensor:
    """The bits turned over. Raises TypeError for numbers that are not whole."""
    if self._array.dtype.kind in "fc":
        raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors")
    return bitwise_not(self)


def _shift(name: str, operators: str, kernel: str, reflected: bool, doc: str = "") -> Any:
    def forward(xp: Any, input: Any, other: Any) -> Any:
        shift = getattr(xp, name)
        return shift(other, input) if reflected else shift(input, other)

    return pointwise(
        name,
        forward,
        operators=operators,
        method=not reflected,
        in_place=not reflected,
        refuses=no_kernel("bfc", kernel),
        doc=doc,
    )


bitwise_left_shift = _shift(
    "bitwise_left_shift", "lshift ilshift", "lshift_cpu", False, "`input` with its bits moved up by `other` places."
)
bitwise_right_shift = _shift(
    "bitwise_right_shift",
    "rshift irshift",
    "rshift_cpu",
    False,
    "`input` with its bits moved down by `other` places; the sign stays.",
)
_shift("bitwise_left_shift", "rlshift", "lshift_cpu", True)
_shift("bitwise_right_shift", "rrshift", "rshift_cpu", True)

# Divisors -----------------------------------------------------------------------------------------------------------

gcd = pointwise(
    "gcd",
    lambda xp, input, other: xp.gcd(input, other),
    numbers=False,
    refuses=no_kernel("bfc", "gcd_cpu"),
    doc="The greatest common divisor of whole numbers.",
)
lcm = pointwise(
    "lcm",
    lambda xp, input, other: xp.lcm(input, other),
    numbers=False,
    refuses=no_kernel("bfc", "lcm_cpu"),
    doc="The least common multiple of whole numbers.",
)
