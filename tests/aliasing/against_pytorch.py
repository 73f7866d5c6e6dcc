"""Measures how far the model of the matrix agrees with PyTorch: `python -m tests.aliasing.against_pytorch`.

Every cell that PyTorch allows is run there twice. With a copy made of all that is saved for backward PyTorch has
nothing to miss: the gradient must be the model's. As it is, PyTorch raises where it sees that a storage was written;
there the policy "torch" must raise too. Where it does not raise, it is right or has missed a write that went through
`.data` or NumPy. Prints the counts, and the cells that disagree.
"""

import warnings
from collections import Counter

import numpy as np

import mutagrad

from .cells import HEADLINE, Run, cells
from .functions import functions
from .kinds import BASES, ORDERS


def outcome(library, defined, cell, gradient):
    """What a run of the cell comes to: "right", "wrong" or "raises"; anything else is the text of another error."""
    try:
        run = Run(library, defined).execute(cell)
    except RuntimeError as error:
        return "raises" if str(error).startswith(HEADLINE) else str(error).split("\n")[0][:100]
    return "right" if np.allclose(run.gradient, gradient, rtol=1e-10, atol=1e-10) else "wrong"


def compare(torch, cell, ours, theirs):
    """What PyTorch makes of the cell with copies and without, and what mutagrad does under the policy "torch"."""
    gradient, _ = cell.expected()
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t.detach().clone(), lambda t: t):
        with_copies = outcome(torch, theirs, cell, gradient)
    with mutagrad.set_overwrite_policy("torch"):
        return with_copies, outcome(torch, theirs, cell, gradient), outcome(mutagrad, ours, cell, gradient)


def main():
    import torch  # only this script needs it

    ours, theirs = functions(mutagrad), functions(torch)
    for base in BASES:
        counts = Counter()
        for order in ORDERS:
            for cell in cells(base, order):
                if cell.writer.in_pytorch and cell.expected() is not None:
                    found = compare(torch, cell, ours, theirs)
                    counts[found] += 1
                    if found[0] != "right" or found[2] == "wrong":
                        print(f"# {found}", *cell.lines(), sep="\n", end="\n\n")
        print(f"{base.name}: with copies, without, policy torch")
        for found, count in counts.most_common():
            print(f"{count:8d}  {' | '.join(found)}")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
