"""What `mutagrad.testing` offers. Written by `tools/write_stubs.py`: not to be edited."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.tensor import Tensor
from mutagrad.testing.comparison import assert_close as assert_close
from mutagrad.testing import comparison as comparison
