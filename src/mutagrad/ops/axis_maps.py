"""`map_along`: a linear map along one axis, whose rule is the same with the transposed matrix. It saves nothing.

Interpolation, average pooling, `unfold` and `fold` are made of it.
"""

from __future__ import annotations

from typing import Any

from mutagrad.declaration import operation
from mutagrad.namespaces.axis_maps import AxisMap

__all__: list[str] = []


@operation(
    method=False,
    input=lambda xp, ct, matrix, dim: xp.map_along(ct, matrix.transpose, dim),
)
def map_along(xp: Any, input: Any, /, *, matrix: AxisMap, dim: int) -> Any:
    """The product of a sparse matrix with every line of `input` along `dim`."""
    return xp.map_along(input, matrix, dim)
