"""The report as a page: everything is in it, nothing is fetched, and it works in a browser."""

import json
import re
import shutil
import subprocess

import pytest

import mutagrad

pytest.importorskip("jinja2", reason="needs the extra run")

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page of a small program with a hazard, and its file."""
    w = mutagrad.full((100,), 0.5, requires_grad=True)
    with mutagrad.ledger(passes=2) as book:
        d = mutagrad.zeros(100)
        d[0] = 1.0
        for i in range(1, 100):
            d[i] = d[i - 1] * w[i]
        y = d.view(10, 10).t().exp()
        y[0] = 0  # </script>
        y.sum().backward()
    path = tmp_path_factory.mktemp("page") / "report.html"
    book.to_html(path, "a <title>")
    return path.read_text(encoding="utf-8"), path


def data_of(text):
    return json.loads(re.search(r'<script type="application/json" id="book">(.*?)</script>', text, re.S)[1])


def test_the_data_is_all_in_it(page):
    data = data_of(page[0])
    (graph,) = data["passes"]

    assert {"seconds", "lines", "memory", "hazards", "traps", "needless", "savings", "sources"} <= data.keys()
    assert any("y[0] = 0  # </script>" in line for source in data["sources"].values() for line in source)
    assert len(graph["vertices"]) == 1 + 99 * 2 + 3
    assert {vertex["kind"] for vertex in graph["vertices"]} == {"leaf", "operation", "write"}
    assert "[99]" in {words for _, _, words in graph["links"]}
    assert ".view.t" in {words for _, _, words in graph["links"]}


def test_vertices_tell_what_was_saved_overwritten_and_how_it_is_spread(page):
    (graph,) = data_of(page[0])["passes"]
    (exponential,) = [vertex for vertex in graph["vertices"] if vertex["name"] == "exp"]
    (saved,) = exponential["saved"]

    assert saved["lost_to"] == "copy_"
    assert sum(saved["spread"]["counts"]) == 100
    assert sum(exponential["gradient"]["counts"]) == 100
    assert [vertex["name"] for vertex in graph["vertices"] if vertex["kind"] == "leaf"] == ["w"]


def test_nothing_is_fetched(page):
    text = page[0]

    assert "<title>a &lt;title&gt; · mutagrad</title>" in text
    assert not re.search(r"(?:src|href)\s*=\s*[\"'](?!data:)", text)
    assert "Chris Pettitt" in text  # the licence of dagre goes where dagre goes


def test_without_jinja2_it_says_what_to_install(monkeypatch, tmp_path):
    import sys

    monkeypatch.setitem(sys.modules, "jinja2", None)
    with mutagrad.ledger() as book:
        pass

    with pytest.raises(ImportError, match=re.escape("pip install 'mutagrad[run]'")):
        book.to_html(tmp_path / "report.html")


CLICKS = """
<script>
const words = [];
const large = () => [...placed.boxes.values()].sort((a, b) => b.members.length - a.members.length)[0];
words.push($("graph-size").textContent);
unfoldBox(large());
words.push($("graph-size").textContent);
$("search").value = "exp";
find();
words.push($("hits").textContent);
choose(hits[0]);
words.push($("vertex").textContent.includes("overwritten by copy_"), $("vertex").querySelectorAll("svg").length);
$("theme").click();
words.push(document.querySelectorAll(".finding.hazard").length, document.querySelectorAll(".row.on").length);
const before = current;
$("code").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowUp" }));
words.push(current !== before, document.querySelector("a.place").tabIndex, document.querySelector("g.vertex").tabIndex);
document.title = words.join("|");
</script>
"""


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium")
def test_it_works_in_a_browser(page, tmp_path):
    """It folds and unfolds the graph, searches, shows what a vertex saved, and minds the keyboard; no script fails."""
    clicked = tmp_path / "clicked.html"
    clicked.write_text(page[0].replace("</body>", CLICKS + "</body>"), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000", "--enable-logging=stderr"]
    command = [BROWSER, *options, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", clicked.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    title = re.search(r"<title>(.*?)</title>", done.stdout)[1]

    assert "Uncaught" not in done.stderr, done.stderr
    assert title.split("|") == [
        "202 operations and leaves, shown as 5",
        "202 operations and leaves, shown as 9",
        "1 found",
        "true",
        "2",
        "2",
        "1",
        "true",
        "0",
        "0",
    ]
