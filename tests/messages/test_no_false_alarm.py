"""Programs that look like the traps and are none are told nothing."""

import textwrap
import warnings

import pytest

PROGRAMS = {
    "fast weights are new tensors on purpose": """
        params = [torch.ones(2, requires_grad=True)]
        for _ in range(3):
            loss = sum((p**2).sum() for p in params)
            loss.backward()
            fast = []
            for p in params:
                p = p - 0.1 * p.grad
                fast.append(p)
        """,
    "a step that is written to the list": """
        params = [torch.ones(2, requires_grad=True)]
        for _ in range(3):
            loss = sum((p**2).sum() for p in params)
            loss.backward()
            with torch.no_grad():
                for i, p in enumerate(params):
                    params[i] = (p - 0.1 * p.grad).requires_grad_()
        """,
    "a step in place": """
        w = torch.ones(2, requires_grad=True)
        for _ in range(3):
            loss = (w**2).sum()
            loss.backward()
            with torch.no_grad():
                w -= 0.1 * w.grad
                w.grad = None
        """,
    "a name that requires grad again": """
        w, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
        for _ in range(3):
            loss = (w * b).sum()
            loss.backward()
            with torch.no_grad():
                w = w - 0.1 * w.grad
            w.requires_grad_()
        """,
    "a function that gives the new value back": """
        def descend(w, rate):
            w = w - rate * w.grad
            return w.detach().requires_grad_()

        w = torch.ones(2, requires_grad=True)
        for _ in range(3):
            loss = (w**2).sum()
            loss.backward()
            w = descend(w, 0.1)
        """,
    "a gradient that is zero by itself": """
        w = -torch.ones(2)
        w.requires_grad_()
        out = torch.zeros(2)
        for i in range(2):
            out[i] = torch.relu(w[i])
        out.sum().backward()
        """,
    "a gradient that is zero where a buffer is used again": """
        w = torch.zeros(2, requires_grad=True)
        h = w * 2
        h[:1] = 0.0
        (h * h).sum().backward()
        """,
    "a parameter replaced before the optimizer is made": """
        model = torch.nn.Linear(2, 1)
        model.weight = torch.nn.Parameter(torch.ones(1, 2))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model(torch.ones(2)).sum().backward()
        optimizer.step()
        """,
    "weights that are tied": """
        first, second = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
        second.weight = first.weight
        optimizer = torch.optim.SGD([*first.parameters(), second.bias], lr=0.1)
        second(first(torch.ones(2))).sum().backward()
        optimizer.step()
        """,
}


@pytest.mark.parametrize("what", PROGRAMS)
def test_nothing_is_told(what, script):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        script("import mutagrad as torch\n\n" + textwrap.dedent(PROGRAMS[what]).lstrip("\n"))
