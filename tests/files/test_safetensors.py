"""Files in the safetensors format, and what is said where the library for them is missing."""

import sys

import pytest

import mutagrad
from mutagrad import nn, safetensors


def test_a_missing_library_is_named_with_the_way_to_get_it(monkeypatch):
    """The error says what to install."""
    monkeypatch.setitem(sys.modules, "safetensors", None)
    with pytest.raises(ImportError, match=r"pip install 'mutagrad\[safetensors\]'"):
        safetensors.save({"a": mutagrad.ones(2)})


def test_tensors_make_the_round_trip(tmp_path):
    """Names, dtypes, shapes and values come back, from files and from bytes."""
    pytest.importorskip("safetensors")
    tensors = {"w": mutagrad.arange(6.0).reshape(2, 3).t(), "n": mutagrad.tensor([1, 2]), "e": mutagrad.zeros(0, 2)}
    safetensors.save_file(tensors, tmp_path / "x.safetensors", {"made": "here"})
    for back in (safetensors.load_file(tmp_path / "x.safetensors"), safetensors.load(safetensors.save(tensors))):
        assert list(back) == sorted(tensors) or set(back) == set(tensors)
        for name, tensor in tensors.items():
            assert back[name].dtype is tensor.dtype and mutagrad.equal(back[name], tensor)

    assert [path.name for path in tmp_path.iterdir()] == ["x.safetensors"]


def test_a_model_with_shared_parameters_makes_the_round_trip(tmp_path):
    """`save_file` refuses what shares memory, `save_model` keeps it once."""
    pytest.importorskip("safetensors")
    network = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    network[1].weight = network[0].weight
    with pytest.raises(RuntimeError, match="share memory"):
        safetensors.save_file(network.state_dict(), tmp_path / "x")
    safetensors.save_model(network, str(tmp_path / "x"))
    other = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    other[1].weight = other[0].weight

    assert safetensors.load_model(other, tmp_path / "x") == ([], [])
    assert mutagrad.equal(other[1].weight, network[1].weight) and mutagrad.equal(other[1].bias, network[1].bias)
