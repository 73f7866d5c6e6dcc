"""Which saved values a write destroys: the index of regions against brute force on sets of elements."""

from collections import deque

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mutagrad import storage as storages
from mutagrad.overwrite import overwrite_statistics, set_overwrite_policy
from mutagrad.regions import has_overlap
from mutagrad.storage import LostSaved
from mutagrad.tensor import wrap

from .regions import bases, elements, keys, picked, positions, views


class Entry:
    """A saved cell beside its places in memory, its value, and whether a write has overlapped it."""

    def __init__(self, cell, array):
        self.cell = cell
        self.places = elements(array)
        self.value = array.copy()
        self.overlapped = False


def replay(base, events):
    """Saves, deaths and writes on the storage of `base`; yields all live entries after each write."""
    storage = base._family.storage
    entries = []
    for number, (kind, what, at) in enumerate(events):
        if kind == "save":
            entries.append(Entry(storage.save(what._array, what._view), what._array))
        elif kind == "forget":
            del entries[what : what + 1]
        else:
            written = write(storage, what, kind, at, number + 1)
            for entry in entries:
                entry.overlapped = entry.overlapped or bool(written & entry.places)
            yield entries


def write(storage, tensor, kind, at, value):
    """Writes a number to a tensor, or to the positions or the key `at` in it; returns the places written."""
    array = tensor._array
    if kind == "assign":
        if not array.flags.writeable or has_overlap(array.shape, array.strides):
            return set()  # An error, tested elsewhere.
        before = picked(array, at)
        tensor[at] = value
        return elements(array, before)
    storage.will_write(array, tensor._view, "write_", at)
    if array.flags.writeable:  # what is expanded NumPy does not write, nor would an operation get so far
        array[... if at is None else tuple(np.broadcast_arrays(*at))] = value
    return elements(array, at)


@st.composite
def histories(draw):
    """A base and what happens to it; saves come first, so that there is something to search."""
    base = draw(bases())
    events = [("save", draw(views(base)), None) for _ in range(draw(st.integers(0, 12)))]
    for kind in draw(st.lists(st.sampled_from(("save", "save", "forget", "write", "gather", "assign")), max_size=12)):
        what = draw(st.integers(0, 12)) if kind == "forget" else draw(views(base))
        at = draw(positions(what._array)) if kind == "gather" else draw(keys(what)) if kind == "assign" else None
        events.append((kind, what, at))
    return base, events


@settings(max_examples=300, deadline=None)
@given(histories())
def test_a_write_loses_exactly_the_values_that_it_overlaps(history):
    """Under "error" the cells lost are those with an element among the written ones: none more and none less."""
    with set_overwrite_policy("error"):
        for entries in replay(*history):
            assert [type(entry.cell) is LostSaved for entry in entries] == [entry.overlapped for entry in entries]


@settings(max_examples=300, deadline=None)
@given(histories())
def test_a_kept_value_stays_what_it_was(history):
    """Under "preserve" every cell keeps its value, and those alone that a write overlapped have a copy."""
    base, events = history
    with set_overwrite_policy("preserve"):
        for entries in replay(base, events):
            for entry in entries:
                assert np.array_equal(entry.cell.array, entry.value)
                assert np.shares_memory(entry.cell.array, base._array) == bool(entry.places and not entry.overlapped)


def test_the_dead_are_dropped():
    """What a storage knows of is what lives, but for a constant factor, however many have come and gone."""
    base = wrap(np.zeros(1000))
    storage = base._family.storage
    alive = deque(maxlen=10)
    for i in range(5000):
        view = base[i * 7 % 1000]
        alive.append(storage.save(view._array, view._view))
        if i % 3 == 0:
            other = base[i * 11 % 1000]
            storage.will_write(other._array, other._view, "write_")

        assert len(storage.cells()) + (storage.index.count if storage.index else 0) <= 200


def test_a_loop_that_writes_ahead_of_what_it_saves_asks_for_no_boxes(monkeypatch):
    """Rows tell that nothing is met; that is asked once for each value and each write."""
    asked = []
    monkeypatch.setattr(storages, "box_of", lambda *args: asked.append(args))
    base = wrap(np.zeros((100, 3)))
    storage = base._family.storage
    alive = []
    for i in range(1, 100):
        view, written = base[i - 1], base[i] if i % 2 else base[i - 100 :, 1:]
        alive.append(storage.save(view._array, view._view))
        storage.will_write(written._array, written._view, "write_")

    assert not asked and storage.index.count > 90


def test_what_is_saved_again_shares_a_cell():
    """A parameter that is read in every step of a loop is one value."""
    base = wrap(np.zeros(3))
    storage = base._family.storage

    assert storage.save(base._array, None) is storage.save(base._array, None)


def test_a_region_is_copied_once():
    """Cells of one region share their copy; of an expanded region every element is copied once."""
    base = wrap(np.zeros((3, 1)))
    storage = base._family.storage
    cells = [storage.save(view._array, view._view) for view in (base[1], base[1], base.expand(3, 1000))]
    before = overwrite_statistics()
    storage.will_write(base._array, None, "write_")
    after = overwrite_statistics()

    assert cells[0].array is cells[1].array and cells[2].array.shape == (3, 1000)
    assert (after.copies - before.copies, after.bytes_kept - before.bytes_kept) == (2, 32)
