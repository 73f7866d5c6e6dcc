"""Forward-mode transforms of functions: `jvp`, `jacfwd`, `linearize`.

Each call opens a level of forward mode of its own, so they can be nested in one another, in the reverse-mode
transforms and in `vmap`, and these in them, to any depth.
Follows https://docs.pytorch.org/docs/stable/func.api.html
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from mutagrad.autograd.backward import grad
from mutagrad.autograd.bases import columns, over_basis
from mutagrad.autograd.forward_ad import dual
from mutagrad.func.arguments import (
    Argnums,
    check_all_tensors,
    check_outputs,
    check_real,
    chosen,
    replaced,
    with_aux,
)
from mutagrad.modes import enable_grad, modes
from mutagrad.namespaces import tensors as xp
from mutagrad.tangents import Level, opened, tangent_of, undifferentiated
from mutagrad.tensor import Tensor
from mutagrad.tree import flatten, unflatten

JVP = "jvp(f, primals, tangents)"
LINEARIZE = "linearize(f, *primals)"


def jvp(func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False) -> Any:
    """The value of a function at `primals`, and the product of its Jacobian there with `tangents`.

    With `has_aux` the function gives a pair, and what is second in it comes third, as it is. Raises RuntimeError where
    `primals` is no tuple or the tangents have another structure; with `strict`, for outputs that depend on no input.

    >>> import mutagrad
    >>> x = mutagrad.tensor([1., 2.])
    >>> mutagrad.func.jvp(lambda x: x ** 2, (x,), (mutagrad.ones(2),))
    (tensor([1., 4.]), tensor([2., 4.]))
    """
    return _jvp(func, primals, tangents, None, strict, has_aux)


def _jvp(func: Callable, primals: Any, tangents: Any, argnums: Argnums | None, strict: bool, has_aux: bool) -> Any:
    """`jvp` by the arguments at the positions `argnums` (None: by all), for which alone there are tangents."""
    if not isinstance(primals, tuple):
        raise RuntimeError(f"{JVP}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals).")
    by = primals if argnums is None else chosen(primals, argnums)
    values, structure = flatten(by)
    directions, given = flatten(tangents)
    if structure != given:
        raise RuntimeError(
            f"{JVP}: Expected primals and tangents to have the same python structure. For example, if primals is a "
            f"tuple of 3 tensors, tangents also must be. Got primals with structure {structure} and tangents with "
            f"structure {given}"
        )
    check_all_tensors(values, JVP, "primals")
    check_all_tensors(directions, JVP, "tangents")
    with opened() as level:
        duals = unflatten([dual(x, t, level) for x, t in zip(values, directions)], structure)
        result = func(*(duals if argnums is None else replaced(primals, argnums, duals)))
        aux = None
        if has_aux:
            result, aux = with_aux(result, JVP)
        outputs, form = flatten(result)
        check_outputs(outputs, JVP)
        pushed = [_pushed(output, level, strict) for output in outputs]
    return (unflatten(outputs, form), unflatten(pushed, form), *((aux,) if has_aux else ()))


def _pushed(output: Tensor, level: Level, strict: bool) -> Tensor:
    """The tangent of an output; zeros, unless `strict`, where it has none."""
    tangent = tangent_of(output, level)
    if tangent is not None:
        return tangent
    if strict:
        raise RuntimeError(
            "jvp(f, primals, tangents, strict=True): The output of f is independent of the inputs. This is not allowed "
            "with strict=True."
        )
    return xp.zeros_like(output)


def jacfwd(
    func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False, *, randomness: str = "error"
) -> Callable[..., Any]:
    """The function that gives the Jacobian of `func` by the arguments at `argnums`, all columns in one call.

    The Jacobian of an output by an input has the output's dimensions and then the input's. Raises RuntimeError for
    complex inputs and outputs.

    >>> import mutagrad
    >>> mutagrad.func.jacfwd(mutagrad.sin)(mutagrad.zeros(2))
    tensor([[1., 0.],
            [0., 1.]])
    """

    @functools.wraps(func)
    def jacobian(*args: Any) -> Any:
        check_real("jacfwd", args, "inputs")
        by = args if argnums is None else chosen(args, argnums)
        inputs, structure = flatten(by)
        check_all_tensors(inputs, JVP, "primals")
        beside: list[Any] = []

        def push(directions: list[Tensor]) -> list[Tensor]:
            output, pushed, *rest = _jvp(func, args, unflatten(directions, structure), argnums, False, has_aux)
            check_real("jacfwd", output, "outputs")
            leaves, form = flatten(pushed)
            beside[:] = [form, *rest]
            return leaves

        stacked = over_basis(push, inputs, randomness)
        form, *aux = beside
        jacobians = [unflatten(columns(each, inputs), structure) for each in stacked]
        if isinstance(argnums, int):
            jacobians = [each[0] for each in jacobians]
        made = unflatten(jacobians, form)
        return (made, *aux) if has_aux else made

    return jacobian


def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """The value of a function at `primals`, and the function that maps tangents to their products with its Jacobian.

    `func` is called once: its gradient ct ↦ Jᴴ ct is kept, which is linear, and J t is the gradient of <Jᴴ ct, t> by ct.
    Raises RuntimeError for tangents of another structure, shape or dtype than the primals.

    >>> import mutagrad
    >>> value, push = mutagrad.func.linearize(mutagrad.sin, mutagrad.zeros(2))
    >>> push(mutagrad.tensor([1., 2.]))
    tensor([1., 2.])
    """
    values, structure = flatten(primals)
    check_all_tensors(values, LINEARIZE, "primals")
    with enable_grad():
        inputs = [_followed(x) for x in values]
        outputs, form = flatten(func(*unflatten(inputs, structure)))
        check_outputs(outputs, LINEARIZE)
        linked = [out for out in outputs if out.requires_grad]
        cts = [xp.zeros_like(out).requires_grad_() for out in linked]
        shares: Any = (
            grad(linked, inputs, cts, create_graph=True, allow_unused=True) if linked else (None,) * len(inputs)
        )
    used = [i for i, share in enumerate(shares) if share is not None and share.requires_grad]

    def push(*tangents: Any) -> Any:
        directions, given = flatten(tangents)
        if given != structure:
            raise RuntimeError(f"Expected the tangents {given} to have the same argspec as the primals {structure}")
        for i, (direction, x) in enumerate(zip(directions, values)):
            _check_like(i, direction, x)
        pushed: Any = [None] * len(cts)
        if used:
            weights = [directions[i] for i in used]
            create = modes.grad and any(x.requires_grad for x in (*values, *directions))
            pushed = grad([shares[i] for i in used], cts, weights, True, create, allow_unused=True)
        by_output = iter(pushed)
        found = [next(by_output) if out.requires_grad else None for out in outputs]
        return unflatten([xp.zeros_like(out) if t is None else t for out, t in zip(outputs, found)], form)

    recorded = any(x.requires_grad for x in values) and modes.grad
    return unflatten(outputs if recorded else [undifferentiated(out) for out in outputs], form), push


def _followed(tensor: Tensor) -> Tensor:
    """An alias of a tensor that requires grad: in its history where it has one."""
    return tensor.view_as(tensor) if tensor.requires_grad else undifferentiated(tensor).requires_grad_()


def _check_like(number: int, tangent: Tensor, primal: Tensor) -> None:
    for kind in ("shape", "dtype"):
        got, expected = getattr(tangent, kind), getattr(primal, kind)
        if got != expected:
            raise RuntimeError(
                f"tangent:{number} with {kind} {got} in flattened pytree doesn't match the {kind} {expected} of the "
                "corresponding primal."
            )
