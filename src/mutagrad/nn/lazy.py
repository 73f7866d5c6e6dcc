"""Lazy modules: their parameters get a shape when the first input is seen, and then they are modules like others.

Follows https://docs.pytorch.org/docs/stable/generated/torch.nn.modules.lazy.LazyModuleMixin.html
"""

from __future__ import annotations

from typing import Any

from mutagrad.modes import no_grad
from mutagrad.nn import batchnorm, conv
from mutagrad.nn.layers import Linear
from mutagrad.nn.parameter import UninitializedBuffer, UninitializedParameter, is_lazy

__all__ = [
    "LazyBatchNorm1d",
    "LazyBatchNorm2d",
    "LazyBatchNorm3d",
    "LazyConv1d",
    "LazyConv2d",
    "LazyConv3d",
    "LazyConvTranspose1d",
    "LazyConvTranspose2d",
    "LazyConvTranspose3d",
    "LazyInstanceNorm1d",
    "LazyInstanceNorm2d",
    "LazyInstanceNorm3d",
    "LazyLinear",
    "LazyModuleMixin",
]


class LazyModuleMixin:
    """The part of a class that makes its modules lazy: a subclass defines `initialize_parameters`, which is given the
    first input, and `cls_to_become`, the class of the module from then on.
    """

    cls_to_become: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        module: Any = self
        module._initialize_hook = module.register_forward_pre_hook(_first_call, with_kwargs=True)
        module._load_hook = module.register_load_state_dict_pre_hook(_take_shapes)

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Gives the parameters their shapes, from the first input."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def has_uninitialized_params(self) -> bool:
        """Whether any parameter or buffer has no shape yet."""
        module: Any = self
        return any(is_lazy(each) for each in (*module._parameters.values(), *module._buffers.values()))

    def _save_to_state_dict(self, destination: dict[str, Any], prefix: str, keep_vars: bool) -> None:
        module: Any = self
        for name, member in module._persistent().items():
            destination[prefix + name] = member if keep_vars or is_lazy(member) else member.detach()


def _first_call(module: Any, args: tuple, kwargs: dict[str, Any]) -> None:
    module.initialize_parameters(*args, **kwargs)
    if module.has_uninitialized_params():
        raise RuntimeError(f"module {type(module).__name__} has not been fully initialized")
    module._initialize_hook.remove()
    module._load_hook.remove()
    del module._initialize_hook, module._load_hook
    if module.cls_to_become is not None:
        module.__class__ = module.cls_to_become


def _take_shapes(module: Any, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
    """Gives the parameters the shapes they have in a state dict that is to be loaded."""
    for name, member in module._persistent().items():
        entry = state_dict.get(prefix + name)
        if is_lazy(member) and entry is not None and not is_lazy(entry):
            with no_grad():
                member.materialize(entry.shape)


class _Lazy(LazyModuleMixin):
    """The lazy modules of this file: a subclass says with `_shapes` which its tensors are to have."""

    def _shapes(self, input: Any) -> dict[str, tuple[int, ...]]:
        """The shapes by the tensors' names, for the first input."""
        raise NotImplementedError

    def initialize_parameters(self, input: Any, *args: Any, **kwargs: Any) -> None:
        """Gives the parameters and buffers their shapes, from the first input."""
        if not self.has_uninitialized_params():
            return
        with no_grad():
            for name, shape in self._shapes(input).items():
                member = getattr(self, name)
                if is_lazy(member):
                    member.materialize(shape)
            self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws the parameters anew, and forgets what was seen, once there is something of both."""
        module: Any = self
        members = [*module._parameters.values(), *module._buffers.values()]
        if all(member is None or not (is_lazy(member) or member.numel() == 0) for member in members):
            super().reset_parameters()  # type: ignore[misc]


class LazyLinear(_Lazy, Linear):
    """A `Linear` whose `in_features` is the size of its first input's last dimension."""

    cls_to_become = Linear

    def __init__(self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(0, 0, False)
        made = {"device": device, "dtype": dtype}
        self.weight = UninitializedParameter(**made)
        self.out_features = out_features
        if bias:
            self.bias = UninitializedParameter(**made)

    def _shapes(self, input: Any) -> dict[str, tuple[int, ...]]:
        self.in_features = input.shape[-1]
        return {"weight": (self.out_features, self.in_features), "bias": (self.out_features,)}


class _LazyConv(_Lazy):
    """A convolution whose `in_channels` are those of its first input."""

    def __init__(self, out_channels: int, kernel_size: Any, *args: Any, **kwargs: Any) -> None:
        has_bias = _argument(self, "bias", args, kwargs)
        made = {name: _argument(self, name, args, kwargs) for name in ("device", "dtype")}
        super().__init__(0, 0, kernel_size, *args, **{**kwargs, "bias": False} if "bias" in kwargs else kwargs)
        module: Any = self
        module.weight = UninitializedParameter(**made)
        module.out_channels = out_channels
        module.bias = UninitializedParameter(**made) if has_bias else None

    def _shapes(self, input: Any) -> dict[str, tuple[int, ...]]:
        module: Any = self
        if input.dim() not in (module.rank + 1, module.rank + 2):
            raise RuntimeError(
                f"Expected {module.rank + 1}D (unbatched) or {module.rank + 2}D (batched) input to "
                f"{type(self).__name__}, but got input of size: {list(input.shape)}"
            )
        module.in_channels = input.shape[-module.rank - 1]
        if module.in_channels % module.groups:
            raise ValueError("in_channels must be divisible by groups")
        outer, inner = module.out_channels, module.in_channels
        if module.transposed:
            outer, inner = inner, outer
        return {"weight": (outer, inner // module.groups, *module.kernel_size), "bias": (module.out_channels,)}


def _argument(module: Any, name: str, args: tuple, kwargs: dict[str, Any]) -> Any:
    """The value of an argument that comes after `kernel_size`, given by position, by name or not at all."""
    names = ("stride", "padding", "dilation", "groups", "bias", "padding_mode", "device", "dtype")
    if module.transposed:
        names = ("stride", "padding", "output_padding", "groups", "bias", "dilation", "padding_mode", "device", "dtype")
    return dict(zip(names, args), **kwargs).get(name, True if name == "bias" else None)


class LazyConv1d(_LazyConv, conv.Conv1d):
    """A `Conv1d` whose `in_channels` are those of its first input."""

    cls_to_become = conv.Conv1d


class LazyConv2d(_LazyConv, conv.Conv2d):
    """A `Conv2d` whose `in_channels` are those of its first input."""

    cls_to_become = conv.Conv2d


class LazyConv3d(_LazyConv, conv.Conv3d):
    """A `Conv3d` whose `in_channels` are those of its first input."""

    cls_to_become = conv.Conv3d


class LazyConvTranspose1d(_LazyConv, conv.ConvTranspose1d):
    """A `ConvTranspose1d` whose `in_channels` are those of its first input."""

    cls_to_become = conv.ConvTranspose1d


class LazyConvTranspose2d(_LazyConv, conv.ConvTranspose2d):
    """A `ConvTranspose2d` whose `in_channels` are those of its first input."""

    cls_to_become = conv.ConvTranspose2d


class LazyConvTranspose3d(_LazyConv, conv.ConvTranspose3d):
    """A `ConvTranspose3d` whose `in_channels` are those of its first input."""

    cls_to_become = conv.ConvTranspose3d


class _LazyNorm(_Lazy):
    """A normalisation whose `num_features` are the channels of its first input."""

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        made = {"device": device, "dtype": dtype}
        super().__init__(0, eps, momentum, False, track_running_stats, **made)
        module: Any = self
        module.affine = affine
        if affine:
            module.weight = UninitializedParameter(**made)
            module.bias = UninitializedParameter(**made) if bias else None
        if track_running_stats:
            module.running_mean, module.running_var = UninitializedBuffer(**made), UninitializedBuffer(**made)

    def _shapes(self, input: Any) -> dict[str, tuple[int, ...]]:
        module: Any = self
        module.num_features = input.shape[1 if input.dim() >= 2 and input.dim() == max(module.ranks) else -2]
        if 2 in module.ranks and input.dim() == 2:
            module.num_features = input.shape[1]
        return dict.fromkeys(("weight", "bias", "running_mean", "running_var"), (module.num_features,))


class LazyBatchNorm1d(_LazyNorm, batchnorm.BatchNorm1d):
    """A `BatchNorm1d` whose `num_features` are the channels of its first input."""

    cls_to_become = batchnorm.BatchNorm1d


class LazyBatchNorm2d(_LazyNorm, batchnorm.BatchNorm2d):
    """A `BatchNorm2d` whose `num_features` are the channels of its first input."""

    cls_to_become = batchnorm.BatchNorm2d


class LazyBatchNorm3d(_LazyNorm, batchnorm.BatchNorm3d):
    """A `BatchNorm3d` whose `num_features` are the channels of its first input."""

    cls_to_become = batchnorm.BatchNorm3d


class LazyInstanceNorm1d(_LazyNorm, batchnorm.InstanceNorm1d):
    """An `InstanceNorm1d` whose `num_features` are the channels of its first input."""

    cls_to_become = batchnorm.InstanceNorm1d


class LazyInstanceNorm2d(_LazyNorm, batchnorm.InstanceNorm2d):
    """An `InstanceNorm2d` whose `num_features` are the channels of its first input."""

    cls_to_become = batchnorm.InstanceNorm2d


class LazyInstanceNorm3d(_LazyNorm, batchnorm.InstanceNorm3d):
    """An `InstanceNorm3d` whose `num_features` are the channels of its first input."""

    cls_to_become = batchnorm.InstanceNorm3d
