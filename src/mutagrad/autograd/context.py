"""The context of a call of a custom function: what `forward` tells it, and what `backward` finds there.

The context is the node: what is kept on `ctx` lives as long as the graph, and `grad_fn` of the result is it.

Read next: `function.py`, which makes contexts and records them.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from mutagrad import tangents
from mutagrad.autograd.faults import fault
from mutagrad.autograd.nodes import GraphFace
from mutagrad.autograd.saved import leaf_tensor, saved_tensor
from mutagrad.autograd.saved_names import SavedTensor
from mutagrad.graph import EMPTY, Edge, Leaf, Node
from mutagrad.namespaces import arrays, batched
from mutagrad.storage import Freed, LostValue, Saved
from mutagrad.tensor import Tensor, wrap

Origin = tuple[Saved, Edge | int | None]  # an input's edge, an output's number, or None for anything else
Form = tuple[tuple[int, ...], np.dtype]  # shape and dtype of a tensor


class FunctionCtx:
    """What `forward` or `setup_context` says of a call."""

    to_save: tuple[Any, ...] = ()
    saved_for_forward: tuple[Any, ...] | None = None
    dirty_tensors: tuple[Any, ...] = ()
    non_differentiable: tuple[Any, ...] = ()
    materialize_grads = True

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keeps tensors for `backward`, which finds them in `saved_tensors`."""
        for i, tensor in enumerate(tensors):
            if tensor is not None and not isinstance(tensor, Tensor):
                raise TypeError(
                    f"save_for_backward can only save variables, but argument {i} is of type {type(tensor).__name__}"
                )
        self.to_save = tensors

    def save_for_forward(self, *tensors: Tensor | None) -> None:
        """Keeps tensors for `jvp`, which finds them in `saved_tensors`."""
        if not all(tensor is None or isinstance(tensor, Tensor) for tensor in tensors):
            raise AssertionError(
                "save_for_forward expects all arguments to be tensors; you should save non-tensors as attributes on ctx."
            )
        self.saved_for_forward = tensors

    def mark_dirty(self, *args: Tensor) -> None:
        """Says which inputs `forward` has written; they must be returned too."""
        self.dirty_tensors = args

    def mark_shared_storage(self, *pairs: Any) -> None:
        """Does nothing: tensors that share memory are known."""
        warnings.warn(
            "`mark_shared_storage` is deprecated. Tensors with shared storages are automatically tracked. Note that "
            "calls to `set_()` are not tracked",
            FutureWarning,
            stacklevel=2,
        )

    def mark_non_differentiable(self, *args: Tensor) -> None:
        """Says which outputs have no gradient."""
        self.non_differentiable = args

    def set_materialize_grads(self, value: bool) -> None:
        """Whether `backward` is given zeros (the default) or None for outputs without a gradient."""
        self.materialize_grads = value


class BackwardCFunction(GraphFace, FunctionCtx, Node):
    """The context of one call of a `Function`, and its node in the graph."""

    _forward_cls: Any
    # Shape and dtype of the tensors among the arguments and results.
    inputs: list[Form | None]
    outputs: list[Form | None]
    needs_input_grad: tuple[bool, ...] = ()
    was_read = False

    def __init__(self) -> None:
        self.region = self.fit = self.watches = None
        self.values = EMPTY
        self.saved = ()

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """The tensors kept by `save_for_backward`, as they were then; within `jvp`, those of `save_for_forward`.

        Raises RuntimeError when they were freed by an earlier backward pass, or overwritten and lost.
        """
        if self.saved_for_forward is not None:
            return self.saved_for_forward
        if self.was_read:
            raise RuntimeError(
                "saved_tensors can only be accessed once when clear_saved_tensors_on_access=True is set on the "
                "autograd.Function. Either access saved_tensors only once, or set clear_saved_tensors_on_access=False."
            )
        if type(self.saved) is Freed:
            raise fault(self, LostValue(self.saved))
        found: list[Tensor | None] = []
        tokens = (self.saved[0].record if self.saved else None) or [None] * len(self.origins)
        for (cell, origin), token in zip(self.origins, tokens):
            try:
                value = cell.array
            except LostValue as lost:
                raise fault(self, lost, self.origins) from None
            found.append(None if value is None else tangents.restore(token, self._unpack(cell, value, origin)))
        if self._forward_cls.clear_saved_tensors_on_access:
            self.was_read, self.saved = True, ()
        return tuple(found)

    @property
    def _raw_saved_tensors(self) -> tuple[SavedTensor, ...]:
        return tuple(map(self._raw_saved_tensor, range(len(self.origins))))

    def _raw_saved_tensor(self, i: int) -> SavedTensor:
        def read() -> Saved:
            if type(self.saved) is Freed:
                raise fault(self, LostValue(self.saved))
            return self.origins[i][0]

        def write(cell: Saved) -> None:
            self.origins[i] = (cell, self.origins[i][1])

        return SavedTensor(read, write, lambda cell: self._unpack(cell, cell.array, self.origins[i][1]))

    def _unpack(self, cell: Saved, value: np.ndarray, origin: Edge | int | None) -> Tensor:
        if isinstance(origin, int):
            key = self.key[origin] if isinstance(self.key, tuple) else self.key
            return saved_tensor(cell, (key, self.region, self), self.sequence + 1, value)
        if origin is not None and isinstance(origin[2], Leaf) and origin[1] is None:
            leaf = leaf_tensor(origin[2])
            if leaf._array is value:
                return leaf
        return saved_tensor(cell, origin, self.sequence - 1, value)

    @property
    def origins(self) -> list[Origin]:
        """The saved cells, each with where its value came from."""
        return self.saved[0].array if self.saved else []

    def apply(self, *args: Tensor | None) -> Any:
        """What the user's `backward` gives for gradients of the outputs."""
        backward = self._backward()
        return backward(self, list(args)) if self._forward_cls.boxed_grads_call else backward(self, *args)

    def apply_boxed(self, gradients: list[Tensor | None]) -> Any:
        """What the user's `backward` gives where it takes the gradients of the outputs in one list."""
        return self._backward()(self, gradients)

    def apply_jvp(self, *args: Tensor | None) -> Any:
        """What the user's `jvp` gives for tangents of the inputs."""
        return self._forward_cls.jvp(self, *args)

    def _backward(self) -> Any:
        function, base = self._forward_cls, self._forward_cls.__mro__[-2]
        if function.backward is not base.backward and function.vjp is not base.vjp:
            raise RuntimeError(
                "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only implement "
                "one of them."
            )
        return function.backward if function.vjp is base.vjp else function.vjp


class FunctionOperation:
    """What the engine knows of a `Function`: its name, and a pullback that calls `backward`."""

    saves = saved_input = ()
    pullback_of_large = None
    passes = False

    def __init__(self, name: str) -> None:
        self.name = name
        self.node_name = f"{name}Backward"

    def pullback(self, xp: Any, ct: Any, cells: Any, node: BackwardCFunction) -> list[Any]:
        """Calls `backward` with tensors of its own and gives back shares that fit the inputs."""
        on_arrays = xp is arrays or xp is batched
        given = []
        for one, output in zip(ct if isinstance(ct, list) else [ct], node.outputs):
            if one is None:
                given.append(wrap(np.zeros(*output)) if node.materialize_grads and output is not None else None)
            else:
                given.append(wrap(batched.copy(one)) if on_arrays else one)
        shares = node.apply(*given)
        shares = list(shares) if isinstance(shares, (tuple, list)) else [shares]
        return [self._fit(i, share, on_arrays, node) for i, share in self._of_tensors(shares, node)]

    def _of_tensors(self, shares: list[Any], node: BackwardCFunction) -> list[tuple[int, Any]]:
        """The shares of the tensor arguments, with their positions."""
        expected = len(node.inputs)
        while len(shares) > expected and shares[-1] is None:
            shares.pop()
        if len(shares) != expected:
            raise RuntimeError(
                f"function {self.node_name} returned an incorrect number of gradients (expected {expected}, "
                f"got {len(shares)})"
            )
        for i, (share, form) in enumerate(zip(shares, node.inputs)):
            if share is not None and form is None:
                raise RuntimeError(
                    f"function {self.node_name} returned a gradient different than None at position {i + 1}, but the "
                    "corresponding forward input was not a Variable"
                )
        return [(i, share) for i, share in enumerate(shares) if node.inputs[i] is not None]

    def _fit(self, i: int, share: Any, on_arrays: bool, node: BackwardCFunction) -> Any:
        if share is None or not node.needs_input_grad[i]:
            return None
        if not isinstance(share, Tensor):
            raise RuntimeError(f"expected Variable or None (got {type(share).__name__})")
        shape, dt = node.inputs[i]  # type: ignore[misc]
        if share._array.shape != shape:
            if not _can_be_summed(share._array.shape, shape):
                raise RuntimeError(
                    f"Function {self.node_name} returned an invalid gradient at index {i} - got "
                    f"{list(share._array.shape)} but expected shape compatible with {list(shape)}"
                )
            share = share.sum_to_size(shape)
        if share._array.dtype != dt:
            share = share.to(dt)
        return share._array if on_arrays else share


def _can_be_summed(given: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    """Whether `shape` can be broadcast to the given one."""
    try:
        return np.broadcast_shapes(shape, given) == given
    except ValueError:
        return False


class ContextCells(Saved):
    """One cell for all that a context saved: the cells inside are read when `saved_tensors` is.

    `record` holds the tangents that were saved with them (None: there are none).
    """

    __slots__ = ("record",)

    record: list[Any] | None
