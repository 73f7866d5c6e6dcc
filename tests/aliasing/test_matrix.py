"""The alias matrix: orders of making an alias, reading, writing and backward, times everything in `kinds.py`.

Every cell gives the right gradient or the right error under every policy, and never an error, or a copy, where no
element that a gradient needs was written.
"""

import pytest

import mutagrad

from .cells import cells, verdict
from .functions import functions
from .kinds import BASES


@pytest.mark.parametrize("policy", ["preserve", "error", "torch"])
@pytest.mark.parametrize("base", BASES, ids=lambda base: base.name)
def test_every_cell_is_right_or_raises(base, policy):
    """The first few cells that are not are printed as programs."""
    wrong = []
    defined = functions(mutagrad)
    for cell in cells(base):
        expected = cell.expected()
        if expected is not None and (text := verdict(cell, expected, policy, mutagrad, defined)):
            wrong.append("\n".join([*cell.lines(), f"# {text}"]))

    assert not wrong, f"{len(wrong)} cells, such as\n\n" + "\n\n".join(wrong[:3])
