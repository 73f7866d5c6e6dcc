"""Lazy modules: their parameters get a shape when the first input is seen, and then they are modules like others.

Follows https://docs.pytorch.org/docs/stable/generated/torch.nn.modules.lazy.LazyModuleMixin.html
"""

from __future__ import annotations

import warnings
from typing import Any

from mutagrad.modes import no_grad
from mutagrad.nn import batchnorm, conv
from mutagrad.nn.layers import Linear
from mutagrad.nn.parameter import Parameter
from mutagrad.ops.creation import empty
from mutagrad.tensor import Tensor

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
    "UninitializedBuffer",
    "UninitializedParameter",
]


class _Uninitialized(Tensor):
    """A tensor whose shape is not known yet."""

    __slots__ = ()

    @property
    def shape(self) -> Any:
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in "
            "`load_state_dict` when trying to load an uninitialized parameter into an initialized one. Call `forward` to "
            "initialize the parameters before accessing their attributes."
        )

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Gives the tensor its shape, and memory of any content; it stays the same object, of its class proper."""
        memory: Any = empty(shape, dtype=self.dtype if dtype is None else dtype)
        requires_grad = self.requires_grad
        object.__setattr__(self, "__class__", Parameter if isinstance(self, Parameter) else Tensor)
        self.requires_grad_(False)
        self.data = memory
        self.requires_grad_(requires_grad)


class UninitializedParameter(_Uninitialized, Parameter):
    """A parameter whose shape is not known yet."""

    __slots__ = ()

    def __new__(cls, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> Any:
        return Parameter.__new__(cls, empty(0, dtype=dtype), requires_grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return memo.setdefault(id(self), type(self)(self.requires_grad, dtype=self.dtype))

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return "<UninitializedParameter>"


class UninitializedBuffer(_Uninitialized):
    """A buffer whose shape is not known yet."""

    __slots__ = ()

    def __new__(cls, requires_grad: bool = False, device: Any = None, dtype: Any = None) -> Any:
        made = empty(0, dtype=dtype)
        made.__class__ = cls
        return made

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return "<UninitializedBuffer>"


def is_lazy(tensor: Any) -> bool:
    """Whether a tensor's shape is not known yet."""
    return isinstance(tensor, _Uninitialized)


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
        warnings.warn(
            "Lazy modules are a new feature under heavy development so changes to the API or functionality can happen at "
            "any moment.",
            stacklevel=2,
        )

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


class LazyLinear(LazyModuleMixin, Linear):
    """A `Linear` whose `in_features` is the size of its first input's last dimension."""

    cls_to_become = Linear

    def __init__(self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(0, 0, False)
        made = {"device": device, "dtype": dtype}
        self.weight = UninitializedParameter(**made)
        self.out_features = out_features
        if bias:
            self.bias = UninitializedParameter(**made)

    def reset_parameters(self) -> None:
        """Draws weight and bias anew, once there are any."""
        if not self.has_uninitialized_params() and self.in_features != 0:
            super().reset_parameters()

    def initialize_parameters(self, input: Any) -> None:  # type: ignore[override]
        """Gives the parameters their shapes, from the first input."""
        if self.has_uninitialized_params():
            with no_grad():
                self.in_features = input.shape[-1]
                self.weight.materialize((self.out_features, self.in_features))
                if self.bias is not None:
                    self.bias.materialize((self.out_features,))
                self.reset_parameters()


class _LazyConv(LazyModuleMixin):
    """A convolution whose `in_channels` are those of its first input."""

    def __init__(self, out_channels: int, kernel_size: Any, *args: Any, **kwargs: Any) -> None:
        has_bias = _argument(self, "bias", args, kwargs)
        made = {name: _argument(self, name, args, kwargs) for name in ("device", "dtype")}
        super().__init__(0, 0, kernel_size, *args, **{**kwargs, "bias": False} if "bias" in kwargs else kwargs)
        module: Any = self
        module.weight = UninitializedParameter(**made)
        module.out_channels = out_channels
        module.bias = UninitializedParameter(**made) if has_bias else None

    def reset_parameters(self) -> None:
        """Draws weight and bias anew, once there are any."""
        module: Any = self
        if not self.has_uninitialized_params() and module.in_channels != 0:
            super().reset_parameters()  # type: ignore[misc]

    def initialize_parameters(self, input: Any, *args: Any, **kwargs: Any) -> None:
        """Gives the parameters their shapes, from the first input."""
        module: Any = self
        if not self.has_uninitialized_params():
            return
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
        with no_grad():
            module.weight.materialize((outer, inner // module.groups, *module.kernel_size))
            if module.bias is not None:
                module.bias.materialize((module.out_channels,))
            module.reset_parameters()


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


class _LazyNorm(LazyModuleMixin):
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

    def reset_parameters(self) -> None:
        """Forgets all batches seen, and makes the weight one and the bias zero, once there are any."""
        module: Any = self
        if not self.has_uninitialized_params() and module.num_features != 0:
            super().reset_parameters()  # type: ignore[misc]

    def initialize_parameters(self, input: Any, *args: Any, **kwargs: Any) -> None:
        """Gives the parameters and buffers their shapes, from the first input."""
        module: Any = self
        if not self.has_uninitialized_params():
            return
        module.num_features = input.shape[1 if input.dim() >= 2 and input.dim() == max(module.ranks) else -2]
        if 2 in module.ranks and input.dim() == 2:
            module.num_features = input.shape[1]
        with no_grad():
            for member in (*module._parameters.values(), *module._buffers.values()):
                if is_lazy(member):
                    member.materialize((module.num_features,))
            module.reset_parameters()


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
