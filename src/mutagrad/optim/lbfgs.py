"""`LBFGS`: steps along the direction of a quasi-Newton method with limited memory, and the search along that line.

The inverse Hessian is known by the last `history_size` pairs of step and change of the gradient, applied in two loops
(J. Nocedal, 1980). The line search brackets and then narrows an interval that holds a point of the strong Wolfe
conditions, by cubic interpolation (J. Nocedal and S. Wright, Numerical Optimization, algorithms 3.5 and 3.6).
Follows https://docs.pytorch.org/docs/stable/generated/torch.optim.LBFGS.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mutagrad.modes import enable_grad, no_grad
from mutagrad.optim.elementwise import check_options, memory
from mutagrad.optim.optimizer import Optimizer, Parameters
from mutagrad.tensor import Tensor, wrap

Evaluate = Callable[[float], tuple[float, np.ndarray]]


class LBFGS(Optimizer):
    """Takes up to `max_iter` quasi-Newton steps at each `step(closure)`, which evaluates the closure many times.

    With `line_search_fn="strong_wolfe"` their length is searched for, else it is `lr`. It stops early where no gradient
    exceeds `tolerance_grad`, or nothing changes by more than `tolerance_change`.
    Raises ValueError for several groups of parameters.

    >>> import mutagrad
    >>> w = mutagrad.tensor([1., 2.], requires_grad=True)
    >>> optimizer = LBFGS([w], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = ((w - 3) ** 2).sum()
    ...     loss.backward()
    ...     return loss
    >>> optimizer.step(closure)
    tensor(5., grad_fn=<SumBackward0>)
    >>> w
    tensor([3.0000, 3.0000], requires_grad=True)
    """

    def __init__(
        self,
        params: Parameters,
        lr: float | Tensor = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        check_options(lr=lr)
        defaults = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")

    @no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Takes steps, with `closure` to evaluate loss and gradients anew; the loss before them.

        Raises RuntimeError for an unknown line search.
        """
        assert closure is not None, "LBFGS needs a closure that evaluates the loss"
        evaluate = enable_grad()(closure)
        group, state = self.param_groups[0], self.state[self._parameters()[0]]
        if group["line_search_fn"] not in (None, "strong_wolfe"):
            raise RuntimeError("only 'strong_wolfe' is supported")
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)

        before = evaluate()
        loss, evaluations = float(before), 1
        state["func_evals"] += 1
        gradient = self._gradient()
        if _largest(gradient) <= group["tolerance_grad"]:
            return before

        pairs = _Pairs(state)
        taken, previous = 0, loss
        while taken < group["max_iter"]:
            taken += 1
            state["n_iter"] += 1
            direction = pairs.direction(gradient, state["n_iter"] == 1, group["history_size"])
            previous = loss
            rate = float(group["lr"])
            length = min(1.0, 1.0 / float(np.abs(gradient).sum())) * rate if state["n_iter"] == 1 else rate
            slope = float(gradient @ direction)
            if slope > -group["tolerance_change"]:
                pairs.length = length
                break

            used = 0
            if group["line_search_fn"]:
                start = [parameter._array.copy() for parameter in self._parameters()]

                def at(t: float, start: list = start, direction: np.ndarray = direction) -> tuple[float, np.ndarray]:
                    self._move(t, direction)
                    found = float(evaluate()), self._gradient()
                    self._put(start)
                    return found

                loss, gradient, length, used = strong_wolfe(at, length, direction, loss, gradient, slope)
                self._move(length, direction)
            else:
                self._move(length, direction)
                if taken != group["max_iter"]:
                    loss, used = float(evaluate()), 1
                    gradient = self._gradient()
            pairs.length = length
            is_flat = _largest(gradient) <= group["tolerance_grad"]
            evaluations += used
            state["func_evals"] += used

            if taken == group["max_iter"] or evaluations >= group["max_eval"] or is_flat:
                break
            if _largest(direction * length) <= group["tolerance_change"]:
                break
            if abs(loss - previous) < group["tolerance_change"]:
                break
        pairs.keep(state)
        state["prev_loss"] = previous
        return before

    # All parameters as one vector ----------------------------------------------------------------------------------

    def _gradient(self) -> np.ndarray:
        """The gradients of all parameters, as one vector of reals."""
        parts = []
        for parameter in self._parameters():
            array = np.zeros_like(parameter._array) if parameter.grad is None else parameter.grad._array
            parts.append(_flat(np.array(array, order="C")))
        return np.concatenate(parts)

    def _move(self, length: float, direction: np.ndarray) -> None:
        """Adds `length` times the direction to the parameters."""
        start = 0
        for parameter in self._parameters():
            array = memory(parameter, "LBFGS.step")
            stop = start + array.size * (2 if array.dtype.kind == "c" else 1)
            array += (
                (direction[start:stop] * length).astype(array.dtype.char.lower()).view(array.dtype).reshape(array.shape)
            )
            start = stop

    def _put(self, values: list[np.ndarray]) -> None:
        for parameter, value in zip(self._parameters(), values):
            memory(parameter, "LBFGS.step")[...] = value


class _Pairs:
    """The pairs of change of the gradient and step, the latest last, and the direction that follows from them.

    Of the step before, its direction, its length and the gradient from which it started are known.
    """

    def __init__(self, state: dict[str, Any]) -> None:
        self.changes: list[np.ndarray] = [each._array for each in state.get("old_dirs") or ()]
        self.steps: list[np.ndarray] = [each._array for each in state.get("old_stps") or ()]
        self.weights: list[Any] = [each._array for each in state.get("ro") or ()]
        self.scale: Any = getattr(state.get("H_diag", 1), "_array", 1)
        self.shares: list[Any] | None = state.get("al")
        self.last: np.ndarray | None = state["d"]._array if state.get("d") is not None else None
        self.length: Any = state.get("t")
        self.gradient: Any = getattr(state.get("prev_flat_grad"), "_array", None)

    def direction(self, gradient: np.ndarray, is_first: bool, limit: int) -> np.ndarray:
        """The direction for the gradient, when its change since the last step has been taken in."""
        started, self.gradient = self.gradient, gradient.copy()
        if is_first or self.last is None:
            self.changes, self.steps, self.weights, self.scale = [], [], [], 1
            self.last = -gradient
            return self.last
        change, step = gradient - started, self.last * self.length
        curvature = change @ step
        if curvature > 1e-10:
            if len(self.changes) == limit:
                del self.changes[0], self.steps[0], self.weights[0]
            self.changes.append(change)
            self.steps.append(step)
            self.weights.append(1.0 / curvature)
            self.scale = curvature / (change @ change)

        direction, shares = -gradient, []
        for change, step, weight in reversed([*zip(self.changes, self.steps, self.weights)]):
            shares.append((step @ direction) * weight)
            direction = direction - change * shares[-1]
        direction = direction * self.scale
        for change, step, weight, share in zip(self.changes, self.steps, self.weights, reversed(shares)):
            direction = direction + step * (share - (change @ direction) * weight)
        kept = [None] * limit if self.shares is None else self.shares
        self.shares = [*(wrap(np.asarray(share)) for share in reversed(shares)), *kept[len(shares) :]]
        self.last = direction
        return direction

    def keep(self, state: dict[str, Any]) -> None:
        """Puts what is remembered into the state, as PyTorch lays it out."""
        if self.shares is not None:
            state["al"] = self.shares
        state["d"] = wrap(np.array(self.last))
        state["t"] = self.length
        state["old_dirs"] = [wrap(each) for each in self.changes]
        state["old_stps"] = [wrap(each) for each in self.steps]
        state["ro"] = [wrap(np.asarray(each)) for each in self.weights]
        state["H_diag"] = wrap(np.asarray(self.scale)) if self.changes else 1
        state["prev_flat_grad"] = wrap(self.gradient)


def _flat(array: np.ndarray) -> np.ndarray:
    flat = array.reshape(-1)
    return flat.view(flat.dtype.char.lower()) if flat.dtype.kind == "c" else flat


def _largest(vector: np.ndarray) -> float:
    return float(np.abs(vector).max(initial=0.0))


# The search along a line --------------------------------------------------------------------------------------------


class _Point:
    """A length along the line, the loss there, its gradient, and its slope along the line."""

    __slots__ = ("gradient", "length", "loss", "slope")

    def __init__(self, length: float, loss: float, gradient: np.ndarray, slope: float) -> None:
        self.length, self.loss, self.gradient, self.slope = length, loss, gradient, slope


def interpolated(a: _Point, b: _Point, bounds: tuple[float, float] | None = None) -> float:
    """The minimum, within the bounds, of the cubic through two points with their slopes; their middle if it has none."""
    low, high = bounds or (min(a.length, b.length), max(a.length, b.length))
    d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.length - b.length)
    square = d1 * d1 - a.slope * b.slope
    if not square >= 0:
        return (low + high) / 2.0
    if a.length > b.length:
        a, b = b, a
    d2 = square**0.5
    found = b.length - (b.length - a.length) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
    return min(max(found, low), high)


def strong_wolfe(
    evaluate: Evaluate,
    length: float,
    direction: np.ndarray,
    loss: float,
    gradient: np.ndarray,
    slope: float,
    decrease: float = 1e-4,
    flatness: float = 0.9,
    tolerance: float = 1e-9,
    most: int = 25,
) -> tuple[float, np.ndarray, float, int]:
    """Loss, gradient and length at a point of the strong Wolfe conditions, and how many evaluations it took."""
    size = _largest(direction)
    start = _Point(0.0, loss, gradient.copy(), slope)

    def point(length: float) -> _Point:
        found, there = evaluate(length)
        return _Point(length, found, there, float(there @ direction))

    def is_too_high(p: _Point) -> bool:
        return p.loss > loss + decrease * p.length * slope

    def is_flat(p: _Point) -> bool:
        return abs(p.slope) <= -flatness * slope

    # First an interval that holds such a point.
    previous, current, used, rounds = start, point(length), 1, 0
    bracket: list[_Point] = []
    is_found = False
    while rounds < most:
        if is_too_high(current) or (rounds > 1 and current.loss >= previous.loss):
            bracket = [previous, current]
            break
        if is_flat(current):
            bracket, is_found = [current], True
            break
        if current.slope >= 0:
            bracket = [previous, current]
            break
        bounds = current.length + 0.01 * (current.length - previous.length), current.length * 10
        following = interpolated(previous, current, bounds)
        previous, current = current, point(following)
        used += 1
        rounds += 1
    if rounds == most:
        bracket = [start, current]

    # Then ever smaller ones.
    is_stuck = False
    low, high = (0, len(bracket) - 1) if bracket[0].loss <= bracket[-1].loss else (1, 0)
    while not is_found and rounds < most:
        left, right = sorted(each.length for each in bracket)
        if (right - left) * size < tolerance:
            break
        length = interpolated(bracket[0], bracket[1])
        margin = 0.1 * (right - left)
        if min(right - length, length - left) < margin:
            # A second step that hardly moves goes to a tenth from the end.
            if is_stuck or length >= right or length <= left:
                length = right - margin if abs(length - right) < abs(length - left) else left + margin
                is_stuck = False
            else:
                is_stuck = True
        else:
            is_stuck = False
        current = point(length)
        used += 1
        rounds += 1
        if is_too_high(current) or current.loss >= bracket[low].loss:
            bracket[high] = current
            low, high = (0, 1) if bracket[0].loss <= bracket[1].loss else (1, 0)
            continue
        if is_flat(current):
            is_found = True
        elif current.slope * (bracket[high].length - bracket[low].length) >= 0:
            bracket[high] = bracket[low]
        bracket[low] = current
    best = bracket[low]
    return best.loss, best.gradient, best.length, used
