"""Mixed precision: `autocast`, which leaves dtypes as they are here, and `GradScaler`."""

from mutagrad.amp.autocasting import autocast
from mutagrad.amp.scaling import GradScaler
