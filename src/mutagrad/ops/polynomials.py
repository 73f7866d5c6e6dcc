"""Orthogonal polynomials under the names of `torch.special`.

Each family follows from its first two members by a recurrence P[k + 1] = (a x + b) P[k] - c P[k - 1], whose
derivatives are recurrences as well: (a x + b) P'[k] + a P[k] - c P'[k - 1] for the first, and so on. One evaluation
gives them all, so the rule has every order without a division by zero. PyTorch has no derivatives of these.
Follows https://dlmf.nist.gov/18.9 and https://docs.pytorch.org/docs/stable/special.html

>>> import mutagrad as torch
>>> torch.special.legendre_polynomial_p(torch.tensor([0.5, 1.]), torch.tensor([2, 3]))
tensor([-0.1250,  1.0000])
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mutagrad.batched import physical_of
from mutagrad.declaration import pointwise
from mutagrad.tensor import Tensor


@dataclass(frozen=True)
class Family:
    """The first polynomial `slope * x + start`, and `step(k)`: a, b and c of the recurrence. `shifted`: of 2 x - 1."""

    slope: float
    start: float
    step: Callable[[int], tuple[float, float, float]]
    shifted: bool = False


def _chebyshev(k: int) -> tuple[float, float, float]:
    return 2, 0, 1


FAMILIES = {
    "chebyshev_polynomial_t": Family(1, 0, _chebyshev),
    "chebyshev_polynomial_u": Family(2, 0, _chebyshev),
    "chebyshev_polynomial_v": Family(2, -1, _chebyshev),
    "chebyshev_polynomial_w": Family(2, 1, _chebyshev),
    "shifted_chebyshev_polynomial_t": Family(1, 0, _chebyshev, shifted=True),
    "shifted_chebyshev_polynomial_u": Family(2, 0, _chebyshev, shifted=True),
    "shifted_chebyshev_polynomial_v": Family(2, -1, _chebyshev, shifted=True),
    "shifted_chebyshev_polynomial_w": Family(2, 1, _chebyshev, shifted=True),
    "hermite_polynomial_h": Family(2, 0, lambda k: (2, 0, 2 * k)),
    "hermite_polynomial_he": Family(1, 0, lambda k: (1, 0, k)),
    "laguerre_polynomial_l": Family(-1, 1, lambda k: (-1 / (k + 1), (2 * k + 1) / (k + 1), k / (k + 1))),
    "legendre_polynomial_p": Family(1, 0, lambda k: ((2 * k + 1) / (k + 1), 0, k / (k + 1))),
}


def _values(xp: Any, x: Any, n: Any, family: Family, order: int) -> Any:
    """The derivatives of an order, at `x`, of the polynomials numbered `n`; zero where `n` is negative."""
    number = xp.trunc(n)
    if family.shifted:
        x = 2 * x - 1
    # All derivatives up to that order of the last two polynomials.
    nothing = xp.where(x == x, 0.0, x)
    last = [nothing + 1] + [nothing] * order
    current = ([family.slope * x + family.start, nothing + family.slope] + [nothing] * order)[: order + 1]
    values = xp.where(number == 0, last[-1], nothing)
    highest = int(physical_of(xp.max(number)).max()) if 0 not in number.shape else 0
    for k in range(1, highest + 1):
        values = xp.where(number == k, current[-1], values)
        a, b, c = family.step(k)
        following = [
            (a * x + b) * current[j] - c * last[j] + (j * a * current[j - 1] if j else 0) for j in range(order + 1)
        ]
        last, current = current, following
    return values * 2**order if family.shifted else values


def _polynomial(name: str) -> Callable[..., Tensor]:
    family = FAMILIES[name]
    kind, letter = " ".join(name.split("_")[:-1]), name[-1].upper()
    return pointwise(
        name,
        lambda xp, input, n: _values(xp, input, n, family, 0),
        promotion="float",
        in_place=False,
        method=False,
        node_name="Special" + name.title().replace("_", "") + "Backward0",
        input=lambda xp, ct, input, n: ct * _values(xp, input, n, family, 1),
        doc=f"The {kind} {letter} of degree `n`, cut to a whole number, at `input`; zero for a negative degree.",
    )


chebyshev_polynomial_t = _polynomial("chebyshev_polynomial_t")
chebyshev_polynomial_u = _polynomial("chebyshev_polynomial_u")
chebyshev_polynomial_v = _polynomial("chebyshev_polynomial_v")
chebyshev_polynomial_w = _polynomial("chebyshev_polynomial_w")
shifted_chebyshev_polynomial_t = _polynomial("shifted_chebyshev_polynomial_t")
shifted_chebyshev_polynomial_u = _polynomial("shifted_chebyshev_polynomial_u")
shifted_chebyshev_polynomial_v = _polynomial("shifted_chebyshev_polynomial_v")
shifted_chebyshev_polynomial_w = _polynomial("shifted_chebyshev_polynomial_w")
hermite_polynomial_h = _polynomial("hermite_polynomial_h")
hermite_polynomial_he = _polynomial("hermite_polynomial_he")
laguerre_polynomial_l = _polynomial("laguerre_polynomial_l")
legendre_polynomial_p = _polynomial("legendre_polynomial_p")
