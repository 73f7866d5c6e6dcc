"""Every example learns what it is there to learn: the figure that its `main` prints, of a shorter run."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest

from .programs import NAMES, example

# The steps of the shorter run, and the bound that its figure has to reach.
AT_LEAST = {
    "actor_critic": (120, 100),  # steps in balance; pushes at random keep it for about 20
    "digits_cnn": (120, 0.94),  # accuracy, where chance is 0.1; so are the two below
    "digits_mlp": (400, 0.9),
    "resnet": (150, 0.88),
}
AT_MOST = {
    "dcgan": (400, 0.4),  # distance from the mean digit; 0.67 before training
    "factorization": (700, 1e-5),  # square error of unknown elements, whose mean square is about 3
    "neural_ode": (150, 0.2),  # error of a force that goes up to 0.84
    "seq2seq": (250, 0.2),  # loss per symbol; chance is log 8, about 2.1
    "word_vectors": (500, 2.5),  # loss; chance is 6 log 2, about 4.2
}
OF_THEIR_OWN = {"char_lstm", "gpt", "kalman", "vae"}


@pytest.mark.parametrize("name", AT_LEAST)
def test_score(name):
    """A share of right answers, or a length, comes out high."""
    steps, bound = AT_LEAST[name]

    assert example(name, "mutagrad").main(steps) >= bound


@pytest.mark.parametrize("name", AT_MOST)
def test_error(name):
    """An error or a loss comes out low."""
    steps, bound = AT_MOST[name]

    assert example(name, "mutagrad").main(steps) <= bound


def test_lstm_knows_more_than_pairs_of_letters():
    """Its loss is below the entropy of a letter given the one before, counted in the text itself."""
    module = example("char_lstm", "mutagrad")
    text = module.TEXT
    pairs, letters = Counter(itertools.pairwise(text)), Counter(text[:-1])
    entropy = -sum(n * math.log(n / letters[a]) for (a, _), n in pairs.items()) / (len(text) - 1)

    assert module.main(200) < entropy


def test_gpt_writes_like_the_text():
    """Its loss is below the entropy of single letters, and most pairs that it writes are pairs of the text."""
    module = example("gpt", "mutagrad")
    text = example("char_lstm", "mutagrad").TEXT
    entropy = -sum(n * math.log(n / len(text)) for n in Counter(text).values()) / len(text)
    pairs = set(itertools.pairwise(text))  # a quarter or so of all that there could be

    loss, written = module.main(80)

    assert (len(module.GPT().blocks), module.GPT().letters.weight.shape[1]) == (4, 128)
    assert loss < entropy - 0.5
    assert written.startswith("the sea ") and len(written) == 128
    assert np.mean([pair in pairs for pair in itertools.pairwise(written)]) > 0.8


def test_noises_are_likelier_than_the_true_ones():
    """The spreads that are found explain the measurements better than those from which they were made."""
    found, true = example("kalman", "mutagrad").main(40)

    assert true - 5 < found < true


def test_auto_encoder_knows_more_than_independent_pixels():
    """Its bound is below the surprise when every pixel has its mean over all images, whatever the others are."""
    module = example("vae", "mutagrad")
    images = module.IMAGES.numpy()
    mean = images.mean(0).clip(1e-6, 1 - 1e-6)
    surprise = -(images * np.log(mean) + (1 - images) * np.log(1 - mean)).sum(1).mean()

    assert module.main(500) < surprise - 1


def test_every_example_has_a_bound():
    """None is left out."""
    assert sorted({*AT_LEAST, *AT_MOST, *OF_THEIR_OWN}) == NAMES
