"""The kernels of whole forwards and rules give what their declarations give, on arrays large enough for them."""

from operator import attrgetter

import numpy as np
import pytest
from scipy import special

import mutagrad
from mutagrad.namespaces import arrays, fused
from mutagrad.ops.pooling import taps_of

from . import calls  # declares every operation  # noqa: F401


def normal(*shape, seed=0, dtype="float32"):
    return np.random.default_rng([seed, *shape]).standard_normal(shape).astype(dtype)


TAPS = {
    "apart": (taps_of(40, 2, 2, 0, 1, False),) * 2,
    "overlapping": (taps_of(40, 3, 2, 0, 1, False), taps_of(40, 2, 1, 0, 1, False)),
    "padded": (taps_of(40, 3, 2, 1, 1, False), taps_of(40, 3, 3, 1, 2, True)),
}
STATISTICS = {"rows": (normal(60, 1), normal(60, 1, seed=1) ** 2), "channels": (normal(1, 6, 1), normal(1, 6, 1) ** 2)}
CELLS, GATES = normal(5, 3, 4), 1 / (1 + np.exp(-normal(5, 3, 16)))
GATES[0, 0, 12:] = 0  # where nothing is shown
OUT = GATES[..., 12:] * np.tanh(CELLS)
NEEDED = [True] * 5

QKV = [normal(2, 3, 20, 20, seed=i) for i in range(3)]
LEVELS = np.tril(np.ones((20, 20), bool), -1)  # the first query may look at nothing
LONG = [normal(2, 3, 130, 20, seed=i) for i in range(3)]
EARLIER = np.tril(np.ones((130, 130), bool), -1)[None, None].repeat(2, 0)
EARLIER[1, :, :, 40:] = False  # nor may those of the second sample look far
MASKS = [(None, False), (LEVELS, False), (normal(2, 1, 20, 20), True), (LEVELS[None, None].repeat(2, 0), False)]

CASES = {
    "gelu": [(3 * normal(70, 80),), (3 * normal(80, 70).T,), (3 * normal(90, 140)[::2, 1:],)],
    "gelu_share": [(normal(70, 80), 3 * normal(70, 80, seed=1)), (normal(70, 80), 3 * normal(80, 70).T)],
    "sigmoid_share": [(normal(70, 80), 1 / (1 + np.exp(normal(70, 80, seed=1)))), (normal(80, 70).T, normal(70, 80))],
    "tanh_share": [(normal(70, 80), np.tanh(normal(70, 80, seed=1))), (normal(80, 70).T, normal(70, 80))],
    "relu_share": [(normal(70, 80), normal(70, 80, seed=1).clip(0)), (normal(80, 70).T, normal(70, 80).clip(0))],
    "sqrt_share": [(normal(70, 80), np.abs(normal(70, 80, seed=1)) + 1)],
    "product_share": [(normal(70, 80), normal(70, 80)), (normal(70, 80), normal(80))],
    "added": [(normal(70, 80), normal(80, seed=1))],
    "standardize": [
        (5 + normal(60, 40), normal(40), normal(40, seed=1), {"axes": (1,), "eps": 1e-5}),
        (5 + normal(60, 5, 40), None, None, {"axes": (1, 2), "eps": 1e-5}),
        (5 + normal(8, 6, 50), normal(6, 1), normal(6, 1, seed=1), {"axes": (0, 2), "eps": 1e-5}),
        (5 + normal(8, 6, 50), None, None, {"axes": (0, 2), "eps": 1e-5}),
    ],
    "standardize_shares": [
        ([normal(60, 40), None, None], normal(60, 40, seed=1), normal(40), *STATISTICS["rows"], (40,), (40,), (1,))
        + (NEEDED[:3],),
        ([normal(60, 40), None, None], normal(60, 40, seed=1), None, *STATISTICS["rows"], (), (), (1,))
        + ([True, False, False],),
        ([normal(8, 6, 50), None, None], normal(8, 6, 50, seed=1), normal(6, 1), *STATISTICS["channels"])
        + ((6, 1), (6, 1), (0, 2), NEEDED[:3]),
    ],
    "attend": [(*QKV, mask, {"scale": 0.3, "additive": additive}) for mask, additive in MASKS]
    + [(*LONG, EARLIER, {"scale": scale}) for scale in (0.3, 4)],
    "attend_shares": [(normal(2, 3, 130, 20, seed=4), *LONG, EARLIER, 0.3, None, False, [True] * 3 + [False])]
    + [
        (normal(2, 3, 20, 20, seed=4), *QKV, mask, 0.3, None, additive, [*needed, False])
        for (mask, additive), needed in zip(MASKS, ([True] * 3, [True] * 3, [True, False, True], [False, True, False]))
    ],
    "max_pool": [(normal(3, 40, 40), {"taps": taps}) for taps in TAPS.values()],
    "max_share": [([normal(3, 30, 30), None], np.tile(np.arange(900) * 4 // 2, (3, 1)).reshape(3, 30, 30))
        + ((3, 60, 60), (taps_of(60, 2, 2, 0, 1, False),) * 2)],
    "lstm": [(normal(5, 3, 16), normal(16, 4), normal(3, 4), normal(3, 4, seed=1))],
    "lstm_shares": [
        ([of_out, of_cells, None], normal(16, 4), normal(3, 4), normal(3, 4), OUT, CELLS, GATES)
        + (NEEDED[:4],)
        for of_out, of_cells in ((normal(5, 3, 4), None), (None, normal(5, 3, 4)), (normal(5, 3, 4), normal(5, 3, 4)))
    ],
}  # fmt: skip


def copied(x):
    """The argument, whose memory a kernel may take."""
    return x.copy(order="K") if isinstance(x, np.ndarray) else x


@pytest.mark.parametrize("declaration, kernel", fused.declared, ids=[f"{k.__name__}" for _, k in fused.declared])
def test_kernels_agree_with_their_declarations(declaration, kernel):
    """All results, where the kernel does not leave the case to the declaration; single precision to a few roundings."""
    for case in CASES[kernel.__name__]:
        options = case[-1] if isinstance(case[-1], dict) else {}
        args = case[:-1] if options else case
        got, expected = kernel(*map(copied, args), **options), declaration(arrays, *map(copied, args), **options)
        got, expected = [x if isinstance(x, (list, tuple)) else (x,) for x in (got, expected)]

        assert NotImplemented not in [type(x) for x in got] and len(got) == len(expected)
        for each, wanted in zip(got, expected):
            if wanted is None:
                assert each is None
                continue
            assert each.shape == wanted.shape and each.dtype == wanted.dtype
            np.testing.assert_allclose(each, wanted, rtol=1e-5, atol=4e-6 * max(1, np.abs(wanted).max()))


@pytest.mark.parametrize("name", ["relu", "sigmoid", "tanh", "sqrt", "nn.functional.gelu"])
def test_a_cotangent_that_nobody_holds_is_written_over(name):
    """The share is the same, and has the memory of the cotangent; one that somebody holds stays as it is."""
    function = attrgetter(name)(mutagrad)
    x = mutagrad.from_numpy(np.abs(normal(70, 80, seed=1))).requires_grad_()
    node = function(x).grad_fn.node
    ct, held = normal(70, 80), mutagrad.from_numpy(normal(70, 80))
    expected = node.operation.pullback(arrays, ct.copy(), node.saved, node)[0]
    (function(x) * 1.0).backward(held)

    assert next(node.operation.pullback_of_large(arrays, ct, node.saved, node, True)) is ct
    for share in (ct, x.grad.numpy()):
        np.testing.assert_allclose(share, expected, rtol=1e-5, atol=4e-6)
    np.testing.assert_array_equal(held.numpy(), normal(70, 80))


def test_gradients_that_somebody_keeps_are_not_written_over():
    """A hook's, a retained one, the parts of a sum and what a leaf was given."""
    x = mutagrad.from_numpy(normal(70, 80)).requires_grad_()
    kept = []
    y = x * 3
    y.register_hook(kept.append)
    y.retain_grad()
    z = y * 2 + y.tanh()
    (z * z).sum().backward()
    first = x.grad.clone(), y.grad.clone(), kept[0].clone()
    (x.sigmoid() * 2).relu().sum().backward()
    y64 = (3 * normal(70, 80)).astype("float64")
    of_y = 2 * (2 * y64 + np.tanh(y64)) * (2 + 1 - np.tanh(y64) ** 2)

    for got, expected in zip((*first, kept[0], y.grad), (3 * of_y, of_y, of_y, of_y, of_y)):
        np.testing.assert_allclose(got.numpy(), expected, rtol=1e-4, atol=1e-4)


def test_gelu_in_single_precision_is_right_to_two_roundings():
    """Of one, for the factor of the input; far out it is the input, or nothing, to the last bit."""
    x = np.concatenate([np.linspace(-9, 9, 100_001), [-np.inf, np.inf, np.nan, -1e30, 1e30]]).astype("float32")
    exact = x * special.ndtr(x.astype("float64"))
    got = fused.gelu(x)
    far = np.abs(x) > 6

    np.testing.assert_array_equal(got[far & (x > 0)], x[far & (x > 0)])
    np.testing.assert_array_equal(got[far & np.isfinite(x) & (x < 0)], 0)
    with np.errstate(invalid="ignore"):
        assert np.nanmax(np.abs(got - exact)[np.abs(x) < 9] / np.maximum(np.abs(x[np.abs(x) < 9]), 1e-30)) < 2.5e-7


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_max_pooling_with_nan(dtype):
    """The last nan of a window is its largest element."""
    x = normal(3, 40, 40, dtype=dtype)
    x[x > 1] = np.nan
    ((declaration, kernel),) = [pair for pair in fused.declared if pair[1].__name__ == "max_pool"]
    for taps in TAPS.values():
        for got, expected in zip(kernel(x, taps=taps), declaration(arrays, x, taps=taps)):
            np.testing.assert_array_equal(got, expected)


def test_statistics_of_a_normalisation_have_gradients():
    """Where they are asked for, the kernel leaves the shares to the declaration."""
    shares = []
    for dtype in (mutagrad.float32, mutagrad.float64):
        x = mutagrad.linspace(-1, 2, 24, dtype=dtype).reshape(3, 8).sin().detach().requires_grad_()
        out, mean, rstd = mutagrad.native_layer_norm(x, (8,), None, None, 1e-5)
        ((out * out).sum() + mean.sum() + rstd.square().sum()).backward()
        shares.append(x.grad.tolist())

    np.testing.assert_allclose(*shares, rtol=1e-4, atol=1e-5)
