"""How mutagrad says where: places in the user's program, and the errors told with them."""

from .errors import (
    AutogradError,
    Origin,
    Overwrite,
    OverwrittenError,
    complex_output,
    freed_graph,
    gradient_count,
    gradient_dtype,
    gradient_shape,
    input_without_grad,
    leaf_in_place,
    no_graph,
    non_scalar_output,
    overwritten,
    restricted_view,
    unused_input,
)
from .names import written_name
from .regions import Region, describe_region
from .spans import Span, caller_position, caller_span
from .story import Part, Story, draw

__all__ = [
    "AutogradError",
    "Origin",
    "Overwrite",
    "OverwrittenError",
    "Part",
    "Region",
    "Span",
    "Story",
    "caller_position",
    "caller_span",
    "complex_output",
    "describe_region",
    "draw",
    "freed_graph",
    "gradient_count",
    "gradient_dtype",
    "gradient_shape",
    "input_without_grad",
    "leaf_in_place",
    "no_graph",
    "non_scalar_output",
    "overwritten",
    "restricted_view",
    "unused_input",
    "written_name",
]
