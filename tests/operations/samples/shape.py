"""Samples of views and of other changes of shape, and of operations that exist in place only.

Each view is also written through: its base is compared after `view.mul_(factor)`, in value and in gradient.
"""

from ..sample import FLOATS, REALS, Call, DType, call, literal, mask, nonzero, normal, operation

COMPLEX = ("complex128",)


def views(names, **calls: Call):
    """Samples of an operation whose result is a view of its first argument."""
    return operation(names, **{label: made.but(view=True) for label, made in calls.items()})


PARTS = [
    *views("select", first=call(normal(3, 2), 0, 1), last=call(normal(3, 2), -1, -1), vector=call(normal(3), 0, 2)),
    *views(
        "narrow", first=call(normal(4, 2), 0, 1, 2), last=call(normal(2, 4), -1, 0, 3), empty=call(normal(3), 0, 1, 0)
    ),
    *views("Tensor.narrow", negative=call(normal(4), 0, -2, 2)),
    *views(
        "split",
        whole=call(normal(5, 2), 2),
        sizes=call(normal(4), [1, 3]),
        last=call(normal(2, 4), 2, dim=-1),
        zero=call(normal(3), [0, 3]),
    ),
    *views("chunk", even=call(normal(4, 2), 2), uneven=call(normal(5), 3), last=call(normal(2, 3), 2, -1)),
    *views("unbind", first=call(normal(2, 3)), last=call(normal(2, 3), -1)),
    *views("tensor_split", number=call(normal(5), 3), indices=call(normal(5), (1, 3))),
    *views("hsplit", number=call(normal(2, 4), 2)),
    *views("vsplit", number=call(normal(4, 2), 2)),
    *views(
        "diagonal",
        square=call(normal(3, 3)),
        above=call(normal(3, 4), 1),
        below=call(normal(4, 3), -1),
        batch=call(normal(2, 3, 3), dim1=-2, dim2=-1),
        beyond=call(normal(2, 2), 2),
    ),
    *views("linalg.diagonal", batch=call(normal(2, 3, 3))),
    *views(
        "Tensor.unfold",
        apart=call(normal(6), 0, 2, 2),
        last=call(normal(2, 4), -1, 2, 2),
    ),
    # Windows that overlap are not to be written through: PyTorch's documentation leaves the outcome open.
    *operation("Tensor.unfold", overlapping=call(normal(5), 0, 3, 1)),
    *operation("as_strided", overlapping=call(normal(4), (3, 2), (1, 1))),
    *views(
        "as_strided",
        diagonal=call(normal(3, 3), (3,), (4,)),
        shifted=call(normal(3, 4), (2, 2), (4, 1), 5),
        transposed=call(normal(2, 3), (3, 2), (1, 3)),
        zero_dim=call(normal(3), (), (), 1),
    ),
]

ORDER = [
    *views(
        "transpose swapaxes swapdims",
        pair=call(normal(2, 3), 0, 1),
        negative=call(normal(2, 3, 4), -1, 0),
        same=call(normal(2), 0, 0),
        zero_dim=call(normal(), 0, -1),
    ),
    *views("t", matrix=call(normal(2, 3)), vector=call(normal(3)), zero_dim=call(normal())),
    *views(
        "permute",
        cycle=call(normal(2, 3, 4), (2, 0, 1)),
        negative=call(normal(2, 3), (-1, 0)),
        zero_dim=call(normal(), ()),
    ),
    *views("Tensor.permute", varargs=call(normal(2, 3, 4), 1, 2, 0)),
    *views("movedim moveaxis", one=call(normal(2, 3, 4), 0, -1), several=call(normal(2, 3, 4), (0, 1), (2, 0))),
    *views("adjoint", matrix=call(normal(2, 3)).but(dtypes=REALS)),
    # The conjugate of complex numbers is a copy here, a view that is conjugated when it is read in PyTorch.
    *operation("adjoint", complex=call(normal(2, 3)).but(dtypes=COMPLEX)),
]
for _name, _shapes in {"T": ((2, 3), (3,)), "mT": ((2, 3), (2, 3, 4)), "H": ((2, 3),), "mH": ((2, 2, 3),)}.items():
    for _shape in _shapes:
        ORDER += operation(
            f"Tensor.{_name}.read",
            lambda torch, x, name=_name: getattr(x, name),
            **{
                f"rank_{len(_shape)}": call(normal(*_shape)).but(view=True, dtypes=REALS),
                f"rank_{len(_shape)}_complex": call(normal(*_shape)).but(view=_name in ("T", "mT"), dtypes=COMPLEX),
            },
        )

SHAPES = [
    *views(
        "Tensor.view",
        varargs=call(normal(2, 6), 3, 4),
        tuple=call(normal(2, 6), (4, 3)),
        inferred=call(normal(2, 6), -1, 2),
        flat=call(normal(2, 3), -1),
        zero_dim=call(normal(1), ()),
        up=call(normal(), 1, 1),
        empty=call(normal(0, 3), 3, 0),
    ),
    *views("Tensor.view_as", other=call(normal(2, 3), normal(6)).but(grad=(0,))),
    *views(
        "reshape",
        matrix=call(normal(2, 6), (3, 4)),
        inferred=call(normal(2, 6), (-1,)),
        transposed=call(normal(2, 3).laid("transposed"), (6,)),
        strided=call(normal(2, 4).laid("strided"), (2, 2, 2)),
        empty=call(normal(0, 3), (3, -1)),
        zero_dim=call(normal(), (1,)),
    ),
    *views("Tensor.reshape", varargs=call(normal(2, 3), 3, -1)),
    *views("Tensor.reshape_as", other=call(normal(2, 3), normal(3, 2)).but(grad=(0,))),
    *views(
        "flatten",
        all=call(normal(2, 3)),
        part=call(normal(2, 3, 2), 1),
        middle=call(normal(2, 3, 2, 2), 1, 2),
        transposed=call(normal(2, 3).laid("transposed")),
        zero_dim=call(normal()),
    ),
    *views("ravel", matrix=call(normal(2, 3)), transposed=call(normal(2, 3).laid("transposed"))),
    *views("unflatten", last=call(normal(2, 6), 1, (2, 3)), inferred=call(normal(6), 0, (-1, 2))),
    *views(
        "squeeze",
        all=call(normal(1, 3, 1)),
        one=call(normal(1, 3, 1), 0),
        not_one=call(normal(2, 3), 0),
        several=call(normal(1, 3, 1), (0, 2)),
        zero_dim=call(normal()),
        to_zero_dim=call(normal(1, 1)),
    ),
    *views("unsqueeze", first=call(normal(3), 0), last=call(normal(2, 3), -1), zero_dim=call(normal(), 0)),
    *views(
        "Tensor.expand",
        varargs=call(normal(2, 1), 2, 3),
        kept=call(normal(2, 1), -1, 3),
        grows=call(normal(3), (2, 3)),
        zero_dim=call(normal(), 2, 2),
        same=call(normal(2, 3), 2, 3),
        empty=call(normal(1, 3), 0, 3),
    ),
    *views("Tensor.expand_as", other=call(normal(3), normal(2, 3)).but(grad=(0,))),
    *views("broadcast_to", grows=call(normal(3), (2, 3)), ones=call(normal(2, 1), (2, 3))),
    *views("atleast_1d", zero_dim=call(normal()), vector=call(normal(2))),
    *views("atleast_2d", vector=call(normal(2))),
    *views("atleast_3d", matrix=call(normal(2, 3))),
]

NUMBERS = [
    *views("real", complex=call(normal(2, 3)).but(dtypes=COMPLEX)),
    *views("imag", complex=call(normal(2, 3)).but(dtypes=COMPLEX)),
    *views("view_as_real", matrix=call(normal(2, 3)).but(dtypes=COMPLEX), zero_dim=call(normal()).but(dtypes=COMPLEX)),
    *views("view_as_complex", matrix=call(normal(3, 2)).but(dtypes=("float64", "float32"))),
    *operation("conj", rows=call(normal(2, 3)).but(dtypes=COMPLEX)),
    *operation(
        "Tensor.view",
        dtype=call(normal(2, 2), DType("int64")).but(dtypes=("float64",)),
        narrower=call(normal(2, 2), DType("int32")).but(dtypes=("float64",)),
    ),
    *operation("detach", matrix=call(normal(2, 3))),
]

# --- in place only ---------------------------------------------------------------------------------------------------


def overwriting(*args, **options):
    """A call that writes all of its first tensor."""
    return call(*args).but(overwrites=True, **options)


IN_PLACE = [
    *operation(
        "Tensor.fill_",
        number=overwriting(normal(2, 3), 2),
        fraction=overwriting(normal(2), 2.5),
        tensor=overwriting(normal(2), normal()),
        zero_dim=overwriting(normal(), 1),
    ),
    *operation("Tensor.zero_", matrix=overwriting(normal(2, 3)), empty=overwriting(normal(0))),
    *operation(
        "Tensor.copy_",
        same=overwriting(normal(2, 3), normal(2, 3)),
        row=overwriting(normal(2, 3), normal(3)),
        narrower=overwriting(normal(2), normal(2).of("float32"), grad=(0, 1), smooth=False),
        whole=overwriting(normal(2), normal(2).of("int64")),
        transposed=overwriting(normal(2, 3), normal(2, 3).laid("transposed")),
    ),
    *operation("Tensor.fill_diagonal_", square=call(normal(3, 3), 2), wrapped=call(normal(5, 2), 2, wrap=True)),
    *operation("Tensor.masked_scatter_", row=call(normal(2, 3), mask(2, 3), normal(6))),
    *operation("Tensor.t_", matrix=call(normal(2, 3))),
    *operation("Tensor.transpose_", pair=call(normal(2, 3, 2), 0, 1)),
    *operation("Tensor.swapaxes_", pair=call(normal(2, 3), 0, 1)),
    *operation("Tensor.squeeze_", all=call(normal(1, 3, 1)), one=call(normal(1, 3), 0)),
    *operation("Tensor.unsqueeze_", first=call(normal(3), 0)),
    *operation("Tensor.as_strided_", diagonal=call(normal(3, 3), (3,), (4,))),
    *operation(
        "Tensor.resize_", smaller=call(normal(2, 3), 2, 2).but(grad=()), tuple=call(normal(6), (2, 3)).but(grad=())
    ),
    *operation("Tensor.set_", other=call(normal(2, 3), normal(3)).but(grad=())),
    *operation("Tensor.detach_", vector=call(normal(3))),
    *operation("Tensor.put_", flat=call(normal(4), literal([1, 3], "int64"), normal(2))),
    *operation("Tensor.relu_", matrix=call(nonzero(2, 3))),
]


def chosen(name, *values):
    """The `inplace=True` form of an activation, on a clone."""
    return operation(
        f"nn.functional.{name}.inplace",
        lambda torch, x: getattr(torch.nn.functional, name)(x.clone(), *values, inplace=True),
        matrix=call(nonzero(2, 3)).but(dtypes=FLOATS),
    )


for _name in ("relu", "relu6", "leaky_relu", "elu", "selu", "silu", "mish", "hardtanh"):
    IN_PLACE += chosen(_name)
IN_PLACE += chosen("threshold", 0.1, 5.0)

SAMPLES = [*PARTS, *ORDER, *SHAPES, *NUMBERS, *IN_PLACE]
