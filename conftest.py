"""What every test and doctest finds: NumPy printing as it does by default, whatever ran before."""

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def default_printing():
    """Doctests show arrays, and other libraries that a test loads may have changed how NumPy prints them."""
    with np.printoptions(precision=8, suppress=False, threshold=1000, edgeitems=3, linewidth=75, floatmode="maxprec"):
        yield
