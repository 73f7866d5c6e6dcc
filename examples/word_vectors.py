"""Vectors of words that foretell their neighbours, against words drawn at random (T. Mikolov et al., 2013)."""

import re
from collections.abc import Iterator
from pathlib import Path

import mutagrad as torch
import mutagrad.nn.functional as F
from mutagrad import nn

WORDS = re.findall(r"[a-z]+", Path(__file__).with_name("text.txt").read_text(encoding="utf-8"))
NAMES = sorted(set(WORDS))
CODES = torch.tensor([NAMES.index(word) for word in WORDS])


def train(steps: int, width: int = 24, batch: int = 64) -> Iterator[float]:
    """Yields the loss of each step."""
    torch.manual_seed(0)
    words, contexts = nn.Embedding(len(NAMES), width), nn.Embedding(len(NAMES), width)
    nn.init.zeros_(contexts.weight)
    optimizer = torch.optim.Adagrad([*words.parameters(), *contexts.parameters()], lr=0.5)
    counts = torch.bincount(CODES).float()
    for _ in range(steps):
        at = torch.randint(2, len(CODES) - 2, (batch,))
        near = at + torch.tensor([-2, -1, 1, 2])[torch.randint(0, 4, (batch,))]
        far = torch.multinomial(counts**0.75, batch * 5, replacement=True).view(batch, 5)
        x = words(CODES[at])
        nearness = (x * contexts(CODES[near])).sum(1)
        farness = torch.bmm(contexts(far), x.unsqueeze(2)).squeeze(2)
        loss = -(F.logsigmoid(nearness) + F.logsigmoid(-farness).sum(1)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield loss.item()


def main(steps: int = 1000) -> float:
    """Prints and gives the loss, a mean of the last fifty steps."""
    losses = list(train(steps))
    last = sum(losses[-50:]) / 50
    print(f"loss: {losses[0]:.3f} at first, {last:.3f} at the end")
    return last


if __name__ == "__main__":
    main()
