"""The ledger: what a program saved, wrote, kept and viewed while it was open, by line.

Read first: `recorder.py`. Read next: `rendering.py`.
"""

from __future__ import annotations

from typing import Any

from mutagrad.bookkeeping import page, rendering
from mutagrad.bookkeeping.recorder import Recorder
from mutagrad.tensor import Tensor

__all__ = ["Book", "ledger"]


class Book(Recorder):
    """What `ledger` gives: the account of what was saved, written, kept and viewed while it was open.

    `lines` are the sums by line, `hazards`, `traps` and `needless` what was found, `memory` what was alive by cause.
    """

    def summary(self, rows: int = 20) -> str:
        """The book as text: the lines that hold or save most, memory by cause at its peak, and what was found."""
        return rendering.summary(self, rows)

    def explain(self, tensor: Tensor) -> str:
        """The life of a tensor's memory: where it was made, viewed, saved, overwritten, and whether it was copied."""
        return rendering.life(self.alive.find(tensor._family.storage), tensor)

    def to_json(self, path: Any = None) -> str:
        """The book as JSON; written to the file `path` where one is given."""
        text = rendering.to_json(self)
        if path is not None:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        return text

    def to_html(self, path: Any, title: str = "mutagrad") -> None:
        """Writes the book as a page that needs no network to `path`. Raises ImportError without the extra `run`."""
        page.write_page(self, path, title)

    def __repr__(self) -> str:
        return (
            f"<ledger of {len(self.lines)} lines, {len(self.watchlist.found)} hazards, {len(self.traps_found)} traps>"
        )


class ledger:
    """Keeps book of what is saved, written, kept and viewed within, by line; gives the `Book`.

    Operations on a few elements take two to three times as long while it is open. Of the first `passes` reverse passes the
    graphs are kept, for pages: `Book.to_html`.

    >>> import mutagrad
    >>> x = mutagrad.ones(4, requires_grad=True)
    >>> with mutagrad.ledger() as book:
    ...     h = x * 2
    ...     y = h.sin()
    ...     _ = h[:2].zero_()
    ...     y.sum().backward()
    >>> [(hazard.operation, hazard.writer, hazard.in_pytorch) for hazard in book.hazards]
    [('sin', 'zero_', 'error')]
    """

    def __init__(self, *, passes: int = 0) -> None:
        self.book = Book(passes)

    def __enter__(self) -> Book:
        self.book.start()
        return self.book

    def __exit__(self, *exception: object) -> None:
        self.book.stop()
