"""What a tensor tells of its memory: base, storage, offset."""

import gc

import numpy as np

import mutagrad as torch


def test_base_is_the_tensor_itself():
    """`_base` of every view, and of views of views, is the very tensor at their beginning."""
    x = torch.zeros(4, 4)
    view = x[1].view(2, 2)

    assert view._base is x
    assert view.t()._base is x
    assert x._base is None
    assert not x._is_view()


def test_base_is_made_again_when_it_is_gone():
    """A base that nobody holds comes back as a tensor over the same memory."""
    view = torch.arange(4.0)[1:]
    base = view._base

    assert base.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert view._base is base
    assert base.data_ptr() == view.data_ptr() - 4


def test_a_view_does_not_keep_its_base_in_a_cycle():
    """Tensors and their views are freed with their last reference, without the collector."""
    gc.collect()
    gc.disable()
    try:
        x = torch.zeros(3)
        view = x[0]
        assert view._base is x
        del x, view
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_views_without_recording_know_their_base():
    """A view made under `no_grad` is cut off from the history, but not from its base."""
    x = torch.ones(3, requires_grad=True)
    with torch.no_grad():
        view = x[:2]

    assert view._base is x
    assert view[0]._base is x


def test_detached_tensors_have_no_base():
    """`detach()` and `.data` share the memory but begin anew."""
    x = torch.zeros(3)

    assert x.detach()._base is None
    assert x.data._base is None
    assert x.detach()[0]._base is not x


def test_offset_and_strides_are_in_elements():
    """Offsets count from the beginning of the storage, whatever the way to a view."""
    x = torch.arange(24.0).clone().view(2, 3, 4)
    view = x[1, :, 1::2].t()

    assert view.storage_offset() == 13
    assert view.stride() == (2, 4)
    assert view.detach().storage_offset() == 13
    assert torch.view_as_real(torch.zeros(3, dtype=torch.complex64))[1].storage_offset() == 2


def test_new_dimensions_have_the_stride_of_what_they_hold():
    """Dimensions of size one report PyTorch's strides, though NumPy gives them none."""
    x = torch.zeros(2, 3)

    assert x.unsqueeze(0).stride() == (6, 3, 1)
    assert x[:, None].stride() == (3, 3, 1)
    assert x.unsqueeze(-1).stride() == (3, 1, 1)
    assert x.expand(1, 2, 3).stride() == (6, 3, 1)


def test_aliases_share_a_storage():
    """All aliases have the same storage; its size is that of the memory, not of the part shown."""
    x = torch.arange(6, dtype=torch.int16)
    storage = x[2:].untyped_storage()

    assert storage == x.detach().untyped_storage()
    assert storage != x.clone().untyped_storage()
    assert storage.nbytes() == len(storage) == 12
    assert storage.data_ptr() == x.data_ptr()
    assert bytes(storage.tolist()) == np.arange(6, dtype=np.int16).tobytes()
