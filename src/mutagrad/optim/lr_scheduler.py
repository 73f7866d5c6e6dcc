"""Schedules of learning rates: the base class, those that follow the number of steps, and those made of others.

A schedule works on the options of an optimiser's groups; it changes them by a factor from step to step, so schedules
can be chained, and what the user changes in between is kept. Cyclic ones are in `cyclic.py`, the one that watches a
figure in `plateau.py`; all names of `torch.optim.lr_scheduler` are here.
Follows https://docs.pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate
"""

from mutagrad.optim.schedules.base import LRScheduler
from mutagrad.optim.schedules.composed import ChainedScheduler, SequentialLR
from mutagrad.optim.schedules.cyclic import CosineAnnealingWarmRestarts, CyclicLR, OneCycleLR
from mutagrad.optim.schedules.plateau import ReduceLROnPlateau
from mutagrad.optim.schedules.simple import (
    ConstantLR,
    CosineAnnealingLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiplicativeLR,
    MultiStepLR,
    PolynomialLR,
    StepLR,
)

_LRScheduler = LRScheduler

__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]
