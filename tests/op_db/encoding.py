"""How the arguments of a call are kept: JSON, with the tensors' values in pools beside it.

A tensor is `{"tensor": place, "strides": ..., "grad": true}`, its strides given where it is not contiguous. What JSON
lacks is a dictionary of one key that says what it is: `{"dtype": "float32"}`, `{"slice": [0, 2, 1]}`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from ..operations.records import Recorder, Records

DATA = Path(__file__).resolve().parents[1] / "data" / "op_db"


class NotKept(Exception):
    """Raised by an argument that has no encoding: a function, a module, a dtype that NumPy lacks."""


def encode(torch: Any, value: Any, store: Recorder) -> Any:
    """What stands for an argument of PyTorch's in the recording. Raises NotKept."""
    if isinstance(value, torch.Tensor):
        return encode_tensor(torch, value, store)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, tuple):
        return {"tuple": [encode(torch, part, store) for part in value]}
    if isinstance(value, list):
        return [encode(torch, part, store) for part in value]
    if isinstance(value, complex):
        return {"complex": [value.real, value.imag]}
    if isinstance(value, slice):
        return {"slice": [encode(torch, part, store) for part in (value.start, value.stop, value.step)]}
    if value is Ellipsis:
        return {"ellipsis": 0}
    if isinstance(value, torch.dtype):
        return {"named": str(value).removeprefix("torch.")}
    if isinstance(value, (torch.memory_format, torch.layout)):
        return {"named": str(value).removeprefix("torch.")}
    if isinstance(value, torch.device):
        return str(value)
    raise NotKept(f"an argument {type(value).__name__}")


def encode_tensor(torch: Any, value: Any, store: Recorder) -> dict[str, Any]:
    if value.layout is not torch.strided or value.device.type != "cpu":
        raise NotKept(f"a tensor of {value.layout} on {value.device}")
    try:
        array = value.numpy(force=True)
    except TypeError:
        raise NotKept(f"a tensor of {value.dtype}") from None
    kept: dict[str, Any] = {"tensor": store.place(np.ascontiguousarray(array).reshape(array.shape))}
    if not value.is_contiguous():
        kept["strides"] = list(value.stride())
    if value.requires_grad:
        kept["grad"] = True
    return kept


def decode(torch: Any, kept: Any, records: Records | Store) -> Any:
    """The argument that stands in the recording, for the module given."""
    if isinstance(kept, list):
        return [decode(torch, part, records) for part in kept]
    if not isinstance(kept, dict):
        return kept
    ((kind, value), *_) = kept.items()
    if kind == "tensor":
        return decode_tensor(torch, kept, records)
    if kind == "tuple":
        return tuple(decode(torch, part, records) for part in value)
    if kind == "complex":
        return complex(*value)
    if kind == "slice":
        return slice(*[decode(torch, part, records) for part in value])
    return Ellipsis if kind == "ellipsis" else getattr(torch, value)


def decode_tensor(torch: Any, kept: dict[str, Any], records: Records | Store) -> Any:
    array = records.array(kept["tensor"])
    strides = kept.get("strides")
    if strides is None:
        made = torch.tensor(array)
    elif 0 in strides:
        once = array[tuple([slice(None, 1) if stride == 0 else slice(None) for stride in strides])]  # type: ignore[index]
        made = torch.tensor(once).expand(array.shape)  # type: ignore[union-attr]
    else:
        values = torch.tensor(array)
        made = torch.empty_strided(tuple(values.shape), tuple(strides), dtype=values.dtype).copy_(values)
    made = made.detach()
    return made.requires_grad_() if kept.get("grad") else made


class Store(Recorder):
    """A recorder whose arrays can be read back while it records."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str | None, np.ndarray | None] = {None: None}

    def place(self, array: np.ndarray | None) -> str | None:
        place = super().place(array)
        self.kept[place] = array
        return place

    def array(self, place: str | None) -> np.ndarray | None:
        """The array kept at a place; None for None."""
        return self.kept[place]

    def arrays(self, places: list[str | None]) -> list[np.ndarray | None]:
        """The arrays kept at places."""
        return [self.array(place) for place in places]


class Recording:
    """The entries of one family of operators and the cases recorded for each, in one compressed file."""

    def __init__(self, operators: dict[str, dict[str, Any]], records: Records | Store) -> None:
        self.operators = operators
        self.records = records

    @classmethod
    def load(cls, family: str) -> Recording:
        """The recording kept in the repository."""
        with np.load(DATA / f"{family}.npz") as stored:
            pools = {name: stored[name] for name in stored.files}
        operators = json.loads(pools.pop("index").tobytes())
        return cls(operators, Records({}, pools))

    @staticmethod
    def write(family: str, operators: dict[str, dict[str, Any]], store: Store) -> None:
        """Writes the file."""
        text = json.dumps(operators, separators=(",", ":")).encode()
        pools = {name: np.concatenate(parts) for name, parts in sorted(store.pools.items())}
        DATA.mkdir(exist_ok=True)
        np.savez_compressed(DATA / f"{family}.npz", index=np.frombuffer(text, np.uint8), **pools)  # type: ignore[arg-type]
