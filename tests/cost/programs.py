"""Programs that fill arrays element by element, column by column or block by block: what in-place is for.

Each takes the module under test and its input as a leaf, and returns a loss; `reference` is the same in NumPy, or
better what NumPy or SciPy have for it. None of them writes over an element that its gradient needs, but for the factor
that a product in place replaces: `copies(n)` says how many. `elements(n)` is how many elements a program of size n
works on.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.linalg


@dataclass(frozen=True)
class Program:
    """`run(torch, x)` on a leaf made of `inputs(n)`, and `reference(x)` on the array itself."""

    run: Callable
    reference: Callable
    inputs: Callable
    elements: Callable = lambda n: n
    size: int = 60
    copies: Callable = lambda n: 0


def vector(n):
    return np.linspace(0.2, 0.9, n)


def matrix(n):
    """A matrix that needs no pivoting."""
    return np.sin(np.arange(1.0, n * n + 1)).reshape(n, n) + n * np.eye(n)


def symmetric(n):
    return matrix(n) @ matrix(n).T


# One dimension ------------------------------------------------------------------------------------------------------


def reads(torch, w):
    total = torch.zeros((), dtype=w.dtype)
    for i in range(len(w)):
        total = total + w[i] * w[i]
    return total


def writes(torch, w):
    d = torch.empty_like(w)
    for i in range(len(w)):
        d[i] = w[i] * w[i]
    return d.sum()


def recurrence(torch, w):
    d = torch.zeros_like(w)
    d[0] = 1.0
    for i in range(1, len(w)):
        d[i] = d[i - 1] * w[i] + w[i - 1]
    return d.sum()


def recurrence_in_numpy(w):
    d = np.zeros_like(w)
    d[0] = 1.0
    for i in range(1, len(w)):
        d[i] = d[i - 1] * w[i] + w[i - 1]
    return d.sum()


def picked(torch, w):
    """The recurrence with index tensors on both sides."""
    d = torch.zeros_like(w)
    d[0] = 1.0
    places = torch.arange(len(w))
    for i in range(1, len(w)):
        d[places[i : i + 1]] = d[places[i - 1 : i]] * w[[i]] + w[[i - 1]]
    return d.sum()


def running_products(torch, w):
    """Each element is scaled by the one before it, in place."""
    d = w * 1.0
    for i in range(1, len(w)):
        d[i] *= d[i - 1]
    return d.sum()


def window(torch, w):
    """Each element from the eighth on is a function of the seven before it."""
    d = torch.zeros_like(w)
    d[:7] = w[:7]
    for i in range(7, len(w)):
        d[i] = (d[i - 7 : i].sin() * w[i - 7 : i]).sum() / 4
    return d.sum()


def window_in_numpy(w):
    d = np.zeros_like(w)
    d[:7] = w[:7]
    for i in range(7, len(w)):
        d[i] = (np.sin(d[i - 7 : i]) * w[i - 7 : i]).sum() / 4
    return d.sum()


def flat_columns(torch, w):
    """A matrix kept flat: columns of its eight are strided slices."""
    d = torch.zeros_like(w)
    d[::8] = w[::8]
    for j in range(1, 8):
        d[j::8] = d[j - 1 :: 8].sin() * w[j::8]
    return d.sum()


def flat_columns_in_numpy(w):
    d = w.reshape(-1, 8).copy()
    for j in range(1, 8):
        d[:, j] *= np.sin(d[:, j - 1])
    return d.sum()


# Two dimensions -----------------------------------------------------------------------------------------------------


def edit_distance(torch, cost):
    """The cheapest way through a table, where a step to the right or down costs one more."""
    n, m = cost.shape
    d = torch.zeros(n + 1, m + 1, dtype=cost.dtype)
    d[0, 1:] = torch.arange(1.0, m + 1)
    d[1:, 0] = torch.arange(1.0, n + 1)
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            beside = torch.minimum(d[i - 1, j], d[i, j - 1]) + 1
            d[i, j] = torch.minimum(beside, d[i - 1, j - 1] + cost[i - 1, j - 1])
    return d[n, m] * 1.0


def edit_distance_in_numpy(cost):
    n, m = cost.shape
    d = np.zeros((n + 1, m + 1))
    d[0, 1:] = np.arange(1.0, m + 1)
    d[1:, 0] = np.arange(1.0, n + 1)
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            d[i, j] = min(d[i - 1, j] + 1, d[i, j - 1] + 1, d[i - 1, j - 1] + cost[i - 1, j - 1])
    return d[n, m]


def soft_time_warping(torch, cost):
    """Dynamic time warping with a smooth minimum, which saves what it reads."""
    n, m = cost.shape
    d = torch.full((n + 1, m + 1), 1e3, dtype=cost.dtype)
    d[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            paths = torch.exp(-d[i - 1, j]) + torch.exp(-d[i, j - 1]) + torch.exp(-d[i - 1, j - 1])
            d[i, j] = cost[i - 1, j - 1] - torch.log(paths)
    return d[n, m] * 1.0


def soft_time_warping_in_numpy(cost):
    n, m = cost.shape
    d = np.full((n + 1, m + 1), 1e3)
    d[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            d[i, j] = cost[i - 1, j - 1] - np.log(
                np.exp(-d[i - 1, j]) + np.exp(-d[i, j - 1]) + np.exp(-d[i - 1, j - 1])
            )
    return d[n, m]


def columns(torch, m):
    """Columns of a row-major matrix, whose bytes lie between one another's, each saved and each written."""
    d = torch.empty_like(m)
    d[:, 0] = m[:, 0]
    for j in range(1, m.shape[1]):
        d[:, j] = d[:, j - 1].sin() * m[:, j]
    return d.sum()


def columns_in_numpy(m):
    d = m.copy()
    for j in range(1, m.shape[1]):
        d[:, j] *= np.sin(d[:, j - 1])
    return d.sum()


def time_steps(torch, m):
    """Rows as moments of a vibrating string."""
    u = torch.zeros_like(m)
    u[0] = m[0]
    for t in range(1, len(m)):
        u[t] = u[t - 1].tanh() + m[t]
        u[t, 1:-1] += 0.1 * (u[t - 1, 2:] - 2 * u[t - 1, 1:-1] + u[t - 1, :-2])
    return (u * u).sum()


def time_steps_in_numpy(m):
    u = m.copy()
    for t in range(1, len(m)):
        u[t] += np.tanh(u[t - 1])
        u[t, 1:-1] += 0.1 * (u[t - 1, 2:] - 2 * u[t - 1, 1:-1] + u[t - 1, :-2])
    return (u * u).sum()


# Linear algebra -----------------------------------------------------------------------------------------------------


def lu(torch, m):
    """Doolittle's factors in place of the matrix; the logarithm of its determinant."""
    a = m * 1.0
    n = len(a)
    for k in range(n - 1):
        a[k + 1 :, k] /= a[k, k]
        a[k + 1 :, k + 1 :] -= torch.outer(a[k + 1 :, k], a[k, k + 1 :])
    return a.diagonal().log().sum()


def cholesky(torch, m):
    """Cholesky's factor in place of the lower triangle; the logarithm of the determinant."""
    a = m * 1.0
    for j in range(len(a)):
        a[j:, j] -= a[j:, :j] @ a[j, :j]
        a[j, j].sqrt_()
        a[j + 1 :, j] /= a[j, j]
    return 2 * a.diagonal().log().sum()


def logarithm_of_determinant(m):
    return np.linalg.slogdet(m)[1]


def logarithm_of_lower_determinant(m):
    """Of the symmetric matrix whose lower triangle is given, which is all that Cholesky's algorithm reads."""
    return np.linalg.slogdet(np.tril(m) + np.tril(m, -1).T)[1]


def substitution(torch, m):
    """Forward substitution: each unknown from all before it."""
    x = torch.zeros(len(m), dtype=m.dtype)
    for i in range(len(m)):
        x[i] = (1.0 - m[i, :i] @ x[:i]) / m[i, i]
    return x.sum()


def substitution_in_scipy(m):
    return scipy.linalg.solve_triangular(m, np.ones(len(m)), lower=True).sum()


def squares(n):
    return n * n


def cubes(n):
    return n**3


PROGRAMS = {
    "reads": Program(reads, lambda w: w @ w, vector),
    "writes": Program(writes, lambda w: w @ w, vector),
    "recurrence": Program(recurrence, recurrence_in_numpy, vector),
    "picked": Program(picked, recurrence_in_numpy, vector),
    "running products": Program(running_products, lambda w: np.cumprod(w).sum(), vector, copies=lambda n: n - 1),
    "window": Program(window, window_in_numpy, vector),
    "flat columns": Program(flat_columns, flat_columns_in_numpy, vector, size=64),
    "edit distance": Program(edit_distance, edit_distance_in_numpy, lambda n: np.cos(matrix(n)) + 1, squares, 7),
    "soft time warping": Program(soft_time_warping, soft_time_warping_in_numpy, lambda n: matrix(n) % 1, squares, 7),
    "columns": Program(columns, columns_in_numpy, lambda n: np.cos(matrix(n)), squares, 8),
    "time steps": Program(time_steps, time_steps_in_numpy, lambda n: np.cos(matrix(n)), squares, 8),
    "LU": Program(lu, logarithm_of_determinant, matrix, cubes, 8),
    "Cholesky": Program(cholesky, logarithm_of_lower_determinant, symmetric, cubes, 8),
    "substitution": Program(substitution, substitution_in_scipy, matrix, squares, 8),
}
