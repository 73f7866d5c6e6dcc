"""A Python number beside a tensor is made an array once, and is then the same for every call of that line."""

from __future__ import annotations

import math

import pytest

import mutagrad as torch
from mutagrad.recording import MANY, numbers_met


def test_numbers_that_are_equal_stay_apart() -> None:
    ones = torch.ones(2)
    for _ in range(2):
        signs = [math.copysign(1, (ones * zero)[0].item()) for zero in (0.0, -0.0)]
        assert signs == [1, -1]
        assert [(torch.tensor([1, 2]) * one).dtype for one in (1, 1.0)] == [torch.int64, torch.float32]


def test_one_number_beside_two_dtypes() -> None:
    number = 0.1
    for _ in range(3):
        for dtype in (torch.float32, torch.float64):
            x = torch.ones(2, dtype=dtype, requires_grad=True)
            y = x * number
            y.sum().backward()
            assert y.dtype == x.grad.dtype == dtype
            assert x.grad.tolist() == torch.tensor([number, number], dtype=dtype).tolist()


def test_many_numbers_are_not_kept() -> None:
    x, factors = torch.ones(1, dtype=torch.float64, requires_grad=True), [1 + i / 7 for i in range(3 * MANY)]
    total = sum(x * factor for factor in factors)
    total.backward()
    assert x.grad.item() == pytest.approx(sum(factors), rel=1e-12)
    assert len(numbers_met) <= MANY


def test_what_one_line_saved_may_be_freed_and_used_again() -> None:
    x = torch.tensor([3.0], requires_grad=True)
    results = [x * 1.5 for _ in range(2)]
    results[0].backward()
    with pytest.raises(RuntimeError, match="second time"):
        results[0].backward()
    results[1].backward()
    assert x.grad.item() == 3.0


def test_both_factors_are_saved_in_the_order_of_the_inputs() -> None:
    assert torch.mul.operation.saves == ("input", "other")
