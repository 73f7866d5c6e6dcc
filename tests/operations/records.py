"""The recorded results: how they are kept and found.

A family of samples has two files. The `.npz` holds one flat array for each dtype. The `.json` holds, a line for each
sample, what was recorded in each dtype, with arrays named by dtype, shape and place: `float64[2,3]@120`. An entry is
`{"error": [class, line]}` or

    form     structure of the result where not a tensor: `tuple`, `list`, field names
    values   the outputs            differentiable   which of them require a gradient, if any do
    strides  of the outputs, for views
    grads    of the inputs          second           of the inputs and of the cotangents
    inplace  `"same"` as out of place, an entry of its own, an error, or `"beyond"`: the same, but PyTorch, which has no
             gradient for this in-place form, has to be left out of the comparison
    written  after writing through a view: values, and gradients of the base and the factor
    method, out      present where that form gives the same result
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).resolve().parents[1] / "data"
PLACE = re.compile(r"(\w+)\[([\d,]*)\]@(\d+)")


class Records:
    """Recorded results, by sample name and dtype."""

    def __init__(self, index: dict[str, dict[str, Any]], pools: dict[str, np.ndarray]) -> None:
        self.index = index
        self.pools = pools

    @classmethod
    def load(cls, stem: str) -> Records:
        """The records kept in the repository."""
        with np.load(DATA / f"{stem}.npz") as stored:
            pools = {name: stored[name] for name in stored.files}
        return cls(json.loads((DATA / f"{stem}.json").read_text(encoding="utf-8")), pools)

    def array(self, place: str | None) -> np.ndarray | None:
        """The array kept at a place; None for None."""
        if place is None:
            return None
        dtype, shape, start = PLACE.fullmatch(place).groups()  # type: ignore[union-attr]
        sizes = tuple(int(size) for size in shape.split(",") if size)
        return self.pools[dtype][int(start) : int(start) + math.prod(sizes)].reshape(sizes)

    def arrays(self, places: list[str | None]) -> list[np.ndarray | None]:
        """The arrays kept at places."""
        return [self.array(place) for place in places]


class Recorder:
    """Collects arrays into pools and entries into an index, then writes both."""

    def __init__(self) -> None:
        self.index: dict[str, dict[str, Any]] = {}
        self.pools: dict[str, list[np.ndarray]] = {}
        self.sizes: dict[str, int] = {}
        self.known: dict[tuple[str, bytes], int] = {}

    def place(self, array: np.ndarray | None) -> str | None:
        """Keeps an array, equal ones once; the name to find it by."""
        if array is None:
            return None
        dtype = array.dtype.name
        start = self.known.setdefault((dtype, array.tobytes()), self.sizes.get(dtype, 0))
        if start == self.sizes.get(dtype, 0):
            self.pools.setdefault(dtype, []).append(array.ravel())
            self.sizes[dtype] = start + array.size
        return f"{dtype}[{','.join(map(str, array.shape))}]@{start}"

    def write(self, stem: str) -> None:
        """Writes the two files."""
        np.savez_compressed(DATA / f"{stem}.npz", **{k: np.concatenate(v) for k, v in sorted(self.pools.items())})
        lines = (
            f"{json.dumps(name)}: {json.dumps(entry, separators=(',', ':'))}" for name, entry in self.index.items()
        )
        (DATA / f"{stem}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
