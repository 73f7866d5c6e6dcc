"""Grad modes, each thread's own: `no_grad`, `enable_grad`, `set_grad_enabled`, `inference_mode`.

Each is a context manager and a decorator, of functions and generator functions alike.
Follows https://docs.pytorch.org/docs/stable/notes/autograd.html#locally-disabling-gradient-computation
"""

from __future__ import annotations

import functools
import inspect
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any


class _Modes(threading.local):
    grad = True  # whether operations are recorded
    inference = False
    asked = False  # whether, in inference mode, recording was asked for; there is none all the same
    saved_hooks: tuple[tuple[Callable, Callable], ...] = ()  # of `saved_tensors_hooks`, the innermost last
    saved_hooks_refused: str | None = None  # why there must be none
    around_calls: tuple[Callable, ...] = ()  # `around(operation, inputs, values, call)` gives what `call()` gives
    around_values: tuple[Callable, ...] = ()  # `around(operation, compute)`, the same of the value alone
    # Who keeps book of memory (`bookkeeping/`): told of buffers, clones and leaves made, histories left, views taken,
    # values overwritten, copies kept and memory lent.
    observers: tuple[Any, ...] = ()
    mutation_allowed = False  # within `allow_mutation_on_saved_tensors`
    multithreading = True
    grad_layout_policy = True


modes = _Modes()
extras: list[Any] = [0, None]
"""How many modes beyond plain recording are on in all threads: the fast calls ask this alone, and leave the rest to the
general ones (`binding.general_call`, `Operation.apply`, `apply_in_place`), which look at the modes themselves. Where all
that is on is one who keeps book, that is the second: a fast call goes its way then, and has it entered at the end."""
_counting = threading.Lock()
_books: list[Any] = []


def count_extra(change: int, book: Any = None) -> None:
    """Counts a mode, or a book, that is entered (1) or left (-1); no count is lost between threads."""
    with _counting:
        extras[0] += change
        if book is not None:
            (_books.append if change > 0 else _books.remove)(book)
        extras[1] = _books[0] if extras[0] == len(_books) == 1 else None


def lone_book() -> Any:
    """Who keeps book in this thread, where nothing else is on in any (None: something is).

    A call that has no end of its own for it need not be left to the general one then: the book runs it.
    """
    return extras[1] if modes.observers else None


def is_grad_enabled() -> bool:
    """Whether operations are recorded now, in this thread; in inference mode, whether that was asked for."""
    return modes.asked if modes.inference else modes.grad


def ask_for_grad(mode: bool) -> None:
    """Has operations recorded or not; in inference mode nothing is recorded."""
    if modes.inference:
        modes.asked = mode
    else:
        modes.grad = mode


def is_inference_mode_enabled() -> bool:
    """Whether inference mode is on now, in this thread."""
    return modes.inference


class Mode(ABC):
    """A context manager that is also a decorator; a fresh copy is entered at every call."""

    def clone(self) -> Mode:
        """Another one, not entered yet."""
        return type(self)()

    @abstractmethod
    def __enter__(self) -> None: ...

    @abstractmethod
    def __exit__(self, *exception: object) -> None: ...

    def __call__(self, function: Callable) -> Callable:
        if inspect.isclass(function):
            function.__init__ = self(function.__init__)
            return function
        if inspect.isgeneratorfunction(function):
            return self._wrap_generator(function)

        @functools.wraps(function)
        def within(*args: Any, **kwargs: Any) -> Any:
            with self.clone():
                return function(*args, **kwargs)

        return within

    def _wrap_generator(self, function: Callable) -> Callable:
        @functools.wraps(function)
        def within(*args: Any, **kwargs: Any) -> Any:
            generator = function(*args, **kwargs)
            resume, given = generator.send, None
            while True:
                try:
                    with self.clone():
                        produced = resume(given)
                except StopIteration as stop:
                    return stop.value
                try:
                    given = yield produced
                    resume = generator.send
                except GeneratorExit:
                    with self.clone():
                        generator.close()
                    raise
                except BaseException as error:
                    resume, given = generator.throw, error

        return within


class no_grad(Mode):
    """Nothing is recorded within; results do not require grad.

    >>> import mutagrad
    >>> x = mutagrad.ones(2, requires_grad=True)
    >>> with mutagrad.no_grad():
    ...     (x * 2).requires_grad
    False
    """

    grad = False

    def __new__(cls, function: Callable | None = None) -> Any:
        mode = super().__new__(cls)
        return mode if function is None else mode(function)

    def __enter__(self) -> None:
        self.previous = is_grad_enabled()
        ask_for_grad(self.grad)

    def __exit__(self, *exception: object) -> None:
        ask_for_grad(self.previous)


class enable_grad(no_grad):
    """Operations are recorded within, also inside `no_grad`.

    >>> import mutagrad
    >>> x = mutagrad.ones(2, requires_grad=True)
    >>> with mutagrad.no_grad(), mutagrad.enable_grad():
    ...     (x * 2).requires_grad
    True
    """

    grad = True


class set_grad_enabled(Mode):
    """Switches recording on or off at once, and back at the end when used as a context manager or decorator.

    >>> import mutagrad
    >>> with mutagrad.set_grad_enabled(False):
    ...     mutagrad.is_grad_enabled()
    False
    """

    def __init__(self, mode: bool) -> None:
        self.previous = is_grad_enabled()
        self.mode = bool(mode)
        ask_for_grad(self.mode)

    def clone(self) -> Mode:
        """Another one of the same mode. Making it sets the mode."""
        return set_grad_enabled(self.mode)

    def __call__(self, function: Callable) -> Callable:
        ask_for_grad(self.previous)
        return super().__call__(function)

    def __enter__(self) -> None:
        ask_for_grad(self.mode)

    def __exit__(self, *exception: object) -> None:
        ask_for_grad(self.previous)


class inference_mode(Mode):
    """Nothing is recorded within, and the tensors made there can never take part in recording.

    With `mode=False` the block is a normal one, even within another in inference mode or without grad.

    >>> import mutagrad
    >>> with mutagrad.inference_mode():
    ...     mutagrad.ones(2).is_inference()
    True
    """

    mode: bool

    def __new__(cls, mode: bool | Callable = True) -> Any:
        made = super().__new__(cls)
        made.mode = True
        if callable(mode):
            return made(mode)
        made.mode = mode
        return made

    def __init__(self, mode: bool = True) -> None:
        pass

    def clone(self) -> Mode:
        """Another one of the same mode, not entered yet."""
        return inference_mode(self.mode)

    def __enter__(self) -> None:
        self.previous = modes.grad, modes.inference, modes.asked
        modes.inference = self.mode
        modes.asked = False
        count_extra(int(self.mode))
        modes.grad = not self.mode

    def __exit__(self, *exception: object) -> None:
        modes.grad, modes.inference, modes.asked = self.previous
        count_extra(-int(self.mode))
