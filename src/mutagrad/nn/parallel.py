"""`DataParallel`: a module for several devices, of which there is one here.

Follows https://docs.pytorch.org/docs/stable/generated/torch.nn.DataParallel.html
"""

from __future__ import annotations

from typing import Any

from mutagrad.nn.module import Module

__all__ = ["DataParallel"]


class DataParallel(Module):
    """Calls `module`, which is in the state dict under that name, on the whole batch.

    >>> import mutagrad
    >>> wrapped = DataParallel(mutagrad.nn.Linear(2, 1))
    >>> list(wrapped.state_dict())
    ['module.weight', 'module.bias']
    """

    def __init__(self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> None:
        super().__init__()
        self.module = module
        self.device_ids: list[int] = []

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        return self.module(*inputs, **kwargs)
