"""The discriminator steps on its loss before the generator's loss has gone backward."""

import mutagrad as torch
from mutagrad import nn

torch.manual_seed(0)
generator, discriminator = nn.Linear(2, 2), nn.Linear(2, 1)
steps = torch.optim.Adam(discriminator.parameters(), lr=0.1)
noise, real = torch.randn(4, 2), torch.randn(4, 2)

fake = generator(noise)
generator_loss = -discriminator(fake).mean()  # saved
discriminator_loss = discriminator(fake.detach()).mean() - discriminator(real).mean()
discriminator_loss.backward()
steps.step()  # overwritten
generator_loss.backward()
