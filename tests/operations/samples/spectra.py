"""Samples of Fourier transforms, of signals and half spectra, along one dimension and several; windows; short times."""

from ..sample import call, literal, normal, operation, positive

TWO_DOUBLES = ("float64", "float32", "complex128", "complex64", "int64")
REALS = ("float64", "float32", "int64")
ONE = {
    "plain": call(normal(2, 5)),
    "cut": call(normal(2, 5), 3),
    "filled": call(normal(2, 3), 6),
    "first": call(normal(3, 2), dim=0),
    "ortho": call(normal(4), norm="ortho"),
    "forward": call(normal(2, 4), norm="forward"),
}
TWO = {
    "plain": call(normal(2, 3, 4)),
    "sizes": call(normal(3, 3), (2, 5), norm="ortho"),
    "turned": call(normal(2, 3, 2), dim=(2, 0)),
}
SEVERAL = {
    "plain": call(normal(2, 3, 2)),
    "last": call(normal(2, 3, 4), (2, 3)),
    "named": call(normal(2, 3, 2), dim=(0, 1), norm="forward"),
    "kept": call(normal(2, 3), (-1, 4)),
}
FORMS = (("", ONE), ("2", TWO), ("n", SEVERAL))


def transforms(names, dtypes):
    """All three forms of each of the transforms named."""
    return [
        sample
        for name in names.split()
        for suffix, calls in FORMS
        for sample in operation(f"fft.{name}{suffix}", **{k: c.but(dtypes=dtypes) for k, c in calls.items()})
    ]


TRANSFORMS = [
    *transforms("fft ifft irfft hfft", TWO_DOUBLES),
    *transforms("rfft ihfft", REALS),
    *operation("fft.fft", zero_points=call(normal(2), 0).but(raises=True, dtypes=("float64",))),
    *operation("fft.rfftn", no_axis=call(normal()).but(raises=True, dtypes=("float64",))),
    *operation("fft.fftshift fft.ifftshift", all=call(normal(3, 4)), one=call(normal(5, 2), dim=0)),
    *operation("fft.fftfreq fft.rfftfreq", even=call(4), odd=call(5, 0.5), double=call(3)),
]

WINDOWS = [
    *operation(
        "hann_window hamming_window bartlett_window blackman_window kaiser_window",
        periodic=call(6),
    ),
    *[
        sample
        for name in ["hann_window", "hamming_window", "bartlett_window", "blackman_window", "kaiser_window"]
        for sample in operation(
            name, symmetric=call(5, False), one=call(1), none=call(0), negative=call(-1).but(raises=True)
        )
    ],
    *operation("hamming_window", weights=call(4, True, 0.6, 0.3)),
    *operation("kaiser_window", wide=call(5, True, 2.0)),
    *[
        sample
        for name in [
            "hann",
            "hamming",
            "bartlett",
            "blackman",
            "cosine",
            "exponential",
            "gaussian",
            "kaiser",
            "nuttall",
            "general_hamming",
        ]
        for sample in operation(
            f"signal.windows.{name}", symmetric=call(5), periodic=call(6, sym=False), one=call(1), none=call(0)
        )
    ],
    *operation("signal.windows.exponential", centred=call(5, center=1.0, tau=2.0, sym=False)),
    *operation("signal.windows.gaussian", wide=call(4, std=2.5)),
    *operation("signal.windows.general_cosine", three=call(5, a=[0.5, 0.3, 0.2])),
]

FLOATING = ("float64", "float32", "complex128")
SHORT_TIMES = [
    *operation(
        "stft",
        plain=call(normal(12), 4, return_complex=True),
        pairs=call(normal(2, 10), 4, 2, return_complex=False),
        windowed=call(normal(12), 6, 3, 4, positive(4).of("float64"), return_complex=True),
        whole=call(normal(9), 4, onesided=False, pad_mode="constant", return_complex=True),
        plainly=call(normal(2, 9), 4, center=False, normalized=True, return_complex=True),
        replicated=call(normal(9), 4, pad_mode="replicate", return_complex=True),
    ),
    *operation(
        "istft",
        plain=call(normal(3, 6), 4),
        windowed=call(normal(2, 4, 5), 6, 2, 4, positive(4).of("float64")),
        cut=call(normal(3, 6), 4, length=4),
        filled=call(normal(3, 4), 4, length=12),
        two_sided=call(normal(4, 6), 4, onesided=False, normalized=True),
        to_complex=call(normal(4, 6), 4, onesided=False, return_complex=True),
        gap=call(normal(3, 4), 4, window=literal([0.0, 0.0, 0.0, 0.0], "float64")).but(raises=True),
    ),
]
SHORT_TIMES = [
    sample.__class__(**{**sample.__dict__, "dtypes": ("complex128",) if sample.operation == "istft" else FLOATING})
    for sample in SHORT_TIMES
]

SAMPLES = [*TRANSFORMS, *WINDOWS, *SHORT_TIMES]
