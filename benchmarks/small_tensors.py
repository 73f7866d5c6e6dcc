"""Small tensors: what an operation costs beyond its arithmetic, recorded and differentiated.

Single operations go back through each one by itself, `n` times; chains apply one step `n` times and go back through all
of them; the models are those of tutorials.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workloads import Program, workload

GROUP = "small tensors"
ALONE = "single operations"

CHAINS: dict[str, Callable[[Any, Any], Any]] = {
    "h * w": lambda h, w: h * w,
    "h + w": lambda h, w: h + w,
    "h - w": lambda h, w: h - w,
    "h / w": lambda h, w: h / w,
    "h * 1.01": lambda h, w: h * 1.01,
    "h.sin()": lambda h, w: h.sin(),
    "(-h).exp()": lambda h, w: (-h).exp(),
    "h.tanh()": lambda h, w: h.tanh(),
    "h.sigmoid()": lambda h, w: h.sigmoid(),
    "h.relu()": lambda h, w: h.relu(),
    "h.clone().add_(w)": lambda h, w: h.clone().add_(w),
    "h.clone().mul_(1.01)": lambda h, w: h.clone().mul_(1.01),
}
VIEW_CHAINS: dict[str, Callable[[Any, Any], Any]] = {
    "h + h[1]": lambda h, w: h + h[1],
    "h[:2], h[2:] swapped": lambda h, w: w * 1.01 + h[2:].mean() - h[:2].mean(),
    "h.view(2, 2).t()": lambda h, w: h.view(2, 2).t().reshape(4) * 1.01,
    "h.unsqueeze(0).expand(2, 4)": lambda h, w: h.unsqueeze(0).expand(2, 4).sum(0) * 0.5,
}


def _chain(torch: Any, n: int, step: Callable[[Any, Any], Any]) -> Program:
    x = torch.tensor([0.1, 0.2, 0.3, 0.4], requires_grad=True)
    w = torch.tensor([0.9, 1.0, 1.1, 1.0], requires_grad=True)
    ones = torch.ones(4)

    def program() -> None:
        h = x
        for _ in range(n):
            h = step(h, w)
        h.backward(ones)
        x.grad = w.grad = None

    return program


def _alone(torch: Any, n: int, step: Callable[[Any, Any], Any]) -> Program:
    x = torch.tensor([0.1, 0.2, 0.3, 0.4], requires_grad=True)
    w = torch.tensor([0.9, 1.0, 1.1, 1.0], requires_grad=True)
    ones = torch.ones(4)

    def program() -> None:
        for _ in range(n):
            step(x, w).backward(ones)
            x.grad = w.grad = None

    return program


for _name, _step in CHAINS.items():
    workload(ALONE, f"{_name}, alone", size=100, tiny=3, many=5000)(lambda torch, n, step=_step: _alone(torch, n, step))
for _name, _step in {**CHAINS, **VIEW_CHAINS}.items():
    workload(GROUP, _name, size=100, tiny=3, many=5000)(lambda torch, n, step=_step: _chain(torch, n, step))


@workload(GROUP, "scalar MLP", size=4, tiny=1, many=100)
def scalar_mlp(torch: Any, n: int) -> Program:
    """A network 3-4-4-1 of neurons whose every weight is a tensor of its own."""
    torch.manual_seed(0)

    def layer(inputs: int, outputs: int) -> list[list[Any]]:
        return [[torch.randn(()).requires_grad_() for _ in range(inputs + 1)] for _ in range(outputs)]

    layers = [layer(3, 4), layer(4, 4), layer(4, 1)]
    points = [[torch.tensor(0.1 * (i + j)) for j in range(3)] for i in range(n)]
    parameters = [w for each in layers for neuron in each for w in neuron]

    def program() -> None:
        loss = torch.zeros(())
        for point in points:
            h = point
            for each in layers:
                total = []
                for *weights, bias in each:
                    s = bias
                    for w, x in zip(weights, h):
                        s = s + w * x
                    total.append(s.tanh())
                h = total
            loss = loss + (h[0] - 1.0) ** 2
        loss.backward()
        for p in parameters:
            p.data -= 0.01 * p.grad
            p.grad = None

    return program


@workload(GROUP, "tutorial loop", size=20, tiny=2)
def tutorial_loop(torch: Any, n: int) -> Program:
    """`n` steps of training a network 2-3-2 with a hand-written update."""
    torch.manual_seed(0)
    x, y = torch.randn(4, 2), torch.randn(4, 2)
    w1, b1 = torch.randn(2, 3, requires_grad=True), torch.zeros(3, requires_grad=True)
    w2, b2 = torch.randn(3, 2, requires_grad=True), torch.zeros(2, requires_grad=True)

    def program() -> None:
        for _ in range(n):
            h = torch.relu(x @ w1 + b1)
            loss = ((h @ w2 + b2 - y) ** 2).mean()
            loss.backward()
            with torch.no_grad():
                for p in (w1, b1, w2, b2):
                    p -= 0.01 * p.grad
                    p.grad = None

    return program
