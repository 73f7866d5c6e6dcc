"""What `mutagrad.bookkeeping` offers. Written by `tools/write_stubs.py`: not to be edited."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.tensor import Tensor
from mutagrad.bookkeeping.book import Book as Book
from mutagrad.bookkeeping.findings import Hazard as Hazard
from mutagrad.bookkeeping.findings import Needless as Needless
from mutagrad.bookkeeping.findings import Saving as Saving
from mutagrad.bookkeeping.findings import Trap as Trap
from mutagrad.bookkeeping import accounts as accounts
from mutagrad.bookkeeping import adjoints as adjoints
from mutagrad.bookkeeping import book as book
from mutagrad.bookkeeping import findings as findings
from mutagrad.bookkeeping import hazards as hazards
from mutagrad.bookkeeping.book import ledger as ledger
from mutagrad.bookkeeping import memory as memory
from mutagrad.bookkeeping import page as page
from mutagrad.bookkeeping import passages as passages
from mutagrad.bookkeeping import recorder as recorder
from mutagrad.bookkeeping import records as records
from mutagrad.bookkeeping import rendering as rendering
