"""Reverse-mode transforms of functions: `grad`, `vjp`, `jacrev`, `hessian`.

The function is called on aliases of its arguments, and the pass is by these: aliases in the arguments' own histories,
where they have any, so that what comes out can be differentiated again from outside, and leaves of their own where
they have not. Tangents and hidden dimensions go with them. So the transforms nest in one another, in forward mode and
in `vmap`, without knowing of each other.
Follows https://docs.pytorch.org/docs/stable/func.api.html
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.autograd.backward import grad as gradients_of
from mutagrad.autograd.bases import rows, standard_basis
from mutagrad.func.arguments import Argnums, check_real, chosen, replaced, with_aux
from mutagrad.func.forward import jacfwd
from mutagrad.func.vmap import vmap
from mutagrad.graph import Leaf, next_sequence, writers_behind
from mutagrad.modes import enable_grad, modes
from mutagrad.namespaces import tensors as xp
from mutagrad.tangents import undifferentiated
from mutagrad.tensor import Tensor, edge_of
from mutagrad.tree import flatten, tree_map, unflatten

GRAD = "grad_and_value(f)(*args)"


class Followed:
    """Arguments as a function may be differentiated by them, and whether its results lead to what came before."""

    def __init__(self, tree: Any, recording: bool) -> None:
        self.recording = recording
        self.start = next_sequence()
        leaves, self.structure = flatten(tree)
        self.leaves = [self._follow(x) for x in leaves]
        self.tree = unflatten(self.leaves, self.structure)

    def _follow(self, x: Any) -> Tensor:
        if not isinstance(x, Tensor):
            raise ValueError(f"Thing passed to transform API must be Tensor, got {type(x)}")
        if x.requires_grad and self.recording:
            return x.view_as(x)
        return undifferentiated(x).requires_grad_()

    def lead_outside(self, tensors: Sequence[Tensor]) -> bool:
        """Whether any of the tensors depends on what was recorded before, and recording is wanted."""
        if not self.recording:
            return False
        writers = writers_behind(map(edge_of, tensors))
        return any((each.key if isinstance(each, Leaf) else each.sequence) < self.start for each in writers)

    def gradients(self, outputs: Sequence[Tensor], cts: Sequence[Tensor] | None, create: bool) -> list[Tensor]:
        """The gradients by the arguments, in their structure: zeros by those that the outputs do not depend on."""
        linked = [i for i, output in enumerate(outputs) if output.requires_grad]
        if not linked or not self.leaves:
            return unflatten([xp.zeros_like(x) for x in self.leaves], self.structure)
        weights = None if cts is None else [cts[i] for i in linked]
        found = gradients_of([outputs[i] for i in linked], self.leaves, weights, True, create, allow_unused=True)
        made = [xp.zeros_like(x) if share is None else share for x, share in zip(self.leaves, found)]
        return unflatten(made, self.structure)

    def released(self, tree: Any, keep: bool) -> Any:
        """Results as seen from outside: their history, unless `keep`, ends here."""
        return tree if keep else tree_map(lambda x: undifferentiated(x) if isinstance(x, Tensor) else x, tree)


def grad(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The function that gives the gradient of `func`, whose result is a scalar, by the arguments at `argnums`.

    With `has_aux` the result of `func` is a pair, whose second is given beside the gradient as it is.
    Raises RuntimeError where the result is no scalar tensor.

    >>> import mutagrad
    >>> mutagrad.func.grad(mutagrad.sin)(mutagrad.tensor(0.))
    tensor(1.)
    """

    @functools.wraps(func)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        found, value = _grad_and_value(func, argnums, has_aux, args, kwargs)
        return (found, value[1]) if has_aux else found

    return gradient


def grad_and_value(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The function that gives the gradient, as `grad`, and the value of `func` (with `has_aux`: the pair).

    >>> import mutagrad
    >>> mutagrad.func.grad_and_value(lambda x: x ** 2)(mutagrad.tensor(3.))
    (tensor(6.), tensor(9.))
    """

    @functools.wraps(func)
    def both(*args: Any, **kwargs: Any) -> Any:
        return _grad_and_value(func, argnums, has_aux, args, kwargs)

    return both


def _grad_and_value(func: Callable, argnums: Argnums, has_aux: bool, args: tuple, kwargs: dict) -> tuple[Any, Any]:
    several = isinstance(argnums, tuple)
    by = chosen(args, argnums)
    recording = modes.grad
    with enable_grad():
        followed = Followed(by, recording)
        result = func(*replaced(args, argnums, followed.tree), **kwargs)
    output, aux = with_aux(result, GRAD) if has_aux else (result, None)
    if not isinstance(output, Tensor):
        raise RuntimeError(f"{GRAD}: Expected f(*args) to return a Tensor, got {type(output)}")
    if output.ndim:
        raise RuntimeError(
            f"{GRAD}: Expected f(*args) to return a scalar Tensor, got tensor with {output.ndim} dims. Maybe you wanted "
            "to use the vjp or jacrev APIs instead?"
        )
    create = followed.lead_outside([output])
    found = followed.gradients([output], None, create)
    value = followed.released((output, aux) if has_aux else output, create)
    return (found if several else found[0]), value


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """The value of `func` at `primals`, and the function that maps cotangents of it to those of the primals.

    That function may be called any number of times. With `has_aux` what is second in the result of `func` comes third.
    Raises RuntimeError for results that are no tensors, and for cotangents of another structure or shape.

    >>> import mutagrad
    >>> value, pull = mutagrad.func.vjp(mutagrad.sin, mutagrad.zeros(2))
    >>> pull(mutagrad.tensor([1., 2.]))
    (tensor([1., 2.]),)
    """
    return _vjp(func, primals, None, has_aux)


def _vjp(func: Callable, primals: tuple, argnums: Argnums | None, has_aux: bool) -> tuple[Any, ...]:
    """`vjp` by the arguments at the positions `argnums` (None: by all)."""
    recording = modes.grad
    with enable_grad():
        followed = Followed(primals if argnums is None else chosen(primals, argnums), recording)
        args = followed.tree if argnums is None else replaced(primals, argnums, followed.tree)
        result = func(*args)
    aux = None
    if has_aux:
        result, aux = with_aux(result, "vjp(f, *primals)")
        for each in flatten(aux)[0]:
            if not isinstance(each, Tensor):
                raise RuntimeError(f"Expected tensors, got unsupported type {type(each)}")
    outputs, form = flatten(result)
    for output in outputs:
        if not isinstance(output, Tensor):
            raise RuntimeError(
                f"vjp(f, *primals): expected f(*primals) to return only tensors, got unsupported type {type(output)}"
            )
    outside = followed.lead_outside(outputs)

    def pull(cotangents: Any, retain_graph: bool = True, create_graph: bool | None = None) -> Any:
        cts, given = flatten(cotangents)
        if given != form:
            raise RuntimeError(
                "Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function. "
                f"cotangents: {_picture(given)}, primal output: {_picture(form)}"
            )
        for i, (ct, output) in enumerate(zip(cts, outputs)):
            if isinstance(ct, Tensor) and ct.shape != output.shape:
                raise RuntimeError(
                    f"Mismatch in shape: grad_output[{i}] has a shape of {ct.shape} and output[{i}] has a shape of "
                    f"{output.shape}."
                )
        create = create_graph
        if create is None:
            create = modes.grad and (outside or any(isinstance(ct, Tensor) and ct.requires_grad for ct in cts))
        found = followed.gradients(outputs, cts, create)
        return found[0] if isinstance(argnums, int) else found

    value = unflatten([followed.released(output, outside) for output in outputs], form)
    return (value, pull, followed.released(aux, outside)) if has_aux else (value, pull)


class _Leaf:
    """What stands for a leaf in the picture of a structure."""

    def __repr__(self) -> str:
        return "*"


def _picture(structure: Any) -> str:
    """A structure as its values would be written."""
    count = str(structure).count("*")
    return repr(unflatten([_Leaf()] * count, structure))


def jacrev(
    func: Callable[..., Any],
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
    _preallocate_and_copy: bool = False,
) -> Callable[..., Any]:
    """The function that gives the Jacobian of `func` by the arguments at `argnums`, all rows in one reverse pass.

    With `chunk_size` there is a pass for every so many rows. The Jacobian of an output by an input has the output's
    dimensions and then the input's. Raises RuntimeError for complex inputs and outputs.

    >>> import mutagrad
    >>> mutagrad.func.jacrev(mutagrad.sin)(mutagrad.zeros(2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError("jacrev: `chunk_size` should be greater than 0.")

    @functools.wraps(func)
    def jacobian(*args: Any) -> Any:
        check_real("jacrev", args, "inputs")
        result, pull, *aux = _vjp(func, args, argnums, has_aux)
        check_real("jacrev", result, "outputs")
        outputs, form = flatten(result)
        stacked = vmap(lambda *cts: pull(unflatten(cts, form)), chunk_size=chunk_size)(*standard_basis(outputs))
        by_input, structure = flatten(stacked)
        by_output = zip(*[rows(each, outputs) for each in by_input])
        jacobians = unflatten([unflatten(parts, structure) for parts in by_output], form)
        return (jacobians, aux[0]) if has_aux else jacobians

    return jacobian


def hessian(func: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The function that gives the second derivatives of `func` by the arguments at `argnums`: `jacfwd` of `jacrev`.

    >>> import mutagrad
    >>> mutagrad.func.hessian(lambda x: (x ** 3).sum())(mutagrad.ones(2))
    tensor([[6., 0.],
            [0., 6.]])
    """
    return jacfwd(jacrev(func, argnums), argnums)
