"""The module under test: mutagrad, or another with PyTorch's names.

`MUTAGRAD_TEST_MODULE=torch pytest tests/operations` runs the bench on PyTorch itself and so proves the bench: every
test must pass there. Tests say `from .under_test import torch` and are written as a PyTorch program is.
"""

import importlib
import os

torch = importlib.import_module(os.environ.get("MUTAGRAD_TEST_MODULE", "mutagrad"))
