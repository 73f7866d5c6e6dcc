"""The dtypes of tensors, and PyTorch's rules for mixing them.

A `dtype` is a named NumPy dtype: one object for each, compared by identity. `of_numpy` finds it from an array's dtype.
Everything an operation asks while it runs (`result_type`, `scalar_result`, `check_can_cast_for_inplace`) is asked and
answered in NumPy dtypes, from a memo; everything a user sees is in `dtype` objects.

`bool`, `int` and `float` would hide Python's own here, so the package offers `bool_`, `int32` and `float32` under
those names. NumPy has no half-precision complex numbers: where PyTorch answers complex32, the answer here is complex64.
Follows https://docs.pytorch.org/docs/stable/tensor_attributes.html
"""

from collections.abc import Iterable
from functools import reduce
from typing import Any, Self

import numpy as np

from mutagrad.batched import Batched


class dtype:
    """The element type of a tensor.

    `numpy` is the NumPy dtype, `scalar_type` the name of the type in PyTorch's messages ("Float", "Long").

    >>> float32
    torch.float32
    >>> float32.itemsize, float32.is_floating_point, float32.to_complex()
    (4, True, torch.complex64)
    """

    __slots__ = ("is_complex", "is_floating_point", "is_signed", "itemsize", "name", "numpy", "scalar_type")

    name: str
    numpy: np.dtype
    scalar_type: str
    itemsize: int
    is_floating_point: bool
    is_complex: bool
    is_signed: bool

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        raise TypeError("cannot create 'torch.dtype' instances")

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> tuple[Any, ...]:
        return _named, (self.name,)

    def to_real(self) -> "dtype":
        """The dtype of the real part of numbers of this dtype."""
        return of_numpy[np.dtype(self.numpy.char.lower())] if self.is_complex else self

    def to_complex(self) -> "dtype":
        """The complex dtype whose parts have this dtype; RuntimeError for an integer or bool dtype."""
        if not (self.is_floating_point or self.is_complex):
            raise RuntimeError(f"Unknown Complex ScalarType for {self.scalar_type}")
        return of_numpy[np.promote_types(self.numpy, np.complex64)]


of_numpy: dict[np.dtype, dtype] = {}


def _make(name: str, scalar_type: str) -> dtype:
    made = object.__new__(dtype)
    made.name, made.numpy, made.scalar_type = name, np.dtype(name), scalar_type
    made.itemsize = made.numpy.itemsize
    made.is_floating_point = made.numpy.kind == "f"
    made.is_complex = made.numpy.kind == "c"
    made.is_signed = made.numpy.kind in "ifc"
    of_numpy[made.numpy] = made
    return made


bool_ = _make("bool", "Bool")
uint8 = _make("uint8", "Byte")
uint16 = _make("uint16", "UInt16")
uint32 = _make("uint32", "UInt32")
uint64 = _make("uint64", "UInt64")
int8 = _make("int8", "Char")
int16 = short = _make("int16", "Short")
int32 = _make("int32", "Int")
int64 = long = _make("int64", "Long")
float16 = half = _make("float16", "Half")
float32 = _make("float32", "Float")
float64 = double = _make("float64", "Double")
complex64 = cfloat = _make("complex64", "ComplexFloat")
complex128 = cdouble = _make("complex128", "ComplexDouble")

_by_name = {each.name: each for each in of_numpy.values()}
_of_python: dict[type, dtype] = {bool: bool_, int: int64, float: float64, complex: complex128}


def _named(name: str) -> dtype:
    """The dtype called `name`: what a pickle holds, so that a dtype comes back as the same object."""
    return _by_name[name]


def as_dtype(x: Any, function: str = "tensor", argument: str = "'dtype'") -> dtype:
    """The dtype meant by a dtype, a NumPy dtype, or one of Python's `bool`, `int`, `float` and `complex`.

    Raises TypeError for anything else, in the name of `function` and `argument`.

    >>> as_dtype(float), as_dtype(np.dtype("int8"))
    (torch.float64, torch.int8)
    """
    if isinstance(x, dtype):
        return x
    found = of_numpy.get(x) if isinstance(x, np.dtype) else _of_python.get(x) if isinstance(x, type) else None
    if found is None:
        raise TypeError(f"{function}(): argument {argument} must be torch.dtype, not {type(x).__name__}")
    return found


def legacy_type_name(dt: np.dtype) -> str:
    """The name of the tensor type that PyTorch's messages and `Tensor.type()` use.

    >>> legacy_type_name(np.dtype("float32"))
    'torch.FloatTensor'
    """
    return f"torch.{of_numpy[dt].scalar_type}Tensor"


# The C++ names of dtypes, which some messages use.
_WORDS = {
    "bool": "bool",
    "uint8": "unsigned char",
    "int8": "signed char",
    "int16": "short int",
    "int32": "int",
    "int64": "long int",
    "float16": "c10::Half",
    "float32": "float",
    "float64": "double",
    "complex64": "c10::complex<float>",
    "complex128": "c10::complex<double>",
}


def type_word(dt: np.dtype) -> str:
    """The C++ name of a dtype.

    >>> type_word(np.dtype("int64"))
    'long int'
    """
    return _WORDS.get(dt.name, dt.name)


# The default dtype --------------------------------------------------------------------------------------------------

_default = float32


def get_default_dtype() -> dtype:
    """The dtype of tensors made from Python floats."""
    return _default


def get_default_complex_dtype() -> dtype:
    """The dtype of tensors made from Python complex numbers: the default dtype for both parts."""
    return _default.to_complex()


def set_default_dtype(d: dtype) -> None:
    """Makes `d` the default dtype.

    Raises TypeError when `d` is not a real floating-point dtype.
    """
    global _default
    if not isinstance(d, dtype):
        raise TypeError("invalid dtype object: only floating-point types are supported as the default type")
    if not d.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    _default = d
    scalar_result.clear()
    _results.clear()


# Promotion and casting ----------------------------------------------------------------------------------------------

_CATEGORY = {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}
_UNPROMOTABLE = {uint16.numpy, uint32.numpy, uint64.numpy}


def category(dt: np.dtype) -> int:
    """The place of `dt` in the order bool < integer < floating point < complex."""
    return _CATEGORY[dt.kind]


def promote(a: np.dtype, b: np.dtype) -> np.dtype:
    """The smallest dtype that PyTorch takes to hold both `a` and `b`.

    This is NumPy's but for two things: an integer never widens a floating-point dtype (int64 with float32 is float32),
    and the unsigned integers wider than a byte meet floating-point dtypes only: RuntimeError.
    """
    if a == b:
        return a
    if "f" not in (a.kind, b.kind) and (a in _UNPROMOTABLE or b in _UNPROMOTABLE):
        pair = f"{of_numpy[a].scalar_type} and {of_numpy[b].scalar_type}"
        raise RuntimeError(f"Promotion for uint16, uint32, uint64 types is not supported, attempted to promote {pair}")
    exact_a, exact_b = category(a) < 2, category(b) < 2
    if exact_a != exact_b:
        return b if exact_a else a
    return np.promote_types(a, b)


def promote_types(type1: dtype, type2: dtype) -> dtype:
    """The smallest dtype that holds both `type1` and `type2`, whatever the shapes.

    >>> promote_types(int64, float16), promote_types(uint8, int8)
    (torch.float16, torch.int16)
    """
    a = as_dtype(type1, "promote_types", "'type1' (position 1)")
    b = as_dtype(type2, "promote_types", "'type2' (position 2)")
    return of_numpy[promote(a.numpy, b.numpy)]


def can_cast(from_: dtype, to: dtype) -> bool:
    """Whether a result of dtype `from_` may be stored as `to`: never to a lower category.

    >>> can_cast(float64, float16), can_cast(float16, int64)
    (True, False)
    """
    source = as_dtype(from_, "can_cast", "'from_' (position 1)")
    target = as_dtype(to, "can_cast", "'to' (position 2)")
    return category(source.numpy) <= category(target.numpy)


def check_target(result: np.dtype, target: np.dtype, casts: bool, pointwise: bool = False) -> None:
    """Raises RuntimeError when `out=` of dtype `target` cannot take a result of dtype `result`.

    Functions that work element by element, and sums, cast; kernels of any other kind write their own dtype only.
    """
    if casts:
        check_can_cast_for_inplace(result, target)
    elif result != target and pointwise:
        raise RuntimeError(f"Found dtype {of_numpy[target].scalar_type} but expected {of_numpy[result].scalar_type}")
    elif result != target:
        raise RuntimeError(
            f"Expected out tensor to have dtype {type_word(result)}, but got {type_word(target)} instead"
        )


def check_can_cast_for_inplace(result: np.dtype, target: np.dtype) -> None:
    """Raises RuntimeError when a result of dtype `result` may not be written into memory of dtype `target`."""
    if _CATEGORY[result.kind] > _CATEGORY[target.kind]:
        names = of_numpy[result].scalar_type, of_numpy[target].scalar_type
        raise RuntimeError("result type {} can't be cast to the desired output type {}".format(*names))


# The dtype of a result ----------------------------------------------------------------------------------------------
#
# Operands come in three ranks: arrays with dimensions, zero-dimensional arrays, Python scalars. Promotion is within a
# rank; a lower rank then counts only where its category is higher. So float32 (3,) + float64 () stays float32, and
# int64 (3,) + 2.5 takes the default dtype.

_DIMENSIONED, _ZERO_DIM, _SCALAR = range(3)


def _outranked(upper: np.dtype, lower: np.dtype) -> np.dtype:
    """The dtype of operands of two ranks: `upper`, unless `lower` brings a higher category."""
    if category(lower) <= category(upper):
        return upper
    if upper.kind == "f":
        return of_numpy[upper].to_complex().numpy
    return lower if lower.kind in "fc" else promote(upper, lower)


def _combined(operands: Iterable[tuple[int, np.dtype]]) -> np.dtype:
    """The dtype of a result from the rank and dtype of each operand."""
    ranks: dict[int, np.dtype] = {}
    for rank, dt in operands:
        ranks[rank] = promote(ranks[rank], dt) if rank in ranks else dt
    from_below = [ranks[rank] for rank in (_SCALAR, _ZERO_DIM, _DIMENSIONED) if rank in ranks]
    return reduce(lambda lower, upper: _outranked(upper, lower), from_below)


def _of_scalar(scalar: type) -> np.dtype:
    """The dtype that a Python scalar of this type counts as; NumPy's scalars count as Python's."""
    if issubclass(scalar, (bool, np.bool_)):
        return bool_.numpy
    if issubclass(scalar, (int, np.integer)):
        return int64.numpy
    if issubclass(scalar, (float, np.floating)):
        return _default.numpy
    if issubclass(scalar, (complex, np.complexfloating)):
        return get_default_complex_dtype().numpy
    raise TypeError(f"expected an array or a Python number, not {scalar.__name__}")


def _rank_and_dtype(key: Any) -> tuple[int, np.dtype]:
    if isinstance(key, np.dtype):
        return _DIMENSIONED, key
    return (_ZERO_DIM, key.numpy) if isinstance(key, dtype) else (_SCALAR, _of_scalar(key))


class _Results(dict[tuple[Any, ...], np.dtype]):
    """Memo of `result_type`.

    The key of an operand tells its rank: a NumPy dtype means an array with dimensions, a `dtype` a zero-dimensional
    array, a Python class a scalar.
    """

    def __missing__(self, operands: tuple[Any, ...]) -> np.dtype:
        found = _combined(map(_rank_and_dtype, operands))
        if len(operands) <= 3:  # longer ones come from lists of any length, and would fill the memo
            self[operands] = found
        return found


class _ScalarResults(dict[tuple[np.dtype, type], np.dtype]):
    """Memo of the dtype of an array with a Python scalar; the array's rank makes no difference to it."""

    def __missing__(self, key: tuple[np.dtype, type]) -> np.dtype:
        found = self[key] = _outranked(key[0], _of_scalar(key[1]))
        return found


_results = _Results()
scalar_result = _ScalarResults()
"""`scalar_result[array.dtype, type(scalar)]`: the dtype of a result of an array and a Python scalar, in one look-up."""


ARRAYS = (np.ndarray, Batched)


def result_type(*operands: Any) -> np.dtype:
    """The dtype of a result of `operands`, each an array or a Python (or NumPy) scalar, as PyTorch promotes them.

    Raises RuntimeError where an unsigned integer dtype wider than a byte would have to be widened.

    >>> result_type(np.ones(3, "float32"), np.array(1.0), 2)
    dtype('float32')
    >>> result_type(np.ones(3, "int64"), 2.5)
    dtype('float32')
    """
    # 0.35 µs for two operands; comparing the dtypes first, or `scalar_result`, is cheaper where either will do.
    return _results[
        tuple([(x.dtype if x.ndim else of_numpy[x.dtype]) if isinstance(x, ARRAYS) else type(x) for x in operands])
    ]


# Limits -------------------------------------------------------------------------------------------------------------


class _Limits:
    dtype: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.dtype == other.dtype


class finfo(_Limits):
    """Limits of a floating-point dtype (of the parts of a complex one); of the default dtype where none is given.

    Raises TypeError for an integer or bool dtype.

    >>> finfo(float16)
    finfo(resolution=0.001, min=-65504, max=65504, eps=0.000976562, smallest_normal=6.10352e-05, tiny=6.10352e-05, \
dtype=float16)
    """

    def __init__(self, type: dtype | None = None) -> None:
        of = _default if type is None else as_dtype(type, "finfo", "'type' (position 1)")
        if not (of.is_floating_point or of.is_complex):
            raise TypeError(
                "torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'"
            )
        limits = np.finfo(of.numpy)
        self.bits, self.dtype = limits.bits, limits.dtype.name
        self.eps, self.max, self.min = float(limits.eps), float(limits.max), float(limits.min)
        self.tiny = self.smallest_normal = float(limits.smallest_normal)
        self.resolution = float(f"1e-{limits.precision}")

    def __repr__(self) -> str:
        names = ("resolution", "min", "max", "eps", "smallest_normal", "tiny")
        return f"finfo({', '.join(f'{name}={getattr(self, name):g}' for name in names)}, dtype={self.dtype})"


class iinfo(_Limits):
    """Limits of an integer dtype.

    Raises TypeError for any other dtype.

    >>> iinfo(int8)
    iinfo(min=-128, max=127, dtype=int8)
    """

    def __init__(self, type: dtype) -> None:
        of = as_dtype(type, "iinfo", "'type' (position 1)")
        if of is bool_:
            raise TypeError("torch.bool is not supported by torch.iinfo")
        if of.is_floating_point or of.is_complex:
            raise TypeError("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'")
        limits = np.iinfo(of.numpy)
        self.bits, self.max, self.min, self.dtype = limits.bits, int(limits.max), int(limits.min), of.name

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"
