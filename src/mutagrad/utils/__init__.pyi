"""What `mutagrad.utils` offers. Written by `tools/write_stubs.py`: not to be edited."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.tensor import Tensor
from mutagrad.utils import checkpoint as checkpoint
from mutagrad.utils import data as data
from mutagrad.utils import dlpack as dlpack
from mutagrad.utils import recomputation as recomputation
from mutagrad.utils import selective as selective
