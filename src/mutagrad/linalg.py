"""Linear algebra under the names of `torch.linalg`."""

from mutagrad.ops.contractions import linalg_cross as cross
from mutagrad.ops.contractions import multi_dot
from mutagrad.ops.norms import vector_norm
from mutagrad.ops.products import matmul
from mutagrad.ops.products import vecdot
from mutagrad.ops.views import diagonal

__all__ = ["cross", "diagonal", "matmul", "multi_dot", "vecdot", "vector_norm"]
