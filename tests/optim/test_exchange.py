"""States of optimisers are exchanged with PyTorch: its files are read and gone on from, and ours are laid out likewise.

The files were written by `tools/record_states.py`, which also has PyTorch go on from what is written here.
"""

import io

import numpy as np
import pytest

import mutagrad

from .exchange import FOLDER, WAYS, go_on, layout, records

RTOL = {"float32": 1e-5, "float64": 1e-12}


def close(found, expected, dtype):
    """Whether lists of tensors are the same, but for rounding."""
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=RTOL[dtype], atol=RTOL[dtype] / 10)


def tensors(value):
    """All tensors and numbers in a state, in order, as arrays."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [array for each in value for array in tensors(each)]
    return [] if value is None or isinstance(value, str) else [np.asarray(getattr(value, "_array", value), float)]


@pytest.mark.parametrize("name", WAYS)
def test_training_goes_on_from_the_file_of_pytorch(name):
    """An optimiser made with other options takes all it needs from the file, and ends where PyTorch did."""
    for record in mutagrad.load(FOLDER / f"{name}.pt"):
        close(go_on(mutagrad, name, record), record["after"], record["dtype"])


@pytest.mark.parametrize("name", WAYS)
def test_what_is_written_is_what_pytorch_writes(name):
    """Keys and their order, types, dtypes, shapes and values of a state, after it went through a file."""
    file = io.BytesIO()
    mutagrad.save(records(mutagrad, name), file)
    file.seek(0)

    for ours, theirs in zip(mutagrad.load(file), mutagrad.load(FOLDER / f"{name}.pt"), strict=True):
        assert layout(ours) == layout(theirs), theirs["way"]
        rtol = 10 * RTOL[theirs["dtype"]]
        for one, other in zip(tensors(ours), tensors(theirs), strict=True):
            np.testing.assert_allclose(one, other, rtol=rtol, atol=rtol / 10, err_msg=str(theirs["way"]))


@pytest.mark.parametrize("name", WAYS)
def test_pytorch_goes_on_from_what_is_written(name):
    """Where PyTorch is installed, it reads the state under `weights_only` and ends where its own training did."""
    torch = pytest.importorskip("torch")
    file = io.BytesIO()
    mutagrad.save(records(mutagrad, name), file)
    file.seek(0)

    for ours, theirs in zip(torch.load(file, weights_only=True), mutagrad.load(FOLDER / f"{name}.pt"), strict=True):
        close(go_on(torch, name, ours), theirs["after"], theirs["dtype"])
