"""Calls of every declared operation, below the tensors: a forward and its rules on the arrays of any namespace.

The inputs are those of `tests/operations/samples` and of `SAMPLES` here, for what the public samples do not reach by
name. A sample is a call of an operation where it has its name, its arguments are those of the operation, and the
forward takes them.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

import mutagrad
import mutagrad.ops
from mutagrad.binding import bind
from mutagrad.namespaces import arrays
from mutagrad.namespaces.axis_maps import AxisMap
from mutagrad.namespaces.convolutions import Geometry
from mutagrad.operation import Operation, declared
from mutagrad.ops.alignment import Labels

from ..operations import samples
from ..operations.entries import ENTRIES
from ..operations.sample import (
    DIFFERENTIABLE,
    Array,
    Sample,
    call,
    distinct,
    draw,
    index,
    literal,
    mask,
    nonzero,
    normal,
    operation,
    positive,
    probability,
)

for module in pkgutil.iter_modules(mutagrad.ops.__path__):
    importlib.import_module(f"mutagrad.ops.{module.name}")

OPERATIONS = [op for op in declared if op.forward.__module__.startswith("mutagrad")]


def drawn_as_is(*parameters: Any) -> Any:
    """What stands for chance: the first parameter itself."""
    return parameters[0]


SYMMETRIC = literal([[4.0, 1.0], [1.0, 3.0]])
MATRIX = literal([[4.0, 1.0, 0.5], [0.2, 3.0, -1.0], [-0.3, 0.4, 2.0]])
CLASSES = literal([2, 0], "int64")
LINE = Geometry((1,), (0,), (1,), 1)
LABELS = Labels.of(np.array([[1, 1], [2, 0]]), np.array([2, 1]), np.array([4, 3]), 0)
EVEN_TAPS = np.array([[0, 2], [1, 3]])
KEY = (np.array([0, 2, 0, 1]),)
SAMPLES = [
    *operation("alias snapshot index index_select gather take masked_select", as_is=call(normal(2, 3))),
    *operation("embedding", plain=call(normal(2, 3), scale=None), scaled=call(normal(2, 3), scale=np.ones((2, 1)))),
    *operation(
        "index_put index_add index_copy index_fill put scatter scatter_add scatter_reduce masked_scatter",
        all=call(normal(3), normal(3), remained=None),
        last=call(normal(3), normal(3), remained=np.array([True, False, True])),
    ),
    *operation(
        "scatter_reduce",
        **{
            f"{kind}_{label}": call(normal(3), normal(4), key=KEY, include_self=label == "with", **more)
            for kind, more in (("any", {}), ("amax", {"reduce": "amax"}), ("amin", {"reduce": "amin"}))
            for label in ("with", "without")
        },
    ),
    *operation("scatter_reduce", zero=call(normal(3), literal([1.0, 0.0, 2.0, 0.0]), key=KEY, include_self=True)),
    *operation("clone", plain=call(normal(2, 3)), ordered=call(normal(2, 3), order="C")),
    *operation("_to_copy", wider=call(normal(3), dtype=np.dtype("complex128"))),
    *operation("_diagonal_copy", above=call(normal(3, 4), offset=1), below=call(normal(3, 2), offset=-1)),
    *operation("copy fill zero", source=call(normal(2, 3), normal(2, 3))),
    *operation(
        "bernoulli cauchy exponential geometric lognormal normal random uniform", source=call(normal(3), normal(3))
    ),
    *operation("bernoulli poisson", drawn=call(normal(3), draw=drawn_as_is)),
    *operation("normal", drawn=call(normal(3), positive(3), draw=drawn_as_is)),
    *operation("prelu", one=call(nonzero(2, 3), normal()), several=call(nonzero(2, 3), normal(1, 3))),
    *operation("celu elu", scaled=call(nonzero(2, 3), alpha=0.7, scale=1.2, input_scale=0.8)),
    *operation("hardsigmoid hardswish", matrix=call(normal(2, 3)), beyond=call(literal([-4.0, 0.5, 4.0]))),
    *operation("hardshrink softshrink", matrix=call(normal(2, 3), lambd=0.3)),
    *operation("polygamma", first=call(positive(2, 3), n=1)),
    *operation("mvlgamma", third=call(literal([2.5, 3.0]), p=3)),
    *operation("i0 i1", matrix=call(normal(2, 3))),
    *operation(
        "bessel",
        **{f"{kind}{n}": call(positive(2, 3), kind, n) for n in (0, 1) for kind in ("j", "y", "i", "k", "ie", "ke")},
        spherical=call(normal(2, 3), "spherical", 0),
    ),
    *operation(
        "linalg_solve_triangular",
        upper=call(MATRIX, normal(3, 2), True),
        lower=call(MATRIX, normal(2, 3, 2), False, True),
    ),
    *operation("linalg_solve_ex", one=call(MATRIX, normal(3, 2)), batch=call(MATRIX, normal(2, 3, 1))),
    *operation("linalg_inv_ex linalg_det linalg_slogdet linalg_matrix_exp linalg_svdvals", one=call(MATRIX)),
    *operation("linalg_lu_factor_ex", one=call(MATRIX), tall=call(normal(4, 2)), wide=call(normal(2, 4))),
    *operation("linalg_cholesky_ex", lower=call(MATRIX, False), upper=call(MATRIX, True)),
    *operation("linalg_eigh linalg_eigvalsh", one=call(MATRIX, True)),
    *operation("linalg_svd", one=call(MATRIX, False), tall=call(normal(4, 2), True), wide=call(normal(2, 3), False)),
    *operation("linalg_qr", one=call(MATRIX, "reduced"), wide=call(normal(2, 3), "complete")),
    *operation("linalg_pinv", tall=call(normal(3, 2), 0.0, 1e-9, False), hermitian=call(SYMMETRIC, 0.0, 1e-9, True)),
    *operation("lu_order", exchanged=call(literal([[2, 2, 3], [3, 2, 3]], "int32"), 4)),
    *operation("linalg_matrix_rank", one=call(MATRIX, 0.0, 1e-9, False), hermitian=call(SYMMETRIC, 0.0, 1e-9, True)),
    *operation("airy", value=call(normal(2, 3), 0), slope=call(normal(2, 3), 1)),
    *operation(
        "fft_fftn fft_ifftn",
        plain=call(normal(2, 3), None, (1,), "backward"),
        resized=call(normal(2, 3), (3, 2), (0, 1), "ortho"),
    ),
    *operation(
        "fft_rfftn", plain=call(normal(2, 3), None, (1,), "backward"), odd=call(normal(2, 4), (3, 5), (0, 1), "forward")
    ),
    *operation(
        "fft_irfftn", plain=call(normal(2, 3), (4,), (1,), "backward"), odd=call(normal(2, 4), (3, 5), (0, 1), "ortho")
    ),
    *operation("gcd lcm", row=call(normal(2, 3).of("int64"), normal(3).of("int64"))),
    *operation("ldexp nextafter", same=call(normal(2, 3), normal(2, 3)), row=call(normal(2, 3), normal(3))),
    *operation("linalg_cross", last=call(normal(2, 3), normal(2, 3), dim=-1)),
    *operation("nanmedian", whole=call(distinct(2, 3)), rows=call(distinct(2, 3), 1)),
    *operation("mode", rows=call(literal([[1.0, 2.0, 2.0], [3.0, 1.0, 1.0]]), 1)),
    *operation(
        "linalg_vector_norm",
        **{f"order{i}": call(normal(2, 3), ord) for i, ord in enumerate([2, 1, 0, 0.5, 1.5, 3, float("inf")])},
        rows=call(normal(2, 3), 2, 1, keepdim=True),
    ),
    *operation("renorm", rows=call(normal(2, 3), 2, 0, 1.0)),
    *operation("bce_loss binary_cross_entropy", mean=call(probability(2, 3), probability(2, 3), reduction="mean")),
    *operation(
        "mse_loss", **{kind: call(normal(2, 3), normal(2, 3), reduction=kind) for kind in ("mean", "sum", "none")}
    ),
    *operation("smooth_l1_loss", mean=call(normal(2, 3), normal(2, 3), reduction="mean", beta=0.5)),
    *operation("huber_loss", mean=call(normal(2, 3), normal(2, 3), reduction="mean", delta=0.5)),
    *operation(
        "binary_cross_entropy_with_logits",
        plain=call(normal(2, 3), probability(2, 3), None, reduction="mean"),
        weighted=call(normal(2, 3), probability(2, 3), positive(3), reduction="sum"),
    ),
    *operation(
        "nll_loss cross_entropy",
        plain=call(normal(2, 4), CLASSES, None, ignore_index=None, reduction="mean"),
        weighted=call(normal(2, 4), CLASSES, positive(4), ignore_index=0, reduction="mean"),
        apart=call(normal(2, 4), CLASSES, None, ignore_index=None, reduction="none"),
        summed=call(normal(2, 4, 3), index(4, 2, 3), None, ignore_index=None, reduction="sum"),
    ),
    *operation("lstm", plain=call(normal(3, 2, 8), normal(8, 2), normal(2, 2), normal(2, 2))),
    *operation("convolve", biased=call(normal(2, 3, 5), normal(4, 3, 2), normal(4), geometry=LINE)),
    *operation(
        "convolve_input", biased=call(normal(2, 4, 4), normal(4, 3, 2), normal(3), shape=(2, 3, 5), geometry=LINE)
    ),
    *operation("convolve_weight", line=call(normal(2, 4, 4), normal(2, 3, 5), shape=(4, 3, 2), geometry=LINE)),
    *operation("map_along", rows=call(normal(4, 2), matrix=AxisMap.of_taps(EVEN_TAPS.T, np.ones(1), 4), dim=0)),
    *operation("max_pool", line=call(distinct(2, 4), taps=(EVEN_TAPS,))),
    *operation(
        "sample_grid",
        **{
            f"{mode}_{padding}": call(
                normal(1, 2, 3, 4),
                normal(1, 2, 2, 2),
                mode=mode,
                padding_mode=padding,
                align_corners=padding == "zeros",
            ).but(dtypes=("float64",))
            for mode in ("bilinear", "bicubic", "nearest")
            for padding in ("zeros", "reflection", "border")
        },
    ),
    *operation("ctc", two=call(normal(4, 2, 3), labels=LABELS, zero_infinity=True)),
    *operation("max_unpool", line=call(normal(2, 2), literal([[0, 3], [1, 2]], "int64"), size=4)),
    *operation(
        "layer_normalization group_normalization batch_normalization",
        affine=call(normal(2, 4), normal(4), normal(4), axes=(1,), eps=1e-5),
        plain=call(normal(2, 4), None, None, axes=(1,), eps=1e-5),
    ),
    *operation("rms_normalization", affine=call(normal(2, 4), normal(4), axes=(1,), eps=1e-5)),
    *operation(
        "attend",
        plain=call(normal(2, 3), normal(4, 3), normal(4, 2), scale=0.5),
        added=call(normal(2, 3), normal(4, 3), normal(4, 2), normal(2, 4), scale=0.5, additive=True),
        masked=call(normal(2, 3), normal(4, 3), normal(4, 2), mask(2, 4), scale=0.5, noise=np.full((2, 4), 2.0)),
    ),
]


@dataclass(frozen=True)
class Call:
    """One call of an operation: its inputs, as arrays in the dtype they are computed in, and its parameters."""

    operation: Operation
    name: str
    inputs: list
    values: dict[str, Any]

    def forward(self, xp: Any, convert: Callable = np.asarray) -> list:
        """All results, derived ones included, in a namespace whose arrays `convert` makes."""
        inputs, op = self._converted(convert), self.operation
        result = op.forward(xp, inputs, **self.values) if op.sequence else op.forward(xp, *inputs, **self.values)
        return list(result) if len(op.outputs) > 1 or op.derived else [result]

    def shares(self, xp: Any, results: list, convert: Callable = np.asarray) -> list:
        """The inputs' shares of drawn cotangents of `results`, which a forward in the same namespace gave."""
        op, inputs = self.operation, self._converted(convert)
        saved = dict(zip((*op.outputs, *op.derived), results)) | dict(zip(op.inputs, inputs))
        cells = [SimpleNamespace(array=saved[name]) for name in op.saves]
        cts = [self._cotangent(i, result, convert) for i, result in enumerate(results[: len(op.outputs)])]
        values = {**op.defaults, **self.values}
        for name, array in zip(op.inputs, self.inputs):
            values |= {f"{name}_shape": np.shape(array), f"{name}_dtype": getattr(array, "dtype", None)}
        wanted = [is_floating(array) or None for array in self.inputs]
        node = SimpleNamespace(edges=wanted, values=values)
        return list(op.pullback(xp, cts if len(op.outputs) > 1 else cts[0], cells, node))

    def _converted(self, convert: Callable) -> list:
        return [convert(array) if isinstance(array, np.ndarray) else array for array in self.inputs]

    def _cotangent(self, i: int, result: Any, convert: Callable) -> Any:
        if not is_floating(result):
            return None
        return convert(draw(Array("normal", tuple(result.shape)), result.dtype.name, f"{self.name}/{i}"))


def is_floating(array: Any) -> bool:
    """Whether this is an array of real or complex numbers."""
    return hasattr(array, "dtype") and np.dtype(array.dtype).kind in "fc"


def calls_of(op: Operation) -> Iterator[Call]:
    """All calls of an operation that the samples have, in every dtype that has gradients."""
    for sample in [*SAMPLES, *samples.SAMPLES]:
        if sample.function is None and sample.operation.split(".")[-1].rstrip("_") == op.name.rstrip("_"):
            for dtype in [dtype for dtype in sample.dtypes if dtype in DIFFERENTIABLE] or sample.dtypes[:1]:
                works = sample in SAMPLES or "values" in ENTRIES.get((sample, dtype), {})
                made = _call(op, sample, dtype) if works else None
                if made is not None:
                    yield made


def _call(op: Operation, sample: Sample, dtype: str) -> Call | None:
    args, kwargs = sample.bind(mutagrad, [mutagrad.tensor(array) for array in sample.draw(dtype)])
    try:
        if op.sequence:
            inputs, values = args[0], {**dict(zip(op.parameters, args[1:])), **kwargs}
        else:
            chosen, inputs, values, _ = bind(op, args, kwargs)
            if chosen is not op:
                return None
        if any(isinstance(value, mutagrad.Tensor) for value in values.values()):
            return None
        made = Call(op, f"{sample.name}-{dtype}", op.prepare(inputs), values)
        made.shares(arrays, made.forward(arrays))
    except Exception:  # not a call of this operation, but of another of the same name
        return None
    return made
