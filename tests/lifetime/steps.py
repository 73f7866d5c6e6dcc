"""One training step with a bit of everything that could leave something behind."""

import numpy as np

import mutagrad as torch


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, ct):
        (x,) = ctx.saved_tensors
        return 2 * x * ct


class Training:
    """A small network with in-place operations, views, overwritten values, a hook, NumPy, and a hand-written step."""

    def __init__(self):
        self.w = torch.full((3, 3), 0.1, requires_grad=True)
        self.b = torch.zeros(3, requires_grad=True)
        self.x = torch.ones(2, 3)
        self.seen = 0.0

    def see(self, gradient):
        self.seen = gradient.numpy().sum()

    def step(self):
        h = self.x @ self.w
        h += self.b
        h.relu_()
        h.register_hook(self.see)
        h[:, 0].mul_(h[:, 1])
        y = h.sin()
        h[0].zero_()
        z = Square.apply(h + y)
        loss = (z.view(-1)[::2].sum() - 1) ** 2
        loss.backward()
        with torch.no_grad():
            for parameter in (self.w, self.b):
                parameter -= 0.01 * parameter.grad
                parameter.grad = None
        return loss.item()

    def lose(self):
        """A step under the policy "error" that fails, with the error handled."""
        with torch.set_overwrite_policy("error"):
            h = self.w * 1
            y = h * h
            h.zero_()
            try:
                y.sum().backward()
            except RuntimeError:
                self.w.grad = None

    def share(self):
        """A step whose memory NumPy shares for a while."""
        h = self.w * 1
        array = h.detach().numpy()
        y = h * torch.from_numpy(np.ones((3, 3), np.float32))
        array[0] = 0
        (y * h).sum().backward()
        self.w.grad = None

    def differentiate_twice(self):
        (gradient,) = torch.autograd.grad((self.w.sin() ** 2).sum(), self.w, create_graph=True)
        torch.autograd.grad((gradient * gradient).sum(), self.w)
