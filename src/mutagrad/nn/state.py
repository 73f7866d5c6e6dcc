"""`state_dict` and `load_state_dict`: a module's parameters and buffers as a flat dictionary, and back.

Keys are dotted names. The dictionary's `_metadata` holds each module's `_version`, so that a class can read what an
earlier version of itself has written. What a class does differently it says by overriding `_save_to_state_dict`,
`_load_from_state_dict`, or `get_extra_state` and `set_extra_state`.

Read next: `module.py`.
"""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mutagrad.autograd.hooks import RemovableHandle, add_hook
from mutagrad.modes import no_grad
from mutagrad.nn.parameter import Parameter, is_lazy
from mutagrad.nn.registry import Registry
from mutagrad.tensor import Tensor

EXTRA = "_extra_state"


class _IncompatibleKeys(NamedTuple):
    """Which keys a state dict lacks, and which the module does not know."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"

    __str__ = __repr__


class Stateful(Registry):
    """The part of a `Module` that is saved and loaded."""

    _version: int = 1

    _state_dict_hooks: dict[int, Callable]
    _state_dict_pre_hooks: dict[int, Callable]
    _load_state_dict_pre_hooks: dict[int, Callable]
    _load_state_dict_post_hooks: dict[int, Callable]

    def __init__(self) -> None:
        super().__init__()
        names = (
            "_state_dict_hooks",
            "_state_dict_pre_hooks",
            "_load_state_dict_pre_hooks",
            "_load_state_dict_post_hooks",
        )
        self.__dict__.update({name: {} for name in names})

    # Saving -------------------------------------------------------------------------------------------------------

    def state_dict(
        self, *args: Any, destination: dict[str, Any] | None = None, prefix: str = "", keep_vars: bool = False
    ) -> dict[str, Any]:
        """The parameters and persistent buffers of this module and all below it, under dotted names.

        They share memory with the module, without history; with `keep_vars` they are its very parameters. Entries are
        added to `destination` where one is given, under names that begin with `prefix`.
        """
        if args:
            warnings.warn(
                "Positional args are being deprecated, use kwargs instead. Refer to "
                "https://pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module.state_dict for details.",
                FutureWarning,
                stacklevel=2,
            )
        given = {"destination": destination, "prefix": prefix, "keep_vars": keep_vars}
        return self._collect_state(**{**given, **dict(zip(given, args))})

    def _collect_state(self, destination: Any, prefix: str, keep_vars: bool) -> Any:
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()
        metadata = {"version": self._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = metadata
        for hook in self._state_dict_pre_hooks.values():
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        for hook in self._state_dict_hooks.values():
            replaced = hook(self, destination, prefix, metadata)
            destination = destination if replaced is None else replaced
        return destination

    def _save_to_state_dict(self, destination: dict[str, Any], prefix: str, keep_vars: bool) -> None:
        """Adds the entries of this module alone."""
        for name, member in self._persistent().items():
            destination[prefix + name] = member if keep_vars else member.detach()
        if type(self).get_extra_state is not Stateful.get_extra_state:
            destination[prefix + EXTRA] = self.get_extra_state()

    def _persistent(self) -> dict[str, Tensor]:
        """The parameters and persistent buffers of this module alone."""
        buffers = {name: b for name, b in self._buffers.items() if name not in self._non_persistent_buffers_set}
        return {name: member for name, member in {**self._parameters, **buffers}.items() if member is not None}

    def get_extra_state(self) -> Any:
        """What a class wants saved besides parameters and buffers; it overrides this and `set_extra_state`."""
        raise RuntimeError("Reached a code path in Module.get_extra_state() that should never be called.")

    def set_extra_state(self, state: Any) -> None:
        """Takes back what `get_extra_state` gave."""
        raise RuntimeError("Reached a code path in Module.set_extra_state() that should never be called.")

    def register_state_dict_post_hook(self, hook: Callable) -> RemovableHandle:
        """Calls `hook(module, state_dict, prefix, local_metadata)` when this module's entries have been added."""

        def checked(*args: Any) -> None:
            if hook(*args) is not None:
                raise RuntimeError("state_dict post-hook must return None")

        return add_hook(self._state_dict_hooks, checked)

    def _register_state_dict_hook(self, hook: Callable) -> RemovableHandle:
        """`register_state_dict_post_hook` for hooks that may return another dictionary in the place of the first."""
        return add_hook(self._state_dict_hooks, hook)

    def register_state_dict_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Calls `hook(module, prefix, keep_vars)` before this module's entries are added."""
        return add_hook(self._state_dict_pre_hooks, hook)

    # Loading ------------------------------------------------------------------------------------------------------

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> _IncompatibleKeys:
        """Copies the entries of `state_dict` into this module and all below it; says which keys did not match.

        With `assign` the entries take the place of the module's own tensors. Raises TypeError for what is no mapping,
        RuntimeError with the list of all that is wrong: shapes that differ and, when `strict`, keys that do not match.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        keys = _IncompatibleKeys([], [])
        errors: list[str] = []
        self._load_all(OrderedDict(state_dict), "", getattr(state_dict, "_metadata", {}), assign, keys, errors)
        if strict:
            named = [("Missing", keys.missing_keys), ("Unexpected", keys.unexpected_keys)]
            errors[:0] = [f"{what} key(s) in state_dict: {_quoted(names)}. " for what, names in named if names]
        if errors:
            raise RuntimeError(f"Error(s) in loading state_dict for {type(self).__name__}:\n\t" + "\n\t".join(errors))
        return keys

    def _load_all(
        self, entries: dict[str, Any], prefix: str, metadata: Any, assign: bool, keys: _IncompatibleKeys, errors: list
    ) -> None:
        """Loads this module and all below it from the entries under `prefix`."""
        local = dict(metadata.get(prefix[:-1], {}))
        if assign:
            local["assign_to_params_buffers"] = True
        self._load_from_state_dict(entries, prefix, local, True, keys.missing_keys, keys.unexpected_keys, errors)
        for name, module in self._modules.items():
            if module is not None:
                below = f"{prefix}{name}."
                part = {key: value for key, value in entries.items() if key.startswith(below)}
                module._load_all(part, below, metadata, assign, keys, errors)
        for hook in self._load_state_dict_post_hooks.values():
            if hook(self, keys) is not None:
                raise AssertionError(
                    "Hooks registered with ``register_load_state_dict_post_hook`` are not expected to return new values, "
                    "if incompatible_keys need to be modified, it should be done inplace."
                )

    def _load_from_state_dict(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Loads this module alone; adds to the three lists what is missing, not expected, and wrong."""
        for hook in self._load_state_dict_pre_hooks.values():
            hook(self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)
        assign = local_metadata.get("assign_to_params_buffers", False)
        own = self._persistent()
        for name, member in own.items():
            key = prefix + name
            if key not in state_dict:
                missing_keys.append(key)
                continue
            entry, error = _fitting(member, state_dict[key], key)
            if error is not None:
                error_msgs.append(error)
            elif assign:
                self._take_over(name, member, entry)
            else:
                with no_grad():
                    member.copy_(entry)
        keeps_extra = type(self).set_extra_state is not Stateful.set_extra_state
        if keeps_extra and prefix + EXTRA in state_dict:
            self.set_extra_state(state_dict[prefix + EXTRA])
        elif keeps_extra:
            missing_keys.append(prefix + EXTRA)
        for key in state_dict:
            name, *below = key[len(prefix) :].split(".", 1)
            known = name in self._modules if below else name in own or (keeps_extra and name == EXTRA)
            if key.startswith(prefix) and not known:
                unexpected_keys.append(key)

    def _take_over(self, name: str, member: Tensor, entry: Tensor) -> None:
        """Puts `entry` in the place of the parameter or buffer `member`."""
        if isinstance(member, Parameter) and not isinstance(entry, Parameter):
            entry = Parameter(entry, requires_grad=member.requires_grad)
        setattr(self, name, entry)

    def register_load_state_dict_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Calls `hook` with this module and the arguments of `_load_from_state_dict` before the entries are read."""
        return add_hook(self._load_state_dict_pre_hooks, hook)

    def _register_load_state_dict_pre_hook(self, hook: Callable, with_module: bool = False) -> RemovableHandle:
        """`register_load_state_dict_pre_hook` for hooks that are called without the module, unless `with_module`."""
        given = hook if with_module else lambda module, *args: hook(*args)
        return add_hook(self._load_state_dict_pre_hooks, given)

    def register_load_state_dict_post_hook(self, hook: Callable) -> RemovableHandle:
        """Calls `hook(module, incompatible_keys)` when this module has been loaded; it may change the lists of keys."""
        return add_hook(self._load_state_dict_post_hooks, hook)


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _fitting(member: Tensor, entry: Any, key: str) -> tuple[Any, str | None]:
    """The entry in the shape of the tensor it is for, and what stands in the way of copying it."""
    if not isinstance(entry, Tensor):
        return None, (
            f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like object from checkpoint '
            f"but received {type(entry)}"
        )
    if not is_lazy(member):
        if member.dim() == 0 and entry.shape == (1,):
            entry = entry[0]
        if entry.shape != member.shape:
            return None, (
                f"size mismatch for {key}: copying a param with shape {entry.shape} from checkpoint, the shape in "
                f"current model is {member.shape}."
            )
    return entry, None


def consume_prefix_in_state_dict_if_present(state_dict: dict[str, Any], prefix: str) -> None:
    """Takes a prefix off the keys that have it, in place: "module." is what wrappers for several devices add.

    >>> entries = {"module.weight": 1, "bias": 2}
    >>> consume_prefix_in_state_dict_if_present(entries, "module.")
    >>> entries
    {'bias': 2, 'weight': 1}
    """
    for key in list(state_dict):
        if key.startswith(prefix):
            state_dict[key.removeprefix(prefix)] = state_dict.pop(key)
    metadata = getattr(state_dict, "_metadata", {})
    for name in list(metadata):
        if f"{name}.".startswith(prefix):
            metadata[f"{name}.".removeprefix(prefix).removesuffix(".")] = metadata.pop(name)
