"""Into which files the recordings are divided, and which entries of the database are none of this library's."""

from __future__ import annotations

from fnmatch import fnmatchcase

TITLES = {
    "linalg": "`linalg`",
    "fft": "`fft`",
    "special": "`special`",
    "signal": "`signal.windows`",
    "masked": "`masked`",
    "nn_functional": "`nn.functional`",
    "matrices": "Top level: matrices and special functions",
    "layers": "Top level: layers",
    "top_level": "Top level and methods: all else",
}
FAMILIES = tuple(TITLES)

MATRICES = (
    "addr cdist cholesky cholesky_inverse cholesky_solve cross det diag_embed geqrf householder_product inner inverse"
    " kron logdet lu lu_solve lu_unpack matrix_exp norm ormqr outer pca_lowrank pinverse qr slogdet stft istft svd"
    " svd_lowrank trace triangular_solve vdot igamma igammac polygamma* mvlgamma* digamma lgamma i0 sinc erf erfc"
    " erfinv logit xlogy"
)
LAYERS = (
    "native_group_norm native_layer_norm native_batch_norm constant_pad_nd grid_sampler_2d grid_sampler_3d softmax*"
    " log_softmax*"
)
EXCLUDED = {
    "CUDA only": ["jiterator_*", "torch._scaled_mm*", "torch.ops.aten._flash_*", "torch.ops.aten._efficient_*"],
    "sparse": ["sparse.*", "to_sparse"],
    "a dtype that NumPy lacks": ["bfloat16", "chalf"],
    "internal to PyTorch": [
        "_[!_]*",
        "torch.ops.*",
        "slice",
        "native_dropout_backward",
        "max_pool2d_with_indices_backward",
        "hash_tensor",
    ],
}


def family_of(name: str) -> str:
    """The family whose recording holds the operator."""
    space, _, _ = name.partition("/")[0].rpartition(".")
    if space:
        return {"nn.functional": "nn_functional", "signal.windows": "signal"}.get(space, space.partition(".")[0])
    path = name.partition("/")[0]
    for family, patterns in (("matrices", MATRICES), ("layers", LAYERS)):
        if any(fnmatchcase(path, pattern) for pattern in patterns.split()):
            return family
    return "top_level"


def excluded(name: str) -> str | None:
    """Why the operator is not counted, or None."""
    path = name.partition("/")[0]
    for reason, patterns in EXCLUDED.items():
        if any(fnmatchcase(path, pattern) for pattern in patterns):
            return reason
    return None
