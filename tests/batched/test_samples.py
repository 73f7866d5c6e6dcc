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
    *("masked_select", "nonzero", "repeat_interleave", "unique", "unique_consecutive", "argwhere", "allclose", "equal"),
    *("is_nonzero", "ctc_loss_of_scores", "histogramdd", "combinations", "cov", "corrcoef"),
}


def results(sample, given):
    """The tensors that a sample gives."""
    return [out for out in flatten(evaluate(mutagrad, sample, list(given)))[0] if isinstance(out, mutagrad.Tensor)]


def is_left_out(sample):
    """Whether a sample reads or writes under a mask, has as many classes as occur, or goes by chance."""
    under_mask = sample.operation in ("getitem", "setitem.number", "setitem.tensor") and "mask" in sample.name
    return under_mask or sample.name.endswith("one_hot-inferred") or sample.operation.endswith("_seeded")


def gradients(outs, given):
    """The gradients of a weighted sum of the outputs, an array of zeros where there is none."""
    outs = [out for out in outs if out.requires_grad]
    given = [x for x in given if x.requires_grad]
    if not outs:
        return []
    weights = [out.detach().abs().cos().to(out.dtype) for out in outs]
    shares = mutagrad.autograd.grad(outs, given, weights, allow_unused=True)
    return [np.zeros(x.shape) if share is None else share.numpy() for x, share in zip(given, shares)]


PLAIN = [s for s in SAMPLES if "float64" in s.dtypes and s.operation not in DATA_DEPENDENT and not is_left_out(s)]
FAMILIES = sorted({sample.operation for sample in PLAIN})


@pytest.mark.parametrize("operation", FAMILIES)
def test_an_operation_of_samples(operation):
    for sample in [each for each in PLAIN if each.operation == operation]:
        arrays_of = sample.draw("float64")
        pair = arrays_of, [a * 0.9 if a.dtype.kind in "fc" else a for a in arrays_of]
        try:
            leaves = [tensors(mutagrad, sample, values, True) for values in pair]
            apart = [results(sample, given) for given in leaves]
        except Exception:  # a sample of an error
            continue
        if not arrays_of or not apart[0]:
            continue
        together = [
            mutagrad.tensor(np.stack(each), requires_grad=x.requires_grad) for x, *each in zip(leaves[0], *pair)
        ]
        before = sum(loops.values())

        found = mutagrad.vmap(lambda *given, sample=sample: tuple(results(sample, given)))(*together)

        of_samples = [gradients(outs, given) for outs, given in zip(apart, leaves)]
        of_all = gradients(found, together)

        assert sum(loops.values()) == before, f"{sample.name} loops"
        for got, *wanted in zip(found, *apart):
            stacked = np.stack([each.detach().numpy() for each in wanted])
            np.testing.assert_allclose(got.detach().numpy(), stacked, rtol=1e-8, atol=1e-12, err_msg=sample.name)
        for got, *wanted in zip(of_all, *of_samples):
            np.testing.assert_allclose(got, np.stack(wanted), rtol=1e-7, atol=1e-10, err_msg=sample.name)


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
