"""What PyTorch's error texts say of dtypes: their names, in two spellings, and which of them a kernel refuses."""

import numpy as np

# What PyTorch calls a dtype in "not implemented for 'Long'" …
SCALAR_NAMES = {
    np.dtype(np.bool_): "Bool",
    np.dtype(np.uint8): "Byte",
    np.dtype(np.uint16): "UInt16",
    np.dtype(np.uint32): "UInt32",
    np.dtype(np.uint64): "UInt64",
    np.dtype(np.int8): "Char",
    np.dtype(np.int16): "Short",
    np.dtype(np.int32): "Int",
    np.dtype(np.int64): "Long",
    np.dtype(np.float16): "Half",
    np.dtype(np.float32): "Float",
    np.dtype(np.float64): "Double",
    np.dtype(np.complex64): "ComplexFloat",
    np.dtype(np.complex128): "ComplexDouble",
}

# … and in "out of bounds for long int".
C_NAMES = {
    np.dtype(np.bool_): "bool",
    np.dtype(np.uint8): "unsigned char",
    np.dtype(np.uint16): "short unsigned int",
    np.dtype(np.uint32): "unsigned int",
    np.dtype(np.uint64): "long unsigned int",
    np.dtype(np.int8): "signed char",
    np.dtype(np.int16): "short int",
    np.dtype(np.int32): "int",
    np.dtype(np.int64): "long int",
    np.dtype(np.float16): "c10::Half",
    np.dtype(np.float32): "float",
    np.dtype(np.float64): "double",
    np.dtype(np.complex64): "c10::complex<float>",
    np.dtype(np.complex128): "c10::complex<double>",
}


def scalar_name(dtype: np.dtype) -> str:
    """PyTorch's name of `dtype` in its error texts.

    >>> scalar_name(np.dtype(np.int64))
    'Long'
    """
    return SCALAR_NAMES[dtype]


def is_floating(dtype: np.dtype) -> bool:
    """Whether `dtype` is a real floating type."""
    return dtype.kind == "f"


def check_kernel(kernel: str, dtype: np.dtype, kinds: str, count: int = 1) -> None:
    """Raises NotImplementedError as PyTorch's `kernel` does for a dtype whose NumPy kind is not among `kinds`.

    Unsigned integers of more than 8 bits are among none. A kernel that is not run, since `count` is 0, raises nothing.
    """
    wide_unsigned = dtype.kind == "u" and dtype.itemsize > 1
    if count and (dtype.kind not in kinds or wide_unsigned):
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{scalar_name(dtype)}'")
