"""`Optimizer`: groups of parameters with their options, what is remembered of each, and how its memory is written.

An optimiser writes parameters in place, past the graph: no history, but every write is announced to the storage, so
that what a live graph has saved of a parameter is kept, or marked lost, by the overwrite policy. It works in one
scratch array the size of the parameter. State dicts are laid out as PyTorch's and can be exchanged with them.
Follows https://docs.pytorch.org/docs/stable/optim.html
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable
from copy import deepcopy
from itertools import chain
from typing import Any

import numpy as np

from mutagrad.dtypes import legacy_type_name
from mutagrad.modes import enable_grad
from mutagrad.nn.parameter import clear_grad
from mutagrad.operation import check_origin
from mutagrad.tensor import Tensor

Parameters = Iterable[Tensor] | Iterable[dict[str, Any]] | Iterable[tuple[str, Tensor]]


def memory(tensor: Tensor, writer: str) -> np.ndarray:
    """The tensor's memory, about to be written by `writer`: what was saved from it is seen to, the write is counted."""
    family = tensor._family
    if family.traits is not None:
        check_origin(tensor, (), writer)
    family.storage.will_write(tensor._array, tensor._view, writer)
    family.bump()
    return tensor._array


def against(
    w: np.ndarray, gradient: np.ndarray, maximize: bool, weight_decay: float, scratch: np.ndarray
) -> np.ndarray:
    """The direction to step against: the gradient itself where nothing is to be done to it, else the scratch.

    The gradient is reversed if `maximize`; then `weight_decay` times the parameter `w` is added.
    """
    if weight_decay:
        np.multiply(w, weight_decay, out=scratch)
        return (np.subtract if maximize else np.add)(scratch, gradient, out=scratch)
    return np.negative(gradient, out=scratch) if maximize else gradient


class Optimizer:
    """The base class of optimisers, for parameters or groups of parameters with options of their own.

    A subclass defines `_update`, or a `step` of its own. Raises TypeError for what are no tensors, ValueError for none
    at all, for tensors that are no leaves, and for one that is in two groups.
    """

    def __init__(self, params: Parameters, defaults: dict[str, Any]) -> None:
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
                f"{legacy_type_name(params._array.dtype)}"
            )
        self.defaults = defaults
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
            _check(parameter)
        if len(set(params)) < len(params):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; "
                "see github.com/pytorch/pytorch/issues/40967 for more information",
                stacklevel=3,
            )
        if not set(params).isdisjoint(self._parameters()):
            raise ValueError("some parameters appear in more than one parameter group")
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
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        writer = f"{type(self).__name__}.step"
        for group in self.param_groups:
            for parameter in group["params"]:
                gradient = parameter.grad
                if gradient is not None:
                    self._update(parameter, gradient, group, writer)
        return loss

    def _update(self, parameter: Tensor, gradient: Tensor, group: dict[str, Any], writer: str) -> None:
        """Updates one parameter with the options of its group, in place, in the name of `writer`."""
        raise NotImplementedError

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Makes the gradients of all parameters None, or zero them in place."""
        for parameter in self._parameters():
            clear_grad(parameter, set_to_none)

    # Saving -------------------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """What is remembered, by the parameters' numbers, and the groups, with these numbers for parameters."""
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
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Takes over the options of a state dict, and a copy of what it remembers, in the parameters' dtypes.

        Raises ValueError where its groups are not as many, or not as large, as those of this optimiser.
        """
        groups = deepcopy(state_dict["param_groups"])
        if len(groups) != len(self.param_groups):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(new["params"]) != len(old["params"]) for new, old in zip(groups, self.param_groups)):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
            )
        by_number = dict(zip(chain.from_iterable(group["params"] for group in groups), self._parameters()))
        self.state = defaultdict(dict)
        for key, remembered in state_dict["state"].items():
            self.state[by_number.get(key, key)] = _taken_over(remembered, by_number.get(key))
        for new, old in zip(groups, self.param_groups):
            new["params"] = old["params"]
            if "param_names" in old:
                new.setdefault("param_names", old["param_names"])
        self.param_groups = groups

    def __repr__(self) -> str:
        text = f"{type(self).__name__} ("
        for number, group in enumerate(self.param_groups):
            options = "".join(f"    {name}: {group[name]}\n" for name in sorted(group) if name != "params")
            text += f"\nParameter Group {number}\n{options}"
        return text + ")"


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


def _check(parameter: Any) -> None:
    if not isinstance(parameter, Tensor):
        raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {type(parameter).__name__}")
    if not parameter.is_leaf:
        raise ValueError("can't optimize a non-leaf Tensor")


def _taken_over(value: Any, parameter: Tensor | None, name: str | None = None) -> Any:
    """A copy of what another optimiser remembers of a parameter, in its dtype but for the count of steps."""
    if isinstance(value, dict):
        return {key: _taken_over(each, parameter, key) for key, each in value.items()}
    if not isinstance(value, Tensor):
        return deepcopy(value)
    copy: Any = value.detach().clone()  # type: ignore[attr-defined]
    if parameter is None or name == "step" or parameter._array.dtype.kind not in "fc":
        return copy
    return copy.to(parameter.dtype)


# Options ------------------------------------------------------------------------------------------------------------


def check_option(name: str, value: Any) -> None:
    """Raises ValueError for a negative option."""
    if not value >= 0:
        raise ValueError(f"Invalid {name}: {value}")


def check_lr(lr: Any) -> None:
    """Raises ValueError for a learning rate that is negative, or a tensor of several elements."""
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError("Tensor lr must be 1-element")
    check_option("learning rate", lr)


def check_not_differentiable(differentiable: bool) -> None:
    """Raises NotImplementedError where the update itself is to be differentiated."""
    if differentiable:
        raise NotImplementedError("differentiable=True is not supported: updates are not recorded")
