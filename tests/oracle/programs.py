"""A random generator of programs that mutate their tensors.

A program is a list of lines of ordinary PyTorch: pasted below `import mutagrad as torch` it runs. The generator runs
each line on the oracle as it writes it, and drops those that raise `Unfit`; so a program never leaves the domain of a
function, writes where PyTorch forbids it, or grows beyond what float64 compares.

Traits change what is generated: `overlap` lets operands overlap what is written (PyTorch may refuse), `numpy` writes
through arrays handed out by `numpy()`, `watch` puts hooks and `retain_grad()` on intermediates, and `pure` leaves out
whatever changes values without history, so that gradients are the slopes of values.
"""

import contextlib
import random

import numpy as np

from . import oracle
from .expressions import MISTAKES, Expressions
from .tensors import overlap_allowed, writes_so_far


def program(seed, traits=()):
    """The program number `seed`, as a list of lines."""
    return Writer(seed, traits).write()


class Writer(Expressions):
    """One program in the making: its lines and, in `space`, what the oracle computed from them."""

    def __init__(self, seed, traits=()):
        self.rng = random.Random(f"{seed} {' '.join(traits)}")
        self.traits = traits
        self.lines, self.space, self.count = [], {"torch": oracle}, 0

    def write(self):
        with overlap_allowed("overlap" in self.traits):
            self.leaves()
            self.body(self.rng.randint(4, 22))
            self.ending()
        return self.lines

    # --- lines

    def emit(self, line):
        """Adds `line` if the oracle runs it; tells whether it did."""
        before = writes_so_far()
        try:
            exec(line, self.space)
        except MISTAKES:
            if writes_so_far() != before or "backward" in line:
                self.replay()
            return False
        self.lines.append(line)
        return True

    def replay(self):
        """Runs the program again, after a line that failed half-way."""
        self.space = {"torch": oracle}
        exec("\n".join(self.lines), self.space)

    def new(self, letter="t"):
        self.count += 1
        return f"{letter}{self.count}"

    def body(self, length):
        """Adds `length` lines from the table."""
        wanted, tries = len(self.lines) + length, 0
        kinds = [kind for kind, traits in KINDS if set(traits) <= set(self.traits)]
        if "pure" in self.traits:
            kinds = [kind for kind in kinds if kind not in IMPURE]
        while len(self.lines) < wanted and tries < 20 * length:
            tries += 1
            kind = self.rng.choices(kinds, [KIND_WEIGHTS[k] for k in kinds])[0]
            with contextlib.suppress(*MISTAKES):
                if line := getattr(self, kind)():
                    self.emit(line)

    def leaves(self):
        """One to three leaves that require grad, and up to two tensors that do not."""
        shapes = [self.shape()]
        for name, learns in zip("abcde"[: self.rng.randint(2, 4)], (True, *self.flags(3)), strict=False):
            shapes.append(self.rng.choice([self.rng.choice(shapes), self.shape()]))
            grad = ", requires_grad=True" if learns else ""
            self.emit(f"{name} = torch.tensor({self.numbers(shapes[-1])}, dtype=torch.float64{grad})")

    # --- kinds of lines: each gives the text of one, or None where it finds no operands

    def view(self):
        text = self.viewed(self.rng.choice(self.names()), depth=1)
        return text and f"{self.new()} = {text}"

    def compute(self):
        text = self.rng.choice([self.unary, self.binary, self.binary, self.reduction, self.joined, self.product])()
        return text and f"{self.target_name()} = {text}"

    def target_name(self):
        """Mostly a new name; sometimes one that is in use, whose tensor then loses its handle."""
        old = [name for name in self.names() if name.startswith("t")]
        return self.rng.choice(old) if old and self.rng.random() < 0.1 else self.new()

    def advanced_read(self):
        x = self.place()
        text = x and self.gathered(x)
        return text and f"{self.new()} = {text}"

    def unary_in_place(self):
        x = self.place(self.is_writable)
        names = "sin cos exp tanh sigmoid relu neg sqrt square abs reciprocal zero log"
        others = ["pow_(2)", "pow_(3)", "clamp_(-0.8, 0.9)", "clamp_(min=-0.5)", "clamp_(max=0.75)"]
        name = self.rng.choice([*(f"{name}_()" for name in names.split()), *others, f"fill_({self.number()})"])
        return x and f"{x}.{name}"

    def binary_in_place(self):
        x = self.place(self.is_writable)
        if not x:
            return None
        y = self.operand(x, within=True)
        z = self.operand(x, within=True, tensor=True)
        w = self.operand(x, within=True, tensor=True)
        choices = [f"{x}.{name}_({y})" for name in ("add", "mul", "sub", "div")]
        choices += [f"{x}.add_({z}, alpha={self.number()})", f"{x}.copy_({z})", f"{x}.lerp_({z}, 0.25)"]
        choices += [f"{x}.addcmul_({z}, {w}, value={self.number()})", f"{x}.addcdiv_({z}, {w})", f"{x}.pow_({z})"]
        if x.isidentifier():
            choices += 2 * [f"{x} {sign}= {y}" for sign in "+-*/"]
        return self.rng.choice(choices)

    def assign(self):
        """`x[...] = y`, and `x[...] += y`."""
        name = self.writable_name()
        if not name:
            return None
        x = f"{name}[{self.index(name)}]"
        value = self.operand(x, within=True)
        return f"{x} {self.rng.choice(['=', '=', '=', '+=', '*=', '-='])} {value}"

    def advanced_write(self):
        x = self.place(self.is_writable)
        return x and self.scattered(x)

    def masked_write(self):
        x = self.place(self.is_writable)
        if not x:
            return None
        mask = self.mask(self.peek(x).shape)
        value = self.rng.choice([self.number(), self.operand("torch.zeros((), dtype=torch.float64)", within=True)])
        return self.rng.choice([f"{x}.masked_fill_({mask}, {value})", f"{x}[{mask}] = {self.number()}"])

    def self_reference(self):
        """A write whose value is computed from the very memory that is written."""
        name = self.writable_name(lambda t: t.ndim >= 1)
        if not name:
            return None
        n = self.peek(name).shape[0]
        choices = [f"{name}.mul_({name})", f"{name}.add_({name})", f"{name}.copy_({name}.sin())"]
        choices += [f"{name}[1:] = {name}[:-1] * {self.number()}", f"{name}[:-1] -= {name}[1:] * {self.number()}"]
        choices += [f"{name}[{self.rng.randrange(n)}] = {name}[{self.rng.randrange(n)}].sin()"]
        choices += [f"{name}[[0, {n - 1}]] = {name}[[{n - 1}, 0]]", f"{name} *= {name}"]
        choices += [f"{name}.add_({name}.t() * 0.5)", f"for row in {name}: row.mul_({self.number()})"]
        choices += [f"for i in range(1, {n}): {name}[i] = {name}[i - 1] * {self.number()}"]
        choices += [f"for i in range(1, {n}): {name}[i] += {name}[i - 1].tanh()"]
        return self.rng.choice(choices)

    def overlapping_write(self):
        name = self.writable_name(lambda t: t.ndim >= 1)
        choices = [f"{name}.add_({name}.t())", f"{name}[1:] = {name}[:-1]", f"{name}[:-1].mul_({name}[1:])"]
        choices += [f"{name}.mul_({name}[0])", f"{name}[::2].sub_({name}[0])", f"{name}.copy_({name}.mT)"]
        return name and self.rng.choice(choices)

    def silent_write(self):
        """A write under `no_grad`, to leaves too."""
        line = self.rng.choice([self.unary_in_place, self.binary_in_place, self.assign, self.masked_write])
        with oracle.no_grad():
            text = line()
        return text and f"with torch.no_grad(): {text}"

    def new_family(self):
        x = self.place()
        ending = self.rng.choice([".detach()", ".detach()", ".data", ".detach().requires_grad_()"])
        return x and f"{self.new('d')} = {x}{ending}"

    def hidden_write(self):
        """A write through a `detach()` or `.data` that is gone at once."""
        x = self.place()
        if not x:
            return None
        alias = f"{x}{self.rng.choice(['.detach()', '.data'])}"
        if not self.is_writable(self.peek(alias)):
            return None
        value = self.operand(x, within=True)
        index = self.index(x)
        choices = [f"{alias}.mul_({value})", f"{alias}.add_({value})", f"{alias}.zero_()", f"{alias}.fill_(0.5)"]
        choices += [f"{alias}[{index}] = {self.number()}", f"{alias}[{index}] *= {self.number()}"]
        return self.rng.choice(choices)

    def numpy_write(self):
        x = self.place()
        index = x and self.index(x)
        return x and f"{x}.detach().numpy()[{index}] {self.rng.choice(['=', '*=', '+='])} {self.number()}"

    def numpy_alias(self):
        x = self.place()
        return x and f"{self.new('n')} = {x}.detach().numpy()"

    def numpy_alias_write(self):
        aliases = [name for name, value in self.space.items() if isinstance(value, np.ndarray)]
        return aliases and f"{self.rng.choice(aliases)}[...] {self.rng.choice(['=', '*=', '+='])} {self.number()}"

    def selector(self):
        """An index or a mask with a name, so that it can be overwritten after its use."""
        shape = self.peek(self.rng.choice(self.names())).shape
        if not shape or self.rng.random() < 0.5:
            return f"{self.new('m')} = torch.tensor({self.flags_of(shape)})"
        return f"{self.new('i')} = torch.tensor({self.indices(self.rng.choice(shape))})"

    def selector_write(self):
        named = [name for name in self.space if name[0] in "im" and name[1:].isdigit()]
        if not named:
            return None
        name = self.rng.choice(named)
        if name[0] == "m":
            truth = self.rng.random() < 0.5
            return self.rng.choice([f"{name}.fill_({truth})", f"{name}[...] = {truth}"])
        return self.rng.choice([f"{name}.zero_()", f"{name}[{self.rng.randrange(self.space[name].numel())}] = 0"])

    def reshape_in_place(self):
        name = self.writable_name()
        ndim = self.peek(name).ndim if name else 0
        dim = self.rng.randint(0, max(ndim - 1, 0))
        changes = ["t_()", f"transpose_(0, {dim})", f"unsqueeze_({dim})", f"squeeze_({dim})"]
        return name and f"{name}.{self.rng.choice(changes)}"

    def forget(self):
        computed = [name for name in self.names() if name[0] == "t"]
        return len(computed) > 3 and f"del {self.rng.choice(computed)}"

    def hook(self):
        name = self.rng.choice(self.names(lambda t: t.requires_grad))
        seen = self.new("seen")
        keep = self.rng.choice([f"{seen}.append", f"lambda g: {seen}.append(g.clone())"])
        hooks = [f"{seen} = []; {name}.register_hook({keep})", f"{name}.register_hook(lambda g: g * {self.number()})"]
        return self.rng.choices([*hooks, f"{name}.retain_grad()"], [3, 1, 2])[0]

    # --- endings: a loss of several tensors, and one or more reverse passes

    def ending(self):
        endings = [self.grad_once, self.backward_once, self.backward_twice, self.grad_of_grad, self.step_between]
        weights = [4, 3, 2, 0, 1] if "watch" in self.traits else [4, 3, 2, 2, 1]
        self.loss("loss")
        self.rng.choices(endings, weights)[0]()
        if "watch" in self.traits:
            for name in self.names(lambda t: t.retains_grad):
                self.emit(f"kept_{name} = {name}.grad")

    def loss(self, total):
        """A weighted sum of one to four tensors that require grad, every element with a weight of its own."""
        learned = self.names(lambda t: t.requires_grad)
        recent = learned[-6:]
        self.emit(f"{total} = torch.zeros((), dtype=torch.float64)")
        for name in self.rng.sample(recent, min(len(recent), self.rng.randint(1, 4))):
            x = self.rng.choice([name, name, f"{name}.sin()", f"{name}.tanh()", f"({name} * {name})"])
            shape, size = list(self.space[name].shape), self.space[name].numel()
            weights = f"torch.linspace({self.number()}, {self.number()}, {size}, dtype=torch.float64).reshape({shape})"
            self.emit(f"{total} = {total} + ({x} * {weights}).sum()")
        if not self.space[total].requires_grad:
            self.emit(f"{total} = {total} + a.sum()")

    def inputs(self, intermediates=True):
        """The leaves that require grad, and sometimes a base that was computed."""
        named = self.names(lambda t: t.requires_grad and t.is_leaf and t.parent is None)
        if intermediates:
            bases = self.names(lambda t: t.requires_grad and not t.is_leaf and t.parent is None)
            # PyTorch reports a target before or after its hooks, depending on what else is asked for.
            bases = [x for x in bases if not any(f"{x}.register_hook(lambda g: g *" in line for line in self.lines)]
            named += self.rng.sample(bases, min(len(bases), self.rng.randint(0, 2)))
        return ", ".join(named)

    def grad_once(self):
        self.emit(f"g = torch.autograd.grad(loss, [{self.inputs()}], allow_unused=True)")

    def backward_once(self, retain=""):
        self.emit(f"loss.backward({retain})")
        self.read_grads()

    def read_grads(self):
        for name in self.inputs(intermediates=False).split(", "):
            if self.space[name].grad is not None:
                self.emit(f"{self.new('g')} = {name}.grad.clone()")

    def backward_twice(self):
        """The same graph again, after more writes."""
        self.backward_once("retain_graph=True")
        self.body(self.rng.randint(1, 5))
        if self.rng.random() < 0.5:
            self.loss("loss")
        self.backward_once()

    def step_between(self):
        """A step of gradient descent between two passes over one graph."""
        self.backward_once("retain_graph=True")
        for name in self.inputs(intermediates=False).split(", "):
            if self.space[name].grad is not None:
                self.emit(f"with torch.no_grad(): {name}.sub_({name}.grad, alpha=0.05)")
        self.backward_once()

    def grad_of_grad(self):
        """A second order gradient, sometimes a third, with writes in between."""
        inputs = self.inputs()
        self.emit(f"g = torch.autograd.grad(loss, [{inputs}], create_graph=True, allow_unused=True)")
        self.body(self.rng.randint(0, 4))
        if not self.emit("second = loss * 0.5 + sum((h * h).sum() * 0.01 for h in g if h is not None)"):
            return
        if self.rng.random() < 0.2:
            self.emit("h = torch.autograd.grad(second, [a], create_graph=True, allow_unused=True)")
            self.emit("second = second + sum((k * k).sum() * 0.01 for k in h if k is not None)")
        self.emit(f"h = torch.autograd.grad(second, [{self.inputs(False)}], allow_unused=True)")


KIND_WEIGHTS = {
    "view": 14,
    "compute": 22,
    "advanced_read": 3,
    "unary_in_place": 9,
    "binary_in_place": 13,
    "assign": 9,
    "advanced_write": 7,
    "masked_write": 3,
    "self_reference": 6,
    "silent_write": 4,
    "new_family": 4,
    "hidden_write": 4,
    "selector": 2,
    "selector_write": 2,
    "reshape_in_place": 1,
    "forget": 2,
    "overlapping_write": 8,
    "numpy_write": 4,
    "numpy_alias": 3,
    "numpy_alias_write": 4,
    "hook": 8,
}
IMPURE = ("silent_write", "new_family", "hidden_write")
TRAIT_OF = {"overlapping_write": ("overlap",), "hook": ("watch",)}
KINDS = [(k, ("numpy",) if k.startswith("numpy") else TRAIT_OF.get(k, ())) for k in KIND_WEIGHTS]
