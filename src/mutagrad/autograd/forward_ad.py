"""Forward-mode differentiation with dual tensors: a value and its tangent, which every operation carries along.

Follows https://docs.pytorch.org/docs/stable/autograd.html#forward-mode-automatic-differentiation
"""

from __future__ import annotations

from typing import NamedTuple

from mutagrad import tangents
from mutagrad.modes import Mode
from mutagrad.ops.views import index_step
from mutagrad.tangents import Level, attach, state, tangent_of
from mutagrad.tensor import Tensor

__all__ = [
    "UnpackedDualTensor",
    "dual_level",
    "enter_dual_level",
    "exit_dual_level",
    "make_dual",
    "unpack_dual",
]


class UnpackedDualTensor(NamedTuple):
    """A dual tensor's value and its tangent; None where it has none."""

    primal: Tensor
    tangent: Tensor | None


def enter_dual_level() -> int:
    """Opens a level, inside of those that are open, and gives its number."""
    tangents.enter()
    return last_level()


def exit_dual_level(*, level: int | None = None) -> None:
    """Ends the innermost level; its tangents are gone. Raises RuntimeError for another level than that."""
    last = last_level()
    if (last if level is None else level) != last:
        raise RuntimeError(
            "Trying to exit a forward AD level that was not the last one that was created. This is not supported."
        )
    if last < 0:
        raise RuntimeError("Dual level must be a positive number.")
    tangents.leave(_open()[-1])


def last_level() -> int:
    """The number of the innermost open level; -1 where none is open."""
    return len(_open()) - 1


def _open() -> tuple[Level, ...]:
    return state.levels or state.hidden


class dual_level(Mode):
    """Opens a level for the duration of a block or a call.

    >>> import mutagrad
    >>> import mutagrad.autograd.forward_ad as fwAD
    >>> x = mutagrad.tensor([1., 2.])
    >>> with fwAD.dual_level():
    ...     y = fwAD.make_dual(x, mutagrad.ones(2)) ** 2
    ...     fwAD.unpack_dual(y).tangent
    tensor([2., 4.])
    """

    def __enter__(self) -> int:
        return enter_dual_level()

    def __exit__(self, *exception: object) -> None:
        exit_dual_level()


def make_dual(tensor: Tensor, tangent: Tensor, *, level: int | None = None) -> Tensor:
    """The view of a tensor that has a tangent, of the same shape and dtype, in a level (the innermost).

    Its gradient flows back to the tensor and the tangent. Raises RuntimeError where no level is open or the tensor has
    a tangent in it, ValueError for dtypes that are not of floating point.
    """
    number = last_level() if level is None else level
    if number < 0:
        raise RuntimeError(
            "Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first."
        )
    for name, each in (("primal", tensor), ("tangent", tangent)):
        if not each.is_floating_point() and not each.is_complex():
            raise ValueError(f"Expected {name} to be floating point or complex, but got: {each.dtype}")
    if number > last_level():
        raise RuntimeError("Invalid level given to _make_dual")
    at = _open()[number]
    if tangent_of(tensor, at) is not None:
        raise RuntimeError(
            f"Making a dual Tensor based on a Tensor that already has a forward gradient at the same level {number} is "
            "not supported."
        )
    if tangent_of(tangent, at) is not None:
        raise RuntimeError(
            f"Setting a forward grad that itself has a forward gradient at the same level{number} is not supported."
        )
    return dual(tensor, tangent, at)


def dual(tensor: Tensor, tangent: Tensor | None, level: Level) -> Tensor:
    """A view of a tensor with this tangent in a level (None: with none). Raises RuntimeError for another shape."""
    if tangent is not None and tangent._array.shape != tensor._array.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not "
            f"supported. Tensor is of size {list(tensor.shape)} while the given forward gradient is of size "
            f"{list(tangent.shape)}."
        )
    made = index_step(tensor, (...,), "View")
    attach(made, level, tangent, owned=False)
    return made


def unpack_dual(tensor: Tensor, *, level: int | None = None) -> UnpackedDualTensor:
    """The value of a tensor, a view without a tangent in a level (the innermost), and its tangent there."""
    number = last_level() if level is None else level
    if not 0 <= number <= last_level():
        return UnpackedDualTensor(tensor, None)
    at = _open()[number]
    return UnpackedDualTensor(dual(tensor, None, at), tangent_of(tensor, at))


class _set_fwd_grad_enabled(Mode):
    """Switches forward mode on or off at once, and back at the end when used as a context manager."""

    def __init__(self, mode: bool) -> None:
        self.previous = state.levels, state.hidden
        self.mode = mode
        if mode and state.hidden:
            state.levels, state.hidden = state.hidden, ()
        elif not mode:
            state.levels, state.hidden = (), state.levels or state.hidden

    def clone(self) -> Mode:
        return _set_fwd_grad_enabled(self.mode)

    def __enter__(self) -> None: ...

    def __exit__(self, *exception: object) -> None:
        state.levels, state.hidden = self.previous


def _is_fwd_grad_enabled() -> bool:
    """Whether operations push tangents, where a level is open."""
    return not state.hidden


def _fw_grad(self: Tensor, level: int | None = None) -> Tensor | None:
    """The tangent of a tensor in a level (the innermost); None where it has none."""
    return unpack_dual(self, level=level).tangent


Tensor._fw_grad = _fw_grad
