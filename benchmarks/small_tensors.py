"""Recorded forward plus backward of single operations on tensors of four elements, beside PyTorch in one run.

    python benchmarks/small_tensors.py

Each program is written once against the common API: a chain of 100 operations and one backward pass through it. Figures
are microseconds for each operation; a ratio below one means that mutagrad is ahead. Needs PyTorch installed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from pairs import measure

import mutagrad

LENGTH = 100


def chain(step: Callable[[Any, Any], Any]) -> Callable[[Any], Callable[[], None]]:
    """A program that applies `step(h, w)` again and again and differentiates the sum."""

    def build(xp: Any) -> Callable[[], None]:
        x = xp.tensor([0.1, 0.2, 0.3, 0.4], requires_grad=True)
        w = xp.tensor([0.9, 1.0, 1.1, 1.0], requires_grad=True)
        ones = xp.ones(4)

        def program() -> None:
            h = x
            for _ in range(LENGTH):
                h = step(h, w)
            h.backward(ones)
            x.grad = w.grad = None

        return program

    return build


PROGRAMS = {
    "h * w": lambda h, w: h * w,
    "h + w": lambda h, w: h + w,
    "h - w": lambda h, w: h - w,
    "h / w": lambda h, w: h / w,
    "h * 1.01": lambda h, w: h * 1.01,
    "h.sin()": lambda h, w: h.sin(),
    "h.exp() (of -h)": lambda h, w: (-h).exp(),
    "h.tanh()": lambda h, w: h.tanh(),
    "h.sigmoid()": lambda h, w: h.sigmoid(),
    "h.relu()": lambda h, w: h.relu(),
    "h.add_(w)": lambda h, w: h.clone().add_(w),
    "h.mul_(1.01)": lambda h, w: h.clone().mul_(1.01),
    "h[1:3] read": lambda h, w: h + h[1],
    "h.view(2, 2).t()": lambda h, w: h.view(2, 2).t().reshape(4) * 1.01,
}


def main() -> None:
    torch.set_num_threads(1)
    print(f"{'operation':20s} {'mutagrad':>9s} {'PyTorch':>9s} {'ratio':>6s}   (µs, forward and backward)")
    product = 1.0
    for name, step in PROGRAMS.items():
        build = chain(step)
        pair = measure(build(mutagrad), build(torch))
        product *= pair.ratio
        print(f"{name:20s} {pair.ours / LENGTH * 1e6:9.2f} {pair.theirs / LENGTH * 1e6:9.2f} {pair.ratio:6.2f}")
    print(f"geometric mean of the ratios: {product ** (1 / len(PROGRAMS)):.2f}")


if __name__ == "__main__":
    main()
