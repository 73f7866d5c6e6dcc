"""Samples of functions of one number, element by element: exponentials, trigonometry, rounding, activations, bounds."""

from ..sample import (
    DIFFERENTIABLE,
    FLOATS,
    Call,
    call,
    literal,
    nonzero,
    normal,
    operation,
    positive,
    probability,
    unit,
)

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, float("inf"), float("-inf"), float("nan"), 30.0, -30.0, 1000.0, -1000.0]


def unary(names, values=normal, edge=None, **more: Call):
    """The samples that any function of one tensor has; `edge` are points where only the first order is compared."""
    calls = {
        "matrix": call(values(2, 3)),
        "zero_dim": call(values()),
        "empty": call(values(0, 3)),
        "transposed": call(values(3, 4).laid("transposed")),
        "strided": call(values(2, 3).laid("strided")),
        "special": call(literal(SPECIAL)).but(dtypes=FLOATS[:2], grad=()),
    }
    if edge is not None:
        calls["edge"] = call(literal(edge)).but(dtypes=("float64",), smooth=False, second=False)
    return operation(names, **{**calls, **more})


ELEMENTARY = [
    *unary("exp", edge=[0.0, 800.0, -800.0]),
    *unary("exp2"),
    *unary("expm1", edge=[0.0, 1e-12]),
    *unary("log", positive, edge=[0.0, -1.0]),
    *unary("log2", positive, edge=[0.0]),
    *unary("log10", positive, edge=[0.0]),
    *unary("log1p", positive, edge=[-1.0, 0.0, 1e-12]),
    *unary("sqrt", positive, edge=[0.0, -1.0]),
    *unary("rsqrt", positive, edge=[0.0, -1.0]),
    *unary("square"),
    *unary("reciprocal", nonzero, edge=[0.0, -0.0]),
    *unary("neg negative", edge=[0.0, -0.0]),
    *unary("positive"),
    *unary("abs absolute", nonzero, edge=[0.0, -0.0, -2.0]),
    *unary("sign", nonzero, edge=[0.0, -0.0]),
    *unary("sgn", nonzero, edge=[0.0]),
    *unary("signbit", nonzero),
    *unary("sin", edge=[0.0]),
    *unary("cos"),
    *unary("tan", unit),
    *unary("asin arcsin", unit, edge=[1.0, -1.0, 2.0]),
    *unary("acos arccos", unit, edge=[1.0, -1.0, 2.0]),
    *unary("atan arctan"),
    *unary("sinh"),
    *unary("cosh"),
    *unary("tanh", edge=[0.0, 30.0, -30.0]),
    *unary("asinh arcsinh"),
    *operation(
        "acosh arccosh", matrix=call(literal([1.5, 2.0, 3.5])), edge=call(literal([1.0, 0.5])).but(smooth=False)
    ),
    *unary("atanh arctanh", unit, edge=[1.0, -1.0]),
    *unary("sinc", nonzero, edge=[0.0]),
    *unary("erf", edge=[0.0, 30.0]),
    *unary("erfc", edge=[0.0, 30.0]),
    *unary("erfinv", unit, edge=[0.0, 1.0, -1.0]),
    *unary("lgamma", positive, negative=call(literal([-0.5, -1.5, 0.3])).but(dtypes=FLOATS[:2])),
    *unary("digamma", positive, negative=call(literal([-0.5, -1.5, 0.3])).but(dtypes=FLOATS[:2])),
    *unary("deg2rad"),
    *unary("rad2deg"),
]

HALVES = [0.5, 1.5, 2.5, -0.5, -1.5, 0.49999999999999994, 2.0]
ROUNDING = [
    *unary("floor", edge=HALVES),
    *unary("ceil", edge=HALVES),
    *unary(
        "round",
        edge=HALVES,
        decimals=call(literal([1.2345, -2.5678]), decimals=2).but(dtypes=("float64",)),
        tens=call(literal([123.0, 178.0]), decimals=-1).but(dtypes=("float64",)),
    ),
    *unary("trunc fix", edge=HALVES),
    *unary("frac", edge=HALVES),
    *unary("isnan"),
    *unary("isinf"),
    *unary("isfinite"),
    *unary("isposinf"),
    *unary("isneginf"),
    *operation(
        "nan_to_num",
        default=call(literal(SPECIAL)).but(dtypes=FLOATS, smooth=False),
        chosen=call(literal(SPECIAL), nan=1.0, posinf=2.0, neginf=-2.0).but(dtypes=FLOATS, smooth=False),
        finite=call(normal(2, 3)),
    ),
]

ACTIVATIONS = [
    *unary("sigmoid", edge=[0.0, 800.0, -800.0]),
    *unary("nn.functional.logsigmoid", edge=[0.0, 800.0, -800.0]),
    *unary("logit", probability, clipped=call(probability(4), eps=0.2).but(smooth=False), edge=[0.0, 1.0]),
    *unary("relu", nonzero, edge=[0.0, -0.0]),
    *unary("nn.functional.relu", nonzero),
    *unary("nn.functional.relu6", nonzero, above=call(literal([5.0, 7.0])).but(dtypes=FLOATS)),
    *unary(
        "nn.functional.leaky_relu",
        nonzero,
        edge=[0.0, -0.0],
        slope=call(nonzero(3), 0.3),
        named=call(nonzero(3), negative_slope=2.0),
    ),
    *unary("nn.functional.elu", nonzero, edge=[0.0], alpha=call(nonzero(3), alpha=0.5)),
    *unary("nn.functional.selu", nonzero),
    *unary("nn.functional.silu", edge=[0.0]),
    *unary("nn.functional.mish"),
    *unary(
        "nn.functional.softplus",
        edge=[0.0, 21.0, -50.0],
        beta=call(normal(3), beta=2.0, threshold=1.0).but(smooth=False),
    ),
    # Of an infinite number PyTorch gives nan in single precision, infinity in double.
    *unary("nn.functional.gelu", edge=[0.0], special=call(literal(SPECIAL)).but(dtypes=FLOATS[:1], grad=())),
    *operation(
        "nn.functional.gelu", tanh=call(normal(2, 3), approximate="tanh"), zero=call(literal([0.0]), approximate="tanh")
    ),
    *unary("nn.functional.hardtanh", edge=[1.0, -1.0], limits=call(normal(4), -0.5, 0.75)),
    *unary("nn.functional.tanh"),
    *unary("nn.functional.sigmoid"),
]


def clamps(name):
    """Samples of `clamp` and its alias `clip`: each bound as number, as tensor, missing, crossed, and met exactly."""
    return operation(
        name,
        both=call(normal(2, 3), -0.5, 0.5).but(dtypes=(*FLOATS, "int64")),
        whole=call(normal(2, 3), -1, 2),
        low=call(normal(2, 3), min=0),
        high=call(normal(2, 3), max=0),
        tensors=call(normal(2, 3), literal([-1.0, -0.5, 0.1]), literal([1.0, 0.5, 0.2])),
        tensor_low=call(normal(2, 3), normal(3)),
        tensor_high=call(normal(2, 3), max=normal(2, 1)),
        crossed=call(literal([0.0, 1.0, 2.0, 3.0]), 2, 1).but(smooth=False),
        bounds=call(literal([-1.0, 0.0, 1.0]), -1, 1).but(smooth=False),
        tensor_bounds=call(literal([-1.0, 0.0, 1.0]), literal([-1.0, -1.0, -1.0]), literal([1.0, 1.0, 1.0])).but(
            smooth=False
        ),
        nan=call(literal([float("nan"), 5.0]), -1.0, 1.0).but(dtypes=FLOATS, smooth=False),
        zero_dim=call(normal(), -0.1, 0.1),
        empty=call(normal(0, 2), 0, 1),
        transposed=call(normal(3, 2).laid("transposed"), -1, 1),
    )


BOUNDS = [
    *clamps("clamp"),
    *operation("clip", both=call(normal(2, 3), -0.5, 0.5)),
    *operation(
        "clamp_min",
        number=call(normal(2, 3), 0),
        tensor=call(normal(2, 3), normal(3)),
        bound=call(literal([1.0, 0.0]), 1).but(smooth=False),
    ),
    *operation(
        "clamp_max",
        number=call(normal(2, 3), 0),
        tensor=call(normal(2, 3), normal(3)),
        bound=call(literal([1.0, 0.0]), 1).but(smooth=False),
    ),
    *operation(
        "nn.functional.threshold",
        number=call(nonzero(4), 0.1, 5.0),
        bound=call(literal([1.0, 0.0]), 1.0, 3.0).but(smooth=False),
    ),
]

COMPLEX = [
    *operation("real", vector=call(normal(3)), matrix=call(normal(2, 3).laid("transposed"))),
    *operation(
        "imag", vector=call(normal(3)).but(dtypes=("complex128",)), zero_dim=call(normal()).but(dtypes=("complex128",))
    ),
    *operation("conj", vector=call(normal(3)), matrix=call(normal(2, 3).laid("transposed"))),
    *operation("angle", vector=call(nonzero(4)), edge=call(literal([0.0, 1.0])).but(smooth=False, second=False)),
    *operation("polar", parts=call(positive(3), normal(3)).but(dtypes=("float64", "float32"))),
    *operation("complex", parts=call(normal(3), normal(3)).but(dtypes=("float64", "float32"))),
    *operation("conj_physical", vector=call(normal(3))),
    *operation("resolve_conj", vector=call(normal(3))),
    *operation("isreal", vector=call(literal([1.0, 2.0]))),
    *operation("is_complex.result", lambda torch, x: torch.tensor(torch.is_complex(x)), vector=call(normal(2))),
    *operation(
        "is_floating_point.result", lambda torch, x: torch.tensor(torch.is_floating_point(x)), vector=call(normal(2))
    ),
    *operation(
        "squared_magnitude",
        lambda torch, z: (z * z.conj()).real,
        vector=call(normal(3)).but(dtypes=DIFFERENTIABLE),
    ),
    *operation(
        "mixed_product",
        lambda torch, x, z: x * z,
        vector=call(normal(3).of("float64"), normal(3).of("complex128")).but(grad=(0, 1), dtypes=("complex128",)),
    ),
    *operation(
        "mixed_sum",
        lambda torch, x, z: x - z.abs(),
        vector=call(normal(3).of("float64"), normal(3).of("complex128")).but(grad=(0, 1), dtypes=("complex128",)),
    ),
]

POINTWISE = [*ELEMENTARY, *ROUNDING, *ACTIVATIONS, *BOUNDS]
SAMPLES = [*POINTWISE, *COMPLEX]
