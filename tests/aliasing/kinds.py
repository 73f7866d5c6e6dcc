"""The sides of the alias matrix: bases, aliases to read from and to write through, writes, savers, and orders.

Each is program text, for `torch` being the library under test, beside its meaning in the model: which cells an alias
shows, and what a write or a read does to a `Memory`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .model import SIZE, Memory, Sum, unit_tangents

SHAPE = (3, 4)
CELLS = np.arange(SIZE).reshape(SHAPE)
X = np.linspace(0.3, 1.4, SIZE).reshape(SHAPE)
K = np.linspace(-0.8, 0.9, SIZE)


@dataclass(frozen=True)
class Base:
    """How the base tensor `h` is made of the leaf `x`, as statements, and the model's memory of it.

    `savers` are those worth crossing it with.
    """

    name: str
    make: str
    memory: Callable[[], Memory]
    savers: tuple[str, ...] = ("sin", "mul")


@dataclass(frozen=True)
class Alias:
    """An expression for an alias of `h`, and what NumPy calls the same elements of an array `h`.

    `has_history`: reads and writes through it belong to the history of `h`. `no_grad`: where nothing is recorded, in
    its making ("made"), its use ("used") or "both". `is_array`: a NumPy array. `exposes`: memory is shared with NumPy.
    `flat`: the elements of `h` must lie in order. `of`: the one base that has it. `in_pytorch`: it may be written there.
    """

    text: str
    elements: str
    has_history: bool = True
    no_grad: str = ""
    is_array: bool = False
    exposes: bool = False
    flat: bool = False
    of: str = ""
    in_pytorch: bool = True

    @cached_property
    def cells(self) -> np.ndarray:
        return eval(self.elements, {"h": CELLS, "np": np})

    def fits(self, base: Base) -> bool:
        return self.of in ("", base.name) and not (self.flat and base.name == "part of a buffer")


@dataclass(frozen=True)
class Write:
    """A write to `a`, as a statement for tensors and one for arrays, and its effect in the model."""

    tensor: str
    array: str
    effect: Callable[[Memory, np.ndarray, bool], None]


@dataclass(frozen=True)
class Saver:
    """An expression of the reader `r` and the leaf `k` whose gradient needs something, and its effect in the model."""

    text: str
    effect: Callable[[Memory, np.ndarray, bool, Sum], None]


# Bases --------------------------------------------------------------------------------------------------------------


def scaled():
    return Memory(1.5 * X.ravel(), 1.5 * unit_tangents(0, SIZE))


def exponential():
    memory = Memory(np.exp(X.ravel()), np.exp(X.ravel())[:, None] * unit_tangents(0, SIZE))
    memory.save(CELLS)
    return memory


def identity():
    return Memory(X.ravel().copy(), unit_tangents(0, SIZE).copy())


BUFFER = "b = torch.zeros(5, 6, dtype=torch.float64); b[1:4, 1:5] = x * 1.5; h = b[1:4, 1:5]"
BASES = (
    Base("result", "h = x * 1.5", scaled, ("sin", "mul", "own", "index", "exp_")),
    Base("output of exp", "h = x.exp()", exponential, ("none", "mul")),
    Base("output of a Function", "h = Exp.apply(x)", exponential, ("none",)),
    Base("part of a buffer", BUFFER, scaled),
    Base("NumPy memory", "n = np.zeros((3, 4)); h = torch.from_numpy(n); h.copy_(x * 1.5)", scaled),
    Base("leaf", "h = x", identity, ("sin", "mul", "own")),
)

# Aliases ------------------------------------------------------------------------------------------------------------

READERS = (
    Alias("h", "h"),
    Alias("h[:, 1]", "h[:, 1]"),
    Alias("h.t()[1:3]", "h.T[1:3]"),
    Alias("h.view(12)[1::3]", "h.ravel()[1::3]", flat=True),
    Alias("h.detach()[1:]", "h[1:]", has_history=False),
)

STRIDED = "h.as_strided((2, 2), (h.stride(0), 2), h.storage_offset() + 1)"
CUT = {"has_history": False}
SHARED = {"has_history": False, "exposes": True}
ARRAY = {"has_history": False, "exposes": True, "is_array": True}
WRITERS = (
    Alias("h", "h"),
    Alias("h[1:]", "h[1:]"),
    Alias("h[1:][:, 2:]", "h[1:, 2:]"),
    Alias("h[:, ::2]", "h[:, ::2]"),
    Alias("h.t()", "h.T"),
    Alias("h.t()[1]", "h.T[1]"),
    Alias("h.view(12)[3:9]", "h.ravel()[3:9]", flat=True),
    Alias("h.diagonal()", "h.diagonal()"),
    Alias("h.view(12).unfold(0, 2, 3)", "h.ravel()[np.arange(4)[:, None] * 3 + np.arange(2)]", flat=True),
    Alias(STRIDED, "h[:2, 1::2]"),
    Alias("h.narrow(1, 1, 2)", "h[:, 1:3]"),
    Alias("h.unflatten(1, (2, 2))[:, 1]", "h[:, 2:]"),
    Alias("list(h)[1]", "h[1]", in_pytorch=False),
    Alias("h.unbind(1)[2]", "h[:, 2]", in_pytorch=False),
    Alias("h.split(2)[0]", "h[:2]", in_pytorch=False),
    Alias("h.chunk(2, 1)[1]", "h[:, 2:]", in_pytorch=False),
    Alias("h.detach()", "h", **CUT),
    Alias("h.data", "h", **CUT),
    Alias("h[1:].detach()", "h[1:]", **CUT),
    Alias("h.detach()[:, 1:]", "h[:, 1:]", **CUT),
    Alias("h[:, 2].data", "h[:, 2]", **CUT),
    Alias("h.data.t()[1]", "h.T[1]", **CUT),
    Alias("h", "h", no_grad="used", **CUT),
    Alias("h[1:]", "h[1:]", no_grad="used", **CUT),
    Alias("h[:, 1:]", "h[:, 1:]", no_grad="both", **CUT),
    Alias("torch.as_tensor(h.detach().numpy())[:2]", "h[:2]", **SHARED),
    Alias("torch.from_numpy(h[0].detach().numpy())", "h[0]", **SHARED),
    Alias("torch.from_dlpack(h.detach())", "h", **SHARED),
    Alias("h.detach().numpy()", "h", **ARRAY),
    Alias("h.detach().numpy()[1:]", "h[1:]", **ARRAY),
    Alias("np.from_dlpack(h.detach())[:, 1:]", "h[:, 1:]", **ARRAY),
    Alias("np.asarray(memoryview(h.detach().numpy()))[1]", "h[1]", **ARRAY),
    Alias("n", "h", of="NumPy memory", **ARRAY),
    Alias("n[:, 1]", "h[:, 1]", of="NumPy memory", **ARRAY),
    Alias("torch.as_tensor(n)[1:]", "h[1:]", of="NumPy memory", **SHARED),
)

# Writes -------------------------------------------------------------------------------------------------------------


def scale(memory, cells, has_history):
    memory.write(cells, memory.values[cells] * 3, memory.tangents[cells] * 3 if has_history else None)


def assign(memory, cells, has_history):
    tangents = unit_tangents(SIZE, cells.size).reshape(*cells.shape, -1)
    memory.write(cells, K[: cells.size].reshape(cells.shape), tangents if has_history else None)


def scatter(memory, cells, has_history):
    memory.write(cells[[1, 0]], 0.75, 0.0 if has_history else None)


WRITES = (
    Write("a.mul_(3)", "a *= 3", scale),
    Write("a[...] = k[:a.numel()].reshape(a.shape)", "a[...] = K[:a.size].reshape(a.shape)", assign),
    Write("a[[1, 0]] = 0.75", "a[[1, 0]] = 0.75", scatter),
)

# Savers -------------------------------------------------------------------------------------------------------------


def sin(memory, cells, has_history, total):
    if has_history:
        memory.save(cells)
        total.add(np.cos(memory.values[cells])[..., None] * memory.tangents[cells])


def mul(memory, cells, has_history, total):
    memory.save(cells)
    tangents = unit_tangents(SIZE, cells.size).reshape(*cells.shape, -1) * memory.values[cells][..., None]
    if has_history:
        tangents = tangents + memory.tangents[cells] * K[: cells.size].reshape(*cells.shape, 1)
    total.add(tangents)


def square(memory, cells, has_history, total):
    if has_history:
        memory.save(cells)
        total.add(2 * memory.values[cells][..., None] * memory.tangents[cells])


def index(memory, cells, has_history, total):
    if has_history:
        total.add(memory.tangents[cells[[1, 1, 0]]])


def nothing(memory, cells, has_history, total):
    if has_history:
        total.add(memory.tangents[cells])


def exp_in_place(memory, cells, has_history, total):
    values = np.exp(memory.values[cells])
    memory.write(cells, values, values[..., None] * memory.tangents[cells] if has_history else None)
    if has_history:
        memory.save(cells)
        total.add(memory.tangents[cells])


SAVERS = {
    "sin": Saver("r.sin()", sin),
    "mul": Saver("r * k[:r.numel()].reshape(r.shape)", mul),
    "own": Saver("Square.apply(r)", square),
    "index": Saver("r[[1, 1, 0]]", index),
    "none": Saver("r * 1", nothing),
    "exp_": Saver("r.exp_()", exp_in_place),
}

# Orders -------------------------------------------------------------------------------------------------------------

# R: the reader is made; A: the alias to write through is made; S: read and save; W: write; B: backward.
ORDERS = ("ARSWB", "RSAWB", "ARWSB", "AWRSB", "RASBWB", "RSBAWB", "ARSWSB")
