"""Networks: modules, their parameters, layers and losses, in the shape of `torch.nn`."""

from mutagrad.nn import functional, init, parameter, utils
from mutagrad.nn.activations import *
from mutagrad.nn.adaptive import AdaptiveLogSoftmaxWithLoss, LinearCrossEntropyLoss, LinearCrossEntropyOptions
from mutagrad.nn.attention import MultiheadAttention
from mutagrad.nn.batchnorm import *
from mutagrad.nn.containers import ModuleDict, ModuleList, ParameterDict, ParameterList, Sequential
from mutagrad.nn.conv import *
from mutagrad.nn.distance import CosineSimilarity, PairwiseDistance
from mutagrad.nn.dropout import *
from mutagrad.nn.embedding import Embedding, EmbeddingBag
from mutagrad.nn.layers import Bilinear, Identity, Linear
from mutagrad.nn.lazy import *
from mutagrad.nn.losses import *
from mutagrad.nn.module import Module
from mutagrad.nn.normalization import *
from mutagrad.nn.paddings import *
from mutagrad.nn.parallel import DataParallel
from mutagrad.nn.parameter import Buffer, Parameter, UninitializedBuffer, UninitializedParameter
from mutagrad.nn.pooling import *
from mutagrad.nn.recurrent import GRU, LSTM, RNN, GRUCell, LSTMCell, RNNBase, RNNCell, RNNCellBase
from mutagrad.nn.reshaping import *
from mutagrad.nn.transformer import (
    Transformer,
    TransformerDecoder,
    TransformerDecoderLayer,
    TransformerEncoder,
    TransformerEncoderLayer,
)

from mutagrad.nn import modules, parallel  # isort: skip
