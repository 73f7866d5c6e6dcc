"""What `mutagrad.nn.functional` offers. Written by `tools/write_stubs.py`: not to be edited."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.tensor import Tensor
from mutagrad.nn.functional import activation as activation
from mutagrad.nn.functional.pooling import adaptive_avg_pool1d as adaptive_avg_pool1d
from mutagrad.nn.functional.pooling import adaptive_avg_pool2d as adaptive_avg_pool2d
from mutagrad.nn.functional.pooling import adaptive_avg_pool3d as adaptive_avg_pool3d
from mutagrad.nn.functional.pooling import adaptive_max_pool1d as adaptive_max_pool1d
from mutagrad.nn.functional.pooling import adaptive_max_pool1d_with_indices as adaptive_max_pool1d_with_indices
from mutagrad.nn.functional.pooling import adaptive_max_pool2d as adaptive_max_pool2d
from mutagrad.nn.functional.pooling import adaptive_max_pool2d_with_indices as adaptive_max_pool2d_with_indices
from mutagrad.nn.functional.pooling import adaptive_max_pool3d as adaptive_max_pool3d
from mutagrad.nn.functional.pooling import adaptive_max_pool3d_with_indices as adaptive_max_pool3d_with_indices
from mutagrad.nn.functional.grid_sampling import affine_grid as affine_grid
from mutagrad.nn.functional.grid_sampling import affine_grid_generator as affine_grid_generator
from mutagrad.nn.functional.dropout import alpha_dropout as alpha_dropout
from mutagrad.nn.functional.dropout import alpha_dropout_ as alpha_dropout_
from mutagrad.nn.functional import attention as attention
from mutagrad.nn.functional.pooling import avg_pool1d as avg_pool1d
from mutagrad.nn.functional.pooling import avg_pool2d as avg_pool2d
from mutagrad.nn.functional.pooling import avg_pool3d as avg_pool3d
from mutagrad.nn.functional.normalization import batch_norm as batch_norm
from mutagrad.nn.functional.layer import bilinear as bilinear
from mutagrad.nn.functional.classification import binary_cross_entropy as binary_cross_entropy
from mutagrad.nn.functional.classification import binary_cross_entropy_with_logits as binary_cross_entropy_with_logits
from mutagrad.ops.activation import celu as celu
from mutagrad.nn.functional.activation import celu_ as celu_
from mutagrad.nn.functional.folding import channel_shuffle as channel_shuffle
from mutagrad.nn.functional import classification as classification
from mutagrad.nn.functional.padding import constant_pad_nd as constant_pad_nd
from mutagrad.ops.convolution import conv1d as conv1d
from mutagrad.ops.convolution import conv2d as conv2d
from mutagrad.ops.convolution import conv3d as conv3d
from mutagrad.ops.convolution import conv_tbc as conv_tbc
from mutagrad.ops.convolution import conv_transpose1d as conv_transpose1d
from mutagrad.ops.convolution import conv_transpose2d as conv_transpose2d
from mutagrad.ops.convolution import conv_transpose3d as conv_transpose3d
from mutagrad.nn.functional.distances import cosine_embedding_loss as cosine_embedding_loss
from mutagrad.nn.functional.layer import cosine_similarity as cosine_similarity
from mutagrad.nn.functional.classification import cross_entropy as cross_entropy
from mutagrad.nn.functional.likelihoods import ctc_loss as ctc_loss
from mutagrad.nn.functional import distances as distances
from mutagrad.nn.functional.dropout import dropout as dropout
from mutagrad.nn.functional.dropout import dropout1d as dropout1d
from mutagrad.nn.functional.dropout import dropout2d as dropout2d
from mutagrad.nn.functional.dropout import dropout3d as dropout3d
from mutagrad.nn.functional.dropout import dropout_ as dropout_
from mutagrad.ops.activation import elu as elu
from mutagrad.nn.functional.activation import elu_ as elu_
from mutagrad.nn.functional.embedding import embedding as embedding
from mutagrad.nn.functional.embedding import embedding_bag as embedding_bag
from mutagrad.nn.functional.embedding import embedding_renorm_ as embedding_renorm_
from mutagrad.nn.functional.dropout import feature_alpha_dropout as feature_alpha_dropout
from mutagrad.nn.functional.dropout import feature_alpha_dropout_ as feature_alpha_dropout_
from mutagrad.nn.functional.dropout import feature_dropout as feature_dropout
from mutagrad.nn.functional.dropout import feature_dropout_ as feature_dropout_
from mutagrad.nn.functional.folding import fold as fold
from mutagrad.nn.functional import folding as folding
from mutagrad.nn.functional.fractional_pooling import fractional_max_pool2d as fractional_max_pool2d
from mutagrad.nn.functional.fractional_pooling import fractional_max_pool2d_with_indices as fractional_max_pool2d_with_indices
from mutagrad.nn.functional.fractional_pooling import fractional_max_pool3d as fractional_max_pool3d
from mutagrad.nn.functional.fractional_pooling import fractional_max_pool3d_with_indices as fractional_max_pool3d_with_indices
from mutagrad.nn.functional import fractional_pooling as fractional_pooling
from mutagrad.nn.functional.likelihoods import gaussian_nll_loss as gaussian_nll_loss
from mutagrad.nn.functional.activation import glu as glu
from mutagrad.nn.functional.grid_sampling import grid_sample as grid_sample
from mutagrad.nn.functional.grid_sampling import grid_sampler as grid_sampler
from mutagrad.nn.functional.grid_sampling import grid_sampler as _grid_sampler_2d
grid_sampler_2d = _grid_sampler_2d
from mutagrad.nn.functional.grid_sampling import grid_sampler as _grid_sampler_3d
grid_sampler_3d = _grid_sampler_3d
from mutagrad.nn.functional import grid_sampling as grid_sampling
from mutagrad.nn.functional.normalization import group_norm as group_norm
from mutagrad.nn.functional.activation import gumbel_softmax as gumbel_softmax
from mutagrad.nn.functional.activation import hardsigmoid as hardsigmoid
from mutagrad.nn.functional.activation import hardswish as hardswish
from mutagrad.nn.functional.activation import hardtanh as hardtanh
from mutagrad.nn.functional.activation import hardtanh_ as hardtanh_
from mutagrad.nn.functional.margins import hinge_embedding_loss as hinge_embedding_loss
from mutagrad.nn.functional.regression import huber_loss as huber_loss
from mutagrad.nn.functional.normalization import instance_norm as instance_norm
from mutagrad.nn.functional.interpolation import interpolate as interpolate
from mutagrad.nn.functional import interpolation as interpolation
from mutagrad.nn.functional.classification import kl_div as kl_div
from mutagrad.nn.functional.regression import l1_loss as l1_loss
from mutagrad.nn.functional import layer as layer
from mutagrad.nn.functional.normalization import layer_norm as layer_norm
from mutagrad.ops.activation import leaky_relu as leaky_relu
from mutagrad.nn.functional.activation import leaky_relu_ as leaky_relu_
from mutagrad.nn.functional import likelihoods as likelihoods
from mutagrad.ops.linear import linear as linear
from mutagrad.nn.functional.likelihoods import linear_cross_entropy as linear_cross_entropy
from mutagrad.nn.functional.normalization import local_response_norm as local_response_norm
from mutagrad.nn.functional.activation import log_softmax as log_softmax
from mutagrad.nn.functional.margins import margin_ranking_loss as margin_ranking_loss
from mutagrad.nn.functional import margins as margins
from mutagrad.nn.functional.pooling import max_pool1d as max_pool1d
from mutagrad.nn.functional.pooling import max_pool1d_with_indices as max_pool1d_with_indices
from mutagrad.nn.functional.pooling import max_pool2d as max_pool2d
from mutagrad.nn.functional.pooling import max_pool2d_with_indices as max_pool2d_with_indices
from mutagrad.nn.functional.pooling import max_pool3d as max_pool3d
from mutagrad.nn.functional.pooling import max_pool3d_with_indices as max_pool3d_with_indices
from mutagrad.nn.functional.activation import mish as mish
from mutagrad.nn.functional.regression import mse_loss as mse_loss
from mutagrad.nn.functional.attention import multi_head_attention_forward as multi_head_attention_forward
from mutagrad.nn.functional.margins import multi_margin_loss as multi_margin_loss
from mutagrad.nn.functional.margins import multilabel_margin_loss as multilabel_margin_loss
from mutagrad.nn.functional.margins import multilabel_soft_margin_loss as multilabel_soft_margin_loss
from mutagrad.nn.functional.normalization import native_batch_norm as native_batch_norm
from mutagrad.nn.functional.folding import channel_shuffle as _native_channel_shuffle
native_channel_shuffle = _native_channel_shuffle
from mutagrad.nn.functional.dropout import native_dropout as native_dropout
from mutagrad.nn.functional.normalization import native_group_norm as native_group_norm
from mutagrad.nn.functional.normalization import native_layer_norm as native_layer_norm
from mutagrad.nn.functional.classification import nll_loss as nll_loss
from mutagrad.nn.functional import normalization as normalization
from mutagrad.nn.functional.layer import normalize as normalize
from mutagrad.nn.functional.layer import one_hot as one_hot
from mutagrad.nn.functional.padding import pad as pad
from mutagrad.nn.functional import padding as padding
from mutagrad.nn.functional.distances import pairwise_distance as pairwise_distance
from mutagrad.nn.functional.distances import pdist as pdist
from mutagrad.nn.functional.folding import pixel_shuffle as pixel_shuffle
from mutagrad.nn.functional.folding import pixel_unshuffle as pixel_unshuffle
from mutagrad.nn.functional.likelihoods import poisson_nll_loss as poisson_nll_loss
from mutagrad.nn.functional import pooling as pooling
from mutagrad.ops.activation import prelu as prelu
from mutagrad.nn.functional import reductions as reductions
from mutagrad.nn.functional import regression as regression
from mutagrad.nn.functional.activation import relu as relu
from mutagrad.nn.functional.activation import relu6 as relu6
from mutagrad.nn.functional.normalization import rms_norm as rms_norm
from mutagrad.nn.functional.activation import rrelu as rrelu
from mutagrad.nn.functional.activation import rrelu_ as rrelu_
from mutagrad.nn.functional.attention import scaled_dot_product_attention as scaled_dot_product_attention
from mutagrad.ops.activation import selu as selu
from mutagrad.nn.functional.activation import selu_ as selu_
from mutagrad.nn.functional.activation import silu as silu
from mutagrad.nn.functional.regression import smooth_l1_loss as smooth_l1_loss
from mutagrad.nn.functional.margins import soft_margin_loss as soft_margin_loss
from mutagrad.nn.functional.activation import softmax as softmax
from mutagrad.nn.functional.activation import softmin as softmin
from mutagrad.ops.activation import softsign as softsign
from mutagrad.ops.activation import tanhshrink as tanhshrink
from mutagrad.ops.activation import threshold as threshold
from mutagrad.nn.functional.activation import threshold_ as threshold_
from mutagrad.nn.functional.distances import triplet_margin_loss as triplet_margin_loss
from mutagrad.nn.functional.distances import triplet_margin_with_distance_loss as triplet_margin_with_distance_loss
from mutagrad.nn.functional.folding import unfold as unfold
from mutagrad.nn.functional.interpolation import upsample as upsample
from mutagrad.nn.functional.interpolation import upsample_bilinear as upsample_bilinear
from mutagrad.nn.functional.interpolation import upsample_nearest as upsample_nearest
def gelu(input: Tensor, *, approximate: Any = ..., out: Any = ...) -> Tensor:
    """`input` times the normal distribution function of it; with `approximate='tanh'` nearly so."""
def hardshrink(input: Tensor, lambd: Any = ..., *, out: Any = ...) -> Tensor:
    """`input`, but zero from `-lambd` to `lambd`."""
def logsigmoid(input: Tensor, *, out: Any = ...) -> Tensor:
    """The logarithm of the sigmoid."""
def relu_(input: Tensor) -> Tensor:
    """In-place form of `relu`."""
def sigmoid(input: Tensor, *, out: Any = ...) -> Tensor:
    """The logistic function `1 / (1 + exp(-input))`."""
def softplus(input: Tensor, beta: Any = ..., threshold: Any = ..., *, out: Any = ...) -> Tensor:
    """`log(1 + exp(beta * input)) / beta`, and `input` itself where `beta * input` is above `threshold`."""
def softshrink(input: Tensor, lambd: Any = ..., *, out: Any = ...) -> Tensor:
    """`input` moved by `lambd` towards zero, and zero from `-lambd` to `lambd`."""
def tanh(input: Tensor, *, out: Any = ...) -> Tensor:
    """The hyperbolic tangent."""
