"""What functions of the graph show of what they saved: tensors, sizes, dimensions and indices, by PyTorch's names."""

from ..suite import Cases

case = Cases()

EXPRESSIONS = {
    "arithmetic": "x + y|x - 1|1 - x|x ** y|x ** 2|x.square()|x.add(y, alpha=2)|torch.addcmul(x, x, y)|x.clamp(0, 2)",
    "sums": "x.sum()|x.sum(0)|x.sum((0, 1))|x.sum(1, keepdim=True)|x.mean()|x.mean(0)|x.logsumexp(0)|x.trace()",
    "spreads": "x.var()|x.var(0)|x.std()|x.std(0, keepdim=True)|torch.var_mean(x)[0]|x.norm(2.5, 1)|x.cumsum(0)",
    "extremes": "x.max()|x.max(0)[0]|x.min(1)[0]|x.amax(0)|x.amin((0, 1))|x.median()|x.median(0)[0]|x.mode(0)[0]",
    "orders": "x.sort()[0]|x.topk(2)[0]|x.kthvalue(1)[0]|x.softmax(0)|x.log_softmax(1)",
    "products": "x @ y.t()|torch.mm(x, y.t())|torch.mv(x, v)|torch.dot(v, v)|torch.bmm(x[None], y.t()[None])|"
    "torch.addmm(s, x, y.t(), beta=0.5, alpha=2)|torch.addmv(s[0], x, v)",
    "views": "x.view(6)|x.t()|x.transpose(0, 1)|x.permute(1, 0)|x[:1].squeeze(0)|x.unsqueeze(0)|x[0]|x[0:1]|x[:, ::2]|"
    "x[None]|x.expand(2, 2, 3)|x.diagonal()|x.unfold(1, 2, 1)|x.unbind()[0]|x.narrow(1, 0, 2)|x.select(0, 1)",
    "rearranged": "x.diag()|v.diag()|x.tril()|x.triu(1)|x.flip(0)|x.roll(1, 0)|x.repeat(2, 2)|torch.cat([x, y], 1)|"
    "torch.stack([x, y])|torch.block_diag(x, y)",
    "read by index": "x[i]|x[:, i]|x[m]|x[i, i]|x[[0, 1]]|x[i, 1]|x.index_select(0, i)|x.index_select(1, i)",
    "written by index": "x.index_fill(0, i, 2.0)|x.index_put((i,), y)|x.index_put((i,), y, accumulate=True)|"
    "x.scatter(1, n, y)|x.scatter(0, n, 2.0)|x.scatter_add(1, n[:1], y)|x.scatter(0, n[:, :1], y)",
}


def seen(torch, value):
    """A saved value as plain data: what a tensor or a tuple of tensors holds, and how many dimensions it has."""
    if isinstance(value, torch.Tensor):
        return ["tensor", str(value.dtype), value.tolist()]
    return [seen(torch, each) for each in value] if isinstance(value, tuple) else value


def shown(torch, expressions):
    x = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.5]], dtype=torch.float64, requires_grad=True)
    y = torch.tensor([[1.5, 0.2, 3.0], [0.4, 5.0, 6.0]], dtype=torch.float64, requires_grad=True)
    s = torch.tensor([[2.0, 0.5], [0.5, 3.0]], dtype=torch.float64, requires_grad=True)
    v = torch.tensor([0.1, 0.2, 0.3], dtype=torch.float64, requires_grad=True)
    i, n = torch.tensor([0, 1]), torch.tensor([[0, 1, 1], [1, 0, 0]])
    m = torch.tensor([[True, False, True], [False, True, True]])
    named = {"torch": torch, "x": x, "y": y, "s": s, "v": v, "i": i, "n": n, "m": m}
    found = {}
    for expression in expressions.split("|"):
        function = eval(expression, named).grad_fn
        names = [name for name in dir(function) if name.startswith("_saved_")]
        found[expression] = [function.name(), {name: seen(torch, getattr(function, name)) for name in names}]
    return found


def add(title):
    def what_is_saved(torch):
        return shown(torch, EXPRESSIONS[title])

    what_is_saved.__name__ = title.replace(" ", "_")
    case(what_is_saved)


for each in EXPRESSIONS:
    add(each)
