"""What programs ask and set of the libraries behind PyTorch: none of them is here, and settings have no effect.

>>> mps.is_available(), cudnn.is_available()
(False, False)
"""

from mutagrad.backends import cuda, cudnn, mkl, mps
