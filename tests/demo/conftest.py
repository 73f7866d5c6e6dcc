"""What the tests of the demo share."""

import pytest

import mutagrad


@pytest.fixture
def double_precision():
    """Floating-point tensors are float64 where nothing else is asked for."""
    before = mutagrad.get_default_dtype()
    mutagrad.set_default_dtype(mutagrad.float64)
    yield
    mutagrad.set_default_dtype(before)
