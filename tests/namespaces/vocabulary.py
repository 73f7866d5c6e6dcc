"""Calls of every name that declarations may use, in the way of the samples of operations.

`CALLS` holds for each name of `mutagrad.namespaces.arrays` the calls that the other namespaces are compared on. Inputs
are differentiated where the name is; `but(grad=())` marks those that are not.
"""

from typing import Any

import numpy as np

from mutagrad.namespaces.axis_maps import AxisMap
from mutagrad.namespaces.convolutions import Geometry

from ..operations.run import flatten
from ..operations.sample import (
    DIFFERENTIABLE,
    Call,
    Sample,
    call,
    distinct,
    index,
    literal,
    mask,
    nonzero,
    normal,
    operation,
    positive,
    probability,
    unit,
)

REAL = ("float64",)
WHOLE = ("int64",)
BOOL, INT, FLOAT, COMPLEX = map(np.dtype, ("bool", "int64", "float64", "complex128"))


def each(names: str, *calls: Call, dtypes: tuple[str, ...] = DIFFERENTIABLE, flat: bool = False) -> list[Sample]:
    """The same calls for several names, in these dtypes; `flat`: they have no gradient."""
    labelled = {f"call{i}": made.but(**{"dtypes": dtypes, **made.options}) for i, made in enumerate(calls)}
    if flat:
        labelled = {label: made.but(grad=()) for label, made in labelled.items()}
    return [sample for name in names.split() for sample in operation(name, **labelled)]


def unary(names: str, draw=normal, **options) -> list[Sample]:
    """Names of one argument, on a matrix and on a single number."""
    return each(names, call(draw(2, 3)), call(draw()), **options)


def binary(names: str, left=normal, right=normal, number=False, **options) -> list[Sample]:
    """Names of two arguments, broadcast, and where Python has an operator for it with a number on the right."""
    calls = [call(left(2, 3), right(3)), call(left(2, 1), right(3)), *([call(left(2, 3), 2)] if number else [])]
    return each(names, *calls, **options)


ELEMENTWISE = [
    *unary("atan asinh conj cos cosh exp exp2 expm1 imag negative real sigmoid sin sinh square tan tanh"),
    *unary("abs sign", nonzero),
    *unary("log log1p log2 log10 sqrt", positive),
    *unary("acos asin atanh", unit),
    *each("acosh", call(literal([1.5, 2.0, 3.5]))),
    *unary("digamma lgamma i0 i1", positive, dtypes=REAL),
    *unary("erf erfc relu", nonzero, dtypes=REAL),
    *unary("erfinv", unit, dtypes=REAL),
    *unary("erfcx log_ndtr", dtypes=REAL),
    *unary("ndtri", probability, dtypes=REAL),
    *each(
        "bessel",
        *(call(positive(2, 3), kind, order) for kind in ("j", "y", "i", "k", "ie", "ke") for order in (0, 1, 2)),
        call(normal(2, 3), "spherical", 0),
        call(normal(2, 3), "spherical", 1),
        dtypes=REAL,
    ),
    *each("airy", call(normal(2, 3), 0), call(normal(2, 3), 1), dtypes=REAL),
    *each("gammainc gammaincc", call(positive(2, 3), positive(3)).but(grad=(1,)), dtypes=REAL),
    *each("zeta", call(literal([2.0, 3.5]), positive(2)).but(grad=(1,)), dtypes=REAL),
    *each("polygamma", call(1, positive(3)), call(2, positive(2, 2)), dtypes=REAL),
    *unary("ceil floor round trunc", dtypes=(*REAL, *WHOLE)),
    *each("signbit", call(nonzero(2, 3)), dtypes=REAL, flat=True),
    *each("isfinite isinf isnan", call(literal([1.0, float("inf"), float("nan")])), flat=True),
    *each("is_complex", call(normal(2)), flat=True),
    *each("nan_to_num", call(literal([1.0, float("inf"), float("nan")]), None, None, None), dtypes=REAL),
    *each("nan_to_num", call(literal([1.0, float("-inf"), float("nan")]), 3.0, 4.0, 5.0), dtypes=REAL),
    *binary("add multiply subtract", number=True),
    *binary("divide", right=nonzero, number=True),
    *binary("atan2 hypot", nonzero, nonzero, dtypes=REAL),
    *binary("copysign fmax fmin logaddexp maximum minimum", nonzero, nonzero, dtypes=REAL),
    *binary("pow", positive, unit),
    *binary("xlogy", positive, positive, dtypes=REAL),
    *binary("floor_divide fmod remainder trunc_divide", positive, nonzero, dtypes=(*REAL, *WHOLE)),
    *each("zero_where_not_positive", call(nonzero(2, 3), normal(2, 3)).but(grad=(1,)), dtypes=REAL),
    *each("frexp", call(normal(2, 3)), dtypes=REAL, flat=True),
    *each("nextafter", call(normal(2, 3), normal(3)), dtypes=REAL, flat=True),
    *binary("equal not_equal", number=True, flat=True),
    *binary("greater greater_equal less less_equal", number=True, dtypes=REAL, flat=True),
    *each("logical_and logical_or logical_xor", call(mask(2, 3), mask(3)), call(unit(2, 3), unit(3)), flat=True),
    *each("logical_not", call(mask(3)), call(unit(2, 3)), flat=True),
    *binary("bitwise_and bitwise_or bitwise_xor", number=True, dtypes=WHOLE),
    *binary("gcd lcm", nonzero, nonzero, dtypes=WHOLE),
    *binary("bitwise_left_shift bitwise_right_shift", right=positive, number=True, dtypes=WHOLE),
    *each("bitwise_invert", call(normal(3)), call(mask(3)), dtypes=WHOLE),
    *each("clip", call(normal(2, 3), -0.5, 0.5), call(normal(3), None, 0.1), call(normal(3), 0.1, None), dtypes=REAL),
    *each("complex", call(normal(2, 3), normal(3)), dtypes=REAL),
    *each(
        "where", call(mask(2, 3), normal(2, 3), normal(3)), call(mask(3), normal(2, 1), 0), call(mask(3), 0, normal())
    ),
]

LAYOUTS = [
    *each("arange", call(5), call(2, 7), flat=True),
    *each("asarray", call(normal(2)), call(2.5), flat=True),
    *each("astype", call(normal(2), COMPLEX), call(normal(2), FLOAT).but(dtypes=REAL)),
    *each("astype", call(normal(2), INT), call(normal(2), BOOL), dtypes=REAL, flat=True),
    *each("broadcast_to", call(normal(3), (2, 3)), call(normal(2, 1), (4, 2, 3)), call(normal(), (2,))),
    *each("concat", call([normal(2, 3), normal(1, 3)], axis=0), call([normal(2, 3), normal(2, 1)], axis=-1)),
    *each("stack", call([normal(2), normal(2)], axis=0), call([normal(2, 3), normal(2, 3)], axis=-1)),
    *each("copy", call(normal(2, 3)), call(normal())),
    *each("diagonal", call(normal(3, 3)), call(normal(2, 3, 4), 1, 2, 0), call(normal(3, 3), -1)),
    *each("expand_dims", call(normal(2, 3), axis=0), call(normal(2, 3), axis=-1)),
    *each("squeeze", call(normal(1, 3), axis=0), call(normal(2, 1), axis=-1), call(normal(1, 2, 1), axis=(0, -1))),
    *each("flip", call(normal(2, 3), axis=0), call(normal(2, 3), axis=(0, -1)), call(normal(2, 3))),
    *each("roll", call(normal(2, 3), 1, axis=0), call(normal(2, 3), (1, -1), axis=(0, -1))),
    *each("tile", call(normal(2, 3), (2, 1)), call(normal(3), (2, 2)), call(normal(), (3,))),
    *each("matrix_transpose", call(normal(2, 3)), call(normal(2, 3, 4))),
    *each("moveaxis", call(normal(2, 3, 4), 0, -1), call(normal(2, 3, 4), (0, 1), (-1, 0))),
    *each("permute_dims", call(normal(2, 3, 4), (2, 0, 1)), call(normal(2, 3), (1, 0))),
    *each(
        "reshape", call(normal(2, 3), (3, 2)), call(normal(2, 3), (-1,)), call(normal(2, 3), -1), call(normal(), (1,))
    ),
    *each("tril triu", call(normal(3, 3), k=0), call(normal(2, 2, 3), k=1), call(normal(3, 2), k=-1)),
    *each("zeros", call((2, 3)), call((2,), dtype=COMPLEX), call((), dtype=INT), call(2), flat=True),
    *each("ones_like zeros_like", call(normal(2, 3)), call(normal(2, 3), dtype=INT), flat=True),
    *each("view_as_complex", call(normal(3, 2)), call(normal(2)), dtypes=REAL),
    *each("view_as_real", call(normal(3)), call(normal()), dtypes=("complex128",)),
    *each("strides", call(normal(2, 3)), call(normal(2, 3).laid("transposed")), call(normal()), flat=True),
    *each("as_strided", call(normal(6), (2, 3), (1, 2), 0), call(normal(2, 3), (3,), (2,), 0)),
    *each("fit", call(normal(2, 3), (3,), COMPLEX).but(dtypes=("complex128",))),
    *each("fit", call(normal(2, 3), (2, 1), FLOAT), call(normal(2, 3), (), FLOAT), call(normal(), (), FLOAT)),
]

REDUCTIONS = [
    *each(
        "mean sum",
        *(call(normal(2, 3, 2), axis=axis) for axis in (None, (), 1, -1, (0, 2), (0, -1))),
        call(normal(2, 3), axis=0, keepdims=True),
        call(normal(2, 3), axis=(0, 1), keepdims=True),
        call(normal(2, 3), keepdims=True),
        call(normal()),
        call(normal(), axis=()),
    ),
    *each("sum prod", call(normal(2, 3), axis=0, dtype=COMPLEX), call(normal(2, 3), dtype=COMPLEX)),
    *each("sum prod", call(normal(2, 3), axis=1), call(mask(2, 3), axis=0, dtype=INT), dtypes=WHOLE),
    *each(
        "prod",
        *(call(normal(2, 3), axis=axis) for axis in (None, (), 0, -1)),
        call(normal(2, 3), axis=0, keepdims=True),
        call(normal(2, 3), keepdims=True),
        call(normal(2, 3, 2), axis=(0, -1)),
        call(normal()),
    ),
    *each(
        "max min",
        *(call(distinct(2, 3, 2), axis=axis) for axis in (None, (), 1, -1, (0, -1))),
        call(distinct(2, 3), axis=1, keepdims=True),
        call(distinct(2, 3), keepdims=True),
        call(distinct()),
        dtypes=(*REAL, *WHOLE),
    ),
    *each(
        "all any",
        *(call(mask(2, 3, 2), axis=axis) for axis in (None, (), 1, -1, (0, -1))),
        call(mask(2, 3), axis=1, keepdims=True),
        call(unit(2, 3), axis=0),
        flat=True,
    ),
    *each(
        "argmax argmin",
        call(distinct(2, 3)),
        call(distinct(2, 3), axis=0),
        call(distinct(2, 3), axis=-1, keepdims=True),
        call(distinct()),
        dtypes=REAL,
        flat=True,
    ),
    *each(
        "logsumexp",
        call(normal(2, 3), axis=0),
        call(normal(2, 3), axis=(0, 1)),
        call(normal(2, 3), axis=1, keepdims=True),
    ),
]

ALONG_AN_AXIS = [
    *each(
        "cumulative_sum cumulative_prod cumulative_logaddexp",
        call(normal(2, 3), axis=0),
        call(normal(2, 3), axis=-1),
        call(normal(), axis=0),
    ),
    *each("cumulative_sum cumulative_prod", call(normal(3), axis=0, dtype=COMPLEX)),
    *each("cumulative_max cumulative_min", call(distinct(2, 3), axis=0), call(distinct(2, 3), axis=-1), dtypes=REAL),
    *each(
        "softmax log_softmax",
        call(normal(2, 3), axis=0),
        call(normal(2, 3), axis=-1),
        call(normal(), axis=0),
        dtypes=REAL,
    ),
    *each(
        "argsort",
        call(literal([2.0, 1.0, 2.0, 1.0])),
        call(literal([2.0, 1.0, 2.0, 1.0]), descending=True),
        call(distinct(2, 3), axis=0),
        call(distinct(), axis=-1),
        dtypes=REAL,
        flat=True,
    ),
    *each(
        "argtopk",
        call(distinct(3, 20), 2, axis=-1),
        call(distinct(4, 2), 3, axis=0, largest=False),
        dtypes=REAL,
        flat=True,
    ),
    *each(
        "take_along_axis",
        call(normal(2, 3), index(2, 4, 3), axis=0),
        call(normal(2, 3), index(3, 2, 2), axis=-1),
        call(normal(3, 3), index(3, 2, 2), axis=-1),
        call(normal(), index(1), axis=0),
    ),
    *each(
        "put_along_axis",
        call(normal(2, 3), literal([[1, 0, 1]], "int64"), normal(1, 3), axis=0),
        call(normal(3, 3), literal([[2, 0], [1, 2]], "int64"), normal(2, 2), axis=-1),
    ),
    *each("add_along_axis", call(normal(2, 3), index(2, 4, 3), normal(4, 3), axis=0)),
    *each("add_along_axis", call(normal(3, 3), index(3, 2, 5), normal(2, 5), axis=-1)),
    *each("take", call(normal(3, 2), index(3, 4), axis=0), call(normal(2, 3), index(3, 2, 2), axis=1)),
    *each("get_at", call(normal(3, 2), (index(3, 4),)), call(normal(3, 2), (index(3, 4), index(2, 4)))),
    *each(
        "reduce_at",
        *(
            call(distinct(3), (np.array([0, 2, 0, 1]),), distinct(4), kind, include_self)
            for kind in ("sum", "prod", "amax", "amin")
            for include_self in (True, False)
        ),
        dtypes=REAL,
    ),
]

PRODUCTS = [
    *each(
        "matmul",
        call(normal(3), normal(3)),
        call(normal(2, 3), normal(3)),
        call(normal(3), normal(3, 2)),
        call(normal(2, 3), normal(3, 4)),
        call(normal(4, 2, 3), normal(3, 2)),
        call(normal(4, 2, 3), normal(4, 3, 2)),
        call(normal(2, 3), normal(4, 3, 2)),
    ),
    *each(
        "tensordot",
        call(normal(2, 3), normal(3, 2), axes=((0, 1), (1, 0))),
        call(normal(2, 3), normal(2, 4), axes=((0,), (0,))),
    ),
]

SPECTRA = [
    *each("fftn ifftn", call(normal(2, 3), None, (1,), "backward"), call(normal(2, 3), (3, 2), (0, 1), "ortho")),
    *each(
        "rfftn", call(normal(2, 3), None, (1,), "backward"), call(normal(2, 3), (3, 4), (0, 1), "forward"), dtypes=REAL
    ),
    *each(
        "irfftn",
        call(normal(2, 3), (4,), (1,), "backward"),
        call(normal(2, 3), (3, 5), (0, 1), "ortho"),
        dtypes=("complex128",),
    ),
]

PLAIN = Geometry((1,), (0,), (1,), 1)
UNEVEN = Geometry((2, 1), (1, 0), (1, 2), 2)
TAPS = AxisMap.of_taps(np.array([[0, 1], [1, 3], [2, -1]]), np.array([[0.5, 0.5], [2.0, 1.0], [1.0, 9.0]]), 3)
LAYERS = [
    *each(
        "convolve", call(normal(2, 3, 5), normal(4, 3, 2), PLAIN), call(normal(2, 4, 5, 4), normal(2, 2, 3, 2), UNEVEN)
    ),
    *each(
        "convolve_input",
        call(normal(2, 4, 4), normal(4, 3, 2), (2, 3, 5), PLAIN),
        call(normal(2, 2, 3, 2), normal(2, 2, 3, 2), (2, 4, 5, 4), UNEVEN),
    ),
    *each(
        "convolve_weight",
        call(normal(2, 4, 4), normal(2, 3, 5), (4, 3, 2), PLAIN),
        call(normal(2, 2, 3, 2), normal(2, 4, 5, 4), (2, 2, 3, 2), UNEVEN),
    ),
    *each("map_along", call(normal(3, 2), TAPS, 0), call(normal(2, 3), TAPS, -1)),
]

MATRIX = literal([[4.0, 1.0, 0.5], [0.2, 3.0, -1.0], [-0.3, 0.4, 2.0]])
TRIANGLES = [
    call(MATRIX, normal(3, 2), upper=upper, unitriangular=unit) for upper in (True, False) for unit in (True, False)
]
MATRICES = [
    *each("det matrix_exp", call(MATRIX), call(normal(2, 2, 2))),
    *each("svdvals", call(MATRIX)),
    *each("pinv", call(normal(3, 2), 1e-15), call(normal(2, 3), 1e-15)),
    *each("solve_triangular", *TRIANGLES, call(normal(2, 3, 3), normal(3, 1), upper=True)),
]
SEVERAL = [
    *each("cholesky inv lu_factor slogdet", call(MATRIX)),
    *each("solve", call(MATRIX, normal(3, 2)), call(MATRIX, normal(2, 3, 1))),
    *each("eig", call(MATRIX)),
    *each("eigh eigvalsh", call(MATRIX, True)),
    *each("svd", call(MATRIX, True), call(normal(3, 2), False), call(normal(2, 3), True)),
    *each("qr", call(normal(3, 2), "reduced"), call(normal(2, 3), "complete")),
]
"""Names with several results, or of Hermitian matrices: their gradients are tested with the operations."""

SAMPLES = [*ELEMENTWISE, *LAYOUTS, *REDUCTIONS, *ALONG_AN_AXIS, *PRODUCTS, *SPECTRA, *LAYERS, *MATRICES, *SEVERAL]
RUNS = {
    name: [(sample, dtype) for sample in SAMPLES if sample.operation == name for dtype in sample.dtypes]
    for name in sorted({sample.operation for sample in SAMPLES})
}
"""For each name its calls, each in a dtype."""

IN_PLACE = {"add_at", "as_strided", "strides"}
"""Names for buffers that are written to: the reverse pass needs them, no declaration does."""


def evaluate(xp: Any, sample: Sample, inputs: list) -> list:
    """The results of a sample's call in a namespace."""
    args, kwargs = sample.bind(None, inputs)
    return flatten(getattr(xp, sample.operation)(*args, **kwargs))
