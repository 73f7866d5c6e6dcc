"""What PyTorch's kernels of layers and losses save, under PyTorch's names, where a declaration has others.

An entry is the name in the declaration, or a function of the node and of `read`, which gives what a declaration saved by
its own name. What a kernel of PyTorch's saves and mutagrad does not need is not there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mutagrad.graph import Node

Read = Callable[[str], Any]
Entry = str | Callable[[Node, Read], Any]

REDUCTIONS = {"none": 0, "mean": 1, "sum": 2}
MODES = {"bilinear": 0, "nearest": 1, "bicubic": 2}
PADDING_MODES = {"zeros": 0, "border": 1, "reflection": 2}


def _reduction(node: Node, read: Read) -> int:
    return REDUCTIONS[node.values["reduction"]]


def always(value: Any) -> Entry:
    """An entry that is the same for all nodes."""
    return lambda node, read: value


def _by_channel(name: str) -> Entry:
    """A value with an element for each channel, which was shaped to broadcast."""

    def shown(node: Node, read: Read) -> Any:
        value = read(name)
        return None if value is None else value.reshape(-1)

    return shown


def _of_geometry(name: str) -> Entry:
    return lambda node, read: getattr(node.values["geometry"], name)


def _extra(node: Node, read: Read) -> tuple[int, ...]:
    """What a transposed convolution adds at the far ends: what its shape has beyond that of the windows."""
    geometry = node.values["geometry"]
    if "shape" not in node.values:
        return (0,) * len(geometry.stride)
    input, weight = read("self_sym_sizes"), read("weight_sym_sizes")
    least = geometry.transposed_sizes(input[2:], weight[2:], (0,) * len(geometry.stride))
    return tuple([size - small for size, small in zip(node.values["shape"][2:], least)])


def _bias_sizes(node: Node, read: Read) -> tuple[int, ...]:
    return (0,) if node.edges[2] is None else read("bias_sym_sizes")


def _loss(**more: Entry) -> dict[str, Entry]:
    return {"self": "self", "target": "target", "reduction": _reduction, **more}


KERNELS: dict[str, dict[str, Entry]] = {
    "NativeLayerNormBackward0": {
        "input": "self",
        "weight": "weight",
        "normalized_shape": lambda node, read: tuple(read("input").shape[node.values["axes"][0] :]),
        "result1": "mean",
        "result2": "rstd",
    },
    "NativeBatchNormBackward0": {
        "input": "self",
        "weight": _by_channel("weight"),
        "training": always(True),
        "eps": "eps",
        "result1": _by_channel("mean"),
        "result2": _by_channel("rstd"),
    },
    "ConvolutionBackward0": {
        "input": "self",
        "weight": "weight",
        "bias_sym_sizes_opt": _bias_sizes,
        "stride": _of_geometry("stride"),
        "padding": _of_geometry("padding"),
        "dilation": _of_geometry("dilation"),
        "groups": _of_geometry("groups"),
        "transposed": lambda node, read: "shape" in node.values,
        "output_padding": _extra,
    },
    "EmbeddingBackward0": {
        "indices": lambda node, read: read("indices")[0],
        "sparse": always(False),
    },
    "GridSampler2DBackward0": {
        "input": "self",
        "grid": "grid",
        "interpolation_mode": lambda node, read: MODES[node.values["mode"]],
        "padding_mode": lambda node, read: PADDING_MODES[node.values["padding_mode"]],
        "align_corners": "align_corners",
    },
    "MseLossBackward0": _loss(),
    "SmoothL1LossBackward0": _loss(beta="beta"),
    "HuberLossBackward0": _loss(delta="delta"),
    "BinaryCrossEntropyBackward0": _loss(),
    "BinaryCrossEntropyWithLogitsBackward0": _loss(),
    "NllLossBackward0": {"target": "target", "reduction": _reduction},
    "MaxPool2DWithIndicesBackward0": {"result1": "indices"},
    "MaxPool3DWithIndicesBackward0": {"result1": "indices"},
    "AdaptiveMaxPool2DBackward0": {"result1": "indices"},
    "AdaptiveMaxPool3DBackward0": {"result1": "indices"},
    "SoftmaxBackward0": {"dim": "dim", "result": "result"},
    "LogSoftmaxBackward0": {"dim": "dim", "result": "result"},
}
