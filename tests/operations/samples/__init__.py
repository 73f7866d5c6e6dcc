"""All samples, by family. To add one, write a line:

    *operation("atan2", quadrants=call(literal([1.0, -1.0]), literal([1.0, 1.0])))

in the family's file (or in a new one: every module here with a list `SAMPLES` is a family, recorded in files of its
own), then run `python tools/record_operations.py FAMILY` where PyTorch is installed.
`call(...)` holds the arguments, with `normal(2, 3)` and its like for tensors; `.of("int64")` gives one a dtype of its
own, `.laid("transposed")` a layout; `call(...).but(smooth=False)` marks a kink, where finite differences do not hold;
the other options are those of `Sample`. In-place, method and `out=` forms need no line: the recorder tries them.
"""

from importlib import import_module
from pkgutil import iter_modules

from ..sample import Sample
from . import arithmetic, elementary, reduction

FAMILIES: dict[str, list[Sample]] = {
    module.name: import_module(f"{__name__}.{module.name}").SAMPLES for module in iter_modules(__path__)
}
SAMPLES = [sample for family in FAMILIES.values() for sample in family]
POINTWISE = [*arithmetic.POINTWISE, *elementary.POINTWISE]
REDUCTIONS = reduction.SAMPLES
