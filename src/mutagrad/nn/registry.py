"""What a module holds: parameters, buffers and child modules, by name.

They are registered by assignment (`self.weight = Parameter(...)`) and live in three dictionaries of their own, where
attribute access finds them. Here are the registration, with the checks that come with it, and every walk over what is
registered, in the order of registration, each object once however often it is shared.

Read next: `state.py`, then `module.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Self, cast

from mutagrad.dtypes import legacy_type_name
from mutagrad.nn.hooks import registered
from mutagrad.nn.parameter import Buffer, Parameter, note_replacement
from mutagrad.report import traps
from mutagrad.report.spans import caller_span
from mutagrad.tensor import Tensor

if TYPE_CHECKING:
    from mutagrad.nn.module import Module

# The dictionary of each kind, what an assignment calls it, and what it may hold.
ASSIGNED = {
    "_parameters": ("parameter", "torch.nn.Parameter or None"),
    "_modules": ("child module", "torch.nn.Module or None"),
    "_buffers": ("buffer", "torch.nn.Buffer, torch.Tensor or None"),
}


def type_name(value: Any) -> str:
    """The name of the value's type as PyTorch's messages spell it.

    >>> type_name(3), type_name(Parameter())
    ('int', 'torch.FloatTensor')
    """
    if isinstance(value, Tensor):
        return legacy_type_name(value._array.dtype)
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


class Registry:
    """The part of a `Module` that holds parameters, buffers and child modules."""

    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Module | None]
    _non_persistent_buffers_set: set[str]

    def __init__(self) -> None:
        # Past __setattr__, which would look for what these lines make.
        self.__dict__.update(_parameters={}, _buffers={}, _modules={}, _non_persistent_buffers_set=set())

    # Attributes ---------------------------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        attributes = self.__dict__
        try:
            return attributes["_parameters"][name]
        except KeyError:
            for kind in ("_modules", "_buffers"):
                if name in attributes.get(kind, ()):
                    return attributes[kind][name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        kind = self._kind_to_assign(name, value)
        if kind is None:
            object.__setattr__(self, name, value)
            return
        held = self.__dict__.get(kind)
        if held is None:
            raise AttributeError(
                f"cannot assign {'parameters' if kind == '_parameters' else 'module'} before Module.__init__() call"
            )
        for other in ("_parameters", "_modules", "_buffers"):
            if other != kind:
                self.__dict__[other].pop(name, None)
        if kind != "_buffers":
            self._non_persistent_buffers_set.discard(name)
        self.__dict__.pop(name, None)
        if kind == "_parameters":
            note_replacement(name, held.get(name), value)
            self.register_parameter(name, value)
        elif isinstance(value, Buffer):
            self.register_buffer(name, value, value.persistent)
        else:
            held[name] = registered(kind, self, name, value)

    def _kind_to_assign(self, name: str, value: Any) -> str | None:
        """The dictionary that an assignment goes to, None for that of ordinary attributes.

        Raises TypeError for a value that may not take the place of what is registered under `name`.
        """
        if isinstance(value, Parameter):
            return "_parameters"
        if isinstance(value, Buffer):
            return "_buffers"
        is_module = isinstance(value, Registry)
        for kind, (called, allowed) in ASSIGNED.items():
            if is_module and kind == "_modules":
                return kind
            if name in self.__dict__.get(kind, ()):
                if value is not None and not (kind == "_buffers" and isinstance(value, Tensor)):
                    refusal = f"cannot assign '{type_name(value)}' as {called} '{name}' ({allowed} expected)"
                    if kind == "_parameters" and isinstance(value, Tensor):
                        raise traps.not_a_parameter(refusal, name, caller_span())
                    raise TypeError(refusal)
                return kind
        return None

    def __delattr__(self, name: str) -> None:
        for kind in ASSIGNED:
            if name in self.__dict__.get(kind, ()):
                del self.__dict__[kind][name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        names = {*object.__dir__(self), *self._parameters, *self._modules, *self._buffers}
        return sorted(name for name in names if not name[0].isdigit())

    # Registration -------------------------------------------------------------------------------------------------

    def _check_name(self, kind: str, called: str, name: Any) -> None:
        """Raises TypeError or KeyError for a name that nothing can be registered under."""
        if not isinstance(name, str):
            raise TypeError(f"{called} name should be a string. Got {type_name(name)}")
        if hasattr(self, name) and name not in self.__dict__[kind]:
            raise KeyError(f"attribute '{name}' already exists")
        if "." in name:
            raise KeyError(f'{called} name can\'t contain "."' + (f", got: {name}" if called == "module" else ""))
        if name == "":
            raise KeyError(f'{called} name can\'t be empty string ""')

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Registers a parameter, or reserves its name with None.

        Raises KeyError for a name that is taken, empty or dotted, TypeError for what is no parameter, ValueError for
        one that an operation has written.
        """
        if "_parameters" not in self.__dict__:
            raise AttributeError("cannot assign parameter before Module.__init__() call")
        self._check_name("_parameters", "parameter", name)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{type_name(param)}' object to parameter '{name}' (torch.nn.Parameter or None required)"
            )
        if param is not None and not param.is_leaf:
            raise ValueError(
                f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be created explicitly. To "
                f"express '{name}' as a function of another Tensor, compute the value in the forward() method."
            )
        self._parameters[name] = registered("_parameters", self, name, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Registers a tensor that is no parameter; it is part of the state dict when `persistent`.

        Raises KeyError for a name that is taken, empty or dotted, TypeError for what is no tensor.
        """
        if "_buffers" not in self.__dict__:
            raise AttributeError("cannot assign buffer before Module.__init__() call")
        self._check_name("_buffers", "buffer", name)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{type_name(tensor)}' object to buffer '{name}' (torch Tensor or None required)"
            )
        self._buffers[name] = registered("_buffers", self, name, tensor)
        (self._non_persistent_buffers_set.discard if persistent else self._non_persistent_buffers_set.add)(name)

    def add_module(self, name: str, module: Module | None) -> None:
        """Registers a child module, or reserves its name with None.

        Raises KeyError for a name that is taken, empty or dotted, TypeError for what is no module.
        """
        if module is not None and not isinstance(module, Registry):
            raise TypeError(f"{type_name(module)} is not a Module subclass")
        self._check_name("_modules", "module", name)
        self._modules[name] = registered("_modules", self, name, module)

    register_module = add_module

    # By dotted name -----------------------------------------------------------------------------------------------

    def get_submodule(self, target: str) -> Module:
        """The module of the dotted name `target`, this one for the empty name.

        Raises AttributeError where there is none.
        """
        module: Any = self
        for name in target.split(".") if target else ():
            if not hasattr(module, name):
                raise AttributeError(f"{type(module).__name__} has no attribute `{name}`")
            module = getattr(module, name)
            if not isinstance(module, Registry):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return cast("Module", module)

    def set_submodule(self, target: str, module: Module, strict: bool = False) -> None:
        """Puts a module in the place of that of a dotted name. Raises AttributeError where there is none."""
        if not target:
            raise ValueError("Cannot set the submodule without a target name!")
        if not isinstance(module, Registry):
            raise ValueError(f"`module` is not an nn.Module, found {type(module)}")
        path, _, name = target.rpartition(".")
        parent = self.get_submodule(path)
        if strict and not hasattr(parent, name):
            raise AttributeError(f"{type(parent).__name__} has no attribute `{name}`")
        setattr(parent, name, module)

    def _get_member(self, target: str, is_wanted: Callable[[Any, str], bool], kind: str) -> Any:
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if not hasattr(module, name):
            raise AttributeError(f"{type(module).__name__} has no attribute `{name}`")
        if not is_wanted(module, name):
            raise AttributeError(f"`{name}` is not {kind}")
        return getattr(module, name)

    def get_parameter(self, target: str) -> Parameter:
        """The parameter of the dotted name `target`; raises AttributeError where there is none."""
        return self._get_member(target, lambda m, name: isinstance(getattr(m, name), Parameter), "an nn.Parameter")

    def get_buffer(self, target: str) -> Tensor:
        """The buffer of the dotted name `target`; raises AttributeError where there is none."""
        return self._get_member(target, lambda m, name: name in m._buffers, "a buffer")

    # Walks --------------------------------------------------------------------------------------------------------

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The child modules with their names."""
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def children(self) -> Iterator[Module]:
        """The child modules."""
        return (module for _, module in self.named_children())

    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """This module and all below it with their dotted names, parents before children.

        A module registered in several places comes once, unless not `remove_duplicate`; those in `memo` do not come.
        """
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)  # type: ignore[arg-type]
        yield prefix, self  # type: ignore[misc]
        for name, module in self._modules.items():
            if module is not None:
                yield from module.named_modules(memo, f"{prefix}.{name}" if prefix else name, remove_duplicate)

    def modules(self, remove_duplicate: bool = True) -> Iterator[Module]:
        """This module and all below it."""
        return (module for _, module in self.named_modules(remove_duplicate=remove_duplicate))

    def _named_members(
        self, kind: str, prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, Any]]:
        seen = set()
        whose = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
        for path, module in whose:
            for name, member in module.__dict__[kind].items():
                if member is None or member in seen:
                    continue
                if remove_duplicate:
                    seen.add(member)
                yield f"{path}.{name}" if path else name, member

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """The parameters with their dotted names; with `recurse` also those of the modules below."""
        return self._named_members("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """The parameters; with `recurse` also those of the modules below."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """The buffers with their dotted names; with `recurse` also those of the modules below."""
        return self._named_members("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers; with `recurse` also those of the modules below."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def apply(self, fn: Callable[[Module], None]) -> Self:
        """Calls `fn` with every module below, children first, and with this one last."""
        for module in self.children():
            module.apply(fn)
        fn(self)  # type: ignore[arg-type]
        return self
