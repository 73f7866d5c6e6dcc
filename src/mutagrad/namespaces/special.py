"""Special functions of NumPy arrays that NumPy lacks, by SciPy's kernels, for the namespace `arrays.py`."""

from __future__ import annotations

import numpy as np

from mutagrad.deferred import Deferred

__all__ = ["airy", "bessel", "erfcx", "gammainc", "gammaincc", "log_ndtr", "ndtri", "zeta"]

special = Deferred("scipy.special")
erfcx, log_ndtr, ndtri, zeta = special.erfcx, special.log_ndtr, special.ndtri, special.zeta
gammainc, gammaincc = special.gammainc, special.gammaincc

# The kernels of one order are several times as fast as those of any.
_OF_ORDER = {
    ("j", 0): special.j0,
    ("j", 1): special.j1,
    ("y", 0): special.y0,
    ("y", 1): special.y1,
    ("i", 0): special.i0,
    ("i", 1): special.i1,
    ("k", 0): special.k0,
    ("k", 1): special.k1,
    ("ie", 0): special.i0e,
    ("ie", 1): special.i1e,
    ("ke", 0): special.k0e,
    ("ke", 1): special.k1e,
}
_OF_ANY = {
    "j": special.jv,
    "y": special.yv,
    "i": special.iv,
    "k": special.kv,
    "ie": special.ive,
    "ke": special.kve,
    "spherical": special.spherical_jn,
}


def bessel(x: np.ndarray, kind: str, order: int) -> np.ndarray:
    """The Bessel function of an order: of a kind "j" or "y", modified "i" or "k", scaled "ie" or "ke", "spherical"."""
    kernel = _OF_ORDER.get((kind, order))
    if kernel is not None:
        return kernel(x)
    if kind == "spherical" and order == 0:
        return np.sinc(x / np.pi)
    return _OF_ANY[kind](order, x)


def airy(x: np.ndarray, order: int) -> np.ndarray:
    """The Airy function Ai, or its derivative."""
    return special.airy(x)[order]
