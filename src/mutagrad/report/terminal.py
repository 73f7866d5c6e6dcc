"""Stories in colour: in a terminal where `rich` is installed, and in IPython and notebooks.

The text of an exception is plain, whoever reads it. Colour is put on where it is shown: an uncaught error in a program
whose standard error is a terminal, by an `excepthook` that is set when the first error is made (unless somebody else has
set one); in IPython by the method that it asks an exception for. Warnings that tell a story are written without the
line of source that Python puts below a warning: the story shows it, and says more.
"""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from io import StringIO
from types import TracebackType
from typing import Any

from mutagrad.deferred import Deferred

from .source import shown_filename
from .spans import is_internal
from .story import Story, pieces

__all__ = ["announce", "announce_warnings", "coloured", "structured_traceback"]

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


def announce_warnings() -> None:
    """Has warnings that tell a story written as they are meant to be read, unless somebody else writes warnings."""
    if warnings.formatwarning is _as_python_does:
        warnings.formatwarning = format_warning


def format_warning(message: Any, category: Any, filename: str, lineno: int, line: str | None = None) -> str:
    """A warning as text: as Python does, but with its story, if it has one, in place of the line of source."""
    story = getattr(message, "story", None)
    if not isinstance(story, Story):
        return _as_python_does(message, category, filename, lineno, line)
    title = f"{shown_filename(filename)}:{lineno}: {category.__name__}: "
    shows = warnings.showwarning.__module__ == "warnings" and _is_terminal(sys.stderr)  # and no log takes it
    return f"{(coloured(story, title) if shows else None) or f'{title}{message}'}\n"


_as_python_does = warnings.formatwarning


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
    """What IPython shows of an error: its own traceback as far as it is the user's, with the story in colour below."""
    shell: Any = import_module("IPython").get_ipython()
    maker = shell.InteractiveTB
    trace = _of_user(error.__traceback__) if story is not None else error.__traceback__
    lines = maker.structured_traceback(type(error), error, trace, tb_offset=maker.tb_offset)
    text = coloured(story, f"{_name(type(error))}: ") if story is not None else None
    return lines if text is None else [*lines[:-1], text]


def _of_user(trace: TracebackType | None) -> TracebackType | None:
    """A traceback without the library's own calls, which lead to nothing that the story does not tell."""
    frames = []
    while trace is not None:
        frames.append(trace)
        trace = trace.tb_next
    kept = None
    for each in reversed(frames):
        if not is_internal(each.tb_frame.f_code.co_filename):
            kept = TracebackType(kept, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return kept or frames[0]


def _name(kind: type[BaseException]) -> str:
    """The class as a traceback names it."""
    return (
        kind.__qualname__ if kind.__module__ in ("__main__", "builtins") else f"{kind.__module__}.{kind.__qualname__}"
    )


def _is_terminal(stream: Any) -> bool:
    isatty = getattr(stream, "isatty", None)
    return isatty is not None and isatty()
