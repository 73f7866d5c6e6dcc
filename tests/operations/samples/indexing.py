"""Samples of reading and writing at positions: indexing, gather, scatter and their kin, sorting, joining, repeating."""

from ..sample import DType, call, distinct, index, literal, mask, normal, operation, positive

# --- x[key] and x[key] = value ---------------------------------------------------------------------------------------

BASIC = {
    "row": ((3, 4), 1),
    "negative": ((3, 4), -1),
    "pair": ((3, 4), (1, 2)),
    "slice": ((3, 4), slice(1, 3)),
    "slice_end": ((3, 4), (slice(None), slice(-2, None))),
    "step": ((5, 2), slice(None, None, 2)),
    "beyond": ((3, 2), slice(1, 99)),
    "nothing": ((3, 2), slice(2, 1)),
    "none": ((3, 2), None),
    "none_between": ((3, 2), (slice(None), None, 1)),
    "ellipsis": ((2, 3, 2), (..., 0)),
    "ellipsis_alone": ((2, 3), ...),
    "ellipsis_between": ((2, 2, 2, 2), (0, ..., 1)),
    "empty_tuple": ((2, 3), ()),
    "zero_dim": ((), ()),
    "zero_dim_ellipsis": ((), ...),
    "zero_dim_none": ((), None),
}
ADVANCED = {
    "list": ((4, 2), [0, 2, 0]),
    "negative_list": ((4, 2), [-1, 1]),
    "vector": ((4, 2), index(4, 3)),
    "matrix": ((4, 2), index(4, 2, 2)),
    "pair_of_vectors": ((4, 3), (index(4, 3), index(3, 3))),
    "broadcast": ((4, 3), (index(4, 2, 1), index(3, 3))),
    "after_slice": ((2, 4), (slice(None), index(4, 3))),
    "apart": ((3, 2, 4), (index(3, 2), slice(None), index(4, 2))),
    "together": ((2, 3, 4), (slice(None), index(3, 2), index(4, 2))),
    "with_number": ((3, 2, 4), (index(3, 2), 1)),
    "number_apart": ((3, 2, 4), (0, slice(None), index(4, 2))),
    "with_none": ((3, 4), (None, index(3, 2))),
    "with_slice_step": ((4, 5), (index(4, 2), slice(None, None, 2))),
    "with_ellipsis": ((2, 2, 3), (..., index(3, 2))),
    "mask": ((2, 3), mask(2, 3)),
    "mask_rows": ((4, 2), literal([True, False, True, True], "bool")),
    "mask_after_slice": ((2, 3), (slice(None), literal([True, False, True], "bool"))),
    "mask_and_vector": ((3, 4), (literal([True, False, True], "bool"), literal([1, 3], "int64"))),
    "mask_list": ((3, 2), [True, False, True]),
    "mask_none_true": ((3, 2), literal([False] * 3, "bool")),
    "zero_dim_mask": ((), literal(True, "bool")),
    "zero_dim_index": ((3, 2), literal(1, "int64")),
    "no_indices": ((3, 2), literal([], "int64")),
    "bytes": ((3, 2), index(3, 2).of("int32")),
    "lists": ((3, 4), ([0, 2], [1, 3])),
}


def write(torch, x, key, value):
    """A clone of `x` after `clone[key] = value`."""
    x = x.clone()
    x[key] = value
    return x


READS = [
    *operation(
        "getitem",
        lambda torch, x, key: x[key],
        **{label: call(normal(*shape), key).but(view=True) for label, (shape, key) in BASIC.items()},
        **{label: call(normal(*shape), key) for label, (shape, key) in ADVANCED.items()},
        transposed=call(normal(3, 4).laid("transposed"), (slice(1, 3), index(4, 2))),
    ),
]
WRITES = [
    *operation(
        "setitem.number",
        write,
        **{
            label: call(normal(*shape), key, 2).but(overwrites=key in ((), ...))
            for label, (shape, key) in {**BASIC, **ADVANCED}.items()
        },
    ),
    *operation(
        "setitem.tensor",
        write,
        row=call(normal(3, 4), 1, normal(4)),
        broadcast=call(normal(3, 4), slice(1, 3), normal(4)),
        column=call(normal(3, 4), (slice(None), 2), normal(3)),
        one=call(normal(3), 1, normal()),
        leading_ones=call(normal(3, 2), 0, normal(1, 2)),
        step=call(normal(5), slice(None, None, 2), normal(3)),
        none=call(normal(3, 2), (slice(None), None, 1), normal(3, 1)),
        ellipsis=call(normal(2, 3), ..., normal(3)).but(overwrites=True),
        nothing=call(normal(3), slice(2, 1), normal()),
        vector=call(normal(4, 2), literal([2, 0], "int64"), normal(2, 2)),
        vector_broadcast=call(normal(4, 2), literal([2, 0], "int64"), normal(2)),
        pair=call(normal(3, 3), (literal([2, 0], "int64"), literal([1, 1], "int64")), normal(2)),
        apart=call(normal(3, 2, 4), (literal([2, 0], "int64"), slice(None), literal([1, 3], "int64")), normal(2, 2)),
        mask=call(normal(2, 3), literal([[True, False, True], [False, True, False]], "bool"), normal(3)),
        mask_number=call(normal(2, 3), mask(2, 3), normal()),
        mask_rows=call(normal(3, 2), literal([True, False, True], "bool"), normal(2, 2)),
        zero_dim=call(normal(), (), normal()).but(overwrites=True),
        narrower=call(normal(3), slice(0, 2), normal(2).of("float32")).but(grad=(0, 1), smooth=False),
        whole=call(normal(3), 0, literal(3, "int64")),
    ),
]

# --- gather, scatter and their kin -----------------------------------------------------------------------------------

GATHERS = [
    *operation(
        "gather",
        first=call(normal(3, 4), 0, index(3, 2, 4)),
        last=call(normal(3, 4), -1, index(4, 3, 2)),
        smaller=call(normal(3, 4), 1, index(4, 2, 5)),
        empty=call(normal(3, 4), 1, index(4, 3, 0)),
        zero_dim=call(normal(), 0, literal(0, "int64")),
        vector=call(normal(4), 0, index(4, 6)),
        transposed=call(normal(4, 3).laid("transposed"), 1, index(3, 4, 2)),
    ),
    *operation(
        "take_along_dim",
        last=call(normal(2, 4), index(4, 2, 2), 1),
        broadcast=call(normal(2, 4), index(4, 1, 3), dim=1),
        flat=call(normal(2, 3), index(6, 4)),
    ),
    *operation(
        "index_select",
        first=call(normal(3, 2), 0, index(3, 4)),
        last=call(normal(2, 3), -1, index(3, 2)),
        empty=call(normal(2, 3), 1, index(3, 0)),
        zero_dim_index=call(normal(3, 2), 0, literal(1, "int64")),
        transposed=call(normal(2, 3).laid("transposed"), 1, index(3, 4)),
    ),
    *operation(
        "take",
        flat=call(normal(2, 3), index(6, 4)),
        negative=call(normal(4), literal([-1, 0], "int64")),
        empty=call(normal(3), index(3, 0)),
    ),
]
ROWS = literal([[0, 2, 1], [2, 0, 0]], "int64")
SCATTERS = [
    *operation(
        "scatter",
        source=call(normal(2, 4), 1, literal([[0, 2], [3, 1]], "int64"), normal(2, 2)),
        larger_source=call(normal(2, 4), 1, literal([[0, 2]], "int64"), normal(2, 3)).but(grad=(0,)),
        number=call(normal(3, 3), 0, ROWS, 2),
        first=call(normal(3, 2), 0, literal([[2, 0]], "int64"), normal(1, 2)),
        named=call(normal(3), 0, literal([2, 0], "int64"), value=1),
        empty=call(normal(2, 3), 1, literal([[], []], "int64"), normal(2, 0)),
        zero_dim=call(normal(), 0, literal(0, "int64"), normal()),
        sum=call(normal(3, 3), 0, ROWS, normal(2, 3), reduce="add").but(grad=()),
        product=call(normal(3, 3), 0, ROWS, normal(2, 3), reduce="multiply").but(grad=()),
        number_sum=call(normal(3, 3), 0, ROWS, 2, reduce="add").but(grad=()),
    ),
    *operation(
        "scatter_add",
        repeated=call(normal(3, 3), 0, ROWS, normal(2, 3)),
        last=call(normal(2, 3), 1, index(3, 2, 5), normal(2, 5)),
        empty=call(normal(2, 3), 1, literal([[], []], "int64"), normal(2, 0)),
        zero_dim=call(normal(), 0, literal(0, "int64"), normal()),
    ),
    *operation(
        "scatter_reduce",
        **{
            kind: call(distinct(3), 0, literal([0, 1, 0, 2], "int64"), distinct(4), kind)
            for kind in ("sum", "prod", "mean", "amax", "amin")
        },
        apart=call(distinct(3), 0, literal([0, 0, 2], "int64"), distinct(3), "sum", include_self=False),
    ),
    *operation(
        "index_add",
        first=call(normal(3, 2), 0, index(3, 4), normal(4, 2)),
        last=call(normal(2, 3), -1, index(3, 2), normal(2, 2)),
        alpha=call(normal(3), 0, index(3, 4), normal(4), alpha=2),
        empty=call(normal(3, 2), 0, index(3, 0), normal(0, 2)),
    ),
    *operation(
        "index_copy",
        first=call(normal(3, 2), 0, literal([2, 0], "int64"), normal(2, 2)),
        last=call(normal(2, 3), 1, literal([1], "int64"), normal(2, 1)),
        zero_dim=call(normal(3), 0, literal(1, "int64"), normal()),
    ),
    *operation(
        "index_fill",
        number=call(normal(3, 2), 0, literal([2, 0], "int64"), 2),
        tensor=call(normal(2, 3), 1, literal([1, 1], "int64"), normal()),
    ),
    *operation(
        "index_put",
        replace=call(normal(3, 2), (literal([2, 0], "int64"),), normal(2, 2)),
        accumulate=call(normal(3, 2), (literal([2, 0, 2], "int64"),), normal(3, 2), accumulate=True),
        pair=call(normal(3, 3), (literal([2, 0], "int64"), literal([1, 1], "int64")), normal(), True),
        mask=call(normal(2, 3), (mask(2, 3),), normal()),
    ),
    *operation(
        "put",
        replace=call(normal(2, 3), literal([4, 0], "int64"), normal(2)),
        accumulate=call(normal(2, 3), literal([4, 0, 4], "int64"), normal(3), True),
    ),
    *operation("select_scatter", row=call(normal(3, 2), normal(2), 0, 1)),
    *operation(
        "slice_scatter", rows=call(normal(4, 2), normal(2, 2), 0, 1, 3), step=call(normal(5), normal(3), step=2)
    ),
    *operation("diagonal_scatter", square=call(normal(3, 3), normal(3)), above=call(normal(3, 3), normal(2), 1)),
]

# --- order, joining, repeating ---------------------------------------------------------------------------------------

ORDER = [
    *operation(
        "sort",
        last=call(distinct(2, 4)),
        first=call(distinct(3, 2), 0),
        falling=call(distinct(2, 4), descending=True),
        stable=call(literal([2.0, 1.0, 2.0, 1.0, 1.0]), stable=True).but(smooth=False),
        stable_falling=call(literal([2.0, 1.0, 2.0, 1.0, 1.0]), stable=True, dim=0, descending=True).but(smooth=False),
        nan=call(literal([float("nan"), 1.0, float("inf"), 0.0])).but(dtypes=("float64",), grad=()),
        zero_dim=call(distinct()),
        empty=call(distinct(0, 2), 0),
        transposed=call(distinct(2, 3).laid("transposed"), 1),
    ),
    *operation(
        "argsort",
        last=call(distinct(2, 4)),
        falling=call(distinct(4), dim=0, descending=True),
        stable=call(literal([2.0, 1.0, 2.0, 1.0]), stable=True),
    ),
    *operation("msort", matrix=call(distinct(3, 2))),
    *operation(
        "topk",
        last=call(distinct(2, 5), 2),
        first=call(distinct(4, 2), 3, 0),
        smallest=call(distinct(5), 2, largest=False),
        all=call(distinct(3), 3),
        none=call(distinct(3), 0),
        zero_dim=call(distinct(), 1),
    ),
    *operation(
        "nonzero",
        matrix=call(literal([[0.0, 1.0], [2.0, 0.0]])),
        tuple=call(literal([[0.0, 1.0], [2.0, 0.0]]), as_tuple=True),
        empty=call(normal(0)),
    ),
    *operation("argwhere", matrix=call(literal([[0.0, 1.0], [2.0, 0.0]]))),
    *operation(
        "searchsorted",
        sorted=call(literal([1.0, 3.0, 5.0]), literal([0.0, 3.0, 6.0])),
        right=call(literal([1.0, 3.0]), literal([3.0]), right=True),
    ),
    *operation("bincount", counts=call(index(4, 6)), least=call(index(2, 3), minlength=5)),
    *operation(
        "unique",
        values=call(literal([3.0, 1.0, 3.0, 2.0])).but(grad=()),
        inverse=call(literal([3.0, 1.0, 3.0]), return_inverse=True, return_counts=True).but(grad=()),
    ),
]
JOINING = [
    *operation(
        "cat concat concatenate",
        first=call([normal(2, 3), normal(1, 3)], 0),
        last=call((normal(2, 1), normal(2, 3)), dim=-1),
        three=call([normal(2), normal(3), normal(1)]),
        one=call([normal(2)]),
        empty=call([normal(0, 3), normal(2, 3)]),
        legacy_empty=call([normal(0), normal(2, 3)]),
        promoted=call([normal(2), normal(2).of("int64")]),
        transposed=call([normal(3, 2).laid("transposed"), normal(3, 2)], 1),
    ),
    *operation(
        "stack",
        first=call([normal(2), normal(2)]),
        last=call([normal(2, 2), normal(2, 2)], -1),
        zero_dim=call([normal(), normal()]),
        promoted=call([normal(2), normal(2).of("float32")]).but(grad=(0, 1), smooth=False),
    ),
    *operation(
        "hstack",
        vectors=call([normal(2), normal(3)]),
        matrices=call([normal(2, 1), normal(2, 2)]),
        zero_dim=call([normal(), normal()]),
    ),
    *operation("vstack row_stack", vectors=call([normal(2), normal(2)]), matrices=call([normal(1, 2), normal(2, 2)])),
    *operation("dstack", vectors=call([normal(2), normal(2)]), matrices=call([normal(2, 2), normal(2, 2)])),
    *operation("column_stack", mixed=call([normal(2), normal(2, 2)])),
    *operation("cartesian_prod", vectors=call(normal(2), normal(3))),
    *operation("meshgrid", ij=call(normal(2), normal(3), indexing="ij"), xy=call(normal(2), normal(3), indexing="xy")),
    *operation("block_diag", matrices=call(normal(2, 1), normal(1, 2))),
    *operation("broadcast_tensors", pair=call(normal(2, 1), normal(3))),
]
REPEATING = [
    *operation(
        "flip",
        first=call(normal(3, 2), [0]),
        both=call(normal(3, 2), (0, -1)),
        none=call(normal(3), []),
        varargs=call(normal(2, 2), 0).but(raises=True),
    ),
    *operation("fliplr", matrix=call(normal(2, 3))),
    *operation("flipud", matrix=call(normal(2, 3))),
    *operation("rot90", once=call(normal(2, 3)), back=call(normal(2, 3), -1, [0, 1])),
    *operation(
        "roll",
        flat=call(normal(2, 3), 1),
        first=call(normal(3, 2), -1, 0),
        both=call(normal(3, 2), (1, 2), (0, 1)),
        beyond=call(normal(3), 7, 0),
        empty=call(normal(0), 1),
    ),
    *operation(
        "Tensor.repeat",
        matrix=call(normal(2, 3), 2, 1),
        grows=call(normal(2), (2, 2)),
        none=call(normal(2), 0),
        zero_dim=call(normal(), 3),
    ),
    *operation("tile", matrix=call(normal(2, 3), (2,)), grows=call(normal(2), (2, 2))),
    *operation(
        "repeat_interleave",
        number=call(normal(2, 3), 2),
        along=call(normal(2, 3), 2, dim=1),
        each=call(normal(3, 2), literal([1, 0, 2], "int64"), dim=0),
        counts=call(literal([1, 0, 2], "int64")),
    ),
    *operation(
        "nn.functional.pad",
        last=call(normal(2, 3), (1, 2)),
        both=call(normal(2, 2), (1, 0, 0, 1), value=2.0),
        crop=call(normal(4), (-1, 1)),
        reflect=call(normal(1, 4), (1, 2), mode="reflect"),
        replicate=call(normal(1, 3), (1, 2), mode="replicate"),
        circular=call(normal(1, 1, 3), (1, 2), mode="circular"),
    ),
]
LIKES = [
    *operation("zeros_like", matrix=call(normal(2, 3)), dtype=call(normal(2), dtype=DType("int64"))),
    *operation("ones_like", matrix=call(normal(2, 3))),
    *operation("full_like", matrix=call(positive(2, 3), 1), transposed=call(normal(2, 3).laid("transposed"), 2)),
]

SAMPLES = [*READS, *WRITES, *GATHERS, *SCATTERS, *ORDER, *JOINING, *REPEATING, *LIKES]
