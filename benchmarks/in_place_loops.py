"""Loops that write into an array piece by piece, as textbooks write numerical programs, and are differentiated.

Each is `n` elements, steps, rows or columns long, and starts anew from the same data when it is called.
"""

from __future__ import annotations

from typing import Any

from workloads import Program, kept, workload

GROUP = "in-place loops"


@workload(GROUP, "linear recurrence", size=5000, tiny=8, touched=lambda n: n)
def recurrence(torch: Any, n: int) -> Program:
    """d[i] = d[i-1] * w[i] + w[i-1]."""
    w = torch.full((n,), 0.5, requires_grad=True)

    def program() -> None:
        d = torch.zeros(n)
        d[0] = 1.0
        for i in range(1, n):
            d[i] = kept(torch, d[i - 1]) * w[i] + w[i - 1]
        d.sum().backward()
        w.grad = None

    return program


@workload(GROUP, "soft edit distance", size=36, tiny=3, touched=lambda n: n * n)
def soft_edit_distance(torch: Any, n: int) -> Program:
    """The table of soft dynamic time warping of two sequences of `n`, element by element."""
    torch.manual_seed(0)
    x, y = torch.randn(n, requires_grad=True), torch.randn(n)

    def program() -> None:
        table = torch.full((n + 1, n + 1), 1e3)
        table[0, 0] = 0.0
        cost = (x[:, None] - y[None, :]) ** 2
        for i in range(1, n + 1):
            for j in range(1, n + 1):
                before = torch.stack([table[i - 1, j - 1], table[i - 1, j], table[i, j - 1]])
                table[i, j] = cost[i - 1, j - 1] - torch.logsumexp(-before, 0)
        table[n, n].backward()
        x.grad = None

    return program


def _definite(torch: Any, n: int) -> Any:
    torch.manual_seed(0)
    m = torch.randn(n, n)
    return (m @ m.t() + n * torch.eye(n)).requires_grad_()


@workload(GROUP, "LU", size=320, tiny=4, touched=lambda n: n**3 / 3)
def lu(torch: Any, n: int) -> Program:
    """Gaussian elimination of a matrix, step by step in its own memory."""
    matrix = _definite(torch, n)

    def program() -> None:
        a = matrix.clone()
        for k in range(n - 1):
            a[k + 1 :, k] /= kept(torch, a[k, k])
            a[k + 1 :, k + 1 :] -= torch.outer(kept(torch, a[k + 1 :, k]), kept(torch, a[k, k + 1 :]))
        a.diagonal().log().sum().backward()
        matrix.grad = None

    return program


@workload(GROUP, "Cholesky by columns", size=400, tiny=4, touched=lambda n: n**3 / 6)
def cholesky(torch: Any, n: int) -> Program:
    """Each column of the factor from the ones before it."""
    matrix = _definite(torch, n)

    def program() -> None:
        factor = torch.zeros(n, n)
        for j in range(n):
            column = matrix[j:, j] - kept(torch, factor[j:, :j]) @ kept(torch, factor[j, :j])
            factor[j:, j] = column / column[0].sqrt()
        factor.diagonal().log().sum().backward()
        matrix.grad = None

    return program


@workload(GROUP, "triangular solve", size=600, tiny=4, touched=lambda n: n * n / 2)
def triangular_solve(torch: Any, n: int) -> Program:
    """x[i] = (b[i] - L[i, :i] x[:i]) / L[i, i]."""
    torch.manual_seed(0)
    lower = (torch.randn(n, n).tril() / n + torch.eye(n)).requires_grad_()
    b = torch.randn(n)

    def program() -> None:
        x = torch.zeros(n)
        for i in range(n):
            x[i] = (b[i] - lower[i, :i] @ kept(torch, x[:i])) / lower[i, i]
        (x * x).sum().backward()
        lower.grad = None

    return program


@workload(GROUP, "wave equation", size=1500, tiny=3, touched=lambda n: 1000 * n)
def wave(torch: Any, n: int) -> Program:
    """`n` steps of a wave on 1,000 points, displacement and velocity in place."""
    speed = torch.full((998,), 0.5, requires_grad=True)
    start = torch.exp(-((torch.arange(1000) - 300.0) ** 2) / 200)

    def program() -> None:
        u, v = start.clone(), torch.zeros(1000)
        for _ in range(n):
            v[1:-1] += speed * (u[2:] - 2 * u[1:-1] + u[:-2])
            u += 0.5 * v
        (u * u).sum().backward()
        speed.grad = None

    return program


@workload(GROUP, "heat equation", size=1000, tiny=3, touched=lambda n: 64 * 64 * n)
def heat(torch: Any, n: int) -> Program:
    """`n` steps of diffusion on 64 x 64 points, in place."""
    conductivity = torch.full((62, 62), 0.2, requires_grad=True)
    start = torch.zeros(64, 64)
    start[20:40, 20:40] = 1.0

    def program() -> None:
        u = start.clone()
        for _ in range(n):
            around = u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2]
            u[1:-1, 1:-1] += conductivity * (around - 4 * u[1:-1, 1:-1])
        (u * u).sum().backward()
        conductivity.grad = None

    return program


@workload(GROUP, "RNN, preallocated", size=500, tiny=3, touched=lambda n: 16 * 64 * n)
def rnn(torch: Any, n: int) -> Program:
    """A recurrent layer of 64 units over `n` steps of a batch of 16, its states written into one tensor."""
    torch.manual_seed(0)
    x = torch.randn(n, 16, 32)
    w = (torch.randn(32, 64) * 0.1).requires_grad_()
    u = (torch.randn(64, 64) * 0.1).requires_grad_()

    def program() -> None:
        states = torch.zeros(n + 1, 16, 64)
        for t in range(n):
            states[t + 1] = torch.tanh(x[t] @ w + kept(torch, states[t]) @ u)
        states.mean().backward()
        w.grad = u.grad = None

    return program


@workload(GROUP, "scatter-accumulate", size=3000, tiny=3, touched=lambda n: 16 * n)
def scatter(torch: Any, n: int) -> Program:
    """`n` times sixteen weighted values added into the bins of a table, which are read in between."""
    torch.manual_seed(0)
    places = torch.randint(0, 4 * n, (n, 16))
    weights = torch.rand(n, 16, requires_grad=True)

    def program() -> None:
        bins = torch.zeros(4 * n)
        for place, weight in zip(places, weights):
            bins.index_add_(0, place, weight * (1 + bins[place]))
        bins.sum().backward()
        weights.grad = None

    return program


@workload(GROUP, "Kalman filter", size=600, tiny=3, touched=lambda n: n)
def kalman(torch: Any, n: int) -> Program:
    """Means and covariances of position and speed at `n` times, written into two tensors; the noise is learnt."""
    torch.manual_seed(0)
    measured = torch.randn(n)
    noise = torch.tensor([0.1, 0.5], requires_grad=True)
    step, eye = torch.tensor([[1.0, 0.1], [0.0, 1.0]]), torch.eye(2)

    def program() -> None:
        means, covariances = torch.zeros(n + 1, 2), torch.zeros(n + 1, 2, 2)
        covariances[0] = eye
        loss = torch.zeros(())
        for t in range(n):
            mean = step @ kept(torch, means[t])
            covariance = step @ kept(torch, covariances[t]) @ step.t() + noise[0] * eye
            surprise = measured[t] - mean[0]
            variance = covariance[0, 0] + noise[1]
            gain = covariance[:, 0] / variance
            means[t + 1] = mean + gain * surprise
            covariances[t + 1] = covariance - torch.outer(gain, covariance[0])
            loss = loss + surprise * surprise / variance + variance.log()
        loss.backward()
        noise.grad = None

    return program


@workload(GROUP, "leapfrog", size=1500, tiny=3, touched=lambda n: 256 * n)
def leapfrog(torch: Any, n: int) -> Program:
    """`n` steps of 256 coupled pendulums, momenta and angles in place."""
    stiffness = torch.full((255,), 0.5, requires_grad=True)
    start = torch.linspace(-1, 1, 256)

    def program() -> None:
        q, p = start.clone(), torch.zeros(256)
        for _ in range(n):
            p -= 0.01 * torch.sin(kept(torch, q))
            pull = stiffness * (q[1:] - q[:-1])
            p[:-1] += 0.01 * pull
            p[1:] -= 0.01 * pull
            q += 0.01 * p
        (q * q).sum().backward()
        stiffness.grad = None

    return program
