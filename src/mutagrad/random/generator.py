"""The source of all random numbers: a Mersenne twister that counts as PyTorch's CPU generator does.

For the same seed `Generator` yields the raw 32- and 64-bit draws of `torch.Generator`, in bulk, and its state is the
same 5056 bytes, so that a state saved by one is continued by the other. Drawing holds the generator's lock: threads
that share a generator share one sequence, and no draw is handed out twice. What the draws are made into is told in
`continuous` and `discrete`; this module knows arrays only.
"""

import operator
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Self

import numpy as np

DEFAULT_SEED = 67280421310721

TWISTER_WORDS = 624

# Up to here `random_raw`, which yields 8 bytes a draw, beats the call overhead of `RandomState.randint`.
SMALL = 4096

# What PyTorch keeps for a CPU generator. `key` and `next` are the twister's words and the index of the next one to be
# handed out, `left` counts down to the next twist. The fields called unused are zero there and here.
STATE = np.dtype(
    [
        ("seed", "<u8"),
        ("left", "<i4"),
        ("seeded", "<i4"),
        ("next", "<u8"),
        ("key", "<u8", TWISTER_WORDS),
        ("unused_x", "<f8"),
        ("normal", "<f8"),
        ("unused_rho", "<f8"),
        ("normal_is_valid", "<i4"),
        ("padding", "V4"),
        ("float_normal", "<f4"),
        ("float_normal_is_valid", "?"),
        ("end", "V3"),
    ]
)


class Generator:
    """A sequence of random numbers that equals PyTorch's CPU generator's for the same seed.

    Raises RuntimeError for a device other than the CPU.
    Follows https://docs.pytorch.org/docs/stable/generated/torch.Generator.html

    >>> generator = Generator().manual_seed(0)
    >>> generator.raw32(3)
    array([2357136044, 2546248239, 3071714933], dtype=uint32)
    >>> generator.initial_seed()
    0
    """

    def __init__(self, device: Any = "cpu") -> None:
        if str(device).partition(":")[0] != "cpu":
            raise RuntimeError(f"Device type {device} is not supported for torch.Generator() api.")
        self.device = device
        self.lock = threading.RLock()
        self.manual_seed(DEFAULT_SEED)

    # Made with the first draw after a seed: NumPy's random numbers take a tenth of the time that NumPy takes to import.
    @cached_property
    def _twister(self) -> Any:
        """The twister at the start of the sequence of the seed."""
        twister = np.random.MT19937(0)
        np.random.RandomState(twister).seed(self._seed % 2**32)
        return twister

    @cached_property
    def _bulk(self) -> Any:
        """What draws many numbers of the twister at once."""
        return np.random.RandomState(self._twister)

    def manual_seed(self, seed: int) -> Self:
        """The generator itself, at the start of the sequence of `seed`.

        Negative seeds count from 2**64 downwards; the twister takes the low 32 bits, as PyTorch's does.
        Raises RuntimeError when `seed` is not an integer, ValueError outside [-2**63, 2**64).
        """
        value = _seed_as_unsigned(seed)
        with self.lock:
            self._seed = value
            for made in ("_twister", "_bulk"):
                vars(self).pop(made, None)
            self._restart()
        return self

    def _restart(self) -> None:
        # Right after seeding PyTorch's index is 0 although a twist is due, later it is 624: `_unread` tells them apart.
        self._unread = True
        self.cached_normal: float | None = None
        self._float_normal = (0.0, False)

    def initial_seed(self) -> int:
        """The seed this generator was last given, in [0, 2**64)."""
        return self._seed

    def seed(self) -> int:
        """A new seed of 53 bits from the operating system, which the generator now starts from."""
        seed = int.from_bytes(os.urandom(7), "big") >> 3
        self.manual_seed(seed)
        return seed

    def raw32(self, count: int) -> np.ndarray:
        """The next `count` draws of the twister, uint32."""
        with self.lock:
            self._unread = self._unread and not count
            if count < SMALL:
                return self._twister.random_raw(count).astype(np.uint32)
            return self._bulk.randint(0, 2**32, count, dtype=np.uint32)

    def raw64(self, count: int) -> np.ndarray:
        """The next `count` pairs of draws, uint64, the earlier of a pair in the high half."""
        with self.lock:
            self._unread = self._unread and not count
            if count < SMALL:
                draws = self._twister.random_raw(2 * count)
                return draws[::2] << np.uint64(32) | draws[1::2]
            return self._bulk.randint(0, 2**64, count, dtype=np.uint64)

    def get_state(self) -> np.ndarray:
        """The state as 5056 bytes, uint8, in the layout of `torch.Generator.get_state()`."""
        state = np.zeros(1, STATE)
        with self.lock:
            twister = self._twister.state["state"]
            index = 0 if self._unread else twister["pos"]
            state["seed"], state["seeded"], state["key"] = self._seed, 1, twister["key"]
            state["next"], state["left"] = index, 1 if self._unread else 1 + TWISTER_WORDS - index
            state["normal"], state["normal_is_valid"] = self.cached_normal or 0.0, self.cached_normal is not None
            state["float_normal"], state["float_normal_is_valid"] = self._float_normal
        return state.view(np.uint8)

    def set_state(self, new_state: np.ndarray) -> Self:
        """The generator itself, continuing from a state of `get_state`, its own or PyTorch's.

        Raises TypeError when `new_state` is not an array of uint8, RuntimeError when its size or content is no state.
        """
        state = _checked_state(new_state)
        index = int(state["next"])
        with self.lock:
            self._restart()
            self._seed = int(state["seed"])
            self._unread = index == 0
            key = state["key"].astype(np.uint32)
            self._twister.state = {
                "bit_generator": "MT19937",
                "state": {"key": key, "pos": TWISTER_WORDS if self._unread else index},
            }
            if state["normal_is_valid"]:
                self.cached_normal = float(state["normal"])
            self._float_normal = (state["float_normal"], state["float_normal_is_valid"])
        return self

    def clone_state(self) -> Self:
        """A second generator in the same state, which goes on by itself."""
        clone = type(self)(self.device)
        clone.__setstate__(Generator.get_state(self))
        return clone

    def get_offset(self) -> int:
        """Raises RuntimeError: only counter-based generators have an offset."""
        raise RuntimeError("CPU Generator does not use offset")

    def set_offset(self, offset: int) -> Self:
        """Raises RuntimeError: only counter-based generators have an offset."""
        raise RuntimeError("CPU Generator does not use offset")

    # Copies and pickles carry the bytes of the state; a subclass may show its state to users as something else.
    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.device,), Generator.get_state(self)

    def __setstate__(self, state: np.ndarray) -> None:
        Generator.set_state(self, state)


def _seed_as_unsigned(seed: int) -> int:
    if isinstance(seed, bool) or not hasattr(seed, "__index__"):
        raise RuntimeError(f"manual_seed expected a long, but got {type(seed).__name__}")
    value = operator.index(seed)
    if not -(2**63) <= value < 2**64:
        raise ValueError("Overflow when unpacking long long")
    return value % 2**64


def _checked_state(new_state: np.ndarray) -> np.void:
    """The one record that the bytes of `new_state` hold."""
    if not isinstance(new_state, np.ndarray):
        raise TypeError(f"expected a torch.ByteTensor, but got {type(new_state).__name__}")
    if new_state.dtype != np.uint8:
        raise TypeError("RNG state must be a torch.ByteTensor")
    if new_state.size != STATE.itemsize:
        raise RuntimeError(
            f"Expected a CPUGeneratorImplState of size {STATE.itemsize} "
            f"but found the input RNG state size to be {new_state.size}"
        )
    state = np.frombuffer(new_state.tobytes(), STATE)[0]
    # The index and the countdown say the same thing; a state in which they differ was never a generator's.
    consistent = state["left"] == (1 if state["next"] == 0 else 1 + TWISTER_WORDS - int(state["next"]))
    if state["seeded"] != 1 or state["next"] > TWISTER_WORDS or not consistent:
        raise RuntimeError("Invalid mt19937 state")
    return state


default_generator = Generator()


def manual_seed(seed: int) -> Generator:
    """The default generator, at the start of the sequence of `seed`.

    >>> manual_seed(1).initial_seed() == initial_seed() == 1
    True
    """
    return default_generator.manual_seed(int(seed))


def initial_seed() -> int:
    """The seed the default generator was last given."""
    return default_generator.initial_seed()


def seed() -> int:
    """A new seed from the operating system, which the default generator now starts from."""
    return default_generator.seed()


def get_rng_state() -> np.ndarray:
    """The state of the default generator: 5056 bytes, uint8."""
    return default_generator.get_state()


def set_rng_state(new_state: np.ndarray) -> None:
    """Lets the default generator continue from `new_state`."""
    default_generator.set_state(new_state)


@contextmanager
def fork_rng(devices: Iterable[Any] | None = None, enabled: bool = True) -> Iterator[None]:
    """A block after which the default generator stands where it stood before; `devices` names none but the CPU.

    >>> before = manual_seed(3).get_state()
    >>> with fork_rng():
    ...     _ = default_generator.raw32(5)
    >>> bool((get_rng_state() == before).all())
    True
    """
    state = default_generator.get_state()
    try:
        yield
    finally:
        if enabled:
            default_generator.set_state(state)
