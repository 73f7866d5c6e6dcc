"""Optimisers at work: trajectories under all options, training from a seed, and what they say and look like."""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..nn.programs import values
from ..nn.recording import Program
from ..nn.texts import Case

PROGRAMS: dict[str, Program] = {}
TEXTS: dict[str, Case] = {}

KEPT = (0, 1, 2, 9, 19)  # the steps whose result is recorded

GRIDS: dict[str, dict[str, tuple]] = {
    "SGD": {
        "momentum": (0, 0.9),
        "dampening": (0, 0.3),
        "weight_decay": (0, 0.1),
        "nesterov": (False, True),
        "maximize": (False, True),
    },
    "Adam": {
        "betas": ((0.9, 0.999), (0.3, 0.5)),
        "eps": (1e-8, 1e-2),
        "weight_decay": (0, 0.1),
        "amsgrad": (False, True),
        "maximize": (False, True),
        "decoupled_weight_decay": (False, True),
    },
    "AdamW": {"weight_decay": (1e-2, 0.3), "amsgrad": (False, True), "maximize": (False, True)},
}


def program(function: Program) -> Program:
    """Files a program under its name."""
    PROGRAMS[function.__name__] = function
    return function


def options() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every optimiser with every combination of its options that is allowed."""
    for name, grid in GRIDS.items():
        for chosen in itertools.product(*grid.values()):
            given = dict(zip(grid, chosen, strict=True))
            if not given.get("nesterov") or (given["momentum"] and not given["dampening"]):
                yield name, given


def trajectory(torch: Any, name: str, given: dict[str, Any], dtype: str) -> np.ndarray:
    """All elements of two parameters, after each of the steps that are kept; one step lacks a gradient."""
    parameters = [torch.nn.Parameter(_drawn(torch, shape, dtype, seed)) for seed, shape in enumerate(((2, 2), ()))]
    optimizer = getattr(torch.optim, name)(parameters, lr=0.1, **given)
    kept = []
    for step in range(20):
        for position, parameter in enumerate(parameters):
            parameter.grad = None
            if (step, position) != (3, 0):
                parameter.grad = _drawn(torch, parameter.shape, dtype, 10 * step + position)
        optimizer.step()
        kept.append(np.concatenate([np.array(p.detach().numpy()).ravel() for p in parameters]))
    return np.stack([kept[step] for step in KEPT])


def _drawn(torch: Any, shape: Any, dtype: str, seed: int) -> Any:
    if not dtype.startswith("complex"):
        return values(torch, *shape, dtype=dtype, seed=seed)
    part = dtype.replace("complex64", "float32").replace("complex128", "float64")
    return torch.complex(
        values(torch, *shape, dtype=part, seed=seed), values(torch, *shape, dtype=part, seed=seed + 500)
    )


@program
def trajectories(torch: Any) -> dict[str, Any]:
    """Twenty steps under all options, in single and double precision."""
    return {
        f"{name}.{given}.{dtype}": trajectory(torch, name, given, dtype)
        for name, given in options()
        for dtype in ("float32", "float64")
    }


@program
def complex_trajectories(torch: Any) -> dict[str, Any]:
    """Twenty steps of complex parameters, whose parts are parameters of their own."""
    chosen = {"SGD": {"momentum": 0.9}, "Adam": {"amsgrad": True, "weight_decay": 0.1}, "AdamW": {}}
    return {
        f"{name}.{dtype}": trajectory(torch, name, given, dtype)
        for name, given in chosen.items()
        for dtype in ("complex64", "complex128")
    }


# Training -----------------------------------------------------------------------------------------------------------

TRAINERS = {
    "SGD": lambda torch, network: torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4),
    "Adam": lambda torch, network: torch.optim.Adam(network.parameters(), lr=0.01),
}


@program
def training(torch: Any) -> dict[str, Any]:
    """The loss of a network with dropout at each of 50 steps on batches drawn at random, all from one seed."""
    found = {}
    for name, make in TRAINERS.items():
        for dtype in (torch.float32, torch.float64):
            torch.manual_seed(42)
            nn = torch.nn
            network = nn.Sequential(
                nn.Linear(8, 32), nn.ReLU(inplace=True), nn.Dropout(0.1), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 4)
            ).to(dtype)
            points = torch.randn(256, 8, dtype=dtype)
            labels = (points @ torch.randn(8, 4, dtype=dtype)).argmax(1)
            optimizer, losses = make(torch, network), []
            for _ in range(50):
                chosen = torch.randint(0, 256, (32,))
                optimizer.zero_grad()
                loss = nn.functional.cross_entropy(network(points[chosen]), labels[chosen])
                loss.backward()
                nn.utils.clip_grad_norm_(network.parameters(), 5.0)
                optimizer.step()
                losses.append(loss.item())
            found[f"{name}.{dtype}"] = torch.tensor(losses, dtype=dtype)
    return found


@program
def groups(torch: Any) -> dict[str, Any]:
    """Two groups with options of their own, one added later, and options changed between steps."""
    first, second, third = (torch.nn.Parameter(values(torch, 3, seed=seed)) for seed in range(3))
    optimizer = torch.optim.SGD([{"params": [first], "lr": 0.5}, {"params": second}], lr=0.1, momentum=0.5)
    optimizer.add_param_group({"params": [third], "momentum": 0.0})
    found = {}
    for step in range(4):
        optimizer.zero_grad()
        (first * second.sin() * third).sum().backward()
        optimizer.step()
        optimizer.param_groups[2]["lr"] *= 0.5
        for name, parameter in (("first", first), ("second", second), ("third", third)):
            found[f"{step}.{name}"] = parameter.detach().clone()
    return found


@program
def resumed(torch: Any) -> dict[str, Any]:
    """Training that goes on, from state dicts that were pickled, in a fresh network and optimiser."""
    found = {}
    for name, make in TRAINERS.items():
        torch.manual_seed(1)
        network = torch.nn.Linear(3, 2)
        optimizer = make(torch, network)
        points = torch.randn(5, 3)
        for step in range(6):
            if step == 3:
                saved = pickle.loads(pickle.dumps((network.state_dict(), optimizer.state_dict())))
                network = torch.nn.Linear(3, 2)
                optimizer = make(torch, network)
                network.load_state_dict(saved[0])
                optimizer.load_state_dict(saved[1])
            optimizer.zero_grad()
            network(points).square().sum().backward()
            optimizer.step()
            found[f"{name}.{step}"] = network.weight.detach().clone()
    return found


# Texts --------------------------------------------------------------------------------------------------------------


def cases(prefix: str, *calls: Case) -> None:
    """Files cases under numbers."""
    for number, call in enumerate(calls):
        TEXTS[f"{prefix}.{number}"] = call


def leaf(torch: Any) -> Any:
    """A parameter of ones."""
    return torch.nn.Parameter(torch.ones(2))


def stepped(torch: Any, optimizer: str, **given: Any) -> Any:
    """An optimiser of two groups after one step, in which only the first parameter had a gradient."""
    first, second = leaf(torch), leaf(torch)
    made = getattr(torch.optim, optimizer)([{"params": [first], "lr": 0.5}, {"params": [second]}], **given)
    first.grad = torch.ones(2)
    made.step()
    return made


cases(
    "optimizer.picture",
    lambda torch: stepped(torch, "SGD"),
    lambda torch: stepped(torch, "Adam", amsgrad=True),
    lambda torch: stepped(torch, "AdamW"),
    lambda torch: torch.optim.SGD([leaf(torch)], lr=torch.tensor(0.5)),
    lambda torch: list(torch.optim.SGD([leaf(torch)]).param_groups[0]),
    lambda torch: list(torch.optim.AdamW([leaf(torch)]).param_groups[0]),
    lambda torch: torch.optim.AdamW([leaf(torch)]).defaults,
    lambda torch: torch.optim.SGD(torch.nn.Linear(1, 1).named_parameters()).param_groups[0]["param_names"],
)
cases(
    "optimizer.state",
    lambda torch: stepped(torch, "SGD").state_dict(),
    lambda torch: stepped(torch, "SGD", momentum=0.9).state_dict(),
    lambda torch: stepped(torch, "Adam", amsgrad=True).state_dict(),
    lambda torch: dict(stepped(torch, "SGD").state),
    lambda torch: pickle.loads(pickle.dumps(stepped(torch, "Adam"))).state_dict(),
    lambda torch: torch.optim.SGD([leaf(torch)]).load_state_dict(stepped(torch, "SGD").state_dict()),
    lambda torch: torch.optim.SGD([{"params": [leaf(torch)]}, {"params": [leaf(torch), leaf(torch)]}]).load_state_dict(
        stepped(torch, "SGD").state_dict()
    ),
    lambda torch: loaded_as_double(torch),
    lambda torch: torch.optim.SGD([leaf(torch)]).load_state_dict({}),
)
cases(
    "optimizer.refused",
    lambda torch: torch.optim.SGD(leaf(torch)),
    lambda torch: torch.optim.SGD([]),
    lambda torch: torch.optim.SGD([3]),
    lambda torch: torch.optim.SGD(3),
    lambda torch: torch.optim.SGD([leaf(torch) * 2]),
    lambda torch: torch.optim.SGD([leaf(torch)] * 2) and None,
    lambda torch: torch.optim.SGD([{"params": [parameter]} for parameter in [leaf(torch)] * 2]),
    lambda torch: torch.optim.SGD([{"params": {leaf(torch)}}]),
    lambda torch: torch.optim.SGD([{"lr": 3}]),
    lambda torch: torch.optim.SGD([("a", leaf(torch)), leaf(torch)]),
    lambda torch: torch.optim.SGD([leaf(torch)]).add_param_group(3),
    *[
        lambda torch, given=given: torch.optim.SGD([leaf(torch)], **given)
        for given in (
            {"lr": -1},
            {"momentum": -1},
            {"weight_decay": -1},
            {"nesterov": True},
            {"nesterov": True, "momentum": 0.1, "dampening": 0.1},
        )
    ],
    *[
        lambda torch, given=given: torch.optim.Adam([leaf(torch)], **given)
        for given in (
            {"lr": -1},
            {"betas": (1.0, 0.9)},
            {"betas": (0.9, -1)},
            {"eps": -1},
            {"weight_decay": -1},
        )
    ],
    lambda torch: torch.optim.Adam([leaf(torch)], lr=torch.ones(2)),
)


def loaded_as_double(torch: Any) -> list:
    """The state of single-precision parameters, loaded for double-precision ones."""
    parameter = torch.nn.Parameter(torch.ones(2, dtype=torch.float64))
    optimizer = torch.optim.Adam([{"params": [parameter]}, {"params": [leaf(torch)]}])
    optimizer.load_state_dict(stepped(torch, "Adam").state_dict())
    return [optimizer.state[parameter], optimizer.param_groups[0]["lr"]]


def closure(torch: Any) -> list:
    """A closure is called with gradients recorded, once for each step, and its loss is given back."""
    parameter, calls = leaf(torch), []
    optimizer = torch.optim.SGD([parameter], lr=0.5)

    def loss() -> Any:
        calls.append(torch.is_grad_enabled())
        optimizer.zero_grad()
        value = (parameter * parameter).sum()
        value.backward()
        return value.item()

    with torch.no_grad():
        return [optimizer.step(loss), calls, parameter]


def zeroed(torch: Any) -> list:
    """Gradients are dropped, or zeroed in place."""
    parameter = leaf(torch)
    optimizer = torch.optim.SGD([parameter])
    parameter.sum().backward()
    gradient = parameter.grad
    optimizer.zero_grad(set_to_none=False)
    kept = parameter.grad is gradient
    optimizer.zero_grad()
    return [kept, gradient, parameter.grad]


TEXTS["optimizer.closure"] = closure
TEXTS["optimizer.zero_grad"] = zeroed
