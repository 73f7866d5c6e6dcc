"""Random numbers equal those PyTorch gave when `tools/record_random.py` ran, which also explains the record."""

import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mutagrad.random
from mutagrad.random import Generator

FOLDER = Path(__file__).parent
RECORD = json.loads((FOLDER / "recorded.json").read_text())
with np.load(FOLDER / "recorded.npz") as archive:
    ARRAYS = dict(archive)

# How far logarithms and sines of NumPy may be from those of the C library.
TOLERANCE = {"float16": 2e-3, "float32": 1e-6, "float64": 1e-13, "complex64": 1e-6, "complex128": 1e-13}


def call(name: str, arguments: dict[str, Any], generator: Generator) -> np.ndarray:
    given = {key: ARRAYS[value["array"]] if isinstance(value, dict) else value for key, value in arguments.items()}
    if "shape" in given:
        given["shape"] = tuple(given["shape"])
    return getattr(mutagrad.random, name)(**given, generator=generator)


def kept(result: np.ndarray) -> np.ndarray:
    """The numbers of a result that were recorded."""
    flat = result.reshape(-1)
    return flat if flat.size <= 33 else flat[np.linspace(0, flat.size - 1, 16).astype(int)]


@pytest.mark.filterwarnings("ignore:.*is out of bounds")
@pytest.mark.parametrize("index", range(len(RECORD["sequences"])))
def test_a_sequence_of_calls_gives_the_numbers_and_the_state_of_pytorch(index: int) -> None:
    """Whatever is called one after another on a seeded generator."""
    sequence, numbers = RECORD["sequences"][index], ARRAYS[f"{index}.numbers"].tobytes()
    generator, start = Generator().manual_seed(sequence["seed"]), 0

    for name, arguments, shape, dtype, checksum in sequence["calls"]:
        result = call(name, arguments, generator)
        found = kept(result)
        expected = np.frombuffer(numbers, dtype, found.size, start)
        start += expected.nbytes
        told = f"{name}({arguments})"
        assert (result.dtype, list(result.shape)) == (dtype, shape), told
        if checksum is None:
            np.testing.assert_allclose(found, expected, TOLERANCE[dtype], TOLERANCE[dtype], err_msg=told)
        else:
            assert zlib.crc32(result.tobytes()) == checksum, (told, found, expected)

    assert_same_state(generator.get_state(), ARRAYS[f"{index}.state"])


def assert_same_state(found: np.ndarray, expected: np.ndarray) -> None:
    """Equal bytes, but for the last bits of the normal number that is kept for the next call."""
    kept_normal = slice(5032 - 8, 5032)
    np.testing.assert_allclose(found[kept_normal].view(float), expected[kept_normal].view(float), 1e-13)
    np.testing.assert_array_equal(np.delete(found, kept_normal), np.delete(expected, kept_normal))


@pytest.mark.parametrize(("name", "arguments", "error", "line"), RECORD["refused"])
def test_what_pytorch_refuses_is_refused_in_its_words(
    name: str, arguments: dict[str, Any], error: str, line: str
) -> None:
    """The class and the first line are PyTorch's, and nothing has been drawn."""
    generator = Generator().manual_seed(0)
    before = generator.get_state()
    with pytest.raises(Exception) as caught:
        call(name, arguments, generator)

    assert (caught.type.__name__, str(caught.value)) == (error, line)
    np.testing.assert_array_equal(generator.get_state(), before)


def test_a_state_of_pytorch_is_continued() -> None:
    """The generator goes on where PyTorch's stopped, beginning with the normal number that was kept."""
    generator = Generator().set_state(ARRAYS["continued.state"])
    restored = generator.get_state()
    normal = mutagrad.random.normal((2,), np.float64, generator=generator)
    uniform = mutagrad.random.uniform((700,), np.float32, generator=generator)

    np.testing.assert_array_equal(restored, ARRAYS["continued.state"])
    np.testing.assert_allclose(normal, ARRAYS["continued.normal"], 1e-13)
    np.testing.assert_array_equal(uniform, ARRAYS["continued.uniform"])


def test_an_uneven_range_is_warned_about() -> None:
    """Beyond 2**24 not every integer is a float32."""
    text = r"to - 1 is out of bounds \[-\(2\^24\), 2\^24\]\. Due to precision limitations float can support"
    with pytest.warns(UserWarning, match=text):
        mutagrad.random.integers((3,), np.float32, 0, 2**25)
