"""`einsum`: sums of products written in subscripts.

An equation is read into labels, one for each dimension of each operand; the operands are then contracted two at a time,
the pair first whose product is smallest against what it is made of. Each contraction is one (batched) matrix product
of views, so the gradient is that of the products and views.
Follows https://docs.pytorch.org/docs/stable/generated/torch.einsum.html
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from mutagrad.ops.products import matmul
from mutagrad.tensor import Tensor

__all__ = ["einsum"]

LETTERS = "".join(map(chr, (*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1))))
ELLIPSIS = "..."

Label = str | int  # a letter; for the dimensions of an ellipsis their place, counted from its right end
Labels = list[Label]


def einsum(*args: Any) -> Tensor:
    """The sum of products that an equation says, as `einsum("ij,jk->ik", a, b)` or `einsum(a, [0, 1], b, [1, 2])`.

    A subscript that the output lacks is summed over, one that an operand repeats means its diagonal, `...` stands for
    any further dimensions, which are broadcast. Without `->` the output has the subscripts that occur once, in
    alphabetical order.  Raises RuntimeError for an equation that the operands do not fit.

    >>> import mutagrad
    >>> a = mutagrad.tensor([[1, 2], [3, 4]])
    >>> mutagrad.einsum("ij,jk->ik", a, a), mutagrad.einsum("ii", a)
    (tensor([[ 7, 10],
            [15, 22]]), tensor(5))
    """
    equation, operands = _equation_of(args)
    inputs, output = _read(equation, operands)
    sizes = _sizes(inputs, operands)
    terms = [_prepared(x, labels, sizes, i) for i, (x, labels) in enumerate(zip(operands, inputs))]
    while len(terms) > 1:
        i, j = _next_pair(terms, output, sizes)
        second, first = terms.pop(j), terms.pop(i)
        terms.insert(i, _contract(first, second, {*output, *(label for _, labels in terms for label in labels)}))
    x, labels = _summed(*terms[0], set(output))
    return _permuted(x, [labels.index(label) for label in output])


# Reading the equation -----------------------------------------------------------------------------------------------


def _equation_of(args: Sequence[Any]) -> tuple[str, list[Tensor]]:
    """The equation and the operands of a call in either form."""
    if len(args) < 2:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, or at least one operand and its "
            "subscripts list"
        )
    if isinstance(args[0], str):
        operands = args[1] if len(args) == 2 and isinstance(args[1], (list, tuple)) else args[1:]
        return args[0], list(operands)
    equation = ",".join(_written(labels) for labels in args[1::2])
    if len(args) % 2:
        return f"{equation}->{_written(args[-1])}", list(args[:-1:2])
    return equation, list(args[::2])


def _written(labels: Sequence[Any]) -> str:
    """A list of subscripts as a text."""
    for label in labels:
        if label is not Ellipsis and not 0 <= label < len(LETTERS):
            raise ValueError(
                "einsum(): expected subscripts to be integers in the range [0, 52) (exclusive) or Ellipsis, but got "
                f"{label}"
            )
    return "".join(ELLIPSIS if label is Ellipsis else LETTERS[label] for label in labels)


def _read(equation: str, operands: list[Tensor]) -> tuple[list[Labels], Labels]:
    """The labels of each operand's dimensions and of the output's."""
    left, arrow, right = equation.partition("->")
    texts = left.split(",")
    if len(texts) != len(operands):
        more = "more" if len(texts) < len(operands) else "fewer"
        raise RuntimeError(f"einsum(): {more} operands were provided than specified in the equation")
    inputs, start, width = [], 0, 0
    for i, (text, operand) in enumerate(zip(texts, operands)):
        symbols = _symbols(text, start, f"operand {i}")
        inputs.append(_labels(symbols, operand.ndim, i))
        width = max(width, sum(isinstance(label, int) for label in inputs[-1]))
        start += len(text) + 1
    if not arrow:
        named = [label for labels in inputs for label in labels if isinstance(label, str)]
        return inputs, [*reversed(range(width)), *(label for label in LETTERS if named.count(label) == 1)]
    output: Labels = []
    for symbol in _symbols(right, len(left) + 2, "the output"):
        if symbol == ELLIPSIS:
            output.extend(reversed(range(width)))
            continue
        if symbol in output:
            raise RuntimeError(f"einsum(): output subscript {symbol} appears more than once in the output")
        if not any(symbol in labels for labels in inputs):
            raise RuntimeError(
                f"einsum(): output subscript {symbol} does not appear in the equation for any input operand"
            )
        output.append(symbol)
    return inputs, output


def _symbols(text: str, start: int, where: str) -> list[str]:
    """The letters and the ellipsis in one part of the equation, which begins at `start`."""
    symbols: list[str] = []
    i = 0
    while i < len(text):
        symbol = text[i]
        if symbol == ".":
            if ELLIPSIS in symbols:
                raise RuntimeError(f"einsum(): found '.' for {where} for which an ellipsis was already found")
            if not text.startswith(ELLIPSIS, i):
                raise RuntimeError(f"einsum(): found '.' for {where} that is not part of any ellipsis")
            symbol = ELLIPSIS
        elif symbol != " " and symbol not in LETTERS:
            raise RuntimeError(
                f"einsum(): invalid subscript given at index {start + i} in the equation string, subscripts must be in "
                "[a-zA-Z]"
            )
        if symbol != " ":
            symbols.append(symbol)
        i += len(symbol)
    return symbols


def _labels(symbols: list[str], ndim: int, operand: int) -> Labels:
    """The label of each of an operand's dimensions."""
    named = len(symbols) - (ELLIPSIS in symbols)
    if ELLIPSIS in symbols:
        if named > ndim:
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({named}) is more than the number of dimensions "
                f"({ndim}) for operand {operand}"
            )
    elif named != ndim:
        raise RuntimeError(
            f"einsum(): the number of subscripts in the equation ({named}) does not match the number of dimensions "
            f"({ndim}) for operand {operand} and no ellipsis was given"
        )
    labels: Labels = []
    for symbol in symbols:
        labels.extend(reversed(range(ndim - named)) if symbol == ELLIPSIS else [symbol])
    return labels


def _sizes(inputs: list[Labels], operands: list[Tensor]) -> dict[Label, int]:
    """The size that each label stands for."""
    sizes: dict[Label, int] = {}
    for i, (labels, operand) in enumerate(zip(inputs, operands)):
        own: dict[Label, int] = {}
        for label, size in zip(labels, operand._array.shape):
            if own.setdefault(label, size) != size:
                raise RuntimeError(
                    f"einsum(): subscript {label} is repeated for operand {i} but the sizes don't match, "
                    f"{size} != {own[label]}"
                )
        for label, size in own.items():
            seen = sizes.get(label, 1)
            if size != 1 and seen not in (1, size):
                name = label if isinstance(label, str) else ELLIPSIS
                raise RuntimeError(
                    f"einsum(): subscript {name} has size {size} for operand {i} which does not broadcast with "
                    f"previously seen size {seen}"
                )
            sizes[label] = seen if size == 1 else size
    return sizes


# Contracting --------------------------------------------------------------------------------------------------------

Term = tuple[Tensor, Labels]


def _prepared(x: Tensor, labels: Labels, sizes: dict[Label, int], operand: int) -> Term:
    """An operand as its diagonal where it repeats a label, and without dimensions that would be broadcast."""
    labels = list(labels)
    for label in [label for label in dict.fromkeys(labels) if labels.count(label) > 1]:
        while labels.count(label) > 1:
            first = labels.index(label)
            second = labels.index(label, first + 1)
            x = x.diagonal(0, first, second)
            labels = [other for d, other in enumerate(labels) if d not in (first, second)] + [label]
    for d in reversed(range(len(labels))):
        if x._array.shape[d] == 1 != sizes[labels[d]]:
            x = x[(slice(None),) * d + (0,)]
            del labels[d]
    return x, labels


def _next_pair(terms: list[Term], output: Labels, sizes: dict[Label, int]) -> tuple[int, int]:
    """The two terms whose product is smallest against the two themselves."""

    def growth(pair: tuple[int, int]) -> int:
        (x, a), (y, b) = (terms[i] for i in pair)
        rest = {*output, *(label for i, (_, labels) in enumerate(terms) if i not in pair for label in labels)}
        return math.prod(sizes[label] for label in {*a, *b} & rest) - x._array.size - y._array.size

    return min(combinations(range(len(terms)), 2), key=growth)


def _contract(first: Term, second: Term, kept: set[Label]) -> Term:
    """The product of two terms, summed over the labels that are not kept."""
    x, a = _summed(*first, kept | set(second[1]))
    y, b = _summed(*second, kept | set(a))
    summed = [label for label in a if label in b and label not in kept]
    batch = [label for label in a if label in b and label in kept]
    left, right = [label for label in a if label not in b], [label for label in b if label not in a]
    labels = batch + left + right
    if not summed:
        return _spread(x, a, labels) * _spread(y, b, labels), labels
    shape = [x._array.shape[a.index(label)] for label in batch + left] + [y._array.shape[b.index(r)] for r in right]
    product = matmul(_arranged(x, a, batch, left, summed), _arranged(y, b, batch, summed, right))
    return product.reshape(shape), labels


def _summed(x: Tensor, labels: Labels, kept: set[Label]) -> Term:
    """A term summed over the dimensions whose label is not kept."""
    dims = [d for d, label in enumerate(labels) if label not in kept]
    if dims:
        x = x.sum(dims)
    return x, [label for label in labels if label in kept]


def _arranged(x: Tensor, labels: Labels, *groups: Labels) -> Tensor:
    """A term as a matrix, or a batch of matrices: one dimension for each group, without an empty batch."""
    x = _permuted(x, [labels.index(label) for group in groups for label in group])
    sizes = iter(x._array.shape)
    shape = [math.prod([next(sizes) for _ in group]) for group in groups]
    return x.reshape(shape if groups[0] else shape[1:])


def _spread(x: Tensor, labels: Labels, wanted: Labels) -> Tensor:
    """A term with its dimensions in the order wanted, and of size one where it has none."""
    x = _permuted(x, [labels.index(label) for label in wanted if label in labels])
    return x[tuple(slice(None) if label in labels else None for label in wanted)]


def _permuted(x: Tensor, order: Iterable[int]) -> Tensor:
    order = list(order)
    return x if order == sorted(order) else x.permute(order)
