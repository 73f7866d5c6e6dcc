"""What `mutagrad.utils.data` offers. Written by `tools/write_stubs.py`: not to be edited."""

import builtins
from collections.abc import Callable, Sequence
from typing import Any

from mutagrad.tensor import Tensor
from mutagrad.utils.data.sampler import BatchSampler as BatchSampler
from mutagrad.utils.data.dataset import ChainDataset as ChainDataset
from mutagrad.utils.data.dataset import ConcatDataset as ConcatDataset
from mutagrad.utils.data.dataloader import DataLoader as DataLoader
from mutagrad.utils.data.dataset import Dataset as Dataset
from mutagrad.utils.data.distributed import DistributedSampler as DistributedSampler
from mutagrad.utils.data.dataset import IterableDataset as IterableDataset
from mutagrad.utils.data.sampler import RandomSampler as RandomSampler
from mutagrad.utils.data.sampler import Sampler as Sampler
from mutagrad.utils.data.sampler import SequentialSampler as SequentialSampler
from mutagrad.utils.data.dataset import StackDataset as StackDataset
from mutagrad.utils.data.dataset import Subset as Subset
from mutagrad.utils.data.sampler import SubsetRandomSampler as SubsetRandomSampler
from mutagrad.utils.data.dataset import TensorDataset as TensorDataset
from mutagrad.utils.data.sampler import WeightedRandomSampler as WeightedRandomSampler
from mutagrad.utils.data.worker import WorkerInfo as WorkerInfo
from mutagrad.utils.data import collate as collate
from mutagrad.utils.data import dataloader as dataloader
from mutagrad.utils.data import dataset as dataset
from mutagrad.utils.data.collate import default_collate as default_collate
from mutagrad.utils.data.collate import default_convert as default_convert
from mutagrad.utils.data import distributed as distributed
from mutagrad.utils.data.worker import get_worker_info as get_worker_info
from mutagrad.utils.data.dataset import random_split as random_split
from mutagrad.utils.data import sampler as sampler
from mutagrad.utils.data import worker as worker
