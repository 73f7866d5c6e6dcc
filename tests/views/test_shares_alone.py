"""A view of all of its base: the only share of a family goes back through its steps, into memory of the gradient's own."""

from __future__ import annotations

import numpy as np
import pytest

import mutagrad as torch

VIEWS = {
    "view": lambda x: x.view(6),
    "t": lambda x: x.t(),
    "t, then in another shape": lambda x: x.t().unsqueeze(1).permute(2, 0, 1),
    "unsqueeze": lambda x: x.unsqueeze(1),
    "None in a key": lambda x: x[None, :, None],
    "all of a slice": lambda x: x[0:2],
    "expand": lambda x: x.expand(4, 2, 3),
    "unsqueeze and expand": lambda x: x.unsqueeze(0).expand(4, -1, -1),
    "expand of a transposed": lambda x: x.t().expand(2, 3, 2),
    "a part": lambda x: x[:, 1:],
    "a part of the transposed": lambda x: x.t()[1],
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("inner", [False, True], ids=["leaf", "result"])
def test_the_gradient_is_that_of_each_element(view, inner):
    """Each element's gradient is the sum of the weights of its places in the view."""
    x = torch.arange(6.0).view(2, 3).clone().requires_grad_()
    seen = view(x * 1 if inner else x)
    weights = torch.arange(1.0, 1 + seen.numel()).view(seen.shape)
    given = weights.clone()
    seen.backward(given)
    places = view(torch.arange(6).view(2, 3)).flatten().numpy()
    expected = np.bincount(places, weights.flatten().numpy(), 6).reshape(2, 3)

    assert x.grad.numpy().tolist() == expected.tolist()
    assert x.grad.is_contiguous()
    x.grad.zero_()
    assert torch.equal(given, weights)


def test_a_second_share_is_added_to_a_copy():
    """What two families were given as one array stays apart."""
    x, y = (torch.ones(4, requires_grad=True) for _ in range(2))
    a, b = x * 1, y * 1
    (a.view(2, 2) + b.view(2, 2)).add(b.view(2, 2)[0]).sum().backward()

    assert x.grad.tolist() == [1, 1, 1, 1]
    assert y.grad.tolist() == [3, 3, 1, 1]
