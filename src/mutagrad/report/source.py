"""Source text: finding it, naming its file, and drawing one line of it with a part underlined.

The lines come from `linecache`, where IPython, doctest and the REPL (3.13) leave what they ran, from the archive that a
module is in, and from the command line of `python -c`; the plain REPL and the standard input of Python 3.11 and 3.12, and
what `exec` is given, keep no source, so there is nothing to show but numbers of lines. Everything drawn is measured in
terminal columns: a tab is four, a wide character two, a combining mark none.
"""

import io
import linecache
import os
import re
import sys
import tokenize
import unicodedata
import warnings
from bisect import bisect_left, bisect_right
from itertools import accumulate
from types import CodeType
from typing import Any

from mutagrad.deferred import Deferred

__all__ = ["character_column", "display_width", "earlier_cells", "end_of_code", "lines", "picture", "shown_filename"]

zipfile = Deferred("zipfile")

# Longer source lines are cut to the neighbourhood of the span.
MAX_WIDTH = 100
TAB_WIDTH = 4


def lines(code: CodeType) -> list[str]:
    """The source lines of the file `code` was compiled from, each with its newline; none where they are not known."""
    linecache.checkcache(code.co_filename)
    found = linecache.getlines(code.co_filename)
    if not found:
        # From Python 3.13.1 the REPL files its input by code object, since all of it is called <stdin>.
        by_code = getattr(linecache, "_getlines_from_code", None)
        found = by_code(code) if by_code else []
    return found or _lines_in_archive(code.co_filename) or _lines_of_command(code)


def _lines_in_archive(filename: str) -> list[str]:
    """The lines of a file in an archive, whose name goes on where the archive's ends."""
    archive, within = os.path.split(filename)
    while within and archive not in ("", os.path.dirname(archive)) and not os.path.exists(archive):
        archive, last = os.path.split(archive)
        within = f"{last}/{within}"
    if not os.path.isfile(archive) or not zipfile.is_zipfile(archive):
        return []
    with zipfile.ZipFile(archive) as opened:
        held = within in opened.namelist()
        return opened.read(within).decode(errors="replace").splitlines(keepends=True) if held else []


def _lines_of_command(code: CodeType) -> list[str]:
    """The lines of `python -c`, if `code` is part of what it ran: of strings that were executed there are others."""
    if code.co_filename != "<string>" or sys.argv[:1] != ["-c"] or "-c" not in sys.orig_argv[:-1]:
        return []
    text = sys.orig_argv[sys.orig_argv.index("-c") + 1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It was compiled, and warned of, before.
        waiting: list[Any] = [compile(text, "<string>", "exec", dont_inherit=True)]
    while waiting:
        each = waiting.pop()
        if each == code:
            return text.splitlines(keepends=True)
        waiting += [constant for constant in each.co_consts if isinstance(constant, CodeType)]
    return []


def character_column(line: str, byte_column: int) -> int:
    """The column in characters of a column the interpreter counts in bytes of UTF-8.

    >>> character_column("µ = h.sin()", 5)
    4
    """
    return len(line.encode(errors="replace")[:byte_column].decode(errors="replace"))


def end_of_code(line: str) -> int:
    """The column where the code of `line` ends, its comment and trailing blanks left out.

    >>> end_of_code("y = cat([a,   # the first"), end_of_code("s = '#'")
    (11, 7)
    """
    end = len(line.rstrip())
    try:
        for token in tokenize.generate_tokens(io.StringIO(line).readline):
            if token.type == tokenize.COMMENT:
                end = len(line[: token.start[1]].rstrip())
    except (tokenize.TokenError, SyntaxError):
        pass  # The line is the beginning of something longer: what was read so far is what we came for.
    return end


# --- The name of a file -----------------------------------------------------------------------------------------------


def shown_filename(filename: str) -> str:
    """The file name as a reader knows it.

    A notebook cell is called as IPython calls it, a file below the current directory by its path from there, a module
    by its path from where it was imported, and any other file by its last part.

    >>> shown_filename("<string>"), shown_filename("train.py"), shown_filename("/no/such/directory/train.py")
    ('<string>', 'train.py', 'train.py')
    """
    cell = _notebook_cell(filename)
    if cell is not None:
        return cell
    if not os.path.isabs(filename):
        # Python 3.13.0 numbers what is typed into the REPL, "<stdin>-3", and hides the number in tracebacks as we do.
        return re.sub(r"^<stdin>-\d+$", "<stdin>", filename)
    # Of the import directories the longest one fits best: site-packages may lie inside another of them.
    import_directories = sorted(map(str, sys.path), key=len, reverse=True)
    for directory in (_current_directory(), *import_directories):
        prefix = os.path.join(directory, "")
        if os.path.isabs(prefix) and filename.startswith(prefix):
            return filename[len(prefix) :]
    return os.path.basename(filename)


def _notebook_cell(filename: str) -> str | None:
    """`Cell In[3]` where IPython is running and knows `filename` as the code of a cell."""
    format_code_name = getattr(_notebook_compiler(), "format_code_name", None)
    label_and_name = format_code_name(filename) if format_code_name else None
    return " ".join(label_and_name) if label_and_name else None


def earlier_cells(filename: str) -> list[str]:
    """The cells of a notebook that ran before the one called `filename`, by their file names, the latest first."""
    ran = getattr(_notebook_compiler(), "_filename_map", None)
    names = list(ran) if isinstance(ran, dict) else []
    return names[: names.index(filename)][::-1] if filename in names else []


def _notebook_compiler() -> Any:
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return getattr(get_ipython(), "compile", None) if get_ipython else None


def _current_directory() -> str:
    try:
        return os.getcwd()
    except OSError:  # It was removed under our feet.
        return ""


# --- Drawing ----------------------------------------------------------------------------------------------------------


def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def display_width(text: str) -> int:
    """Terminal columns that `text` takes.

    >>> display_width("h"), display_width("重み"), display_width("e\\u0301")
    (1, 4, 1)
    """
    return sum(map(_character_width, text))


def _cells(text: str) -> list[str]:
    """What is printed for each character of `text`: itself, or blanks for tabs and control characters."""
    cells: list[str] = []
    column = 0
    for character in text:
        if character == "\t":
            character = " " * (TAB_WIDTH - column % TAB_WIDTH)
        elif unicodedata.category(character) == "Cc":
            character = " "
        cells.append(character)
        column += display_width(character)
    return cells


def _window(edges: list[int], start: int, end: int) -> tuple[int, int]:
    """First and last-plus-one character to show, so that [start, end) is seen and `MAX_WIDTH` columns suffice.

    `edges` holds the terminal column at which each character begins, and where the last one ends.
    """
    last = len(edges) - 1
    if edges[last] <= MAX_WIDTH:
        return 0, last
    margin = max(0, MAX_WIDTH - (edges[end] - edges[start])) // 2
    first = bisect_left(edges, min(edges[start] - margin, edges[last] - MAX_WIDTH))
    return first, bisect_right(edges, edges[first] + MAX_WIDTH) - 1


def picture(place: str, line: str, columns: tuple[int, int] | None) -> list[str]:
    """One source line beside its place, and under it a line of carets below `columns` where they are known.

    >>> print(*picture("train.py:12", "    y = torch.sin(h)", (8, 20)), sep="\\n")
    train.py:12 |     y = torch.sin(h)
                |         ^^^^^^^^^^^^
    """
    line = line.rstrip()
    start, end = columns or (0, 0)
    end = min(end, len(line))
    underlined = start < end
    cells = _cells(line)
    edges = [0, *accumulate(map(display_width, cells))]
    first, last = _window(edges, start, end) if underlined else _window(edges, 0, 0)
    before, after = "..." if first else "", "..." if last < len(cells) else ""
    drawn = [f"{place} | {before}{''.join(cells[first:last])}{after}"]
    if underlined:
        offset = len(before) + edges[start] - edges[first]
        carets = "^" * max(1, edges[min(end, last)] - edges[start])
        drawn.append(f"{' ' * display_width(place)} | {' ' * offset}{carets}")
    return drawn
