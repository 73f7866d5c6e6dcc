"""Every operation under `vmap` gives what it gives for each sample, and its gradient, without a loop over samples."""

import numpy as np
import pytest

import mutagrad
from mutagrad.batched.functions import loops
from mutagrad.namespaces import arrays, batched
from mutagrad.tree import flatten

from ..operations.run import evaluate, tensors
from ..operations.samples import SAMPLES

# Their results have shapes, or they have ways, that depend on the data: not all of their samples can be mapped.
DATA_DEPENDENT = {
    *("bincount", "cov", "corrcoef", "histogram", "histogramdd", "index_reduce", "masked_scatter", "masked_select"),
    *("nonzero", "nonzero_static", "repeat_interleave", "scatter_reduce", "unique", "unique_consecutive"),
    *("nn.functional.embedding_bag", "nn.functional.multi_margin_loss", "nn.functional.multilabel_margin_loss"),
    *("nn.functional.one_hot", "searchsorted", "ctc_loss_of_scores", "isreal", "ldl_solved", "linalg.lstsq"),
    *("argwhere", "allclose", "equal", "is_nonzero", "histc", "combinations"),
}
# These look at their targets one sample after another.
LOOPING = {"nn.functional.nll_loss", "nn.functional.cross_entropy"}


def results(sample, given):
    """The tensors that a sample gives."""
    return [out for out in flatten(evaluate(mutagrad, sample, list(given)))[0] if isinstance(out, mutagrad.Tensor)]


def is_left_out(sample):
    """Whether a sample reads under a mask, or by chance."""
    return "mask" in sample.name or sample.operation.endswith("_seeded")


PLAIN = [s for s in SAMPLES if "float64" in s.dtypes and s.operation not in DATA_DEPENDENT and not is_left_out(s)]
FAMILIES = sorted({sample.operation for sample in PLAIN})


@pytest.mark.parametrize("operation", FAMILIES)
def test_an_operation_of_samples(operation):
    for sample in [each for each in PLAIN if each.operation == operation]:
        arrays_of = sample.draw("float64")
        pair = arrays_of, [a * 0.9 if a.dtype.kind in "fc" else a for a in arrays_of]
        try:
            apart = [results(sample, tensors(mutagrad, sample, values, True)) for values in pair]
        except Exception:  # a sample of an error
            continue
        if not arrays_of or not apart[0]:
            continue
        together = [mutagrad.tensor(np.stack(each)) for each in zip(*pair)]
        before = sum(loops.values())

        found = mutagrad.vmap(lambda *given, sample=sample: tuple(results(sample, given)))(*together)

        assert operation in LOOPING or sum(loops.values()) == before, f"{sample.name} loops"
        for got, *wanted in zip(found, *apart):
            stacked = np.stack([each.detach().numpy() for each in wanted])
            np.testing.assert_allclose(got.detach().numpy(), stacked, rtol=1e-8, atol=1e-12, err_msg=sample.name)


def test_names_are_those_of_arrays():
    """And each has a rule of its own: what has none would loop."""
    assert set(batched.__all__) == set(arrays.__all__)
    assert [name for name in arrays.__all__ if name not in vars(batched)] == []


def test_the_number_of_kernel_calls_does_not_grow_with_the_samples(monkeypatch):
    """Of a gradient for each sample, through a matrix product and a write in place."""
    counted = []
    kernel = np.matmul
    monkeypatch.setattr(
        "mutagrad.batched.array.np.matmul", lambda *args, **options: counted.append(1) or kernel(*args, **options)
    )

    def loss(w, x):
        h = x @ w
        h[0] = h[1] * 2
        return (h.tanh() ** 2).sum()

    calls = []
    for count in (4, 64):
        counted.clear()
        x = mutagrad.ones(count, 3)
        mutagrad.vmap(mutagrad.func.grad(loss), in_dims=(None, 0))(mutagrad.ones(3, 3), x)
        calls.append(len(counted))

    assert calls[0] == calls[1]
