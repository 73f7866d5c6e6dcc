"""Convolutions of random geometry, in blocks of any size, are what the definition says, and their shares are adjoints."""

import math
import random
from itertools import product

import numpy as np
import pytest

from mutagrad.namespaces import convolutions
from mutagrad.namespaces.convolutions import Geometry, convolve, convolve_input, convolve_weight


def by_definition(x, w, geometry):
    """The sum over the elements of the kernel, each times what it meets in the padded input."""
    groups, kernel, places = geometry.groups, w.shape[2:], geometry.sizes(x.shape[2:], w.shape[2:])
    padded = np.pad(x, [(0, 0), (0, 0), *[(n, n) for n in geometry.padding]])
    padded = padded.reshape(len(x), groups, -1, *padded.shape[2:])
    result = np.zeros((len(x), groups, len(w) // groups, *places))
    for tap in product(*map(range, kernel)):
        begins = [gap * at for gap, at in zip(geometry.dilation, tap)]
        met = [slice(b, b + n * step, step) for b, n, step in zip(begins, places, geometry.stride)]
        met = padded[(..., *met)][(..., *[slice(n) for n in places])]
        result += np.einsum("goc,ngc...->ngo...", w.reshape(groups, -1, *w.shape[1:])[(..., *tap)], met)
    return result.reshape(len(x), len(w), *places)


def geometries(count, seed):
    """Geometries with shapes of input and weight for which there are windows."""
    draw = random.Random(seed)
    while count:
        ndim, groups = draw.choice([1, 2, 2, 3]), draw.choice([1, 1, 2, 3])
        kernel, stride, dilation = ([draw.randint(1, 3) for _ in range(ndim)] for _ in range(3))
        padding, size = [draw.randint(0, 3) for _ in range(ndim)], [draw.randint(1, 8) for _ in range(ndim)]
        if draw.random() < 0.5:  # as many windows as elements
            stride, padding = [1] * ndim, [gap * (width - 1) // 2 for gap, width in zip(dilation, kernel)]
        geometry = Geometry(tuple(stride), tuple(padding), tuple(dilation), groups)
        if min(geometry.sizes(size, kernel)) > 0:
            count -= 1
            channels, results = draw.choice([1, 2, 9]), draw.choice([1, 3])
            shapes = (draw.randint(1, 4), groups * channels, *size), (groups * results, channels, *kernel)
            yield geometry, *shapes


@pytest.mark.parametrize(
    "limits",
    [(48, 4, 2**17, 2**19, 16, 64), (1, 100, 50, 1, 0, 3), (9, 0.1, 700, 100, 4, 0), (2, 4, 700, 2**19, 16, 9)],
)
def test_random_geometries(limits, monkeypatch):
    """Whatever the sizes at which another way is taken: `convolve` is the definition, and its shares are its adjoints."""
    for name, limit in zip(("DEPTH", "FEW", "BLOCK", "LARGE", "MANY", "ROWS"), limits):
        monkeypatch.setattr(convolutions, name, limit)
    monkeypatch.setattr(convolutions, "LEAST", 2)
    monkeypatch.setattr(convolutions, "_pieces", convolutions._pieces.__wrapped__)
    numbers = np.random.default_rng(0)

    for geometry, x_shape, w_shape in geometries(150, seed=limits[0]):
        x, w = numbers.standard_normal(x_shape), numbers.standard_normal(w_shape)
        result = convolve(x, w, geometry)
        ct = numbers.standard_normal(result.shape)
        product = np.vdot(ct, result)

        np.testing.assert_allclose(result, by_definition(x, w, geometry), rtol=1e-9, atol=1e-9)
        assert math.isclose(np.vdot(x, convolve_input(ct, w, x.shape, geometry)), product, rel_tol=1e-9, abs_tol=1e-9)
        assert math.isclose(np.vdot(w, convolve_weight(ct, x, w.shape, geometry)), product, rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize("x_shape, w_shape", [((0, 2, 4), (3, 2, 2)), ((2, 0, 4), (3, 0, 2)), ((2, 2, 4), (0, 2, 2))])
def test_nothing_to_sum(x_shape, w_shape):
    """Without samples, channels or weights there are zeros, if anything."""
    geometry = Geometry((1,), (1,), (1,), 1)
    x, w = np.ones(x_shape), np.ones(w_shape)
    result = convolve(x, w, geometry)

    assert result.shape == (x_shape[0], w_shape[0], 5)
    assert not result.any()
    assert not convolve_input(result, w, x_shape, geometry).any()
    assert convolve_weight(result, x, w_shape, geometry).shape == w_shape
