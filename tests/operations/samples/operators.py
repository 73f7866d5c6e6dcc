"""Samples of Python's operators, plain and augmented, of promotion between all pairs of dtypes, and of conversions."""

import operator

from ..sample import DTYPES, DType, call, literal, nonzero, normal, operation, positive

BITWISE = ["and_", "or_", "xor", "lshift", "rshift", "iand", "ior", "ixor", "ilshift", "irshift", "invert"]


def runs(name):
    """The dtypes that an operator is tried in."""
    return ("int64", "bool") if name in BITWISE else DTYPES


def applied(name):
    """The operator as a sample's function."""
    apply = getattr(operator, name)
    return lambda torch, *operands: apply(*operands)


def augmented(name):
    """The augmented operator, on a clone of its left operand."""
    apply = getattr(operator, name)
    return lambda torch, left, right: apply(left.clone(), right)


BINARY = "add sub mul truediv floordiv mod pow eq ne lt le gt ge and_ or_ xor lshift rshift"
AUGMENTED = "iadd isub imul itruediv ifloordiv imod ipow iand ior ixor ilshift irshift"
OPERATORS = [
    *(
        sample
        for name in BINARY.split()
        for sample in operation(
            f"operator.{name}",
            applied(name),
            tensors=call(positive(2, 2), positive(2, 2)).but(dtypes=runs(name)),
            right_number=call(positive(3), 2).but(dtypes=runs(name)),
            left_number=call(2, positive(3)).but(dtypes=runs(name)),
        )
    ),
    *(
        sample
        for name in AUGMENTED.split()
        for sample in operation(
            f"operator.{name}",
            augmented(name),
            row=call(positive(2, 3), positive(3)).but(dtypes=runs(name)),
            number=call(positive(3), 2).but(dtypes=runs(name)),
        )
    ),
    *(
        sample
        for name in ("neg", "pos", "abs", "invert")
        for sample in operation(
            f"operator.{name}",
            applied(name),
            matrix=call(nonzero(2, 3)).but(dtypes=runs(name)),
            zero_dim=call(nonzero()).but(dtypes=runs(name)),
        )
    ),
    *operation("operator.matmul", applied("matmul"), square=call(normal(2, 2), normal(2, 2))),
]

KINDS = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64", "complex64", "complex128"]


def promotions(torch, kind, left, right):
    """The positions in `KINDS` of the dtypes that `left + right` has, `right` in every dtype."""
    left = left.to(getattr(torch, kind))
    # float16 with a complex number is complex32, which NumPy does not have.
    others = KINDS[:9] if kind == "float16" else KINDS
    sums = [left + right.to(getattr(torch, other)) for other in others]
    return torch.tensor([KINDS.index(str(total.dtype).split(".")[-1]) for total in sums])


def number_promotions(torch, kind, x):
    """`x` in the dtype named, plus a Python number of each kind."""
    return [x.to(getattr(torch, kind)) + number for number in (True, 1, 1.5, 1j)[: 3 if kind == "float16" else 4]]


ONCE = {"dtypes": ("float64",), "grad": ()}
PROMOTION = [
    sample
    for kind in KINDS
    for sample in [
        *operation(
            f"promotion.{kind}",
            promotions,
            arrays=call(kind, literal([1.0]), literal([1.0])).but(**ONCE),
            with_zero_dim=call(kind, literal([1.0]), literal(1.0)).but(**ONCE),
        ),
        *operation(f"promotion.{kind}", number_promotions, with_numbers=call(kind, literal([1.0])).but(**ONCE)),
    ]
]

CONVERSIONS = [
    sample
    for name in ["float", "double", "half", "int", "long", "short", "char", "byte", "bool"]
    for sample in operation(
        f"Tensor.{name}", values=call(positive(2, 3)).but(smooth=False, dtypes=("float64", "int64", "bool"))
    )
] + [
    *operation(
        "Tensor.to",
        dtype=call(normal(3), DType("float32")).but(smooth=False),
        keyword=call(normal(3), dtype=DType("complex128")),
        other=call(normal(3), positive(1).of("float32")).but(smooth=False),
        same=call(normal(3), DType("float64")),
    ),
    *operation("Tensor.type_as", narrower=call(normal(3), normal(1).of("float32")).but(smooth=False)),
    *operation(
        "clone", matrix=call(normal(2, 3)), transposed=call(normal(2, 3).laid("transposed")), empty=call(normal(0))
    ),
    *operation("Tensor.contiguous", transposed=call(normal(2, 3).laid("transposed")), same=call(normal(3))),
]

SAMPLES = [*OPERATORS, *PROMOTION, *CONVERSIONS]
