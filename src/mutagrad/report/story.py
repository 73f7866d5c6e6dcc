"""What an error has to tell, as data, and the functions that draw it.

A `Story` is a headline (PyTorch's own sentence where it has one), the places concerned, each with a label saying its
part in the matter, and what to do. `draw` makes plain text of it; `pieces` gives
the same text with the role of each piece, for whoever wants colour or HTML.
"""

from collections.abc import Iterator
from typing import NamedTuple

from .spans import Span

__all__ = ["Part", "Story", "draw", "pieces"]


class Part(NamedTuple):
    """A place and the part it plays; a label alone where the place is not known."""

    label: str
    span: Span | None = None


class Story(NamedTuple):
    """A headline, the places concerned in the order of their telling, and the way out."""

    headline: str
    parts: tuple[Part, ...] = ()
    advice: str | None = None


def pieces(story: Story) -> Iterator[tuple[str, str]]:
    """The text of a story in pieces, each with its role: "headline", "label", "place", "source", "advice", and for what is
    underlined "primary" (the first place) or "secondary".
    """
    yield story.headline, "headline"
    if story.parts or story.advice:
        yield "\n", ""
    caret = "primary"
    for part in story.parts:
        yield f"\n  {part.label}{':' if part.span else ''}", "label"
        for line in part.span.render(4) if part.span else ():
            place, bar, text = line.partition(" | ")
            yield f"\n{place}{bar}", "place"
            yield text, caret if bar and not place.strip() else "source"
        caret = "secondary" if part.span else caret
    if story.advice:
        yield f"\n  {story.advice}", "advice"


def draw(story: Story) -> str:
    """The story as plain text, without a final newline.

    >>> print(draw(Story("the headline", (Part("what has no place"),), "what to do")))
    the headline
    <BLANKLINE>
      what has no place
      what to do
    """
    return "".join(piece for piece, _ in pieces(story))
