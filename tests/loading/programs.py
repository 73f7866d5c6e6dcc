"""Data sets, samplers and loaders: what they give in which order, also with workers, and what they refuse."""

from __future__ import annotations

import collections
import random
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np

from ..nn.texts import Case

TEXTS: dict[str, Case] = {}

Pair = collections.namedtuple("Pair", "first second")


def case(function: Case) -> Case:
    """Files a case under its name."""
    TEXTS[function.__name__] = function
    return function


def cases(prefix: str, *calls: Case) -> None:
    """Files cases under numbers."""
    for number, call in enumerate(calls):
        TEXTS[f"{prefix}.{number}"] = call


def data_of(torch: Any) -> Any:
    """The package of loaders."""
    return import_module(f"{torch.__name__}.utils.data")


class Squares:
    """Squares of numbers."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> int:
        return index * index


def counting(torch: Any, count: int) -> Any:
    """A data set that is gone through, shared among workers."""
    data = data_of(torch)

    class Counting(data.IterableDataset):
        def __iter__(self) -> Iterator[int]:
            info = data.get_worker_info()
            return iter(range(count)) if info is None else iter(range(info.id, count, info.num_workers))

    return Counting()


# Order --------------------------------------------------------------------------------------------------------------


@case
def orders(torch: Any) -> list:
    """Two passes of every kind of loader, from the default generator and one of its own, and what is drawn next."""
    data, found = data_of(torch), []
    for options in (
        {"shuffle": True},
        {"shuffle": True, "batch_size": 3},
        {"shuffle": True, "batch_size": 3, "drop_last": True},
        {"batch_size": None},
        {"sampler": data.RandomSampler(range(7), replacement=True, num_samples=40)},
        {"sampler": data.RandomSampler(range(7), num_samples=10)},
        {"sampler": data.SubsetRandomSampler([3, 5, 6])},
        {"sampler": data.WeightedRandomSampler([0.1, 0.5, 0.2, 0.2], 6)},
        {"sampler": data.WeightedRandomSampler([0.1, 0.5, 0.2, 0.2], 3, replacement=False)},
        {"batch_sampler": data.BatchSampler(data.RandomSampler(range(7)), 2, True)},
    ):
        for own in (False, True):
            torch.manual_seed(3)
            given = {"generator": torch.Generator().manual_seed(5)} if own else {}
            loader = data.DataLoader(Squares(7), **options, **given)
            passes = [[np.asarray(batch).tolist() for batch in loader] for _ in range(2)]
            found.append((len(loader), passes, torch.rand(1).item()))
    return found


@case
def splits(torch: Any) -> list:
    """Random parts, by length and by share."""
    data = data_of(torch)
    torch.manual_seed(0)
    found = [
        [list(part.indices) for part in data.random_split(range(11), sizes)] for sizes in ([5, 6], [0.5, 0.3, 0.2])
    ]
    generator = torch.Generator().manual_seed(1)
    return [*found, [list(part) for part in data.random_split(range(5), [2, 3], generator)], torch.rand(1)]


@case
def workers(torch: Any) -> list:
    """The same order with workers, for both kinds of data sets, once and kept over passes."""
    data, found = data_of(torch), []
    for count in (1, 2):
        for keep in (False, True):
            torch.manual_seed(0)
            loader = data.DataLoader(Squares(9), 2, shuffle=True, num_workers=count, persistent_workers=keep)
            found.append([[batch.tolist() for batch in loader] for _ in range(2)])
    loader = data.DataLoader(counting(torch, 11), batch_size=2, num_workers=2)
    found.append([batch.tolist() for batch in loader])
    loader = data.DataLoader(counting(torch, 5), batch_size=2)
    return [*found, [batch.tolist() for batch in loader]]


class Seeds:
    """What a worker knows of itself."""

    def __init__(self, torch: Any) -> None:
        self.torch = torch

    def __len__(self) -> int:
        return 4

    def __getitem__(self, index: int) -> list:
        info = data_of(self.torch).get_worker_info()
        return [info.id, info.num_workers, info.seed, self.torch.initial_seed(), self.torch.rand(1).item(), STARTED[0]]


STARTED = [-1]


def started(worker: int) -> None:
    """Called at the start of a worker."""
    STARTED[0] = worker + 10


@case
def seeds(torch: Any) -> list:
    """Workers have seeds that follow from the loader's."""
    torch.manual_seed(0)
    loader = data_of(torch).DataLoader(
        Seeds(torch), None, num_workers=2, worker_init_fn=started, collate_fn=lambda item: item
    )
    return list(loader)


# Data sets ----------------------------------------------------------------------------------------------------------

cases(
    "dataset",
    lambda torch: data_of(torch).TensorDataset(torch.arange(3), torch.ones(3, 2))[1:],
    lambda torch: data_of(torch).TensorDataset(torch.arange(3), torch.ones(2)),
    lambda torch: list(data_of(torch).ConcatDataset([range(3), range(5, 7)])),
    lambda torch: data_of(torch).ConcatDataset([range(3), range(5, 7)])[-2],
    lambda torch: data_of(torch).ConcatDataset([range(3), range(5, 7)])[-9],
    lambda torch: data_of(torch).ConcatDataset([]),
    lambda torch: data_of(torch).ConcatDataset([counting(torch, 3)]),
    lambda torch: list(data_of(torch).ChainDataset([counting(torch, 2), counting(torch, 3)])),
    lambda torch: list(data_of(torch).ChainDataset([range(3)])),
    lambda torch: list(counting(torch, 2) + counting(torch, 1)),
    lambda torch: data_of(torch).StackDataset(range(3), "abc")[1],
    lambda torch: data_of(torch).StackDataset(a=range(3), b="abc").__getitems__([0, 2]),
    lambda torch: data_of(torch).StackDataset(range(3), "ab"),
    lambda torch: data_of(torch).StackDataset(),
    lambda torch: list(data_of(torch).Subset("abcdef", [4, 1])),
    lambda torch: data_of(torch).Subset(torch.arange(5), [4, 1])[[0, 1]],
    lambda torch: data_of(torch).random_split(range(5), [2, 2]),
    lambda torch: data_of(torch).random_split(range(5), [1.5, -0.5]),
    lambda torch: data_of(torch).Dataset()[0],
)

# Batches ------------------------------------------------------------------------------------------------------------

cases(
    "collate",
    *[
        lambda torch, batch=batch: data_of(torch).default_collate(batch)
        for batch in (
            [1, 2],
            [1.0, 2.0],
            [True, False],
            ["a", "b"],
            [np.ones(2, np.float32), np.zeros(2, np.float32)],
            [np.float32(1), np.float32(2)],
            [{"a": 1, "b": [1.0, 2]}, {"a": 2, "b": [3.0, 4]}],
            [(1, "x"), (2, "y")],
            [Pair(1, 2.0), Pair(3, 4.0)],
            [[1, 2], [3, 4]],
            [[1, 2], [3]],
            [{1}, {2}],
            [None],
            [np.array(["a"]), np.array(["b"])],
            [b"a", b"b"],
            [collections.OrderedDict(a=1), collections.OrderedDict(a=2)],
        )
    ],
    lambda torch: data_of(torch).default_collate([torch.ones(2), torch.zeros(2)]),
    lambda torch: data_of(torch).default_collate([torch.ones(2), torch.zeros(3)]),
    *[
        lambda torch, value=value: data_of(torch).default_convert(value)
        for value in ([1, np.ones(2)], {"a": np.ones(1), "b": "text"}, (np.int64(3), 2.0), Pair(np.ones(1), 1), None)
    ],
)

# Worker processes and replicas --------------------------------------------------------------------------------------


class Drawn(Squares):
    """Numbers that the generators of Python and NumPy draw in a worker."""

    def __getitem__(self, index: int) -> Any:
        return [int(np.random.randint(1000)), random.randint(0, 1000)]


def drawn(torch: Any) -> Any:
    """What two workers draw."""
    torch.manual_seed(7)
    return list(data_of(torch).DataLoader(Drawn(4), batch_size=None, num_workers=2))


def more_than_told(torch: Any) -> Any:
    """A data set that is gone through twice as long as it has said."""

    class Short(type(counting(torch, 4))):
        def __len__(self) -> int:
            return 2

        def __repr__(self) -> str:
            return "Short()"

    short = Short()
    loader = data_of(torch).DataLoader(short, batch_size=None)
    before = len(list(loader))
    return before, len(loader), len(list(loader))


def replicas(torch: Any, **given: Any) -> Any:
    """What each of three processes takes, in two epochs."""
    parts = [data_of(torch).DistributedSampler(range(8), 3, rank, **given) for rank in range(3)]
    first = [list(part) for part in parts]
    for part in parts:
        part.set_epoch(1)
    return first, [list(part) for part in parts], len(parts[0])


cases("workers", drawn, more_than_told)
cases(
    "replicas",
    replicas,
    lambda torch: replicas(torch, shuffle=False),
    lambda torch: replicas(torch, seed=3, drop_last=True),
    lambda torch: data_of(torch).DistributedSampler(range(3), 2, 2),
)

# Refused ------------------------------------------------------------------------------------------------------------

cases(
    "loader.refused",
    *[
        lambda torch, given=given: data_of(torch).DataLoader(Squares(3), **given)
        for given in (
            {"num_workers": -1},
            {"timeout": -1},
            {"prefetch_factor": 2},
            {"num_workers": 1, "prefetch_factor": -1},
            {"persistent_workers": True},
            {"shuffle": True, "sampler": [0]},
            {"batch_sampler": [[0]], "batch_size": 2},
            {"batch_sampler": [[0]], "shuffle": True},
            {"batch_size": None, "drop_last": True},
            {"batch_size": 0},
            {"num_workers": 1, "multiprocessing_context": "other"},
            {"multiprocessing_context": "fork"},
        )
    ],
    lambda torch: data_of(torch).DataLoader(counting(torch, 3), shuffle=True),
    lambda torch: data_of(torch).DataLoader(counting(torch, 3), sampler=[0]),
    lambda torch: data_of(torch).DataLoader(counting(torch, 3), batch_sampler=[[0]]),
    lambda torch: setattr(data_of(torch).DataLoader(Squares(3)), "batch_size", 2),
    lambda torch: len(data_of(torch).DataLoader(counting(torch, 3))),
    lambda torch: data_of(torch).RandomSampler(range(3), num_samples=-1),
    lambda torch: data_of(torch).RandomSampler(range(3), replacement=1),
    lambda torch: data_of(torch).WeightedRandomSampler([1.0], 0),
    lambda torch: data_of(torch).WeightedRandomSampler([[1.0]], 1),
    lambda torch: data_of(torch).WeightedRandomSampler([1.0], 1, 3),
    lambda torch: data_of(torch).BatchSampler([1], 0, False),
    lambda torch: data_of(torch).BatchSampler([1], 1, 3),
    lambda torch: len(data_of(torch).DataLoader([], shuffle=False)),
    lambda torch: list(data_of(torch).DataLoader([], shuffle=True)),
)
