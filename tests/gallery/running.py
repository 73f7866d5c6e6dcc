"""Running the programs of the gallery: what each tells under a policy, and the gradients that it should have."""

import os
import sys
import warnings
from contextlib import chdir, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

import mutagrad
from mutagrad.graph import Leaf
from mutagrad.modes import count_extra, modes
from mutagrad.nn import Module, Parameter
from mutagrad.overwrite import POLICIES
from mutagrad.tensor import Tensor

HERE = Path(__file__).parent
PROGRAMS = sorted(path.stem for path in (HERE / "programs").glob("*.py"))
STEP = 1e-6

__all__ = ["HERE", "POLICIES", "PROGRAMS", "Outcome", "expected_path", "finite_differences", "marked", "run"]


@dataclass
class Outcome:
    """How a program ended: the warnings it gave, what it raised, and the gradients of its leaves by name."""

    warnings: list[Warning] = field(default_factory=list)
    error: Exception | None = None
    gradients: dict[str, np.ndarray] = field(default_factory=dict)
    leaves: dict[str, int] = field(default_factory=dict)  # which of the leaves made in the program each is

    @property
    def told(self) -> list[Any]:
        """Warnings and error, in order."""
        return [*self.warnings, *([self.error] if self.error else [])]

    @property
    def text(self) -> str:
        """All of it, as the golden files have it."""
        parts = [f"{type(each).__name__}: {each}" for each in self.told]
        if not self.error:
            gradients = [f"  {name}.grad = {rounded(g)}" for name, g in self.gradients.items()]
            parts.append("\n".join(["runs to its end", *gradients]))
        return "\n\n".join(parts).replace(f"{HERE / 'programs'}{os.sep}", "") + "\n"


def rounded(array: np.ndarray) -> Any:
    """Nested lists of numbers with five digits."""
    return np.vectorize(lambda x: float(f"{x:.5g}") + 0.0, otypes=[float])(array).tolist()


def expected_path(name: str, policy: str) -> Path:
    """The golden file of a program under a policy."""
    return HERE / "expected" / policy / f"{name}.txt"


def marked(name: str) -> dict[int, set[str]]:
    """The words of the comments at the ends of a program's lines, by line: the parts that the lines play."""
    lines = (HERE / "programs" / f"{name}.py").read_text(encoding="utf-8").splitlines()
    return {
        number: {word.strip() for word in line.rpartition("  # ")[2].split(",")}
        for number, line in enumerate(lines, 1)
        if "  # " in line and "noqa" not in line
    }


def run(name: str, policy: str = "preserve") -> Outcome:
    """Runs a program, in double precision, as the script of its name."""
    path = HERE / "programs" / f"{name}.py"
    outcome = Outcome()
    names: dict[str, Any] = {"__name__": "__main__"}
    code = compile(path.read_text(encoding="utf-8"), str(path), "exec")
    with chdir(path.parent), _double(), mutagrad.set_overwrite_policy(policy), _leaves_made() as made:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                FunctionType(code, names)()
            except Exception as error:
                outcome.error = error.with_traceback(None)
        outcome.warnings = [each.message for each in caught if isinstance(each.message, UserWarning)]
        for full, tensor in _tensors(names):
            if tensor.requires_grad and tensor.is_leaf and tensor.grad is not None:
                outcome.gradients[full] = tensor.grad.detach().numpy().copy()
                outcome.leaves[full] = made.index(tensor._family.edge[2])
    return outcome


@contextmanager
def _double():
    before = mutagrad.get_default_dtype()
    mutagrad.set_default_dtype(mutagrad.float64)
    try:
        yield
    finally:
        mutagrad.set_default_dtype(before)


def _tensors(names: dict[str, Any]):
    """The tensors of a program by name, those in modules and lists too."""
    for name, value in names.items():
        if isinstance(value, Module):
            yield from ((f"{name}.{part}", tensor) for part, tensor in value.named_parameters())
        elif isinstance(value, Tensor):
            yield name, value
        elif isinstance(value, list):
            yield from ((f"{name}[{i}]", each) for i, each in enumerate(value) if isinstance(each, Tensor))


# Gradients by finite differences --------------------------------------------------------------------------------------


@contextmanager
def _leaves_made(change=None):
    """The leaves in the order of their making; `change(array)` is done to number `leaf` as soon as it has its values."""
    made: list[Leaf] = []
    original = Leaf.__init__
    number, alter = change or (None, None)

    def init(self, key, tensor, array, storage):
        original(self, key, tensor, array, storage)
        made.append(self)
        if len(made) - 1 == number and not isinstance(tensor, Parameter):
            alter(array)

    def around(operation, inputs, values, call, suffix):
        # A parameter is given its values after it was made: it is altered when it is first used.
        nonlocal number
        leaf = made[number] if number is not None and number < len(made) else None
        given = inputs[0] if operation.sequence else inputs
        if (
            leaf is not None
            and modes.grad
            and isinstance(leaf.tensor(), Parameter)
            and any(_is_of(leaf, x) for x in given)
        ):
            number = None
            alter(leaf.array)
        return call()

    Leaf.__init__ = init
    if change:
        modes.around_calls = (*modes.around_calls, around)
        count_extra(1)
    try:
        yield made
    finally:
        Leaf.__init__ = original
        if change:
            modes.around_calls = modes.around_calls[:-1]
            count_extra(-1)


def _is_of(leaf: Leaf, x: Any) -> bool:
    edge = x._family.edge if isinstance(x, Tensor) else None
    return edge is not None and edge[2] is leaf


def finite_differences(name: str, leaves: dict[str, int]) -> dict[str, np.ndarray]:
    """The derivative of the sum of all that a program sends backward, for each of its leaves.

    What the program detaches is held at the value that it had.
    """
    detached: list[np.ndarray] = []
    loss, arrays = _loss(name, None, detached, replay=False)
    assert np.isfinite(loss)
    found = {}
    for full, number in leaves.items():
        gradient = np.zeros(arrays[number].shape)
        for place in np.ndindex(gradient.shape):
            ends = []
            for step in (STEP, -STEP):

                def alter(array, place=place, step=step):
                    array[place] += step

                ends.append(_loss(name, (number, alter), detached, replay=True)[0])
            gradient[place] = (ends[0] - ends[1]) / (2 * STEP)
        found[full] = gradient
    return found


def _loss(name: str, change: Any, detached: list[np.ndarray], replay: bool) -> tuple[float, list[np.ndarray]]:
    """The sum of what a program sends backward, with a change to one of its leaves."""
    path = HERE / "programs" / f"{name}.py"
    code = compile(path.read_text(encoding="utf-8"), str(path), "exec")
    module = sys.modules["mutagrad.autograd.backward"]
    fill, detach = module._fill, Tensor.detach
    values = iter(detached)
    total = 0.0

    def summed(outputs, *args):
        nonlocal total
        total += sum(float(output.detach()) for output in outputs)
        return fill(outputs, *args)

    def detach_as_before(self):
        if sys._getframe(1).f_code.co_filename != str(path):
            return detach(self)
        if replay:
            return mutagrad.tensor(next(values))
        detached.append(self._array.copy())
        return detach(self)

    module._fill, Tensor.detach = summed, detach_as_before
    try:
        with chdir(path.parent), _double(), warnings.catch_warnings(), _leaves_made(change) as made:
            warnings.simplefilter("ignore")
            FunctionType(code, {"__name__": "__main__"})()
    finally:
        module._fill, Tensor.detach = fill, detach
    return total, [leaf.array for leaf in made]
