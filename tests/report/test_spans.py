"""A span shows the user's line: pairs of a program and its picture, then where the search for the line ends."""

import os
import sys

import pytest

import mutagrad.report
from mutagrad.report import Span, caller_position, caller_span
from mutagrad.report.spans import Position, is_internal

PACKAGE = os.path.dirname(os.path.dirname(mutagrad.report.__file__))

PICTURES = {
    "a function of the library": (
        """
        def loss(h):
            y = torch.sin(h)
            return y
        loss(h)
        """,
        """
train.py:2 |     y = torch.sin(h)
           |         ^^^^^^^^^^^^
""",
    ),
    "a method": (
        """
        y = h.sin()
        """,
        """
train.py:1 | y = h.sin()
           |     ^^^^^^^
""",
    ),
    "one of several calls on a line": (
        """
        y = h.exp() + h.sin() + 1
        """,
        """
train.py:1 | y = h.exp() + h.sin() + 1
           |               ^^^^^^^
""",
    ),
    "a call in a lambda in a call": (
        """
        y = max([h], key=lambda t: id(t.sin()))
        """,
        """
train.py:1 | y = max([h], key=lambda t: id(t.sin()))
           |                               ^^^^^^^
""",
    ),
    "an expression over several lines ends its underline with the first one": (
        """
        y = torch.sin(
            h
        )
        """,
        """
train.py:1 | y = torch.sin(
           |     ^^^^^^^^^^
""",
    ),
    "a comment is no part of an expression": (
        """
        y = torch.sin(   # of the state
            h)
        """,
        """
train.py:1 | y = torch.sin(   # of the state
           |     ^^^^^^^^^^
""",
    ),
    "a method on a line of its own": (
        """
        y = (h.exp()
              .sin())
        """,
        """
train.py:2 |       .sin())
           |        ^^^^^
""",
    ),
    "tabs": (
        """
        if h:
        \ty =\th.sin()
        """,
        """
train.py:2 |     y = h.sin()
           |         ^^^^^^^
""",
    ),
    "wide characters take two columns": (
        """
        重み = "重み"; y = h.sin()
        """,
        """
train.py:1 | 重み = "重み"; y = h.sin()
           |                    ^^^^^^^
""",
    ),
    "combining characters take none": (
        """
        s = "e\u0301"; y = h.sin()
        """,
        """
train.py:1 | s = "e\u0301"; y = h.sin()
           |              ^^^^^^^
""",
    ),
    "a long line is cut on both sides of the span": (
        f"""
        y = [{", ".join(map(str, range(1000, 1020)))}, h.sin(), {", ".join(map(str, range(2000, 2020)))}]
        """,
        """
train.py:1 | ...12, 1013, 1014, 1015, 1016, 1017, 1018, 1019, h.sin(), 2000, 2001, 2002, 2003, 2004, 2005, 2006, 200...
           |                                                  ^^^^^^^
""",
    ),
    "a long line whose span is at its end is cut on the left": (
        f"""
        y = [{", ".join(map(str, range(1000, 1020)))}, h.sin()]
        """,
        """
train.py:1 | ..., 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015, 1016, 1017, 1018, 1019, h.sin()]
           |                                                                                                ^^^^^^^
""",
    ),
    "a span longer than the picture shows its beginning": (
        f"""
        for i in range(1):
            y = torch.sin(h[{" + ".join(["i"] * 50)}])
        """,
        f"""
train.py:2 | ...torch.sin(h[{"i + " * 22}...
           |    {"^" * 100}
""",
    ),
}


@pytest.mark.parametrize("case", PICTURES)
def test_the_picture_of(case, picture):
    program, expected = PICTURES[case]

    assert picture(program) == expected.strip("\n")


@pytest.mark.parametrize(
    ("line", "underlined"),
    [
        ("h[:2].add_(1)", "h[:2].add_(1)"),
        ("h[0] = 1", "h[0]"),
        ("h += 1", "h += 1"),
        ("h[:2] += 1", "h[:2] += 1"),
        ("h.data = 1", "h.data"),
        ("torch.add(h, 1, out=h)", "torch.add(h, 1, out=h)"),
    ],
)
def test_a_write_is_underlined_in_all_its_spellings(line, underlined, programs):
    start, end = programs.run(line)["add_"].columns

    assert line[start:end] == underlined


def test_a_span_keeps_what_it_is_made_of_and_works_out_the_rest(programs):
    span = programs.run(
        "class Model:\n    def forward(self):\n        return torch.sin(\n            h)\nModel().forward()\n"
    )["sin"]

    assert (span.filename, span.line, span.columns) == (str(programs.directory / "train.py"), 3, (15, 25))
    assert span.function == "Model.forward"
    assert span.text == "        return torch.sin(\n            h)"
    assert span.position == Position(3, 4, 15, 14)
    assert span.place == "train.py:3"
    assert (span.code.co_name, type(span.lasti)) == ("forward", int)


def test_the_indent_goes_before_every_line(programs):
    assert programs.run("h.sin()")["sin"].render(4) == ["    train.py:1 | h.sin()", "               | ^^^^^^^"]


# --- Missing pieces ---------------------------------------------------------------------------------------------------


def test_without_source_the_position_remains(programs):
    programs.execute("y = h.sin()", programs.names())
    outside = programs.spans["sin"].render()
    programs.execute("def step():\n    return h.sin()\nstep()", programs.names())
    inside = programs.spans["sin"].render()

    assert outside == ["    <string>:1"]
    assert inside == ["    <string>:2 in step"]


def test_a_file_that_is_gone_leaves_the_position(programs):
    span = programs.run("y = h.sin()")["sin"]
    (programs.directory / "train.py").unlink()

    assert span.render() == ["    train.py:1"]


def test_a_file_that_became_shorter_leaves_the_position(programs):
    span = programs.run("h.exp()\nh.sin()")["sin"]
    programs.write("h.exp()")

    assert span.render() == ["    train.py:2"]


def test_columns_beyond_the_line_are_not_drawn(programs):
    span = programs.run("y = [h.exp(), h.sin()]")["sin"]
    programs.write("y = 1")

    assert span.render(0) == ["train.py:1 | y = 1"]


def test_without_columns_the_line_is_shown_plain(python):
    """`python -X no_debug_ranges` strips the columns from code objects."""
    output = python("-X", "no_debug_ranges", source="y = note()")

    assert output == "program.py:4 | y = note()\n"


def test_an_offset_before_the_first_instruction_has_only_a_file():
    span = Span(compile("h", "train.py", "exec"), -1)

    assert (span.line, span.columns, span.text, span.render(0)) == (None, None, None, ["train.py"])


# --- Sources that are not files ---------------------------------------------------------------------------------------


def test_notebook_cells_are_called_as_ipython_calls_them(programs, monkeypatch):
    shell = pytest.importorskip("IPython.core.interactiveshell")
    monkeypatch.setenv("IPYTHONDIR", str(programs.directory))
    config = pytest.importorskip("traitlets.config").Config()
    config.HistoryManager.enabled = False
    ipython = shell.InteractiveShell.instance(config=config, user_ns=programs.names())
    try:
        ipython.run_cell("def f(h):\n    return h.sin()", store_history=True)
        ipython.run_cell("%precision 3\nf(h); h.add_(1)", store_history=True)
        pictures = [programs.spans[name].render(0) for name in ("sin", "add_")]
    finally:
        shell.InteractiveShell.clear_instance()

    assert pictures == [
        ["Cell In[1]:2 |     return h.sin()", "             |            ^^^^^^^"],
        ["Cell In[2]:2 | f(h); h.add_(1)", "             |       ^^^^^^^^^"],
    ]


def test_an_interactive_console_has_positions_only(programs):
    from code import InteractiveConsole

    console = InteractiveConsole(programs.names())
    for line in ("def f(h):", "    return h.sin()", "", "f(h)"):
        console.push(line)

    assert programs.spans["sin"].render(0) == ["<console>:2 in f"]


def test_the_repl_shows_source_where_it_keeps_it(python):
    """Python 3.13 and later keep what was typed, earlier versions do not."""
    output = python("-i", source="y = [\n  note()]\n", typed=True)
    kept = sys.version_info >= (3, 13)

    assert output == ("<stdin>:2 |   note()]\n          |   ^^^^^^\n" if kept else "<stdin>:2\n")


def test_doctests_show_their_example(programs):
    from doctest import DocTestParser, DocTestRunner

    names = programs.names()
    names["show"] = lambda: programs.spans["sin"].render(0)
    text = ">>> y = h.sin()\n>>> show()\n['<doctest guide[0]>:1 | y = h.sin()', '                     |     ^^^^^^^']\n"
    results = DocTestRunner(verbose=False).run(DocTestParser().get_doctest(text, names, "guide", None, 0))

    assert results.failed == 0


# --- The name of the file ---------------------------------------------------------------------------------------------


def test_files_below_the_current_directory_are_named_from_there(programs):
    assert programs.run("h.sin()", "models/wave.py")["sin"].place == os.path.join("models", "wave.py") + ":1"


def test_modules_elsewhere_are_named_from_where_they_are_imported(programs, monkeypatch):
    span = programs.run("h.sin()", "site/package/wave.py")["sin"]
    (programs.directory / "work").mkdir()
    monkeypatch.chdir(programs.directory / "work")
    elsewhere = span.place
    monkeypatch.syspath_prepend(str(programs.directory / "site"))

    assert elsewhere == "wave.py:1"
    assert span.place == os.path.join("package", "wave.py") + ":1"


# --- Whose line is it? ------------------------------------------------------------------------------------------------


@pytest.fixture
def library(programs):
    """Functions compiled as if they stood in a file of the package."""

    def library(source, name="made_up.py"):
        names = {"caller_position": caller_position, "caller_span": caller_span}
        return programs.execute(source, names, os.path.join(PACKAGE, name))

    return library


def line_here():
    return sys._getframe(1).f_lineno


def test_the_search_leaves_the_package_however_deep_it_starts(library):
    functions = library(
        "def op(): return caller_span()\ndef layer(): return op()\ndef model(): return [layer() for _ in '1'][0]"
    )

    span, line = functions["model"](), line_here()

    assert (span.filename, span.line) == (__file__, line)


def test_depth_counts_frames_as_sys_getframe_does():
    def operation(depth):
        return Span(*caller_position(depth))

    def program(depth):
        return operation(depth)

    assert [program(depth).function.rpartition(".")[2] for depth in (1, 2)] == ["operation", "program"]


def test_a_stack_lower_than_depth_gives_the_function_itself():
    def operation():
        return Span(*caller_position(10**6))

    assert operation().function.endswith("operation")


def test_when_every_frame_is_the_packages_the_outermost_is_given(library, monkeypatch):
    """A program that is itself part of the package, as `python -m mutagrad` is, still gets an answer."""
    monkeypatch.setattr("mutagrad.report.spans._outside", set())
    monkeypatch.setattr("mutagrad.report.spans.is_internal", lambda filename: True)
    monkeypatch.setattr("mutagrad.report.spans._inside", set())
    code, _ = library("def op(): return caller_position(1)")["op"]()

    outermost = sys._getframe()
    while outermost.f_back:
        outermost = outermost.f_back
    assert code is outermost.f_code


def test_demonstration_programs_count_as_the_users(library):
    functions = library("def step(): return caller_span(1)", os.path.join("demo", "digits.py"))

    assert functions["step"]().function == "step"


def test_only_files_below_the_package_directory_are_internal():
    assert is_internal(os.path.join(PACKAGE, "tensor.py"))
    assert is_internal(os.path.join(PACKAGE, "nn", "linear.py"))
    assert not is_internal(PACKAGE + "_extras.py")
    assert not is_internal("<doctest mutagrad.tensor[0]>")
    assert not is_internal("<stdin>")
    assert not is_internal(__file__)
