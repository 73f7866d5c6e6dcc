"""Under which names layers and losses stand in the graph, and what they are shown to have saved."""

from ..material import leaf
from ..suite import Cases

case = Cases()


def image(torch, *sizes):
    """A leaf of these sizes."""
    numbers = torch.arange(1, 1 + torch.Size(sizes).numel(), dtype=torch.float64)
    return (numbers / 7).sin().reshape(sizes).requires_grad_()


def names(*results):
    """The names of what made them."""
    return [result.grad_fn.name() for result in results]


def saved(result, *without):
    """What is shown to have been saved, by name, but for what mutagrad does not need."""
    node = result.grad_fn
    return {
        name: getattr(node, name) for name in sorted(dir(node)) if name.startswith("_saved") and name not in without
    }


@case
def names_of_norms(torch):
    F, x, one = torch.nn.functional, image(torch, 2, 4, 3), torch.ones(4, dtype=torch.float64)
    return names(
        F.layer_norm(x, (3,)),
        F.batch_norm(x, None, None, training=True),
        F.batch_norm(x, one, one),
        F.group_norm(x, 2),
        F.local_response_norm(x, 2),
    )


@case
def names_of_pools(torch):
    F = torch.nn.functional
    line, plane, room = image(torch, 1, 2, 4), image(torch, 1, 2, 4, 4), image(torch, 1, 1, 4, 4, 4)
    places = torch.tensor([[[0, 3]]])
    return [
        names(F.max_pool1d(line, 2), F.max_pool2d(plane, 2), F.max_pool3d(room, 2)),
        names(F.avg_pool1d(line, 2), F.avg_pool2d(plane, 2), F.avg_pool3d(room, 2)),
        names(F.adaptive_avg_pool1d(line, 2), F.adaptive_avg_pool2d(plane, 2), F.adaptive_avg_pool2d(plane, 1)),
        names(F.adaptive_max_pool1d(line, 2), F.adaptive_max_pool2d(plane, 2), F.adaptive_max_pool3d(room, 2)),
        names(F.fractional_max_pool2d(plane, 2, output_size=2), F.max_unpool1d(image(torch, 1, 1, 2), places, 2)),
    ]


@case
def names_of_resampling(torch):
    F = torch.nn.functional
    line, plane, room = image(torch, 1, 2, 4), image(torch, 1, 4, 4, 4), image(torch, 1, 1, 4, 4, 4)
    resized = [
        F.interpolate(plane, size=8, mode=mode) for mode in ("nearest", "nearest-exact", "bilinear", "bicubic", "area")
    ]
    return [
        names(F.interpolate(line, size=8), F.interpolate(line, size=8, mode="linear")),
        names(*resized, F.interpolate(room, size=8, mode="trilinear")),
        names(F.pad(line, (1, 1)), *[F.pad(line, (1, 1), mode=mode) for mode in ("reflect", "replicate", "circular")]),
        names(
            F.unfold(plane, 2),
            F.fold(image(torch, 1, 4, 4), (3, 3), (2, 2)),
            F.affine_grid(line[:, :, :3], (1, 1, 2, 2)),
        ),
        names(F.pixel_shuffle(plane, 2), F.pixel_unshuffle(plane, 2), F.channel_shuffle(plane, 2)),
    ]


@case
def names_of_losses_and_distances(torch):
    F, x, target = torch.nn.functional, image(torch, 2, 3), torch.tensor([0, 2])
    return names(
        F.multi_margin_loss(x, target),
        F.multilabel_margin_loss(x, torch.tensor([[0, 2, -1], [1, -1, 0]])),
        F.soft_margin_loss(x, torch.ones_like(x)),
        F.pairwise_distance(x, x * 2),
        F.pdist(x),
        torch.cdist(x, x * 2),
        F.glu(image(torch, 4)),
        F.rrelu(x),
        F.rrelu(x, training=True),
        F.embedding_bag(torch.tensor([0, 1]), x, torch.tensor([0])),
    )


@case
def saved_by_convolutions(torch):
    F, x, weight, bias = torch.nn.functional, image(torch, 1, 2, 3, 3), image(torch, 2, 2, 2, 2), leaf(torch, 1.0, 2.0)
    return [
        saved(F.conv2d(x, weight, bias, padding=1, stride=2)),
        saved(F.conv_transpose2d(x, weight, stride=2, output_padding=1)),
        F.conv2d(x, weight).grad_fn._saved_input is x,
    ]


@case
def saved_by_norms(torch):
    F, x, weight = torch.nn.functional, image(torch, 2, 3), leaf(torch)
    return [
        saved(F.layer_norm(x, (3,), weight, weight), "_saved_bias"),
        saved(F.batch_norm(x, None, None, weight, training=True), "_saved_running_mean", "_saved_running_var"),
    ]


@case
def saved_by_pools_and_resampling(torch):
    F, x = torch.nn.functional, image(torch, 1, 1, 4, 4)
    return [
        saved(F.max_pool2d(x, 2, padding=1), "_saved_self"),
        saved(F.avg_pool2d(x, 2, stride=1, count_include_pad=False), "_saved_self"),
        saved(F.adaptive_max_pool2d(x, 2), "_saved_self"),
        saved(F.interpolate(x, size=8, mode="bilinear")),
        saved(F.interpolate(x, scale_factor=2)),
        saved(F.pad(x, (1, 2))),
    ]


@case
def saved_by_losses(torch):
    F, x, target = torch.nn.functional, leaf(torch), torch.ones(3, dtype=torch.float64)
    return [
        saved(F.mse_loss(x, target)),
        saved(F.smooth_l1_loss(x, target, reduction="sum", beta=2.0)),
        saved(F.huber_loss(x, target, reduction="none")),
        saved(F.binary_cross_entropy(x.sigmoid(), target), "_saved_weight"),
        saved(F.softmax(x, 0)),
    ]
