"""What layers compute: convolution, pooling, normalisation, embedding, attention.

The recorded cases of PyTorch's operator database (`tests/op_db`) cover the shapes; here are the forms of the calls that
it lacks, and those for finite differences and layouts.
"""

from ..sample import call, distinct, index, literal, mask, normal, operation, positive

FLOATS = ("float64", "float32")
DOUBLES = ("float64",)

CONVOLUTIONS = [
    *operation(
        "conv2d nn.functional.conv2d",
        plain=call(normal(2, 3, 5, 4), normal(2, 3, 3, 2), normal(2)).but(dtypes=("float64", "complex128", "int64")),
        all=call(normal(1, 4, 6, 5), normal(2, 2, 2, 3), None, (2, 1), (1, 2), (2, 1), 2).but(dtypes=FLOATS),
        same=call(normal(1, 2, 4, 5), normal(2, 2, 2, 3), None, padding="same").but(dtypes=DOUBLES),
        strided=call(normal(2, 3, 4, 4).laid("transposed"), normal(2, 3, 3, 3).laid("strided")).but(dtypes=DOUBLES),
        alone=call(normal(3, 4, 4), normal(2, 3, 3, 3)).but(dtypes=DOUBLES),
    ),
    *operation(
        "conv_transpose2d nn.functional.conv_transpose2d",
        all=call(normal(1, 4, 3, 3), normal(4, 2, 2, 3), normal(4), (2, 3), 1, (1, 2), 2, (2, 1)).but(
            dtypes=("float64", "complex128")
        ),
        much=call(normal(1, 2, 3, 3), normal(2, 2, 2, 2), output_padding=1).but(raises=True),
    ),
    *operation(
        "conv_transpose1d", gaps=call(normal(1, 2, 3), normal(2, 2, 2), None, 1, 0, 1, 1, 2).but(dtypes=DOUBLES)
    ),
    *operation("conv1d", wrong=call(normal(1, 2, 3), normal(2, 3, 2)).but(raises=True)),
]
POOLING = [
    *operation(
        "nn.functional.max_pool2d",
        padded=call(distinct(1, 2, 5, 5), 3, 2, 1, ceil_mode=True, return_indices=True).but(dtypes=FLOATS),
        apart=call(distinct(1, 2, 6, 6), (2, 3), (1, 2), dilation=2).but(dtypes=DOUBLES),
        nan=call(literal([[[1.0, float("nan"), 2.0, 3.0]] * 2]), (1, 2), return_indices=True).but(
            dtypes=DOUBLES, smooth=False
        ),
        equal=call(literal([[[2.0, 2.0], [2.0, 2.0]]]), 2, return_indices=True).but(dtypes=DOUBLES, smooth=False),
    ),
    *operation("nn.functional.avg_pool1d", whole=call(normal(1, 2, 9), 4, 3, 2, True).but(dtypes=("float64", "int64"))),
    *operation("nn.functional.adaptive_max_pool1d", three=call(distinct(2, 7), 3, True).but(dtypes=DOUBLES)),
    *operation("nn.functional.adaptive_avg_pool2d", three=call(normal(1, 2, 7, 5), (3, None)).but(dtypes=FLOATS)),
]
NORMALIZATION = [
    *operation(
        "nn.functional.layer_norm",
        affine=call(normal(2, 3, 4), (3, 4), normal(3, 4), normal(3, 4)).but(dtypes=FLOATS),
    ),
    *operation(
        "nn.functional.batch_norm",
        training=call(normal(3, 2, 4), None, None, normal(2), normal(2), True).but(dtypes=FLOATS),
        evaluated=call(normal(3, 2, 4), normal(2), positive(2), normal(2), normal(2)).but(
            dtypes=DOUBLES, grad=(0, 3, 4)
        ),
    ),
    *operation("nn.functional.group_norm", affine=call(normal(2, 4, 3), 2, normal(4), normal(4)).but(dtypes=DOUBLES)),
    *operation(
        "nn.functional.rms_norm", affine=call(normal(2, 4), (4,), normal(4)).but(dtypes=("float64", "complex128"))
    ),
]
LOOKED_UP = [
    *operation(
        "nn.functional.embedding",
        padded=call(literal([[0, 2], [1, 2]], "int64"), normal(4, 3), padding_idx=-2).but(dtypes=DOUBLES, smooth=False),
        frequent=call(literal([0, 2, 2], "int64"), normal(4, 3), scale_grad_by_freq=True).but(
            dtypes=DOUBLES, smooth=False, second=False
        ),
        out_of_range=call(literal([4], "int64"), normal(4, 3)).but(raises=True),
    ),
    *operation(
        "nn.functional.embedding_bag",
        **{
            mode: call(index(4, 3, 3), normal(4, 2), mode=mode, padding_idx=1).but(dtypes=DOUBLES)
            for mode in ("sum", "mean", "max")
        },
        weighted=call(
            index(4, 5), normal(4, 2), literal([0, 0, 3], "int64"), mode="sum", per_sample_weights=normal(5)
        ).but(dtypes=DOUBLES),
    ),
]
ATTENTION = [
    *operation(
        "nn.functional.scaled_dot_product_attention",
        added=call(normal(2, 3, 4), normal(2, 5, 4), normal(2, 5, 2), normal(3, 5)).but(dtypes=DOUBLES),
        masked=call(normal(2, 3, 4), normal(2, 5, 4), normal(2, 5, 2), mask(3, 5)).but(dtypes=DOUBLES),
        grouped=call(normal(1, 4, 3, 2), normal(1, 2, 3, 2), normal(1, 2, 3, 2), is_causal=True, enable_gqa=True).but(
            dtypes=FLOATS
        ),
    ),
]

SAMPLES = [*CONVOLUTIONS, *POOLING, *NORMALIZATION, *LOOKED_UP, *ATTENTION]
