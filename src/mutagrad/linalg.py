"""Linear algebra under the names of `torch.linalg`."""

from mutagrad.ops.contractions import linalg_cross as cross
from mutagrad.ops.contractions import multi_dot
from mutagrad.ops.determinants import linalg_det as det
from mutagrad.ops.determinants import linalg_slogdet as slogdet
from mutagrad.ops.factoring import (
    cholesky_ex,
    ldl_factor,
    ldl_factor_ex,
    ldl_solve,
    lu_factor,
    lu_factor_ex,
)
from mutagrad.ops.factoring import linalg_cholesky as cholesky
from mutagrad.ops.factoring import linalg_lu as lu
from mutagrad.ops.factoring import linalg_lu_solve as lu_solve
from mutagrad.ops.least_squares import lstsq, matrix_rank, pinv
from mutagrad.ops.matrices import LinAlgError
from mutagrad.ops.matrix_functions import cond, matrix_exp, matrix_norm, matrix_power, norm
from mutagrad.ops.matrix_functions import linalg_vander as vander
from mutagrad.ops.norms import vector_norm
from mutagrad.ops.orthogonal import householder_product
from mutagrad.ops.orthogonal import linalg_qr as qr
from mutagrad.ops.products import matmul, vecdot
from mutagrad.ops.solving import inv, inv_ex, solve, solve_ex, solve_triangular, tensorinv, tensorsolve
from mutagrad.ops.spectral import eig, eigh, eigvals, eigvalsh, svdvals
from mutagrad.ops.spectral import linalg_svd as svd
from mutagrad.ops.striding import linalg_diagonal as diagonal

__all__ = [
    "LinAlgError",
    "cholesky",
    "cholesky_ex",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "householder_product",
    "inv",
    "inv_ex",
    "ldl_factor",
    "ldl_factor_ex",
    "ldl_solve",
    "lstsq",
    "lu",
    "lu_factor",
    "lu_factor_ex",
    "lu_solve",
    "matmul",
    "matrix_exp",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_ex",
    "solve_triangular",
    "svd",
    "svdvals",
    "tensorinv",
    "tensorsolve",
    "vander",
    "vecdot",
    "vector_norm",
]
