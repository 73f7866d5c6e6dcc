"""Samples of integrals and derivatives of samples, covariances, histograms, and the odd ones beside them."""

from dataclasses import replace

from ..sample import FLOATS, call, index, literal, normal, operation, positive

TRAPEZOIDS = [
    sample
    for name in ("trapezoid", "cumulative_trapezoid")
    for sample in operation(
        name,
        plain=call(normal(5)),
        apart=call(normal(2, 4), dx=0.5, dim=0),
        points=call(normal(2, 4), normal(4)),
        matrix_of_points=call(normal(2, 4), normal(2, 4), dim=1),
        strided=call(normal(2, 4).laid("strided"), dim=-1),
        wrong_points=call(normal(3), normal(2)).but(raises=True),
        no_dims=call(normal()).but(raises=True),
        mask=call(literal([True, False], "bool")).but(raises=True),
    )
    if not (name == "cumulative_trapezoid" and sample.label == "no_dims")
] + operation("trapz", plain=call(normal(5)))
GRADIENTS = operation(
    "gradient",
    plain=call(normal(5)),
    all=call(normal(3, 4)),
    apart=call(normal(3, 4), spacing=0.5, dim=1),
    each=call(normal(3, 4), spacing=[0.5, 2.0]),
    points=call(normal(3, 4), spacing=(literal([0.0, 1.0, 4.0]), literal([0.0, 0.5, 2.0, 3.0]))).but(
        dtypes=("float64",)
    ),
    to_the_edge=call(normal(3, 4), edge_order=2),
    points_to_the_edge=call(normal(4), spacing=(literal([0.0, 0.5, 2.0, 3.0]),), edge_order=2).but(dtypes=("float64",)),
    few=call(normal(1)).but(raises=True),
    third_order=call(normal(4), edge_order=3).but(raises=True),
    spacings=call(normal(3, 4), spacing=[1.0]).but(raises=True),
    spacings_of_dims=call(normal(3, 4), spacing=[1.0], dim=(0, 1)).but(raises=True),
    twice=call(normal(3, 4), dim=(0, 0)).but(raises=True),
)
COVARIANCES = [
    *operation(
        "cov",
        matrix=call(normal(3, 5)),
        vector=call(normal(5)),
        number=call(normal(1), correction=0),
        biased=call(normal(3, 5), correction=0),
        counted=call(normal(2, 4), fweights=index(4, 4)),
        weighted=call(normal(2, 4), aweights=positive(4)).but(dtypes=("float64",)),
        both=call(normal(2, 4), fweights=literal([1, 2, 1, 3], "int64"), aweights=positive(4)).but(dtypes=("float64",)),
        cube=call(normal(2, 2, 2)).but(raises=True),
        fractional_counts=call(normal(2, 4), fweights=normal(4)).but(raises=True, dtypes=("float64",)),
        few_counts=call(normal(2, 4), fweights=index(4, 3)).but(raises=True),
        negative_counts=call(normal(2, 3), fweights=literal([1, -1, 1], "int64")).but(raises=True),
        whole_weights=call(normal(2, 4), aweights=index(4, 4)).but(raises=True),
        weights_of_zero=call(normal(2, 2), aweights=literal([0.0, 0.0], "float64")).but(raises=True),
    ),
    *operation(
        "corrcoef", matrix=call(normal(3, 5)), vector=call(normal(5)), cube=call(normal(2, 2, 2)).but(raises=True)
    ),
]
COUNTED = [
    *operation(
        "histogram",
        bins=call(normal(20), 5),
        ranged=call(normal(4, 5), 4, range=(-1.0, 2.0)),
        edges=call(normal(20), literal([-1.0, 0.0, 0.5, 2.0])),
        weighted=call(normal(20), 5, weight=positive(20)),
        dense=call(normal(20), 5, range=(-1.0, 1.0), density=True),
        empty=call(normal(0), 3),
        level=call(literal([2.0, 2.0]), 2),
        no_bins=call(normal(3), 0).but(raises=True),
        falling=call(normal(3), 3, range=(2.0, 1.0)).but(raises=True),
        half_a_range=call(normal(3), 3, range=(1.0,)).but(raises=True),
        few_weights=call(normal(3), 3, weight=normal(2)).but(raises=True),
        wrong_edges=call(normal(3), index(3, 3)).but(raises=True),
        matrix_of_edges=call(normal(3), normal(2, 2)).but(raises=True),
        nan=call(literal([float("nan")]), 2).but(raises=True),
    ),
    *operation(
        "histogramdd",
        bins=call(normal(20, 2), 3),
        each=call(normal(20, 2), [3, 2]),
        ranged=call(normal(20, 2), [3, 2], range=[-1.0, 1.0, -2.0, 2.0], density=True),
        edges=call(normal(20, 2), [literal([-1.0, 0.0, 1.0]), literal([-2.0, 0.0, 0.5])]),
        weighted=call(normal(5, 2), 3, weight=positive(5)),
        vector=call(normal(3), 3).but(raises=True),
        few_bins=call(normal(3, 3), [3, 2]).but(raises=True),
        few_edges=call(normal(3, 3), [literal([0.0, 1.0])]).but(raises=True),
    ),
]
HISTOGRAMS = [replace(sample, grad=()) for sample in COUNTED]
PLACES = [
    *operation(
        "frexp",
        values=call(positive(2, 3)).but(dtypes=FLOATS),
        zero=call(literal([0.0, 8.0, -0.75])).but(dtypes=FLOATS, smooth=False),
        whole=call(index(4, 3)).but(raises=True),
    ),
    *operation("unravel_index", vector=call(index(24, 5), (2, 3, 4)), number=call(index(5, 2, 2), 5)),
    *operation(
        "nonzero_static",
        more=call(literal([[0, 1], [2, 0]]), size=4),
        fewer=call(literal([1, 1, 1]), size=2),
        filled=call(literal([0, 1]), size=2, fill_value=7),
        negative=call(literal([0, 1]), size=-1).but(raises=True),
    ),
    *operation(
        "fill", number=call(normal(2, 3), 2).but(overwrites=True), matrix=call(normal(2), normal(2)).but(raises=True)
    ),
]
REDUCED = [
    *(
        sample
        for reduce in ("prod", "mean", "amax", "amin")
        for sample in operation(
            "index_reduce",
            **{
                reduce: call(normal(3, 2), 0, index(3, 4), normal(4, 2), reduce),
                f"{reduce}_alone": call(normal(2, 3), 1, index(3, 4), normal(2, 4), reduce, include_self=False),
            },
        )
    ),
    *operation(
        "index_reduce",
        sum=call(normal(3), 0, index(3, 2), normal(2), "sum").but(raises=True),
        outside=call(normal(3), 0, literal([0, 5], "int64"), normal(2), "mean").but(raises=True),
        fractional_index=call(normal(3), 0, normal(2), normal(2), "mean").but(raises=True),
        long_source=call(normal(3), 0, index(3, 2), normal(3), "mean").but(raises=True),
    ),
]
COPIES = [
    *operation("narrow_copy", rows=call(normal(3, 4), 1, 1, 2)),
    *operation("slice_copy", stepped=call(normal(5, 2), 0, 1, 5, 2)),
    *operation("select_copy", row=call(normal(3, 4), 0, 1)),
    *operation("permute_copy", swapped=call(normal(3, 4), (1, 0))),
    *operation("split_copy", pieces=call(normal(5, 2), 2)),
    *operation("detach_copy", all=call(normal(3))),
]
SAMPLES = [*TRAPEZOIDS, *GRADIENTS, *COVARIANCES, *HISTOGRAMS, *PLACES, *REDUCED, *COPIES]
