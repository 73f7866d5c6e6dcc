"""`import mutagrad` leaves to later what most programs do not need, and offers it all the same."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

LATER = (
    *("accelerator", "amp", "backends", "cuda", "distributed", "distributions", "fft", "func", "jit", "linalg"),
    *("masked", "nn", "onnx", "optim", "profiler", "safetensors", "serialization", "signal", "special", "testing"),
    *("utils",),
)
NOT_OFFERED = ("mutagrad.bookkeeping", "mutagrad.guards", "mutagrad.installation", "mutagrad.pictures")
EARLY = (
    "backward",
    "device",
    "gradcheck",
    "tensor",
    "variable",
)  # functions whose modules are imported with the package
ELSEWHERE = ("scipy", "numpy.random", "hashlib", "multiprocessing", "pickle", "subprocess", "tempfile", "traceback")


def printed(program: str) -> list[str]:
    """The words that a program prints in a fresh process."""
    return subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()


def test_a_first_result_needs_no_more_than_the_core():
    """Tensors, operations and `backward` run without networks, optimisers, files, pictures or SciPy."""
    program = """
import sys, numpy
before = set(sys.modules)
import mutagrad
(mutagrad.ones(2, requires_grad=True) * 2).sum().backward()
print(*sys.modules.keys() - before)
"""
    imported = printed(program)

    assert {*(f"mutagrad.{name}" for name in LATER), *NOT_OFFERED, *ELSEWHERE}.isdisjoint(imported)
    assert "mutagrad.engine" in imported


@pytest.mark.parametrize("statement", ["import mutagrad as m; m.{}", "import mutagrad.{}", "from mutagrad import {}"])
def test_what_is_left_to_later_is_there(statement: str):
    """Each module is found as an attribute and by both kinds of import, with nothing else imported before."""
    program = "import sys\nfor name in {!r}: exec({!r}.format(name)); print(sys.modules['mutagrad.' + name].__name__)"

    assert printed(program.format(LATER, statement)) == [f"mutagrad.{name}" for name in LATER]


def test_all_names_are_listed_and_found():
    """`dir`, `import *` and `getattr` agree on what there is."""
    program = """
import mutagrad
listed = {name for name in dir(mutagrad) if not name.startswith("_")}
names = {}
exec("from mutagrad import *", names)
assert listed == names.keys() - {"__builtins__"} <= set(dir(mutagrad))
assert names["load"] is mutagrad.serialization.load and names["nn"] is mutagrad.nn
print("same")
"""

    assert printed(program) == ["same"]


def test_what_is_handed_on_later_has_no_name_of_a_module():
    """Importing a module binds its name in its package, whatever was to be found there."""
    import mutagrad

    for package in (mutagrad, mutagrad.autograd):
        for name in set(dir(package)) - {"__all__"}:
            value = getattr(package, name)
            path = f"{package.__name__}.{name}"
            assert name in EARLY or find_spec(path) is None or value is sys.modules[path], path


def test_a_name_that_is_not_there_is_no_attribute():
    import mutagrad

    with pytest.raises(AttributeError, match=r"^module 'mutagrad' has no attribute 'optimum'$"):
        mutagrad.optimum
