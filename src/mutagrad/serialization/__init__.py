"""Saving and loading, in PyTorch's own file format.

`names` says under which names PyTorch's files know things, `writing` and `reading` are the two directions,
`unpickling` reads without running anything.
"""

from mutagrad.serialization.reading import load
from mutagrad.serialization.unpickling import (
    add_safe_globals,
    clear_safe_globals,
    get_safe_globals,
    safe_globals,
)
from mutagrad.serialization.writing import save
