"""Running an unmodified PyTorch-style program on mutagrad, with a ledger open from its first line to its last.

The program's `import torch` gets mutagrad. It runs as `python PROGRAM` would run it: as `__main__`, with its own
arguments, its folder first on the path; a failure prints the traceback it would print there, and gives that exit code.
"""

from __future__ import annotations

import io
import os
import runpy
import sys
import threading
import traceback
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType, TracebackType
from typing import Any

from mutagrad.bookkeeping.book import Book, ledger
from mutagrad.installation import install_as_torch

__all__ = ["run_program"]


def run_program(
    program: str, arguments: Sequence[str] = (), *, module: bool = False, passes: int = 0
) -> tuple[Book, int]:
    """Runs a file, a folder or an archive (or, with `module`, a module by its name); the ledger and the exit code.

    Of the first `passes` reverse passes the ledger has the graphs.
    Raises OSError where the file cannot be read.
    """
    install_as_torch()
    path = os.path.abspath(program)
    holds_main = not module and (os.path.isdir(path) or zipfile.is_zipfile(path))
    code = None if module or holds_main else compiled(path)
    with (
        as_main(program, path, arguments, module or holds_main),
        ledger(passes=passes) as book,
        traps_of_warnings(book),
    ):
        status = 0
        try:
            if holds_main:
                runpy.run_path(program, run_name="__main__")
            elif code is None:
                runpy.run_module(program, run_name="__main__", alter_sys=True)
            else:
                exec(code, sys.modules["__main__"].__dict__)
        except SystemExit as left:
            status = exit_code(left)
        except BaseException as error:
            status = 130 if isinstance(error, KeyboardInterrupt) else 1
            show(error)
        for thread in threading.enumerate():  # the interpreter would wait for these, too
            if thread is not threading.current_thread() and not thread.daemon:
                thread.join()
    return book, status


def compiled(program: str) -> Any:
    """The program's code."""
    with io.open_code(program) as file:
        source = file.read()
    try:
        return compile(source, program, "exec", dont_inherit=True)
    except SyntaxError as error:
        show(error)
        sys.exit(1)


@contextmanager
def as_main(program: str, path: str, arguments: Sequence[str], by_name: bool) -> Iterator[None]:
    """The interpreter's state as a program finds it that is started by itself.

    `program` is what it is called on the command line; a file at `path`, or else found `by_name`.
    """
    before = sys.argv, sys.path[:], sys.modules["__main__"]
    main = ModuleType("__main__")
    main.__dict__.update(__file__=path, __builtins__=__builtins__, __cached__=None)
    sys.argv = [program, *arguments]
    sys.path.insert(0, os.getcwd() if by_name else os.path.dirname(path))
    sys.modules["__main__"] = main
    try:
        yield
    finally:
        sys.argv, sys.path[:] = before[0], before[1]
        sys.modules["__main__"] = before[2]


@contextmanager
def traps_of_warnings(book: Book) -> Iterator[None]:
    """Enters as traps the warnings that tell a story: a parameter rebound, a gradient wiped out. They are shown as ever."""
    show_warning = warnings.showwarning

    def enter(message: Any, category: Any, filename: str, lineno: int, file: Any = None, line: Any = None) -> None:
        story = getattr(message, "story", None)
        if story is not None:
            spans = [part.span for part in story.parts if part.span is not None]
            book.add_trap("warning", story.headline, spans[0] if spans else None, story.advice)
        show_warning(message, category, filename, lineno, file, line)

    warnings.showwarning = enter
    try:
        yield
    finally:
        if warnings.showwarning is enter:
            warnings.showwarning = show_warning


def exit_code(left: SystemExit) -> int:
    """The exit code of a program that called `sys.exit`; anything but a number is printed, as Python does."""
    if left.code is None or isinstance(left.code, int):
        return left.code or 0
    print(left.code, file=sys.stderr)
    return 1


def show(error: BaseException) -> None:
    """Prints the traceback as Python does at the end of a program, from the program's own first line on."""
    trace = error.__traceback__
    while trace is not None and is_ours(trace):
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and trace is None:
        traceback.print_exception(error.with_traceback(None))
    else:
        sys.excepthook(type(error), error.with_traceback(trace), trace)


def is_ours(trace: TracebackType) -> bool:
    """Whether a frame is one of those that started the program."""
    return trace.tb_frame.f_code.co_filename in (__file__, "<frozen runpy>", runpy.__file__)
