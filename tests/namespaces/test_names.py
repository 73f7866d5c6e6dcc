"""The three namespaces offer the same names, and each of them is tested; the third needs an extra."""

import importlib
import subprocess
import sys

import pytest

from mutagrad.namespaces import arrays, tensors

from .vocabulary import IN_PLACE, RUNS

# Of several possible results one is as good as another, so there is nothing to compare.
UNDETERMINED = {"argpartition"}
JAX = "mutagrad.namespaces.jax_arrays"


def test_names_are_those_of_arrays():
    """Tensors have all of them, JAX arrays all but those that write."""
    pytest.importorskip("jax")
    jax_arrays = importlib.import_module(JAX)

    assert set(tensors.__all__) == set(arrays.__all__)
    assert set(jax_arrays.__all__) == set(arrays.__all__) - IN_PLACE
    for xp in (arrays, tensors, jax_arrays):
        assert all(callable(getattr(xp, name)) for name in xp.__all__)


def test_every_name_has_calls():
    """A name that is added needs a call in `vocabulary.py`."""
    assert set(RUNS) == set(arrays.__all__) - UNDETERMINED - {"add_at"}


def test_without_jax_the_extra_is_named(monkeypatch):
    """Where JAX is not installed, the error says how to install it."""
    monkeypatch.setitem(sys.modules, "jax", None)
    monkeypatch.delitem(sys.modules, JAX, raising=False)

    with pytest.raises(ImportError, match=r"pip install 'mutagrad\[jax\]'"):
        importlib.import_module(JAX)


def test_the_library_does_not_import_jax():
    code = "import mutagrad, sys; sys.exit('jax' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
