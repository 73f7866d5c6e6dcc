"""A module reads its input through `.data`, and has nothing to learn itself."""

import mutagrad as torch
from mutagrad import nn


class Whiten(nn.Module):
    def forward(self, x):
        centred = x.data - x.data.mean()  # cut
        return centred / centred.std()


x = torch.tensor([1.0, 2.0, 4.0], requires_grad=True)
whiten = Whiten()
loss = whiten(x).pow(2).sum()
loss.backward()  # asked
