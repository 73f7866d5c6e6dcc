"""Every optimiser with its options, step by step; what it remembers; and steps that are themselves differentiated."""

from __future__ import annotations

import copy
from importlib import import_module
from typing import Any

import numpy as np

from ..nn.programs import values
from ..nn.recording import Program
from ..nn.texts import Case
from .programs import leaf, stepped, trajectory

PROGRAMS: dict[str, Program] = {}
TEXTS: dict[str, Case] = {}

OPTIONS: dict[str, list[dict[str, Any]]] = {
    "NAdam": [{}, {"weight_decay": 0.1}, {"weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}],
    "RAdam": [{}, {"weight_decay": 0.1, "betas": (0.8, 0.9)}, {"weight_decay": 0.1, "decoupled_weight_decay": True}],
    "Adamax": [{}, {"weight_decay": 0.1, "maximize": True}, {"betas": (0.3, 0.5), "eps": 1e-3}],
    "Adagrad": [{}, {"lr_decay": 0.1, "weight_decay": 0.1}, {"initial_accumulator_value": 0.5, "maximize": True}],
    "Adadelta": [{}, {"rho": 0.5, "eps": 1e-3, "weight_decay": 0.1}, {"maximize": True}],
    "RMSprop": [{}, {"momentum": 0.9}, {"centered": True, "momentum": 0.5, "weight_decay": 0.1}, {"alpha": 0.5}],
    "Rprop": [{}, {"etas": (0.3, 1.5), "step_sizes": (1e-2, 0.2)}, {"maximize": True}],
    "ASGD": [{}, {"lambd": 0.1, "t0": 5.0, "alpha": 0.5}, {"weight_decay": 0.1, "maximize": True}],
    "Adafactor": [{}, {"weight_decay": 0.1, "d": 2.0}, {"beta2_decay": -0.5, "eps": (1e-3, 1e-2), "maximize": True}],
}
REFUSED: dict[str, list[dict[str, Any]]] = {
    "NAdam": [{"lr": -1}, {"eps": -1}, {"betas": (1.0, 0)}, {"weight_decay": -1}, {"momentum_decay": -1}],
    "RAdam": [{"lr": -1}, {"eps": -1}, {"betas": (1.0, 0)}, {"weight_decay": -1}],
    "Adamax": [{"lr": -1}, {"eps": -1}, {"betas": (0, 1.0)}, {"weight_decay": -1}],
    "Adagrad": [{"lr": -1}, {"lr_decay": -1}, {"weight_decay": -1}, {"initial_accumulator_value": -1}, {"eps": -1}],
    "Adadelta": [{"lr": -1}, {"rho": 2}, {"eps": -1}, {"weight_decay": -1}],
    "RMSprop": [{"lr": -1}, {"eps": -1}, {"momentum": -1}, {"weight_decay": -1}, {"alpha": -1}],
    "Rprop": [{"lr": -1}, {"etas": (2, 3)}],
    "ASGD": [{"lr": -1}, {"weight_decay": -1}],
    "LBFGS": [{"lr": -1}],
    "Adafactor": [{"lr": -1}, {"beta2_decay": 1}, {"eps": (-1, 0)}, {"eps": (None, -1)}, {"d": 0.5}],
}


def program(function: Program) -> Program:
    """Files a program under its name."""
    PROGRAMS[function.__name__] = function
    return function


@program
def steps(torch: Any) -> dict[str, Any]:
    """Twenty steps of every optimiser, in single and double precision, and of complex parameters."""
    found = {}
    for name, given in OPTIONS.items():
        for options in given:
            for dtype in ("float32", "float64", "complex128"):
                if name != "Adafactor" or not dtype.startswith("complex"):
                    found[f"{name}.{options}.{dtype}"] = trajectory(torch, name, options, dtype)
    return found


@program
def large(torch: Any) -> dict[str, Any]:
    """Parameters larger than a block, and in another order in memory than their gradients."""
    found = {}
    for name in (*OPTIONS, "SGD", "Adam"):
        wide = torch.nn.Parameter(values(torch, 220, 190).t())
        wide.grad = values(torch, 190, 220, seed=1)
        optimizer = getattr(torch.optim, name)([wide], lr=0.01)
        for _ in range(3):
            optimizer.step()
        found[name] = wide[::37, ::31]
    return found


@program
def scales(torch: Any) -> dict[str, Any]:
    """A learning rate that is a tensor, changed between steps."""
    found = {}
    for name in (*OPTIONS, "SGD", "Adam"):
        parameter, rate = torch.nn.Parameter(values(torch, 3)), torch.tensor(0.1)
        optimizer = getattr(torch.optim, name)([parameter], lr=rate)
        for step in range(3):
            parameter.grad = values(torch, 3, seed=step)
            optimizer.step()
            rate.mul_(0.5)
            found[f"{name}.{step}"] = parameter.detach().clone()
    return found


def rosenbrock(w: Any) -> Any:
    """The banana function, whose minimum is at ones."""
    return (100 * (w[1:] - w[:-1] ** 2) ** 2 + (1 - w[:-1]) ** 2).sum()


@program
def lbfgs(torch: Any) -> dict[str, Any]:
    """The way of the quasi-Newton method through a curved valley, with and without search, and what it remembers."""
    found = {}
    for label, options in {
        "plain": {"lr": 0.01},
        "search": {"line_search_fn": "strong_wolfe"},
        "short": {"line_search_fn": "strong_wolfe", "history_size": 3, "max_iter": 7, "lr": 0.7},
    }.items():
        for dtype in ("float32", "float64"):
            first = torch.nn.Parameter(values(torch, 4, dtype=dtype, low=-1.0, high=1.0))
            second = torch.nn.Parameter(values(torch, 2, 2, dtype=dtype, seed=1, low=-1.0, high=1.0))
            optimizer = torch.optim.LBFGS([first, second], **options)

            def closure(optimizer: Any = optimizer, first: Any = first, second: Any = second) -> Any:
                optimizer.zero_grad()
                loss = rosenbrock(torch.cat([first, second.flatten()]))
                loss.backward()
                return loss

            losses = []
            for _ in range(4):
                losses.append(optimizer.step(closure).item())
            state = optimizer.state_dict()["state"][0]
            found[f"{label}.{dtype}.losses"] = np.array(losses, dtype)
            if dtype == "float64":  # in single precision chance decides when it is flat
                found[f"{label}.counts"] = np.array([state["func_evals"], state["n_iter"], len(state["ro"])])
            found[f"{label}.{dtype}.first"] = first
    return found


@program
def differentiated(torch: Any) -> dict[str, Any]:
    """The gradient of a loss after a step with respect to the start, the gradient stepped against, and the rate."""
    found = {}
    chosen = [(name, {"eps": 0.1} if name == "Adagrad" else {}) for name in OPTIONS if name != "Adafactor"]
    for name, options in [*chosen, ("SGD", {"weight_decay": 0.1}), ("Adam", {"amsgrad": True})]:
        start, against = (values(torch, 3, dtype="float64", seed=seed).requires_grad_() for seed in (0, 1))
        w = start.clone()
        optimizer = getattr(torch.optim, name)([w], lr=0.1, differentiable=True, **options)
        w.grad = against.clone()
        optimizer.step()
        (w * w).sum().backward()
        found[f"{name}.start"] = start.grad
        if name != "Rprop":  # it looks at signs only
            found[f"{name}.against"] = against.grad
    rate = torch.tensor(0.1, dtype=torch.float64, requires_grad=True)
    w = values(torch, 3, dtype="float64")
    w.grad = values(torch, 3, dtype="float64", seed=1)
    optimizer = torch.optim.SGD([w], lr=rate, differentiable=True)
    optimizer.step()
    w.sum().backward()
    return {**found, "rate": rate.grad}


@program
def restarted(torch: Any) -> dict[str, Any]:
    """Training that goes on with a fresh optimiser that has loaded the state of the first."""
    found = {}
    for name in (*OPTIONS, "LBFGS"):
        parameter = torch.nn.Parameter(values(torch, 3, 2))
        optimizer = getattr(torch.optim, name)([parameter], lr=0.05)

        def closure(parameter: Any = parameter) -> Any:
            parameter.grad = None
            loss = (parameter**4).sum()
            loss.backward()
            return loss

        for step in range(4):
            if step == 2:
                saved = copy.deepcopy(optimizer.state_dict())
                optimizer = getattr(torch.optim, name)([parameter], lr=1.0)
                optimizer.load_state_dict(saved)
            optimizer.step(closure)
        found[name] = parameter
    return found


# Texts --------------------------------------------------------------------------------------------------------------


for name, given in REFUSED.items():
    for number, options in enumerate(given):
        TEXTS[f"{name}.refused.{number}"] = lambda torch, name=name, options=options: getattr(torch.optim, name)(
            [leaf(torch)], **options
        )
for name in OPTIONS:
    TEXTS[f"{name}.picture"] = lambda torch, name=name: stepped(torch, name)
    TEXTS[f"{name}.state"] = lambda torch, name=name: stepped(torch, name).state_dict()
    TEXTS[f"{name}.options"] = lambda torch, name=name: list(getattr(torch.optim, name)([leaf(torch)]).param_groups[0])
TEXTS["LBFGS.groups"] = lambda torch: torch.optim.LBFGS([{"params": [leaf(torch)]}, {"params": [leaf(torch)]}])
TEXTS["RMSprop.full"] = lambda torch: stepped(torch, "RMSprop", momentum=0.9, centered=True).state_dict()


def hooked(torch: Any) -> list:
    """Hooks before and after a step, before and after state dicts are made and loaded, and on all optimisers."""
    parameter, seen = leaf(torch), []
    optimizer = torch.optim.SGD([parameter], lr=0.5)
    every = import_module(f"{torch.__name__}.optim.optimizer").register_optimizer_step_pre_hook(
        lambda o, a, k: seen.append("every")
    )
    optimizer.register_step_pre_hook(lambda o, a, k: seen.append(("before", type(o).__name__, len(a), k)))
    handle = optimizer.register_step_post_hook(lambda o, a, k: seen.append(("after", parameter[0].item())))
    optimizer.register_state_dict_pre_hook(lambda o: seen.append("saving"))
    optimizer.register_state_dict_post_hook(lambda o, saved: {**saved, "more": 1})
    optimizer.register_load_state_dict_pre_hook(lambda o, saved: seen.append(sorted(saved)))
    optimizer.register_load_state_dict_post_hook(lambda o: seen.append("loaded"))
    parameter.grad = torch.ones(2)
    optimizer.step()
    every.remove()
    handle.remove()
    optimizer.step(closure=None)
    optimizer.load_state_dict(optimizer.state_dict())
    return seen


def replaced(torch: Any) -> list:
    """A hook before a step may give the step another closure."""
    optimizer = torch.optim.SGD([leaf(torch)])
    optimizer.register_step_pre_hook(lambda o, args, kwargs: ((args[0], lambda: 7.0), kwargs))
    return [optimizer.step()]


TEXTS["hooks"] = hooked
TEXTS["hooks.replaced"] = replaced
