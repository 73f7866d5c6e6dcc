"""The view operations of the oracle, under PyTorch's names, as NumPy's on arrays of cells."""

import numpy as np

from .operations import require


def sizes(shape):
    """The sizes given as one sequence or as separate arguments, as a tuple."""
    return tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else tuple(shape)


def key(index):
    """An index as NumPy takes it, ending in an ellipsis so that the result is an array, and whether it makes a view."""
    parts = index if isinstance(index, tuple) else (index,)
    parts = tuple(part.numbers() if hasattr(part, "numbers") else part for part in parts)
    is_basic = not any(isinstance(part, (list, np.ndarray)) for part in parts)
    return (parts if Ellipsis in [p for p in parts if not isinstance(p, np.ndarray)] else (*parts, Ellipsis)), is_basic


class Views:
    """The view methods of a tensor; `viewed` and `cells` are the tensor's."""

    def __len__(self):
        return self.shape[0]

    def __iter__(self):
        return iter(self.unbind(0))

    def select(self, dim, index):
        return self.viewed(lambda x: np.moveaxis(x, dim, 0)[index, ...])

    def narrow(self, dim, start, length):
        require(start + length <= self.shape[dim], "narrow beyond the end")
        return self.viewed(lambda x: np.moveaxis(np.moveaxis(x, dim, 0)[start : start + length], 0, dim))

    def transpose(self, dim0, dim1):
        return self.viewed(lambda x: np.swapaxes(x, dim0, dim1))

    swapaxes = transpose

    def permute(self, *dims):
        return self.viewed(lambda x: np.transpose(x, sizes(dims)))

    def movedim(self, source, destination):
        return self.viewed(lambda x: np.moveaxis(x, source, destination))

    def t(self):
        require(self.ndim <= 2, "t() of more than two dimensions")
        return self.viewed(np.transpose)

    T = property(t)
    mT = property(lambda self: self.transpose(-1, -2))

    def unsqueeze(self, dim):
        return self.viewed(lambda x: np.expand_dims(x, dim))

    def squeeze(self, dim=None):
        if dim is not None and self.ndim and self.shape[dim] != 1:
            return self.viewed(lambda x: x[...])
        return self.viewed(lambda x: np.squeeze(x, axis=dim))

    def expand(self, *shape):
        shape = sizes(shape)
        given = (None,) * (len(shape) - self.ndim) + self.shape
        shape = tuple(old if new == -1 else new for new, old in zip(shape, given, strict=True))
        return self.viewed(lambda x: np.broadcast_to(x, shape))

    def broadcast_to(self, shape):
        return self.expand(shape)

    def expand_as(self, other):
        return self.expand(other.shape)

    def diagonal(self, offset=0, dim1=0, dim2=1):
        return self.viewed(lambda x: np.diagonal(x, offset, dim1, dim2))

    def unfold(self, dimension, size, step):
        def show(x):
            windows = np.lib.stride_tricks.sliding_window_view(x, size, axis=dimension)
            return np.moveaxis(np.moveaxis(windows, dimension, 0)[::step], 0, dimension)

        return self.viewed(show)

    def unbind(self, dim=0):
        return tuple(self.select(dim, i) for i in range(self.shape[dim]))

    def split(self, split_size, dim=0):
        total = self.shape[dim]
        if isinstance(split_size, int):
            split_size = [min(split_size, total - start) for start in range(0, total, split_size)]
        require(sum(split_size) == total, "split into pieces that do not add up")
        starts = np.cumsum([0, *split_size[:-1]]).tolist()
        return tuple(self.narrow(dim, start, length) for start, length in zip(starts, split_size, strict=True))

    def chunk(self, chunks, dim=0):
        return self.split(max(-(-self.shape[dim] // chunks), 1), dim)

    # --- views for which it matters how the elements lie in memory

    def view(self, *shape):
        shape = sizes(shape)
        require(self.storage.is_settled, "view of an unsettled layout")
        try:
            self.cells.reshape(shape, copy=False)
        except ValueError:
            require(False, "view of elements that do not lie in order")
        return self.viewed(lambda x: x.reshape(shape, copy=False if x is self.cells else None))

    def reshape(self, *shape):
        shape = sizes(shape)
        require(self.storage.is_settled, "reshape of an unsettled layout")
        try:
            self.cells.reshape(shape, copy=False)
        except ValueError:
            self.cells.reshape(shape)
            return self._contiguous_clone().view(*shape)
        return self.view(*shape)

    def view_as(self, other):
        return self.view(other.shape)

    def flatten(self, start_dim=0, end_dim=-1):
        start, end = start_dim % max(self.ndim, 1), end_dim % max(self.ndim, 1)
        if start == end and self.ndim:
            return self
        return self.reshape(*self.shape[:start], -1, *self.shape[end + 1 :])

    def contiguous(self):
        require(self.storage.is_settled, "contiguous() of an unsettled layout")
        return self if self.cells.flags.c_contiguous else self._contiguous_clone()

    def _contiguous_clone(self):
        clone = self.clone()
        clone.storage.is_settled = True
        return clone

    def as_strided(self, size, stride, storage_offset=None):
        require(self.storage.is_settled, "as_strided of an unsettled layout")
        require(len(set(self.cells.flat)) == self.cells.size, "as_strided of an expanded tensor")
        first = int(self.cells.flat[0]) if storage_offset is None else storage_offset
        reach = first + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
        require(first >= 0 and reach < self.storage.cells.size, "as_strided beyond the storage")
        steps = [8 * step for step in stride]
        cells = np.lib.stride_tricks.as_strided(self.storage.cells[first:], size, steps)
        places = {cell: place for place, cell in enumerate(self.cells.flat)}
        # Elements outside the tensor itself are left out: PyTorch loses their gradient.
        require(set(cells.flat) <= set(places), "as_strided beyond the tensor")
        order = np.array([places[cell] for cell in cells.flat], dtype=int).reshape(cells.shape)
        return self.viewed(lambda x: cells if x is self.cells else x.reshape(-1)[order])

    # --- in place

    def t_(self):
        require(self.ndim <= 2, "t_() of more than two dimensions")
        return self.replace_view(np.transpose)

    def transpose_(self, dim0, dim1):
        return self.replace_view(lambda x: np.swapaxes(x, dim0, dim1))

    def unsqueeze_(self, dim):
        return self.replace_view(lambda x: np.expand_dims(x, dim))

    def squeeze_(self, dim):
        require(self.shape[dim] == 1, "squeeze_ of a longer dimension")
        return self.replace_view(lambda x: np.squeeze(x, axis=dim))
