"""`save`: objects in PyTorch's file format, a zip archive of a pickle and the memory of each storage.

Storages are written once, whole, however many tensors share them. A file on disk is first written beside the old one and
then takes its place, so an interrupted write leaves the old one as it was.
"""

from __future__ import annotations

import io
import os
import pickle
import sys
import tempfile
import zipfile
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

from mutagrad.device import Layout, device, memory_format
from mutagrad.dtypes import dtype
from mutagrad.nn.parameter import Parameter
from mutagrad.ops.pickling import memory_of, parts_of
from mutagrad.serialization.names import UNTYPED, storage_name
from mutagrad.storage import Storage
from mutagrad.tensor import Size, Tensor

PROTOCOL = 2  # what PyTorch's reader of untrusted files understands
ALIGNMENT = 64  # bytes: where the memory of a storage begins, for readers that map it


def save(
    obj: Any,
    f: Any,
    pickle_module: Any = None,
    pickle_protocol: int = PROTOCOL,
    _use_new_zipfile_serialization: bool = True,
    _disable_byteorder_record: bool = False,
) -> None:
    """Saves an object of tensors, numbers, texts and containers to a path or a binary file.

    PyTorch reads it with `torch.load`, as `load` here reads PyTorch's files. Tensors that share memory still do when
    they are loaded. Objects of other classes can be saved, too, as far as `pickle` can, but see `load`.
    Follows https://docs.pytorch.org/docs/stable/generated/torch.save.html

    >>> import io, mutagrad
    >>> file = io.BytesIO()
    >>> mutagrad.save({"w": mutagrad.ones(2)}, file)
    >>> _ = file.seek(0)
    >>> mutagrad.load(file)
    {'w': tensor([1., 1.])}
    """
    if isinstance(f, (str, os.PathLike)):
        path = Path(os.path.realpath(f))
        if path.exists() and not path.is_file():
            with open(path, "wb") as file:
                file.write(_archive(obj, path.stem, io.BytesIO()).getvalue())
        else:
            _write_aside(path, obj)
    elif hasattr(f, "write"):
        f.write(_archive(obj, "archive", io.BytesIO()).getvalue())
    else:
        raise AttributeError(
            f"expected 'f' to be string, path, or a file-like object with a 'write' attribute; got {f}"
        )


def _write_aside(path: Path, obj: Any) -> None:
    """Writes beside the file, then puts that in its place."""
    if not path.parent.is_dir():
        raise RuntimeError(f"Parent directory {path.parent} does not exist.")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w+b") as file:
            _archive(obj, path.stem, file)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _archive(obj: Any, name: str, file: IO[bytes]) -> Any:
    """The archive of an object, its entries under `name`, written into a file."""
    pickled = io.BytesIO()
    pickler = Pickler(pickled)
    pickler.dump(obj)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        _put(archive, f"{name}/data.pkl", pickled.getvalue())
        _put(archive, f"{name}/.format_version", b"1")
        _put(archive, f"{name}/.storage_alignment", str(ALIGNMENT).encode())
        _put(archive, f"{name}/byteorder", sys.byteorder.encode())
        for key, storage in enumerate(pickler.storages):
            _put(archive, f"{name}/data/{key}", memory_of(storage).data.cast("B") if storage.array.size else b"")
        _put(archive, f"{name}/version", b"3\n")
    return file


def _put(archive: zipfile.ZipFile, name: str, content: Any) -> None:
    """Adds an entry whose content begins at a multiple of the alignment."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    start = archive.fp.tell() + 30 + len(name.encode()) + 4  # type: ignore[union-attr]
    padding = -start % ALIGNMENT
    info.extra = b"FB" + padding.to_bytes(2, "little") + b"\0" * padding
    archive.writestr(info, content)


class Name(NamedTuple):
    """A name to be written as it is, whether or not anything here is called so."""

    module: str
    name: str

    def __call__(self, *args: Any) -> Any:
        """Pickle wants what is called on loading to be callable; this is, only elsewhere."""
        raise TypeError(f"{self.module}.{self.name} is a name in files")


class Place(NamedTuple):
    """A storage as a tensor refers to it."""

    storage: Storage
    type: Name


_names: dict[str, Name] = {}


def named(text: str) -> Name:
    """The one object for a name "module name"; a pickle writes equal objects once."""
    return _names.setdefault(text, Name(*text.split(" ")))


_Python: Any = pickle._Pickler  # the one written in Python: its steps can be overridden


class Pickler(_Python):
    """A pickler that writes tensors as PyTorch does, and collects their storages."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file, PROTOCOL)
        self.storages: list[Storage] = []
        self.keys: dict[int, str] = {}

    def persistent_id(self, obj: Any) -> Any:
        if type(obj) is not Place:
            return None
        storage = obj.storage
        key = self.keys.get(id(storage))
        if key is None:
            key = self.keys[id(storage)] = str(len(self.storages))
            self.storages.append(storage)
        itemsize = 1 if obj.type.name == UNTYPED else storage.array.itemsize
        return "storage", obj.type, key, "cpu", memory_of(storage).nbytes // itemsize

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, Parameter):
            given = obj.data, obj.requires_grad, OrderedDict()
            if obj.__dict__:
                return named("torch._utils _rebuild_parameter_with_state"), (*given, obj.__dict__)
            return named("torch._utils _rebuild_parameter"), given
        if isinstance(obj, Tensor):
            function, given = _tensor(obj)
            if obj.__dict__:
                return named("torch._tensor _rebuild_from_type_v2"), (
                    function,
                    named("torch Tensor"),
                    given,
                    obj.__dict__,
                )
            return function, given
        if isinstance(obj, Size):
            return named("torch Size"), (tuple(obj),)
        if isinstance(obj, device):
            return named("torch device"), (obj.type,) if obj.index is None else (obj.type, obj.index)
        if isinstance(obj, Layout):
            return named("torch.serialization _get_layout"), (repr(obj),)
        return NotImplemented

    def save(self, obj: Any, save_persistent_id: bool = True) -> None:
        if isinstance(obj, (dtype, memory_format)):
            obj = named(f"torch {obj.name}")
        if type(obj) is Name:
            self._save_name(obj)
        else:
            super().save(obj, save_persistent_id)

    def _save_name(self, name: Name) -> None:
        known = self.memo.get(id(name))
        if known is not None:
            self.write(self.get(known[0]))
            return
        self.write(pickle.GLOBAL + f"{name.module}\n{name.name}\n".encode())
        self.memoize(name)


def _tensor(tensor: Tensor) -> tuple[Name, tuple]:
    """The function that makes a tensor again, and what it is called with."""
    dt, offset, shape, strides = parts_of(tensor)
    storage = tensor._family.storage
    kind = named(storage_name(dt))
    if storage.array.dtype != dt and kind.name != UNTYPED:
        kind = named(f"torch.storage {UNTYPED}")
    place = Place(storage, kind)
    given = place, offset, tuple(shape), tuple(strides), tensor.requires_grad, OrderedDict()
    if kind.name != UNTYPED:
        return named("torch._utils _rebuild_tensor_v2"), given
    return named("torch._utils _rebuild_tensor_v3"), (*given, tensor.dtype)
