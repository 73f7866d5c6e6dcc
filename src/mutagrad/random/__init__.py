"""Random numbers equal to PyTorch's: for the same seed, those of `torch` on the CPU, number for number.

`generator` holds the sequence and the default generator, `continuous`, `integers` and `discrete` make samples of it.
They work on NumPy arrays; tensors are made of those elsewhere.
"""

from .binomial import binomial
from .continuous import cauchy, exponential, log_normal, normal, uniform
from .discrete import bernoulli, dropout_noise, geometric, multinomial, poisson
from .gamma import standard_gamma
from .generator import (
    Generator,
    default_generator,
    fork_rng,
    get_rng_state,
    initial_seed,
    manual_seed,
    seed,
    set_rng_state,
)
from .integers import integers, permutation

__all__ = [
    "Generator",
    "bernoulli",
    "binomial",
    "cauchy",
    "default_generator",
    "dropout_noise",
    "exponential",
    "fork_rng",
    "geometric",
    "get_rng_state",
    "initial_seed",
    "integers",
    "log_normal",
    "manual_seed",
    "multinomial",
    "normal",
    "permutation",
    "poisson",
    "seed",
    "set_rng_state",
    "standard_gamma",
    "uniform",
]
