"""Every schedule of learning rates, step by step, what it remembers and refuses; averages of models."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..nn.programs import values
from ..nn.recording import Program
from ..nn.texts import Case
from .programs import leaf

PROGRAMS: dict[str, Program] = {}
TEXTS: dict[str, Case] = {}

MAKERS: dict[str, Callable[[Any, Any], Any]] = {
    "LambdaLR": lambda s, o: s.LambdaLR(o, lambda step: 0.9**step),
    "LambdaLR.each": lambda s, o: s.LambdaLR(o, [lambda step: 1 / (1 + step), lambda step: step / 3]),
    "MultiplicativeLR": lambda s, o: s.MultiplicativeLR(o, lambda step: 0.9 + 0.01 * step),
    "StepLR": lambda s, o: s.StepLR(o, 3, 0.5),
    "MultiStepLR": lambda s, o: s.MultiStepLR(o, [2, 5, 5, 9], 0.5),
    "ConstantLR": lambda s, o: s.ConstantLR(o, 0.25, 4),
    "LinearLR": lambda s, o: s.LinearLR(o, 0.2, 0.8, 6),
    "ExponentialLR": lambda s, o: s.ExponentialLR(o, 0.8),
    "PolynomialLR": lambda s, o: s.PolynomialLR(o, 8, 2.0),
    "CosineAnnealingLR": lambda s, o: s.CosineAnnealingLR(o, 5, 0.01),
    "CosineAnnealingWarmRestarts": lambda s, o: s.CosineAnnealingWarmRestarts(o, 3, 2, 0.01),
    "CyclicLR": lambda s, o: s.CyclicLR(o, 0.1, 1.0, 3),
    "CyclicLR.down": lambda s, o: s.CyclicLR(o, [0.1, 0.2], [1.0, 2.0], 2, 4, "triangular2"),
    "CyclicLR.range": lambda s, o: s.CyclicLR(o, 0.1, 1.0, 2, mode="exp_range", gamma=0.9, cycle_momentum=False),
    "CyclicLR.own": lambda s, o: s.CyclicLR(o, 0.1, 1.0, 2, scale_fn=lambda x: 1 / (5**x), scale_mode="iterations"),
    "OneCycleLR": lambda s, o: s.OneCycleLR(o, 1.0, total_steps=16),
    "OneCycleLR.three": lambda s, o: s.OneCycleLR(
        o, [1.0, 2.0], epochs=4, steps_per_epoch=4, anneal_strategy="linear", three_phase=True
    ),
    "SequentialLR": lambda s, o: s.SequentialLR(
        o, [s.ConstantLR(o, 0.1, 3), s.ExponentialLR(o, 0.9), s.StepLR(o, 2, 0.5)], [3, 8]
    ),
    "ChainedScheduler": lambda s, o: s.ChainedScheduler([s.ConstantLR(o, 0.1, 3), s.ExponentialLR(o, 0.9)]),
}


def program(function: Program) -> Program:
    """Files a program under its name."""
    PROGRAMS[function.__name__] = function
    return function


def optimizer_of(torch: Any, kind: str = "SGD") -> Any:
    """An optimiser of two groups."""
    groups = [{"params": [leaf(torch)]}, {"params": [leaf(torch)], "lr": 0.3}]
    return getattr(torch.optim, kind)(groups, lr=0.5, **({"momentum": 0.9} if kind == "SGD" else {}))


def rates(optimizer: Any) -> list[float]:
    """The rates and momenta of an optimiser's groups."""
    kept = [group["betas"][0] if "betas" in group else group["momentum"] for group in optimizer.param_groups]
    return [float(x) for x in [*(group["lr"] for group in optimizer.param_groups), *kept]]


@program
def curves(torch: Any) -> dict[str, Any]:
    """Rates and momenta after each of fifteen steps; halfway the schedule is saved and loaded into a fresh one."""
    found = {}
    for name, make in MAKERS.items():
        for kind in ("SGD", "Adam"):
            optimizer = optimizer_of(torch, kind)
            schedule = make(torch.optim.lr_scheduler, optimizer)
            kept = [rates(optimizer)]
            for step in range(15):
                if step == 7:
                    saved = copy.deepcopy(schedule.state_dict()), copy.deepcopy(optimizer.state_dict())
                    optimizer = optimizer_of(torch, kind)
                    schedule = make(torch.optim.lr_scheduler, optimizer)
                    schedule.load_state_dict(saved[0])
                    optimizer.load_state_dict(saved[1])
                optimizer.step()
                schedule.step()
                kept.append(rates(optimizer))
            found[f"{name}.{kind}"] = np.array(kept)
            found[f"{name}.{kind}.last"] = np.array([float(x) for x in schedule.get_last_lr()])
    return found


@program
def numbered(torch: Any) -> dict[str, Any]:
    """Steps asked for by number, and schedules that take up an earlier run."""
    found = {}
    for name, make in MAKERS.items():
        if name.split(".")[0] in ("SequentialLR", "ChainedScheduler", "MultiplicativeLR"):
            continue
        optimizer = optimizer_of(torch)
        schedule = make(torch.optim.lr_scheduler, optimizer)
        kept = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for epoch in (4, 1, 9, 10):
                schedule.step(epoch)
                kept.append(rates(optimizer))
        found[name] = np.array(kept)
    schedules = torch.optim.lr_scheduler
    for name, make in {
        "StepLR": lambda o: schedules.StepLR(o, 3, 0.5, last_epoch=4),
        "MultiStepLR": lambda o: schedules.MultiStepLR(o, [2, 5], 0.5, last_epoch=4),
        "ExponentialLR": lambda o: schedules.ExponentialLR(o, 0.8, last_epoch=4),
        "LinearLR": lambda o: schedules.LinearLR(o, 0.2, 0.8, 6, last_epoch=4),
        "PolynomialLR": lambda o: schedules.PolynomialLR(o, 8, 2.0, last_epoch=4),
        "ConstantLR": lambda o: schedules.ConstantLR(o, 0.2, 5, last_epoch=4),
        "CosineAnnealingLR": lambda o: schedules.CosineAnnealingLR(o, 7, last_epoch=4),
        "CosineAnnealingWarmRestarts": lambda o: schedules.CosineAnnealingWarmRestarts(o, 3, last_epoch=4),
        "LambdaLR": lambda o: schedules.LambdaLR(o, lambda step: 0.9**step, last_epoch=4),
        "CyclicLR": lambda o: schedules.CyclicLR(o, 0.1, 1.0, 3, last_epoch=4),
    }.items():
        optimizer = optimizer_of(torch)
        for group in optimizer.param_groups:
            group["initial_lr"] = 2 * group["lr"]
        schedule, kept = make(optimizer), [rates(optimizer)]
        for _ in range(3):
            optimizer.step()
            schedule.step()
            kept.append(rates(optimizer))
        found[f"{name}.resumed"] = np.array(kept)
    return found


@program
def plateaus(torch: Any) -> dict[str, Any]:
    """Rates that follow a figure, in both directions and both kinds of threshold."""
    found = {}
    figures = [5.0, 4.0, 4.0, 4.1, 4.0, 3.9999, 3.0, 3.5, 3.5, 3.5, 3.5, 3.5, 1.0, 1.0, 1.0]
    for mode in ("min", "max"):
        for kind in ("rel", "abs"):
            optimizer = optimizer_of(torch)
            schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode, 0.5, 1, 1e-3, kind, 1, [0.1, 0.05])
            kept = []
            for figure in figures:
                schedule.step(figure if mode == "min" else torch.tensor(-figure))
                kept.append(rates(optimizer))
            found[f"{mode}.{kind}"] = np.array(kept)
    return found


@program
def tensor_rates(torch: Any) -> dict[str, Any]:
    """Schedules of rates that are tensors, which stay the same tensors."""
    rate = torch.tensor(0.5, dtype=torch.float64)
    optimizer = torch.optim.SGD([leaf(torch)], lr=rate)
    schedule, kept = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9), []
    for _ in range(3):
        optimizer.step()
        schedule.step()
        kept.append(rate.item())
    return {"rates": np.array(kept), "last": schedule.get_last_lr()[0]}


@program
def averages(torch: Any) -> dict[str, Any]:
    """Averages of a network over its training, with equal weights and exponential ones, and of buffers."""
    swa, found = torch.optim.swa_utils, {}
    for name, options in {
        "equal": {},
        "function": {"avg_fn": swa.get_ema_avg_fn(0.9)},
        "exponential": {"multi_avg_fn": swa.get_ema_multi_avg_fn(0.8), "use_buffers": True},
        "several": {"multi_avg_fn": swa.get_swa_multi_avg_fn()},
        "one": {"avg_fn": swa.get_swa_avg_fn()},
    }.items():
        torch.manual_seed(0)
        network = torch.nn.Linear(3, 2)
        network.register_buffer("kept", torch.zeros(2))
        averaged = swa.AveragedModel(network, **options)
        for step in range(4):
            with torch.no_grad():
                for parameter in network.parameters():
                    parameter.copy_(values(torch, *parameter.shape, seed=step))
                network.kept.fill_(float(step))
            averaged.update_parameters(network)
        found.update({f"{name}.{key}": value for key, value in averaged.state_dict().items()})
        found[f"{name}.output"] = averaged(values(torch, 4, 3))
    return found


@program
def annealed(torch: Any) -> dict[str, Any]:
    """The rates of `SWALR`."""
    found = {}
    for strategy in ("cos", "linear"):
        for epochs in (0, 4):
            optimizer = optimizer_of(torch)
            schedule = torch.optim.swa_utils.SWALR(optimizer, 0.05, epochs, strategy)
            kept = [rates(optimizer)]
            for _ in range(6):
                optimizer.step()
                schedule.step()
                kept.append(rates(optimizer))
            found[f"{strategy}.{epochs}"] = np.array(kept)
    return found


# Texts --------------------------------------------------------------------------------------------------------------

for name, make in MAKERS.items():
    if name not in ("CyclicLR.own",):
        TEXTS[f"{name}.state"] = lambda torch, make=make: sorted(
            make(torch.optim.lr_scheduler, optimizer_of(torch)).state_dict().items()
        )
for number, make in enumerate(
    [
        lambda s, o: s.StepLR(3, 1),
        lambda s, o: s.StepLR(o, 1, last_epoch=3),
        lambda s, o: s.LambdaLR(o, [lambda step: 1.0]),
        lambda s, o: s.ConstantLR(o, 2.0),
        lambda s, o: s.LinearLR(o, 0.0),
        lambda s, o: s.LinearLR(o, 0.5, 2.0),
        lambda s, o: s.CyclicLR(o, 0.1, 1.0, mode="other"),
        lambda s, o: s.OneCycleLR(o, 1.0),
        lambda s, o: s.OneCycleLR(o, 1.0, total_steps=-1),
        lambda s, o: s.OneCycleLR(o, 1.0, total_steps=3, pct_start=2.0),
        lambda s, o: s.OneCycleLR(o, 1.0, total_steps=3, anneal_strategy="other"),
        lambda s, o: s.CosineAnnealingWarmRestarts(o, 0),
        lambda s, o: s.CosineAnnealingWarmRestarts(o, 1, 0),
        lambda s, o: s.SequentialLR(o, [], []),
        lambda s, o: s.SequentialLR(o, [s.StepLR(o, 1)], [1]),
        lambda s, o: s.ChainedScheduler([]),
        lambda s, o: s.ReduceLROnPlateau(o, "other"),
        lambda s, o: s.ReduceLROnPlateau(o, factor=1.0),
        lambda s, o: s.ReduceLROnPlateau(o, min_lr=[0.1]),
        lambda s, o: s.ReduceLROnPlateau(o, threshold_mode="other"),
    ]
):
    TEXTS[f"refused.{number}"] = lambda torch, make=make: make(torch.optim.lr_scheduler, optimizer_of(torch))


def too_early(torch: Any) -> list:
    """A schedule that takes a step before the optimiser, and one that is asked for rates out of step, warn."""
    schedule = torch.optim.lr_scheduler.StepLR(optimizer_of(torch), 2)
    schedule.step()
    return [schedule.get_lr(), schedule.get_last_lr()]


TEXTS["too_early"] = too_early
TEXTS["by_number"] = lambda torch: torch.optim.lr_scheduler.StepLR(optimizer_of(torch), 2).step(3)
TEXTS["plateau"] = lambda torch: sorted(
    torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer_of(torch)).state_dict().items()
)
TEXTS["swa"] = lambda torch: sorted(torch.optim.swa_utils.SWALR(optimizer_of(torch), 0.1).state_dict().items())
