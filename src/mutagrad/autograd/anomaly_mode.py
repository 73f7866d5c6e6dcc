"""Anomaly detection: backward passes that stop where a gradient is not a number, and say which operation made it so.

Follows https://docs.pytorch.org/docs/stable/autograd.html#anomaly-detection
"""

from __future__ import annotations

import warnings
from bisect import bisect_left
from collections.abc import Callable
from functools import partial
from math import isfinite, isnan
from typing import Any, NamedTuple

import numpy as np

from mutagrad.autograd.pulling import Pull, surroundings
from mutagrad.graph import Node, next_sequence
from mutagrad.modes import count_extra, modes
from mutagrad.report.anomalies import NotFinite, nan_gradient, not_finite, warning_of_error
from mutagrad.report.errors import Origin
from mutagrad.report.spans import Span, caller_level, caller_span
from mutagrad.storage import Freed, Saved
from mutagrad.tensor import Tensor

__all__ = ["detect_anomaly", "set_detect_anomaly"]


class _State:
    enabled = False
    check_nan = True
    first: NotFinite | None = None  # the first value of the forward passes since it was enabled that is not finite
    blown: tuple[Origin, str] | None = None  # the last gradient that became infinite, and where


def is_anomaly_enabled() -> bool:
    """Whether anomaly detection is on."""
    return _State.enabled


def is_anomaly_check_nan_enabled() -> bool:
    """Whether anomaly detection, where it is on, looks for gradients that are not a number."""
    return _State.check_nan


def set_anomaly_enabled(enabled: bool, check_nan: bool = True) -> None:
    """Switches anomaly detection on or off, in all threads."""
    if enabled and _checked not in surroundings:
        surroundings.append(_checked)
        modes.around_calls = (_look, *modes.around_calls)
        _State.first = _State.blown = None
        count_extra(1)
    elif not enabled and _checked in surroundings:
        surroundings.remove(_checked)
        modes.around_calls = tuple(around for around in modes.around_calls if around is not _look)
        count_extra(-1)
        _induced.clear()
    _State.enabled, _State.check_nan = enabled, check_nan


class detect_anomaly:
    """Within, a backward pass raises RuntimeError where a gradient is nan, and warns of where an error comes from.

    Both name the line that recorded the operation whose gradient it is. With `check_nan` off, errors are warned of only.

    >>> import mutagrad
    >>> x = mutagrad.zeros(1, requires_grad=True)
    >>> with warnings.catch_warnings(), mutagrad.autograd.detect_anomaly():
    ...     warnings.simplefilter("ignore")
    ...     (x.sqrt() * 0).backward()
    Traceback (most recent call last):
    mutagrad.AutogradError: Function 'SqrtBackward0' returned nan values in its 0th output...
    """

    def __init__(self, check_nan: bool = True) -> None:
        self.check_nan = check_nan
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for "
            "debugging.",
            stacklevel=2,
        )

    def __enter__(self) -> None:
        self.previous = _State.enabled, _State.check_nan
        set_anomaly_enabled(True, self.check_nan)

    def __exit__(self, *exception: object) -> None:
        set_anomaly_enabled(*self.previous)


class set_detect_anomaly:
    """Switches anomaly detection on or off at once, and back at the end when used as a context manager."""

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self.previous = _State.enabled, _State.check_nan
        set_anomaly_enabled(mode, check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: object) -> None:
        set_anomaly_enabled(*self.previous)


# Around a node --------------------------------------------------------------------------------------------------------


def _checked(pull: Pull) -> Pull:
    """`pull`, whose shares are looked at."""
    return partial(_check, pull)


def _check(pull: Pull, node: Node, ct: Any) -> Any:
    """The shares of a node's inputs; raises AutogradError when one is not a number."""
    first = next_sequence()
    try:
        shares = pull(node, ct)
        if modes.grad:
            _induced.append(_Induced(first, next_sequence(), _Recorded.of(node)))
        if _State.check_nan:
            for i, share in enumerate(shares):
                if share is not None and np.isnan(_array(share)).any():
                    lineage, came_in = [each.origin for each in _lineage(node)], _condition(ct)
                    values = _values(node, _array(share), ct, np.isnan)
                    blown = _State.blown if came_in != "finite" else None
                    raise nan_gradient(node.operation.node_name, i, came_in, lineage, values, _State.first, blown)
                if share is not None and np.isinf(_array(share)).any() and _condition(ct) == "finite":
                    values = _values(node, _array(share), ct, np.isinf)
                    _State.blown = _Recorded.of(node).origin, f", {values}" if values else ""
    except Exception:
        lineage = _lineage(node)
        text = warning_of_error([each.name for each in lineage], [each.origin for each in lineage])
        warnings.warn(text, stacklevel=caller_level())
        raise
    return shares


def _array(value: Any) -> Any:
    return value._array if isinstance(value, Tensor) else value


def _condition(ct: Any) -> str:
    """How the gradient is that a node was given."""
    given = [_array(each) for each in (ct if isinstance(ct, list) else [ct]) if each is not None]
    if any(np.isnan(each).any() for each in given):
        return "nan already"
    return "finite" if all(np.isfinite(each).all() for each in given) else "infinite"


def _values(node: Node, share: Any, ct: Any, is_wrong: Callable[[Any], Any]) -> str:
    """What the rule had at the first element of a share that is wrong: infinite, or not a number."""
    place = tuple(map(int, np.argwhere(is_wrong(share))[0]))
    known = {} if isinstance(node.saved, Freed) else dict(zip(node.operation.saves, node.saved))
    known = {name: getattr(cell, "memory", None) for name, cell in known.items() if type(cell) is Saved}
    named = [
        f"{'output' if name == 'out' else name} = {_at(value, share.shape, place)}" for name, value in known.items()
    ]
    came = _at(_array(ct), share.shape, place)
    named = [each for each in named if not each.endswith("= ")] + ([f"the gradient was {came}"] if came else [])
    return f"at {list(place) or 'its only element'} {', '.join(named)}" if named else ""


def _at(value: Any, shape: tuple[int, ...], place: tuple[int, ...]) -> str:
    """One element of an array, as text; nothing for what is no array of that shape."""
    return f"{value[place]:.6g}" if isinstance(value, np.ndarray) and value.shape == shape else ""


# Around an operation --------------------------------------------------------------------------------------------------


def _look(operation: Any, inputs: Any, values: dict[str, Any], call: Callable[[], Any], suffix: str) -> Any:
    """Makes the call; warns where it is the first to give an infinite value from finite ones, or nan from other numbers."""
    if _State.first is not None or not _State.check_nan:
        return call()
    given = inputs[0] if operation.sequence else inputs
    before = {name: np.array(_array(x)) for name, x in zip(operation.inputs, given) if x is not None}
    made = call()
    given = [*before.values(), *values.values()]
    from_finite = all(map(_is_finite, given))
    if not from_finite and any(map(_has_nan, given)):
        return made
    for result in made if isinstance(made, tuple) else (made,):
        array = _array(result)
        if not _is_finite(array) and (from_finite or _has_nan(array)):
            place = tuple(map(int, np.argwhere(~np.isfinite(array) if from_finite else np.isnan(array))[0]))
            named = _operands(before, array, place)
            where = f"at {list(place) or 'its only element'}" + (f", where {' and '.join(named)}" if named else "")
            name = operation.name + suffix
            sort = "finite numbers" if from_finite else "infinite numbers"
            _State.first = NotFinite(name, caller_span(), f"{array[place]:.6g}", where, sort)
            warnings.warn(not_finite(_State.first), stacklevel=caller_level())
            break
    return made


def _operands(before: dict[str, np.ndarray], array: np.ndarray, place: tuple[int, ...]) -> list[str]:
    """What an operation element by element was given at one place of its result."""
    if not all(_fits(x, array) for x in before.values()):
        return []
    return [f"{name} = {_at(np.broadcast_to(x, array.shape), array.shape, place)}" for name, x in before.items()]


def _fits(x: Any, array: np.ndarray) -> bool:
    """Whether an operand was met element by element."""
    return all(n in (1, size) for n, size in zip(x.shape[::-1], array.shape[::-1])) and x.ndim <= array.ndim


def _is_finite(value: Any) -> bool:
    """Whether all elements are finite, of what has elements that may not be."""
    if isinstance(value, float):
        return isfinite(value)
    return not (isinstance(value, np.ndarray) and value.dtype.kind in "fc") or bool(np.isfinite(value).all())


def _has_nan(value: Any) -> bool:
    """Whether an element is not a number, of what has elements that may be none."""
    if isinstance(value, float):
        return isnan(value)
    return isinstance(value, np.ndarray) and value.dtype.kind in "fc" and bool(np.isnan(value).any())


class _Recorded(NamedTuple):
    """When and where a node was recorded, and the name of its backward function."""

    sequence: int
    name: str
    origin: Origin

    @classmethod
    def of(cls, node: Node) -> _Recorded:
        span = None if node.code is None else Span(node.code, node.instruction)
        return cls(node.sequence, node.operation.node_name, Origin(node.operation.name, span))


class _Induced(NamedTuple):
    """The nodes recorded while the gradient of `outer` was worked out: sequence numbers from `first` to `last`."""

    first: int
    last: int
    outer: _Recorded


_induced: list[_Induced] = []


def _lineage(node: Node) -> list[_Recorded]:
    """The node, and the nodes whose gradients it was part of, the innermost first."""
    lineage = [_Recorded.of(node)]
    while True:
        sequence = lineage[-1].sequence
        # Passes within passes end first: the first that ends after the node and began before it is the innermost.
        for each in _induced[bisect_left(_induced, sequence, key=lambda each: each.last) :]:
            if each.first < sequence < each.last:
                lineage.append(each.outer)
                break
        else:
            return lineage
