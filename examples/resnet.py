"""A residual network with batch normalisation, whose sums and activations are in place (K. He et al., 2015)."""

from collections.abc import Iterator

from sklearn.datasets import load_digits

import mutagrad as torch
import mutagrad.nn.functional as F
from mutagrad import nn

DIGITS = load_digits()
IMAGES = torch.tensor(DIGITS.images, dtype=torch.float32).unsqueeze(1) / 16
LABELS = torch.tensor(DIGITS.target)


class BasicBlock(nn.Module):
    """Two convolutions on top of the input, which is made to fit where the shape changes."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        identity = x if self.downsample is None else self.downsample(x)
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += identity
        return self.relu(out)


def network():
    made = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, bias=False),
        nn.BatchNorm2d(8),
        nn.ReLU(inplace=True),
        BasicBlock(8, 8),
        BasicBlock(8, 16, stride=2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(16, 10),
    )
    for module in made.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    return made


def train(steps: int, model=None, batch: int = 32) -> Iterator[float]:
    """Yields the loss of each step."""
    torch.manual_seed(0)
    model = model or network()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4, nesterov=True)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=max(steps, 50))
    for _ in range(steps):
        chosen = torch.randint(0, 1437, (batch,))
        loss = F.cross_entropy(model(IMAGES[chosen]), LABELS[chosen], label_smoothing=0.05)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
        yield loss.item()


def main(steps: int = 300) -> float:
    """Prints and gives the share of held-out digits that are read right."""
    torch.manual_seed(0)
    model = network()
    for _ in train(steps, model):
        pass
    model.eval()
    with torch.no_grad():
        right = (model(IMAGES[1437:]).argmax(1) == LABELS[1437:]).float().mean().item()
    print(f"accuracy on held-out digits: {right:.3f}")
    return right


if __name__ == "__main__":
    main()
