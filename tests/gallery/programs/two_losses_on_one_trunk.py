"""Two losses share the layers below them and go backward one after the other."""

import mutagrad as torch

torch.manual_seed(0)
w = torch.randn(3, requires_grad=True)
trunk = torch.exp(w * 0.5)  # recorded
classify, regress = trunk.sum(), (trunk * 2).sum()
classify.backward()  # freed
regress.backward()
