"""What an error has to tell, as data, and the one function that draws it.

A `Story` is a headline (PyTorch's own sentence where it has one), the places concerned, each with a label saying its
part in the matter, and what to do. `draw` makes plain text of it; whoever wants colour or HTML draws the same data.
"""

from dataclasses import dataclass

from .spans import Span

__all__ = ["Part", "Story", "draw"]


@dataclass(frozen=True, slots=True)
class Part:
    """A place and the part it plays; a label alone where the place is not known."""

    label: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """A headline, the places concerned in the order of their telling, and the way out."""

    headline: str
    parts: tuple[Part, ...] = ()
    advice: str | None = None


def draw(story: Story) -> str:
    """The story as plain text, without a final newline.

    >>> print(draw(Story("the headline", (Part("what has no place"),), "what to do")))
    the headline
    <BLANKLINE>
      what has no place
      what to do
    """
    body: list[str] = []
    for part in story.parts:
        body += [f"  {part.label}:", *part.span.render(4)] if part.span else [f"  {part.label}"]
    if story.advice:
        body.append(f"  {story.advice}")
    return "\n".join([story.headline, "", *body] if body else [story.headline])
