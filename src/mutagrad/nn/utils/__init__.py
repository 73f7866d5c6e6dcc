"""What is done to modules and their parameters from outside, in the shape of `torch.nn.utils`."""

from mutagrad.nn.utils import parametrizations, parametrize, prune, rnn
from mutagrad.nn.utils.clip_grad import (
    clip_grad_norm,
    clip_grad_norm_,
    clip_grad_value_,
    clip_grads_with_norm_,
    get_total_norm,
)
from mutagrad.nn.utils.convert_parameters import parameters_to_vector, vector_to_parameters
from mutagrad.nn.utils.fusion import (
    fuse_conv_bn_eval,
    fuse_conv_bn_weights,
    fuse_linear_bn_eval,
    fuse_linear_bn_weights,
)
from mutagrad.nn.utils.init import skip_init
from mutagrad.nn.utils.spectral_norm import remove_spectral_norm, spectral_norm
from mutagrad.nn.utils.weight_norm import remove_weight_norm, weight_norm
