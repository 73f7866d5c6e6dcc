"""Jacobians and Hessians of functions, and products with them: `jacobian`, `hessian`, `vjp`, `jvp`, `vhp`, `hvp`.

Each takes a function of tensors, and its inputs: a tensor, or a tuple of several. Products come in pairs with the
function's value. With `create_graph` results can be differentiated; with `strict` a result that does not depend on an
input is an error, else it is zero.
Follows https://docs.pytorch.org/docs/stable/autograd.html#functional-higher-level-api
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.autograd.backward import grad
from mutagrad.autograd.bases import columns, over_basis, rows, standard_basis
from mutagrad.autograd.forward_ad import dual
from mutagrad.modes import enable_grad, modes, set_grad_enabled
from mutagrad.namespaces import tensors as xp
from mutagrad.tangents import opened, tangent_of, undifferentiated
from mutagrad.tensor import Tensor

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Tensors = tuple[Tensor, ...]
Strategies = ("forward-mode", "reverse-mode")


def vjp(
    func: Callable, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value of a function, and the product of `v`, which is like the value, with its Jacobian.

    Raises RuntimeError for a `v` of another size; it may be left out where the value has one element.

    >>> import mutagrad
    >>> mutagrad.autograd.functional.vjp(lambda x: x ** 2, mutagrad.tensor([1., 2.]), mutagrad.ones(2))
    (tensor([1., 4.]), tensor([2., 4.]))
    """
    with enable_grad():
        several, given = _tensors(inputs, "inputs", "vjp")
        x = _followed(given, create_graph)
        several_out, outputs = _outputs(func(*x), "vjp", strict)
        if v is None:
            _check_one_element(outputs, "user-provided function returns a single Tensor with a single element.")
        cts = _vector(v, outputs, several_out, "vjp", create_graph)
    with set_grad_enabled(create_graph or modes.grad):
        shares = _grad(outputs, x, cts, create_graph)
        shares = _filled(
            shares, x, strict, create_graph, "output of the user-provided function", "jacobian", "input {}"
        )
    return _result(outputs, several_out, create_graph), _result(shares, several, create_graph)


def jvp(
    func: Callable, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value of a function, and the product of its Jacobian with `v`, which is like the inputs.

    The function is differentiated in reverse, twice: the gradient is linear in the cotangent, and its transpose is the
    product. `func.jvp` is the cheaper one. Raises RuntimeError for a `v` of another size.

    >>> import mutagrad
    >>> mutagrad.autograd.functional.jvp(lambda x: x ** 2, mutagrad.tensor([1., 2.]), mutagrad.ones(2))
    (tensor([1., 4.]), tensor([2., 4.]))
    """
    with enable_grad():
        _, given = _tensors(inputs, "inputs", "jvp")
        x = _followed(given, create_graph)
        directions = _vector_of_inputs(v, inputs, x, "jvp", create_graph, "to the user-provided function")
        several_out, outputs = _outputs(func(*x), "jvp", strict)
        cts = _leaves_like(outputs)
        shares = _grad(outputs, x, cts, True)
        if strict:
            for i, share in enumerate(shares):
                _check_dependence(share, i)
                if not share.requires_grad:
                    raise RuntimeError(
                        f"The gradient with respect to input {i} is independent of the inputs of the user-provided "
                        "function. This is not allowed in strict mode."
                    )
    with set_grad_enabled(create_graph or modes.grad):
        pushed = _grad(shares, cts, directions, create_graph)
        trick = "the grad_outputs when using the double backward trick to compute forward mode gradients"
        of = "gradient with respect to the input"
        pushed = _filled(pushed, outputs, strict, create_graph, of, "jacobian", f"entry {{}} in {trick}")
    return _result(outputs, several_out, create_graph), _result(pushed, several_out, create_graph)


def vhp(
    func: Callable, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value of a function of one element, and the product of `v`, which is like the inputs, with its Hessian.

    >>> import mutagrad
    >>> mutagrad.autograd.functional.vhp(lambda x: (x ** 3).sum(), mutagrad.tensor([1., 2.]), mutagrad.ones(2))
    (tensor(9.), tensor([ 6., 12.]))
    """
    with enable_grad():
        several, x, directions, outputs, shares = _gradient("vhp", func, inputs, v, create_graph, strict)
    with set_grad_enabled(create_graph or modes.grad):
        found = _grad(shares, x, directions, create_graph)
        found = _filled(found, x, strict, create_graph, "jacobian of the user-provided function", "hessian", "input {}")
    return _result(outputs, False, create_graph), _result(found, several, create_graph)


def hvp(
    func: Callable, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """The value of a function of one element, and the product of its Hessian with `v`, which is like the inputs.

    >>> import mutagrad
    >>> mutagrad.autograd.functional.hvp(lambda x: (x ** 3).sum(), mutagrad.tensor([1., 2.]), mutagrad.ones(2))
    (tensor(9.), tensor([ 6., 12.]))
    """
    with enable_grad():
        several, x, directions, outputs, shares = _gradient("hvp", func, inputs, v, create_graph, strict)
        cts = _leaves_like(x)
        again = _grad(shares, x, cts, True)
    with set_grad_enabled(create_graph or modes.grad):
        found = _grad(again, cts, directions, create_graph)
        of = "hessian of the user-provided function"
        entry = (
            "entry {} in the grad_jacobian. This is not allowed in strict mode as it prevents from using the double "
            "backward trick to replace forward mode AD."
        )
        found = _filled(found, x, strict, create_graph, of, "hessian", entry)
    return _result(outputs, False, create_graph), _result(found, several, create_graph)


def jacobian(
    func: Callable,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The Jacobian of a function: of the output's and then the input's dimensions; a tuple, by outputs and then inputs,
    where there are several.

    By the `strategy` "reverse-mode" it is found row by row, with `vectorize` all rows at once; by "forward-mode" column
    by column.  Raises RuntimeError where `strict` is asked for together with one of these two.

    >>> import mutagrad
    >>> mutagrad.autograd.functional.jacobian(lambda x: x * x.sum(), mutagrad.tensor([1., 2.]))
    tensor([[4., 1.],
            [2., 5.]])
    """
    if strategy not in Strategies:
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function has more outputs '
            'than inputs, "forward-mode" tends to be more performant. Otherwise, prefer to use "reverse-mode".'
        )
    if strategy == "forward-mode":
        if strict:
            raise RuntimeError(
                'torch.autograd.functional.jacobian: `strict=True` and `strategy="forward-mode"` are not supported '
                'together (yet). Please either set `strict=False` or `strategy="reverse-mode"`.'
            )
        return _jacobian_by_columns(func, inputs, create_graph)
    with enable_grad():
        several, given = _tensors(inputs, "inputs", "jacobian")
        x = _followed(given, create_graph)
        several_out, outputs = _outputs(func(*x), "jacobian", strict)
        if vectorize and strict:
            raise RuntimeError(
                "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. "
                "Please either set `strict=False` or `vectorize=False`."
            )
        by_row = _rows_at_once if vectorize else _rows_one_by_one
        stacked = by_row(outputs, x, create_graph, strict)
        by_input = [rows(each, outputs) for each in stacked]
    found = tuple([_result(each, several, create_graph) for each in zip(*by_input)])
    return found if several_out else found[0]


def _rows_at_once(outputs: Tensors, inputs: Tensors, create_graph: bool, strict: bool) -> list[Tensor]:
    """For each input the gradients of all elements of the outputs, stacked, by one pass over batches of cotangents."""
    basis = standard_basis(outputs)
    shares = _grad(outputs, inputs, basis, create_graph, batched=True)
    zeros = [xp.zeros((len(basis[0]), *x._array.shape), dtype=x._array.dtype) for x in inputs]
    return [zero if share is None else share for share, zero in zip(shares, zeros)]


def _rows_one_by_one(outputs: Tensors, inputs: Tensors, create_graph: bool, strict: bool) -> list[Tensor]:
    """For each input the gradients of all elements of the outputs, stacked, a pass for each."""
    found: list[list[Tensor]] = [[] for _ in inputs]
    for number, out in enumerate(outputs):
        elements = out.reshape(-1)
        for place in range(out._array.size):
            shares = _grad((elements[place],), inputs, (None,), create_graph, keep=True)
            for i, (share, x) in enumerate(zip(shares, inputs)):
                if share is None and strict:
                    raise RuntimeError(
                        f"Output {number} of the user-provided function is independent of input {i}. This is not "
                        "allowed in strict mode."
                    )
                if share is not None and strict and create_graph and not share.requires_grad:
                    raise RuntimeError(
                        f"The jacobian of the user-provided function is independent of input {number}. This is not "
                        "allowed in strict mode when create_graph=True."
                    )
                found[i].append(xp.zeros_like(x) if share is None else share)
    return [
        xp.stack(each, axis=0) if each else xp.zeros((0, *x._array.shape), dtype=x._array.dtype)
        for each, x in zip(found, inputs)
    ]


def _jacobian_by_columns(func: Callable, inputs: Any, create_graph: bool) -> Any:
    several, given = _tensors(inputs, "inputs", "jacobian")
    x = given if create_graph else tuple([undifferentiated(each) for each in given])
    is_tuple: list[bool] = []

    def push(directions: list[Tensor]) -> list[Tensor]:
        with opened() as level:
            result = func(*[dual(each, direction, level) for each, direction in zip(x, directions)])
            is_tuple[:], outputs = [isinstance(result, tuple)], _tensors(result, "outputs", "jacobian")[1]
            pushed = [tangent_of(out, level) for out in outputs]
        return [xp.zeros_like(out) if tangent is None else tangent for out, tangent in zip(outputs, pushed)]

    found = tuple([_result(columns(each, x), several, create_graph) for each in over_basis(push, x)])
    return found if is_tuple[0] else found[0]


def hessian(
    func: Callable,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The Hessian of a function of one element: the Jacobian, by one strategy or the other, of its gradient.

    Of several inputs it is a tuple of tuples. Raises RuntimeError for a function of more elements.

    >>> import mutagrad
    >>> mutagrad.autograd.functional.hessian(lambda x: (x ** 3).sum(), mutagrad.tensor([1., 2.]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    several, given = _tensors(inputs, "inputs", "hessian")
    if outer_jacobian_strategy not in Strategies:
        raise AssertionError('Expected strategy to be either "forward-mode" or "reverse-mode".')

    def of_one_element(*x: Tensor) -> Tensor:
        out = func(*x)
        _outputs(out, "hessian", strict)
        return _one_element((out,), "hessian", isinstance(out, tuple)).squeeze()

    def gradient(*x: Tensor) -> Tensors:
        if outer_jacobian_strategy == "forward-mode":
            x = tuple([each if each.requires_grad else undifferentiated(each).requires_grad_() for each in x])
        found = jacobian(of_one_element, x, create_graph=True)
        for i, each in enumerate(found if strict else ()):
            if not each.requires_grad:
                raise RuntimeError(
                    "While computing the hessian, found that the jacobian of the user-provided function with respect to "
                    f"input {i} is independent of the input. This is not allowed in strict mode. You should ensure that "
                    "your function is twice differentiable and that the jacobian depends on the inputs (this would be "
                    "violated by a linear function for example)."
                )
        return found

    found = jacobian(gradient, given, create_graph, strict, vectorize, outer_jacobian_strategy)
    return found if several else found[0][0]


# Inputs, outputs and vectors ----------------------------------------------------------------------------------------


def _tensors(given: Any, what: str, function: str) -> tuple[bool, Tensors]:
    """Whether a tuple was given, and the tensors as a tuple. Raises TypeError for anything else."""
    several = isinstance(given, tuple)
    for i, each in enumerate(given if several else (given,)):
        if not isinstance(each, Tensor):
            place = f"value at index {i}" if several else f"given {what}"
            raise TypeError(
                f"The {what} given to {function} must be either a Tensor or a tuple of Tensors but the {place} has type "
                f"{type(each)}."
            )
    return several, given if several else (given,)


def _followed(given: Tensors, create_graph: bool) -> Tensors:
    """Aliases of the inputs that require grad: with their history where the results are to be differentiated.

    They are always other tensors than the user's: the function may use those too, as constants.
    """
    return tuple(
        [x.view_as(x) if create_graph and x.requires_grad else undifferentiated(x).requires_grad_() for x in given]
    )


def _outputs(result: Any, function: str, strict: bool) -> tuple[bool, Tensors]:
    """Whether the function gave a tuple, and its outputs. Raises RuntimeError, if `strict`, for a constant one."""
    several, outputs = _tensors(result, "outputs of the user-provided function", function)
    for i, out in enumerate(outputs if strict else ()):
        if not out.requires_grad:
            raise RuntimeError(
                f"Output {i} of the user-provided function does not require gradients. The outputs must be computed in "
                "a differentiable manner from the input when running in strict mode."
            )
    return several, outputs


def _one_element(outputs: Tensors, function: str, several: bool) -> Tensor:
    """The one output. Raises RuntimeError unless it is one, of one element."""
    if several:
        raise RuntimeError(f"The function given to {function} should return a single Tensor")
    if outputs[0]._array.size != 1:
        raise RuntimeError(f"The Tensor returned by the function given to {function} should contain a single element")
    return outputs[0]


def _gradient(name: str, func: Callable, inputs: Any, v: Any, create_graph: bool, strict: bool) -> tuple:
    """What the products with Hessians begin with: inputs, directions, the output, and its gradient, recorded."""
    several, given = _tensors(inputs, "inputs", name)
    x = _followed(given, create_graph)
    directions = _vector_of_inputs(v, inputs, x, name, create_graph, "to the user-provided function")
    several_out, outputs = _outputs(func(*x), name, strict)
    _one_element(outputs, name, several_out)
    shares = _grad(outputs, x, (None,), True)
    for i, share in enumerate(shares if strict else ()):
        _check_dependence(share, i)
        if not share.requires_grad:
            raise RuntimeError(
                "While computing the hessian, found that the jacobian of the user-provided function with respect to "
                f"input {i} is independent of the input. This is not allowed in strict mode. You should ensure that "
                "your function is twice differentiable and that the jacobian depends on the inputs (this would be "
                "violated by a linear function for example)."
            )
    return several, x, directions, outputs, shares


def _check_dependence(share: Tensor | None, number: int) -> None:
    if share is None:
        raise RuntimeError(
            f"The output of the user-provided function is independent of input {number}. This is not allowed in strict "
            "mode."
        )


def _vector_of_inputs(v: Any, inputs: Any, x: Tensors, name: str, create_graph: bool, of: str) -> Sequence[Any]:
    """The directions along the inputs; none given for a single element."""
    if v is None:
        _check_one_element(x, f"input {of} is a single Tensor with a single element.")
    return _vector(v, x, isinstance(inputs, tuple), name, create_graph)


def _check_one_element(tensors: Tensors, what: str) -> None:
    if len(tensors) != 1 or tensors[0]._array.size != 1:
        raise RuntimeError(f"The vector v can only be None if the {what}")


def _vector(v: Any, like: Tensors, several: bool, name: str, create_graph: bool) -> Sequence[Any]:
    """The vector, a tensor for each of those it must be like. Raises RuntimeError for other sizes."""
    if v is None:
        return (None,) * len(like)
    _, given = _tensors(v, "v", name)
    if len(given) != len(like):
        if several:
            raise RuntimeError(f"v is a tuple of invalid length: should be {len(like)} but got {len(given)}.")
        raise RuntimeError("The given v should contain a single Tensor.")
    for i, (each, other) in enumerate(zip(given, like)):
        if each.shape != other.shape:
            entry = f"Entry {i} in " if several else ""
            raise RuntimeError(f"{entry}v has invalid size: should be {other.shape} but got {each.shape}.")
    return given if create_graph else [undifferentiated(each) for each in given]


# Passes and results -------------------------------------------------------------------------------------------------


def _leaves_like(tensors: Tensors) -> Tensors:
    """Zeros that require grad: cotangents to be differentiated by, in which the gradient is linear."""
    return tuple([xp.zeros_like(x).requires_grad_() for x in tensors])


def _grad(
    outputs: Sequence[Tensor | None],
    inputs: Tensors,
    cts: Sequence[Any],
    create_graph: bool,
    keep: bool | None = None,
    batched: bool = False,
) -> Sequence[Any]:
    """The gradients, for those of the outputs that have a history; None where there is none."""
    linked = [(out, ct) for out, ct in zip(outputs, cts) if out is not None and out.requires_grad]
    if not linked:
        return (None,) * len(inputs)
    return grad(
        [out for out, _ in linked],
        inputs,
        [ct for _, ct in linked],
        keep,
        create_graph,
        allow_unused=True,
        is_grads_batched=batched,
    )


def _filled(
    found: Sequence[Any], like: Tensors, strict: bool, create_graph: bool, of: str, what: str, by: str
) -> list[Tensor]:
    """The gradients, zeros where there is none. Raises RuntimeError, if `strict`, where a result is constant."""
    made = []
    for i, (each, other) in enumerate(zip(found, like)):
        if each is None and strict:
            end = "" if by.endswith(".") else ". This is not allowed in strict mode."
            raise RuntimeError(f"The {of} is independent of {by.format(i)}{end}")
        if each is not None and strict and create_graph and not each.requires_grad:
            raise RuntimeError(
                f"The {what} of the user-provided function is independent of input {i}. This is not allowed in strict "
                "mode when create_graph=True."
            )
        made.append(xp.zeros_like(other) if each is None else each)
    return made


def _result(tensors: Sequence[Tensor], several: bool, create_graph: bool) -> Any:
    """The tensors, without their history unless that was asked for, as the user gave the others: in a tuple or not."""
    settled = tuple([x if create_graph or not x.requires_grad else undifferentiated(x) for x in tensors])
    return settled if several else settled[0]
