"""What shares memory shares its storage: no operation hands out memory of its input that nobody watches.

Every public operation is called in the simplest ways on inputs that tempt it to be the identity.
"""

import itertools
import warnings

import numpy as np
import pytest

import mutagrad as torch
from mutagrad.graph import Node

WAYS = [(), (0,), (1.0,), ("x",), (0, 1), ((0,),)]
INPUTS = {
    "a vector": lambda: torch.tensor([0.5, 0.25, 0.75], dtype=torch.float64),
    "of integers": lambda: torch.tensor([1, 0, 2]),
    "of bools": lambda: torch.tensor([True, False]),
    "of complex numbers": lambda: torch.tensor([0.5 + 1j, 2.0 + 0j]),
    "a scalar": lambda: torch.tensor(0.5),
    "a matrix of one element": lambda: torch.tensor([[1.0]]),
    "a column": lambda: torch.tensor([[1.0], [2.0]]),
    "a square": lambda: torch.tensor([[2.0, 1.0], [1.0, 3.0]]),
    "part of more": lambda: torch.ones(4, 4)[1:3, 1:3],
}
METHODS = sorted(
    name
    for name in dir(torch.Tensor)
    if not name.startswith("__") and callable(getattr(torch.Tensor, name)) and name not in ("numpy", "_construct")
)
FUNCTIONS = sorted(
    name for name in dir(torch) if getattr(getattr(torch, name), "__module__", "").startswith("mutagrad.ops")
)


def unwatched(tensor):
    """The arrays that the tensor's node keeps without a storage that would tell of writes."""
    node = tensor._family.edge and tensor._family.edge[2]
    if not isinstance(node, Node):
        return []
    kept = [cell.array for cell in node.saved or () if cell.storage is None]
    return [array for array in [*kept, *node.values.values()] if isinstance(array, np.ndarray)]


def tensors_in(result):
    """The tensors among a result and the members of a sequence."""
    members = result if isinstance(result, (tuple, list)) else [result]
    return [each for each in members if isinstance(each, torch.Tensor)]


@pytest.mark.parametrize("name", [*METHODS, *(f"torch.{name}" for name in FUNCTIONS)])
def test_memory_is_shared_only_with_its_storage(name):
    """Results of calls that are refused do not count; each way is tried with and without a gradient."""
    for make, arguments, learns in itertools.product(INPUTS.values(), WAYS, (False, True)):
        x = make()
        if learns and x.dtype.is_floating_point:
            x.requires_grad_()
        given = [x if argument == "x" else argument for argument in arguments]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                result = getattr(torch, name[6:])(x, *given) if name.startswith("torch.") else getattr(x, name)(*given)
        except Exception:
            continue
        for tensor in tensors_in(result):
            if np.may_share_memory(tensor._array, x._array):
                assert tensor._family.storage is x._family.storage, arguments
            assert not any(np.may_share_memory(array, x._array) for array in unwatched(tensor)), arguments
