"""What `mutagrad.backends` offers. Written by `tools/write_stubs.py`: not to be edited."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.tensor import Tensor
from mutagrad.backends import absent as absent
from mutagrad.backends import cuda as cuda
from mutagrad.backends import cudnn as cudnn
from mutagrad.backends import mkl as mkl
from mutagrad.backends import mps as mps
