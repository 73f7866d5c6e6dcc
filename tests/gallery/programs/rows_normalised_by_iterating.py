"""Each row of a parameter is normalised, in a loop over its rows."""

import mutagrad as torch

weight = torch.ones(2, 3, requires_grad=True)
for row in weight:  # view
    row /= 3.0  # written
