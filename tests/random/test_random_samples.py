"""What samples must be by their definition, whatever the seed."""

from collections import Counter

import numpy as np
import pytest
from scipy import stats

from mutagrad import random
from mutagrad.random import Generator
from mutagrad.random.integers import _swap_in_order

FLOATS = [np.float16, np.float32, np.float64]


@pytest.fixture
def generator() -> Generator:
    return Generator().manual_seed(10)


@pytest.mark.parametrize("n", [1, 2, 3, 10, 1000])
@pytest.mark.parametrize("reach", ["later", "nearby", "last", "earlier", "anywhere"])
def test_swaps_are_made_in_order(n: int, reach: str) -> None:
    """The compiled loop does what a loop does, where swaps touch each other as well."""
    chance, places = np.random.default_rng(n), np.arange(n)
    partners = {
        "later": places + chance.integers(0, n - places),
        "nearby": np.minimum(places + chance.integers(0, 3, n), n - 1),
        "last": np.full(n, n - 1),
        "earlier": chance.integers(0, places + 1),
        "anywhere": chance.integers(0, n, n),
    }[reach]
    numbers = list(range(n))
    for place, partner in enumerate(partners):
        numbers[place], numbers[partner] = numbers[partner], numbers[place]

    assert _swap_in_order(n, partners.astype(np.int32)).tolist() == numbers


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("low", "high"), [(0, 1), (1, 1 + 2**-10), (-1e-4, 0), (1000, 2000), (3, 3)])
def test_uniform_samples_lie_in_the_half_open_interval(
    generator: Generator, dtype: type, low: float, high: float
) -> None:
    """Though rounding may reach the upper bound."""
    samples = random.uniform((20000,), dtype, low, high, generator=generator)

    assert samples.min() >= dtype(low)
    assert samples.max() < dtype(high) or low == high


@pytest.mark.parametrize("shape", [(), (1,), (3, 5), (2, 0, 4), (4, 4, 2)])
@pytest.mark.parametrize("dtype", [*FLOATS, np.complex64, np.complex128])
def test_the_shape_and_the_dtype_are_those_asked_for(generator: Generator, shape: tuple[int, ...], dtype: type) -> None:
    for function in (random.uniform, random.normal):
        samples = function(shape, dtype, generator=generator)
        flat = function((int(np.prod(shape)),), dtype, generator=Generator().manual_seed(10))

        assert (samples.shape, samples.dtype) == (shape, dtype)
        if function is random.uniform:
            np.testing.assert_array_equal(samples.ravel(), flat)


@pytest.mark.parametrize(
    ("name", "arguments", "law"),
    [
        ("uniform", (-3, 7), stats.uniform(-3, 10)),
        ("normal", (2, 3), stats.norm(2, 3)),
        ("exponential", (1.5,), stats.expon(scale=1 / 1.5)),
        ("cauchy", (1, 2), stats.cauchy(1, 2)),
        ("log_normal", (0.5, 0.7), stats.lognorm(0.7, scale=np.exp(0.5))),
    ],
)
def test_continuous_samples_follow_their_law(generator: Generator, name: str, arguments: tuple, law: object) -> None:
    """By the test of Kolmogorov and Smirnov."""
    samples = getattr(random, name)((20000,), np.float64, *arguments, generator=generator)

    assert stats.kstest(samples, law.cdf).pvalue > 1e-3


@pytest.mark.parametrize("rate", [0.3, 4.0, 10.0, 60.0])
def test_counts_follow_poissons_law(generator: Generator, rate: float) -> None:
    """By the chi-squared test, over the counts that are common enough."""
    counts = Counter(random.poisson(np.full(20000, rate), generator=generator).astype(int).tolist())
    law = {count: 20000 * stats.poisson(rate).pmf(count) for count in range(200)}
    common = [count for count, share in law.items() if share >= 20]
    seen = [counts[count] for count in common]
    expected = np.array([law[count] for count in common])

    assert stats.chisquare(seen, expected * sum(seen) / expected.sum()).pvalue > 1e-3


def test_no_category_is_drawn_twice_without_replacement(generator: Generator) -> None:
    drawn = random.multinomial(np.ones((50, 20)), 20, generator=generator)

    np.testing.assert_array_equal(np.sort(drawn), np.tile(np.arange(20), (50, 1)))


def test_categories_of_weight_0_are_not_drawn(generator: Generator) -> None:
    """With replacement never, without it only after all others."""
    weights = np.array([0, 1, 0, 2, 0], np.float32)
    with_replacement = random.multinomial(weights, 500, True, generator=generator)
    without = random.multinomial(np.tile(weights, (50, 1)), 2, generator=generator)

    assert set(with_replacement.tolist()) == {1, 3}
    np.testing.assert_array_equal(np.sort(without), np.tile([1, 3], (50, 1)))


def test_dropout_that_keeps_or_drops_everything_draws_nothing(generator: Generator) -> None:
    before = generator.get_state()
    kept = random.dropout_noise((3,), np.float32, 0.0, generator=generator)
    dropped = random.dropout_noise((3,), np.float32, 1.0, generator=generator)

    assert (kept.tolist(), dropped.tolist()) == ([1, 1, 1], [0, 0, 0])
    np.testing.assert_array_equal(generator.get_state(), before)


def test_a_probability_is_broadcast(generator: Generator) -> None:
    coins = random.bernoulli((1000, 3), np.bool_, np.array([0.0, 0.5, 1.0]), generator=generator)

    assert (coins[:, 0].any(), coins[:, 1].all(), coins[:, 2].all()) == (False, False, True)
