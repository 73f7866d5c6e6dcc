"""How an operator of the database is called: its function, and the other forms of the call.

Nearly every operator is the function of its name, or else the method of its name. Where the database calls it
otherwise, `CALLS` says how. Every function takes the module as its first argument, so that PyTorch and mutagrad go
through the same lines. Random operators begin from one seed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Any

from ..operations import run

SEED = 42


def method(name: str) -> Callable:
    """The call of a method."""
    return lambda torch, input, *args, **kwargs: getattr(torch.Tensor, name)(input, *args, **kwargs)


def attribute(name: str) -> Callable:
    """The reading of an attribute."""
    return lambda torch, input: getattr(input, name)


def swapped(name: str) -> Callable:
    """The call of a function with its first two arguments exchanged."""
    return lambda torch, a, b, *args, **kwargs: attrgetter(name)(torch)(b, a, *args, **kwargs)


def on_clone(name: str) -> Callable:
    """The call of a method in place on a clone."""
    return lambda torch, input, *args, **kwargs: getattr(input.clone(), name)(*args, **kwargs)


def of_product(name: str) -> Callable:
    """The call of a function with the product of two factors, which has the rank of the thinner."""
    return lambda torch, a, b, **kwargs: attrgetter(name)(torch)(a @ b.mT, **kwargs)


CALLS: dict[str, Callable] = {
    **{name: on_clone(name + "_") for name in ("cauchy", "exponential", "geometric", "log_normal", "uniform")},
    **{name: on_clone(name) for name in ("resize_", "resize_as_", "zero_")},
    **{name: attribute(name) for name in ("T", "H", "mT", "mH")},
    **{name: method(name) for name in ("bool", "byte", "char", "double", "float", "half", "int", "long", "short")},
    **{name: method(name) for name in ("cdouble", "cfloat")},
    **{name: method(name) for name in ("to", "unfold", "new_full", "new_ones", "new_zeros", "new_empty", "contiguous")},
    "normal/in_place": on_clone("normal_"),
    "normal/number_mean": lambda torch, std, mean, *args, **kwargs: torch.normal(mean, std, *args, **kwargs),
    "einsum": swapped("einsum"),
    **{f"polygamma/polygamma_n_{n}": swapped("polygamma") for n in range(5)},
    "special.polygamma/special_polygamma_n_0": swapped("special.polygamma"),
    "where": swapped("where"),
    "nn.functional.embedding": swapped("nn.functional.embedding"),
    "nn.functional.embedding_bag": swapped("nn.functional.embedding_bag"),
    "svd_lowrank": of_product("svd_lowrank"),
    "pca_lowrank": of_product("pca_lowrank"),
    "linalg.pinv/singular": of_product("linalg.pinv"),
    "cholesky_inverse": lambda torch, a, upper=False, **out: torch.cholesky_inverse(
        a.triu() if upper else a.tril(), upper, **out
    ),
    "cholesky_solve": lambda torch, b, a, upper=False, **out: torch.cholesky_solve(
        b, a.triu() if upper else a.tril(), upper, **out
    ),
    "linalg.lstsq/grad_oriented": lambda torch, a, b, driver: torch.linalg.lstsq(a, b, driver=driver)[:2],
}

UNINITIALISED = {"empty", "empty_like", "empty_permuted", "empty_strided", "new_empty", "new_empty_strided"}
UNINITIALISED |= {"resize_", "resize_as_", "nn.functional.empty"}


def svd_invariants(torch: Any, result: Any, args: list, kwargs: dict) -> list:
    u, s, v = result
    rank = s.shape[-1]
    return [u[..., :rank].abs(), s, v.abs()] if v.shape[-2:] == (rank, rank) else [u[..., :rank].abs(), s]


def rebuilt(torch: Any, result: Any, args: list, kwargs: dict) -> list:
    return [result[0] @ (result[1].unsqueeze(-1) * result[2].mH), result[1]]


def moduli(torch: Any, result: Any, args: list, kwargs: dict) -> list:
    return [result[0], result[1].abs()]


def picking(place: int) -> Callable:
    """What an operator that picks elements along a dimension settles: of equal ones it may pick any."""

    def picked(torch: Any, result: Any, args: list, kwargs: dict) -> list:
        indices = result[-1] if isinstance(result, tuple) else result
        dim = args[place] if len(args) > place else kwargs.get("dim", -1)
        if kwargs.get("stable") or args[0].ndim == 0 or not isinstance(indices, torch.Tensor):
            return run.flatten(result)
        kept = indices if indices.ndim == args[0].ndim else indices.unsqueeze(dim)
        return [*run.flatten(result)[:-1], torch.take_along_dim(args[0].detach(), kept, dim), indices * 0]

    return picked


# The outcome of these is settled only up to the sign or phase of vectors, or up to the order of equal elements: what is
# compared is what is settled.
SETTLED: dict[str, Callable[[Any, Any, list, dict], list]] = {
    "svd": svd_invariants,
    "linalg.svd": svd_invariants,
    "svd_lowrank": rebuilt,
    "pca_lowrank": rebuilt,
    "linalg.eig": moduli,
    "linalg.eigh": moduli,
    # Of a complex logarithm, the imaginary part up to whole turns.
    "logcumsumexp": lambda torch, result, args, kwargs: [result.exp() if result.is_complex() else result],
    "sort": picking(1),
    "argsort": picking(1),
    "mode": picking(1),
    "topk": picking(2),
    "kthvalue": picking(2),
}


# Where rounding grows beyond the usual, by entry: the relative tolerance in double precision, and why.
ROUNDING: dict[str, float] = {
    "nn.functional.hardsigmoid": 1e-7,  # PyTorch's slope is a sixth in single precision
    # Of a product of thin factors: the second order divides by small gaps of squares of singular values.
    **dict.fromkeys(("svd_lowrank", "pca_lowrank"), 1e-5),
    # PyTorch's kernels of these are off by up to 9e-7, SciPy's by one rounding.
    **dict.fromkeys(("special.bessel_j0", "special.bessel_j1", "special.bessel_y0", "special.bessel_y1"), 1e-5),
}


# Where mutagrad means to differ: by entry, the aspects that are not compared, and why.
DEVIATIONS: dict[str, tuple[tuple[str, ...], str]] = {
    **dict.fromkeys(
        ("linalg.norm", "linalg.norm/subgradients_at_zero"),
        (("gradient",), "the second order at zero, where a norm has none, is zero as the first is; in PyTorch NaN"),
    ),
    "as_strided_scatter": (
        ("gradient",),
        "the gradient of what `src` overwrites is zero; PyTorch gives that of what it leaves",
    ),
}


def function_of(torch: Any, name: str) -> Callable | None:
    """What the operator `name` (`add`, `linalg.norm/subgradients_at_zero`) calls; None where the module lacks it."""
    path = name.partition("/")[0]
    given = CALLS.get(name) or CALLS.get(path)
    if given is not None:
        written = path if path not in ("cauchy", "exponential", "geometric", "log_normal", "uniform") else path + "_"
        return partial(given, torch) if lookup(torch, written) is not None else None
    return lookup(torch, path)


def lookup(torch: Any, path: str) -> Any:
    """The function of that name, or the attribute of a tensor; None where there is neither."""
    for home in (torch, torch.Tensor):
        try:
            return attrgetter(path)(home)
        except AttributeError:
            continue
    return None


def evaluate(torch: Any, name: str, args: list, kwargs: dict, **extra: Any) -> Any:
    """The operator's result."""
    torch.manual_seed(SEED)
    return function_of(torch, name)(*args, **kwargs, **extra)  # type: ignore[misc]


def evaluate_method(torch: Any, name: str, args: list, kwargs: dict) -> Any:
    """The result of the method of the same name."""
    torch.manual_seed(SEED)
    return getattr(args[0], name.partition("/")[0])(*args[1:], **kwargs)


def evaluate_in_place(torch: Any, name: str, args: list, kwargs: dict) -> Any:
    """The result of the in-place method on a clone of the first argument."""
    torch.manual_seed(SEED)
    target = args[0].clone()
    result = getattr(target, name.partition("/")[0].rpartition(".")[2] + "_")(*args[1:], **kwargs)
    assert result is target, "the in-place form returns another tensor than it wrote to"
    return result


def outputs(torch: Any, name: str, result: Any, args: list, kwargs: dict) -> list:
    """What is compared of a result: its tensors and numbers, in order."""
    path = name.partition("/")[0]
    if path in SETTLED:
        return SETTLED[path](torch, result, args, kwargs)
    flat = run.flatten(result)
    if path in UNINITIALISED:
        return [torch.zeros_like(each) for each in flat]
    return flat


def leaves(tree: Any, torch: Any) -> list:
    """The tensors among arguments that require a gradient, in order."""
    if isinstance(tree, torch.Tensor):
        return [tree] if tree.requires_grad else []
    if isinstance(tree, dict):
        tree = list(tree.values())
    return [leaf for part in tree for leaf in leaves(part, torch)] if isinstance(tree, (list, tuple)) else []


def gradients(torch: Any, seed: str, results: list, wanted: list, create_graph: bool = False) -> tuple[list, list]:
    """The gradients of `wanted` (None where unused) against random cotangents, and these."""
    differentiable = [out for out in results if isinstance(out, torch.Tensor) and out.requires_grad]
    cts = [run.drawn_like(torch, out, f"{seed}/ct/{i}", create_graph) for i, out in enumerate(differentiable)]
    grads = torch.autograd.grad(differentiable, wanted, cts, create_graph=create_graph, allow_unused=True)
    return list(grads), cts


def second_gradients(torch: Any, seed: str, grads: list, wanted: list) -> list:
    """Gradients of a random linear functional of first gradients."""
    used = [grad for grad in grads if grad is not None and grad.requires_grad]
    if not used:
        return [None] * len(wanted)
    weights = [run.drawn_like(torch, grad, f"{seed}/weight/{i}") for i, grad in enumerate(used)]
    return list(torch.autograd.grad(used, wanted, weights, allow_unused=True))
