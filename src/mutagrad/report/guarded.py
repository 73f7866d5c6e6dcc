"""What is told of writes to guarded memory: the error of a write to what is frozen, the line on one that is watched."""

from __future__ import annotations

from .errors import AutogradError, in_words
from .names import written_name
from .regions import Region
from .spans import Span
from .story import Part, Story, draw

__all__ = ["FrozenError", "describe_write", "frozen"]


class FrozenError(AutogradError):
    """Raised at a write to memory that `freeze` protects, before anything is changed.

    `overwritten_at` and `frozen_at` are the two places as `Span`s, `operation` the writer, `region` the elements, `nbytes`
    the size of the frozen tensor.
    """

    __module__ = "mutagrad"

    overwritten_at: Span | None = None
    frozen_at: Span | None = None
    operation: str | None = None
    region: Region | None = None
    nbytes: int | None = None


def frozen(
    operation: str | None, overwritten_at: Span | None, frozen_at: Span | None, region: Region | None, nbytes: int
) -> FrozenError:
    """The error of a write to frozen memory; `operation` is None for one from outside that was found afterwards."""
    name = written_name(overwritten_at) if overwritten_at else None
    if operation is None:
        headline = "a frozen tensor was overwritten from outside, through shared memory"
        parts = (Part("frozen here", frozen_at),)
        advice = "hand out copies of it, as h.numpy().copy()"
    else:
        elements = f"{region.text}, " if region else ""
        headline = f"a frozen tensor is about to be overwritten: {elements}by {in_words(operation)}"
        parts = (Part(f"written by {in_words(operation)}", overwritten_at), Part("frozen here", frozen_at))
        advice = f"write {name} = {name}.clone() before the write" if name else "write to a clone()"
        advice += ", or thaw() what freeze returned"
    story = Story(headline, parts, advice)
    error = FrozenError(draw(story), story)
    error.operation, error.overwritten_at, error.frozen_at = operation, overwritten_at, frozen_at
    error.region, error.nbytes = region, nbytes
    return error


def describe_write(operation: str, written_at: Span, region: Region) -> str:
    """A write to watched memory, as text."""
    return draw(Story(f"watched: {region.text} overwritten by {in_words(operation)}", (Part("here", written_at),)))
