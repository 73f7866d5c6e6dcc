"""Every operation gives what PyTorch gives: values, dtypes, gradients of two orders, and the same in every form.

The expected results are read from `tests/data/operations/`, which `tools/record_operations.py` made.
"""

from . import run
from .checks import assert_close, assert_raises_as, assert_same
from .entries import ENTRIES, RECORDS, over_runs, recorded, refused, works
from .samples import FAMILIES, SAMPLES
from .under_test import torch


@over_runs(lambda entry: "values" in entry)
def test_value(sample, dtype):
    """Values, dtypes, shapes and structure are PyTorch's, and the inputs stay as they were."""
    entry = ENTRIES[sample, dtype]
    tensors = run.inputs(torch, sample, dtype, differentiate="differentiable" in entry)
    result = run.evaluate(torch, sample, tensors)
    outputs = run.flatten(result)

    assert run.structure(result) == entry.get("form", "Tensor")
    assert_close(outputs, recorded(sample, entry["values"]), sample)
    assert [out.requires_grad for out in outputs] == entry.get("differentiable", [False] * len(outputs))
    assert_same(tensors, sample.draw(dtype))


@over_runs(lambda entry: "error" in entry)
def test_refused(sample, dtype):
    """What PyTorch refuses is refused in its words."""
    tensors = run.inputs(torch, sample, dtype)

    with assert_raises_as(ENTRIES[sample, dtype]["error"]):
        run.evaluate(torch, sample, tensors)
    assert_same(tensors, sample.draw(dtype))


@over_runs(works("grads"))
def test_gradients(sample, dtype):
    """First-order gradients against a random cotangent are PyTorch's; backward changes no input."""
    tensors = run.inputs(torch, sample, dtype, differentiate=True)
    result = run.evaluate(torch, sample, tensors)
    grads, _ = run.gradients(torch, sample, result, run.leaves(sample, tensors))

    assert_close(grads, recorded(sample, ENTRIES[sample, dtype]["grads"]), sample, none_is_zero=sample.overwrites)
    assert_same(tensors, sample.draw(dtype))


@over_runs(works("second"))
def test_second_order(sample, dtype):
    """Gradients of a random functional of the gradients, by the inputs and by the cotangents, are PyTorch's."""
    tensors = run.inputs(torch, sample, dtype, differentiate=True)
    wanted = run.leaves(sample, tensors)
    grads, cts = run.gradients(torch, sample, run.evaluate(torch, sample, tensors), wanted, create_graph=True)
    second = run.second_gradients(torch, sample, grads, [*wanted, *cts])

    expected = recorded(sample, ENTRIES[sample, dtype]["second"])
    assert_close(second, expected, sample, none_is_zero=True)


@over_runs(works("inplace"))
def test_inplace(sample, dtype):
    """The in-place form returns the tensor it wrote to, with the values and gradients of PyTorch's."""
    entry = ENTRIES[sample, dtype]
    record = entry if isinstance(entry["inplace"], str) else entry["inplace"]
    tensors = run.inputs(torch, sample, dtype, differentiate=True)
    result = run.evaluate(torch, sample, tensors, "inplace")

    assert_close([result], recorded(sample, record["values"]), sample)
    # "beyond": PyTorch has no gradient for this in-place form, and needs none to be right about the others.
    if "grads" in record and not (entry["inplace"] == "beyond" and torch.__name__ == "torch"):
        grads, _ = run.gradients(torch, sample, result, run.leaves(sample, tensors))
        assert_close(grads, recorded(sample, record["grads"]), sample, none_is_zero=sample.overwrites)
    assert_same(tensors, sample.draw(dtype))


@over_runs(refused("inplace"))
def test_inplace_refused(sample, dtype):
    """An in-place form that would change shape or dtype is refused in PyTorch's words, before anything is written."""
    tensors = run.inputs(torch, sample, dtype)

    with assert_raises_as(ENTRIES[sample, dtype]["inplace"]["error"]):
        run.evaluate(torch, sample, tensors, "inplace")


@over_runs(works("method"))
def test_method(sample, dtype):
    """The method gives what the function gives."""
    result = run.evaluate(torch, sample, run.inputs(torch, sample, dtype), "method")

    assert_close(run.flatten(result), recorded(sample, ENTRIES[sample, dtype]["values"]), sample)


@over_runs(works("out"))
def test_out(sample, dtype):
    """`out=` receives the result and is what the function returns."""
    expected = recorded(sample, ENTRIES[sample, dtype]["values"])
    out = run.shared_out(torch, expected)
    result = run.evaluate(torch, sample, run.inputs(torch, sample, dtype), out=out)

    assert all(given is got for given, got in zip(run.flatten(out), run.flatten(result), strict=True))
    assert_close(run.flatten(out), expected, sample)


@over_runs(works("strides"))
def test_view_strides(sample, dtype):
    """A view has PyTorch's strides, wherever a stride matters."""
    outputs = run.flatten(run.evaluate(torch, sample, run.inputs(torch, sample, dtype)))

    for out, strides in zip(outputs, ENTRIES[sample, dtype]["strides"], strict=True):
        mattering = [axis for axis, size in enumerate(out.shape) if size > 1 and out.numel()]
        assert [out.stride()[axis] for axis in mattering] == [strides[axis] for axis in mattering]


@over_runs(works("written"))
def test_write_through_view(sample, dtype):
    """Writing to a view writes to its base, in value and in gradient."""
    record = ENTRIES[sample, dtype]["written"]
    tensors = run.inputs(torch, sample, dtype, differentiate="grads" in record)
    base, factor = run.write_through(torch, sample, tensors)

    assert_close([base], recorded(sample, record["values"]), sample)
    if "grads" in record:
        wanted = [tensors[0], *([factor] if factor.requires_grad else [])]
        grads, _ = run.gradients(torch, sample, base, wanted)
        assert_close(grads, recorded(sample, record["grads"]), sample, none_is_zero=True)


@over_runs(refused("written"))
def test_write_through_view_refused(sample, dtype):
    """A view that maps several elements to one place is not written to."""
    with assert_raises_as(ENTRIES[sample, dtype]["written"]["error"]):
        run.write_through(torch, sample, run.inputs(torch, sample, dtype))


def test_samples_are_recorded():
    """Samples have names of their own, and the records are of these samples; otherwise record again."""
    names = [sample.name for sample in SAMPLES]

    assert len(set(names)) == len(names)
    for family, samples in FAMILIES.items():
        assert sorted(RECORDS[family].index) == sorted(sample.name for sample in samples)
