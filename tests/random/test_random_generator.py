"""The generator: its sequence, its state, its copies, and who may draw from it at the same time."""

import copy
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from mutagrad import random
from mutagrad.random import Generator


@pytest.fixture(autouse=True)
def restore_default() -> Iterator[None]:
    state = random.get_rng_state()
    yield
    random.set_rng_state(state)


def test_the_twister_is_the_one_of_the_c_standard_library() -> None:
    """ISO C++, [rand.predef]: the 10000th draw of mt19937 from its default seed 5489 is 4123659995."""
    draws = Generator().manual_seed(5489).raw32(10000)

    assert draws[-1] == 4123659995


def test_bulk_draws_are_the_single_draws() -> None:
    """How many are asked for at a time makes no difference."""
    bulk, single = Generator().manual_seed(1), Generator().manual_seed(1)
    parts = [single.raw32(count) for count in (1, 0, 623, 1, 624, 4095, 4096, 660)]

    np.testing.assert_array_equal(bulk.raw32(10100), np.concatenate(parts))


@pytest.mark.parametrize("count", [0, 1, 2, 311, 312, 4095, 4096, 5000])
def test_a_64_bit_draw_is_two_32_bit_draws(count: int) -> None:
    """The earlier one is the high half."""
    wide = Generator().manual_seed(2).raw64(count)
    high, low = Generator().manual_seed(2).raw32(2 * count).astype(np.uint64).reshape(count, 2).T

    np.testing.assert_array_equal(wide, high * np.uint64(2**32) + low)


@pytest.mark.parametrize(("seed", "stored"), [(0, 0), (-1, 2**64 - 1), (-(2**63), 2**63), (2**64 - 1, 2**64 - 1)])
def test_negative_seeds_count_down_from_2_to_the_64(seed: int, stored: int) -> None:
    assert Generator().manual_seed(seed).initial_seed() == stored


def test_seed_takes_a_new_one_of_53_bits() -> None:
    generator = Generator()
    first, second = generator.seed(), generator.seed()

    assert first != second == generator.initial_seed() < 2**53


@pytest.mark.parametrize(
    ("seed", "error", "text"),
    [
        (2**64, ValueError, "Overflow when unpacking long long"),
        (-(2**63) - 1, ValueError, "Overflow when unpacking long long"),
        (1.5, RuntimeError, "manual_seed expected a long, but got float"),
        ("a", RuntimeError, "manual_seed expected a long, but got str"),
        (None, RuntimeError, "manual_seed expected a long, but got NoneType"),
        (True, RuntimeError, "manual_seed expected a long, but got bool"),
    ],
)
def test_what_is_no_seed_is_refused(seed: Any, error: type[Exception], text: str) -> None:
    """In PyTorch's words, and the sequence goes on as if nothing had happened."""
    generator = Generator().manual_seed(3)
    before = generator.get_state()
    with pytest.raises(error) as caught:
        generator.manual_seed(seed)

    assert str(caught.value) == text
    np.testing.assert_array_equal(generator.get_state(), before)


@pytest.mark.parametrize(
    ("state", "error", "text"),
    [
        ([1], TypeError, "expected a torch.ByteTensor, but got list"),
        (np.zeros(5056), TypeError, "RNG state must be a torch.ByteTensor"),
        (np.zeros(5056, np.uint8), RuntimeError, "Invalid mt19937 state"),
        (
            np.zeros(5, np.uint8),
            RuntimeError,
            "Expected a CPUGeneratorImplState of size 5056 but found the input RNG state size to be 5",
        ),
    ],
)
def test_what_is_no_state_is_refused(state: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error) as caught:
        Generator().set_state(state)

    assert str(caught.value) == text


@pytest.mark.parametrize("position", [8, 12, 16, 17])
def test_a_state_that_contradicts_itself_is_refused(position: int) -> None:
    """The countdown, the flag and the index of the next word have to agree."""
    generator = Generator().manual_seed(4)
    generator.raw32(10)
    state = generator.get_state()
    state[position] ^= 3

    with pytest.raises(RuntimeError, match="Invalid mt19937 state"):
        generator.set_state(state)


@pytest.mark.parametrize("drawn", [0, 1, 623, 624, 625])
def test_a_state_brings_the_sequence_back(drawn: int) -> None:
    """Whatever has been drawn before and after, also where the twister turns over."""
    generator = Generator().manual_seed(5)
    generator.raw32(drawn)
    random.normal((1,), np.float32, generator=generator)
    state = generator.get_state()
    first = random.normal((4,), np.float32, generator=generator)
    generator.raw32(1000)
    generator.set_state(state)

    np.testing.assert_array_equal(generator.get_state(), state)
    np.testing.assert_array_equal(random.normal((4,), np.float32, generator=generator), first)


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, Generator.clone_state, lambda given: pickle.loads(pickle.dumps(given))]
)
def test_a_copy_goes_on_by_itself(duplicate: Callable[[Generator], Generator]) -> None:
    """It draws the same numbers, and drawing from it does not move the original."""
    original = Generator().manual_seed(6)
    random.normal((3,), np.float64, generator=original)
    twin = duplicate(original)
    state = original.get_state()
    drawn = random.normal((3,), np.float64, generator=twin)

    np.testing.assert_array_equal(original.get_state(), state)
    np.testing.assert_array_equal(random.normal((3,), np.float64, generator=original), drawn)


def test_other_devices_are_refused() -> None:
    with pytest.raises(RuntimeError, match="Device type cuda is not supported"):
        Generator("cuda")


def test_only_counter_based_generators_have_an_offset() -> None:
    with pytest.raises(RuntimeError, match="CPU Generator does not use offset"):
        Generator().get_offset()
    with pytest.raises(RuntimeError, match="CPU Generator does not use offset"):
        Generator().set_offset(1)


def test_functions_without_a_generator_use_the_default_one() -> None:
    random.manual_seed(7)
    given = random.uniform((3,), np.float32, generator=Generator().manual_seed(7))

    assert random.initial_seed() == random.default_generator.initial_seed() == 7
    np.testing.assert_array_equal(random.uniform((3,), np.float32), given)


def test_fork_rng_gives_the_sequence_back_after_an_error() -> None:
    random.manual_seed(8)
    state = random.get_rng_state()
    with pytest.raises(ZeroDivisionError), random.fork_rng():
        random.uniform((3,), np.float32)
        raise ZeroDivisionError

    np.testing.assert_array_equal(random.get_rng_state(), state)


def test_threads_share_one_sequence() -> None:
    """Every number is handed out once, and what one call draws stays together."""
    shared, alone = Generator().manual_seed(9), Generator().manual_seed(9)
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda _: random.normal((17,), np.float64, generator=shared), range(200)))
    expected = [random.normal((17,), np.float64, generator=alone) for _ in range(200)]

    assert sorted(map(tuple, drawn)) == sorted(map(tuple, expected))
