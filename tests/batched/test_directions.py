"""Several cotangents or tangents in one pass: what `vmap` makes of a pull or a push, as Jacobians are made."""

import numpy as np
import pytest

import mutagrad
from mutagrad.batched.functions import loops
from mutagrad.func import jvp, vjp, vmap

from ..operations.run import tensors
from .test_samples import PLAIN, results

COUNT = 3


def first_with_gradient():
    """Of each operation the first sample of at least two elements whose results have a gradient."""
    found = {}
    for sample in PLAIN:
        if sample.operation in found or sample.raises:
            continue
        try:
            leaves = tensors(mutagrad, sample, sample.draw("float64"), True)
            outs = results(sample, leaves)
        except Exception:  # a sample of an error
            continue
        if any(out.requires_grad for out in outs) and max(x.numel() for x in leaves) > 1:
            found[sample.operation] = sample
    return list(found.values())


def as_function(sample):
    """The sample as a function of those arguments that have a gradient, and their values."""
    given = tensors(mutagrad, sample, sample.draw("float64"), True)
    places = [i for i, x in enumerate(given) if x.requires_grad]

    def function(*args):
        values = [x.detach() for x in given]
        for place, x in zip(places, args):
            values[place] = x
        return tuple(out for out in results(sample, values) if out.dtype.is_floating_point or out.dtype.is_complex)

    return function, tuple(given[place].detach() for place in places)


def directions(tensors_given):
    """A few random directions for each tensor."""
    rng = np.random.default_rng(0)
    return tuple(mutagrad.tensor(np.asarray(rng.standard_normal((COUNT, *x.shape)))).to(x.dtype) for x in tensors_given)


def agree(together, apart):
    for found, *each in zip(together, *apart):
        wanted = np.stack([x.detach().numpy() for x in each])
        np.testing.assert_allclose(found.detach().numpy(), wanted, rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize("sample", first_with_gradient(), ids=lambda sample: sample.name)
def test_directions_of_an_operation(sample):
    """In one pass they are what they are in a pass each, and nothing loops over them."""
    function, args = as_function(sample)
    before = sum(loops.values())
    out, pull = vjp(function, *args)
    cts, tangents = directions(out), directions(args)
    agree(vmap(lambda *cts: pull(cts))(*cts), [pull(tuple(ct[i] for ct in cts)) for i in range(COUNT)])
    pushed = [jvp(function, args, tuple(t[i] for t in tangents))[1] for i in range(COUNT)]
    agree(vmap(lambda *tangents: jvp(function, args, tangents)[1])(*tangents), pushed)

    assert sum(loops.values()) == before


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.relu(),
        lambda x: x.as_strided((2, 2), (1, 2)) ** 2,
        lambda x: x.t().as_strided((2, 2), (1, 1), 1),
        lambda x: x.clone().t().contiguous().fill_diagonal_(5.0),
        lambda x: x.unfold(1, 2, 1).expand(2, 2, 2, 2).sin(),
        lambda x: x.expand(2, 2, 3).gather(2, mutagrad.tensor([[[0, 2]], [[1, 1]]])),
        lambda x: mutagrad.view_as_real(mutagrad.view_as_complex(x[:, :2].contiguous()) * 1j),
    ],
)
def test_rows_of_a_jacobian(function):
    """Of views that are replayed on memory laid out like the base, too."""
    x = mutagrad.arange(6.0, dtype=mutagrad.float64).reshape(2, 3).sin()
    out, pull = vjp(function, x)
    rows = [pull(row.reshape(out.shape))[0] for row in mutagrad.eye(out.numel(), dtype=mutagrad.float64)]
    wanted = mutagrad.stack(rows).reshape(*out.shape, *x.shape)

    for jacobian in (mutagrad.func.jacrev(function), mutagrad.func.jacfwd(function)):
        assert mutagrad.allclose(jacobian(x), wanted)
    assert mutagrad.allclose(mutagrad.autograd.functional.jacobian(function, x, vectorize=True), wanted)


@pytest.mark.parametrize("function", [mutagrad.nansum, lambda x: mutagrad.nanmean(x * x)])
def test_a_hessian_of_each_sample(function):
    """What a rule keeps beside the operands differs between samples, too."""
    x = mutagrad.tensor([[1.0, float("nan"), -2.0], [3.0, 4.0, 5.0]], dtype=mutagrad.float64)
    found = vmap(mutagrad.func.hessian(function))(x)

    for sample, hessian in zip(x, found):
        assert mutagrad.allclose(hessian, mutagrad.func.jacrev(mutagrad.func.jacrev(function))(sample), equal_nan=True)
