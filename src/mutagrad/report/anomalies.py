"""What anomaly detection has to tell: which operation's gradient went wrong, and where it was recorded."""

from collections.abc import Sequence

from .errors import AutogradError, Origin
from .spans import Span
from .story import Part, Story, draw

__all__ = ["nan_gradient", "warning_of_error"]


def nan_gradient(name: str, index: int, came_in: str, origins: Sequence[Origin]) -> AutogradError:
    """The error of a gradient that is not a number.

    `name` is the function's, `index` which of its inputs the gradient is for, `came_in` says how the gradient was that
    it was given. `origins` are the operation it belongs to and, where that was itself part of a backward pass, those
    whose gradients it was part of.

    >>> print(nan_gradient("SqrtBackward0", 0, "finite", [Origin("sqrt")]))
    Function 'SqrtBackward0' returned nan values in its 0th output.
    <BLANKLINE>
      sqrt was recorded here
      the gradient that came in was finite
    """
    first, *outer = origins
    parts = [Part(f"{first.operation} was recorded here", first.span)]
    parts += [Part(f"as part of the gradient of {origin.operation}, recorded here", origin.span) for origin in outer]
    parts.append(Part(f"the gradient that came in was {came_in}"))
    story = Story(f"Function '{name}' returned nan values in its {index}th output.", tuple(parts))
    return AutogradError(draw(story), story)


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
