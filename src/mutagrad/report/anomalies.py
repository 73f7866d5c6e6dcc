"""What anomaly detection has to tell: which operation's gradient went wrong, and where it was recorded."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import NamedTuple

from .errors import AutogradError, Origin, in_words
from .spans import Span
from .statements import as_receiver, expression_at, modules_in, short, syntax_tree
from .story import Part, Story, draw
from .traps import AutogradWarning

__all__ = ["NotFinite", "nan_gradient", "not_finite", "warning_of_error"]


def nan_gradient(
    name: str,
    index: int,
    came_in: str,
    origins: Sequence[Origin],
    values: str = "",
    first_value: NotFinite | None = None,
) -> AutogradError:
    """The error of a gradient that is not a number.

    `name` is the function's, `index` which of its inputs the gradient is for, `came_in` says how the gradient was that
    it was given. `origins` are the operation it belongs to and, where that was itself part of a backward pass, those
    whose gradients it was part of. `values` are those at the first such element, `first_value` says where the forward
    pass gave something that is not finite.

    >>> print(nan_gradient("SqrtBackward0", 0, "finite", [Origin("sqrt")]))
    Function 'SqrtBackward0' returned nan values in its 0th output.
    <BLANKLINE>
      sqrt was recorded here
      the gradient that came in was finite
    """
    first, *outer = origins
    parts = [Part(f"{first.operation} was recorded here", first.span)]
    parts += [Part(f"as part of the gradient of {origin.operation}, recorded here", origin.span) for origin in outer]
    parts.append(Part(f"the gradient that came in was {came_in}{values and f'; {values}'}"))
    if first_value is not None:
        parts.append(Part(_gave(first_value), first_value.span))
    story = Story(f"Function '{name}' returned nan values in its {index}th output.", tuple(parts), _kept_away(first))
    return AutogradError(draw(story), story)


class NotFinite(NamedTuple):
    """The first value of a forward pass that is infinite or not a number: the operation, the place, and the values."""

    operation: str
    span: Span | None
    value: str
    where: str  # "at [0], where input = 0"


def not_finite(found: NotFinite) -> AutogradWarning:
    """The warning of the first value that is not finite."""
    story = Story(f"{found.operation} gave {found.value} from finite numbers.", (Part(_gave(found), found.span),))
    return AutogradWarning(draw(story), story)


# Operations whose gradient is infinite, or whose value is, where the input is zero.
SINGULAR_AT_ZERO = frozenset(("log", "log10", "log2", "pow", "reciprocal", "rsqrt", "sqrt"))


def _kept_away(origin: Origin) -> str | None:
    """The call with its input kept away from zero, where that is what to do."""
    tree = syntax_tree(origin.span.code) if origin.span and origin.operation in SINGULAR_AT_ZERO else None
    node = expression_at(tree, origin.span.position) if tree and origin.span else None
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name)), args=[given, *_]) if tree and name in modules_in(
            tree
        ):
            pass
        case ast.Call(func=ast.Attribute(value=given)) | ast.BinOp(left=given, op=ast.Pow()):
            pass
        case _:
            return None
    return f"keep its input away from zero: write {as_receiver(given)}.clamp(min=1e-12) in place of {short(given)}"


def _gave(found: NotFinite) -> str:
    return f"in the forward pass {in_words(found.operation)} gave {found.value} here, {found.where}"


def warning_of_error(names: Sequence[str], origins: Sequence[Origin]) -> str:
    """PyTorch's warning of an error in the backward function `names[0]`, with where it was recorded.

    Further names are those of the functions whose gradients it was part of.
    """
    text = f"Error detected in {names[0]}. Traceback of forward call that caused the error:\n{_frame(origins[0].span)}"
    for name, origin in zip(names[1:], origins[1:]):
        text += (
            f"\n\nPrevious calculation was induced by {name}. Traceback of forward call that induced the previous "
            f"calculation:\n{_frame(origin.span)}"
        )
    return text


def _frame(span: Span | None) -> str:
    """A place in the way of a traceback."""
    if span is None:
        return "  in a place that is not known\n"
    text = f'  File "{span.filename}", line {span.line}, in {span.code.co_name}\n'
    source = span.text
    return text if source is None else f"{text}    {source.strip()}\n"
