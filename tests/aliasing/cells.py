"""A cell of the alias matrix: the program that it is, what the model makes of it, and what the library does.

`verdict` says in one line what is wrong, or None. The rule is the same for every cell: the right gradient or the right
error, an error only where something needed was written, memory as it was.
"""

from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np

from .kinds import READERS, SAVERS, WRITERS, WRITES, Alias, Base, K, Saver, Write, X
from .model import Sum

HEADLINE = "one of the variables needed for gradient computation has been modified by an inplace operation: "
# What PyTorch, and the policy "torch", says to a write through one of the views of a `split`.
MULTIPLE_VIEWS = "This view is the output of a function that returns multiple views."


@dataclass(frozen=True)
class Cell:
    """One combination of all sides but the policy."""

    base: Base
    reader: Alias
    saver: Saver
    writer: Alias
    write: Write
    order: str

    def lines(self):
        """The program, one line for each letter of the order."""
        within = {"made": ("with torch.no_grad(): ", ""), "used": ("", "with torch.no_grad(): ")}
        within |= {"": ("", ""), "both": ("with torch.no_grad(): ",) * 2}
        made, used = within[self.writer.no_grad]
        steps = {
            "R": f"r = {self.reader.text}",
            "A": f"{made}a = {self.writer.text}",
            "S": f"total = total + weighted({self.saver.text})",
            "W": used + (self.write.array if self.writer.is_array else self.write.tensor),
            "B": "gradients()",
        }
        return [self.base.make, "total = 0", *[steps[letter] for letter in self.order]]

    @property
    def is_exposed(self):
        """Whether NumPy shares the memory: then values are saved by value."""
        return self.writer.exposes or self.base.name == "NumPy memory"

    def expected(self):
        """The gradient, and the memory with what became of what was saved; None when no gradient is asked for."""
        memory, total = self.base.memory(), Sum()
        for letter in self.order:
            if letter == "S":
                self.saver.effect(memory, self.reader.cells, self.reader.has_history, total)
            elif letter == "W":
                self.write.effect(memory, self.writer.cells, self.writer.has_history)
        return (total.gradient, memory) if total.terms else None


def cells(base, order):
    """All cells of one base in one order."""
    for saver, reader, writer, write in product(base.savers, READERS, WRITERS, WRITES):
        if base.name == "leaf" and writer.has_history:
            continue  # Forbidden.
        if reader.fits(base) and writer.fits(base):
            yield Cell(base, reader, SAVERS[saver], writer, write, order)


class Run:
    """One run of a cell's program with the module `torch`: `gradient`, and whether a backward pass changed memory."""

    def __init__(self, torch, functions):
        self.torch = torch
        self.gradient = None
        self.changed_memory = False
        x = torch.tensor(X.tolist(), dtype=torch.float64, requires_grad=True)
        k = torch.tensor(K.tolist(), dtype=torch.float64, requires_grad=True)
        self.space = {"torch": torch, "np": np, "K": K, "x": x, "k": k, **functions}
        self.space |= {"weighted": self.weighted, "gradients": self.gradients}

    def execute(self, cell):
        for line in cell.lines():
            exec(_compiled(line), self.space)
        return self

    def weighted(self, y):
        """The sum of the elements of `y` with different weights; nothing when it has no history."""
        if not y.requires_grad:
            return 0
        weights = self.torch.tensor(np.linspace(1.0, 2.0, y.numel()).tolist(), dtype=self.torch.float64)
        return (y * weights.reshape(y.shape)).sum()

    def gradients(self):
        """Runs a backward pass, by `grad` and by `backward` in turns, and looks at the memory before and after."""
        x, k, h = (self.space[name] for name in "xkh")
        before = [each.tolist() for each in (x, k, h)]
        if self.gradient is None:
            found = self.torch.autograd.grad(self.space["total"], [x, k], retain_graph=True, allow_unused=True)
        else:
            x.grad = k.grad = None
            self.space["total"].backward(retain_graph=True)
            found = x.grad, k.grad
        self.changed_memory |= before != [each.tolist() for each in (x, k, h)]
        self.gradient = np.concatenate([np.zeros(12) if g is None else np.ravel(g.tolist()) for g in found])


@cache
def _compiled(line):
    return compile(line, "<cell>", "exec")


def verdict(cell, expected, policy, torch, functions):
    """What is wrong with the library's run of the cell under a policy; None when nothing is."""
    gradient, memory = expected
    may_raise = {"preserve": False, "error": memory.is_lost, "torch": memory.is_written}[policy]
    before = torch.overwrite_statistics()
    try:
        with torch.set_overwrite_policy(policy):
            run = Run(torch, functions).execute(cell)
    except RuntimeError as error:
        if policy == "torch" and not cell.writer.in_pytorch and MULTIPLE_VIEWS in str(error):
            return None
        if not may_raise:
            return f"a needless error: {error}"
        if not str(error).startswith(HEADLINE):
            return f"the wrong error: {error}"
        if error.saved_at is None or error.overwritten_at is None:
            return f"the error does not know where: {error}"
        return None
    if not np.allclose(run.gradient, gradient, rtol=1e-10, atol=1e-10):
        return f"a wrong gradient: {run.gradient}, not {gradient}"
    if run.changed_memory:
        return "backward changed memory"
    if not memory.is_lost and not cell.is_exposed and torch.overwrite_statistics() != before:
        return "a needless copy"
    return None
