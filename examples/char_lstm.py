"""A long short-term memory learns a text, letter by letter; its states are written into a tensor made beforehand."""

from collections.abc import Iterator
from pathlib import Path

import mutagrad as torch
import mutagrad.nn.functional as F
from mutagrad import nn

TEXT = Path(__file__).with_name("text.txt").read_text(encoding="utf-8")
LETTERS = sorted(set(TEXT))
CODES = torch.tensor([LETTERS.index(letter) for letter in TEXT])


class Model(nn.Module):
    """Scores (time, batch, letters) of the next letter."""

    def __init__(self, width: int = 48) -> None:
        super().__init__()
        self.width = width
        self.embedding = nn.Embedding(len(LETTERS), 16)
        self.cell = nn.LSTMCell(16, width)
        self.head = nn.Linear(width, len(LETTERS))

    def forward(self, codes):
        times, batch = codes.shape
        x = self.embedding(codes)
        states = torch.zeros(times, batch, self.width)
        h = c = torch.zeros(batch, self.width)
        for t in range(times):
            h, c = self.cell(x[t], (h, c))
            states[t] = h
        return self.head(states)


def batch(times: int = 16, count: int = 8):
    starts = torch.randint(0, len(CODES) - times - 1, (count,))
    at = starts + torch.arange(times).unsqueeze(1)
    return CODES[at], CODES[at + 1]


def train(steps: int, model=None) -> Iterator[float]:
    """Yields the loss of each step."""
    torch.manual_seed(0)
    model = model or Model()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=3e-3)
    for _ in range(steps):
        codes, following = batch()
        optimizer.zero_grad()
        loss = F.cross_entropy(model(codes).flatten(0, 1), following.flatten())
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        yield loss.item()


def main(steps: int = 300) -> float:
    """Prints and gives the loss per letter, a mean of the last twenty steps."""
    losses = list(train(steps))
    last = sum(losses[-20:]) / 20
    print(f"loss per letter: {losses[0]:.3f} at first, {last:.3f} at the end")
    return last


if __name__ == "__main__":
    main()
