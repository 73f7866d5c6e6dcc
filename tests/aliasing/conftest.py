"""What was copied meanwhile."""

import pytest

import mutagrad


@pytest.fixture
def kept():
    """How many bytes have been kept since the test began."""
    before = mutagrad.overwrite_statistics().bytes_kept
    return lambda: mutagrad.overwrite_statistics().bytes_kept - before
