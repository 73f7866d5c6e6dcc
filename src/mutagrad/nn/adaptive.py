"""Losses with weights of their own, from the input to the logits of very many classes.

`AdaptiveLogSoftmaxWithLoss` has the rare classes in clusters of smaller width (E. Grave et al., 2016),
`LinearCrossEntropyLoss` is a linear layer and the cross entropy.
Follows https://docs.pytorch.org/docs/stable/nn.html#loss-functions
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from mutagrad.nn import functional
from mutagrad.nn.containers import ModuleList, Sequential
from mutagrad.nn.layers import Linear
from mutagrad.nn.module import Module
from mutagrad.ops.joining import cat
from mutagrad.tensor import Tensor

__all__ = ["AdaptiveLogSoftmaxWithLoss", "LinearCrossEntropyLoss", "LinearCrossEntropyOptions"]

F: Any = functional


class _ASMoutput(NamedTuple):
    output: Any
    loss: Any


class AdaptiveLogSoftmaxWithLoss(Module):
    """Log-probabilities of targets, and their mean with the sign turned: of the classes below the first of `cutoffs`
    directly, of those between two cutoffs as those of a cluster and of the class in it.

    Raises ValueError for cutoffs that do not rise between 0 and `n_classes - 1`.
    """

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        cutoffs = list(cutoffs)
        if not cutoffs:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        is_rising = cutoffs == sorted(set(cutoffs)) and min(cutoffs) > 0 and max(cutoffs) <= n_classes - 1
        if not is_rising or any(int(cutoff) != cutoff for cutoff in cutoffs):
            raise ValueError(
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each "
                "value is between 1 and n_classes-1"
            )
        made = {"device": device, "dtype": dtype}
        self.in_features = in_features
        self.n_classes = n_classes
        self.cutoffs = [*cutoffs, n_classes]
        self.div_value = div_value
        self.head_bias = head_bias
        self.shortlist_size = self.cutoffs[0]
        self.n_clusters = len(self.cutoffs) - 1
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, bias=head_bias, **made)
        self.tail = ModuleList()
        for number in range(self.n_clusters):
            width = int(in_features // (div_value ** (number + 1)))
            size = self.cutoffs[number + 1] - self.cutoffs[number]
            project, spread = Linear(in_features, width, bias=False, **made), Linear(width, size, bias=False, **made)
            self.tail.append(Sequential(project, spread))

    def reset_parameters(self) -> None:
        """Draws all parameters anew."""
        self.head.reset_parameters()
        for project, spread in self.tail:  # type: ignore[misc]
            project.reset_parameters()
            spread.reset_parameters()

    def log_prob(self, input: Any) -> Tensor:
        """The log-probabilities of all classes (batch, n_classes)."""
        head = F.log_softmax(self.head(input), dim=1)
        parts = [head[:, : self.shortlist_size]]
        for number, tail in enumerate(self.tail):
            cluster = head[:, self.shortlist_size + number].unsqueeze(1)
            parts.append(F.log_softmax(tail(input), dim=1) + cluster)
        return cat(parts, 1)

    def forward(self, input_: Any, target_: Any) -> _ASMoutput:
        is_batched = target_.dim() > 0
        if is_batched and input_.shape[0] != target_.shape[0]:
            raise RuntimeError("Input and target should have the same size in the batch dimension.")
        if not is_batched and input_.dim() != 1:
            raise RuntimeError("0D target tensor expects 1D input")
        input, target = (input_, target_) if is_batched else (input_.unsqueeze(0), target_.unsqueeze(0))
        if bool(((target < 0) | (target >= self.n_classes)).any()):
            raise RuntimeError(
                f"Target values should be in [0, {self.n_classes - 1}], but values in range [{target.min().item()}, "
                f"{target.max().item()}] were found. "
            )
        # The column of the head that a target is in, and what is added for its place in a cluster.
        column, inner = target.clone(), input.new_zeros(target.shape[0])
        for number, tail in enumerate(self.tail):
            low, high = self.cutoffs[number], self.cutoffs[number + 1]
            rows = ((target >= low) & (target < high)).nonzero().squeeze(1)
            if rows.numel() == 0:
                continue
            column[rows] = self.shortlist_size + number
            within = F.log_softmax(tail(input.index_select(0, rows)), dim=1)
            found = within.gather(1, (target[rows] - low).unsqueeze(1)).squeeze(1)
            inner = inner.index_add(0, rows, found)
        head = F.log_softmax(self.head(input), dim=1)
        output = inner + head.gather(1, column.unsqueeze(1)).squeeze(1)
        loss = (-output).mean()
        return _ASMoutput(output if is_batched else output.squeeze(0), loss)

    def predict(self, input: Any) -> Tensor:
        """The most probable class of each row."""
        return self.log_prob(input).argmax(dim=1)


@dataclass(frozen=True)
class LinearCrossEntropyOptions:
    """How PyTorch is to divide the work of `LinearCrossEntropyLoss`; here it changes nothing.

    Raises ValueError for an unknown way of accumulating, and for a size of chunks that is not positive.
    """

    allow_retain_graph: bool = False
    batch_chunk_size: int | None = None
    chunking_method: str | None = "auto"
    acc_policy: str = "auto"
    acc_dtype: Any = None

    def __post_init__(self) -> None:
        if self.acc_policy not in ("accurate", "balanced", "compact", "auto"):
            raise ValueError(f"invalid acc_policy: {self.acc_policy!r}")
        if self.batch_chunk_size is not None and self.batch_chunk_size <= 0:
            raise ValueError(f"batch_chunk_size must be positive int or None, got {self.batch_chunk_size}")


class LinearCrossEntropyLoss(Module):
    """`CrossEntropyLoss` of what a `Linear` of its own, `linear`, makes of the input; classes come first in its rows.

    With `out_features` there is a loss at each of so many places. Raises RuntimeError for weights of another number of
    classes and for `label_smoothing` outside [0, 1].
    """

    weight: Tensor | None

    def __init__(
        self,
        in_features: int,
        num_classes: int,
        *,
        out_features: tuple[int, ...] = (),
        bias: bool = False,
        device: Any = None,
        dtype: Any = None,
        reduction: str = "mean",
        weight: Tensor | None = None,
        ignore_index: int | None = None,
        label_smoothing: float = 0.0,
        options: LinearCrossEntropyOptions | None = None,
    ) -> None:
        super().__init__()
        if weight is not None and tuple(weight.shape) != (num_classes,):
            raise RuntimeError(f"expected weight shape to be ({num_classes},), got {tuple(weight.shape)}")
        if not 0 <= label_smoothing <= 1:
            raise RuntimeError(f"expected label_smoothing to be in range [0, 1], got {label_smoothing}")
        self.register_buffer("weight", weight)
        self.reduction = reduction
        self.num_classes = num_classes
        self.out_features = tuple(out_features)
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing
        self.options = options
        self.linear = Linear(in_features, num_classes * math.prod(self.out_features), bias, device, dtype)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        places = (self.num_classes, *self.out_features)
        weight, bias = self.linear.weight, self.linear.bias
        return F.linear_cross_entropy(
            input,
            weight.reshape(*places, weight.shape[1]),
            target,
            linear_bias=None if bias is None else bias.reshape(places),
            weight=self.weight,
            reduction=self.reduction,
            ignore_index=self.ignore_index,
            label_smoothing=self.label_smoothing,
            options=self.options,
        )

    def extra_repr(self) -> str:
        names = ("out_features", "reduction", "ignore_index", "label_smoothing", "options")
        told = {name: getattr(self, name) for name in names}
        bias = self.linear.bias is not None
        first = {"in_features": self.linear.in_features, "num_classes": self.num_classes}
        shown = {**first, "out_features": told.pop("out_features"), "bias": bias, **told}
        return ", ".join(f"{name}={value}" for name, value in shown.items())
