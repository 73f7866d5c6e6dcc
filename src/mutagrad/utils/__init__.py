"""What surrounds training: data sets and their loading, in the shape of `torch.utils`."""

from mutagrad.utils import checkpoint, data, dlpack
