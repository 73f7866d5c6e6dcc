"""An actor and a critic with a common trunk learn to balance a pole on a cart (A. Barto et al., 1983).

The two losses share the trunk, and each has an optimiser of its own that writes it. Where the critic's step comes
between the backward passes, the actor's goes through a trunk that has been overwritten: PyTorch refuses that, and needs
`between=False`, where both gradients are taken before the first step.
"""

import math
from collections.abc import Iterator

import mutagrad as torch
import mutagrad.nn.functional as F
from mutagrad import nn


class CartPole:
    """A cart on a track with a pole on it: position, speed, angle and speed of the angle; pushed left or right."""

    def reset(self):
        self.state = [0.0, 0.0, 0.02, 0.0]
        return self.state

    def step(self, action: int):
        x, speed, angle, turning = self.state
        force = 10.0 if action else -10.0
        sine, cosine = math.sin(angle), math.cos(angle)
        push = (force + 0.05 * turning**2 * sine) / 1.1
        swing = (9.8 * sine - cosine * push) / (0.5 * (4.0 / 3.0 - 0.1 * cosine**2 / 1.1))
        pull = push - 0.05 * swing * cosine / 1.1
        self.state = [x + 0.02 * speed, speed + 0.02 * pull, angle + 0.02 * turning, turning + 0.02 * swing]
        return self.state, abs(self.state[0]) > 2.4 or abs(self.state[2]) > 0.21


class Policy(nn.Module):
    """Logarithms of the chances of both actions, and the value of a state."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh())
        self.actor = nn.Linear(32, 2)
        self.critic = nn.Linear(32, 1)

    def forward(self, state):
        h = self.trunk(state)
        return F.log_softmax(self.actor(h), dim=-1), self.critic(h).squeeze(-1)


def episode(policy, world, limit: int = 200):
    """States, chosen actions, and what was gained from each time on."""
    states, actions = [], []
    state = world.reset()
    for _ in range(limit):
        states.append(state)
        with torch.no_grad():
            chances = policy(torch.tensor(state))[0].exp()
        actions.append(torch.multinomial(chances, 1).item())
        state, is_over = world.step(actions[-1])
        if is_over:
            break
    gains, total = [0.0] * len(states), 0.0
    for t in reversed(range(len(states))):
        total = 1.0 + 0.98 * total
        gains[t] = total
    return torch.tensor(states), torch.tensor(actions), torch.tensor(gains)


def train(steps: int, between: bool = False, lengths: list | None = None) -> Iterator[float]:
    """Yields the sum of both losses of each episode; adds its length to the list."""
    torch.manual_seed(1)
    policy, world = Policy(), CartPole()
    acting = [*policy.trunk.parameters(), *policy.actor.parameters()]
    of_actor = torch.optim.Adam(acting, lr=5e-3)
    of_critic = torch.optim.Adam([*policy.trunk.parameters(), *policy.critic.parameters()], lr=5e-3)
    for _ in range(steps):
        states, actions, gains = episode(policy, world)
        gains = gains / 20
        chances, values = policy(states)
        advantage = gains - values.detach()
        loss_critic = F.smooth_l1_loss(values, gains)
        loss_actor = -(chances.gather(1, actions.unsqueeze(1)).squeeze(1) * advantage).mean()

        of_critic.zero_grad()
        loss_critic.backward(retain_graph=True)
        if between:
            of_critic.step()
            of_actor.zero_grad()
            loss_actor.backward()
        else:
            gradients = torch.autograd.grad(loss_actor, acting)
            of_critic.step()
            for parameter, gradient in zip(acting, gradients, strict=True):
                parameter.grad = gradient
        of_actor.step()
        if lengths is not None:
            lengths.append(len(states))
        yield loss_actor.item() + loss_critic.item()


def main(steps: int = 200) -> float:
    """Prints and gives the steps in balance, a mean of the last twenty episodes."""
    lengths: list = []
    for _ in train(steps, between=True, lengths=lengths):
        pass
    last = sum(lengths[-20:]) / 20
    print(f"steps in balance: {sum(lengths[:20]) / 20:.1f} at first, {last:.1f} at the end")
    return last


if __name__ == "__main__":
    main()
