"""The function that computes the loss was written for evaluation."""

import mutagrad as torch

w = torch.tensor([1.0, 2.0], requires_grad=True)


@torch.no_grad()  # cut
def evaluate(x):
    return ((w * x) ** 2).mean()


loss = evaluate(torch.ones(2))
loss.backward()  # asked
