"""Files of tensors in the safetensors format, by the library of that name: an extra, `mutagrad[safetensors]`.

Such files hold tensors under names, and no code. Follows https://huggingface.co/docs/safetensors/api/torch
"""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType
from typing import Any

from mutagrad.nn.module import Module
from mutagrad.ops.sharing import from_numpy
from mutagrad.tensor import Tensor

__all__ = ["load", "load_file", "load_model", "save", "save_file", "save_model"]


def _library() -> ModuleType:
    try:
        return import_module("safetensors.numpy")
    except ImportError as error:
        raise ImportError(
            "files in the safetensors format need the library safetensors: pip install 'mutagrad[safetensors]'"
        ) from error


def _arrays(tensors: dict[str, Tensor]) -> dict[str, Any]:
    """The tensors' elements, in order in memory. Raises RuntimeError for tensors that share memory."""
    holders: dict[int, str] = {}
    for name, tensor in tensors.items():
        first = holders.setdefault(id(tensor._family.storage), name)
        if first != name:
            raise RuntimeError(
                f"Some tensors share memory, this will lead to duplicate memory on disk and potential differences when "
                f"loading them again: {[{first, name}]}. A potential way to correctly save your model is to use "
                "`save_model`."
            )
    return {name: tensor.detach().contiguous().numpy() for name, tensor in tensors.items()}


def save(tensors: dict[str, Tensor], metadata: dict[str, str] | None = None) -> bytes:
    """The content of a file of the tensors."""
    return _library().save(_arrays(tensors), metadata)


def save_file(tensors: dict[str, Tensor], filename: str | os.PathLike, metadata: dict[str, str] | None = None) -> None:
    """Writes a file of the tensors, beside the old one first, whose place it then takes."""
    aside = f"{os.fspath(filename)}.{os.getpid()}.tmp"
    try:
        _library().save_file(_arrays(tensors), aside, metadata)
        os.replace(aside, filename)
    finally:
        if os.path.exists(aside):
            os.unlink(aside)


def load(data: bytes) -> dict[str, Tensor]:
    """The tensors in the content of a file."""
    return {name: from_numpy(array.copy()) for name, array in _library().load(data).items()}


def load_file(filename: str | os.PathLike, device: Any = "cpu") -> dict[str, Tensor]:
    """The tensors in a file."""
    return {name: from_numpy(array) for name, array in _library().load_file(filename).items()}


def save_model(model: Module, filename: str, metadata: dict[str, str] | None = None) -> None:
    """Writes a file of a model's state, what several names share under the first of them."""
    state, kept = model.state_dict(), {}
    names: dict[int, str] = {}
    notes = dict(metadata or {})
    for name, tensor in state.items():
        first = names.setdefault(id(tensor._family.storage), name)
        if first == name:
            kept[name] = tensor
        else:
            notes[name] = first
    save_file(kept, filename, {"format": "pt", **notes})


def load_model(model: Module, filename: str | os.PathLike, strict: bool = True) -> tuple[list[str], list[str]]:
    """Loads a file of `save_model` into a model; which keys are missing and which not expected."""
    state = model.state_dict()
    found = load_file(filename)
    names: dict[int, str] = {}
    for name, tensor in state.items():
        first = names.setdefault(id(tensor._family.storage), name)
        if name not in found and first in found:
            found[name] = found[first]
    keys = model.load_state_dict(found, strict=strict)
    return keys.missing_keys, keys.unexpected_keys
