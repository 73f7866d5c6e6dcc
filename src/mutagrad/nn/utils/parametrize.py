"""Parameters that are computed: a module's tensor as a function of others that are trained in its place.

The class of the module becomes one of its own, in which the tensor's name is a property.
Follows https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrize.register_parametrization.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from mutagrad.modes import no_grad
from mutagrad.nn.containers import ModuleDict, ModuleList
from mutagrad.nn.module import Module
from mutagrad.nn.parameter import Parameter
from mutagrad.tensor import Tensor

__all__ = [
    "ParametrizationList",
    "cached",
    "is_parametrized",
    "register_parametrization",
    "remove_parametrizations",
    "type_before_parametrizations",
]

_depth = [0]
_cache: dict[tuple[int, str], Any] = {}


@contextmanager
def cached() -> Iterator[None]:
    """Within, every computed tensor is computed once."""
    _depth[0] += 1
    try:
        yield
    finally:
        _depth[0] -= 1
        if not _depth[0]:
            _cache.clear()


class ParametrizationList(ModuleList):
    """The functions a tensor goes through, one after another, and what they begin with: `original`.

    Where the last of them has a `right_inverse` that gives several tensors, these are `original0`, `original1`, …
    """

    original: Tensor

    def __init__(self, modules: Sequence[Module], original: Any, unsafe: bool = False) -> None:
        if not modules:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        shape, dtype = original.shape, original.dtype
        with no_grad():
            new = original
            for module in reversed(self):
                if hasattr(module, "right_inverse"):
                    new = module.right_inverse(new)
        self.is_tensor = isinstance(new, Tensor)
        self.ntensors = 1 if self.is_tensor else len(new)
        if self.is_tensor:
            _check(original, new, unsafe)
            with no_grad():
                original.set_(new) if new is not original else None
            _register(self, "original", original)
        else:
            for number, part in enumerate(new):
                if not isinstance(part, Tensor):
                    raise ValueError(
                        "right_inverse must return a Tensor or a Sequence of tensors (list, tuple...). Got element "
                        f"{number} of the sequence with type {type(part).__name__}."
                    )
                kept = Parameter(part) if isinstance(original, Parameter) else part
                kept.requires_grad_(original.requires_grad)
                _register(self, f"original{number}", kept)
        if not unsafe:
            found = self()
            if not isinstance(found, Tensor):
                raise ValueError(f"A parametrization must return a tensor. Got {type(found).__name__}.")
            if found.dtype != dtype:
                raise ValueError(
                    "Registering a parametrization may not change the dtype of the tensor, unless `unsafe` flag is "
                    f"enabled.\nunparametrized dtype: {dtype}\nparametrized dtype: {found.dtype}"
                )
            if found.shape != shape:
                raise ValueError(
                    "Registering a parametrization may not change the shape of the tensor, unless `unsafe` flag is "
                    f"enabled.\nunparametrized shape: {shape}\nparametrized shape: {found.shape}"
                )

    def right_inverse(self, value: Any) -> None:
        """Gives the originals the values for which the tensor becomes `value`."""
        with no_grad():
            for module in reversed(self):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(f"parametrization {type(module).__name__} does not implement right_inverse.")
                value = module.right_inverse(value)
            if self.is_tensor:
                self.original.set_(value)
            else:
                for number, part in enumerate(value):
                    getattr(self, f"original{number}").set_(part)

    def forward(self) -> Any:
        first, *rest = list(self)
        if self.is_tensor:
            found = first(self.original)
        else:
            found = first(*(getattr(self, f"original{number}") for number in range(self.ntensors)))
        for module in rest:
            found = module(found)
        return found


def _check(original: Any, new: Any, unsafe: bool) -> None:
    if unsafe:
        return
    if original.dtype != new.dtype:
        raise ValueError(
            "When `right_inverse` outputs one tensor, it may not change the dtype.\n"
            f"original.dtype: {original.dtype}\nright_inverse(original).dtype: {new.dtype}"
        )


def _register(module: Module, name: str, tensor: Any) -> None:
    if isinstance(tensor, Parameter):
        module.register_parameter(name, tensor)
    else:
        module.register_buffer(name, tensor)


def _class_with(module: Module) -> None:
    """Gives the module a class of its own, in which tensors can be properties."""
    before = type(module)

    def refuse(self: Any) -> Any:
        raise RuntimeError(
            "Serialization of parametrized modules is only supported through state_dict(). See:\n"
            "https://pytorch.org/tutorials/beginner/saving_loading_models.html"
            "#saving-loading-a-general-checkpoint-for-inference-and-or-resuming-training"
        )

    def copied(self: Any, memo: dict[int, Any]) -> Any:
        # By its attributes: its class cannot be found by name.
        made = object.__new__(type(self))
        memo[id(self)] = made
        made.__dict__.update(deepcopy(self.__dict__, memo))
        return made

    module.__class__ = type(
        f"Parametrized{before.__name__}", (before,), {"__getstate__": refuse, "__deepcopy__": copied}
    )


def _add_property(module: Module, name: str) -> None:
    def compute(self: Any) -> Any:
        made = self.parametrizations[name]
        if not _depth[0]:
            return made()
        key = (id(self), name)
        if key not in _cache:
            _cache[key] = made()
        return _cache[key]

    def assign(self: Any, value: Any) -> None:
        self.parametrizations[name].right_inverse(value)

    setattr(type(module), name, property(compute, assign))


def register_parametrization(
    module: Module, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> Module:
    """Lets a parameter or buffer of the module be `parametrization` of what is trained; the module itself.

    A second one is put on top. Raises ValueError for a name that is none, and for a function that changes shape or dtype
    unless `unsafe`.

    >>> import mutagrad
    >>> class Symmetric(mutagrad.nn.Module):
    ...     def forward(self, x):
    ...         return x.triu() + x.triu(1).transpose(-1, -2)
    >>> layer = register_parametrization(mutagrad.nn.Linear(3, 3), "weight", Symmetric())
    >>> bool((layer.weight == layer.weight.T).all())
    True
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        there: Any = module.parametrizations[tensor_name]
        if unsafe:
            there.unsafe = True
        elif parametrization(getattr(module, tensor_name)).shape != getattr(module, tensor_name).shape:
            raise ValueError(
                "Registering a parametrization may not change the shape of the tensor, unless the `unsafe` flag is "
                "enabled."
            )
        there.append(parametrization)
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        original = getattr(module, tensor_name)
        made = ParametrizationList([parametrization], original, unsafe=unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            _class_with(module)
            module.parametrizations = ModuleDict()
        _add_property(module, tensor_name)
        module.parametrizations[tensor_name] = made
    else:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name "
            f"'{tensor_name}'"
        )
    return module


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether anything of the module, or the tensor of this name, is computed."""
    made = module.__dict__.get("_modules", {}).get("parametrizations")
    if not isinstance(made, ModuleDict):
        return False
    return len(made) > 0 if tensor_name is None else tensor_name in made


def remove_parametrizations(module: Module, tensor_name: str, leave_parametrized: bool = True) -> Module:
    """Makes the tensor an ordinary one again, with its present value, or as it was before; the module itself.

    Raises ValueError where it is not computed, or where what was before is several tensors.
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    made: Any = module.parametrizations[tensor_name]
    if not made.is_tensor and not leave_parametrized:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a "
            "sequence of tensors."
        )
    with no_grad():
        value = getattr(module, tensor_name)
    first = made.original if made.is_tensor else made.original0
    if made.is_tensor:
        original = made.original
        if leave_parametrized:
            with no_grad():
                original.set_(value)
    else:
        original = Parameter(value) if isinstance(first, Parameter) else value
        original.requires_grad_(first.requires_grad)
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    _register(module, tensor_name, original)
    if not is_parametrized(module):
        delattr(module, "parametrizations")
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Module) -> type:
    """The class of the module, or what it was before any of its tensors was computed."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)
