"""Stories in colour: in a terminal where `rich` is installed, and in IPython and notebooks.

The text of an exception is plain, whoever reads it. Colour is put on where it is shown: an uncaught error in a program
whose standard error is a terminal, by an `excepthook` that is set when the first error is made (unless somebody else has
set one); in IPython by the method that it asks an exception for.
"""

from __future__ import annotations

import sys
from importlib import import_module
from io import StringIO
from typing import Any

from mutagrad.deferred import Deferred

from .story import Story, pieces

__all__ = ["announce", "coloured", "structured_traceback"]

importing, traceback = Deferred("importlib.util"), Deferred("traceback")

STYLES = {
    "headline": "bold",
    "label": "cyan",
    "place": "dim",
    "source": "",
    "primary": "bold red",
    "secondary": "bold blue",
    "advice": "green",
}


def coloured(story: Story, title: str = "") -> str | None:
    """The story with the codes of a terminal in it; None where `rich` is not installed."""
    if importing.find_spec("rich") is None:
        return None
    text = import_module("rich.text").Text()
    text.append(title, "bold red")
    for piece, role in pieces(story):
        text.append(piece, STYLES.get(role, ""))
    shown = StringIO()
    console = import_module("rich.console").Console(
        file=shown, force_terminal=True, color_system="standard", width=10_000
    )
    console.print(text, soft_wrap=True)
    return shown.getvalue().rstrip("\n")


def announce() -> None:
    """Has uncaught errors that tell a story shown in colour, where standard error is a terminal and nobody minds."""
    if sys.excepthook is sys.__excepthook__ and _is_terminal(sys.stderr) and importing.find_spec("rich") is not None:
        sys.excepthook = show


def show(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    """Writes an uncaught error to standard error: as Python does, with its story, if it has one, in colour."""
    told = traceback.TracebackException(kind, error, trace)
    story = getattr(error, "story", None)
    text = coloured(story, f"{_name(kind)}: ") if isinstance(story, Story) else None
    if text is None:
        sys.__excepthook__(kind, error, trace)
        return
    last = len(list(told.format_exception_only()))
    print("".join(list(told.format())[:-last]) + text, file=sys.stderr)


def structured_traceback(error: BaseException, story: Story | None) -> list[str]:
    """What IPython shows of an error: its own traceback, with the story in colour below."""
    shell: Any = import_module("IPython").get_ipython()
    maker = shell.InteractiveTB
    lines = maker.structured_traceback(type(error), error, error.__traceback__, tb_offset=maker.tb_offset)
    text = coloured(story, f"{_name(type(error))}: ") if story is not None else None
    return lines if text is None else [*lines[:-1], text]


def _name(kind: type[BaseException]) -> str:
    """The class as a traceback names it."""
    return (
        kind.__qualname__ if kind.__module__ in ("__main__", "builtins") else f"{kind.__module__}.{kind.__qualname__}"
    )


def _is_terminal(stream: Any) -> bool:
    isatty = getattr(stream, "isatty", None)
    return isatty is not None and isatty()
