"""The functions that layers and losses are made of, without state of their own."""

from mutagrad.nn.functional.activation import *
from mutagrad.nn.functional.attention import *
from mutagrad.nn.functional.classification import *
from mutagrad.nn.functional.distances import *
from mutagrad.nn.functional.dropout import *
from mutagrad.nn.functional.embedding import *
from mutagrad.nn.functional.folding import *
from mutagrad.nn.functional.fractional_pooling import *
from mutagrad.nn.functional.grid_sampling import *
from mutagrad.nn.functional.interpolation import *
from mutagrad.nn.functional.layer import *
from mutagrad.nn.functional.likelihoods import *
from mutagrad.nn.functional.margins import *
from mutagrad.nn.functional.normalization import *
from mutagrad.nn.functional.padding import *
from mutagrad.nn.functional.pooling import *
from mutagrad.nn.functional.regression import *
from mutagrad.ops.convolution import (
    conv1d,
    conv2d,
    conv3d,
    conv_tbc,
    conv_transpose1d,
    conv_transpose2d,
    conv_transpose3d,
)
