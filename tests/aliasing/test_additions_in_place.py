"""An addition in place to a part: what was there keeps its cotangent in place, unless somebody has to see it pass."""

from typing import Any

import pytest

import mutagrad

PARTS = {"element": 1, "slice": slice(1, None), "every other": slice(None, None, 2), "all": ...}


def start() -> Any:
    """A tensor with a history, and its leaf."""
    x = mutagrad.tensor([1.0, 2.0, 3.0], requires_grad=True, dtype=mutagrad.float64)
    return x, x * x


@pytest.fixture(params=PARTS.values(), ids=list(PARTS))
def part(request):
    return request.param


def gradient(of, to, **options) -> Any:
    return mutagrad.autograd.grad(of, to, **options)[0]


def expected(part, weight=1.0):
    """The gradient of the sum of squares of `h` with `2 * x[part]` added at `part`; that of the old `h` times `weight`."""
    x = mutagrad.tensor([1.0, 2.0, 3.0], dtype=mutagrad.float64)
    h = x * x
    h[part] += 2 * x[part]
    total = weight * 2 * h * 2 * x
    total[part] += 2 * 2 * h[part]
    return total


def test_the_gradient_is_that_of_both(part):
    x, h = start()
    h[part] += 2 * x[part]
    (h * h).sum().backward()

    assert mutagrad.equal(x.grad, expected(part))


def test_a_hook_on_the_addition_changes_what_passes(part):
    x, h = start()
    h[part].add_(2 * x[part])
    h.grad_fn.register_hook(lambda shares, cts: (shares[0] * 3, *shares[1:]))
    (h * h).sum().backward()

    assert mutagrad.equal(x.grad, expected(part, 3.0))


def test_a_watched_view_sees_what_came_before(part):
    x, h = start()
    seen = h[part]
    seen.retain_grad()
    h[part] += 2 * x[part]
    (h * h).sum().backward()

    assert mutagrad.equal(x.grad, expected(part))


def test_a_pass_to_one_input_gives_its_gradient(part):
    x, h = start()
    added = 2 * x[part]
    h[part] += added
    loss = (h * h).sum()

    assert mutagrad.equal(gradient(loss, added, retain_graph=True), 2 * h[part].detach())
    assert mutagrad.equal(gradient(loss, x), expected(part))


def test_second_derivatives(part):
    x, h = start()
    h[part] += 2 * x[part]
    second = gradient(gradient((h * h).sum(), x, create_graph=True).sum(), x)
    slopes = 12 * x.detach() ** 2
    inside = mutagrad.zeros_like(slopes)
    inside[part] = 1.0
    slopes += inside * (24 * x.detach() + 8)  # of (x² + 2x)² = x⁴ + 4x³ + 4x²

    assert mutagrad.allclose(second, slopes)


def test_cotangents_that_somebody_holds_stay_as_they_are(part):
    """The pass writes only into an adjoint that nobody else holds, or holds a view of."""
    seen = []
    x, h = start()
    y = h * 2
    y.register_hook(lambda gradient: seen.append(gradient[...]))
    y[part] *= 3.0
    given = mutagrad.tensor([1.0, 10.0, 100.0], dtype=mutagrad.float64)
    y.backward(given)
    scale = mutagrad.ones(3, dtype=mutagrad.float64)
    scale[part] = 3.0

    assert given.tolist() == [1.0, 10.0, 100.0]
    assert mutagrad.equal(seen[0], given * scale)
    assert mutagrad.equal(x.grad, given * scale * 4 * x.detach())


def test_of_two_that_share_a_cotangent_each_keeps_its_own(part):
    x, h = start()
    h[part] *= 3.0
    y = h + x
    (y + h).sum().backward()
    scale = mutagrad.ones(3, dtype=mutagrad.float64)
    scale[part] = 3.0

    assert mutagrad.equal(x.grad, 4 * scale * x.detach() + 1)
