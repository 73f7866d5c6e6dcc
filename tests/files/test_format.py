"""PyTorch's file format, both ways: a file that PyTorch wrote, files written here, and PyTorch's reader where it is."""

import io
import pickletools
import zipfile
from pathlib import Path

import numpy as np
import pytest

import mutagrad

from .checkpoint import DTYPES, checkpoint

FILE = Path(__file__).resolve().parents[1] / "data" / "checkpoint.pt"


@pytest.fixture(scope="module")
def loaded():
    return mutagrad.load(FILE)


def saved(obj, save=mutagrad.save):
    file = io.BytesIO()
    save(obj, file)
    file.seek(0)
    return file


def described(obj):
    """An object as text, tensors with dtype, shape, strides and values."""
    if hasattr(obj, "detach"):
        values = np.round(np.asarray(obj.detach()).astype(complex), 5).tolist()
        return f"{type(obj).__name__} {obj.dtype} {tuple(obj.shape)} {obj.stride()} {obj.requires_grad} {values}"
    if isinstance(obj, dict):
        return {key: described(value) for key, value in obj.items()}
    return [described(each) for each in obj] if type(obj) in (list, tuple) else repr(obj)


def test_a_file_of_pytorch_is_read_as_what_it_would_be_here(loaded):
    """Network, optimiser, schedule, generator, views, dtypes and plain objects of PyTorch's file are this library's."""
    expected = checkpoint(mutagrad)

    assert list(loaded) == list(expected)
    for key in expected:
        assert described(loaded[key]) == described(expected[key]), key


def test_training_goes_on_from_a_file_of_pytorch(loaded):
    """State dicts of the file fit modules, optimisers and schedules here; the generator continues its sequence."""
    network = mutagrad.nn.Sequential(mutagrad.nn.Linear(3, 4), mutagrad.nn.Tanh(), mutagrad.nn.Linear(4, 2))
    optimizer = mutagrad.optim.Adam(network.parameters())
    schedule = mutagrad.optim.lr_scheduler.StepLR(optimizer, 5)
    network.load_state_dict(loaded["network"])
    optimizer.load_state_dict(loaded["optimizer"])
    schedule.load_state_dict(loaded["schedule"])
    mutagrad.set_rng_state(loaded["generator"])

    assert optimizer.param_groups[0]["amsgrad"] and schedule.last_epoch == 3
    assert optimizer.state[network[0].weight]["step"].item() == 3
    assert mutagrad.equal(mutagrad.rand(3), loaded["next"])


def test_a_conjugate_or_a_negative_is_read_as_its_values():
    """PyTorch saves both as the memory of the tensor they are of, with a mark beside it."""
    plain, conjugate, negative = mutagrad.load(FILE.with_name("marked.pt"))

    assert plain.tolist() == [1 + 2j, 3 - 4j] and conjugate.tolist() == [1 - 2j, 3 + 4j]
    assert negative.tolist() == [6.0]


def test_views_share_memory_after_loading(loaded):
    """What shared a storage shares it still."""
    base, part, transposed, row, *_ = mutagrad.load(FILE)["views"]
    base[1, 2] = 99.0

    assert part[0, 1] == transposed[2, 1] == 99.0
    assert row.storage_offset() == 0 and part.storage_offset() == 4
    assert loaded["parameters"][1].role == [1, "two"] and loaded["labelled"].label == "a tensor with an attribute"


def test_files_written_here_are_the_instructions_that_pytorch_writes():
    """The pickle in the archive names the same things in the same order, and so are the entries."""

    def parts(archive):
        content = archive.read(next(name for name in archive.namelist() if name.endswith("data.pkl")))
        memo = ("PUT", "GET", "MARK", "TUPLE")
        told = [(code.name, value) for code, value, _ in pickletools.genops(content)]
        return [each for each in told if not any(name in each[0] for name in memo)]

    wanted = {key: value for key, value in checkpoint(mutagrad).items() if key not in ("schedule", "plain")}
    theirs = {key: value for key, value in mutagrad.load(FILE).items() if key in wanted}
    with zipfile.ZipFile(saved(theirs)) as here, zipfile.ZipFile(FILE) as there:
        names = [value for code, value in parts(there) if code == "GLOBAL"]
        entries = {name.partition("/")[2] for name in there.namelist()}

        assert {value for code, value in parts(here) if code == "GLOBAL"} <= set(names)
        assert {name.partition("/")[2] for name in here.namelist()} <= entries
        for info in here.infolist():
            start = info.header_offset + 30 + len(info.filename) + len(info.extra)
            assert start % 64 == 0, info.filename


@pytest.mark.parametrize("name", DTYPES)
def test_every_dtype_makes_the_round_trip(name):
    """Values and dtype come back."""
    x = mutagrad.tensor([0, 1, 1]).to(getattr(mutagrad, name))
    back = mutagrad.load(saved(x))

    assert back.dtype is x.dtype and mutagrad.equal(back, x)


def test_pytorch_reads_what_is_written_here_and_the_other_way():
    """The whole checkpoint, from either library to the other and back, weights only."""
    torch = pytest.importorskip("torch")
    ours, theirs = checkpoint(mutagrad), checkpoint(torch)
    for kept in (ours, theirs):
        # PyTorch's reader of weights refuses frozen and very long numbers; bytes come as what old pickles make of them.
        kept["plain"] = [None, True, 3, 2**40, 1.5, "text", (1, (2,)), {"k": []}]
    there = torch.load(saved(ours), weights_only=True)
    back = mutagrad.load(saved(there, torch.save))

    for key in ours:
        assert described(there[key]) == described(theirs[key]), key
        assert described(back[key]) == described(ours[key]), key
    there["views"][0][1, 2] = 7.0
    assert there["views"][2][2, 1] == 7.0


def test_only_a_file_with_a_path_can_be_mapped():
    """`mmap=True` is refused for a buffer, as PyTorch refuses it."""
    with pytest.raises(ValueError, match="f must be a file path in order to use the mmap argument"):
        mutagrad.load(saved(mutagrad.ones(2)), mmap=True)

    assert mutagrad.load(FILE, mmap=True).keys() == mutagrad.load(FILE).keys()
