"""`install_as_torch`: programs with their own `import torch` run on this library, as they are.

`import torch`, and every module below it, then finds the module of the same place here; where files are called
differently here, `PLACES` says how.
"""

from __future__ import annotations

import importlib
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

__all__ = ["install_as_torch"]

PLACES = {
    "torch.multiprocessing": "multiprocessing",  # tensors are sent between processes by value
    "torch.cuda.amp": "mutagrad.amp.of_cuda",
    "torch.amp.autocast_mode": "mutagrad.amp.autocasting",
    "torch.amp.grad_scaler": "mutagrad.amp.scaling",
    "torch.utils.data._utils": "mutagrad.utils.data",
    "torch.utils.data._utils.collate": "mutagrad.utils.data.collate",
    "torch.utils.hooks": "mutagrad.autograd.hooks",
    **{f"torch.optim.{name}": "mutagrad.optim.adagrad" for name in ("adadelta", "rmsprop")},
    **{f"torch.optim.{name}": "mutagrad.optim.adam" for name in ("adamax", "adamw", "nadam", "radam")},
    "torch.optim.asgd": "mutagrad.optim.rprop",
    "torch.distributions.kl": "mutagrad.distributions.divergence",
    "torch.distributions.mixture_same_family": "mutagrad.distributions.mixture",
    "torch.distributions.transformed_distribution": "mutagrad.distributions.transformed",
    "torch.distributions.utils": "mutagrad.distributions.parameters",
    **{
        f"torch.distributions.{name}": f"mutagrad.distributions.{place}"
        for place, names in (
            ("bounded", ("exponential", "uniform")),
            ("categorical", ("multinomial", "one_hot_categorical")),
            ("gamma", ("beta", "chi2", "dirichlet", "studentT")),
            ("location_scale", ("cauchy", "laplace", "normal")),
            ("transformed", ("gumbel", "half_normal", "log_normal")),
            ("trials", ("bernoulli", "binomial", "geometric", "poisson")),
        )
        for name in names
    },
}
"""Where modules of PyTorch's are that have another place here."""


def _place(name: str) -> str:
    return PLACES.get(name, "mutagrad" + name.removeprefix("torch"))


class _Alias(Loader):
    """Gives a module of this library under another name."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(_place(spec.name))
        self.own = module.__spec__
        return module

    def exec_module(self, module: Any) -> None:
        other, module.__spec__ = (
            module.__spec__.name,
            self.own,
        )  # the import system has put that of the other name there
        # `autograd.gradcheck` is a module and a function. To import it as the first would bind the name to it, so it is
        # imported already.
        for name, below in list(sys.modules.items()):
            package, _, last = name.rpartition(".")
            if package == module.__name__ and getattr(module, last, below) is not below:
                sys.modules[f"{other}.{last}"] = below


class _Finder(MetaPathFinder):
    """Finds the modules of PyTorch here."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if fullname.partition(".")[0] != "torch" or find_spec(_place(fullname)) is None:
            return None
        return ModuleSpec(fullname, _Alias(), is_package=True)


def install_as_torch() -> None:
    """Lets `import torch` give this library from now on, in this process.

    Raises RuntimeError where PyTorch itself has been imported already: the two would mix.

        import mutagrad
        mutagrad.install_as_torch()
        import program  # which says import torch
    """
    present = sys.modules.get("torch")
    if present is not None and present is not sys.modules["mutagrad"]:
        raise RuntimeError("PyTorch has been imported already: call install_as_torch() before anything imports torch")
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
