"""Catching the writer: `freeze` stops the next write to a tensor's memory, `watch` names each of them.

Both are about memory, not about a handle: a write through a view, `.data`, `detach()` or an optimiser counts, one beside
the tensor's own elements does not. A guarded storage is one of another class, which is told of every write; so memory
that nobody guards pays nothing. NumPy arrays of frozen memory are handed out read-only. Through those that were handed
out before a write cannot be seen; it is found when the guard ends.

Read first: `storage.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from mutagrad.overlap import Scattered
from mutagrad.report.guarded import FrozenError, describe_write, frozen
from mutagrad.report.regions import Region
from mutagrad.report.spans import Span, caller_span
from mutagrad.storage import InferenceStorage, Storage, box_of, fingerprint, is_overwritten
from mutagrad.tensor import Tensor

__all__ = ["Freeze", "FrozenError", "Watching", "Write", "freeze", "watch"]


class Write(NamedTuple):
    """One write to guarded memory: by which operation, where in the program, and to which elements of the base."""

    operation: str
    written_at: Span
    region: Region
    nbytes: int  # of the guarded tensor's elements


class _Guarding:
    """What a storage does in addition when it is guarded."""

    __slots__ = ()

    def will_write(
        self: Any, array: np.ndarray, view: Any, writer: str, positions: tuple[np.ndarray, ...] | None = None
    ) -> None:
        """Tells the guards of a write to their elements, then does what any storage does."""
        written = None if positions is None else Scattered(array, positions)
        for guard in tuple(_guards.get(self, ())):
            if is_overwritten(guard.memory, array, written):
                box, exact = box_of(array, view, self.array)
                count = array.size if written is None else written.count()
                outline = written.outline(self.array) if written is not None and self.array.ndim else None
                region = Region(self.array.shape, box if exact and written is None else None, count, outline)
                guard.written(Write(writer, caller_span(), region, guard.memory.nbytes))
        super().will_write(array, view, writer, positions)  # type: ignore[misc]
        self.cells()  # Writers look there to see whether there is somebody to tell.

    def lend(self: Any, array: np.ndarray) -> np.ndarray:
        """A NumPy array over the same memory; a read-only one where some of it is frozen."""
        lent = super().lend(array)  # type: ignore[misc]
        if any(type(guard) is Freeze and np.shares_memory(guard.memory, array) for guard in _guards.get(self, ())):
            lent.flags.writeable = False
        return lent


class GuardedStorage(_Guarding, Storage):
    """A storage somebody guards."""

    __slots__ = ()


class GuardedInferenceStorage(_Guarding, InferenceStorage):
    """A storage of inference mode somebody guards."""

    __slots__ = ()


_guards: WeakKeyDictionary[Storage, list[Any]] = WeakKeyDictionary()
_guarded: dict[type, type] = {Storage: GuardedStorage, InferenceStorage: GuardedInferenceStorage}
_plain: dict[type, type] = {guarded: plain for plain, guarded in _guarded.items()}


class _Guard:
    """The memory of one tensor, guarded from now on until `stop()`, or the end of the block it is entered for."""

    def __init__(self, tensor: Tensor) -> None:
        if not isinstance(tensor, Tensor):
            raise TypeError(f"only the memory of a Tensor can be guarded, not {type(tensor).__name__}")
        storage = self._storage = tensor._family.storage
        self.memory = tensor._array
        self.guarded_at = caller_span(3)
        exposed = storage.exposure is not None and storage.exposure.is_live()
        self._before = fingerprint(self.memory) if exposed else None
        if type(storage) not in _plain:
            storage.__class__ = _guarded[type(storage)]
            storage.cells()
        _guards.setdefault(storage, []).append(self)

    def written(self, write: Write) -> None:
        """Called before a write to the memory."""

    def stop(self) -> None:
        """Ends the guard; nothing happens when it has ended before."""
        storage = self._storage
        guards = _guards.get(storage, [])
        if self not in guards:
            return
        guards.remove(self)
        if not guards:
            del _guards[storage]
            storage.__class__ = _plain[type(storage)]
            storage.waiting = storage.waiting or None
        if self._before is not None and fingerprint(self.memory) != self._before:
            self.changed_outside()

    def changed_outside(self) -> None:
        """Called at the end when the memory was changed by a write that could not be seen."""

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()


class Freeze(_Guard):
    """What `freeze` returns: the tensor's memory must not be written until `thaw()`, or the end of the block."""

    def written(self, write: Write) -> None:
        """Raises FrozenError."""
        raise frozen(write.operation, write.written_at, self.guarded_at, write.region, write.nbytes)

    def changed_outside(self) -> None:
        """Raises FrozenError."""
        raise frozen(None, None, self.guarded_at, None, self.memory.nbytes)

    def thaw(self) -> None:
        """Lets the memory be written again. Raises FrozenError where it was, through a NumPy array from before."""
        self.stop()

    def __exit__(self, kind: Any, *rest: object) -> None:
        if kind is not None:
            self._before = None  # The error that ends the block is the one to tell.
        self.stop()


class Watching(_Guard):
    """What `watch` returns: `writes` are those seen until `stop()`, or the end of the block."""

    def __init__(self, tensor: Tensor, tell: Callable[[Write], Any] | None) -> None:
        self.writes: list[Write] = []
        self._tell = tell
        super().__init__(tensor)
        self._before = None

    def written(self, write: Write) -> None:
        """Notes the write and tells of it."""
        self.writes.append(write)
        if self._tell is not None:
            self._tell(write)
        else:
            print(describe_write(write.operation, write.written_at, write.region), file=sys.stderr)


def freeze(tensor: Tensor) -> Freeze:
    """Makes the next write to `tensor`'s memory, through whatever alias, raise FrozenError at the line that writes.

    Holds until `thaw()` is called on what is returned, or to the end of the block when it is used in `with`.
    Raises TypeError for what is no tensor.

    >>> import mutagrad
    >>> h = mutagrad.zeros(4)
    >>> with mutagrad.freeze(h[:2]):
    ...     h[2:] = 1
    ...     h.detach()[1] = 1
    Traceback (most recent call last):
    mutagrad.FrozenError: a frozen tensor is about to be overwritten: element [1] of 4, by ...
    """
    return Freeze(tensor)


def watch(tensor: Tensor, tell: Callable[[Write], Any] | None = None) -> Watching:
    """Names each write to `tensor`'s memory, through whatever alias, and lets it happen.

    `tell(write)` is called before each; without it a line is written to standard error. What is returned has all
    `writes`; it watches until `stop()`, or to the end of the block when it is used in `with`.
    Raises TypeError for what is no tensor.

    >>> import mutagrad
    >>> h = mutagrad.zeros(4)
    >>> with mutagrad.watch(h, lambda write: print(write.operation, write.region.text)) as watching:
    ...     _ = h[1:].add_(1)
    add_ elements [1:4] of 4
    >>> len(watching.writes)
    1
    """
    return Watching(tensor, tell)
