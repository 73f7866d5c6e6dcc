"""A network of three linear layers reads scikit-learn's handwritten digits."""

from collections.abc import Iterator

from sklearn.datasets import load_digits

import mutagrad as torch
from mutagrad import nn
from mutagrad.utils.data import DataLoader, TensorDataset

DIGITS = load_digits()
IMAGES = torch.tensor(DIGITS.data, dtype=torch.float32) / 16
LABELS = torch.tensor(DIGITS.target)


def network():
    return nn.Sequential(
        nn.Linear(64, 64), nn.ReLU(inplace=True), nn.Linear(64, 32), nn.ReLU(inplace=True), nn.Linear(32, 10)
    )


def train(steps: int, model=None) -> Iterator[float]:
    """Yields the loss of each step."""
    torch.manual_seed(0)
    model = model or network()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
    criterion = nn.CrossEntropyLoss()
    loader = DataLoader(TensorDataset(IMAGES[:1437], LABELS[:1437]), batch_size=64, shuffle=True)
    while True:
        for images, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(images), labels)
            loss.backward()
            optimizer.step()
            yield loss.item()
            steps -= 1
            if not steps:
                return


def main(steps: int = 400) -> float:
    """Prints and gives the share of held-out digits that are read right."""
    torch.manual_seed(0)
    model = network()
    for _ in train(steps, model):
        pass
    with torch.no_grad():
        right = (model(IMAGES[1437:]).argmax(1) == LABELS[1437:]).float().mean().item()
    print(f"accuracy on held-out digits: {right:.3f}")
    return right


if __name__ == "__main__":
    main()
