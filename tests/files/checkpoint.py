"""What is saved in `tests/data/checkpoint.pt` by PyTorch, built anew under whatever is called `torch`."""

from __future__ import annotations

import collections
from typing import Any

import numpy as np

DTYPES = (
    *("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64", "complex64", "complex128"),
    *("uint16", "uint32", "uint64"),
)


def checkpoint(torch: Any) -> dict[str, Any]:
    """A checkpoint of a training, and tensors of all kinds: views, dtypes, parameters, attributes."""
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.05, amsgrad=True)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 2)
    points = torch.tensor(np.arange(15, dtype=np.float32).reshape(5, 3) / 7)
    for _ in range(3):
        optimizer.zero_grad()
        network(points).square().sum().backward()
        optimizer.step()
        schedule.step()
    base = torch.arange(12.0).reshape(3, 4)
    named = torch.ones(2)
    named.label = "a tensor with an attribute"
    parameter = torch.nn.Parameter(torch.ones(2), requires_grad=False)
    parameter.role = [1, "two"]
    return {
        "network": network.state_dict(),
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
        "generator": torch.get_rng_state(),
        "next": torch.rand(3),
        "views": [base, base[1:, ::2], base.t(), base[0], base[:0], base.expand(2, 3, 4)],
        "dtypes": {name: torch.tensor([0, 1, 1]).to(getattr(torch, name)) for name in DTYPES},
        "names": [torch.float32, torch.int64, torch.bool, torch.device("cpu"), torch.Size([2, 3]), torch.strided],
        "scalar": torch.tensor(2.5, dtype=torch.float64),
        "leaf": torch.ones(2, requires_grad=True),
        "parameters": [torch.nn.Parameter(torch.zeros(1)), parameter],
        "labelled": named,
        "ordered": collections.OrderedDict(b=1, a=2),
        "plain": [None, True, 3, 2**40, -(2**70), 1.5, 2 + 3j, "text", b"bytes", (1, (2,)), {1, 2}, {"k": []}],
    }
