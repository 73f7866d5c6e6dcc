"""What checkpoints are for: less memory at its peak, counted by the allocator, not timed."""

import tracemalloc

import pytest

import mutagrad
from mutagrad.utils.checkpoint import checkpoint, checkpoint_sequential

SIZE, DEPTH = 50_000, 32
LAYER = 8 * SIZE  # bytes of one value


def peak(call):
    """The bytes in use at the peak of a forward and a backward pass, over those before."""
    x = mutagrad.linspace(0, 1, SIZE, dtype=mutagrad.float64, requires_grad=True)
    tracemalloc.start()
    try:
        call(x).sum().backward()
        return tracemalloc.get_traced_memory()[1] / LAYER, x.grad
    finally:
        tracemalloc.stop()


def plain(x):
    for _ in range(DEPTH):
        x = mutagrad.tanh(x)
    return x


@pytest.mark.parametrize("use_reentrant", [False, True])
def test_a_chain_in_eight_segments_needs_less_than_half(use_reentrant):
    """One value for each segment, and those of one segment at a time: about 8 + 4 of 32."""
    functions = [mutagrad.tanh] * DEPTH

    whole, expected = peak(plain)
    parts, found = peak(lambda x: checkpoint_sequential(functions, 8, x, use_reentrant=use_reentrant))

    assert DEPTH <= whole < DEPTH + 6
    assert parts < 8 + 4 + 8
    assert mutagrad.equal(found, expected)


def test_what_is_computed_again_is_freed_as_it_is_used():
    """In one checkpoint over the whole chain, the second run is all there is at the peak, not both."""
    whole, _ = peak(plain)
    once, _ = peak(lambda x: checkpoint(plain, x, use_reentrant=False))

    assert once < whole + 4


def test_a_forward_pass_alone_keeps_the_arguments_only():
    x = mutagrad.ones(SIZE, dtype=mutagrad.float64, requires_grad=True)
    tracemalloc.start()
    y = checkpoint(plain, x, use_reentrant=False)
    kept = tracemalloc.get_traced_memory()[0] / LAYER
    tracemalloc.stop()

    assert y.requires_grad
    assert kept < 1.5


def test_a_frame_goes_with_its_graph():
    """Nothing of a checkpoint lives longer than its result, and no cycle keeps it."""
    x = mutagrad.ones(SIZE, dtype=mutagrad.float64, requires_grad=True)
    tracemalloc.start()
    for _ in range(3):
        y = checkpoint(plain, x * 1, use_reentrant=False)
        y.sum().backward()
    x.grad = y = None
    kept = tracemalloc.get_traced_memory()[0] / LAYER
    tracemalloc.stop()

    assert kept < 0.5
