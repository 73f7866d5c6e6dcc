"""Random expressions: operands, views, indices and operations whose shapes fit, as text.

`Writer` in `programs.py` puts them into lines. An expression is evaluated on the oracle to learn its shape; that has no
effect on the program.
"""

import functools

from . import oracle
from .operations import Unfit, require

# What a line may raise that does not fit: the generator drops it.
MISTAKES = (Unfit, ValueError, IndexError, TypeError, ZeroDivisionError)


@functools.lru_cache(maxsize=10_000)
def compiled(text):
    return compile(text, "<expression>", "eval")


class Expressions:
    """Needs `rng`, the random generator, and `space`, the names of the program with the oracle's values."""

    # --- names and constants

    def names(self, test=lambda t: True):
        """The names of the float tensors that pass `test`, oldest first; losses and gradients are not among them."""
        found = ((n, t) for n, t in self.space.items() if n[0] in "abcdt" and (n[1:].isdigit() or not n[1:]))
        return [n for n, t in found if t.dtype == oracle.float64 and test(t)]

    def peek(self, text):
        """The oracle's value of the expression `text`."""
        if text in self.space:
            return self.space[text]
        with oracle.no_grad():
            return eval(compiled(text), self.space)

    def is_writable(self, tensor):
        """Whether an in-place operation on `tensor` is allowed now."""
        is_leaf = tensor.family.is_leaf and oracle.is_grad_enabled()
        return not is_leaf and len(set(tensor.cells.flat)) == tensor.cells.size

    def writable_name(self, test=lambda t: True):
        names = self.names(lambda t: self.is_writable(t) and test(t))
        return self.rng.choice(names) if names else None

    def number(self):
        return self.rng.choice([0.25, 0.5, 0.75, 0.9, 1.1, 1.5, 2.0, -0.5, -0.75, -1.0, -1.25])

    def shape(self):
        """Small, of one to three dimensions, often square."""
        n = self.rng.choice([2, 3, 3, 4])
        return self.rng.choice([(n,), (n + 2,), (n, n), (n, 3), (2, n), (2, 3, 2), (2, 2, n), (1, n)])

    def numbers(self, shape):
        if not shape:
            return round(self.rng.choice([-1, 1]) * self.rng.uniform(0.3, 1.7), 2)
        return [self.numbers(shape[1:]) for _ in range(shape[0])]

    def flags(self, n):
        return [self.rng.random() < 0.5 for _ in range(n)]

    def flags_of(self, shape):
        return [self.flags_of(shape[1:]) for _ in range(shape[0])] if shape else self.rng.random() < 0.5

    def indices(self, n):
        """A few indices into `n` elements, sometimes with repeats."""
        if self.rng.random() < 0.5:
            return self.rng.sample(range(n), self.rng.randint(1, n))
        return [self.rng.randrange(n) for _ in range(self.rng.randint(1, n + 1))]

    # --- places and operands

    def place(self, test=lambda t: True):
        """A tensor that passes `test`: a name, or a view of one."""
        names = self.names()
        for _ in range(4):
            name = self.rng.choice(names[-5:] if self.rng.random() < 0.5 else names)
            text = self.viewed(name, self.rng.choice([0, 0, 1, 1, 2]))
            if text and test(self.peek(text)):
                return text
        return None

    def viewed(self, text, depth):
        """`text` with `depth` view operations behind it."""
        for _ in range(depth):
            for _ in range(4):
                longer = text + self.view_step(text)
                try:
                    self.peek(longer)
                except MISTAKES:
                    continue
                text = longer
                break
            else:
                return None
        return text

    def operand(self, text, within=False, tensor=False):
        """Something to combine with the tensor `text`: if `within`, broadcasting to its shape; a tensor or a number."""
        shape = self.peek(text).shape
        if not tensor and self.rng.random() < 0.25:
            return self.number()
        for _ in range(6):
            other = self.place(lambda t: self.fits(t.shape, shape, within))
            if other:
                copied = self.rng.choice([".clone()", ".sin()", " * 0.5"])
                return other if self.rng.random() < 0.8 else other + copied
        return f"torch.tensor({self.numbers(shape)}, dtype=torch.float64)" if tensor else self.number()

    @staticmethod
    def fits(shape, target, within):
        if within and len(shape) > len(target):
            return False
        pairs = list(zip(reversed(shape), reversed(target), strict=False))
        return all(n == m or n == 1 or (m == 1 and not within) for n, m in pairs)

    def mask(self, shape):
        """A boolean tensor of `shape`: named, computed, or written out."""
        named = [n for n, t in self.space.items() if isinstance(t, oracle.Tensor) and t.dtype == oracle.bool]
        named = [n for n in named if self.space[n].shape == shape]
        require(0 not in shape, "a mask of nothing")
        same = self.names(lambda t: t.shape == shape)
        choices = [*named, f"torch.tensor({self.flags_of(shape)})"]
        if same:
            choices.append(f"({self.rng.choice(same)} {self.rng.choice('<>')} {self.number()})")
        return self.rng.choice(choices)

    def index_tensor(self, n):
        """One-dimensional indices below `n`: named or written out."""
        named = [x for x, t in self.space.items() if isinstance(t, oracle.Tensor) and t.dtype == oracle.int64]
        named = [x for x in named if max(self.space[x].tolist()) < n]
        return self.rng.choice([*named, f"torch.tensor({self.indices(n)})"])

    # --- views

    def view_step(self, text):
        """One view operation on the tensor `text`."""
        t, rng = self.peek(text), self.rng
        if t.ndim == 0:
            return rng.choice([".unsqueeze(0)", "[None]", ".reshape(1)", ".expand(3)", ".view(1, 1)"])
        d, e = rng.randrange(t.ndim), rng.randrange(-t.ndim, t.ndim)
        n = t.shape[d]
        start = rng.randrange(n) if n else 0
        steps = [f"[{self.index(text)}]"] * 8
        steps += [f".select({d}, {start})", f".narrow({d}, {start}, {rng.randint(1, max(n - start, 1))})"]
        steps += [f".transpose({d}, {e})", f".movedim({d}, {e})", f".unsqueeze({e})", f".squeeze({d})", ".squeeze()"]
        steps += [f".permute({', '.join(map(str, rng.sample(range(t.ndim), t.ndim)))})", ".mT", ".t()", ".t()"]
        folds = self.refolded(t)
        steps += [".flatten()", ".reshape(-1)", ".view(-1)", f".reshape({folds})", f".view({folds})"]
        steps += [f".expand({', '.join(str(m) for m in (2, *t.shape))})", f".expand({', '.join(['-1'] * t.ndim)})"]
        pieces = [f".unbind({d})[{start}]", f".split({rng.randint(1, max(n, 1))}, {d})[0]", f".chunk(2, {d})[-1]"]
        steps.append(rng.choice(pieces))
        steps += [f".unfold({d}, {rng.randint(1, max(n, 1))}, {rng.randint(1, 2)})"]
        if t.ndim > 1:
            steps += [f".diagonal({rng.randint(-1, 1)})", ".diagonal(0, -2, -1)", f".diagonal(0, {d}, {e})"]
        return rng.choice([*steps, self.strided(t)])

    def index(self, text):
        """A basic index: integers, slices with steps, an ellipsis, None."""
        rng, parts = self.rng, []
        for n in self.peek(text).shape[: rng.randint(1, 3)]:
            low, high = sorted(rng.sample(range(n + 1), 2)) if n > 1 else (0, n)
            slices = [":", f"{low}:", f":{high}", f"{low}:{high}", f"{low}::2", "::2", f"{-high}:"]
            parts.append(rng.choice([*slices, str(rng.randrange(-n, n)) if n else ":"]))
        if rng.random() < 0.1:
            parts.insert(rng.randint(0, len(parts)), "None")
        if rng.random() < 0.15:
            parts = rng.choice([[*parts[:1], "..."], ["...", *parts[-1:]]])
        return ", ".join(parts or ["..."])

    def refolded(self, t):
        """Another shape for as many elements."""
        n = t.numel()
        pairs = [(i, n // i) for i in range(1, n + 1) if n % i == 0] or [(n,)]
        return ", ".join(map(str, self.rng.choice(pairs)))

    def strided(self, t):
        """An `as_strided` within the elements of `t`, with overlap or without."""
        rng, n = self.rng, t.numel()
        size = [rng.randint(1, 3) for _ in range(rng.randint(1, 2))]
        stride = [rng.choice([1, 1, 2, 3]) for _ in size]
        reach = sum((m - 1) * step for m, step in zip(size, stride, strict=True))
        offset = "" if rng.random() < 0.4 else f", {rng.randrange(max(n - reach, 1))}"
        return f".as_strided({size}, {stride}{offset})"

    # --- operations that make new tensors

    def unary(self):
        x = self.place()
        names = "sin cos exp tanh sigmoid relu neg sqrt square abs reciprocal log clone contiguous"
        options = ["pow(2)", "pow(3)", "clamp(-0.8, 0.9)", f"cumsum({self.dim(x)})", f"softmax({self.dim(x)})"]
        name = self.rng.choice([*(f"{name}()" for name in names.split()), *options])
        if x and self.rng.random() < 0.3 and name.endswith("()") and "contiguous" not in name:
            return f"torch.{name[:-2]}({x})"
        return x and f"{x}.{name}"

    def dim(self, x):
        ndim = self.peek(x).ndim if x else 0
        return self.rng.randrange(-ndim, ndim) if ndim else 0

    def binary(self):
        x = self.place()
        if not x:
            return None
        y, z, w = self.operand(x), self.operand(x, tensor=True), self.operand(x, tensor=True)
        choices = [f"{x} {sign} {y}" for sign in "++-**/"] + [f"{self.number()} {sign} {x}" for sign in "+-*/"]
        choices += [f"torch.maximum({x}, {z})", f"torch.minimum({x}, {z})", f"{x} ** {self.rng.choice([2, 3, z])}"]
        choices.append(f"torch.where({self.mask(self.peek(x).shape)}, {x}, {y})")
        choices.append(f"torch.add({x}, {z}, alpha={self.number()})")
        choices += [f"torch.lerp({x}, {z}, 0.3)", f"torch.addcmul({x}, {z}, {w})", f"{x}.sub({y})", f"{x}.mul({y})"]
        return self.rng.choice(choices)

    def reduction(self):
        x = self.place()
        name = self.rng.choice(["sum", "sum", "mean", "prod"])
        arguments = self.rng.choice(["", self.dim(x), f"{self.dim(x)}, keepdim=True"])
        return x and f"{x}.{name}({arguments})"

    def joined(self):
        x = self.place(lambda t: t.ndim >= 1)
        if not x:
            return None
        shape = self.peek(x).shape
        others = [y for _ in range(3) if (y := self.place(lambda t: t.shape == shape))]
        pieces = self.rng.sample([x, *others], self.rng.randint(1, len(others) + 1))
        return f"torch.{self.rng.choice(['cat', 'stack'])}([{', '.join(pieces)}], {self.dim(x)})"

    def product(self):
        x = self.place(lambda t: t.ndim >= 1)
        if not x:
            return None
        inner = self.peek(x).shape[-1]
        y = self.place(lambda t: t.ndim >= 1 and t.shape[-2 if t.ndim > 1 else -1] == inner)
        return self.rng.choice([f"{x} @ {y}", f"torch.matmul({x}, {y})"]) if y else f"{x} @ {x}.t()"

    # --- advanced indices

    def selection(self, t):
        """An index that makes a copy: lists, index tensors, a mask."""
        if t.ndim == 0:
            return None
        first = self.index_tensor(t.shape[0]) if min(t.shape) else "[]"
        choices = [first, f"{self.indices(t.shape[0]) if t.shape[0] else []}", self.mask(t.shape)]
        if t.ndim > 1 and min(t.shape):
            rows, columns = self.indices(t.shape[0]), self.indices(t.shape[1])
            n = min(len(rows), len(columns))
            choices += [f"{rows[:n]}, {columns[:n]}", f":, {columns}", f"1:, {columns}"]
            choices.append(f"..., {self.indices(t.shape[-1])}")
        return self.rng.choice(choices)

    def gathered(self, x):
        """An advanced read of the tensor `x`."""
        t = self.peek(x)
        if t.ndim == 0 or min(t.shape) == 0:
            return None
        d = self.rng.randrange(t.ndim)
        choices = [f"{x}[{self.selection(t)}]"] * 3 + [f"{x}.index_select({d}, {self.index_tensor(t.shape[d])})"]
        if t.ndim == 1:
            choices.append(f"{x}.gather(0, {self.index_tensor(t.shape[0])})")
        if t.ndim == 2:
            positions = [self.indices(t.shape[1])[:1] * 2 for _ in range(t.shape[0])]
            choices.append(f"{x}.gather(1, torch.tensor({positions}))")
        return self.rng.choice(choices)

    def scattered(self, x):
        """An advanced write to the tensor `x`."""
        t = self.peek(x)
        if t.ndim == 0 or min(t.shape) == 0:
            return None
        d = self.rng.randrange(t.ndim)
        index = self.index_tensor(t.shape[d])
        piece = self.operand(f"{x}.index_select({d}, {index})", tensor=True)
        exact = f"({piece}).expand({list(self.peek(f'{x}.index_select({d}, {index})').shape)})"
        first, selection = self.index_tensor(t.shape[0]), self.selection(t)
        value = self.operand(f"{x}[{selection}]", within=True)
        row = self.operand(f"{x}[{first}]", within=True, tensor=True)
        choices = [f"{x}[{selection}] = {value}", f"{x}[{selection}] {self.rng.choice('+*-')}= {value}"]
        choices += [f"{x}.index_add_({d}, {index}, {exact}, alpha={self.number()})"]
        choices += [f"{x}.index_copy_({d}, {index}, {exact})", f"{x}.index_fill_({d}, {index}, {self.number()})"]
        choices += [f"{x}.index_put_(({first},), {row}, accumulate={self.rng.random() < 0.7})"]
        if t.ndim == 1:
            choices += [f"{x}.scatter_add_(0, {index}, {exact})", f"{x}.scatter_(0, {index}, {exact})"]
            choices += [f"{x}.scatter_(0, {index}, {self.number()})"]
        if t.ndim == 2:
            wide = f"{index}.unsqueeze({1 - d}).expand({list(self.peek(f'{x}.index_select({d}, {index})').shape)})"
            choices += [f"{x}.scatter_add_({d}, {wide}, {exact})", f"{x}.scatter_({d}, {wide}, {exact})"]
            choices += [f"{x}.addmm_({x} * 0.5, {x}.t() @ {x}, beta=0.5)"]
        return self.rng.choice(choices)
