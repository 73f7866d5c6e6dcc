"""Random chains of views and changes in place, compared with PyTorch where it is installed."""

import random

import numpy as np
import pytest

import mutagrad

torch = pytest.importorskip("torch")

BLOCKS = range(8)
PROGRAMS = 25  # in each block


def steps_for(rng, shape, strides):
    """Views that fit a shape, by name."""
    ndim = len(shape)
    new = rng.randrange(-ndim - 1, ndim + 1)
    steps = {
        "unsqueeze": lambda x: x.unsqueeze(new),
        "squeeze": lambda x: x.squeeze(),
        "expand": lambda x: x.expand(2, *x.shape),
        "reshape": lambda x: x.reshape(-1),
        "view": lambda x: x.view(-1),
        "clone": lambda x: x.clone(),
    }
    if not ndim:
        return steps
    d, e, k = rng.randrange(-ndim, ndim), rng.randrange(-ndim, ndim), rng.randrange(1, 4)
    size, order = shape[d], rng.sample(range(ndim), ndim)
    first = rng.randrange(size + 1)
    steps |= {
        "slice": lambda x: x[..., ::k],
        "narrow": lambda x: x.narrow(d, first, (size - first) // k),
        "transpose": lambda x: x.transpose(d, e),
        "permute": lambda x: x.permute(order),
        "flatten": lambda x: x.flatten(min(d % ndim, e % ndim), max(d % ndim, e % ndim)),
        "squeeze one": lambda x: x.squeeze(d),
        "tensor_split": lambda x: x.tensor_split(k, d)[0],
    }
    if size:
        steps["select"] = lambda x: x.select(d, first % size)
        steps["unfold"] = lambda x: x.unfold(d, 1 + first % size, k)
    if d % ndim != e % ndim:
        steps["diagonal"] = lambda x: x.diagonal(k - 2, d, e)
    return steps


def attempt(function, *arguments):
    """A result, or the class and first line of an error."""
    try:
        return function(*arguments), None
    except (RuntimeError, IndexError) as error:
        return None, str(error).splitlines()[0]


def assert_same(ours, theirs, names):
    np.testing.assert_allclose(
        ours.detach().numpy(), theirs.detach().numpy(), rtol=1e-9, atol=1e-12, err_msg=" ".join(names)
    )


def run(seed):
    """One program: a chain of views, its gradients of both orders, a write through it, the base's gradients."""
    rng, numbers = random.Random(seed), np.random.default_rng(seed)
    shape = tuple(rng.choice([1, 2, 3, 4]) for _ in range(rng.randrange(4)))
    values, names = np.asarray(numbers.normal(size=shape)), []
    leaves = [mutagrad.tensor(values, requires_grad=True), torch.tensor(values, requires_grad=True)]
    bases = [(leaf * 2).clone() for leaf in leaves]
    ends = list(bases)
    for _ in range(rng.randrange(1, 6)):
        steps = steps_for(rng, tuple(ends[1].shape), ends[1].stride())
        name = rng.choice(sorted(steps))
        (ours, error), (theirs, expected) = (attempt(steps[name], end) for end in ends)
        names.append(name)
        assert error == expected, names
        if error is None:
            ends = [ours, theirs]
            compare_layout(ours, theirs, names)
    compare_gradients(leaves, ends, names)
    factor = np.asarray(numbers.normal(size=tuple(ends[1].shape)))
    (_, error), (_, expected) = (
        attempt(lambda end, module: end.mul_(module.tensor(factor)), end, module)
        for end, module in zip(ends, (mutagrad, torch), strict=True)
    )
    if "unfold" in names:  # overlapping windows may be written in PyTorch, with a result that depends on the order
        return
    assert error == expected, names
    assert_same(*bases, names)
    compare_gradients(leaves, bases, names)


def compare_layout(ours, theirs, names):
    assert tuple(ours.shape) == tuple(theirs.shape), names
    assert_same(ours, theirs, names)
    if theirs.numel():
        mattering = [d for d, size in enumerate(theirs.shape) if size > 1]
        assert [ours.stride(d) for d in mattering] == [theirs.stride(d) for d in mattering], names
        assert ours.storage_offset() == theirs.storage_offset(), names


def compare_gradients(leaves, outputs, names):
    """The gradient of the sum of cubes, and that of its own sum of squares."""
    firsts, seconds = [], []
    for module, leaf, output in zip((mutagrad, torch), leaves, outputs, strict=True):
        (first,) = module.autograd.grad((output**3).sum(), leaf, create_graph=True, materialize_grads=True)
        firsts.append(first)
        if first.requires_grad:
            seconds.extend(module.autograd.grad((first**2).sum(), leaf, retain_graph=True, materialize_grads=True))
    assert_same(*firsts, names)
    if seconds:
        assert_same(*seconds, names)


@pytest.mark.parametrize("block", BLOCKS)
def test_chains_of_views(block):
    """Shape, strides, offset, values and gradients of both orders are PyTorch's, and so are errors and writes."""
    for seed in range(block * PROGRAMS, (block + 1) * PROGRAMS):
        run(seed)
