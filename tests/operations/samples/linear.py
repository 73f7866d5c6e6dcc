"""Samples of linear algebra: products of every rank, sums of products, triangles and diagonals, losses, layers."""

import numpy as np

from ..sample import FLOATS, call, index, literal, normal, operation, positive, probability

DOUBLES = FLOATS[:2]


def product(names, *shapes, **more):
    """Samples of a product of operands of these shapes, contiguous and transposed, and those in `more`."""
    plain = [normal(*shape) for shape in shapes]
    return operation(
        names, plain=call(*plain), transposed=call(*(operand.laid("transposed") for operand in plain)), **more
    )


RANKS = {
    "1_1": ((3,), (3,)),
    "1_2": ((3,), (3, 4)),
    "2_1": ((2, 3), (3,)),
    "2_2": ((2, 3), (3, 4)),
    "3_3": ((2, 2, 3), (2, 3, 2)),
    "3_2": ((2, 2, 3), (3, 2)),
    "2_3": ((2, 3), (2, 3, 2)),
    "1_3": ((3,), (2, 3, 2)),
    "3_1": ((2, 2, 3), (3,)),
    "1_4": ((2,), (2, 1, 2, 3)),
    "4_1": ((2, 1, 2, 3), (3,)),
    "4_3": ((2, 1, 2, 3), (3, 3, 2)),
    "batch_of_one": ((1, 2, 3), (4, 3, 2)),
    "empty_inner": ((2, 0), (0, 3)),
    "empty_outer": ((0, 3), (3, 2)),
    "empty_batch": ((0, 2, 3), (3, 2)),
    "empty_vectors": ((0,), (0,)),
}
PRODUCTS = [
    *operation("matmul", **{f"ranks_{label}": call(normal(*a), normal(*b)) for label, (a, b) in RANKS.items()}),
    *operation(
        "matmul",
        transposed=call(normal(3, 2).laid("transposed"), normal(2, 3).laid("transposed")),
        strided=call(normal(2, 3).laid("strided"), normal(3, 2).laid("strided")),
    ),
    *product("mm", (2, 3), (3, 4), empty=call(normal(2, 0), normal(0, 2))),
    *product("bmm", (2, 2, 3), (2, 3, 2), empty=call(normal(0, 2, 3), normal(0, 3, 2))),
    *product("mv", (2, 3), (3,), empty=call(normal(2, 0), normal(0))),
    *product("dot", (3,), (3,), empty=call(normal(0), normal(0))),
    *product("vdot", (3,), (3,)),
    *product("inner", (2, 3), (4, 3)),
    *product("outer ger", (2,), (3,), empty=call(normal(0), normal(3))),
    *product("kron", (2, 2), (3, 2), ranks=call(normal(2), normal(2, 2))),
    *product("linalg.matmul", (2, 3), (3, 2)),
    *product("linalg.vecdot", (2, 3), (2, 3)),
    *operation("chain_matmul", three=call(normal(2, 3), normal(3, 2), normal(2, 4))),
    *operation("cross", last=call(normal(2, 3), normal(2, 3)), dim=call(normal(3, 2), normal(3, 2), dim=0)),
]

SUMS_OF_PRODUCTS = [
    sample
    for name, shapes, row in (
        ("addmm", ((2, 4), (2, 3), (3, 4)), (4,)),
        ("addmv", ((2,), (2, 3), (3,)), ()),
        ("addr", ((2, 3), (2,), (3,)), (3,)),
        ("baddbmm", ((2, 2, 2), (2, 2, 3), (2, 3, 2)), (2,)),
        # addbmm_ makes room for a larger result in PyTorch; here no write in place does, so its input has the full size.
        ("addbmm", ((2, 2), (2, 2, 3), (2, 3, 2)), (2, 2)),
    )
    for sample in product(
        name,
        *shapes,
        row=call(normal(*row), normal(*shapes[1]), normal(*shapes[2])),
        scaled=call(*(normal(*shape) for shape in shapes), beta=2, alpha=3),
        fractions=call(*(normal(*shape) for shape in shapes), beta=0.5, alpha=-1.5).but(dtypes=DOUBLES),
        forgetful=call(
            literal(np.full(shapes[0], np.nan).tolist()),
            *(normal(*shape) for shape in shapes[1:]),
            beta=0,
        ).but(dtypes=DOUBLES, smooth=False, second=False),
    )
]

EINSUM = [
    *operation(
        "einsum",
        product=call("ij,jk->ik", normal(2, 3), normal(3, 2)),
        implicit=call("ij,jk", normal(2, 3), normal(3, 2)),
        trace=call("ii", normal(3, 3)),
        diagonal=call("ii->i", normal(3, 3)),
        transpose=call("ij->ji", normal(2, 3)),
        total=call("ij->", normal(2, 3)),
        batch=call("bij,bjk->bik", normal(2, 2, 3), normal(2, 3, 2)),
        outer=call("i,j->ij", normal(2), normal(3)),
        bilinear=call("bi,ij,bj->b", normal(2, 3), normal(3, 2), normal(2, 2)),
        ellipsis=call("...ij,...jk->...ik", normal(2, 2, 3), normal(3, 2)),
        dot=call("i,i->", normal(3), normal(3)),
        spaces=call("i j, j -> i", normal(2, 3), normal(3)),
    ),
    *operation(
        "tensordot",
        two=call(normal(2, 3, 2), normal(3, 2, 4)),
        one=call(normal(2, 3), normal(3, 2), dims=1),
        none=call(normal(2), normal(3), dims=0),
        named=call(normal(2, 3), normal(2, 3), dims=([0], [0])),
    ),
]

TRIANGLES = [
    *operation("trace", square=call(normal(3, 3)), wide=call(normal(2, 3)), empty=call(normal(0, 0))),
    *operation(
        "diag",
        of_vector=call(normal(3)),
        of_vector_above=call(normal(2), 1),
        of_vector_below=call(normal(2), -2),
        of_matrix=call(normal(2, 3)),
        of_matrix_above=call(normal(3, 3), 1),
    ),
    *operation("diagflat", matrix=call(normal(2, 2)), above=call(normal(2), 1)),
    *operation("diag_embed", matrix=call(normal(2, 3)), above=call(normal(2, 2), offset=1, dim1=0, dim2=2)),
    *(
        sample
        for name in ("tril", "triu")
        for sample in operation(
            name,
            square=call(normal(3, 3)),
            above=call(normal(3, 4), 1),
            below=call(normal(4, 3), diagonal=-1),
            batch=call(normal(2, 2, 2)),
            empty=call(normal(0, 3)),
            transposed=call(normal(2, 3).laid("transposed")),
        )
    ),
]

LINEAR = [
    *operation(
        "nn.functional.linear",
        matrix=call(normal(2, 3), normal(4, 3), normal(4)),
        plain=call(normal(2, 3), normal(4, 3)),
        vector=call(normal(3), normal(4, 3), normal(4)),
        batch=call(normal(2, 2, 3), normal(4, 3), normal(4)),
        empty=call(normal(0, 3), normal(2, 3), normal(2)),
    ),
]


def reductions(values, *rest, **options):
    """A loss under its three reductions."""
    return {name: call(values, *rest, reduction=name, **options) for name in ("mean", "sum", "none")}


WEIGHT = literal([0.5, 1.0, 2.0])
LOSSES = [
    *operation(
        "nn.functional.mse_loss",
        **reductions(normal(2, 3), normal(2, 3)),
        empty=call(normal(0), normal(0), reduction="sum"),
    ),
    *operation(
        "nn.functional.l1_loss",
        **reductions(normal(2, 3), normal(2, 3)),
        equal=call(literal([1.0]), literal([1.0])).but(smooth=False),
    ),
    *operation(
        "nn.functional.smooth_l1_loss",
        **reductions(normal(2, 3), normal(2, 3)),
        beta=call(normal(3), normal(3), beta=0.3),
        edge=call(literal([1.0, 2.0, 0.0]), literal([1.0, 1.0, 1.0])).but(smooth=False, second=False),
    ),
    *operation(
        "nn.functional.huber_loss",
        **reductions(normal(2, 3), normal(2, 3)),
        delta=call(normal(3), normal(3), delta=0.3),
    ),
    *operation(
        "nn.functional.binary_cross_entropy",
        **reductions(probability(2, 3), probability(2, 3)),
        weight=call(probability(2, 3), probability(2, 3), weight=positive(3)).but(grad=(0,)),
        edge=call(literal([0.0, 1.0, 0.0, 1.0]), literal([0.0, 1.0, 1.0, 0.0])).but(smooth=False, second=False),
    ),
    *operation(
        "nn.functional.binary_cross_entropy_with_logits",
        **reductions(normal(2, 3), probability(2, 3)),
        weight=call(normal(2, 3), probability(2, 3), weight=positive(3)).but(grad=(0,)),
        pos_weight=call(normal(2, 3), probability(2, 3), pos_weight=positive(3)).but(grad=(0, 1)),
        large=call(literal([1000.0, -1000.0]), literal([1.0, 1.0])).but(dtypes=DOUBLES),
    ),
    *operation(
        "nn.functional.nll_loss",
        **reductions(normal(4, 3), index(3, 4)),
        weight=call(normal(4, 3), index(3, 4), weight=WEIGHT).but(grad=(0,), dtypes=FLOATS),
        ignored=call(normal(3, 3), literal([1, -100, 2], "int64")),
        ignored_class=call(normal(3, 3), literal([1, 0, 2], "int64"), ignore_index=0),
        one=call(normal(3), index(3)),
        images=call(normal(2, 3, 2), index(3, 2, 2)),
    ),
    *operation(
        "nn.functional.cross_entropy",
        **reductions(normal(4, 3), index(3, 4)),
        weight=call(normal(4, 3), index(3, 4), weight=WEIGHT).but(grad=(0,), dtypes=FLOATS),
        ignored=call(normal(3, 3), literal([1, -100, 2], "int64")),
        all_ignored=call(normal(2, 3), literal([-100, -100], "int64"), reduction="sum"),
        smoothed=call(normal(4, 3), index(3, 4), label_smoothing=0.1),
        smoothed_weight=call(normal(4, 3), index(3, 4), weight=WEIGHT, label_smoothing=0.2).but(
            grad=(0,), dtypes=FLOATS
        ),
        probabilities=call(normal(2, 3), probability(2, 3)),
        probabilities_weight=call(normal(2, 3), probability(2, 3), weight=WEIGHT).but(grad=(0, 1), dtypes=FLOATS),
        probabilities_smoothed=call(normal(2, 3), probability(2, 3), reduction="none", label_smoothing=0.1),
        one=call(normal(3), index(3)),
        images=call(normal(2, 3, 2), index(3, 2, 2)),
        large=call(literal([[1000.0, 0.0, -1000.0]]), literal([2], "int64")).but(dtypes=DOUBLES),
    ),
    *operation(
        "nn.functional.kl_div", batch=call(normal(2, 3), probability(2, 3), reduction="batchmean").but(dtypes=DOUBLES)
    ),
    *operation("nn.functional.dropout", evaluated=call(normal(2, 3), 0.5, False), none=call(normal(2, 3), 0.0)),
    *operation("nn.functional.one_hot", classes=call(index(3, 4), 4), inferred=call(literal([0, 2, 1], "int64"))),
    *operation(
        "nn.functional.normalize",
        rows=call(normal(2, 3)),
        first=call(normal(2, 3), dim=0),
        three=call(normal(2, 3), p=3.0),
    ),
    *operation(
        "nn.functional.cosine_similarity",
        rows=call(normal(2, 3), normal(2, 3)),
        first=call(normal(2, 3), normal(2, 3), dim=0),
    ),
    *operation(
        "nn.functional.embedding", matrix=call(index(4, 2, 3), normal(4, 2)), vector=call(index(4, 3), normal(4, 2))
    ),
]

SAMPLES = [*PRODUCTS, *SUMS_OF_PRODUCTS, *EINSUM, *TRIANGLES, *LINEAR, *LOSSES]
