"""The critic is updated before the actor's loss, which goes through it, has gone backward."""

import mutagrad as torch
from mutagrad import nn

torch.manual_seed(0)
actor, critic = nn.Linear(2, 2), nn.Linear(2, 1)
improve = torch.optim.SGD(critic.parameters(), lr=0.1)
state, reward = torch.randn(4, 2), torch.randn(4, 1)

actor_loss = -critic(actor(state)).mean()  # saved
critic_loss = (critic(state) - reward).pow(2).mean()
critic_loss.backward()
improve.step()  # overwritten
actor_loss.backward()
