"""A small transformer of the GPT kind learns a text, letter by letter, and then writes one."""

from collections.abc import Iterator

from char_lstm import CODES, LETTERS  # the same text

import mutagrad as torch
import mutagrad.nn.functional as F
from mutagrad import nn


class Attention(nn.Module):
    """Attention of every position to those before it, in several heads."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.project = nn.Linear(width, width, bias=False)

    def forward(self, x):
        batch, times, width = x.shape
        q, k, v = (part.view(batch, times, self.heads, -1).transpose(1, 2) for part in self.qkv(x).split(width, dim=2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.project(y.transpose(1, 2).reshape(batch, times, width))


class Block(nn.Module):
    """Attention, then a network for each position, both on top of what they are given."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.network = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        x = x + self.network(self.norm2(x))
        return x


class GPT(nn.Module):
    """Scores (batch, time, letters) of the next letter."""

    def __init__(self, layers: int = 4, width: int = 128, heads: int = 4, context: int = 32) -> None:
        super().__init__()
        self.context = context
        self.letters = nn.Embedding(len(LETTERS), width)
        self.places = nn.Embedding(context, width)
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(layers)))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, len(LETTERS), bias=False)
        self.head.weight = self.letters.weight
        self.apply(self._init)

    @staticmethod
    def _init(module) -> None:
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, std=0.02)

    def forward(self, codes):
        x = self.letters(codes) + self.places(torch.arange(codes.size(1)))
        return self.head(self.norm(self.blocks(x)))

    @torch.no_grad()
    def write(self, start: str, count: int) -> str:
        codes = torch.tensor([[LETTERS.index(letter) for letter in start]])
        for _ in range(count):
            chances = F.softmax(self(codes[:, -self.context :])[:, -1] / 0.8, dim=-1)
            codes = torch.cat([codes, torch.multinomial(chances, 1)], dim=1)
        return "".join(LETTERS[code] for code in codes[0].tolist())


def train(steps: int, model=None, batch: int = 8) -> Iterator[float]:
    """Yields the loss of each step."""
    torch.manual_seed(0)
    model = model or GPT()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.1)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=4e-3, total_steps=max(steps, 60))
    for _ in range(steps):
        starts = torch.randint(0, len(CODES) - model.context - 1, (batch, 1))
        at = starts + torch.arange(model.context)
        loss = F.cross_entropy(model(CODES[at]).flatten(0, 1), CODES[at + 1].flatten())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        yield loss.item()


def main(steps: int = 250) -> tuple[float, str]:
    """Prints and gives the loss per letter, a mean of the last twenty steps, and a text that is written afterwards."""
    torch.manual_seed(0)
    model = GPT()
    losses = list(train(steps, model))
    last, written = sum(losses[-20:]) / 20, model.write("the sea ", 120)
    print(written)
    print(f"loss per letter: {losses[0]:.3f} at first, {last:.3f} at the end")
    return last, written


if __name__ == "__main__":
    main()
