"""Which saved values a write destroys: the index of regions against brute force on sets of elements."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mutagrad.overwrite import set_overwrite_policy
from mutagrad.regions import has_overlap
from mutagrad.storage import LostSaved

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
