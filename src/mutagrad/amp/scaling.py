"""`GradScaler`: losses multiplied so that small gradients do not vanish in few bits, and steps that skip infinities."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from mutagrad.modes import no_grad
from mutagrad.tensor import Tensor

__all__ = ["GradScaler"]


class GradScaler:
    """Scales losses by a factor, divides gradients by it before a step, and lets the factor follow what happens.

    A step with a gradient that is not finite is left out, and the factor then multiplied by `backoff_factor`; after
    `growth_interval` steps without one it is multiplied by `growth_factor`. For "cuda", which is not there, it is
    disabled with PyTorch's warning, and passes everything through.
    Follows https://docs.pytorch.org/docs/stable/amp.html#gradient-scaling

    >>> import mutagrad
    >>> w = mutagrad.ones(2, requires_grad=True)
    >>> optimizer, scaler = mutagrad.optim.SGD([w], lr=0.1), mutagrad.amp.GradScaler("cpu", init_scale=4.0)
    >>> scaler.scale(w.sum()).backward()
    >>> scaler.step(optimizer)
    >>> scaler.update()
    >>> w
    tensor([0.9000, 0.9000], requires_grad=True)
    """

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        if enabled and device == "cuda":
            warnings.warn("torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.", stacklevel=2)
        self._enabled = enabled and device != "cuda"
        if self._enabled and growth_factor <= 1.0:
            raise AssertionError("The growth factor must be > 1.0.")
        if self._enabled and backoff_factor >= 1.0:
            raise AssertionError("The backoff factor must be < 1.0.")
        self._scale = float(init_scale)
        self._growth_factor = growth_factor
        self._backoff_factor = backoff_factor
        self._growth_interval = growth_interval
        self._good_steps = 0
        self._has_scaled = False
        self._divided: dict[int, bool] = {}  # by optimiser, since the last update: whether all was finite
        self._stepped: set[int] = set()

    def is_enabled(self) -> bool:
        """Whether it does anything."""
        return self._enabled

    def get_scale(self) -> float:
        """The factor; 1.0 when disabled."""
        return self._scale if self._enabled else 1.0

    def scale(self, outputs: Any) -> Any:
        """A tensor, or an iterable of tensors, multiplied by the factor."""
        if not self._enabled:
            return outputs
        self._has_scaled = True
        if isinstance(outputs, Tensor):
            return outputs * self._scale
        return (
            type(outputs)(map(self.scale, outputs)) if isinstance(outputs, (list, tuple)) else map(self.scale, outputs)
        )

    def unscale_(self, optimizer: Any) -> None:
        """Divides the gradients of an optimiser's parameters by the factor, in place.

        Raises RuntimeError when that was done since the last `update`.
        """
        if not self._enabled:
            return
        self._check_has_scaled("unscale_")
        if id(optimizer) in self._stepped:
            raise RuntimeError("unscale_() is being called after step().")
        if id(optimizer) in self._divided:
            raise RuntimeError("unscale_() has already been called on this optimizer since the last update().")
        gradients = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
        with no_grad():
            for gradient in gradients:
                gradient.mul_(1 / self._scale)
        self._divided[id(optimizer)] = all(bool(np.isfinite(gradient._array).all()) for gradient in gradients)

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """The optimiser's step, unless a gradient is not finite.

        Raises RuntimeError for a closure, and for a second step before `update`.
        """
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs:
            raise RuntimeError("Closure use is not currently supported if GradScaler is enabled.")
        self._check_has_scaled("step")
        if id(optimizer) in self._stepped:
            raise RuntimeError("step() has already been called since the last update().")
        if id(optimizer) not in self._divided:
            self.unscale_(optimizer)
        self._stepped.add(id(optimizer))
        return optimizer.step(*args, **kwargs) if self._divided[id(optimizer)] else None

    def update(self, new_scale: float | Tensor | None = None) -> None:
        """Adapts the factor to the steps since the last call, or sets it."""
        if not self._enabled:
            return
        self._check_has_scaled("update")
        if new_scale is not None:
            self._scale = float(new_scale)
        elif not self._divided:
            raise AssertionError("No inf checks were recorded prior to update.")
        elif not all(self._divided.values()):
            self._scale *= self._backoff_factor
            self._good_steps = 0
        else:
            self._good_steps += 1
            if self._good_steps == self._growth_interval:
                grown = self._scale * self._growth_factor
                self._scale = grown if math.isfinite(grown) else self._scale
                self._good_steps = 0
        self._divided.clear()
        self._stepped.clear()

    def _check_has_scaled(self, function: str) -> None:
        if not self._has_scaled:
            raise AssertionError(
                f"Attempted {function} but _scale is None.  This may indicate your script did not use "
                "scaler.scale(loss or outputs) earlier in the iteration."
            )

    def state_dict(self) -> dict[str, Any]:
        """The factor and what changes it; empty when disabled."""
        if not self._enabled:
            return {}
        return {
            "scale": self._scale,
            "growth_factor": self._growth_factor,
            "backoff_factor": self._backoff_factor,
            "growth_interval": self._growth_interval,
            "_growth_tracker": self._good_steps,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Takes over a state. Raises RuntimeError for an empty one, which a disabled scaler gave."""
        if not self._enabled:
            return
        if not state_dict:
            raise RuntimeError(
                "The source state dict is empty, possibly because it was saved from a disabled instance of GradScaler."
            )
        self._scale = state_dict["scale"]
        self._growth_factor = state_dict["growth_factor"]
        self._backoff_factor = state_dict["backoff_factor"]
        self._growth_interval = state_dict["growth_interval"]
        self._good_steps = state_dict["_growth_tracker"]
