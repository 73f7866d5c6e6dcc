"""What is observed of a distribution, with either library: shapes, text, moments, probabilities, samples, gradients.

A case is a name, parameters as lists, and how the distribution is made of them. `tools/record_distributions.py`
observes the cases in PyTorch, the tests in mutagrad.
"""

import math
import re
import warnings
from collections.abc import Callable
from typing import Any

Case = tuple[dict[str, Any], Callable[..., Any], list]

MOMENTS = ("mean", "mode", "variance", "stddev")


def observe(torch: Any, case: Case) -> dict[str, Any]:
    """All there is to see of a case, as lists, texts and errors by what was asked."""
    seen: dict[str, Any] = {}
    for name, ask in QUESTIONS.items():
        leaves = {key: torch.tensor(value, dtype=torch.float64, requires_grad=True) for key, value in case[0].items()}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            seen[name] = outcome(torch, lambda: ask(torch, *made(torch, case, leaves)), leaves)  # noqa: B023
    single = {key: torch.tensor(value) for key, value in case[0].items()}
    torch.manual_seed(1)
    seen["single precision"] = outcome(torch, lambda: made(torch, case, single)[0].sample((9,)), {})
    return seen


def made(torch: Any, case: Case, leaves: dict[str, Any]) -> tuple[Any, Any]:
    distribution = case[1](torch.distributions, **leaves)
    return distribution, torch.tensor(case[2], dtype=next(iter(leaves.values())).dtype)


def outcome(torch: Any, ask: Callable[[], Any], leaves: dict[str, Any]) -> Any:
    """The answer as lists, with the gradients of a weighted sum of it; or the error, by its kind and first line."""
    try:
        answer = ask()
        if not isinstance(answer, torch.Tensor):
            return answer
        result = {"value": numbers(answer), "shape": list(answer.shape)}
        if answer.requires_grad:
            weights = torch.arange(answer.numel(), dtype=torch.float64).reshape(answer.shape).cos()
            grads = torch.autograd.grad((weights * answer).sum(), list(leaves.values()), allow_unused=True)
            result["gradients"] = [None if grad is None else numbers(grad) for grad in grads]
        return result
    except Exception as error:
        return worded(error).split("\n")[0]


def worded(error: Exception) -> str:
    """The kind and text of an error, in which a class goes by its name alone."""
    return re.sub(r"<class '[\w.]*\.(\w+)'>", r"<class '\1'>", f"{type(error).__name__}: {error}")


def numbers(tensor: Any) -> list:
    """The elements as numbers of 12 digits, those that JSON has no words for as texts."""
    found = tensor.detach().double().reshape(-1).tolist()
    return [float(f"{x:.12g}") if math.isfinite(x) else str(x) for x in found]


def seeded(draw: str) -> Callable:
    def ask(torch: Any, distribution: Any, values: Any) -> Any:
        torch.manual_seed(0)
        return getattr(distribution, draw)((5,))

    return ask


def expanded(torch: Any, distribution: Any, values: Any) -> Any:
    larger = distribution.expand((2, *distribution.batch_shape))
    return larger.log_prob(values)


QUESTIONS: dict[str, Callable] = {
    "text": lambda torch, distribution, values: repr(distribution),
    "shapes": lambda torch, distribution, values: repr((distribution.batch_shape, distribution.event_shape)),
    "support": lambda torch, distribution, values: repr(distribution.support),
    "flags": lambda torch, distribution, values: [distribution.has_rsample, distribution.has_enumerate_support],
    **{name: lambda torch, distribution, values, name=name: getattr(distribution, name) for name in MOMENTS},
    "entropy": lambda torch, distribution, values: distribution.entropy(),
    "perplexity": lambda torch, distribution, values: distribution.perplexity(),
    "log_prob": lambda torch, distribution, values: distribution.log_prob(values),
    "cdf": lambda torch, distribution, values: distribution.cdf(values),
    "icdf": lambda torch, distribution, values: distribution.icdf(torch.tensor([0.125, 0.5]).double().unsqueeze(-1)),
    "support listed": lambda torch, distribution, values: distribution.enumerate_support(),
    "support unexpanded": lambda torch, distribution, values: distribution.enumerate_support(False),
    "sample": seeded("sample"),
    "rsample": seeded("rsample"),
    "expand": expanded,
}


def evaluated(torch: Any, expression: str) -> Any:
    return eval(expression, {**vars(torch.distributions), **{n: getattr(torch, n) for n in NAMES}})


NAMES = ("tensor", "zeros", "ones", "eye", "stack")


def divergence(torch: Any, pair: str) -> Any:
    """The divergence of two distributions given as two expressions."""
    p, q = pair.split("|")
    return outcome(torch, lambda: torch.distributions.kl_divergence(evaluated(torch, p), evaluated(torch, q)), {})


def refusal(torch: Any, call: str) -> str | None:
    """The error that a call raises, by its kind and whole text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            evaluated(torch, call)
        except Exception as error:
            return worded(error)
    return None


def checked(torch: Any, constraint: str, values: str) -> list:
    """A constraint's text, kind, and what it says of values."""
    made = evaluated(torch, f"constraints.{constraint}")
    return [repr(made), made.is_discrete, made.event_dim, made.check(evaluated(torch, values)).tolist()]


def reached(torch: Any, expression: str) -> list:
    """A transform's text, its values and the way back, and the logarithm of its Jacobian's determinant."""
    transform, x = evaluated(torch, expression), torch.tensor([-0.5, 0.25, 2.0])
    y = transform(x)
    found = [numbers(each) for each in (y, transform.inv(y))]
    growth = outcome(torch, lambda: transform.log_abs_det_jacobian(x, y), {})
    return [repr(transform), *found, growth]
