"""What the single cases share: leaves, the policies, and PyTorch's sentence for a value that was overwritten."""

import pytest

import mutagrad as torch

LOST = "one of the variables needed for gradient computation has been modified by an inplace operation"
POLICIES = pytest.mark.parametrize("policy", ["preserve", "error", "torch"])
STRICT = pytest.mark.parametrize("policy", ["error", "torch"])


def leaf(*numbers, dtype=torch.float64):
    """A vector of these numbers that requires grad."""
    return torch.tensor(list(numbers), dtype=dtype, requires_grad=True)
