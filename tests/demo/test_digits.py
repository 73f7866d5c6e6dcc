"""The first job of the demo: what it loads, that it learns, and that overwriting costs it no gradient."""

import numpy as np
import pytest

import mutagrad as torch
import mutagrad.nn.functional as F

pytest.importorskip("sklearn", reason="needs the extra demo")

from sklearn.datasets import load_digits

from mutagrad.demo import digits


def test_the_two_parts_hold_every_image_once():
    """Each of scikit-learn's images is in one of the two parts, with its label."""
    data = digits.load(held_out=300)
    images = np.concatenate([data.train_images.numpy(), data.test_images.numpy()])
    labels = np.concatenate([data.train_labels.numpy(), data.test_labels.numpy()])
    spread, mean = np.polyfit(np.sort(images, axis=None), np.sort(load_digits().images, axis=None), 1)
    rows = np.rint(images.reshape(-1, 64) * spread + mean)

    assert data.test_images.shape == (300, 8, 8)
    expected = np.column_stack([load_digits().data, load_digits().target])
    np.testing.assert_array_equal(in_order(np.column_stack([rows, labels])), in_order(expected))


def test_the_training_images_are_standardised():
    """Their mean is 0 and their standard deviation 1."""
    pixels = digits.load().train_images.numpy()

    np.testing.assert_allclose([pixels.mean(), pixels.std(ddof=1)], [0, 1], atol=1e-4)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_classifier_reads_at_least_96_percent(seed):
    """The whole job, as the command runs it: the loss falls, and held-out images are read rightly."""
    torch.manual_seed(seed)
    data = digits.load()
    network = digits.Classifier()
    history = list(digits.train(network, data, epochs=30))

    assert history[-1].loss < 0.1 * history[0].loss
    assert history[-1].accuracy >= 0.96
    answers = digits.read(network, data.test_images).numpy()
    assert history[-1].accuracy == pytest.approx(np.mean(answers == data.test_labels.numpy()))


def test_the_residual_sums_leave_the_gradient_exact(double_precision):
    """Along a random direction the gradient agrees with a central difference of the loss."""
    torch.manual_seed(0)
    network = digits.Classifier(width=16).eval()
    images, labels = torch.randn(5, 8, 8), torch.arange(5)
    weights = list(network.parameters())
    directions = [torch.randn(w.shape) for w in weights]
    F.cross_entropy(network(images), labels).backward()
    slope = sum((w.grad * d).sum().item() for w, d in zip(weights, directions, strict=True))

    assert slope == pytest.approx(central_difference(network, images, labels, directions), rel=1e-6)


def test_each_batch_overwrites_the_input_of_two_blocks():
    """Two saved values a batch are overwritten, and their bytes are kept, not a byte more."""
    data = digits.load()
    network = digits.Classifier()
    before = torch.overwrite_statistics()
    overwritten, kept = before.overwritten, before.bytes_kept
    list(digits.train(network, data, epochs=1))
    after = torch.overwrite_statistics()

    batches = -(-len(data.train_images) // 32)
    assert after.overwritten - overwritten == 2 * batches
    assert after.bytes_kept - kept == 2 * len(data.train_images) * 128 * 4


def central_difference(network, images, labels, directions, step=1e-6):
    """The slope of the loss along `directions`, from its values a `step` ahead and a `step` behind."""
    losses = []
    for move in (step, -2 * step):
        with torch.no_grad():
            for w, d in zip(network.parameters(), directions, strict=True):
                w += move * d
            losses.append(F.cross_entropy(network(images), labels).item())
    return (losses[0] - losses[1]) / (2 * step)


def in_order(rows):
    """The rows of a matrix in lexicographic order."""
    return rows[np.lexsort(rows.T)]
