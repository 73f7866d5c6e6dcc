"""Random programs that mutate their tensors, in forward mode: tangents are the adjoint of gradients there too.

The gradient of `loss` is held against the scalar oracle elsewhere; here its tangent along a random direction must be the
gradient's inner product with that direction, and the tangent of the gradient (forward over reverse) must be what the
gradient of that inner product (reverse over reverse) is.
"""

import numpy as np
import pytest

import mutagrad

from .harness import ABOUT_GRADIENTS, as_function, shrink
from .programs import program

fwAD = mutagrad.autograd.forward_ad
PROGRAMS, CHUNK = 150, 25


def leaves_of(lines):
    """The names of the leaves, and the values they are made of."""
    made = [line for line in lines if line.endswith("requires_grad=True)")]
    return {line[0]: eval(line.split("=", 1)[1], {"torch": mutagrad}) for line in made}


def loss_of(lines, leaves):
    """What the program makes of these leaves."""
    kept = [line for line in lines if not ABOUT_GRADIENTS.search(line) and not line.endswith("requires_grad=True)")]
    space = {"torch": mutagrad, **leaves}
    exec(compile("\n".join(kept), "<program>", "exec"), space)
    return space["loss"]


def inner(gradients, directions):
    return sum(float((g * v).sum()) for g, v in zip(gradients, directions, strict=True) if g is not None)


def disagreement(lines):
    """What is wrong with the program's tangents, or None."""
    leaves = leaves_of(lines)
    rng = np.random.default_rng(0)
    directions = [mutagrad.tensor(rng.standard_normal(tuple(x.shape))) for x in leaves.values()]
    values = list(leaves.values())
    gradients = mutagrad.autograd.grad(loss_of(lines, leaves), values, create_graph=True, allow_unused=True)
    product = sum((g * v).sum() for g, v in zip(gradients, directions, strict=True) if g is not None)
    again = (None,) * len(values)
    if isinstance(product, mutagrad.Tensor) and product.requires_grad:
        again = mutagrad.autograd.grad(product, values, allow_unused=True)
    with fwAD.dual_level():
        duals = {name: fwAD.make_dual(x, v) for (name, x), v in zip(leaves.items(), directions, strict=True)}
        loss = loss_of(lines, duals)
        tangent = fwAD.unpack_dual(loss).tangent
        found = mutagrad.autograd.grad(loss, values, allow_unused=True)
        pushed = [None if g is None else fwAD.unpack_dual(g).tangent for g in found]
    expected, got = inner(gradients, directions), 0.0 if tangent is None else float(tangent)
    if got != pytest.approx(expected, rel=1e-9, abs=1e-9):
        return f"the tangent is {got}, not {expected}"
    for name, wanted, t in zip(leaves, again, pushed, strict=True):
        wanted = np.zeros(()) if wanted is None else wanted.numpy()
        t = np.zeros(()) if t is None else t.numpy(force=True)
        if not np.allclose(t, wanted, rtol=1e-8, atol=1e-8 * max(1.0, np.max(np.abs(wanted), initial=0.0))):
            return f"the tangent of the gradient of {name} is {t}, not {wanted}"
    return None


@pytest.mark.parametrize("start", range(0, PROGRAMS, CHUNK))
def test_tangents_of_random_programs(start):
    """Whatever is overwritten, through whatever view, tangents and tangents of gradients are those of the program."""
    for seed in range(start, start + CHUNK):
        lines = program(seed, ("pure",))
        if disagreement(lines) is None:
            continue

        def fails(shorter):
            try:
                return disagreement(shorter) is not None
            except Exception:
                return False

        shortest = shrink(lines, fails)
        pytest.fail(f"{disagreement(shortest)}\n\n{as_function(shortest, f'seed_{seed}')}\n", pytrace=False)


@pytest.mark.parametrize("start", range(0, 60, 20))
def test_second_derivatives_of_random_programs(start):
    """Along a direction they are the same by forward over forward, forward over reverse and reverse over forward."""
    func = mutagrad.func
    for seed in range(start, start + 20):
        lines = program(seed, ("pure",))
        leaves = {name: x.detach() for name, x in leaves_of(lines).items()}
        values, by = tuple(leaves.values()), tuple(range(len(leaves)))
        rng = np.random.default_rng(seed)
        along = tuple(mutagrad.tensor(rng.standard_normal(tuple(x.shape))) for x in values)

        def loss(*values, lines=lines, leaves=leaves):
            return loss_of(lines, dict(zip(leaves, values, strict=True)))

        def slope(*values, loss=loss, along=along):
            return func.jvp(loss, values, along)[1]

        def product(*values, loss=loss, along=along, by=by):
            return sum((g * v).sum() for g, v in zip(func.grad(loss, by)(*values), along, strict=True))

        twice = float(func.jvp(slope, values, along)[1])

        assert float(func.jvp(product, values, along)[1]) == pytest.approx(twice, rel=1e-8, abs=1e-8), seed
        assert inner(func.grad(slope, by)(*values), along) == pytest.approx(twice, rel=1e-8, abs=1e-8), seed
        jacobian, gradient = func.jacfwd(loss)(*values), func.grad(loss)(*values)
        assert np.allclose(jacobian.numpy(), gradient.numpy(), rtol=1e-8, atol=1e-8), seed
