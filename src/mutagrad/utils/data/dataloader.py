"""`DataLoader`: goes through a data set in batches, made here or by worker processes ahead of time.

Follows https://docs.pytorch.org/docs/stable/data.html
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import cycle, repeat
from typing import Any, Generic, TypeVar
from weakref import finalize

from mutagrad.deferred import Deferred
from mutagrad.utils.data.collate import default_collate, default_convert
from mutagrad.utils.data.dataset import IterableDataset
from mutagrad.utils.data.sampler import BatchSampler, RandomSampler, SequentialSampler, drawn_seed
from mutagrad.utils.data.worker import Ended, Failure, Fetcher, Job, Resume, work

T_co = TypeVar("T_co", covariant=True)

multiprocessing, connections = Deferred("multiprocessing"), Deferred("multiprocessing.connection")
FIXED = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")


class DataLoader(Generic[T_co]):
    """Batches of a data set: in order, shuffled, or as a sampler says; for the same seed in PyTorch's order.

    `num_workers` processes make them, each `prefetch_factor` batches ahead; the order is the same whatever their number.
    Errors there are raised here, with their traceback; a worker that dies raises RuntimeError, as does waiting for longer
    than `timeout` seconds. The options about other devices' memory have no effect.

    >>> import mutagrad
    >>> _ = mutagrad.manual_seed(0)
    >>> list(DataLoader(range(5), batch_size=2, shuffle=True))
    [tensor([1, 4]), tensor([2, 3]), tensor([0])]
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Any = None,
        batch_sampler: Any = None,
        num_workers: int = 0,
        collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], None] | None = None,
        multiprocessing_context: Any = None,
        generator: Any = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        if num_workers < 0:
            raise ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
        if timeout < 0:
            raise ValueError("timeout option should be non-negative")
        if num_workers == 0 and prefetch_factor is not None:
            raise ValueError(
                "prefetch_factor option could only be specified in multiprocessing."
                "let num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor to None."
            )
        if prefetch_factor is not None and prefetch_factor < 0:
            raise ValueError("prefetch_factor option should be non-negative")
        if persistent_workers and num_workers == 0:
            raise ValueError("persistent_workers option needs num_workers > 0")
        _check_context(multiprocessing_context, num_workers)
        self._is_iterable = isinstance(dataset, IterableDataset)
        if self._is_iterable:
            _check_iterable(shuffle, sampler, batch_sampler)
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
                )
            batch_size = None
        elif batch_size is None and drop_last:
            raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")
        if sampler is None:
            if self._is_iterable:
                sampler = repeat(None)
            else:
                sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_size is not None and batch_sampler is None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.dataset = dataset
        self.num_workers = num_workers
        self.prefetch_factor = 2 if num_workers > 0 and prefetch_factor is None else prefetch_factor
        self.pin_memory = pin_memory
        self.pin_memory_device = pin_memory_device
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.in_order = in_order
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.generator = generator
        if collate_fn is None:
            collate_fn = default_convert if batch_sampler is None else default_collate
        self.collate_fn = collate_fn
        self.persistent_workers = persistent_workers
        self._workers: Workers | None = None
        self._told_length: int | None = None
        self._is_made = True

    def __setattr__(self, name: str, value: Any) -> None:
        if name in FIXED and self.__dict__.get("_is_made"):
            raise ValueError(f"{name} attribute should not be set after {type(self).__name__} is initialized")
        super().__setattr__(name, value)

    def _fetcher(self) -> Callable[[], Fetcher]:
        is_batched = self.batch_sampler is not None
        return partial(Fetcher, self.dataset, self._is_iterable, is_batched, self.collate_fn, self.drop_last)

    def _indices(self) -> Iterable[Any]:
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    def __iter__(self) -> Iterator[Any]:
        if self.num_workers == 0:
            if self.timeout:
                raise AssertionError("a timeout is for worker processes: with num_workers=0 it must be 0")
            drawn_seed(self.generator)  # nobody's, but PyTorch draws it: what is drawn later agrees
            return _Pass(self, here(self._fetcher()(), iter(self._indices())))
        workers = self._workers
        if workers is None or not workers.is_usable():
            workers = Workers(self, drawn_seed(self.generator))
            if self.persistent_workers:
                self._workers = workers
        else:
            workers.resume()
        return _Pass(self, workers.batches(iter(self._indices())))

    def __len__(self) -> int:
        if not self._is_iterable:
            return len(self._indices())  # type: ignore[arg-type]
        count = self._told_length = len(self.dataset)
        if self.batch_size is None:
            return count
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)


def _check_context(context: Any, num_workers: int) -> None:
    """Raises ValueError for a start method that is none, and for any where no process is started."""
    if context is None:
        return
    if num_workers == 0:
        raise ValueError(
            "multiprocessing_context can only be used with multi-process loading (num_workers > 0), but got "
            "num_workers=0"
        )
    methods = multiprocessing.get_all_start_methods()
    if isinstance(context, str) and context not in methods:
        raise ValueError(
            f"multiprocessing_context option should specify a valid start method in {methods}, but got "
            f"multiprocessing_context={context!r}"
        )


def _check_iterable(shuffle: Any, sampler: Any, batch_sampler: Any) -> None:
    for name, value, is_given in (
        ("shuffle", shuffle, shuffle not in (False, None)),
        ("sampler", sampler, sampler is not None),
        ("batch_sampler", batch_sampler, batch_sampler is not None),
    ):
        if is_given:
            raise ValueError(
                f"DataLoader with IterableDataset: expected unspecified {name} option, but got {name}={value}"
            )


class _Pass(Iterator[Any]):
    """One pass of a loader; it warns where a data set that can only be gone through gives more than it told."""

    def __init__(self, loader: DataLoader, batches: Iterator[Any]) -> None:
        self._loader, self._batches, self._count = loader, batches, 0
        self._told_length = loader._told_length

    def __iter__(self) -> _Pass:
        return self

    def __len__(self) -> int:
        return len(self._loader)

    def __next__(self) -> Any:
        batch = next(self._batches)
        self._count += 1
        told = self._told_length
        if told is not None and self._count > told:
            warnings.warn(
                f"Length of IterableDataset {self._loader.dataset} was reported to be {told}(when accessing "
                f"len(dataloader)), but {self._count} samples have been fetched. ",
                stacklevel=2,
            )
        return batch


def here(fetcher: Fetcher, indices: Iterator[Any]) -> Iterator[Any]:
    """The batches, made in this process."""
    for each in indices:
        try:
            batch = fetcher.fetch(each)
        except StopIteration:
            if fetcher.is_iterable:
                return
            raise RuntimeError("the dataset raised StopIteration") from None
        yield batch


# Worker processes ---------------------------------------------------------------------------------------------------


class Workers:
    """The worker processes of a loader: they are given the next index lists as soon as a batch is taken."""

    def __init__(self, loader: DataLoader, seed: int) -> None:
        context: Any = loader.multiprocessing_context
        if context is None or isinstance(context, str):
            context = multiprocessing.get_context(context)
        self.timeout, self.ahead, self.in_order = loader.timeout, loader.prefetch_factor or 1, loader.in_order
        self.keeps = loader.persistent_workers
        self.pipes, self.tasks, self.processes = [], [], []
        for number in range(loader.num_workers):
            results, sender = context.Pipe(duplex=False)
            tasks = context.Queue()
            tasks.cancel_join_thread()
            foreign = [*self.pipes, results] if context.get_start_method() == "fork" else []
            job = Job(
                number,
                loader.num_workers,
                seed + number,
                tasks,
                sender,
                foreign,
                loader._fetcher(),
                loader.dataset,
                loader.worker_init_fn,
            )
            process = context.Process(target=work, args=(job,), daemon=True)
            process.start()
            sender.close()
            self.pipes.append(results)
            self.tasks.append(tasks)
            self.processes.append(process)
        self.stop = finalize(self, _stop, self.pipes, self.tasks, self.processes)

    def is_usable(self) -> bool:
        """Whether all workers are still there."""
        return self.stop.alive and all(process.is_alive() for process in self.processes)

    def resume(self) -> None:
        """Begins another pass: what workers have made for one that was left early is thrown away."""
        for tasks in self.tasks:
            tasks.put(Resume())
        for number in range(len(self.pipes)):
            while not isinstance(self._receive([number])[1][1], Resume):
                pass

    def batches(self, indices: Iterator[Any]) -> Iterator[Any]:
        """The batches of a pass, in the order of the index lists (unless not `in_order`, as they come)."""
        try:
            yield from self._batches(indices)
        finally:  # at the end, after an error, or when the consumer has left
            if not self.keeps:
                self.stop()

    def _batches(self, indices: Iterator[Any]) -> Iterator[Any]:
        turn = cycle(range(len(self.tasks)))
        active = set(range(len(self.tasks)))
        load = dict.fromkeys(active, 0)
        owner: dict[int, int] = {}
        ready: dict[int, Any] = {}
        given = wanted = 0

        def give() -> bool:
            nonlocal given
            if not active:
                return False
            try:
                each = next(indices)
            except StopIteration:
                return False
            worker = next(number for number in turn if number in active)
            self.tasks[worker].put((given, each))
            owner[given] = worker
            load[worker] += 1
            given += 1
            return True

        for _ in range(self.ahead * len(active)):
            if not give():
                break
        while wanted < given:
            if self.in_order and wanted not in ready and owner[wanted] not in active:
                wanted += 1  # asked of a worker that had come to its end
                continue
            if not ready or (self.in_order and wanted not in ready):
                self._collect(ready, load, active)
                continue
            number = wanted if self.in_order else next(iter(ready))
            made = ready.pop(number)
            wanted += 1
            if isinstance(made, Ended):
                active.discard(owner[number])
                give()
                continue
            if isinstance(made, Failure):
                made.reraise()
            give()
            yield made

    def _collect(self, ready: dict[int, Any], load: dict[int, int], active: set[int]) -> None:
        """Receives one batch."""
        worker, (number, made) = self._receive([each for each, count in load.items() if count])
        load[worker] -= 1
        ready[number] = made

    def _receive(self, whom: list[int]) -> tuple[int, Any]:
        """The next message of one of these workers. Raises RuntimeError when none comes in time, or a worker is gone."""
        by_pipe = {self.pipes[number]: number for number in whom}
        there = connections.wait(list(by_pipe), self.timeout or None)
        if not there:
            raise RuntimeError(f"DataLoader timed out after {self.timeout} seconds")
        pipe: Any = there[0]
        try:
            return by_pipe[pipe], pipe.recv()
        except (EOFError, ConnectionResetError):
            process = self.processes[by_pipe[pipe]]
            process.join(1)
            raise RuntimeError(
                f"DataLoader worker (pid(s) {process.pid}) exited unexpectedly with exit code {process.exitcode}"
            ) from None


def _stop(pipes: list[Any], tasks: list[Any], processes: list[Any]) -> None:
    """Ends workers: closed pipes end those that are sending, an end of work those that wait."""
    for pipe in pipes:
        pipe.close()
    for queue in tasks:
        with suppress(RuntimeError):  # at the end of the interpreter no thread can be started that would put it
            queue.put(None)
        queue.close()
    for process in processes:
        process.join(1)
        if process.is_alive():
            process.terminate()
            process.join(1)
        if process.is_alive():
            process.kill()
            process.join()
