"""The short-time Fourier transform and its inverse: spectra of overlapping stretches of a signal.

Compositions of a gather, products with the window, the transforms of `fourier.py` and a sum over what overlaps.
Follows https://docs.pytorch.org/docs/stable/generated/torch.stft.html

>>> import mutagrad as torch
>>> torch.stft(torch.ones(8), 4, return_complex=True).shape
torch.Size([3, 9])
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutagrad.declaration import composite
from mutagrad.ops.checks import type_name
from mutagrad.ops.creation import ones, zeros
from mutagrad.ops.fourier import fft, ifft, irfft, rfft
from mutagrad.ops.joining import cat
from mutagrad.ops.views import view_as_real
from mutagrad.tensor import Tensor, wrap

__all__ = ["istft", "stft"]

_PADDING = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def _padded(signal: Tensor, size: int, mode: str) -> Tensor:
    """Signals (batch, length) continued by `size` at both ends."""
    batch, length = signal.shape
    if mode == "constant":
        nothing = zeros(batch, size, dtype=signal.dtype)
        return cat([nothing, signal, nothing], 1)
    if mode not in _PADDING:
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    if mode == "reflect" and size >= length:
        raise RuntimeError(
            "Argument #4: Padding size should be less than the corresponding input dimension, but got: padding "
            f"({size}, {size}) at dimension 2 of input {[1, batch, length]}"
        )
    places = np.pad(np.arange(length), size, mode=_PADDING[mode])  # type: ignore[call-overload]
    return signal[:, wrap(places)]


def _frames(length: int, n_fft: int, hop: int) -> np.ndarray:
    """The places in a signal of all frames (count, n_fft)."""
    return np.arange(0, length - n_fft + 1, hop)[:, None] + np.arange(n_fft)


def _centred(window: Tensor | None, win_length: int, n_fft: int, like: Tensor) -> Tensor:
    """The window, of ones where none is given, with zeros on both sides up to `n_fft`."""
    weights = ones(win_length, dtype=like.dtype.to_real()) if window is None else window
    before = (n_fft - win_length) // 2
    after = n_fft - win_length - before
    if before or after:
        weights = cat([zeros(before, dtype=weights.dtype), weights, zeros(after, dtype=weights.dtype)])
    return weights


def _described(name: str, input: Tensor, window: Tensor | None, options: str, middle: str = "") -> str:
    """The beginning of PyTorch's messages, which repeat the arguments."""
    kind = "torch." if name == "stft" else "CPU"
    suffix = "Tensor" if name == "stft" else "Type"
    shown = "None" if window is None else f"torch.{type_name(window)}Tensor{{{list(window.shape)}}}"
    return f"{name}({kind}{type_name(input)}{suffix}{list(input.shape)}, {options}, window={shown}, {middle}"


@composite()
def stft(
    input: Tensor,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Tensor | None = None,
    center: bool = True,
    pad_mode: str = "reflect",
    normalized: bool = False,
    onesided: bool | None = None,
    return_complex: bool | None = None,
) -> Tensor:
    """The Fourier transforms of frames of `n_fft` points, `hop_length` (a quarter) apart, each times the window.

    Shapes: input (*, length), result (*, frequencies, frames), of real signals the half that determines the rest unless
    `onesided` is False. With `center` the frames are centred at multiples of the hop, and the signal continued.
    Raises RuntimeError for sizes that do not go together, and where `return_complex` is needed and not given.
    """
    hop = n_fft // 4 if hop_length is None else hop_length
    width = n_fft if win_length is None else win_length
    is_complex = input.is_complex() or (window is not None and window.is_complex())
    if return_complex is None:
        if not is_complex:
            raise RuntimeError(
                "stft requires the return_complex parameter be given for real inputs, and will further require that "
                "return_complex=True in a future PyTorch release."
            )
        return_complex = True
    signal = input if input.ndim == 2 else input[None]
    if center and signal.ndim == 2:
        signal = _padded(signal, n_fft // 2, pad_mode)
    shown = signal if input.ndim == 2 else signal[0]
    _check_stft(shown, n_fft, hop, width, window, normalized, onesided, return_complex)
    if onesided and is_complex:
        raise RuntimeError("Cannot have onesided output if window or input is complex")
    frames = signal[:, wrap(_frames(signal.shape[1], n_fft, hop))]
    if window is not None or width < n_fft:
        frames = frames * _centred(window, width, n_fft, input)
    norm = "ortho" if normalized else None
    half = not is_complex if onesided is None else onesided
    spectrum = (rfft if half else fft)(frames, norm=norm).mT
    spectrum = spectrum if input.ndim == 2 else spectrum[0]
    return spectrum if return_complex else view_as_real(spectrum)


def _check_stft(
    signal: Tensor, n_fft: int, hop: int, width: int, window: Any, normalized: bool, onesided: Any, return_complex: Any
) -> None:
    """Raises RuntimeError for sizes that do not go together."""
    length = signal.shape[-1] if signal.ndim else 0
    if not (signal.is_floating_point() or signal.is_complex()):
        problem = "expected a tensor of floating point or complex values"
    elif signal.ndim not in (1, 2):
        problem = "expected a 1D or 2D tensor"
    elif not 0 < n_fft <= length:
        problem = f"expected 0 < n_fft < {length}, but got n_fft={n_fft}"
    elif hop <= 0:
        problem = f"expected hop_length > 0, but got hop_length={hop}"
    elif not 0 < width <= n_fft:
        problem = f"expected 0 < win_length <= n_fft, but got win_length={width}"
    elif window is not None and tuple(window.shape) != (width,):
        problem = (
            f"expected a 1D window tensor of size equal to win_length={width}, but got window with size "
            f"{list(window.shape)}"
        )
    else:
        return
    sizes = f"n_fft={n_fft}, hop_length={hop}, win_length={width}"
    shown = "None" if onesided is None else int(onesided)
    rest = f"normalized={int(normalized)}, onesided={shown}, return_complex={int(return_complex)}"
    raise RuntimeError(_described("stft", signal, window, sizes, f"{rest}, align_to_window=None) : {problem}"))


@composite()
def istft(
    input: Tensor,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Tensor | None = None,
    center: bool = True,
    normalized: bool = False,
    onesided: bool | None = None,
    length: int | None = None,
    return_complex: bool = False,
) -> Tensor:
    """The signal whose short-time transform is nearest to `input`, by Griffin and Lim's weighted overlap and add.

    Shapes: input (*, frequencies, frames), result (*, length). Arguments are those of `stft`.
    Raises RuntimeError for sizes that do not go together, and where the windows leave a gap.
    """
    hop = n_fft // 4 if hop_length is None else hop_length
    width = n_fft if win_length is None else win_length
    if not input.is_complex():
        raise RuntimeError(
            "istft requires a complex-valued input tensor matching the output from stft with return_complex=True."
        )

    def refuse(problem: str) -> RuntimeError:
        sizes = f"n_fft={n_fft}, hop_length={hop}, win_length={width}"
        given = ["None" if x is None else int(x) for x in (onesided, length)]
        rest = f"center={int(center)}, normalized={int(normalized)}, onesided={given[0]}, length={given[1]}"
        return RuntimeError(
            _described("istft", input, window, sizes, f"{rest}, return_complex={int(return_complex)}) {problem}")
        )

    if 0 in input.shape:
        raise refuse(": input tensor cannot be empty.")
    if input.ndim not in (2, 3):
        raise refuse(f": expected a tensor with 3 or 4 dimensions, but got {input.ndim + 1}")
    count = input._array.shape[-2]
    half = count != n_fft if onesided is None else onesided
    if half and count != n_fft // 2 + 1:
        raise refuse(
            ": expected the frequency dimension (3rd to the last) of the input tensor to match n_fft / 2 + 1 when "
            f"onesided=True, but got {count}"
        )
    if not half and count != n_fft:
        raise refuse(
            ": expected the frequency dimension (3rd to the last) of the input tensor to match n_fft when "
            f"onesided=False, but got {count}"
        )
    if not 0 < hop <= width:
        raise refuse(": expected 0 < hop_length <= win_length")
    if not 0 < width <= n_fft:
        raise refuse(": expected 0 < win_length <= n_fft")
    if window is not None and tuple(window.shape) != (width,):
        raise refuse(": Invalid window shape. window has to be 1D and length of `win_length`")
    if return_complex and half:
        raise RuntimeError("Cannot have onesided output if window or input is complex")
    if not return_complex and window is not None and window.is_complex():
        raise RuntimeError("Complex windows are incompatible with return_complex=False")
    return _overlapped(input, n_fft, hop, width, window, center, normalized, half, length, return_complex, refuse)


def _overlapped(
    input: Tensor,
    n_fft: int,
    hop: int,
    width: int,
    window: Tensor | None,
    center: bool,
    normalized: bool,
    half: bool,
    length: int | None,
    return_complex: bool,
    refuse: Any,
) -> Tensor:
    """The frames' inverse transforms, windowed and added where they overlap, over the sum of the windows' squares."""
    spectra = (input if input.ndim == 3 else input[None]).mT
    norm = "ortho" if normalized else None
    if return_complex:
        frames = ifft(spectra, norm=norm)
    else:
        frames = irfft(spectra if half else spectra[..., : n_fft // 2 + 1], n_fft, norm=norm)
    weights = _centred(window, width, n_fft, input)
    total = n_fft + hop * (frames.shape[1] - 1)
    places = wrap(_frames(total, n_fft, hop).reshape(-1))
    signal = zeros(frames.shape[0], total, dtype=frames.dtype)
    signal = signal.index_add(1, places, (frames * weights).flatten(1))
    squares = (weights * weights).expand(frames.shape[1], n_fft)
    envelope = zeros(total, dtype=weights.dtype).index_add(0, places, squares.flatten())
    start = n_fft // 2 if center else 0
    stop = total - start if length is None and center else total if length is None else start + length
    signal, envelope = signal[:, start:stop], envelope[start:stop]
    smallest = abs(envelope.detach()).min() if envelope.numel() else None
    if smallest is None or not smallest > 1e-11:
        raise refuse("window overlap add min: 1")
    signal = signal / envelope
    if signal.shape[1] < stop - start:
        gap = zeros(signal.shape[0], stop - start - signal.shape[1], dtype=signal.dtype)
        signal = cat([signal, gap], 1)
    return signal if input.ndim == 3 else signal[0]
