"""Samples of linear algebra: equations, factorisations, spectra, least squares, norms and functions of matrices.

Vectors that are determined up to a factor are compared by what does not depend on it.
"""

import numpy as np

from ..sample import call, distinct, literal, nonzero, normal, operation

DTYPES = ("float64", "float32", "complex128", "complex64")
DIAGONAL = np.diag([4.0, 5.0, 6.0])
REGULAR = literal((DIAGONAL + [[0.0, 1.0, -0.5], [0.7, 0.0, 0.3], [-0.4, 0.9, 0.0]]).tolist())
BATCH = literal([[[3.0, 1.0], [0.5, 2.0]], [[1.0, -2.0], [3.0, 1.0]]])
SINGULAR = literal([[1.0, 2.0], [2.0, 4.0]])
SINGULAR_BATCH = literal([[[1.0, 0.0], [0.0, 1.0]], [[1.0, 1.0], [1.0, 1.0]]])
POSITIVE = literal([[4.0, 1.0, 0.5], [1.0, 3.0, -1.0], [0.5, -1.0, 2.0]])
NEGATIVE = literal([[1.0, 0.0], [0.0, -1.0]])


def family(names, function=None, /, **calls):
    """Samples of functions of floating-point matrices."""
    made = {
        label: made.but(**{"dtypes": DTYPES[:1] if made.options.get("raises") else DTYPES, **made.options})
        for label, made in calls.items()
    }
    if function is None:
        return [sample for name in names.split() for sample in operation(name, **made)]
    return operation(names, function, **made)


SQUARE = {"plain": call(REGULAR), "batch": call(BATCH), "empty": call(normal(0, 0))}
RIGHT = {
    "matrix": call(REGULAR, normal(3, 2)),
    "vector": call(REGULAR, normal(3)),
    "batches": call(BATCH, normal(3, 1, 2, 2)),
    "vectors": call(BATCH, normal(2, 2)),
    "transposed": call(REGULAR.laid("transposed"), normal(3, 2).laid("transposed")),
    "empty": call(normal(0, 0), normal(0, 2)),
    "right": call(REGULAR, normal(2, 3), left=False),
}
EQUATIONS = [
    *family("linalg.solve linalg.solve_ex", **RIGHT),
    *family(
        "linalg.solve",
        singular=call(SINGULAR, normal(2, 1)).but(raises=True),
        one_singular=call(SINGULAR_BATCH, normal(2, 1)).but(raises=True),
        shapes=call(REGULAR, normal(2, 2)).but(raises=True),
    ),
    *family(
        "linalg.solve_triangular",
        upper=call(REGULAR, normal(3, 2), upper=True),
        lower=call(REGULAR, normal(3, 2), upper=False),
        units=call(REGULAR, normal(3, 2), upper=False, unitriangular=True),
        right=call(BATCH, normal(3, 2), upper=True, left=False),
        not_square=call(normal(2, 3), normal(2, 1), upper=True).but(raises=True),
    ),
    *family("triangular_solve", plain=call(normal(3, 2), REGULAR), transposed=call(normal(2, 1), BATCH, False, True)),
    *family("linalg.inv inverse linalg.inv_ex", **SQUARE),
    *family("linalg.inv inverse", singular=call(literal([[0.0, 0.0], [0.0, 1.0]])).but(raises=True)),
    *family("linalg.inv", batch_singular=call(literal(np.zeros((2, 2, 2)).tolist())).but(raises=True)),
    *family("linalg.tensorinv", plain=call(normal(2, 3, 6)), first=call(normal(4, 2, 2), ind=1)),
    *family(
        "linalg.tensorsolve", plain=call(normal(2, 3, 6), normal(2, 3)), moved=call(normal(2, 6, 3), normal(2, 3), (1,))
    ),
    *family("linalg.det det linalg.slogdet slogdet", **SQUARE),
    *family("linalg.det det", singular=call(SINGULAR).but(second=False)),
    *family("linalg.slogdet logdet", singular=call(SINGULAR).but(grad=(), dtypes=DTYPES[:2])),
    *family("logdet", **SQUARE, negative=call(NEGATIVE).but(smooth=False)),
    *family(
        "linalg.det",
        nearly=call(literal([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [5.0, 7.0, 9.0]])).but(
            second=False, dtypes=DTYPES[::2], rtol=1e-8
        ),
    ),
]

FACTORISATIONS = [
    *family(
        "linalg.cholesky cholesky linalg.cholesky_ex",
        lower=call(POSITIVE).but(smooth=False),
        upper=call(POSITIVE, upper=True).but(smooth=False),
    ),
    *family("linalg.cholesky cholesky", negative=call(NEGATIVE).but(raises=True)),
    *family("cholesky_inverse", lower=call(REGULAR).but(grad=()), upper=call(REGULAR, True).but(grad=())),
    *family(
        "cholesky_solve",
        lower=call(normal(3, 2), REGULAR).but(grad=(0,)),
        upper=call(normal(3, 1), REGULAR, True).but(grad=(0,)),
    ),
    *family(
        "linalg.lu_factor linalg.lu_factor_ex linalg.lu lu",
        plain=call(REGULAR),
        batch=call(BATCH),
        tall=call(normal(4, 2)),
        wide=call(normal(2, 4)),
    ),
    *family("linalg.lu_factor", singular=call(literal([[0.0, 0.0], [0.0, 0.0]])).but(raises=True)),
    *family(
        "lu_solved",
        lambda torch, a, b, **options: torch.linalg.lu_solve(*torch.linalg.lu_factor(a), b, **options),
        plain=call(REGULAR, normal(3, 2)),
        batch=call(BATCH, normal(2, 1)),
        right=call(REGULAR, normal(2, 3), left=False),
        adjoint=call(REGULAR, normal(3, 2), adjoint=True),
        both=call(BATCH, normal(2, 2, 2), left=False, adjoint=True),
    ),
    *family(
        "lu_unpacked",
        lambda torch, a: torch.lu_unpack(*torch.linalg.lu_factor(a))[1:],
        square=call(REGULAR),
        tall=call(normal(3, 2)),
        wide=call(normal(2, 3)),
    ),
    *family(
        "ldl_solved",
        lambda torch, a, b: torch.linalg.ldl_solve(*torch.linalg.ldl_factor(a), b),
        plain=call(POSITIVE, normal(3, 2)).but(grad=()),
        blocks=call(literal([[0.0, 1.0], [1.0, 0.0]]), normal(2, 1)).but(grad=()),
    ),
    *family(
        "qr_up_to_signs",
        lambda torch, a, **mode: _fixed(torch, *torch.linalg.qr(a, **mode)),
        square=call(REGULAR),
        tall=call(normal(4, 2)),
        wide=call(normal(2, 3)),
        batch=call(BATCH, mode="complete"),
    ),
    *family("linalg.qr", mode=call(REGULAR, mode="x").but(raises=True)),
    *family(
        "linalg.householder_product",
        plain=call(normal(4, 3), normal(3)),
        fewer=call(normal(3, 3), normal(2)),
        batch=call(normal(2, 3, 2), normal(2, 2)),
    ),
    *family(
        "ormqr",
        left=call(normal(3, 2), normal(2), normal(3, 2)),
        turned=call(normal(3, 2), normal(2), normal(3, 2), True, True),
        right=call(normal(3, 2), normal(2), normal(2, 3), False),
        both=call(normal(3, 3), normal(3), normal(2, 3), False, True),
    ),
]


def _fixed(torch, q, r):
    """Q and R with a positive diagonal of R."""
    k = min(r.shape[-2:])
    signs = r.diagonal(0, -2, -1)[..., :k].sgn().detach()
    return q[..., :k] * signs[..., None, :], r[..., :k, :] * signs[..., :, None].conj()


def _products(torch, vectors, *kept):
    """The products of pairs of elements of the same vector, in which its phase cancels, and further results."""
    return (vectors[..., :, None, :] * vectors[..., None, :, :].conj(), *kept)


SPECTRA = [
    *family("linalg.eigvalsh", lower=call(POSITIVE).but(smooth=False), upper=call(BATCH, UPLO="U").but(smooth=False)),
    *family(
        "eigh",
        lambda torch, a, *uplo: _products(torch, torch.linalg.eigh(a, *uplo)[1], torch.linalg.eigh(a, *uplo)[0]),
        lower=call(POSITIVE).but(smooth=False),
        upper=call(BATCH, "U").but(smooth=False),
    ),
    *family(
        "eig",
        lambda torch, a: _products(torch, torch.linalg.eig(a)[1], torch.linalg.eig(a)[0]),
        real=call(literal([[1.0, 2.0], [0.5, 3.0]])),
        turning=call(literal([[1.0, -2.0], [3.0, 1.0]])).but(smooth=False),
    ),
    *family("linalg.eigvals", real=call(literal([[1.0, 2.0], [0.5, 3.0]])), turning=call(BATCH).but(smooth=False)),
    *family("linalg.svdvals", square=call(REGULAR), tall=call(normal(3, 2)), batch=call(normal(2, 2, 3))),
    *family(
        "svd_up_to_phases",
        lambda torch, a, full: _singular(torch, *torch.linalg.svd(a, full)),
        square=call(REGULAR, False),
        tall=call(normal(3, 2), False),
        wide=call(normal(2, 3), False),
        full=call(normal(3, 2), True),
    ),
    *family("linalg.eigh", not_square=call(normal(2, 3)).but(raises=True)),
    *family("svd", values=call(REGULAR, True, False)),
]


def _singular(torch, u, s, vh):
    """The singular values, and products in which the phases of the vectors cancel."""
    k = s.shape[-1]
    u, vh = u[..., :k], vh[..., :k, :]
    return s, u[..., :, None, :] * vh.mT[..., None, :, :], u[..., :, None, :] * u[..., None, :, :].conj()


LEAST_SQUARES = [
    *family(
        "linalg.pinv",
        square=call(REGULAR),
        tall=call(normal(4, 2)),
        wide=call(normal(2, 3, 4)),
        tolerance=call(literal([[4.0, 0.0], [0.0, 1e-3]]), rtol=0.1).but(smooth=False),
        hermitian=call(POSITIVE, hermitian=True).but(smooth=False),
    ),
    *family("pinverse", tall=call(normal(3, 2))),
    *family(
        "linalg.matrix_rank",
        full=call(REGULAR),
        less=call(SINGULAR),
        batch=call(SINGULAR_BATCH),
        hermitian=call(POSITIVE, hermitian=True),
        tolerance=call(REGULAR, atol=4.5),
    ),
    *family(
        "linalg.lstsq",
        tall=call(normal(4, 2), normal(4, 1)),
        residuals=call(normal(4, 2), normal(4, 2), driver="gelsd"),
        wide=call(normal(2, 3), normal(2, 2), driver="gelss"),
        batch=call(normal(2, 3, 2), normal(2, 3, 2), driver="gels"),
        vector=call(normal(2, 3, 2), normal(2, 3)),
        shapes=call(normal(2, 3), normal(3, 1)).but(raises=True),
    ),
]

ORDERS = {
    "fro": "fro",
    "nuc": "nuc",
    "inf": float("inf"),
    "ninf": -float("inf"),
    "one": 1,
    "none": -1,
    "two": 2,
    "ntwo": -2,
}
FUNCTIONS = [
    *family(
        "matrix_exp linalg.matrix_exp", plain=call(normal(3, 3)), batch=call(normal(2, 2, 2)), empty=call(normal(0, 0))
    ),
    *family(
        "linalg.matrix_power matrix_power",
        cube=call(REGULAR, 3),
        zero=call(BATCH, 0).but(grad=()),
        one=call(REGULAR, 1),
        negative=call(REGULAR, -2),
        not_square=call(normal(2, 3), 2).but(raises=True),
    ),
    *family("linalg.matrix_norm", **{label: call(normal(2, 3, 2), order) for label, order in ORDERS.items()}),
    *family(
        "linalg.matrix_norm",
        dims=call(normal(2, 3, 2), 1, (2, 0), True),
        kept=call(normal(2, 2, 3), "nuc", (0, 1), True),
        order=call(normal(2, 2), 3).but(raises=True),
        empty=call(normal(0, 3), 1),
    ),
    *family(
        "linalg.norm",
        vector=call(normal(4)),
        all=call(normal(2, 3)),
        matrix=call(normal(2, 3), "nuc"),
        rows=call(normal(2, 3), 3, 1),
        largest=call(distinct(2, 3), float("inf")),
        three=call(normal(2, 2, 2), 2).but(raises=True),
    ),
    *family("norm", nuclear=call(normal(2, 3), "nuc"), of_dims=call(normal(2, 3, 2), "nuc", (0, 2), True)),
    *family(
        "linalg.cond",
        two=call(REGULAR),
        smallest=call(REGULAR, -2),
        # PyTorch overwrites what the gradients of these need.
        frobenius=call(REGULAR, "fro").but(grad=()),
        one=call(REGULAR, 1).but(grad=()),
        nuclear=call(REGULAR, "nuc").but(grad=()),
        singular=call(SINGULAR_BATCH, "fro").but(grad=()),
    ),
    *family(
        "linalg.vander",
        plain=call(nonzero(3)),
        more=call(nonzero(2, 2), N=4),
        less=call(nonzero(3), N=1).but(raises=True),
    ),
    *operation(
        "vander",
        falling=call(nonzero(3)).but(grad=()),
        rising=call(nonzero(3), 2, True).but(grad=()),
        none=call(nonzero(2), 0),
    ),
]

SAMPLES = [*EQUATIONS, *FACTORISATIONS, *SPECTRA, *LEAST_SQUARES, *FUNCTIONS]
