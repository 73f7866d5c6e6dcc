"""Optimisers that update each element by itself: how their one rule is run.

A rule is written once, in the operators of arithmetic, on a parameter `w`, the direction `g` to step against, and what
is remembered of it, which it changes in place. It is run on the memory itself, past the graph: no history, but every
write is announced to the storage, so that what a live graph has saved of a parameter is kept, or marked lost, by the
overwrite policy. It goes over a parameter in blocks that stay in the cache, so what it needs of scratch memory is the
size of a block. With `differentiable=True` the same rule runs on the tensors, and is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from mutagrad.dtypes import float64, get_default_dtype
from mutagrad.modes import enable_grad
from mutagrad.namespaces import arrays, tensors
from mutagrad.optim.optimizer import Optimizer
from mutagrad.tensor import Tensor, wrap
from mutagrad.writability import check_origin

BLOCK = 3 << 13  # elements: a handful of arrays in single precision are about a usual second-level cache

Rule = Callable[..., None]


def memory(tensor: Tensor, writer: str) -> np.ndarray:
    """The tensor's memory, about to be written by `writer`: what was saved from it is seen to, the write is counted."""
    family = tensor._family
    if family.traits is not None:
        check_origin(tensor, (), writer)
    family.storage.will_write(tensor._array, tensor._view, writer)
    family.bump()
    return tensor._array


class Elementwise(Optimizer):
    """The base class of optimisers with a rule.

    A subclass defines `rule(group, state, new)`. It gives the rule for the next step of a parameter with the options
    `group`, after it has counted the step in `state`, which is empty before the first; `new(value)` is a tensor like
    the parameter to keep there. `remembered` names what the rule is given of the state.
    """

    remembered: tuple[str, ...] = ()

    def rule(self, group: dict[str, Any], state: dict[str, Any], new: Callable[..., Tensor]) -> Rule:
        """The rule `rule(xp, w, g, **remembered)` for the next step of one parameter."""
        raise NotImplementedError

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Updates every parameter that has a gradient; calls `closure` first, for a fresh one, and gives its loss."""
        loss = self._evaluated(closure)
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._update(parameter, parameter.grad, group)
        return loss

    def _update(self, parameter: Tensor, gradient: Tensor, group: dict[str, Any]) -> None:
        state = self.state.get(parameter, {})
        rule = self.rule(group, state, lambda value=0.0: filled(parameter, value))
        if state:
            self.state[parameter] = state
        rule = _directed(rule, group)
        kept = {name: state[name] for name in self.remembered if state.get(name) is not None}
        if group.get("differentiable"):
            with enable_grad():
                rule(tensors, _real(parameter), _real(gradient), **{name: _real(each) for name, each in kept.items()})
            return
        writer = f"{type(self).__name__}.step"
        written = [memory(each, writer) for each in (parameter, *kept.values())]
        for w, g, *parts in blocks([written[0], gradient._array, *written[1:]]):
            rule(arrays, w, g, **dict(zip(kept, parts)))


def _directed(rule: Rule, group: dict[str, Any]) -> Rule:
    """The rule with what all have in common before it: `maximize`, and the decay of weights."""
    maximize, decay = group.get("maximize"), number(group, "weight_decay") if "weight_decay" in group else 0
    shrink = 1 - number(group, "lr") * decay if group.get("decoupled_weight_decay") else None
    if not maximize and not is_set(decay):
        return rule

    def directed(xp: Any, w: Any, g: Any, **kept: Any) -> None:
        if maximize:
            g = -g
        if is_set(decay):
            if shrink is None:
                g = g + w * decay
            else:
                w *= shrink
        rule(xp, w, g, **kept)

    return directed


def is_set(option: Any) -> bool:
    """Whether an option is a tensor or a number other than zero."""
    return isinstance(option, Tensor) or option != 0


def number(group: dict[str, Any], name: str) -> Any:
    """An option as a number; as the tensor it is where the step is to be differentiated with respect to it."""
    value = group[name]
    if isinstance(value, (tuple, list)):
        return [number({**group, name: each}, name) for each in value]
    return value if isinstance(value, Tensor) and group.get("differentiable") else float(value)


def _real(tensor: Tensor) -> Any:
    """A complex tensor as a real one: real and imaginary parts are elements of their own."""
    return tensors.view_as_real(tensor) if tensor.is_complex() else tensor


# Memory -------------------------------------------------------------------------------------------------------------


def filled(parameter: Tensor, value: float) -> Tensor:
    """A tensor like the parameter, in the same order in memory, full of `value` (in both parts where it is complex)."""
    array = np.empty_like(parameter._array)
    array[...] = complex(value, value) if array.dtype.kind == "c" else value
    return wrap(array)


def scalar(value: float = 0.0) -> Tensor:
    """A number to be remembered: in single precision, unless the default dtype is double."""
    return wrap(np.array(value, np.float64 if get_default_dtype() is float64 else np.float32))


def counted(state: dict[str, Any]) -> float:
    """The number of the step that begins now."""
    count = memory(state["step"], "step")
    count += 1
    return count.item()


def blocks(held: list[np.ndarray]) -> Iterator[list[np.ndarray]]:
    """The arrays, all of one shape, in parts of at most `BLOCK` elements; complex ones as pairs of reals."""
    if held[0].dtype.kind == "c":
        held = [a[..., None].view(a.dtype.char.lower()) for a in held]
    if all(a.flags.c_contiguous for a in held):
        yield from _slices([a.reshape(-1) for a in held], BLOCK)
    elif all(a.flags.f_contiguous for a in held):
        yield from _slices([a.T.reshape(-1) for a in held], BLOCK)
    else:
        yield from _pieces(held)


def _slices(held: list[np.ndarray], size: int) -> Iterator[list[np.ndarray]]:
    for start in range(0, len(held[0]), size):
        yield [a[start : start + size] for a in held]


def _pieces(held: list[np.ndarray]) -> Iterator[list[np.ndarray]]:
    """Arrays that lie differently in memory, cut along their longest dimension until they are small enough."""
    shape, size = held[0].shape, held[0].size
    if size <= BLOCK:
        yield held
        return
    axis = shape.index(max(shape))
    width = max(1, BLOCK * shape[axis] // size)
    for parts in _slices([np.moveaxis(a, axis, 0) for a in held], width):
        yield from _pieces(parts)


# Options ------------------------------------------------------------------------------------------------------------


def check_options(**options: Any) -> None:
    """Raises ValueError for an option that is negative, a tensor of several elements, or no pair of fractions.

    The names are PyTorch's: `lr` is a learning rate, `eps` an epsilon value, `betas` a pair.
    """
    for name, value in options.items():
        if name == "betas":
            for index in (0, 1):
                if not 0.0 <= float(value[index]) < 1.0:
                    raise ValueError(f"Invalid beta parameter at index {index}: {value[index]}")
            continue
        if name == "lr" and isinstance(value, Tensor) and value.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        called = {"lr": "learning rate", "eps": "epsilon value"}.get(name, f"{name} value")
        if not value >= 0.0:
            raise ValueError(f"Invalid {called}: {value}")
