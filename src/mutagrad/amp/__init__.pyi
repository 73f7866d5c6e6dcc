"""What `mutagrad.amp` offers. Written by `tools/write_stubs.py`: not to be edited."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.tensor import Tensor
from mutagrad.amp.scaling import GradScaler as GradScaler
from mutagrad.amp.autocasting import autocast as autocast
from mutagrad.amp import autocasting as autocasting
from mutagrad.amp import of_cuda as of_cuda
from mutagrad.amp import scaling as scaling
