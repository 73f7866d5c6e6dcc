"""What `mutagrad.nn.utils` offers. Written by `tools/write_stubs.py`: not to be edited."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.tensor import Tensor
from mutagrad.nn.utils import clip_grad as clip_grad
from mutagrad.nn.utils.clip_grad import clip_grad_norm as clip_grad_norm
from mutagrad.nn.utils.clip_grad import clip_grad_norm_ as clip_grad_norm_
from mutagrad.nn.utils.clip_grad import clip_grad_value_ as clip_grad_value_
from mutagrad.nn.utils.clip_grad import clip_grads_with_norm_ as clip_grads_with_norm_
from mutagrad.nn.utils import convert_parameters as convert_parameters
from mutagrad.nn.utils.fusion import fuse_conv_bn_eval as fuse_conv_bn_eval
from mutagrad.nn.utils.fusion import fuse_conv_bn_weights as fuse_conv_bn_weights
from mutagrad.nn.utils.fusion import fuse_linear_bn_eval as fuse_linear_bn_eval
from mutagrad.nn.utils.fusion import fuse_linear_bn_weights as fuse_linear_bn_weights
from mutagrad.nn.utils import fusion as fusion
from mutagrad.nn.utils.clip_grad import get_total_norm as get_total_norm
from mutagrad.nn.utils import init as init
from mutagrad.nn.utils.convert_parameters import parameters_to_vector as parameters_to_vector
from mutagrad.nn.utils import parametrizations as parametrizations
from mutagrad.nn.utils import parametrize as parametrize
from mutagrad.nn.utils import prune as prune
from mutagrad.nn.utils.spectral_norm import remove_spectral_norm as remove_spectral_norm
from mutagrad.nn.utils.weight_norm import remove_weight_norm as remove_weight_norm
from mutagrad.nn.utils import rnn as rnn
from mutagrad.nn.utils.init import skip_init as skip_init
from mutagrad.nn.utils.spectral_norm import spectral_norm as spectral_norm
from mutagrad.nn.utils.convert_parameters import vector_to_parameters as vector_to_parameters
from mutagrad.nn.utils.weight_norm import weight_norm as weight_norm
