"""`draw`: what is in the picture of a graph, as text and as SVG."""

import shutil
import weakref
import xml.etree.ElementTree as tree

import pytest

import mutagrad
from mutagrad import nn
from mutagrad.pictures import drawing


def titles(picture):
    return [box.title for box in picture.boxes]


def test_leaves_have_the_names_of_variables_and_modules():
    model = nn.Linear(2, 1)
    x = mutagrad.ones(3, 2, requires_grad=True)
    picture = mutagrad.draw(model(x).sum())

    assert {"model.weight", "model.bias", "x"} <= set(titles(picture))


def test_views_and_writes_are_drawn_as_what_they_are():
    x = mutagrad.ones(6, requires_grad=True)
    h = x * 2
    h.view(2, 3)[0] = x[3:].exp()
    picture = mutagrad.draw(h[mutagrad.tensor([0, 1])].sum())
    views = {view for arrow in picture.arrows for view in arrow.views}

    assert views == {"[3:]", ".view[0]", "[indices]"}
    assert [(box.title, box.subtitle.split(" · ")[0]) for box in picture.boxes if box.kind == "write"] == [
        ("copy_", "writes .view[0]")
    ]


def test_large_graphs_are_folded_by_line():
    x = mutagrad.ones(1, requires_grad=True)
    y = x
    for _ in range(100):
        y = y * 2 + 1
    folded, whole = mutagrad.draw(y.sum()), mutagrad.draw(y.sum(), fold=False)

    assert titles(folded) == ["x", "mul ×100, add ×100", "sum"]
    assert len(whole.boxes) == 202


def test_what_was_overwritten_under_the_policy_error_is_marked():
    x = mutagrad.ones(3, requires_grad=True)
    with mutagrad.set_overwrite_policy("error"):
        h = x * 2
        y = h.sin()
        h.mul_(2)
        picture = mutagrad.draw((y + h).sum())

    assert [box.title for box in picture.boxes if box.is_lost] == ["sin"]
    assert "overwritten by mul_" in str(picture)


def test_a_custom_function_can_be_drawn():
    class Twice(mutagrad.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx, ct):
            return ct * 2

    x = mutagrad.ones(3, requires_grad=True)

    assert len(mutagrad.draw(Twice.apply(x).sum()).boxes) == 3


def test_the_picture_keeps_no_graph_alive():
    x = mutagrad.ones(3, requires_grad=True)
    y = x.sin()
    node = y._family.edge[2]
    picture = mutagrad.draw(y)
    gone = weakref.ref(node)
    del y, node

    assert gone() is None
    assert titles(picture) == ["x", "sin"]


def test_a_tensor_without_a_graph_is_refused():
    with pytest.raises(RuntimeError, match="does not require grad"):
        mutagrad.draw(mutagrad.ones(2))


def test_without_graphviz_there_is_text(monkeypatch, tmp_path):
    monkeypatch.setattr(drawing.shutil, "which", lambda name: None)
    x = mutagrad.ones(2, requires_grad=True)
    picture = mutagrad.draw(x.sin())

    assert picture._repr_svg_() is None
    assert picture._repr_html_().startswith("<pre>x    leaf (2,)")
    assert "install Graphviz" in picture._repr_html_()
    with pytest.raises(RuntimeError, match="install Graphviz"):
        picture.save(tmp_path / "graph.svg")


PLAIN = """graph 1 2.0 3.0
node 4 1.0 2.5 1.0 0.5 "" solid box black lightgrey
node 8 1.0 0.5 1.0 0.5 "" solid box black lightgrey
edge 4 8 4 1.0 2.25 1.0 2.0 1.0 1.5 1.0 1.0 " [1:]  " 1.2 1.6 solid black
stop
"""


def test_the_places_are_read_from_what_dot_says():
    places = drawing.read_plain(PLAIN)

    assert (places.width, places.height) == (144, 216)
    assert places.boxes[4] == (72, 36, 72, 36)
    assert places.curves[4, 8][0] == (72, 54)
    assert places.labels[4, 8] == pytest.approx((86.4, 100.8))


@pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz")
def test_the_picture_is_svg(tmp_path):
    x = mutagrad.ones(3, requires_grad=True)
    h = x * 2
    h[1:] = x[:2].sin()
    picture = mutagrad.draw(h.sum())
    picture.save(tmp_path / "graph.svg")
    root = tree.parse(tmp_path / "graph.svg").getroot()
    texts = ["".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text")]

    assert {"x", "mul", "sin", "✎ copy_", "sum", "[1:]", "[:2]"} <= set(texts)
    assert picture._repr_html_() == picture._repr_svg_()
