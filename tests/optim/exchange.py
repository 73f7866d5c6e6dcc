"""Trainings that stop, leave the state of their optimiser in a file, and go on from it under another library.

A record is what such a file holds: parameters and the optimiser's state dict at the stop, and the parameters after
more steps. `tools/record_states.py` has PyTorch write one file for each optimiser, with a record for each of its ways.
"""

from __future__ import annotations

import copy
from typing import Any

from ..nn.programs import values
from ..operations.records import DATA

FOLDER = DATA / "states"
BEFORE, AFTER = 3, 3

WAYS: dict[str, list[dict[str, Any]]] = {
    "SGD": [{}, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}, {"momentum": 0.9, "dampening": 0.3}],
    "Adam": [{}, {"amsgrad": True, "weight_decay": 0.1}, {"maximize": True}],
    "AdamW": [{}, {"amsgrad": True}],
    "NAdam": [{}, {"weight_decay": 0.1, "decoupled_weight_decay": True}],
    "RAdam": [{}, {"weight_decay": 0.1}],
    "Adamax": [{}, {"weight_decay": 0.1}],
    "Adagrad": [{}, {"lr_decay": 0.1, "initial_accumulator_value": 0.5}],
    "Adadelta": [{}, {"weight_decay": 0.1}],
    "RMSprop": [{}, {"momentum": 0.9, "centered": True}],
    "Rprop": [{}, {"etas": (0.3, 1.5)}],
    "ASGD": [{}, {"lambd": 0.1, "t0": 2.0, "alpha": 0.5}],
    "Adafactor": [{}, {"weight_decay": 0.1}],
    "LBFGS": [{"max_iter": 2, "history_size": 5}, {"max_iter": 3, "line_search_fn": "strong_wolfe", "history_size": 3}],
}


def start(torch: Any, dtype: str) -> list[Any]:
    """A matrix and a scalar to be trained."""
    return [torch.nn.Parameter(values(torch, *shape, dtype=dtype, seed=n)) for n, shape in enumerate(((2, 3), ()))]


def make(torch: Any, name: str, way: dict[str, Any], parameters: list[Any]) -> Any:
    """The optimiser, with a group for each parameter where it can have several."""
    groups = (
        [{"params": parameters}]
        if name == "LBFGS"
        else [{"params": [p], "lr": 0.1 / (n + 1)} for n, p in enumerate(parameters)]
    )
    return getattr(torch.optim, name)(groups, lr=0.1, **way)


def train(optimizer: Any, parameters: list[Any], steps: int) -> None:
    """Steps towards the minimum of a convex function that ties both parameters together."""
    matrix, scalar = parameters

    def closure() -> Any:
        optimizer.zero_grad()
        loss = ((matrix - scalar) ** 2).sum() + (matrix.sum() - 1) ** 2 + matrix.exp().mean()
        loss.backward()
        return loss

    for _ in range(steps):
        optimizer.step(closure)


def stop(torch: Any, name: str, way: dict[str, Any], dtype: str) -> dict[str, Any]:
    """Parameters and state after the first steps."""
    parameters = start(torch, dtype)
    optimizer = make(torch, name, way, parameters)
    train(optimizer, parameters, BEFORE)
    return {"parameters": [p.detach().clone() for p in parameters], "optimizer": optimizer.state_dict()}


def go_on(torch: Any, name: str, record: dict[str, Any]) -> list[Any]:
    """Parameters after more steps of a fresh optimiser, all of whose options come from the record."""
    parameters = [torch.nn.Parameter(value.clone()) for value in record["parameters"]]
    optimizer = make(torch, name, {}, parameters)
    optimizer.load_state_dict(copy.deepcopy(record["optimizer"]))  # PyTorch goes on writing the tensors it is given
    train(optimizer, parameters, AFTER)
    return [p.detach() for p in parameters]


def records(torch: Any, name: str) -> list[dict[str, Any]]:
    """A record for every way of an optimiser, in single and double precision."""
    made = []
    for way in WAYS[name]:
        # In single precision rounding decides where a line search ends.
        for dtype in ("float64",) if "line_search_fn" in way else ("float32", "float64"):
            record = stop(torch, name, way, dtype)
            made.append({"way": way, "dtype": dtype, **record, "after": go_on(torch, name, record)})
    return made


def layout(value: Any) -> Any:
    """Keys in order, types, dtypes and shapes of a state dict."""
    if isinstance(value, dict):
        return [(key, layout(each)) for key, each in value.items()]
    if isinstance(value, (list, tuple)):
        return type(value).__name__, [layout(each) for each in value]
    if hasattr(value, "detach"):
        return str(value.dtype).rpartition(".")[2], tuple(value.shape), value.requires_grad
    return type(value).__name__
