"""Programs find distributions where PyTorch has them."""

import subprocess
import sys

PROGRAM = """
import mutagrad
mutagrad.install_as_torch()
from torch.distributions import Categorical, Independent, Normal, kl_divergence
from torch.distributions.constraints import positive
from torch.distributions.kl import register_kl
from torch.distributions.multivariate_normal import MultivariateNormal
from torch.distributions.beta import Beta
from torch.distributions.transforms import TanhTransform
from torch.distributions.transformed_distribution import TransformedDistribution
from torch.distributions.normal import Normal as ByModule
import torch
assert ByModule is Normal is torch.distributions.Normal is mutagrad.distributions.Normal
"""


def test_imports_of_a_program():
    """Names and modules of `torch.distributions` import after `install_as_torch`."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
