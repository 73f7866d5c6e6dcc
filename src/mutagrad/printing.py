"""Tensors as text, character for character as PyTorch prints them.

`format_tensor` works in three steps: choose the elements that are shown (all, or the corners of a large array), spell
them (one notation and one width for the whole tensor), lay them out in brackets and lines. What is known of a tensor
beyond its values, such as `grad_fn=<MulBackward0>`, comes in as strings.
Follows https://docs.pytorch.org/docs/stable/generated/torch.set_printoptions.html
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from mutagrad.batched import Batched
from mutagrad.dtypes import bool_, get_default_complex_dtype, get_default_dtype, int64, of_numpy

# Options ------------------------------------------------------------------------------------------------------------


class _Options(NamedTuple):
    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


_PROFILES = {
    "default": _Options(),
    "short": _Options(precision=2, edgeitems=2),
    "full": _Options(threshold=math.inf),
}
_options = _Options()


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Sets how tensors are printed; what is None stays, but for `sci_mode`, where None means automatic.

    `precision`: digits after the point; `threshold`: number of elements above which only `edgeitems` at either end of
    each dimension are shown; `linewidth`: characters in a line; `profile`: "default", "short" or "full", to begin from;
    `sci_mode`: scientific notation always or never.
    """
    global _options
    chosen = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    base = _PROFILES.get(profile, _options) if profile is not None else _options
    _options = base._replace(sci_mode=sci_mode, **{name: x for name, x in chosen.items() if x is not None})


def get_printoptions() -> dict[str, Any]:
    """The options in force, by name.

    >>> get_printoptions()
    {'precision': 4, 'threshold': 1000, 'edgeitems': 3, 'linewidth': 80, 'sci_mode': None}
    """
    return _options._asdict()


@contextmanager
def printoptions(**options: Any) -> Iterator[None]:
    """A context with these options of `set_printoptions`, and the former ones after it."""
    global _options
    before = _options
    set_printoptions(**options)
    try:
        yield
    finally:
        _options = before


# A tensor -----------------------------------------------------------------------------------------------------------


def format_tensor(array: np.ndarray, *, suffixes: Iterable[str] = (), prefix: str = "tensor(") -> str:
    """The text of a tensor with the values `array`, as `repr` gives it.

    `suffixes` follow the size and dtype, where those need to be told; `prefix` opens the text and sets the indent.

    >>> print(format_tensor(np.array([[1.0, 2.5], [-3.0, 4.0]]), suffixes=["requires_grad=True"]))
    tensor([[ 1.0000,  2.5000],
            [-3.0000,  4.0000]], dtype=torch.float64, requires_grad=True)
    """
    return _with_suffixes(prefix + _body(array, len(prefix)), [*_implied_suffixes(array), *suffixes], len(prefix)) + ")"


def format_value(owner: object, array: np.ndarray, spec: str) -> str:
    """What `format(owner, spec)` gives for a tensor: its number where it has no dimensions, else its `repr`.

    Raises TypeError for a tensor with dimensions and a `spec` that is not empty.

    >>> format_value(None, np.array(0.5), ".3f")
    '0.500'
    """
    return format(array.item(), spec) if array.ndim == 0 else object.__format__(owner, spec)


def _body(array: np.ndarray, indent: int) -> str:
    """The brackets and what is between them."""
    if array.size == 0:
        return "[]"
    summarized = array.size > _options.threshold and array.ndim > 0
    if not summarized:
        return _laid_out(_spelled(array), [False] * array.ndim, indent)
    if _options.edgeitems == 0:
        return "[...]"
    cut = [size > 2 * _options.edgeitems for size in array.shape]
    return _laid_out(_spelled(_edges(array, cut)), cut, indent)


def _implied_suffixes(array: np.ndarray) -> list[str]:
    """The size and dtype, each where the values do not tell it."""
    suffixes = []
    if (array.size == 0 and array.ndim != 1) or (array.size > 0 and _options.edgeitems == 0):
        suffixes.append(f"size={array.shape}")
    implied = {get_default_dtype()}
    if array.size > 0:
        implied |= {get_default_complex_dtype(), int64, bool_}
    if of_numpy[array.dtype] not in implied:
        suffixes.append(f"dtype={of_numpy[array.dtype]}")
    return suffixes


def _with_suffixes(text: str, suffixes: Sequence[str], indent: int) -> str:
    """`text` with the suffixes after it, on a new line where one would pass the line width."""
    column = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if column + len(suffix) + 2 > _options.linewidth:
            text += ",\n" + " " * indent + suffix
            column = indent + len(suffix)
        else:
            text += ", " + suffix
            column += len(suffix) + 2
    return text


# Which elements -----------------------------------------------------------------------------------------------------


def _edges(array: np.ndarray, cut: Sequence[bool]) -> np.ndarray:
    """The corners of `array`: `edgeitems` from both ends of each dimension that is cut."""
    ends = np.r_[: _options.edgeitems, -_options.edgeitems : 0]
    shown = [ends if is_cut else np.arange(size) for is_cut, size in zip(cut, array.shape, strict=True)]
    return array[np.ix_(*shown)]


# How they are spelled -----------------------------------------------------------------------------------------------


class _Cells(NamedTuple):
    """The texts of the elements, as nested lists, and the width each takes in a line."""

    texts: Any
    width: int


def _spelled(array: np.ndarray) -> _Cells:
    if array.dtype.kind == "c":
        return _spelled_complex(array)
    spell, width = _notation(array)
    return _Cells(_map_nested(lambda x: spell(x).rjust(width), array.tolist()), width)


def _spelled_complex(array: np.ndarray) -> _Cells:
    """Real and imaginary parts each in their own notation; only the real parts are padded."""
    (spell_real, real_width), (spell_imag, imag_width) = _notation(np.real(array)), _notation(np.imag(array))

    def spell(z: complex) -> str:
        imag = spell_imag(z.imag)
        return spell_real(z.real).rjust(real_width) + ("" if imag.startswith("-") else "+") + imag + "j"

    return _Cells(_map_nested(spell, array.tolist()), real_width + imag_width + 1)


def _notation(array: np.ndarray) -> tuple[Callable[[Any], str], int]:
    """How to spell one element of `array`, and the width that all elements have room in."""
    if array.dtype.kind != "f":
        return str, max(len(str(x)) for x in array.ravel().tolist())
    values = array.ravel().astype(np.float64)
    values = values[np.isfinite(values) & (values != 0)]
    spell = _float_notation(np.abs(values))
    return spell, max((len(spell(x)) for x in values.tolist()), default=1)


def _float_notation(magnitudes: np.ndarray) -> Callable[[float], str]:
    """Scientific, integers with a point, or fixed point, by the finite and nonzero magnitudes."""
    all_integers = bool((magnitudes == np.ceil(magnitudes)).all())
    if magnitudes.size and _is_scientific(float(magnitudes.min()), float(magnitudes.max()), all_integers):
        return f"{{:.{_options.precision}e}}".format
    if all_integers:
        return lambda x: f"{x:.0f}." if math.isfinite(x) else str(x)
    return f"{{:.{_options.precision}f}}".format


def _is_scientific(smallest: float, largest: float, all_integers: bool) -> bool:
    if _options.sci_mode is not None:
        return _options.sci_mode
    return largest / smallest > 1000.0 or largest > 1e8 or (smallest < 1e-4 and not all_integers)


def _map_nested(function: Callable[[Any], str], nested: Any) -> Any:
    return [_map_nested(function, x) for x in nested] if isinstance(nested, list) else function(nested)


# Where they stand ---------------------------------------------------------------------------------------------------


def _laid_out(cells: _Cells, cut: Sequence[bool], indent: int) -> str:
    """The cells in brackets; a dimension that is cut has an ellipsis in its middle."""

    def lay_out(texts: Any, depth: int) -> str:
        ndim = len(cut) - depth
        if ndim == 0:
            return texts
        if ndim == 1:
            return _row(_with_ellipsis(texts, " ...") if cut[depth] else texts, cells.width, indent + depth)
        blocks = [lay_out(block, depth + 1) for block in texts]
        gap = "," + "\n" * (ndim - 1) + " " * (indent + depth + 1)
        return "[" + gap.join(_with_ellipsis(blocks, "...") if cut[depth] else blocks) + "]"

    return lay_out(cells.texts, 0)


def _row(texts: Sequence[str], width: int, indent: int) -> str:
    """One dimension, broken into lines of as many cells as fit."""
    per_line = max(1, int((_options.linewidth - indent) / (width + 2)))
    lines = [", ".join(texts[start : start + per_line]) for start in range(0, len(texts), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"


def _with_ellipsis(texts: list[str], ellipsis: str) -> list[str]:
    middle = len(texts) // 2
    return [*texts[:middle], ellipsis, *texts[middle:]]


def format_batched(array: Any) -> str:
    """What is hidden at each level, the innermost first, and the whole within."""
    if type(array) is not Batched:
        return format_tensor(array)
    text = format_batched(array.shown())
    indented = "\n".join([f"    {line}" for line in text.split("\n")])
    return f"BatchedTensor(lvl={len(array.levels)}, bdim=0, value=\n{indented}\n)"
