"""Samples of operations that combine elements along dimensions: sums, moments, extremes, norms, softmax."""

from ..sample import FLOATS, DType, call, distinct, literal, nonzero, normal, operation, positive, unit

NAN = float("nan")
INF = float("inf")


def reduction(names, values=normal, several=True, dtype=False, **more):
    """The samples that a reduction has: all elements, one dimension, several, kept, empty, zero-dimensional."""
    calls = {
        "all": call(values(2, 3)),
        "first": call(values(2, 3), 0),
        "last": call(values(2, 3, 2), -1),
        "kept": call(values(2, 3), dim=1, keepdim=True),
        "zero_dim": call(values()),
        "zero_dim_along": call(values(), 0),
        "transposed": call(values(2, 3).laid("transposed"), 1),
        "strided": call(values(2, 3).laid("strided")),
        "size_one": call(values(2, 1), 1),
    }
    if several:
        calls["several"] = call(values(2, 3, 2), (0, 2))
        calls["negative"] = call(values(2, 3, 2), [-1, 0], True)
    if dtype:
        calls["narrowed"] = call(values(2, 3), dtype=DType("float32")).but(smooth=False, rtol=1e-5)
        calls["widened"] = call(values(2, 3), 1, dtype=DType("float64"))
    return operation(names, **calls, **more)


EMPTY = {"empty": call(normal(0)), "empty_rows": call(normal(0, 3), 0), "empty_result": call(normal(0, 3), 1)}
EMPTY_RESULT = {"empty_result": call(normal(0, 3), 1), "empty_along": call(normal(0, 3), 0).but(raises=True)}

SUMS = [
    *reduction("sum", dtype=True, none=call(normal(2, 3), dim=None), no_dims=call(normal(2, 3), dim=()), **EMPTY),
    *reduction("mean", dtype=True, none=call(normal(2, 3), dim=None, keepdim=True)),
    *operation("mean", **{label: made.but(smooth=False) for label, made in EMPTY.items()}),
    *reduction(
        "prod",
        several=False,
        dtype=True,
        one_zero=call(literal([[2.0, 0.0, 3.0], [1.0, 4.0, 5.0]]), 1),
        two_zeros=call(literal([0.0, 2.0, 0.0])),
        all_one_zero=call(literal([2.0, 0.0, 3.0])),
        **EMPTY,
    ),
    *reduction("nansum", holes=call(literal([[1.0, NAN], [NAN, NAN]]), 1).but(dtypes=FLOATS, smooth=False)),
    *reduction("nanmean", holes=call(literal([[1.0, NAN], [NAN, 2.0]]), 1).but(dtypes=FLOATS, smooth=False)),
]

MOMENTS = [
    sample
    for name in ("var", "std", "var_mean", "std_mean")
    for sample in operation(
        name,
        all=call(normal(2, 3)),
        along=call(normal(2, 3), 1),
        negative=call(normal(2, 3, 2), (0, -1), keepdim=True),
        none=call(normal(2, 3), dim=None, correction=0),
        biased=call(normal(2, 3), 0, unbiased=False),
        corrected=call(normal(2, 4), 1, correction=2),
        all_biased=call(normal(2, 3), False),
        transposed=call(normal(2, 3).laid("transposed"), 1),
        single=call(normal(2, 1), 1).but(smooth=False, second=False),
        empty=call(normal(0)).but(smooth=False, second=False),
    )
] + [*operation("std", constant=call(literal([2.0, 2.0])).but(smooth=False, second=False, dtypes=FLOATS))]

EXTREMES = (
    [
        sample
        for name in ("amax", "amin")
        for sample in reduction(
            name,
            distinct,
            ties=call(literal([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]]), 1).but(smooth=False, second=False),
            all_ties=call(literal([3.0, 1.0, 3.0])).but(smooth=False, second=False),
            nan=call(literal([[1.0, NAN], [2.0, 3.0]]), 1).but(dtypes=FLOATS, grad=()),
            **EMPTY_RESULT,
        )
    ]
    + [
        sample
        for name in ("max", "min")
        for sample in reduction(
            name,
            distinct,
            several=False,
            ties=call(literal([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]]), 1).but(smooth=False),
            all_ties=call(literal([3.0, 1.0, 3.0, 1.0])).but(smooth=False, second=False),
            nan=call(literal([[1.0, NAN], [2.0, 3.0]]), 1).but(dtypes=FLOATS, grad=()),
            pair=call(distinct(2, 3), distinct(3)),
            pair_ties=call(literal([1.0, 2.0]), literal([1.0, 3.0])).but(smooth=False),
            **EMPTY_RESULT,
        )
    ]
    + [
        sample
        for name in ("argmax", "argmin")
        for sample in reduction(
            name,
            distinct,
            several=False,
            ties=call(literal([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]]), 1),
            flat_ties=call(literal([[1.0, 3.0], [3.0, 1.0]])),
            nan=call(literal([[1.0, NAN], [2.0, 3.0]]), 1).but(dtypes=FLOATS),
            **EMPTY_RESULT,
        )
    ]
    + [
        *operation(
            "aminmax",
            all=call(distinct(2, 3)),
            along=call(distinct(2, 3), dim=1),
            kept=call(distinct(2, 3), dim=0, keepdim=True),
        ),
        *reduction(
            "median",
            distinct,
            several=False,
            even=call(distinct(4)),
            nan=call(literal([1.0, NAN])).but(dtypes=FLOATS, grad=()),
        ),
        *operation(
            "kthvalue",
            first=call(distinct(2, 4), 1),
            along=call(distinct(2, 4), 2, 0),
            kept=call(distinct(2, 4), 3, dim=-1, keepdim=True),
            zero_dim=call(distinct(), 1),
        ),
    ]
)

TRUTH = [
    sample
    for name in ("any", "all")
    for sample in reduction(name, unit, **EMPTY, ones=call(literal([[1.0, 1.0], [0.0, 0.0]]), 1))
] + [*reduction("count_nonzero", unit, several=False), *operation("count_nonzero", several=call(unit(2, 3, 2), (0, 2)))]
# count_nonzero has no keepdim.
TRUTH = [sample for sample in TRUTH if sample.name != "count_nonzero-kept"]

LOGSUMEXP = [
    *operation(
        "logsumexp",
        along=call(normal(2, 3), 1),
        several=call(normal(2, 3, 2), (0, -1)),
        kept=call(normal(2, 3), 0, keepdim=True),
        large=call(literal([1000.0, 1000.0, -1000.0]), 0).but(dtypes=FLOATS),
        infinite=call(literal([[-INF, -INF], [0.0, -INF], [INF, 1.0]]), 1).but(
            dtypes=FLOATS[:2], smooth=False, second=False
        ),
        zero_dim=call(normal(), 0),
        transposed=call(normal(2, 3).laid("transposed"), 1),
        empty=call(normal(0, 3), 0).but(grad=()),
    ),
]


def norms(name, extra=True):
    """Samples of a vector norm by its order, at zero as well."""
    orders = {"two": 2, "one": 1, "infinite": INF, "least": -INF, "count": 0, "three": 3, "half": 0.5, "minus_one": -1}
    made = {label: call(nonzero(2, 3), order, dim=1) for label, order in orders.items()}
    at_zero = {
        f"{label}_at_zero": call(literal([[0.0, 0.0], [3.0, 0.0]]), order, dim=1).but(smooth=False, second=False)
        for label, order in orders.items()
        if label in ("two", "one", "infinite", "three")
    }
    return operation(
        name,
        all=call(normal(2, 3)),
        kept=call(normal(2, 3), dim=0, keepdim=True),
        several=call(normal(2, 3, 2), dim=(0, 2)),
        zero_dim=call(nonzero()),
        transposed=call(normal(2, 3).laid("transposed"), dim=1),
        max_ties=call(literal([3.0, -3.0, 1.0]), INF).but(smooth=False, second=False),
        zeros=call(literal([0.0, 0.0])).but(smooth=False, second=False),
        **made,
        **at_zero,
    )


NORMS = [
    *norms("norm"),
    *operation(
        "norm",
        fro=call(normal(2, 3), "fro"),
        fro_along=call(normal(2, 3), "fro", dim=(0, 1)),
        empty=call(normal(0, 2), dim=1),
    ),
    *norms("linalg.vector_norm"),
    *operation(
        "dist",
        two=call(normal(2, 3), normal(3)),
        one=call(normal(3), normal(3), 1),
        equal=call(literal([1.0]), literal([1.0])).but(smooth=False, second=False),
    ),
]

RUNNING = [
    *operation(
        "cumsum",
        first=call(normal(3, 2), 0),
        last=call(normal(2, 3), -1),
        dtype=call(normal(3), 0, dtype=DType("float32")).but(smooth=False, rtol=1e-5),
        zero_dim=call(normal(), 0),
        empty=call(normal(0, 2), 0),
        transposed=call(normal(2, 3).laid("transposed"), 1),
    ),
    *operation(
        "cumprod",
        first=call(nonzero(3, 2), 0),
        last=call(nonzero(2, 3), -1),
        one_zero=call(literal([2.0, 0.0, 3.0, 4.0]), 0),
        two_zeros=call(literal([2.0, 0.0, 3.0, 0.0, 5.0]), 0),
        zero_dim=call(normal(), 0),
        empty=call(normal(0, 2), 0),
    ),
    *operation("logcumsumexp", last=call(normal(2, 3), 1), zero_dim=call(normal(), 0)),
    *operation("cummax", last=call(distinct(2, 4), 1), ties=call(literal([1.0, 2.0, 2.0, 0.0]), 0).but(smooth=False)),
    *operation("cummin", last=call(distinct(2, 4), 1), ties=call(literal([1.0, 0.0, 0.0, 2.0]), 0).but(smooth=False)),
    *operation("diff", last=call(normal(2, 4)), first=call(normal(3, 2), dim=0), twice=call(normal(5), n=2)),
]

SOFTMAX = [
    sample
    for name in (
        "softmax",
        "log_softmax",
        "nn.functional.softmax",
        "nn.functional.log_softmax",
        "nn.functional.softmin",
    )
    for sample in operation(
        name,
        last=call(normal(2, 3), -1),
        first=call(normal(3, 2, 2), 0),
        large=call(literal([1000.0, 0.0, -1000.0]), 0).but(dtypes=FLOATS),
        zero_dim=call(normal(), 0),
        dtype=call(normal(2, 3), 1, dtype=DType("float32")).but(smooth=False, rtol=1e-5),
        transposed=call(normal(2, 3).laid("transposed"), 1),
        empty=call(normal(0, 3), 1),
        masked=call(literal([[0.0, -INF], [1.0, -INF]]), 1).but(dtypes=FLOATS, grad=()),
    )
]

SAMPLES = [*SUMS, *MOMENTS, *EXTREMES, *TRUTH, *LOGSUMEXP, *NORMS, *RUNNING, *SOFTMAX]
SAMPLES += operation(
    "sum", of_masks=call(literal([True, False, True], "bool"), 0), of_bytes=call(positive(3).of("uint8"))
)
