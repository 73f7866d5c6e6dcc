"""What anomaly detection has to tell: which operation's gradient went wrong, and where it was recorded."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any, NamedTuple

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
    blown: tuple[Origin, str] | None = None,
) -> AutogradError:
    """The error of a gradient that is not a number.

    `name` is the function's, `index` which of its inputs the gradient is for, `came_in` says how the gradient was that
    it was given. `origins` are the operation it belongs to and, where that was itself part of a backward pass, those
    whose gradients it was part of. `values` are those at the first such element, `first_value` says where the forward
    pass gave something that is not finite, `blown` which gradient became infinite before, and where.

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
    suspects = [first]
    if blown is not None:
        origin, where = blown
        parts.append(Part(f"the gradient of {in_words(origin.operation)} became infinite here{where}", origin.span))
        suspects.insert(0, origin)
    if first_value is not None:
        parts.append(Part(_gave(first_value), first_value.span))
        suspects.append(Origin(first_value.operation, first_value.span))
    advice = next((found for each in suspects if (found := _way_out(each)) is not None), None)
    story = Story(f"Function '{name}' returned nan values in its {index}th output.", tuple(parts), advice)
    return AutogradError(draw(story), story)


class NotFinite(NamedTuple):
    """The first value of a forward pass that is infinite or not a number: the operation, the place, and the values."""

    operation: str
    span: Span | None
    value: str
    where: str  # "at [0], where input = 0"
    given: str = "finite numbers"


def not_finite(found: NotFinite) -> AutogradWarning:
    """The warning of the first value that is not finite."""
    headline = f"{in_words(found.operation)} gave {found.value} from {found.given}."
    story = Story(headline, (Part(_gave(found), found.span),), _way_out(Origin(found.operation, found.span)))
    return AutogradWarning(draw(story), story)


# Operations whose gradient is infinite, or whose value is, where the input is zero.
SINGULAR_AT_ZERO = frozenset(("log", "log10", "log2", "pow", "rsqrt", "sqrt"))
SINGULAR_AT_ONE = frozenset(("acos", "asin", "atanh", "erfinv"))
NEVER_NEGATIVE = frozenset(("abs", "exp", "norm", "sqrt", "square", "std", "var", "vector_norm"))
OVERFLOWING = frozenset(("exp", "exp2", "expm1"))


def _way_out(origin: Origin) -> str | None:
    """How to keep an operation from where its value or its gradient is none; None where its source does not tell."""
    operation = origin.operation.rstrip("_")
    if operation in ("softmax", "log_softmax"):
        return (
            "a row of nothing but -inf has none: leave one of its elements unmasked, or mask with a number such as -1e9"
        )
    tree = syntax_tree(origin.span.code) if origin.span else None
    node: Any = expression_at(tree, origin.span.position) if tree and origin.span else None
    if operation == "div" and isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return _divided(node.right)
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name)), args=[given, *_]) if tree and name in modules_in(
            tree
        ):
            pass
        case ast.BinOp(left=given, op=ast.Pow(), right=exponent):
            if isinstance(exponent, ast.Constant) and isinstance(exponent.value, (int, float)) and exponent.value >= 1:
                return None
        case ast.Call(func=ast.Attribute(value=given)):
            pass
        case _:
            return None
    if operation in OVERFLOWING:
        less = f"{as_receiver(given)} - {as_receiver(given)}.max()"
        return f"keep its input small: write {less} in place of {short(given)}, or use softmax() or logsumexp()"
    if operation in SINGULAR_AT_ZERO:
        return f"keep its input above zero: write {as_receiver(given)}.clamp(min=1e-12) in place of {short(given)}"
    if operation in SINGULAR_AT_ONE:
        within = f"{as_receiver(given)}.clamp(-0.9999, 0.9999)"
        return f"keep its input within -1 and 1: write {within} in place of {short(given)}"
    return None


def _divided(divisor: ast.expr) -> str:
    """How to keep a divisor away from zero: by the smallest that it may be, where it is never negative."""
    if (
        isinstance(divisor, ast.Call)
        and isinstance(divisor.func, ast.Attribute)
        and divisor.func.attr in NEVER_NEGATIVE
    ):
        least = f"{as_receiver(divisor)}.clamp(min=1e-12)"
        return f"keep what is divided by away from zero: write {least} in place of {short(divisor)}"
    kept = f"torch.where({short(divisor)} == 0, 1.0, {short(divisor)})"
    return f"keep what is divided by away from zero: write {kept} in place of {short(divisor)}"


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
