"""Features are computed in inference mode, and a layer is trained on them."""

import mutagrad as torch
from mutagrad import nn

torch.manual_seed(0)
backbone = nn.Linear(2, 2)
scale = torch.ones(2, requires_grad=True)
with torch.inference_mode():
    features = backbone(torch.ones(3, 2))  # cut
loss = (features * scale).sum()  # asked
loss.backward()
