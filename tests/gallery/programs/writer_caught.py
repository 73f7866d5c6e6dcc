"""Who writes to this tensor? `freeze` stops at the line."""

import mutagrad
import mutagrad as torch


def augment(batch):
    batch[:, 0] = 0.0  # written
    return batch


images = torch.ones(2, 3)
with mutagrad.freeze(images):  # frozen
    augmented = augment(images)
