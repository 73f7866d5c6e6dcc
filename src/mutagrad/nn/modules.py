"""`torch.nn.modules`: the modules under the names of the files in which PyTorch keeps them.

Programs ask for `nn.modules.batchnorm._BatchNorm`, or import from `torch.nn.modules.conv`; here is which file each name
means. Each is a module with the names of one or more files of this package.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

from mutagrad.nn import (
    activations,
    adaptive,
    attention,
    batchnorm,
    containers,
    conv,
    distance,
    dropout,
    embedding,
    hooks,
    layers,
    lazy,
    losses,
    normalization,
    options,
    paddings,
    pooling,
    recurrent,
    reshaping,
    state,
    transformer,
)
from mutagrad.nn import module as base

FILES: dict[str, tuple[ModuleType, ...]] = {
    "activation": (activations, attention),
    "adaptive": (adaptive,),
    "batchnorm": (batchnorm, lazy),
    "channelshuffle": (reshaping,),
    "container": (containers,),
    "conv": (conv, lazy),
    "distance": (distance,),
    "dropout": (dropout,),
    "flatten": (reshaping,),
    "fold": (reshaping,),
    "instancenorm": (batchnorm, lazy),
    "lazy": (lazy,),
    "linear": (layers, attention, lazy),
    "loss": (losses, adaptive),
    "module": (base, hooks, state),
    "normalization": (normalization,),
    "padding": (paddings,),
    "pixelshuffle": (reshaping,),
    "pooling": (pooling,),
    "rnn": (recurrent,),
    "sparse": (embedding,),
    "transformer": (transformer,),
    "upsampling": (reshaping,),
    "utils": (options, state),
}


def _under(name: str, files: tuple[ModuleType, ...]) -> ModuleType:
    """A module with the names of these files."""
    made = ModuleType(f"{__name__}.{name}", files[0].__doc__)
    made.__spec__ = ModuleSpec(made.__name__, None)
    for file in reversed(files):
        made.__dict__.update({key: value for key, value in vars(file).items() if not key.startswith("__")})
    return made


def _is_public(value: object, name: str) -> bool:
    """Whether it is a class of modules that programs may ask for here, too."""
    return isinstance(value, type) and issubclass(value, base.Module) and not name.startswith("_")


for _name, _files in FILES.items():
    globals()[_name] = sys.modules[f"{__name__}.{_name}"] = _under(_name, _files)
    globals().update({name: value for name, value in vars(globals()[_name]).items() if _is_public(value, name)})
