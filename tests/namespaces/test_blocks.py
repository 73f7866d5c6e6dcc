"""Work in blocks and threads: the same result whoever does it; exceptions are raised; a forked process has helpers again."""

import os
import threading

import numpy as np
import pytest

import mutagrad
from mutagrad.namespaces.blocks import in_threads, slices, threads

MANY = 300_000


@pytest.fixture(params=[1, 2, 5])
def count(request):
    """Runs the test with so many threads."""
    before = mutagrad.get_num_threads()
    mutagrad.set_num_threads(request.param)
    yield request.param
    mutagrad.set_num_threads(before)


def test_each_block_is_done_once(count):
    """Whoever takes it."""
    done, blocks = [], slices(1000, 30)
    in_threads(done.extend, blocks)

    assert sorted(block.start for block in done) == [block.start for block in blocks]
    assert [sum(block.stop - block.start for block in blocks), max(block.stop - block.start for block in blocks)] == [
        1000,
        30,
    ]


def test_an_exception_is_raised_when_all_have_stopped(count):
    """From this thread or a helper."""

    def work(blocks):
        for _ in blocks:
            raise KeyError("here")

    with pytest.raises(KeyError, match="here"):
        in_threads(work, list(range(100)))


def test_work_within_work_and_from_several_threads(count):
    """Helpers that are busy are not waited for."""
    done = []
    work = lambda blocks: [in_threads(done.extend, slices(10, 1)) for _ in blocks]
    users = [threading.Thread(target=in_threads, args=(work, list(range(10)))) for _ in range(3)]
    for user in users:
        user.start()
    for user in users:
        user.join()

    assert len(done) == 300


def programs():
    rng = np.random.default_rng(0)
    x = rng.standard_normal(MANY).astype("float32")
    image, weight = rng.standard_normal((16, 16, 28, 28)).astype("float32"), rng.standard_normal((16, 16, 3, 3))
    weight = weight.astype("float32")
    F = mutagrad.nn.functional

    def gradients(f, *arrays):
        leaves = [mutagrad.tensor(a, requires_grad=True) for a in arrays]
        out = f(*leaves)
        (out * out).sum().backward()
        return [out.detach().numpy(), *[leaf.grad.numpy() for leaf in leaves]]

    heads = rng.standard_normal((16, 4, 64, 32)).astype("float32")
    yield gradients(F.gelu, x)
    yield gradients(mutagrad.sigmoid, x)
    yield gradients(mutagrad.relu, x)
    yield gradients(lambda x: F.layer_norm(x.view(-1, 100), (100,)), x)
    yield gradients(lambda x: F.batch_norm(x, None, None, training=True), image)
    yield gradients(lambda x, w: F.conv2d(x, w, padding=1), image, weight)
    yield gradients(lambda x, w: F.conv2d(x, w, stride=2), image, weight)
    yield gradients(lambda q: F.scaled_dot_product_attention(q, q, q, is_causal=True), heads)


def test_results_do_not_depend_on_threads(count):
    """To the last bit, gradients too, sums over blocks among them."""
    got = list(programs())
    mutagrad.set_num_threads(1)

    for some, expected in zip(got, programs()):
        for x, y in zip(some, expected):
            np.testing.assert_array_equal(x, y)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_forked_process_starts_helpers_of_its_own(count):
    """Those of its parent are not there."""
    in_threads(list, list(range(50)))
    child = os.fork()
    if child == 0:
        done = []
        in_threads(done.extend, list(range(50)))
        os._exit(len(done) != 50 or threads.started > count)

    assert os.waitpid(child, 0)[1] == 0
