"""Work on large arrays: block after block, each small enough to stay in the cache, by a few threads.

NumPy lets other threads run while it computes, so what takes long, and is done in pieces that are independent of each other,
is shared out: `in_threads(work, blocks)` has `work` go over the blocks, in this thread and in helpers, of which each takes
the next block as soon as it is done with one. What `work` needs of scratch memory it makes before it begins, for each thread
its own. Results do not depend on who did what. For a while after a product on several threads, OpenBLAS's own keep the
processors busy (docs/benchmarks.md): exponentials gain, what stands between products does not (convolutions, attention).

How many threads there are is said by `set_num_threads`, at first by `OMP_NUM_THREADS`, as for the matrix products of
NumPy's BLAS, or by the number of processors. Helpers are started when they are first needed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import copy_context
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

import numpy as np

BLOCK = 1 << 16  # elements: a quarter of a megabyte in single precision, where a call costs little beside its work
LEAST = 4  # blocks for each thread: with less to do a helper would be late


def slices(count: int, size: int = BLOCK) -> list[slice]:
    """Slices of `count` elements, at most `size` each, of one length but for the last."""
    step = -(-count // max(-(-count // size), 1)) or 1
    return [slice(start, min(start + step, count)) for start in range(0, count, step)]


def rows_of_block(width: int) -> int:
    """How many rows of `width` elements make a block."""
    return max(1, BLOCK // max(width, 1))


def flat(*given: np.ndarray) -> list[np.ndarray]:
    """The elements of arrays of one shape in the order in which they lie in the memory of the first."""
    first = given[0]
    if all(x.flags.c_contiguous for x in given):
        return [x.reshape(-1) for x in given]
    order = np.argsort([-abs(stride) for stride in first.strides], kind="stable")
    return [
        np.ascontiguousarray(x.transpose(order)).reshape(-1) if any(x.strides) else np.broadcast_to(x.flat[0], x.size)
        for x in given
    ]


def like(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Memory for a result like `x`, and the same flat, in the order of `flat`."""
    if x.flags.c_contiguous:
        result = np.empty(x.shape, x.dtype)
        return result, result.reshape(-1)
    order = np.argsort([-abs(stride) for stride in x.strides], kind="stable")
    memory = np.empty([x.shape[axis] for axis in order], x.dtype)
    return memory.transpose(np.argsort(order)), memory.reshape(-1)


def in_blocks(
    step: Callable[..., None],
    scratch: int,
    *given: np.ndarray,
    over: np.ndarray | None = None,
    is_long: bool = True,
) -> np.ndarray:
    """The result of `step(out, *parts, *scratch)`, which works element by element on arrays of one shape and dtype.

    It is written `over` one of the arrays, if the step can do that and it lies in order. Unless a step on a block
    `is_long`, helpers are not worth the memory that they take.
    """
    if over is not None and over.flags.c_contiguous:
        result, flat_out = over, over.reshape(-1)
        given = tuple([np.ascontiguousarray(x) for x in given])
    else:
        result, flat_out = like(given[0])
    parts, blocks = flat(*given), slices(len(flat_out))

    def work(some: Iterator[slice]) -> None:
        memory = np.empty((scratch, blocks[0].stop), result.dtype)
        for block in some:
            step(flat_out[block], *[part[block] for part in parts], *memory[:, : block.stop - block.start])

    if is_long:
        in_threads(work, blocks)
    else:
        work(iter(blocks))
    return result


def share_in_blocks(
    step: Callable[..., None], ct: np.ndarray, y: np.ndarray, over: np.ndarray | None, is_long: bool = True
) -> np.ndarray:
    """The share by `step(out, ct, y, scratch)`, which writes `out` last: unless it is `over`, scratch memory is in it."""
    if over is not None:
        return in_blocks(step, 1, ct, y, over=over, is_long=is_long)
    return in_blocks(lambda out, ct, y: step(out, ct, y, out), 0, ct, y, is_long=is_long)


def in_threads(work: Callable[[Iterator[Any]], None], blocks: Sequence[Any]) -> None:
    """Has `work` go over the blocks; several threads at once, where there are `LEAST` blocks for each.

    An exception in any thread is raised here, when all have stopped.
    """
    helpers = min(threads.count, len(blocks) // LEAST) - 1
    if helpers < 1:
        return work(iter(blocks))
    shared = iter(blocks)
    jobs = [_Job(work, shared) for _ in range(helpers)]
    threads.take_on(jobs)
    try:
        work(shared)
    finally:
        for _ in shared:  # where this thread failed, nobody goes on
            pass
        faults = [job.finish() for job in jobs]
    for fault in faults:
        if fault is not None:
            raise fault


class _Job:
    """What a helper is to do; it does nothing if it comes to it too late."""

    __slots__ = ("claim", "context", "done", "fault", "shared", "work")

    def __init__(self, work: Callable, shared: Iterator[Any]) -> None:
        self.work: Any = work
        self.shared: Any = shared
        self.context = copy_context()  # NumPy's error state is in the context
        self.claim, self.done = Lock(), Lock()
        self.fault: BaseException | None = None
        self.done.acquire()

    def do(self) -> None:
        if not self.claim.acquire(blocking=False):
            return
        try:
            self.context.run(self.work, self.shared)
        except BaseException as fault:
            self.fault = fault
            for _ in self.shared:
                pass
        finally:
            self.let_go()
            self.done.release()

    def finish(self) -> BaseException | None:
        """Waits for the helper, unless it has not begun, and gives what it raised."""
        if not self.claim.acquire(blocking=False):
            self.done.acquire()
        self.let_go()
        return self.fault

    def let_go(self) -> None:
        """Holds the arrays no longer: the helper may keep the job for as long as it waits to run."""
        self.work = self.shared = None


class _Threads:
    """How many threads may work at once, and the helpers that were started."""

    def __init__(self) -> None:
        given = os.environ.get("OMP_NUM_THREADS", "")
        self.count = int(given) if given.isdigit() and int(given) else _processors()
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forgets the helpers: in a forked process there are none."""
        self.started = 0
        self.queue: SimpleQueue[_Job] = SimpleQueue()

    def take_on(self, jobs: Iterable[_Job]) -> None:
        """Gives jobs to helpers."""
        for number, job in enumerate(jobs):
            if number >= self.started:
                self.started += 1
                Thread(target=_help, args=(self.queue,), name="mutagrad helper", daemon=True).start()
            self.queue.put(job)


def _help(queue: SimpleQueue[_Job]) -> None:
    while True:
        queue.get().do()


def _processors() -> int:
    """How many processors this process may use, as far as the system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


threads = _Threads()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=threads.begin_anew)
