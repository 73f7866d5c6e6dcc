"""`load`: files in PyTorch's format, its own and those of `save`.

By default nothing but weights is loaded, and no code of the file is run (`unpickling.py`).
"""

from __future__ import annotations

import importlib
import io
import os
import pickle
import sys
import warnings
import zipfile
from collections.abc import Callable
from typing import IO, Any

import numpy as np

from mutagrad.device import check_device
from mutagrad.dtypes import float32
from mutagrad.ops.memory import UntypedStorage
from mutagrad.serialization import unpickling
from mutagrad.serialization.names import TORCH, Memory, StorageType
from mutagrad.storage import Storage, new_storage

ZIP = b"PK\x03\x04"
BFLOAT16 = StorageType("BFloat16Storage", None)
unpickling.BUILTINS["torch.BFloat16Storage"] = BFLOAT16


def load(
    f: Any,
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
    **pickle_load_args: Any,
) -> Any:
    """The object saved in a file (a path, or a binary file) by `save` or by `torch.save`.

    Tensors come to the memory of the CPU, also from another device if `map_location` says so. Numbers of bfloat16, which
    is not among the dtypes here, come as float32, with a warning.
    Only tensors, parameters, numbers, texts and containers are loaded, and what `add_safe_globals` has added; the file can
    run no code. With `weights_only=False` anything is, by `pickle`, which lets a file run any code: for files you trust.
    Raises UnpicklingError for anything else, RuntimeError for what is no such file or is broken.
    Follows https://docs.pytorch.org/docs/stable/generated/torch.load.html
    """
    if mmap and not isinstance(f, (str, os.PathLike)):
        raise ValueError("f must be a file path in order to use the mmap argument")
    with _opened(f) as file:
        start = file.read(4)
        file.seek(0)
        if not start:
            raise EOFError("Ran out of input")
        if start != ZIP:
            raise pickle.UnpicklingError(
                "Invalid magic number; corrupt file? Files of PyTorch before 1.6 must be saved anew by PyTorch"
            )
        try:
            with zipfile.ZipFile(file) as archive:
                return _Reader(archive, map_location).read(weights_only is not False)
        except zipfile.BadZipFile as error:
            raise RuntimeError(f"PytorchStreamReader failed reading zip archive: {error}") from None


def _opened(f: Any) -> IO[bytes]:
    if isinstance(f, (str, os.PathLike)):
        return open(f, "rb")
    if not hasattr(f, "read"):
        raise AttributeError(
            f"'{type(f).__name__}' object has no attribute 'read'. You can only torch.load from a file that is "
            "seekable. Please pre-load the data into a buffer like io.BytesIO and try to load from it instead."
        )
    return io.BytesIO(f.read())


class _Reader:
    """An archive, and its storages that were read already."""

    def __init__(self, archive: zipfile.ZipFile, map_location: Any) -> None:
        self.archive, self.map_location = archive, map_location
        names = archive.namelist()
        roots = [name.removesuffix("/data.pkl") for name in names if name.endswith("/data.pkl")]
        if not roots:
            raise RuntimeError("PytorchStreamReader failed locating file data.pkl: file not found")
        self.root = roots[0]
        order = f"{self.root}/byteorder"
        self.is_swapped = order in names and archive.read(order).decode() != sys.byteorder
        self.storages: dict[str, Storage] = {}

    def read(self, weights_only: bool) -> Any:
        content = self.archive.read(f"{self.root}/data.pkl")
        if weights_only:
            return unpickling.loads(content, self.memory)
        return _Unpickler(io.BytesIO(content), self.memory).load()

    def memory(self, reference: Any) -> Memory:
        """The storage that a tensor of the file refers to."""
        kind, of, key, location, count = reference
        if kind != "storage" or type(of) is not StorageType:
            raise pickle.UnpicklingError(f"Only persistent_load of storage is allowed, but got {kind}")
        if key not in self.storages:
            self._check_location(location)
            self.storages[key] = self._read(key, of, int(count))
            if callable(self.map_location):
                self.map_location(UntypedStorage(self.storages[key]), location)
        return Memory(self.storages[key], float32 if of is BFLOAT16 else of.dtype)

    def _read(self, key: str, of: StorageType, count: int) -> Storage:
        content = bytearray(self.archive.read(f"{self.root}/data/{key}"))
        dt = np.dtype("uint16") if of is BFLOAT16 else np.dtype("uint8") if of.dtype is None else of.dtype.numpy
        if len(content) < count * dt.itemsize:
            raise RuntimeError(f"storage {key} has {len(content)} bytes, not the {count * dt.itemsize} it should have")
        array = np.frombuffer(content, dt, count)
        if self.is_swapped:
            array = array.byteswap()
        if of is BFLOAT16:
            warnings.warn("bfloat16 is loaded as float32, which holds all its numbers", stacklevel=6)
            array = (array.astype(np.uint32) << 16).view(np.float32)
        return new_storage(array)

    def _check_location(self, location: str) -> None:
        wanted = self.map_location
        if isinstance(wanted, dict):
            wanted = wanted.get(location, location)
        if callable(wanted):
            return
        if wanted is None:
            wanted = location
        if str(wanted).partition(":")[0] == "cuda":
            raise RuntimeError(
                "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False. If you are "
                "running on a CPU-only machine, please use torch.load with map_location=torch.device('cpu') to map "
                "your storages to the CPU."
            )
        check_device(wanted)


class _Unpickler(pickle.Unpickler):
    """Python's own unpickler, with PyTorch's names understood: it runs what the file says."""

    def __init__(self, file: IO[bytes], persistent_load: Callable[[Any], Any]) -> None:
        super().__init__(file)
        self.load_storage = persistent_load

    def persistent_load(self, pid: Any) -> Any:
        return self.load_storage(pid)

    def find_class(self, module: str, name: str) -> Any:
        full = f"{module}.{name}"
        if full in TORCH:
            return TORCH[full]
        if full == "torch.BFloat16Storage":
            return BFLOAT16
        package, _, rest = module.partition(".")
        if package == "torch":
            # A class of PyTorch's is the one of the same name here.
            for where in (f"mutagrad.{rest}", f"mutagrad.{rest.partition('.')[0]}"):
                try:
                    return getattr(importlib.import_module(where), name)
                except (ImportError, AttributeError):
                    continue
        return super().find_class(module, name)
