"""Memory and the values saved in it.

A `Storage` is one buffer, shared by every tensor that aliases it, `.data` and `.detach()` included. It knows which of
its regions live graphs still need: each is a `Saved` cell, held weakly, so a cell goes when its graph goes. Before
memory is written, `Storage.will_write` finds the cells that overlap the written elements and applies the overwrite
policy to them. Saving is the cheap side (one append); the index that makes the search fast is built by the first
write that finds more than a few cells waiting.

Read next: `overlap.py` for the search, `overwrite.py` for the policies, `graph.py` for who saves.
"""

from __future__ import annotations

from collections.abc import Iterator
from threading import RLock
from time import perf_counter_ns
from types import CodeType
from typing import Any
from weakref import ref

import numpy as np

from mutagrad.batched import Batched
from mutagrad.deferred import Deferred
from mutagrad.modes import modes
from mutagrad.overlap import (
    Box,
    RegionIndex,
    Scattered,
    address,
    box_of_array,
    box_of_key,
    cells_of_box,
    cells_of_points,
    rows_of,
    whole_box,
)
from mutagrad.overwrite import policy, statistics
from mutagrad.report.leaving import inference_tensor
from mutagrad.report.spans import Span, caller_frame, caller_span

hashlib = Deferred("hashlib")

FEW = 4  # so many waiting cells are looked at one by one
PRUNE = 64  # at so many waiting cells, those of dead graphs are dropped
_filing = RLock()  # one thread at a time looks through what is saved; saving itself needs no lock
LARGE = 1 << 20  # bytes: a foreign value of this size is saved by fingerprint


class Saved:
    """A value kept for a gradient: a region of a storage, or a private copy of it once that was overwritten."""

    __slots__ = ("array", "storage", "view", "__weakref__")

    array: Any
    storage: Any
    view: Any
    record: Any  # of classes that have one

    @property
    def memory(self) -> np.ndarray:
        """Where the value is, looked at without asking whether it is still the same."""
        return self.array


class Absent(Saved):
    """A cell whose value is not simply there: `record`, in the array's place, says what became of it."""

    __slots__ = ()

    record: Any = Saved.__dict__["array"]


GONE = ref(Saved())  # to no cell any more


class LostValue(Exception):
    """Raised by reading a saved value that was overwritten under the policies "error" and "torch"."""

    def __init__(self, saved: LostSaved | Freed) -> None:
        self.saved = saved


class Freed:
    """What stands in the place of a node's saved values once a pass has let them go, and where that pass was called.

    It is empty, but to read from it raises LostValue.
    """

    __slots__ = ("code", "instruction")

    def __init__(self, code: CodeType | None = None, instruction: int = -1) -> None:
        self.code, self.instruction = code, instruction

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[Saved]:
        raise LostValue(self)

    def __getitem__(self, slot: int) -> Saved:
        raise LostValue(self)


class LostSaved(Absent):
    """What a `Saved` cell becomes when its value is lost; `record` says how."""

    __slots__ = ()

    @property
    def array(self) -> np.ndarray:
        raise LostValue(self)


class Loss:
    """How a saved value was lost: by which write, where, and at which versions of the storage."""

    __slots__ = (
        "shape", "dtype", "nbytes", "box", "base_shape", "elements", "outline", "span", "writer", "expected", "storage"
    )  # fmt: skip

    shape: tuple[int, ...]
    dtype: np.dtype
    nbytes: int  # what a copy would have taken; 0 where no element of the value was written
    box: Box | None  # what was written, where that is a box
    base_shape: tuple[int, ...]
    elements: int | None  # how many elements of the base were written, where that is known
    outline: tuple[Box, tuple[tuple[int, ...], ...]] | None  # of scattered elements: a box around, the first few
    span: Span
    writer: str
    expected: int
    storage: ref[Storage]


class FingerprintedSaved(Absent):
    """A large value in memory that others may write unseen: checked against its fingerprint when it is read.

    `record` is the memory and the fingerprint.
    """

    __slots__ = ()

    @property
    def array(self) -> np.ndarray:
        value, mark = self.record
        if fingerprint(value) != mark:
            raise LostValue(self)  # type: ignore[arg-type]
        return value

    @property
    def memory(self) -> np.ndarray:
        return self.record[0]


def is_intact(saved: Saved) -> bool:
    """Whether a cell about to be overwritten still has its value: then it becomes an ordinary one, else it is lost."""
    if type(saved) is not FingerprintedSaved:
        return True
    value, mark = saved.record
    if fingerprint(value) != mark:
        saved.__class__ = LostSaved  # type: ignore[assignment]
        return False
    saved.__class__ = Saved  # type: ignore[assignment]
    saved.array = value  # type: ignore[misc]
    return True


def fingerprint(array: np.ndarray) -> bytes:
    """A 128-bit digest of the array's elements in order."""
    return hashlib.blake2b(np.ascontiguousarray(array).view(np.uint8).data, digest_size=16).digest()


class Lent:
    """The owner of memory handed out as a NumPy array: alive as long as any NumPy array made from it is."""

    __slots__ = ("__array_interface__", "array", "__weakref__")

    def __init__(self, array: np.ndarray) -> None:
        self.array = array
        self.__array_interface__ = array.__array_interface__


class Exposure:
    """Who outside the library can write a storage: foreign memory taken in, and arrays handed out."""

    __slots__ = ("foreign", "lent")

    def __init__(self) -> None:
        self.foreign = False
        self.lent: list[ref[Lent]] = []

    def is_live(self) -> bool:
        """Whether a writable alias outside the library may exist."""
        if not self.foreign:
            self.lent = [lent for lent in self.lent if lent() is not None]
        return self.foreign or bool(self.lent)


class Storage:
    """One buffer of memory.

    `array` is the base array, `version` counts the writes that PyTorch's `_version` counts. `waiting` is a weak
    reference to the cell saved since the last write, or a list of several (None: nothing was saved), `index` holds the
    older ones by region. `exposure` is None unless somebody outside can write here.
    """

    __slots__ = ("array", "version", "waiting", "limit", "index", "exposure", "__weakref__")

    array: np.ndarray
    version: int
    waiting: Any
    limit: int
    index: RegionIndex | None
    exposure: Exposure | None

    def save(self, array: np.ndarray, view: Any) -> Saved:
        """A cell for `array`, which addresses this storage through `view` (None: all of the family's base)."""
        waiting = self.waiting
        if waiting:
            # What is saved again and again, as a parameter in a loop is, shares one cell.
            saved = (waiting[-1] if waiting.__class__ is list else waiting)()
            if type(saved) is Saved and saved.array is array:
                return saved
        saved = Saved()
        saved.array = array
        saved.storage = self
        saved.view = view
        if self.exposure is not None and self.exposure.is_live():
            if not self.exposure.foreign or array.nbytes < LARGE:
                keep([saved])
                return saved
            mark = fingerprint(array)
            saved.__class__ = FingerprintedSaved
            saved.record = (array, mark)
        cell = ref(saved)
        # Other threads may save and write here, too: from here to the end of the append none of them can run, as
        # long as nothing is called (`type`, for one).
        waiting = self.waiting
        if waiting is None:
            self.waiting = cell
        elif waiting.__class__ is list:
            waiting.append(cell)
            if len(waiting) > self.limit:
                self._prune(waiting)
        else:
            self.limit = PRUNE
            self.waiting = [waiting, cell]
        return saved

    def cells(self) -> list[ref[Saved]]:
        """The waiting cells as a list, to which other threads may append meanwhile."""
        waiting = self.waiting  # From here to the end no other thread can run.
        if waiting.__class__ is not list:
            self.limit = PRUNE
            waiting = self.waiting = [GONE if waiting is None else waiting]
        return waiting

    def _prune(self, waiting: list[ref[Saved]]) -> None:
        """Drops the cells of dead graphs; what other threads append meanwhile stays."""
        with _filing:
            count = len(waiting)
            waiting[:count] = [cell for cell in waiting[:count] if cell() is not None]
            self.limit = 2 * len(waiting) + PRUNE

    def will_write(
        self, array: np.ndarray, view: Any, writer: str, positions: tuple[np.ndarray, ...] | None = None
    ) -> None:
        """Applies the overwrite policy to the saved values that writing `array` destroys.

        `view` is how `array` addresses the family's base. When only some elements of `array` are written,
        `positions` are their indices, one array for each of its dimensions.
        """
        if self.waiting is None and self.index is None:
            return
        if type(array) is Batched or type(self.array) is Batched:
            keep(self._take_all())  # Boxes know nothing of hidden dimensions.
            return
        rule = policy.name
        written = None if positions is None else Scattered(array, positions)
        with _filing:
            hit = self._take_all() if rule == "torch" else self._take_overlapping(array, view, written)
            if hit and (hit := [saved for saved in hit if is_intact(saved)]):
                before = statistics.copies, statistics.bytes_kept, perf_counter_ns()
                for each in modes.observers:
                    each.values_overwritten(self, hit, array, written, writer)
                if rule == "preserve":
                    keep(hit)
                else:
                    self._lose(hit, array, view, writer, written)
                statistics.note_overwritten(len(hit), *before)
            # Last: until the values are kept, other threads' writes must come here and wait.
            if not self.waiting:
                self.waiting = None

    def lend(self, array: np.ndarray) -> np.ndarray:
        """A NumPy array over the same memory whose life is watched; what is saved here is first kept by value."""
        if type(array) is Batched:
            raise RuntimeError("Cannot access data pointer of Tensor that doesn't have storage")
        if self.exposure is None:
            self.exposure = Exposure()
        if not self.exposure.foreign:  # There nothing is trusted to stay as it is in any case.
            with _filing:
                keep(self._take_all())
        for each in modes.observers:
            each.memory_lent(self)
        lent = Lent(array)
        self.exposure.lent.append(ref(lent))
        return np.asarray(lent)

    def expose(self) -> None:
        """Marks the memory as foreign: somebody outside the library may write it at any time."""
        if self.exposure is None:
            self.exposure = Exposure()
        self.exposure.foreign = True

    def _take_all(self) -> list[Saved]:
        waiting, index, self.index = self.cells(), self.index, None
        count = len(waiting)
        live = [saved for cell in waiting[:count] if (saved := cell()) is not None]
        del waiting[:count]
        if index is not None:
            live += [saved for cell in index if (saved := cell()) is not None]
        return live

    def _take_overlapping(self, array: np.ndarray, view: Any, written: Scattered | None) -> list[Saved]:
        if written is not None and not written.addresses.size:
            return []
        waiting, index = self.cells(), self.index
        if index is None:
            if len(waiting) <= FEW:
                return _take_among_few(waiting, array, written)
            index = self.index = RegionIndex(PRUNE)
        if waiting:
            self._settle(waiting, index)
        if not index.bounds:
            start, stop = rows_of(view)
            if start >= index.stop or stop <= index.start:
                return []
        box, exact = box_of(array, view, self.array)
        if box is None:
            return []
        if index.newest:
            for cell in index.take_newest():
                self._bound(cell, index)
        if not index.reaches(box):
            return []

        def meets(saved: Saved, saved_exact: bool) -> bool:
            if exact and saved_exact:
                return written is None or written.meets(saved.memory)
            return is_overwritten(saved.memory, array, written)

        cells = cells_of_box(box) if written is None else cells_of_points(written.points(self.array))
        return index.take(cells, box, meets)

    def _settle(self, waiting: list[ref[Saved]], index: RegionIndex) -> None:
        """Moves the waiting cells into the index; drops the dead ones of the index when they may be the majority."""
        count = len(waiting)
        for cell in waiting[:count]:
            if index.bounds and index.count:  # Boxes were asked for once: this loop's writes lie in rows with others.
                self._bound(cell, index)
            elif (saved := cell()) is not None:
                index.insert(rows_of(saved.view), cell)
        del waiting[:count]
        if index.count > index.limit:
            index.prune()
            index.limit = 2 * index.count + PRUNE

    def _bound(self, cell: ref[Saved], index: RegionIndex) -> None:
        saved = cell()
        if saved is not None:
            box, exact = box_of(saved.memory, saved.view, self.array)
            if box is not None:
                index.bound(box, exact, cell)

    def _lose(self, hit: list[Saved], array: np.ndarray, view: Any, writer: str, written: Scattered | None) -> None:
        box, exact = box_of(array, view, self.array)
        elements = array.size if written is None else written.count()
        outline = written.outline(self.array) if written is not None and elements and self.array.ndim else None
        span = caller_span()
        for saved in hit:
            loss = Loss()
            value = saved.array
            loss.shape, loss.dtype = value.shape, value.dtype
            loss.nbytes = value.nbytes if is_overwritten(value, array, written) else 0
            loss.box = box if exact and written is None else None
            loss.elements = elements if array.itemsize == self.array.itemsize else None
            loss.outline = outline
            loss.base_shape, loss.span, loss.writer = self.array.shape, span, writer
            loss.expected, loss.storage = self.version, ref(self)
            saved.__class__ = LostSaved
            saved.record = loss


class InferenceStorage(Storage):
    """The memory of a tensor that was made in inference mode: nothing in it can be saved."""

    __slots__ = ()

    def save(self, array: np.ndarray, view: Any) -> Saved:
        """Raises RuntimeError."""
        raise inference_tensor(
            "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in "
            "computation tracked by autograd. To work around this, you can make a clone to get a normal tensor and use it "
            "in autograd, or use `torch.no_grad()` instead of `torch.inference_mode()`.",
            caller_frame(),
            caller_span(),
        )


def new_storage(array: np.ndarray) -> Storage:
    """A storage of which `array` is all the memory."""
    # Without an __init__ an object costs a third less to make; one is made for every result.
    storage = Storage()
    storage.array = array
    storage.version = 0
    storage.waiting = storage.index = storage.exposure = None
    return storage


def keep(cells: list[Saved]) -> None:
    """Gives each cell a copy of its value; cells of one and the same region share the copy."""
    copies: dict[tuple, Storage] = {}
    for saved in cells:
        array = saved.array
        place = (address(array), array.shape, array.strides, array.dtype) if len(cells) > 1 else ()
        storage = copies.get(place)
        if storage is None:
            once = array
            if 0 in array.strides:  # What is expanded is copied once.
                once = array[(*[slice(1) if stride == 0 else slice(None) for stride in array.strides], ...)]
            storage = copies[place] = new_storage(once.copy())
            statistics.copies += 1
            statistics.bytes_kept += once.nbytes
        for each in modes.observers:
            each.value_kept(saved, array, storage)
        saved.array = (
            storage.array if storage.array.shape == array.shape else np.broadcast_to(storage.array, array.shape)
        )
        saved.storage = storage
        saved.view = None


def _take_among_few(waiting: list[ref[Saved]], array: np.ndarray, written: Scattered | None) -> list[Saved]:
    hit, kept = [], []
    count = len(waiting)
    for cell in waiting[:count]:
        saved = cell()
        if saved is None:
            continue
        if is_overwritten(saved.memory, array, written):
            hit.append(saved)
        else:
            kept.append(cell)
    waiting[:count] = kept
    return hit


def is_overwritten(value: np.ndarray, array: np.ndarray, written: Scattered | None) -> bool:
    """Whether writing `array`, or only the elements `written` of it, writes an element of `value`."""
    if value is array and written is None:
        return array.size > 0
    return np.shares_memory(value, array) and (written is None or written.meets(value))


def box_of(array: np.ndarray, view: Any, base: np.ndarray) -> tuple[Box | None, bool]:
    if array.size == 0:
        return None, True
    if view is None and array is base:
        return whole_box(base.shape), True
    if view is not None and view.key is not None and view.layout.aligned:
        return box_of_key(view.key, view.layout.shape), True
    return box_of_array(array, base)
