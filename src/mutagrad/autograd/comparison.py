"""Derivatives compared with differences: what `gradcheck` checks of values, in reverse and in forward mode.

Read first: `jacobians.py`. Read next: `gradcheck.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from mutagrad.autograd.forward_ad import dual_level, make_dual, unpack_dual
from mutagrad.autograd.jacobians import (
    Direction,
    as_tuple,
    by_differences,
    by_forward,
    by_reverse,
    derivatives,
    forward_along,
    is_continuous,
    requiring_grad,
    reverse_along,
)
from mutagrad.batched import opened
from mutagrad.namespaces import tensors
from mutagrad.ops.levels import enter, leave
from mutagrad.ops.random import Generator, rand, randn_like
from mutagrad.tensor import Tensor, wrap


class GradcheckError(RuntimeError):
    """Raised by `gradcheck` and `gradgradcheck` where a derivative is not what finite differences say."""


class Tolerances(NamedTuple):
    eps: float
    atol: float
    rtol: float
    repeatable: float
    dtypes: bool
    masked: bool


def differentiable(outputs: Any) -> tuple[Tensor, ...]:
    """Those of the outputs that require grad."""
    return tuple(output for output in as_tuple(outputs) if output.requires_grad)


# In reverse mode --------------------------------------------------------------------------------------------------------


def check_reverse(func: Callable, inputs: tuple, tolerances: Tolerances, fast: bool) -> None:
    """Compares gradients with differences; functions of complex values by their imaginary and their real part."""
    check = _compare_projections if fast else _compare_elements
    outputs = as_tuple(func(*inputs))
    if not any(is_continuous(output) and output.is_complex() for output in outputs):
        check(func, inputs, tolerances, lambda number: "")
        return
    is_complex = [output.is_complex() for output in outputs if output.requires_grad]
    for part in ("imaginary", "real"):

        def says(number: int, part: str = part) -> str:
            return f"While considering the {part} part of complex outputs only, " if is_complex[number] else ""

        check(_part_of(func, part), inputs, tolerances, says)


def _part_of(func: Callable, part: str) -> Callable[..., tuple]:
    """`func` with the real or the imaginary part of its complex outputs."""

    def of(output: Tensor) -> Tensor:
        if not output.is_complex():
            return output
        return output.real if part == "real" else output.imag

    return lambda *inputs: tuple(map(of, as_tuple(func(*inputs))))


def _compare_elements(func: Callable, inputs: tuple, tolerances: Tolerances, says: Callable[[int], str]) -> None:
    outputs = as_tuple(func(*inputs))
    wanted = [inputs[i] for i in requiring_grad(inputs)]
    differences = [by_differences(func, inputs, x, outputs, tolerances.eps) for x in wanted]
    if not any(output.requires_grad for output in outputs):
        if any(jacobian.any() for jacobians in differences for jacobian in jacobians):
            raise GradcheckError("Numerical gradient for function expected to be zero")
        return
    continuous = [output for output in outputs if is_continuous(output)]
    for number, output in enumerate(differentiable(outputs)):
        analytical = _repeatable(lambda output=output: by_reverse(output, wanted), tolerances)
        column = next(i for i, other in enumerate(continuous) if other is output)
        for i, found in enumerate(analytical):
            expected = differences[i][column]
            if not np.allclose(found, expected, tolerances.rtol, tolerances.atol):
                raise GradcheckError(says(number) + mismatch(number, i, expected, found))


def mismatch(output: int, input: int, numerical: np.ndarray, analytical: np.ndarray, mode: str = "") -> str:
    """PyTorch's words for two Jacobians that differ."""
    return (
        f"Jacobian {mode}mismatch for output {output} with respect to input {input},\n"
        f"numerical:{wrap(np.asarray(numerical))}\nanalytical:{wrap(np.asarray(analytical))}\n"
    )


def _repeatable(compute: Callable[[], list[np.ndarray]], tolerances: Tolerances) -> list[np.ndarray]:
    """What `compute` gives. Raises GradcheckError when a second time it gives something else."""
    first, second = compute(), compute()
    for a, b in zip(first, second):
        if a.size and np.abs(a - b).max() > tolerances.repeatable:
            raise GradcheckError(
                "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times "
                "gives different values, although analytical gradient matches numerical gradient."
                f"The tolerance for nondeterminism was {tolerances.repeatable}."
            )
    return first


# Projections of Jacobians: v J u for random v and u, of which differences give J u and a reverse pass v J -------------


def _compare_projections(func: Callable, inputs: tuple, tolerances: Tolerances, says: Callable[[int], str]) -> None:
    outputs = as_tuple(func(*inputs))
    positions = requiring_grad(inputs)
    wanted = [inputs[i] for i in positions]
    generator = Generator()  # The user's own random numbers stay as they are.
    directions = [_direction(x, generator) for x in wanted]
    numerical = [
        derivatives(func, inputs, x, tuple(part.reshape(x._array.shape) for part in along), tolerances.eps)  # type: ignore[arg-type]
        for x, along in zip(wanted, directions)
    ]
    chosen = differentiable(outputs)
    if not chosen:
        if any(slopes.size and np.abs(slopes).max() > tolerances.repeatable for each in numerical for slopes in each):
            raise GradcheckError("Numerical gradient for function expected to be zero")
        return
    continuous = [output for output in outputs if is_continuous(output)]
    weights = [_unit_vector(output, generator) for output in chosen]
    for number, (output, v) in enumerate(zip(chosen, weights)):
        gradients = _repeatable(lambda output=output, v=v: reverse_along(output, wanted, v), tolerances)
        column = next(i for i, other in enumerate(continuous) if other is output)
        for i, (gradient, (u, w)) in enumerate(zip(gradients, directions)):
            found, spread = np.real(gradient) @ u, u.sum()
            if gradient.dtype.kind == "c":
                found, spread = found + 1j * (np.imag(gradient) @ w), spread + w.sum()
            expected = (v * numerical[i][column]).sum()
            # Where each element may be off by atol, the projection may be off by so much.
            if not np.allclose(found, expected, tolerances.rtol, tolerances.atol * spread * v.sum()):
                text = says(number) + mismatch(number, i, expected, found)
                raise GradcheckError(text + _in_full(func, inputs, wanted[i], output, column, tolerances))


def _direction(x: Tensor, generator: Generator) -> Direction:
    real = _unit_vector(x, generator)
    return real, _unit_vector(x, generator) if x.is_complex() else real


def _unit_vector(x: Tensor, generator: Generator) -> np.ndarray:
    made = rand(x._array.size, generator=generator)._array.astype(np.real(x._array).dtype)
    return made / np.linalg.norm(made)


def _in_full(func: Callable, inputs: tuple, x: Tensor, output: Tensor, column: int, tolerances: Tolerances) -> str:
    """Both Jacobians of which a projection differs, to see where."""
    numerical = by_differences(func, inputs, x, as_tuple(func(*inputs)), tolerances.eps)[column]
    analytical = by_reverse(output, [x])[0]
    text = (
        "\nThe above quantities relating the numerical and analytical jacobians are computed \nin fast mode. "
        "Below, we recompute numerical and analytical jacobians in slow mode:\n\n"
        f"Numerical:\n {wrap(numerical)}\nAnalytical:\n{wrap(analytical)}\n\n"
        f"The max per-element difference (slow mode) is: {np.abs(numerical - analytical).max()}.\n"
    )
    if np.allclose(analytical, numerical, tolerances.rtol, tolerances.atol):
        text += (
            "Fast gradcheck failed but element-wise differences are small. This means that the\n"
            "test might've passed in slow_mode!"
        )
    return text


# Forward mode ---------------------------------------------------------------------------------------------------------


def check_forward(func: Callable, inputs: tuple, tolerances: Tolerances, fast: bool, undefined: bool) -> None:
    """Compares tangents with differences; functions of complex inputs as functions of each of their parts."""
    is_complex = [isinstance(x, Tensor) and x.is_complex() for x in inputs]
    if not any(is_complex):
        _compare_tangents(func, inputs, tolerances, fast, lambda i: "")
        if undefined:
            _check_undefined_tangents(func, inputs)
        return
    positions = requiring_grad(inputs)
    for part in ("imag", "real"):
        word = "imaginary" if part == "imag" else part

        def says(i: int, word: str = word) -> str:
            return f"While considering the {word} part of complex inputs only, " if is_complex[positions[i]] else ""

        of_part = _of_part(func, inputs, is_complex, part)
        parts = tuple(getattr(x, part) if c else x for x, c in zip(inputs, is_complex))
        _compare_tangents(of_part, parts, tolerances, fast, says)
        if undefined:
            _check_undefined_tangents(of_part, parts)


def _of_part(func: Callable, inputs: tuple, is_complex: list[bool], part: str) -> Callable:
    """`func` as a function of one part of its complex inputs, the other being constant."""

    def of(given: Tensor, whole: Tensor) -> Tensor:
        return given + whole.imag * 1j if part == "real" else whole.real + given * 1j

    return lambda *given: func(*[of(x, whole) if c else x for x, whole, c in zip(given, inputs, is_complex)])


def _compare_tangents(
    func: Callable, inputs: tuple, tolerances: Tolerances, fast: bool, says: Callable[[int], str]
) -> None:
    outputs = as_tuple(func(*inputs))
    continuous = [output for output in outputs if is_continuous(output)]
    generator = Generator()
    for i, position in enumerate(requiring_grad(inputs)):
        x = inputs[position]
        if fast:
            along = _unit_vector(x, generator).reshape(x._array.shape)
            expected = derivatives(func, inputs, x, (along, along), tolerances.eps)
            found = forward_along(func, inputs, {position: along})
        else:
            along = np.ones(())
            expected = by_differences(func, inputs, x, outputs, tolerances.eps)
            found = by_forward(func, inputs, position, outputs)
        number = 0
        for output, numerical, analytical in zip(continuous, expected, found):
            if output.requires_grad:
                if not np.allclose(analytical, numerical, tolerances.rtol, tolerances.atol * along.sum()):
                    raise GradcheckError(
                        says(i) + mismatch(number, i, numerical, analytical, "computed with forward mode ")
                    )
                number += 1


def _check_undefined_tangents(func: Callable, inputs: tuple) -> None:
    """An input without a tangent must give what one with a tangent of zero gives."""
    positions = requiring_grad(inputs)
    generator = Generator()
    moved: dict[int, np.ndarray | None] = {i: _unit_vector(inputs[i], generator) for i in positions}
    for i in positions:
        zero = forward_along(func, inputs, {**moved, i: np.zeros(inputs[i]._array.shape)})
        none = forward_along(func, inputs, {**moved, i: None})
        for number, (a, b) in enumerate(zip(zero, none)):
            if not np.allclose(a, b, 1e-5, 1e-8):
                raise GradcheckError(
                    f"Mismatch in tangent values for output with index: {number} when input: {inputs[i]} has an "
                    f"undefined tangent value.  Got: {wrap(a)} but expected: {wrap(b)}"
                )


def check_batched_forward(func: Callable, inputs: tuple) -> None:
    """Compares the tangents for two tangents at once with those for each."""
    advice = "gradcheck failed while testing batched gradient computation with forward-mode AD."
    for position in requiring_grad(inputs):

        def push(tangent: Tensor, position: int = position) -> list[Tensor]:
            with dual_level():
                given = [x.detach() if isinstance(x, Tensor) else x for x in inputs]
                given[position] = make_dual(given[position], tangent)
                pairs = [unpack_dual(y) for y in as_tuple(func(*given)) if y is not None]
                return [wrap(np.zeros(y.shape, y.dtype.numpy)) if t is None else t for y, t in pairs]

        compare_at_once(push, [randn_like(inputs[position].detach()) for _ in range(2)], advice, position)


def compare_at_once(compute: Callable[[Tensor], list[Any]], given: list[Tensor], advice: str, number: int) -> None:
    """Compares the results for several arguments in one call, as of `vmap`, with those of a call for each."""
    each = [compute(one) for one in given]
    try:
        with opened(len(given), "error") as level:
            together = [
                None if y is None else leave(y, 0, level)
                for y in compute(enter(tensors.stack(given, axis=0), 0, level))
            ]
    except RuntimeError as error:
        raise GradcheckError(f"While computing batched gradients, got: {error}\n\n{advice}") from error
    for i, (found, expected) in enumerate(zip(together, zip(*each))):
        if found is None:
            continue
        rows = np.stack([one._array for one in expected])
        if not np.allclose(found._array, rows, 1e-5, 1e-8):
            raise GradcheckError(
                f"For output {number} and input {i}:\n\n{advice}\n\nGot:\n{found}\n\nExpected:\n{wrap(rows)}"
            )
