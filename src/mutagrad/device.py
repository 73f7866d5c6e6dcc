"""Devices, memory layouts and formats, under PyTorch's names.

There is one device, the CPU, and one layout, strided memory. A memory format says in which order the dimensions of a
copy lie in memory.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.namespaces.layouts import copy_in_order, empty_in_order

# fmt: off
KINDS = (
    "cpu", "cuda", "ipu", "xpu", "mkldnn", "opengl", "opencl", "ideep", "hip", "ve", "fpga", "maia", "xla", "lazy",
    "vulkan", "mps", "meta", "hpu", "mtia", "privateuseone",
)
# fmt: on


class device:
    """Where a tensor's memory is. Only the CPU exists here.

    Others may be named, but nothing is there. Raises RuntimeError for a name that is not PyTorch's.

    >>> device("cpu")
    device(type='cpu')
    """

    __slots__ = ("type", "index")

    def __init__(self, type: Any, index: int | None = None) -> None:
        if isinstance(type, device):
            type, index = type.type, type.index
        name, colon, number = str(type).partition(":")
        if not str(type):
            raise RuntimeError("Device string must not be empty")
        if (colon and not number.isdecimal()) or not name.replace("_", "").isalpha():
            raise RuntimeError(f"Invalid device string: '{type}'")
        if name not in KINDS:
            raise RuntimeError(f"Expected one of {', '.join(KINDS)} device type at start of device string: {name}")
        self.type = name
        self.index = int(number) if number else index

    def __repr__(self) -> str:
        return f"device(type='{self.type}'" + ("" if self.index is None else f", index={self.index}") + ")"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __reduce__(self) -> tuple:
        return device, (self.type, self.index)


class Layout:
    """How a tensor's memory is organised."""

    def __repr__(self) -> str:
        return "torch.strided"


class memory_format:
    """In which order the dimensions of new memory lie: as they come, as in the source, or with the channels last."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name

    def arranged(self, array: np.ndarray) -> np.ndarray:
        """A copy of the array in this format. Raises RuntimeError when channels are asked for but are not there."""
        if self is preserve_format:
            return copy_in_order(array, array.dtype)
        if self is contiguous_format:
            return array.copy("C")
        self.check_rank(array.ndim)
        made = empty_in_order(np.moveaxis(np.empty(np.moveaxis(array, 1, -1).shape), -1, 1), array.dtype)
        made[...] = array
        return made

    def check_rank(self, rank: int) -> None:
        """Raises RuntimeError for a rank in which this format has no meaning."""
        if self in CHANNELS and rank != CHANNELS[self]:
            raise RuntimeError(f"required rank {CHANNELS[self]} tensor to use {self.name} format")

    def describes(self, array: np.ndarray) -> bool:
        """Whether the array lies in memory in this format."""
        if self in CHANNELS:
            return array.ndim == CHANNELS[self] and np.moveaxis(array, 1, -1).flags.c_contiguous
        return array.flags.c_contiguous


contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")
channels_last_3d = memory_format("channels_last_3d")
CHANNELS = {channels_last: 4, channels_last_3d: 5}

CPU = device("cpu")
strided = Layout()


def check_device(given: Any) -> None:
    """Raises what PyTorch raises where it was built without `given`, unless that is None or the CPU.

    AssertionError for GPUs, NotImplementedError for other devices, RuntimeError for what is none.
    """
    if given is None or given is CPU:
        return
    name = device(given).type
    if name in ("cuda", "xpu"):
        raise AssertionError(f"Torch not compiled with {name.upper()} enabled")
    if name != "cpu":
        raise NotImplementedError(
            f"Could not run 'aten::empty' with arguments from the {name.upper()!r} backend: none."
        )
