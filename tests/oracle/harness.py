"""Running one program on two libraries, comparing what it leaves behind, and shrinking it while it still differs.

A program is a list of lines, or a function of the `torch` module that returns its `locals()`; the latter is the form in
which a failing program is kept under a name.
"""

import re

import numpy as np

TOLERANCE = 1e-9
ABOUT_GRADIENTS = re.compile(r"register_hook|retain_grad\(|backward\(|autograd\.grad|\.grad\b|second|\bseen")


def run(program, torch):
    """The names that `program` leaves behind, run with the module `torch`."""
    if callable(program):
        return program(torch)
    space = {"torch": torch}
    exec(compile("\n".join(program), "<program>", "exec"), space)
    return space


def harvest(space, torch):
    """The tensors in `space` as nested lists, and whether they require grad; a tuple gives one entry each."""
    values, learns = {}, {}
    for name, value in space.items():
        if isinstance(value, torch.Tensor):
            values[name], learns[name] = value.tolist(), value.requires_grad
        elif name.startswith("seen"):
            values[name] = np.sum([g.tolist() for g in value], axis=0).tolist() if value else None
        elif isinstance(value, tuple):
            values |= {f"{name}[{i}]": None if t is None else t.tolist() for i, t in enumerate(value)}
        elif isinstance(value, np.ndarray) or value is None:
            values[name] = None if value is None else value.tolist()
    return values, learns


def difference(expected, actual):
    """The first difference between two harvests as text, or None. An absent gradient counts as zeros."""
    (values, learns), (others, other_learns) = expected, actual
    for name, value in values.items():
        if name not in others:
            return f"{name}: expected {value}, but there is none"
        x, y = (np.zeros(()) if v is None else np.asarray(v, dtype=np.float64) for v in (value, others[name]))
        if value is not None and others[name] is not None and x.shape != y.shape:
            return f"{name}: expected shape {x.shape}, got {y.shape}"
        error = np.max(np.abs(x - y), initial=0.0)
        if not error <= TOLERANCE * max(1.0, np.max(np.abs(x), initial=0.0)):
            return f"{name}: expected {value}\n{' ' * len(name)}  got      {others[name]}"
    for name, learn in learns.items():
        if learn != other_learns[name]:
            return f"{name}.requires_grad: expected {learn}, got {other_learns[name]}"
    return None


def forward_only(program):
    """The lines of `program` without gradients, and without leaves that ask for them."""
    kept = [line for line in program if not ABOUT_GRADIENTS.search(line)]
    return [line.replace(", requires_grad=True", "").replace(".requires_grad_()", "") for line in kept]


def gradient_of_loss(program, torch):
    """The gradients of `loss` in the leaves that require grad, as a dictionary of arrays."""
    leaves = [line[0] for line in program if line.endswith("requires_grad=True)")]
    lines = [line for line in program if not ABOUT_GRADIENTS.search(line)]
    ask = f"g = torch.autograd.grad(loss, [{', '.join(leaves)}], allow_unused=True)"
    grads = run([*lines, ask], torch)["g"]
    return {name: 0.0 if g is None else np.asarray(g.tolist()) for name, g in zip(leaves, grads, strict=True)}


def slopes_of_loss(program, torch, step=1e-6):
    """Central differences of `loss` in the elements of those leaves."""
    slopes, lines = {}, forward_only(program)
    for line in program:
        if line.endswith("requires_grad=True)"):
            name = line[0]
            at = 1 + lines.index(line.replace(", requires_grad=True", ""))
            nudged = lambda i, h: [*lines[:at], f"{name}.view(-1)[{i}] += {h}", *lines[at:]]  # noqa: B023
            loss = lambda i, h: run(nudged(i, h), torch)["loss"].tolist()  # noqa: B023
            shape = np.shape(eval(line.split("tensor(")[1].split(", dtype")[0]))
            flat = [(loss(i, step) - loss(i, -step)) / (2 * step) for i in range(int(np.prod(shape)))]
            slopes[name] = np.reshape(flat, shape)
    return slopes


def slope_difference(program, torch, gradients):
    """The first gradient that is not the slope of `loss` as text, None where all are."""
    for name, slope in slopes_of_loss(program, torch).items():
        gradient = np.broadcast_to(gradients[name], slope.shape)
        if np.max(np.abs(slope - gradient)) > 1e-4 * max(1.0, np.max(np.abs(slope))):
            return f"{name}: gradient {gradient.tolist()}\n   slope    {slope.tolist()}"
    return None


def shrink(program, fails):
    """The shortest program found by deleting lines from `program`, a list of lines, for which `fails` still holds."""
    size = len(program)
    while size:
        for start in range(len(program) - size, -1, -1):
            for shorter in _without(program, start, size):
                if fails(shorter):
                    program = shorter
                    break
        size = min(size // 2, len(program)) if size > 1 else _again(program, fails)
    return program


def _again(program, fails):
    """One, if some single line can still go; else zero."""
    return int(any(fails(s) for start in range(len(program)) for s in _without(program, start, 1)))


def _without(program, start, size):
    """`program` less some lines; of one line that defines a name, also with the name replaced by one it is made of."""
    yield program[:start] + program[start + size :]
    if size == 1 and (made := re.match(r"(\w+) = (.*)", program[start])):
        name, text = made.groups()
        for other in dict.fromkeys(re.findall(r"\b[a-ditmn]\d*\b", text)):
            later = [re.sub(rf"\b{name}\b", other, line) for line in program[start + 1 :]]
            yield program[:start] + later


def as_function(program, name):
    """`program` as the text of a function, to be kept in `named/`."""
    return "\n".join([f"def {name}(torch):", *(f"    {line}" for line in program), "    return locals()"])
