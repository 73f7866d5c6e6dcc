"""What `mutagrad.pictures` offers. Written by `tools/write_stubs.py`: not to be edited."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.tensor import Tensor
from mutagrad.pictures.drawing import Picture as Picture
from mutagrad.pictures.drawing import draw as draw
from mutagrad.pictures import drawing as drawing
from mutagrad.pictures import folding as folding
from mutagrad.pictures import graph as graph
