"""Where something happened in the user's program.

A `Span` is a code object and an instruction offset: two references, taken while the program runs, from which file, line,
columns and text are worked out only when somebody looks. `caller_position` takes them on the recording path, and
`caller_span` wraps them up where speed does not matter; both step out of mutagrad's own files, so that what is shown is
always the line the user wrote. What the source can no longer tell is None, and the picture shrinks accordingly.
Read `source.py` next: it finds the text and draws it.
"""

import copy
import os
import sys
from itertools import islice
from types import CodeType, FrameType
from typing import NamedTuple

from . import source

__all__ = [
    "Position",
    "Span",
    "caller_frame",
    "caller_level",
    "caller_position",
    "caller_span",
    "is_internal",
    "span_at",
]


class Position(NamedTuple):
    """Lines (from 1) and columns (UTF-8 bytes from 0) of one instruction; None is what the code object does not know."""

    line: int | None = None
    end_line: int | None = None
    column: int | None = None
    end_column: int | None = None


class Span(NamedTuple):
    """A place in a program: the instruction at byte offset `lasti` of `code`, or the lines and columns `where` of it.

    >>> code = compile("h = 3\\nh.bit_length()", "train.py", "exec")
    >>> span = Span(code, len(code.co_code) - 2)
    >>> span.filename, span.line, span.function, span.text
    ('train.py', 2, '<module>', None)
    """

    code: CodeType
    lasti: int
    where: Position | None = None

    @property
    def filename(self) -> str:
        """The file name the code was compiled under, as it stands there."""
        return self.code.co_filename

    @property
    def shown_filename(self) -> str:
        """The file name as a reader knows it: relative where possible, `Cell In[3]` in a notebook."""
        return source.shown_filename(self.filename)

    @property
    def function(self) -> str:
        """The qualified name of the function the place is in; `<module>` outside functions."""
        return self.code.co_qualname

    @property
    def position(self) -> Position:
        """Lines and columns as the code object records them, if they are not given."""
        if self.where is not None:
            return self.where
        # One entry for each code unit of two bytes; an offset before the first instruction has none.
        entry = next(islice(self.code.co_positions(), self.lasti // 2, None), None) if self.lasti >= 0 else None
        return Position(*entry) if entry else Position()

    @property
    def line(self) -> int | None:
        """The line number, from 1."""
        return self.position.line

    @property
    def columns(self) -> tuple[int, int] | None:
        """First and last-plus-one column of the span on its first line, in characters from 0.

        A span that goes on to further lines ends with the code of its first one. Where the source is missing the
        columns are counted in bytes of UTF-8, as the interpreter does.
        """
        position = self.position
        if position.column is None or position.end_column is None:
            return None
        lines = source.lines(self.code)
        if position.line is None or position.line > len(lines):
            return position.column, position.end_column
        first_line = lines[position.line - 1]
        start = source.character_column(first_line, position.column)
        if position.end_line == position.line:
            return start, source.character_column(first_line, position.end_column)
        return start, source.end_of_code(first_line)

    @property
    def text(self) -> str | None:
        """The source lines of the span, whole and without the final newline; None where the source is missing."""
        position = self.position
        if position.line is None:
            return None
        lines = source.lines(self.code)[position.line - 1 : position.end_line or position.line]
        return "".join(lines).rstrip("\n") or None

    @property
    def place(self) -> str:
        """File and line in one word, such as `train.py:12`."""
        line = self.line
        return self.shown_filename if line is None else f"{self.shown_filename}:{line}"

    def render(self, indent: int = 4) -> list[str]:
        """The lines of a picture of the place: its source underlined, or its position alone where there is none."""
        text = self.text
        margin = " " * indent
        if text is None or not text.strip():
            function = "" if self.function == "<module>" else f" in {self.function}"
            return [f"{margin}{self.place}{function}"]
        return [margin + line for line in source.picture(self.place, text.split("\n")[0], self.columns)]


def span_at(code: CodeType | None, instruction: int) -> Span | None:
    """The span of a place that may not have been noted (`code` is None)."""
    return None if code is None else Span(code, instruction)


# --- Whose frame is it? -----------------------------------------------------------------------------------------------

# Taken from this module's code object, not from __file__, so that it is spelt as in every other code object of the
# package: what is compared below are co_filenames. Doctests are compiled as "<doctest name[0]>", interactive input as
# "<stdin>" and the like: neither begins with a directory, so both count as the user's, also those in our docstrings.
_PACKAGE = os.path.dirname(os.path.dirname(sys._getframe().f_code.co_filename)) + os.sep

# The demonstration programs come with the package but are written as users write theirs.
_PROGRAMS = _PACKAGE + "demo" + os.sep

_COPYING = copy.deepcopy.__code__.co_filename

# The file names seen so far, by whose they are: a look into a set is all that the recording path pays.
_inside: set[str] = set()
_outside: set[str] = set()


def is_internal(filename: str) -> bool:
    """Whether code compiled under `filename` belongs to mutagrad itself, or to what calls it for the user as `copy` does.

    >>> is_internal(Span.render.__code__.co_filename), is_internal("<doctest mutagrad.report.spans[0]>")
    (True, False)
    """
    return (filename.startswith(_PACKAGE) and not filename.startswith(_PROGRAMS)) or filename == _COPYING


def caller_position(depth: int = 2, _getframe=sys._getframe) -> tuple[CodeType, int]:
    """Code object and instruction offset of the user's line that led here.

    The search begins `depth` frames up: 1 is the function that calls this one, 2 its caller, as in `sys._getframe`.
    It goes outwards to the first frame that is not mutagrad's; with none such it gives the outermost. One frame costs
    about 80 ns, each further one about 120, which makes it fit for every recorded operation.
    """
    try:
        frame = _getframe(depth)
    except ValueError:  # Called from C with no Python below, as by atexit: there are fewer frames than usual.
        frame = _getframe(1)
    while True:
        code = frame.f_code
        filename = code.co_filename
        if filename in _outside:
            return code, frame.f_lasti
        if filename in _inside:
            outer = frame.f_back
            if outer is None:
                return code, frame.f_lasti
            frame = outer
        else:
            (_inside if is_internal(filename) else _outside).add(filename)


def caller_frame() -> FrameType | None:
    """The frame of the user's line that led here: for errors, which look at what its variables hold."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and is_internal(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def caller_level() -> int:
    """The `stacklevel` of a warning that is to be shown at the user's line that led here."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and is_internal(frame.f_code.co_filename):
        frame, level = frame.f_back, level + 1
    return level


def caller_span(depth: int = 2) -> Span:
    """The `Span` of the user's line that led here; `depth` counts as in `caller_position`.

    >>> def operation():
    ...     return caller_span()
    >>> def program():
    ...     return operation()
    >>> print(program().render(0)[0])  # doctest: +ELLIPSIS
    <doctest ...>:2 |     return operation()
    """
    return Span(*caller_position(depth + 1))
