"""Sequences are reversed by an encoder and a decoder that attends to what it gives (D. Bahdanau et al., 2014)."""

from collections.abc import Iterator

import mutagrad as torch
import mutagrad.nn.functional as F
from mutagrad import nn

SYMBOLS, LENGTH = 8, 6


class Seq2Seq(nn.Module):
    """Scores (batch, time, symbols) of the target, each of whose symbols is given when the next is foretold."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.embedding = nn.Embedding(SYMBOLS + 1, 16)
        self.encoder = nn.GRU(16, width, batch_first=True, bidirectional=True)
        self.bridge = nn.Linear(2 * width, width)
        self.decoder = nn.GRUCell(16 + 2 * width, width)
        self.query = nn.Linear(width, 2 * width)
        self.head = nn.Linear(width, SYMBOLS)

    def forward(self, source, target):
        memory, state = self.encoder(self.embedding(source))
        h = torch.tanh(self.bridge(torch.cat([state[0], state[1]], dim=1)))
        given = torch.cat([torch.full((len(target), 1), SYMBOLS), target[:, :-1]], dim=1)
        outputs = []
        for symbol in self.embedding(given).unbind(1):
            scores = torch.bmm(memory, self.query(h).unsqueeze(2)).squeeze(2)
            context = torch.bmm(F.softmax(scores, dim=1).unsqueeze(1), memory).squeeze(1)
            h = self.decoder(torch.cat([symbol, context], dim=1), h)
            outputs.append(self.head(h))
        return torch.stack(outputs, dim=1)


def train(steps: int) -> Iterator[float]:
    """Yields the loss of each step."""
    torch.manual_seed(0)
    model = Seq2Seq()
    optimizer = torch.optim.NAdam(model.parameters(), lr=2e-3)
    for _ in range(steps):
        source = torch.randint(0, SYMBOLS, (32, LENGTH))
        target = source.flip(1)
        loss = F.cross_entropy(model(source, target).transpose(1, 2), target)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_value_(model.parameters(), 0.5)
        optimizer.step()
        yield loss.item()


def main(steps: int = 600) -> float:
    """Prints and gives the loss per symbol, a mean of the last twenty steps."""
    losses = list(train(steps))
    last = sum(losses[-20:]) / 20
    print(f"loss per symbol: {losses[0]:.3f} at first, {last:.3f} at the end")
    return last


if __name__ == "__main__":
    main()
