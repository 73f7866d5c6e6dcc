"""The C library's memory allocator, told to keep what a training step frees for the next.

glibc maps large arrays one by one, and gives the end of its heap back to the system whenever much of it is free: after
every reverse pass. The next step then gets its memory anew, page by page, each filled with zeros: measured, a seventh
of the time of a convolutional net. Both limits rise with the largest mapped block that has been freed, so one block of
the largest size that counts, which is never touched, is made and freed at the import. It costs no memory; after it up
to 64 MiB of free memory stay with the process. `MALLOC_TRIM_THRESHOLD_` or `MALLOC_MMAP_THRESHOLD_` in the environment
fix the limits, and other C libraries take no notice.

Follows https://man7.org/linux/man-pages/man3/mallopt.3.html, under M_MMAP_THRESHOLD
"""

from __future__ import annotations

import numpy as np

LARGEST = 32 << 20  # bytes: DEFAULT_MMAP_THRESHOLD_MAX with 64 bits
PAGE = 1 << 12  # bytes: what the allocator adds to a block fits into one


def keep_freed_memory() -> None:
    """Raises the limits from which the allocator gives memory back to the system."""
    np.empty(LARGEST - 2 * PAGE, np.uint8)
