"""mutagrad: tensors and autograd in the shape of PyTorch, with in-place operations first-class.

    import mutagrad as torch

Ordinary PyTorch programs run unchanged. See `docs/design.md` for how it works.
"""

from mutagrad import collector

collector.relax()  # before the rest, which makes many objects

from mutagrad import _C, allocator, autograd, random, version
from mutagrad.caution import is_warn_always_enabled, set_warn_always
from mutagrad.deferred import on_first_use as _on_first_use
from mutagrad.device import (
    channels_last,
    channels_last_3d,
    contiguous_format,
    device,
    memory_format,
    preserve_format,
    strided,
)
from mutagrad.dtypes import *
from mutagrad.dtypes import bool_ as bool
from mutagrad.dtypes import float32 as float
from mutagrad.dtypes import int32 as int
from mutagrad.modes import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from mutagrad.ops.activation import *
from mutagrad.ops.arithmetic import *
from mutagrad.ops.bounds import *
from mutagrad.ops.callables import *
from mutagrad.ops.comparison import *
from mutagrad.ops.complex import *
from mutagrad.ops.construction import *
from mutagrad.ops.contractions import *
from mutagrad.ops.conversion import *
from mutagrad.ops.convolution import *
from mutagrad.ops.copies import *
from mutagrad.ops.counting import *
from mutagrad.ops.covariance import *
from mutagrad.ops.creation import *
from mutagrad.ops.determinants import *
from mutagrad.ops.diagonals import *
from mutagrad.ops.distributions import *
from mutagrad.ops.einsum import *
from mutagrad.ops.exponential import *
from mutagrad.ops.extremes import *
from mutagrad.ops.factoring import *
from mutagrad.ops.gathering import *
from mutagrad.ops.grids import *
from mutagrad.ops.histograms import *
from mutagrad.ops.indexing import *
from mutagrad.ops.inplace import *
from mutagrad.ops.integrals import *
from mutagrad.ops.joining import *
from mutagrad.ops.layout import *
from mutagrad.ops.least_squares import *
from mutagrad.ops.linear import *
from mutagrad.ops.logic import *
from mutagrad.ops.loss import *
from mutagrad.ops.low_rank import *
from mutagrad.ops.matrix_functions import *
from mutagrad.ops.memory import *
from mutagrad.ops.moments import *
from mutagrad.ops.norms import *
from mutagrad.ops.orthogonal import *
from mutagrad.ops.parts import *
from mutagrad.ops.pickling import *
from mutagrad.ops.powers import *
from mutagrad.ops.product_sums import *
from mutagrad.ops.products import *
from mutagrad.ops.putting import *
from mutagrad.ops.random import *
from mutagrad.ops.random_filling import *
from mutagrad.ops.ranges import *
from mutagrad.ops.rearranging import *
from mutagrad.ops.reduction import *
from mutagrad.ops.removed import *
from mutagrad.ops.resizing import *
from mutagrad.ops.rounding import *
from mutagrad.ops.scan import *
from mutagrad.ops.scattering import *
from mutagrad.ops.segments import *
from mutagrad.ops.selection import *
from mutagrad.ops.shaping import *
from mutagrad.ops.sharing import *
from mutagrad.ops.short_time import *
from mutagrad.ops.softmax import *
from mutagrad.ops.solving import *
from mutagrad.ops.sorting import *
from mutagrad.ops.special import *
from mutagrad.ops.spectral import *
from mutagrad.ops.striding import *
from mutagrad.ops.trigonometric import *
from mutagrad.ops.views import *
from mutagrad.ops.windows import *
from mutagrad.ops.writing import *
from mutagrad.overwrite import get_overwrite_policy, overwrite_statistics, set_overwrite_policy
from mutagrad.printing import set_printoptions
from mutagrad.report.errors import AutogradError, OverwrittenError
from mutagrad.report.traps import AutogradWarning
from mutagrad.settings import *
from mutagrad.tensor import Size, Tensor
from mutagrad.version import __version__

allocator.keep_freed_memory()

__getattr__, __dir__ = _on_first_use(
    __name__,
    {
        "mutagrad": """
        accelerator amp backends cuda distributed distributions fft func jit linalg masked nn onnx optim profiler safetensors
        serialization signal special testing utils
        """,
        "mutagrad.amp.autocasting": "autocast",
        "mutagrad.autograd.anomaly_mode": "is_anomaly_check_nan_enabled is_anomaly_enabled set_anomaly_enabled",
        "mutagrad.bookkeeping": "ledger",
        "mutagrad.held": "saved_statistics",
        "mutagrad.func": "vmap",
        "mutagrad.guards": "freeze watch",
        "mutagrad.installation": "install_as_torch",
        "mutagrad.nn.functional": """
        adaptive_avg_pool1d adaptive_max_pool1d affine_grid_generator alpha_dropout alpha_dropout_ avg_pool1d
        batch_norm bilinear celu celu_ channel_shuffle constant_pad_nd cosine_embedding_loss cosine_similarity
        ctc_loss dropout dropout_ embedding_bag embedding_renorm_ feature_alpha_dropout feature_alpha_dropout_
        feature_dropout feature_dropout_ grid_sampler grid_sampler_2d grid_sampler_3d group_norm hardshrink
        hinge_embedding_loss instance_norm kl_div layer_norm margin_ranking_loss max_pool1d
        max_pool1d_with_indices max_pool2d max_pool3d native_batch_norm native_channel_shuffle native_dropout
        native_group_norm native_layer_norm pairwise_distance pdist pixel_shuffle pixel_unshuffle
        poisson_nll_loss relu_ rms_norm rrelu rrelu_ selu selu_ threshold threshold_ triplet_margin_loss
        """,
        "mutagrad.nn.steps": "gru_cell lstm_cell rnn_relu_cell rnn_tanh_cell",
        "mutagrad.pictures": "draw",
        "mutagrad.report.guarded": "FrozenError",
        "mutagrad.serialization": "load save",
    },
)
__all__ = [name for name in __dir__() if not name.startswith("_")]  # pyright: ignore[reportUnsupportedDunderAll]
