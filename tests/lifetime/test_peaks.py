"""What a step holds at its peak, counted by what NumPy allocates."""

import tracemalloc

import pytest

import mutagrad

ROWS, WIDTH = 2048, 64
MATRIX = ROWS * WIDTH * 4  # bytes of an activation
LAYERS = 4


def peak_of(run):
    """The bytes by which `run()` raises what is allocated, at its peak."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        run()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def layers():
    """Weights and input of a net."""
    weights = [(mutagrad.randn(WIDTH, WIDTH) * 0.1).requires_grad_() for _ in range(LAYERS)]
    return weights, mutagrad.randn(ROWS, WIDTH)


@pytest.mark.parametrize("activation", ["tanh_", "sigmoid_", "relu_"])
def test_a_backward_pass_through_activations_in_place_adds_one_to_those_saved(activation):
    """Before a share is made the memory is free that the last one came from; an expanded cotangent takes none."""
    weights, x = layers()

    def loss():
        h = x
        for w in weights:
            h = getattr(h @ w, activation)() + h
        return h.sum()

    def step():
        loss().backward()

    step()
    for w in weights:
        w.grad = None
    saved = LAYERS + LAYERS - 1  # activations, and what went into all layers but the first

    assert peak_of(step) < (saved + 1.5) * MATRIX


@pytest.mark.parametrize("has_used_vmap", [False, True])
def test_the_first_factor_of_a_product_is_let_go_before_its_share_is_made(has_used_vmap):
    """The share of the other factor needs it, and is made first, also where passes look for hidden dimensions."""
    if has_used_vmap:
        mutagrad.func.vmap(mutagrad.sin)(mutagrad.ones(2))
    weights, x = layers()
    ct = mutagrad.randn(ROWS, WIDTH)

    def step():
        product = (x @ weights[0]) @ weights[1]
        product.backward(ct)

    assert peak_of(step) < 2.5 * MATRIX


@pytest.mark.parametrize("policy", ["error", "torch"])
def test_a_lost_factor_of_a_large_product_is_told_of(policy):
    """The values are read before anything is let go: the error names the one that was lost, and can be had again."""
    with mutagrad.set_overwrite_policy(policy):
        weights, x = layers()
        h = x @ weights[0]
        product = h @ weights[1]
        h.detach().zero_()
        for _ in range(2):
            with pytest.raises(RuntimeError, match="modified by an inplace operation"):
                product.sum().backward(retain_graph=True)


def test_a_large_product_gives_its_shares_again_where_the_graph_is_retained():
    """Nothing is let go then."""
    weights, x = layers()
    x.requires_grad_()
    product = x @ weights[0]
    ct = mutagrad.randn(ROWS, WIDTH)
    product.backward(ct, retain_graph=True)
    first = x.grad.clone(), weights[0].grad.clone()
    x.grad = weights[0].grad = None
    product.backward(ct)

    assert mutagrad.equal(first[0], x.grad) and mutagrad.equal(first[1], weights[0].grad)
    assert mutagrad.allclose(x.grad, ct @ weights[0].detach().T, atol=1e-5)
    assert mutagrad.allclose(weights[0].grad, x.detach().T @ ct, atol=1e-4)


def test_a_chain_of_small_activations_takes_little():
    """A step of a chain: an array, a storage with a weak reference to its cell, a node with its edge, and the cell."""

    def chain():
        h = mutagrad.ones(4, requires_grad=True)
        for _ in range(2000):
            h = h.tanh()
        h.sum().backward()

    chain()

    assert peak_of(chain) / 2000 < 690
