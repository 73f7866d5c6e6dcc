"""Functions of `nn.functional` that the recorded cases of PyTorch's operator database do not reach, or not so.

The database has no forms with `inplace=True`, few second orders of sampled grids, and no random functions but dropout.
"""

from collections.abc import Callable
from typing import Any

from ..sample import call, distinct, index, literal, nonzero, normal, operation, positive, unit

DOUBLES = ("float64",)
FLOATS = ("float64", "float32")


def written(name: str) -> Callable:
    """The function called with `inplace=True`, on a result that nobody else has; its input must be what it returns."""

    def call(torch: Any, input: Any, *args: Any) -> Any:
        target = input * 1
        result = getattr(torch.nn.functional, name)(target, *args, inplace=True)
        assert result is target
        return result

    return call


def after_softmax(torch: Any, input: Any, *args: Any, **kwargs: Any) -> Any:
    """The loss of scores: its gradient by itself is that of scores whose softmax it is given."""
    return torch.nn.functional.ctc_loss(input.log_softmax(2), *args, **kwargs)


def seeded(name: str) -> Callable:
    """A random function, from one seed."""

    def call(torch: Any, *args: Any, **kwargs: Any) -> Any:
        torch.manual_seed(7)
        return getattr(torch.nn.functional, name)(*args, **kwargs)

    return call


IN_PLACE = [
    sample
    for name, args in {
        "relu": (), "relu6": (), "elu": (0.7,), "celu": (0.7,), "selu": (), "leaky_relu": (0.1,), "silu": (), "mish": (),
        "hardtanh": (-0.5, 0.5), "hardswish": (), "hardsigmoid": (), "threshold": (0.1, 2.0), "rrelu": (0.2, 0.3),
    }.items()
    for sample in operation(f"{name}_inplace", written(name), one=call(nonzero(2, 3), *args).but(dtypes=FLOATS, rtol=1e-7))
]  # fmt: skip
GRIDS = [
    *operation(
        "nn.functional.grid_sample",
        **{
            f"{mode}_{padding}": call(
                normal(1, 2, 4, 3), unit(1, 2, 2, 2), mode=mode, padding_mode=padding, align_corners=padding == "border"
            ).but(dtypes=FLOATS, second=False, smooth=padding != "reflection")  # one of its points lies at a kink
            for mode in ("bilinear", "bicubic")
            for padding in ("zeros", "border", "reflection")
        },
        volume=call(normal(1, 2, 3, 2, 4), unit(1, 2, 1, 2, 3), align_corners=False).but(dtypes=DOUBLES, second=False),
    ),
    *operation("nn.functional.affine_grid", image=call(normal(2, 2, 3), (2, 1, 2, 3), align_corners=False)),
    *operation(
        "nn.functional.interpolate",
        filtered=call(normal(1, 1, 6, 7), (3, 4), mode="bicubic", antialias=True).but(dtypes=FLOATS),
        scaled=call(normal(1, 2, 5), scale_factor=1.7, mode="linear").but(dtypes=FLOATS),
        exact=call(normal(1, 2, 5), scale_factor=0.6, mode="nearest-exact").but(dtypes=FLOATS),
    ),
    *operation("nn.functional.fold", two=call(normal(1, 8, 4), (3, 3), 2).but(dtypes=("float64", "complex128"))),
]
LOSSES = [
    *operation(
        "ctc_loss_of_scores",
        after_softmax,
        table=call(
            normal(5, 2, 4),
            literal([[1, 1, 3], [2, 0, 0]], "int64"),
            literal([5, 4], "int64"),
            literal([3, 1], "int64"),
        ).but(dtypes=FLOATS, second=False),
        impossible=call(
            normal(2, 1, 3), literal([[1, 1]], "int64"), (2,), (2,), reduction="none", zero_infinity=True
        ).but(dtypes=DOUBLES, second=False),
    ),
    *operation(
        "nn.functional.multilabel_margin_loss",
        early_end=call(distinct(2, 4), literal([[3, 0, -1, 1], [-1, 0, 0, 0]], "int64")).but(dtypes=DOUBLES),
    ),
    *operation(
        "nn.functional.multi_margin_loss",
        squared=call(distinct(3, 4), index(4, 3), 2, 0.5, positive(4)).but(dtypes=FLOATS, grad=(0,)),
    ),
    *operation("nn.functional.pairwise_distance", rows=call(normal(2, 3), normal(2, 3), 3.0).but(dtypes=DOUBLES)),
]
RANDOM = [
    *operation("alpha_dropout_seeded", seeded("alpha_dropout"), one=call(normal(3, 4), 0.4, True).but(dtypes=FLOATS)),
    *operation("dropout2d_seeded", seeded("dropout2d"), one=call(normal(2, 3, 2, 2), 0.4).but(dtypes=FLOATS)),
    *operation("rrelu_seeded", seeded("rrelu"), one=call(normal(3, 4), 0.1, 0.4, True).but(dtypes=FLOATS)),
    *operation(
        "gumbel_seeded", seeded("gumbel_softmax"), hard=call(normal(3, 4), 0.5, True).but(dtypes=DOUBLES, smooth=False)
    ),
    *operation(
        "fractional_seeded",
        seeded("fractional_max_pool2d"),
        one=call(distinct(1, 2, 7, 6), 2, output_size=(4, 3), return_indices=True).but(dtypes=DOUBLES),
    ),
]

SAMPLES = [*IN_PLACE, *GRIDS, *LOSSES, *RANDOM]
