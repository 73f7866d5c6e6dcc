"""Pruning: parameters times masks, so that the least of their elements are zero.

A pruned parameter is kept as `<name>_orig`, its mask as the buffer `<name>_mask`, and made anew before each call.
Follows https://docs.pytorch.org/docs/stable/nn.html#utilities
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from mutagrad.nn.module import Module
from mutagrad.ops.creation import ones_like
from mutagrad.ops.joining import cat
from mutagrad.ops.random import rand, rand_like

__all__ = [
    "BasePruningMethod",
    "custom_from_mask",
    "global_unstructured",
    "identity",
    "is_pruned",
    "l1_unstructured",
    "ln_structured",
    "random_structured",
    "random_unstructured",
    "remove",
]


def _count(amount: Any, size: int) -> int:
    """How many of `size` things an amount means: a number, or a share. Raises ValueError outside of them."""
    if isinstance(amount, bool) or not isinstance(amount, (int, float)):
        raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
    if isinstance(amount, int):
        if amount < 0:
            raise ValueError(f"amount={amount} should be a non-negative integer")
        if amount > size:
            raise ValueError(f"amount={amount} should be smaller than the number of parameters to prune={size}")
        return amount
    if not 0.0 <= amount <= 1.0:
        raise ValueError(f"amount={amount} should be a float in the range [0, 1]")
    return round(amount * size)


class BasePruningMethod(ABC):
    """The base class of methods of pruning, which is also the hook that makes the parameter anew."""

    _tensor_name: str

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self._tensor_name, self.apply_mask(module))

    @abstractmethod
    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        """The mask for the tensor `t`, which lets through no more than `default_mask`."""

    def apply_mask(self, module: Module) -> Any:
        """The parameter times its mask."""
        original = getattr(module, f"{self._tensor_name}_orig")
        return getattr(module, f"{self._tensor_name}_mask").to(original.dtype) * original

    @classmethod
    def apply(cls, module: Module, name: str, *args: Any, importance_scores: Any = None, **kwargs: Any) -> Any:
        """Prunes a parameter by this method, on top of what was pruned before; the hook."""
        method = cls(*args, **kwargs)
        method._tensor_name = name
        parameter = getattr(module, name)
        is_first = f"{name}_orig" not in module._parameters
        if is_first:
            del module._parameters[name]
            module.register_parameter(f"{name}_orig", parameter)
            before = ones_like(parameter.detach())
        else:
            before = getattr(module, f"{name}_mask").detach().clone()
        scores = parameter.detach() if importance_scores is None else importance_scores
        mask = method.compute_mask(scores, before)
        if is_first:
            module.register_buffer(f"{name}_mask", mask)
        else:
            getattr(module, f"{name}_mask").copy_(mask)
        for key in [k for k, h in module._forward_pre_hooks.items() if _is_of(h.function, name)]:
            del module._forward_pre_hooks[key]
        setattr(module, name, method.apply_mask(module))
        module.register_forward_pre_hook(method)
        return method

    def prune(self, t: Any, default_mask: Any = None, importance_scores: Any = None) -> Any:
        """A tensor times the mask of this method."""
        before = ones_like(t) if default_mask is None else default_mask
        return t * self.compute_mask(t if importance_scores is None else importance_scores, before)

    def remove(self, module: Module) -> None:
        """Makes the pruned parameter an ordinary one, with its zeros."""
        name = self._tensor_name
        weight = self.apply_mask(module)
        delattr(module, name) if hasattr(module, name) else None
        original: Any = module._parameters.pop(f"{name}_orig")
        del module._buffers[f"{name}_mask"]
        original.data = weight.data
        setattr(module, name, original)


def _is_of(hook: Any, name: str) -> bool:
    return isinstance(hook, BasePruningMethod) and hook._tensor_name == name


class Identity(BasePruningMethod):
    """Prunes nothing."""

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        return default_mask


class _Unstructured(BasePruningMethod):
    """Prunes an amount of the elements that are left, the least by `scores`."""

    def __init__(self, amount: float) -> None:
        self.amount = amount

    def scores(self, t: Any) -> Any:
        """By what elements are compared."""
        raise NotImplementedError

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        mask = default_mask.clone()
        left = mask.reshape(-1) != 0
        count = _count(self.amount, int(left.sum()))
        if count:
            places = left.nonzero().reshape(-1)
            least = self.scores(t).reshape(-1)[places].topk(count, largest=False).indices
            mask.view(-1)[places[least]] = 0
        return mask


class L1Unstructured(_Unstructured):
    """Prunes the smallest elements."""

    def scores(self, t: Any) -> Any:
        return t.abs()


class RandomUnstructured(_Unstructured):
    """Prunes elements at random."""

    def scores(self, t: Any) -> Any:
        return rand_like(t)


class _Structured(BasePruningMethod):
    """Prunes whole slices along `dim`, the least by `scores`."""

    def __init__(self, amount: float, dim: int = -1) -> None:
        self.amount, self.dim = amount, dim

    def scores(self, t: Any) -> Any:
        """By what slices are compared."""
        raise NotImplementedError

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        mask = default_mask.clone()
        count = _count(self.amount, t.shape[self.dim])
        if count:
            least = self.scores(t).topk(count, largest=False).indices
            mask.index_fill_(self.dim, least, 0)
        return mask


class LnStructured(_Structured):
    """Prunes the slices of the smallest norm."""

    def __init__(self, amount: float, n: Any, dim: int = -1) -> None:
        super().__init__(amount, dim)
        self.n = n

    def scores(self, t: Any) -> Any:
        return t.norm(p=self.n, dim=[d for d in range(t.dim()) if d != self.dim % t.dim()])


class RandomStructured(_Structured):
    """Prunes slices at random."""

    def scores(self, t: Any) -> Any:
        return rand(t.shape[self.dim])


class CustomFromMask(BasePruningMethod):
    """Prunes by a mask that is given."""

    def __init__(self, mask: Any) -> None:
        self.mask = mask

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        return default_mask * self.mask.to(default_mask.dtype)


def identity(module: Module, name: str) -> Module:
    """Makes the parameter one that is pruned, with a mask of ones; the module itself."""
    Identity.apply(module, name)
    return module


def random_unstructured(module: Module, name: str, amount: float) -> Module:
    """Prunes elements at random, a number or a share of those left; the module itself."""
    RandomUnstructured.apply(module, name, amount=amount)
    return module


def l1_unstructured(module: Module, name: str, amount: float, importance_scores: Any = None) -> Module:
    """Prunes the smallest elements, a number or a share of those left; the module itself.

    >>> import mutagrad
    >>> layer = mutagrad.nn.Linear(4, 2)
    >>> int((l1_unstructured(layer, "weight", amount=0.5).weight == 0).sum())
    4
    """
    L1Unstructured.apply(module, name, amount=amount, importance_scores=importance_scores)
    return module


def random_structured(module: Module, name: str, amount: float, dim: int) -> Module:
    """Prunes slices along `dim` at random; the module itself."""
    RandomStructured.apply(module, name, amount=amount, dim=dim)
    return module


def ln_structured(module: Module, name: str, amount: float, n: Any, dim: int, importance_scores: Any = None) -> Module:
    """Prunes the slices along `dim` of the smallest norm of order `n`; the module itself."""
    LnStructured.apply(module, name, amount=amount, n=n, dim=dim, importance_scores=importance_scores)
    return module


def custom_from_mask(module: Module, name: str, mask: Any) -> Module:
    """Prunes by a mask; the module itself."""
    CustomFromMask.apply(module, name, mask=mask)
    return module


def global_unstructured(
    parameters: Any, pruning_method: type[BasePruningMethod], importance_scores: Any = None, **kwargs: Any
) -> None:
    """Prunes elements of several parameters (pairs of module and name), compared with one another."""
    pairs = list(parameters)
    scores = importance_scores or {}
    tensors = [scores.get(pair, getattr(*pair)).detach() for pair in pairs]
    masks = [getattr(module, f"{name}_mask", ones_like(t)) for (module, name), t in zip(pairs, tensors)]
    method = pruning_method(**kwargs)
    mask = method.compute_mask(cat([t.reshape(-1) for t in tensors]), cat([m.reshape(-1) for m in masks]))
    start = 0
    for (module, name), t in zip(pairs, tensors):
        custom_from_mask(module, name, mask[start : start + t.numel()].view_as(t))
        start += t.numel()


def remove(module: Module, name: str) -> Module:
    """Makes a pruned parameter an ordinary one, with its zeros. Raises ValueError where it is one."""
    for key, hook in module._forward_pre_hooks.items():
        if _is_of(hook.function, name):
            hook.function.remove(module)
            del module._forward_pre_hooks[key]
            return module
    raise ValueError(f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed")


def is_pruned(module: Module) -> bool:
    """Whether any parameter of the module, or of those below it, is pruned."""
    return any(
        isinstance(hook.function, BasePruningMethod)
        for each in module.modules()
        for hook in each._forward_pre_hooks.values()
    )
