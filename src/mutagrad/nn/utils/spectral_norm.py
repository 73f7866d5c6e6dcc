"""Spectral normalisation: a weight over its largest singular value (T. Miyato et al., 2018).

The singular value is followed by one step of power iteration at each call in training. The older form, which works by a
hook; `parametrizations.spectral_norm` is the newer.
Follows https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.spectral_norm.html
"""

from __future__ import annotations

from typing import Any

from mutagrad.modes import no_grad
from mutagrad.nn import functional
from mutagrad.nn.module import Module
from mutagrad.nn.parameter import Parameter

__all__ = ["remove_spectral_norm", "spectral_norm"]

F: Any = functional


def as_matrix(weight: Any, dim: int) -> Any:
    """The weight with dimension `dim` as rows, all others as columns."""
    if dim != 0:
        weight = weight.permute(dim, *[d for d in range(weight.dim()) if d != dim])
    return weight.reshape(weight.size(0), -1)


def default_dim(module: Module, name: str) -> int:
    """The dimension of a module's outputs in its weight."""
    return 1 if type(module).__name__.startswith("ConvTranspose") else 0


def iterate(matrix: Any, u: Any, v: Any, times: int, eps: float) -> None:
    """Steps of power iteration, in place, towards the first singular vectors."""
    for _ in range(times):
        v.copy_(F.normalize(matrix.t() @ u, dim=0, eps=eps))
        u.copy_(F.normalize(matrix @ v, dim=0, eps=eps))


class SpectralNorm:
    """The hook that makes the weight anew before each call."""

    def __init__(self, name: str, n_power_iterations: int, dim: int, eps: float) -> None:
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.name, self.n_power_iterations, self.dim, self.eps = name, n_power_iterations, dim, eps

    def compute_weight(self, module: Module, do_power_iteration: bool) -> Any:
        """The weight over its largest singular value, as far as that is known."""
        weight, u, v = (getattr(module, f"{self.name}_{part}") for part in ("orig", "u", "v"))
        matrix = as_matrix(weight, self.dim)
        if do_power_iteration:
            with no_grad():
                iterate(matrix, u, v, self.n_power_iterations, self.eps)
            u, v = u.clone(), v.clone()
        return weight / (u @ (matrix @ v))

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module, module.training))


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """Lets the weight be `<name>_orig`, which is trained, over its largest singular value; the module itself."""
    for hook in module._forward_pre_hooks.values():
        if isinstance(hook.function, SpectralNorm) and hook.function.name == name:
            raise RuntimeError(f"Cannot register two spectral_norm hooks on the same parameter {name}")
    made = SpectralNorm(name, n_power_iterations, default_dim(module, name) if dim is None else dim, eps)
    weight: Any = module._parameters[name]
    if weight is None:
        raise ValueError(f"`SpectralNorm` cannot be applied as parameter `{name}` is None")
    with no_grad():
        rows, columns = as_matrix(weight, made.dim).shape
        u = F.normalize(weight.new_empty(rows).normal_(0, 1), dim=0, eps=eps)
        v = F.normalize(weight.new_empty(columns).normal_(0, 1), dim=0, eps=eps)
    del module._parameters[name]
    module.register_parameter(f"{name}_orig", weight)
    object.__setattr__(module, name, weight.data)
    module.register_buffer(f"{name}_u", u)
    module.register_buffer(f"{name}_v", v)
    module.register_forward_pre_hook(made)
    return module


def remove_spectral_norm(module: Module, name: str = "weight") -> Module:
    """Makes the weight an ordinary parameter again. Raises ValueError where it is one."""
    for key, hook in module._forward_pre_hooks.items():
        made = hook.function
        if isinstance(made, SpectralNorm) and made.name == name:
            with no_grad():
                weight = made.compute_weight(module, do_power_iteration=False)
            delattr(module, name)
            for part in ("u", "v", "orig"):
                delattr(module, f"{name}_{part}")
            module.register_parameter(name, Parameter(weight.detach()))
            del module._forward_pre_hooks[key]
            return module
    raise ValueError(f"spectral_norm of '{name}' not found in {module}")
