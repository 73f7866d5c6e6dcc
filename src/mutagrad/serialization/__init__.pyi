"""What `mutagrad.serialization` offers. Written by `tools/write_stubs.py`: not to be edited."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.tensor import Tensor
from mutagrad.serialization.unpickling import add_safe_globals as add_safe_globals
from mutagrad.serialization.unpickling import clear_safe_globals as clear_safe_globals
from mutagrad.serialization.unpickling import get_safe_globals as get_safe_globals
from mutagrad.serialization.reading import load as load
from mutagrad.serialization import names as names
from mutagrad.serialization import reading as reading
from mutagrad.serialization.unpickling import safe_globals as safe_globals
from mutagrad.serialization.writing import save as save
from mutagrad.serialization import unpickling as unpickling
from mutagrad.serialization import writing as writing
