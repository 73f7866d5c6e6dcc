"""Training steps of models of medium size: forward, backward and the optimiser's update, `n` samples a batch."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from workloads import Program, workload

GROUP = "training steps"
IN_PLACE = "in-place activations"


def _step(optimizer: Any, loss: Any) -> Program:
    """One training step, as every tutorial has it."""

    def program() -> None:
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()

    return program


def _mlp(torch: Any, n: int) -> tuple[Any, Any]:
    torch.manual_seed(0)
    nn = torch.nn
    model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10))
    x, y = torch.randn(n, 784), torch.randint(0, 10, (n,))
    return model, lambda: nn.functional.cross_entropy(model(x), y)


@workload(GROUP, "MLP, SGD", size=64, tiny=2)
def mlp_sgd(torch: Any, n: int) -> Program:
    """784-256-256-10 with ReLU."""
    model, loss = _mlp(torch, n)
    return _step(torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9), loss)


@workload(GROUP, "MLP, Adam", size=64, tiny=2)
def mlp_adam(torch: Any, n: int) -> Program:
    """The same with Adam."""
    model, loss = _mlp(torch, n)
    return _step(torch.optim.Adam(model.parameters(), lr=0.001), loss)


@workload(GROUP, "convolutional net", size=64, tiny=1)
def convolutional(torch: Any, n: int) -> Program:
    """28 x 28 pixels, two convolutions with pooling, two linear layers."""
    torch.manual_seed(0)
    nn = torch.nn
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 7 * 7, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    )
    x, y = torch.randn(n, 1, 28, 28), torch.randint(0, 10, (n,))
    return _step(
        torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9), lambda: nn.functional.cross_entropy(model(x), y)
    )


def _block(torch: Any, width: int, heads: int) -> Any:
    nn = torch.nn
    F = nn.functional

    class Block(nn.Module):
        """A layer of a GPT: attention to what came before, then a network at each place."""

        def __init__(self) -> None:
            super().__init__()
            self.before_attention, self.before_mlp = nn.LayerNorm(width), nn.LayerNorm(width)
            self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

        def forward(self, x: Any) -> Any:
            batch, time, _ = x.shape
            qkv = self.qkv(self.before_attention(x)).split(width, dim=2)
            q, k, v = [each.view(batch, time, heads, width // heads).transpose(1, 2) for each in qkv]
            attended = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.out(attended.transpose(1, 2).reshape(batch, time, width))
            return x + self.mlp(self.before_mlp(x))

    return Block()


@workload(GROUP, "GPT, AdamW", size=16, tiny=1)
def gpt(torch: Any, n: int) -> Program:
    """Four layers of width 128 with four heads over 64 characters of 65 kinds."""
    torch.manual_seed(0)
    nn = torch.nn

    class GPT(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.tokens, self.places = nn.Embedding(65, 128), nn.Embedding(64, 128)
            self.blocks = nn.Sequential(*[_block(torch, 128, 4) for _ in range(4)])
            self.norm, self.head = nn.LayerNorm(128), nn.Linear(128, 65, bias=False)

        def forward(self, x: Any) -> Any:
            h = self.tokens(x) + self.places(torch.arange(x.shape[1]))
            return self.head(self.norm(self.blocks(h)))

    model = GPT()
    text = torch.randint(0, 65, (n, 65))
    x, y = text[:, :-1], text[:, 1:]
    return _step(
        torch.optim.AdamW(model.parameters(), lr=3e-4),
        lambda: nn.functional.cross_entropy(model(x).reshape(-1, 65), y.reshape(-1)),
    )


@workload(GROUP, "LSTM", size=32, tiny=1)
def lstm(torch: Any, n: int) -> Program:
    """128 units over 64 steps of 64 numbers, read out at each step."""
    torch.manual_seed(0)
    nn = torch.nn
    layer, head = nn.LSTM(64, 128, batch_first=True), nn.Linear(128, 10)
    x, y = torch.randn(n, 64, 64), torch.randint(0, 10, (n * 64,))
    parameters = [*layer.parameters(), *head.parameters()]
    return _step(
        torch.optim.Adam(parameters, lr=0.001),
        lambda: nn.functional.cross_entropy(head(layer(x)[0]).reshape(-1, 10), y),
    )


@workload(GROUP, "residual net", size=16, tiny=2)
def residual(torch: Any, n: int) -> Program:
    """Two residual blocks of 16 and two of 32 channels with batch normalisation, 28 x 28 pixels."""
    torch.manual_seed(0)
    nn = torch.nn

    class Block(nn.Module):
        def __init__(self, before: int, after: int, stride: int) -> None:
            super().__init__()
            self.conv1 = nn.Conv2d(before, after, 3, stride, padding=1, bias=False)
            self.conv2 = nn.Conv2d(after, after, 3, padding=1, bias=False)
            self.norm1, self.norm2 = nn.BatchNorm2d(after), nn.BatchNorm2d(after)
            self.short = nn.Identity() if stride == 1 else nn.Conv2d(before, after, 1, stride, bias=False)

        def forward(self, x: Any) -> Any:
            h = torch.relu(self.norm1(self.conv1(x)))
            return torch.relu(self.norm2(self.conv2(h)) + self.short(x))

    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1, bias=False),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        Block(16, 16, 1),
        Block(16, 16, 1),
        Block(16, 32, 2),
        Block(32, 32, 1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(32, 10),
    )
    x, y = torch.randn(n, 1, 28, 28), torch.randint(0, 10, (n,))
    return _step(
        torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9), lambda: nn.functional.cross_entropy(model(x), y)
    )


@workload(GROUP, "embedding model", size=64, tiny=2)
def embedding(torch: Any, n: int) -> Program:
    """Texts of 100 of 5,000 words: their mean embedding, a hidden layer with dropout, four classes."""
    torch.manual_seed(0)
    nn = torch.nn
    words = nn.Embedding(5000, 64)
    head = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 4))
    x, y = torch.randint(0, 5000, (n, 100)), torch.randint(0, 4, (n,))
    parameters = [*words.parameters(), *head.parameters()]
    return _step(torch.optim.Adam(parameters, lr=0.001), lambda: nn.functional.cross_entropy(head(words(x).mean(1)), y))


# In-place activations -----------------------------------------------------------------------------------------------


def _update(torch: Any, weights: list[Any], loss: Any) -> Program:
    def program() -> None:
        loss().backward()
        with torch.no_grad():
            for w in weights:
                w -= 1e-4 * w.grad
                w.grad = None

    return program


@workload(IN_PLACE, "wide MLP, relu_", size=512, tiny=2)
def wide_mlp(torch: Any, n: int) -> Program:
    """784-1024-1024-10."""
    torch.manual_seed(0)
    weights = [(torch.randn(a, b) * 0.05).requires_grad_() for a, b in pairwise([784, 1024, 1024, 10])]
    x, y = torch.randn(n, 784), torch.randn(n, 10)

    def loss() -> Any:
        h = x
        for w in weights[:-1]:
            h = (h @ w).relu_()
        return ((h @ weights[-1] - y) ** 2).mean()

    return _update(torch, weights, loss)


@workload(IN_PLACE, "deep net, tanh_", size=1024, tiny=2)
def deep_in_place(torch: Any, n: int) -> Program:
    """Twelve layers of width 512, each added to the last."""
    torch.manual_seed(0)
    weights = [(torch.randn(512, 512) * 0.03).requires_grad_() for _ in range(12)]
    x = torch.randn(n, 512)

    def loss() -> Any:
        h = x
        for w in weights:
            h = (h @ w).tanh_() + h
        return h.sum()

    return _update(torch, weights, loss)


@workload(IN_PLACE, "elementwise chain", size=2_000_000, tiny=200_000)
def elementwise(torch: Any, n: int) -> Program:
    """`sigmoid_`, `add_` and `sqrt_` of two million elements."""
    torch.manual_seed(0)
    w = torch.randn(n).requires_grad_()

    def program() -> None:
        h = w * 2
        h = (h.sigmoid_() * 3).add_(1).sqrt_()
        (h * h).sum().backward()
        w.grad = None

    return program
