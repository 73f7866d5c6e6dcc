"""Random regions of random memory, for property tests: chains of views, index arrays, and their elements by brute force.

A region is a tensor: what is drawn here are ordinary view operations on tensors. `elements` is the set of memory places
that a tensor, or some index positions in it, stands for; it asks nobody but NumPy.
"""

from itertools import combinations
from math import prod

import numpy as np
from hypothesis import strategies as st

from mutagrad.dtypes import of_numpy
from mutagrad.ops.views import view_as_real
from mutagrad.tensor import Tensor, wrap

DTYPES = (np.float32, np.float64, np.complex64)


def elements(array, positions=None):
    """The 4-byte places of memory that an array's elements take, or only those at index `positions`."""
    offsets = np.zeros((), np.int64)
    for size, stride in zip(array.shape, array.strides, strict=True):
        offsets = offsets[..., None] + np.arange(size) * stride
    if positions is not None:
        offsets = offsets[tuple(np.broadcast_arrays(*positions))]
    starts = array.__array_interface__["data"][0] + offsets.ravel()
    return {int(start) + byte for start in starts for byte in range(0, array.itemsize, 4)}


@st.composite
def bases(draw):
    """A tensor that owns its memory: none to four dimensions, in C or Fortran order."""
    shape = tuple(draw(st.lists(st.integers(1, 7), min_size=0, max_size=4)))
    order = draw(st.sampled_from("CCF"))
    return wrap(np.zeros(shape, draw(st.sampled_from(DTYPES)), order))


@st.composite
def views(draw, base, steps=4):
    """A chain of views of `base`, some of them through `detach()` or as elements of another kind."""
    tensor = base
    for _ in range(draw(st.integers(0, steps))):
        made = draw(st.sampled_from(STEPS))(draw, tensor)
        if made is not None and made._array.size <= 400:
            tensor = made
    return tensor


@st.composite
def positions(draw, array):
    """Index arrays into `array`, one for each dimension, broadcast together: scattered elements, or a mesh of them."""
    if array.size == 0:
        return None
    if draw(st.booleans()):
        count = draw(st.integers(0, 6))
        index = lambda size: draw(st.lists(st.integers(0, size - 1), min_size=count, max_size=count))
        return tuple(np.array(index(size), np.int64) for size in array.shape)
    chosen = [draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=3)) for size in array.shape]
    return tuple(np.ix_(*[np.array(each, np.int64) for each in chosen]))


@st.composite
def keys(draw, tensor):
    """A key as a user writes one: integers and slices, and among them index lists and tensors, or one mask."""
    key, shape = [], list(tensor.shape)
    advanced = draw(st.sampled_from(("list", "tensor", "mask", "none")))
    count = draw(st.integers(1, 3))
    while shape and draw(st.integers(0, 3)):
        size = shape.pop(0)
        kind = draw(st.sampled_from(("slice", "integer", advanced, advanced)))
        if kind in ("slice", "none") or size == 0:
            key.append(slice(draw(st.none() | st.integers(-size, size)), None, draw(st.none() | st.integers(1, 3))))
        elif kind == "integer":
            key.append(draw(st.integers(-size, size - 1)))
        elif kind == "mask":
            extent = [size, *shape[: draw(st.integers(0, 1))]]
            del shape[: len(extent) - 1]
            key.append(
                wrap(np.array(draw(st.lists(st.booleans(), min_size=prod(extent), max_size=prod(extent))), bool))
            )
            key[-1] = key[-1].view(extent)
            advanced = "none"
        else:
            index = draw(st.lists(st.integers(-size, size - 1), min_size=count, max_size=count))
            key.append(index if kind == "list" else wrap(np.array(index, np.int64)))
    return tuple(key)


def picked(array, key):
    """Index arrays of what a key names in an array, by NumPy."""
    numbers = np.arange(array.size).reshape(array.shape)
    chosen = numbers[tuple(item._array if isinstance(item, Tensor) else item for item in key)]
    return np.unravel_index(np.ravel(chosen), array.shape) if array.ndim else ()


# One step of a chain; None where the step does not fit the tensor ---------------------------------------------------


def indexed(draw, tensor):
    """Integers, slices with steps, `None` and `...`."""
    key = []
    for size in tensor.shape[: draw(st.integers(0, tensor.ndim))]:
        if size and draw(st.booleans()):
            key.append(draw(st.integers(-size, size - 1)))
        else:
            bound = st.none() | st.integers(-size - 1, size + 1)
            key.append(slice(draw(bound), draw(bound), draw(st.none() | st.integers(1, 4))))
    if draw(st.booleans()):
        key.insert(draw(st.integers(0, len(key))), None)
    if draw(st.booleans()):
        key.append(...)
    return tensor[tuple(key)]


def permuted(draw, tensor):
    return tensor.permute(draw(st.permutations(range(tensor.ndim))))


def reshaped(draw, tensor):
    """Two neighbouring dimensions as one, or one as two: a view where the strides allow it."""
    shape = list(tensor.shape)
    if not shape or 0 in shape:
        return None
    d = draw(st.integers(0, len(shape) - 1))
    if d + 1 < len(shape) and draw(st.booleans()):
        shape[d : d + 2] = [shape[d] * shape[d + 1]]
    else:
        divisor = draw(st.sampled_from([k for k in range(1, shape[d] + 1) if shape[d] % k == 0]))
        shape[d : d + 1] = [divisor, shape[d] // divisor]
    try:
        return tensor.view(shape)
    except RuntimeError:
        return None


def diagonal(draw, tensor):
    if tensor.ndim < 2:
        return None
    first, second = draw(st.sampled_from(list(combinations(range(tensor.ndim), 2))))
    return tensor.diagonal(draw(st.integers(-2, 2)), first, second)


def unfolded(draw, tensor):
    if tensor.ndim == 0 or tensor.ndim > 4:
        return None
    d = draw(st.integers(0, tensor.ndim - 1))
    return tensor.unfold(d, draw(st.integers(0, tensor.shape[d])), draw(st.integers(1, 3)))


def expanded(draw, tensor):
    return tensor.unsqueeze(0).expand(draw(st.integers(1, 3)), *tensor.shape)


def strided(draw, tensor):
    """Any strides that stay within the memory."""
    memory = tensor._family.storage.array
    room = memory.nbytes // tensor.element_size() - 1
    offset = draw(st.integers(0, room))
    shape, strides, room = [], [], room - offset
    for _ in range(draw(st.integers(0, 3))):
        stride = draw(st.integers(0, 8))
        size = draw(st.integers(1, min(5, room // stride + 1) if stride else 3))
        room -= (size - 1) * stride
        shape.append(size)
        strides.append(stride)
    return tensor.as_strided(shape, strides, offset)


def part_of_complex(draw, tensor):
    if not tensor.is_complex():
        return None
    return draw(st.sampled_from([lambda x: x.real, lambda x: x.imag, view_as_real]))(tensor)


def as_other_dtype(draw, tensor):
    """The same bytes as elements of another size."""
    try:
        return tensor.view(of_numpy[np.dtype(draw(st.sampled_from(DTYPES)))])
    except RuntimeError:
        return None


def detached(draw, tensor):
    return tensor.detach()


STEPS = (
    indexed,
    indexed,
    indexed,
    permuted,
    reshaped,
    diagonal,
    unfolded,
    expanded,
    strided,
    part_of_complex,
    as_other_dtype,
    detached,
)
