"""Keeping book of a program: what saves, writes, copies and holds memory, by line. See `docs/ledger.md`."""

from mutagrad.bookkeeping.book import Book, ledger
from mutagrad.bookkeeping.findings import Hazard, Needless, Saving, Trap
