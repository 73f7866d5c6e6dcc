"""Scores are put in order in place while their logarithm waits for its gradient."""

import mutagrad as torch

p = torch.tensor([0.2, 0.5, 0.3], requires_grad=True)
scores = p * 2
entropy = -scores.log().sum()  # saved
scores[torch.tensor([0, 2])] = 1.0  # overwritten
(entropy + scores.sum()).backward()
