"""All samples, by family. To add one, write a line:

    *operation("atan2", quadrants=call(literal([1.0, -1.0]), literal([1.0, 1.0])))

in the family's file, then run `python tools/record_operations.py` where PyTorch is installed.
`call(...)` holds the arguments, with `normal(2, 3)` and its like for tensors; `.of("int64")` gives one a dtype of its
own, `.laid("transposed")` a layout; `call(...).but(smooth=False)` marks a kink, where finite differences do not hold;
the other options are those of `Sample`. In-place, method and `out=` forms need no line: the recorder tries them.
"""

from . import arithmetic, elementary, indexing, linear, operators, reduction, shape

FAMILIES = {
    "arithmetic": arithmetic.SAMPLES,
    "operators": operators.SAMPLES,
    "elementary": elementary.SAMPLES,
    "reduction": reduction.SAMPLES,
    "linear": linear.SAMPLES,
    "indexing": indexing.SAMPLES,
    "shape": shape.SAMPLES,
}
SAMPLES = [sample for family in FAMILIES.values() for sample in family]
POINTWISE = [*arithmetic.POINTWISE, *elementary.POINTWISE]
REDUCTIONS = reduction.SAMPLES
