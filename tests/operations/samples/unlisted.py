"""Samples of functions that PyTorch's operator database does not list; random ones begin from one seed."""

from ..sample import call, distinct, literal, normal, operation

WEIGHTS = (normal(16, 3), normal(16, 4), normal(16), normal(16))
ONE_GATE = (normal(4, 3), normal(4, 4), normal(4), normal(4))
THREE_GATES = (normal(12, 3), normal(12, 4), normal(12), normal(12))
KINDS = ("sum", "mean", "prod", "max", "min")


def segments(kind, **options):
    """`segment_reduce` of parts of sizes 2, 0 and 3."""

    def reduced(torch, x):
        return torch.segment_reduce(x, kind, lengths=torch.tensor([2, 0, 3]), **options)

    return reduced


def rows_of_segments(torch, x):
    """Parts along the second dimension, of other sizes in each row."""
    return torch.segment_reduce(x, "sum", lengths=torch.tensor([[1, 3], [4, 0]]), axis=1)


def between_offsets(torch, x):
    """Parts that begin where the one before ends."""
    return torch.segment_reduce(x, "mean", offsets=torch.tensor([0, 1, 5]))


def long_short_term(torch, x, hidden, memory, *weights):
    return torch.lstm_cell(x, (hidden, memory), *weights)


def successes(torch, count, probability):
    torch.manual_seed(7)
    return torch.binomial(count, probability)


def put_out(torch, x):
    torch.manual_seed(7)
    return torch.native_dropout(x, 0.4, True)


def floats(*args):
    return call(*args).but(dtypes=("float64",))


STATE = normal(2, 4)
SAMPLES = [
    *operation("lstm_cell", long_short_term, plain=floats(normal(2, 3), STATE, STATE, *WEIGHTS)),
    *operation("gru_cell", plain=floats(normal(2, 3), STATE, *THREE_GATES)),
    *operation("rnn_tanh_cell", plain=floats(normal(2, 3), STATE, *ONE_GATE)),
    *operation("rnn_relu_cell", plain=floats(normal(2, 3), STATE, *ONE_GATE[:2])),
    *[
        each
        for kind in KINDS
        for each in operation("segment_reduce", segments(kind, initial=0.5), **{kind: floats(distinct(5, 2))})
    ],
    *operation("segment_reduce", rows_of_segments, rows=floats(normal(2, 4, 2))),
    *operation("segment_reduce", between_offsets, offsets=floats(normal(5))),
    *operation("conv_tbc", plain=floats(normal(5, 2, 3), normal(2, 3, 4), normal(4), 1)),
    *operation("norm_except_dim", plain=floats(normal(3, 2, 4), 2, 1), cubes=floats(normal(3, 2), 3, 0)),
    *operation(
        "affine_grid_generator",
        plain=floats(normal(2, 2, 3), (2, 1, 3, 2), False),
        corners=floats(normal(1, 3, 4), (1, 1, 2, 2, 3), True),
    ),
    *operation(
        "binomial_seeded",
        successes,
        few=call(literal([2.0, 7.0, 30.0, 9.0]), literal([0.5, 0.9, 0.1, 0.0])).but(dtypes=("float32",), grad=()),
        many=call(literal([40.0, 50.0, 1e4, 1e6]), literal([0.5, 0.8, 0.3, 0.001])).but(dtypes=("float64",), grad=()),
    ),
    *operation("native_dropout_seeded", put_out, plain=floats(normal(3, 4))),
]
