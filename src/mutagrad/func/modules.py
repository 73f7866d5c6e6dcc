"""Modules as functions of their parameters: `functional_call`, `stack_module_state`, and what stands in their way.

Follows https://docs.pytorch.org/docs/stable/generated/torch.func.functional_call.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from mutagrad.nn.batchnorm import _BatchNorm
from mutagrad.nn.module import Module
from mutagrad.ops.joining import stack
from mutagrad.tensor import Tensor

Place = tuple[dict[str, Any], str]  # the dictionary of a module that holds a tensor, and its name there


def functional_call(
    module: Module,
    parameter_and_buffer_dicts: dict[str, Tensor] | Sequence[dict[str, Tensor]],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """What the module computes with these parameters and buffers, by their full names, in the place of its own.

    Names that are tied in the module stay tied, unless `tie_weights` is False. Buffers that the module replaces are
    replaced in the dictionary. Raises RuntimeError with `strict` for names missing or unknown, ValueError for a tensor
    that is given twice, TypeError for what is no tensor.

    >>> import mutagrad
    >>> layer = mutagrad.nn.Linear(2, 1)
    >>> state = {"weight": mutagrad.ones(1, 2), "bias": mutagrad.zeros(1)}
    >>> mutagrad.func.functional_call(layer, state, mutagrad.tensor([1., 2.]))
    tensor([3.])
    """
    given = _merged(parameter_and_buffer_dicts)
    places = dict(_named_places(module))
    _check(module, given, places, strict)
    state = _with_tied(given, places) if tie_weights else given
    arguments = () if args is None else args if isinstance(args, tuple) else (args,)
    with _swapped(places, state) as swapped:
        result = module(*arguments, **(kwargs or {}))
    if isinstance(parameter_and_buffer_dicts, dict):
        parameter_and_buffer_dicts.update({name: swapped[name] for name in given if name in swapped})
    return result


def _merged(dicts: Any) -> dict[str, Tensor]:
    """All the tensors in one dictionary."""
    if isinstance(dicts, dict):
        return dict(dicts)
    if not isinstance(dicts, Sequence):
        raise ValueError(
            f"Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got {type(dicts)}"
        )
    if not all(isinstance(each, dict) for each in dicts):
        raise ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries")
    names = [name for each in dicts for name in each]
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if repeated:
        raise ValueError(f"{repeated} appeared in multiple dictionaries; behavior of functional call is ambiguous")
    return {name: value for each in dicts for name, value in each.items()}


def _named_places(module: Module) -> Iterator[tuple[str, Place]]:
    """The full name of every parameter and buffer, and where it is; under each of their names where they are tied."""
    for prefix, part in module.named_modules(remove_duplicate=False):
        for held in (part._parameters, part._buffers):
            for name, tensor in held.items():
                if tensor is not None:
                    yield (f"{prefix}.{name}" if prefix else name), (held, name)


def _check(module: Module, given: dict[str, Tensor], places: dict[str, Place], strict: bool) -> None:
    for value in given.values():
        if not isinstance(value, Tensor):
            raise TypeError(f"{value} is not an instance of torch.Tensor")
    problems = []
    for kind, names in (
        ("Unexpected", [name for name in given if name not in places]),
        ("Missing", [name for name in places if name not in given]),
    ):
        if names:
            problems.append(f"{kind} key(s): {', '.join(map(repr, names))}.")
    if strict and problems:
        text = "\n\t".join(problems)
        raise RuntimeError(f"Error(s) in reparametrizing for {type(module).__name__}:\n\t{text}")


def _with_tied(given: dict[str, Tensor], places: dict[str, Place]) -> dict[str, Tensor]:
    """The tensors given, under all the names that are tied to theirs."""
    groups: dict[int, list[str]] = {}
    for name, (held, own) in places.items():
        groups.setdefault(id(held[own]), []).append(name)
    state = dict(given)
    for names in groups.values():
        named = [name for name in names if name in given]
        if len({id(given[name]) for name in named}) > 1:
            raise ValueError(
                f"functional_call got multiple values for keys {sorted(named)}, which are tied. Consider using "
                "tie_weights=False"
            )
        state.update({name: given[named[0]] for name in names if named})
    return state


@contextmanager
def _swapped(places: dict[str, Place], state: dict[str, Tensor]) -> Iterator[dict[str, Tensor]]:
    """Puts tensors in the places of a module's own; gives, in the end, those that stood there then."""
    chosen = {name: places[name] for name in state if name in places}
    before = [(held, own, held[own]) for held, own in chosen.values()]
    after: dict[str, Tensor] = {}
    try:
        for name, (held, own) in chosen.items():
            held[own] = state[name]
        yield after
    finally:
        after.update({name: held[own] for name, (held, own) in chosen.items()})
        for held, own, tensor in before:
            held[own] = tensor


def stack_module_state(models: Sequence[Module]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The parameters and the buffers of modules of one class, each stacked along a new first dimension.

    Stacked parameters are leaves that require grad where the models' do. Raises RuntimeError for no models, for models
    of several classes or in different modes.

    >>> import mutagrad
    >>> parameters, buffers = mutagrad.func.stack_module_state([mutagrad.nn.Linear(2, 1) for _ in range(3)])
    >>> parameters["weight"].shape
    torch.Size([3, 1, 2])
    """
    if len(models) == 0:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({model.training for model in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.")
    if len({type(model) for model in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    parameters = _stacked([dict(model.named_parameters()) for model in models])
    return parameters, _stacked([dict(model.named_buffers()) for model in models])


def _stacked(states: Sequence[dict[str, Any]]) -> dict[str, Tensor]:
    made = {}
    for name, first in states[0].items():
        whole = stack([state[name] for state in states]).detach()
        made[name] = whole.requires_grad_() if first.requires_grad else whole
    return made


def replace_all_batch_norm_modules_(root: Module) -> Module:
    """The module itself, after its batch normalisations were told to keep no running statistics, which samples cannot share.

    >>> import mutagrad
    >>> mutagrad.func.replace_all_batch_norm_modules_(mutagrad.nn.BatchNorm1d(2)).running_mean is None
    True
    """
    for module in root.modules():
        if isinstance(module, _BatchNorm):
            module.running_mean = module.running_var = module.num_batches_tracked = None
            module.track_running_stats = False
    return root
