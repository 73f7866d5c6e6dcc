"""A loop of training steps leaves nothing behind, with the collector off. `million.py` is the long form, by hand."""

import pytest

from .graphs import census, grown, no_collector  # noqa: F401
from .steps import Training

STEPS = {"step": 3000, "lose": 500, "share": 3000, "differentiate_twice": 3000}


@pytest.mark.parametrize("kind", STEPS)
def test_the_number_of_objects_does_not_grow(kind, no_collector):  # noqa: F811
    """As many objects of every type after thousands of steps as before, but for a few weak references waiting."""
    step = getattr(Training(), kind)
    for _ in range(100):
        step()
    before = census()
    for _ in range(STEPS[kind]):
        step()

    assert grown(before, census(), allowance=100) == {}
