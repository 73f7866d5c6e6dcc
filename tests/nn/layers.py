"""Every layer: initial values, outputs, gradients and buffers after a pass, pictures and names; hooks and utilities."""

from __future__ import annotations

import copy
from collections.abc import Callable
from importlib import import_module
from typing import Any

from .programs import values
from .recording import Program
from .texts import Case

PROGRAMS: dict[str, Program] = {}
TEXTS: dict[str, Case] = {}

Maker = Callable[[Any], Any]


def program(function: Program) -> Program:
    """Files a program under its name."""
    PROGRAMS[function.__name__] = function
    return function


def layer(shape: Any, **made: Maker) -> dict[str, tuple[Any, Maker]]:
    """Layers that take an input of this shape (or inputs of these shapes)."""
    return {name.replace("__", "."): (shape, make) for name, make in made.items()}


SEQUENCE, IMAGE, VOLUME = (2, 4, 9), (2, 4, 7, 6), (2, 2, 4, 5, 3)

LAYERS: dict[str, tuple[Any, Maker]] = {
    **layer(
        (5, 4),
        ELU=lambda nn: nn.ELU(0.7),
        ELU__inplace=lambda nn: nn.ELU(inplace=True),
        CELU=lambda nn: nn.CELU(0.6),
        SELU=lambda nn: nn.SELU(),
        ReLU6=lambda nn: nn.ReLU6(),
        LeakyReLU=lambda nn: nn.LeakyReLU(0.2, inplace=True),
        RReLU=lambda nn: nn.RReLU().eval(),
        Threshold=lambda nn: nn.Threshold(0.1, 2.0),
        Hardtanh=lambda nn: nn.Hardtanh(-0.5, 0.7),
        Hardsigmoid=lambda nn: nn.Hardsigmoid(),
        Hardswish=lambda nn: nn.Hardswish(),
        SiLU=lambda nn: nn.SiLU(),
        Mish=lambda nn: nn.Mish(),
        Softplus=lambda nn: nn.Softplus(2.0, 3.0),
        Softshrink=lambda nn: nn.Softshrink(0.3),
        Hardshrink=lambda nn: nn.Hardshrink(0.3),
        LogSigmoid=lambda nn: nn.LogSigmoid(),
        Softsign=lambda nn: nn.Softsign(),
        Tanhshrink=lambda nn: nn.Tanhshrink(),
        GLU=lambda nn: nn.GLU(1),
        Softmin=lambda nn: nn.Softmin(1),
        PReLU=lambda nn: nn.PReLU(4, 0.3),
        LayerNorm=lambda nn: nn.LayerNorm(4),
        LayerNorm__plain=lambda nn: nn.LayerNorm((5, 4), elementwise_affine=False),
        RMSNorm=lambda nn: nn.RMSNorm(4),
        BatchNorm1d=lambda nn: nn.BatchNorm1d(4),
        BatchNorm1d__plain=lambda nn: nn.BatchNorm1d(4, affine=False, track_running_stats=False),
        Bilinear=lambda nn: _Twice(nn, nn.Bilinear(4, 4, 3)),
        Unflatten=lambda nn: nn.Unflatten(1, (2, 2)),
        AlphaDropout__eval=lambda nn: nn.AlphaDropout(0.3).eval(),
    ),
    **layer(
        SEQUENCE,
        Conv1d=lambda nn: nn.Conv1d(4, 6, 3, stride=2, padding=1, groups=2),
        Conv1d__circular=lambda nn: nn.Conv1d(4, 2, 3, padding=2, padding_mode="circular", bias=False),
        ConvTranspose1d=lambda nn: nn.ConvTranspose1d(4, 3, 3, stride=2, padding=1, output_padding=1),
        MaxPool1d=lambda nn: nn.MaxPool1d(3, 2, 1),
        AvgPool1d=lambda nn: nn.AvgPool1d(2, ceil_mode=True),
        LPPool1d=lambda nn: nn.LPPool1d(2, 3),
        AdaptiveAvgPool1d=lambda nn: nn.AdaptiveAvgPool1d(4),
        AdaptiveMaxPool1d=lambda nn: nn.AdaptiveMaxPool1d(4),
        BatchNorm1d__long=lambda nn: nn.BatchNorm1d(4, momentum=None),
        InstanceNorm1d=lambda nn: nn.InstanceNorm1d(4, affine=True, track_running_stats=True),
        GroupNorm=lambda nn: nn.GroupNorm(2, 4),
        ReflectionPad1d=lambda nn: nn.ReflectionPad1d((2, 1)),
        ReplicationPad1d=lambda nn: nn.ReplicationPad1d(2),
        CircularPad1d=lambda nn: nn.CircularPad1d((1, 2)),
        ConstantPad1d=lambda nn: nn.ConstantPad1d(1, 0.5),
        ZeroPad1d=lambda nn: nn.ZeroPad1d((1, 0)),
        Dropout1d=lambda nn: nn.Dropout1d(0.5),
        Upsample=lambda nn: nn.Upsample(scale_factor=2, mode="linear", align_corners=False),
        MultiheadAttention=lambda nn: _First(nn, nn.MultiheadAttention(9, 3)),
        TransformerEncoderLayer=lambda nn: nn.TransformerEncoderLayer(9, 3, 8, dropout=0.0),
        TransformerEncoder=lambda nn: nn.TransformerEncoder(
            nn.TransformerEncoderLayer(9, 3, 8, 0.0, "gelu", batch_first=True, norm_first=True), 2, nn.LayerNorm(9)
        ),
    ),
    **layer(
        IMAGE,
        Conv2d=lambda nn: nn.Conv2d(4, 6, 3, padding=1, stride=2),
        Conv2d__same=lambda nn: nn.Conv2d(4, 2, (3, 2), padding="same", dilation=(2, 1)),
        Conv2d__reflect=lambda nn: nn.Conv2d(4, 4, 3, padding=1, padding_mode="reflect", groups=4),
        ConvTranspose2d=lambda nn: nn.ConvTranspose2d(4, 2, 3, stride=(2, 1), padding=1, bias=False),
        MaxPool2d=lambda nn: nn.MaxPool2d(2),
        AvgPool2d=lambda nn: nn.AvgPool2d((3, 2), stride=2, padding=1, count_include_pad=False),
        LPPool2d=lambda nn: nn.LPPool2d(3.0, 2),
        AdaptiveAvgPool2d=lambda nn: nn.AdaptiveAvgPool2d((3, None)),
        AdaptiveMaxPool2d=lambda nn: nn.AdaptiveMaxPool2d((2, 3)),
        BatchNorm2d=lambda nn: nn.BatchNorm2d(4),
        BatchNorm2d__eval=lambda nn: nn.BatchNorm2d(4).eval(),
        InstanceNorm2d=lambda nn: nn.InstanceNorm2d(4),
        LocalResponseNorm=lambda nn: nn.LocalResponseNorm(3),
        ReflectionPad2d=lambda nn: nn.ReflectionPad2d((1, 2, 0, 1)),
        ReplicationPad2d=lambda nn: nn.ReplicationPad2d(1),
        CircularPad2d=lambda nn: nn.CircularPad2d(1),
        ConstantPad2d=lambda nn: nn.ConstantPad2d((1, 0, 2, 1), -1.0),
        ZeroPad2d=lambda nn: nn.ZeroPad2d(1),
        Dropout2d=lambda nn: nn.Dropout2d(0.5),
        Softmax2d=lambda nn: nn.Softmax2d(),
        PixelShuffle=lambda nn: nn.PixelShuffle(2),
        ChannelShuffle=lambda nn: nn.ChannelShuffle(2),
        UpsamplingNearest2d=lambda nn: nn.UpsamplingNearest2d(scale_factor=2),
        UpsamplingBilinear2d=lambda nn: nn.UpsamplingBilinear2d(size=(9, 8)),
        Unfold=lambda nn: nn.Unfold((2, 3), padding=1, stride=2),
        PixelUnshuffle=lambda nn: nn.Sequential(nn.PixelShuffle(2), nn.PixelUnshuffle(2)),
        block=lambda nn: nn.Sequential(
            nn.Conv2d(4, 6, 3, padding=1, bias=False),
            nn.BatchNorm2d(6),
            nn.ReLU(inplace=True),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(6, 3),
        ),
    ),
    **layer(
        VOLUME,
        Conv3d=lambda nn: nn.Conv3d(2, 3, 2, padding=(1, 0, 1)),
        ConvTranspose3d=lambda nn: nn.ConvTranspose3d(2, 2, 2, stride=(1, 2, 1)),
        MaxPool3d=lambda nn: nn.MaxPool3d(2),
        AvgPool3d=lambda nn: nn.AvgPool3d(2, divisor_override=3),
        AdaptiveAvgPool3d=lambda nn: nn.AdaptiveAvgPool3d(2),
        AdaptiveMaxPool3d=lambda nn: nn.AdaptiveMaxPool3d((1, 2, 2)),
        BatchNorm3d=lambda nn: nn.BatchNorm3d(2),
        ReplicationPad3d=lambda nn: nn.ReplicationPad3d(1),
    ),
}


def _Twice(nn: Any, module: Any) -> Any:
    """A module that is given its input twice."""

    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = module

        def forward(self, x: Any) -> Any:
            return self.inner(x, x * 0.5)

    return Twice()


def _First(nn: Any, module: Any) -> Any:
    """Attention of the input to itself: output and weights in one."""

    class First(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = module

        def forward(self, x: Any) -> Any:
            output, weights = self.inner(x, x, x)
            return output * weights.sum() + weights.square().sum()

    return First()


def passed(torch: Any, module: Any, *inputs: Any) -> dict[str, Any]:
    """The parameters a module begins with, its output, all gradients, and its buffers afterwards."""
    found = {f"initial.{name}": p.detach().clone() for name, p in module.named_parameters()}
    leaves = [x.clone().requires_grad_() for x in inputs]
    output = module(*[x * 1.0 for x in leaves])
    (output * values(torch, *output.shape, seed=9)).sum().backward()
    found["output"] = output
    found.update({f"input.{i}": x.grad for i, x in enumerate(leaves)})
    found.update({f"gradient.{name}": p.grad for name, p in module.named_parameters()})
    return {**found, **{f"buffer.{name}": b for name, b in module.named_buffers()}}


@program
def layers(torch: Any) -> dict[str, Any]:
    """Every layer."""
    found = {}
    for name, (shape, make) in LAYERS.items():
        torch.manual_seed(5)
        for part, value in passed(torch, make(torch.nn), values(torch, *shape)).items():
            found[f"{name}.{part}"] = value
    return found


# Sequences ----------------------------------------------------------------------------------------------------------

RECURRENT: dict[str, tuple[str, dict[str, Any]]] = {
    "RNN": ("RNN", {}),
    "RNN.relu": ("RNN", {"nonlinearity": "relu", "bias": False, "bidirectional": True}),
    "LSTM": ("LSTM", {"num_layers": 2}),
    "LSTM.both": ("LSTM", {"bidirectional": True, "batch_first": True, "num_layers": 2}),
    "LSTM.projected": ("LSTM", {"proj_size": 2, "bidirectional": True}),
    "LSTM.dropout": ("LSTM", {"num_layers": 2, "dropout": 0.4}),
    "GRU": ("GRU", {"num_layers": 2, "bidirectional": True}),
    "GRU.plain": ("GRU", {"bias": False}),
}


@program
def recurrent(torch: Any) -> dict[str, Any]:
    """Recurrent networks on a batch, on one sequence, on packed sequences, and from a given state."""
    found = {}
    rnn = torch.nn.utils.rnn
    for name, (kind, options) in RECURRENT.items():
        torch.manual_seed(2)
        network = getattr(torch.nn, kind)(3, 4, **options)
        found.update({f"{name}.initial.{key}": p.detach().clone() for key, p in network.named_parameters()})
        batch = values(torch, 5, 2, 3).requires_grad_()
        cases = {"batch": (batch,), "one": (values(torch, 6, 3),)}
        lengths = [2, 4, 1]
        padded = values(torch, 3, 4, 3) if options.get("batch_first") else values(torch, 4, 3, 3)
        packed = rnn.pack_padded_sequence(padded, lengths, options.get("batch_first", False), enforce_sorted=False)
        cases["packed"] = (packed,)
        first = getattr(network, "proj_size", 0) or 4
        count = options.get("num_layers", 1) * (2 if options.get("bidirectional") else 1)
        size = 5 if options.get("batch_first") else 2
        state = values(torch, count, size, first, seed=3)
        started = (state, values(torch, count, size, 4, seed=4)) if kind == "LSTM" else state
        cases["started"] = (batch, started)
        for case, given in cases.items():
            network.zero_grad()
            torch.manual_seed(1)
            output, last = network(*given)
            if case == "packed":
                output = rnn.pad_packed_sequence(output)[0]
            states = last if isinstance(last, tuple) else (last,)
            total = (output * values(torch, *output.shape, seed=5)).sum() + sum(s.square().sum() for s in states)
            total.backward()
            found[f"{name}.{case}.output"] = output
            found.update({f"{name}.{case}.state.{i}": s for i, s in enumerate(states)})
            found.update({f"{name}.{case}.{key}": p.grad for key, p in network.named_parameters()})
        found[f"{name}.input"] = batch.grad
    return found


@program
def cells(torch: Any) -> dict[str, Any]:
    """Cells, with and without a batch, a state and biases."""
    found = {}
    for name, options in (("RNNCell", {"nonlinearity": "relu"}), ("LSTMCell", {"bias": False}), ("GRUCell", {})):
        torch.manual_seed(2)
        cell = getattr(torch.nn, name)(3, 4, **options)
        for shape in ((2, 3), (3,)):
            state = cell(values(torch, *shape))
            state = cell(values(torch, *shape, seed=1), state)
            hidden = state[0] if isinstance(state, tuple) else state
            cell.zero_grad()
            hidden.square().sum().backward()
            found[f"{name}.{shape}"] = hidden
            found.update({f"{name}.{shape}.{key}": p.grad for key, p in cell.named_parameters()})
    return found


@program
def sequences(torch: Any) -> dict[str, Any]:
    """Padding, packing, and back."""
    rnn = torch.nn.utils.rnn
    parts = [values(torch, length, 2, seed=length).requires_grad_() for length in (2, 4, 1)]
    padded = rnn.pad_sequence(parts, padding_value=7.0)
    left = rnn.pad_sequence(parts, batch_first=True, padding_side="left")
    packed = rnn.pack_sequence(parts, enforce_sorted=False)
    back, lengths = rnn.pad_packed_sequence(packed, batch_first=True, padding_value=-1.0, total_length=6)
    (packed.data * values(torch, *packed.data.shape, seed=8)).sum().backward()
    found = {"padded": padded, "left": left, "back": back, "lengths": lengths, **packed._asdict()}
    found.update({f"gradient.{i}": part.grad for i, part in enumerate(parts)})
    return {**found, **{f"unpacked.{i}": part for i, part in enumerate(rnn.unpack_sequence(packed))}}


@program
def transformers(torch: Any) -> dict[str, Any]:
    """A transformer with masks, attention of different widths, and a decoder layer."""
    found = {}
    torch.manual_seed(4)
    network = torch.nn.Transformer(8, 2, 1, 2, 12, dropout=0.0)
    source, target = values(torch, 5, 2, 8).requires_grad_(), values(torch, 4, 2, 8, seed=1)
    mask = network.generate_square_subsequent_mask(4)
    padding = torch.tensor([[False] * 5, [False] * 3 + [True] * 2])
    output = network(source, target, tgt_mask=mask, src_key_padding_mask=padding, memory_key_padding_mask=padding)
    (output * values(torch, *output.shape, seed=2)).sum().backward()
    found.update(output=output, source=source.grad, mask=mask)
    found.update({f"gradient.{name}": p.grad for name, p in network.named_parameters()})
    torch.manual_seed(6)
    attention = torch.nn.MultiheadAttention(
        8, 2, kdim=3, vdim=5, add_bias_kv=True, add_zero_attn=True, batch_first=True
    )
    given = values(torch, 2, 4, 8), values(torch, 2, 6, 3, seed=1), values(torch, 2, 6, 5, seed=2)
    output, weights = attention(*given, average_attn_weights=False)
    found.update({"attention.output": output, "attention.weights": weights})
    found.update({f"attention.{name}": p for name, p in attention.named_parameters()})
    torch.manual_seed(7)
    decoder = torch.nn.TransformerDecoderLayer(8, 2, 12, 0.3, norm_first=True, batch_first=True).train()
    found["dropped"] = decoder(values(torch, 2, 4, 8), values(torch, 2, 5, 8, seed=1))
    return found


# Tables -------------------------------------------------------------------------------------------------------------


@program
def tables(torch: Any) -> dict[str, Any]:
    """Embeddings and bags of them."""
    found = {}
    indices = torch.tensor([[1, 4, 2], [0, 2, 2]])
    for name, make in {
        "Embedding": lambda nn: nn.Embedding(5, 3, padding_idx=2),
        "Embedding.scaled": lambda nn: nn.Embedding(5, 3, max_norm=1.0, scale_grad_by_freq=True),
        "EmbeddingBag": lambda nn: nn.EmbeddingBag(5, 3),
        "EmbeddingBag.sum": lambda nn: nn.EmbeddingBag(5, 3, mode="sum", padding_idx=-3),
        "EmbeddingBag.max": lambda nn: nn.EmbeddingBag(5, 3, mode="max"),
    }.items():
        torch.manual_seed(0)
        module = make(torch.nn)
        output = module(indices)
        (output * values(torch, *output.shape, seed=1)).sum().backward()
        found.update(
            {f"{name}.output": output, f"{name}.weight": module.weight, f"{name}.gradient": module.weight.grad}
        )
    frozen = torch.nn.Embedding.from_pretrained(values(torch, 4, 2))
    found["frozen"] = frozen(torch.tensor([3, 0]))
    return found


LOSSES: dict[str, tuple[Maker, str]] = {
    "KLDivLoss": (lambda nn: nn.KLDivLoss(reduction="batchmean"), "chances"),
    "PoissonNLLLoss": (lambda nn: nn.PoissonNLLLoss(full=True), "pair"),
    "GaussianNLLLoss": (lambda nn: nn.GaussianNLLLoss(full=True), "spread"),
    "HingeEmbeddingLoss": (lambda nn: nn.HingeEmbeddingLoss(0.7), "signs"),
    "SoftMarginLoss": (lambda nn: nn.SoftMarginLoss(), "signs"),
    "CosineEmbeddingLoss": (lambda nn: nn.CosineEmbeddingLoss(0.1), "two"),
    "MarginRankingLoss": (lambda nn: nn.MarginRankingLoss(0.2), "ranks"),
    "MultiMarginLoss": (lambda nn: nn.MultiMarginLoss(margin=0.8), "classes"),
    "MultiLabelSoftMarginLoss": (lambda nn: nn.MultiLabelSoftMarginLoss(), "labels"),
    "TripletMarginLoss": (lambda nn: nn.TripletMarginLoss(swap=True), "three"),
    "TripletMarginWithDistanceLoss": (lambda nn: nn.TripletMarginWithDistanceLoss(margin=0.6), "three"),
    "CTCLoss": (lambda nn: nn.CTCLoss(), "alignment"),
}


def loss_inputs(torch: Any, kind: str) -> tuple:
    """What a kind of loss is tried on."""
    first, second, third = (values(torch, 4, 3, seed=seed) for seed in range(3))
    signs = torch.tensor([1.0, -1.0, -1.0, 1.0])
    softmax = torch.nn.functional.softmax
    return {
        "chances": lambda: (softmax(first, 1).log(), softmax(second, 1)),
        "pair": lambda: (first, second.abs()),
        "spread": lambda: (first, second, third.abs() + 0.1),
        "signs": lambda: (first, signs.unsqueeze(1).expand(4, 3)),
        "two": lambda: (first, second, signs),
        "ranks": lambda: (first[:, 0], second[:, 0], signs),
        "classes": lambda: (first, torch.tensor([0, 2, 1, 1])),
        "labels": lambda: (first, (second > 0).float()),
        "three": lambda: (first, second, third),
        "alignment": lambda: (
            softmax(values(torch, 6, 2, 4), 2).log(),
            torch.tensor([[1, 2, 2], [3, 1, 0]]),
            torch.tensor([6, 5]),
            torch.tensor([3, 2]),
        ),
    }[kind]()


@program
def more_losses(torch: Any) -> dict[str, Any]:
    """The losses beyond those of regression and classification: values and gradients."""
    found = {}
    for name, (make, kind) in LOSSES.items():
        first, *rest = loss_inputs(torch, kind)
        first = first.detach().clone().requires_grad_()
        loss = make(torch.nn)(first, *rest)
        loss.backward()
        found[name], found[f"{name}.gradient"] = loss, first.grad
    x, y = values(torch, 4, 3), values(torch, 4, 3, seed=1)
    found["CosineSimilarity"] = torch.nn.CosineSimilarity()(x, y)
    found["PairwiseDistance"] = torch.nn.PairwiseDistance(p=1, keepdim=True)(x, y)
    return found


# Utilities ----------------------------------------------------------------------------------------------------------


@program
def normalized_weights(torch: Any) -> dict[str, Any]:
    """Weight and spectral normalisation, in both forms, over three steps of training."""
    utils = torch.nn.utils
    found = {}
    for name, wrap, make in (
        ("weight", utils.parametrizations.weight_norm, lambda nn: nn.Linear(4, 3)),
        ("weight.old", utils.weight_norm, lambda nn: nn.Linear(4, 3)),
        ("spectral", utils.parametrizations.spectral_norm, lambda nn: nn.Linear(4, 3)),
        ("spectral.old", utils.spectral_norm, lambda nn: nn.Linear(4, 3)),
        ("spectral.conv", utils.spectral_norm, lambda nn: nn.Conv1d(4, 3, 2)),
    ):
        torch.manual_seed(8)
        module = wrap(make(torch.nn))
        optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
        for step in range(3):
            optimizer.zero_grad()
            x = values(torch, *((5, 4) if "conv" not in name else (2, 4, 5)), seed=step)
            module(x).square().sum().backward()
            optimizer.step()
        found.update({f"{name}.{key}": value for key, value in module.state_dict().items()})
        found[f"{name}.output"] = module.eval()(x)
    return found


@program
def parametrized(torch: Any) -> dict[str, Any]:
    """A weight that is a function of what is trained: its gradient, assignment, and removal."""
    parametrize = import_module(f"{torch.__name__}.nn.utils.parametrize")

    class Symmetric(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            return x.triu() + x.triu(1).transpose(-1, -2)

        def right_inverse(self, x: Any) -> Any:
            return x.triu()

    class Doubled(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            return 2 * x

        def right_inverse(self, x: Any) -> Any:
            return x / 2

    torch.manual_seed(0)
    module = torch.nn.Linear(3, 3)
    parametrize.register_parametrization(module, "weight", Symmetric())
    parametrize.register_parametrization(module, "weight", Doubled())
    module(values(torch, 2, 3)).sum().backward()
    found = {"weight": module.weight, "gradient": module.parametrizations.weight.original.grad}
    module.weight = values(torch, 3, 3)
    found.update({key: value.clone() for key, value in module.state_dict().items()})
    found["copied"] = copy.deepcopy(module).weight
    parametrize.remove_parametrizations(module, "weight")
    return {**found, "removed": module.weight}


@program
def pruned(torch: Any) -> dict[str, Any]:
    """Pruning by size, by slices, twice, and by a mask of several layers."""
    prune = import_module(f"{torch.__name__}.nn.utils.prune")
    torch.manual_seed(0)
    first, second = torch.nn.Linear(4, 3), torch.nn.Linear(3, 4)
    prune.l1_unstructured(first, "weight", amount=3)
    prune.ln_structured(first, "weight", amount=0.5, n=2, dim=1)
    prune.global_unstructured([(first, "bias"), (second, "weight")], prune.L1Unstructured, amount=0.4)
    found = {f"first.{key}": value.clone() for key, value in first.state_dict().items()}
    found.update({f"second.{key}": value.clone() for key, value in second.state_dict().items()})
    second(first(values(torch, 2, 4))).sum().backward()
    found["gradient"] = first.weight_orig.grad
    prune.remove(first, "weight")
    return {**found, "removed": first.weight}


@program
def lazy(torch: Any) -> dict[str, Any]:
    """Lazy layers draw what ordinary ones would."""
    found = {}
    for name, shape, make in (
        ("LazyLinear", (2, 5), lambda nn: nn.LazyLinear(3)),
        ("LazyConv2d", IMAGE, lambda nn: nn.LazyConv2d(3, 2)),
        ("LazyConvTranspose1d", SEQUENCE, lambda nn: nn.LazyConvTranspose1d(3, 2, bias=False)),
        ("LazyBatchNorm2d", IMAGE, lambda nn: nn.LazyBatchNorm2d()),
    ):
        torch.manual_seed(3)
        module = make(torch.nn)
        found[f"{name}.output"] = module(values(torch, *shape))
        found.update({f"{name}.{key}": value for key, value in module.state_dict().items()})
    return found


@program
def further(torch: Any) -> dict[str, Any]:
    """The adaptive softmax, layers fused with their normalisation, and convolutions that begin as the identity."""
    found = {}
    torch.manual_seed(0)
    adaptive = torch.nn.AdaptiveLogSoftmaxWithLoss(8, 12, [3, 7], div_value=2.0)
    x = values(torch, 6, 8).requires_grad_()
    output, loss = adaptive(x, torch.tensor([0, 2, 3, 6, 7, 11]))
    loss.backward()
    found.update(output=output, loss=loss, input=x.grad, all=adaptive.log_prob(x), chosen=adaptive.predict(x))
    found.update({f"gradient.{name}": p.grad for name, p in adaptive.named_parameters()})
    convolution, norm = torch.nn.Conv2d(2, 3, 2), torch.nn.BatchNorm2d(3)
    norm(values(torch, 4, 3, 5, 5))
    fused = torch.nn.utils.fuse_conv_bn_eval(convolution.eval(), norm.eval())
    found["fused"] = fused(values(torch, 1, 2, 4, 4))
    for shape, groups in (((4, 2, 3), 2), ((3, 5, 3, 3), 1), ((4, 3, 1, 2, 3), 1)):
        found[f"dirac.{shape}"] = torch.nn.init.dirac_(torch.ones(shape), groups)
    return found


# Texts --------------------------------------------------------------------------------------------------------------

for name, (_, make) in LAYERS.items():
    TEXTS[f"picture.{name}"] = lambda torch, make=make: f"{make(torch.nn)}\n{list(make(torch.nn).state_dict())}"
for name, (kind, options) in RECURRENT.items():
    TEXTS[f"picture.{name}"] = lambda torch, kind=kind, options=options: getattr(torch.nn, kind)(3, 4, **options)
for number, make in enumerate(
    [
        lambda nn: nn.Embedding(5, 3, padding_idx=-1, max_norm=2.0),
        lambda nn: nn.EmbeddingBag(5, 3, mode="sum"),
        lambda nn: nn.LSTMCell(2, 3, bias=False),
        lambda nn: nn.RNNCell(2, 3, nonlinearity="relu"),
        lambda nn: nn.TransformerDecoderLayer(4, 2, 8),
        lambda nn: nn.ParameterDict({"a": nn.Parameter(nn.Linear(2, 3).weight), "b": 3}),
        lambda nn: nn.TripletMarginLoss(),
        lambda nn: nn.Fold((4, 5), 2),
        lambda nn: nn.Conv2d(3, 4, 2, groups=2),
        lambda nn: nn.Conv2d(4, 4, 2, padding="same", stride=2),
        lambda nn: nn.Conv2d(4, 4, 2, groups=0),
        lambda nn: nn.ConvTranspose2d(4, 4, 2, padding_mode="reflect"),
        lambda nn: nn.GroupNorm(3, 4),
        lambda nn: nn.LSTM(3, 4, dropout=2.0),
        lambda nn: nn.LSTM(3, 4, dropout=0.5),
        lambda nn: nn.LSTM(3, 4, proj_size=4),
        lambda nn: nn.RNN(3, 4, nonlinearity="other"),
        lambda nn: nn.LSTM(3, 0),
        lambda nn: nn.Embedding(3, 2, padding_idx=3),
        lambda nn: nn.MultiheadAttention(5, 2),
        lambda nn: nn.TransformerEncoderLayer(4, 2, activation="other"),
        lambda nn: nn.Dropout2d(1.5),
        lambda nn: nn.TripletMarginLoss(margin=0),
        lambda nn: nn.Hardtanh(1.0, 0.0),
        lambda nn: nn.Unflatten(1, 3),
        lambda nn: nn.Bilinear(0, 2, 3),
        lambda nn: nn.FractionalMaxPool2d(2),
    ]
):
    TEXTS[f"made.{number}"] = lambda torch, make=make: make(torch.nn)


def called(number: int, call: Callable[[Any, Any], Any]) -> None:
    """A call that is refused."""
    TEXTS[f"called.{number}"] = lambda torch: call(torch, torch.nn)


for number, call in enumerate(
    [
        lambda torch, nn: nn.BatchNorm2d(3)(torch.ones(2, 3)),
        lambda torch, nn: nn.BatchNorm1d(3)(torch.ones(2, 3, 4, 5)),
        lambda torch, nn: nn.BatchNorm1d(3)(torch.ones(1, 3)),
        lambda torch, nn: nn.LSTM(3, 4)(torch.ones(2, 2, 5)),
        lambda torch, nn: nn.LSTM(3, 4)(torch.ones(2, 2, 2, 3)),
        lambda torch, nn: nn.GRU(3, 4)(torch.ones(2, 2, 3), torch.ones(1, 3, 4)),
        lambda torch, nn: nn.GRU(3, 4)(torch.ones(2, 2, 3), torch.ones(3, 4)),
        lambda torch, nn: nn.Transformer(4, 2, 1, 1, 4)(torch.ones(2, 3, 4), torch.ones(2, 2, 4)),
        lambda torch, nn: nn.utils.rnn.pack_padded_sequence(torch.ones(3, 2), [1, 3]),
        lambda torch, nn: nn.utils.rnn.pack_padded_sequence(torch.ones(3, 2), [2, 0]),
        lambda torch, nn: nn.utils.rnn.pack_padded_sequence(torch.ones(3, 2), [2]),
        lambda torch, nn: nn.utils.weight_norm(nn.utils.weight_norm(nn.Linear(2, 2))),
        lambda torch, nn: nn.utils.remove_weight_norm(nn.Linear(2, 2)),
        lambda torch, nn: nn.utils.remove_spectral_norm(nn.Linear(2, 2)),
        lambda torch, nn: nn.utils.parametrizations.spectral_norm(nn.Linear(2, 2), "other"),
        lambda torch, nn: nn.ConvTranspose1d(2, 2, 2)(torch.ones(1, 2, 3), output_size=[9]),
    ]
):
    called(number, call)


def backward_hooks(torch: Any) -> list:
    """Hooks around the backward pass of a module, which see and change gradients, and those on all modules."""
    nn = torch.nn
    network, seen = nn.Sequential(nn.Linear(2, 2), nn.Tanh()), []
    with torch.no_grad():
        network[0].weight.copy_(torch.eye(2))
        network[0].bias.zero_()

    def rounded(grads: Any) -> list:
        return [None if grad is None else [round(x, 4) for x in grad.flatten().tolist()] for grad in grads]

    network[0].register_full_backward_hook(lambda m, i, o: seen.append((type(m).__name__, rounded(i), rounded(o))))
    network[1].register_full_backward_pre_hook(lambda m, o: (o[0] * 2,))
    network[1].register_full_backward_hook(lambda m, i, o: (i[0] * 10,))
    module = import_module(f"{torch.__name__}.nn.modules.module" if torch.__name__ == "torch" else "mutagrad.nn.hooks")
    handles = [
        module.register_module_forward_pre_hook(lambda m, args: seen.append(("before", type(m).__name__))),
        module.register_module_forward_hook(lambda m, args, out: seen.append(("after", type(m).__name__))),
        module.register_module_full_backward_hook(lambda m, i, o: seen.append(("back", type(m).__name__))),
    ]
    for needs in (True, False):
        network.zero_grad()
        network(torch.tensor([[0.5, -1.0]], requires_grad=needs)).sum().backward()
        seen.append(rounded([network[0].weight.grad]))
    for handle in handles:
        handle.remove()
    network(torch.ones(1, 2))
    return seen


def state_hooks(torch: Any) -> list:
    """Hooks before and after state dicts are made and loaded; buffers that are assigned."""
    nn = torch.nn
    module, seen = nn.Linear(1, 1), []
    module.kept = nn.Buffer(torch.ones(1))
    module.passing = nn.Buffer(torch.ones(2), persistent=False)
    module.register_state_dict_pre_hook(lambda m, prefix, keep: seen.append(("before", prefix, keep)))
    module._register_state_dict_hook(lambda m, state, prefix, local: state.update(more=torch.zeros(1)))
    module.register_load_state_dict_pre_hook(lambda m, state, *rest: state.pop("more"))
    module.register_load_state_dict_post_hook(lambda m, keys: seen.append(tuple(keys)))
    state = module.state_dict()
    return [list(state), module.load_state_dict(state), seen, [name for name, _ in module.named_buffers()]]


TEXTS["hooks.backward"] = backward_hooks
TEXTS["hooks.state"] = state_hooks
