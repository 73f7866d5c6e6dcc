"""Initial values under their names of old."""

from __future__ import annotations

import warnings
from typing import Any

from .recording import Program
from .texts import Case

DEPRECATED: dict[str, tuple] = {
    **dict.fromkeys(("uniform", "normal", "eye", "xavier_uniform", "xavier_normal", "orthogonal"), ()),
    **dict.fromkeys(("kaiming_uniform", "kaiming_normal", "dirac"), ()),
    "constant": (2.5,),
    "sparse": (0.5,),
}


def filled(torch: Any, name: str) -> Any:
    """A tensor that the function of this name was given, and has written."""
    tensor = torch.zeros(2, 2, 3) if name == "dirac" else torch.zeros(3, 4)
    assert getattr(torch.nn.init, name)(tensor, *DEPRECATED[name]) is tensor
    return tensor


def initial_values_of_old(torch: Any) -> dict[str, Any]:
    """Functions without the underscore write the tensor they are given."""
    found = {}
    for name in DEPRECATED:
        torch.manual_seed(2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # the texts below tell it
            found[name] = filled(torch, name)
    return found


PROGRAMS: dict[str, Program] = {"initial_values_of_old": initial_values_of_old}
TEXTS: dict[str, Case] = {
    f"init.{name}": lambda torch, name=name: list(filled(torch, name).shape) for name in DEPRECATED
}
