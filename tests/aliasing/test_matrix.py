"""The alias matrix: orders of making an alias, reading, writing and backward, times everything in `kinds.py`.

Every cell gives the right gradient or the right error under every policy, and never an error, or a copy, where no
element that a gradient needs was written. That the model agrees with PyTorch is measured by
`python -m tests.aliasing.against_pytorch`.
"""

import pytest

import mutagrad

from .cells import cells, verdict
from .functions import functions
from .kinds import BASES, ORDERS


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("base", BASES, ids=lambda base: base.name)
def test_every_cell_is_right_or_raises(base, order):
    """Those cells that are neither are printed as programs, the first few."""
    wrong = []
    defined = functions(mutagrad)
    for cell in cells(base, order):
        expected = cell.expected()
        for policy in ("preserve", "error", "torch") if expected is not None else ():
            if text := verdict(cell, expected, policy, mutagrad, defined):
                wrong.append("\n".join([f"# {policy}", *cell.lines(), f"# {text}"]))

    assert not wrong, f"{len(wrong)} cells, such as\n\n" + "\n\n".join(wrong[:3])
