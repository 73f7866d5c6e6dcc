"""Averages of models over the steps of training: `AveragedModel`, `SWALR`, `update_bn`.

Follows https://docs.pytorch.org/docs/stable/optim.html#weight-averaging-swa-and-ema (P. Izmailov et al., 2018).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from copy import deepcopy
from itertools import chain
from typing import Any

from mutagrad.modes import no_grad
from mutagrad.nn.batchnorm import _BatchNorm
from mutagrad.nn.module import Module
from mutagrad.ops.construction import tensor
from mutagrad.optim.optimizer import Optimizer
from mutagrad.optim.schedules.base import LRScheduler, rates

__all__ = [
    "SWALR",
    "AveragedModel",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]


def _check_decay(decay: float) -> None:
    if decay < 0.0 or decay > 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")


def get_ema_avg_fn(decay: float = 0.999) -> Callable:
    """The function that averages exponentially: `decay` of the average so far, the rest of the new value."""
    _check_decay(decay)

    @no_grad()
    def ema_update(ema_param: Any, current_param: Any, num_averaged: Any) -> Any:
        return decay * ema_param + (1 - decay) * current_param

    return ema_update


def get_swa_avg_fn() -> Callable:
    """The function that averages with equal weights."""

    @no_grad()
    def swa_update(averaged_param: Any, current_param: Any, num_averaged: Any) -> Any:
        return averaged_param + (current_param - averaged_param) / (num_averaged + 1)

    return swa_update


def get_ema_multi_avg_fn(decay: float = 0.999) -> Callable:
    """The function that averages many tensors exponentially, in place."""
    _check_decay(decay)

    @no_grad()
    def ema_update(ema_param_list: Iterable[Any], current_param_list: Iterable[Any], _: Any) -> None:
        for average, current in zip(ema_param_list, current_param_list):
            average.lerp_(current, 1 - decay) if average.is_floating_point() else average.copy_(
                average * decay + current * (1 - decay)
            )

    return ema_update


def get_swa_multi_avg_fn() -> Callable:
    """The function that averages many tensors with equal weights, in place."""

    @no_grad()
    def swa_update(averaged_param_list: Iterable[Any], current_param_list: Iterable[Any], num_averaged: Any) -> None:
        for average, current in zip(averaged_param_list, current_param_list):
            if average.is_floating_point():
                average.lerp_(current, 1 / (num_averaged + 1))
            else:
                average.copy_(average + (current - average) / (num_averaged + 1))

    return swa_update


class AveragedModel(Module):
    """A copy of a model whose parameters are the average of what they have been at each `update_parameters`.

    With `use_buffers` buffers are averaged as well; else they are copied.

    >>> import mutagrad
    >>> model = mutagrad.nn.Linear(1, 1, bias=False)
    >>> averaged = AveragedModel(model)
    >>> for value in (1.0, 3.0):
    ...     _ = mutagrad.nn.init.constant_(model.weight, value)
    ...     averaged.update_parameters(model)
    >>> averaged.module.weight
    Parameter containing:
    tensor([[2.]], requires_grad=True)
    """

    n_averaged: Any

    def __init__(
        self,
        model: Module,
        device: Any = None,
        avg_fn: Callable | None = None,
        multi_avg_fn: Callable | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = deepcopy(model)
        self.register_buffer("n_averaged", tensor(0))
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)

    @no_grad()
    def update_parameters(self, model: Module) -> None:
        """Takes the present parameters of the model into the average."""
        ours, theirs = (
            list(chain(m.parameters(), m.buffers()) if self.use_buffers else m.parameters())
            for m in (self.module, model)
        )
        if self.n_averaged == 0:
            for average, current in zip(ours, theirs):
                average.copy_(current)
        elif self.multi_avg_fn is not None or self.avg_fn is None:
            (self.multi_avg_fn or get_swa_multi_avg_fn())(ours, [each.detach() for each in theirs], self.n_averaged)
        else:
            for average, current in zip(ours, theirs):
                average.copy_(self.avg_fn(average.detach(), current.detach(), self.n_averaged))
        if not self.use_buffers:
            for average, current in zip(self.module.buffers(), model.buffers()):
                average.copy_(current)
        self.n_averaged += 1


@no_grad()
def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Estimates the running statistics of batch normalisation anew, from all batches of the loader."""
    layers = [module for module in model.modules() if isinstance(module, _BatchNorm)]
    if not layers:
        return
    momenta = [layer.momentum for layer in layers]
    for layer in layers:
        layer.reset_running_stats()
    was_training = model.training
    model.train()
    for layer in layers:
        layer.momentum = None
    for batch in loader:
        model(batch[0] if isinstance(batch, (list, tuple)) else batch)
    for layer, momentum in zip(layers, momenta):
        layer.momentum = momentum
    model.train(was_training)


class SWALR(LRScheduler):
    """From the present rates to `swa_lr` in `anneal_epochs` steps, along a cosine or a line, and then constant."""

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float | list[float],
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        count = len(optimizer.param_groups)
        targets = list(swa_lr) if isinstance(swa_lr, (list, tuple)) else [swa_lr] * count
        if len(targets) != count:
            raise ValueError(
                f"swa_lr must have the same length as optimizer.param_groups: swa_lr has {len(targets)}, "
                f"optimizer.param_groups has {count}"
            )
        for target, group in zip(targets, optimizer.param_groups):
            group["swa_lr"] = target
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        self._anneal_strategy = anneal_strategy
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def _share(self, step: int) -> float:
        """How much of the way to `swa_lr` is behind at a step."""
        passed = max(0, min(1, step / max(1, self.anneal_epochs)))
        return (1 - math.cos(math.pi * passed)) / 2 if self._anneal_strategy == "cos" else passed

    def get_lr(self) -> list[Any]:
        self._warn_unless_in_step()
        step = self._step_count - 1 + (self.anneal_epochs == 0)
        before, now = self._share(max(0, step - 1)), self._share(step)
        found = []
        for group, rate in zip(self.optimizer.param_groups, rates(self.optimizer)):
            target = group["swa_lr"]
            first = target if before == 1 else (rate - before * target) / (1 - before)
            found.append(target * now + first * (1 - now))
        return found
