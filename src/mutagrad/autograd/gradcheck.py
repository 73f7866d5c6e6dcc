"""`gradcheck` and `gradgradcheck`: derivatives against finite differences.

Everything is checked that a formula for a derivative may get wrong: its values, whether it is the same every time, whether
it multiplies by the cotangent it is given, and whether it copes with cotangents that are not there.
Follows https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html

Read first: `comparison.py`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mutagrad.autograd.backward import grad
from mutagrad.autograd.comparison import (
    GradcheckError,
    Tolerances,
    check_batched_forward,
    check_forward,
    check_reverse,
    compare_at_once,
    differentiable,
)
from mutagrad.autograd.jacobians import as_tuple, by_differences, by_reverse, requiring_grad
from mutagrad.operation import Operation
from mutagrad.ops.random import rand, randn_like
from mutagrad.tensor import Tensor, wrap

__all__ = [
    "GradcheckError",
    "get_analytical_jacobian",
    "get_numerical_jacobian",
    "get_numerical_jacobian_wrt_specific_input",
    "gradcheck",
    "gradgradcheck",
]


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """True when the derivatives of `func` at `inputs` agree with central differences of step `eps`.

    Checked are all tensors among the inputs that require grad; they should be of double precision. `fast_mode` compares
    one random projection of each Jacobian instead of all its elements. A complex output is checked by its real and its
    imaginary part. Raises GradcheckError where they differ by more than `atol + rtol * |difference quotient|`, or gives
    False when not `raise_exception`.

    >>> import mutagrad
    >>> x = mutagrad.tensor([0.1, 0.2], dtype=mutagrad.float64, requires_grad=True)
    >>> gradcheck(lambda x: x.sin() * x, x)
    True
    """
    if not (check_forward_ad or check_backward_ad):
        raise AssertionError("Expected at least one of check_forward_ad or check_backward_ad to be True")
    if check_batched_grad and not check_backward_ad:
        raise AssertionError("Setting check_batched_grad=True requires check_backward_ad to be True")
    if check_batched_forward_grad and not check_forward_ad:
        raise AssertionError("Setting check_batched_forward_grad=True requires check_forward_ad to be True")
    given = as_tuple(inputs)
    _check_inputs(given)
    tolerances = Tolerances(eps, atol, rtol, nondet_tol, check_grad_dtypes, bool(masked))
    try:
        outputs = differentiable(func(*given))
        if check_forward_ad:
            check_forward(func, given, tolerances, fast_mode, check_undefined_grad)
        if check_batched_forward_grad:
            check_batched_forward(func, given)
        if check_backward_ad:
            check_reverse(func, given, tolerances, fast_mode)
            for i, output in enumerate(outputs):
                if check_batched_grad:
                    _check_batched(given, output, i)
            _check_multiplies(outputs, given, tolerances.masked)
            if check_undefined_grad:
                _check_undefined(func, given, len(outputs))
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """True when the derivatives of the gradients of `func` agree with central differences of the gradients.

    The gradients are taken for the cotangents `grad_outputs`, random ones by default, and with respect to them too.
    Raises GradcheckError like `gradcheck`.

    >>> import mutagrad
    >>> x = mutagrad.tensor([0.1, 0.2], dtype=mutagrad.float64, requires_grad=True)
    >>> gradgradcheck(mutagrad.sin, x)
    True
    """
    if not (check_fwd_over_rev or check_rev_over_rev):
        raise AssertionError("Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True")
    if check_undefined_grad and not check_rev_over_rev:
        raise AssertionError("Setting check_undefined_grad=True requires check_rev_over_rev to be True")
    if check_batched_grad and not check_rev_over_rev:
        raise AssertionError("Setting check_batched_grad=True requires check_rev_over_rev to be True")
    given = as_tuple(inputs)
    if grad_outputs is None:
        cotangents = [_random_cotangent(output, gen_non_contig_grad_outputs) for output in differentiable(func(*given))]
    else:
        cotangents = list(as_tuple(grad_outputs))
    wanted, weights = requiring_grad(given), requiring_grad(cotangents)

    def gradients(*arguments: Any) -> tuple[Tensor, ...]:
        points, cts = arguments[: len(given)], arguments[len(given) :]
        # Forward mode takes the inputs without their history.
        for position, values in ((wanted, points), (weights, cts)):
            for i in position:
                values[i].requires_grad_()
        outputs = differentiable(func(*points))
        found = grad(outputs, [points[i] for i in wanted], cts, create_graph=True, allow_unused=True)
        return tuple(gradient for gradient in found if gradient is not None)

    return gradcheck(
        gradients,
        (*given, *cotangents),
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
        fast_mode=fast_mode,
        check_forward_ad=check_fwd_over_rev,
        check_backward_ad=check_rev_over_rev,
        masked=masked,
    )


def _random_cotangent(output: Tensor, noncontiguous: bool) -> Tensor:
    made = rand(output._array.shape, dtype=output.dtype).mul_(2).sub_(1)
    if output._array.dtype.kind == "c":
        made = made - 1j
    if noncontiguous and made._array.ndim:
        made = made.repeat_interleave(2, dim=-1)[..., ::2]
    return made.detach().requires_grad_()


def _check_inputs(inputs: tuple) -> None:
    """Raises for inputs that cannot be checked, and warns of those that are not precise enough."""
    for i in requiring_grad(inputs):
        array = inputs[i]._array
        if array.dtype.char not in "dD":
            warnings.warn(
                f"Input #{i} requires gradient and is not a double precision floating point or complex. "
                "This check will likely fail if all the inputs are not of double precision floating point or complex. ",
                stacklevel=3,
            )
        if array.size and any(stride == 0 and size > 1 for stride, size in zip(array.strides, array.shape)):
            raise RuntimeError(
                f"The {i}th input has a dimension with stride 0. gradcheck only supports inputs that are "
                "non-overlapping to be able to compute the numerical gradients correctly. You should call .contiguous "
                "on the input before passing it to gradcheck."
            )
    if not requiring_grad(inputs):
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
        )


# Cotangents of other kinds: many at once, zeros, none -----------------------------------------------------------------


def _check_batched(inputs: tuple, output: Tensor, number: int) -> None:
    """Compares the gradients of two cotangents at once with those of each."""
    wanted = [inputs[i] for i in requiring_grad(inputs)]
    cotangents = [randn_like(output.detach()) for _ in range(2)]

    def gradients(cotangent: Tensor) -> list[Any]:
        return list(grad(output, wanted, cotangent, retain_graph=True, allow_unused=True))

    advice = "gradcheck or gradgradcheck failed while testing batched gradient computation."
    compare_at_once(gradients, cotangents, advice, number)


def _check_multiplies(outputs: Sequence[Tensor], inputs: tuple, masked: bool) -> None:
    """The gradients of zero cotangents must be zero, and fit their inputs."""
    wanted = [inputs[i] for i in requiring_grad(inputs)]
    zeros = [wrap(np.zeros_like(output._array)) for output in outputs]
    for gradient, x in zip(grad(outputs, wanted, zeros, allow_unused=True), wanted):
        if gradient is None:
            continue
        if not (np.allclose(gradient._array, 0) if masked else (gradient._array == 0).all()):
            raise GradcheckError("backward not multiplied by grad_output")
        if gradient._array.dtype != x._array.dtype:
            raise GradcheckError("grad is incorrect type")
        if gradient._array.shape != x._array.shape:
            raise GradcheckError("grad is incorrect size")


without_gradient = Operation(
    "without_gradient", lambda xp, input: xp.copy(input), {"input": lambda xp, ct: None}, node_name="UndefinedGrad"
)


def _check_undefined(func: Callable, inputs: tuple, count: int) -> None:
    """Backward must cope with outputs that have no cotangent: all of them, and each alone."""
    wanted = [inputs[i] for i in requiring_grad(inputs)]
    for absent in [range(count), *([i] for i in range(count) if count > 1)]:
        outputs = [
            without_gradient.apply((output,), {}) if i in absent else output
            for i, output in enumerate(differentiable(func(*inputs)))
        ]
        zeros = [wrap(np.zeros_like(output._array)) for output in outputs]
        try:
            gradients = grad(outputs, wanted, zeros, allow_unused=True)
        except RuntimeError as error:
            _warn_of_undefined()
            raise GradcheckError(
                "Expected backward function to handle undefined output grads. "
                'Please look at "Notes about undefined output gradients" in "tools/autograd/derivatives.yaml"'
            ) from error
        if any(gradient is not None and gradient._array.any() for gradient in gradients):
            _warn_of_undefined()
            raise GradcheckError(
                "Expected all input grads to be undefined or zero when all output grads are undefined or zero. "
                'Please look at "Notes about undefined output gradients" in "tools/autograd/derivatives.yaml"'
            )


def _warn_of_undefined() -> None:
    warnings.warn(
        "Backwards compatibility: New undefined gradient support checking feature is enabled by default, but it may "
        "break existing callers of this function. If this is true for you, you can call this function with "
        '"check_undefined_grad=False" to disable the feature',
        stacklevel=5,
    )


# Jacobians, under the names that they once had -------------------------------------------------------------------------


def get_numerical_jacobian(
    fn: Callable[..., Any], inputs: Any, target: Any = None, eps: float = 1e-3, grad_out: float = 1.0
) -> tuple[Tensor, ...]:
    """The Jacobians of the first output of `fn(inputs)` with respect to each input that requires grad, by differences.

    They have a row for each element of the input. Those in `target` are taken instead of the inputs where it is given.
    """
    _warn_deprecated("get_numerical_jacobian")
    if grad_out != 1.0:
        raise ValueError(
            "Expected grad_out to be 1.0. get_numerical_jacobian no longer supports values of grad_out != 1.0."
        )
    given = as_tuple(inputs)
    wanted = as_tuple(given if target is None else target)

    def function(*values: Any) -> Any:
        return fn(values)

    outputs = as_tuple(function(*given))
    return tuple(wrap(by_differences(function, given, wanted[i], outputs, eps)[0]) for i in requiring_grad(wanted))


def get_analytical_jacobian(
    inputs: Any, output: Tensor, nondet_tol: float = 0.0, grad_out: float = 1.0
) -> tuple[tuple[Tensor, ...], bool, bool, bool]:
    """The Jacobians of an output by reverse passes; whether they are the same twice, and of right sizes and types."""
    _warn_deprecated("get_analytical_jacobian")
    if grad_out != 1.0:
        raise ValueError(
            "Expected grad_out to be 1.0. get_analytical_jacobian no longer supports values of grad_out != 1.0."
        )
    if output.is_complex():
        raise ValueError(
            "Expected output to be non-complex. get_analytical_jacobian no longer supports functions that return "
            "complex outputs."
        )
    given = as_tuple(inputs)
    wanted = [given[i] for i in requiring_grad(given)]
    first, second = by_reverse(output, wanted), by_reverse(output, wanted)
    same = all(not a.size or np.abs(a - b).max() <= nondet_tol for a, b in zip(first, second))
    return tuple(map(wrap, first)), same, True, True


def get_numerical_jacobian_wrt_specific_input(
    fn: Callable[..., Any],
    input_idx: int,
    inputs: Any,
    outputs: Any,
    eps: float,
    input: Tensor | None = None,
    is_forward_ad: bool = False,
) -> tuple[Tensor, ...]:
    """The Jacobians of all outputs with respect to one input, by differences."""
    x = inputs[input_idx] if input is None else input
    return tuple(wrap(jacobian) for jacobian in by_differences(fn, as_tuple(inputs), x, as_tuple(outputs), eps))


def _warn_deprecated(name: str) -> None:
    warnings.warn(
        f"`{name}` was part of PyTorch's private API and not meant to be exposed. We are deprecating it and it will be "
        "removed in a future version of PyTorch. If you have a specific use for this or feature request for this to be "
        "a stable API, please file us an issue at https://github.com/pytorch/pytorch/issues/new",
        FutureWarning,
        stacklevel=3,
    )
