"""What `mutagrad.optim.schedules` offers. Written by `tools/write_stubs.py`: not to be edited."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.tensor import Tensor
from mutagrad.optim.schedules import base as base
from mutagrad.optim.schedules import composed as composed
from mutagrad.optim.schedules import cyclic as cyclic
from mutagrad.optim.schedules import plateau as plateau
from mutagrad.optim.schedules import simple as simple
