"""Arrays with hidden dimensions, one for each open level of `vmap`."""

from mutagrad.batched.array import (
    NO_MASK,
    NO_WRITE,
    Batched,
    aligned,
    drawn,
    drawn_from,
    empty_like,
    levels_of,
    matched,
    physical_of,
    reach,
    union,
    widened,
    zeros_for_samples,
)
from mutagrad.batched.levels import Level, Unbatchable, closed, entered, opened, state
