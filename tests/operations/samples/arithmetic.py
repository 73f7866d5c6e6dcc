"""Samples of operations of two or three numbers, element by element: arithmetic, comparison, logic, selection."""

from ..sample import FLOATS, Call, call, literal, mask, nonzero, normal, operation, positive, unit

INFINITIES = [1.0, -1.0, 0.0, float("inf"), float("-inf"), float("nan")]


def binary(names, left=normal, right=normal, scalar: float | None = 1.7, empty=True, **more: Call):
    """The samples that any operation of two tensors has: shapes, layouts, mixed dtypes, a Python number."""
    calls = {
        "same": call(left(2, 3), right(2, 3)),
        "row": call(left(2, 3), right(3)),
        "both_broadcast": call(left(2, 1, 3), right(4, 1)),
        "zero_dim": call(left(2, 3), right()),
        "two_zero_dim": call(left(), right()),
        "transposed": call(left(3, 2), right(3, 2).laid("transposed")),
        "strided": call(left(2, 3).laid("strided"), right(3)),
        "narrower": call(left(2, 3), right(2, 3).of("float32")).but(grad=(0, 1), smooth=False),
        "whole": call(left(2, 3), right(3).of("int64")),
    }
    if empty:
        calls["empty"] = call(left(0, 3), right(1, 3))
    if scalar is not None:
        calls["scalar"] = call(left(2, 3), scalar)
    return operation(names, **calls, **more)


def discrete(names, **more: Call):
    """Samples of comparisons: equal pairs among them, NaN, and every input layout that matters."""
    return operation(
        names,
        ties=call(literal([1.0, 2.0, 3.0]), literal([1.0, 3.0, 2.0])),
        row=call(normal(2, 3), normal(3)),
        scalar=call(literal([0.0, 1.0, 2.0]), 1),
        whole=call(literal([0.0, 1.0, 2.0]), literal([0, 1, 1], "int64")),
        nan=call(literal(INFINITIES), literal([1.0, 0.0, 0.0, *INFINITIES[3:]])).but(dtypes=FLOATS),
        transposed=call(normal(3, 2), normal(3, 2).laid("transposed")),
        zero_dim=call(normal(), normal(2)),
        empty=call(normal(0), normal(1)),
        **more,
    )


ARITHMETIC = [
    *binary(
        "add",
        alpha=call(normal(2, 3), normal(3), alpha=2),
        fraction=call(normal(2, 3), normal(3), alpha=0.5).but(dtypes=(*FLOATS, "complex128", "int64")),
        complex_scalar=call(normal(2), 1 + 2j).but(dtypes=("complex128",)),
        true=call(normal(2), True),
    ),
    *binary("sub subtract", alpha=call(normal(2, 3), normal(3), alpha=2)),
    *operation("rsub", same=call(normal(2, 3), normal(2, 3)), scalar=call(normal(2), 3, alpha=2)),
    *binary("mul multiply", true=call(normal(2), True), complex_other=call(normal(2), normal(2).of("complex128"))),
    *binary(
        "div divide true_divide",
        right=nonzero,
        floor=call(normal(2, 3), nonzero(3), rounding_mode="floor"),
        trunc=call(normal(2, 3), nonzero(3), rounding_mode="trunc"),
        none=call(normal(2, 3), nonzero(3), rounding_mode=None),
        by_zero=call(literal([1.0, -1.0, 0.0]), literal([0.0, 0.0, 0.0])).but(smooth=False, dtypes=FLOATS),
        floor_negative=call(literal([-7.0, 7.0, -6.0]), 2, rounding_mode="floor").but(smooth=False),
    ),
    *binary("floor_divide", right=nonzero, negative=call(literal([-7.0, 7.0, -6.0]), literal([2.0, -2.0, 4.0]))),
    *binary(
        "remainder",
        right=nonzero,
        signs=call(literal([-7.5, 7.5, -7.5, 6.0]), literal([2.0, -2.0, -2.0, 3.0])).but(smooth=False),
        from_scalar=call(7, nonzero(3)),
    ),
    *binary(
        "fmod",
        right=nonzero,
        signs=call(literal([-7.5, 7.5, -7.5, 6.0]), literal([2.0, -2.0, -2.0, 3.0])).but(smooth=False),
    ),
    *binary(
        "pow",
        left=positive,
        right=unit,
        scalar=2.5,
        square=call(normal(2, 3), 2),
        cube=call(normal(2, 3), 3.0),
        root=call(positive(2, 3), 0.5),
        inverse=call(nonzero(2, 3), -1).but(dtypes=(*FLOATS, "complex128")),
        zeroth=call(literal([0.0, 1.0, -2.0]), 0),
        first=call(literal([0.0, 1.0, -2.0]), 1),
        of_scalar=call(2.0, normal(2, 3)),
        of_one=call(1, normal(3)),
        # Powers of a complex zero are nan in PyTorch.
        of_zero=call(0.0, positive(3)).but(smooth=False, dtypes=FLOATS),
        zero_base=call(literal([0.0, 0.0, 0.0, 2.0]), literal([0.0, 1.0, 2.0, 0.0])).but(
            smooth=False, second=False, dtypes=FLOATS
        ),
        negative_base=call(literal([-2.0, -0.5]), literal([3.0, 2.0])).but(smooth=False, second=False),
        whole_negative=call(literal([1, 2, 3], "int64"), literal([0, 1, 2], "int64")),
    ),
    *operation("float_power", same=call(positive(2, 3), normal(2, 3)), scalar=call(positive(2), 3)),
    *binary("atan2 arctan2", left=nonzero, right=nonzero, scalar=None),
    *operation(
        "atan2",
        quadrants=call(literal([1.0, 1.0, -1.0, -1.0, 0.0]), literal([1.0, -1.0, 1.0, -1.0, -1.0])).but(smooth=False),
    ),
    *binary("hypot", left=nonzero, right=nonzero, scalar=None),
    *operation("hypot", zero=call(literal([0.0, 0.0]), literal([0.0, 2.0])).but(smooth=False, second=False)),
    *binary(
        "logaddexp", scalar=None, large=call(literal([1000.0, -1000.0]), literal([1000.0, -999.0])).but(dtypes=FLOATS)
    ),
    *binary("logaddexp2", scalar=None),
    *binary(
        "xlogy special.xlogy",
        right=positive,
        zero=call(literal([0.0, 0.0, 2.0]), literal([0.0, 1.0, 3.0])).but(smooth=False),
    ),
    *operation("xlogy", of_scalar=call(2, positive(3))),
    *binary("copysign", left=nonzero, right=nonzero),
]

TIES = call(literal([1.0, 2.0, 3.0]), literal([1.0, 3.0, 2.0])).but(smooth=False)
WITH_NAN = call(literal([float("nan"), 1.0, float("nan")]), literal([1.0, float("nan"), float("nan")])).but(
    dtypes=FLOATS, smooth=False
)
EXTREMES = [
    sample
    for names in ("maximum", "minimum", "fmax", "fmin")
    for sample in binary(names, scalar=None, ties=TIES, nan=WITH_NAN)
]

COMPARISONS = [
    sample
    for names in ("eq", "ne not_equal", "lt less", "le less_equal", "gt greater", "ge greater_equal")
    for sample in discrete(names)
] + [
    *operation(
        "isclose",
        near=call(literal([1.0, 1.0, 1.0]), literal([1.0, 1.0 + 1e-9, 1.1])).but(dtypes=FLOATS),
        nan=call(literal(INFINITIES), literal(INFINITIES), equal_nan=True).but(dtypes=FLOATS),
        loose=call(literal([1.0, 2.0]), literal([1.05, 2.5]), rtol=0.1, atol=0.0).but(dtypes=FLOATS),
    ),
]

LOGIC = (
    [
        sample
        for name in ("logical_and", "logical_or", "logical_xor")
        for sample in operation(
            name,
            same=call(unit(2, 4), unit(2, 4)),
            row=call(unit(2, 4), unit(4)),
            whole=call(unit(2, 4), unit(4).of("int64")),
            masks=call(mask(2, 4), mask(4)),
            zeros=call(literal([0.0, 1.0, 0.0, 2.0]), literal([0.0, 0.0, 3.0, 4.0])),
            empty=call(unit(0), unit(1)),
        )
    ]
    + [
        sample
        for name in ("bitwise_and", "bitwise_or", "bitwise_xor")
        for sample in operation(
            name,
            same=call(normal(2, 4).of("int64"), normal(2, 4).of("int64")),
            row=call(normal(2, 4).of("int64"), normal(4).of("int64")),
            scalar=call(normal(2, 4).of("int64"), 5),
            bytes=call(normal(4).of("uint8"), normal(4).of("int64")),
            masks=call(mask(2, 4), mask(4)),
        )
    ]
    + [
        *operation(
            "logical_not", zeros=call(literal([0.0, 1.0, 0.0, 2.0])), empty=call(unit(0)), zero_dim=call(unit())
        ),
        *operation(
            "bitwise_not", whole=call(normal(4).of("int64")), mask=call(mask(4)), bytes=call(normal(4).of("uint8"))
        ),
        *operation(
            "bitwise_left_shift",
            same=call(normal(4).of("int64"), literal([0, 1, 2, 3], "int64")),
            scalar=call(normal(4).of("int64"), 2),
        ),
        *operation(
            "bitwise_right_shift",
            same=call(normal(4).of("int64"), literal([0, 1, 2, 3], "int64")),
            scalar=call(normal(4).of("int64"), 2),
        ),
    ]
)

TERNARY = [
    *operation(
        "lerp",
        scalar=call(normal(2, 3), normal(2, 3), 0.3),
        tensor=call(normal(2, 3), normal(2, 3), normal(2, 3)),
        row=call(normal(2, 3), normal(3), unit(2, 1)),
        beyond=call(normal(3), normal(3), 1.5),
        zero_dim=call(normal(), normal(), normal()),
        empty=call(normal(0, 3), normal(3), 0.5),
    ),
    *operation(
        "addcmul",
        same=call(normal(2, 3), normal(2, 3), normal(2, 3)),
        row=call(normal(2, 3), normal(3), normal(2, 1)),
        value=call(normal(2, 3), normal(2, 3), normal(3), value=0.5).but(dtypes=(*FLOATS, "complex128")),
        empty=call(normal(0), normal(1), normal(1)),
        zero_dim=call(normal(), normal(), normal()),
    ),
    *operation(
        "addcdiv",
        same=call(normal(2, 3), normal(2, 3), nonzero(2, 3)),
        row=call(normal(2, 3), normal(3), nonzero(2, 1)),
        value=call(normal(2, 3), normal(2, 3), nonzero(3), value=-0.5),
        zero_dim=call(normal(), normal(), nonzero()),
    ),
    *operation(
        "where",
        same=call(mask(2, 3), normal(2, 3), normal(2, 3)),
        broadcast=call(mask(3), normal(2, 1), normal(2, 3)),
        scalar=call(mask(2, 3), normal(2, 3), 0.5),
        scalar_first=call(mask(2, 3), 1, normal(2, 3)),
        zero_dim=call(mask(), normal(2), normal()),
        promoted=call(mask(2, 3), normal(2, 3), normal(3).of("int64")),
        empty=call(mask(0, 3), normal(3), normal(1)),
        all_true=call(literal([True, True], "bool"), normal(2), normal(2)),
    ),
    *operation("Tensor.where", method=call(normal(2, 3), mask(2, 3), normal(3)), scalar=call(normal(3), mask(3), 0.5)),
    *operation(
        "masked_fill",
        scalar=call(normal(2, 3), mask(2, 3), 0.5).but(dtypes=(*FLOATS, "complex128")),
        row=call(normal(2, 3), mask(3), -1),
        tensor=call(normal(2, 3), mask(2, 1), normal()),
        grows=call(normal(3), mask(2, 3), 2),
        empty=call(normal(0, 3), mask(3), 1),
        zero_dim=call(normal(), literal(True, "bool"), 1),
        transposed=call(normal(3, 2).laid("transposed"), mask(3, 2), 1),
    ),
    *operation(
        "masked_select",
        same=call(normal(2, 3), mask(2, 3)),
        row=call(normal(2, 3), mask(3)),
        grows=call(normal(3), mask(2, 3)),
        none=call(normal(3), literal([False] * 3, "bool")),
        zero_dim=call(normal(), literal(True, "bool")),
    ),
    *operation(
        "masked_scatter", same=call(normal(2, 3), mask(2, 3), normal(6)), row=call(normal(2, 3), mask(3), normal(6))
    ),
    *operation("heaviside", signs=call(literal([-1.0, 0.0, 2.0]), literal([0.5, 0.5, 0.5]))),
]

SAMPLES = [*ARITHMETIC, *EXTREMES, *COMPARISONS, *LOGIC, *TERNARY]
POINTWISE = [*ARITHMETIC, *EXTREMES, *COMPARISONS, *LOGIC]
