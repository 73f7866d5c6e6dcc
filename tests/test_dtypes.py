"""Dtypes behave as PyTorch 2.13's did when `tools/record_dtypes.py` ran; the letters are explained there."""

import copy
import json
import pickle
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mutagrad import dtypes

RECORD = json.loads((Path(__file__).parent / "data" / "dtypes.json").read_text())
OF_REPR = {repr(dtype): dtype for dtype in dtypes.of_numpy.values()}
# NumPy has no complex32: complex64 is the answer in its place.
BY_LETTER = {letter: OF_REPR[name.replace("complex32", "complex64")] for letter, name in RECORD["names"].items()}
DTYPES = RECORD["type_names"]
OPERANDS = RECORD["operands"]
SCALARS = {"0": True, "1": 1, "2": 1.0, "3": 1j}


@pytest.fixture(autouse=True)
def restore_default() -> Iterator[None]:
    yield
    dtypes.set_default_dtype(dtypes.float32)


def operand(letter: str) -> Any:
    if letter in SCALARS:
        return SCALARS[letter]
    return np.ones((2,) if letter.islower() else (), BY_LETTER[letter.lower()].numpy)


def answer(function: Callable[..., Any], *arguments: Any) -> Any:
    """The dtype given, or None for RuntimeError: to compare with a recorded letter."""
    try:
        found = function(*arguments)
    except RuntimeError:
        return None
    return dtypes.of_numpy[found] if isinstance(found, np.dtype) else found


def message(error: type[Exception], function: Callable[..., Any], *arguments: Any) -> str:
    with pytest.raises(error) as raised:
        function(*arguments)
    return str(raised.value)


@pytest.mark.parametrize("row", range(len(DTYPES)))
def test_promote_types(row: int) -> None:
    """Every pair of dtypes promotes as recorded."""
    a = BY_LETTER[list(DTYPES)[row]]
    for letter, expected in zip(DTYPES, RECORD["promote_types"][row], strict=True):
        assert answer(dtypes.promote_types, a, BY_LETTER[letter]) is BY_LETTER.get(expected)


@pytest.mark.parametrize("row", range(len(DTYPES)))
def test_can_cast(row: int) -> None:
    """A dtype casts to those of its own category and higher ones, as recorded."""
    source = BY_LETTER[list(DTYPES)[row]]
    for letter, expected in zip(DTYPES, RECORD["can_cast"][row], strict=True):
        assert dtypes.can_cast(source, BY_LETTER[letter]) is (expected == "+")


@pytest.mark.parametrize("default", RECORD["result_type"])
def test_result_type_of_two(default: str) -> None:
    """Every pair of dtypes and ranks gives the recorded dtype, under each default dtype."""
    dtypes.set_default_dtype(OF_REPR[default])
    expected = "".join(RECORD["result_type"][default])
    for (a, b), letter in zip(product(OPERANDS, repeat=2), expected, strict=True):
        assert answer(dtypes.result_type, operand(a), operand(b)) is BY_LETTER.get(letter), (a, b)


@pytest.mark.parametrize("default", RECORD["result_type"])
def test_scalar_result_agrees_with_result_type(default: str) -> None:
    """The one look-up for an array and a scalar gives what `result_type` gives."""
    dtypes.set_default_dtype(OF_REPR[default])
    for letter, scalar in product(DTYPES, SCALARS.values()):
        array = operand(letter)
        found = answer(lambda array, scalar: dtypes.scalar_result[array.dtype, type(scalar)], array, scalar)
        assert found is answer(dtypes.result_type, array, scalar)


def test_result_type_of_three() -> None:
    """Ranks are combined over all operands, not pair by pair."""
    for letters, expected in (entry.split(":") for entry in RECORD["of_three"]):
        assert answer(dtypes.result_type, *map(operand, letters)) is BY_LETTER.get(expected), letters


@pytest.mark.parametrize(("scalar", "python"), [(np.float64(2), 2.0), (np.float16(2), 2.0), (np.int8(2), 2)])
def test_numpy_scalars_count_as_python_numbers(scalar: np.generic, python: float) -> None:
    """As in PyTorch, `int32 tensor + np.float64(2)` is `int32 tensor + 2.0`."""
    array = np.ones(2, np.int32)

    assert dtypes.result_type(array, scalar) == dtypes.result_type(array, python)


def test_result_type_of_no_number() -> None:
    """What is neither an array nor a number is refused."""
    assert message(TypeError, dtypes.result_type, np.ones(2), "2") == "expected an array or a Python number, not str"


@pytest.mark.parametrize(
    ("result", "target", "text"),
    [
        ("float32", "int64", "result type Float can't be cast to the desired output type Long"),
        ("int64", "bool", "result type Long can't be cast to the desired output type Bool"),
        ("complex64", "float32", "result type ComplexFloat can't be cast to the desired output type Float"),
        ("float16", "uint8", "result type Half can't be cast to the desired output type Byte"),
        ("float32", "int16", "result type Float can't be cast to the desired output type Short"),
    ],
)
def test_inplace_refuses_a_higher_category(result: str, target: str, text: str) -> None:
    """A result is not written into memory of a lower category, in PyTorch's words."""
    assert message(RuntimeError, dtypes.check_can_cast_for_inplace, np.dtype(result), np.dtype(target)) == text


def test_inplace_check_is_can_cast() -> None:
    """The in-place check lets through exactly what `can_cast` allows."""
    for a, b in product(dtypes.of_numpy.values(), repeat=2):
        refused = answer(lambda a, b: dtypes.check_can_cast_for_inplace(a.numpy, b.numpy) or a, a, b) is None
        assert refused is not dtypes.can_cast(a, b)


def test_wide_unsigned_integers_do_not_promote() -> None:
    """PyTorch's words for the dtypes that it does not promote."""
    expected = "Promotion for uint16, uint32, uint64 types is not supported, attempted to promote UInt16 and Int"
    assert message(RuntimeError, dtypes.promote_types, dtypes.uint16, dtypes.int32) == expected


@pytest.mark.parametrize("letter", DTYPES)
def test_each_dtype_is_one_object(letter: str) -> None:
    """Pickling and copying give the dtype itself."""
    dtype = BY_LETTER[letter]

    assert pickle.loads(pickle.dumps(dtype)) is dtype
    assert copy.deepcopy(dtype) is copy.copy(dtype) is dtype
    assert dtypes.of_numpy[dtype.numpy] is dtypes.as_dtype(dtype.numpy) is dtypes.as_dtype(dtype) is dtype


def test_no_dtype_can_be_made() -> None:
    """A second float32 would not be equal to the first."""
    assert message(TypeError, dtypes.dtype, "float32") == "cannot create 'torch.dtype' instances"


@pytest.mark.parametrize("letter", DTYPES)
def test_legacy_type_name(letter: str) -> None:
    """`torch.FloatTensor` and its like."""
    assert dtypes.legacy_type_name(BY_LETTER[letter].numpy) == DTYPES[letter]


def test_aliases() -> None:
    """C's names stand for the sized ones."""
    assert (dtypes.half, dtypes.double) == (dtypes.float16, dtypes.float64)
    assert (dtypes.short, dtypes.long) == (dtypes.int16, dtypes.int64)
    assert (dtypes.cfloat, dtypes.cdouble) == (dtypes.complex64, dtypes.complex128)


def test_real_and_complex_partners() -> None:
    """`to_real` and `to_complex` keep the precision; an integer has no complex partner."""
    assert dtypes.float64.to_complex() is dtypes.complex128.to_complex() is dtypes.complex128
    assert dtypes.complex64.to_real() is dtypes.float32.to_real() is dtypes.float32
    assert dtypes.int32.to_real() is dtypes.int32
    assert message(RuntimeError, dtypes.int32.to_complex) == "Unknown Complex ScalarType for Int"


def test_signs() -> None:
    """bool and the unsigned integers are the dtypes without a sign."""
    unsigned = {dtype.name for dtype in dtypes.of_numpy.values() if not dtype.is_signed}

    assert unsigned == {"bool", "uint8", "uint16", "uint32", "uint64"}


@pytest.mark.parametrize(
    ("kind", "name"), [(bool, "bool"), (int, "int64"), (float, "float64"), (complex, "complex128")]
)
def test_python_types_are_dtypes(kind: type, name: str) -> None:
    """`dtype=float` means float64, as in NumPy."""
    assert dtypes.as_dtype(kind).name == name


def test_what_is_no_dtype() -> None:
    """The error names the function, the argument and the class of what was given."""
    assert message(TypeError, dtypes.as_dtype, "float32") == "tensor(): argument 'dtype' must be torch.dtype, not str"
    assert (
        message(TypeError, dtypes.as_dtype, str, "zeros") == "zeros(): argument 'dtype' must be torch.dtype, not type"
    )
    expected = "promote_types(): argument 'type2' (position 2) must be torch.dtype, not str"
    assert message(TypeError, dtypes.promote_types, dtypes.int8, "a") == expected


@pytest.mark.parametrize("bad", ["float32", float, None, np.float32])
def test_default_dtype_must_be_a_dtype(bad: Any) -> None:
    """Python and NumPy types are not taken, as in PyTorch, and nothing changes."""
    expected = "invalid dtype object: only floating-point types are supported as the default type"
    assert message(TypeError, dtypes.set_default_dtype, bad) == expected
    assert dtypes.get_default_dtype() is dtypes.float32


def test_default_dtype_must_be_real_floating_point() -> None:
    """Neither integers nor complex numbers can be the default."""
    expected = "only floating-point types are supported as the default type"
    assert message(TypeError, dtypes.set_default_dtype, dtypes.int32) == expected
    assert message(TypeError, dtypes.set_default_dtype, dtypes.complex64) == expected


@pytest.mark.parametrize("info", ["finfo", "iinfo"])
def test_limits(info: str) -> None:
    """Attributes and repr of the limits are the recorded ones."""
    for letter, expected in RECORD[info].items():
        limits = getattr(dtypes, info)(BY_LETTER[letter])
        found = {name: getattr(limits, name) for name in expected if name != "repr"} | {"repr": repr(limits)}
        assert found == expected


def test_limits_compare_by_dtype() -> None:
    """Two limits are equal when they are of one dtype; finfo of nothing is that of the default dtype."""
    assert dtypes.finfo() == dtypes.finfo(dtypes.float32) != dtypes.finfo(dtypes.float64)
    assert dtypes.iinfo(dtypes.int8) != dtypes.finfo(dtypes.float32)


def test_limits_of_the_wrong_kind() -> None:
    """finfo is for floating point and complex dtypes, iinfo for integers, neither for bool."""
    floating = "torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'"
    integer = "torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'"
    assert message(TypeError, dtypes.finfo, dtypes.int32) == floating
    assert message(TypeError, dtypes.iinfo, dtypes.float32) == integer
    assert message(TypeError, dtypes.iinfo, dtypes.bool_) == "torch.bool is not supported by torch.iinfo"
