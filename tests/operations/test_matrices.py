"""Linear algebra beyond single recorded results: what factors multiply to, what is refused, and samples of a batch."""

import numpy as np
import pytest

import mutagrad as torch
from mutagrad import linalg

RANDOM = np.random.default_rng(0)
BATCH = torch.tensor(RANDOM.standard_normal((3, 4, 4)))
SIDES = torch.tensor(RANDOM.standard_normal((3, 4, 2)))
POSITIVE = BATCH @ BATCH.mT + torch.eye(4, dtype=torch.float64)


def assert_close(got, expected):
    np.testing.assert_allclose(got.detach().numpy(), expected.detach().numpy(), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("shape", [(4, 4), (2, 5, 3), (2, 3, 5), (0, 2, 2), (3, 0)])
def test_factors_multiply_to_the_matrix(shape):
    """P L U, Q R and U S Vᴴ are the matrix, whatever its shape."""
    a = torch.tensor(np.random.default_rng(1).standard_normal(shape))
    u, s, vh = linalg.svd(a, full_matrices=False)
    p, lower, upper = linalg.lu(a)
    q, r = linalg.qr(a)

    assert_close(p @ lower @ upper, a)
    assert_close(q @ r, a)
    assert_close(u * s[..., None, :] @ vh, a)


@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize("units", [False, True])
def test_a_batch_of_triangles(upper, units):
    """Many small systems, which are solved at once, have the solutions that each has by itself."""
    a, b = (torch.tensor(RANDOM.standard_normal((20, 3, n))) for n in (3, 2))
    each = [linalg.solve_triangular(x, y, upper=upper, unitriangular=units) for x, y in zip(a, b)]

    assert_close(linalg.solve_triangular(a, b, upper=upper, unitriangular=units), torch.stack(each))


@pytest.mark.parametrize("hermitian", [False, True])
def test_indefinite_systems(hermitian):
    """LDL solves symmetric and Hermitian systems, whose pivots are blocks of two here."""
    a = BATCH + 1j * BATCH.roll(1, 0)
    a = a + (a.mH if hermitian else a.mT)
    b = SIDES.to(torch.complex128)
    factors, pivots = linalg.ldl_factor(a, hermitian=hermitian)

    assert_close(a @ linalg.ldl_solve(factors, pivots, b, hermitian=hermitian), b)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("noise", [0.0, 1e-14, 1e-9])
def test_determinant_of_a_nearly_singular_matrix(rank, noise):
    """Its gradient is the cofactors, to the last digits, where the product with an inverse would be all rounding."""
    x = np.random.default_rng(rank).standard_normal((4, 4))
    a = x[:, :rank] @ x[:rank] + noise * x
    cofactors = [
        [(-1) ** (i + j) * np.linalg.det(np.delete(np.delete(a, i, 0), j, 1)) for j in range(4)] for i in range(4)
    ]
    leaf = torch.tensor(a, requires_grad=True)
    linalg.det(leaf).backward()

    np.testing.assert_allclose(leaf.grad.numpy(), cofactors, rtol=1e-8, atol=1e-12)


PHASED = {
    "eigh": lambda a: linalg.eigh(a + a.mH).eigenvectors.imag,
    "eig": lambda a: linalg.eig(a).eigenvectors.imag,
    "svd": lambda a: linalg.svd(a).U.imag,
}


@pytest.mark.parametrize("name", PHASED)
def test_a_loss_that_depends_on_a_phase_is_refused(name):
    """Vectors are settled up to a phase; a gradient that depends on it would mean nothing."""
    a = torch.tensor([[1.0, 2.0 + 1j], [0.5j, 3.0]], requires_grad=True)

    with pytest.raises(RuntimeError, match=r"specified up to multiplication by e\^{i phi}"):
        PHASED[name](a).sum().backward()


def test_failures_name_the_first_of_a_batch():
    """A LinAlgError is a RuntimeError; the `_ex` forms report instead."""
    a = torch.stack([torch.eye(2), torch.zeros(2, 2), torch.ones(2, 2)])

    with pytest.raises(
        RuntimeError, match=r"^linalg.inv: \(Batch element 1\): The diagonal element 1 is zero"
    ) as caught:
        linalg.inv(a)
    assert caught.type is linalg.LinAlgError
    assert linalg.inv_ex(a).info.tolist() == [0, 1, 2]
    assert linalg.solve_ex(a, torch.ones(2, 1)).info.tolist() == [0, 1, 2]
    assert linalg.cholesky_ex(a).info.tolist() == [0, 1, 2]


@pytest.mark.parametrize("name", ["geqrf", "igamma", "zeta"])
def test_a_derivative_that_is_not_there_is_refused(name):
    """Where PyTorch has no derivative, asking for one raises as there, and gives no None."""
    x = torch.tensor([[2.0, 1.0], [0.5, 3.0]], requires_grad=True)
    result = {
        "geqrf": lambda: torch.geqrf(x).a,
        "igamma": lambda: torch.igamma(x, x.detach()),
        "zeta": lambda: torch.special.zeta(x, x.detach()),
    }[name]()

    with pytest.raises(NotImplementedError, match=f"the derivative for '{name}"):
        result.sum().backward()


SAMPLED = {
    "inv": linalg.inv,
    "det": linalg.det,
    "cholesky": linalg.cholesky,
    "eigvalsh": linalg.eigvalsh,
    "eigh": lambda a: linalg.eigh(a).eigenvectors.square(),
    "svdvals": linalg.svdvals,
    "pinv": linalg.pinv,
    "matrix_exp": linalg.matrix_exp,
    "cond": linalg.cond,
    "solve": lambda a: linalg.solve(a, a[..., 0]),
    "lu_solve": lambda a: linalg.lu_solve(*linalg.lu_factor(a), a),
    "cholesky_solve": lambda a: torch.cholesky_solve(a, a),
    "lstsq": lambda a: linalg.lstsq(a, a).solution,
    "fft": torch.fft.fft,
    "irfft": torch.fft.irfft,
}


@pytest.mark.parametrize("name", SAMPLED)
def test_vmap(name):
    """Sample by sample, values and gradients are those of the batch."""
    function = SAMPLED[name]

    def loss(a):
        return function(a).abs().sum()

    assert_close(torch.func.vmap(function)(POSITIVE), function(POSITIVE))
    assert_close(torch.func.vmap(torch.func.grad(loss))(POSITIVE), torch.func.grad(loss)(POSITIVE))


@pytest.mark.parametrize("shape", [(4, 4), (5, 3), (3, 5), (1, 1)])
@pytest.mark.parametrize("kind", ["float64", "complex128"])
def test_many_small_matrices_have_the_factors_that_each_has(shape, kind):
    """L, U, the pivots and info of a batch, singular matrices among it, are those of LAPACK's call for each."""
    entries = RANDOM.standard_normal((12, *shape)) + (
        1j * RANDOM.standard_normal((12, *shape)) if kind[0] == "c" else 0
    )
    entries[3] = 0
    entries[5, :, 0] = 0
    a = torch.tensor(entries)
    each = [linalg.lu_factor_ex(x) for x in a]

    for many, single in zip(linalg.lu_factor_ex(a), zip(*each)):
        assert_close(many, torch.stack(single))


@pytest.mark.parametrize("driver", ["gels", "gelsy", "gelsd", "gelss"])
@pytest.mark.parametrize("shape", [(5, 3), (3, 5)])
def test_many_small_least_squares(driver, shape):
    """Solutions, ranks and singular values of a batch are those of each; with full rank all drivers agree."""
    a, b = torch.tensor(RANDOM.standard_normal((10, *shape))), torch.tensor(RANDOM.standard_normal((10, shape[0], 2)))
    if driver != "gels":
        a[4, :, 1] = a[4, :, 0]
    each = [linalg.lstsq(x, y, driver=driver) for x, y in zip(a, b)]
    found = linalg.lstsq(a, b, driver=driver)

    assert_close(found.solution, torch.stack([x.solution for x in each]))
    for name in ("rank", "singular_values"):
        values = torch.stack([getattr(x, name) for x in each])
        assert_close(getattr(found, name).reshape(values.shape), values)


def test_many_small_exponentials():
    """Each matrix of a batch is scaled as it needs: large, zero, nilpotent and skew ones side by side."""
    entries = RANDOM.standard_normal((9, 4, 4)) * np.array([0, 1e-9, 0.1, 1, 2, 5, 10, 20, 1])[:, None, None]
    entries[8] = np.triu(entries[8], 1)
    a = torch.tensor(entries)

    for got, expected in zip(torch.matrix_exp(a), [torch.matrix_exp(x) for x in a]):
        np.testing.assert_allclose(got.numpy(), expected.numpy(), rtol=1e-9, atol=1e-12 * float(expected.abs().max()))
