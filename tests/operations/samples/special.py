"""Samples of special functions: Bessel and Airy, polynomials, of probability, incomplete gamma, zeta."""

from ..sample import call, literal, normal, operation, positive, probability, unit

REAL = ("float64", "float32", "int64", "bool")


def each(names, **calls):
    """The same calls for several functions of `torch.special`."""
    made = {label: call.but(**{"dtypes": REAL, **call.options}) for label, call in calls.items()}
    return [sample for name in names.split() for sample in operation(f"special.{name}", **made)]


BESSEL = [
    *each(
        "airy_ai bessel_j1 modified_bessel_i0 modified_bessel_i1 spherical_bessel_j0 i1",
        plain=call(normal(2, 3)),
        zero=call(literal([0.0, 1.0, -2.0])),
    ),
    *each("i0e i1e", plain=call(normal(2, 3)), zero=call(literal([0.0, 1.0, -2.0])).but(smooth=False)),
    *each("bessel_j0 bessel_y0", small=call(positive(2, 3))),
    *each(
        "modified_bessel_k0 modified_bessel_k1 scaled_modified_bessel_k0 scaled_modified_bessel_k1",
        positive=call(positive(2, 3)),
        edge=call(literal([0.0, -1.0, 30.0])).but(smooth=False, second=False),
    ),
]

DEGREES = literal([[0.0, 1.0, 2.0], [3.0, 4.0, 7.0]], "float64")
POLYNOMIALS = each(
    """chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w
    shifted_chebyshev_polynomial_t shifted_chebyshev_polynomial_u shifted_chebyshev_polynomial_v
    shifted_chebyshev_polynomial_w hermite_polynomial_h hermite_polynomial_he laguerre_polynomial_l
    legendre_polynomial_p""",
    degrees=call(normal(2, 3), DEGREES).but(dtypes=("float64", "int64")),
    number=call(unit(4), 5),
    negative=call(unit(3), -1),
    ends=call(literal([-1.0, 0.0, 1.0]), 3),
)

PROBABILITY = [
    *each("ndtr log_ndtr erfcx", plain=call(normal(2, 3)), far=call(literal([-20.0, -5.0, 3.0]))),
    *each("ndtri", inside=call(probability(2, 3)), edges=call(literal([0.0, 1.0])).but(smooth=False, second=False)),
    *each(
        "entr",
        inside=call(positive(2, 3)),
        edges=call(literal([0.0, -1.0, 1.0])).but(smooth=False, second=False),
    ),
    *each(
        "xlog1py",
        plain=call(normal(2, 3), positive(3)),
        number=call(positive(3), 2.0),
        nothing=call(literal([0.0, 0.0, 1.0]), literal([-2.0, float("nan"), -1.0])).but(smooth=False, grad=()),
    ),
]

GAMMA = [
    *operation("igamma igammac", rows=call(positive(2, 3).of("float64"), positive(3)).but(dtypes=("float64",))),
    *each(
        "gammainc gammaincc",
        rows=call(positive(2, 3).of("float64"), positive(3)).but(dtypes=("float64",)),
    ),
    *each("zeta", rows=call(literal([2.0, 3.5], "float64"), positive(2)).but(dtypes=("float64",))),
]

SAMPLES = [*BESSEL, *POLYNOMIALS, *PROBABILITY, *GAMMA]
