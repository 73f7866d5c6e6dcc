"""`Optimizer`: groups of parameters with their options, what is remembered of each, hooks, and saving and loading.

State dicts are laid out as PyTorch's and can be exchanged with them. How parameters are updated is told in
`elementwise.py`. Follows https://docs.pytorch.org/docs/stable/optim.html
"""

from __future__ import annotations

import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from copy import deepcopy
from functools import wraps
from itertools import chain
from typing import Any

from mutagrad.autograd.hooks import RemovableHandle, add_hook
from mutagrad.dtypes import legacy_type_name
from mutagrad.modes import enable_grad
from mutagrad.nn.parameter import clear_grad, superseded
from mutagrad.ops.construction import tensor
from mutagrad.report import traps
from mutagrad.report.spans import caller_span
from mutagrad.tensor import Tensor, written_at

ParamsT = Parameters = Iterable[Tensor] | Iterable[dict[str, Any]] | Iterable[tuple[str, Tensor]]


_global_before: dict[int, Callable] = OrderedDict()
_global_after: dict[int, Callable] = OrderedDict()


def register_optimizer_step_pre_hook(hook: Callable) -> RemovableHandle:
    """Calls `hook(optimizer, args, kwargs)` before every step of every optimiser."""
    return add_hook(_global_before, hook)


def register_optimizer_step_post_hook(hook: Callable) -> RemovableHandle:
    """Calls `hook(optimizer, args, kwargs)` after every step of every optimiser."""
    return add_hook(_global_after, hook)


def _hooked(step: Callable) -> Callable:
    """A class's `step` with the hooks around it; what it was called with may be replaced by those before."""

    @wraps(step)
    def hooked(*args: Any, **kwargs: Any) -> Any:
        self: Any = args[0]  # hooks are shown all arguments, this one among them
        self._opt_called = True  # schedulers ask for it
        for hook in [*_global_before.values(), *self._optimizer_step_pre_hooks.values()]:
            replaced = hook(self, args, kwargs)
            if isinstance(replaced, tuple) and len(replaced) == 2:
                args, kwargs = replaced
            elif replaced is not None:
                raise RuntimeError(
                    f"{hooked} must return None or a tuple of (new_args, new_kwargs), but got {replaced}."
                )
        if superseded:
            warn_of_replaced(self._parameters())
        result = step(*args, **kwargs)
        for hook in [*self._optimizer_step_post_hooks.values(), *_global_after.values()]:
            hook(self, args, kwargs)
        return result

    hooked.is_hooked = True  # type: ignore[attr-defined]
    return hooked


def warn_of_replaced(parameters: Iterable[Tensor]) -> None:
    """Warns of parameters that get no gradient because their modules have others in their places."""
    for parameter in parameters:
        edge = parameter._family.edge
        if parameter.grad is None and edge is not None and edge[2] in superseded:
            name, span = superseded.pop(edge[2])
            warnings.warn(traps.replaced_parameter(name, caller_span(), span), stacklevel=3)


class Optimizer:
    """The base class of optimisers, for parameters or groups of parameters with options of their own.

    A subclass defines `step`. Raises TypeError for what are no tensors, ValueError for none at all, for tensors that
    are no leaves, and for one that is in two groups.
    """

    _opt_called = False
    _optimizer_step_pre_hooks: OrderedDict[int, Callable]
    _optimizer_step_post_hooks: OrderedDict[int, Callable]
    _optimizer_state_dict_pre_hooks: OrderedDict[int, Callable]
    _optimizer_state_dict_post_hooks: OrderedDict[int, Callable]
    _optimizer_load_state_dict_pre_hooks: OrderedDict[int, Callable]
    _optimizer_load_state_dict_post_hooks: OrderedDict[int, Callable]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        step = cls.__dict__.get("step")
        if step is not None and not hasattr(step, "is_hooked"):
            cls.step = _hooked(step)

    def __init__(self, params: Parameters, defaults: dict[str, Any]) -> None:
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
                f"{legacy_type_name(params._array.dtype)}"
            )
        if defaults.get("fused") and defaults.get("foreach"):
            raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
        self.defaults = defaults
        self._make_hooks()
        self.state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        given: list[Any] = list(params)
        if not given:
            raise ValueError("optimizer got an empty parameter list")
        for group in given if isinstance(given[0], dict) else [{"params": given}]:
            self.add_param_group(group)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Adds a group: a dictionary with "params", one tensor or several, and options other than the defaults."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        params, names = _listed(param_group["params"])
        for parameter in params:
            _check(parameter, self.defaults.get("differentiable"))
        if len(set(params)) < len(params):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; "
                "see github.com/pytorch/pytorch/issues/40967 for more information",
                stacklevel=3,
            )
        if not set(params).isdisjoint(self._parameters()):
            raise ValueError("some parameters appear in more than one parameter group")
        if self.param_groups and ("param_names" in self.param_groups[0]) != (names is not None):
            raise ValueError(
                "all optimizer param groups should be with/without names. cannot add param group with"
                f"{'' if names is not None else 'out'} names to the optimizer"
            )
        param_group["params"] = params
        if names is not None:
            param_group["param_names"] = names
        for name, value in self.defaults.items():
            param_group.setdefault(name, value)
        self.param_groups.append(param_group)

    def _parameters(self) -> list[Tensor]:
        """The parameters of all groups, in order."""
        return list(chain.from_iterable(group["params"] for group in self.param_groups))

    # Updating -----------------------------------------------------------------------------------------------------

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Updates every parameter that has a gradient; calls `closure` first, for a fresh one, and gives its loss."""
        raise NotImplementedError

    def _evaluated(self, closure: Callable[[], Any] | None) -> Any:
        """The loss that the closure gives, if there is one."""
        if closure is None:
            return None
        with enable_grad():
            return closure()

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Makes the gradients of all parameters None, or zero them in place."""
        for parameter in self._parameters():
            clear_grad(parameter, set_to_none)

    # Hooks --------------------------------------------------------------------------------------------------------

    def _make_hooks(self) -> None:
        for name in HOOKS:
            self.__dict__[name] = OrderedDict()

    def register_step_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Calls `hook(optimizer, args, kwargs)` before every step; it may return what the step is called with."""
        return add_hook(self._optimizer_step_pre_hooks, hook)

    def register_step_post_hook(self, hook: Callable) -> RemovableHandle:
        """Calls `hook(optimizer, args, kwargs)` after every step."""
        return add_hook(self._optimizer_step_post_hooks, hook)

    def register_state_dict_pre_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Calls `hook(optimizer)` before a state dict is made."""
        return _placed(self._optimizer_state_dict_pre_hooks, hook, prepend)

    def register_state_dict_post_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Calls `hook(optimizer, state_dict)` on every state dict made; it may return another in its place."""
        return _placed(self._optimizer_state_dict_post_hooks, hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Calls `hook(optimizer, state_dict)` before a state dict is loaded; it may return another in its place."""
        return _placed(self._optimizer_load_state_dict_pre_hooks, hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Calls `hook(optimizer)` after a state dict was loaded."""
        return _placed(self._optimizer_load_state_dict_post_hooks, hook, prepend)

    # Saving -------------------------------------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if "_optimizer_step_pre_hooks" not in self.__dict__:
            self._make_hooks()

    def state_dict(self) -> dict[str, Any]:
        """What is remembered, by the parameters' numbers, and the groups, with these numbers for parameters."""
        for hook in self._optimizer_state_dict_pre_hooks.values():
            hook(self)
        numbers = {id(parameter): number for number, parameter in enumerate(self._parameters())}
        groups = [
            {
                **{name: value for name, value in group.items() if name != "params"},
                "params": [numbers[id(parameter)] for parameter in group["params"]],
            }
            for group in self.param_groups
        ]
        state = {
            numbers[id(key)] if isinstance(key, Tensor) else key: remembered for key, remembered in self.state.items()
        }
        made = {"state": state, "param_groups": groups}
        for hook in self._optimizer_state_dict_post_hooks.values():
            replaced = hook(self, made)
            made = made if replaced is None else replaced
        return made

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Takes over the options of a state dict, and a copy of what it remembers, in the parameters' dtypes.

        Raises ValueError where its groups are not as many, or not as large, as those of this optimiser.
        """
        state_dict = dict(state_dict)
        for hook in self._optimizer_load_state_dict_pre_hooks.values():
            replaced = hook(self, state_dict)
            state_dict = state_dict if replaced is None else replaced
        groups = deepcopy(state_dict["param_groups"])
        if len(groups) != len(self.param_groups):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(new["params"]) != len(old["params"]) for new, old in zip(groups, self.param_groups)):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
            )
        by_number = dict(zip(chain.from_iterable(group["params"] for group in groups), self._parameters()))
        state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        for key, remembered in state_dict["state"].items():
            state[by_number.get(key, key)] = _taken_over(remembered, by_number.get(key))
        for new, old in zip(groups, self.param_groups):
            new["params"] = old["params"]
            for name in FLAGS & old.keys():  # which older state dicts do not have
                new.setdefault(name, None if name in ("foreach", "fused") else False)
            if "param_names" in old:
                new.setdefault("param_names", old["param_names"])
        self.__setstate__({"state": state, "param_groups": groups})
        for hook in self._optimizer_load_state_dict_post_hooks.values():
            hook(self)

    def __repr__(self) -> str:
        text = f"{type(self).__name__} ("
        for number, group in enumerate(self.param_groups):
            options = "".join(f"    {name}: {group[name]}\n" for name in sorted(group) if name != "params")
            text += f"\nParameter Group {number}\n{options}"
        return text + ")"


FLAGS = {
    "amsgrad",
    "capturable",
    "decoupled_weight_decay",
    "differentiable",
    "foreach",
    "fused",
    "maximize",
    "nesterov",
}

HOOKS = tuple(
    f"_optimizer_{what}_{when}_hooks" for what in ("step", "state_dict", "load_state_dict") for when in ("pre", "post")
)


def _placed(hooks: OrderedDict[int, Callable], hook: Callable, first: bool) -> RemovableHandle:
    handle = add_hook(hooks, hook)
    hooks.move_to_end(handle.id, last=not first)
    return handle


def _listed(params: Any) -> tuple[list[Any], list[str] | None]:
    """The parameters of a group as a list, and their names where they come with names."""
    if isinstance(params, Tensor):
        return [params], None
    if isinstance(params, set):
        raise TypeError(
            "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets "
            "will change between runs. Please use a list instead."
        )
    params = list(params)
    named = [isinstance(each, tuple) for each in params]
    if not any(named):
        return params, None
    if not all(named):
        raise ValueError("all optimizer params should be with/without names. Some param names are missing")
    return [parameter for _, parameter in params], [name for name, _ in params]


def _check(parameter: Any, differentiable: Any) -> None:
    if not isinstance(parameter, Tensor):
        raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {type(parameter).__name__}")
    if not (parameter.is_leaf or parameter.retains_grad or differentiable):
        advice = "make it a leaf when it has its values: w = w.detach().requires_grad_()"
        raise traps.no_leaf(
            ValueError, "can't optimize a non-leaf Tensor", caller_span(), written_at(parameter), advice
        )


def _taken_over(value: Any, parameter: Tensor | None, name: str | None = None) -> Any:
    """A copy of what another optimiser remembers of a parameter, in its dtype but for the count of steps."""
    if isinstance(value, dict):
        return {key: _taken_over(each, parameter, key) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_taken_over(each, parameter, name) for each in value)
    if name == "step" and isinstance(value, (int, float)):
        return tensor(float(value))  # older optimisers counted in plain numbers
    if not isinstance(value, Tensor):
        return deepcopy(value)
    copy: Any = value.detach().clone()
    if parameter is None or name == "step" or parameter._array.dtype.kind not in "fc":
        return copy
    return copy.to(parameter.dtype)
