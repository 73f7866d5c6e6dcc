"""Regions in words, and the words checked by NumPy's own reading of them."""

import re

import numpy as np
import pytest

from mutagrad.report import Region, describe_region


@pytest.mark.parametrize(
    ("shape", "box", "text"),
    [
        ((4,), [(0, 2, 1)], "elements [0:2] of 4"),
        ((4,), [(2, 3, 1)], "element [2] of 4"),
        ((4,), [(0, 4, 1)], "all 4 elements"),
        ((8,), [(0, 8, 2)], "elements [0:8:2] of 8"),
        ((8,), [(0, 7, 2)], "elements [0:8:2] of 8"),
        ((8,), [(0, 5, 2)], "elements [0:5:2] of 8"),
        ((8,), [(7, 1, -3)], "elements [4:8:3] of 8"),
        ((4,), [(2, 2, 1)], "no element of 4"),
        ((), [], "its only element"),
        ((1,), [(0, 1, 1)], "its only element"),
        ((8, 5), [(3, 4, 1), (0, 5, 1)], "row 3 of (8, 5)"),
        ((8, 5), [(3, 6, 1), (0, 5, 1)], "rows [3:6] of (8, 5)"),
        ((8, 5), [(0, 8, 1), (2, 3, 1)], "column 2 of (8, 5)"),
        ((8, 5), [(0, 8, 1), (0, 5, 2)], "columns [0:5:2] of (8, 5)"),
        ((8, 5), [(3, 4, 1), (2, 3, 1)], "element [3, 2] of (8, 5)"),
        ((8, 5), [(0, 2, 1), (1, 4, 1)], "elements [0:2, 1:4] of (8, 5)"),
        ((8, 5), [(0, 8, 1), (0, 5, 1)], "all 40 elements of (8, 5)"),
        ((8, 1), [(3, 4, 1), (0, 1, 1)], "row 3 of (8, 1)"),
        ((1, 5), [(0, 1, 1), (3, 4, 1)], "column 3 of (1, 5)"),
        ((2, 3, 4), [(1, 2, 1), (0, 3, 1), (0, 2, 1)], "elements [1, :, 0:2] of (2, 3, 4)"),
    ],
)
def test_a_box_in_words(shape, box, text):
    assert describe_region(shape, box) == text


@pytest.mark.parametrize(
    ("shape", "count", "text"),
    [
        ((8,), 3, "3 of 8 elements"),
        ((8, 5), 3, "3 of the 40 elements of (8, 5)"),
        ((8, 5), 40, "all 40 elements of (8, 5)"),
        ((8, 5), None, "some elements of (8, 5)"),
    ],
)
def test_scattered_elements_are_counted(shape, count, text):
    assert describe_region(shape, None, count) == text


def test_a_mask_is_described_by_its_count():
    mask = np.eye(4, 5, dtype=bool)

    assert Region.of_mask(mask).text == "4 of the 20 elements of (4, 5)"
    assert Region.of_mask(mask).count == np.count_nonzero(mask)


def test_a_region_knows_whether_it_is_everything():
    assert Region((2, 3), ((0, 2, 1), (0, 3, 1))).is_whole
    assert Region((2, 3), None, 6).is_whole
    assert not Region((2, 3), ((0, 2, 1), (0, 2, 1))).is_whole
    assert not Region((2, 3)).is_whole


def test_the_index_in_the_words_selects_the_elements_of_the_box():
    """Whatever the box, NumPy given the index from the text picks the same elements."""
    generator = np.random.default_rng(0)
    described = 0
    for _ in range(500):
        shape = tuple(generator.integers(1, 6, generator.integers(1, 4)))
        box = tuple(random_bounds(generator, size) for size in shape)
        base = np.arange(np.prod(shape)).reshape(shape)
        region = Region(shape, box)
        written = base[np.ix_(*(range(*bounds) for bounds in box))].ravel()
        index = re.match(r"(?:elements?|rows?|(columns?)) \[?([^]]*?)\]? of", region.text)
        if index:
            picked = base[eval(f"np.s_[{':, ' if index[1] else ''}{index[2]}]")]
            described += 1

            assert sorted(np.ravel(picked)) == sorted(written), region.text
        assert region.count == written.size
    assert described > 200


def random_bounds(generator, size):
    start, stop = sorted(generator.integers(0, size + 1, 2))
    step = int(generator.integers(1, 4))
    bounds = range(start, stop, step)
    if bounds and generator.random() < 0.3:
        bounds = range(bounds[-1], bounds[0] - 1, -step)
    return int(bounds.start), int(bounds.stop), bounds.step


@pytest.mark.parametrize(
    "outline, text",
    [
        (
            (((0, 2, 1), (1, 3, 1)), ((0, 1), (0, 2), (1, 2))),
            "3 of the 9 elements of (3, 3) ([0, 1], [0, 2] and [1, 2])",
        ),
        ((((0, 2, 1), (0, 3, 1)), ((0, 1),)), "3 of the 9 elements of (3, 3) (within [0:2, :])"),
        ((((0, 3, 1), (0, 3, 1)), ((0, 1),)), "3 of the 9 elements of (3, 3)"),
    ],
)
def test_scattered_elements_are_told_where_they_are(outline, text):
    """The indices where they are few, else a box around them where that says more than the shape."""
    assert Region((3, 3), None, 3, outline).text == text
