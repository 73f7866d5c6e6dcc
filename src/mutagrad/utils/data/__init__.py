"""Data sets, samplers and the loader that makes batches of them, in the shape of `torch.utils.data`."""

from mutagrad.utils.data.collate import default_collate, default_convert
from mutagrad.utils.data.dataloader import DataLoader
from mutagrad.utils.data.dataset import (
    ChainDataset,
    ConcatDataset,
    Dataset,
    IterableDataset,
    StackDataset,
    Subset,
    TensorDataset,
    random_split,
)
from mutagrad.utils.data.distributed import DistributedSampler
from mutagrad.utils.data.sampler import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)
from mutagrad.utils.data.worker import WorkerInfo, get_worker_info
