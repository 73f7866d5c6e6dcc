"""A convolutional network reads scikit-learn's handwritten digits."""

from collections.abc import Iterator

from sklearn.datasets import load_digits

import mutagrad as torch
import mutagrad.nn.functional as F
from mutagrad import nn
from mutagrad.utils.data import DataLoader, TensorDataset, random_split


class Net(nn.Module):
    """Two convolutions, pooling, and two linear layers: scores (batch, 10) of images (batch, 1, 8, 8)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.dropout = nn.Dropout(0.25)
        self.fc1 = nn.Linear(16 * 4 * 4, 64)
        self.fc2 = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.conv1(x), inplace=True)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = self.dropout(torch.flatten(x, 1))
        return F.log_softmax(self.fc2(F.relu(self.fc1(x))), dim=1)


def data():
    bunch = load_digits()
    images = torch.tensor(bunch.images, dtype=torch.float32).unsqueeze(1) / 16
    return random_split(TensorDataset(images, torch.tensor(bunch.target)), [1437, 360])


def train(steps: int, model=None, parts=None) -> Iterator[float]:
    """Yields the loss of each step."""
    torch.manual_seed(0)
    model, parts = model or Net(), parts or data()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=100, gamma=0.7)
    loader = DataLoader(parts[0], batch_size=64, shuffle=True)
    model.train()
    while True:
        for images, labels in loader:
            optimizer.zero_grad()
            loss = F.nll_loss(model(images), labels)
            loss.backward()
            optimizer.step()
            scheduler.step()
            yield loss.item()
            steps -= 1
            if not steps:
                return


def main(steps: int = 300) -> float:
    """Prints and gives the share of held-out digits that are read right."""
    torch.manual_seed(1)
    model, parts = Net(), data()
    for _ in train(steps, model, parts):
        pass
    model.eval()
    images, labels = parts[1][:]
    with torch.no_grad():
        right = (model(images).argmax(1) == labels).float().mean().item()
    print(f"accuracy on held-out digits: {right:.3f}")
    return right


if __name__ == "__main__":
    main()
