"""Linear algebra under the names of `torch.linalg`."""

from mutagrad.ops.contractions import linalg_cross as cross
from mutagrad.ops.contractions import multi_dot
from mutagrad.ops.norms import vector_norm
from mutagrad.ops.products import matmul, vecdot
from mutagrad.ops.striding import linalg_diagonal as diagonal

__all__ = ["cross", "diagonal", "matmul", "multi_dot", "vecdot", "vector_norm"]
